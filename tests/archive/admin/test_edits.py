"""Edits: who changed which field, when, from what to what, even after the row is deleted."""

import errno
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from archive.models import Article, Edit, Operation, Source, Topic
from archive.models.captures import ImmutableError
from archive.operations import EDITED, operation
from archive.search_port import IndexProgress, SearchPortError, get_search_port

from .article_form import form_of
from .plans import confirm_plan
from .source_form import source_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(admin_client: Client) -> Callable[..., Any]:
    def save(article: Article, **changes: object) -> Any:
        response = admin_client.post(
            reverse("admin:archive_article_change", args=[article.pk]), form_of(article, **changes)
        )
        article.refresh_from_db()
        return response

    return save


def edits() -> list[tuple[str, str, str, str]]:
    """Returns how each edit was made, its field and both values, the earliest first."""
    return list(Edit.objects.order_by("id").values_list("how", "field", "old", "new"))


def history_of(client: Client, row: Article | Source | Topic) -> str:
    url = reverse(f"admin:archive_{row._meta.model_name}_history", args=[row.pk])
    return client.get(url).content.decode()


def test_every_field_that_was_changed_is_kept_with_both_values(seed: Article, save: Callable[..., Any]) -> None:
    headline = seed.headline
    topics = [Topic.objects.create(name=name).pk for name in ("Talks", "Grain")]
    source = Source.objects.create(name="Courier")
    dated = {"published_0": "2025-06-02", "published_1": "18:00:00", "published_precision": "minute"}
    save(seed, headline="Quokka", topics=topics, source=source.pk, kind="article", **dated)
    assert set(edits()) == {
        ("edited", "headline", headline, "Quokka"),
        ("edited", "source", "Unknown source", "Courier"),
        ("edited", "kind", "Live page", "Article"),
        ("edited", "topics", "", "Grain, Talks"),
        ("edited", "published", "", "2025-06-02 18:00:00 UTC, to the minute"),
    }
    assert set(Edit.objects.values_list("user_name", "subject", "subject_id", "label")) == {
        ("admin", "article", seed.pk, headline)
    }
    save(
        seed,
        headline="Quokka",
        topics=topics[:1],
        source=source.pk,
        kind="article",
        **{**dated, "published_precision": "day"},
    )
    assert edits()[5:] == [
        ("edited", "published", "2025-06-02 18:00:00 UTC, to the minute", "2025-06-02 18:00:00 UTC, to the day"),
        ("edited", "topics", "Grain, Talks", "Talks"),
    ]


def test_a_save_that_changes_nothing_or_fails_leaves_no_edit(seed: Article, save: Callable[..., Any]) -> None:
    save(seed)
    assert save(seed, headline="").status_code == 200
    assert not Edit.objects.exists()


def test_history_shows_who_changed_what(seed: Article, save: Callable[..., Any], admin_client: Client) -> None:
    assert "every value is as received" in history_of(admin_client, seed)
    save(seed, headline="<b>Quokka</b>")
    page = history_of(admin_client, seed)
    assert "&lt;b&gt;Quokka&lt;/b&gt;" in page
    assert "<del><bdi>Ukraine-Russia war latest" in page
    of_operation = reverse("admin:archive_operation_change", args=[Operation.objects.latest("pk").pk])
    assert f'UTC, by <bdi>admin</bdi>: <a href="{of_operation}">edited</a>' in page


def test_showing_as_received_is_an_edit(seed: Article, save: Callable[..., Any], admin_client: Client) -> None:
    headline = seed.headline
    save(seed, headline="Quokka", note="Checked.")
    url = reverse("admin:archive_article_changelist")
    data = {"action": "show_as_received", "_selected_action": [seed.pk]}
    confirm_plan(admin_client, admin_client.post(url, data, follow=True))
    assert set(edits()[2:]) == {
        ("shown as received", "headline", "Quokka", headline),
        ("shown as received", "note", "Checked.", ""),
    }
    assert "shown as received" in history_of(admin_client, seed)


def test_renamed_source_has_an_edit(seed: Article, admin_client: Client) -> None:
    url = reverse("admin:archive_source_change", args=[seed.source_id])
    admin_client.post(url, source_fields(seed.source, name="Courier", kind="agency"))
    assert edits() == [("edited", "name", "Unknown source", "Courier"), ("edited", "kind", "Outlet", "Agency")]
    assert "Unknown source" in history_of(admin_client, seed.source)


@pytest.mark.parametrize("way", ["page", "action"])
def test_deleted_topic_has_an_edit_and_so_have_its_articles(seed: Article, admin_client: Client, way: str) -> None:
    topic = Topic.objects.create(name="Doomed")
    seed.topics.add(topic)
    if way == "page":
        admin_client.post(reverse("admin:archive_topic_delete", args=[topic.pk]), {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [topic.pk], "post": "yes"}
        admin_client.post(reverse("admin:archive_topic_changelist"), data)
    assert edits() == [("deleted", "", "", ""), ("topic deleted", "topics", "Doomed", "")]


def test_edits_outlive_the_user(seed: Article, save: Callable[..., Any], client: Client) -> None:
    headline = seed.headline
    librarian = User.objects.create_superuser("lib", password="x")
    client.force_login(librarian)
    client.post(reverse("admin:archive_article_change", args=[seed.pk]), form_of(seed, headline="Quokka"))
    client.post(reverse("admin:archive_article_delete", args=[seed.pk]), {"post": "yes"})
    librarian.delete()
    rows = list(Edit.objects.order_by("id").values_list("user_name", "label", "how", "field"))
    assert rows == [
        ("lib", headline, "edited", "headline"),
        ("lib", "Quokka", "moved to the trash", "in the trash since"),
    ]


def test_edits_are_listed_and_cannot_be_changed(seed: Article, save: Callable[..., Any], admin_client: Client) -> None:
    save(seed, headline="Quokka " * 100)
    edit = Edit.objects.get()
    listing = admin_client.get(reverse("admin:archive_edit_changelist"), {"q": "Ukraine"}).content.decode()
    assert "1 edit" in listing
    assert re.search(r"Quokka Q[a-z]*…", listing)
    for action in ("change", "delete"):
        assert admin_client.post(reverse(f"admin:archive_edit_{action}", args=[edit.pk]), {}).status_code == 403
    with pytest.raises(ImmutableError):
        edit.save()
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE archive_edit SET user_name = 'nobody'")


def test_list_of_edits_needs_its_permission(seed: Article, client: Client) -> None:
    librarian = User.objects.create_user("lib", password="x", is_staff=True)
    client.force_login(librarian)
    assert client.get(reverse("admin:archive_edit_changelist")).status_code == 403
    librarian.user_permissions.add(Permission.objects.get(codename="view_edit"))
    assert client.get(reverse("admin:archive_edit_changelist")).status_code == 200


def test_many_rows_are_read_in_few_queries(seed: Article, django_assert_max_num_queries: Any) -> None:
    source = Source.objects.create(name="Courier")
    many = Article.objects.bulk_create(Article(source=source, headline=f"Fire {number}") for number in range(600))
    with django_assert_max_num_queries(80), operation(EDITED, user_name="lib", label="Edited") as act:
        act.watch(Article, [article.pk for article in many])
        Article.objects.filter(source=source).update(byline="Cy Roe")
    assert Edit.objects.filter(field="byline", old="", new="Cy Roe").count() == 600


@pytest.mark.parametrize("pk", ["0", "x", "9" * 30, "_5F"])
def test_impossible_number_of_an_article_is_no_error(admin_client: Client, pk: str) -> None:
    url = f"/admin/archive/article/{pk}/change/"
    assert admin_client.post(url, {"headline": "Quokka"}).status_code == 410
    assert admin_client.get(f"/admin/archive/article/{pk}/history/").status_code == 302


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database or disk is full"),
        OSError(errno.ENOSPC, "No space left on device"),
        SearchPortError("The index is damaged."),
    ],
    ids=["database", "disk", "index"],
)
@pytest.mark.django_db(transaction=True)
def test_a_saved_edit_is_saved_whatever_fails_while_it_is_indexed(
    seed: Article,
    save: Callable[..., Any],
    admin_client: Client,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(progress: IndexProgress) -> int:
        raise error

    port = replace(get_search_port(), sync=fail)
    monkeypatch.setattr("archive.search_port.get_search_port", lambda: port)
    answer = save(seed, headline="Quokka")
    assert answer.status_code == 302
    assert seed.headline == "Quokka"
    page = admin_client.get(answer["Location"]).content.decode()
    assert "Saved, but not indexed yet" in page
