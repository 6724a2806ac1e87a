"""Random histories of captures: what stands afterwards, in any order of arrival."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import ingest_items
from archive.ingest.runs import start_run
from archive.items import ArticleItem, Hints, Item, Kind, Revisit, SectionItem
from archive.models import Article, IngestRun
from archive.times import Moment

URL = "https://courier.example/storm"
START = datetime(2025, 6, 10, 6, tzinfo=UTC)
CRAWLS_APART = timedelta(minutes=30)
PARTS_APART = timedelta(minutes=1)
MAX_POSTS = 6


@dataclass(frozen=True)
class Post:
    """An entry as a page shows it; `key` counts the entries."""

    key: int
    text: str
    withdrawn: bool = False
    minutes_late: int = 0

    @property
    def published(self) -> datetime:
        # Two entries of one minute, now and then.
        return START - timedelta(days=1) + timedelta(minutes=self.key - self.key // 3 + self.minutes_late)

    @property
    def place(self) -> tuple[datetime, int]:
        return self.published, self.key


@dataclass(frozen=True)
class Capture:
    """What one capture shows, and when."""

    posts: tuple[Post, ...]
    headline: str
    at: datetime
    kind: Kind = "live"
    page: int | None = None
    more: bool | None = None
    as_revisit: bool = False

    @property
    def raw(self) -> bytes:
        return repr((self.posts, self.headline, self.page, self.more)).encode()


def item_of(capture: Capture) -> Item:
    at = _moment(capture.at)
    address = f"{URL}?page={capture.page}" if capture.page and capture.page > 1 else URL
    digest = f"sha256:{sha256(capture.raw).hexdigest()}"
    if capture.as_revisit:
        return Revisit("record", "a revisit", address=address, captured=at, payload_digest=digest)
    sections = tuple(
        SectionItem((post.text,), key=str(post.key), published=_moment(post.published), withdrawn=post.withdrawn)
        for post in capture.posts
    )
    return ArticleItem(
        capture.headline,
        sections,
        capture.raw,
        "text/html",
        "test/1",
        kind=capture.kind,
        url=URL,
        captured=at,
        address=address,
        payload_digest=digest,
        page_number=capture.page,
        more_pages=capture.more,
    )


def _moment(at: datetime) -> Moment:
    return Moment(at, "minute", at.isoformat(), "as given")


def ingest(captures: Sequence[Capture]) -> None:
    for capture in captures:
        run = start_run("test")
        list(ingest_items([item_of(capture)], Hints("test"), run=run, captured=CaptureTime(START, "test")))


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undoes what the block writes: all examples of a test share one database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- histories ---


@st.composite
def _crawls(draw: st.DrawFn, kind: Kind) -> list[Capture]:
    """A page that grows, is edited and loses entries; each crawl sees its top, its pages or all of it."""
    posts = {key: Post(key, f"Entry {key}.") for key in range(draw(st.sampled_from((2, MAX_POSTS))))}
    oldest_first = draw(st.booleans())
    captures: list[Capture] = []
    states: list[tuple[dict[int, Post], str]] = []
    headline = "Storm"
    for number in range(draw(st.integers(1, 5))):
        if number:
            change = draw(st.sampled_from(("grow", "edit", "date", "delete", "return", "withdraw", "headline")))
            if change == "grow":
                posts = posts | {
                    key: Post(key, f"Entry {key}.") for key in range(max(posts, default=0) + 1, MAX_POSTS)
                }
            elif change == "return":
                posts, headline = draw(st.sampled_from(states))
            elif change == "headline":
                headline = draw(st.sampled_from(("Storm", "Flood")))
            elif posts:
                key = draw(st.sampled_from(sorted(posts)))
                posts = dict(posts)
                if change == "delete":
                    del posts[key]
                elif change == "date":
                    posts[key] = replace(posts[key], minutes_late=draw(st.integers(-2, 2)))
                else:
                    posts[key] = replace(posts[key], text=f"Entry {key}, edited.", withdrawn=change == "withdraw")
        states.append((posts, headline))
        shown = sorted(posts.values(), key=lambda post: post.place, reverse=not oldest_first)
        captures += draw(_views(shown, headline, START + number * CRAWLS_APART, kind))
    return draw(_with_revisits(captures))


@st.composite
def _views(draw: st.DrawFn, posts: list[Post], headline: str, at: datetime, kind: Kind) -> list[Capture]:
    view = draw(st.sampled_from(("top", "pages", "all"))) if kind == "live" else "all"
    if view == "all":
        return [Capture(tuple(posts), headline, at, kind)]
    size = draw(st.integers(1, 3))
    if view == "top":
        newest = sorted(posts, key=lambda post: post.place)[-size:]
        return [Capture(tuple(post for post in posts if post in newest), headline, at, kind)]
    pages = [tuple(posts[start : start + size]) for start in range(0, len(posts), size)] or [()]
    numbers = draw(st.lists(st.sampled_from(range(1, len(pages) + 1)), min_size=1, max_size=3, unique=True))
    return [
        Capture(pages[page - 1], headline, at + index * PARTS_APART, kind, page, page < len(pages))
        for index, page in enumerate(numbers)
    ]


@st.composite
def _with_revisits(draw: st.DrawFn, captures: list[Capture]) -> list[Capture]:
    """Lets some captures be revisits of others with the same bytes."""
    first: set[bytes] = set()
    changed = []
    for capture in captures:
        changed.append(replace(capture, as_revisit=capture.raw in first and draw(st.booleans())))
        first.add(capture.raw)
    return changed


_KINDS: tuple[Kind, ...] = ("live", "live", "article")
_HISTORIES = st.sampled_from(_KINDS).flatmap(_crawls)


# --- what should stand ---


@dataclass
class Expected:
    """The words of each entry, and which entries are gone."""

    words: dict[int, str]
    gone: set[int]


def expect(captures: Sequence[Capture]) -> Expected:
    """Follows the definition: an entry is gone where a capture that would have shown it does not."""
    expected = Expected({}, set())
    published: dict[int, datetime] = {}
    crawl: list[Capture] = []
    for capture in sorted(captures, key=lambda capture: capture.at):
        if not crawl or capture.at - crawl[0].at >= CRAWLS_APART or not _is_next_part(capture, crawl):
            crawl = []
        crawl.append(capture)
        shown = {post.key for part in crawl for post in part.posts}
        for post in capture.posts:
            published[post.key] = post.published
            if not post.withdrawn or post.key not in expected.words:
                expected.words[post.key] = post.text
        for key in expected.words.keys() - shown:
            if _would_show(crawl, published[key]):
                expected.gone.add(key)
        expected.gone -= {post.key for post in capture.posts if not post.withdrawn}
        expected.gone |= {post.key for post in capture.posts if post.withdrawn}
    return expected


def _is_next_part(capture: Capture, crawl: Sequence[Capture]) -> bool:
    return capture.page is not None and capture.page not in {part.page for part in crawl}


def _would_show(crawl: Sequence[Capture], at: datetime) -> bool:
    if crawl[-1].kind == "article":
        return True
    pages = sorted(crawl, key=lambda part: part.page or 0)
    if [part.page for part in pages] == list(range(1, len(pages) + 1)) and pages[-1].more is False:
        return True
    if any(_is_between(part.posts, at) for part in pages):
        return True
    return any(
        _is_between(first.posts + second.posts, at)
        for first, second in pairwise(pages)
        if first.page and second.page and second.page == first.page + 1
    )


def _is_between(posts: Sequence[Post], at: datetime) -> bool:
    times = [post.published for post in posts]
    return bool(times) and min(times) < at < max(times)


def state() -> tuple[object, list[tuple[str, str, bool, bool]]]:
    """What the archive shows of its article: the headline and more, and the sections in their order."""
    article = Article.objects.get()
    sections = article.sections.select_related("current").order_by("position")
    topics = sorted(topic.name for topic in article.topics.all())
    return (article.headline, article.byline, topics), [
        (section.key, section.text, section.gone_id is not None, section.withdrawn) for section in sections
    ]


def rows() -> dict[str, list[Any]]:
    """All rows of the archive, without those of runs."""
    models = [model for model in apps.get_app_config("archive").get_models() if model is not IngestRun]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


@pytest.mark.django_db
@settings(max_examples=12)
@given(data=st.data())
def test_what_stands_is_what_the_latest_capture_shows(data: st.DataObject) -> None:
    history = data.draw(_HISTORIES)
    with rolled_back():
        ingest(history)
        article, sections = in_time = state()
        expected = expect(history)
        assert article == (history[-1].headline, "", [])
        assert {int(key): text for key, text, _, _ in sections} == expected.words
        assert {int(key) for key, _, gone, _ in sections if gone} == expected.gone
        shown = [str(post.key) for post in history[-1].posts]
        assert [key for key, *_ in sections if key in shown] == shown
        before = rows()
        ingest(history)
        assert rows() == before
    with rolled_back():
        ingest(data.draw(st.permutations(history)))
        assert state() == in_time


# --- captures that no page would give ---


@st.composite
def _any_captures(draw: st.DrawFn) -> list[ArticleItem]:
    """Captures of any entries in any order, with any claim about pages, a few minutes apart; some come again."""
    kind = draw(st.sampled_from(_KINDS))
    known: dict[bytes, ArticleItem] = {}
    captures: list[ArticleItem] = []
    for number in range(draw(st.integers(1, 5))):
        at = _moment(START + timedelta(minutes=7 * number))
        if captures and draw(st.integers(0, 2)) == 0:
            captures.append(replace(draw(st.sampled_from(captures)), captured=at))
            continue
        entries = tuple(draw(_any_entry(key)) for key in draw(st.lists(st.integers(0, 6), max_size=5, unique=True)))
        page = draw(st.sampled_from((None, None, 1, 2, 3)))
        raw = repr((entries, page)).encode()
        item = ArticleItem(
            draw(st.sampled_from(("Storm", "Flood"))),
            entries,
            raw,
            "text/html",
            "test/1",
            kind=kind,
            url=URL,
            byline=draw(st.sampled_from(("", "Ada Bell"))),
            topics=draw(st.sampled_from(((), ("Storms",), ("Floods",)))),
            page_number=page,
            more_pages=draw(st.sampled_from((None, True, False))) if page else None,
        )
        captures.append(replace(known.setdefault(raw, item), captured=at))
    return captures


@st.composite
def _any_entry(draw: st.DrawFn, key: int) -> SectionItem:
    minutes = draw(st.sampled_from((None, key, key, key + 1, key - 3)))
    return SectionItem(
        (f"Entry {key}, {draw(st.sampled_from(('first', 'edited')))}.",),
        key=str(key),
        published=None if minutes is None else _moment(START - timedelta(hours=1, minutes=-minutes)),
        withdrawn=draw(st.integers(0, 9)) == 0,
    )


def _record(captures: Sequence[ArticleItem]) -> None:
    for capture in captures:
        list(ingest_items([capture], Hints("test"), run=start_run("test"), captured=CaptureTime(START, "test")))


@pytest.mark.django_db
@settings(max_examples=12)
@given(data=st.data())
def test_any_captures_leave_the_same_in_any_order_and_nothing_when_they_come_again(data: st.DataObject) -> None:
    captures = data.draw(_any_captures())
    with rolled_back():
        _record(captures)
        in_time = state()
        before = rows()
        _record(captures)
        assert rows() == before
    with rolled_back():
        _record(data.draw(st.permutations(captures)))
        assert state() == in_time
