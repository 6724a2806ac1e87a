"""archive/formats/text.py: plain text, one article a file. The golden pairs are in tests/data/text/."""

import codecs
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats import text as text_format
from archive.formats.input import DEFAULT_LIMITS, Limits
from archive.items import ArticleItem, Item, Rejected
from archive.times import parse_moment
from tests.archive.formats.reading import read_as
from tests.paths import ROOT

PAIRS = sorted((ROOT / "tests" / "data" / "text").glob("*.txt"))
SEED = ROOT / "seeds" / "000_41d69cf706419f58.txt"


def read_text(data: bytes | str, *, limits: Limits = DEFAULT_LIMITS) -> Item:
    (item,) = read_as("text", data, limits=limits)
    return item


def read_article(data: bytes | str) -> ArticleItem:
    item = read_text(data)
    assert isinstance(item, ArticleItem), item
    return item


def shape(item: ArticleItem) -> dict[str, object]:
    return {
        "headline": item.headline,
        "standfirst": item.standfirst,
        "kind": item.kind,
        "sections": [
            {"heading": section.heading, "paragraphs": list(section.paragraphs)} for section in item.sections
        ],
        "problems": list(item.problems),
    }


def expected_of(path: Path) -> dict[str, object]:
    expected: dict[str, object] = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    return expected


def test_every_golden_text_has_its_expectation_and_vice_versa() -> None:
    stems = {path.stem for path in PAIRS}
    assert len(stems) >= 7
    assert {path.name.removesuffix(".expected.json") for path in PAIRS[0].parent.glob("*.json")} == stems


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_golden_text_is_read_as_expected(path: Path) -> None:
    assert shape(read_article(path.read_bytes())) == expected_of(path)


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "rewrite",
    [
        lambda data: codecs.BOM_UTF8 + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\r"),
        lambda data: data.rstrip(b"\n"),
        lambda data: codecs.BOM_UTF16_LE + data.decode().encode("utf-16-le"),
    ],
    ids=["BOM", "CRLF", "CR", "no last newline", "UTF-16"],
)
def test_encoding_and_line_ends_do_not_change_what_is_read(path: Path, rewrite: Callable[[bytes], bytes]) -> None:
    assert shape(read_article(rewrite(path.read_bytes()))) == expected_of(path)


def test_the_seed_is_a_live_page_of_three_sections() -> None:
    raw = SEED.read_bytes()
    item = read_article(raw)
    assert item.headline == (
        "Ukraine-Russia war latest: Kyiv and Moscow working on new prisoner exchange "
        "after talks last less than an hour"
    )
    assert item.standfirst == (
        "Kyiv and Moscow are still far apart on how to end the war and the fighting is stepping up"
    )
    assert [section.heading for section in item.sections] == [
        "",
        "Russia-held Zaporizhzhia without electricity amid shelling, officials say",
        "Sanctions on Russia needed as Putin doesn't want ceasefire, says Zelensky's aide",
    ]
    assert [len(section.paragraphs) for section in item.sections] == [6, 4, 3]
    assert item.kind == "live"
    assert item.problems == ()
    assert (item.published, item.updated) == (None, None)
    lines = [line for line in raw.decode().splitlines() if line.strip()]
    read_lines = [item.headline, item.standfirst]
    for section in item.sections:
        read_lines += [section.heading, *section.paragraphs] if section.heading else section.paragraphs
    assert read_lines == lines


def test_the_evidence_is_kept_byte_for_byte() -> None:
    raw = codecs.BOM_UTF8 + b"Headline\r\n\r\nA  body\x00.\r\n"
    item = read_article(raw)
    assert item.raw == raw
    assert (item.media_type, item.reader, item.locator, item.whole_stream) == ("text/plain", "text/1", "", True)


def test_hints_fill_the_fields_that_a_text_lacks() -> None:
    published = parse_moment("2025-06-02")
    hints: dict[str, Any] = {"source": "Lindwick Post", "url": "https://post.example/1", "published": published}
    (item,) = read_as("text", "Headline\nBody.", **hints)
    assert isinstance(item, ArticleItem)
    assert (item.source, item.url, item.published) == ("Lindwick Post", "https://post.example/1", published)


@pytest.mark.parametrize(
    ("data", "locator", "reason"),
    [
        (b"", "", "no words in it"),
        (b" \n\t\r\n", "", "no words in it"),
        (b"\x00\x01\n", "", "no words in it"),
        (b"A lone line", "line 1", "a lone line"),
        (b"\n\n  A lone line.  \n\n", "line 3", "a lone line"),
        (b"Headline\nBody caf\xe9.\n", "line 2", "byte 0xe9 at column 9 is not UTF-8"),
        (b"Headline\r\n\r\nBody \xff.\r\n", "line 3", "byte 0xff at column 6 is not UTF-8"),
    ],
)
def test_a_text_without_an_article_is_rejected_with_place_and_reason(data: bytes, locator: str, reason: str) -> None:
    item = read_text(data)
    assert isinstance(item, Rejected)
    assert item.locator == locator
    assert reason in item.reason


def test_a_text_beyond_the_limit_is_rejected() -> None:
    limits = Limits(max_document_bytes=20)
    assert isinstance(read_text("Headline\n" + "b" * 10 + ".", limits=limits), ArticleItem)
    beyond = read_text("Headline\n" + "b" * 11 + ".", limits=limits)
    assert isinstance(beyond, Rejected)
    assert "longer than" in beyond.reason
    assert "split it" in beyond.reason


@pytest.mark.parametrize(
    ("data", "paragraph", "note"),
    [
        ("Headline\nOne\x00 body\x07.", "One body.", "2 unprintable characters left out"),
        ("Headline\nOne body\x0c.", "One body.", "1 unprintable character left out"),
    ],
)
def test_unprintable_characters_are_left_out_with_a_note(data: str, paragraph: str, note: str) -> None:
    item = read_article(data)
    assert item.sections[0].paragraphs == (paragraph,)
    assert item.problems == (note,)


@pytest.mark.parametrize(
    "line",
    [
        "It ended.",
        "Did it end?",
        "It ended!",
        "It went on…",
        "It went on...",
        'He said: "It ended."',
        "He said: “It ended.”",
        "He said: ‘It ended.’",
        "Er sagte: „Es ist aus.“",
        "»Es ist aus.«",
        "(It ended.)",
        "[He said: “It ended.”]",
        "終わった。",
        "「終わった。」",
        "《终于结束了。》",
        "انتهى۔",
        "ပြီးပြီ။",
        "ተፈጸመ።",
    ],
)
def test_a_line_with_a_closing_mark_is_a_paragraph(line: str) -> None:
    item = read_article(f"Headline\nFirst.\n{line}\nLast.")
    assert [(section.heading, section.paragraphs) for section in item.sections] == [("", ("First.", line, "Last."))]


@pytest.mark.parametrize(
    "line",
    [
        "How it ended",
        "It 'ended'",
        "It “ended”",
        "U.S. envoy lands",
        "What now? Three views",
        "渡轮停航",
        "Day 3.5 of it",
    ],
)
def test_a_line_without_a_closing_mark_is_a_heading_whatever_quote_mark_follows(line: str) -> None:
    item = read_article(f"Headline\nFirst.\n{line}\nLast.")
    assert [(section.heading, section.paragraphs) for section in item.sections] == [
        ("", ("First.",)),
        (line, ("Last.",)),
    ]


@pytest.mark.parametrize(
    ("headline", "kind"),
    [
        ("Floods live: boats at anchor", "live"),
        ("FLOODS LATEST", "live"),
        ("Election night, minute by minute", "live"),
        ("The floods as it happened", "live"),
        ("Where olives grow", "article"),
        ("Delivery of boats", "article"),
    ],
)
def test_the_headline_shows_a_live_page(headline: str, kind: str) -> None:
    assert read_article(f"{headline}\nFirst.\nA heading\nSecond.").kind == kind
    assert read_article(f"{headline}\nFirst.\nSecond.").kind == "article"


def test_short_lines_in_blocks_are_not_joined_as_wrapped_text() -> None:
    blocks = "Headline\n\nYes.\nIt was so, said the captain at length.\nNo.\n\nWell.\nPerhaps.\nIt was not.\n"
    assert len(read_article(blocks).sections[0].paragraphs) == 6


_LINE = st.text(alphabet="abc é.?”\t", min_size=1, max_size=12).filter(str.strip)


@given(st.lists(_LINE, min_size=2, max_size=12))
def test_no_word_is_lost_or_moved(lines: list[str]) -> None:
    item = read_article("\n".join(lines))
    words = f"{item.headline} {item.standfirst}".split()
    for section in item.sections:
        words += [*section.heading.split(), *section.text.split()]
    assert words == " ".join(lines).split()


@given(st.binary(max_size=80))
def test_any_bytes_give_one_item(data: bytes) -> None:
    item = read_text(data)
    assert isinstance(item, ArticleItem | Rejected)
    if isinstance(item, ArticleItem):
        assert item.headline
        assert all(section.heading or section.paragraphs for section in item.sections)


@pytest.mark.parametrize(
    ("headline", "kind"),
    [
        ("Marbeck flood latest: water falls", "live"),
        ("Flood LIVE: water falls", "live"),
        ("Flood in Marbeck – live", "live"),
        ("Marbeck flood: live updates", "live"),
        ("The flood as it happened", "live"),
        ("How we live now", "article"),
        ("The latest fashion in Marbeck", "article"),
    ],
)
def test_headline_of_a_rolling_page_makes_it_live(headline: str, kind: str) -> None:
    assert read_article(f"{headline}\nA lead.\nA heading\nWords.\n").kind == kind


@pytest.mark.parametrize("head", ["<!doctype html>\n<p>Words.", '<?xml version="1.0"?>', '[{"a": 1}]', '{"a": 1}'])
def test_markup_and_data_are_not_read_as_prose(head: str) -> None:
    assert not text_format.sniff(head.encode(), "a.txt")
