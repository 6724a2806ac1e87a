"""Registers search with Django, and provides what the archive needs from it through `archive.search_port`."""

from collections.abc import Callable
from functools import partial, wraps
from typing import ParamSpec, TypeVar

from django.apps import AppConfig
from django.http import HttpRequest

from .errors import SearchError

P = ParamSpec("P")
R = TypeVar("R")


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        # Models can be imported only once the apps are loaded.
        from archive.search_port import SearchPort, register_search_port

        from . import index, results, warming
        from .text import compare_paragraphs

        register_search_port(
            SearchPort(
                find=_with_port_errors(results.find_articles),
                find_sections=_with_port_errors(results.find_sections),
                find_statements=_with_port_errors(results.find_statements),
                find_result=_find_result,
                status=index.status,
                sync=_with_port_errors(index.drain),
                catch_up=_with_port_errors(partial(index.drain, wait_seconds=index.LONG_WAIT_SECONDS)),
                preview=_preview_section,
                rebuild=_with_port_errors(index.rebuild),
                verify=_with_port_errors(lambda progress: index.verify(progress).clean),
                compare_words=compare_paragraphs,
                warm_up=lambda to_fork: warming.warm_up(to_fork=to_fork),
            )
        )


def _find_result(querystring: str) -> tuple[list[int], str]:
    # It imports all formats of exports.
    from .exports import find_result_articles

    return _with_port_errors(find_result_articles)(querystring)


def _preview_section(request: HttpRequest, pk: int) -> str:
    # The views, which import all of search.
    from .pages.sections import preview_section

    return preview_section(request, pk)


def _with_port_errors(function: Callable[P, R]) -> Callable[P, R]:
    """Returns the same function with the errors that the archive knows."""
    from archive.search_port import SearchPortError

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except SearchError as error:
            raise SearchPortError(str(error)) from error

    return call
