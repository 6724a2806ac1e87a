"""Warms up a process of the server: it answers what readers ask most, to nobody, before the first reader asks.

So modules are imported, templates compiled, the index opened and its pages of the disk read. `search.apps` gives it
to the server.
"""

import gc
import logging
from collections.abc import Iterator
from importlib import import_module
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage import default_storage
from django.core.handlers.wsgi import WSGIRequest
from django.db import connections
from django.urls import resolve, reverse
from django.utils import timezone
from django_htmx.middleware import HtmxMiddleware

from archive.models import Section, shown_sections
from archive.search_port import SEARCH_PAGE

from .fields import NAME_FIELDS
from .index import release_engine
from .results import forget_results
from .text import word_forms

# The longest words of a headline, which are searched for together.
_MAX_WORDS = 4

logger = logging.getLogger(__name__)


class _AnyReader(AnonymousUser):
    """A user without rights, who may read an archive that asks for a sign-in."""

    is_authenticated = True  # type: ignore[assignment]


def warm_up(*, to_fork: bool) -> None:
    """Answers typical requests. Never raises: what fails here will fail for readers, who get an answer that says so.

    A process that others are forked from (`to_fork`) answers each kind of page, and closes the index and the database
    again. The others inherit all else, and so answer a query and suggest words alone.
    """
    # What another process answered says nothing of this one's index.
    forget_results()
    try:
        for address in _typical_addresses() if to_fork else _addresses_of_index():
            _request(address)
    except Exception:
        logger.exception("This process serves without having been warmed up")
    if to_fork:
        release_engine()
        connections.close_all()
        gc.collect()


def _typical_addresses() -> Iterator[str]:
    """Yields the addresses of the first page, and of results, an article and a section that every reader may see."""
    yield reverse(SEARCH_PAGE)
    yield from _addresses_of_index()
    if section := _latest_section():
        yield section.article.get_absolute_url()
        yield section.get_absolute_url()


def _addresses_of_index() -> Iterator[str]:
    """Yields the addresses of a query that finds something, if the archive has anything, of suggestions and names.

    It finds many sections, so that they are compared with the best of them.
    """
    section = _latest_section()
    words = sorted(word_forms(section.article.headline) if section else (), key=len, reverse=True)[:_MAX_WORDS] or [""]
    yield f"{reverse(SEARCH_PAGE)}?{urlencode({'q': ' OR '.join(words)})}"
    yield f"{reverse('suggest')}?{urlencode({'q': words[0][:2]})}"
    yield _name_address()


def _name_address() -> str:
    """Returns the address of a query for a name: the first makes the tables of spellings and of the words of names."""
    return f"{reverse(SEARCH_PAGE)}?{urlencode({'q': ' OR '.join(f'{field}:a' for field in NAME_FIELDS)})}"


def _latest_section() -> Section | None:
    sections = shown_sections(timezone.now()).filter(current__isnull=False)
    return sections.select_related("article").order_by("-pk").first()


def _request(address: str) -> None:
    path, _, query = address.partition("?")
    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": host}
    setup_testing_defaults(environ)
    request = WSGIRequest(environ)
    request.user = _AnyReader()
    # What it imports for a page is imported at the first message otherwise.
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    default_storage(request)
    match = resolve(path)
    # The rest of the middleware is about who asks.
    HtmxMiddleware(lambda request: match.func(request, *match.args, **match.kwargs))(request)
