"""Requests that fail: a page of this site and one line in the log, whatever was sent."""

import logging
from typing import Any

import pytest
from django.test import Client

from archive.logs import OneLineForRefusals

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
