"""archive/formats/records/superdesk.py: posts of a live blog. The golden pairs are in tests/data/superdesk/."""

from pathlib import Path

import pytest

from archive.items import ArticleItem, Rejected
from tests.archive.formats.golden import assert_as_expected, pairs
from tests.archive.formats.reading import read_one

FILES = pairs("superdesk")


def post(**fields: object) -> dict[str, object]:
    words = {"item": {"item_type": "text", "text": "Words."}}
    return {"particular_type": "post", "blog": "b1", "groups": [{"id": "main", "refs": [words]}], **fields}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_file_is_read_as_expected(path: Path) -> None:
    item = read_one(path.read_bytes(), source="Desk")
    assert isinstance(item, ArticleItem)
    assert (item.reader, item.source) == ("superdesk/1", "Desk")
    assert_as_expected(item, path)


def test_the_title_of_the_blog_is_the_headline() -> None:
    item = read_one({"_items": [post(blog={"_id": "b1", "title": "The <i>fair</i>"})]})
    assert isinstance(item, ArticleItem)
    assert (item.headline, item.external_id, item.problems) == ("The fair", "b1", ())


def test_a_single_post_is_a_blog_with_one_entry() -> None:
    item = read_one(post(post_status="open"))
    assert isinstance(item, ArticleItem)
    assert [section.paragraphs for section in item.sections] == [("Words.",)]


@pytest.mark.parametrize(
    ("posts", "reason"),
    [
        ([post(), post(blog="b2")], "posts of 2 blogs in one file; save each"),
        ([post(post_status="draft")], "no published post in it: post 1 is not published (draft)"),
        ([post(marked_for_not_publication=True)], "no published post in it: post 1 is marked not for publication"),
    ],
)
def test_a_file_without_a_blog_is_rejected_with_the_cure(posts: list[object], reason: str) -> None:
    item = read_one({"_items": posts})
    assert isinstance(item, Rejected)
    assert item.reason.startswith(reason)


def test_ids_and_languages_have_only_characters_that_can_be_stored() -> None:
    item = read_one({"_items": [post(blog="b\ud8001", language="e\x00n")]})
    assert isinstance(item, ArticleItem)
    assert (item.external_id, item.language) == ("b1", "en")
