"""IPTC 7901: stories that European agencies send by teleprinter.

A header has number, priority, category and word count, and a line of keywords. Then come, up to a `=`, signals to
editors, the headline and the byline; then paragraphs with blank lines between, and notes, which are marked as in
Markdown. The trailer has day, time, month and year. `frames` finds the stories in a file. Source: IPTC 7901 and files
of agencies.
"""

import re
from collections.abc import Iterator
from itertools import compress

from ...items import Hints, Item
from ..body import text_lines
from ..bylines import is_wire_byline
from ..input import Limits
from ..markup import plain
from ..month_names import month_number
from ..story import Story
from .frames import Frame, after_first_start, dated_id, read_stories, trailer_time

READER = "iptc7901/1"

# "eca0003 3 i 380  dpa 0045": service and number, priority, category, words; then the agency and its own additions.
_HEADER = re.compile(
    r"\s*(?P<number>[A-Za-z]{1,5}\d{2,6})\s+\d\s+\S{1,4}\s+\d{1,5}(?:\s+(?P<source>[A-Za-z][\w/-]{0,20}))?"
)
_HEADER_BYTES = re.compile(rb"\s*[A-Za-z]{1,5}\d{2,6}\s+\d\s+\S{1,4}\s+\d")

# "212322 GMT Nov 18": day and time, zone, month, year.
_TRAILER = re.compile(
    r"(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)\s*(?P<zone>[A-Z]{1,4})?\s+(?P<month>[^\W\d_]{3,9})\.?\s+"
    r"(?P<year>\d{4}|\d{2})"
)

_NOTE_MARK = re.compile(r"# ?\S")
_CONFIDENTIAL = re.compile(r"not intended for publication|nicht zur Veröffentlichung bestimmt", re.IGNORECASE)


def sniff(head: bytes, name: str) -> bool:
    """Whether the stream begins with the header of an IPTC 7901 story."""
    return bool(_HEADER_BYTES.match(after_first_start(head)))


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each story of a file, or why it is not an article."""
    return read_stories(raw, hints, READER, _story)


def _story(frame: Frame) -> Story:
    header = _HEADER.match(frame.header)
    trailer = _TRAILER.search(frame.trailer)
    sent = trailer_time(trailer, month=month_number(trailer["month"])) if trailer else None
    written = plain(frame.trailer)[:40]
    problem = f"the time {written!r} has no day, month and year; kept without it" if written else "no time in it"
    return Story(
        ids=(dated_id(header["number"] if header else "", sent),),
        sources=(header["source"] or "" if header else "",),
        published=(("trailer", sent),) if sent else (),
        problems=() if sent else (problem,),
    ) | _text(frame.text)


def _text(text: str) -> Story:
    head, body = _split_head(text.strip("\n").split("\n"))
    end = next((number for number, line in enumerate(body) if _NOTE_MARK.match(line)), len(body))
    notes, problems = _notes(body[end:])
    return _from_head(head) | Story(
        lines=text_lines("\n".join(body[:end])), notes=tuple(notes), problems=tuple(problems)
    )


# The head is a few lines: signals, headline, byline.
_MAX_HEAD_LINES = 12


def _split_head(lines: list[str]) -> tuple[list[str], list[str]]:
    """Returns the head, which ends with `=` or else before a blank line, and the lines of the text."""
    for number, line in enumerate(lines[:_MAX_HEAD_LINES]):
        if line.rstrip().endswith("="):
            return [*lines[:number], line.rstrip()[:-1]], lines[number + 1 :]
    blank = next((number for number, line in enumerate(lines) if not line.strip()), 0)
    return lines[:blank], lines[blank:]


def _from_head(head: list[str]) -> Story:
    lines = [words for line in head if (words := plain(line))]
    small = (number for number, line in enumerate(lines) if any(map(str.islower, line)))
    signals = lines[: next(small, len(lines) - 1)]
    lines = lines[len(signals) :]
    are_bylines = [number > 0 and is_wire_byline(line) for number, line in enumerate(lines)]
    bylines = list(compress(lines, are_bylines))
    rest = [line for line, is_byline in zip(lines, are_bylines, strict=True) if not is_byline]
    return Story(
        headlines=tuple(rest[:1]),
        standfirsts=tuple(rest[1:]),
        bylines=("; ".join(line.partition(" ")[2] for line in bylines),),
        notes=tuple(signals),
    )


def _notes(lines: list[str]) -> tuple[list[str], list[str]]:
    """Returns the notes before those that are not for publication, and a problem if there are such notes."""
    notes = text_lines("\n".join(lines))
    end = next((number for number, note in enumerate(notes) if _CONFIDENTIAL.search(note.text)), len(notes))
    problems = ["notes that are not for publication left out"] if end < len(notes) else []
    public = (note.text.lstrip("#").strip() for note in notes[:end])
    return [text for text in public if any(map(str.isalnum, text))], problems
