"""The rules of which module may import which, checked by reading the code."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("archive", "search")

# Modules and packages that import no Django, themselves or through another.
PURE = (
    "archive.addresses",
    "archive.annotate",
    "archive.batches",
    "archive.byline_names",
    "archive.byline_words",
    "archive.bylines",
    "archive.entry_order",
    "archive.finding",
    "archive.hosts",
    "archive.items",
    "archive.likeness",
    "archive.page_addresses",
    "archive.presence",
    "archive.problem_kinds",
    "archive.shown_places",
    "archive.times",
    "archive.formats",
    "archive.reading",
    "search.fields",
    "search.text",
    "search.query",
    "search.engines",
)
# Modules that import none either, in packages of which other modules do.
PURE_BESIDE_OTHERS = (
    "archive.ingest.matching",
    "archive.ingest.shared_identities",
    "archive.ingest.stories",
    "search.results.highlight",
    "search.results.matches",
    "search.results.said",
    "search.results.word_index",
)

# From the bottom up: a package imports from those before it, and from no other.
SEARCH_LAYERS = (
    "fields",
    "text",
    "query",
    "engines",
    "index",
    "results",
    "annotations",
    "articles",
    "outputs",
    "exports",
    "pages",
)
FORMAT_LAYERS = ("input", "", "containers", "script_data", "web", "live", "agency", "feeds", "records")
# The library of the engine, and that of arrays, which measure words of whole texts in a millisecond.
LIBRARIES = {"whoosh": ("search.engines.whoosh",), "numpy": ("search.engines.whoosh", "archive.likeness.shingles")}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str, module: str, *, package: bool) -> set[str]:
    """Returns every name that a source imports, absolute; of `from a import b` both a and a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                parts = module.split(".")
                parts = parts[: len(parts) - node.level + package]
                origin = ".".join([*parts, origin] if origin else parts)
            found |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
    return found


def is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


PATHS = {module_name(path): path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))}
SOURCES = {module: path.read_text(encoding="utf-8") for module, path in PATHS.items()}


class _Imports(Mapping[str, set[str]]):
    """What each module imports, read when it is asked for: only some of the processes that collect tests run these."""

    def __init__(self) -> None:
        self._read: dict[str, set[str]] = {}

    def __getitem__(self, module: str) -> set[str]:
        if module not in self._read:
            is_package = PATHS[module].name == "__init__.py"
            self._read[module] = imports_of(SOURCES[module], module, package=is_package)
        return self._read[module]

    def __iter__(self) -> Iterator[str]:
        return iter(SOURCES)

    def __len__(self) -> int:
        return len(SOURCES)

    def __contains__(self, module: object) -> bool:
        return module in SOURCES


IMPORTS = _Imports()
SCRIPTS = {"manage.py": (ROOT / "manage.py").read_text(encoding="utf-8")}


def importers_of(package: str) -> set[str]:
    return {module for module, names in IMPORTS.items() if any(is_in(name, package) for name in names)}


def reached_from(module: str, *, with_packages: bool = True) -> Iterator[str]:
    """Yields the project's modules that importing a module runs, itself included.

    Without packages, what the packages around them import besides is left out.
    """
    waiting, seen = [module], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in IMPORTS:
            continue
        seen.add(name)
        yield name
        around = [name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)] if with_packages else []
        waiting += [*IMPORTS[name], *around]


# Packages that are entered through their face alone.
FACES = tuple(
    sorted(
        module
        for module, path in PATHS.items()
        if path.name == "__init__.py" and "__all__" in SOURCES[module] and module != "archive.models"
    )
)


def direct_imports(module: str) -> set[str]:
    """Returns the project's modules that a module names in its imports; of `from a import b` the deepest of both."""
    named = {name for name in IMPORTS[module] if name in IMPORTS and name != module}
    return {name for name in named if not any(is_in(other, name) and other != name for other in named)}


@pytest.mark.parametrize(
    ("source", "module", "package", "expected"),
    [
        ("import a.b as c", "archive.x", False, {"a.b"}),
        ("from a import b", "archive.x", False, {"a", "a.b"}),
        ("from . import b", "search.x", False, {"search", "search.b"}),
        ("from .b import c", "search.x.y", False, {"search.x.b", "search.x.b.c"}),
        ("from .b import c", "search.x", True, {"search.x.b", "search.x.b.c"}),
        ("from ..b import c", "search.x", True, {"search.b", "search.b.c"}),
        ("from ... import b", "search.engines.whoosh.x", False, {"search", "search.b"}),
        ("def f():\n    import a", "archive.x", False, {"a"}),
        ("if x:\n    from a import b", "archive.x", False, {"a", "a.b"}),
        ("'import a'", "archive.x", False, set()),
    ],
)
def test_every_form_of_import_is_seen(source: str, module: str, package: bool, expected: set[str]) -> None:
    assert imports_of(source, module, package=package) == expected


def test_the_rules_look_at_the_code_that_is_there() -> None:
    assert set(PURE) <= set(IMPORTS)
    assert set(PURE_BESIDE_OTHERS) <= set(IMPORTS)
    assert {"archive.formats.text", "search.engines.whoosh.engine", "search.urls"} <= set(IMPORTS)
    assert {f"search.{layer}" for layer in SEARCH_LAYERS} <= set(IMPORTS)
    assert {"search.text", "search.engines", "archive.formats.live", "archive.ingest"} <= set(FACES)
    assert "archive.times" in set(reached_from("archive.formats.records.jsonl"))
    assert "archive.apps" in importers_of("django")


def test_no_import_goes_round_in_a_circle() -> None:
    graph = {module: direct_imports(module) for module in IMPORTS}
    # What imports nothing that is left is no part of a circle; what remains at the end is one.
    while free := {module for module, names in graph.items() if not names & graph.keys()}:
        graph = {module: names for module, names in graph.items() if module not in free}
    assert graph == {}


@pytest.mark.parametrize("face", FACES)
def test_a_package_is_entered_through_its_face_alone(face: str) -> None:
    strangers = {
        f"{module} imports {name}"
        for module in IMPORTS
        if not is_in(module, face)
        for name in direct_imports(module)
        if is_in(name, face) and name not in FACES and name.rpartition(".")[2] not in public_names(face)
    }
    assert strangers == set()


def public_names(face: str) -> set[str]:
    """Returns the names in `__all__` of a package."""
    for node in ast.parse(SOURCES[face]).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


@pytest.mark.parametrize(
    ("package", "layers"), [("search", SEARCH_LAYERS), ("archive.formats", FORMAT_LAYERS)], ids=["search", "formats"]
)
def test_imports_go_down_the_layers(package: str, layers: tuple[str, ...]) -> None:
    def layer(module: str) -> str:
        parts = module.removeprefix(package).strip(".").split(".")
        return parts[0] if parts[0] in layers else ""

    upward = {
        f"{module} imports {name}"
        for module in IMPORTS
        if is_in(module, package) and layer(module) in layers and layer(module)
        for name in direct_imports(module)
        if is_in(name, package) and layer(name) in layers
        if layers.index(layer(name)) > layers.index(layer(module))
    }
    assert upward == set()


def test_the_archive_never_imports_search() -> None:
    assert {module for module in importers_of("search") if is_in(module, "archive")} == set()


def test_only_urls_and_settings_of_the_archive_name_search_modules() -> None:
    named = {
        module
        for module, source in SOURCES.items()
        if is_in(module, "archive")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value in IMPORTS and node.value.startswith("search.")
    }
    assert named <= {"archive.urls", "archive.settings"}
    assert "archive.urls" in named


@pytest.mark.parametrize("module", sorted(name for name in IMPORTS if any(is_in(name, pure) for pure in PURE)))
def test_pure_modules_import_no_django_even_through_others(module: str) -> None:
    with_django = {name for name in reached_from(module) if any(is_in(used, "django") for used in IMPORTS[name])}
    assert with_django == set()


@pytest.mark.parametrize("module", PURE_BESIDE_OTHERS)
def test_pure_modules_in_other_packages_import_no_django(module: str) -> None:
    reached = set(reached_from(module, with_packages=False)) - set(FACES)
    assert {name for name in reached if any(is_in(used, "django") for used in IMPORTS[name])} == set()


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_are_imported_where_they_are_needed_alone(library: str) -> None:
    importers = importers_of(library)
    places = LIBRARIES[library]
    assert {place for place in places if any(is_in(module, place) for module in importers)} == set(places)
    assert {module for module in importers if not any(is_in(module, place) for place in places)} == set()


def test_nothing_imports_the_views_but_the_addresses_and_the_port_of_the_archive() -> None:
    outside = {module for module in importers_of("search.pages") if not is_in(module, "search.pages")}
    assert outside == {"search.urls", "search.apps"}


def environment_uses(source: str) -> list[str]:
    """Returns how a source touches the environment: the method of os.environ, or the name itself."""
    tree = ast.parse(source)
    methods = {
        id(node.value): node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)
    }
    used = [
        methods.get(id(node), node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "putenv")
    ]
    imported = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "os"
        for alias in node.names
        if alias.name in ("environ", "environb", "getenv", "putenv")
    ]
    return used + imported


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os\nos.environ.setdefault('A', 'b')", ["setdefault"]),
        ("import os\nos.environ['A']", ["environ"]),
        ("import os\nos.getenv('A')", ["getenv"]),
        ("from os import environ", ["environ"]),
        ("import os\nos.path.join('environ')", []),
    ],
)
def test_every_touch_of_the_environment_is_seen(source: str, expected: list[str]) -> None:
    assert environment_uses(source) == expected


def test_the_settings_alone_read_the_environment() -> None:
    uses = {name: environment_uses(source) for name, source in (SOURCES | SCRIPTS).items()}
    assert uses.pop("archive.settings")
    assert uses.pop("manage.py") == ["setdefault"]
    assert uses.pop("archive.wsgi") == ["setdefault"]
    assert {name: touched for name, touched in uses.items() if touched} == {}
