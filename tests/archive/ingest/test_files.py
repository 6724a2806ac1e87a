"""Which files are found under a folder, and what becomes of those that cannot be read."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.ingest.files import files_under, read_path
from archive.items import Hints, Rejected

from .documents import PAGE, IngestFile, write

pytestmark = pytest.mark.django_db


def test_missing_file_is_a_rejection(ingest_file: IngestFile, tmp_path: Path) -> None:
    outcome = ingest_file(tmp_path / "nowhere.txt")[0]
    assert outcome.status == "rejected"
    assert "No such file" in outcome.reason


def test_files_are_found_in_a_stable_order_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/.hidden/3.txt", "b/.x.txt", "a.txt", "b/1.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name, PAGE)
    os.mkfifo(tmp_path / "pipe")
    assert [str(path.relative_to(tmp_path)) for path in files_under(tmp_path)] == ["a.txt", "b/1.txt", "b/2.txt"]
    assert list(files_under(tmp_path / "a.txt")) == [tmp_path / "a.txt"]


def test_broken_link_and_link_to_a_folder_are_rejected(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "1").symlink_to(tmp_path / "nowhere")
    (folder / "2").symlink_to(tmp_path)
    assert [item for path in files_under(folder) for item in read_path(path, Hints(""))] == [
        Rejected("", "cannot be read: No such file or directory"),
        Rejected("", "a link to a folder, which is not followed; give the folder itself"),
    ]


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
    assert list(files_under(tmp_path)) == [locked, file]
    monkeypatch.undo()

    def refuse_status(path: Path, *args: Any, **kwargs: Any) -> os.stat_result:
        if path == inside:
            raise PermissionError(13, "Permission denied")
        return status(path, *args, **kwargs)

    status = Path.stat
    monkeypatch.setattr(Path, "stat", refuse_status)
    assert list(files_under(tmp_path)) == [inside, file]
