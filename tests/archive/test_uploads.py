"""Files from a browser: their names, and the hour for which a preview keeps them for its user."""

import io
import os
import time
import unicodedata
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from archive import uploads
from archive.uploads import NO_NAME, claim, clean_name, hold, release, sweep


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("page.html", "page.html"),
        ("Новини 2025.html", "Новини 2025.html"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\page.html", "page.html"),
        ("page\u202egnp.html", "page gnp.html"),
        ("a\r\nSet-Cookie: b.txt", "a Set-Cookie: b.txt"),
        ("a\x00b\x1b[31m.txt", "a b [31m.txt"),
        ("\ud800.txt", ".txt"),
        ("", NO_NAME),
        ("..", NO_NAME),
        ("folder/", NO_NAME),
        ("\u200b\u2066", NO_NAME),
        ("x" * 10_000, "x" * 255),
    ],
)
def test_name_is_shown_without_deceptive_characters(name: str, shown: str) -> None:
    assert clean_name(name) == shown


@given(st.text(max_size=400))
def test_no_name_has_a_path_or_invisible_characters(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 255
    assert not set(cleaned) & {"/", "\\"}
    assert cleaned not in (".", "..")
    assert {unicodedata.category(mark) for mark in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    assert clean_name(cleaned) == cleaned


def files_of(*texts: str) -> list[tuple[str, io.BytesIO]]:
    return [("../same.txt", io.BytesIO(text.encode())) for text in texts]


def folders_of(home: Path) -> list[str]:
    return sorted(folder.name for folder in (home / "uploads").iterdir())


def test_files_wait_for_their_user_and_are_claimed_once(archive_home: Path) -> None:
    upload = hold(files_of("one", "two"), {"source": "Courier"}, user_id=7)
    assert claim(upload.token, user_id=8) is None
    claimed = claim(upload.token, user_id=7)
    assert claimed is not None
    assert claim(upload.token, user_id=7) is None
    assert [(name, path.read_text()) for name, path in claimed.files] == [("same.txt", "one"), ("same.txt", "two")]
    assert claimed.options == {"source": "Courier"}
    release(claimed)
    assert folders_of(archive_home) == []


def test_user_has_one_upload_and_does_not_touch_those_of_others(archive_home: Path) -> None:
    other = hold(files_of("other"), {}, user_id=17)
    earlier = hold(files_of("earlier"), {}, user_id=7)
    later = hold(files_of("later"), {}, user_id=7)
    assert claim(earlier.token, user_id=7) is None
    assert folders_of(archive_home) == sorted([f"17-{other.token}", f"7-{later.token}"])


@pytest.mark.parametrize("token", ["", "..", "../7-x", "*", "x" * 32, "A" * 32, "٣" * 32, "0" * 33])
def test_text_that_is_no_token_finds_nothing(archive_home: Path, token: str) -> None:
    hold(files_of("one"), {}, user_id=7)
    assert claim(token, user_id=7) is None


def test_upload_of_an_earlier_version_is_deleted_and_not_found(archive_home: Path) -> None:
    upload = hold(files_of("one"), {}, user_id=7)
    (upload.folder / "manifest.json").write_text('{"names": ["one"]}')
    assert claim(upload.token, user_id=7) is None
    assert not any(upload.folder.parent.iterdir())


def test_upload_is_deleted_after_an_hour(archive_home: Path) -> None:
    upload = hold(files_of("one"), {}, user_id=7)
    died = hold(files_of("two"), {}, user_id=8)
    claimed = claim(died.token, user_id=8)
    assert claimed is not None
    for folder in (upload.folder, claimed.folder):
        os.utime(folder, (time.time() - 3700,) * 2)
    sweep()
    # An upload that is being ingested is kept for longer.
    assert folders_of(archive_home) == [claimed.folder.name]
    os.utime(claimed.folder, (time.time() - 90_000,) * 2)
    sweep()
    assert folders_of(archive_home) == []


def test_upload_that_cannot_be_stored_leaves_nothing(archive_home: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        hold([*files_of("one"), ("two", Broken())], {}, user_id=7)
    assert folders_of(archive_home) == []


def test_uploads_are_readable_by_the_archive_alone(archive_home: Path) -> None:
    upload = hold(files_of("one"), {}, user_id=7)
    assert [path.stat().st_mode & 0o077 for path in (archive_home / "uploads", upload.folder)] == [0, 0]


def test_no_other_page_takes_files() -> None:
    data = {"q": "peace", "file": SimpleUploadedFile("a.txt", b"x" * 10_000)}
    request = RequestFactory().post("/login/", data)
    assert request.POST["q"] == "peace"
    assert not request.FILES
    assert isinstance(request.upload_handlers[0], uploads.NoFiles)


@pytest.mark.parametrize(("ahead_seconds", "is_kept"), [(60, True), (7200, False)])
def test_upload_from_a_clock_that_was_set_back_does_not_stay(ahead_seconds: float, *, is_kept: bool) -> None:
    upload = hold([("a.txt", io.BytesIO(b"a"))], {}, user_id=1)
    os.utime(upload.folder, (time.time() + ahead_seconds,) * 2)
    sweep()
    assert upload.folder.exists() is is_kept
