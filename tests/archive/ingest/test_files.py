"""Which files are found under a folder, and what becomes of those that cannot be read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.ingest.files import FoundFile, files_under
from archive.items import Hints, Rejected

from .documents import PAGE, IngestFile, write

pytestmark = pytest.mark.django_db


def test_missing_file_is_a_rejection(ingest_file: IngestFile, tmp_path: Path) -> None:
    outcome = ingest_file(tmp_path / "nowhere.txt")[0]
    assert outcome.status == "rejected"
    assert "No such file" in outcome.reason


def found_in(folder: Path, **options: bool) -> list[str]:
    """Returns the names of what is read, and of what is refused with an exclamation mark."""
    found = files_under(folder, **options)
    return [str(file.path.relative_to(folder)) + "!" * bool(file.refused) for file in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files in folders of their own, and a file beside the folder."""
    for name in ("folder/a/1.txt", "folder/b/2.txt", "outside/secret.txt", "folder/.store/3.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name, PAGE)
    return tmp_path / "folder"


def test_files_are_found_in_a_stable_order_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/.hidden/3.txt", "b/.x.txt", "a.txt", "b/1.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name, PAGE)
    os.mkfifo(tmp_path / "pipe")
    assert found_in(tmp_path) == ["a.txt", "b/1.txt", "b/2.txt"]
    assert list(files_under(tmp_path / "a.txt")) == [FoundFile(tmp_path / "a.txt")]


@pytest.mark.parametrize(
    "target", ["../outside/secret.txt", "../outside", "..", "/", "/dev/zero", "a/../../outside", "a/up/../outside"]
)
def test_link_that_leads_out_of_the_folder_is_refused(folder: Path, target: str) -> None:
    (folder / "a" / "up").symlink_to("..")
    (folder / "link").symlink_to(target)
    assert found_in(folder) == ["a/1.txt", "b/2.txt", "link!"]
    refused = next(file for file in files_under(folder) if file.refused)
    (rejected,) = refused.read(Hints(""))
    assert isinstance(rejected, Rejected)
    assert "--follow-links" in rejected.reason


def test_links_are_followed_beyond_the_folder_on_request(folder: Path) -> None:
    (folder / "file").symlink_to("../outside/secret.txt")
    (folder / "other").symlink_to("../outside")
    (folder / "up").symlink_to("..")
    found = found_in(folder, follow_links=True)
    assert found == ["a/1.txt", "b/2.txt", "file", "other/secret.txt"]


def test_links_within_the_folder_are_followed_and_no_folder_is_read_twice(folder: Path) -> None:
    (folder / "0").symlink_to("b")
    (folder / "a" / "current").symlink_to(folder / ".store")
    (folder / "a" / "up").symlink_to(folder)
    (folder / "b" / "self").symlink_to(".")
    (folder / "c.txt").symlink_to("a/1.txt")
    assert found_in(folder) == ["a/1.txt", "b/2.txt", "c.txt", "a/current/3.txt"]


def test_path_that_is_a_link_is_followed_wherever_it_leads(folder: Path) -> None:
    direct = folder.parent / "direct"
    direct.symlink_to("outside")
    assert found_in(direct) == ["secret.txt"]
    (folder / "file").symlink_to("../outside/secret.txt")
    assert list(files_under(folder / "file")) == [FoundFile(folder / "file")]


def test_broken_links_and_links_to_themselves_are_rejected(tmp_path: Path) -> None:
    (tmp_path / "1").symlink_to(tmp_path / "nowhere")
    (tmp_path / "2").symlink_to("2")
    (tmp_path / "3").symlink_to("4")
    (tmp_path / "4").symlink_to("3")
    reasons = [
        item.reason for file in files_under(tmp_path) for item in file.read(Hints("")) if isinstance(item, Rejected)
    ]
    loop = "cannot be read: Too many levels of symbolic links"
    assert reasons == ["cannot be read: No such file or directory", loop, loop, loop]


@contextmanager
def nested(folder: Path, depth: int) -> Iterator[None]:
    """Makes so many folders inside each other, with a page in the last: more than a path can name."""

    def enter(name: str, handle: int) -> int:
        below = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        return below

    handle = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=handle)
        handle = enter("d", handle)
    os.close(os.open("page.txt", os.O_WRONLY | os.O_CREAT, dir_fd=handle))
    try:
        yield
    finally:
        os.unlink("page.txt", dir_fd=handle)
        for _ in range(depth):
            handle = enter("..", handle)
            os.rmdir("d", dir_fd=handle)
        os.close(handle)


def test_folders_may_be_nested_as_deeply_as_the_system_can_name(tmp_path: Path) -> None:
    with nested(tmp_path, 1500):
        (found,) = files_under(tmp_path)
        assert found.path == tmp_path.joinpath(*["d"] * 1500, "page.txt")
    with nested(tmp_path, 2050):
        (found,) = files_under(tmp_path)
        (rejected,) = found.read(Hints(""))
        assert rejected == Rejected("", "cannot be read: File name too long")


def test_folder_without_permission_to_list_hides_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, file = tmp_path / "a", write(tmp_path / "b.txt", PAGE)
    locked.mkdir()
    inside = write(locked / "c.txt", PAGE)

    def refuse(path: Path) -> Iterator[Path]:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return listed(path)

    listed = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert [found.path for found in files_under(tmp_path)] == [locked, file]
    monkeypatch.undo()

    def refuse_status(path: Path, *args: Any, **kwargs: Any) -> os.stat_result:
        if path == inside:
            raise PermissionError(13, "Permission denied")
        return status(path, *args, **kwargs)

    status = Path.stat
    monkeypatch.setattr(Path, "stat", refuse_status)
    assert [found.path for found in files_under(tmp_path)] == [inside, file]
