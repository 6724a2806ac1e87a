"""The statements of a result: all of them, counted exactly, in order of time or by speaker."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from archive.curation import Terms
from archive.models import Article, Name, Section, Statement, Verdict, record_changes
from archive.operations import SPLIT, operation, record_split, withdraw
from archive.search_port import no_progress
from search.annotations import find_statements
from search.index import sync
from search.results import Question
from tests.annotated import annotate
from tests.conftest import BuildOnce

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)

HALL = (
    "The bridge over the Dnipro is shut, Andriy Yermak told Reuters on Monday.\n"
    '"We will open it in May," Andriy Yermak said.'
)
COURT = '"No bridge was shut," said Maria Braun, a judge in Kyiv.\nThe court is open.'
PORT = "Nothing was said about the bridge in the port."


@pytest.fixture
def bridges(begin_with: Callable[..., None], build_once: BuildOnce) -> None:
    """Three articles about a bridge, two of them with statements."""
    begin_with(
        [
            {
                "headline": f"Bridge {number}",
                "text": text,
                "source": "Courier",
                "published": f"2025-06-0{number}T10:00Z",
            }
            for number, text in enumerate((HALL, COURT, PORT), start=1)
        ]
    )
    annotate()


def index_again() -> None:
    """Follows what a test changed in the record, as an operation would."""
    record_changes(Article.objects.values_list("pk", flat=True))
    sync.drain(no_progress)


def titles(client: Client, parameters: str) -> str:
    page = client.get(f"/{parameters}").content.decode()
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page)
    assert found
    return found[1]


def words(question: Question) -> list[tuple[str, str]]:
    page = find_statements(question, now=NOW)
    return [(row.statement.line, row.statement.words) for row in page.rows]


def test_all_statements_of_a_result_are_listed_and_counted(client: Client, bridges: None) -> None:
    assert Statement.objects.count() == 3
    assert titles(client, "?q=bridge&show=statements") == "3 statements (2 sections)"
    assert titles(client, "?q=judge&show=statements") == "1 statement (1 section)"
    assert titles(client, "?q=port&show=statements") == "No statements"
    page = client.get("/?q=bridge&show=statements").content.decode()
    assert page.count('<li class="hit"') == 3
    assert 'aria-current="page">Statements</a>' in page


@pytest.mark.parametrize(
    ("parameters", "title", "note"),
    [
        ("q=bridge", "3 statements (2 sections)", ""),
        ("q=said(bridge)", "2 statements (2 sections)", "in which <code><bdi>bridge</bdi></code> is said"),
        ("q=said(May)", "1 statement (1 section)", "in which <code><bdi>May</bdi></code> is said"),
        ("q=bridge+NOT+said(judge)", "3 statements (2 sections)", ""),
        ("q=bridge+speaker:Braun", "1 statement (1 section)", "by <code><bdi>Braun</bdi></code>"),
        ("q=bridge&via=Reuters", "1 statement (1 section)", "through <code><bdi>Reuters</bdi></code>"),
        (
            "q=said(bridge)&speaker=Andriy+Yermak&speaker=Maria+Braun",
            "2 statements (2 sections)",
            "in which <code><bdi>bridge</bdi></code> is said, by <code><bdi>Andriy Yermak or Maria Braun</bdi></code>",
        ),
        (
            "q=said(May)+OR+via:Reuters",
            "2 statements (1 section)",
            "that <code><bdi>said(May OR via:Reuters)</bdi></code> finds",
        ),
        ("q=said(May)+via:Reuters", "No statements", "in which <code><bdi>May</bdi></code> is said, through"),
    ],
)
def test_what_is_condition_of_statements_lists_these_alone_and_the_page_says_so(
    client: Client, bridges: None, parameters: str, title: str, note: str
) -> None:
    for show in ("statements", "speakers"):
        page = client.get(f"/?{parameters}&show={show}").content.decode()
        found = re.search(r"<h1[^>]*>(.*?)</h1>", page)
        assert found
        assert re.sub(r", \d+ speakers?", "", found[1]) == title
        assert page.count('<li class="hit"') == int(title.split()[0].replace("No", "0"))
        notes = [text for text in re.findall(r'<p class="note">(.*?)</p>', page) if text.startswith("Listed: ")]
        assert len(notes) == bool(note)
        assert note in "".join(notes)
        assert ("These sections have no such statement." in page) == (title == "No statements")
    exported = client.get(f"/export.jsonl?{parameters}&rows=statement")
    lines = b"".join(exported.streaming_content).splitlines()  # type: ignore[attr-defined]
    assert len(lines) == int(title.split()[0].replace("No", "0"))


def test_words_of_what_is_asked_are_escaped(client: Client, bridges: None) -> None:
    page = client.get("/?q=said(%22%3Ci%3Ebridge%22+OR+bridge)&show=statements").content.decode()
    assert "<i>bridge" not in page
    assert "Listed: only statements" in page


def test_days_that_a_statement_speaks_of_are_marked(client: Client, bridges: None) -> None:
    for query, marks in (
        ("event:2026-05", ["May"]),
        ("event:2026-05+open", ["open", "May"]),
        ("open+OR+event:1901", ["open"]),
    ):
        page = client.get(f"/?q={query}&show=statements").content.decode()
        rows = "".join(re.findall(r'<h2 dir="auto".*?</h2>', page))
        assert re.findall("<mark[^>]*>(.*?)</mark>", rows) == marks, query


def test_they_are_in_order_of_time(bridges: None) -> None:
    newest = words(Question("bridge", show="statements"))
    assert [line for line, _ in newest] == ["Maria Braun", "Reuters ← Andriy Yermak", "Andriy Yermak"]
    oldest = words(Question("bridge", show="statements", sort="oldest"))
    assert [line for line, _ in oldest] == ["Reuters ← Andriy Yermak", "Andriy Yermak", "Maria Braun"]


def test_pages_hold_each_statement_once(bridges: None) -> None:
    question = Question("bridge", show="statements")
    pages = [
        find_statements(Question("bridge", show="statements", per_page=1, page=page), now=NOW) for page in (1, 2, 3, 4)
    ]
    assert [row.statement.pk for page in pages for row in page.rows] == [
        row.statement.pk for row in find_statements(question, now=NOW).rows
    ]
    assert {page.total for page in pages} == {3}
    groups = [
        find_statements(Question("bridge", show="speakers", per_page=1, page=page), now=NOW) for page in (1, 2, 3)
    ]
    assert [group.speaker.label for page in groups for group in page.groups] == [
        "Andriy Yermak",
        "Andriy Yermak",
        "Maria Braun",
    ]


def test_speakers_have_their_statements_together(client: Client, bridges: None) -> None:
    page = find_statements(Question("bridge", show="speakers"), now=NOW)
    assert [(group.speaker.label, group.total, len(group.rows)) for group in page.groups] == [
        ("Andriy Yermak", 2, 2),
        ("Maria Braun", 1, 1),
    ]
    assert titles(client, "?q=bridge&show=speakers") == "3 statements (2 sections, 2 speakers)"
    Name.objects.filter(label="Andriy Yermak").update(verdict=Verdict.REJECTED)
    # Until the index follows, a rejected name is nowhere shown.
    page = find_statements(Question("bridge", show="speakers"), now=NOW)
    assert {group.speaker.name_id for group in page.groups if group.speaker.label == "Andriy Yermak"} == {None}
    index_again()
    page = find_statements(Question("bridge", show="speakers"), now=NOW)
    assert [group.speaker.label for group in page.groups] == ["Maria Braun", "Speaker left open"]


def test_matches_are_marked_and_words_escaped(client: Client, bridges: None) -> None:
    page = client.get("/?q=%22bridge+over%22&show=statements").content.decode()
    assert "<mark>bridge over</mark>" in page
    Name.objects.filter(label="Andriy Yermak").update(label="<i>Yermak</i>")
    page = client.get("/?q=bridge&show=speakers").content.decode()
    assert "<i>Yermak" not in page
    assert "&lt;i&gt;Yermak" in page


def test_what_is_rejected_or_withdrawn_is_not_counted(client: Client, bridges: None) -> None:
    Statement.objects.filter(speaker__text="Maria Braun").update(verdict=Verdict.REJECTED)
    assert "No bridge was shut" not in client.get("/?q=bridge&show=statements").content.decode()
    index_again()
    assert titles(client, "?q=bridge&show=statements") == "2 statements (1 section)"
    withdraw([Article.objects.get(headline="Bridge 1")], Terms("request"), user_name="editor")
    assert titles(client, "?q=bridge&show=statements") == "No statements"
    assert titles(client, "?q=bridge&show=speakers") == "No statements"


def test_a_part_of_a_split_entry_has_the_statements_that_it_shows(client: Client, bridges: None) -> None:
    section = Section.objects.select_related("current", "article").get(article__headline="Bridge 1")
    with operation(SPLIT, user_name="editor", label="Split") as act:
        number = record_split(act, section, 1)
    sync.drain(no_progress)
    page = find_statements(Question("bridge OR May", show="statements", sort="oldest"), now=NOW)
    assert [(row.section.pk, row.statement.words) for row in page.rows][:2] == [
        (section.pk, "The bridge over the Dnipro is shut"),
        (number, '"We will open it in May,"'),
    ]
    assert (page.total, page.sections) == (3, 3)
    by_speaker = find_statements(Question("bridge OR May", show="speakers"), now=NOW)
    assert sum(group.total for group in by_speaker.groups) == 3


def test_a_page_takes_few_queries(client: Client, bridges: None, django_assert_max_num_queries: Any) -> None:
    # The first request after a change checks whose index it is.
    client.get("/?q=bridge")
    for show in ("statements", "speakers"):
        with django_assert_max_num_queries(7):
            client.get(f"/?q=bridge&show={show}")


def test_the_view_is_kept_by_every_link_of_the_page(client: Client, bridges: None) -> None:
    page = client.get("/?q=bridge&show=statements&source=Courier").content.decode()
    facets = re.findall(r'class="choose" href="([^"]*)"', page)
    assert facets
    assert all("show=statements" in address for address in facets)
    assert '<input type="hidden" form="search-form" name="show" value="statements">' in page


def test_said_marks_statements_alone_on_results_and_articles(client: Client, begin_with: Callable[..., None]) -> None:
    text = 'The bridge is old.\n"We open the bridge in May," Andriy Yermak said.\nA bridge is a bridge.'
    begin_with([{"headline": "A bridge", "text": text, "source": "Courier", "published": "2025-06-01T10:00Z"}])
    annotate()
    url = Article.objects.get().get_absolute_url()
    for address in ("/?q=said(bridge)", f"{url}?q=said(bridge)"):
        assert len(re.findall(r"<mark[^>]*>bridge</mark>", client.get(address).content.decode())) == 1, address
    both = client.get(f"{url}?q=said(bridge)+bridge").content.decode()
    assert len(re.findall(r"<mark[^>]*>bridge</mark>", both)) > 3
