"""archive/formats/__init__.py: which reader reads a stream, and what damage costs."""

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import formats
from archive.formats import contract
from archive.formats.input import HEAD_BYTES, Limits, decode_page
from archive.items import ArticleItem, Hints, Item, Note, Rejected
from tests.archive.formats.reading import read
from tests.paths import DATA


def lines_of(count: int, *, words: int = 3) -> bytes:
    """A number of JSON lines, of words without a pattern, so that gzip cannot make them small."""
    return b"".join(
        json.dumps(
            {
                "headline": f"Headline {number}",
                "text": " ".join(hashlib.sha256(b"%d %d" % (number, word)).hexdigest()[:16] for word in range(words))
                + ".",
            }
        ).encode()
        + b"\n"
        for number in range(count)
    )


TEXT = b"Boats return to Lindwick\nAll nine came back.\n"
LINES = lines_of(3)


def readers(items: Sequence[Item]) -> list[str]:
    return [item.reader if isinstance(item, ArticleItem) else "rejected" for item in items]


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (TEXT, "a.txt", ["text/1"]),
        (TEXT, "a.jsonl", ["text/1"]),
        (TEXT, "", ["text/1"]),
        (LINES, "a.jsonl", ["jsonl/1"] * 3),
        (LINES, "a.txt", ["jsonl/1"] * 3),
        (b"\xef\xbb\xbf\n\n" + LINES, "", ["jsonl/1"] * 3),
        (b"not json\n" + LINES, "", ["rejected"] + ["jsonl/1"] * 3),
        (b"not json\n" * 4 + LINES, "a.jsonl", ["rejected"] * 4 + ["jsonl/1"] * 3),
        (b"not json\n" * 4 + LINES, "a.ndjson.gz", ["rejected"] * 4 + ["jsonl/1"] * 3),
        (b"{\n  not json at all", "a.txt", ["rejected"] * 2),
        (b"[\n" + b",".join(LINES.splitlines()) + b"\n]", "a.txt", ["json/1"] * 3),
        (b'{\n "headline": "x",\n "text": "y"\n}\n', "a.json", ["json/1"]),
        (b"A brace {in} a headline\nBody.", "a.txt", ["text/1"]),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_the_content_decides_the_format_and_the_name_if_the_content_is_ambiguous(
    data: bytes, name: str, expected: list[str], pack
) -> None:
    assert readers(read(pack(data), name)) == expected


@pytest.mark.parametrize("data", [b"", b"\n", b" \t\r\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_an_empty_file_is_rejected_as_empty(data: bytes, pack) -> None:
    assert read(pack(data)) == [Rejected("", "the file is empty")]


def test_blank_lines_longer_than_the_head_do_not_make_a_file_empty() -> None:
    (item,) = read(b"\n" * (HEAD_BYTES + 5) + TEXT)
    assert isinstance(item, ArticleItem)
    assert item.headline == "Boats return to Lindwick"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01",
        b"\x7fELF\x02\x01\x01\x00\x00\x00\x00",
        bytes(range(256)) * 8,
        gzip.compress(gzip.compress(TEXT)),
    ],
    ids=["png", "program", "every byte", "gzip in gzip"],
)
def test_binary_data_is_rejected_with_the_list_of_formats(data: bytes) -> None:
    (item,) = read(data)
    assert isinstance(item, Rejected)
    assert "none of the formats" in item.reason
    assert all(known.label in item.reason for known in formats.FORMATS)


def test_gzip_keeps_the_unpacked_bytes_as_the_evidence() -> None:
    (packed,), (plain,) = read(gzip.compress(TEXT)), read(TEXT)
    assert packed == plain
    assert isinstance(packed, ArticleItem)
    assert packed.raw == TEXT


def test_gzip_members_in_a_row_are_one_stream() -> None:
    assert readers(read(gzip.compress(LINES) + gzip.compress(LINES))) == ["jsonl/1"] * 6


@pytest.mark.parametrize("missing", [1, 4, 8, 9], ids=lambda missing: f"{missing} bytes short")
@pytest.mark.parametrize("count", [3, 40], ids=["a short file", "a file longer than the head"])
def test_lines_before_the_end_of_a_cut_gzip_are_read(count: int, missing: int) -> None:
    data = lines_of(count, words=300)
    items = read(gzip.compress(data)[:-missing])
    # Up to the last line, of which the end may be missing.
    assert [item.headline for item in items if isinstance(item, ArticleItem)][: count - 1] == [
        f"Headline {number}" for number in range(count - 1)
    ]
    assert isinstance(items[-1], Rejected)
    assert "the gzip data is damaged" in items[-1].reason
    assert sum(isinstance(item, Rejected) for item in items) == 1


def test_lines_before_damage_in_the_middle_are_read() -> None:
    data = lines_of(60, words=300)
    packed = bytearray(gzip.compress(data))
    packed[-len(packed) // 10 : -len(packed) // 10 + 40] = b"\xff" * 40
    items = read(bytes(packed))
    read_lines = [item.headline for item in items if isinstance(item, ArticleItem)]
    assert len(read_lines) >= 20
    assert read_lines == [f"Headline {number}" for number in range(len(read_lines))]
    assert isinstance(items[-1], Rejected)
    assert "the gzip data is damaged" in items[-1].reason


def test_a_false_checksum_is_damage() -> None:
    packed = bytearray(gzip.compress(LINES))
    packed[-6] ^= 0xFF
    items = read(bytes(packed))
    assert readers(items) == ["jsonl/1"] * 3 + ["rejected"]


@pytest.mark.slow
@pytest.mark.parametrize("start", [TEXT, LINES], ids=["text", "lines"])
def test_a_gzip_bomb_is_refused_before_it_is_unpacked(start: bytes) -> None:
    items = read(gzip.compress(start + b" " * 20_000_000), limits=Limits(free_unpacked_bytes=2_000_000))
    assert isinstance(items[-1], Rejected)
    assert "unpacks to more than 200 times its size" in items[-1].reason


@pytest.mark.slow
def test_repeated_documents_that_pack_well_are_no_bomb() -> None:
    items = read(gzip.compress(lines_of(20, words=300) * 20), limits=Limits(free_unpacked_bytes=2_000))
    assert readers(items) == ["jsonl/1"] * 400


@pytest.mark.parametrize("keep", [2, 5, 10, 12])
def test_a_gzip_that_ends_in_its_first_bytes_is_damaged_not_empty(keep: int) -> None:
    (item,) = read(gzip.compress(TEXT)[:keep])
    assert isinstance(item, Rejected)
    assert "the gzip data is damaged" in item.reason


@pytest.mark.parametrize("text", [TEXT, TEXT * 5000], ids=["short", "longer than the head"])
def test_a_truncated_text_is_not_read_as_a_whole_text(text: bytes) -> None:
    (item,) = read(gzip.compress(text)[:-9])
    assert isinstance(item, Rejected)
    assert "the gzip data is damaged" in item.reason


def test_a_long_stream_is_read_to_its_end() -> None:
    data = lines_of(900, words=20)
    assert len(data) > 4 * HEAD_BYTES
    for packed in (data, gzip.compress(data, 1)):
        items = read(packed)
        assert [item.locator for item in items] == [f"line {number}" for number in range(1, 901)]
        assert readers(items) == ["jsonl/1"] * 900


@given(st.binary(max_size=100), st.booleans(), st.integers(0, 20))
def test_no_bytes_make_reading_fail(data: bytes, packed: bool, cut: int) -> None:
    if packed:
        data = gzip.compress(data)
        data = data[: len(data) - cut]
    items = read(data)
    assert items
    assert all(isinstance(item, ArticleItem) or item.reason for item in items)


@given(st.lists(st.sampled_from(TEXT.split() + LINES.splitlines() + [b"\n", b"{", b"\x00", b"\xff", b"\xef\xbb\xbf"])))
def test_gzip_changes_nothing_of_what_is_read(parts: list[bytes]) -> None:
    data = b"\n".join(parts)
    assert read(gzip.compress(data)) == read(data)


@pytest.mark.parametrize("kind", [Rejected, Note])
def test_rejections_and_notes_can_be_stored_whatever_they_quote(kind: type[Rejected] | type[Note]) -> None:
    item = kind("item \udc80", "its type is \ud800é\0")
    assert (item.locator, item.reason) == ("item \\udc80", "its type is \\ud800é\\x00")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("sample", ["html/fragment.html", "ninjs/*", "newsml/*", "xml_records/*", "feed/*", "text/*"])
def test_documents_in_utf_16_without_a_mark_are_read_as_in_utf_8(encoding: str, sample: str) -> None:
    for path in (path for path in DATA.glob(sample) if ".expected" not in path.name):
        text = decode_page(path.read_bytes())[0]
        wide, narrow = (
            [(item.headline, item.byline, item.sections) for item in items if isinstance(item, ArticleItem)]
            for items in (read(text.encode(encoding)), read(text.encode()))
        )
        assert wide == narrow, path.name


@pytest.mark.parametrize("broken", [b"no JSON\n", b"{}\n"])
def test_reasons_beyond_many_are_counted_and_the_rest_is_read(broken: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "MAX_FILE_REJECTIONS", 3)
    good = b'{"headline": "Boats return", "text": "All nine came back."}\n'
    *reasons, article, last = read(good[:-2] + b"\n" + broken * 5 + good, "a.jsonl")
    assert [item.locator for item in reasons] == ["line 1", "line 2", "line 3"]
    assert isinstance(article, ArticleItem)
    assert last == Rejected("", "3 more parts were rejected; the reasons above are the first")


def test_so_many_reasons_as_are_reported_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "MAX_FILE_REJECTIONS", 3)
    assert [item.locator for item in read(b'{"headline": "x"}\n' * 3, "a.jsonl")] == ["line 1", "line 2", "line 3"]


GOOD_LINE = b'{"headline": "Boats return", "text": "All nine came back."}\n'


@pytest.mark.parametrize("max_rejections", [3, 10_000])
@pytest.mark.parametrize("broken", [b"x\n", b"{}\n", b'{"headline": \n'])
def test_the_rest_of_a_file_with_far_more_rejected_lines_than_others_is_not_read(
    broken: bytes, max_rejections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "MAX_FILE_REJECTIONS", max_rejections)
    monkeypatch.setattr(contract, "MAX_SURPLUS_REJECTED_DOCUMENTS", 5)
    stream = io.BytesIO(GOOD_LINE + broken * 100_000 + GOOD_LINE)
    items = list(formats.read(stream, Hints("a.jsonl")))
    assert stream.tell() < 100_000
    assert [type(item) for item in items].count(ArticleItem) == 1
    (last,) = [item for item in items if isinstance(item, Rejected) and item.rest_unread]
    assert last.locator == "after line 7"
    assert "the rest of the file was not read, because 5 more of its documents were rejected than read" in last.reason


def test_the_lines_of_ninjs_that_are_rejected_are_limited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "MAX_SURPLUS_REJECTED_DOCUMENTS", 5)
    item = b'{"uri": "a:1", "type": "text", "versioncreated": "2025-06-02T08:00:00Z", "headline": "Boats return",'
    item += b' "body_text": "All nine came back."}\n'
    first, *rejected, last = read(item + b"x\n" * 50, "a.json")
    assert isinstance(first, ArticleItem)
    assert first.reader.startswith("ninjs/")
    assert len(rejected) == 6
    assert (last.locator, isinstance(last, Rejected) and last.rest_unread) == ("after line 7", True)


def test_a_file_is_read_whole_where_lines_are_rejected_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "MAX_SURPLUS_REJECTED_DOCUMENTS", 5)
    items = read((GOOD_LINE + b"x\n") * 20, "a.jsonl")
    assert readers(items) == ["jsonl/1", "rejected"] * 20


def test_a_file_in_a_container_that_is_not_read_whole_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "MAX_SURPLUS_REJECTED_DOCUMENTS", 5)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.jsonl", GOOD_LINE + b"x\n" * 50)
        archive.writestr("b.jsonl", GOOD_LINE)
    items = read(file.getvalue(), "all.zip")
    assert readers(items) == ["jsonl/1", *["rejected"] * 7, "jsonl/1"]
    assert items[-2].locator == "a.jsonl: after line 7"


def test_reasons_of_one_document_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "MAX_DOCUMENT_REJECTIONS", 3)
    items = read("[" + ", ".join(["{}"] * 9) + "]", "a.json")
    assert [item.locator for item in items] == ["item 1", "item 2", "item 3", ""]
    assert "6 more parts were rejected" in str(items[-1])
