"""search/outputs/exports.py: cells that no spreadsheet holds, in the command and on the page."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from archive.models import Section
from archive.search_port import no_progress
from search.index import sync
from search.outputs.exports import MAX_CELL_CHARS, long_cells

pytestmark = pytest.mark.django_db

TEXTS = {
    "short": "A ferry.",
    "full": "ferry " + "x" * (MAX_CELL_CHARS - 6),
    "long": "ferry " + "x" * (MAX_CELL_CHARS - 5),
    # Two units each, so that half of the number is too many.
    "outside": "ferry " + "😀" * (MAX_CELL_CHARS // 2 - 2),
    # An apostrophe before the sign makes it one too long.
    "formula": "=ferry" + "x" * (MAX_CELL_CHARS - 6),
}


@pytest.fixture(autouse=True)
def archive(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    articles = [{"headline": name, "text": text, "kind": "article"} for name, text in TEXTS.items()]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest_file(tmp_path / "a.jsonl")
    sync.drain(no_progress)


@pytest.mark.parametrize(
    ("name", "columns"),
    [("short", ()), ("full", ()), ("long", ("text",)), ("outside", ("text",)), ("formula", ("text",))],
)
def test_a_cell_is_too_long_beyond_what_a_spreadsheet_holds(name: str, columns: tuple[str, ...]) -> None:
    assert long_cells(Section.objects.get(article__headline=name)) == columns


def test_command_warns_of_long_cells_and_writes_all_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "found.csv"
    call_command("export", "*", "-o", str(path))
    warning = capsys.readouterr().err
    assert "3 cells are longer than the 32,767 characters that a spreadsheet holds: section " in warning
    assert f"section {Section.objects.get(article__headline='outside').pk} (text)" in warning
    assert "--format jsonl" in warning
    csv.field_size_limit(1_000_000)
    with path.open(newline="") as file:
        written = {row["headline"]: row["text"] for row in csv.DictReader(file)}
    assert written == TEXTS | {"formula": "'" + TEXTS["formula"]}
    call_command("export", "headline:long")
    assert "1 cell is longer" in capsys.readouterr().err


@pytest.mark.parametrize(("q", "options"), [("headline:short", ()), ("*", ("--format", "jsonl"))])
def test_command_is_silent_where_all_fits(
    q: str, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export", q, *options)
    assert "longer" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?q=*", "3 sections have more text than a cell of a spreadsheet holds (32,767 characters)"),
        ("?q=headline:long", "1 section has more text"),
        ("?q=*&sort=oldest&not-kind=article", ""),
        ("?q=headline:full", ""),
    ],
)
def test_page_warns_beside_the_download(client: Client, query: str, message: str) -> None:
    page = client.get(f"/{query}").content.decode()
    assert message in page
    assert ("than a cell of a spreadsheet" in page) is bool(message)


def test_byte_order_mark_is_written_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options, mark in (((), b""), (("--bom",), b"\xef\xbb\xbf")):
        path = tmp_path / "found.csv"
        call_command("export", "headline:short", "-o", str(path), *options)
        assert path.read_bytes().startswith(mark + b"section,")
        call_command("export", "headline:short", *options)
        assert capsys.readouterr().out.startswith(mark.decode() + "section,")
    call_command("export", "zebra", "-o", str(path), "--bom")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfsection,")
    with pytest.raises(CommandError, match="JSON Lines has no byte order mark"):
        call_command("export", "*", "--format", "jsonl", "--bom")
