"""archive/formats/live/rich_text.py: trees of blocks to paragraphs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.live.rich_text import rich_text

SPANS = [{"_type": "span", "text": "One "}, {"_type": "span", "text": "two", "marks": ["em"]}, {"text": "."}]


@pytest.mark.parametrize(
    ("value", "paragraphs"),
    [
        ("<p>One.</p><p>Two.</p>", ("One.", "Two.")),
        (["One.", {"@value": "Two."}], ("One.", "Two.")),
        ([{"_type": "block", "children": SPANS}, {"_type": "block", "children": SPANS}], ("One two.", "One two.")),
        (
            {
                "type": "doc",
                "content": [
                    {"type": "heading", "content": [{"type": "text", "text": "Head"}]},
                    {
                        "type": "bulletList",
                        "content": [
                            {
                                "type": "listItem",
                                "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Item"}]}],
                            }
                        ],
                    },
                ],
            },
            ("Head", "Item"),
        ),
        (
            {
                "nodeType": "document",
                "content": [
                    {
                        "nodeType": "paragraph",
                        "content": [
                            {"nodeType": "text", "value": "See "},
                            {"nodeType": "hyperlink", "content": [{"nodeType": "text", "value": "here"}]},
                            {"nodeType": "text", "value": "."},
                        ],
                    }
                ],
            },
            ("See here.",),
        ),
        ({"blocks": [{"type": "unstyled", "text": "One."}, {"type": "atomic", "text": "Two."}]}, ("One.", "Two.")),
        (
            [
                {
                    "type": "paragraph",
                    "model": {
                        "text": "One two",
                        "blocks": [
                            {"type": "fragment", "model": {"text": "One "}},
                            {"type": "fragment", "model": {"text": "two"}},
                        ],
                    },
                }
            ],
            ("One two",),
        ),
        ([{"_type": "image", "children": []}, {"_type": "block", "children": SPANS}], ("One two.",)),
        (None, ()),
        ([], ()),
    ],
    ids=["markup", "lines", "portable", "prosemirror", "contentful", "draft", "model", "picture", "none", "empty"],
)
def test_a_tree_of_blocks_is_read_as_its_paragraphs(value: object, paragraphs: tuple[str, ...]) -> None:
    assert rich_text(value) == paragraphs


LEAF = st.none() | st.integers() | st.sampled_from(["", "text", "a"])
KEYS = st.sampled_from(["type", "text", "children", "content", "model", "blocks"])


@given(st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=20))
def test_no_value_raises(value: object) -> None:
    rich_text(value)


def test_texts_between_blocks_are_read_and_other_values_skipped() -> None:
    assert rich_text([None, "A fire.", 7, {"children": [{"text": "It is out."}]}]) == ("A fire.", "It is out.")
