"""archive/formats/live/live_state.py and state_records.py. The golden pairs are in tests/data/live_state/."""

from pathlib import Path

import pytest

from archive.formats.live.state_records import read_records
from archive.items import ArticleItem, Rejected
from tests.archive.formats.golden import assert_as_expected, pairs
from tests.archive.formats.reading import read_one

FILES = pairs("live_state")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_file_is_read_as_expected(path: Path) -> None:
    item = read_one(path.read_bytes())
    assert isinstance(item, ArticleItem)
    assert item.reader == "live_state/1"
    assert_as_expected(item, path)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"data": {"article": {"postType": "liveblog", "title": "T", "children": [1]}}}, "without entries; save"),
        (
            [{"postType": "liveblog-update", "id": number, "content": "Words."} for number in (1, 2)],
            "without its headline; save",
        ),
    ],
)
def test_data_without_entries_or_headline_is_rejected_with_a_cure(value: object, reason: str) -> None:
    item = read_one(value)
    assert isinstance(item, Rejected)
    assert reason in item.reason


def test_texts_as_trees_and_times_in_gmt_are_read() -> None:
    tree = [{"_type": "block", "children": [{"_type": "span", "text": "Words."}]}]
    wrapped = {
        "title": {"rendered": "Fog"},
        "content": {"rendered": "<p>Words.</p>"},
        "date_gmt": "2025-06-02T12:07:00",
    }
    item = read_one(
        [
            {"type": "liveblog", "title": "T"},
            {"__typename": "LiveBlogPost", "id": "2", "title": "Fog", "date": "2025-06-02T12:07:00Z", "body": tree},
            {"type": "live_post", "id": 1, **wrapped},
        ]
    )
    assert isinstance(item, ArticleItem)
    found = [(entry.heading, entry.paragraphs, entry.published and entry.published.rule) for entry in item.sections]
    assert found == [("Fog", ("Words.",), "as given")] * 2


def test_one_update_is_a_live_page_of_one_entry() -> None:
    item = read_one(
        {"data": {"posts": {"postType": "liveblog-update", "id": 7, "title": "T", "content": "<p>Words.</p>"}}}
    )
    assert isinstance(item, ArticleItem)
    assert (item.headline, [entry.paragraphs for entry in item.sections]) == ("T", [("Words.",)])


def test_ids_are_cleaned_of_characters_that_no_database_can_store() -> None:
    post = {"type": "live_post", "id": "9\ud8001", "title": "Fog", "content": "W."}
    rain, sun = (
        {"type": "story", "_id": f"b\ud800{number}", "headlines": {"basic": word}}
        for number, word in ((1, "Rain"), (2, "Sun"))
    )
    story = {"type": "story", "content_elements": [rain, sun]}
    assert [entry.key for entry in read_records([post]).entries] == ["91"]
    assert [entry.key for entry in read_records([story]).entries] == ["b1", "b2"]


def test_a_record_in_several_places_is_one_entry() -> None:
    post = {"type": "live_post", "title": "Fog", "content": "Words."}
    post["related"] = posts = [post]  # type: ignore[assignment]
    assert [entry.heading for entry in read_records({"posts": posts, "newest": post}).entries] == ["Fog"]
