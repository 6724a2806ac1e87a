"""Documents from a person, by the command or by the admin: what is said with them, and how they are taken in.

Both ways in have the options of one table, checked alike, and put what they are given through `ingest` alike.
`preview` says what would be taken in, of files of any size in little memory.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils import timezone

from ..current_values import zone_of
from ..errors import ArchiveError
from ..items import ArticleItem, Hints, Item, Note, Rejected
from ..models import Article, IngestRun, Source
from ..models.articles import validate_zone, web_address
from ..times import AHEAD_OF_UTC, Moment, parse_moment
from .normalization import CaptureTime, normalize
from .recording import Outcome, finish_run, ingest_items

# The items of one file with what is known of it.
Stream = tuple[Iterable[Item], Hints]

logger = logging.getLogger(__name__)


class IntakeError(ArchiveError):
    """What cannot be meant of an `option`; the message is for people: the offending value and the cure."""

    def __init__(self, message: str, *, option: str) -> None:
        super().__init__(message)
        self.option = option


class StoppedError(ArchiveError):
    """The archive cannot keep what it reads; the message is for people: at which document, why, and the cure."""


@dataclass(frozen=True)
class Given:
    """What a person says with documents; of all but `captured`, a document's own word goes before it."""

    source: str = ""
    url: str = ""
    captured: Moment | None = None
    published: Moment | None = None
    zone: str = ""

    def hints(self, name: str) -> Hints:
        """Returns what is known of the document of this name."""
        return Hints(name, source=self.source, url=self.url, published=self.published, zone=self.zone)

    def check(self, *, single: bool) -> None:
        """Raises IntakeError for what cannot be said of these documents, which are a `single` one or several."""
        if self.url and not single:
            raise IntakeError("An address is that of one document; give one file with it.", option="url")
        if self.captured and self.captured.at > timezone.now() + AHEAD_OF_UTC:
            raise IntakeError(
                f"A capture of {self.captured.given} is still to come; give a time that is past.", option="captured"
            )

    def capture_time(self) -> CaptureTime:
        """Returns when the documents were captured: as was said, else now."""
        if self.captured:
            return CaptureTime(self.captured.at, f"given to the {self.captured.precision}")
        return CaptureTime(timezone.now(), "time of ingest")


def take_in(streams: Iterable[Stream], given: Given, *, run: IngestRun) -> Iterator[tuple[Hints, Outcome]]:
    """Ingests each item of each file and yields what became of it; closes the run at the end, if it comes to it.

    Raises StoppedError where disk or database take no more: what came before stands, and is counted in the run.
    """
    captured = given.capture_time()
    name = ""
    try:
        for items, hints in streams:
            name = hints.name
            for outcome in ingest_items(kept_going(items, name), hints, run=run, captured=captured):
                yield hints, outcome
        finish_run(run)
    except (OSError, DatabaseError) as error:
        # What of a file cannot be read is rejected before it comes here.
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error).partition("\n")[0]
        raise StoppedError(
            f"Stopped at {name}, which cannot be kept in {settings.ARCHIVE_HOME}: {reason}. What came before it "
            "stands; put that right and give the same again, and the rest is taken in."
        ) from error


def kept_going(items: Iterable[Item], name: str) -> Iterator[Item]:
    """Yields the items; a reader that fails, as none should, is logged and ends in a rejection of the rest."""
    try:
        yield from items
    except Exception as error:
        logger.exception("The reader failed on %r", name)
        yield Rejected("", f"the archive's reader failed here ({type(error).__name__}); its log says more, report it")


@dataclass(frozen=True)
class Seen:
    """An article as it would be recorded; `known` is the one that has these very bytes in the archive."""

    article: ArticleItem
    captured: CaptureTime
    known: Article | None

    @property
    def headed(self) -> int:
        return sum(bool(section.heading) for section in self.article.sections)


@dataclass(frozen=True)
class Trouble:
    """A part that would be rejected, or something to be noted."""

    rejected: bool
    locator: str
    reason: str


@dataclass
class Preview:
    """What one file holds: all of it counted, as many articles and troubles listed as were asked for."""

    name: str
    read: int = 0
    known: int = 0
    rejected: int = 0
    noted: int = 0
    articles: list[Seen] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def preview(streams: Iterable[Stream], given: Given, *, shown: int) -> Iterator[Preview]:
    """Yields what each file holds, and stores nothing; at most so many articles are listed, and as many troubles."""
    captured = given.capture_time()
    articles_left = troubles_left = shown
    known_zone = cache(zone_of)
    for items, hints in streams:
        found = Preview(hints.name)
        for item in kept_going(items, hints.name):
            troubles = []
            if isinstance(item, ArticleItem):
                recorded, at, notes = normalize(item, captured, zone_of=known_zone, zone=hints.zone)
                known = Article.objects.filter(captures__sha256=item.sha256).first()
                found.read += 1
                found.known += known is not None
                troubles = [Trouble(False, item.locator, note) for note in notes]
                if articles_left:
                    articles_left -= 1
                    found.articles.append(Seen(_without_words(recorded), at, known))
            elif isinstance(item, Note):
                troubles = [Trouble(False, item.locator, item.reason)]
            else:
                found.rejected += 1
                troubles = [Trouble(True, item.locator, item.reason)]
            found.noted += sum(not trouble.rejected for trouble in troubles)
            found.troubles += troubles[:troubles_left]
            troubles_left -= len(troubles[:troubles_left])
        yield found


def _without_words(item: ArticleItem) -> ArticleItem:
    """Returns the item without its bytes and paragraphs, of which a hundred documents have a gigabyte."""
    return replace(item, raw=b"", sections=tuple(replace(section, paragraphs=()) for section in item.sections))


def _source(text: str) -> str:
    limit = Source._meta.get_field("name").max_length or 0
    if len(text) > limit:
        raise IntakeError(
            f"A source's name has at most {limit} characters; this one has {len(text):,}.", option="source"
        )
    return text


def _url(text: str) -> str:
    try:
        return web_address(text)
    except ValidationError:
        raise IntakeError(
            f"{text[:80]!r} is no web address; it begins with http:// or https://", option="url"
        ) from None


def _zone(text: str) -> str:
    try:
        validate_zone(text)
    except ValidationError as error:
        raise IntakeError(str(error.message), option="zone") from None
    return text


@dataclass(frozen=True)
class Option:
    """One thing that can be said: its field of Given, how it is asked for, and its parser, which raises ValueError."""

    name: str
    label: str
    metavar: str
    parse: Callable[[str], Any]
    meaning: str
    example: str


_TIME = "2025-06-02 or 2025-06-02T14:30+01:00"

OPTIONS = (
    Option("source", "Source", "NAME", _source, "the source of documents that name none", "The Courier"),
    Option("url", "Address", "URL", _url, "the URL of a single document", "https://courier.example/fire"),
    Option("captured", "Captured", "TIME", parse_moment, "when the files were captured; by default now", _TIME),
    Option("published", "Published", "TIME", parse_moment, "when documents without a date were published", _TIME),
    Option("zone", "Time zone", "NAME", _zone, "the zone of times without one; by default UTC", "Europe/London"),
)
