"""search/index/documents.py: sections as documents."""

from datetime import datetime, timedelta
from typing import cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import ingest_items
from archive.ingest.runs import start_run
from archive.items import ArticleItem, Hints, SectionItem, Status
from archive.models import (
    INGEST_TIME_RULE,
    Article,
    ArticleVersion,
    Capture,
    IngestRun,
    Section,
    SectionVersion,
    Source,
    Topic,
    TopicName,
    record_changes,
)
from archive.search_port import no_progress
from search.fields import FIELDS, NAMES_OF_VALUES, SPELLINGS
from search.index import sync
from search.index.current import engine
from search.index.documents import build_documents
from search.query.parser import parse
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_document_has_a_value_for_every_field(seed: Article) -> None:
    documents = list(build_documents([seed.pk]))
    assert len(documents) == 3
    for document in documents:
        assert set(document.values) == {field.name for field in FIELDS} | {*NAMES_OF_VALUES.values(), SPELLINGS}


def _received(*items: tuple[str, str, str], words: str = "Words.") -> None:
    """Takes in captures of one story: the address that each states, that it came from, and whether it may be shown."""
    run = start_run("test")
    for number, (url, address, status) in enumerate(items):
        item = ArticleItem(
            headline="Story",
            sections=(SectionItem((words,)),),
            raw=f"{number} {url} {address}".encode(),
            media_type="text/plain",
            reader="test/1",
            source="Agency",
            external_id="story",
            url=url,
            address=address,
            status=cast(Status, status),
        )
        captured = CaptureTime(NOW + timedelta(hours=number), "test")
        list(ingest_items([item], Hints("test"), run=run, captured=captured))


def _indexed(written: str) -> int:
    sync.drain(no_progress)
    return engine().count(parse(written, now=NOW).tree)


def test_document_has_the_addresses_that_were_stated_and_those_that_captures_came_from() -> None:
    _received(
        ("https://a.example/story", "https://www.a.example/story?utm_source=x", "usable"),
        ("https://a.example/renamed", "https://m.a.example/live", "usable"),
    )
    (document,) = build_documents(Article.objects.values_list("pk", flat=True))
    assert document.values["url"] == ("a.example/live", "a.example/renamed", "a.example/story")


def test_new_address_of_the_same_words_is_indexed() -> None:
    _received(("https://a.example/story", "https://a.example/story", "usable"))
    assert _indexed('url:"a.example/copy"') == 0
    _received(("https://a.example/story", "https://a.example/copy", "usable"))
    assert _indexed('url:"a.example/copy"') == 1
    assert sync.verify(no_progress).clean


def test_same_bytes_from_another_address_are_found_by_it() -> None:
    run = start_run("test")
    for number, address in enumerate(
        ("https://a.example/story", "https://b.example/story", "https://b.example/story")
    ):
        item = ArticleItem(
            headline="Story",
            sections=(SectionItem(("Words.",)),),
            raw=b"same",
            media_type="text/plain",
            reader="test/1",
            address=address,
        )
        captured = CaptureTime(NOW + timedelta(hours=number), "test")
        list(ingest_items([item], Hints("test"), run=run, captured=captured))
        sync.drain(no_progress)
    assert _indexed("site:b.example") == 1
    assert sync.verify(no_progress).clean


def test_address_of_a_withheld_version_is_not_indexed() -> None:
    _received(
        ("https://a.example/story", "https://a.example/story", "usable"),
        ("https://a.example/secret", "https://a.example/hidden", "withheld"),
    )
    assert not _indexed("url:(secret OR hidden)")


def test_address_of_a_withheld_article_is_not_indexed() -> None:
    _received(("https://a.example/secret", "https://a.example/hidden", "withheld"))
    assert not _indexed("site:a.example")


def test_topic_finds_what_is_filed_under_a_narrower_one_and_by_its_other_names(seed: Article) -> None:
    politics = Topic.objects.create(name="Politics")
    elections = Topic.objects.create(name="Elections", broader=politics)
    TopicName.objects.create(topic=politics, name="Public affairs")
    TopicName.objects.create(topic=elections, name="Ballots")
    seed.topics.set([elections])
    record_changes([seed.pk])
    for written, found in (
        ("topic:politics", 3),
        ('topic:"Politics"', 3),
        ('topic:"public affairs"', 3),
        ("topic:ballots", 3),
        ('topic:="Elections"', 3),
        ("topic:=ballots", 3),
        ('topic:="Politics"', 0),
        ('topic:="Public affairs"', 0),
        ("topic:none", 0),
        ('topic:"Elections" NOT topic:="Elections"', 0),
    ):
        assert _indexed(written) == found, written


def _capture(run: IngestRun, captured: datetime, rule: str) -> Capture:
    about = {"media_type": "text/plain", "origin": "test", "reader": "test/1", "size_bytes": 5}
    return Capture.objects.create(run=run, sha256="0" * 64, captured=captured, captured_rule=rule, **about)


def _article_of(capture: Capture, source: Source, number: int) -> Article:
    article = Article.objects.create(source=source, headline=f"Story {number}", external_id=str(number))
    ArticleVersion.objects.create(article=article, capture=capture, headline=article.headline, kind=article.kind)
    for position in range(2):
        section = Section.objects.create(article=article, position=position)
        words = {"text": f"Words {number} {position}.", "words_sha256": f"{number}{position}" * 32}
        section.current = SectionVersion.objects.create(section=section, capture=capture, number=1, **words)
        section.save()
    return article


def test_capture_of_two_articles_is_first_received_as_each_of_them_was() -> None:
    run, source = start_run("test"), Source.objects.create(name="Agency")
    shared = _capture(run, NOW, INGEST_TIME_RULE)
    earlier = _capture(run, NOW - timedelta(days=3), "test")
    first, second = (_article_of(shared, source, number) for number in (1, 2))
    ArticleVersion.objects.create(article=second, capture=earlier, headline="Story 2", kind=second.kind)
    captured = {
        document.article_id: document.values["captured"] for document in build_documents([first.pk, second.pk])
    }
    assert captured == {first.pk: NOW, second.pk: NOW - timedelta(days=3)}


def test_documents_of_many_articles_take_the_queries_of_one() -> None:
    run, source = start_run("test"), Source.objects.create(name="Agency")
    capture = _capture(run, NOW, "test")
    articles = [_article_of(capture, source, number) for number in range(1, 5)]
    for article in articles:
        article.topics.add(Topic.objects.get_or_create(name="Floods")[0])
    counts = []
    for some in (articles[:1], articles):
        with CaptureQueriesContext(connection) as captured:
            assert len(list(build_documents([article.pk for article in some]))) == 2 * len(some)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 22
