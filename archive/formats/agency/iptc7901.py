"""IPTC 7901: stories as European agencies send them by teleprinter.

A header with number, priority, category and word count, and a line of keywords; then, up to a `=`, signals to
editors, the headline and the byline; then paragraphs parted by blank lines, and notes under them where these are
marked as Markdown. The trailer has day, time, month and year. Source: IPTC 7901 and what agencies send.
"""

import re
from collections.abc import Iterator

from ...items import Hints, Item
from ...times import ZONE_OFFSETS, Moment
from ..bylines import is_wire_byline
from ..input import Limits
from ..markup import plain
from ..month_names import month_number
from ..story import Line, Story, text_lines
from .frames import Frame, dated_id, full_year, moment, opening, read_stories

READER = "iptc7901/1"

# "eca0003 3 i 380  dpa 0045": service and number, priority, category, words; then what the agency adds, itself first.
_HEADER = re.compile(
    r"\s*(?P<number>[A-Za-z]{1,5}\d{2,6})\s+\d\s+\S{1,4}\s+\d{1,5}(?:\s+(?P<source>[A-Za-z][\w/-]{0,20}))?"
)
_HEADER_BYTES = re.compile(rb"\s*[A-Za-z]{1,5}\d{2,6}\s+\d\s+\S{1,4}\s+\d")

# "212322 GMT Nov 18": day and time, zone, month, year.
_TRAILER = re.compile(
    r"(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)\s*(?P<zone>[A-Z]{1,4})?\s+(?P<month>[^\W\d_]{3,9})\.?\s+"
    r"(?P<year>\d{4}|\d{2})"
)

_NOTES = re.compile(r"# ?\S")
_CONFIDENTIAL = re.compile(r"not intended for publication|nicht zur Veröffentlichung bestimmt", re.IGNORECASE)


def sniff(head: bytes, name: str) -> bool:
    """Whether this begins as a story of IPTC 7901 does."""
    return bool(_HEADER_BYTES.match(opening(head)))


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each story of a file, or why it is no article."""
    return read_stories(raw, hints, READER, _story)


def _story(frame: Frame) -> Story:
    header = _HEADER.match(frame.header)
    trailer = _TRAILER.search(frame.trailer)
    sent = _sent(trailer) if trailer else None
    given = plain(frame.trailer)[:40]
    problem = f"the time {given!r} tells no day of a month and year; kept without it" if given else "no time in it"
    return Story(
        ids=(dated_id(header["number"] if header else "", sent),),
        sources=(header["source"] or "" if header else "",),
        published=(("trailer", sent),) if sent else (),
        problems=() if sent else (problem,),
    ) | _text(frame.text)


def _sent(trailer: "re.Match[str]") -> Moment | None:
    month = month_number(trailer["month"])
    zone = ZONE_OFFSETS.get((trailer["zone"] or "").lower(), "")
    year = full_year(trailer["year"])
    iso = f"{year}-{month:02}-{trailer['day']}T{trailer['hour']}:{trailer['minute']}{zone}"
    return moment(plain(trailer[0]), iso)


def _text(text: str) -> Story:
    head, body = _parted(text.strip("\n").split("\n"))
    notes = next((number for number, line in enumerate(body) if _NOTES.match(line)), len(body))
    under, problems = _notes(body[notes:])
    return _from_head(head) | Story(
        lines=text_lines("\n".join(body[:notes])), notes=tuple(under), problems=tuple(problems)
    )


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines over the text, which end with `=` or, without one, where a blank line follows; and the text's."""
    for number, line in enumerate(lines[:12]):
        if line.rstrip().endswith("="):
            return [*lines[:number], line.rstrip()[:-1]], lines[number + 1 :]
    blank = next((number for number, line in enumerate(lines) if not line.strip()), 0)
    return lines[:blank], lines[blank:]


def _from_head(head: list[str]) -> Story:
    lines = [words for line in head if (words := plain(line))]
    signals: list[str] = []
    while len(lines) > 1 and not any(map(str.islower, lines[0])):
        signals.append(lines.pop(0))
    bylines = [line for line in lines if is_wire_byline(line) and line is not lines[0]]
    rest = [line for line in lines if line not in bylines]
    return Story(
        headlines=tuple(rest[:1]),
        standfirsts=tuple(rest[1:]),
        bylines=("; ".join(line.partition(" ")[2] for line in bylines),),
        notes=tuple(signals),
    )


def _notes(lines: list[str]) -> tuple[list[str], list[str]]:
    """The notes under a text up to what is not for publication, and a word on what was left out."""
    found: list[Line] = list(text_lines("\n".join(lines)))
    private = next((number for number, line in enumerate(found) if _CONFIDENTIAL.search(line.text)), len(found))
    problems = ["notes that are not for publication left out"] if private < len(found) else []
    kept = (line.text.lstrip("#").strip() for line in found[:private])
    return [text for text in kept if any(map(str.isalnum, text))], problems
