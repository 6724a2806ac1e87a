"""One id or address that a document gives to several stories: each story is an article of its own, and stays it."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.ingest import recording, shared_identities
from archive.models import Article, Problem
from tests.conftest import NOW

from .documents import IngestFile
from .entries import (
    FEEDS,
    HOME,
    LISTS,
    Entry,
    Write,
    atom,
    json_feed,
    json_lines,
    one_home_page,
    one_id,
    one_id_alone,
    one_id_and_page,
    one_page,
    one_page_by_parts,
    rss,
    shown,
    story,
    words,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

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
@pytest.mark.parametrize("write", [rss, json_lines])
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
@pytest.mark.parametrize("write", [rss, json_lines])
def test_an_identity_may_be_unique_in_one_stream_and_shared_in_a_later_one(
    take: Take, write: Write, kind: Callable[[int], Entry]
) -> None:
    take(write(kind(0)))
    take(write(kind(2), kind(1), kind(0)), 1)
    assert shown() == words(kind(0), kind(1), kind(2))
    assert Article.objects.count() == 3


@pytest.mark.parametrize("kind", [one_id_alone, one_home_page, one_page])
@pytest.mark.parametrize("write", [rss, json_lines])
def test_long_stories_that_are_much_alike_are_told_apart_by_their_headlines(
    take: Take, write: Write, kind: Callable[[int], Entry]
) -> None:
    form = " ".join(f"Clause {number} of the form." for number in range(40))
    stories = [{**kind(number), "text": f"{kind(number)['text']} {form}"} for number in range(3)]
    take(write(*stories))
    assert shown() == words(*stories)
    edited = {**stories[1], "text": f"{stories[1]['text']} Nobody was hurt."}
    take(write(edited, stories[0]), 1)
    assert shown() == words(stories[0], edited, stories[2])


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


FIRE = {"title": "Fire in Marbeck", "text": "A fire broke out at the quay.", "id": "7", "link": f"{HOME}fire"}
LATER = {"title": "Two dead in blaze", "text": "Rescuers found two people, police say."}


@pytest.mark.parametrize("write", LISTS)
@pytest.mark.parametrize(
    "later",
    [
        pytest.param({"title": "Large fire in Marbeck"}, id="edited headline"),
        pytest.param({"text": "A fire broke out at the market."}, id="edited text"),
        pytest.param({"title": "Fire in Marbeck put out", "text": "A fire went out at the quay."}, id="both edited"),
        pytest.param(LATER, id="the same id and address"),
    ],
)
def test_captures_of_one_article_in_one_file_are_its_versions(take: Take, write: Write, later: Entry) -> None:
    take(write(FIRE, {**FIRE, **later}))
    assert shown() == words({**FIRE, **later})
    assert Article.objects.get().captures.count() == 2
    assert not Problem.objects.exists()


@pytest.mark.parametrize("identity", ["id", "link"])
@pytest.mark.parametrize(
    ("times", "later"),
    [
        ({"updated": "2025-06-02T10:00:00Z"}, {"updated": "2025-06-02T12:00:00Z"}),
        ({"published": "2025-06-02T10:00:00Z"}, {"published": "2025-06-02T10:00:00Z"}),
    ],
)
def test_times_say_that_a_rewritten_item_is_a_later_version(
    take: Take, identity: str, times: Entry, later: Entry
) -> None:
    first = {key: value for key, value in FIRE.items() if key in ("title", "text", identity)} | times
    take(json_lines(first, {**first, **LATER, **later}, {**first, **LATER, **later, "title": "Three dead in blaze"}))
    assert Article.objects.get().captures.count() == 3
    assert shown() == [("Three dead in blaze", LATER["text"])]


def test_a_live_page_of_which_the_headline_changes_is_one_article(take: Take) -> None:
    def capture(headline: str, *numbers: int) -> Entry:
        sections = [{"id": f"block-{number}", "text": f"Post number {number}."} for number in numbers]
        return {"headline": headline, "url": f"{HOME}live", "kind": "live", "sections": sections}

    take(json_lines(capture("Storm nears", 1, 2), capture("Coast hit by flood", 2, 3)))
    assert Article.objects.get().captures.count() == 2


@pytest.mark.parametrize("write", FEEDS)
@pytest.mark.parametrize("kind", [one_id, one_home_page, one_page])
def test_a_story_that_a_feed_lists_twice_is_one_article(
    take: Take, write: Write, kind: Callable[[int], Entry]
) -> None:
    again = {**kind(0), "link": kind(0)["link"] + "#xtor=RSS-3", "published": "2025-06-01T10:00:00Z"}
    take(write(kind(0), kind(1), again))
    assert shown() == words(kind(0), kind(1))
    assert Article.objects.count() == 2


@pytest.mark.parametrize("write", FEEDS)
def test_an_entry_that_is_rewritten_is_found_by_its_own_address_or_id(take: Take, write: Write) -> None:
    take(write(one_id(0), one_id(1)))
    rewritten = {**one_id(1), **LATER}
    take(write(one_id(2), rewritten), 1)
    assert shown() == words(one_id(0), rewritten, one_id(2))
    own = [story(number, id=f"{number}", link=HOME) for number in (3, 4)]
    take(write(*own), 2)
    take(write({**own[1], **LATER}, own[0]), 3)
    assert shown() == words(one_id(0), rewritten, one_id(2), own[0], {**own[1], **LATER})


@pytest.mark.parametrize("write", FEEDS)
def test_one_headline_at_one_address_is_told_apart_by_words_or_times(take: Take, write: Write) -> None:
    flashes = [{**one_home_page(number), "title": "Breaking"} for number in range(3)]
    take(write(*flashes[:2]))
    take(write(flashes[2]), 1)
    assert shown() == words(*flashes)


@pytest.mark.parametrize("write", FEEDS)
def test_one_headline_at_one_address_is_a_story_each_day(take: Take, write: Write) -> None:
    daily = [{**one_id_and_page(number), "title": "Weather"} for number in range(3)]
    take(write(*daily[:2]))
    edited = {**daily[1], "text": "Another text of this day."}
    take(write(daily[2], edited), 1)
    assert shown() == words(daily[0], edited, daily[2])


def test_a_feed_with_one_id_and_the_page_of_a_story_are_one_article(take: Take) -> None:
    page = (
        f"<html><head><title>Story 1</title><link rel=canonical href='{HOME}s1'></head><body><article><h1>Story 1</h1>"
    )
    page += "<p>Tickword beta happened at noon, and much more was written about it on the page of the story.</p>"
    take(rss(one_id(0), one_id(1)))
    take(f"{page}</article></body></html>".encode(), 1, name="page.html")
    assert Article.objects.count() == 2
    assert Article.objects.get(url_key="tick.example/s1").captures.count() == 2


@pytest.mark.parametrize("fragment", ["#comments", "#xtor=RSS-1", "#utm_source=rss&utm_medium=feed", "#:~:text=fire"])
@pytest.mark.parametrize("page_first", [True, False])
def test_fragments_that_name_no_entry_make_no_difference(take: Take, fragment: str, page_first: bool) -> None:
    page = {**FIRE, "id": "", "link": f"{HOME}fire"}
    streams = [json_lines(page), rss({**page, "link": page["link"] + fragment, "title": "Fire"})]
    for hours, data in enumerate(streams if page_first else streams[::-1]):
        take(data, hours)
    assert Article.objects.get().captures.count() == 2


@pytest.mark.parametrize("page_first", [True, False])
@pytest.mark.parametrize("link", [HOME, f"{HOME}live"])
def test_entries_are_not_the_page_that_they_are_linked_to(take: Take, page_first: bool, link: str) -> None:
    page = json_lines({"title": "The page", "text": "What stands on the page itself.", "link": link})
    entries = [story(number, link=link if link == HOME else f"{link}#{number}") for number in range(2)]
    for hours, data in enumerate((page, rss(*entries)) if page_first else (rss(*entries), page)):
        take(data, hours)
    take(page.replace(b"itself", b"itself, edited"), 3)
    assert Article.objects.count() == 3
    assert ("The page", "What stands on the page itself, edited.") in shown()


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.xml", data)
    return packed.getvalue()


def warc(**files: bytes) -> bytes:
    packed = b""
    for hour, data in enumerate(files.values()):
        body = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n" + data
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://tick.example/feed\r\n"
            f"WARC-Date: 2025-06-10T1{hour}:00:00Z\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        packed += head.encode() + body + b"\r\n\r\n"
    return packed


@pytest.mark.parametrize("pack", [zipped, warc])
@pytest.mark.parametrize("kind", KINDS)
def test_captures_of_a_feed_in_one_container_are_documents_of_their_own(
    take: Take, pack: Callable[..., bytes], kind: Callable[[int], Entry]
) -> None:
    edited = {**kind(1), "text": kind(1)["text"] + " Nobody was hurt."}
    take(pack(first=rss(kind(0), kind(1)), second=rss(kind(2), edited)))
    assert shown() == words(kind(0), edited, kind(2))
    assert Article.objects.get(headline="Story 1").captures.count() == 2


@pytest.mark.parametrize("pack", [zipped, warc])
def test_an_entry_that_a_later_capture_of_its_feed_rewrote_is_one_article(
    take: Take, pack: Callable[..., bytes]
) -> None:
    own = story(0, id="a", link=f"{HOME}a")
    take(pack(first=rss(own, story(1)), second=rss({**own, **LATER}, story(1))))
    assert shown() == words({**own, **LATER}, story(1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [rss, json_lines])
def test_stories_far_apart_in_a_long_document_are_articles_too(
    take: Take, monkeypatch: pytest.MonkeyPatch, write: Write, kind: Callable[[int], Entry]
) -> None:
    monkeypatch.setattr(shared_identities, "_MAX_AHEAD_ITEMS", 1)
    between = [story(number, id=f"{number}", link=f"{HOME}between/{number}") for number in (3, 4, 5)]
    stories = [kind(0), *between[:2], kind(1), between[2], kind(2)]
    take(write(*stories))
    assert shown() == words(*stories)
    assert take(write(*stories), 1) == ["unchanged"] * 6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [rss, json_lines])
def test_stories_that_were_merged_before_come_back_with_their_feed(
    take: Take, monkeypatch: pytest.MonkeyPatch, write: Write, kind: Callable[[int], Entry]
) -> None:
    def first_article(*args: Any, **kwargs: Any) -> Article | None:
        return Article.objects.first()

    with monkeypatch.context() as before:
        before.setattr(recording, "mark_shared", iter)
        before.setattr(recording, "find_article", first_article)
        take(write(kind(0), kind(1), kind(2)))
    merged = Article.objects.get()
    assert shown() == words(kind(2))
    edited = {**kind(0), "text": kind(0)["text"] + " Nobody was hurt."}
    assert take(write(edited, kind(1), kind(2)), 1).count("unchanged") <= 1
    assert shown() == words(edited, kind(1), kind(2))
    assert merged.captures.count() >= 3
    assert take(write(edited, kind(1), kind(2)), 2) == ["unchanged"] * 3
    assert take(write(kind(3), edited, kind(2)), 3) == ["new", "unchanged", "unchanged"]
    assert shown() == words(edited, kind(1), kind(2), kind(3))
