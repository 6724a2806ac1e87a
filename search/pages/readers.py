"""Middleware that ends the queries of readers who have gone away. The settings name it."""

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
