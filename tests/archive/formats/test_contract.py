"""archive/formats/contract.py: what every reader in the table promises, and what happens when a reader fails."""

import io
import json
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from archive import formats
from archive.errors import ArchiveError, ReadError
from archive.formats import Format, Limits, Streamed, recorded_readers
from archive.formats.containers import Part
from archive.formats.contract import Container
from archive.formats.faults import FAULT
from archive.formats.input import DEFAULT_LIMITS
from archive.items import ArticleItem, Hints, Item, Note, Rejected
from tests.archive.formats.reading import read, read_as
from tests.paths import DATA

GOLDEN = sorted(
    path
    for path in DATA.rglob("*")
    if path.is_file() and not path.name.endswith(".expected.json") and path.parent.name != "warc"
)
CONTENTS = {
    "empty": b"",
    "blank": b" \n\t\r\n",
    "zeros": bytes(1000),
    "every byte": bytes(range(256)) * 40,
    "half of UTF-16": b"\xff\xfe<\x00h",
    "open brace": b"{",
    "open list": b"[" * 3000,
    "open tag": b"<a>" * 3000,
    "an article a line": b'{"headline": "Boats return", "text": "All nine."}\n' * 2,
    "a list of articles": b'[{"headline": "Boats return", "text": "All nine."}, {"headline": "Fog", "text": "Sea."}]',
} | {str(path.relative_to(DATA)): path.read_bytes() for path in GOLDEN}

by_format = pytest.mark.parametrize("known", formats.FORMATS, ids=lambda known: known.name)


def truncated(data: bytes) -> Iterator[bytes]:
    """A document, whole and cut at several places."""
    for share in (1.0, 0.99, 0.6, 0.3, 0.05):
        yield data[: int(len(data) * share)]


def items_of(known: Format, data: bytes) -> list[Item]:
    """What a reader yields of bytes, whether or not they are of its format, before it raises a ReadError."""
    items: list[Item] = []
    try:
        items.extend(known.items(io.BytesIO(data), Hints("a"), DEFAULT_LIMITS))
    except ReadError as error:
        assert error.reason
        items.append(Rejected(error.locator, error.reason))
    return items


@by_format
def test_a_reader_yields_items_and_raises_nothing_but_read_errors(known: Format) -> None:
    for name, data in CONTENTS.items():
        for part in truncated(data):
            for item in items_of(known, part):
                assert isinstance(item, ArticleItem | Rejected | Note), name


@by_format
def test_two_items_of_a_document_have_two_locators(known: Format) -> None:
    for name, data in CONTENTS.items():
        for part in truncated(data):
            items = items_of(known, part)
            locators = Counter(item.locator for item in items if isinstance(item, ArticleItem))
            assert [locator for locator, count in locators.items() if count > 1] == [], name
            rejected = {(item.locator, item.reason) for item in items if isinstance(item, Rejected)}
            assert len(rejected) == sum(isinstance(item, Rejected) for item in items), name


@by_format
def test_reader_names_have_one_spelling(known: Format) -> None:
    readers = {
        item.reader for data in CONTENTS.values() for item in items_of(known, data) if isinstance(item, ArticleItem)
    }
    assert readers
    assert [name for name in readers if not re.fullmatch(r"[a-z][a-z0-9_]*/\d+", name)] == []


def test_names_of_formats_and_containers_are_unique() -> None:
    names = [row.name for row in (*formats.FORMATS, *formats.CONTAINERS)]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []


def test_only_readers_with_a_reason_read_streams() -> None:
    streamed = {row.name: row.read.reason for row in formats.FORMATS if isinstance(row.read, Streamed)}
    assert streamed.keys() == {"jsonl", "ninjs"}
    assert all([*streamed.values(), *(container.reason for container in formats.CONTAINERS)])


@pytest.mark.parametrize("container", formats.CONTAINERS, ids=lambda container: container.name)
def test_a_container_yields_members_and_raises_nothing_but_read_errors(container: Container) -> None:
    archives = {path.name: path.read_bytes() for path in sorted((DATA / "warc").glob("*arc"))}
    for data in (CONTENTS | archives).values():
        for part in truncated(data):
            try:
                for member in container.open(io.BytesIO(part), Hints("a"), DEFAULT_LIMITS):
                    assert isinstance(member, Part)
            except ReadError as error:
                assert error.reason


def test_every_exception_of_the_readers_is_a_read_error_of_the_archive() -> None:
    def subclasses(kind: type[Exception]) -> Iterator[type[Exception]]:
        for child in kind.__subclasses__():
            yield child
            yield from subclasses(child)

    assert issubclass(ReadError, ArchiveError)
    own = [kind for kind in subclasses(Exception) if kind.__module__.startswith("archive.formats")]
    assert own
    assert [kind for kind in own if not issubclass(kind, ReadError)] == []


@pytest.mark.parametrize(
    "known", [row for row in formats.FORMATS if not isinstance(row.read, Streamed)], ids=lambda known: known.name
)
def test_a_document_that_is_too_long_is_rejected_with_the_cure(known: Format) -> None:
    with pytest.raises(ReadError) as caught:
        list(known.items(io.BytesIO(b"x" * 11), Hints("a"), Limits(max_document_bytes=10)))
    assert caught.value.reason == f"longer than 10 bytes, the most that one {known.unit} may have; {known.cure}"


def test_no_limit_is_without_a_unit_in_its_name() -> None:
    units = ("bytes", "tags", "objects", "ratio", "nesting")
    assert [field.name for field in fields(Limits) if not field.name.endswith(units)] == []


@pytest.mark.parametrize(
    ("reader", "beginnings"),
    [
        ("html/1", ("html/",)),
        ("newsml_1/1", ("newsml_1/", "newsml-1/")),
        ("newsml_g2/2", ("newsml_g2/", "newsml-g2/")),
        ("xml_records/1", ("xml_records/", "xml-records/")),
    ],
)
def test_a_reader_is_recorded_under_its_name_or_an_earlier_spelling(reader: str, beginnings: tuple[str, ...]) -> None:
    assert recorded_readers(reader) == beginnings


class TestFault:
    """A reader with a fault: an exception of Python's own, after its first item."""

    @pytest.fixture(autouse=True)
    def faulty(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def read_faulty(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
            yield ArticleItem("First", (), raw, "text/plain", "faulty/1", locator="item 1")
            json.loads("")[0]
            json.loads("no JSON")

        faulty = Format("faulty", "faulty", lambda head, name: head.startswith(b"FAULTY"), read_faulty)
        monkeypatch.setattr(formats, "FORMATS", (faulty, *formats.FORMATS))

    def test_earlier_items_are_kept_and_the_user_learns_that_it_is_a_fault_of_the_archive(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        first, fault = formats.read(io.BytesIO(b"FAULTY"), Hints("a.txt"))
        assert isinstance(first, ArticleItem)
        assert isinstance(fault, Rejected)
        assert re.fullmatch(re.escape(FAULT) + r" JSONDecodeError at archive\.formats[a-z.]*:\d+", fault.reason)

    def test_it_is_logged_with_its_traceback_its_place_and_the_document(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        _, fault = formats.read(io.BytesIO(b"FAULTY"), Hints("a.txt"))
        assert isinstance(fault, Rejected)
        (record,) = caplog.records
        assert record.levelno == logging.ERROR
        assert record.exc_info is not None
        message = record.getMessage()
        assert fault.reason.removeprefix(FAULT).strip() in message
        assert "'a.txt'" in message

    def test_one_document_never_stops_the_rest(self) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.txt", b"FAULTY")
            archive.writestr("b.txt", b"Boats return\nAll nine came back.\n")
        items = list(formats.read(io.BytesIO(file.getvalue()), Hints("a.zip")))
        assert [item.locator for item in items] == ["a.txt: item 1", "a.txt", "b.txt"]
        assert isinstance(items[-1], ArticleItem)

    def test_a_failing_stream_is_no_fault_of_the_reader(self) -> None:
        class Failing(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                raise OSError("the disk is gone")

        with pytest.raises(OSError, match="the disk is gone"):
            list(formats.read(Failing(), Hints("a")))

    def test_it_fails_a_test_that_reads(self) -> None:
        with pytest.raises(AssertionError):
            read(b"FAULTY")
        with pytest.raises(ValueError, match="Expecting value"):
            read_as("faulty", b"FAULTY")


def test_golden_files_are_there(tmp_path: Path) -> None:
    assert len(GOLDEN) > 40
