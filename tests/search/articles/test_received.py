"""What curators set is marked on pages, and never stands beside the hash of a capture that does not have it."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from archive.curation import mark_curated, show_as_received
from archive.curation.names import find_source, find_topic
from archive.models import Article, PublishingStatus
from archive.search_port import no_progress
from search.articles import as_received, curated_values, load_versions, received_topics
from search.index import sync
from search.outputs.citations import CITATIONS
from tests.conftest import BuildOnce

from ..page_tools import entry, fetch, ingest_live_page

pytestmark = pytest.mark.django_db

PLAIN = entry("b", "A bridge opened.")
LONGER = entry("b", "A bridge opened at nine.")
# Words that no document has.
SET: dict[str, Any] = {
    "headline": "Quorvex headline",
    "standfirst": "Quorvex standfirst",
    "byline": "Quorvex Author",
    "language": "fr",
    "url": "https://quorvex.example/page",
    "note": "Quorvex note",
    "published": datetime(1999, 3, 4, tzinfo=UTC),
    "kind": "article",
    "updated": datetime(1999, 3, 5, tzinfo=UTC),
    "status": PublishingStatus.CANCELED,
}


def curate(article: Article, *names: str) -> Article:
    for name in names:
        setattr(article, name, SET[name])
    if "published" in names:
        article.published_precision = "day"
    mark_curated(article, names)
    article.save()
    return Article.objects.get(pk=article.pk)


def make_live() -> None:
    """Two captures with different headlines, standfirsts and topics."""
    ingest_live_page([PLAIN], headline="First headline", standfirst="First standfirst.", topics=("Rain",))
    ingest_live_page([LONGER], captured_from=1, headline="Second headline", topics=("Wind",))


@pytest.fixture
def live(build_once: BuildOnce) -> Article:
    build_once(make_live, make_live)
    return Article.objects.get()


def addresses(article: Article) -> list[str]:
    """Returns the address of the article in each capture, oldest first."""
    captures = article.captures.order_by("captured")
    return [f"{article.get_absolute_url()}?capture={capture.sha256[:16]}" for capture in captures]


@pytest.mark.parametrize("name", [*SET, "source", "topics"])
def test_received_values_are_those_that_undoing_all_edits_brings_back(live: Article, name: str) -> None:
    before = as_received(live, ()), received_topics(load_versions(live))
    if name == "source":
        live.source = find_source("Quorvex News")
        mark_curated(live, ["source"])
        live.save()
    elif name == "topics":
        live.topics.set([find_topic("Quorvex")])
        mark_curated(live, ["topics"])
        live.save()
    else:
        live = curate(live, name)
    versions = load_versions(live)
    assert (as_received(live, versions), received_topics(versions)) == before
    assert len(curated_values(live, versions)) == 1
    show_as_received(live)
    restored = Article.objects.get(pk=live.pk)
    assert as_received(restored, ()) == before[0]
    assert curated_values(restored, load_versions(restored)) == []


def test_value_that_was_received_too_needs_no_mark(live: Article) -> None:
    mark_curated(live, ["headline", "byline"])
    live.save()
    assert curated_values(live, load_versions(live)) == []


def test_page_marks_what_curators_set(live: Article, client: Client) -> None:
    article = curate(live, "headline", "byline", "published")
    for address in (article.get_absolute_url(), f"/articles/{article.pk}/cite/", f"/articles/{article.pk}/captures/"):
        page = unescape(re.sub(r"<[^>]+>", "", fetch(client, address)))
        assert "Headline set by a curator; as received: “Second headline”" in page
        assert "Byline set by a curator; as received: “By Ada Example and Ben Poe”" in page
        assert "Time of publication set by a curator; as received: 2 June 2025" in page
    section = article.sections.get()
    assert "Headline set by a curator; as received" in fetch(client, section.get_absolute_url())


@pytest.mark.parametrize("name", SET)
def test_pinned_pages_show_what_was_received_alone(live: Article, client: Client, name: str) -> None:
    article = curate(live, name)
    section = article.sections.get()
    for address in (
        *addresses(article),
        *(f"{section.get_absolute_url()}?version={number}" for number in (1, 2)),
        *(f"/articles/{article.pk}/cite/?capture={capture.sha256}" for capture in article.captures.all()),
    ):
        page = fetch(client, address).replace("quorvex-headline", "").replace("Set by curators", "")
        assert "Quorvex" not in page
        assert "quorvex" not in page
        assert "1999" not in page


@pytest.mark.parametrize("fmt", CITATIONS)
def test_citation_prints_what_was_received_and_the_archives_own_words_apart(
    live: Article, client: Client, fmt: str
) -> None:
    article = curate(live, "headline", "byline")
    section = article.sections.get()
    for address in (f"/articles/{article.pk}/cite.{fmt}", f"/sections/{section.pk}/cite.{fmt}"):
        text = b"".join(client.get(address)).decode()
        assert text.count("Second headline") == 1
        before, note, after = text.partition("Set by curators of this archive, not received: ")
        assert note
        assert "quorvex" not in before.lower()
        assert "headline “Quorvex headline”; byline “Quorvex Author”." in after
    for address in (
        f"/articles/{article.pk}/cite.{fmt}?capture={article.captures.latest('captured').sha256}",
        f"/sections/{section.pk}/cite.{fmt}?version=2",
    ):
        text = b"".join(client.get(address)).decode()
        assert "Second headline" in text
        assert "quorvex" not in text.lower()


def test_address_in_a_citation_has_the_received_headline_and_leads_to_the_page(live: Article, client: Client) -> None:
    article = curate(live, "headline")
    for parameters in ("", f"?capture={article.captures.earliest('captured').sha256}"):
        (item,) = json.loads(b"".join(client.get(f"/articles/{article.pk}/cite.csl{parameters}")))
        address = item["archive_location"].removeprefix("http://testserver")
        assert "headline" in address
        assert "quorvex" not in address
        response = client.get(address)
        assert response["Location"] == article.get_absolute_url() + "".join(address.partition("?")[1:])


def test_comparison_of_captures_has_nothing_that_curators_set(live: Article, client: Client) -> None:
    article = curate(live, *SET)
    article.source = find_source("Quorvex News")
    mark_curated(article, ["source"])
    article.save()
    first, second = (capture.sha256 for capture in article.captures.order_by("captured"))
    page = fetch(client, f"{article.get_absolute_url()}?capture={second}&against={first}")
    text = re.sub(r"<[^>]+>", "", page)
    assert "Second" in text
    assert "Quorvex" not in text


def test_section_is_cited_with_the_headline_of_its_own_capture(live: Article, client: Client) -> None:
    section = live.sections.get()
    texts = [client.get(f"/sections/{section.pk}/cite.csl?version={number}") for number in (1, 2)]
    titles = [json.loads(b"".join(text))[0]["title"] for text in texts]
    assert titles == ["First headline", "Second headline"]
    assert "First headline" in fetch(client, f"{section.get_absolute_url()}?version=1")


def test_programs_read_what_was_received(live: Article, client: Client) -> None:
    article = curate(live, "headline", "standfirst", "byline", "published")
    page = fetch(client, article.get_absolute_url())
    head = page.split("</head>")[0].replace("<title>Quorvex headline", "").replace("quorvex-headline", "")
    assert '<meta name="citation_title" content="Second headline">' in head
    assert "Quorvex" not in head
    assert "1999" not in head
    script = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0]
    assert json.loads(script)["headline"] == "Second headline"


def test_withdrawal_by_a_curator_is_not_said_to_be_its_senders(live: Article, client: Client) -> None:
    live.status = PublishingStatus.CANCELED
    mark_curated(live, ["status"])
    live.save()
    for address in (live.get_absolute_url(), live.sections.get().get_absolute_url()):
        page = fetch(client, address)
        assert "Withdrawn by a curator." in page
        assert "by its sender" not in page
    for address in (f"/articles/{live.pk}/cite.text", f"/sections/{live.sections.get().pk}/cite.text"):
        evidence, _, note = b"".join(client.get(address)).decode().partition("Set by curators")
        assert "Withdrawn" not in evidence
        assert "status “withdrawn”" in note
    pinned = client.get(f"/articles/{live.pk}/cite.text?capture={live.captures.earliest('captured').sha256}")
    assert "ithdrawn" not in b"".join(pinned).decode()


def test_withdrawal_by_its_sender_is_cited_although_curators_show_the_article(live: Article, client: Client) -> None:
    ingest_live_page([LONGER], captured_from=2, status=PublishingStatus.CANCELED)
    article = Article.objects.get(pk=live.pk)
    assert article.status == PublishingStatus.CANCELED
    article.status = PublishingStatus.USABLE
    mark_curated(article, ["status"])
    article.save()
    text = b"".join(client.get(f"/articles/{live.pk}/cite.text")).decode()
    assert "Withdrawn since." in text
    assert "status “usable”" in text


def test_withheld_capture_gives_no_value_to_a_citation(live: Article, client: Client) -> None:
    article = curate(live, "headline")
    ingest_live_page([LONGER], captured_from=2, headline="Withheld headline", status=PublishingStatus.WITHHELD)
    Article.objects.filter(pk=article.pk).update(status=PublishingStatus.USABLE)
    for address in (article.get_absolute_url(), article.sections.get().get_absolute_url()):
        page = fetch(client, address)
        assert "Withheld headline" not in page
        assert "as received: <bdi>“Second headline”" in page


def test_lists_mark_what_curators_set(live: Article, client: Client) -> None:
    curate(live, "headline", "published", "note")
    sync.drain(no_progress)
    label = "Headline and time of publication set by a curator"
    assert label in fetch(client, "/?q=bridge")
    assert label in fetch(client, "/feed.atom?q=bridge")
    row = json.loads(fetch(client, "/export.jsonl?q=bridge"))
    assert row["curated"] == ["headline", "note", "published"]
    printed = StringIO()
    call_command("search", "bridge", stdout=printed)
    assert label in printed.getvalue()
    call_command("search", "bridge", "--json", stdout=printed)
    assert json.loads(printed.getvalue().splitlines()[-1])["hits"][0]["curated"] == row["curated"]


def test_feed_names_topics_that_curators_set(live: Article, client: Client) -> None:
    live.topics.set([find_topic("Quorvex")])
    mark_curated(live, ["topics", "headline"])
    live.save()
    sync.drain(no_progress)
    assert "Headline and topics set by a curator" in fetch(client, "/feed.atom?q=bridge")


def test_sections_like_it_are_marked_too(live: Article, client: Client) -> None:
    curate(live, "headline", "kind")
    names: dict[str, Any] = {"source": "The Post", "external_id": "live-2", "url": "https://post.example/live"}
    other = ingest_live_page([entry("c", "A bridge opened again.")], headline="Another bridge", **names)
    sync.drain(no_progress)
    page = fetch(client, other.sections.get().get_absolute_url())
    related = page[page.index("More like this") :]
    assert "Quorvex headline" in related
    assert "Headline set by a curator" in related
    page = fetch(client, f"{live.sections.get().get_absolute_url()}?version=1")
    assert "Live page" in page


def test_lists_mark_nothing_else(live: Article, client: Client) -> None:
    curate(live, "note")
    for address in ("/?q=bridge", "/feed.atom?q=bridge"):
        assert "curator" not in fetch(client, address)
