"""archive/formats/records/xml_records.py: the golden pairs are in tests/data/xml_records/."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.input import Limits
from archive.formats.records import xml_records
from archive.items import ArticleItem, Rejected
from tests.archive.formats.golden import expected_of, pairs, shape
from tests.archive.formats.reading import read, read_article

PAIRS = pairs("xml_records")
MANY = PAIRS[0].read_bytes()
ONE = b"<story><id>1</id><title>Head</title><body>Words.\nMore.</body></story>"


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_golden_document_is_read_as_expected(path: Path) -> None:
    assert [shape(item) for item in read(path.read_bytes(), path.name)] == expected_of(path)


def test_no_name_is_used_for_two_fields() -> None:
    names = [name for names in xml_records.FIELDS.values() for name in names]
    assert len(names) == len(set(names))
    assert names == [name.lower() for name in names]


@pytest.mark.parametrize(
    "head",
    [
        b"<rss><channel><item><title>x</title><guid>1</guid><content>y</content></item></channel></rss>",
        b"<feed><entry><title>x</title><id>1</id><content>y</content></entry></feed>",
        b"<html><head><title>x</title></head><body id='1'>y</body></html>",
        b"<config><title>x</title><id>1</id></config>",
        b"headline <title> <body> <id>",
        b"",
    ],
)
def test_other_formats_are_not_recognised_as_records(head: bytes) -> None:
    assert not xml_records.sniff(head, "a.xml")


def test_the_evidence_of_a_single_record_is_the_document() -> None:
    item = read_article(ONE)
    assert (item.raw, item.locator, item.whole_stream) == (ONE, "", True)
    assert item.sections[0].paragraphs == ("Words.", "More.")


def test_a_truncated_document_gives_its_whole_records() -> None:
    begun = MANY[: MANY.index(b"The tuba")]
    whole, cut = read(begun)
    assert isinstance(whole, ArticleItem)
    assert isinstance(cut, Rejected)
    assert cut.locator == f"line {begun.count(bytes([10])) + 1}"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<a><id>1</id><b><title>x</title></b><c><body>y</body></c></a>", "without an element that has"),
        (b"<!DOCTYPE a [<!ENTITY e 'x'>]>" + ONE.replace(b"Words", b"&e;"), "entities of its own"),
        (b"<a><title/><id/><body>" + b"<p>" * 3_000, "line 1"),
    ],
)
def test_a_document_without_an_article_is_rejected_with_the_reason(data: bytes, reason: str) -> None:
    (item,) = read(data)
    assert isinstance(item, Rejected)
    assert reason in item.reason + item.locator


def test_a_document_beyond_the_limit_is_rejected() -> None:
    (item,) = read(ONE, limits=Limits(max_document_bytes=20))
    assert isinstance(item, Rejected)
    assert "longer than" in item.reason


@given(st.integers(0, len(MANY) - 1), st.binary(min_size=1, max_size=4))
def test_no_change_of_bytes_makes_reading_fail(at: int, replacement: bytes) -> None:
    assert read(MANY[:at] + replacement + MANY[at + len(replacement) :])
