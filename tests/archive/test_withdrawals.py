"""Withdrawals: what closes and opens when, and which of them are refused as a whole."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from archive.curation import MAX_NOTE_CHARS, CurationError, Terms
from archive.models import (
    FOREVER,
    Article,
    Change,
    Edit,
    Operation,
    Section,
    Withdrawal,
    hidden_changes,
    shown_articles,
    shown_sections,
)
from archive.operations import UndoError, restore, undo, withdraw
from tests.withheld_stories import U1, U2, take_in

pytestmark = pytest.mark.django_db

LAW = Terms("law")


@pytest.fixture
def article() -> Article:
    take_in((U1,))
    return Article.objects.get()


def shown_parts() -> tuple[int, int]:
    now = timezone.now()
    return shown_articles(now).count(), shown_sections(now).count()


def test_a_withdrawn_article_is_closed_until_it_is_restored(article: Article) -> None:
    (withdrawal,) = withdraw([article], LAW, user_name="ada")
    article.refresh_from_db()
    assert (article.closed_until, shown_parts()) == (FOREVER, (0, 0))
    restore([withdrawal], user_name="eve")
    article.refresh_from_db()
    withdrawal.refresh_from_db()
    assert (article.closed_until, shown_parts()) == (None, (1, 2))
    assert (withdrawal.user_name, withdrawal.restored_by, withdrawal.restored is None) == ("ada", "eve", False)


def test_a_withdrawn_section_leaves_the_others(article: Article) -> None:
    section = article.sections.order_by("position").last()
    assert section is not None
    withdraw([section], LAW, user_name="ada")
    assert shown_parts() == (1, 1)
    assert hidden_changes(timezone.now()) == [article.pk]


def test_a_section_that_is_withdrawn_is_new_by_itself(article: Article) -> None:
    def change(act: Callable[[], object]) -> set[int]:
        before = dict(Section.objects.values_list("pk", "changed"))
        act()
        return {pk for pk, changed in Section.objects.values_list("pk", "changed") if changed != before[pk]}

    first, second = article.sections.order_by("position")
    assert change(lambda: withdraw([second], LAW, user_name="ada")) == {second.pk}
    withdrawn = Operation.objects.get()
    assert change(lambda: restore(Withdrawal.objects.all(), user_name="ada")) == {second.pk}
    assert change(lambda: undo(Operation.objects.latest("pk"), user_name="ada")) == {second.pk}
    assert change(lambda: undo(withdrawn, user_name="ada")) == {second.pk}
    assert not Withdrawal.objects.exists()
    assert change(lambda: withdraw([article], LAW, user_name="ada")) == {first.pk, second.pk}


def test_the_last_of_several_ends_counts(article: Article) -> None:
    now = timezone.now()
    near, far = now + timedelta(days=1), now + timedelta(days=9)
    withdraw([article], Terms("request", until=far), user_name="ada")
    (law,) = withdraw([article], Terms("law", until=near), user_name="ada")
    article.refresh_from_db()
    assert article.closed_until == far
    (error,) = withdraw([article], Terms("error"), user_name="ada")
    article.refresh_from_db()
    assert article.closed_until == FOREVER
    restore([error, law], user_name="ada")
    article.refresh_from_db()
    assert article.closed_until == far


def test_a_withdrawal_ends_by_itself(article: Article, settings: Any) -> None:
    until = timezone.now() + timedelta(hours=1)
    section = article.sections.order_by("position").last()
    assert section is not None
    withdraw([section], Terms("error", until=until), user_name="ada")
    due = Change.objects.order_by("-due")[0]
    assert (due.due, due.hides) == (until, False)
    assert shown_sections(until).count() == 2
    section = Section.objects.get(pk=section.pk)
    assert section.new_since == until


def test_an_article_and_its_section_are_restored_apart(article: Article) -> None:
    section = article.sections.order_by("position").last()
    assert section is not None
    whole, part = withdraw([article, section], LAW, user_name="ada")
    restore([whole], user_name="ada")
    assert shown_parts() == (1, 1)
    restore([part], user_name="ada")
    assert shown_parts() == (1, 2)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms("law", note="x" * 100_000), "has 100,000 characters; at most 2,000"),
        (Terms("law", note="a\x00b"), "U+0000"),
        (Terms("law", note="a\u202eb"), "U+202E"),
        (Terms("law", note="a\ud800b"), "U+D800"),
        (Terms("whim"), "Choose a reason: Law or court order"),
        (Terms("x" * 100_000), "Choose a reason"),
        (Terms("law", until=timezone.now() - timedelta(days=1)), "is past"),
        (Terms("law", until=FOREVER), "too far ahead"),
    ],
    ids=lambda value: "" if isinstance(value, Terms) else value[:20],
)
def test_terms_that_cannot_be_are_refused(article: Article, terms: Terms, said: str) -> None:
    with pytest.raises(CurationError) as refused:
        withdraw([article], terms, user_name="ada")
    assert said in str(refused.value)
    assert len(str(refused.value)) < 500
    assert (Withdrawal.objects.count(), shown_parts()) == (0, (1, 2))


def test_a_note_may_be_as_long_as_allowed_and_have_lines(article: Article) -> None:
    note = "line\n" * (MAX_NOTE_CHARS // 5)
    assert withdraw([article], Terms("law", note=note), user_name="ada")[0].note == note


def in_trash(article: Article) -> Article:
    article.trashed = timezone.now()
    article.save()
    return article


def withdrawn_before(article: Article) -> Article:
    withdraw([article], LAW, user_name="ada")
    return article


def deleted(article: Article) -> Article:
    Article.objects.filter(pk=article.pk).delete()
    return article


def section_of_another(article: Article) -> Section:
    section = article.sections.order_by("position")[0]
    section.article_id = Article.objects.exclude(pk=article.pk).get().pk
    return section


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (in_trash, "in the trash"),
        (withdrawn_before, "ada withdrew it for this reason on"),
        (deleted, "has been deleted"),
        (section_of_another, "it is a section of article"),
    ],
)
def test_refused_targets_leave_the_others_alone(
    article: Article, spoil: Callable[[Article], Article | Section], said: str
) -> None:
    take_in((U2,), story="other")
    other = Article.objects.exclude(pk=article.pk).get()
    target = spoil(article)
    before = list(Withdrawal.objects.values())
    with pytest.raises(CurationError, match=said):
        withdraw([other, target], LAW, user_name="bob")
    assert list(Withdrawal.objects.values()) == before
    other.refresh_from_db()
    assert other.closed_until is None


def test_a_longer_withdrawal_for_the_same_reason_is_no_repetition(article: Article) -> None:
    until = timezone.now() + timedelta(days=1)
    withdraw([article], Terms("law", until=until), user_name="ada")
    with pytest.raises(CurationError, match="restore that withdrawal"):
        withdraw([article], Terms("law", until=until - timedelta(hours=1)), user_name="ada")
    withdraw([article], Terms("law", until=until + timedelta(hours=1)), user_name="ada")
    assert Withdrawal.objects.count() == 2


def test_what_is_restored_or_ended_is_not_restored_again(article: Article) -> None:
    (first,) = withdraw([article], LAW, user_name="ada")
    (second,) = withdraw([article], Terms("error"), user_name="ada")
    restore([first], user_name="ada")
    with pytest.raises(CurationError, match="ada restored it on"):
        restore([second, first], user_name="eve")
    second.refresh_from_db()
    assert second.restored is None
    Withdrawal.objects.filter(pk=second.pk).update(until=timezone.now() - timedelta(hours=1))
    with pytest.raises(CurationError, match="ended by itself"):
        restore([second], user_name="eve")


def test_the_undo_of_a_withdrawal_leaves_the_others_in_force(article: Article) -> None:
    withdraw([article], LAW, user_name="ada")
    withdraw([article], Terms("error"), user_name="bob")
    first, second = Operation.objects.order_by("pk")
    assert (first.label, second.label) == (
        f"Withdrew article {article.pk}: law or court order",
        f"Withdrew article {article.pk}: error",
    )
    undo(first, user_name="ada")
    article.refresh_from_db()
    assert article.closed_until == FOREVER
    undo(second, user_name="ada")
    assert shown_parts() == (1, 2)


def test_a_withdrawal_that_was_restored_since_is_not_undone(article: Article) -> None:
    (row,) = withdraw([article], LAW, user_name="ada")
    done = Operation.objects.get()
    restore([row], user_name="eve")
    with pytest.raises(UndoError):
        undo(done, user_name="ada")
    assert Withdrawal.objects.count() == 1


def test_edits_of_the_article_say_what_was_withdrawn(article: Article) -> None:
    withdraw([article], LAW, user_name="ada")
    edit = Edit.objects.get()
    assert (edit.how, edit.field, edit.old, edit.new) == (
        "withdrawn",
        "withdrawals",
        "",
        f"article {article.pk}: law or court order",
    )


def test_the_row_outlives_its_article(article: Article) -> None:
    withdraw([article], LAW, user_name="ada")
    Article.objects.all().delete()
    assert str(Withdrawal.objects.get()).endswith(f"of article {article.pk}")
