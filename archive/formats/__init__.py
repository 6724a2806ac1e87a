"""Formats: bytes in, items out. One module per format, never one per publisher.

`read` is the way in: it opens containers (gzip and those of CONTAINERS), identifies the format of each document by
its content, and yields articles, rejections and notes. To add a format, write a module with `sniff` and `read` and
add a row to FORMATS; `contract` says what a reader promises. Readers import no Django, open no files, and load one
document at a time. What becomes of the items is decided in `archive.ingest`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from ..errors import ReadError
from ..items import ArticleItem, Hints, Item, Note, Rejected, storable
from . import contract, html, text, unsupported
from .agency import anpa, iptc7901, newsml, ninjs
from .containers import Member, Part, Skipped, choose_members, warc, zipped
from .contract import Container, Document, Format, ReadDocument, Streamed, limit_rejections
from .faults import report_fault
from .feeds import feed
from .input import (
    DEFAULT_LIMITS,
    GZIP_MAGIC,
    HEAD_BYTES,
    DamageError,
    Gunzipped,
    Limits,
    UnpackingBudget,
    as_utf8,
    look_ahead,
)
from .live import live_state
from .records import content_api, json_document, jsonl, superdesk, xml_records
from .stated_times import read_time

__all__ = [
    "CONTAINERS",
    "DEFAULT_LIMITS",
    "FORMATS",
    "Container",
    "Document",
    "Format",
    "Limits",
    "ReadDocument",
    "Streamed",
    "lists_once",
    "read",
    "read_time",
    "recorded_readers",
    "report_fault",
]

CONTAINERS = (
    Container(
        "warc",
        "web archives, WARC or ARC, each HTML response an article",
        warc.sniff,
        warc.open_records,
        reason="an archive may have gigabytes; each record is a document",
        has_addresses=True,
    ),
    Container(
        "zip",
        "zip, each file a document",
        zipped.sniff,
        zipped.open_files,
        reason="a zip may have gigabytes; each file in it is a document",
    ),
)

# In the order in which they are asked. Plain text comes last, because it accepts anything readable.
FORMATS = (
    Format("newsml", "NewsML-G2, NewsML 1 and NITF", newsml.sniff, newsml.read, cure="split it into its items"),
    Format(
        "ninjs",
        "ninjs, news in JSON",
        ninjs.sniff,
        Streamed(ninjs.split, ninjs.read, "a file with an item per line may have any length; each line is a document"),
    ),
    Format(
        "content_api",
        "Content API JSON, an article or live page in blocks",
        content_api.sniff,
        content_api.read,
        unit="article",
        cure="save its text alone",
    ),
    Format(
        "superdesk",
        "Superdesk Live Blog posts, one blog a file",
        superdesk.sniff,
        superdesk.read,
        unit="blog",
        cure="save it in pages",
    ),
    Format(
        "live_state",
        "live blog data, JSON of a content system",
        live_state.sniff,
        live_state.read,
        unit="live page",
        cure="save it in parts",
    ),
    Format(
        "feed",
        "feeds, RSS, Atom or JSON Feed, each entry an article",
        feed.sniff,
        feed.read,
        unit="feed",
        cure="split it",
        lists_once=True,
    ),
    Format("anpa", "ANPA 1312", anpa.sniff, anpa.read, unit="file", cure="split it into stories"),
    Format("iptc7901", "IPTC 7901", iptc7901.sniff, iptc7901.read, unit="file", cure="split it into stories"),
    Format(
        "xml_records",
        "XML records, an element an article",
        xml_records.sniff,
        xml_records.read,
        cure="split it into its items",
        marks=False,
    ),
    Format(
        "json",
        "JSON, an article or a list of articles",
        json_document.sniff,
        json_document.read,
        cure="write one article a line",
        marks=False,
    ),
    Format(
        "jsonl",
        "JSON Lines, one article a line",
        jsonl.sniff,
        Streamed(jsonl.split, jsonl.read, "a file may have any length; each line is a document"),
        marks=False,
    ),
    Format(
        "html",
        "web pages in HTML, a live page entry by entry or an article",
        html.sniff,
        html.read,
        unit="page",
        cure="save it without its pictures",
    ),
    Format("text", "plain text, one article a file", text.sniff, text.read, unit="text", marks=False),
)

# A reader's name is `format/version`. Older captures were recorded under these spellings of the format.
_EARLIER_SPELLINGS = {"newsml_1": "newsml-1", "newsml_g2": "newsml-g2", "xml_records": "xml-records"}


def recorded_readers(reader: str) -> tuple[str, ...]:
    """Returns the prefixes by which the record knows captures of the same format, in any version and spelling."""
    name = reader.partition("/")[0]
    return tuple(f"{spelling}/" for spelling in (name, _EARLIER_SPELLINGS.get(name)) if spelling)


def lists_once(reader: str) -> bool:
    """Whether the format of a reader shows its items as they are at one moment (see `Format`)."""
    name = reader.partition("/")[0]
    return any(row.lists_once for row in FORMATS if row.name == name)


# A locator is shown on one line; the address of a record may be a page long.
_MAX_LOCATOR_CHARS = 200

# The note on the parts that were left out lists the most frequent kinds.
_MAX_LISTED_KINDS = 12


class _UnknownFormatError(ReadError):
    """A stream that is in none of the formats."""


def read(
    stream: BinaryIO,
    hints: Hints,
    *,
    limits: Limits = DEFAULT_LIMITS,
    read_document: ReadDocument = Format.read_document,
) -> Iterator[Item]:
    """Yields the items of a stream of any known format, in any known container.

    Damage ends in a Rejected that says where. Everything before the damage is yielded too, and so are the members of
    a container after it, where the container allows. A reader that fails costs one document, never the rest.
    `read_document` reads each document in its format; containers are opened here in any case.
    """
    call = _Call(UnpackingBudget(limits, _size(stream)), read_document)
    try:
        yield from limit_rejections(_read(stream, hints, call, nesting=0), contract.MAX_FILE_REJECTIONS)
    except _UnknownFormatError as error:
        yield Rejected("", error.reason)


@dataclass(frozen=True)
class _Call:
    """What the parts of a stream have in common: how much they may unpack to, and what reads their documents."""

    budget: UnpackingBudget
    read_document: ReadDocument


def _size(stream: BinaryIO) -> int:
    """Returns how many bytes remain in a stream; 0 if it cannot be seeked."""
    if not stream.seekable():
        return 0
    here = stream.tell()
    size = stream.seek(0, 2) - here
    stream.seek(here)
    return size


def _read(stream: BinaryIO, hints: Hints, call: _Call, *, nesting: int, marked_only: bool = False) -> Iterator[Item]:
    """Yields the items of a stream. Any exception becomes a Rejected, except an OSError of the stream itself."""
    try:
        yield from _read_identified(stream, hints, call, nesting=nesting, marked_only=marked_only)
    except _UnknownFormatError:
        raise
    except DamageError as error:
        yield Rejected("", f"{error.reason}; what follows cannot be read", rest_unread=True)
    except ReadError as error:
        yield Rejected(error.locator, error.reason)
    except OSError:
        raise
    except Exception as error:
        yield Rejected("", report_fault(error, hints.name))


def _read_identified(
    stream: BinaryIO, hints: Hints, call: _Call, *, nesting: int, marked_only: bool
) -> Iterator[Item]:
    """Identifies the container or format of a stream and yields its items. Raises ReadError."""
    budget = call.budget
    counted = budget.unpacking(stream.read) if nesting else budget.receiving(stream.read)
    direct = not nesting and stream.seekable()
    start = stream.tell() if direct else 0
    head, ahead = look_ahead(counted)
    if head.startswith(GZIP_MAGIC):
        direct = False
        head, ahead = look_ahead(budget.unpacking(Gunzipped(ahead.read).read))
    if len(head) < HEAD_BYTES and not head.strip(b" \t\r\n\xef\xbb\xbf"):
        raise ReadError("the file is empty")
    if reason := unsupported.unsupported_reason(head):
        raise ReadError(reason)
    for container in CONTAINERS:
        if container.sniff(head, hints.name):
            if direct:
                stream.seek(start)
            members = container.open(stream if direct else ahead, hints, budget.limits)
            if hints.addresses and container.has_addresses:
                members = choose_members(members, hints.addresses)
            yield from _read_members(members, call, nesting=nesting + 1)
            return
    # Most formats know their beginning in ASCII; some know UTF-16 themselves.
    heads = dict.fromkeys((head, as_utf8(head), as_utf8(head, hints.encoding)))
    for candidate in FORMATS:
        if hints.format:
            fits = candidate.name == hints.format
        else:
            fits = (candidate.marks or not marked_only) and any(candidate.sniff(part, hints.name) for part in heads)
        if fits:
            yield from candidate.items(ahead, hints, budget.limits, call.read_document)
            return
    labels = "; ".join(row.label for row in (*FORMATS, *CONTAINERS))
    raise _UnknownFormatError(f"in none of the formats that the archive reads ({labels}), plain or gzipped")


def _read_members(members: Iterator[Part], call: _Call, *, nesting: int) -> Iterator[Item]:
    """Yields the items of each member of a container, then what was left out of it."""
    skipped: Counter[str] = Counter()
    any_read = False
    for member in members:
        if isinstance(member, Skipped):
            skipped[member.kind] += 1
            continue
        if not isinstance(member, Member):
            any_read = True
            yield member
            continue
        try:
            for item in _read_member(member, call, nesting=nesting):
                any_read = True
                yield item
        except _UnknownFormatError as error:
            if member.ambiguous_type:
                skipped[member.ambiguous_type] += 1
            else:
                any_read = True
                yield Rejected(member.locator, error.reason)
        if call.budget.spent:
            yield Rejected("", "what follows was not read", rest_unread=True)
            return
    if skipped:
        counts = _counts(skipped)
        yield (
            Note("", f"left out, because they are not documents: {counts}")
            if any_read
            else Rejected("", f"no document in it, but {counts}")
        )
    elif not any_read:
        yield Rejected("", "nothing in it")


def _counts(skipped: Counter[str]) -> str:
    """Returns the most frequent kinds of skipped parts with their numbers, and the number of the others."""
    listed = skipped.most_common(_MAX_LISTED_KINDS)
    rest = skipped.total() - sum(count for _, count in listed)
    return ", ".join(f"{kind} ({count:,})" for kind, count in [*listed, *([("others", rest)] if rest else [])])


def _read_member(member: Member, call: _Call, *, nesting: int) -> Iterator[Item]:
    """Yields the items of a member, with its locator before theirs and its problems added."""
    max_nesting = call.budget.limits.max_nesting
    if nesting > max_nesting:
        yield Rejected(member.locator, f"packed more than {max_nesting} times; unpack it first")
        return
    for item in _read(member.stream, member.hints, call, nesting=nesting, marked_only=bool(member.ambiguous_type)):
        locator = _place_in(member, item.locator)
        if isinstance(item, ArticleItem):
            yield replace(
                item,
                locator=locator,
                captured=item.captured or member.hints.captured,
                address=item.address or member.hints.url,
                payload_digest=item.payload_digest or member.payload_digest,
                partial=item.partial or member.truncated,
                problems=(*member.problems, *item.problems),
                whole_stream=False,
                document=_place_in(member, item.document),
            )
        else:
            yield replace(item, locator=locator)


def _place_in(member: Member, place: str) -> str:
    """Returns a place in a member as a place in its container."""
    return storable(": ".join(part for part in (member.locator, place) if part))[:_MAX_LOCATOR_CHARS]
