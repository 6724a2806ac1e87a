"""Web archives and zip files made to stop the reader, for `pathological`: each kind of them by its label."""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from random import Random

# Yields documents of a format to put into a container: their names and bytes.
MakeDocuments = Callable[[str, int, int, int], Iterable[tuple[str, bytes]]]

_PAGE = b"<html><h1>Boats return</h1><p>All nine boats came back to the harbour of Marbeck on Monday evening.</p>"
_TEXT = b"Boats return\nAll nine came back.\n"


def _record(data: bytes, number: int, *, length: int | None = None, kind: str = "resource") -> bytes:
    """Returns a record of a web archive with these bytes; `length` is what it states instead of theirs."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://courier.example/{number}\r\n"
        f"WARC-Date: 2025-06-02T12:00:00Z\r\nContent-Type: text/html\r\n"
        f"Content-Length: {len(data) if length is None else length}\r\n\r\n"
    )
    return head.encode() + data + b"\r\n\r\n"


def _response(coding: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + coding + b"\r\n\r\n" + body


def make_web_archives(size: int, chance: Random, make_documents: MakeDocuments) -> Iterator[tuple[str, bytes]]:
    """Yields web archives of many records, of long headers, of wrong lengths, and of pages made to stop readers."""
    numbers = range(size // 300)
    yield "tiny records", b"".join(_record(_PAGE, number) for number in numbers)
    yield "empty records", b"".join(_record(b"", number) for number in numbers)
    yield "lengths too short", b"".join(_record(_PAGE, number, length=3) for number in numbers)
    yield "lengths too long", b"".join(_record(_PAGE, number, length=10**9) for number in numbers)
    yield "a length that covers all", _record(_PAGE, 0, length=size) + b"".join(_record(_PAGE, n) for n in numbers)
    yield "revisits", b"".join(_record(b"", number, kind="revisit") for number in numbers)
    yield "lines of headers", b"WARC/1.0\r\n" + b"X: y\r\n" * (size // 6)
    yield "a long header", b"WARC/1.0\r\nX: " + b"y" * size
    yield "beginnings alone", b"WARC/1.0\r\n" * (size // 10)
    yield "blank lines", _record(_PAGE, 1) + b"\r\n" * (size // 2) + _record(_PAGE, 2)
    yield "stray bytes", _record(_PAGE, 1) + b"x" * size + b"\n" + _record(_PAGE, 2)
    yield "stray lines", _record(_PAGE, 1) + b"x\n" * (size // 2) + _record(_PAGE, 2)
    yield "gzip of each record", b"".join(gzip.compress(_record(_PAGE, number)) for number in numbers)
    yield "damaged gzip of each record", b"".join(gzip.compress(_record(_PAGE, n))[:-9] for n in numbers)
    yield "gzip of nothing", gzip.compress(b"") * (size // 20)
    yield "a bomb", gzip.compress(_record(b" " * (100 * size), 1))
    yield (
        "chunks of a byte",
        _record(_response(b"Transfer-Encoding: chunked", b"1\r\nx\r\n" * (size // 6)), 1, kind="response"),
    )
    yield (
        "codings again and again",
        _record(_response(b"Content-Encoding: " + b"gzip, " * 9_000, _PAGE), 1, kind="response"),
    )
    for label, data in make_documents("html", 20, size, chance.randrange(10**6)):
        yield f"page, {label}", _record(data, 1) + _record(_PAGE, 2)


def make_zips(size: int, chance: Random, make_documents: MakeDocuments) -> Iterator[tuple[str, bytes]]:
    """Yields zip files of many files, of long names, bombs, zips in zips, and documents made to stop readers."""
    numbers = range(size // 120)
    yield "many files", _zipped((f"{number}.txt", _TEXT) for number in numbers)
    yield "many empty files", _zipped((f"{number}", b"") for number in numbers)
    yield "many folders", _zipped((f"{number}/", b"") for number in numbers)
    yield "long names", _zipped((f"{number}" + "n" * 60_000, _TEXT) for number in range(size // 120_000))
    yield "many binaries", _zipped((f"{number}.bin", b"\x00\x01\x02\x03" * 9) for number in numbers)
    yield "a bomb", _zipped([("a.txt", b"\n" * (100 * size))])
    yield "many bombs", _zipped((f"{number}.txt", b" " * (11 * size)) for number in range(9))
    nested = _TEXT
    for _ in range(9):
        nested = _zipped([("a.zip", nested)])
    yield "nested", nested
    many = _zipped((f"{number}.txt", _TEXT) for number in range(100))
    yield "zips in a zip", _zipped((f"{number}.zip", many) for number in range(size // 20_000))
    whole = _zipped((f"{number}.txt", _TEXT) for number in numbers)
    yield "cut", whole[: len(whole) // 2]
    yield "directories again and again", whole + whole[-len(numbers) * 50 :] * 3
    yield "ends of directories", _TEXT + b"PK\x05\x06" + b"\x00" * 18 + b"PK\x05\x06" * (size // 4)
    for name in ("html", "text", "json", "feed", "newsml", "anpa"):
        documents = list(make_documents(name, 5, size // 5, chance.randrange(10**6)))
        yield (
            f"{name} documents",
            _zipped((f"{number} {label}"[:80], data) for number, (label, data) in enumerate(documents)),
        )


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name.encode("ascii", "replace").decode(), data)
    return file.getvalue()
