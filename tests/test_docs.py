"""README.md and docs/: every table mirrors its table in the code, and every link, command and path leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandParser

from archive.formats import CONTAINERS, FORMATS
from archive.formats.records.jsonl import SCHEMA
from archive.ingest import OPTIONS
from archive.roles import ROLES
from archive.settings import SETTINGS
from search.exports import COLUMNS
from search.exports import FORMATS as EXPORT_FORMATS
from search.fields import FIELDS
from search.outputs.citations import CITATIONS
from search.query.guide import KEYBOARD_SHORTCUTS, SPELLINGS, SYNTAX
from tests.bench.__main__ import BENCHES
from tests.paths import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
MAX_README_LINES = 100

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def table_rows(page: str, heading: str, *, number: int = 0) -> list[list[str]]:
    """Returns the cells of a table under a heading, without its head; tables count from 0."""
    text = (DOCS / page).read_text(encoding="utf-8")
    section = re.split(r"^#+ ", text.split(f"# {heading}\n", 1)[1], flags=re.MULTILINE)[0]
    table = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)[number]
    rows = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in table.splitlines()[2:]]
    return [[cell.strip() for cell in row] for row in rows]


def code_in(text: str) -> list[str]:
    """Returns what stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def names_in(rows: list[list[str]], column: int = 0) -> list[str]:
    return [name for row in rows for name in code_in(row[column])]


# --- tables ---


def test_every_setting_is_listed_with_its_default() -> None:
    rows = table_rows("settings.md", "Settings")
    assert list(zip(names_in(rows), names_in(rows, 1), strict=True)) == [(row.name, row.default) for row in SETTINGS]


def test_the_guide_to_the_query_language_is_that_of_the_help_page() -> None:
    assert table_rows("query-language.md", "Operators") == [[row.written, row.meaning] for row in SYNTAX]


def test_the_spellings_that_find_each_other_are_those_of_the_help_page() -> None:
    assert table_rows("query-language.md", "Spellings") == [[row.written, row.meaning] for row in SPELLINGS]


def test_every_field_of_the_query_language_is_listed_with_its_meaning_and_aliases() -> None:
    rows = [
        (*code_in(name), meaning, code_in(also)) for name, meaning, also in table_rows("query-language.md", "Fields")
    ]
    assert rows == [(field.name, field.meaning, list(field.aliases)) for field in FIELDS]


def test_every_key_of_the_pages_is_listed() -> None:
    rows = [(*code_in(key), meaning) for key, meaning in table_rows("searching.md", "The search box")]
    assert rows == list(KEYBOARD_SHORTCUTS)


def test_every_option_of_ingest_is_listed() -> None:
    assert names_in(table_rows("formats.md", "Options")) == [f"--{option.name}" for option in OPTIONS]


def test_every_format_and_container_is_listed() -> None:
    assert names_in(table_rows("formats.md", "Formats")) == [known.name for known in (*FORMATS, *CONTAINERS)]


def test_every_key_of_the_json_formats_is_listed() -> None:
    assert names_in(table_rows("formats.md", "JSON keys")) == list(SCHEMA)


def test_every_format_of_an_export_is_listed() -> None:
    rows = [(*code_in(name), label) for label, name in table_rows("exports-and-citing.md", "Exports")]
    assert rows == [(name, export.label) for name, export in EXPORT_FORMATS.items()]


def test_every_column_of_an_export_is_listed() -> None:
    assert names_in(table_rows("exports-and-citing.md", "Exports", number=1)) == [column.name for column in COLUMNS]


def test_every_form_of_citation_is_listed() -> None:
    assert table_rows("exports-and-citing.md", "Citing") == [[form.label, form.note] for form in CITATIONS.values()]


@pytest.mark.parametrize(("page", "heading"), [("../README.md", "Roles"), ("curating.md", "Users and roles")])
def test_every_role_is_listed_with_all_that_it_may_do(page: str, heading: str) -> None:
    rows = [[role.name, "; ".join(ability.words for ability in role.abilities)] for role in ROLES]
    assert table_rows(page, heading) == rows


def test_every_measurement_is_listed() -> None:
    rows = table_rows("performance.md", "The measurements")
    assert sorted(name.split()[0] for name in names_in(rows)) == sorted(BENCHES)


# --- links ---


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= MAX_README_LINES


def test_readme_links_to_every_page() -> None:
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert linked == {page.name for page in PAGES[1:]}


def anchors_of(page: Path) -> set[str]:
    """Returns the fragments of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_links_and_pictures_resolve(page: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = page.parent / path if path else page
        if not target.is_file() or (fragment and fragment not in anchors_of(target)):
            broken.append(link)
    assert broken == []


@every_page
def test_paths_of_the_project_exist(page: Path) -> None:
    named = re.findall(r"`((?:archive|search|tests|docs|seeds|templates)/[\w/.-]*)`", page.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


# --- commands ---


def code_of(page: Path) -> Iterator[str]:
    """Yields each code span, and each line of the code blocks with the lines that continue it."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"(?:^    .+\n)+", text, re.MULTILINE):
        yield from re.split(r"\n(?! {6})", block.strip("\n"))
    yield from code_in(re.sub(r"^    .+$", "", text, flags=re.MULTILINE))


def test_code_of_a_page_joins_continued_lines(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("A `span`.\n\n    first --a\n      --b\n    second\n", encoding="utf-8")
    assert list(code_of(page)) == ["    first --a\n      --b", "    second", "span"]


def parser_of(command: str) -> CommandParser:
    app = get_commands()[command]
    loaded = load_command_class(app, command) if isinstance(app, str) else app
    return loaded.create_parser("manage.py", command)


def words_known_to(parser: CommandParser) -> tuple[set[str], set[str]]:
    """Returns a parser's options and its subcommands, the options of the latter included."""
    options: set[str] = set()
    subcommands: set[str] = set()
    for action in parser._actions:
        options.update(action.option_strings)
        if isinstance(action.choices, dict) and not action.option_strings:
            for name, subparser in action.choices.items():
                subcommands.add(name)
                options |= words_known_to(subparser)[0]
    return options, subcommands


@every_page
def test_commands_of_manage_exist_with_their_options(page: Path) -> None:
    unknown = []
    for code in code_of(page):
        calls = re.findall(r"manage\.py ([a-z_-]+)([^#]*)", code)
        calls += [("start", f" {arguments}") for arguments in re.findall(r'make run ARGS="([^"]*)"', code)]
        for command, rest in calls:
            if command not in get_commands():
                unknown.append(command)
                continue
            options, subcommands = words_known_to(parser_of(command))
            unknown += [option for option in re.findall(r"(?<!\S)\[?(--?[a-z][\w-]*)", rest) if option not in options]
            if subcommands and (argument := re.match(r" ([a-z|]+)", rest)):
                unknown += [name for name in argument[1].split("|") if name not in subcommands]
    assert unknown == []


@every_page
def test_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {name for code in code_of(page) for name in re.findall(r"\bmake (?:[A-Z]+=\S+ )*([a-z]+)", code)}
    assert named <= targets


@every_page
def test_measurements_exist(page: Path) -> None:
    named = {name for code in code_of(page) for name in re.findall(r'make bench ARGS="([a-z]+)', code)}
    assert named <= set(BENCHES)
