"""The content of a record of a web archive: a response of HTTP or the bytes themselves. Used by `warc` alone.

Owns which responses may be documents, how HTTP packed them, and their digests. Knows no records and no files.
"""

import base64
import hashlib
import io
import re
from contextlib import suppress
from dataclasses import dataclass

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from ..input import Limits, unchunked, unpacked

# No header of a record or of HTTP is as long as this; servers refuse an eighth of it.
MAX_HEADER_BYTES = 64 * 1024

# Types of records that contain, or represent, what was fetched; the others describe the crawl.
CONTENT_RECORDS = ("response", "resource", "revisit", "conversion", "continuation")

# Statuses of responses with the requested content: 200 OK, and 203, the same through a proxy that changed something.
_GOOD_STATUSES = ("200", "203")
# Statuses that say that there is no page at the address any more: 404 Not Found, and 410 Gone.
_GONE_STATUSES = ("404", "410")

_PAGE_MEDIA_TYPES = ("text/html", "application/xhtml+xml")
# Types of feeds, agency files and JSON of live pages; also of the responses to every script of a page.
_AMBIGUOUS_MEDIA_TYPES = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?(?:xml|json)")
_HTML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_CHARSET = re.compile(r"\bcharset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
# The algorithms whose digests are checked.
_DIGESTS = ("sha1", "sha256", "md5")

_DIGEST_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}

_headers = StatusAndHeadersParser([], verify=False)


@dataclass(frozen=True)
class Response:
    """A response that may be a document, before its payload is unpacked; the payload begins at `start`."""

    start: int
    media_type: str
    charset: str
    is_page: bool
    http: StatusAndHeaders | None
    length: int = -1  # of the payload, from the HTTP header; -1 if it is not there


def classify(record_type: str, media_type: str, block: bytes) -> Response | str | None:
    """Returns the response if it may be a document, else the kind to count it under; None if it is not content."""
    if record_type not in CONTENT_RECORDS:
        return None
    if record_type not in ("response", "resource"):
        return f"{record_type} record"
    http, start, content_type = None, 0, media_type
    if record_type == "response" and block.startswith(b"HTTP/"):
        http, start = _http_headers(block)
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
    return Response(
        start,
        media_type,
        charset[1] if charset else "",
        is_page,
        http,
        int(length) if re.fullmatch(r"\d{1,12}", length, re.ASCII) else -1,
    )


def _http_headers(block: bytes) -> tuple[StatusAndHeaders, int]:
    """Returns the headers of an HTTP response, and where its payload begins."""
    blank = re.search(rb"\r?\n\r?\n", block[:MAX_HEADER_BYTES])
    start = blank.end() if blank else min(len(block), MAX_HEADER_BYTES)
    # The parser takes no status line at all for the end of a file.
    return _headers.parse(io.BytesIO(block[:start] or b"\r\n")), start


def gone_status(block: bytes) -> int | None:
    """Returns the status of a response that says that there is no page at its address; None for any other."""
    http, _ = _http_headers(block)
    media_type = http.get_header("Content-Type", "").partition(";")[0].strip().lower()
    status = http.get_statuscode()[:3]
    return int(status) if status in _GONE_STATUSES and media_type in ("", *_PAGE_MEDIA_TYPES) else None


@dataclass(frozen=True)
class Payload:
    """The content of a response as a browser received it.

    `whole` means that HTTP confirms its end, `truncated` that its end is missing.
    """

    data: bytes
    problems: tuple[str, ...] = ()
    whole: bool = False
    truncated: bool = False


def unpack(response: Response, block: bytes, limits: Limits) -> Payload:
    """Undoes the codings of HTTP. Raises TransferError for a coding that cannot be undone."""
    data = block[response.start :]
    if response.http is None:
        return Payload(data)
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
    return Payload(data, tuple(problem for problem in problems if problem), whole, truncated)


def payload_sha1(payload: bytes) -> str:
    """Returns a digest as crawlers write it into the records that repeat a payload."""
    digest = hashlib.sha1(payload, usedforsecurity=False).digest()
    return f"sha1:{base64.b32encode(digest).decode()}"


def canonical_digest(algorithm: str, value: str) -> str:
    """Returns a digest in base 32 as crawlers write most of them, with its algorithm in lower case.

    Some tools write it in hexadecimal, or leave out the padding.
    """
    algorithm = algorithm.lower().replace("-", "")
    if len(value) == 2 * _DIGEST_BYTES.get(algorithm, 0):
        with suppress(ValueError):
            value = base64.b32encode(bytes.fromhex(value)).decode()
    return f"{algorithm}:{value.rstrip('=')}"


def digest_problem(stated_digest: str, block: bytes) -> str:
    """Returns the problem that a block does not match its digest, as after a flipped bit; empty if it does."""
    algorithm, _, stated = stated_digest.partition(":")
    if algorithm.lower() not in _DIGESTS or not stated:
        return ""
    digest = hashlib.new(algorithm.lower(), block, usedforsecurity=False).digest()
    # Base 32 as in the standard's examples, and the encodings that tools write instead.
    if stated.lower() in (base64.b32encode(digest).decode().lower(), digest.hex()):
        return ""
    if stated == base64.b64encode(digest).decode():
        return ""
    return f"its bytes do not match its digest ({algorithm})"
