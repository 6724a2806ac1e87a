"""search/exports: cells that no spreadsheet holds, in the command and on the page."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from archive.models import Section
from archive.search_port import no_progress
from search.exports import FORMATS, MAX_CELL_CHARS, Export, ExportOptions, contract, make_export
from search.index import sync
from search.results import Question

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
def archive(begin_with: Callable[..., None]) -> None:
    articles = [{"headline": name, "text": text, "kind": "article"} for name, text in TEXTS.items()]
    begin_with(articles)


def find(kind: str, q: str, *, site_url: str = "", sort: Any = "", **options: Any) -> Export:
    question = Question(q=q, sort=sort)
    return make_export(FORMATS[kind], question, ExportOptions(**options), site_url=site_url, now=timezone.now())


@pytest.mark.parametrize(
    ("name", "columns"),
    [("short", ()), ("full", ()), ("long", ("text",)), ("outside", ("text",)), ("formula", ("text",))],
)
def test_a_cell_is_too_long_beyond_what_a_spreadsheet_holds(name: str, columns: tuple[str, ...]) -> None:
    found = []
    export = replace(find("csv", f"headline:{name}"), warn_of_long=lambda row, column: found.append((row, column)))
    assert b"".join(export.write()).count(b"\r\n") == 2
    number = Section.objects.get(article__headline=name).pk
    assert [(row.sections[0].section_id, column) for row, column in found] == [(number, column) for column in columns]


def test_command_warns_of_long_cells_and_writes_all_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "found.csv"
    call_command("export", "*", "-o", str(path))
    warning = capsys.readouterr().err
    assert "3 cells are longer than the 32,767 characters that a spreadsheet holds: section " in warning
    assert f"section {Section.objects.get(article__headline='outside').pk} (text)" in warning
    assert "or export JSON Lines." in warning
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


@pytest.fixture
def varied(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    """Articles whose sections have times, bylines and notes of their own, or those of the article."""
    times = ("2024-08-02T10:00:00+01:00", "2024-08", "")
    articles = [
        {
            "headline": f'Storm {number}, "live"',
            "kind": "live",
            "source": f"Outlet {number % 2}",
            "published": "2024-08-01",
            "updated": "2024-08-03T09:00:00Z",
            "byline": "A. Writer",
            "topics": ["Weather", "Coast", "@sea"][: number % 4],
            "sections": [
                {
                    "id": str(entry),
                    "text": f"=entry {entry}\nof a “storm”\\ \u2028 \x7f",
                    "published": times[entry % 3],
                    "byline": "B. Writer" if entry % 2 else "",
                }
                for entry in range(5)
            ],
        }
        for number in range(6)
    ]
    (tmp_path / "varied.jsonl").write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest_file(tmp_path / "varied.jsonl")
    sync.drain(no_progress)


def test_rows_have_what_the_records_say(varied: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # The sections of an article are in different chunks, and the articles of a chunk take turns.
    monkeypatch.setattr(contract, "CHUNK_SECTIONS", 4)
    text = b"".join(find("jsonl", "storm", sort="newest", site_url="https://a.example").write()).decode()
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) == 30
    for line in lines:
        row = json.loads(line)
        assert json.dumps(row, ensure_ascii=False) == line
        section = Section.objects.get(pk=row["section"])
        version, article = section.current, section.article
        assert version
        assert (row["article"], row["headline"], row["text"]) == (article.pk, article.headline, version.text)
        assert row["topics"] == sorted(article.topics.values_list("name", flat=True))
        assert (row["source"], row["byline"]) == (article.source.name, section.full_byline)
        time, change = section.time, section.last_change
        assert (row["published"], row["published_precision"], row["published_day"]) == (
            (time.iso, time.precision, time.day) if time else (None, "", None)
        )
        assert row["updated"] == (change.iso if change else None)
        assert row["permalink"] == f"https://a.example{version.get_absolute_url()}"
        assert row["capture_sha256"] == version.capture.sha256


def test_rows_of_csv_have_the_values_of_json(varied: None) -> None:
    def text(kind: str) -> str:
        return b"".join(find(kind, "storm").write()).decode()

    rows = list(csv.DictReader(io.StringIO(text("csv"), newline="")))
    for row, line in zip(rows, text("jsonl").removesuffix("\n").split("\n"), strict=True):
        values = json.loads(line)
        assert row["text"] == "'" + values["text"]
        assert row["topics"].removeprefix("'") == "; ".join(values["topics"])
        assert row["headline"] == values["headline"]
        assert row["gone"] == "no"


def test_queries_of_an_export_do_not_grow_with_the_articles_of_a_chunk(
    varied: None, django_assert_max_num_queries: Any
) -> None:
    # Ten for the chunk, three for the index, one for its table of spellings.
    with django_assert_max_num_queries(14):
        assert len(list(find("jsonl", "storm").rows())) == 30


def test_download_is_sent_in_pieces_of_several_lines(varied: None, client: Client) -> None:
    response: Any = client.get("/export.csv?q=storm")
    assert response.streaming
    pieces = list(response.streaming_content)
    # The names of the columns, which come at once, and all lines.
    assert [piece.count(b"\r\n") for piece in pieces] == [1, 30]
    assert b"".join(pieces).decode().startswith("\ufeffsection,article,")
