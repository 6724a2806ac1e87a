"""archive/formats/live/script_state.py: entries in the scripts of a page. Golden pairs are in data/script_state/."""

import json
from pathlib import Path

import pytest

from archive.formats.live import script_state
from archive.formats.live.state_records import LiveState
from archive.formats.markup import parse_html
from tests.archive.formats.golden import assert_as_expected, pairs
from tests.archive.formats.reading import read_article

PAGES = pairs("script_state")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_golden_page_with_entries_in_its_scripts_alone_is_read_as_expected(path: Path) -> None:
    assert_as_expected(read_article(path.read_bytes()), path)


def scripts(*codes: str) -> str:
    marks = "".join(f"<script{code}</script>" for code in codes)
    return f"<title>Fog live</title><body><h1>Fog live</h1>{marks}</body>"


POSTS = "".join(f'{{\\"type\\":\\"live_post\\",\\"id\\":{n},\\"body\\":\\"Words {n}.\\"}},' for n in (3, 2, 1))


def test_damaged_scripts_are_read_as_far_as_they_are_whole_with_a_problem() -> None:
    item = read_article(scripts(f'>self.__next_f.push([1,"0:[{POSTS}').encode())
    assert [entry.text for entry in item.sections] == ["Words 3.", "Words 2.", "Words 1."]
    assert item.problems[0].startswith("the data of the scripts is broken or cut off")


@pytest.mark.parametrize("mark", ['id="__NUXT_DATA__"', 'data-nuxt-data="app"'])
def test_devalue_scripts_are_recognised_by_id_or_attribute(mark: str) -> None:
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
    item = read_article(scripts(f' type="application/json" {mark}>{json.dumps(flat)}').encode())
    assert [entry.text for entry in item.sections] == ["Two.", "One."]


@pytest.mark.parametrize("kind", ["live_post", "LiveEntry", "liveblog-items", "LIVE-UPDATE"])
def test_entries_of_every_type_are_found_in_plain_state(kind: str) -> None:
    posts = [{"type": kind, "id": number, "body": f"Words {number}."} for number in (2, 1)]
    item = read_article(scripts(f">window.state={json.dumps(posts)};").encode())
    assert [entry.text for entry in item.sections] == ["Words 2.", "Words 1."]


@pytest.mark.parametrize("form", ["{}", "JSON.parse('{}')"])
def test_json_that_nuxt_assigns_is_read_once(form: str) -> None:
    posts = json.dumps([{"type": "live_post", "body": f"Words {number}."} for number in (2, 1)])
    item = read_article(scripts(f">window.__NUXT__={form.format(posts)};").encode())
    assert [entry.text for entry in item.sections] == ["Words 2.", "Words 1."]


@pytest.mark.parametrize(
    "code",
    [
        '>self.__next_f.push([1,"0:[\\"deliver\\",\\"a live post\\"]\\n"])',
        '>window.__NUXT__={a:"the live post of today"}',
        ' id="__NUXT_DATA__">["LiveBlog","relive-post"]',
    ],
)
def test_scripts_without_entry_types_are_not_decoded(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("a script was decoded")

    for name in ("read_flight", "read_devalue", "read_literals"):
        monkeypatch.setattr(script_state, name, fail)
    assert script_state.page_state(parse_html(scripts(code))) == LiveState()
