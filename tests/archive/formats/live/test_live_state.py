"""archive/formats/live_state.py: records of a live blog. Golden pairs lie in data/live_state/ and script_state/."""

import json
from pathlib import Path

import pytest

from archive.formats.live import live_state
from archive.formats.live.live_state import read_state
from archive.formats.markup import parse_html
from archive.items import ArticleItem, Rejected
from tests.archive.formats.golden import assert_as_expected, only, pairs
from tests.archive.formats.golden import read_one as read

FILES = pairs("live_state")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_file_is_read_as_expected(path: Path) -> None:
    item = read(path.read_bytes())
    assert isinstance(item, ArticleItem)
    assert item.reader == "live_state/1"
    assert_as_expected(item, path)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"data": {"article": {"postType": "liveblog", "title": "T", "children": [1]}}}, "without an entry; save"),
        (
            [{"postType": "liveblog-update", "id": number, "content": "Words."} for number in (1, 2)],
            "without its headline; save",
        ),
    ],
)
def test_what_is_no_live_page_is_rejected_with_a_cure(value: object, reason: str) -> None:
    item = read(value)
    assert isinstance(item, Rejected)
    assert reason in item.reason


def test_texts_as_trees_and_times_in_gmt_are_read() -> None:
    tree = [{"_type": "block", "children": [{"_type": "span", "text": "Words."}]}]
    wrapped = {
        "title": {"rendered": "Fog"},
        "content": {"rendered": "<p>Words.</p>"},
        "date_gmt": "2025-06-02T12:07:00",
    }
    item = read(
        [
            {"type": "liveblog", "title": "T"},
            {"__typename": "LiveBlogPost", "id": "2", "title": "Fog", "date": "2025-06-02T12:07:00Z", "body": tree},
            {"type": "live_post", "id": 1, **wrapped},
        ]
    )
    assert isinstance(item, ArticleItem)
    told = [(one.heading, one.paragraphs, one.published and one.published.rule) for one in item.sections]
    assert told == [("Fog", ("Words.",), "as given")] * 2


def test_one_update_is_a_live_page_of_one_entry() -> None:
    item = read(
        {"data": {"posts": {"postType": "liveblog-update", "id": 7, "title": "T", "content": "<p>Words.</p>"}}}
    )
    assert isinstance(item, ArticleItem)
    assert (item.headline, [one.paragraphs for one in item.sections]) == ("T", [("Words.",)])


def test_ids_hold_nothing_that_no_database_stores() -> None:
    post = {"type": "live_post", "id": "9\ud8001", "title": "Fog", "content": "W."}
    rain, sun = (
        {"type": "story", "_id": f"b\ud800{number}", "headlines": {"basic": word}}
        for number, word in ((1, "Rain"), (2, "Sun"))
    )
    story = {"type": "story", "content_elements": [rain, sun]}
    assert [one.key for one in read_state([post]).entries] == ["91"]
    assert [one.key for one in read_state([story]).entries] == ["b1", "b2"]


PAGES = pairs("script_state")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_golden_page_whose_entries_stand_in_its_scripts_alone_is_read_as_expected(path: Path) -> None:
    assert_as_expected(only(path.read_bytes()), path)


def test_a_record_that_stands_in_several_places_is_one_entry() -> None:
    post = {"type": "live_post", "title": "Fog", "content": "Words."}
    post["related"] = posts = [post]  # type: ignore[assignment]
    assert [one.heading for one in read_state({"posts": posts, "newest": post}).entries] == ["Fog"]


def scripts(*codes: str) -> str:
    marks = "".join(f"<script{one}</script>" for one in codes)
    return f"<title>Fog live</title><body><h1>Fog live</h1>{marks}</body>"


POSTS = "".join(f'{{\\"type\\":\\"live_post\\",\\"id\\":{n},\\"body\\":\\"Words {n}.\\"}},' for n in (3, 2, 1))


def test_damaged_scripts_are_read_as_far_as_they_are_whole_with_a_problem() -> None:
    item = only(scripts(f'>self.__next_f.push([1,"0:[{POSTS}').encode())
    assert [one.text for one in item.sections] == ["Words 3.", "Words 2.", "Words 1."]
    assert item.problems[0].startswith("the data of the scripts is broken or cut off")


@pytest.mark.parametrize("mark", ['id="__NUXT_DATA__"', 'data-nuxt-data="app"'])
def test_flat_state_is_told_by_its_id_or_its_mark(mark: str) -> None:
    flat = [
        [1, 2],
        {"type": 3, "id": 4, "body": 5},
        {"type": 3, "id": 6, "body": 7},
        "live_post",
        2,
        "Two.",
        1,
        "One.",
    ]
    item = only(scripts(f' type="application/json" {mark}>{json.dumps(flat)}').encode())
    assert [one.text for one in item.sections] == ["Two.", "One."]


@pytest.mark.parametrize("kind", ["live_post", "LiveEntry", "liveblog-items", "LIVE-UPDATE"])
def test_entries_of_every_type_are_found_in_plain_state(kind: str) -> None:
    posts = [{"type": kind, "id": number, "body": f"Words {number}."} for number in (2, 1)]
    item = only(scripts(f">window.state={json.dumps(posts)};").encode())
    assert [one.text for one in item.sections] == ["Words 2.", "Words 1."]


@pytest.mark.parametrize("form", ["{}", "JSON.parse('{}')"])
def test_what_nuxt_assigns_as_json_is_read_once(form: str) -> None:
    posts = json.dumps([{"type": "live_post", "body": f"Words {number}."} for number in (2, 1)])
    item = only(scripts(f">window.__NUXT__={form.format(posts)};").encode())
    assert [one.text for one in item.sections] == ["Words 2.", "Words 1."]


@pytest.mark.parametrize(
    "code",
    [
        '>self.__next_f.push([1,"0:[\\"deliver\\",\\"a live post\\"]\\n"])',
        '>window.__NUXT__={a:"the live post of today"}',
        ' id="__NUXT_DATA__">["LiveBlog","relive-post"]',
    ],
)
def test_scripts_that_name_no_entries_are_not_read(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("it was read")

    for name in ("read_flight", "read_devalue", "read_literals"):
        monkeypatch.setattr(live_state, name, fail)
    assert live_state.page_state(parse_html(scripts(code))) == live_state.State()
