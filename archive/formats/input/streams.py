"""Streams: a look at the beginning, gzip that continues after damage, and a budget for unpacked bytes.

Used by `formats.read` and by web archives. Knows no format.
"""

import io
import zlib
from collections.abc import Callable
from typing import BinaryIO

from ...errors import ReadError
from .limits import HEAD_BYTES, Limits

GZIP_MAGIC = b"\x1f\x8b"

Read = Callable[[int], bytes]


class DamageError(ReadError):
    """Bytes that cannot be unpacked. Further reads return what follows them, or the end."""


class BombError(ReadError):
    """A stream that unpacks to more than documents do. Nothing more of it is to be read."""


class UnpackingBudget:
    """How much a stream may unpack to, all its layers together: `max_unpacked_ratio` times the bytes received."""

    def __init__(self, limits: Limits, size_bytes: int = 0) -> None:
        self._size = size_bytes  # 0 where it is not known beforehand
        self.limits = limits
        self._received = 0
        self._unpacked = 0

    @property
    def spent(self) -> bool:
        """Whether the stream unpacked to more than it may."""
        received = max(self._size, self._received)
        return self._unpacked > max(self.limits.free_unpacked_bytes, self.limits.max_unpacked_ratio * received)

    def receiving(self, read: Read) -> Read:
        """Returns the `read` of the stream itself, which counts the bytes received."""

        def counted(size: int) -> bytes:
            data = read(size)
            self._received += len(data)
            return data

        return counted

    def unpacking(self, read: Read) -> Read:
        """Returns the `read` of an unpacked stream, which raises BombError once the budget is spent."""

        def counted(size: int) -> bytes:
            data = read(size)
            self._unpacked += len(data)
            if self.spent:
                raise BombError(
                    f"it unpacks to more than {self.limits.max_unpacked_ratio} times its size, as bombs do and "
                    "documents do not; if it is not, unpack it first"
                )
            return data

        return counted


def look_ahead(read: Read) -> tuple[bytes, BinaryIO]:
    """Returns the first HEAD_BYTES of a stream, and a stream that begins with them again.

    Damage among them is raised again where it was. Raises DamageError if nothing can be read at all.
    """
    pieces: list[bytes | DamageError] = []
    head = b""
    while len(head) < HEAD_BYTES:
        try:
            data = read(HEAD_BYTES - len(head))
        except DamageError as damage:
            pieces.append(damage)
            if head:
                break
            continue
        if not data:
            break
        pieces.append(data)
        head += data
    if not head and pieces:
        raise next(piece for piece in pieces if isinstance(piece, DamageError))
    return head, io.BufferedReader(_Chained(pieces, read), buffer_size=HEAD_BYTES)


class _Chained(io.RawIOBase):
    """Pieces that were read from a stream, with the damage among them, then the rest of the stream."""

    def __init__(self, pieces: list[bytes | DamageError], read_rest: Read) -> None:
        self._pieces = pieces[::-1]
        self._read_rest = read_rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._pieces.pop() if self._pieces else self._read_rest(len(buffer))
        if isinstance(piece, DamageError):
            raise piece
        if len(piece) > len(buffer):
            self._pieces.append(piece[len(buffer) :])
            piece = piece[: len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)


# How much of a packed stream is read at once. After damage the last two such parts are searched for the next member.
_PACKED_BYTES = 64 * 1024

# The magic number and the method: deflate, the only method there is.
_MEMBER_START = GZIP_MAGIC + b"\x08"

# Damage costs the member that it is in. A stream with more damage than this was made to be slow.
_MAX_DAMAGES = 1_000


class Gunzipped:
    """The unpacked bytes of a gzip stream, all its members in a row.

    `read` returns everything before damage, then raises DamageError, then continues with the next member that begins
    after the damage. (`gzip.GzipFile` ends at damage; in a web archive each record is a member.)
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._packed = b""  # to be unpacked next
        self._recent = b""  # the last packed bytes of this member, without its first byte
        self._inflate: zlib._Decompress | None = None  # None between members
        self._pending_damage: str = ""  # found right after the bytes that were returned last
        self._damages = 0

    def read(self, size: int) -> bytes:
        """Returns up to `size` bytes; none only at the end."""
        while True:
            if self._pending_damage:
                raise self._damage(self._pending_damage)
            inflate = self._inflate or self._next_member()
            if inflate is None:
                return b""
            before = inflate.copy()
            try:
                data = inflate.decompress(self._packed, size)
            except zlib.error as error:
                self._pending_damage = str(error).rpartition(": ")[2]
                if data := _unpacked_before_damage(before, self._packed, size):
                    return data
                continue
            self._packed = inflate.unconsumed_tail
            if inflate.eof:
                self._packed, self._inflate = inflate.unused_data, None
            elif not data and not self._packed:
                self._packed = self._read(_PACKED_BYTES)
                self._recent = (self._recent + self._packed)[-2 * _PACKED_BYTES :]
                if not self._packed:
                    raise self._damage("it ends within its data")
            if data:
                return data

    def _next_member(self) -> "zlib._Decompress | None":
        """Begins the next member; returns None at the end. Zeros between members are padding."""
        self._packed = self._packed.lstrip(b"\0")
        while not self._packed:
            if not (fresh := self._read(_PACKED_BYTES)):
                return None
            self._packed = fresh.lstrip(b"\0")
        self._recent = self._packed[1:]
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return self._inflate

    def _damage(self, why: str) -> DamageError:
        """Skips to what looks like the start of the next member; returns the DamageError to raise."""
        self._inflate, self._pending_damage, self._damages = None, "", self._damages + 1
        searched, self._packed = self._recent, b""
        while searched and self._damages <= _MAX_DAMAGES:
            start = searched.find(_MEMBER_START)
            if start >= 0:
                self._packed = searched[start:]
                break
            fresh = self._read(_PACKED_BYTES)
            searched = searched[-len(_MEMBER_START) + 1 :] + fresh if fresh else b""
        if self._damages > _MAX_DAMAGES:
            self._read = _read_nothing
        return DamageError(f"the gzip data is damaged: {why}")


def _unpacked_before_damage(inflate: "zlib._Decompress", packed: bytes, size: int) -> bytes:
    """Returns what zlib unpacked before it failed. zlib does not return it, so shorter inputs are tried."""
    data = b""
    good, bad = 0, len(packed)
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            data, good = inflate.copy().decompress(packed[:middle], size), middle
        except zlib.error:
            bad = middle
    return data


def _read_nothing(size: int) -> bytes:
    return b""
