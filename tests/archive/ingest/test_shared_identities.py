"""One id or address that a document gives to several stories: each story is an article of its own, and stays it."""

import json
from collections.abc import Callable
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest

from archive.models import Article, Problem, Section
from tests.conftest import NOW

from .documents import IngestFile

pytestmark = pytest.mark.django_db

Entry = dict[str, Any]
Write = Callable[..., bytes]


def rss(*entries: Entry) -> bytes:
    items = "".join(
        "<item>"
        + "".join(
            f"<{name}{attributes}>{escape(entry[key])}</{name}>"
            for key, name, attributes in (
                ("title", "title", ""),
                ("link", "link", ""),
                ("id", "guid", " isPermaLink='false'"),
                ("guid", "guid", ""),
                ("text", "description", ""),
                ("published", "pubDate", ""),
            )
            if entry.get(key)
        )
        + "</item>"
        for entry in entries
    )
    return f"<rss version='2.0'><channel><title>Ticker</title>{items}</channel></rss>".encode()


def atom(*entries: Entry) -> bytes:
    parts = [
        f"<entry><title>{escape(entry['title'])}</title>"
        + (f"<id>{entry['id']}</id>" if entry.get("id") else "")
        + (f"<link href='{entry['link']}'/>" if entry.get("link") else "")
        + (f"<published>{entry['published']}</published>" if entry.get("published") else "")
        + (f"<updated>{entry['updated']}</updated>" if entry.get("updated") else "")
        + f"<content>{escape(entry['text'])}</content></entry>"
        for entry in entries
    ]
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Ticker</title>{''.join(parts)}</feed>".encode()


def json_feed(*entries: Entry) -> bytes:
    keys = {"title": "title", "id": "id", "link": "url", "text": "content_text", "published": "date_published"}
    items = [{keys[key]: value for key, value in entry.items() if key in keys} for entry in entries]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Ticker", "items": items}).encode()


def _records(entries: tuple[Entry, ...]) -> list[Entry]:
    names = {"title": "headline", "link": "url"}
    return [{names.get(key, key): value for key, value in entry.items()} | {"source": "Ticker"} for entry in entries]


def json_lines(*entries: Entry) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in _records(entries))


def json_list(*entries: Entry) -> bytes:
    return json.dumps(_records(entries)).encode()


def xml_records(*entries: Entry) -> bytes:
    names = {"title": "headline", "link": "url", "text": "body", "id": "id", "published": "published"}
    parts = (
        "".join(f"<{name}>{escape(entry[key])}</{name}>" for key, name in names.items() if entry.get(key))
        for entry in entries
    )
    return f"<news>{''.join(f'<story><date/>{part}</story>' for part in parts)}</news>".encode()


def ninjs(*entries: Entry) -> bytes:
    names = {"title": "headline", "link": "url", "text": "body_text", "id": "uri", "published": "firstcreated"}
    items = [
        {names[key]: value for key, value in entry.items() if key in names} | {"type": "text"} for entry in entries
    ]
    return json.dumps({"items": items}).encode()


FEEDS = (rss, atom, json_feed)
LISTS = (json_lines, json_list, xml_records, ninjs)
HOME = "https://tick.example/"


def story(number: int, **identity: str) -> Entry:
    word = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")[number]
    return {"title": f"Story {number}", "text": f"Tickword {word} happened at noon.", **identity}


def one_id(number: int) -> Entry:
    return story(number, id="feed-1", link=f"{HOME}s{number}")


def one_id_alone(number: int) -> Entry:
    return story(number, id="feed-1")


def one_home_page(number: int) -> Entry:
    return story(number, link=HOME)


def one_page(number: int) -> Entry:
    return story(number, link=f"{HOME}ticker/today?lang=en")


def one_page_by_parts(number: int) -> Entry:
    return story(number, link=f"{HOME}live#post-{number}")


def one_id_and_page(number: int) -> Entry:
    return story(number, id="feed-1", link=HOME, published=f"2025-06-0{number + 1}T10:00:00Z")


KINDS = (one_id, one_id_alone, one_home_page, one_page, one_page_by_parts, one_id_and_page)


@pytest.fixture
def take(ingest_file: IngestFile, tmp_path: Path) -> Callable[..., list[str]]:
    """Ingests bytes under one name, as captured so many hours after NOW; returns the statuses."""

    def run(data: bytes, hours: int = 0, name: str = "stream") -> list[str]:
        path = tmp_path / name
        path.write_bytes(data)
        return [outcome.status for outcome in ingest_file(path, captured=NOW + timedelta(hours=hours))]

    return run


Take = Callable[..., list[str]]


def shown() -> list[tuple[str, str]]:
    """Returns headline and words of each article as the archive shows them now."""
    return sorted(
        (section.article.headline, section.current.text if section.current else "")
        for section in Section.objects.filter(gone=None).select_related("article", "current")
    )


def words(*entries: Entry) -> list[tuple[str, str]]:
    return sorted((entry["title"], entry["text"]) for entry in entries)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [*FEEDS, *LISTS])
def test_each_story_is_an_article_and_finds_it_again(take: Take, write: Write, kind: Callable[[int], Entry]) -> None:
    first = [kind(number) for number in range(3)]
    assert take(write(*first)) == ["new"] * 3
    assert shown() == words(*first)
    assert take(write(*first), 1) == ["unchanged"] * 3
    newest = kind(3)
    assert take(write(newest, *first[:2]), 2) == ["new", "unchanged", "unchanged"]
    assert shown() == words(newest, *first)
    edited = {**first[1], "text": first[1]["text"] + " Nobody was hurt."}
    assert take(write(kind(4), newest, edited), 3) == ["new", "unchanged", "changed"]
    assert shown() == words(kind(4), newest, first[0], edited, first[2])
    assert Article.objects.count() == 5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [*FEEDS, *LISTS])
def test_a_single_story_with_an_identity_known_to_be_shared_is_no_other(
    take: Take, write: Write, kind: Callable[[int], Entry]
) -> None:
    first = [kind(number) for number in range(2)]
    take(write(*first))
    assert take(write(kind(2)), 1) == ["new"]
    assert shown() == words(*first, kind(2))
    edited = {**first[0], "text": first[0]["text"] + " Nobody was hurt."}
    assert take(write(edited), 2) == ["changed"]
    assert shown() == words(edited, first[1], kind(2))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [*FEEDS, *LISTS])
def test_an_identity_may_be_unique_in_one_stream_and_shared_in_a_later_one(
    take: Take, write: Write, kind: Callable[[int], Entry]
) -> None:
    take(write(kind(0)))
    take(write(kind(2), kind(1), kind(0)), 1)
    assert shown() == words(kind(0), kind(1), kind(2))
    assert Article.objects.count() == 3


def test_what_tells_stories_apart_is_noted(take: Take) -> None:
    take(rss(*(one_id(number) for number in range(2))))
    take(atom(*(one_page_by_parts(number) for number in range(2))))
    take(json_feed(*(one_home_page(number) for number in range(2))))
    reasons = [problem.reason for problem in Problem.objects.all()]
    assert reasons == [
        *["its id 'feed-1' is not its own; recognised by its address"] * 2,
        "its page is that of other stories of the same document too; recognised by the part 'post-0'",
        "its page is that of other stories of the same document too; recognised by the part 'post-1'",
        *["its address is not its own; recognised by its headline and time"] * 2,
    ]


def test_ids_of_their_own_need_no_note(take: Take) -> None:
    take(rss(*(story(number, id=f"{number}", link=HOME) for number in range(3))))
    assert not Problem.objects.exists()
    take(rss(*(story(number, link=f"{HOME}{number}") for number in range(3))))
    assert not Problem.objects.exists()
