"""JSON documents in the archive's own schema: an article over several lines, or a list of articles.

`jsonl` owns the schema. A list is decoded item by item, so that the evidence of an item is its own bytes (of UTF-16,
its text in UTF-8), and one item is in memory beside the document. Nothing after a broken item is read. Imported by
`formats` alone.
"""

import io
import json
import re
from collections.abc import Iterator

from ...errors import ReadError
from ...items import Hints, Item, Rejected
from ..input import DEFAULT_LIMITS, Limits, as_utf8, decode, is_wide
from ..json_values import check_size, load_json, reason_of
from ..story import Evidence
from . import jsonl
from .jsonl import article_of, has_lines_name

READER = "json/1"

_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*(?:\{|\[|\]|$)|\{\s*(?:\"|$))")
_SPACE = re.compile(r"[ \t\r\n]*")


def sniff(head: bytes, name: str) -> bool:
    """Whether this is a list, or an object of several lines; not if its name says that each line is a document.

    JSON in UTF-16, as some shells write it, is always read here, also with an article per line.
    """
    if is_wide(head):
        return bool(_OPENING.match(as_utf8(head)))
    if not _OPENING.match(head) or has_lines_name(name):
        return False
    lines = [line.strip() for line in head.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()]
    if lines[0].startswith(b"["):
        return True
    return len(lines) > 1 and not lines[1].startswith(b"{") and not _is_whole(lines[0], DEFAULT_LIMITS)


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the article, or the articles of the list in order, or why an item is not an article. Raises ReadError."""
    check_size(raw, limits)
    text = decode(raw)
    at = _end_of_space(text, 0)
    if text.startswith("[", at):
        yield from _read_list(text, at + 1, hints)
        return
    if _is_whole(text[at:].partition("\n")[0].encode(), limits):  # lines in UTF-16, which cannot be read as bytes
        yield from _read_lines(text, hints, limits)
        return
    yield article_of(load_json(raw, limits), Evidence(raw, "application/json", READER), hints)


def _read_lines(text: str, hints: Hints, limits: Limits) -> Iterator[Item]:
    for document in jsonl.split(io.BytesIO(text.encode()), limits):
        if isinstance(document, Rejected):
            yield document
            continue
        evidence = Evidence(document.raw, "application/json", jsonl.READER, document.locator)
        try:
            yield article_of(load_json(document.raw, limits), evidence, hints)
        except ReadError as error:
            yield Rejected(document.locator, error.reason)


def _read_list(text: str, at: int, hints: Hints) -> Iterator[Item]:
    decoder = json.JSONDecoder()
    number = 0
    at = _end_of_space(text, at)
    while not text.startswith("]", at):
        number += 1
        locator = f"item {number}"
        try:
            record, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield Rejected(locator, f"{reason_of(error)}; what follows was not read", rest_unread=True)
            return
        yield article_of(record, Evidence(text[at:end].encode(), "application/json", READER, locator), hints)
        at = _end_of_space(text, end)
        if text.startswith(",", at):
            at = _end_of_space(text, at + 1)
        elif not text.startswith("]", at):
            line = text.count("\n", 0, at) + 1
            yield Rejected(
                f"line {line}",
                "not JSON: neither a comma nor the end of the list; what follows was not read",
                rest_unread=True,
            )
            return
    if not number:
        yield Rejected("", "an empty list")
    elif text[at + 1 :].strip():
        yield Rejected("", "the text after the list was not read", rest_unread=True)


def _end_of_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _is_whole(line: bytes, limits: Limits) -> bool:
    try:
        load_json(line, limits)
    except ReadError:
        return False
    return True
