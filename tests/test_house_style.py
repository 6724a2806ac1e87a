"""House style that code can check: the size of modules and functions, and names that say nothing."""

import ast
from collections.abc import Iterator

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


@pytest.fixture(scope="module")
def modules() -> dict[str, ast.Module]:
    """The trees of all modules, by their paths. One test looks at all of them: it names each that breaks its rule."""
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


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


def test_modules_have_a_docstring(modules: dict[str, ast.Module]) -> None:
    without = [path for path, tree in modules.items() if not ast.get_docstring(tree)]
    assert [path for path in without if (ROOT / path).stat().st_size] == []


def test_modules_have_a_bounded_size() -> None:
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count > MAX_MODULE_LINES} == {}


def test_functions_have_a_bounded_size(modules: dict[str, ast.Module]) -> None:
    """A longer function says why in its docstring: (One function of 64 lines: the reason.)"""
    assert [
        f"{path}: {function.name}: {size} lines"
        for path, tree in modules.items()
        for function in functions_of(tree)
        if (size := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
        and f"(One function of {size} lines: " not in (ast.get_docstring(function, clean=False) or "")
    ] == []


def test_names_say_what_they_name(modules: dict[str, ast.Module]) -> None:
    vague = {
        path: {name.strip("_").lower() for name in names_bound_in(tree)} & VAGUE_NAMES - KEPT_NAMES.get(path, set())
        for path, tree in modules.items()
    }
    assert {path: names for path, names in vague.items() if names} == {}


def test_the_rules_look_at_the_code_that_is_there(modules: dict[str, ast.Module]) -> None:
    assert KEPT_NAMES.keys() < modules.keys()
    assert len(modules) > 300


def test_every_way_of_naming_is_seen() -> None:
    source = "class one: ...\ndef told(said): held = self.given = 1\nfor meant in x: ..."
    assert set(names_bound_in(ast.parse(source))) >= {"one", "told", "said", "held", "given", "meant"}
