"""Acts on many articles that are done whole or not at all, beside the request."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from archive.admin import acts, operations
from archive.curation import CurationError
from archive.deletions import plan_deletion
from archive.models import Article, IngestRun, Operation, Source, Topic, record_changes
from archive.operations import DELETE_SUBJECTS, MERGE_SUBJECTS, begin_whole, do_batch, go_on, subject_acts, work_on
from archive.roles import role_named
from archive.users import give_role

from .whole_archive import read_whole


@pytest.fixture
def articles(begin_with: Callable[..., None]) -> list[Article]:
    begin_with({"headline": f"Ferry {number}", "text": "It sails.", "source": "Courier"} for number in range(3))
    articles = list(Article.objects.order_by("pk"))
    for name in ("Sea", "Seas"):
        Topic.objects.create(name=name, curated=True).articles.set(articles[:2])
    record_changes([article.pk for article in articles])
    return articles


@pytest.fixture
def librarian(articles: list[Article]) -> User:
    user = User.objects.create_user("lib", is_staff=True)
    give_role(user, role_named("Librarian"))
    return user


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (acts, operations):
        monkeypatch.setattr(module, "MAX_AT_ONCE", 0)
        # As the process does that follows the record.
        monkeypatch.setattr(module, "do_act", do_batch)


def begin_deletion(user: User) -> Operation:
    topic = Topic.objects.get(name="Sea")
    parameters = DELETE_SUBJECTS.parameters_of(Topic, [topic.pk])
    return begin_whole(DELETE_SUBJECTS, parameters, label="Deletes 1 topic", total=2, user=user)


def do(client: Client, user: User, name: str, *args: Any, **sent: Any) -> Operation:
    """Sends a page of the admin that begins an act, and returns the act, to whose page the answer leads."""
    client.force_login(user)
    answer = client.post(reverse(f"admin:archive_{name}", args=args), sent)
    begun = Operation.objects.latest("pk")
    assert answer.status_code == 302, answer.content.decode()
    assert answer.headers["Location"] == reverse("admin:archive_operation_change", args=[begun.pk])
    # It says what was done when it is done, and not before.
    assert not list(client.get(answer.headers["Location"]).context["messages"])
    return begun


def delete_by_page(client: Client, user: User) -> Operation:
    return do(client, user, "topic_delete", Topic.objects.get(name="Sea").pk, post="yes")


def delete_by_list(client: Client, user: User) -> Operation:
    selected = {"_selected_action": [Topic.objects.get(name="Sea").pk]}
    return do(client, user, "topic_changelist", action="delete_selected", post="yes", **selected)


def merge_topics(client: Client, user: User) -> Operation:
    ids = list(Topic.objects.values_list("pk", flat=True))
    sent = {"action": "merge", "_selected_action": ids, "shown_count": len(ids), "kept": ids[0]}
    return do(client, user, "topic_changelist", **sent)


def merge_sources(client: Client, user: User) -> Operation:
    kept = Source.objects.create(name="The Courier")
    ids = [kept.pk, Source.objects.get(name="Courier").pk]
    sent = {"action": "merge", "_selected_action": ids, "shown_count": len(ids), "kept": kept.pk}
    return do(client, user, "source_changelist", **sent)


def take_back(client: Client, user: User) -> Operation:
    client.force_login(user)
    page = reverse("admin:archive_ingestrun_take-back", args=[IngestRun.objects.get().pk])
    shown = client.get(page).context["shown_rows"]
    return do(client, user, "ingestrun_take-back", IngestRun.objects.get().pk, shown_rows=shown)


@pytest.mark.parametrize("act", [delete_by_page, delete_by_list, merge_topics, merge_sources, take_back])
def test_it_is_done_and_undone_beside_the_request(
    act: Callable[[Client, User], Operation], client: Client, librarian: User
) -> None:
    before = read_whole()
    done = act(client, librarian)
    assert (done.state, done.message) == ("done", "")
    assert done.touched
    assert done.position == done.total
    assert read_whole() != before
    undone = do(client, librarian, "operation_undo", done.pk)
    assert (undone.state, undone.label) == ("done", f"Undid: {done.label}")
    if act is merge_sources:
        Source.objects.get(name="The Courier").delete()
    assert read_whole() == before


def test_one_that_fails_half_way_leaves_nothing_and_is_done_again(
    librarian: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_whole()
    begun = begin_deletion(librarian)

    def fail(*arguments: Any) -> Any:
        plan_deletion(*arguments).carry_out()
        raise CurationError("The lamp fell into the water.")

    monkeypatch.setattr(subject_acts, "plan_deletion", fail)
    assert work_on()
    begun.refresh_from_db()
    assert (begun.state, begun.message, begun.touched) == ("failed", "The lamp fell into the water.", 0)
    assert read_whole() == before
    monkeypatch.undo()
    assert go_on(begun)
    assert work_on()
    begun.refresh_from_db()
    assert (begun.state, begun.label) == ("done", "Deleted “Sea”")
    assert not Topic.objects.filter(name="Sea").exists()


def test_who_lost_the_right_meanwhile_changes_nothing(librarian: User) -> None:
    begun = begin_deletion(librarian)
    give_role(librarian, role_named("Reader"))
    assert work_on()
    begun.refresh_from_db()
    assert (begun.state, begun.message) == ("stopped", "lib may not do this any more.")
    assert Topic.objects.filter(name="Sea").exists()


def test_a_merge_with_what_was_deleted_meanwhile_is_refused(librarian: User) -> None:
    kept, other = Topic.objects.order_by("pk")
    parameters = MERGE_SUBJECTS.parameters_of(kept, [other])
    begun = begin_whole(MERGE_SUBJECTS, parameters, label="Merges 2 topics", total=2, user=librarian)
    other.delete()
    assert work_on()
    begun.refresh_from_db()
    assert (begun.state, begun.message) == ("failed", "Some of them were deleted meanwhile. Select them again.")


def test_an_undo_of_what_changed_since_is_refused_whole(client: Client, librarian: User) -> None:
    done = merge_topics(client, librarian)
    merged = Topic.objects.create(name="Seas")
    undone = do(client, librarian, "operation_undo", done.pk)
    assert (undone.state, undone.message) == ("failed", "It cannot be undone, because of what was changed since.")
    assert list(Topic.objects.filter(name="Seas")) == [merged]
