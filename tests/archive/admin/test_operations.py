"""The pages of operations: who reads their words, and who undoes them, after roles and articles have changed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from archive.curation import Terms
from archive.models import Article, Operation, Topic
from archive.operations import (
    ADDED,
    EDITED,
    RESTORED,
    TRASHED,
    UNDONE,
    delete_for_good,
    operation,
    permission_to_undo,
    restore,
    undo,
    withdraw,
)
from archive.roles import role_named
from archive.users import give_role

CURATOR, LIBRARIAN = role_named("Curator"), role_named("Librarian")
ARTICLES: list[dict[str, Any]] = [{"headline": "Ferry sinks", "text": "The ferry sank.", "source": "Courier"}]


@pytest.fixture
def ferry(begin_with: Callable[..., None]) -> Article:
    begin_with(ARTICLES)
    return Article.objects.get()


@pytest.fixture
def ada(ferry: Article) -> User:
    """A curator who edited the article."""
    user = User.objects.create_user("ada")
    give_role(user, CURATOR)
    with operation(EDITED, user_name="ada", label=f"Edited “{ferry}”") as act:
        act.watch(Article, [ferry.pk])
        ferry.byline = "Cy Roe"
        ferry.save()
    return user


def page(client: Client, subject: Operation, view: str = "change", **sent: str) -> Any:
    address = reverse(f"admin:archive_operation_{view}", args=[subject.pk])
    return client.post(address, sent) if sent else client.get(address)


def last() -> Operation:
    return Operation.objects.latest("pk")


def test_own_operation_does_not_name_what_was_hidden_since(client: Client, ferry: Article, ada: User) -> None:
    client.force_login(ada)
    own = last()
    assert "Ferry sinks" in page(client, own).content.decode()
    undo_page = page(client, own, "undo").content.decode()
    assert "Ferry sinks" in undo_page
    assert "1 article, source or topic would be put back as it was before." in undo_page
    withdraw([ferry], Terms("law"), user_name="ben")
    shown = page(client, own)
    assert shown.status_code == 200
    assert "Ferry" not in shown.content.decode()
    assert "Cy Roe" not in shown.content.decode()
    assert (page(client, own, "undo").status_code, page(client, own, "undo", yes="1").status_code) == (403, 403)


def test_operation_that_undid_another_names_it_only_where_both_are_seen(
    client: Client, ferry: Article, ada: User
) -> None:
    with operation(ADDED, user_name="ada", label="Added “Sea”") as act:
        topic = Topic.objects.create(name="Sea", curated=True)
        act.created(Topic, [topic.pk])
    client.force_login(ada)
    Operation.objects.filter(pk=last().pk).update(undoes=Operation.objects.earliest("pk"))
    assert "Ferry sinks" in page(client, last()).content.decode()
    withdraw([ferry], Terms("law"), user_name="ben")
    added = Operation.objects.get(kind=ADDED.name)
    assert "Ferry" not in page(client, added).content.decode()


def test_who_lost_a_role_does_not_undo_what_it_allowed(client: Client, ferry: Article, ada: User) -> None:
    """To undo a withdrawal is to restore, and to undo that is to withdraw."""
    give_role(ada, LIBRARIAN)
    (row,) = withdraw([ferry], Terms("law"), user_name="ada")
    withdrawn = last()
    restore([row], user_name="ada")
    restored = last()
    client.force_login(ada)
    assert page(client, restored, "undo").status_code == 200
    give_role(ada, CURATOR)
    assert page(client, restored).status_code == 200
    assert page(client, restored, "undo", yes="1").status_code == 403
    undo(restored, user_name="ada")
    assert page(client, last(), "undo", yes="1").status_code == 403
    assert page(client, withdrawn, "undo", yes="1").status_code == 403
    assert Article.objects.get().closed_until is not None


def test_an_undo_takes_the_permission_of_what_it_does_again(ferry: Article, ada: User) -> None:
    edited = last()
    (row,) = withdraw([ferry], Terms("law"), user_name="ada")
    restore([row], user_name="ada")
    restored = last()
    assert (restored.kind, permission_to_undo(restored)) == (RESTORED.name, "archive.withdraw_article")
    for subject, permission in ((edited, "archive.change_article"), (restored, "archive.withdraw_article")):
        undone, _ = undo(subject, user_name="ada")
        assert (undone.kind, permission_to_undo(undone)) == (UNDONE.name, permission)


def test_the_label_stays_short_however_often_an_undo_is_undone(ferry: Article, ada: User) -> None:
    for _ in range(60):
        undone, _ = undo(last(), user_name="ada")
    assert undone.label.startswith("Undid: Undid: ")
    assert len(last().label) == 300


def test_what_was_deleted_for_good_is_named_by_no_operation(client: Client, ferry: Article, ada: User) -> None:
    with operation(TRASHED, user_name="ben", label="Moved “Ferry sinks” to the trash") as act:
        act.watch(Article, [ferry.pk])
        Article.objects.update(trashed=act.operation.at)
    delete_for_good([ferry.pk], user_name="ben")
    client.force_login(ada)
    listed = client.get(reverse("admin:archive_operation_changelist")).content.decode()
    assert "Ferry" not in listed
    assert "Deleted 1 article of the trash for good" in listed
    assert not Operation.objects.filter(label__contains="Ferry").exists()


def test_what_changed_leads_to_the_page_of_what_is_still_there(client: Client, ferry: Article, ada: User) -> None:
    edited = last()
    address = reverse("admin:archive_article_change", args=[ferry.pk])
    client.force_login(ada)
    assert (
        f'<th scope="row"><a href="{address}"><bdi>Ferry sinks</bdi></a></th>' in page(client, edited).content.decode()
    )
    with operation(ADDED, user_name="ada", label="Added “Sea”") as act:
        topic = Topic.objects.create(name="Sea", curated=True)
        act.created(Topic, [topic.pk])
    added = last()
    link = reverse("admin:archive_topic_change", args=[topic.pk])
    assert f'<a href="{link}"><bdi>Sea</bdi></a>' in page(client, added).content.decode()
    undo(added, user_name="ada")
    assert link not in page(client, added).content.decode()
    # Whoever may open no article reads what changed, without a link.
    give_role(ada, role_named("Contributor"))
    client.force_login(User.objects.get(pk=ada.pk))
    shown = page(client, edited).content.decode()
    assert ("Cy Roe" in shown, address in shown) == (True, False)
