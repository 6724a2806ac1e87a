"""Registers search with Django, and fills in what the record asks of it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.apps import AppConfig

P = ParamSpec("P")
R = TypeVar("R")


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from archive.search_port import Finder, SearchPortError, provide

        from . import index, results
        from .engines import EngineError
        from .query import QueryError

        def translated(function: Callable[P, R]) -> Callable[P, R]:
            """The same function with the errors that the record knows."""

            @wraps(function)
            def call(*args: P.args, **kwargs: P.kwargs) -> R:
                try:
                    return function(*args, **kwargs)
                except (EngineError, QueryError) as error:
                    raise SearchPortError(str(error)) from error

            return call

        provide(
            Finder(
                find=translated(results.find_articles),
                status=index.status,
                sync=translated(index.drain),
                rebuild=translated(index.rebuild),
            )
        )
