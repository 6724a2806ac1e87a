"""Each engine against the contract suite, and what is particular to the Whoosh engine."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from search.engines.contract import Engine, EngineError, Request
from search.engines.whoosh import WhooshEngine
from search.index.current import get_engine
from search.query.tree import Everything, Word

from .contract import EngineContract, fail_in_batch, fill, ids, section


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """Makes the system refuse larger files, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


class TestWhooshEngine(EngineContract):
    def make(self, folder: Path) -> Engine:
        return get_engine(folder)

    def test_index_of_another_version_is_refused_with_the_cure(self, engine, tmp_path):
        fill(engine, section(1))
        folder = tmp_path / "index"
        serving = folder / (folder / "current").read_text()
        serving.rename(folder / "0000000000000000-of-old")
        (folder / "current").write_text("0000000000000000-of-old")
        other = WhooshEngine(folder)
        for act in (lambda: other.search(Request(Everything())), lambda: fill(other, section(2))):
            with pytest.raises(EngineError, match="index rebuild"):
                act()
        assert other.rebuild([section(3)]) == 1
        assert ids(other, Everything()) == [3]

    @pytest.mark.parametrize("damage", ["cut", "empty", "gone", "other"])
    def test_damaged_file_is_reported_with_the_cure(self, engine, tmp_path, damage):
        fill(engine, section(1, 0, "peace"))
        engine.close()
        (file,) = (tmp_path / "index").rglob("*.arrays")
        match damage:
            case "cut":
                file.write_bytes(file.read_bytes()[:-70])
            case "empty":
                file.write_bytes(b"")
            case "gone":
                file.unlink()
            case "other":
                file.write_bytes(b"x" * 500)
        with pytest.raises(EngineError, match="index rebuild"):
            WhooshEngine(tmp_path / "index").search(Request(Word("peace")))

    # Whoosh leaves the file open when it fails to read it.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    @pytest.mark.parametrize("content", [b"", b"x" * 500])
    def test_damaged_table_of_contents_is_reported_with_the_cure(self, engine, tmp_path, content):
        fill(engine, section(1, 0, "peace"))
        (file,) = (tmp_path / "index").rglob("*.toc")
        file.write_bytes(content)
        other = WhooshEngine(tmp_path / "index")
        for act in (lambda: other.search(Request(Word("peace"))), lambda: fill(other, section(2))):
            with pytest.raises(EngineError, match="index rebuild"):
                act()

    @pytest.mark.parametrize("room", [0, 200, 2_000, 20_000])
    def test_full_disk_is_reported_and_leaves_the_index_as_it_was(self, engine, tmp_path, room):
        fill(engine, section(1, 0, "peace"))
        folder = tmp_path / "index"
        before = sorted(file.relative_to(folder) for file in folder.rglob("*"))
        many = [section(number, 0, f"word{number} " * 9) for number in range(2, 400)]
        for act in (lambda: fill(engine, *many), lambda: engine.rebuild(many)):
            with files_of_at_most(room), pytest.raises(EngineError, match=r"File too large.*index update"):
                act()
            assert sorted(file.relative_to(folder) for file in folder.rglob("*")) == before
            assert ids(engine, Everything()) == [1]
        fill(engine, section(2))
        assert ids(engine, Everything()) == [1, 2]

    def test_commit_leaves_no_unnamed_file(self, engine, tmp_path):
        for number in range(1, 6):
            fill(engine, section(number))
        with pytest.raises(ZeroDivisionError):
            fail_in_batch(engine, 1, section(9))
        files = [file.suffix for file in (tmp_path / "index").rglob("*") if file.is_file()]
        assert files.count(".arrays") == engine.info().segments
        assert files.count(".toc") == 1
