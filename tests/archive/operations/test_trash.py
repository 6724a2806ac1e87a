"""The trash: what lies in it is restored whole, and deleted for good by hand or after its days."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from archive.annotating import catch_up, sweep_unused
from archive.models import (
    Article,
    Capture,
    DeletedNumber,
    Operation,
    Problem,
    Section,
    Source,
    Spelling,
    Topic,
    record_changes,
)
from archive.operations import UndoError, delete_for_good, empty_old, trash, undo
from archive.search_port import no_progress
from search.index import sync
from tests.archive.admin.plans import confirm_plan

from .whole_archive import read_whole

ARTICLES: list[dict[str, Any]] = [
    {"headline": "Ferry sinks", "text": "The ferry sank.", "topics": ["Sea"], "source": "Courier", "id": "1"},
    {"headline": "Bridge opens", "text": "The bridge is open.", "source": "Herald"},
]
FEBRUARY, MARCH = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def ferry(begin_with: Callable[..., None]) -> Article:
    begin_with(ARTICLES)
    return Article.objects.get(headline="Ferry sinks")


def act_on(client: Client, action: str, *articles: Article, trash: bool = False, **fields: Any) -> Any:
    address = reverse("admin:archive_article_changelist") + ("?trash=yes" if trash else "")
    picked = {"action": action, "_selected_action": [article.pk for article in articles]}
    page = client.post(address, {**picked, **fields}, follow=True)
    return confirm_plan(client, page) if "preview" in (page.context or ()) else page


def test_what_is_in_the_trash_is_restored_whole(ferry: Article, admin_client: Client, ask: Callable[..., Any]) -> None:
    before = read_whole()
    act_on(admin_client, "move_to_trash", ferry)
    listed = admin_client.get(reverse("admin:archive_article_changelist")).content.decode()
    assert "Ferry sinks" not in listed
    assert "Bridge opens" in listed
    assert (
        "Ferry sinks" in admin_client.get(reverse("admin:archive_article_changelist") + "?trash=yes").content.decode()
    )
    assert "1 article in the trash" in admin_client.get(reverse("admin:archive_trash")).content.decode()
    assert ask("ferry").total == 0
    act_on(admin_client, "restore_from_trash", ferry, trash=True)
    assert read_whole() == before


def test_no_reader_sees_what_is_in_the_trash(ferry: Article, admin_client: Client, client: Client) -> None:
    act_on(admin_client, "move_to_trash", ferry)
    assert client.get(ferry.get_absolute_url()).status_code == 404
    assert client.get(Section.objects.get(article=ferry).get_absolute_url()).status_code == 404
    page = admin_client.get(reverse("admin:archive_article_change", args=[ferry.pk]))
    assert 'name="headline"' not in page.content.decode()


def test_deleted_names_lie_there_with_their_articles(ferry: Article, admin_client: Client) -> None:
    before = read_whole()
    topic = Topic.objects.get()
    admin_client.post(reverse("admin:archive_topic_delete", args=[topic.pk]), {"post": "yes"})
    page = admin_client.get(reverse("admin:archive_trash")).content.decode()
    assert "Deleted “Sea”" in page
    assert "days left" in page
    undo(Operation.objects.get(), user_name="ann")
    assert read_whole() == before


def test_deleted_topic_comes_back_with_its_narrower_ones(ferry: Article, admin_client: Client) -> None:
    places = Topic.objects.create(name="Places", curated=True)
    sea = Topic.objects.get(name="Sea")
    Topic.objects.filter(pk=sea.pk).update(broader=places)
    Topic.objects.create(name="Ports", broader=sea, curated=True)
    record_changes([ferry.pk])
    sync.drain(no_progress)
    before = read_whole()
    address = reverse("admin:archive_topic_delete", args=[sea.pk])
    page = admin_client.get(address).content.decode()
    assert "In its way" not in page
    assert page.partition("Narrower topics that move up")[2][:20] == "</th><td>1</td></tr>"
    # The page was opened before another one was put under it.
    old = {"post": "yes", "counted": ["topics: 1", "narrower topics that move up: 0"]}
    assert "Open the page again" in admin_client.post(address, old).content.decode()
    admin_client.post(address, {"post": "yes"})
    assert dict(Topic.objects.values_list("name", "broader__name")) == {"Places": None, "Ports": "Places"}
    # All of a branch: nothing of it is left below.
    undo(Operation.objects.get(), user_name="ann")
    assert read_whole() == before
    picked = {"action": "delete_selected", "_selected_action": [places.pk, sea.pk], "post": "yes"}
    admin_client.post(reverse("admin:archive_topic_changelist"), picked)
    assert dict(Topic.objects.values_list("name", "broader__name")) == {"Ports": None}
    undo(Operation.objects.latest("pk"), user_name="ann")
    assert read_whole() == before


def test_deleting_for_good_needs_its_permission_and_leaves_a_tombstone(
    ferry: Article, admin_client: Client, client: Client
) -> None:
    section = Section.objects.get(article=ferry)
    addresses = [ferry.get_absolute_url(), section.get_absolute_url()]
    act_on(admin_client, "move_to_trash", ferry)
    user = User.objects.create_user("lane", is_staff=True)
    codenames = ["view_article", "change_article", "delete_article", "view_hidden"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    act_on(client, "delete_for_good", ferry, trash=True, shown_count=1)
    assert Article.objects.filter(pk=ferry.pk).exists()
    page = act_on(admin_client, "delete_for_good", ferry, trash=True)
    assert "This deletes evidence" in page.content.decode()
    act_on(admin_client, "delete_for_good", ferry, trash=True, shown_count=1)
    assert not Article.objects.filter(pk=ferry.pk).exists()
    assert Capture.objects.exists()
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 410
        assert "deleted" in answer.content.decode()
        assert "Ferry" not in answer.content.decode()
    for done in Operation.objects.all():
        with pytest.raises(UndoError):
            undo(done, user_name="ann")


def test_only_what_is_in_the_trash_is_deleted_for_good(ferry: Article) -> None:
    assert delete_for_good([ferry.pk], user_name="ann") == 0
    assert Article.objects.count() == 2
    assert not DeletedNumber.objects.exists()


def test_many_are_deleted_for_good_in_parts_with_the_names_of_each(
    begin_with: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("Anna Holm", "Peter Berg", "Lena Dahl", "Martin Lund", "Karin Falk")
    begin_with({"headline": f"Ferry {name[0]}", "text": f"“It sails,” said {name}."} for name in names)
    catch_up(no_progress)
    monkeypatch.setattr(trash, "BATCH_ROWS", 2)
    swept: list[set[int] | None] = []

    def sweep(among: set[int] | None = None) -> int:
        swept.append(among)
        return sweep_unused(among)

    monkeypatch.setattr(trash, "sweep_unused", sweep)
    Article.objects.update(trashed=timezone.now())
    kept = Article.objects.latest("pk")
    assert delete_for_good(Article.objects.exclude(pk=kept.pk).values_list("pk", flat=True), user_name="ann") == 4
    assert list(Article.objects.all()) == [kept]
    # A part looks at its own names only; all are looked at once, in the end.
    assert all(swept[:2])
    assert swept[2:] == [None]
    assert {spelling.text for spelling in Spelling.objects.all()} <= {"Karin Falk", "Falk"}
    assert Operation.objects.filter(kind="deleted for good").count() == 2
    sync.drain(no_progress)
    assert sync.verify(no_progress).clean


def test_after_its_days_it_is_deleted_for_good(ferry: Article, admin_client: Client, settings: Any) -> None:
    settings.TRASH_DAYS = 3
    act_on(admin_client, "move_to_trash", ferry)
    unused = Source.objects.create(name="Gazette")
    admin_client.post(reverse("admin:archive_source_delete", args=[unused.pk]), {"post": "yes"})
    now = timezone.now()
    assert empty_old(now + timedelta(days=2)) == 0
    assert Article.objects.filter(pk=ferry.pk).exists()
    assert empty_old(now + timedelta(days=4)) == 1
    assert not Article.objects.filter(pk=ferry.pk).exists()
    assert "None." in admin_client.get(reverse("admin:archive_trash")).content.decode()
    sync.drain(no_progress)
    assert sync.verify(no_progress).clean


def test_a_document_of_an_article_in_the_trash_says_so(
    ferry: Article, admin_client: Client, ingest_file: Callable[..., Any], tmp_path: Any
) -> None:
    act_on(admin_client, "move_to_trash", ferry)
    path = tmp_path / "again.jsonl"
    path.write_text('{"headline": "Ferry raised", "text": "The ferry is up.", "source": "Courier", "id": "1"}')
    (outcome,) = ingest_file(path)
    assert outcome.article_id == ferry.pk
    assert "in the trash" in outcome.notes[0]
    ferry.refresh_from_db()
    assert ferry.trashed


@pytest.mark.parametrize(
    "times", [({}, {}), ({"captured": FEBRUARY}, {"captured": MARCH})], ids=["ingested", "captured"]
)
def test_the_same_bytes_of_an_article_in_the_trash_say_so(
    ferry: Article, admin_client: Client, ingest_file: Callable[..., Any], tmp_path: Any, times: Any
) -> None:
    path = tmp_path / "again.jsonl"
    path.write_text('{"headline": "Barge adrift", "text": "The barge is adrift.", "source": "Courier", "id": "2"}')
    (first,) = ingest_file(path, **times[0])
    assert (first.status, first.notes) == ("new", ())
    barge = Article.objects.get(headline="Barge adrift")
    act_on(admin_client, "move_to_trash", barge)
    for time in times:
        (outcome,) = ingest_file(path, **time)
        assert (outcome.status, outcome.article_id) == ("unchanged", barge.pk)
        assert "in the trash" in outcome.notes[0]
    assert Problem.objects.filter(reason__contains="in the trash", article=barge).count() == 2
