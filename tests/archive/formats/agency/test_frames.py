"""archive/formats/agency/frames.py, anpa.py, iptc7901.py: the golden pairs are in tests/data/ by format."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.agency import anpa, iptc7901
from archive.formats.input import Limits
from archive.items import ArticleItem, Rejected
from archive.times import NO_ZONE
from tests.archive.formats.golden import expected_of, pairs, shape
from tests.archive.formats.reading import read, read_article, read_as

PAIRS = pairs("anpa") + pairs("iptc7901")


def anpa_story(trailer: str = "EPA-WF-01-09-31 1815GMT<") -> bytes:
    return (
        f"\x16\x01q0042\x1f---\r\nr f BC-X 01-09\r\n\x02^BC-X<\r\n^Head<\r\n\t   Words.\r\n\x03{trailer}\x04".encode()
    )


def iptc_story(trailer: str = "100715 GMT Jan 31", text: str = "Head =\r\n\nWords.\r\n") -> bytes:
    return f"\x01epa0017 3 i 9  epa 0311\r\n\n\x02{text}\x03{trailer}\r\n\x04".encode()


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_golden_story_is_read_as_expected(path: Path) -> None:
    assert [shape(item) for item in read(path.read_bytes(), path.name)] == expected_of(path)


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_evidence_of_a_story_reads_as_the_story(path: Path) -> None:
    raw = path.read_bytes()
    for item in read(raw):
        if isinstance(item, ArticleItem):
            assert item.raw in raw
            assert item.whole_stream == (item.raw == raw)
            again = read_article(item.raw)
            assert (again.headline, again.sections, again.published) == (item.headline, item.sections, item.published)


@pytest.mark.parametrize(
    "head",
    [b"", b"\x01", b"\x01q0042", b"q0042\x1f", b"\x01Plain text.", b"A headline\x01q0042\x1f", b"\x01epa0017 words"],
)
def test_a_stray_control_makes_no_story(head: bytes) -> None:
    assert not anpa.sniff(head, "")
    assert not iptc7901.sniff(head, "")


@pytest.mark.parametrize(
    ("data", "at", "rule"),
    [
        (anpa_story(), "2031-01-09T18:15:00+00:00", "as given"),
        (anpa_story("EPA-WF-01-09-31 1815<"), "2031-01-09T18:15:00+00:00", NO_ZONE),
        (anpa_story("EPA-01-09-2031 1815EST<"), "2031-01-09T23:15:00+00:00", "as given"),
        (anpa_story("01-09-79 1815GMT<"), "1979-01-09T18:15:00+00:00", "as given"),
        (iptc_story(), "2031-01-10T07:15:00+00:00", "as given"),
        (iptc_story("100715 MEZ Jän 31"), "2031-01-10T06:15:00+00:00", "as given"),
        (iptc_story("100715 GMT juin 1998"), "1998-06-10T07:15:00+00:00", "as given"),
        (iptc_story("100715 MST Dec 31"), "2031-12-10T14:15:00+00:00", "as given"),
        (iptc_story("100715 BST Dec 31"), "2031-12-10T07:15:00+00:00", NO_ZONE),
    ],
)
def test_the_trailer_has_the_time(data: bytes, at: str, rule: str) -> None:
    published = read_article(data).published
    assert published is not None
    assert (published.at.isoformat(), published.rule, published.precision) == (at, rule, "minute")


@pytest.mark.parametrize(
    "data",
    [
        anpa_story("EPA"),
        anpa_story("EPA-02-30-31 1815GMT"),
        iptc_story("320715 GMT Jan 31"),
        iptc_story("100715 GMT Xyz 31"),
        iptc_story(""),
    ],
)
def test_a_story_without_its_day_has_no_time_no_id_and_a_problem(data: bytes) -> None:
    item = read_article(data)
    assert (item.published, item.external_id) == (None, "")
    assert len(item.problems) == 1


def test_signals_above_a_text_are_notes_not_headlines() -> None:
    item = read_article(anpa_story().replace(b"^Head<", b"^URGENT - 2ND ADD<\r\n^Head<"))
    assert (item.headline, item.note) == ("Head", "URGENT - 2ND ADD")


@pytest.mark.parametrize("line", ["By Ola Brace", "Von Ola Brace", "Par Ola Brace"])
def test_a_byline_above_a_text_is_recognised_by_its_first_word(line: str) -> None:
    item = read_article(iptc_story(text=f"Head\r\r\n{line} =\r\r\n\r\r\nWords.\r\r\n"))
    assert (item.headline, item.byline) == ("Head", "Ola Brace")


def test_notes_not_for_publication_are_left_out_with_a_problem() -> None:
    text = "Head =\r\n\nWords.\r\n\n# Notizblock\r\n\nNicht zur Veröffentlichung bestimmt:\r\n- Desk 0000\r\n"
    item = read_article(iptc_story(text=text))
    assert item.note == "Notizblock"
    assert item.problems == ("notes that are not for publication left out",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (anpa_story()[:-40], "cut short"),
        (b"\x01q0042\x1f--- no text", "no start of a text"),
        (b"\x01q0042\x1f---\x02\x03\x04", "without words"),
        (b"\x01epa0017 3 i 9\x02 =\r\n\x03", "without words"),
    ],
)
def test_a_broken_story_is_rejected_with_the_reason(data: bytes, reason: str) -> None:
    (item,) = read(data)
    assert isinstance(item, Rejected)
    assert reason in item.reason


def test_words_before_the_first_story_are_rejected_and_the_story_is_read() -> None:
    first, second = read_as("iptc7901", b"Dear reader\n" + iptc_story())
    assert isinstance(first, Rejected)
    assert isinstance(second, ArticleItem)


def test_a_file_beyond_the_limit_is_rejected() -> None:
    for data in (anpa_story(), iptc_story()):
        (item,) = read(data, limits=Limits(max_document_bytes=20))
        assert isinstance(item, Rejected)
        assert "longer than" in item.reason


@given(st.sampled_from([path.read_bytes() for path in PAIRS]), st.integers(0, 2000), st.binary(min_size=1, max_size=4))
def test_no_change_of_bytes_makes_reading_fail(data: bytes, at: int, replacement: bytes) -> None:
    at %= len(data)
    assert read(data[:at] + replacement + data[at + len(replacement) :])


@pytest.mark.parametrize("noise", [b"\x01", b"\x01\x01\x01", b"\x01\x16\x16\x01\r\n"])
def test_starts_of_a_header_with_nothing_between_are_no_stories(noise: bytes) -> None:
    items = read(anpa_story() + noise + anpa_story())
    assert [type(item) for item in items] == [ArticleItem, ArticleItem]
