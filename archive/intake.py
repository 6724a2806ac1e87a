"""Documents from a person, by the command or by the admin: what is said with them, and how they are taken in.

Both ways in have the options of one table, checked alike, and put what they are given through `ingest` alike.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from .ingest import CaptureTime, Outcome, finish_run, ingest_items
from .items import Hints, Item
from .models import IngestRun, Source
from .models.articles import WEB_URL, validate_zone
from .times import Moment, parse_moment

# The items of one file with what is known of it.
Stream = tuple[Iterable[Item], Hints]


class IntakeError(ValueError):
    """What cannot be meant; the message is for people: the offending value and the cure."""


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
            raise IntakeError("An address is that of one document; give one file with it.")

    def capture_time(self) -> CaptureTime:
        """Returns when the documents were captured: as was said, else now."""
        if self.captured:
            return CaptureTime(self.captured.at, f"given to the {self.captured.precision}")
        return CaptureTime(timezone.now(), "time of ingest")


def take_in(streams: Iterable[Stream], given: Given, *, run: IngestRun) -> Iterator[tuple[Hints, Outcome]]:
    """Ingests each item of each file and yields what became of it; closes the run at the end, whatever ends it."""
    captured = given.capture_time()
    try:
        for items, hints in streams:
            for outcome in ingest_items(items, hints, run=run, captured=captured):
                yield hints, outcome
    finally:
        finish_run(run)


def _source(text: str) -> str:
    limit = Source._meta.get_field("name").max_length or 0
    if len(text) > limit:
        raise IntakeError(f"A source's name has at most {limit} characters; this one has {len(text):,}.")
    return text


def _url(text: str) -> str:
    try:
        WEB_URL(text)
    except ValidationError:
        raise IntakeError(f"{text[:80]!r} is no web address; it begins with http:// or https://") from None
    return text


def _zone(text: str) -> str:
    try:
        validate_zone(text)
    except ValidationError as error:
        raise IntakeError(error.message) from None
    return text


@dataclass(frozen=True)
class Option:
    """One thing that can be said: its field of Given, how it is asked for, and its parser, which raises ValueError."""

    name: str
    label: str
    metavar: str
    parse: Callable[[str], Any]
    meaning: str


OPTIONS = (
    Option("source", "Source", "NAME", _source, "who published what does not say so itself"),
    Option("url", "Address", "URL", _url, "the address of the one document that is given"),
    Option("captured", "Captured", "TIME", parse_moment, "when the files were captured; else now"),
    Option("published", "Published", "TIME", parse_moment, "when what gives no time was published"),
    Option("zone", "Time zone", "NAME", _zone, "whose clock times without a zone show; else UTC"),
)
