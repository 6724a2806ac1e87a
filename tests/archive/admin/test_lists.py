"""The lists of the admin: counts that lead to their rows, filters, times, links that a user may follow."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml.html import fromstring

from archive.models import Article, Capture, CopyJudgement, Edit, IngestRun, Problem, Section, Source, Topic
from tests.withheld_stories import FIRST, U1, U2, W1, take_in

from .intake_page import curator

pytestmark = pytest.mark.django_db
TABLES = ("article", "capture", "edit", "ingestrun", "problem", "section", "source", "topic")


def url_of(table: str) -> str:
    return reverse(f"admin:archive_{table}_changelist")


def fill(first: int, count: int) -> None:
    """Adds rows to every table."""
    for number in range(first, first + count):
        take_in((U1,), story=f"story-{number}")
        article = Article.objects.get(external_id=f"story-{number}")
        article.topics.add(Topic.objects.create(name=f"Topic {number}"))
        run = article.captures.get().run
        Problem.objects.create(run=run, level="note", origin="a.json", reason="no time", article=article)
        Edit.objects.create(
            at=FIRST,
            user_name="lib",
            subject="article",
            subject_id=article.pk,
            label="Fire",
            how="edited",
            field="note",
        )
        Source.objects.create(name=f"Source {number}")


@pytest.mark.parametrize("user", ["superuser", "few permissions"])
def test_number_of_queries_does_not_grow_with_the_rows(admin_client: Client, client: Client, user: str) -> None:
    asked = admin_client
    if user != "superuser":
        asked = client
        client.force_login(curator(*(f"view_{table}" for table in TABLES if table != "article"), "change_article"))
    fill(0, 1)
    few = {table: count_queries(asked, url_of(table)) for table in TABLES}
    fill(1, 6)
    assert {table: count_queries(asked, url_of(table)) for table in TABLES} == few
    assert max(few.values()) <= 14


def count_queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def links_of_counts(client: Client, table: str) -> dict[str, int]:
    """Returns where each count of a list leads, and the count."""
    page = fromstring(client.get(url_of(table)).content)
    links = page.xpath("//td[contains(@class, '_count')]/a")
    return {link.get("href"): int(link.text.replace(",", "")) for link in links}


@pytest.mark.parametrize("user", ["superuser", "few permissions"])
def test_count_is_that_of_the_list_it_leads_to(admin_client: Client, client: Client, user: str) -> None:
    asked = admin_client
    if user != "superuser":
        asked = client
        client.force_login(curator(*(f"view_{table}" for table in TABLES if table != "article"), "change_article"))
    fill(0, 3)
    take_in((W1, U2), story="half")
    take_in((W1,), story="hidden")
    # A capture of the same bytes, which gave the article no version.
    first = Article.objects.get(external_id="story-0").captures.get()
    again = {field.name: getattr(first, field.name) for field in Capture._meta.concrete_fields if field.name != "id"}
    Capture.objects.create(**{**again, "captured": first.captured + timedelta(days=1), "repeats": first})
    links: dict[str, int] = {}
    for table in ("article", "source", "topic", "ingestrun"):
        links |= links_of_counts(asked, table)
    kinds = {re.sub(r"=\d+$", "", link) for link in links}
    assert kinds == {
        "/admin/archive/section/?article",
        "/admin/archive/capture/?article",
        "/admin/archive/article/?source__id__exact",
        "/admin/archive/article/?topics__id__exact",
        "/admin/archive/problem/?run__id__exact",
    }
    for link, count in links.items():
        listing = asked.get(link).context["cl"]
        assert listing.result_count == count, link
        assert len(listing.chosen_filters) == 1, link
    assert links[f"/admin/archive/capture/?article={Article.objects.get(external_id='story-0').pk}"] == 2


def test_chosen_filter_is_named_and_can_be_removed(admin_client: Client) -> None:
    fill(0, 2)
    article = Article.objects.get(external_id="story-0")
    page = admin_client.get(url_of("section"), {"article": str(article.pk), "is_gone": "no", "q": "the"})
    chosen = page.context["cl"].chosen_filters
    assert [(entry.title, entry.value) for entry in chosen] == [
        ("article", str(article)),
        ("gone from the page", "No"),
    ]
    assert "article=" not in chosen[0].without
    assert "is_gone=no" in chosen[0].without
    assert "q=the" in chosen[0].without
    assert chosen[0].value in page.content.decode()


@pytest.mark.parametrize(("asked", "value"), [("article=999999", "999999"), ("article=x", "x"), ("article=١", "١")])
def test_filter_by_a_row_that_is_not_there_finds_nothing_and_says_so(
    admin_client: Client, asked: str, value: str
) -> None:
    fill(0, 1)
    for table in ("section", "capture"):
        listing = admin_client.get(f"{url_of(table)}?{asked}").context["cl"]
        assert listing.result_count == 0
        assert [entry.value for entry in listing.chosen_filters] == ["not in the archive"]


def test_source_is_found_by_a_part_of_its_name(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.admin.filters.MAX_LISTED_VALUES", 2)
    fill(0, 1)
    for name in ("Aachener Zeitung", "Aalener Zeitung", "Courier", "Zeitung von Z"):
        Source.objects.create(name=name)
    courier = Source.objects.get(name="Courier")

    def names(**asked: str) -> list[str]:
        page = fromstring(admin_client.get(url_of("article"), asked).content)
        return list(page.xpath("//section[@aria-label='Filter: source']//li/a/bdi/text()"))

    assert names() == ["All", "Aachener Zeitung", "Aalener Zeitung"]
    assert names(**{"find-source": "z"}) == ["All", "Aachener Zeitung", "Aalener Zeitung"]
    assert names(**{"find-source": "von"}) == ["All", "Zeitung von Z"]
    # What is chosen is always listed, and the search of one filter keeps the others.
    assert names(source__id__exact=str(courier.pk)) == ["All", "Courier", "Aachener Zeitung", "Aalener Zeitung"]
    page = admin_client.get(url_of("article"), {"find-source": "von", "kind__exact": "live"}).content.decode()
    assert '<input type="hidden" name="kind__exact" value="live">' in page
    assert "find-source" not in re.search(r'href="(\?[^"]*source__id__exact[^"]*)"', page).group(1)  # type: ignore[union-attr]


def test_filters_of_a_list_have_distinct_names(admin_client: Client) -> None:
    fill(0, 2)
    for model in admin.site._registry:
        if model._meta.app_label == "archive":
            shown = admin_client.get(url_of(str(model._meta.model_name))).context
            # Topics are a tree, and proposals to merge are pairs side by side.
            titles = [str(spec.title) for spec in shown["cl"].filter_specs] if "cl" in shown else []
            assert titles or model in (Topic, CopyJudgement)
            assert len(set(titles)) == len(titles), (model, titles)


def test_times_are_those_of_the_readers_as_far_as_they_are_known(admin_client: Client, settings: Any) -> None:
    settings.READER_ZONE = ZoneInfo("Asia/Tokyo")
    take_in((U1,))
    Article.objects.update(published=datetime(2025, 6, 2, 20, 5, tzinfo=UTC), published_precision="minute")
    page = admin_client.get(url_of("article")).content.decode()
    assert "Published (Asia/Tokyo)" in page
    assert ">2025-06-03 05:05</time>" in page
    for precision, shown in (("day", "2025-06-02"), ("month", "2025-06"), ("year", "2025")):
        Article.objects.update(published_precision=precision)
        assert f">{shown}</time>" in admin_client.get(url_of("article")).content.decode()
    Article.objects.update(published=None, published_precision="")
    assert ">undated<" in admin_client.get(url_of("article")).content.decode()


def test_sections_are_numbered_from_1_in_the_order_of_their_page(
    receive: Callable[..., Article], admin_client: Client
) -> None:
    article = receive(kind="live", text="", sections=[{"id": "b", "text": "First."}, {"id": "a", "text": "Second."}])
    page = fromstring(admin_client.get(url_of("section"), {"article": article.pk}).content)
    assert page.xpath("//tbody/tr/th/a/text()") == ["1", "2"]
    assert [cell.strip() for cell in page.xpath("//td//bdi[contains(@class, 'lead')]/text()")] == ["First.", "Second."]
    one = admin_client.get(reverse("admin:archive_section_change", args=[Section.objects.get(key="a").pk]))
    assert "Second." in one.content.decode()
    assert 'class="deletelink"' not in one.content.decode()


LIBRARIANS = {
    "sees articles": ("view_article",),
    "edits articles": ("view_article", "change_article"),
    "edits unseen articles": ("change_article",),
    "ingests": ("add_ingestrun",),
    "sees evidence": ("view_capture", "view_problem", "view_section"),
    "keeps sources": ("change_source", "delete_source"),
    "sees everything": tuple(f"view_{table}" for table in TABLES),
}


@pytest.mark.parametrize("librarian", LIBRARIANS)
def test_no_page_has_a_link_that_its_user_may_not_follow(client: Client, librarian: str) -> None:
    fill(0, 1)
    user = curator(*LIBRARIANS[librarian])
    IngestRun.objects.update(user=user)
    client.force_login(user)
    run_page = reverse("admin:archive_ingestrun_change", args=[IngestRun.objects.all()[0].pk])
    waiting = ["/admin/", *([run_page] if client.get(run_page).status_code == 200 else [])]
    seen = set(waiting)
    while waiting:
        url = waiting.pop()
        for link in fromstring(client.get(url).content).xpath("//a/@href"):
            if not link.startswith("/admin/") or "?" in link or link in seen:
                continue
            seen.add(link)
            answer = client.get(link)
            assert answer.status_code in (200, 302), f"{url} leads to {link}: {answer.status_code}"
            if answer.headers["Content-Type"].startswith("text/html") and answer.status_code == 200:
                waiting.append(link)


def test_page_that_is_not_allowed_says_who_is_signed_in_and_what_to_do(client: Client) -> None:
    user = curator("view_source")
    client.force_login(user)
    for url in (url_of("article"), reverse("admin:archive_source_delete", args=[1])):
        answer = client.get(url)
        assert answer.status_code == 403
        page = fromstring(answer.content)
        text = page.text_content()
        assert user.get_username() in text
        assert "has no permission for this page" in text
        # The frame of the admin, with the tables that the user may open.
        assert page.xpath("//nav[@aria-label='Tables']//a/text()") == ["Sources"]
