"""The transfer and content codings of HTTP (chunks, gzip, deflate, Brotli), undone within limits.

Used by web archives. Bytes that a recorder decoded already are left as they are: many recorders keep the original
headers with the decoded bytes.
"""

import io
import re
import zlib
from collections.abc import Callable, Iterator

from ...errors import ReadError
from .limits import Limits
from .streams import DamageError, Gunzipped

try:
    import brotli
except ImportError:  # an extra: only recorders that are browsers ask for it
    brotli = None

# The line with a chunk's size, and extensions that nobody uses.
_MAX_CHUNK_LINE_BYTES = 1024
_CHUNK_LINE = re.compile(rb"[^\S\n]*([\da-fA-F]{1,8})[^\S\n]*(?:;[^\n]*)?\n")

# Servers send chunks of kilobytes. A million chunks of a byte take a second of processor.
MAX_CHUNKS = 1_000_000

# A payload is unpacked in parts. Up to the second size no ratio is required.
_PART_BYTES = 64 * 1024
_FREE_PAYLOAD_BYTES = 1024 * 1024

# The beginnings of HTML, XML and JSON; packed data begins with them only by chance.
_TEXT_STARTS = (b"<", b"{", b"[")


class TransferError(ReadError):
    """A payload whose coding cannot be undone."""


def unchunked(data: bytes) -> tuple[bytes, str]:
    """Joins the chunks of HTTP/1.1 (RFC 9112, 7.1). Returns the bytes and the problem found, which may be empty.

    Takes about the memory of the bytes returned. What follows MAX_CHUNKS is lost, with a problem.
    """
    view, joined = memoryview(data), io.BytesIO()
    at = 0
    for _ in range(MAX_CHUNKS + 1):
        line = _CHUNK_LINE.match(data, at, at + _MAX_CHUNK_LINE_BYTES)
        if line is None:
            if not at:
                return data, ""  # the crawler joined the chunks and kept the header
            return joined.getvalue(), f"its chunks are broken after {joined.tell():,} bytes; the rest is lost"
        length = int(line[1], 16)
        if not length:
            return joined.getvalue(), ""
        start = line.end()
        at = start + length
        joined.write(view[start:at])
        at += 2 if data.startswith(b"\r\n", at) else data.startswith(b"\n", at)
    return joined.getvalue(), f"it has more than {MAX_CHUNKS:,} chunks, as no page does; the rest is lost"


def unpacked(data: bytes, coding: str, limits: Limits) -> tuple[bytes, str]:
    """Undoes a content coding, unless the crawler did. Returns the bytes and the problem found, which may be empty.

    Raises TransferError.
    """
    if coding not in _UNPACKERS:
        if coding in ("", "identity", "none") or data.lstrip()[:1] in _TEXT_STARTS:
            return data, ""
        raise TransferError(f"packed as {coding[:40]!r}, which the archive does not unpack; record it unpacked")
    max_bytes = min(limits.max_document_bytes, max(_FREE_PAYLOAD_BYTES, limits.max_unpacked_ratio * len(data)))
    parts: list[bytes] = []
    size = 0
    try:
        for part in _UNPACKERS[coding](data):
            parts.append(part)
            size += len(part)
            if size > max_bytes:
                raise TransferError(
                    f"packed as {coding}, it unpacks to more than {max_bytes:,} bytes, as no page does"
                )
    except DamageError as error:
        if parts:
            return b"".join(parts), f"packed as {coding} and damaged ({error}); the rest is lost"
        if data.lstrip()[:1] in _TEXT_STARTS:
            return data, ""
        raise TransferError(f"packed as {coding} and damaged: {error}") from None
    return b"".join(parts), ""


def _gunzipped(data: bytes) -> Iterator[bytes]:
    unpacked = Gunzipped(io.BytesIO(data).read)
    while part := unpacked.read(_PART_BYTES):
        yield part


def _inflated(data: bytes) -> Iterator[bytes]:
    """Unpacks `deflate`: zlib (RFC 1950) by the standard, raw (RFC 1951) from many servers."""
    has_header = len(data) > 1 and data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    inflate = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
    while not inflate.eof:
        try:
            part = inflate.decompress(data, _PART_BYTES)
        except zlib.error as error:
            raise DamageError(str(error).rpartition(": ")[2]) from None
        data = inflate.unconsumed_tail
        if not part and not data and not inflate.eof:
            raise DamageError("it ends within its data")
        yield part


def _unbrotlied(data: bytes) -> Iterator[bytes]:
    if brotli is None:
        raise TransferError("packed as br (Brotli), which needs the package brotli: pip install 'cuttings[brotli]'")
    decompressor = brotli.Decompressor()
    while not decompressor.is_finished():
        try:
            part = decompressor.process(data, output_buffer_limit=_PART_BYTES)
        except brotli.error as error:
            raise DamageError(str(error)) from None
        data = b""
        if not part and decompressor.can_accept_more_data():
            raise DamageError("it ends within its data")
        yield part


_UNPACKERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _inflated,
    "br": _unbrotlied,
}
