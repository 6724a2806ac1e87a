"""Requests that fail: a page of this site and one line in the log, whatever was sent."""

import errno
import logging
import sqlite3
from typing import Any

import psycopg
import pytest
from django.core.handlers.base import BaseHandler
from django.db import OperationalError
from django.test import Client, RequestFactory

from archive.logs import OneLineForRefusals
from archive.wsgi import application

pytestmark = pytest.mark.django_db

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
PART = b'--x\r\nContent-Disposition: form-data; name="a"'
BROKEN = {
    "utf-7": (f"{FORM}; charset=utf-7", b"a=b"),
    "utf-16": (f"{FORM}; charset=utf-16", b"a=b"),
    "unknown charset": (f"{FORM}; charset=nonsense", b"a=b"),
    "no boundary": (MULTIPART, b"junk"),
    "junk": (f"{MULTIPART}; boundary=x", b"junk"),
    "boundary of other bytes": (f"{MULTIPART}; boundary=\xff", b"junk"),
    "long boundary": (f"{MULTIPART}; boundary={'x' * 5000}", b"junk"),
    "cut off": (f"{MULTIPART}; boundary=x", PART + b'; filename="f"\r\n\r\nb'),
    "bad base64": (
        f"{MULTIPART}; boundary=x",
        PART + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n",
    ),
    "many parts": (f"{MULTIPART}; boundary=x", (PART + b"\r\n\r\nb\r\n") * 1500 + b"--x--\r\n"),
    "many files": (f"{MULTIPART}; boundary=x", (PART + b'; filename="f"\r\n\r\nb\r\n') * 200 + b"--x--\r\n"),
    "many fields": (FORM, b"a=1&" * 2000),
    "large": (FORM, b"a=" + b"x" * 3_000_000),
    "odd type": ("a/b; c=\x00", b"x"),
    "NUL": (FORM, b"username=%00&password=%00&csrfmiddlewaretoken=%00"),
    "surrogate": (FORM, b"username=%ED%A0%80&password=x&csrfmiddlewaretoken=%ED%A0%80"),
}
ADDRESSES = (
    "/nowhere/",
    "/nowhere",
    "/login/",
    "/logout/",
    "/",
    "/articles/1",
    "/admin/",
    "/admin/nowhere/",
    "/suggest",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("case", BROKEN)
def test_a_form_that_cannot_be_read_is_no_error_of_the_server(case: str, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    # Only with the cookie does the CSRF check read the form.
    client.cookies["csrftoken"] = "a" * 32
    content_type, body = BROKEN[case]
    response = client.generic("POST", address, body, content_type=content_type)
    assert 300 < response.status_code < 500
    if response.status_code in (400, 403, 404):
        page = response.content.decode()
        assert "Cuttings" in page
        assert "style=" not in page
        assert "<style" not in page


@pytest.mark.parametrize("charset", ["base64", "hex", "rot13", "zlib", "undefined", "punycode", "idna", "utf-16"])
@pytest.mark.parametrize(("method", "status"), [("GET", {"200"}), ("POST", {"400", "403"})])
def test_the_charset_of_a_body_is_not_that_of_its_address(charset: str, method: str, status: set[str]) -> None:
    request = RequestFactory().generic(
        method,
        "/login/?next=/admin/%C3%A9",
        b"a=b",
        content_type=f"{FORM}; charset=utf-8",
        headers={"Host": "localhost"},
    )
    environ = request.environ | {"CONTENT_TYPE": f"{FORM}; charset={charset}"}
    answers: list[str] = []
    body = b"".join(application(environ, lambda line, headers: answers.append(line)))
    assert answers[0].partition(" ")[0] in status
    assert method == "POST" or "/admin/é" in body.decode()


def test_an_old_form_says_how_to_send_it_again() -> None:
    page = Client(enforce_csrf_checks=True).post("/login/", {"username": "ada", "password": "x"})
    assert page.status_code == 403
    assert "load the page again" in page.content.decode()


@pytest.mark.parametrize(
    ("status", "has_traceback"), [(400, False), (403, False), (404, False), (500, True), (503, True), (None, True)]
)
def test_only_faults_of_the_program_have_a_traceback(status: int | None, has_traceback: bool) -> None:
    error = ValueError("x")
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "m", (), (ValueError, error, None))
    if status:
        record.status_code = status
    assert OneLineForRefusals().filter(record)
    assert bool(record.exc_info) == has_traceback


def test_the_handler_of_the_log_uses_the_filter(settings: Any) -> None:
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["requests"]
    assert any(
        isinstance(rule, OneLineForRefusals) for handler in logging.getLogger().handlers for rule in handler.filters
    )


def failing(error: Exception) -> Any:
    def view(request: Any) -> None:
        raise error

    return view


def wrapped(inner: Exception) -> Exception:
    try:
        try:
            raise inner
        except Exception as error:
            raise OperationalError(str(inner)) from error
    except OperationalError as error:
        return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (wrapped(sqlite3.OperationalError("database or disk is full")), "is full"),
        (OSError(errno.ENOSPC, "No space left on device"), "is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "is full"),
        (wrapped(psycopg.errors.DiskFull("could not extend file")), "is full"),
        (wrapped(sqlite3.OperationalError("attempt to write a readonly database")), "not changed"),
        (OSError(errno.EROFS, "Read-only file system"), "not changed"),
        (wrapped(sqlite3.DatabaseError("database disk image is malformed")), "restore a backup"),
        (wrapped(sqlite3.DatabaseError("file is not a database")), "restore a backup"),
        (wrapped(psycopg.errors.IndexCorrupted("index is corrupt")), "restore a backup"),
        (wrapped(sqlite3.OperationalError("database is locked")), "again in a minute"),
        (wrapped(psycopg.OperationalError("connection refused")), "does not answer"),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(value),
)
def test_a_fault_of_disk_or_database_has_its_cure(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    monkeypatch.setattr(BaseHandler, "resolve_request", lambda self, request: (failing(error), (), {}))
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert words in response.content.decode()


def test_a_fault_of_the_program_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BaseHandler, "resolve_request", lambda self, request: (failing(ValueError("x")), (), {}))
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert "Server error" in response.content.decode()


def test_the_answer_to_a_fault_needs_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    error = wrapped(sqlite3.DatabaseError("database disk image is malformed"))
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", failing(error))
    monkeypatch.setattr(BaseHandler, "resolve_request", lambda self, request: (failing(error), (), {}))
    assert Client(raise_request_exception=False).get("/").status_code == 503
