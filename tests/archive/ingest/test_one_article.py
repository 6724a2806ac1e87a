"""One article received in several formats: as a feed's entry, a page in a web archive, a line of JSON."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import formats, reading
from archive.curation import show_as_received
from archive.formats import Format, Limits
from archive.formats.records import xml_records
from archive.ingest.recording import Outcome
from archive.items import ArticleItem, Hints, Item, SectionItem
from archive.models import Article, Section
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
IngestFile = Callable[..., list[Outcome]]

BODY = ("A fire broke out at the old quay of Marbeck on Monday.", "Nobody was hurt, the port office said.")
SUMMARY = "The quay of Marbeck stays closed until Friday."


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small format of pages: a line each of id, headline and paragraphs, after `<page>`."""

    def read_page(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
        _, identity, headline, *paragraphs = raw.decode().split("\n")
        yield ArticleItem(
            headline=headline,
            sections=(SectionItem(tuple(paragraphs)),),
            raw=raw,
            media_type="text/html",
            reader="page/1",
            kind="live",
            source=hints.source or "Example Courier",
            url=hints.url,
            external_id=identity,
        )

    page = Format("page", "pages", lambda head, name: head.startswith(b"<page>"), read_page)
    monkeypatch.setattr(formats, "FORMATS", (page, *formats.FORMATS))
    monkeypatch.setattr(reading, "read", formats.read)  # a process of its own would not know the format


@pytest.fixture
def give(ingest_file: IngestFile, tmp_path: Path) -> Callable[..., list[str]]:
    """Ingests bytes as captured so many hours after NOW; returns the statuses."""

    def run(data: bytes | str, hours: int = 0, **hints: Any) -> list[str]:
        path = tmp_path / "file"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return [outcome.status for outcome in ingest_file(path, captured=NOW + timedelta(hours=hours), **hints)]

    return run


Give = Callable[..., list[str]]


def page(*paragraphs: str, identity: str = "", headline: str = "Quay closed after fire") -> str:
    return "\n".join(("<page>", identity, headline, *(paragraphs or BODY)))


def warc(data: str, url: str, date: str = "2025-06-10T13:00:00Z") -> bytes:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + data.encode()
    lines = ("WARC/1.0", "WARC-Type: response", f"WARC-Target-URI: {url}", f"WARC-Date: {date}")
    return "\r\n".join((*lines, f"Content-Length: {len(body)}")).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"


def feed(*entries: dict[str, Any]) -> str:
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Example Courier", "items": list(entries)}
    )


def entry(**keys: Any) -> dict[str, Any]:
    return {"id": "e1", "url": "https://courier.example/quay?utm_source=rss", "title": "Quay closed", **keys}


def line(**keys: Any) -> str:
    return json.dumps({"headline": "Quay closed", "source": "Example Courier", **keys})


URL = "https://www.courier.example/quay"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_feed_web_archive_and_json_lines_are_one_article(give: Give, order: tuple[int, ...]) -> None:
    forms = [
        feed(entry(content_html="".join(f"<p>{paragraph}</p>" for paragraph in BODY))),
        warc(page(identity="p-77"), "http://m.courier.example/quay/"),
        line(text="\n".join(BODY), url=URL, id="db-5"),
    ]
    for hours, at in enumerate(order):
        give(forms[at], hours)
    article = Article.objects.get()
    assert article.captures.count() == 3
    assert {version.external_id for version in article.versions.all()} == {"e1", "p-77", "db-5"}
    section = Section.objects.get()
    assert section.versions.count() == 1
    assert section.gone is None


def test_a_capture_of_a_web_archive_has_the_time_of_its_record(give: Give) -> None:
    give(warc(page(), URL))
    capture = Article.objects.get().captures.get()
    assert capture.captured == datetime(2025, 6, 10, 13, tzinfo=UTC)


def test_an_edited_entry_and_an_edited_page_stay_that_article(give: Give) -> None:
    give(page(identity="p-77"), url=URL)
    give(feed(entry(summary=SUMMARY)), 1)
    give(feed(entry(summary=SUMMARY + " Or longer.")), 2)
    give(page(*BODY, "The quay opened again.", identity="p-77"), 3, url=URL)
    assert Article.objects.get().captures.count() == 4


def test_two_ids_of_one_format_at_one_address_are_two_articles(give: Give) -> None:
    home = "https://courier.example/"
    give(feed(entry(url=home, content_text="One."), entry(url=home, id="e2", content_text="Two.")))
    assert Article.objects.count() == 2


@pytest.mark.parametrize("recorded", ["xml_records/1", "xml-records/1"])
def test_readers_recorded_under_an_earlier_spelling_are_the_same_format(
    give: Give, monkeypatch: pytest.MonkeyPatch, recorded: str
) -> None:
    record = "<story><id>{}</id><title>Quay</title><url>https://courier.example/</url><body>{}</body></story>"
    with monkeypatch.context() as earlier:
        earlier.setattr(xml_records, "READER", recorded)
        give(record.format(1, "One."))
    assert Article.objects.get().captures.get().reader == recorded
    give(record.format(2, "Two."))
    assert Article.objects.count() == 2


@pytest.mark.parametrize("page_first", [True, False])
def test_entries_that_are_parts_of_a_live_page_are_not_the_page(give: Give, page_first: bool) -> None:
    entries = feed(*(entry(id=str(n), url=f"{URL}#block-{n}", content_text=f"Update {n}.") for n in (17, 18)))
    for data in (page(), entries) if page_first else (entries, page()):
        give(data, url=URL)
    assert Article.objects.count() == 3
    assert Article.objects.get(kind="live").captures.count() == 1


def test_a_summary_takes_nothing_from_an_article_that_was_whole(give: Give) -> None:
    give(page(), url=URL)
    assert give(feed(entry(summary=SUMMARY, tags=["Fires"])), 1) == ["changed"]  # the topic is new
    article = Article.objects.get()
    assert (article.headline, article.kind) == ("Quay closed after fire", "live")
    assert [topic.name for topic in article.topics.all()] == ["Fires"]
    section = Section.objects.get()
    assert section.paragraphs == list(BODY)
    assert section.gone is None
    assert article.captures.count() == 2
    assert article.versions.get(partial=True).headline == "Quay closed"


def test_a_summary_gives_what_the_article_lacks(give: Give) -> None:
    give(page(), url=URL)
    give(feed(entry(summary=SUMMARY, authors=[{"name": "Ada Bell"}], date_published="2025-06-02T08:00:00Z")), 1)
    article = Article.objects.get()
    assert article.byline == "Ada Bell"
    assert article.published == datetime(2025, 6, 2, 8, tzinfo=UTC)


def test_a_summary_changes_what_was_a_summary(give: Give) -> None:
    give(feed(entry(summary=SUMMARY)))
    assert give(feed(entry(summary=SUMMARY.replace("Friday", "Monday"), title="Quay open soon")), 1) == ["changed"]
    section = Section.objects.get()
    assert section.text.endswith("Monday.")
    assert section.versions.count() == 2
    assert Article.objects.get().headline == "Quay open soon"


def test_a_summary_becomes_the_lead_of_the_article_when_that_comes(give: Give) -> None:
    give(feed(entry(summary=SUMMARY)))
    give(page(), 1, url=URL)
    section = Section.objects.get()
    assert section.gone is None
    assert [version.text for version in section.versions.all()] == [SUMMARY, "\n".join(BODY)]
    assert section.paragraphs == list(BODY)


def test_a_summary_that_comes_late_touches_nothing(give: Give) -> None:
    give(page(), 2, url=URL)
    give(feed(entry(summary=SUMMARY)), 1)
    assert Section.objects.get().paragraphs == list(BODY)
    assert Article.objects.get().captures.count() == 2


def test_article_is_shown_as_received_without_the_summary(give: Give) -> None:
    give(page(), url=URL)
    give(feed(entry(summary=SUMMARY)), 1)
    article = Article.objects.get()
    article.headline = "Other"
    show_as_received(article)
    assert article.headline == "Quay closed after fire"


def test_an_unchanged_entry_of_a_feed_that_changed_is_no_new_capture(give: Give) -> None:
    first, second = (
        entry(summary=SUMMARY),
        entry(id="e2", url="https://courier.example/crane", summary="The crane is back."),
    )
    assert give(feed(first)) == ["new"]
    assert give(feed(second, first), 1) == ["new", "unchanged"]
    assert Article.objects.count() == 2


def test_a_page_that_was_cut_off_takes_no_words_away(give: Give) -> None:
    give(warc(page(), URL))
    cut = warc(page(BODY[0]), URL).replace(
        b"WARC-Date: 2025-06-10T13", b"WARC-Truncated: length\r\nWARC-Date: 2025-06-10T15"
    )
    assert give(cut) == ["unchanged"]
    assert Section.objects.get().paragraphs == list(BODY)
    assert Article.objects.get().captures.count() == 2
