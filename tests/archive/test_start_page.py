"""The start page of the admin: what is to be done, how the archive is, and buttons for what takes long."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml.html import fromstring

from archive import search_port
from archive.models import (
    Article,
    Capture,
    IngestRun,
    Operation,
    Problem,
    Section,
    Upkeep,
    count_shown_sections,
    record_changes,
    shown_sections,
)
from archive.models.captures import capture_path
from archive.upkeep import ask, work_on
from tests.withheld_stories import U1, U2, W1, take_in

from .admin.intake_page import curator

pytestmark = pytest.mark.django_db
# PostgreSQL is asked once more than SQLite: for the size of the database.
MAX_QUERIES = 32
HOME = "/admin/"
Ingest = Callable[..., Any]


def texts(page: Any, label: str) -> str:
    (panel,) = page.xpath(f"//section[@aria-labelledby='{label}']")
    return " ".join(panel.text_content().split())


def open_home(client: Client) -> Any:
    answer = client.get(HOME)
    assert answer.status_code == 200
    return fromstring(answer.content.decode())


def test_numbers_lead_to_lists_with_as_many_rows(admin_client: Client) -> None:
    take_in((U1,), story="one")
    take_in((W1, U2), story="two")
    run = IngestRun.objects.latest("pk")
    for reason in ("'x' is no date", "'y' is no date", "no text"):
        Problem.objects.create(run=run, level="rejected", origin="a", reason=reason)
    Problem.objects.create(run=run, level="rejected", origin="a", reason="no text", closed=timezone.now())
    Article.objects.filter(external_id="one").update(trashed=timezone.now())
    for state in Operation.State.values:
        Operation.objects.create(kind="edited", label=state, user_name="ann", at=timezone.now(), state=state)
    page = open_home(admin_client)
    links = page.xpath("//div[@class='figures']//dd/a | //ul[@class='numbers']//a")
    numbers = {}
    for link in links:
        number = link.xpath("string(.//span[@class='number'])") or link.text_content()
        context = admin_client.get(link.get("href")).context
        listed = context["cl"].result_count if "cl" in context else context["article_count"] + len(context["names"])
        numbers[link.get("href")] = int(number.replace(",", ""))
        assert listed == numbers[link.get("href")], link.get("href")
    assert {"/admin/archive/article/", "/admin/archive/section/", "/admin/archive/capture/"} < numbers.keys()
    operations = "/admin/archive/operation/?progress="
    trash = "/admin/archive/article/trash/"
    assert (numbers[trash], numbers[f"{operations}going"], numbers[f"{operations}half"]) == (1, 2, 2)
    kinds = texts(page, "problems")
    assert "2 … is no date" in kinds
    assert "1 no text" in kinds


def test_page_asks_the_database_equally_often_however_much_there_is(admin_client: Client) -> None:
    def count() -> int:
        open_home(admin_client)
        with CaptureQueriesContext(connection) as queries:
            open_home(admin_client)
        return len(queries)

    take_in((U1,), story="one")
    few = count()
    for number in range(6):
        take_in((W1, U2), story=f"more-{number}")
        Problem.objects.create(
            run=IngestRun.objects.latest("pk"), level="note", origin="a", reason=f"'{number}' is no"
        )
    assert count() <= few <= MAX_QUERIES


@pytest.mark.parametrize("right", [None, "archive.view_article", "archive.view_capture", "archive.view_problem"])
def test_number_says_nothing_of_what_is_hidden(client: Client, right: str | None) -> None:
    take_in((U1,), story="one")
    client.force_login(curator(*([right.partition(".")[2]] if right else ["add_ingestrun"])))
    before = client.get(HOME).content.decode()
    take_in((W1,), story="hidden")
    article = Article.objects.get(external_id="hidden")
    Problem.objects.create(run=article.captures.get().run, level="rejected", origin="x", reason="no", article=article)
    after = client.get(HOME).content.decode()

    def numbers(page: str) -> list[str]:
        found = fromstring(page).xpath("//div[@class='figures']//dd//text() | //span[@class='number']//text()")
        return [str(text) for text in found]

    assert numbers(after) == numbers(before)
    assert "maintain" not in after
    assert "Rebuild" not in after


def test_shown_sections_are_counted_as_they_are_listed() -> None:
    now = timezone.now()
    for number, messages in enumerate(((U1,), (W1,), (W1, U2), (U1, W1), (U1, U2))):
        take_in(messages, story=f"story-{number}", kind="live" if number % 2 else "article")
    take_in((U1,), story="trashed")
    Article.objects.filter(external_id="trashed").update(trashed=now)
    take_in((U1,), story="closed")
    Section.objects.filter(article__external_id="closed").update(closed_until=now + timedelta(days=1))
    take_in((U1,), story="embargo")
    Article.objects.filter(external_id="embargo").update(embargo=now + timedelta(days=1))
    take_in((U1,), story="opened")
    Article.objects.filter(external_id="opened").update(closed_until=now - timedelta(days=1))
    for at in (now, now + timedelta(days=2)):
        expected = shown_sections(at).filter(current__isnull=False).count()
        assert 0 < expected < Section.objects.count()
        assert count_shown_sections(at) == expected


def test_buttons_start_and_stop_what_takes_long(admin_client: Client, ingest_file: Ingest, seed: Article) -> None:
    capture_path(Capture.objects.get().sha256).unlink()
    record_changes([seed.pk])
    assert "1 change waits to be indexed" in texts(open_home(admin_client), "index")
    page = fromstring(admin_client.post("/admin/upkeep/", {"kind": "captures", "act": "start"}, follow=True).content)
    assert "begins in a moment" in texts(page, "evidence")
    assert page.xpath("//progress/@aria-label") == ["Check of the captures"]
    assert work_on()
    page = open_home(admin_client)
    assert "1 Captures without a file" in texts(page, "evidence")
    (link,) = page.xpath("//section[@aria-labelledby='evidence']//a/@href")
    assert admin_client.get(link).context["cl"].result_count == 1
    admin_client.post("/admin/upkeep/", {"kind": "rebuild", "act": "start"})
    page = fromstring(admin_client.post("/admin/upkeep/", {"kind": "rebuild", "act": "stop"}, follow=True).content)
    assert Upkeep.objects.get(kind="rebuild").state == "stopped"
    assert "stopped" in texts(page, "index")


@pytest.mark.parametrize("sent", [{}, {"kind": "x", "act": "start"}, {"kind": "rebuild", "act": "x"}])
def test_senseless_request_starts_nothing(admin_client: Client, sent: dict[str, str]) -> None:
    assert admin_client.post("/admin/upkeep/", sent).status_code == 302
    assert admin_client.get("/admin/upkeep/", sent).status_code == 302
    assert not Upkeep.objects.exists()


def test_only_who_may_maintain_the_archive_starts_anything(client: Client) -> None:
    client.force_login(curator("view_article", "view_hidden"))
    assert client.post("/admin/upkeep/", {"kind": "rebuild", "act": "start"}).status_code == 403
    client.force_login(User.objects.create_user("reader", password="x"))
    assert client.post("/admin/upkeep/", {"kind": "rebuild", "act": "start"}).status_code == 302
    assert not Upkeep.objects.exists()


def test_second_person_learns_who_started_it(admin_client: Client, client: Client) -> None:
    ask(Upkeep.Kind.REBUILD, user_name="Ada")
    page = admin_client.post("/admin/upkeep/", {"kind": "rebuild", "act": "start"}, follow=True)
    assert "Ada has started it." in page.content.decode()
    assert Upkeep.objects.count() == 1


def test_index_that_is_only_away_is_not_to_be_rebuilt(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    advice = "The search cluster at opensearch://node1:9200/news cannot be reached."
    away = search_port.IndexStatus(False, 0, 1, 2, advice, is_away=True, fault="The search cluster does not answer.")
    port = replace(search_port.get_search_port(), status=lambda: away)
    monkeypatch.setattr(search_port, "_registered", [port])
    words = texts(open_home(admin_client), "index")
    assert "Nothing can be found: The search cluster does not answer. What is changed waits until it does." in words
    assert "do not rebuild it" in words
    assert "node1" not in words
