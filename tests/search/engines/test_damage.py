"""Files of an index that are damaged, missing or exchanged: every read is an error with its cure, never an answer."""

import random
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.engines.contract import Document, EngineError, Filter, Request
from search.engines.whoosh import WhooshEngine
from search.engines.whoosh.files import BLOCK_BYTES, ArrayFile, DamagedFileError, check_file, write_arrays
from search.query import parse
from tests.conftest import NOW

CURE = "manage.py index rebuild"
WORDS = [
    f"{first}{second}" for first in ("har", "fire", "flood", "peace", "ber") for second in ("bour", "s", "gen", "")
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two segments, of which one has a deleted document."""
    folder = tmp_path_factory.mktemp("whole") / "index"
    chance = random.Random(1)
    engine = WhooshEngine(folder)
    for first in (1, 3001):
        with engine.write() as batch:
            for number in range(first, first + 3000 // (1 if first == 1 else 10)):
                text = " ".join(chance.choices(WORDS, k=12))
                values: dict[str, Any] = {"headline": text[:20], "text": text, "topic": ("a", f"t{number % 7}")}
                batch.add(Document(number, number // 3 + 1, values, f"state {number}"))
    with engine.write() as batch:
        batch.delete_article(2)
    assert engine.info().segments == 2
    return folder


@pytest.fixture
def copy(index: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(index, tmp_path / "copy"))


def answers(folder: Path) -> list[object]:
    """Returns everything that the tests read of an index."""
    engine = WhooshEngine(folder)
    read: list[object] = []
    for text in ("harbour", '"fire harbour"', "fl*", "peace~", "headline:fires", "fire w/3 peace", "topic:t3"):
        tree = parse(text, now=NOW).tree
        read += [engine.search(Request(tree, facets=("topic",))), engine.count(tree)]
    read.append(engine.search(Request(parse("", now=NOW).tree, filters=(Filter("topic", ("t1",)),))))
    read += [engine.suggest("fi"), engine.suggest_articles(("fire",), "ha"), list(engine.fingerprints())]
    return read


def all_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def check_that_damage_is_found(folder: Path, expected: list[object]) -> None:
    """Verifies that the files are known to be damaged, and that what is read is right or an error."""
    try:
        assert WhooshEngine(folder).check_files()
    except EngineError as error:
        assert CURE in str(error)
    try:
        assert answers(folder) == expected
    except EngineError as error:
        assert CURE in str(error)


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bit_is_found_and_gives_no_wrong_answer(index: Path, copy: Path, seed: int) -> None:
    expected = answers(index)
    chance = random.Random(seed)
    for path in all_files(copy):
        whole = path.read_bytes()
        # Every part of a file: its top, its directory, its arrays, what lies between them, its end.
        for at in (0, 8, 12, 16, 20, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(3))):
            flip(path, min(at, len(whole) - 1) * 8 + chance.randrange(8))
            check_that_damage_is_found(copy, expected)
            path.write_bytes(whole)
    assert answers(copy) == expected
    assert WhooshEngine(copy).check_files() == []


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def lengthen(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def fill_with_zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "change", [truncate, halve, lengthen, empty, fill_with_zeros, Path.unlink, replace_by_a_folder]
)
@pytest.mark.parametrize("pattern", ["*/*.arrays", "*/*.toc", "current"])
def test_file_of_another_size_or_none_is_an_error(copy: Path, change: Callable[[Path], None], pattern: str) -> None:
    change(min(copy.glob(pattern)))
    with pytest.raises(EngineError, match=CURE):
        answers(copy)
    with pytest.raises(EngineError, match=CURE):
        WhooshEngine(copy).info()
    try:
        assert WhooshEngine(copy).check_files()
    except EngineError as error:
        assert CURE in str(error)
    if pattern != "*/*.arrays":
        with pytest.raises(EngineError, match=CURE), WhooshEngine(copy).write():
            pass
    assert WhooshEngine(copy).rebuild([Document(1, 1, {"text": "peace"}, "a")]) == 1
    assert list(WhooshEngine(copy).fingerprints()) == [(1, 1, "a")]


def test_damaged_segment_stops_an_update_that_reads_it(copy: Path) -> None:
    for path in copy.glob("*/*.arrays"):
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(EngineError, match=CURE), WhooshEngine(copy).write() as batch:
        batch.delete_article(5)


def test_segments_that_were_exchanged_are_an_error(copy: Path) -> None:
    first, second = sorted(copy.glob("*/*.arrays"))
    first_bytes, second_bytes = first.read_bytes(), second.read_bytes()
    first.write_bytes(second_bytes)
    with pytest.raises(EngineError, match=f"another segment.*{CURE}"):
        answers(copy)
    second.write_bytes(first_bytes)
    assert len(WhooshEngine(copy).check_files()) == 2


def test_other_whole_file_under_the_same_name_is_an_error(copy: Path) -> None:
    path = min(copy.glob("*/*.arrays"))
    file = ArrayFile(path)
    arrays = {name: file[name].copy() for name in file._head.entries}
    arrays["section_ids"][0] += 1
    path.unlink()
    write_arrays(path, arrays, file.facts)
    assert ArrayFile(path)["section_ids"][0] == arrays["section_ids"][0]
    with pytest.raises(EngineError, match=f"written under this name.*{CURE}"):
        answers(copy)
    assert WhooshEngine(copy).check_files()


def test_index_without_the_file_that_says_which_serves_is_no_new_index(copy: Path) -> None:
    (copy / "current").unlink()
    for read in (WhooshEngine(copy).info, WhooshEngine(copy).check_files, lambda: answers(copy)):
        with pytest.raises(EngineError, match=f"current.*{CURE}"):
            read()
    with pytest.raises(EngineError, match=CURE), WhooshEngine(copy).write():
        pass
    assert not (copy / "current").exists()


@pytest.mark.parametrize("name", [b"../../etc", b"\xff\xfe", b"", b"0" * 16, b"a" * 16 + b"-b\n", b"/"])
def test_damaged_name_of_the_serving_folder_is_an_error(copy: Path, name: bytes) -> None:
    (copy / "current").write_bytes(name)
    with pytest.raises(EngineError, match=CURE):
        answers(copy)


@pytest.mark.parametrize(
    "arrays",
    [
        {"stems.starts": lambda old: old[::-1].copy()},
        {"cards": lambda old: old + np.uint16(60_000)},
        {"forms.offsets": lambda old: old * np.uint32(7)},
        {"values.topic.text": lambda old: old | np.uint8(0xF8)},
        {"section_ids": lambda old: old[:5].copy()},
    ],
)
def test_numbers_that_contradict_each_other_are_an_error_with_the_cure(
    copy: Path, arrays: dict[str, Callable[[Any], Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """A file with the right checksums and wrong contents, as a faulty program might write it."""
    for path in copy.glob("*/*.arrays"):
        file = ArrayFile(path)
        stored = {name: file[name].copy() for name in file._head.entries}
        stored |= {name: change(stored[name]) for name, change in arrays.items()}
        path.unlink()
        _sign(copy, path, write_arrays(path, stored, file.facts))
    with pytest.raises(EngineError, match=CURE):
        answers(copy)
    assert "files are as they were written" in caplog.text


def _sign(folder: Path, path: Path, checksum: int) -> None:
    """Makes the table of contents name another checksum of a segment."""
    (contents,) = folder.glob("*/*.toc")
    _, text = contents.read_text().split("\n", 1)
    before, name, after = text.partition(f'"id": "{path.stem.removeprefix("MAIN_")}"')
    _, _, rest = after.partition('"checksum": ')
    old = rest[: rest.index(",")]
    text = before + name + after.replace(f'"checksum": {old}', f'"checksum": {checksum}', 1)
    key = f"{contents.parent.name}/{contents.name} {text}"
    contents.write_text(f"CUTTOC01 {zlib.crc32(key.encode()):08x}\n{text}")


# --- one file of arrays ---


@pytest.fixture
def large(tmp_path: Path) -> tuple[Path, int]:
    """A file with an array of four blocks between two small ones."""
    arrays: dict[str, Any] = {
        "before": np.arange(10, dtype=np.uint8),
        "long": np.arange(BLOCK_BYTES, dtype=np.uint32),
        "none": np.zeros(0, dtype=np.int64),
        "after": np.arange(10, dtype=np.int64),
    }
    path = tmp_path / "MAIN_a.arrays"
    return path, write_arrays(path, arrays, {"documents": 1})


def damage_entry(path: Path, entry: int) -> None:
    """Flips a bit of an entry of the long array."""
    head = ArrayFile(path)._head
    flip(path, 8 * (head.arrays_start + head.entries["long"][2] + 4 * entry))


def test_only_the_blocks_that_are_read_are_compared(large: tuple[Path, int]) -> None:
    path, checksum = large
    damage_entry(path, 40_000)
    file = ArrayFile(path, checksum=checksum)
    assert file["before"].tolist() == list(range(10))
    assert file.part("long", 5, 8).tolist() == [5, 6, 7]
    assert file.runs("long", np.array([60_000], dtype=np.uint32), np.array([5]))[60_004] == 60_004
    assert file.runs("long", np.array([3]), np.array([0])) is not None
    assert file["none"].tolist() == file.part("none", 0, 0).tolist() == []
    reads: list[Callable[[], object]] = [
        lambda: file["long"],
        lambda: file.part("long", 30_000, 50_000),
        lambda: file.part("long", 40_000, 40_001),
        lambda: file.runs("long", np.array([39_998]), np.array([3])),
        lambda: file.runs("long", np.arange(9), np.full(9, 1)),
    ]
    for read in reads:
        with pytest.raises(DamagedFileError, match=r"\(in long\)"):
            read()
    assert "(in long)" in check_file(path, checksum)


def test_entry_at_the_border_of_two_blocks_needs_one_of_them(large: tuple[Path, int]) -> None:
    path, _ = large
    head = ArrayFile(path)._head
    border = (BLOCK_BYTES - head.entries["long"][2]) // 4
    damage_entry(path, border)
    assert ArrayFile(path).part("long", border - 3, border).tolist() == [border - 3, border - 2, border - 1]
    assert ArrayFile(path).runs("long", np.array([border - 1]), np.array([1]))[border - 1] == border - 1
    with pytest.raises(DamagedFileError):
        ArrayFile(path).part("long", border - 1, border + 1)
    with pytest.raises(DamagedFileError):
        ArrayFile(path).runs("long", np.array([border]), np.array([1]))


def test_every_byte_of_a_file_counts(tmp_path: Path) -> None:
    path = tmp_path / "MAIN_a.arrays"
    checksum = write_arrays(path, {"a": np.arange(3, dtype=np.uint8)}, {"documents": 1})
    whole = path.read_bytes()
    for byte in range(len(whole)):
        flip(path, 8 * byte + byte % 8)
        assert check_file(path, checksum), byte
        path.write_bytes(whole)
    assert check_file(path, checksum) == ""


def test_arrays_of_objects_are_refused(tmp_path: Path) -> None:
    """A crafted directory with the right checksum: an object would be an address in memory."""
    path = tmp_path / "MAIN_a.arrays"
    write_arrays(path, {"a": np.arange(4, dtype=np.uint64)}, {"documents": 1})
    content = path.read_bytes().replace(b'"<u8"', b'"|O8"')
    _, size, blocks, _ = struct.unpack_from("<8sIII", content)
    rest = content[20 : ArrayFile(path)._head.arrays_start]
    checksum = zlib.crc32(rest, zlib.crc32(f"{path.name} {size} {blocks} ".encode()))
    path.write_bytes(content[:16] + struct.pack("<I", checksum) + content[20:])
    with pytest.raises(DamagedFileError, match="another form"):
        ArrayFile(path)
