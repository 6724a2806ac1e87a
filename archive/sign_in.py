"""Signing in, slowed down for whoever guesses passwords. The site's URLs and the site of the admin import it.

Wrong passwords are counted for a name from one client, for the client with any name, and for the name from anywhere.
Past the free ones of any of the three, each makes the next wait twice as long. Nobody is locked out: a browser in
which the user once signed in has a signed cookie, and is counted by itself, however many others guess at the same name
or share the address. These are the device cookies of OWASP:
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

import logging
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from math import ceil
from secrets import token_urlsafe

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .clients import client_address, client_network
from .models import WrongPasswords

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]

KNOWN_BROWSER_COOKIE = "known_browser"
_KNOWN_BROWSER_AGE = timedelta(days=365)
_SALT = "archive.sign_in"
# Counts are forgotten this long after the last wrong password. It is longer than any wait.
_FORGOTTEN_AFTER = timedelta(hours=1)
_MAX_LOGGED_NAME_CHARACTERS = 100


@dataclass(frozen=True)
class Limit:
    """How many wrong passwords are free, and how long the longest wait after more of them is."""

    free: int
    max_wait: timedelta

    def wait(self, wrong: int) -> timedelta:
        """Returns the wait after so many wrong passwords: one second after the last free one, then twice as long."""
        if wrong < self.free:
            return timedelta()
        # 2 ** 20 seconds are longer than any wait.
        return min(timedelta(seconds=2 ** min(wrong - self.free, 20)), self.max_wait)


# One person forgets a password, or guesses at one account: a few guesses an hour follow.
_NAME_FROM_CLIENT = Limit(free=5, max_wait=timedelta(minutes=15))
# A newsroom behind one address, or one password tried at many names.
_CLIENT = Limit(free=50, max_wait=timedelta(minutes=1))
# Many machines that guess at one name. Whoever signs in there in a new browser waits with them.
_NAME = Limit(free=100, max_wait=timedelta(minutes=1))
_KNOWN_BROWSER = Limit(free=10, max_wait=timedelta(minutes=15))


@dataclass(frozen=True)
class _Attempt:
    """One attempt to sign in: the name, the client's address, and the limits that its guessers are under."""

    name: str
    address: str
    # Whose count ends with the right password, and who else is counted.
    own: Mapping[str, Limit]
    shared: Mapping[str, Limit]

    def count(self, now: datetime) -> timedelta:
        """Counts a wrong password, or returns how long to wait first.

        It is counted before the password is looked at, so that a hundred attempts at once are a hundred; the right
        password takes the count back.
        """
        limits = {**self.own, **self.shared}
        with transaction.atomic():
            WrongPasswords.objects.filter(latest__lt=now - _FORGOTTEN_AFTER).delete()
            new = [WrongPasswords(guesser=guesser, latest=now) for guesser in sorted(limits)]
            WrongPasswords.objects.bulk_create(new, ignore_conflicts=True)
            rows = WrongPasswords.objects.filter(guesser__in=limits)
            counts = list(rows.order_by("guesser").select_for_update())
            # A clock that was set back makes nobody wait longer.
            wait = max(min(row.latest, now) + limits[row.guesser].wait(row.count) - now for row in counts)
            if wait <= timedelta():
                rows.update(count=F("count") + 1, latest=now)
        return max(wait, timedelta())

    def take_back(self) -> None:
        """Takes the count back after the right password."""
        WrongPasswords.objects.filter(guesser__in=self.own).delete()
        WrongPasswords.objects.filter(guesser__in=self.shared, count__gt=0).update(count=F("count") - 1)


def slow_down_guessing(view: View) -> View:
    """Makes a view that signs in slow for whoever guesses. The view redirects after a sign-in, and only then.

    Who has to wait gets 429 with Retry-After, and the password is not looked at. Failures are logged with the address.
    """

    @wraps(view)
    def respond(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        # Without a name and a password there is no guess; the form says what is missing.
        if request.method != "POST" or not (request.POST.get("username") and request.POST.get("password")):
            return view(request, *args, **kwargs)
        attempt = _attempt_of(request)
        logged = ascii(attempt.name[:_MAX_LOGGED_NAME_CHARACTERS])
        wait = attempt.count(timezone.now())
        if wait:
            seconds = ceil(wait.total_seconds())
            logger.warning("Sign-in as %s from %s was refused for %d s", logged, attempt.address, seconds)
            return _refuse(request, seconds)
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.FOUND:
            attempt.take_back()
            _remember_browser(response, attempt.name)
        else:
            logger.warning("Sign-in as %s from %s failed", logged, attempt.address)
        return response

    return respond


def _attempt_of(request: HttpRequest) -> _Attempt:
    # The name as the form normalizes it. Names that differ in case may be two users; they are one to a guesser.
    name = unicodedata.normalize("NFKC", request.POST["username"]).strip().casefold()
    address = client_address(request)
    browser = _known_browser(request, name)
    if browser:
        return _Attempt(name, address, {_hash("browser", browser): _KNOWN_BROWSER}, {})
    network = client_network(request)
    shared = {_hash("client", network): _CLIENT, _hash("name", name): _NAME}
    return _Attempt(name, address, {_hash("name from client", name, network): _NAME_FROM_CLIENT}, shared)


def _hash(*parts: str) -> str:
    return salted_hmac(_SALT, "\0".join(parts), algorithm="sha256").hexdigest()


def _known_browser(request: HttpRequest, name: str) -> str:
    """Returns the key of a browser in which the user of this name signed in before, or an empty string."""
    try:
        known, browser = signing.loads(
            request.COOKIES.get(KNOWN_BROWSER_COOKIE, ""), salt=_SALT, max_age=_KNOWN_BROWSER_AGE
        )
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(browser) if known == _hash("name", name) else ""


def _remember_browser(response: HttpResponseBase, name: str) -> None:
    response.set_cookie(
        KNOWN_BROWSER_COOKIE,
        signing.dumps([_hash("name", name), token_urlsafe(16)], salt=_SALT),
        max_age=_KNOWN_BROWSER_AGE,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _refuse(request: HttpRequest, seconds: int) -> HttpResponse:
    context = {
        "form": AuthenticationForm(request, initial={"username": request.POST["username"]}),
        "next": request.POST.get("next", ""),
        "wait": _in_words(seconds),
    }
    response = render(request, "login.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


def _in_words(seconds: int) -> str:
    number, unit = (seconds, "second") if seconds < 120 else (ceil(seconds / 60), "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"
