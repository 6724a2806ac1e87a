"""Web archives: WARC (ISO 28500) and ARC files, plain or gzipped; each HTML response is a document.

Owns where records begin and end, and how to continue after a broken one. warcio parses the headers. Its own iterator
is not used: it loads as many bytes as a length claims, and ends at the first damage. The evidence of a document is
its payload as a browser received it, unpacked. Knows no format of documents.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeadersParser

from ...errors import ReadError
from ...items import Hints, Note, PageGone, Rejected, Revisit
from ...times import Moment, TimeError, parse_moment
from ..faults import report_fault
from ..input import DamageError, Limits, TransferError, size_text
from .members import Member, Part, Skipped
from .responses import (
    CONTENT_RECORDS,
    MAX_HEADER_BYTES,
    Response,
    canonical_digest,
    classify,
    digest_problem,
    gone_status,
    payload_sha1,
    unpack,
)

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

# A SHA-512 in hexadecimal, the longest digest in use, has 128 characters.
_MAX_DIGEST_CHARS = 140

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
    payload_digest: str = ""
    refers_to_uri: str = ""
    refers_to_date: str = ""


def open_records(stream: BinaryIO, hints: Hints, limits: Limits) -> Iterator[Part]:
    """Yields each HTML response, and each that may be a document of another format, in the order of the file.

    At most one record of `max_document_bytes` is in memory, packed and unpacked. Broken records are rejected by
    number and offset (in the unpacked stream), and reading continues at the next, also after a fault of the archive.
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
            content_records += header.record_type in CONTENT_RECORDS
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
        except (ReadError, OSError):
            raise
        except Exception as error:
            # Before the first line of a record is read, the next attempt may fail at the same byte.
            if number != current:
                raise
            source.expect_stray_bytes()
            content_records += 1
            yield Rejected(place, report_fault(error, hints.name))
    if number and not content_records:
        yield Rejected("", f"none of its {number:,} records is a response")


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
            line = self._back.readline(MAX_HEADER_BYTES)
            if not line.endswith(b"\n"):
                line += self._stream.readline(MAX_HEADER_BYTES - len(line))
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
        if len(block) > MAX_HEADER_BYTES:
            raise _BrokenError(f"its header has more than {MAX_HEADER_BYTES // 1024} KiB")
    if not line:
        raise _BrokenError("the file ends within its header")
    headers = _headers.parse(io.BytesIO(block))
    return _Header(
        record_type=headers.get_header("WARC-Type", "").strip().lower(),
        uri=_plain_uri(headers.get_header("WARC-Target-URI", "")),
        date=headers.get_header("WARC-Date", "").strip(),
        media_type=headers.get_header("Content-Type", "").lower(),
        length=_length(headers.get_header("Content-Length", "").strip()),
        segment=headers.get_header("WARC-Segment-Number", "").strip(),
        truncated=headers.get_header("WARC-Truncated", "").strip(),
        digest=headers.get_header("WARC-Block-Digest", "").strip(),
        payload_digest=_plain_digest(headers.get_header("WARC-Payload-Digest", "")),
        refers_to_uri=_plain_uri(headers.get_header("WARC-Refers-To-Target-URI", "")),
        refers_to_date=headers.get_header("WARC-Refers-To-Date", "").strip(),
    )


def _plain_uri(text: str) -> str:
    # wget 1.19 writes the brackets of the standard's grammar; other crawlers do not escape blanks.
    return text.strip().removeprefix("<").removesuffix(">").replace(" ", "%20")


def _plain_digest(text: str) -> str:
    """Returns a digest as this module compares it; empty for a text that is too long for one."""
    algorithm, _, value = text.strip().partition(":")
    digest = canonical_digest(algorithm, value.strip()) if value else text.strip()
    return digest if len(digest) <= _MAX_DIGEST_CHARS else ""


def _length(text: str) -> int:
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise _BrokenError(f"its length is given as {text[:40]!r}, which is not a number of bytes")
    return int(text)


def _arc_date(date: str) -> str:
    """Returns a date of 14 digits in ISO 8601; any other text unchanged, for `parse_moment` to refuse."""
    return re.sub(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", r"\1-\2-\3T\4:\5:\6Z", date) if len(date) == 14 else date


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _read_record(header: _Header, source: _Source, hints: Hints, place: str) -> Iterator[Part]:
    """Yields the document in a record, or the kind of a part that is not a document. Raises _BrokenError.

    A revisit repeats a document, and the answer that a page is gone says something of one: both are yielded too.
    """
    max_bytes = source.limits.max_document_bytes
    if header.length > max_bytes:
        start = source.read(MAX_HEADER_BYTES)
        problem = _skip_rest(header.length - len(start), start, source)
        response = classify(header.record_type, header.media_type, start)
        if problem or isinstance(response, Response):
            raise _BrokenError(problem or f"longer than {size_text(max_bytes)}, the most that one document may have")
        yield from _skipped(response)
        return
    block, length_problem = _read_block(header, source)
    response = classify(header.record_type, header.media_type, block)
    if not isinstance(response, Response):
        if length_problem:
            raise _BrokenError(length_problem)
        if header.record_type == "revisit":
            yield _revisit(header, place)
            return
        captured, _ = _capture_time(header.date)
        if header.record_type == "response" and captured and (status := gone_status(block)):
            yield PageGone(place, f"gone at its address (status {status})", header.uri, captured, status)
        yield from _skipped(response)
        return
    if header.segment:
        raise _BrokenError("it is split over several records (segments), which are not put together; join them first")
    if length_problem:
        block = _by_http_length(response, block, source)
    payload = unpack(response, block, source.limits)
    if length_problem and not payload.whole:
        raise _BrokenError(length_problem)
    if not payload.data.strip():
        yield Skipped("empty response")
        return
    problems = [length_problem, *payload.problems, "" if length_problem else digest_problem(header.digest, block)]
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
            charset=hints.encoding or response.charset,
        ),
        locator=place,
        problems=tuple(problem for problem in (*problems, time_problem) if problem),
        truncated=payload.truncated or bool(header.truncated),
        payload_digest=header.payload_digest or payload_sha1(block[response.start :]),
        ambiguous_type="" if response.is_page else response.media_type,
    )


def _revisit(header: _Header, place: str) -> Note:
    """Returns what a revisit record says (WARC 1.1, section 6.7; both of its profiles)."""
    captured, problem = _capture_time(header.date)
    if captured is None or not header.uri:
        raise _BrokenError(problem or "a revisit without an address")
    refers_to_captured, _ = _capture_time(header.refers_to_date)
    return Revisit(
        place,
        f"a revisit: at {header.date}, the address gave what another record has",
        address=header.uri,
        captured=captured,
        payload_digest=header.payload_digest,
        refers_to_address=header.refers_to_uri,
        refers_to_captured=refers_to_captured,
    )


def _by_http_length(response: Response, block: bytes, source: _Source) -> bytes:
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


def _capture_time(date: str) -> tuple[Moment | None, str]:
    """Returns the time of a record and the problem with it, which may be empty."""
    if not date:
        return None, "the record gives no time of capture"
    try:
        return parse_moment(date), ""
    except TimeError as error:
        return None, f"the record's time of capture {error}; kept without it"
