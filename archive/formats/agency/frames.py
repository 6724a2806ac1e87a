"""Frames on the wire: SOH header STX text ETX trailer EOT, as teleprinters knew them. Used by `anpa` and `iptc7901`.

Owns where a frame begins and ends and what its bytes spell; what header and trailer say is the formats'. Source:
IPTC 7901 and ANPA 1312, 2.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ...items import Hints, Item, Rejected
from ...times import Moment, TimeError, parse_moment
from ..story import Evidence, Story, article

# What may stand between frames: fillers, deletions, line ends, form feeds.
_BETWEEN = b"\x00\x04\x16\x7f \t\r\n\x0c"

# A year of two digits is of the century that it is nearest to: the formats are of 1979.
_FIRST_YEAR = 1970


@dataclass(frozen=True)
class Frame:
    """One story as sent; the parts are text with their controls still in it. `locator` is empty where it is alone."""

    header: str
    text: str
    trailer: str
    raw: bytes
    locator: str


def opening(head: bytes) -> bytes:
    """Returns what follows the first start of a header, if that is how the bytes begin."""
    begun = head.lstrip(_BETWEEN)
    return begun[1:] if begun.startswith(b"\x01") else b""


def read_stories(raw: bytes, hints: Hints, reader: str, story_of: Callable[[Frame], Story]) -> Iterator[Item]:
    """Yields each story of a file, or why it is no article; `story_of` reads a frame as its format has it."""
    for frame in _read_frames(raw):
        if isinstance(frame, Rejected):
            yield frame
        else:
            yield article(
                story_of(frame), Evidence(frame.raw, "application/octet-stream", reader, frame.locator), hints
            )


def _read_frames(raw: bytes) -> Iterator[Frame | Rejected]:
    """Yields each frame of a file, or where it is broken; a frame without an end was cut, and is not taken."""
    begin = raw.find(b"\x01")
    alone = raw.count(b"\x01") == 1
    if raw[: max(begin, 0)].strip(_BETWEEN):
        yield Rejected("line 1", "what stands before the first start of a header (SOH) belongs to no story")
    number = 0
    while begin >= 0:
        number += 1
        following = raw.find(b"\x01", begin + 1)
        part = raw[begin + 1 : following if following >= 0 else len(raw)]
        begin = following
        locator = "" if alone else f"story {number}"
        header, started, rest = part.partition(b"\x02")
        text, ended, trailer = rest.partition(b"\x03")
        if not started:
            yield Rejected(locator, "no start of a text (STX) after its header")
        elif not ended and b"\x04" not in text:
            yield Rejected(locator, "cut short: no end of the text (ETX); take in the whole story")
        else:
            text = text if ended else text.partition(b"\x04")[0]
            evidence = raw if alone else b"\x01" + part.rstrip(b"\x00\x16")
            yield Frame(_spelled(header), _spelled(text), _spelled(trailer), evidence, locator)


def moment(given: str, iso: str) -> Moment | None:
    """Returns the time that an ISO text spells out of what was given, or None where no calendar has it."""
    try:
        at = parse_moment(iso)
    except TimeError:
        return None
    return Moment(at.at, at.precision, given, at.rule)


def full_year(year: str) -> int:
    """Returns the year of two or four digits."""
    number = int(year)
    if len(year) > 2:
        return number
    century = _FIRST_YEAR - _FIRST_YEAR % 100
    return century + number if century + number >= _FIRST_YEAR else century + 100 + number


def dated_id(number: str, sent: Moment | None) -> str:
    """Returns what identifies a story: its number, which is given anew each day, and the day; else nothing does."""
    return f"{number} {_day(sent.at)}" if number and sent else ""


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")


def _spelled(data: bytes) -> str:
    """UTF-8 where it is that, else one byte a letter; what of those is no letter, `clean` reads as Windows does."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return re.sub(r"\r+\n?", "\n", text)
