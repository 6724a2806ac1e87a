"""Guessing of passwords: slow by name and by address, and nobody else is locked out."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.db import connections
from django.test import Client
from django.utils import timezone

from archive.models import WrongPasswords
from archive.sign_in import KNOWN_BROWSER_COOKIE

pytestmark = pytest.mark.django_db

RIGHT = "correct horse battery"
OFFICE, HOME, ATTACKER = "192.0.2.10", "198.51.100.20", "203.0.113.30"
PAGES = ("/login/", "/admin/login/")


@pytest.fixture(autouse=True)
def users() -> None:
    for name in ("ada", "ben"):
        User.objects.create_superuser(name, password=RIGHT)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the time, and moves it on."""
    now = [datetime(2025, 6, 10, 12, tzinfo=UTC)]
    monkeypatch.setattr(timezone, "now", lambda: now[0])

    def move(**by: float) -> None:
        now[0] += timedelta(**by)

    return move


def sign_in(
    name: str, password: str, address: str = ATTACKER, *, browser: Client | None = None, page: str = "/login/"
) -> Any:
    browser = browser or Client()
    return browser.post(page, {"username": name, "password": password, "next": "/"}, REMOTE_ADDR=address)


def guess(times: int, name: str = "ada", address: str = ATTACKER, **options: Any) -> list[int]:
    return [sign_in(name, f"wrong {number}", address, **options).status_code for number in range(times)]


@pytest.mark.parametrize("page", PAGES)
def test_guesses_at_three_a_second_are_refused_and_so_is_the_right_password(
    clock: Callable[..., None], page: str
) -> None:
    answers = []
    for number in range(92):
        answers.append(sign_in("ada", f"wrong {number}", page=page).status_code)
        clock(seconds=1 / 3)
    # 5 are free, then one after 1, 2, 4, 8 seconds.
    assert answers.count(200) == 9
    refused = sign_in("ada", RIGHT, page=page)
    assert refused.status_code == 429
    assert "_auth_user_id" not in refused.client.session
    assert 0 < int(refused["Retry-After"]) <= 16
    assert f"Wait {refused['Retry-After']} seconds" in refused.content.decode()


def test_the_wait_ends_and_the_right_password_ends_the_count(clock: Callable[..., None]) -> None:
    assert guess(5) == [200] * 5
    assert "Wait 1 second, then" in sign_in("ada", RIGHT).content.decode()
    clock(seconds=1)
    assert sign_in("ada", RIGHT).status_code == 302
    assert guess(6) == [200] * 5 + [429]


def test_counts_are_forgotten_after_an_hour(clock: Callable[..., None]) -> None:
    guess(6)
    clock(hours=1, seconds=1)
    assert guess(6) == [200] * 5 + [429]
    assert WrongPasswords.objects.count() == 3


@pytest.mark.parametrize("variant", ["ADA", " ada ", "\uff41\uff44\uff41"], ids=["case", "spaces", "width"])
def test_writing_the_name_otherwise_gives_no_more_guesses(clock: Callable[..., None], variant: str) -> None:
    guess(5)
    assert sign_in(variant, RIGHT).status_code == 429


def test_guesses_on_one_page_count_on_the_other(clock: Callable[..., None]) -> None:
    guess(3, page=PAGES[0])
    assert guess(3, page=PAGES[1]) == [200, 200, 429]


def test_names_that_nobody_has_are_slow_too(clock: Callable[..., None]) -> None:
    assert guess(6, "nobody") == [200] * 5 + [429]


def test_others_are_not_locked_out(clock: Callable[..., None]) -> None:
    guess(40)
    assert sign_in("ben", RIGHT, ATTACKER).status_code == 302
    assert sign_in("ada", RIGHT, HOME).status_code == 302


def test_one_password_for_many_names_is_slow_by_address(clock: Callable[..., None]) -> None:
    answers = [sign_in(f"name{number}", "Summer2025!").status_code for number in range(60)]
    assert answers == [200] * 50 + [429] * 10
    assert sign_in("ben", RIGHT, HOME).status_code == 302


def test_many_addresses_for_one_name_are_slow_by_name(clock: Callable[..., None]) -> None:
    answers = [sign_in("ada", "wrong", f"203.0.113.{number}").status_code for number in range(110)]
    assert answers == [200] * 100 + [429] * 10
    assert sign_in("ben", RIGHT, ATTACKER).status_code == 302


def test_addresses_of_one_subscriber_are_one(clock: Callable[..., None]) -> None:
    answers = [sign_in("ada", "wrong", f"2001:db8:1:2::{number}").status_code for number in range(6)]
    assert answers == [200] * 5 + [429]


def test_a_browser_that_signed_in_before_is_counted_by_itself(clock: Callable[..., None]) -> None:
    browser = Client()
    assert sign_in("ada", RIGHT, OFFICE, browser=browser).status_code == 302
    browser.post("/logout/")
    guess(5, "ada", OFFICE)
    for number in range(110):
        guess(1, "ada", f"203.0.113.{number}")
    assert sign_in("ada", RIGHT, OFFICE).status_code == 429
    assert sign_in("ada", RIGHT, OFFICE, browser=browser).status_code == 302


def test_a_stolen_browser_is_slow_and_helps_with_no_other_name(clock: Callable[..., None]) -> None:
    browser = Client()
    sign_in("ada", RIGHT, browser=browser)
    assert guess(12, "ada", browser=browser) == [200] * 10 + [429] * 2
    assert guess(6, "ben", browser=browser) == [200] * 5 + [429]


def test_the_cookie_cannot_be_made_or_kept_for_ever(clock: Callable[..., None]) -> None:
    guess(5)
    forged = Client()
    for value in ("", "ada", "e30:1x:2y", "a:b:c", "\x00"):
        forged.cookies[KNOWN_BROWSER_COOKIE] = value
        assert sign_in("ada", RIGHT, browser=forged).status_code == 429
    cookie = sign_in("ada", RIGHT, HOME).cookies[KNOWN_BROWSER_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "ada" not in signing.loads(cookie.value, salt="archive.sign_in")


def test_a_proxy_is_not_the_client(clock: Callable[..., None], settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.1")]
    post = {"username": "ada", "password": "wrong"}
    for number in range(6):
        forwarded = f"192.0.2.{number}, {ATTACKER}"
        last = Client().post("/login/", post, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert last.status_code == 429
    other = Client().post("/login/", post, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=HOME)
    assert other.status_code == 200


def test_a_clock_set_back_makes_nobody_wait_longer(clock: Callable[..., None]) -> None:
    guess(5)
    clock(days=-3)
    assert int(sign_in("ada", RIGHT)["Retry-After"]) <= 1


def test_a_form_that_lacks_a_name_or_a_password_is_no_guess(clock: Callable[..., None]) -> None:
    for data in ({"username": "ada"}, {"password": "x"}, {"username": "ada", "password": ""}, {}):
        assert [Client().post("/login/", data).status_code for _ in range(7)] == [200] * 7
    assert not WrongPasswords.objects.exists()


def test_failures_are_logged_with_the_address_and_without_the_password(
    clock: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "archive.sign_in")
    guess(6, "a\x1b[2Jda\n" + "x" * 5000)
    lines = [record.getMessage() for record in caplog.records if record.name == "archive.sign_in"]
    assert len(lines) == 6
    for line in lines:
        assert ATTACKER in line
        assert "wrong" not in line
        assert line.isprintable()
        assert len(line) < 300
    assert "refused" in lines[-1]


def test_what_is_stored_shows_no_name(clock: Callable[..., None]) -> None:
    # No letter of it is a digit of a hash.
    guess(1, "wynn")
    assert not [row for row in WrongPasswords.objects.values_list("guesser", flat=True) if "wynn" in row]


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_time_are_all_counted() -> None:
    def attempt(number: int) -> int:
        try:
            return int(sign_in("ada", f"wrong {number}").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(16)))
    assert answers.count(200) <= 6
    assert set(answers) == {200, 429}
