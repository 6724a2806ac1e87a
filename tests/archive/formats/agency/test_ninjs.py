"""archive/formats/agency/ninjs.py: the golden pairs are in tests/data/ninjs/."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.agency import ninjs
from archive.formats.input import Limits
from archive.items import ArticleItem, Rejected
from tests.archive.formats.golden import expected_of, pairs, shape
from tests.archive.formats.reading import read, read_article

PAIRS = pairs("ninjs")
MANY = next(path for path in PAIRS if path.stem == "version_3").read_bytes()
ITEM = {"uri": "urn:i", "versioncreated": "2031-05-06T08:30:00Z", "headline": "Head", "body_text": "Words."}


def packed(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_golden_document_is_read_as_expected(path: Path) -> None:
    assert [shape(item) for item in read(path.read_bytes(), path.name)] == expected_of(path)


@pytest.mark.parametrize(
    "head", [b'{"headline": "x", "text": "y"}', b'[{"id": 1}]', b"bodies: no JSON", b"", b"[Update] pubstatus"]
)
def test_other_json_is_not_recognised_as_ninjs(head: bytes) -> None:
    assert not ninjs.sniff(head, "a.json")


def test_a_live_blog_of_ninjs_items_is_not_recognised_as_ninjs() -> None:
    assert not ninjs.sniff(packed({"_items": [{"blog": "b", "groups": [{"refs": []}], "versioncreated": "x"}]}), "a")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda item: item,
        lambda item: [item],
        lambda item: {"item": item},
        lambda item: {"total": 1, "item": [item]},
        lambda item: {"data": {"items": [{"meta": {"id": "x"}, "item": item}]}},
        lambda item: {"_items": [item], "_meta": {"total": 1}},
        lambda item: {"results": [[item]]},
    ],
)
def test_a_single_item_is_found_in_any_wrapper_and_its_evidence_is_the_document(wrap) -> None:
    data = packed(wrap(ITEM))
    item = read_article(data)
    assert (item.headline, item.raw, item.locator, item.whole_stream) == ("Head", data, "", True)


def test_the_evidence_of_an_item_among_many_is_the_same_in_any_list() -> None:
    other = dict(reversed(ITEM.items())) | {"uri": "urn:j"}
    first, second = read(packed([ITEM, other]))
    _, again = read(packed({"data": [other, {**ITEM, "headline": "Third"}, dict(reversed(ITEM.items()))]}))[1:]
    assert isinstance(first, ArticleItem)
    assert isinstance(second, ArticleItem)
    assert isinstance(again, ArticleItem)
    assert first.raw == again.raw
    assert first.raw != second.raw
    assert read_article(first.raw).sections == first.sections


def test_each_line_may_be_an_item() -> None:
    good = packed(ITEM)
    items = read(b"\n".join([good, b"{broken", b"", packed([ITEM, {**ITEM, "uri": "urn:j"}]), good]))
    assert [item.locator for item in items] == ["line 1", "line 2", "line 4, item 1", "line 4, item 2", "line 5"]
    assert [isinstance(item, Rejected) for item in items] == [False, True, False, False, False]
    assert isinstance(items[0], ArticleItem)
    assert items[0].raw == good


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"$schema": "https://json-schema.org/draft/2020-12/schema"}', "a JSON schema"),
        (b'{"pubstatus": "usable"}', "JSON without an item of ninjs"),
        (b'{"body_text": "x",\n', "not JSON: Expecting property name enclosed in double quotes at line 2"),
        (b'{"body_text": "\xff"}', "is not UTF-8"),
        (b'{"body_text": ' + b"[" * 100_000, "nested too deeply"),
        (packed({**ITEM, "body_text": " "}), "without words"),
        (packed({**ITEM, "body_text": 5}), "without words"),
        (packed({**ITEM, "type": "VIDEO"}), "a video"),
    ],
)
def test_an_item_that_is_not_an_article_is_rejected_with_the_reason(data: bytes, reason: str) -> None:
    (item,) = read(data)
    assert isinstance(item, Rejected)
    assert reason in item.reason


def test_a_document_beyond_the_limit_is_rejected() -> None:
    for data in (packed(ITEM), json.dumps(ITEM, indent=2).encode()):
        (item,) = read(data, limits=Limits(max_document_bytes=50))
        assert isinstance(item, Rejected)
        assert "longer than" in item.reason


@pytest.mark.parametrize(
    ("bodies", "paragraphs"),
    [
        ({"body_text": "Plain.", "body_html": "<p>Marked.</p>"}, ("Marked.",)),
        (
            {"body_text": "Plain, and far longer than that.", "body_html": "<p>Cut.</p>"},
            ("Plain, and far longer than that.",),
        ),
        ({"body_text": "<p>Marked.</p><p>All the same.</p>"}, ("Marked.", "All the same.")),
        ({"body_xhtml": "\n  Unmarked\n  and set out.\n"}, ("Unmarked and set out.",)),
        ({"body_html": "<p>One</p><script>two()</script>", "body_text": None}, ("One",)),
        ({"bodies": [{"value": "No role.", "contentType": None}]}, ("No role.",)),
        ({"bodies": {"role": "text", "value": "No list."}}, ("No list.",)),
        ({"body_text": "Twice &amp;quot;escaped&amp;quot;"}, ("Twice &quot;escaped&quot;",)),
    ],
)
def test_the_best_form_of_the_body_is_read(bodies: dict[str, object], paragraphs: tuple[str, ...]) -> None:
    item = read_article(packed({"uri": "urn:i", "versioncreated": "2031", "headline": "Head", **bodies}))
    assert item.sections[0].paragraphs == paragraphs


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["2031-05-06", "<p>x</p>", "text"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "value", "name", "item", "uri", "contenttype", "code"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)
_KEYS = st.sampled_from(
    "uri guid type version headline headlines body_text body_html bodies byline by authors source provider infosource "
    "subject subjects signals pubstatus embargoed ednote descriptions altids renditions data items dateline".split()
)


@given(st.dictionaries(_KEYS, _JSON, max_size=8))
def test_any_values_under_the_keys_give_articles_or_reasons(record: dict[str, object]) -> None:
    items = read(packed({"versioncreated": "2031", "uri": "urn:i", **record}))
    assert items
    for item in items:
        assert not isinstance(item, ArticleItem) or (item.headline and f"{item}".encode())


@given(st.integers(0, len(MANY) - 1), st.binary(min_size=1, max_size=4))
def test_no_change_of_bytes_makes_reading_fail(at: int, replacement: bytes) -> None:
    assert read(MANY[:at] + replacement + MANY[at + len(replacement) :])


@pytest.mark.parametrize(
    ("renditions", "url"),
    [
        ([{"name": "web", "href": "https://a.example/1", "contentType": "text/html"}], "https://a.example/1"),
        ({"web": {"href": "https://a.example/1", "mimetype": "text/html; charset=utf-8"}}, "https://a.example/1"),
        ([{"name": "photo", "href": "https://a.example/1.jpg", "contentType": "image/jpeg"}], ""),
        ([{"name": "web", "href": "javascript:alert(1)", "contentType": "text/html"}], ""),
        ([{"name": "web", "href": 5, "contentType": ["text/html"]}, "x", None], ""),
        ("x", ""),
    ],
)
def test_the_web_page_among_the_renditions_is_the_address(renditions: object, url: str) -> None:
    assert read_article(packed(ITEM | {"renditions": renditions})).url == url
    own = ITEM | {"renditions": renditions, "url": "https://own.example/"}
    assert read_article(packed(own)).url == "https://own.example/"


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ({"value": "A <b>bold</b> step"}, "A bold step"),
        ({"value": "A <b>bold</b> step", "contentType": "text/html"}, "A bold step"),
        ({"value": "A <b>bold</b> step", "contentType": "text/plain"}, "A <b>bold</b> step"),
    ],
)
def test_a_headline_in_plain_text_has_no_markup(headline: dict[str, str], expected: str) -> None:
    item = {name: value for name, value in ITEM.items() if name != "headline"} | {"headlines": [headline]}
    assert read_article(packed(item)).headline == expected
