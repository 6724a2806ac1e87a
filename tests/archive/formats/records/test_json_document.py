"""archive/formats/records/json_document.py: an article over several lines, or a list of articles."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.input import Limits
from archive.items import ArticleItem, Rejected
from tests.archive.formats.reading import read, read_article

GOOD = {"headline": "Ferry sails", "text": "The ferry left Lindwick at six.", "id": "f"}


@pytest.mark.parametrize("indent", [2, "\t", 0])
def test_an_article_over_several_lines_is_read_like_an_article_on_a_line(indent: int | str) -> None:
    data = json.dumps(GOOD, indent=indent).encode()
    item = read_article(data)
    (line,) = read(json.dumps(GOOD).encode())
    assert isinstance(line, ArticleItem)
    assert item == replace(line, raw=data, reader="json/1", locator="", whole_stream=True)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\n \n"])
def test_a_list_gives_each_article_with_its_number_and_its_own_bytes(indent: int | None, mark: bytes) -> None:
    records = [GOOD, {"text": "No headline."}, {**GOOD, "headline": "Zweite Fähre"}]
    data = mark + json.dumps(records, indent=indent, ensure_ascii=False).encode()
    first, second, third = read(data, "a.json")
    assert isinstance(first, ArticleItem)
    assert isinstance(third, ArticleItem)
    assert second == Rejected("item 2", "no `headline`; every article needs one")
    assert (first.locator, third.locator, third.headline) == ("item 1", "item 3", "Zweite Fähre")
    assert json.loads(third.raw) == records[2]
    assert third.raw in data


@pytest.mark.parametrize(
    ("data", "locator", "reason"),
    [
        (b'[{"headline": "x", "text": "y"}, {"headline": ]', "item 2", "not JSON: Expecting value at column 47"),
        (b'[{"headline": "x", "text": "y"}\n {"headline": 1}]', "line 2", "neither a comma nor the end"),
        (b'[{"headline": "x", "text": "y"}', "line 1", "neither a comma nor the end"),
        (b'[{"headline": "x", "text": "y"},', "item 2", "Expecting value"),
        (b'[{"headline": "x", "text": "y"}] and more', "", "the text after the list"),
        (b'[{"headline": "x", "text": "y"}, ' + b"[" * 100_000, "item 2", "nested too deeply"),
        (b'[{"headline": "x", "text": "y"}, ' + b"9" * 5000 + b"]", "item 2", "not JSON that can be read"),
    ],
)
def test_a_broken_list_gives_the_items_before_the_break(data: bytes, locator: str, reason: str) -> None:
    good, bad = read(data, "a.json")
    assert isinstance(good, ArticleItem)
    assert isinstance(bad, Rejected)
    assert bad.locator == locator
    assert reason in bad.reason
    assert len(bad.reason) < 300


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[]", "an empty list"),
        (b"[ ", "Expecting value"),
        (b"[{}" + b",{}" * 500_000 + b"]", "more than 500,000 objects and lists"),
        (b"{\n", "not JSON"),
        (b'{\n"headline": "caf\xe9"}', "is not UTF-8"),
        (b'{\n"id": 1}', "no `headline`"),
        (b'[\n["a"]]', "a list; an object"),
    ],
)
def test_a_document_without_an_article_is_rejected_once(data: bytes, reason: str) -> None:
    (item,) = read(data, "a.json")
    assert isinstance(item, Rejected)
    assert reason in item.reason


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_that_a_shell_wrote_in_another_encoding_is_read(encoding: str, name: str) -> None:
    other = {**GOOD, "headline": "Fähre — 渡輪"}
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\r\n" for record in (GOOD, other))
    for text in (lines, json.dumps([GOOD, other], ensure_ascii=False)):
        items = read(text.encode(encoding), name)
        assert [item.headline for item in items if isinstance(item, ArticleItem)] == [GOOD["headline"], "Fähre — 渡輪"]
    (alone,) = read(json.dumps(other, indent=1).encode(encoding), "a.json")
    assert isinstance(alone, ArticleItem)
    assert alone.raw == json.dumps(other, indent=1).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_broken_json_in_another_encoding_is_not_read_as_prose(encoding: str) -> None:
    for text in ('{"headline": "Fire"\n"text": "A fire."}\n', '[{"headline": "Fire"]\n'):
        assert all(isinstance(item, Rejected) for item in read(text.encode(encoding), "a.txt"))


def test_a_document_beyond_the_limit_is_rejected() -> None:
    (item,) = read([GOOD], limits=Limits(max_document_bytes=20))
    assert isinstance(item, Rejected)
    assert "longer than" in item.reason


@given(st.integers(0, 200), st.binary(min_size=1, max_size=4), st.sampled_from([None, 1]))
def test_no_change_of_bytes_makes_reading_fail(at: int, replacement: bytes, indent: int | None) -> None:
    data = json.dumps([GOOD, GOOD, {}], indent=indent).encode()
    at %= len(data)
    assert read(data[:at] + replacement + data[at + len(replacement) :], "a.json")
