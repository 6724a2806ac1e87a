"""The records of a ZIP file as packages have them: APPNOTE.TXT 6.3.10, with ZIP64 where sizes need it. Pure.

Writer and check make them with the same functions, so that a file is either exactly as it was written or not. A file
ends with its seal, which is the comment of the ZIP: the SHA-256 of all bytes before it. The hashes of a bag are those
of its files, and some bytes of a compressed file can change without changing what is in it.
"""

import struct
from dataclasses import dataclass

SEAL_START = b"SHA-256 of all bytes before this line: "
SEAL_BYTES = len(SEAL_START) + 64
END_BYTES = 22

LOCAL_SIGNATURE, _CENTRAL, _DESCRIPTOR = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08"
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
# Version 4.5 knows ZIP64. The sizes follow the data, and names are UTF-8. Compressed with Deflate.
_VERSION, _FLAGS, _DEFLATED = 45, 0x0808, 8
_UNIX, _MODE = 3, 0o100644 << 16
_MAX_16, _MAX_32 = 0xFFFF, 0xFFFFFFFF
_EXTRA_64 = 1
LOCAL_BYTES = 30


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a ZIP. `stamp` is its DOS time and date; `is_large` says that its local sizes have eight bytes."""

    name: bytes
    stamp: tuple[int, int]
    is_large: bool
    offset: int = 0
    crc: int = 0
    packed_bytes: int = 0
    size_bytes: int = 0


def local_header(member: Member) -> bytes:
    """Returns what comes before the data of a member; its sizes are not known yet."""
    size = _MAX_32 if member.is_large else 0
    extra = struct.pack("<HHQQ", _EXTRA_64, 16, 0, 0) if member.is_large else b""
    fixed = (_VERSION, _FLAGS, _DEFLATED, *member.stamp, 0, size, size, len(member.name), len(extra))
    return LOCAL_SIGNATURE + struct.pack("<5H3L2H", *fixed) + member.name + extra


def read_local_header(data: bytes) -> tuple[int, Member]:
    """Returns the size of a local header and its member, of data that begins with it. Raises ValueError."""
    if len(data) < LOCAL_BYTES or not data.startswith(LOCAL_SIGNATURE):
        raise ValueError("no file begins here")
    name_bytes, extra_bytes = struct.unpack_from("<2H", data, 26)
    stamp: tuple[int, int] = struct.unpack_from("<2H", data, 10)
    member = Member(data[LOCAL_BYTES : LOCAL_BYTES + name_bytes], stamp, bool(extra_bytes))
    header = local_header(member)
    if not data.startswith(header):
        raise ValueError("what is written about a file is not as a package has it")
    return len(header), member


def data_descriptor(member: Member) -> bytes:
    """Returns what follows the data of a member."""
    sizes = "QQ" if member.is_large else "LL"
    return _DESCRIPTOR + struct.pack(f"<L{sizes}", member.crc, member.packed_bytes, member.size_bytes)


def central_record(member: Member) -> bytes:
    """Returns the record of a member in the directory at the end of the file."""
    values = (member.size_bytes, member.packed_bytes, member.offset)
    large = [value for value in values if value >= _MAX_32]
    size, packed, offset = (min(value, _MAX_32) for value in values)
    extra = struct.pack(f"<HH{len(large)}Q", _EXTRA_64, 8 * len(large), *large) if large else b""
    about = (_VERSION | _UNIX << 8, _VERSION, _FLAGS, _DEFLATED, *member.stamp, member.crc, packed, size)
    place = (len(member.name), len(extra), 0, 0, 0, _MODE, offset)
    return _CENTRAL + struct.pack("<6H3L5H2L", *about, *place) + member.name + extra


def end_records(count: int, directory_bytes: int, directory_offset: int) -> bytes:
    """Returns what follows the directory, up to the seal."""
    records = b""
    if count >= _MAX_16 or directory_bytes >= _MAX_32 or directory_offset >= _MAX_32:
        about = (44, _VERSION | _UNIX << 8, _VERSION, 0, 0, count, count, directory_bytes, directory_offset)
        records = _END_64 + struct.pack("<Q2H2L4Q", *about)
        records += _LOCATOR_64 + struct.pack("<LQL", 0, directory_offset + directory_bytes, 1)
    count, size, offset = min(count, _MAX_16), min(directory_bytes, _MAX_32), min(directory_offset, _MAX_32)
    return records + _END + struct.pack("<4H2LH", 0, 0, count, count, size, offset, SEAL_BYTES)


def seal_of(sha256: str) -> bytes:
    """Returns the seal of a file whose bytes before it have this hash."""
    return SEAL_START + sha256.encode("ascii")
