"""What may not be shown any more is in no answer from the commit on, though the index has it still."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from archive.curation import mark_curated, show_as_received
from archive.ingest import settle_articles
from archive.models import Article, hidden_changes, record_changes
from archive.search_port import no_progress
from search.index import engine, sync
from tests.withheld_stories import FAR, U1, U2, W1, Message, markers, take_in

pytestmark = pytest.mark.django_db


def withhold(article: Article) -> None:
    curate(article, status="withheld")


def set_embargo_back(article: Article) -> None:
    curate(article, embargo=FAR)


def receive_withheld(article: Article) -> None:
    take_in((U1, Message("w2", "withheld")), order=(1,))


def delete(article: Article) -> None:
    pk = article.pk
    article.delete()
    record_changes([pk])


def show_again_as_received(article: Article) -> None:
    """Takes back that a curator freed the first version; the article stays, with the words of the second."""
    show_as_received(article)
    settle_articles([article.pk])
    record_changes([article.pk])


def curate(article: Article, **values: Any) -> None:
    for name, value in values.items():
        setattr(article, name, value)
    mark_curated(article, values)
    article.save()
    settle_articles([article.pk])
    record_changes([article.pk])


Act = Callable[[Article], None]


@pytest.fixture
def article() -> Iterator[Article]:
    """An article in the index, beside others with other words; another process keeps the index."""
    for number in range(12):
        take_in((Message(f"other{number}"),), story=f"other{number}")
    take_in((U1,))
    sync.drain(no_progress)
    with engine().write():
        yield Article.objects.get(headline="Story headlineu1")


ACTS = [withhold, set_embargo_back, receive_withheld, delete]
ADDRESSES = [
    "/",
    "/?q=textu1",
    "/?q=textu*&unit=article",
    "/?q=text*1",
    "/?q=headlineu",
    "/?q=textu1~",
    "/?q=topic:topicu1",
    "/?q=source:*u1",
    "/values/source/",
    "/values/topic/",
    "/values/byline/?q=story",
    "/suggest?q=textu",
    "/suggest?q=story headl",
    "/suggest?q=topicu&as=options",
    "/suggest?q=source:agency sourceu",
    "/feed.atom",
    "/export.csv",
    "/export.jsonl?q=everybody",
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_no_answer_has_a_word_of_what_was_hidden(article: Article, client: Client, act: Act) -> None:
    assert any("textu1" in client.get(address).getvalue().decode() for address in ("/suggest?q=textu",))
    act(article)
    for address in ADDRESSES:
        body = client.get(address).getvalue().decode().lower()
        # What is typed is repeated.
        typed = address.lower()
        assert {word for word in markers("u1") if word in body and word not in typed} == set(), address


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_counts_and_commands_leave_it_out(article: Article, ask: Callable[..., Any], act: Act) -> None:
    assert ask("everybody").articles == 13
    act(article)
    answer = ask("everybody", facets=("source",))
    assert (answer.articles, sum(count for _, count in answer.facets["source"])) == (12, 12)
    assert ask("text*").expansions[0].total == 12
    assert ask("textu1").total == 0
    out = StringIO()
    call_command("search", "everybody", "--json", stdout=out)
    assert "textu1" not in out.getvalue()
    assert json.loads(out.getvalue().splitlines()[0])


def test_a_version_that_is_withheld_again_is_hidden(client: Client) -> None:
    take_in((W1, U2))
    article = Article.objects.get()
    curate(article, status="canceled")
    sync.drain(no_progress)
    assert "entryw1" in client.get("/?q=entryw1").getvalue().decode()
    with engine().write():
        show_again_as_received(article)
        for address in ("/?q=only*", "/suggest?q=entryw", "/export.csv"):
            assert "entryw1" not in client.get(address).getvalue().decode()
    sync.drain(no_progress)
    assert "entryu2" in client.get("/?q=only").getvalue().decode()
    assert "entryw1" not in client.get("/?q=only").getvalue().decode()


def test_the_mask_ends_with_the_update(article: Article, ask: Callable[..., Any]) -> None:
    withhold(article)
    assert hidden_changes(timezone.now()) == [article.pk]
    curate(article, status="usable")
    assert hidden_changes(timezone.now()) == []
    assert ask("textu1").articles == 1


def test_what_ends_by_the_clock_is_not_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    take_in((Message("e1", embargo=timezone.now() + timedelta(hours=1)),))
    assert hidden_changes(timezone.now())
    later = timezone.now() + timedelta(hours=2)
    assert hidden_changes(later) == []
    sync.drain(no_progress)
    monkeypatch.setattr(timezone, "now", lambda: later)
    sync.drain(no_progress)
    assert engine().info().documents == 2


def test_changes_that_hide_nothing_mask_nothing(article: Article, django_assert_num_queries: Any) -> None:
    curate(article, headline="Another headline")
    with django_assert_num_queries(1):
        assert hidden_changes(timezone.now()) == []
