"""Formats: bytes in, items out. One module a format, never one a publisher.

`read` is the way in: it opens containers (gzip and those of CONTAINERS), sniffs the format of what is in them by
content and yields ArticleItem and Rejected. Readers import no Django, open nothing, and hold at most one document
of MAX_DOCUMENT_BYTES in memory.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from ..items import ArticleItem, Hints, Item, Note, Rejected, spelt_out
from . import html, text, unsupported
from .agency import anpa, iptc7901, newsml, ninjs
from .containers import Member, Skipped, warc, zipped
from .feeds import feed
from .input import GZIP_MAGIC, HEAD_BYTES, BombError, Budget, DamageError, Gunzipped, look_ahead
from .live import live_state
from .records import content_api, json_document, jsonl, superdesk, xml_records


@dataclass(frozen=True)
class Format:
    """A row of FORMATS: `sniff` judges the first HEAD_BYTES, with the name for a hint where content is silent.

    A format without `marks` of its own takes whatever may be it; it is not asked about what may be no document.
    """

    name: str
    label: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[BinaryIO, Hints], Iterator[Item]]
    marks: bool = True


@dataclass(frozen=True)
class Container:
    """A row of CONTAINERS: what holds documents of any format. `open` yields them one by one, in order.

    Its stream can be seeked where that costs nothing: in a plain file.
    """

    name: str
    label: str
    sniff: Callable[[bytes, str], bool]
    open: Callable[[BinaryIO, Hints], Iterator[Member | Skipped | Rejected]]


CONTAINERS = (
    Container("warc", "web archives, WARC or ARC, each HTML response an article", warc.sniff, warc.open_records),
    Container("zip", "zip, each file a document", zipped.sniff, zipped.open_files),
)

# A web archive in a zip in a gzip is somebody's habit; what is packed deeper is there to break readers.
_MAX_NESTING = 3

# In the order in which they are asked; plain text takes whatever is readable, so it comes last.
FORMATS = (
    Format("newsml", "NewsML-G2, NewsML 1 and NITF", newsml.sniff, newsml.read),
    Format("ninjs", "ninjs, news in JSON", ninjs.sniff, ninjs.read),
    Format("content_api", "Content API JSON, an article or live page in blocks", content_api.sniff, content_api.read),
    Format("superdesk", "Superdesk Live Blog posts, one blog a file", superdesk.sniff, superdesk.read),
    Format("live_state", "live blog data, JSON of a content system", live_state.sniff, live_state.read),
    Format("feed", "feeds, RSS, Atom or JSON Feed, each entry an article", feed.sniff, feed.read),
    Format("anpa", "ANPA 1312", anpa.sniff, anpa.read),
    Format("iptc7901", "IPTC 7901", iptc7901.sniff, iptc7901.read),
    Format("xml_records", "XML records, an element an article", xml_records.sniff, xml_records.read, marks=False),
    Format("json", "JSON, an article or a list of articles", json_document.sniff, json_document.read, marks=False),
    Format("jsonl", "JSON Lines, one article a line", jsonl.sniff, jsonl.read, marks=False),
    Format("html", "web pages in HTML, a live page entry by entry or an article", html.sniff, html.read),
    Format("text", "plain text, one article a file", text.sniff, text.read, marks=False),
)

# A locator is shown in a line; the address of a record may be a page long.
_LOCATOR_LENGTH = 200

# What was left out is told by its commonest sorts.
_SORTS_TOLD = 12


class _UnknownFormatError(ValueError):
    """A stream in none of the formats."""


def read(stream: BinaryIO, hints: Hints) -> Iterator[Item]:
    """Yields the items of a stream of any known format, in any known container.

    Damage ends in a Rejected that says where; what came before it is yielded all the same, and what comes after it
    where a container has a way past it.
    """
    budget = Budget(_size(stream))
    try:
        yield from _read(stream, hints, nesting=0, budget=budget)
    except _UnknownFormatError as error:
        yield Rejected("", str(error))


def _size(stream: BinaryIO) -> int:
    """Returns the bytes ahead in a stream that can be seeked; of others, 0."""
    if not stream.seekable():
        return 0
    here = stream.tell()
    size = stream.seek(0, 2) - here
    stream.seek(here)
    return size


def _read(
    stream: BinaryIO, hints: Hints, *, nesting: int, budget: Budget, marked_only: bool = False
) -> Iterator[Item]:
    counted = budget.unpacking(stream.read) if nesting else budget.receiving(stream.read)
    direct = not nesting and stream.seekable()
    start = stream.tell() if direct else 0
    try:
        head, ahead = look_ahead(counted)
        if head.startswith(GZIP_MAGIC):
            direct = False
            head, ahead = look_ahead(budget.unpacking(Gunzipped(ahead.read).read))
        if len(head) < HEAD_BYTES and not head.strip(b" \t\r\n\xef\xbb\xbf"):
            yield Rejected("", "the file is empty")
            return
        if reason := unsupported.unsupported_reason(head):
            yield Rejected("", reason)
            return
        for container in CONTAINERS:
            if container.sniff(head, hints.name):
                if direct:
                    stream.seek(start)
                members = container.open(stream if direct else ahead, hints)
                yield from _read_members(members, nesting=nesting + 1, budget=budget)
                return
        for known in FORMATS:
            if (known.marks or not marked_only) and known.sniff(head, hints.name):
                yield from known.read(ahead, hints)
                return
    except DamageError as error:
        yield Rejected("", f"{error}; what follows cannot be read")
        return
    except BombError as error:
        yield Rejected("", str(error))
        return
    labels = "; ".join([*(known.label for known in FORMATS), *(known.label for known in CONTAINERS)])
    raise _UnknownFormatError(f"none of the formats that the archive reads ({labels}), plain or gzipped")


def _read_members(members: Iterator[Member | Skipped | Rejected], *, nesting: int, budget: Budget) -> Iterator[Item]:
    """Yields the items of each member, their locators under the member's; a member that fails stops no other."""
    skipped: Counter[str] = Counter()
    any_read = False
    for member in members:
        if isinstance(member, Skipped):
            skipped[member.sort] += 1
            continue
        if isinstance(member, Rejected):
            any_read = True
            yield member
            continue
        try:
            for item in _read_member(member, nesting=nesting, budget=budget):
                any_read = True
                yield item
        except _UnknownFormatError as error:
            if member.sort:
                skipped[member.sort] += 1
            else:
                any_read = True
                yield Rejected(member.locator, str(error))
        if budget.spent:
            yield Rejected("", "what follows was not read")
            return
    if skipped:
        most = skipped.most_common(_SORTS_TOLD)
        rest = skipped.total() - sum(count for _, count in most)
        told = ", ".join(f"{sort} ({count:,})" for sort, count in [*most, *([("others", rest)] if rest else [])])
        yield (
            Note("", f"left out, being no documents: {told}")
            if any_read
            else Rejected("", f"no document in it, but {told}")
        )
    elif not any_read:
        yield Rejected("", "nothing in it")


def _read_member(member: Member, *, nesting: int, budget: Budget) -> Iterator[Item]:
    if nesting > _MAX_NESTING:
        yield Rejected(member.locator, f"packed more than {_MAX_NESTING} times; unpack it first")
        return
    for item in _read(member.stream, member.hints, nesting=nesting, budget=budget, marked_only=bool(member.sort)):
        locator = spelt_out(": ".join(part for part in (member.locator, item.locator) if part))[:_LOCATOR_LENGTH]
        if isinstance(item, ArticleItem):
            yield replace(
                item,
                locator=locator,
                captured=item.captured or member.hints.captured,
                partial=item.partial or member.cut,
                problems=(*member.problems, *item.problems),
                whole_stream=False,
            )
        else:
            yield replace(item, locator=locator)
