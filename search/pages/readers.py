"""Whether the reader of an answer has gone away: middleware that ends their queries, and a look for long downloads.

The settings name the middleware; views of downloads call `is_reader_gone`.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from ..engines import stop_when

# What the server puts into each request: a function that returns whether its connection is closed.
_IS_GONE_KEY = "waitress.client_disconnected"


def end_with_reader(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Ends a query soon after its connection is closed; other servers do not tell."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_gone = request.META.get(_IS_GONE_KEY)
        if is_gone is None:
            return get_response(request)
        with stop_when(is_gone):
            return get_response(request)

    return middleware


def is_reader_gone(request: HttpRequest) -> bool:
    """Whether the connection is closed that an answer is sent on; other servers do not tell."""
    return bool(request.META.get(_IS_GONE_KEY, bool)())
