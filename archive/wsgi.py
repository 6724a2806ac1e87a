"""The WSGI application that the server runs."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import QueryDict
from django.utils.functional import cached_property

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "archive.settings")


class _Request(WSGIRequest):
    """A request whose address is read as UTF-8, whatever its header says of the body.

    Django decodes the parameters by the charset of the body, before anything could answer for one that cannot decode.
    """

    @cached_property
    def GET(self) -> QueryDict:  # type: ignore[override]  # noqa: N802  # the name is Django's
        return QueryDict(self.META.get("QUERY_STRING", "").encode("latin-1", "replace"))


class _Handler(WSGIHandler):
    request_class = _Request


django.setup(set_prefix=False)
_application = _Handler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers a request, whether or not the proxy has stripped the prefix of ARCHIVE_PREFIX from its path."""
    path, prefix = environ.get("PATH_INFO", ""), settings.URL_PREFIX
    if prefix and (path == prefix or path.startswith(f"{prefix}/")):
        environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
    return _application(environ, start_response)
