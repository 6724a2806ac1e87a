"""The exceptions of each app form one tree, and the docstring of its module draws it."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import archive
import search
from archive import errors as archive_errors
from archive.errors import ArchiveError
from search import errors as search_errors
from search.errors import SearchError

TREES = {"archive": (archive, ArchiveError, archive_errors), "search": (search, SearchError, search_errors)}


def public_exceptions(app: str) -> Iterator[type[Exception]]:
    """Yields the exceptions without an underscore that the modules of an app define."""
    for module in pkgutil.walk_packages(TREES[app][0].__path__, app + "."):
        if "migrations" in module.name or module.name.startswith(("archive.wsgi", "archive.serving")):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            is_exception = isinstance(value, type) and issubclass(value, Exception)
            if is_exception and value.__module__ == module.name and not value.__name__.startswith("_"):
                yield value


@pytest.mark.parametrize("app", TREES)
def test_every_public_exception_is_in_the_tree_of_its_app(app: str) -> None:
    found = list(public_exceptions(app))
    assert found
    assert [error.__name__ for error in found if not issubclass(error, TREES[app][1])] == []


@pytest.mark.parametrize("app", TREES)
def test_the_docstring_draws_the_tree(app: str) -> None:
    _, _, module = TREES[app]
    drawn = {word for line in (module.__doc__ or "").splitlines() if (word := _drawn(line))}
    assert drawn == {error.__name__ for error in public_exceptions(app)}


def _drawn(line: str) -> str:
    words = line.strip("│├└─ ").split()
    return words[0] if words and words[0].endswith("Error") and line.startswith("    ") else ""
