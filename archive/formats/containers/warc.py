"""Web archives: WARC (ISO 28500) and ARC files, plain or gzipped; each HTML response is a document.

Owns where records begin and end, and how to continue after a broken one. warcio parses the headers. Its own iterator
is not used: it loads as many bytes as a length claims, and ends at the first damage. The evidence of a document is
its payload as a browser received it, unpacked. Knows no format of documents.
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

# The first line of a record; in ARC it is the whole header.
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

# No header of a record or of HTTP is as long as this; servers refuse an eighth of it.
_MAX_HEADER_BYTES = 64 * 1024

# Statuses of responses with the requested content: 200 OK, and 203, the same through a proxy that changed something.
_GOOD_STATUSES = ("200", "203")

# Types of records that contain, or represent, what was fetched; the others describe the crawl.
_CONTENT_RECORDS = ("response", "resource", "revisit", "conversion", "continuation")

_PAGE_MEDIA_TYPES = ("text/html", "application/xhtml+xml")
# Types of feeds, agency files and JSON of live pages; also of the responses to every script of a page.
_AMBIGUOUS_MEDIA_TYPES = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?(?:xml|json)")
_HTML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_CHARSET = re.compile(r"\bcharset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)

_DIGESTS = ("sha1", "sha256", "md5")

# A record that is too long is skipped in parts of this size. The start of the next record may lie across two parts.
_SKIPPED_PART_BYTES = 1024 * 1024
_OVERLAP_BYTES = 1024

# How often bytes are read twice because a length covers the next record. A file with more was made to be slow.
_MAX_PUT_BACKS = 100

# A locator is one line; an address may be a page long.
_MAX_LOCATOR_URI_CHARS = 150

_headers = StatusAndHeadersParser([], verify=False)


class _BrokenError(ReadError):
    """A record that cannot be read."""


def sniff(head: bytes, name: str) -> bool:
    """Whether the stream begins with a record; the name decides for a file that begins with damage."""
    return bool(_STARTS.match(head) or (_NAMES.search(name) and _STARTS_LATER.search(head)))


@dataclass(frozen=True)
class _Header:
    """The header of a record, WARC or ARC."""

    record_type: str
    uri: str
    date: str
    media_type: str
    length: int
    segment: str = ""
    truncated: str = ""
    digest: str = ""


def open_records(stream: BinaryIO, hints: Hints, limits: Limits) -> Iterator[Member | Skipped | Rejected]:
    """Yields each HTML response, and each that may be a document of another format, in the order of the file.

    At most one record of `max_document_bytes` is in memory, packed and unpacked. Broken records are rejected by
    number and offset (in the unpacked stream), and reading continues at the next.
    """
    source = _Source(stream, limits)
    number = content_records = 0
    while True:
        place = f"record {number + 1}, at byte {source.offset:,}"
        current = number + 1
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
            place = f"record {number}, {header.uri[:_MAX_LOCATOR_URI_CHARS]}" if header.uri else place
            content_records += header.record_type in _CONTENT_RECORDS
            yield from _read_record(header, source, replace(hints, captured=None), place)
        except (_BrokenError, TransferError) as error:
            source.expect_stray_bytes()
            content_records += 1
            yield Rejected(place, error.reason)
        except DamageError as error:
            number = current
            source.expect_stray_bytes()
            content_records += 1
            yield Rejected(f"about {place}", f"{error.reason}; reading continued after it")
    if number and not content_records:
        yield Rejected("", f"none of its {number:,} records is a response")


@dataclass(frozen=True)
class _Response:
    """A response that may be a document, before its payload is unpacked; the payload begins at `start`."""

    start: int
    media_type: str
    charset: str
    is_page: bool
    http: StatusAndHeaders | None
    length: int = -1  # of the payload, from the HTTP header; -1 if it is not there


class _Source:
    """The stream of records: its offset, lines of limited length, and bytes that were put back to be read again."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.limits = limits
        self.offset = 0
        self._stream = stream
        self._peeked = b""
        self._back = io.BytesIO()
        self._put_backs = 0
        self._stray_expected = False

    def line(self) -> bytes:
        """Returns the next line, at most as long as a header may be."""
        line, self._peeked = self._peeked, b""
        if not line:
            line = self._back.readline(_MAX_HEADER_BYTES)
            if not line.endswith(b"\n"):
                line += self._stream.readline(_MAX_HEADER_BYTES - len(line))
        self.offset += len(line)
        return line

    def read(self, size: int) -> bytes:
        """Returns `size` bytes; fewer only at the end."""
        data, self._peeked = self._peeked[:size], self._peeked[size:]
        if len(data) < size:
            data += self._back.read(size - len(data))
        if len(data) < size:
            data += self._stream.read(size - len(data))
        self.offset += len(data)
        return data

    def put_back(self, data: bytes) -> bool:
        """Lets these bytes be read again; returns False if that was done too often already."""
        self._put_backs += 1
        if self._put_backs > _MAX_PUT_BACKS:
            return False
        self.offset -= len(data)
        self._back, self._peeked = io.BytesIO(data + self._peeked + self._back.read()), b""
        return True

    def at_boundary(self) -> bool:
        """Whether the next line may follow a record: a blank line, another record, the end."""
        offset = self.offset
        self._peeked, self.offset = self.line(), offset
        return not self._peeked.strip() or _begins_record(self._peeked)

    def expect_stray_bytes(self, *, expected: bool = True) -> None:
        """Sets whether bytes before the next record are expected, so that they are not reported again."""
        self._stray_expected = expected

    def next_record(self) -> tuple[bytes, int]:
        """Returns the first line of the next record, empty at the end, and how many unexpected bytes precede it."""
        stray, at_line_start = 0, True
        while line := self.line():
            if at_line_start and _begins_record(line):
                break
            at_line_start = line.endswith(b"\n")
            stray += len(line) if line.strip() else 0
        if self._stray_expected:
            stray, self._stray_expected = 0, False
        return line, stray


def _begins_record(line: bytes) -> bool:
    return bool(_WARC_LINE.match(line) or _ARC_LINE.match(line))


def _read_header(line: bytes, source: _Source) -> _Header:
    arc = None if _WARC_LINE.match(line) else _ARC_LINE.match(line)
    if arc:
        uri, date, media_type = (_text(arc[name]) for name in ("uri", "date", "type"))
        record_type = "filedesc" if uri.startswith("filedesc:") else "response"
        return _Header(
            record_type, uri.replace(" ", "%20"), _arc_date(date), media_type.lower(), _length(_text(arc["length"]))
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
        record_type=headers.get_header("WARC-Type", "").strip().lower(),
        # wget 1.19 writes the brackets of the standard's grammar; other crawlers do not escape blanks.
        uri=uri.removeprefix("<").removesuffix(">").replace(" ", "%20"),
        date=headers.get_header("WARC-Date", "").strip(),
        media_type=headers.get_header("Content-Type", "").lower(),
        length=_length(headers.get_header("Content-Length", "").strip()),
        segment=headers.get_header("WARC-Segment-Number", "").strip(),
        truncated=headers.get_header("WARC-Truncated", "").strip(),
        digest=headers.get_header("WARC-Block-Digest", "").strip(),
    )


def _length(text: str) -> int:
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise _BrokenError(f"its length is given as {text[:40]!r}, which is not a number of bytes")
    return int(text)


def _arc_date(date: str) -> str:
    """Returns a date of 14 digits in ISO 8601; any other text unchanged, for `parse_moment` to refuse."""
    return re.sub(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", r"\1-\2-\3T\4:\5:\6Z", date) if len(date) == 14 else date


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _read_record(header: _Header, source: _Source, hints: Hints, place: str) -> Iterator[Member | Skipped]:
    """Yields the document in a record, or the kind of a part that is not a document. Raises _BrokenError."""
    max_bytes = source.limits.max_document_bytes
    if header.length > max_bytes:
        start = source.read(_MAX_HEADER_BYTES)
        problem = _skip_rest(header.length - len(start), start, source)
        response = _classify(header, start)
        if problem or isinstance(response, _Response):
            raise _BrokenError(problem or f"longer than {size_text(max_bytes)}, the most that one document may have")
        yield from _skipped(response)
        return
    block, length_problem = _read_block(header, source)
    response = _classify(header, block)
    if not isinstance(response, _Response):
        if length_problem:
            raise _BrokenError(length_problem)
        yield from _skipped(response)
        return
    if header.segment:
        raise _BrokenError("it is split over several records (segments), which are not put together; join them first")
    if length_problem:
        block = _by_http_length(response, block, source)
    payload = _unpacked(response, block, source.limits)
    if length_problem and not payload.whole:
        raise _BrokenError(length_problem)
    if not payload.data.strip():
        yield Skipped("empty response")
        return
    problems = [length_problem, *payload.problems, "" if length_problem else _digest_problem(header, block)]
    if header.truncated:
        problems.append(f"the crawler cut it off ({header.truncated[:40]})")
    captured, time_problem = _capture_time(header.date)
    yield Member(
        stream=io.BytesIO(payload.data),
        hints=replace(
            hints,
            name=header.uri or hints.name,
            url=header.uri if header.uri.startswith(("http://", "https://")) else "",
            captured=captured,
            charset=response.charset,
        ),
        locator=place,
        problems=tuple(problem for problem in (*problems, time_problem) if problem),
        truncated=payload.truncated or bool(header.truncated),
        ambiguous_type="" if response.is_page else response.media_type,
    )


def _by_http_length(response: _Response, block: bytes, source: _Source) -> bytes:
    """Returns a block whose stated length is wrong at the length that HTTP gives, if a record may end there."""
    end = response.start + response.length
    if response.length < 0 or end <= len(block):
        return block[:end] if response.length >= 0 else block
    rest = source.read(min(end - len(block), source.limits.max_document_bytes))
    if source.at_boundary():
        source.expect_stray_bytes(expected=False)
        return block + rest
    return block if source.put_back(rest) else block + rest


def _skip_rest(size: int, data: bytes, source: _Source) -> str:
    """Skips the rest of a record that is too long to load; `data` is the part that was read last.

    Returns the problem with its length, which may be empty: a damaged digit makes a length cover the next records.
    """
    last = b""
    while data:
        following = _STARTS_LATER.search(last + data)
        if following and source.put_back((last + data)[following.start() + 1 :]):
            return "its stated length runs over the next record"
        last = data[-_OVERLAP_BYTES:]
        data = source.read(min(size, _SKIPPED_PART_BYTES))
        size -= len(data)
    return f"the file ends {size:,} bytes before the length that it states" if size else ""


def _skipped(kind: str | None) -> Iterator[Skipped]:
    if kind is not None:
        yield Skipped(kind)


def _read_block(header: _Header, source: _Source) -> tuple[bytes, str]:
    """Returns the block of a record and the problem with its length, which may be empty.

    If the length covers the next record, the block ends before that record, so that it is read too.
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
    source.expect_stray_bytes()
    return block, f"it goes on after the {header.length:,} bytes that it states"


def _classify(header: _Header, block: bytes) -> _Response | str | None:
    """Returns the response if it may be a document, else the kind to count it under; None if it is not content."""
    if header.record_type not in _CONTENT_RECORDS:
        return None
    if header.record_type not in ("response", "resource"):
        return f"{header.record_type} record"
    http, start, content_type = None, 0, header.media_type
    if header.record_type == "response" and block.startswith(b"HTTP/"):
        blank = re.search(rb"\r?\n\r?\n", block[:_MAX_HEADER_BYTES])
        start = blank.end() if blank else min(len(block), _MAX_HEADER_BYTES)
        http = _headers.parse(io.BytesIO(block[:start]))
        if http.get_statuscode() not in _GOOD_STATUSES:
            return f"status {http.get_statuscode()[:3]}"
        content_type = http.get_header("Content-Type", "").lower()
    media_type = content_type.partition(";")[0].strip()
    if not re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", media_type, re.ASCII) or media_type == "application/http":
        media_type = "text/html" if _HTML_START.match(block, start) else "no media type"
    is_page = media_type in _PAGE_MEDIA_TYPES
    if not is_page and not _AMBIGUOUS_MEDIA_TYPES.fullmatch(media_type):
        return media_type
    charset = _CHARSET.search(content_type)
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
    """The content of a response as a browser received it.

    `whole` means that HTTP confirms its end, `truncated` that its end is missing.
    """

    data: bytes
    problems: tuple[str, ...] = ()
    whole: bool = False
    truncated: bool = False


def _unpacked(response: _Response, block: bytes, limits: Limits) -> _Payload:
    """Undoes the codings of HTTP. Raises TransferError for a coding that cannot be undone."""
    data = block[response.start :]
    if response.http is None:
        return _Payload(data)
    problems, truncated = [], False
    if "chunked" in (response.http.get_header("Transfer-Encoding") or "").lower():
        data, problem = unchunked(data)
        whole, truncated = not problem, bool(problem)
        problems.append(problem)
    else:
        whole = response.length == len(data)
    for coding in reversed((response.http.get_header("Content-Encoding") or "").lower().split(",")):
        data, problem = unpacked(data, coding.strip(), limits)
        truncated |= bool(problem)
        problems.append(problem)
    return _Payload(data, tuple(problem for problem in problems if problem), whole, truncated)


def _capture_time(date: str) -> tuple[Moment | None, str]:
    """Returns the time of a record and the problem with it, which may be empty."""
    if not date:
        return None, "the record gives no time of capture"
    try:
        return parse_moment(date), ""
    except TimeError as error:
        return None, f"the record's time of capture {error}; kept without it"


def _digest_problem(header: _Header, block: bytes) -> str:
    """Returns the problem that a block does not match its digest, as after a flipped bit; empty if it does."""
    algorithm, _, stated = header.digest.partition(":")
    if algorithm.lower() not in _DIGESTS or not stated:
        return ""
    digest = hashlib.new(algorithm.lower(), block, usedforsecurity=False).digest()
    # Base 32 as in the standard's examples, and the encodings that tools write instead.
    if stated.lower() in (base64.b32encode(digest).decode().lower(), digest.hex()):
        return ""
    if stated == base64.b64encode(digest).decode():
        return ""
    return f"its bytes do not match its digest ({algorithm})"
