"""archive/formats/records/jsonl.py: an article per line; an error costs its line, or less."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.input import Limits
from archive.formats.records import jsonl
from archive.items import ArticleItem, Rejected, SectionItem
from archive.times import parse_moment
from tests.archive.formats.reading import read_as

GOOD = {"headline": "Ferry sails", "text": "The ferry left Lindwick at six."}


def read_record(record: Mapping[str, object]) -> ArticleItem:
    (item,) = read_as("jsonl", json.dumps(record))
    assert isinstance(item, ArticleItem), item
    return item


FULL = {
    "headline": "Maren floods live",
    "sections": [
        {"text": "The lead.\nIts second paragraph."},
        {
            "id": 7,
            "heading": "Bridge shut",
            "text": "Shut at noon.",
            "published": "2025-06-02T12:00:00+01:00",
            "byline": "Iva Sorel",
        },
    ],
    "id": "maren-1",
    "source": "Lindwick Post",
    "url": "https://post.example/maren",
    "published": "2025-06-02",
    "updated": "2025-06-03T07:15Z",
    "standfirst": "Two bridges are shut",
    "byline": "Tomas Hale, Ada Brennick",
    "kind": "live",
    "language": "en-GB",
    "topics": ["Floods", "Maren  Hill", "Floods"],
}


def test_every_key_of_the_schema_is_read() -> None:
    assert set(FULL) | {"text"} == set(jsonl.SCHEMA)
    item = read_record(FULL)
    assert item == ArticleItem(
        headline="Maren floods live",
        sections=(
            SectionItem(("The lead.", "Its second paragraph.")),
            SectionItem(
                ("Shut at noon.",),
                heading="Bridge shut",
                key="7",
                byline="Iva Sorel",
                published=parse_moment("2025-06-02T12:00:00+01:00"),
            ),
        ),
        raw=json.dumps(FULL).encode(),
        media_type="application/json",
        reader="jsonl/1",
        locator="line 1",
        kind="live",
        source="Lindwick Post",
        external_id="maren-1",
        url="https://post.example/maren",
        standfirst="Two bridges are shut",
        byline="Tomas Hale, Ada Brennick",
        language="en-GB",
        published=parse_moment("2025-06-02"),
        updated=parse_moment("2025-06-03T07:15Z"),
        topics=("Floods", "Maren Hill"),
    )
    assert item.updated is not None
    assert item.updated.at == datetime(2025, 6, 3, 7, 15, tzinfo=UTC)


def test_headline_and_text_are_enough() -> None:
    item = read_record(GOOD)
    assert item.sections == (SectionItem(("The ferry left Lindwick at six.",)),)
    assert (item.kind, item.published, item.topics, item.problems) == ("article", None, (), ())


def test_unknown_keys_are_only_in_the_evidence() -> None:
    item = read_record({**GOOD, "mood": "calm"})
    assert item.problems == ()
    assert b'"mood": "calm"' in item.raw


def test_a_value_of_the_document_overrides_a_hint() -> None:
    hints: dict[str, Any] = {"source": "Hinted", "url": "https://hint.example/"}
    (bare,) = read_as("jsonl", json.dumps(GOOD), **hints)
    (full,) = read_as("jsonl", json.dumps(FULL), **hints)
    assert isinstance(bare, ArticleItem)
    assert isinstance(full, ArticleItem)
    assert (bare.source, bare.url) == ("Hinted", "https://hint.example/")
    assert (full.source, full.url) == ("Lindwick Post", "https://post.example/maren")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json", "not JSON: Expecting value at column 1"),
        (b'{"headline": "x",', "not JSON: Expecting property name enclosed in double quotes at column 18"),
        (b'{"headline": "x"} trailing', "not JSON: Extra data at column 19"),
        (b'{"headline": "caf\xe9"}', "byte 0xe9 at column 18 is not UTF-8"),
        (b'["headline", "x"]', "a list; an object"),
        (b'"headline"', "a string; an object"),
        (b"null", "a null; an object"),
        (b"true", "a boolean; an object"),
        (b"12", "a number; an object"),
        (b"{}", "no `headline`"),
        (b'{"headline": " \\u0000 ", "text": "x"}', "no `headline`"),
        (b'{"headline": 3, "text": "x"}', "no `headline`"),
        (b'{"headline": "x"}', "neither `text` nor `sections` has any words"),
        (b'{"headline": "x", "text": " \\n "}', "neither `text` nor `sections` has any words"),
        (b'{"headline": "x", "text": ["y"]}', "neither `text` nor `sections` has any words"),
        (b'{"headline": "x", "sections": []}', "neither `text` nor `sections` has any words"),
        (b'{"headline": "x", "sections": [{"id": "1"}, 5]}', "neither `text` nor `sections` has any words"),
        (b'{"headline": "x", "sections": "y"}', "`sections` is a string; a list of objects is needed"),
        (b'{"headline": "x", "sections": {"text": "y"}}', "`sections` is an object; a list of objects is needed"),
        (b'{"headline": "x", "text": "y", "z": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"headline": "x", "text": "y", "z": [' + b"[]," * 500_000 + b"0]}", "more than 500,000 objects and lists"),
        (b'{"headline": "x", "text": "y", "z": ' + b"9" * 5000 + b"}", "not JSON that can be read"),
    ],
    ids=lambda value: value[:40].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_a_bad_line_is_rejected_with_its_number_and_the_rest_is_read(line: bytes, reason: str) -> None:
    good = json.dumps(GOOD).encode()
    before, bad, after = read_as("jsonl", b"\n".join([good, line, good]))
    assert isinstance(before, ArticleItem)
    assert isinstance(after, ArticleItem)
    assert after.locator == "line 3"
    assert isinstance(bad, Rejected)
    assert bad.locator == "line 2"
    assert reason in bad.reason
    assert len(bad.reason) < 300


def test_blank_lines_are_skipped_and_counted() -> None:
    good = json.dumps(GOOD).encode()
    items = read_as("jsonl", b"\xef\xbb\xbf" + good + b"\r\n\r\n   \n" + good)
    assert [item.locator for item in items] == ["line 1", "line 4"]
    assert [item.raw for item in items if isinstance(item, ArticleItem)] == [good, good]


def test_a_line_beyond_the_limit_is_rejected_and_the_rest_is_read() -> None:
    good = json.dumps(GOOD)
    limits = Limits(max_document_bytes=len(good))
    for last in ("", "\n"):
        longer = json.dumps({**GOOD, "byline": "x" * 500})
        items = read_as("jsonl", "\n".join([good, longer, good + " ", good]) + last, limits=limits)
        assert [type(item) for item in items] == [ArticleItem, Rejected, Rejected, ArticleItem]
        assert [item.locator for item in items] == ["line 1", "line 2", "line 3", "line 4"]
        assert isinstance(items[1], Rejected)
        assert "longer than" in items[1].reason


@pytest.mark.parametrize("field", ["published", "updated"])
@pytest.mark.parametrize(
    ("value", "note"),
    [
        ("0001-11-30", "before the first newspaper"),
        ("2025-02-31", "no possible date"),
        ("last Tuesday", "is no date"),
    ],
)
def test_an_impossible_date_is_left_out_with_a_note(field: str, value: str, note: str) -> None:
    item = read_record({**GOOD, field: value})
    assert getattr(item, field) is None
    (problem,) = item.problems
    assert problem.startswith(f"{field} ")
    assert repr(value) in problem
    assert note in problem
    assert problem.endswith("kept without it")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"published": [1748865600]}, "`published` is a list, not a string; left out"),
        ({"byline": ["Iva"]}, "`byline` is a list, not a string; left out"),
        ({"id": 1.5}, "`id` is a number, not a string; left out"),
        ({"id": True}, "`id` is a boolean, not a string; left out"),
        ({"kind": "podcast"}, "kind 'podcast' is neither article nor live; taken as article"),
        ({"topics": "Floods"}, "`topics` is a string, not a list; left out"),
        ({"topics": [3]}, "`topics` contains a number that is not a name; left out"),
        ({"topics": [" "]}, "`topics` contains a string that is not a name; left out"),
        ({"source": "Lind\u0000wick"}, "1 unprintable character left out"),
        ({"topics": ["Flo\u0000ods"]}, "1 unprintable character left out"),
        ({"sections": ["x", {"text": "y"}], "text": None}, "section 1 is a string, not an object; left out"),
        ({"sections": [{"text": "y"}]}, "both `text` and `sections`; `text` left out"),
        ({"sections": [{"text": "y", "published": "2025-02-31"}], "text": None}, "section 1: published '2025-02-31'"),
        ({"sections": [{"text": "y", "heading": 5}], "text": None}, "section 1: `heading` is a number, not a string"),
    ],
    ids=str,
)
def test_a_wrong_value_is_a_problem_and_the_article_is_kept(more: dict[str, object], problem: str) -> None:
    item = read_record({**GOOD, **more})
    assert len(item.problems) == 1
    assert item.problems[0].startswith(problem)


@pytest.mark.parametrize("value", ["\u0000", "\ud800", "\u0001\u0002 "])
def test_a_topic_of_unprintable_characters_is_left_out(value: str) -> None:
    item = read_record({**GOOD, "topics": [value, "Floods"]})
    assert item.topics == ("Floods",)


def test_null_is_a_missing_value() -> None:
    bare = read_record(GOOD)
    assert replace(read_record({**dict.fromkeys(jsonl.SCHEMA), **GOOD}), raw=bare.raw) == bare


def test_an_empty_list_of_sections_leaves_the_text() -> None:
    item = read_record({**GOOD, "sections": []})
    assert item.sections == (SectionItem(("The ferry left Lindwick at six.",)),)
    assert item.problems == ()


def test_a_section_id_that_occurs_twice_is_kept_once() -> None:
    record = {"headline": "x", "sections": [{"id": "a", "text": "one"}, {"id": "a", "text": "two"}, {"text": "three"}]}
    item = read_record(record)
    assert [(section.key, section.text) for section in item.sections] == [("a", "one"), ("", "two"), ("", "three")]
    assert item.problems == ("section 2: the id 'a' occurs twice; kept without it",)


def test_a_section_may_be_a_heading_alone_and_an_empty_section_is_dropped() -> None:
    sections = [{"id": "e"}, {"heading": "Later"}, {"id": "e", "text": "one"}]
    item = read_record({"headline": "x", "sections": sections})
    assert [(section.key, section.heading, section.text) for section in item.sections] == [
        ("", "Later", ""),
        ("e", "", "one"),
    ]
    assert item.problems == ()


def test_lone_surrogates_and_nul_never_reach_the_archive() -> None:
    line = b'{"headline": "A \\ud800ferry\\u0000", "text": "It \\udfffsails \\ud83d\\udea2.", "id": "n\\u00001"}'
    (item,) = read_as("jsonl", line)
    assert isinstance(item, ArticleItem)
    assert (item.headline, item.sections[0].text, item.external_id) == ("A ferry", "It sails \U0001f6a2.", "n1")
    assert item.problems == ("4 unprintable characters left out",)
    assert item.raw == line


def test_a_number_as_id_is_its_digits() -> None:
    assert read_record({**GOOD, "id": 10**40}).external_id == "1" + "0" * 40
    assert read_record({**GOOD, "id": 0}).external_id == "0"


def test_runs_of_blanks_are_one_blank_in_values_of_one_line() -> None:
    item = read_record({"headline": " Ferry\n sails ", "text": "One\ttwo\r\n\r\n three ", "byline": "Iva\nSorel"})
    assert (item.headline, item.byline) == ("Ferry sails", "Iva Sorel")
    assert item.sections[0].paragraphs == ("One two", "three")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2025-06-02"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*jsonl.SCHEMA]), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*jsonl.SCHEMA]), _JSON).map(lambda record: {"headline": "h", **record}))
def test_any_values_under_the_keys_give_an_article_or_a_reason(record: dict[str, object]) -> None:
    (item,) = read_as("jsonl", json.dumps(record))
    if isinstance(item, ArticleItem):
        assert item.headline
        assert all(section.heading or section.paragraphs for section in item.sections)
        assert all(item.topics)
        f"{item}".encode()
    else:
        assert item.locator == "line 1"
        assert item.reason


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=6))
def test_any_bytes_give_at_most_one_item_per_line(lines: list[bytes]) -> None:
    items = read_as("jsonl", b"\n".join(lines))
    numbers = [int(item.locator.removeprefix("line ")) for item in items]
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(range(1, len(lines) + 1))
