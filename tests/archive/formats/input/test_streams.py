"""archive/formats/input/streams.py: the head of a stream, gzip after damage, and the budget for unpacking."""

import gzip
import io
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.input import streams
from archive.formats.input.limits import HEAD_BYTES, Limits
from archive.formats.input.streams import BombError, DamageError, Gunzipped, UnpackingBudget, look_ahead

Unpack = Callable[[bytes], list[bytes | str]]


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that do not pack."""
    return random.Random(seed).randbytes(size)


@pytest.fixture(params=[1, 7, 1_000, 1_000_000], ids=lambda size: f"{size} at once")
def unpack(request: pytest.FixtureRequest) -> Unpack:
    """Returns what is unpacked, joined between damages, and the word `damage` for each of those."""

    def run(packed: bytes) -> list[bytes | str]:
        unpacked = Gunzipped(io.BytesIO(packed).read)
        parts: list[bytes | str] = []
        while True:
            try:
                data = unpacked.read(request.param)
            except DamageError:
                parts.append("damage")
                continue
            if not data:
                return parts
            if parts and isinstance(parts[-1], bytes):
                parts[-1] += data
            else:
                parts.append(data)

    return run


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(1, 50), st.integers(0, 3))
def test_members_in_a_row_are_unpacked_as_by_gzip(members: list[bytes], size: int, zeros: int) -> None:
    packed = b"".join(gzip.compress(member) + b"\0" * zeros for member in members)
    unpacked, data = Gunzipped(io.BytesIO(packed).read), b""
    while part := unpacked.read(size):
        assert len(part) <= size
        data += part
    assert data == gzip.decompress(packed)
    assert unpacked.read(size) == b""


def test_damage_costs_only_the_damaged_member(unpack: Unpack) -> None:
    members = [noise(2_000, seed) for seed in range(5)]
    packed = [bytearray(gzip.compress(member)) for member in members]
    packed[2][700:720] = b"\xff" * 20
    parts = unpack(b"".join(packed))
    assert "damage" in parts
    assert isinstance(parts[0], bytes)
    assert isinstance(parts[-1], bytes)
    assert parts[0].startswith(members[0] + members[1])
    assert parts[-1].endswith(members[3] + members[4])


def test_truncation_costs_only_the_truncated_member(unpack: Unpack) -> None:
    members = [noise(90_000, seed) for seed in range(3)]
    packed = [gzip.compress(member) for member in members]
    parts = unpack(packed[0] + packed[1][:40_000] + packed[2])
    assert parts[0] == members[0] or (isinstance(parts[0], bytes) and parts[0].startswith(members[0]))
    assert parts[-1] == members[2]
    assert "damage" in parts


def test_other_bytes_after_a_member_are_damage_that_is_skipped(unpack: Unpack) -> None:
    packed = gzip.compress(b"one") + b"rubbish" * 30_000 + gzip.compress(b"two")
    assert unpack(packed) == [b"one", "damage", b"two"]


def test_an_end_within_a_member_is_damage_and_then_the_end(unpack: Unpack) -> None:
    parts = unpack(gzip.compress(noise(500))[:-4])
    assert parts[0] == noise(500)
    assert parts[1:] == ["damage"]


def test_false_starts_of_members_end_in_finite_time() -> None:
    packed = gzip.compress(b"one") + (b"\x1f\x8b\x08\x00" * 50_000)
    unpacked = Gunzipped(io.BytesIO(packed).read)
    damages = 0
    data = b""
    while True:
        try:
            part = unpacked.read(100)
        except DamageError:
            damages += 1
            continue
        if not part:
            break
        data += part
    assert data.startswith(b"one")
    assert damages <= streams._MAX_DAMAGES + 1


@given(st.binary(max_size=200), st.integers(0, 220), st.integers(0, 255))
def test_no_changed_byte_raises_another_exception(data: bytes, at: int, value: int) -> None:
    packed = bytearray(gzip.compress(data))
    packed[at % len(packed)] = value
    unpacked = Gunzipped(io.BytesIO(bytes(packed)).read)
    while True:
        try:
            if not unpacked.read(50):
                break
        except DamageError:
            continue


def test_the_head_is_examined_and_remains_in_the_stream() -> None:
    data = noise(3 * HEAD_BYTES)
    head, stream = look_ahead(io.BytesIO(data).read)
    assert head == data[:HEAD_BYTES]
    assert stream.read() == data


def test_damage_is_raised_once_and_in_its_place() -> None:
    packed = gzip.compress(b"before") + b"rubbish" + gzip.compress(b"after")
    head, stream = look_ahead(Gunzipped(io.BytesIO(packed).read).read)
    assert head == b"before"
    assert stream.read1(100) == b"before"  # type: ignore[attr-defined]
    with pytest.raises(DamageError, match="the gzip data is damaged"):
        stream.read(100)
    assert stream.read(100) == b"after"
    assert stream.read(100) == b""


def test_the_head_may_come_after_damage() -> None:
    head, stream = look_ahead(Gunzipped(io.BytesIO(b"\x1f\x8b\x08rubbish" + gzip.compress(b"after")).read).read)
    assert head == b"after"
    with pytest.raises(DamageError):
        stream.read(100)
    assert stream.read() == b"after"


def test_a_stream_of_damage_alone_is_damaged() -> None:
    with pytest.raises(DamageError):
        look_ahead(Gunzipped(io.BytesIO(b"\x1f\x8b\x08rubbish").read).read)


@pytest.mark.parametrize("known", [True, False], ids=["size known", "size counted"])
def test_the_budget_is_the_ratio_or_the_free_bytes(known: bool) -> None:
    limits = Limits(free_unpacked_bytes=1_000, max_unpacked_ratio=10)
    budget = UnpackingBudget(limits, 500 if known else 0)
    budget.receiving(io.BytesIO(b"x" * 500).read)(500)
    read = budget.unpacking(io.BytesIO(b"x" * 9_000).read)
    assert len(read(5_000)) == 5_000
    assert not budget.spent
    with pytest.raises(BombError, match="10 times"):
        read(1)
    assert budget.spent


@given(st.binary(min_size=1, max_size=3_000), st.integers(0, 7))
def test_a_false_checksum_costs_no_bytes_before_it(data: bytes, at: int) -> None:
    packed = bytearray(gzip.compress(data))
    packed[-8 + at] ^= 0x40
    unpacked = Gunzipped(io.BytesIO(bytes(packed)).read)
    assert unpacked.read(10_000) == data
    with pytest.raises(DamageError, match="incorrect"):
        unpacked.read(10_000)
