"""House style that code can check: the size of modules and functions, and names that say nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

MAX_MODULE_LINES = 450
MAX_FUNCTION_LINES = 60
# Words of a private English that once stood for things: say stored, reported, current, value, or name the thing.
VAGUE_NAMES = frozenset("asked given held meant one ones said standing told whose".split())
# `Moment.given` is a column of the record and a key of the JSON that commands print.
KEPT_NAMES = {"archive/times.py": {"given"}}

MODULES = sorted(
    path
    for folder in ("archive", "search")
    for path in (ROOT / folder).rglob("*.py")
    if path.parent.name != "migrations"
)
every_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())


def functions_of(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def names_bound_in(tree: ast.AST) -> Iterator[str]:
    """Yields the names that a module gives: to arguments, variables, attributes, functions and classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


@every_module
def test_modules_have_a_docstring_and_a_bounded_size(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MAX_MODULE_LINES
    assert not source or ast.get_docstring(ast.parse(source))


@every_module
def test_functions_have_a_bounded_size(path: Path) -> None:
    """A longer function says why in its docstring: (One function of 64 lines: the reason.)"""
    functions = functions_of(ast.parse(path.read_text(encoding="utf-8")))
    sizes = {function: (function.end_lineno or 0) - function.lineno + 1 for function in functions}
    assert [
        f"{function.name}: {size} lines"
        for function, size in sizes.items()
        if size > MAX_FUNCTION_LINES
        and f"(One function of {size} lines: " not in (ast.get_docstring(function, clean=False) or "")
    ] == []


@every_module
def test_names_say_what_they_name(path: Path) -> None:
    names = {name.strip("_").lower() for name in names_bound_in(ast.parse(path.read_text(encoding="utf-8")))}
    kept = KEPT_NAMES.get(path.relative_to(ROOT).as_posix(), set())
    assert names & VAGUE_NAMES - kept == set()


def test_every_way_of_naming_is_seen() -> None:
    source = "class one: ...\ndef told(said): held = self.given = 1\nfor meant in x: ..."
    assert set(names_bound_in(ast.parse(source))) >= {"one", "told", "said", "held", "given", "meant"}
