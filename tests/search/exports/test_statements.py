"""Statements as rows: in tables and JSON with their columns, and readable in files to read."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from archive.curation import Terms
from archive.models import Article, Section, Statement, Verdict
from archive.operations import withdraw
from search.exports import DEFAULT_FIELDS, FORMATS
from tests.annotated import annotate

from .changing import split

pytestmark = pytest.mark.django_db

HALL = 'The bridge is reportedly shut, Andriy Yermak told Reuters.\n"=Open it in May," Andriy Yermak said.'
COURT = '"No bridge was shut," said Maria Braun, a judge in Kyiv.'
ADDRESS = "/export.{}?q=bridge&rows=statement"


@pytest.fixture
def bridges(begin_with: Callable[..., None]) -> None:
    begin_with(
        [
            {
                "headline": f"Bridge {number}",
                "text": text,
                "source": "Courier",
                "published": f"2025-06-0{number}T10:00Z",
            }
            for number, text in enumerate((HALL, COURT, "The bridge is old."), start=1)
        ]
    )
    annotate()


def fetch(client: Client, name: str, more: str = "") -> bytes:
    response: Any = client.get(ADDRESS.format(name) + more)
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def rows_of(client: Client, more: str = "") -> list[dict[str, Any]]:
    return [json.loads(line) for line in fetch(client, "jsonl", more).splitlines()]


def test_a_row_has_the_statement_and_where_it_is_from(client: Client, bridges: None) -> None:
    judge, first, second = rows_of(client)
    statement = Statement.objects.get(speaker__text="Maria Braun")
    assert tuple(judge) == DEFAULT_FIELDS["statement"]
    assert (judge["speaker"], judge["speaker_name"]) == ("Maria Braun, a judge in Kyiv", "Maria Braun")
    assert (judge["words"], judge["quoting"], judge["chain"]) == ('"No bridge was shut,"', "direct", "Maria Braun")
    assert (judge["rule"], judge["confidence"], judge["accepted"]) == (
        statement.rule.words,
        statement.confidence_percent,
        False,
    )
    assert (judge["headline"], judge["source"]) == ("Bridge 2", "Courier")
    assert judge["permalink"].endswith(f"/sections/{judge['section']}/?version=1")
    assert first["chain"] == "Reuters ← Andriy Yermak"
    assert first["hedges"] == ["reportedly"]
    assert second["words"] == '"=Open it in May,"'


def test_tables_have_the_same_rows(client: Client, bridges: None) -> None:
    expected = rows_of(client)
    lines = list(csv.DictReader(io.StringIO(fetch(client, "csv").decode("utf-8-sig"))))
    assert [line["words"] for line in lines] == [row["words"] for row in expected]
    sheet = load_workbook(io.BytesIO(fetch(client, "xlsx")))["Statements"]
    names, *cells = sheet.iter_rows(values_only=True)
    assert [dict(zip(names, row, strict=True))["chain"] for row in cells] == [row["chain"] for row in expected]
    whole = json.loads(fetch(client, "json"))
    assert whole["rows"] == expected
    assert (whole["export"]["unit"], whole["export"]["rows"]) == ("statement", 3)


@pytest.mark.parametrize("name", ["txt", "md", "html"])
def test_files_to_read_have_the_chain_the_words_and_the_rule(client: Client, bridges: None, name: str) -> None:
    text = " ".join(re.sub("</?mark>", "", fetch(client, name).decode()).split())
    for words in (
        "Reuters ← Andriy Yermak",
        "No bridge was shut",
        "hedged: reportedly",
        "found by rule: ",
        "3 statements",
    ):
        assert words in text
    assert "Bridge 3" not in text


def test_other_formats_say_that_they_have_no_statements(client: Client, bridges: None) -> None:
    for name, known in FORMATS.items():
        if not known.has_statements:
            response = client.get(ADDRESS.format(name))
            assert response.status_code == 400, name
            assert f"{known.label} has no statements".encode() in response.content
    page = client.get("/export/?q=bridge&rows=statement&format=ris")
    assert (page.status_code, b"RIS has no statements" in page.content) == (400, True)


def test_some_rows_and_some_columns(client: Client, bridges: None) -> None:
    assert [row["speaker_name"] for row in rows_of(client, "&first=2")] == ["Maria Braun", "Andriy Yermak"]
    assert [list(row) for row in rows_of(client, "&fields=words,text,topics&first=1")] == [["words", "text", "topics"]]
    assert (
        b"There is no field 'matches' of a statement" in client.get(ADDRESS.format("csv") + "&fields=matches").content
    )
    assert [row["headline"] for row in rows_of(client, "&sort=oldest")] == ["Bridge 1", "Bridge 1", "Bridge 2"]
    section = Section.objects.get(article__headline="Bridge 2").pk
    picked = rows_of(client, f"&pick=s{section},s999")
    assert [(row["words"], row["tombstone"]) for row in picked] == [
        ('"No bridge was shut,"', ""),
        (None, "Not in this result any more."),
    ]


def test_the_page_of_exports_counts_what_the_file_has(client: Client, bridges: None) -> None:
    page = client.get("/export/?q=bridge&rows=statement&format=csv").content.decode()
    assert "<strong>3 rows</strong>" in page
    assert 'value="statement" checked' in page
    results = client.get("/?q=bridge&show=statements").content.decode()
    assert "export.csv?q=bridge&amp;show=statements&amp;rows=statement" in results
    assert "export.ris" not in results


def test_what_may_not_be_shown_is_in_no_file(client: Client, bridges: None) -> None:
    Statement.objects.filter(hedges=["x"]).delete()
    Statement.objects.filter(speaker__text="Maria Braun").update(verdict=Verdict.REJECTED)
    assert len(rows_of(client)) == 2
    article = Article.objects.get(headline="Bridge 1")
    Article.objects.filter(pk=article.pk).update(status="canceled")
    assert [(row["words"], row["speaker"], row["tombstone"]) for row in rows_of(client)] == [
        (None, None, "Withdrawn by its outlet.")
    ] * 2
    for name in ("csv", "txt", "md", "html"):
        assert b"Yermak" not in fetch(client, name)
    withdraw([article], Terms("request"), user_name="editor")
    assert rows_of(client) == []


# --- what is marked ---


def marked_in(text: str) -> list[str]:
    return re.findall("<mark>(.*?)</mark>", text)


def write_html(client: Client, query: str) -> str:
    response: Any = client.get(f"/export.html?{query}")
    assert response.status_code == 200, response.content
    text = b"".join(response.streaming_content).decode()
    return text.partition('<main id="articles">')[2]


@pytest.fixture
def walls(begin_with: Callable[..., None]) -> None:
    text = (
        'A wall of stone fell on 3 June 2025.\n"The wall was old," said Maria Braun.\n"No wall fell," said Ivan Roth.'
    )
    begin_with([{"headline": "One wall", "text": text, "source": "Courier", "published": "2025-06-05T10:00Z"}])
    annotate()


@pytest.mark.parametrize(
    "choice", ["rows=section", "rows=article", "rows=section&text=passages", "rows=article&text=passages"]
)
@pytest.mark.parametrize(
    ("query", "marks"),
    [
        ("said(wall)", ["wall", "wall"]),
        ("said(wall speaker:Braun)", ["wall"]),
        ("said(fell) stone", ["stone", "fell"]),
        ("event:2025-06-03", ["3 June 2025"]),
        ("wall", ["wall", "wall", "wall", "wall"]),
    ],
)
def test_a_file_marks_what_the_pages_mark(
    client: Client, walls: None, query: str, marks: list[str], choice: str
) -> None:
    text = write_html(client, f"q={query}&{choice}")
    assert marked_in(text) == marks
    page = client.get(f"{Article.objects.get().get_absolute_url()}?q={query}").content.decode()
    assert re.findall("<mark[^>]*>(.*?)</mark>", page) == marks


def test_rows_of_statements_mark_what_their_speaker_said(client: Client, walls: None) -> None:
    text = write_html(client, "q=said(wall speaker:Braun)&rows=statement")
    assert [words for words in text.split("</section>") if "<mark>" in words] == [text.split("</section>")[0]]
    assert marked_in(text) == ["wall"]


def test_rows_of_statements_are_those_that_the_query_asks_for(client: Client, walls: None) -> None:
    asked = "q=said(wall NOT fell) speaker:Braun&rows=statement"
    response: Any = client.get(f"/export.html?{asked}")
    text = b"".join(response.streaming_content).decode()
    assert "1 statement, all; only those in which “wall AND NOT fell” is said, by “Braun”" in text
    assert "No wall fell" not in text
    divided = Article.objects.get().sections.get()
    split(divided, 2)
    first, second = Section.objects.order_by("pk")
    for query, words in (
        (asked, ['"The wall was old,"']),
        (f"q=said(wall)&rows=statement&pick=s{second.pk}", ['"No wall fell,"']),
        (f"q=said(old)&rows=statement&pick=s{first.pk}", ['"The wall was old,"']),
        ("q=said(wall)&sort=oldest&rows=statement&first=1", ['"The wall was old,"']),
        ("q=said(nothing)&rows=statement", []),
    ):
        response = client.get(f"/export.jsonl?{query}")
        rows = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
        assert [row["words"] for row in rows] == words, query


def test_rows_of_statements_mark_the_days_that_they_speak_of(client: Client, begin_with: Callable[..., None]) -> None:
    text = '"The court\u00a0 \topened on 3 June 2025,"\u2003said Maria Braun.'
    begin_with([{"headline": "Court", "text": text, "source": "Courier", "published": "2025-06-05T10:00Z"}])
    annotate()
    assert marked_in(write_html(client, "q=event:2025-06-03&rows=statement")) == ["3 June 2025"]
    assert marked_in(write_html(client, "q=event:2025-06-03 OR said(court)&rows=statement")) == [
        "court",
        "3 June 2025",
    ]


def test_a_section_that_curators_divided_has_its_own_marks(client: Client, walls: None) -> None:
    article = Article.objects.get()
    split(article.sections.get(), 2)
    first, second = (
        write_html(client, f"q=said(wall)&pick=s{section.pk}") for section in article.sections.order_by("pk")
    )
    assert (marked_in(first), marked_in(second)) == (["wall"], ["wall"])
    assert "said Maria Braun" in first
    assert "said Ivan Roth" in second
