"""archive/durable_files.py: files that are complete or absent."""

import fcntl
import os
import signal
import stat
from pathlib import Path

import pytest

from archive.durable_files import find_abandoned, open_durably, write_durably


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_is_written_with_its_permissions_and_nothing_beside_it(tmp_path: Path) -> None:
    write_durably(tmp_path / "key", b"secret", mode=0o600)
    assert (tmp_path / "key").read_bytes() == b"secret"
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["key"]


def test_later_content_replaces_an_earlier_file(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        write_durably(tmp_path / "file", content, mode=0o444)
    assert (tmp_path / "file").read_bytes() == b"two"


def test_first_content_stays_where_the_first_wins(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        write_durably(tmp_path / "file", content, mode=0o444, first_wins=True)
    assert (tmp_path / "file").read_bytes() == b"one"
    assert names_in(tmp_path) == ["file"]


def test_file_does_not_appear_before_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with open_durably(path, mode=0o644) as file:
        file.write(b"one")
        file.flush()
        assert not path.exists()
    assert path.read_bytes() == b"one"


def test_failed_write_leaves_the_earlier_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_durably(path, b"one", mode=0o644)

    def write_and_fail() -> None:
        with open_durably(path, mode=0o644) as file:
            file.write(b"two")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert path.read_bytes() == b"one"
    assert names_in(tmp_path) == ["file"]


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_durably(tmp_path / "nowhere" / "file", b"one", mode=0o644)


def test_unfinished_file_is_abandoned_once_its_process_is_killed(tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    begun, begin = os.pipe()
    child = os.fork()
    if not child:
        with open_durably(tmp_path / "file", mode=0o444, aside=aside) as file:
            file.write(b"half")
            os.write(begin, b"!")
            signal.pause()
    try:
        os.read(begun, 1)
        assert list(find_abandoned(aside)) == []
        assert len(names_in(aside)) == 1
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(begun)
        os.close(begin)
    assert [path.name for path in find_abandoned(aside)] == names_in(aside)
    assert not (tmp_path / "file").exists()


def test_file_that_was_swept_before_its_lock_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock

    def sweep_first(handle: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        for path in find_abandoned(tmp_path):
            path.unlink()
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", sweep_first)
    write_durably(tmp_path / "file", b"one", mode=0o644)
    assert (tmp_path / "file").read_bytes() == b"one"
    assert names_in(tmp_path) == ["file"]


def test_no_file_is_abandoned_in_a_folder_that_is_missing(tmp_path: Path) -> None:
    assert list(find_abandoned(tmp_path / "nowhere")) == []
