"""Items: what the readers of formats yield, before anything is stored. Frozen and pure; any module may import it.

A reader turns bytes into ArticleItem and Rejected. It says what it could not use in the article's `problems`, or in a
Note if that concerns no single article. `archive.ingest` records the items.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from .same_words import comparable
from .times import Moment, utc_iso

Kind = Literal["article", "live"]


def storable(text: str) -> str:
    """Returns text as any database can store it: lone surrogates and NUL escaped as in Python."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


# Whether an article may be shown, in the terms of IPTC's publishing status.
Status = Literal["usable", "withheld", "canceled"]


@dataclass(frozen=True)
class Hints:
    """What is known about a stream before it is read. A value in the document overrides a hint.

    `name` is the path or address, for messages and as the origin of captures. `charset` is from the header of a
    transfer, `captured` the time of a web capture, `zone` the IANA zone of times without one. Characters that cannot
    be stored are escaped: bytes of a path that are not UTF-8, and NUL in the header of a record.

    A person may decide what else is recognised by content: the name of the `format`, and the `encoding`, which comes
    before a charset. Of a web archive, only the records at the `addresses` are read, by their keys; all if there are
    none.
    """

    name: str
    source: str = ""
    url: str = ""
    published: Moment | None = None
    captured: Moment | None = None
    charset: str = ""
    zone: str = ""
    format: str = ""
    encoding: str = ""
    addresses: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in ("name", "source", "url", "charset"):
            object.__setattr__(self, name, storable(getattr(self, name)))


@dataclass(frozen=True)
class SectionItem:
    """A section as received. `key` is the outlet's own id of the entry, which may be empty.

    A `withdrawn` section is an entry that the outlet took back, and may have no words. `note` is a remark of the
    outlet about the entry, such as a correction.
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
        """The paragraphs, each on a line."""
        return "\n".join(self.paragraphs)

    @property
    def published_at(self) -> datetime | None:
        """The time of the entry, None if unknown."""
        return self.published.at if self.published else None

    @property
    def words_sha256(self) -> str:
        """The hash of heading and text: equal for two sections with the same words (see `same_words`)."""
        return hashlib.sha256(comparable(f"{self.heading}\n\n{self.text}").encode()).hexdigest()


@dataclass(frozen=True)
class ArticleItem:
    """An article as received. `raw` is the evidence, byte for byte; `locator` is its place in the stream.

    `status` and `embargo` say whether, and from when, the sender allows it to be shown. `note` is a remark of an
    editor, such as a correction or a kill. `captured` is the time of a web capture, `address` the address that its
    bytes came from, and `payload_digest` the digest by which the web archive knows them. `reader` is `format/version`.
    `page_number` counts from 1, and is None for an article on one page; `more_pages` is None where unknown.
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
    address: str = ""
    payload_digest: str = ""
    page_number: int | None = None
    more_pages: bool | None = None
    # Whether words are missing, as in a feed's summary or a page that was cut off.
    partial: bool = False
    problems: tuple[str, ...] = ()
    # Whether the document is the whole stream, so that the name of the stream identifies it.
    whole_stream: bool = False
    # The place of its document in a container. Items of one document have the same.
    document: str = ""
    # Which of `id`, `address` and `title` other stories of its document have too. Set by `archive.ingest`.
    shared: frozenset[str] = frozenset()

    @property
    def is_notice(self) -> bool:
        """Whether it has no words, and is about the status of an article that was sent before."""
        return self.partial and not self.sections

    @cached_property
    def sha256(self) -> str:
        """The hash of the evidence, under which its capture is stored."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True)
class _Remark:
    """A remark about a place in a stream. It may quote the stream, so it is made storable."""

    locator: str
    reason: str

    def __post_init__(self) -> None:
        for name in ("locator", "reason"):
            object.__setattr__(self, name, storable(getattr(self, name)))


@dataclass(frozen=True)
class Rejected(_Remark):
    """A part of a stream that cannot be read: where, why, and the cure.

    `rest_unread` says that what follows the part was not read either.
    """

    rest_unread: bool = False


@dataclass(frozen=True)
class Note(_Remark):
    """A remark about a stream that concerns no single article: what was left out, and why."""


@dataclass(frozen=True)
class Revisit(Note):
    """A record of a web archive without a payload: at this time, an address gave bytes that another record has.

    `refers_to_address` and `refers_to_captured` name that record, `payload_digest` names its bytes; a record without
    any of them repeats what its own address gave last.
    """

    address: str
    captured: Moment
    payload_digest: str = ""
    refers_to_address: str = ""
    refers_to_captured: Moment | None = None


@dataclass(frozen=True)
class PageGone(Note):
    """The answer of a server, with HTTP status 404 or 410, that there is no page at an address at this time."""

    address: str
    captured: Moment
    status: int


Item = ArticleItem | Rejected | Note


def as_json(item: ArticleItem) -> dict[str, object]:
    """Returns an article as JSON values, with the SHA-256 instead of `raw`."""
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
        "page_number": item.page_number,
        "more_pages": item.more_pages,
        "partial": item.partial,
        "problems": list(item.problems),
    }


def _moment_json(name: str, moment: Moment | None) -> dict[str, str | None]:
    if moment is None:
        return {name: None}
    at = utc_iso(moment.at)
    return {name: at, f"{name}_precision": moment.precision, f"{name}_given": moment.given}
