"""Streams: a look ahead, gzip unpacked with a way past damage, and a count of what is unpacked.

Used by `read` and by the containers; knows no format.
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
    """Bytes that cannot be unpacked. Reading on gives what stands after them, or the end."""


class BombError(ReadError):
    """What is packed unpacks to more than documents do; nothing more of it is to be read."""


class UnpackingBudget:
    """How much a stream may unpack to, all its layers together: `max_unpacked_ratio` times the bytes received."""

    def __init__(self, limits: Limits, size_bytes: int = 0) -> None:
        self._size = size_bytes  # 0 where it is not known beforehand
        self.limits = limits
        self._received = 0
        self._unpacked = 0

    @property
    def spent(self) -> bool:
        received = max(self._size, self._received)
        return self._unpacked > max(self.limits.free_unpacked_bytes, self.limits.max_unpacked_ratio * received)

    def receiving(self, read: Read) -> Read:
        """Returns the read of the stream itself, counted."""

        def counted(size: int) -> bytes:
            data = read(size)
            self._received += len(data)
            return data

        return counted

    def unpacking(self, read: Read) -> Read:
        """Returns the read of what is unpacked, counted; it raises BombError once the budget is spent."""

        def counted(size: int) -> bytes:
            data = read(size)
            self._unpacked += len(data)
            if self.spent:
                raise BombError(
                    f"it unpacks to more than {self.limits.max_unpacked_ratio} times its size, as bombs do and "
                    "documents do not; if it is none, unpack it first"
                )
            return data

        return counted


def look_ahead(read: Read) -> tuple[bytes, BinaryIO]:
    """Returns the first HEAD_BYTES that `read` gives and a stream that still has them, damage in its place.

    Raises DamageError where nothing can be read at all.
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
    """Pieces already taken from a stream, damage among them, then the rest of that stream."""

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


# What is taken of a packed stream at once; after damage the next member is looked for in the last two of these too.
_PACKED_BYTES = 64 * 1024

# The method (deflate, the only one there is) stands behind the magic number.
_MEMBER_START = GZIP_MAGIC + b"\x08"

# Damage costs the member that it is in; a stream with more damage than this was made to be slow.
_MAX_DAMAGES = 1_000


class Gunzipped:
    """The unpacked bytes of a gzip stream, all its members in a row.

    `read` raises DamageError at damage, after all that stands before it; read on, and what follows is the next
    member that begins after the damage. (`gzip.GzipFile` ends there, and a web archive is a member a record.)
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._packed = b""  # what is to be unpacked next
        self._recent = b""  # the last of what was taken of this member, without its first byte
        self._inflate: zlib._Decompress | None = None  # None between members
        self._met: str = ""  # the damage that stands right behind what was read last
        self._damages = 0

    def read(self, size: int) -> bytes:
        """Returns up to `size` bytes, none only at the end."""
        while True:
            if self._met:
                raise self._damage(self._met)
            inflate = self._inflate or self._next_member()
            if inflate is None:
                return b""
            before = inflate.copy()
            try:
                data = inflate.decompress(self._packed, size)
            except zlib.error as error:
                self._met = str(error).rpartition(": ")[2]
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
        """Begins the next member, or returns None at the end. Zeros between members are padding."""
        self._packed = self._packed.lstrip(b"\0")
        while not self._packed:
            if not (fresh := self._read(_PACKED_BYTES)):
                return None
            self._packed = fresh.lstrip(b"\0")
        self._recent = self._packed[1:]
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return self._inflate

    def _damage(self, why: str) -> DamageError:
        """Goes to what looks like the start of the next member, and returns the damage that is to be raised."""
        self._inflate, self._met, self._damages = None, "", self._damages + 1
        looked_in, self._packed = self._recent, b""
        while looked_in and self._damages <= _MAX_DAMAGES:
            start = looked_in.find(_MEMBER_START)
            if start >= 0:
                self._packed = looked_in[start:]
                break
            fresh = self._read(_PACKED_BYTES)
            looked_in = looked_in[-len(_MEMBER_START) + 1 :] + fresh if fresh else b""
        if self._damages > _MAX_DAMAGES:
            self._read = _nothing
        return DamageError(f"the gzip data is damaged: {why}")


def _unpacked_before_damage(inflate: "zlib._Decompress", packed: bytes, size: int) -> bytes:
    """Returns what zlib had unpacked when it met damage, which it does not hand out: by trying shorter input."""
    data = b""
    good, bad = 0, len(packed)
    while bad - good > 1:
        tried = (good + bad) // 2
        try:
            data, good = inflate.copy().decompress(packed[:tried], size), tried
        except zlib.error:
            bad = tried
    return data


def _nothing(size: int) -> bytes:
    return b""
