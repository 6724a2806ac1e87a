"""archive/formats/containers/zipped.py: zip files, and files made to look like them. The zips are made here."""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import formats
from archive.formats.input import DEFAULT_LIMITS, Limits
from archive.items import ArticleItem, Hints, Item, Rejected

TEXT = "{}\nAll nine boats came back to Lindwick.\n"
LINE = json.dumps({"headline": "Ferries run again", "text": "From Saturday."}).encode()


def packed(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return file.getvalue()


def text(headline: str) -> bytes:
    return TEXT.format(headline).encode()


class Pipe(io.BytesIO):
    """A stream that cannot be seeked."""

    def seekable(self) -> bool:
        return False


@pytest.fixture(params=[io.BytesIO, Pipe], ids=["file", "pipe"])
def read_zip(request: pytest.FixtureRequest) -> "ReadZip":
    def run(data: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Item]:
        hints = Hints("a.zip", url="https://courier.example/one")
        return list(formats.read(request.param(data), hints, limits=limits))

    return run


ReadZip = Callable[..., list[Item]]


def summary(items: list[Item]) -> list[tuple[str, str]]:
    """The locator of each item, and its headline or reason."""
    return [(item.locator, item.headline if isinstance(item, ArticleItem) else item.reason) for item in items]


def test_files_are_read_in_their_order_each_by_its_own_format(read_zip: ReadZip) -> None:
    data = packed(
        ("b.txt", text("Boats return")), ("a/deep/er.jsonl", LINE), ("c.txt.gz", gzip.compress(text("Packed")))
    )
    assert summary(read_zip(data)) == [
        ("b.txt", "Boats return"),
        ("a/deep/er.jsonl: line 1", "Ferries run again"),
        ("c.txt.gz", "Packed"),
    ]


def test_the_address_of_a_zip_is_not_the_address_of_its_files(read_zip: ReadZip) -> None:
    (item,) = read_zip(packed(("b.txt", text("Boats return"))))
    assert isinstance(item, ArticleItem)
    assert item.url == ""
    assert not item.whole_stream


def test_folders_and_system_files_are_skipped(read_zip: ReadZip) -> None:
    left = ("folder/", "__MACOSX/b.txt", "folder/.DS_Store", ".git/config", "Thumbs.db", "folder/desktop.ini")
    assert summary(read_zip(packed(*((name, b"x") for name in left), ("b.txt", text("Boats"))))) == [
        ("b.txt", "Boats")
    ]


def test_a_zip_in_a_zip_in_a_gzip_is_opened(read_zip: ReadZip) -> None:
    inner = packed(("b.txt", text("Boats return")), ("c.txt", b""))
    assert summary(read_zip(gzip.compress(packed(("inner.zip", inner))))) == [
        ("inner.zip: b.txt", "Boats return"),
        ("inner.zip: c.txt", "the file is empty"),
    ]


def test_nesting_deeper_than_people_use_is_refused(read_zip: ReadZip) -> None:
    data = text("Boats")
    for _ in range(5):
        data = packed(("z.zip", data))
    ((locator, reason),) = summary(read_zip(data))
    assert locator == "z.zip: z.zip: z.zip: z.zip"
    assert "unpack it first" in reason


def test_a_file_that_is_not_a_document_stops_no_other(read_zip: ReadZip) -> None:
    data = packed(("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d\x01\x02"), ("b.txt", text("Boats return")))
    (first, reason), second = summary(read_zip(data))
    assert first == "a.png"
    assert "none of the formats" in reason
    assert second == ("b.txt", "Boats return")


def test_an_empty_zip_has_nothing_in_it(read_zip: ReadZip) -> None:
    assert summary(read_zip(packed())) == [("", "nothing in it")]


@pytest.mark.parametrize("name", ["[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"])
def test_an_office_document_is_rejected_as_such(read_zip: ReadZip, name: str) -> None:
    ((_, reason),) = summary(read_zip(packed((name, b"x"), ("word/document.xml", b"<x/>"))))
    assert "save it as text" in reason


def test_an_encrypted_file_is_rejected_with_the_cure(read_zip: ReadZip) -> None:
    data = bytearray(packed(("a.txt", text("Secret")), ("b.txt", text("Boats"))))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (first, reason), second = summary(read_zip(bytes(data)))
    assert first == "a.txt"
    assert "password" in reason
    assert second == ("b.txt", "Boats")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_without_a_limit_is_refused(read_zip: ReadZip, method: int) -> None:
    ((_, reason),) = summary(read_zip(packed(("a.txt", text("Boats")), method=method)))
    assert "pack it again" in reason


def test_damage_costs_only_the_damaged_file(read_zip: ReadZip) -> None:
    names = [f"{number}.txt" for number in range(3)]
    data = bytearray(packed(*((name, text(name)) for name in names)))
    at = data.index(b"1.txt") + len("1.txt") + 4
    data[at] ^= 0xFF
    items = read_zip(bytes(data))
    assert [item.locator for item in items] == names
    assert [isinstance(item, Rejected) for item in items] == [False, True, False]
    assert "the zip is damaged here" in summary(items)[1][1]


@pytest.mark.parametrize("keep", [4, 30, 100, -1, -23])
def test_a_truncated_zip_is_rejected_as_a_whole(read_zip: ReadZip, keep: int) -> None:
    data = packed(*((f"{number}.txt", text("Boats")) for number in range(3)))
    ((_, reason),) = summary(read_zip(data[:keep]))
    assert "damaged or cut" in reason


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Café.txt".encode(), "Café.txt"),
        ("гавань/лодки вернулись.txt".encode("cp1251"), "гавань/лодки вернулись.txt"),
        (b"plain.txt", "plain.txt"),
    ],
)
def test_names_without_a_flag_are_decoded_as_people_wrote_them(read_zip: ReadZip, raw: bytes, name: str) -> None:
    holder = "x" * len(raw)
    data = packed((holder, text("Boats"))).replace(holder.encode(), raw)
    assert summary(read_zip(data)) == [(name, "Boats")]


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../../up.txt", "C:\\autoexec.bat", "a\nb.txt", "x" * 400, "\u202etxt.a"]
)
def test_a_name_is_only_shown_and_never_used_as_a_path(read_zip: ReadZip, tmp_path: Path, name: str) -> None:
    ((locator, headline),) = summary(read_zip(packed((name, text("Boats")))))
    assert headline == "Boats"
    assert len(locator) <= 200
    assert "\n" not in locator


def test_a_file_may_have_no_name(read_zip: ReadZip) -> None:
    data = bytearray(packed(("x", text("Boats"))))
    for at in (26, data.index(b"PK\x01\x02") + 28):
        data[at], data[at + 2] = 0, 1  # its letter is an extra field
    assert summary(read_zip(bytes(data))) == [("a file without a name", "Boats")]


def overlapping() -> bytes:
    """A zip of which two files are the same bytes."""
    data = packed(("a.txt", text("Boats")), ("b.txt", text("Boats")))
    second = data.index(b"PK\x03\x04", 4)
    entry = data.rindex(b"PK\x01\x02")
    return data[: entry + 42] + (0).to_bytes(4, "little") + data[entry + 46 :] if second else data


def test_files_that_share_their_bytes_are_refused(read_zip: ReadZip) -> None:
    assert {reason for _, reason in summary(read_zip(overlapping()))} == {
        "its bytes are another file's too, as in bombs; pack the files again"
    }


@pytest.mark.slow
def test_a_zip_bomb_is_refused_before_it_is_unpacked(read_zip: ReadZip) -> None:
    bomb = text("Boom") + b" " * 4_000_000
    data = packed(*((f"{number}.txt", bomb) for number in range(20)))
    items = summary(read_zip(data, Limits(free_unpacked_bytes=1_000_000)))
    assert "200 times its size" in items[-2][1]
    assert items[-1] == ("", "what follows was not read")
    assert len(items) < 10


@pytest.mark.slow
def test_layers_of_zips_share_one_budget(read_zip: ReadZip) -> None:
    layer = text("Boom") * 500
    for _ in range(3):
        layer = packed(*((f"{number}", layer) for number in range(30)))
    items = summary(read_zip(layer, Limits(free_unpacked_bytes=100_000)))
    assert any("200 times its size" in reason for _, reason in items)
    assert len(items) < 2_000


def test_a_directory_with_too_many_files_is_refused(read_zip: ReadZip) -> None:
    data = packed(*((f"{number}.txt", text("Boats")) for number in range(3)))
    ((_, reason),) = summary(read_zip(data, Limits(max_directory_bytes=100)))
    assert "several zips" in reason


def test_a_zip_in_a_stream_is_copied_to_disk_within_a_limit() -> None:
    stream = Pipe(packed(("a.txt", text("Boats"))))
    ((_, reason),) = summary(list(formats.read(stream, Hints("-"), limits=Limits(max_spooled_bytes=50))))
    assert "save it as a file of its own" in reason


def test_a_checksum_that_is_wrong_is_damage(read_zip: ReadZip) -> None:
    data = packed(("a.txt", text("Boats")))
    crc = zlib.crc32(text("Boats")).to_bytes(4, "little")
    ((_, reason),) = summary(read_zip(data.replace(crc, b"\0\0\0\0")))
    assert "the zip is damaged here" in reason


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8), st.integers(0, 20))
def test_no_damage_makes_reading_fail(at: int, replacement: bytes, cut: int) -> None:
    data = packed(("a.txt", text("Boats")), ("b.jsonl", LINE))
    at %= len(data)
    for kind in (io.BytesIO, Pipe):
        items = list(formats.read(kind(data[:at] + replacement + data[at + cut :]), Hints("a.zip")))
        assert items
