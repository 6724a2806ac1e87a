"""archive/formats/records/content_api.py: blocks. The golden pairs are in tests/data/content_api/."""

from pathlib import Path

import pytest

from archive.items import ArticleItem, Rejected
from tests.archive.formats.golden import assert_as_expected, pairs
from tests.archive.formats.reading import read_one

FILES = pairs("content_api")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_file_is_read_as_expected(path: Path) -> None:
    item = read_one(path.read_bytes())
    assert isinstance(item, ArticleItem)
    assert item.reader == "content_api/1"
    assert_as_expected(item, path)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"blocks": [], "webPublicationDate": "2020-10-07", "headline": "H"}, "no block in it has words"),
        ({"blocks": [{"bodyHtml": "<p>Words.</p>"}]}, "no `headline`"),
        ({"response": {"results": [{"webTitle": "A"}, {"webTitle": "B"}]}}, "2 articles; save each"),
        ({"response": {"content": ["webTitle"], "webTitle": 1}}, "a list where"),
    ],
)
def test_an_answer_without_an_article_is_rejected_with_the_cure(value: object, reason: str) -> None:
    item = read_one(value)
    assert isinstance(item, Rejected)
    assert reason in item.reason


def test_entries_that_are_not_published_are_left_out_with_a_note() -> None:
    blocks = [
        {"id": "a1", "bodyHtml": "<p>Public.</p>", "published": True, "firstPublishedDate": "2020-10-07T09:00:00Z"},
        {"id": "a2", "bodyHtml": "<p>Draft.</p>", "published": False},
        {
            "id": "a1",
            "bodyHtml": "<p>Again.</p>",
            "published": True,
            "firstPublishedDate": {"dateTime": 1602061200000},
        },
    ]
    item = read_one({"headline": "H", "designType": "LiveBlog", "blocks": {"body": blocks}})
    assert isinstance(item, ArticleItem)
    assert [(section.key, section.paragraphs) for section in item.sections] == [
        ("a1", ("Public.",)),
        ("", ("Again.",)),
    ]
    assert item.sections[1].published is not None
    assert item.problems == (
        "block 2 is not published; left out",
        "block 3: the id 'a1' occurs twice; kept without it",
    )


def test_an_article_without_blocks_is_its_body() -> None:
    item = read_one({"response": {"content": {"webTitle": "T", "fields": {"body": "<p>One.</p><p>Two.</p>"}}}})
    assert isinstance(item, ArticleItem)
    assert (item.kind, item.sections[0].paragraphs) == ("article", ("One.", "Two."))


def test_a_publisher_has_only_characters_that_can_be_stored() -> None:
    linked = [{"publisher": {"name": "The\x00 \ud800Record"}}]
    item = read_one({"headline": "H", "linkedData": linked, "blocks": [{"bodyHtml": "<p>Words.</p>"}]})
    assert isinstance(item, ArticleItem)
    assert item.source == "The Record"
