"""Web archives: WARC (ISO 28500) and ARC files, plain or gzipped; each HTML response is a document.

Owns the framing of records and the way past broken ones. warcio reads the headers; its own iterator is not used, as
it holds whatever a length claims and ends at the first damage. The evidence of a document is its payload as a
browser had it, unpacked.
"""

import base64
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from ...errors import ReadError
from ...items import Hints, Rejected
from ...times import Moment, TimeError, parse_moment
from ..input import DamageError, Limits, TransferError, size_text, unchunked, unpacked
from .members import Member, Skipped

# A record begins with a line like these; in ARC the line is all of its header.
_WARC_LINE = re.compile(rb"WARC/\d+\.\d+\s*$")
_ARC_LINE = re.compile(
    rb"(?P<uri>[a-zA-Z][\w+.-]*:\S.*) (?P<ip>[\d.]+|[\da-fA-F:]+) (?P<date>\d{4,18}) (?P<type>\S+)"
    rb" (?P<length>-?\w+)\s*$"
)
_STARTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:WARC/\d+\.\d+\s*\n|filedesc://\S+ \S+ \d+ )")
_STARTS_LATER = re.compile(
    rb"\n(?:WARC/\d+\.\d+\s*\n|[a-zA-Z][\w+.-]*://[^\n]* \d+\.\d+\.\d+\.\d+ \d{14} \S+ \d+\s*\n)"
)
_NAMES = re.compile(r"\.w?arc(?:\.gz)?$", re.IGNORECASE)

# No header of a record or of HTTP is as long as this; servers refuse them at an eighth of it.
_MAX_HEADER_BYTES = 64 * 1024

# Responses that hold what was asked for: 200 OK, and 203, the same through a proxy that changed something.
_GOOD_STATUSES = ("200", "203")

# Records that hold, or stand for, what was fetched; the others tell of the fetching.
_CONTENT = ("response", "resource", "revisit", "conversion", "continuation")

_PAGES = ("text/html", "application/xhtml+xml")
# Feeds, agency files, JSON of live pages; also the answers of every program that runs behind a page.
_PERHAPS_DOCUMENTS = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?(?:xml|json)")
_HTML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_CHARSET = re.compile(r"\bcharset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)

_DIGESTS = ("sha1", "sha256", "md5")

# A record that is too long is passed over in parts of this; the start of the next may stand across two.
_PASSED_BYTES = 1024 * 1024
_PEEKED_BYTES = 1024

# So often bytes are read twice because a length ran over the next record; a file with more was made to be slow.
_MAX_PUT_BACKS = 100

# What is left of an address in a locator, which is a line.
_LOCATOR_URI = 150

_headers = StatusAndHeadersParser([], verify=False)


class _BrokenError(ReadError):
    """A record that cannot be read; the message says why."""


def sniff(head: bytes, name: str) -> bool:
    """Whether the first record stands at the start; the name decides for a file that begins with damage."""
    return bool(_STARTS.match(head) or (_NAMES.search(name) and _STARTS_LATER.search(head)))


@dataclass(frozen=True)
class _Header:
    """What a record says of itself, WARC or ARC."""

    sort: str
    uri: str
    date: str
    media_type: str
    length: int
    segment: str = ""
    truncated: str = ""
    digest: str = ""


def open_records(stream: BinaryIO, hints: Hints, limits: Limits) -> Iterator[Member | Skipped | Rejected]:
    """Yields each HTML response, and what may be a document of another format, in the order of the file.

    At most one record of `max_document_bytes` is in memory, packed and unpacked. Broken records are rejected by
    number and offset (in the unpacked stream), and reading continues at the next.
    """
    source = _Source(stream)
    number = contents = 0
    while True:
        place = f"record {number + 1}, at byte {source.offset:,}"
        begun = number + 1
        try:
            line, stray = source.next_record()
            if stray:
                after = f"after record {number}" if number else "before the first record"
                yield Rejected(after, f"{stray:,} bytes that belong to no record; a length may be wrong there")
            if not line:
                break
            number += 1
            place = f"record {number}, at byte {source.offset - len(line):,}"
            header = _read_header(line, source)
            place = f"record {number}, {header.uri[:_LOCATOR_URI]}" if header.uri else place
            contents += header.sort in _CONTENT
            yield from _read_record(header, source, replace(hints, captured=None), place, limits)
        except (_BrokenError, TransferError) as error:
            source.explain()
            contents += 1
            yield Rejected(place, str(error))
        except DamageError as error:
            number = begun
            source.explain()
            contents += 1
            yield Rejected(f"about {place}", f"{error}; reading went on after it")
    if number and not contents:
        yield Rejected("", f"none of its {number:,} records is a response")


@dataclass(frozen=True)
class _Response:
    """What is known of a response before its payload is unpacked; the payload begins at `start`."""

    start: int
    media_type: str
    charset: str
    is_page: bool
    http: StatusAndHeaders | None
    length: int = -1  # of the payload as HTTP gives it, -1 where it does not


class _Source:
    """The stream of records: lines no longer than a header may be, bytes to be read again, and where it stands."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._peeked = b""
        self._back = io.BytesIO()
        self._put_backs = 0
        self._explained = False
        self.offset = 0

    def line(self) -> bytes:
        """Returns a line, or so much of it as a header may have."""
        line, self._peeked = self._peeked, b""
        if not line:
            line = self._back.readline(_MAX_HEADER_BYTES)
            if not line.endswith(b"\n"):
                line += self._stream.readline(_MAX_HEADER_BYTES - len(line))
        self.offset += len(line)
        return line

    def read(self, size: int) -> bytes:
        """Returns so many bytes, fewer only at the end."""
        data, self._peeked = self._peeked[:size], self._peeked[size:]
        if len(data) < size:
            data += self._back.read(size - len(data))
        if len(data) < size:
            data += self._stream.read(size - len(data))
        self.offset += len(data)
        return data

    def put_back(self, data: bytes) -> bool:
        """Has these bytes be read again; returns False where that was done too often already."""
        self._put_backs += 1
        if self._put_backs > _MAX_PUT_BACKS:
            return False
        self.offset -= len(data)
        self._back, self._peeked = io.BytesIO(data + self._peeked + self._back.read()), b""
        return True

    def at_boundary(self) -> bool:
        """Whether here stands what stands behind a record: a blank line, another record, the end."""
        offset = self.offset
        self._peeked, self.offset = self.line(), offset
        return not self._peeked.strip() or _begins_record(self._peeked)

    def explain(self, *, nothing: bool = False) -> None:
        """Lets what stands before the next record pass as known; or, after all, not."""
        self._explained = not nothing

    def next_record(self) -> tuple[bytes, int]:
        """Returns the line that begins the next record, empty at the end, and how many bytes before it want a word."""
        stray, at_line_start = 0, True
        while line := self.line():
            if at_line_start and _begins_record(line):
                break
            at_line_start = line.endswith(b"\n")
            stray += len(line) if line.strip() else 0
        if self._explained:
            stray, self._explained = 0, False
        return line, stray


def _begins_record(line: bytes) -> bool:
    return bool(_WARC_LINE.match(line) or _ARC_LINE.match(line))


def _read_header(line: bytes, source: _Source) -> _Header:
    arc = None if _WARC_LINE.match(line) else _ARC_LINE.match(line)
    if arc:
        uri, date, media_type = (_text(arc[name]) for name in ("uri", "date", "type"))
        sort = "filedesc" if uri.startswith("filedesc:") else "response"
        return _Header(
            sort, uri.replace(" ", "%20"), _arc_date(date), media_type.lower(), _length(_text(arc["length"]))
        )
    block = line
    while (line := source.line()).strip():
        block += line
        if len(block) > _MAX_HEADER_BYTES:
            raise _BrokenError(f"its header has more than {_MAX_HEADER_BYTES // 1024} KiB")
    if not line:
        raise _BrokenError("the file ends within its header")
    headers = _headers.parse(io.BytesIO(block))
    uri = headers.get_header("WARC-Target-URI", "").strip()
    return _Header(
        sort=headers.get_header("WARC-Type", "").strip().lower(),
        # wget 1.19 writes the brackets of the standard's grammar; others leave blanks as they are.
        uri=uri.removeprefix("<").removesuffix(">").replace(" ", "%20"),
        date=headers.get_header("WARC-Date", "").strip(),
        media_type=headers.get_header("Content-Type", "").lower(),
        length=_length(headers.get_header("Content-Length", "").strip()),
        segment=headers.get_header("WARC-Segment-Number", "").strip(),
        truncated=headers.get_header("WARC-Truncated", "").strip(),
        digest=headers.get_header("WARC-Block-Digest", "").strip(),
    )


def _length(given: str) -> int:
    if not re.fullmatch(r"\d{1,15}", given, re.ASCII):
        raise _BrokenError(f"its length is given as {given[:40]!r}, which is no number of bytes")
    return int(given)


def _arc_date(date: str) -> str:
    """Returns 14 digits as ISO 8601 writes them; what is no such date is left for the reader of times to refuse."""
    return re.sub(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", r"\1-\2-\3T\4:\5:\6Z", date) if len(date) == 14 else date


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _read_record(
    header: _Header, source: _Source, hints: Hints, place: str, limits: Limits
) -> Iterator[Member | Skipped]:
    """Yields the document in a record, or the sort of what is no document. Raises _BrokenError."""
    if header.length > limits.max_document_bytes:
        start = source.read(_MAX_HEADER_BYTES)
        wrong = _pass_over(header.length - len(start), start, source)
        told = _told_apart(header, start)
        if wrong or isinstance(told, _Response):
            most = size_text(limits.max_document_bytes)
            raise _BrokenError(wrong or f"longer than {most}, the most that one document may have")
        yield from _skipped(told)
        return
    block, wrong = _read_block(header, source)
    told = _told_apart(header, block)
    if not isinstance(told, _Response):
        if wrong:
            raise _BrokenError(wrong)
        yield from _skipped(told)
        return
    if header.segment:
        raise _BrokenError("it is split over several records (segments), which are not put together; join them first")
    if wrong:
        block = _completed(told, block, source, limits)
    payload = _unpacked(told, block, limits)
    if wrong and not payload.whole:
        raise _BrokenError(wrong)
    if not payload.data.strip():
        yield Skipped("empty response")
        return
    problems = [wrong, *payload.problems, _digest_problem(header, block) if not wrong else ""]
    if header.truncated:
        problems.append(f"the crawler cut it off ({header.truncated[:40]})")
    captured, problem = _captured(header.date)
    known = replace(
        hints,
        name=header.uri or hints.name,
        url=header.uri if header.uri.startswith(("http://", "https://")) else "",
        captured=captured,
        charset=told.charset,
    )
    yield Member(
        stream=io.BytesIO(payload.data),
        hints=known,
        locator=place,
        problems=tuple(one for one in (*problems, problem) if one),
        cut=payload.cut or bool(header.truncated),
        sort="" if told.is_page else told.media_type,
    )


def _completed(response: _Response, block: bytes, source: _Source, limits: Limits) -> bytes:
    """Returns a block whose stated length is wrong as HTTP's own length has it, where that fits what follows."""
    end = response.start + response.length
    if response.length < 0 or end <= len(block):
        return block[:end] if response.length >= 0 else block
    rest = source.read(min(end - len(block), limits.max_document_bytes))
    if source.at_boundary():
        source.explain(nothing=True)
        return block + rest
    return block if source.put_back(rest) else block + rest


def _pass_over(size: int, data: bytes, source: _Source) -> str:
    """Passes over the rest of a record that is too long to be held, `data` being what was read of it last.

    Returns what is wrong with its length: the digit that was damaged may be there, and the next records stand in it.
    """
    last = b""
    while data:
        following = _STARTS_LATER.search(last + data)
        if following and source.put_back((last + data)[following.start() + 1 :]):
            return "its stated length runs over the next record"
        last = data[-_PEEKED_BYTES:]
        data = source.read(min(size, _PASSED_BYTES))
        size -= len(data)
    return f"the file ends {size:,} bytes before the length that it states" if size else ""


def _skipped(sort: str | None) -> Iterator[Skipped]:
    if sort is not None:
        yield Skipped(sort)


def _read_block(header: _Header, source: _Source) -> tuple[bytes, str]:
    """Returns the block of a record and what is wrong with its length, empty where nothing is.

    A length that runs over the next record is cut there, so that that one is read.
    """
    block = source.read(header.length)
    short = len(block) < header.length
    if not short and source.at_boundary():
        return block, ""
    following = _STARTS_LATER.search(block)
    if following:
        end = following.start() + 1
        if source.put_back(block[end:]):
            block = block[:end].removesuffix(b"\r\n\r\n").removesuffix(b"\n\n")
            return block, f"it states {header.length:,} bytes, but the next record begins after {end:,}"
    if short:
        return block, f"the file ends after {len(block):,} of the {header.length:,} bytes that it states"
    source.explain()
    return block, f"it goes on after the {header.length:,} bytes that it states"


def _told_apart(header: _Header, block: bytes) -> _Response | str | None:
    """Returns the response that may be a document, else the sort of what is none; None for what is no content."""
    if header.sort not in _CONTENT:
        return None
    if header.sort not in ("response", "resource"):
        return f"{header.sort} record"
    http, start, given = None, 0, header.media_type
    if header.sort == "response" and block.startswith(b"HTTP/"):
        blank = re.search(rb"\r?\n\r?\n", block[:_MAX_HEADER_BYTES])
        start = blank.end() if blank else min(len(block), _MAX_HEADER_BYTES)
        http = _headers.parse(io.BytesIO(block[:start]))
        if http.get_statuscode() not in _GOOD_STATUSES:
            return f"status {http.get_statuscode()[:3]}"
        given = http.get_header("Content-Type", "").lower()
    media_type = given.partition(";")[0].strip()
    if not re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", media_type, re.ASCII) or media_type == "application/http":
        media_type = "text/html" if _HTML_START.match(block, start) else "no media type"
    is_page = media_type in _PAGES
    if not is_page and not _PERHAPS_DOCUMENTS.fullmatch(media_type):
        return media_type
    charset = _CHARSET.search(given)
    length = (http.get_header("Content-Length") or "").strip() if http else ""
    return _Response(
        start,
        media_type,
        charset[1] if charset else "",
        is_page,
        http,
        int(length) if re.fullmatch(r"\d{1,12}", length, re.ASCII) else -1,
    )


@dataclass(frozen=True)
class _Payload:
    """What a response held, as a browser got it. `whole`: HTTP confirms its end; `cut`: the end is missing."""

    data: bytes
    problems: tuple[str, ...] = ()
    whole: bool = False
    cut: bool = False


def _unpacked(response: _Response, block: bytes, limits: Limits) -> _Payload:
    """Undoes what HTTP did for the transfer. Raises TransferError for what cannot be undone."""
    data = block[response.start :]
    if response.http is None:
        return _Payload(data)
    problems, cut = [], False
    if "chunked" in (response.http.get_header("Transfer-Encoding") or "").lower():
        data, problem = unchunked(data)
        whole, cut = not problem, bool(problem)
        problems.append(problem)
    else:
        whole = response.length == len(data)
    for coding in reversed((response.http.get_header("Content-Encoding") or "").lower().split(",")):
        data, problem = unpacked(data, coding.strip(), limits)
        cut |= bool(problem)
        problems.append(problem)
    return _Payload(data, tuple(problem for problem in problems if problem), whole, cut)


def _captured(date: str) -> tuple[Moment | None, str]:
    """Returns the time of a record and what is wrong with it, empty where nothing is."""
    if not date:
        return None, "the record gives no time of capture"
    try:
        return parse_moment(date), ""
    except TimeError as error:
        return None, f"the record's time of capture {error}; kept without it"


def _digest_problem(header: _Header, block: bytes) -> str:
    """Says that a block is not what its digest was made of, as after a flipped bit; empty where it is."""
    algorithm, _, given = header.digest.partition(":")
    if algorithm.lower() not in _DIGESTS or not given:
        return ""
    digest = hashlib.new(algorithm.lower(), block, usedforsecurity=False).digest()
    # Base 32 as the standard shows it, and what tools write instead.
    if given.lower() in (base64.b32encode(digest).decode().lower(), digest.hex()):
        return ""
    if given == base64.b64encode(digest).decode():
        return ""
    return f"its bytes are not those that its digest ({algorithm}) was made of"
