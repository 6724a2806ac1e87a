"""A property: whatever identities the stories of a stream share, each is found by its own words in its own article."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive import formats
from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import ingest_items
from archive.ingest.runs import finish_run, start_run
from archive.items import Hints
from archive.models import Article
from tests.conftest import NOW

from .entries import FEEDS, HOME, Entry, Write, json_lines, json_list, rss, shown, words

_WORDS = "alpha beta gamma delta epsilon zeta".split()
_LINKS = {
    "": "",
    "own": f"{HOME}s{{}}",
    "home": HOME,
    "page": f"{HOME}ticker",
    "part": f"{HOME}live#post-{{}}",
    "tracked": f"{HOME}ticker#xtor=RSS-{{}}",
}


@dataclass(frozen=True)
class Stream:
    """Stories and, for each time that they are listed, which of them are there and which were edited before."""

    write: Write
    stories: list[Entry]
    listings: list[tuple[list[int], set[int]]]
    rewrites: bool
    lists_twice: bool

    def is_unique(self, number: int) -> bool:
        """Whether an id or an address is the story's own."""
        story = self.stories[number]
        return str(number) in story.get("id", "") + story.get("link", "").partition("#xtor")[0]

    def is_tellable(self, number: int) -> bool:
        """Whether anything but its words tells the story from others, so that it is known after an edit."""
        story = self.stories[number]
        return self.is_unique(number) or story["title"] != "Breaking" or "published" in story

    def traits(self, number: int) -> Iterator[tuple[str, ...]]:
        """Yields what another story may have too, so that the first of them is not known to be another."""
        story = self.stories[number]
        link = story.get("link", "").partition("#xtor")[0]
        if "id" in story:
            yield "id", story["id"]
        if link:
            yield "link", link
        if not self.is_tellable(number):
            yield "title", link or story["id"]

    def with_known(self, numbers: list[int], known: set[int]) -> list[int]:
        """Returns the stories of a listing, with the only known story that shares a trait with any of them.

        Two stories that never stand in one listing cannot be told from two versions of one.
        """
        added: list[int] = []
        for number in numbers:
            for trait in self.traits(number):
                alike = {other for other in known if trait in self.traits(other)}
                if len(alike) == 1 and not alike & {*numbers, *added}:
                    added += alike
        return [*numbers, *added]


@st.composite
def _streams(draw: st.DrawFn) -> Stream:
    write = draw(st.sampled_from([*FEEDS, json_lines, json_list]))
    count = draw(st.integers(2, len(_WORDS)))
    stories = [_story(draw, number, is_feed=write in FEEDS) for number in range(count)]
    numbers = st.permutations(range(count)).flatmap(
        lambda order: st.integers(1, count).map(lambda length: list(order[:length]))
    )
    edited = st.sets(st.integers(0, count - 1), max_size=2)
    listings = draw(st.lists(st.tuples(numbers, edited), min_size=1, max_size=4))
    return Stream(write, stories, listings, draw(st.booleans()), draw(st.booleans()))


def _story(draw: st.DrawFn, number: int, *, is_feed: bool) -> Entry:
    identity = draw(st.sampled_from(("", f"id-{number}", "X", "X", "Y")))
    link = draw(st.sampled_from([name for name in _LINKS if name or identity]))
    # Records may be versions of one article: of those with the same id and address only the time tells.
    is_dated = draw(st.booleans()) or not is_feed
    story = {
        "title": "Breaking" if is_feed and draw(st.booleans()) else f"Story {number}",
        "text": f"Tickword {_WORDS[number]} happened at noon.",
        "id": identity,
        "link": _LINKS[link].format(number),
        "published": f"2025-06-0{number + 1}T10:00:00Z" if is_dated else "",
    }
    return {name: value for name, value in story.items() if value}


def _at_ticker(number: int, **values: str) -> Entry:
    text = f"Tickword {_WORDS[number]} happened at noon."
    return {"title": f"Story {number}", "text": text, "link": f"{HOME}ticker", **values}


# The address of two articles, of which one has an id, comes with the new id of a third.
_AT_ONE_ADDRESS = [_at_ticker(0, id="id-0"), _at_ticker(1), _at_ticker(2, id="id-2")]


@pytest.mark.django_db
@settings(max_examples=30)
@given(stream=_streams())
@example(Stream(rss, _AT_ONE_ADDRESS, [([0], set()), ([0, 1], set()), ([2], set())], False, False))
def test_each_story_of_any_stream_is_found_by_its_own_words(stream: Stream) -> None:
    latest: dict[int, Entry] = {}
    with transaction.atomic():
        for hours, (numbers, edited) in enumerate(stream.listings):
            numbers = stream.with_known(numbers, set(latest))
            for number in numbers:
                latest[number] = (
                    _edited(stream, number, latest, hours) if number in edited else _of(stream, number, latest)
                )
            entries = [latest[number] for number in numbers]
            if stream.lists_twice:
                entries.append(_listed_again(entries[0]))
            _ingest(stream.write(*entries), hours)
            assert shown() == words(*latest.values())
            assert Article.objects.count() == len(latest)
        transaction.set_rollback(True)


def _of(stream: Stream, number: int, latest: dict[int, Entry]) -> Entry:
    return latest.get(number, stream.stories[number])


def _edited(stream: Stream, number: int, latest: dict[int, Entry], hours: int) -> Entry:
    entry = _of(stream, number, latest)
    if number not in latest or not stream.is_tellable(number):
        return entry
    if stream.rewrites and stream.is_unique(number):
        return {**entry, "title": f"Retitled {number} at {hours}", "text": f"All new {_WORDS[number]} since {hours}."}
    return {**entry, "text": f"{entry['text']} More at {hours}."}


def _listed_again(entry: Entry) -> Entry:
    link = entry.get("link", "")
    return entry if not link or "#" in link else {**entry, "link": f"{link}?utm_source=again"}


def _ingest(raw: bytes, hours: int) -> None:
    run = start_run("stream")
    hints = Hints("stream")
    items: Any = formats.read(io.BytesIO(raw), hints)
    captured = CaptureTime(NOW + timedelta(hours=hours), "test")
    assert {outcome.status for outcome in ingest_items(items, hints, run=run, captured=captured)} & {
        "rejected"
    } == set()
    finish_run(run)
