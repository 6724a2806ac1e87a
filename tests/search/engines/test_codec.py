"""The description of a segment, and the table of contents that has it."""

import pickle
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.engines.contract import Document, EngineError, Origin
from search.engines.whoosh import WhooshEngine
from search.engines.whoosh.codec import ArraySegment, segment_path
from search.engines.whoosh.contents import Contents, contents_path, read_contents, write_contents

ORIGIN = Origin("archive", 17, "2025-06-10T12:00:00+00:00")


def test_contents_are_read_as_they_were_written(tmp_path: Path) -> None:
    segment = ArraySegment(9, name="0123456789abcdef", checksum=5)
    segment.delete_documents(np.array([1, 8]))
    write_contents(tmp_path, Contents(3, [segment], ORIGIN))
    contents = read_contents(tmp_path, 3)
    assert (contents.generation, contents.origin) == (3, ORIGIN)
    (read,) = contents.segments
    assert (read.doc_count_all(), read.deleted_count(), read.doc_count()) == (9, 2, 7)
    assert (read.checksum, np.flatnonzero(~read.live()).tolist()) == (5, [1, 8])
    assert segment_path(tmp_path, read) == tmp_path / "MAIN_0123456789abcdef.arrays"


def test_deletions_add_up() -> None:
    segment = ArraySegment(10)
    assert not segment.has_deletions()
    assert segment.live().all()
    segment.delete_documents(np.array([2, 9]))
    segment.delete_documents(np.array([2, 4]))
    assert segment.deleted_count() == 3
    assert np.flatnonzero(segment.live()).tolist() == [0, 1, 3, 5, 6, 7, 8]


class Crafted:
    """An object that leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def crafted_contents(mark: Path, name: str) -> list[bytes]:
    """Returns contents of files that hold a pickle: alone, as Whoosh wrote it, and behind our own first line."""
    pickled = pickle.dumps(Crafted(mark), 2)
    whoosh = b"\x04\x08\x04\xff\xff\xcf\xc7" + pickled
    ours = b"CUTTOC01 %08x\n" % zlib.crc32(f"{name} ".encode() + pickled) + pickled
    return [pickled, whoosh, ours]


@pytest.mark.parametrize("number", range(3))
def test_crafted_pickle_is_refused_and_never_loaded(tmp_path: Path, number: int) -> None:
    engine = WhooshEngine(tmp_path / "index")
    with engine.write() as batch:
        batch.add(Document(1, 1, {"text": "peace"}, "a"))
    (path,) = (tmp_path / "index").glob("*/*.toc")
    path.write_bytes(crafted_contents(tmp_path / "mark", f"{path.parent.name}/{path.name}")[number])
    for read in (WhooshEngine(tmp_path / "index").info, WhooshEngine(tmp_path / "index").fingerprints):
        with pytest.raises(EngineError, match="index rebuild"):
            read()
    with pytest.raises(EngineError, match="index rebuild"), WhooshEngine(tmp_path / "index").write():
        pass
    assert WhooshEngine(tmp_path / "index").check_files()
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"generation": 2', '"generation": 3'),
        lambda text: text.replace('"documents": 9', '"documents": "9"'),
        lambda text: text.replace('"documents": 9', '"documents": 1000000000000'),
        lambda text: text.replace('"change": 17', '"change": 10000000000000000000000'),
        lambda text: text.replace("0123456789abcdef", "../../../../etc/x"),
        lambda text: text.replace('"deleted": "', '"deleted": "AAAAAAAA'),
        lambda text: text.replace('"archive"', '"key"'),
        lambda text: text.replace('"change": 17', '"change": -1'),
        lambda text: text.replace('"segments"', '"parts"'),
        lambda text: "[" * 100_000,
        lambda text: "[]",
        lambda text: "",
    ],
)
def test_contents_of_another_shape_are_refused_even_with_their_checksum(tmp_path: Path, change: object) -> None:
    path = contents_path(tmp_path, 2)
    write_contents(tmp_path, Contents(2, [ArraySegment(9, name="0123456789abcdef")], ORIGIN))
    _, text = path.read_text().split("\n", 1)
    changed = change(text)  # type: ignore[operator]
    assert changed != text
    checksum = zlib.crc32(f"{tmp_path.name}/{path.name} {changed}".encode())
    path.write_text(f"CUTTOC01 {checksum:08x}\n{changed}")
    with pytest.raises(EngineError, match="index rebuild"):
        read_contents(tmp_path, 2)
