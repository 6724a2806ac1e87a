"""The Django settings. No other module reads the environment.

SETTINGS is the table of everything that can be set from outside; docs/settings.md is checked against it.
"""

import os
import re
import secrets
import stat
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

from .durable_files import write_durably
from .search_port import SEARCH_PAGE

BASE_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default as it would be written, and its meaning."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("ARCHIVE_HOME", "var", "The folder of everything that the archive stores."),
    Setting("ARCHIVE_NAME", "Cuttings", "The archive's name: on every page, in feeds and in citations."),
    Setting("ARCHIVE_ABOUT", "none", "A line about the archive, for its first page."),
    Setting(
        "ARCHIVE_CONTACT", "none", "Whom readers may ask: an e-mail address, the address of a page, or a few words."
    ),
    Setting("ARCHIVE_SEARCH", "public", "Who may search: `public` (anyone) or `login` (signed-in users)."),
    Setting(
        "ARCHIVE_ROBOTS",
        "no",
        "`yes` lets search engines list what anyone may see, by a sitemap. `no` asks robots to stay away.",
    ),
    Setting(
        "ARCHIVE_REGISTER",
        "curators",
        "Who may read the register of withdrawals: `public` (anyone who may search) or `curators` (those who may "
        "withdraw, or see what is hidden).",
    ),
    Setting("ARCHIVE_HOSTS", "localhost,127.0.0.1,[::1]", "Host names the site answers to, with commas."),
    Setting(
        "ARCHIVE_PREFIX",
        "/",
        "The path under which the site is served, like `/archive/`. The proxy in front may strip it or pass it on.",
    ),
    Setting(
        "ARCHIVE_ZONE",
        "UTC",
        "The time zone of the readers, like `Europe/Oslo`: `today` and `last-7-days` begin and end with their days.",
    ),
    Setting("ARCHIVE_HTTPS", "no", "`yes` behind a proxy that speaks HTTPS: secure cookies, HSTS."),
    Setting(
        "ARCHIVE_PROXIES",
        "none",
        "Addresses or networks of the proxies in front, with commas, like `127.0.0.1,10.0.0.0/8`: the address of a "
        "client is what they write into `X-Forwarded-For`.",
    ),
    Setting(
        "ARCHIVE_TRASH_DAYS",
        "30",
        "How many days deleted articles, sources and topics lie in the trash, before they are deleted for good.",
    ),
    Setting("ARCHIVE_UPLOAD_MIB", "64", "The largest upload in the admin, in MiB."),
    Setting(
        "ARCHIVE_UPLOAD_TOTAL_MIB", "2048", "The most that a browser sends in many requests for one ingest, in MiB."
    ),
    Setting("ARCHIVE_DEBUG", "no", "`yes` shows Django's error pages. Never on a public server."),
    Setting(
        "ARCHIVE_DATABASE_URL",
        "sqlite",
        "`sqlite` (`db.sqlite3` in the home) or `postgres://user:password@host:port/name`.",
    ),
    Setting(
        "ARCHIVE_SEARCH_ENGINE",
        "embedded",
        "`embedded` (`index/` in the home folder) or "
        "`opensearch://user:password@host:9200,host:9200/name?replicas=1`, an index in a cluster; with "
        "`opensearchs://` over TLS. See [OpenSearch](operating.md#opensearch).",
    ),
)


def _read(name: str) -> str:
    default = next(setting.default for setting in SETTINGS if setting.name == name)
    return os.environ.get(name, "").strip() or default


# Longer names do not fit beside the search box; a line about the archive is read at a glance.
_MAX_NAME_CHARS = 60
_MAX_LINE_CHARS = 200
# Control characters, lone surrogates, and the ends of lines and paragraphs. No page, feed or citation can have them.
_NOT_IN_A_LINE = ("Cc", "Cs", "Zl", "Zp")


def _read_line(name: str, *, max_chars: int) -> str:
    """Returns one line of plain text."""
    value = _read(name)
    if len(value) > max_chars or any(unicodedata.category(char) in _NOT_IN_A_LINE for char in value):
        raise ImproperlyConfigured(
            f"{name} is {value[:max_chars]!r}; write one line of at most {max_chars} characters, without markup."
        )
    return value


def _read_optional_line(name: str) -> str:
    """Returns one line of plain text; empty for `none`."""
    value = _read_line(name, max_chars=_MAX_LINE_CHARS)
    return "" if value == "none" else value


def _read_choice(name: str, choices: dict[str, Any]) -> Any:
    value = _read(name)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; write one of: {', '.join(choices)}.")
    return choices[value]


def _read_hosts(name: str) -> list[str]:
    hosts = [host.strip() for host in _read(name).split(",") if host.strip()]
    if not hosts or any(mark in host for host in hosts for mark in "/ @"):
        raise ImproperlyConfigured(
            f"{name} is {_read(name)!r}; write names of hosts with commas between, like archive.example,localhost."
        )
    return hosts


def _read_prefix(name: str) -> str:
    """Returns the path without the slash at its end, which is empty for the root of the host."""
    value = _read(name)
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", value):
        raise ImproperlyConfigured(f"{name} is {value!r}; write a path of letters and digits, like /archive/.")
    return value.rstrip("/")


def _read_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(_read(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name} is {_read(name)!r}; write a time zone like Europe/London.") from None


def _read_networks(name: str) -> list[IPv4Network | IPv6Network]:
    if _read(name) == "none":
        return []
    try:
        return [ip_network(network.strip(), strict=False) for network in _read(name).split(",") if network.strip()]
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is {_read(name)!r}; write addresses or networks with commas between, like 127.0.0.1,10.0.0.0/8."
        ) from None


def _read_number(name: str, *, minimum: int, maximum: int) -> int:
    value = _read(name)
    if not (value.isascii() and value.isdigit() and minimum <= int(value[:10]) <= maximum):
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number from {minimum} to {maximum}.")
    return int(value)


def _close_to_others(home: Path) -> int:
    """Makes what this process creates its owner's alone; returns the umask of before.

    Unpublished texts, users and the key are among it. In a home that its group may write, the group has the rights of
    the owner, so that containers with changing users can share it.
    """
    is_shared = home.is_dir() and home.stat().st_mode & stat.S_IWGRP
    return os.umask(0o007 if is_shared else 0o077)


def _read_secret_key(home: Path) -> str:
    """Returns the secret key of the home. The first call creates it, readable by its owner alone."""
    try:
        return _read_or_make_key(home)
    except OSError as error:
        raise ImproperlyConfigured(
            f"ARCHIVE_HOME is {str(home)!r}, where the secret key cannot be stored: {error.strerror or error}. "
            "Set a folder that can be read and written."
        ) from error


def _read_or_make_key(home: Path) -> str:
    path = home / "secret.key"
    if not path.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Two processes that start together agree on one key.
        write_durably(path, secrets.token_urlsafe(64).encode(), mode=0o660, first_wins=True)
    return path.read_text().strip()


def _search_engine(text: str) -> str:
    """Returns which engine has the index. `search.index` reads the rest of an address."""
    if text != "embedded" and not text.startswith(("opensearch://", "opensearchs://")):
        raise ImproperlyConfigured(
            "ARCHIVE_SEARCH_ENGINE is neither `embedded` nor `opensearch://user:password@host:9200/name`."
        )
    return text


def _database(url: str, home: Path) -> dict[str, Any]:
    if url == "sqlite":
        return {
            "ENGINE": "archive.sqlite3",
            "NAME": home / "db.sqlite3",
            "OPTIONS": {
                # Writers queue at BEGIN instead of failing at their first write; Django turns foreign keys on.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
            # A new connection reads the schema first, which takes longer than the query of a page.
            "CONN_MAX_AGE": 60,
        }
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError as error:
        raise ImproperlyConfigured(f"ARCHIVE_DATABASE_URL cannot be read: {error}.") from None
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "ARCHIVE_DATABASE_URL is neither `sqlite` nor `postgres://user:password@host:port/name`."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": port,
        # Parameters of libpq: `?sslmode=require`, `?host=/run/postgresql` for a socket.
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        # After a restart of the server, the first request of each connection would fail.
        "CONN_HEALTH_CHECKS": True,
    }


_YES_NO = {"yes": True, "no": False}

# What the archive is called
ARCHIVE_NAME = _read_line("ARCHIVE_NAME", max_chars=_MAX_NAME_CHARS)
ARCHIVE_ABOUT = _read_optional_line("ARCHIVE_ABOUT")
ARCHIVE_CONTACT = _read_optional_line("ARCHIVE_CONTACT")

# What the archive keeps
ARCHIVE_HOME = (BASE_DIR / _read("ARCHIVE_HOME")).resolve()
# What a person exports is the person's own, with the usual rights.
UMASK_OF_PERSON = _close_to_others(ARCHIVE_HOME)
CAPTURES_DIR = ARCHIVE_HOME / "captures"
INDEX_DIR = ARCHIVE_HOME / "index"
SEARCH_ENGINE = _search_engine(_read("ARCHIVE_SEARCH_ENGINE"))
SLOTS_DIR = ARCHIVE_HOME / "slots"
FOLLOWER_LOCK = ARCHIVE_HOME / "follower.lock"
UPLOADS_DIR = ARCHIVE_HOME / "uploads"
RUNS_DIR = ARCHIVE_HOME / "runs"
REJECTED_DIR = ARCHIVE_HOME / "rejected"
SEEDS_DIR = BASE_DIR / "seeds"
TRASH_DAYS = _read_number("ARCHIVE_TRASH_DAYS", minimum=1, maximum=36_500)
LOGIN_TO_SEARCH = _read_choice("ARCHIVE_SEARCH", {"public": False, "login": True})
# The archive keeps the pages of others. Only its owner may decide that it competes with them in search engines.
LET_ROBOTS_IN = _read_choice("ARCHIVE_ROBOTS", _YES_NO) and not LOGIN_TO_SEARCH
REGISTER_IS_PUBLIC = _read_choice("ARCHIVE_REGISTER", {"public": True, "curators": False})

# Django
DEBUG = _read_choice("ARCHIVE_DEBUG", _YES_NO)
SECRET_KEY = _read_secret_key(ARCHIVE_HOME)
ALLOWED_HOSTS = _read_hosts("ARCHIVE_HOSTS")
URL_PREFIX = _read_prefix("ARCHIVE_PREFIX")
# Without a prefix, the SCRIPT_NAME of the WSGI server applies.
FORCE_SCRIPT_NAME = URL_PREFIX or None
ROOT_URLCONF = "archive.urls"
WSGI_APPLICATION = "archive.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": _database(_read("ARCHIVE_DATABASE_URL"), ARCHIVE_HOME)}
INSTALLED_APPS = [
    "archive.apps.CurationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "archive.apps.ArchiveConfig",
    "search",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "archive.security.content_security_policy",
    "search.pages.health.answer_checks",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "search.pages.readers.end_with_reader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "archive.imprint.add_imprint",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
# How long a link works by which a user sets a password: it outlasts a weekend.
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = SEARCH_PAGE

# Time: everything is stored in UTC. What is shown is on the clock of its outlet, and says its offset. Relative days in
# queries are those of the readers.
READER_ZONE = _read_zone("ARCHIVE_ZONE")
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False

# Static files are served from the source tree by WhiteNoise; there is no build step. The URL has the prefix, because
# Django adds it to a relative URL only if a process first uses the URL in a request.
STATIC_URL = f"{URL_PREFIX}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

# Security
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _read_choice("ARCHIVE_HTTPS", _YES_NO)
# Other sites of the same host neither get the cookies nor overwrite them.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{URL_PREFIX}/"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "archive.error_pages.form_refused"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = _read_networks("ARCHIVE_PROXIES")
if SESSION_COOKIE_SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

# Uploads: one page of the admin receives files, and writes them to disk as they arrive; all other pages skip files.
# The default takes half a minute: 62 MiB in 169 web pages were previewed in 22 s, and ingested in 22 s.
UPLOAD_BYTES = _read_number("ARCHIVE_UPLOAD_MIB", minimum=1, maximum=1_000_000) * 1024 * 1024
UPLOAD_TOTAL_BYTES = _read_number("ARCHIVE_UPLOAD_TOTAL_MIB", minimum=1, maximum=1_000_000) * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["archive.uploads.NoFiles"]
DATA_UPLOAD_MAX_NUMBER_FILES = 100

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "archive.terminal.LogFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    # A request that was refused is one line; a fault of the program has its traceback.
    "filters": {"requests": {"()": "archive.logs.OneLineForRefusals"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["requests"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # It would write a line for each request that waits for a thread.
    "loggers": {"waitress.queue": {"level": "ERROR"}},
}
