"""For tests of pages: a live page that changed from capture to capture, and pages as a browser gets them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

from django.test import Client

from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import ingest_items
from archive.ingest.runs import finish_run, start_run
from archive.items import ArticleItem, Hints, SectionItem
from archive.models import Article
from archive.search_port import no_progress
from archive.times import parse_moment
from search.index import sync

FIRST = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)


def fetch(client: Client, address: str, status: int = 200, *, part: bool = False) -> str:
    """Returns the text of a page, or with `part` what htmx gets of it, after a look at its status."""
    response = client.get(address, headers={"HX-Request": "true"} if part else {})
    assert response.status_code == status, address
    text: str = response.getvalue().decode()
    return text


def links(page: str) -> list[str]:
    """Returns where the links of a page lead, in their order."""
    parser = _LinkParser()
    parser.feed(page)
    return parser.hrefs


class _LinkParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value or "" for name, value in attrs if tag == "a" and name == "href"]


def entry(key: str, text: str, *, at: str = "", heading: str = "", **options: object) -> SectionItem:
    """Returns an entry of a live page; each line of `text` is a paragraph, `at` is an hour and minute."""
    published = parse_moment(f"2025-06-02T{at}Z") if at else None
    section = SectionItem(tuple(text.split("\n")) if text else (), heading=heading, key=key, published=published)
    return replace(section, **options)  # type: ignore[arg-type]


def ingest_words(word: str, captured: str, *, rule: str = "test") -> Article:
    """Ingests a page that says a word, captured at a time; the same word gives the same bytes."""
    section = SectionItem((f"The council voted for {word}.",))
    item = ArticleItem(
        "Vote result", (section,), word.encode(), "text/plain", "test", url="https://courier.example/vote"
    )
    run = start_run("page")
    assert list(ingest_items([item], Hints("page"), run=run, captured=CaptureTime(parse_moment(captured).at, rule)))
    finish_run(run)
    return Article.objects.get()


def ingest_live_page(*captures: Sequence[SectionItem], captured_from: int = 0, **options: object) -> Article:
    """Ingests and indexes captures of one live page, an hour apart; the first is `captured_from` hours after FIRST."""
    run = start_run("live")
    for number, sections in enumerate(captures, start=captured_from):
        item = ArticleItem(
            headline="Talks live: ministers meet",
            sections=tuple(sections),
            raw=repr((number, sections, options)).encode(),
            media_type="text/plain",
            reader="test",
            kind="live",
            source="The Courier",
            external_id="live-1",
            url="https://courier.example/live?a=1&b=2",
            standfirst="Follow the day.",
            byline="By Ada Example and Ben Poe",
            language="en",
            published=parse_moment("2025-06-02"),
        )
        item = replace(item, **options)  # type: ignore[arg-type]
        captured = CaptureTime(FIRST.replace(hour=12 + number), "test")
        assert [outcome.status for outcome in ingest_items([item], Hints("live"), run=run, captured=captured)]
    finish_run(run)
    sync.drain(no_progress)
    return Article.objects.get(source__name=options.get("source", "The Courier"))
