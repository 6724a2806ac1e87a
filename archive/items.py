"""What a format yields: frozen, pure, before anything is stored. No Django.

A reader turns bytes into ArticleItem and Rejected, and says what it could not keep in `problems`, or in a Note
where it belongs to no one article; `ingest` does the rest.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

from .times import Moment, utc_iso

Kind = Literal["article", "live"]


def spelt_out(text: str) -> str:
    """Returns text as any database holds it: lone surrogates and NUL as Python writes them."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


# May it be shown? The vocabulary of IPTC's publishing status.
Status = Literal["usable", "withheld", "canceled"]


@dataclass(frozen=True)
class Hints:
    """What is known of a stream before it is read; a document's own word goes before a hint.

    `name` is the path or address as given, for messages and as the origin of captures. What no database holds is spelt
    out: bytes of a path that are no UTF-8, which Python has as lone surrogates, and NUL in the header of a record.
    `charset` is what a transfer's header named; `captured` when a web capture received it; `zone` (IANA) whose clock
    times without one show.
    """

    name: str
    source: str = ""
    url: str = ""
    published: Moment | None = None
    captured: Moment | None = None
    charset: str = ""
    zone: str = ""

    def __post_init__(self) -> None:
        for name in ("name", "source", "url", "charset"):
            object.__setattr__(self, name, spelt_out(getattr(self, name)))


@dataclass(frozen=True)
class SectionItem:
    """One section as received: `key` is the outlet's own id of the entry, empty where it gives none.

    A `withdrawn` one is what a page says of an entry it took back, and may be without words. `note` holds what the
    outlet says about the entry, not in it: a correction.
    """

    paragraphs: tuple[str, ...]
    heading: str = ""
    key: str = ""
    byline: str = ""
    published: Moment | None = None
    updated: Moment | None = None
    key_event: bool = False
    withdrawn: bool = False
    note: str = ""

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)

    @property
    def words_sha256(self) -> str:
        """The hash of heading and text: equal for two sections that read the same."""
        return hashlib.sha256(f"{self.heading}\n\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True)
class ArticleItem:
    """One article as received. `raw` is the evidence, byte for byte; `locator` says where in the stream it stood.

    `status` and `embargo` are the sender's word on whether, and from when, it may be shown; `note` what an editor
    says about it: a correction, a kill. `captured` is when a web capture received it.
    """

    headline: str
    sections: tuple[SectionItem, ...]
    raw: bytes
    media_type: str
    reader: str
    locator: str = ""
    kind: Kind = "article"
    source: str = ""
    external_id: str = ""
    url: str = ""
    standfirst: str = ""
    byline: str = ""
    language: str = ""
    published: Moment | None = None
    updated: Moment | None = None
    topics: tuple[str, ...] = ()
    status: Status = "usable"
    embargo: Moment | None = None
    note: str = ""
    captured: Moment | None = None
    # True where these are not all its words: a feed's summary, a page that was cut off.
    partial: bool = False
    problems: tuple[str, ...] = ()
    # True where the stream holds this document alone, so that its name says something of what it is.
    whole_stream: bool = False

    @property
    def sha256(self) -> str:
        """The hash of the evidence, under which its capture is kept."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True)
class _Told:
    """Something told of a place in a stream. What it quotes is as the stream had it, spelt out."""

    locator: str
    reason: str

    def __post_init__(self) -> None:
        for name in ("locator", "reason"):
            object.__setattr__(self, name, spelt_out(getattr(self, name)))


@dataclass(frozen=True)
class Rejected(_Told):
    """A part of a stream that could not be read: where, and why with the cure."""


@dataclass(frozen=True)
class Note(_Told):
    """What is to be known of a stream and concerns no one article: what was left out of it, and why."""


Item = ArticleItem | Rejected | Note


def as_json(item: ArticleItem) -> dict[str, object]:
    """Returns the item as plain JSON values; `raw` by its SHA-256, each section's text as `paragraphs`."""
    return {
        "headline": item.headline,
        "standfirst": item.standfirst,
        "kind": item.kind,
        "source": item.source,
        "id": item.external_id,
        "url": item.url,
        "byline": item.byline,
        "language": item.language,
        **_moment_json("published", item.published),
        **_moment_json("updated", item.updated),
        "topics": list(item.topics),
        "status": item.status,
        **_moment_json("embargo", item.embargo),
        "note": item.note,
        **_moment_json("captured", item.captured),
        "sections": [
            {
                "id": section.key,
                "heading": section.heading,
                "byline": section.byline,
                **_moment_json("published", section.published),
                **_moment_json("updated", section.updated),
                "key_event": section.key_event,
                "withdrawn": section.withdrawn,
                "note": section.note,
                "paragraphs": list(section.paragraphs),
            }
            for section in item.sections
        ],
        "reader": item.reader,
        "media_type": item.media_type,
        "sha256": item.sha256,
        "locator": item.locator,
        "partial": item.partial,
        "problems": list(item.problems),
    }


def _moment_json(name: str, moment: Moment | None) -> dict[str, str | None]:
    if moment is None:
        return {name: None}
    at = utc_iso(moment.at)
    return {name: at, f"{name}_precision": moment.precision, f"{name}_given": moment.given}
