"""Statements as curators list them, find them, decide on one or on many, and take it back; and what is hidden."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from archive.admin import statements as statements_admin
from archive.models import (
    Article,
    Edit,
    LinkKind,
    NameType,
    Operation,
    PublishingStatus,
    Spelling,
    Statement,
    StatementKind,
    StatementLink,
    Verdict,
    follow_spellings,
    record_changes,
)
from archive.operations import undo
from archive.search_port import get_search_port, no_progress
from search.index import drain
from tests.archive.naming import names

from .clients import client_of

LIST = "/admin/archive/statement/"
ARTICLES: list[dict[str, Any]] = [
    {
        "headline": "Ferry",
        "text": "The ferry is <b>late</b>, said Ann Lee.\nIt will come, she told Harbour Radio.\nNo power, he said.",
        "published": "2025-06-03T10:00Z",
        "source": "Courier",
    },
    {"headline": "Bridge", "text": "The bridge is open, said Bob Roe.", "published": "2024-05-31T23:30Z"},
]


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(ARTICLES)
    for headline, text in (("Ferry", "Ann Lee"), ("Bridge", "Bob Roe")):
        names.mention(headline, text)
    names.mention("Ferry", "Harbour Radio", kind=NameType.ORGANISATION)
    names.state("Ferry", "The ferry is <b>late</b>", speaker="Ann Lee", percent=90)
    told = names.state("Ferry", "It will come", speaker="Ann Lee", percent=90)
    StatementLink.objects.create(
        statement=told, position=0, kind=LinkKind.SPOKEN_TO, start=0, end=1, source_start=0, source_end=3,
        source=Spelling.objects.get(text="Harbour Radio"),
    )  # fmt: skip
    names.state("Ferry", "No power")
    names.state("Bridge", "The bridge is open", speaker="Bob Roe", percent=90)
    Statement.objects.filter(speaker__text="Bob Roe").update(kind=StatementKind.DIRECT)
    index_again()


def index_again() -> None:
    record_changes(Article.objects.values_list("pk", flat=True))
    drain(no_progress)


@pytest.fixture
def librarian() -> Client:
    return client_of("Librarian", "libby")


@pytest.fixture
def curator() -> Client:
    return client_of("Curator")


def said(words: str) -> Statement:
    return next(statement for statement in Statement.objects.all() if statement.words == words)


LATE, COME, POWER, OPEN = "The ferry is <b>late</b>", "It will come", "No power", "The bridge is open"


def page_of(client: Client, query: str = "") -> str:
    response = client.get(f"{LIST}{query}")
    assert response.status_code == 200
    return str(response.content.decode())


def listed(client: Client, query: str = "") -> list[str]:
    """Returns the words of the rows of a list, in their order."""
    numbers = re.findall(r'name="_selected_action" value="(\d+)"', page_of(client, query))
    rows = Statement.objects.select_related("version").in_bulk(map(int, numbers))
    return [rows[int(number)].words for number in numbers]


def test_list_has_words_speaker_chain_and_where_they_are_from(curator: Client) -> None:
    assert listed(curator) == [OPEN, POWER, COME, LATE]
    page = page_of(curator)
    assert "The ferry is &lt;b&gt;late&lt;/b&gt;" in page
    assert "told Harbour Radio" in page
    assert "Left open" in page
    assert "55 %" in page
    assert f'href="{said(LATE).version.get_absolute_url()}"' in page
    assert f'href="{LIST}{said(LATE).pk}/change/"' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?q=power", [POWER]),
        ("?q=Ann", [COME, LATE]),
        ("?q=harbour+radio", [COME]),
        ("?q=roe", [OPEN]),
        ("?q=speaker:roe", [OPEN]),
        ("?q=ferry+speaker:lee", [LATE]),
        ("?q=source:courier", [POWER, COME, LATE]),
        ("?q=no+w/2+power", [POWER]),
        ("?q=nothing", []),
        ("?q=%22will+come%22", [COME]),
        ("?q=%22Ann%22", []),
        ("?kind__exact=1", [OPEN]),
        ("?kind__exact=2", []),
        ("?doubtful=yes", [POWER]),
        ("?doubtful=no", [OPEN, COME, LATE]),
        ("?speaker-known=no", [POWER]),
        ("?speaker-known=yes", [OPEN, COME, LATE]),
        ("?decided=no", [OPEN, POWER, COME, LATE]),
        ("?decided=rejected", []),
        ("?published=2025", [POWER, COME, LATE]),
        ("?published=2025-06", [POWER, COME, LATE]),
        ("?published=2025-06-03", [POWER, COME, LATE]),
        ("?published=2024-06", []),
        ("?published=2024-05-31", [OPEN]),
        ("?published=2024&kind__exact=1", [OPEN]),
    ],
)
def test_list_is_searched_and_filtered(curator: Client, query: str, words: list[str]) -> None:
    assert listed(curator, query) == words


@pytest.mark.parametrize("written", ["2025-13", "x", "2025-06-03-01", "0", "99999", "2025-", "９９"])
def test_what_is_no_day_finds_nothing_and_says_what_to_write(curator: Client, written: str) -> None:
    page = page_of(curator, f"?published={written}")
    assert "is no day. Write 2025, 2025-06 or 2025-06-03." in page
    assert 'class="action-select"' not in page


def test_the_last_year_of_the_calendar_has_no_statements(curator: Client) -> None:
    assert listed(curator, "?published=9998") == []


def test_rule_and_rows_that_counts_lead_from_are_filters(curator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = said(LATE).rule
    monkeypatch.setattr(statements_admin, "STATEMENT_RULES", (rule.words,))
    assert len(listed(curator, f"?rule={rule.pk}")) == 4
    assert listed(curator, f"?rule={rule.pk + 1}") == []
    assert listed(curator, "?rule=x") == []
    assert listed(curator, f"?article={Article.objects.get(headline='Bridge').pk}") == [OPEN]
    lee = Spelling.objects.get(text="Ann Lee").name_id
    assert listed(curator, f"?by={lee}") == [COME, LATE]
    assert f'href="{LIST}?by={lee}"' in curator.get(f"/admin/archive/name/{lee}/change/").content.decode()


def test_a_query_that_cannot_be_read_says_why(curator: Client) -> None:
    page = page_of(curator, "?q=(power")
    assert "messagelist" in page or "power" in page
    assert "(at character" in page_of(curator, "?q=date:soon")


def decide(client: Client, action: str, *words: str, across: bool = False) -> str:
    """Selects statements in the list, and sends the page that asks whether to; returns what comes then."""
    sent: dict[str, Any] = {
        "action": action,
        "select_across": "1" if across else "0",
        "_selected_action": [said(text).pk for text in words],
    }
    page = client.post(LIST, sent).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(shown_count|shown_rows|seen)" value="([^"]*)"', page))
    assert set(hidden) == {"shown_count", "shown_rows", "seen"}
    for text in words:
        assert text.replace("<", "&lt;").replace(">", "&gt;") in page
    answer = client.post(LIST, {**sent, **hidden}, follow=True).content.decode()
    drain(no_progress)
    return str(answer)


def test_many_are_decided_in_one_operation_that_is_undone(librarian: Client) -> None:
    before = list(Statement.objects.order_by("pk").values())
    assert "Rejected 2 statements. Operations can undo it." in decide(librarian, "reject", LATE, COME)
    assert listed(librarian, "?decided=rejected") == [COME, LATE]
    assert "Rejected by libby" in page_of(librarian, "?decided=rejected")
    # The index has them no more; the list finds them by their words and by whom they are.
    assert listed(librarian, "?q=ferr") == [LATE]
    assert get_search_port().find_statements("ferry", 9) == []
    found = Operation.objects.get()
    assert found.kind == "decided on statement"
    assert Edit.objects.filter(operation=found, subject="statement").count() == 2
    undo(found, user_name="libby")
    drain(no_progress)
    assert list(Statement.objects.order_by("pk").values()) == before
    assert listed(librarian, "?q=speaker:lee") == [COME, LATE]


def test_decisions_are_taken_back(curator: Client) -> None:
    assert "Accepted 1 statement. " in decide(curator, "accept", POWER)
    assert listed(curator, "?doubtful=yes") == []
    assert "Took back what was decided of 1 statement" in decide(curator, "take_back", POWER)
    assert listed(curator, "?doubtful=yes") == [POWER]
    assert "It was so already." in decide(curator, "take_back", POWER)


def test_whoever_decided_meanwhile_is_not_overruled(librarian: Client) -> None:
    sent: dict[str, Any] = {"action": "accept", "_selected_action": [said(POWER).pk], "select_across": "0"}
    page = librarian.post(LIST, sent).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(shown_count|shown_rows|seen)" value="([^"]*)"', page))
    decide(client_of("Curator", "dan"), "reject", POWER)
    assert "open: dan, " in librarian.post(LIST, {**sent, **hidden}, follow=True).content.decode()
    assert said(POWER).verdict == Verdict.REJECTED


def test_too_many_are_refused(curator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements_admin, "MAX_DECIDED_STATEMENTS", 3)
    sent = {"action": "reject", "_selected_action": [said(POWER).pk], "select_across": "1"}
    page = curator.post(LIST, sent, follow=True).content.decode()
    assert "Select 3 statements at most." in page
    assert not Statement.objects.exclude(verdict=None).exists()


def send(client: Client, statement: Statement, **values: str) -> str:
    address = f"{LIST}{statement.pk}/change/"
    page = client.get(address).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    answer = client.post(address, {"seen": seen[1], **values}, follow=True).content.decode()
    drain(no_progress)
    return str(answer)


def test_one_is_shown_in_its_text_and_its_speaker_corrected(curator: Client) -> None:
    statement = said(LATE)
    page = curator.get(f"{LIST}{statement.pk}/change/").content.decode()
    assert "<mark>The ferry is &lt;b&gt;late&lt;/b&gt;</mark>" in page
    answer = send(curator, statement, decision="correct", written="Bob Roe")
    assert "Corrected the speaker of" in answer
    assert "Decided: Accepted by <bdi>cleo</bdi>." in answer
    assert listed(curator, "?q=speaker:roe") == [OPEN, LATE]
    assert "Rejected the statement" in send(curator, statement, decision="reject")
    assert "Took back what was decided" in send(curator, statement, decision="take back")
    assert "Nothing was done" in send(curator, statement, decision="correct", written="Nobody")
    assert "Nothing was done" in send(curator, statement, decision="odd")
    assert curator.get(f"{LIST}{statement.pk}/history/").status_code == 200
    missing = curator.get(f"{LIST}999999/change/")
    assert missing.status_code == 302


def test_hidden_texts_and_names_are_not_shown(curator: Client, librarian: Client) -> None:
    number, lee = said(OPEN).pk, Spelling.objects.get(text="Bob Roe")
    Statement.objects.filter(pk=said(LATE).pk).update(speaker=lee)
    Article.objects.filter(headline="Bridge").update(status=PublishingStatus.WITHHELD)
    follow_spellings([lee.pk])
    assert listed(curator) == [POWER, COME, LATE]
    assert "Bob Roe" not in page_of(curator)
    assert "Bob Roe" not in curator.get(f"{LIST}{said(LATE).pk}/change/").content.decode()
    assert listed(curator, "?q=Roe") == []
    assert listed(curator, f"?by={lee.name_id}") == []
    assert curator.get(f"{LIST}{number}/change/").status_code == 302
    sent = {"action": "reject", "_selected_action": [number], "select_across": "0"}
    assert "shown_count" not in curator.post(LIST, sent).content.decode()
    assert listed(librarian) == [OPEN, POWER, COME, LATE]
    assert listed(librarian, "?q=Roe") == [OPEN, LATE]


def test_no_more_are_counted_than_a_page_needs(
    curator: Client, librarian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = admin.site.get_model_admin(Statement)
    monkeypatch.setattr(type(shown), "max_counted", (2, 1))
    for client, counted in ((librarian, 2), (curator, 1)):
        page = client.get(f"{LIST}?decided=no").context["cl"].paginator
        assert page._limit == max(counted, 4 * shown.list_per_page)
    monkeypatch.undo()
    assert shown.max_counted < (100_000, 10_000)  # type: ignore[attr-defined]


def test_list_takes_as_many_queries_for_many_rows(librarian: Client, django_assert_max_num_queries: Any) -> None:
    page_of(librarian)
    with django_assert_max_num_queries(12):
        page_of(librarian)
