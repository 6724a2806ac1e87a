"""How the views of this package answer: a page or its htmx part, a download, an error. Imported by them alone."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest as DjangoHttpRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import escape
from django_htmx.middleware import HtmxDetails

from archive.errors import without_commands

from ..engines import EngineError, OverloadedError, QueryLimitError
from ..exports import to_ascii
from ..query import QueryError
from ..results import Question


class HttpRequest(DjangoHttpRequest):
    """A request after the middleware of django-htmx."""

    htmx: HtmxDetails


def site_url(request: DjangoHttpRequest) -> str:
    """Returns scheme and host of the site, without a slash at the end."""
    return request.build_absolute_uri("/").rstrip("/")


def link_topics(names: Iterable[str]) -> list[tuple[str, Question]]:
    """Returns topics, each with the question that finds what is filed under it."""
    return [(name, Question().toggle_value("topic", name)) for name in names]


def render_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Renders a page, or for htmx only its title and the content of its main element."""
    frame = "_part.html" if request.htmx else "base.html"
    response = render(request, template, context | {"frame": frame})
    # Both have the same URL; without this header a cache could serve the part as the page.
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_error_page(
    request: HttpRequest, template: str, context: dict[str, Any], error: QueryError | EngineError
) -> HttpResponse:
    """Renders a page that reports an error and is still usable; `context` has the question."""
    if isinstance(error, QueryError):
        q = context["question"].q
        before, after = q[: error.position], q[error.position :]
        context |= {"error": error, "error_before": before, "error_after": after}
    elif isinstance(error, QueryLimitError):
        context |= {"limit_error": error}
    elif isinstance(error, OverloadedError):
        context |= {"overload_error": error}
    else:
        context |= {"engine_error": without_commands(str(error))}
    return _mark_failed(render_page(request, template, context), error)


def prefers_page(request: DjangoHttpRequest) -> bool:
    """Whether a request is that of a browser, which shows a page; a program without wishes reads a line of text."""
    return request.get_preferred_type(["text/plain", "text/html"]) == "text/html"


def text_error(error: QueryError | EngineError) -> HttpResponse:
    """Returns an error as a line of text, for feeds and downloads."""
    return _mark_failed(
        HttpResponse(f"{without_commands(str(error))}\n", content_type="text/plain; charset=utf-8"), error
    )


def part_error(error: QueryError | EngineError) -> HttpResponse:
    """Returns an error as a part of a page, for htmx."""
    return _mark_failed(HttpResponse(escape(without_commands(str(error)))), error)


def _mark_failed(response: HttpResponse, error: QueryError | EngineError) -> HttpResponse:
    """Sets the status: 400 for a query that must be corrected, and 503 for an index that cannot answer, or not now."""
    response.status_code = 400 if isinstance(error, QueryError | QueryLimitError) else 503
    if isinstance(error, OverloadedError):
        response.headers["Retry-After"] = str(error.retry_seconds)
    return response


def download(content: str, *, media_type: str, filename: str) -> HttpResponse:
    """Returns a text for download."""
    response = HttpResponse(content, content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = attachment(filename)
    return response


def attachment(filename: str) -> str:
    """Returns the header of a download (RFC 6266); a name in another script is written in ASCII, too.

    The name has no quotation mark, backslash or control character.
    """
    plain = to_ascii(filename)
    header = f'attachment; filename="{plain}"'
    return header if plain == filename else f"{header}; filename*=UTF-8''{quote(filename, safe='')}"
