"""Entries, and the documents of several formats that list them, for tests of which article each entry is."""

import json
from collections.abc import Callable
from html import escape
from typing import Any

from archive.models import Section

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


def shown() -> list[tuple[str, str]]:
    """Returns headline and words of each article as the archive shows them now."""
    return sorted(
        (section.article.headline, section.current.text if section.current else "")
        for section in Section.objects.filter(gone=None).select_related("article", "current")
    )


def words(*entries: Entry) -> list[tuple[str, str]]:
    """Returns headline and words of the entries, in the order of `shown`."""
    return sorted((entry["title"], entry["text"]) for entry in entries)
