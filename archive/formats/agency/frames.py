"""Frames of stories on the wire: SOH header STX text ETX trailer EOT, as for teleprinters.

Owns where a frame begins and ends, and how its bytes are decoded. `anpa` and `iptc7901` read header, text and trailer;
they alone import this. Source: IPTC 7901 and ANPA 1312, 2.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ...items import Hints, Item, Rejected
from ...times import ZONE_OFFSETS, Moment, TimeError, parse_moment
from ..markup import plain
from ..story import Evidence, Story, build_article

# Bytes that may be between frames: fillers, deletions, line ends, form feeds.
_BETWEEN = b"\x00\x04\x16\x7f \t\r\n\x0c"

# The first year that two digits can mean. The formats are from 1979.
_FIRST_YEAR = 1970


@dataclass(frozen=True)
class Frame:
    """One story as sent, decoded, with its control characters. `locator` is empty for the only story of a file."""

    header: str
    text: str
    trailer: str
    raw: bytes
    locator: str


def after_first_start(head: bytes) -> bytes:
    """Returns what follows the first start of a header (SOH); empty if the bytes do not begin with it."""
    head = head.lstrip(_BETWEEN)
    return head[1:] if head.startswith(b"\x01") else b""


def read_stories(raw: bytes, hints: Hints, reader: str, story_of: Callable[[Frame], Story]) -> Iterator[Item]:
    """Yields each story of a file, or why it is not an article. `story_of` reads a frame in its format."""
    for frame in _read_frames(raw):
        if isinstance(frame, Rejected):
            yield frame
        else:
            evidence = Evidence(frame.raw, "application/octet-stream", reader, frame.locator)
            yield build_article(story_of(frame), evidence, hints)


def _read_frames(raw: bytes) -> Iterator[Frame | Rejected]:
    """Yields each frame of a file, or how it is broken. A frame without an end was cut off and is rejected."""
    begin = raw.find(b"\x01")
    is_single = raw.count(b"\x01") == 1
    if raw[: max(begin, 0)].strip(_BETWEEN):
        yield Rejected("line 1", "the words before the first start of a header (SOH) belong to no story")
    number = 0
    while begin >= 0:
        number += 1
        following = raw.find(b"\x01", begin + 1)
        part = raw[begin + 1 : following if following >= 0 else len(raw)]
        begin = following
        if begin >= 0 and not part.strip(_BETWEEN):
            continue  # the start of a header again, with nothing between
        locator = "" if is_single else f"story {number}"
        header, started, rest = part.partition(b"\x02")
        text, ended, trailer = rest.partition(b"\x03")
        if not started:
            yield Rejected(locator, "no start of a text (STX) after its header; ingest the whole story")
        elif not ended and b"\x04" not in text:
            yield Rejected(locator, "cut short: no end of the text (ETX); ingest the whole story")
        else:
            text = text if ended else text.partition(b"\x04")[0]
            evidence = raw if is_single else b"\x01" + part.rstrip(b"\x00\x16")
            yield Frame(_decoded(header), _decoded(text), _decoded(trailer), evidence, locator)


def trailer_time(match: "re.Match[str]", *, month: int) -> Moment | None:
    """Returns the time in a trailer, from its groups year, day, hour, minute and zone; None if it is not possible."""
    zone = ZONE_OFFSETS.get((match["zone"] or "").lower(), "")
    year = _full_year(match["year"])
    try:
        moment = parse_moment(f"{year}-{month:02}-{match['day']}T{match['hour']}:{match['minute']}{zone}")
    except TimeError:
        return None
    return replace(moment, given=plain(match[0]))


def _full_year(year: str) -> int:
    """Returns the year that two or four digits mean."""
    number = int(year)
    if len(year) > 2:
        return number
    century = _FIRST_YEAR - _FIRST_YEAR % 100
    return century + number if century + number >= _FIRST_YEAR else century + 100 + number


def dated_id(number: str, sent: Moment | None) -> str:
    """Returns an id of a story: its number, which begins again each day, and the day; empty if either is missing."""
    return f"{number} {sent.at:%Y-%m-%d}" if number and sent else ""


def _decoded(data: bytes) -> str:
    """Decodes UTF-8, else Latin-1, with one kind of line end. `clean` later reads C1 controls as Windows-1252."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return re.sub(r"\r+\n?", "\n", text)
