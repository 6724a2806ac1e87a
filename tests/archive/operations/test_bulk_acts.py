"""Acts on many articles: planned, looked at, done in batches, stopped, taken up again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from archive.curation import BulkChange
from archive.models import Article, IngestRun, Operation, Topic, record_changes
from archive.operations import (
    MOVE_TO_TRASH,
    SET_FIELDS,
    TAKE_BACK_RUN,
    UNDO_MANY,
    BulkActError,
    ask_to_stop,
    begin,
    bulk_acts,
    confirm,
    discard,
    go_on,
    plan,
    preview,
    undo,
    work_on,
)

from .whole_archive import read_whole

NUMBER = 7


@pytest.fixture
def articles(begin_with: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    begin_with({"headline": f"Ferry {number}", "text": "It sails.", "byline": ""} for number in range(NUMBER))
    monkeypatch.setattr(bulk_acts, "BATCH_ROWS", 3)
    return list(Article.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def librarian(db: None) -> User:
    user = User.objects.create_user("lib", is_staff=True)
    names = ["change_in_bulk", "change_article", "delete_article", "view_hidden", "add_ingestrun"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def planned(articles: list[int], librarian: User) -> Operation:
    change = BulkChange({"byline": "By Ann"}, frozenset([Topic.objects.create(name="Sea")]))
    return plan(SET_FIELDS, SET_FIELDS.parameters_of(change), articles, user=librarian)


def bylines() -> list[str]:
    return list(Article.objects.order_by("pk").values_list("byline", flat=True))


def work_to_the_end() -> int:
    batches = 0
    while work_on():
        batches += 1
    return batches


def test_a_plan_shows_what_it_would_do_and_changes_nothing(
    planned: Operation, articles: list[int], librarian: User
) -> None:
    Article.objects.filter(pk=articles[0]).update(byline="By Ann")
    Article.objects.get(pk=articles[0]).topics.add(Topic.objects.get())
    record_changes(articles[:1])
    before = read_whole()
    shown = preview(planned, user=librarian)
    assert read_whole() == before
    assert (shown.selected, shown.changing) == (NUMBER, NUMBER - 1)
    assert shown.examples[0].article.pk == articles[1]
    assert shown.examples[0].changes == (("byline", "", "By Ann"), ("topics", "", "Sea"))
    (refused,) = shown.refused
    assert (refused.reason, refused.count, refused.articles[0].pk) == ("it has these values already", 1, articles[0])
    assert not work_on()


def test_what_was_shown_is_done_whatever_comes_meanwhile(
    planned: Operation, ingest_file: Callable[..., Any], tmp_path: Any
) -> None:
    (tmp_path / "late.jsonl").write_text('{"headline": "Ferry late", "text": "It sails."}')
    ingest_file(tmp_path / "late.jsonl")
    assert confirm(planned) == "begun"
    # Two browsers press the same button.
    assert confirm(planned) == "begun before"
    assert work_to_the_end() == 3
    planned.refresh_from_db()
    assert (planned.state, planned.position, planned.touched) == ("done", NUMBER, NUMBER)
    assert bylines() == [*["By Ann"] * NUMBER, ""]


def test_an_act_that_is_stopped_does_the_rest_later_or_is_undone(planned: Operation, articles: list[int]) -> None:
    before = read_whole()
    confirm(planned)
    work_on()
    assert ask_to_stop(planned)
    work_to_the_end()
    planned.refresh_from_db()
    assert (planned.state, planned.position) == ("stopped", 3)
    assert bylines() == [*["By Ann"] * 3, *[""] * 4]
    assert go_on(planned)
    work_to_the_end()
    assert bylines() == ["By Ann"] * NUMBER
    planned.refresh_from_db()
    undo(planned, user_name="lib")
    assert read_whole() == before


def test_a_batch_that_fails_leaves_nothing_half(planned: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    confirm(planned)
    work_on()

    def fail(*args: Any) -> None:
        Article.objects.update(byline="half")
        raise OSError("no power")

    with monkeypatch.context() as patched:
        patched.setattr(SET_FIELDS, "apply", fail)
        work_to_the_end()
    planned.refresh_from_db()
    assert planned.state == "failed"
    assert planned.message
    assert bylines() == [*["By Ann"] * 3, *[""] * 4]
    assert go_on(planned)
    work_to_the_end()
    assert bylines() == ["By Ann"] * NUMBER


def test_a_killed_act_goes_on_where_it_was(planned: Operation) -> None:
    confirm(planned)
    work_on()
    planned.refresh_from_db()
    assert planned.state == "running"
    # Another process finds it, by the database alone.
    work_to_the_end()
    assert bylines() == ["By Ann"] * NUMBER


def test_a_permission_taken_away_ends_the_act(planned: Operation, librarian: User) -> None:
    confirm(planned)
    work_on()
    librarian.user_permissions.clear()
    work_to_the_end()
    planned.refresh_from_db()
    assert (planned.state, planned.message) == ("stopped", "lib may not do this any more.")
    assert bylines().count("By Ann") == 3


def test_an_undo_in_batches_ends_with_the_permission_of_what_it_undoes(planned: Operation, librarian: User) -> None:
    confirm(planned)
    work_to_the_end()
    planned.refresh_from_db()
    undoing = UNDO_MANY.plan(planned, user=librarian)
    confirm(undoing)
    work_on()
    librarian.user_permissions.remove(Permission.objects.get(codename="change_in_bulk"))
    work_to_the_end()
    undoing.refresh_from_db()
    assert (undoing.state, undoing.message) == ("stopped", "lib may not do this any more.")
    assert bylines().count("By Ann") == NUMBER - 3


def test_articles_that_are_gone_or_hidden_meanwhile_are_left(
    articles: list[int], librarian: User, planned: Operation
) -> None:
    librarian.user_permissions.remove(Permission.objects.get(codename="view_hidden"))
    Article.objects.filter(pk=articles[0]).delete()
    Article.objects.filter(pk=articles[1]).update(status="withheld")
    confirm(planned)
    work_to_the_end()
    planned.refresh_from_db()
    assert planned.refused == [["it was deleted or hidden meanwhile", 2, articles[:2]]]
    assert planned.touched == NUMBER - 2


def test_many_are_undone_in_batches(planned: Operation, articles: list[int], librarian: User) -> None:
    before = read_whole()
    confirm(planned)
    work_to_the_end()
    Article.objects.filter(pk=articles[5]).update(byline="By Ben")
    planned.refresh_from_db()
    undoing = UNDO_MANY.plan(planned, user=librarian)
    confirm(undoing)
    assert work_to_the_end() == 3
    undoing.refresh_from_db()
    planned.refresh_from_db()
    assert (undoing.state, undoing.touched, planned.undone_by) == ("done", NUMBER - 1, undoing)
    ((reason, count, first),) = undoing.refused
    assert (reason, count, first) == ("changed again since: byline", 1, [articles[5]])
    Article.objects.filter(pk=articles[5]).update(byline="By Ann")
    planned.undone_by = None
    planned.save()
    undo(planned, user_name="lib")
    assert read_whole() == before


def test_a_plan_is_forgotten_when_it_is_discarded(planned: Operation) -> None:
    assert discard(planned)
    assert not discard(planned)
    with pytest.raises(BulkActError, match="Select the articles again"):
        confirm(planned)


def test_too_many_articles_are_refused(librarian: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_acts, "MAX_ARTICLES", 2)
    with pytest.raises(BulkActError, match="3 articles are too many"):
        plan(MOVE_TO_TRASH, {}, [1, 2, 3], user=librarian)


def test_a_run_is_taken_back_in_batches_without_what_others_received_meanwhile(
    articles: list[int], librarian: User, ingest_file: Callable[..., Any], tmp_path: Any
) -> None:
    run = IngestRun.objects.get()
    librarian.user_permissions.remove(Permission.objects.get(codename="view_hidden"))
    Article.objects.filter(pk=articles[4]).update(status="withheld")
    begun = begin(TAKE_BACK_RUN, {"run": run.pk}, articles, user=librarian)
    assert work_on()
    assert Article.objects.filter(trashed=None).count() == NUMBER - 3
    (tmp_path / "again.jsonl").write_text(f'{{"headline": "Ferry {NUMBER - 1}", "text": "It sails."}}')
    ingest_file(tmp_path / "again.jsonl")
    assert work_to_the_end() == 2
    begun.refresh_from_db()
    assert (begun.state, begun.position, begun.touched) == ("done", NUMBER, NUMBER - 1)
    assert begun.label.startswith(f"Took back {run}: ")
    assert begun.refused == [["another run received it too", 1, [articles[-1]]]]
    assert list(Article.objects.filter(trashed=None).values_list("pk", flat=True)) == [articles[-1]]
    # What is in the trash is hidden, too.
    librarian.user_permissions.add(Permission.objects.get(codename="view_hidden"))
    undoing = UNDO_MANY.plan(begun, user=librarian)
    confirm(undoing)
    work_to_the_end()
    assert not Article.objects.exclude(trashed=None).exists()
