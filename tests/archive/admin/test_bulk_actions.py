"""Bulk actions: fields of many articles set, sources and topics merged."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from archive.ingest.recording import Outcome
from archive.models import Article, Edit, Source, Topic
from archive.operations import undo
from search.results.answers import Answer

from .plans import confirm_plan, is_plan

pytestmark = pytest.mark.django_db

Send = Callable[..., Any]
ARTICLES = (
    {"headline": "Ferry late", "source": "Courier", "id": "1", "topics": ["Ferries"], "text": "The ferry was late."},
    {"headline": "Ferry early", "source": "The Courier", "id": "2", "topics": ["Boats"], "text": "It came early."},
    {"headline": "Bridge open", "source": "Harbour Post", "id": "1", "topics": ["Ferries", "Boats"], "text": "Open."},
)


def lines(tmp_path: Path, *articles: dict[str, Any]) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(map(json.dumps, articles)), encoding="utf-8")
    return path


@pytest.fixture
def articles(db: None, tmp_path: Path) -> list[Article]:
    call_command("ingest", str(lines(tmp_path, *ARTICLES)), verbosity=0)
    return list(Article.objects.order_by("id"))


@pytest.fixture
def send(admin_client: Client, django_capture_on_commit_callbacks: Callable[..., Any]) -> Send:
    """Selects rows of a list and an action; with `shown_count`, sends the form of the page that follows.

    A plan is confirmed.
    """

    def send(
        name: str, action: str, selected: Any, *, client: Client = admin_client, across: int = 0, **fields: Any
    ) -> Any:
        picked = {"action": action, "select_across": across, "_selected_action": [row.pk for row in selected]}
        with django_capture_on_commit_callbacks(execute=True):
            page = client.post(reverse(f"admin:archive_{name}_changelist"), {**picked, **fields}, follow=True)
            return confirm_plan(client, page) if is_plan(page) else page

    return send


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def sources() -> dict[str, str]:
    return dict(Article.objects.values_list("headline", "source__name"))


# --- fields of many articles ---


def test_page_shows_the_selection_and_changes_nothing(articles: list[Article], send: Send) -> None:
    page = send("article", "set_fields", articles[:2]).content.decode()
    assert "2 selected" in page
    assert "Ferry late" in page
    assert "Bridge open" not in page
    assert not Edit.objects.exists()


def test_values_are_set_for_all_as_curated_fields(
    articles: list[Article], send: Send, ask: Callable[..., Answer]
) -> None:
    source = Source.objects.create(name="Evening Post")
    new, old = Topic.objects.create(name="Harbour"), Topic.objects.get(name="Ferries")
    selected = articles[:2]
    response = send(
        "article", "set_fields", selected, shown_count=2, source=source.pk, byline="Ada Lane", topics_added=[new.pk],
        topics_removed=[old.pk], published_0="2025-06-02", published_1="00:00", published_precision="day",
    )  # fmt: skip
    assert response.context["operation"].touched == 2
    for article in Article.objects.filter(pk__in=[article.pk for article in selected]):
        assert (article.source, article.byline, article.published_rule) == (source, "Ada Lane", "set by a curator")
        assert set(article.curated_fields) == {"source", "byline", "published", "topics"}
    assert [sorted(article.topics.values_list("name", flat=True)) for article in articles] == [
        ["Harbour"], ["Boats", "Harbour"], ["Boats", "Ferries"],
    ]  # fmt: skip
    assert ask('source:"Evening Post" byline:"Ada Lane" topic:Harbour date:2025-06-02').total == 2
    assert ("edited together", "source", "Courier", "Evening Post") in Edit.objects.values_list(
        "how", "field", "old", "new"
    )


def test_articles_with_the_value_are_not_changed(articles: list[Article], send: Send) -> None:
    page = send("article", "set_fields", articles, shown_count=3, kind="article")
    assert page.context["operation"].touched == 0
    assert "3 left as they are: it has these values already" in page.content.decode()
    assert set(Article.objects.values_list("headline", flat=True).filter(curated_fields=[])) == {
        "Ferry late", "Ferry early", "Bridge open",
    }  # fmt: skip


def test_values_can_be_cleared(articles: list[Article], send: Send) -> None:
    dated = {"published_0": "2025-06-02", "published_1": "00:00", "published_precision": "day"}
    send("article", "set_fields", articles, shown_count=3, byline="Ada Lane", note="Checked", **dated)
    send("article", "set_fields", articles[:1], shown_count=1, cleared=["byline", "published"])
    articles[0].refresh_from_db()
    assert (articles[0].byline, articles[0].note) == ("", "Checked")
    assert (articles[0].published, articles[0].published_precision, articles[0].published_rule) == (None, "", "")
    assert {"byline", "published"} <= set(articles[0].curated_fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Nothing is set"),
        ({"byline": "Ada", "cleared": ["byline"]}, "not both"),
        ({"published_0": "2025-06-02", "published_1": "00:00"}, "and its precision"),
        ({"published_0": "1599-06-02", "published_1": "00:00", "published_precision": "day"}, "first newspaper"),
        ({"source": "0"}, "Select a valid choice"),
    ],
)
def test_impossible_change_is_refused_with_the_reason(
    articles: list[Article], send: Send, fields: dict[str, Any], message: str
) -> None:
    response = send("article", "set_fields", articles, shown_count=3, **fields)
    assert message in response.content.decode()
    assert not Edit.objects.exists()


def test_many_are_withdrawn_after_a_look_and_restored_by_an_undo(
    articles: list[Article], send: Send, ask: Callable[..., Answer], client: Client
) -> None:
    response = send("article", "withdraw_selected", articles[:2], shown_count=2, reason="law", note="By order.")
    done = response.context["operation"]
    assert (done.touched, ask("ferry").total) == (2, 0)
    client.logout()
    answer = client.get(articles[0].get_absolute_url())
    assert (answer.status_code, "By order." in answer.content.decode()) == (451, True)
    undo(done, user_name="ann")
    assert client.get(articles[0].get_absolute_url()).status_code == 200


def test_topic_cannot_be_added_and_removed(articles: list[Article], send: Send) -> None:
    topic = Topic.objects.get(name="Boats")
    response = send(
        "article", "set_fields", articles, shown_count=3, topics_added=[topic.pk], topics_removed=[topic.pk]
    )
    assert "Add or remove a topic" in response.content.decode()


def test_two_articles_of_one_id_cannot_have_one_source(articles: list[Article], send: Send) -> None:
    page = send("article", "set_fields", articles, shown_count=3, source=articles[0].source_id).content.decode()
    assert "1 left as it is: another article of Courier has the same id of the outlet" in page
    assert "1 left as it is: it has these values already" in page
    assert sources() == {"Ferry late": "Courier", "Ferry early": "Courier", "Bridge open": "Harbour Post"}


def test_whole_list_must_be_confirmed_again_when_it_has_grown(
    articles: list[Article], send: Send, ingest_file: Callable[..., list[Outcome]], tmp_path: Path
) -> None:
    page = send("article", "set_fields", articles[:1], across=1).content.decode()
    assert "3 selected" in page
    ingest_file(lines(tmp_path, {"headline": "Late news", "text": "News."}))
    response = send("article", "set_fields", articles[:1], across=1, shown_count=3, byline="Ada Lane")
    assert "The list has changed" in messages_of(response)[0]
    assert not Article.objects.exclude(byline="").exists()
    page = send("article", "set_fields", articles[:1], across=1, shown_count=4, byline="Ada Lane")
    assert page.context["operation"].touched == 4


def test_later_capture_does_not_replace_values_set_for_all(
    articles: list[Article], send: Send, ingest_file: Callable[..., list[Outcome]], tmp_path: Path
) -> None:
    send("article", "set_fields", articles, shown_count=3, byline="Ada Lane")
    ingest_file(lines(tmp_path, {**ARTICLES[0], "byline": "Somebody", "text": "The ferry was later still."}))
    articles[0].refresh_from_db()
    assert articles[0].byline == "Ada Lane"


# --- sources and topics merged ---


def test_merged_sources_are_one_also_for_later_documents(
    articles: list[Article],
    send: Send,
    ask: Callable[..., Answer],
    ingest_file: Callable[..., list[Outcome]],
    tmp_path: Path,
) -> None:
    kept, other = Source.objects.get(name="Courier"), Source.objects.get(name="The Courier")
    Source.objects.filter(pk=other.pk).update(zone="Europe/Oslo", note="The evening edition")
    page = send("source", "merge", [kept, other]).content.decode()
    assert "The Courier\u2069 (1 article)" in page
    response = send("source", "merge", [kept, other], shown_count=2, kept=kept.pk)
    assert messages_of(response) == ["2 sources were merged into Courier. It got 1 article."]
    assert sources() == {"Ferry late": "Courier", "Ferry early": "Courier", "Bridge open": "Harbour Post"}
    assert not Source.objects.filter(pk=other.pk).exists()
    kept.refresh_from_db()
    assert (kept.zone, kept.note) == ("Europe/Oslo", "The evening edition")
    assert ask("source:Courier").total == 2
    # The former name leads to it, for the stored article and for a new one.
    ingest_file(
        lines(tmp_path, {**ARTICLES[1], "text": "It came earlier."}, {**ARTICLES[1], "id": "9", "headline": "New"})
    )
    assert sources()["New"] == sources()["Ferry early"] == "Courier"
    assert Article.objects.count() == 4
    assert set(Edit.objects.values_list("how", "label", "field", "old", "new")) >= {
        ("merged", "Courier", "name", "The Courier", "Courier"),
        ("deleted", "The Courier", "", "", ""),
        ("source merged", "Ferry early", "source", "The Courier", "Courier"),
    }


def test_former_names_lead_through_two_merges(
    articles: list[Article], send: Send, ingest_file: Callable[..., list[Outcome]], tmp_path: Path
) -> None:
    courier, the, post = (Source.objects.get(name=name) for name in ("Courier", "The Courier", "Harbour Post"))
    send("source", "merge", [courier, the], shown_count=2, kept=courier.pk)
    Article.objects.filter(headline="Bridge open").update(external_id="7")
    send("source", "merge", [courier, post], shown_count=2, kept=post.pk)
    ingest_file(lines(tmp_path, {**ARTICLES[1], "id": "9", "headline": "New"}))
    assert set(sources().values()) == {"Harbour Post"}


def test_merged_topics_are_one(
    articles: list[Article],
    send: Send,
    ask: Callable[..., Answer],
    ingest_file: Callable[..., list[Outcome]],
    tmp_path: Path,
) -> None:
    kept, other = Topic.objects.get(name="Ferries"), Topic.objects.get(name="Boats")
    assert messages_of(send("topic", "merge", [kept, other], shown_count=2, kept=kept.pk)) == [
        "2 topics were merged into Ferries. It got 2 articles."
    ]
    assert list(Topic.objects.values_list("name", flat=True)) == ["Ferries"]
    assert ask("topic:Ferries").total == 3
    ingest_file(lines(tmp_path, {"headline": "New", "topics": ["boats"], "text": "New."}))
    assert list(Topic.objects.values_list("name", flat=True)) == ["Ferries"]


def test_sources_with_one_id_twice_are_not_merged(articles: list[Article], send: Send) -> None:
    kept, other = Source.objects.get(name="Courier"), Source.objects.get(name="Harbour Post")
    response = send("source", "merge", [kept, other], shown_count=2, kept=kept.pk)
    assert "have the same id of the outlet (1)" in response.content.decode()
    assert Source.objects.filter(pk=other.pk).exists()


def test_single_source_is_not_merged(articles: list[Article], send: Send) -> None:
    assert messages_of(send("source", "merge", list(Source.objects.all())[:1])) == [
        "Select two to 10 sources to merge."
    ]


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        (["view_source", "change_source", "merge_names"], False),
        (["view_source", "delete_source", "merge_names"], False),
        (["view_source", "change_source", "delete_source"], False),
        (["view_source", "change_source", "delete_source", "merge_names"], True),
    ],
)
def test_merging_needs_all_of_its_permissions(
    articles: list[Article], send: Send, client: Client, permissions: list[str], may: bool
) -> None:
    user = User.objects.create_user("lane", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    chosen = list(Source.objects.filter(name__contains="Courier"))
    send("source", "merge", chosen, client=client, shown_count=2, kept=chosen[0].pk)
    assert Source.objects.filter(name__contains="Courier").count() == (1 if may else 2)


@pytest.mark.parametrize("right", ["change_article", "change_in_bulk"])
def test_setting_fields_needs_both_permissions(
    articles: list[Article], send: Send, client: Client, right: str
) -> None:
    user = User.objects.create_user("lane", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_article", right]))
    client.force_login(user)
    send("article", "set_fields", articles, client=client, shown_count=3, byline="Ada Lane")
    assert not Article.objects.exclude(byline="").exists()
