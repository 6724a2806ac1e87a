"""search/exports/atom.py: whole results as Atom, read by feedparser."""

from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree

import feedparser
import lxml.html
import pytest
from django.test import Client

from archive.models import Article, Section
from search.exports.reading import one_line

from .reading_tools import DIFFICULT_PARAGRAPHS

pytestmark = pytest.mark.django_db


def read_feed(text: str) -> feedparser.FeedParserDict:
    feed = feedparser.parse(text.encode(), sanitize_html=False)
    assert not feed.bozo, feed.bozo_exception
    return feed


def test_entries_are_those_of_the_feed_with_all_of_their_text(
    difficult: None, written: Callable[..., str], client: Client
) -> None:
    feed = read_feed(written("atom"))
    assert len(feed.entries) == Section.objects.count()
    by_id = {entry.id: entry for entry in feed.entries}
    new = read_feed(client.get("/feed.atom?q=ferry", headers={"host": "localhost"}).content.decode())
    assert new.entries
    for entry in new.entries:
        same = by_id[entry.id.replace("tag:localhost", "tag:archive.example")]
        assert (same.title, same.summary, same.updated) == (entry.title, entry.summary, entry.updated)
        assert [author.name for author in same.authors] == [author.name for author in entry.authors]
    for section in Section.objects.select_related("current"):
        entry = by_id[f"tag:archive.example,2025:section:{section.pk}"]
        assert entry.link == f"https://archive.example/sections/{section.pk}/?version=1"
        read = lxml.html.fragment_fromstring(entry.content[0].value, create_parent="div")
        assert [paragraph.text_content() for paragraph in read.iter("p")] == list(map(one_line, section.paragraphs))


def test_article_is_an_entry_with_its_sections(difficult: None, written: Callable[..., str]) -> None:
    feed = read_feed(written("atom", unit="article"))
    assert {entry.id for entry in feed.entries} == {
        f"tag:archive.example,2025:article:{number}" for number in Article.objects.values_list("pk", flat=True)
    }
    live = next(entry for entry in feed.entries if "Live" in entry.title)
    assert live.content[0].value.count("<h2") == len(DIFFICULT_PARAGRAPHS)
    assert {link.rel: link.href for link in live.links}["via"] == "https://a.example/live?a=1&b=(2)"


def test_entries_have_the_order_of_the_export(difficult: None, written: Callable[..., str]) -> None:
    numbers = [line.split(",")[0] for line in written("csv", fields=("section",)).split("\r\n")[1:-1]]
    assert [entry.id.rpartition(":")[2] for entry in read_feed(written("atom")).entries] == numbers


def test_what_is_not_shown_is_a_deleted_entry(difficult: None, written: Callable[..., str]) -> None:
    article = Article.objects.get(headline="Undated ferry")
    article.status, article.note = "canceled", "Kill: wrong & unfair"
    article.save()
    text = written("atom")
    feed = read_feed(text)
    section = article.sections.get()
    assert f"section:{section.pk}" not in {entry.id for entry in feed.entries}
    root = ElementTree.fromstring(text)  # noqa: S314
    (deleted,) = root.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert deleted.get("ref") == f"tag:archive.example,2025:section:{section.pk}"
    assert datetime.fromisoformat(deleted.get("when") or "") <= datetime.now(UTC)
    (comment,) = deleted
    assert comment.text == f"Section {section.pk}: Withdrawn by its outlet. Kill: wrong & unfair"
    assert "Undated" not in text


def test_feed_without_entries_is_valid(difficult: None, written: Callable[..., str]) -> None:
    feed = read_feed(written("atom", "zebra", first=3))
    assert not feed.entries
    assert feed.feed.title == "zebra – Cuttings"
    assert {link.rel: link.href for link in feed.feed.links} == {
        "alternate": "https://archive.example/?q=zebra",
        "self": "https://archive.example/export.atom?q=zebra&first=3",
    }
    assert feed.feed.id == "tag:archive.example,2025:export/export.atom?q=zebra&first=3"
    assert feed.feed.updated_parsed


def test_picked_hits_that_are_missing_keep_their_ids(difficult: None, written: Callable[..., str]) -> None:
    text = written("atom", picked=("a999", "s99"))
    assert 'ref="tag:archive.example,2025:article:999"' in text
    assert 'ref="tag:archive.example,2025:section:99"' in text
