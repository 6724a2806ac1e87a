"""What of an article may be shown after any history of statuses and embargoes, in any order of arrival."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from archive.curation import mark_curated, show_as_received
from archive.ingest.settling import settle, settle_due
from archive.items import Kind
from archive.models import (
    Article,
    ArticleVersion,
    Section,
    Withholding,
    pending_changes,
    shown_articles,
    shown_sections,
    shown_versions,
)
from archive.times import Moment
from tests.archive.ingest.documents import record_items
from tests.withheld_stories import E1, FAR, FIRST, HISTORIES, U1, U2, U3, W1, W2, W3, Message, markers, take_in

pytestmark = pytest.mark.django_db


def shown_words() -> str:
    """Returns everything that rows which may be shown say."""
    now = timezone.now()
    words: list[Any] = []
    for article in shown_articles(now):
        words += [article.headline, article.standfirst, article.byline, article.note, article.source.name]
        words += [topic.name for topic in article.topics.all()]
    for section in shown_sections(now).filter(current__isnull=False):
        words += [section.heading, section.text]
    return " ".join(words).lower()


def seen(names: set[str]) -> set[str]:
    """Returns which of the captures with these names have a word that may be shown."""
    words = shown_words()
    return {name for name in names if any(marker in words for marker in markers(name))}


def state() -> list[Any]:
    """Returns what is current and shown of all articles, without numbers of rows."""
    now = timezone.now()
    return [
        [
            (article.headline, article.standfirst, article.status, article.embargo, article.source.name),
            sorted(article.topics.values_list("name", flat=True)),
            list(
                shown_sections(now)
                .filter(article=article)
                .order_by("position")
                .values_list("key", "current__text", "gone__captured", "withdrawn")
            ),
            sorted(shown_versions(now).filter(article=article).values_list("headline", flat=True)),
        ]
        for article in Article.objects.order_by("pk")
    ]


@pytest.mark.parametrize("kind", ["article", "live"])
@pytest.mark.parametrize(("messages", "visible"), HISTORIES.values(), ids=HISTORIES)
def test_no_word_of_what_is_withheld_is_shown(messages: tuple[Message, ...], visible: set[str], kind: Kind) -> None:
    take_in(messages, kind=kind)
    marks = {message.words or message.name for message in messages}
    assert seen(marks) <= visible
    if visible:
        last = messages[-1]
        assert f"headline{last.words or last.name}" in shown_words()
    assert {version.capture.sha256 for version in shown_versions(timezone.now())} == {
        version.capture.sha256
        for version in ArticleVersion.objects.select_related("capture")
        if version.headline.removeprefix("Story headline") in visible
    }


@pytest.mark.parametrize("kind", ["article", "live"])
@pytest.mark.parametrize("messages", [messages for messages, _ in HISTORIES.values()], ids=HISTORIES)
def test_any_order_of_arrival_ends_in_the_same_state(messages: tuple[Message, ...], kind: Kind) -> None:
    take_in(messages, kind=kind)
    expected = state()
    # Of four messages, every third order: 24 take too long. The first is the order above.
    _, *orders = list(permutations(range(len(messages))))[:: 3 if len(messages) > 3 else 1]
    for order in orders:
        Article.objects.all().delete()
        take_in(messages, kind=kind, order=order)
        assert state() == expected, order


def test_a_section_that_only_a_withheld_capture_has_comes_back_with_its_own_words() -> None:
    take_in((W1, U2), kind="live")
    hidden = Section.objects.get(key="entry-w1")
    assert hidden not in shown_sections(timezone.now())
    take_in((W1, U2, Message("u3", words="w1")), kind="live", order=(2,))
    assert shown_sections(timezone.now()).get(pk=hidden.pk).text == "Only here was entryw1."


def test_an_embargo_that_ends_frees_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    take_in((E1, U2))
    assert seen({"e1", "u2"}) == set()
    assert settle_due() == 0
    monkeypatch.setattr(timezone, "now", lambda: FAR)
    assert seen({"u2"}) == {"u2"}
    assert settle_due() == 1
    assert not Withholding.objects.exists()
    assert settle_due() == 0
    assert set(shown_versions(FAR).values_list("headline", flat=True)) == {"Story headlinee1", "Story headlineu2"}


def test_a_shorter_embargo_of_other_words_frees_these_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    soon = timezone.now().replace(microsecond=0) + timedelta(days=1)
    take_in((E1, Message("e2", embargo=soon)))
    monkeypatch.setattr(timezone, "now", lambda: soon)
    assert seen({"e1", "e2"}) == {"e2"}
    monkeypatch.setattr(timezone, "now", lambda: FAR)
    assert settle_due() == 1
    assert pending_changes().exists()


def curate(article: Article, **values: Any) -> None:
    for name, value in values.items():
        setattr(article, name, value)
    mark_curated(article, values)
    article.save()
    settle(article)


def test_a_curator_frees_what_was_received_so_far() -> None:
    take_in((W1, W2))
    article = Article.objects.get()
    curate(article, status="usable")
    assert seen({"w1", "w2"}) == {"w1", "w2"}
    assert shown_versions(timezone.now()).count() == 2
    # What is withheld later is not.
    take_in((W1, W2, W3), order=(2,))
    article.refresh_from_db()
    assert article.status == "usable"
    assert seen({"w1", "w2", "w3"}) == {"w1", "w2"}
    assert article.headline == "Story headlinew2"


def test_a_curator_who_ends_an_embargo_frees_its_versions() -> None:
    take_in((E1,))
    curate(Article.objects.get(), embargo=None)
    assert seen({"e1"}) == {"e1"}
    take_in((E1, Message("e2", embargo=FAR)), order=(1,))
    assert seen({"e1", "e2"}) == {"e1"}


def test_showing_as_received_withholds_again() -> None:
    take_in((W1, U2))
    article = Article.objects.get()
    curate(article, status="canceled")
    assert shown_versions(timezone.now()).count() == 2
    show_as_received(article)
    settle(article)
    assert article.status == "usable"
    assert seen({"w1", "u2"}) == {"u2"}


def test_an_older_message_of_the_sender_that_comes_late_frees_nothing() -> None:
    at = [Moment(FIRST.replace(hour=hour), "second", "", "test") for hour in (9, 10)]
    withheld = replace(W1.item("story", "article"), updated=at[1])
    older = replace(U1.item("story", "article"), updated=at[0])
    record_items(withheld, captured=FIRST)
    record_items(older, captured=FIRST.replace(hour=13))
    assert Article.objects.get().status == "withheld"
    assert seen({"w1", "u1"}) == set()


def test_usable_articles_have_no_rows_and_no_more_queries(django_assert_max_num_queries: Any) -> None:
    take_in((U1, U2))
    assert not Withholding.objects.exists()
    with django_assert_max_num_queries(75):
        take_in((U1, U2, U3), order=(2,))
