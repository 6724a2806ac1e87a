"""ANPA 1312: stories as American agencies send them to typesetters.

A header with service, number, priority, category, keywords and a day without a year; then lines that begin with `^`
and end with `<` or `=`: keywords, headline, notes, byline; then paragraphs, each on an indented line. The trailer
has the time. Source: ANPA 1312 (1979, revised 1989) and what agencies send.
"""

import re
from collections.abc import Iterator

from ...items import Hints, Item
from ...times import ZONE_OFFSETS, Moment
from ..input import Limits
from ..markup import plain
from ..story import Line, Story
from .frames import Frame, dated_id, full_year, moment, opening, read_stories

READER = "anpa/1"

# Service, number, and the field separator or blank before the selector.
_HEADER = re.compile(r"\s*(?P<number>[A-Za-z]\d{4})[\x1f ]")
_HEADER_BYTES = re.compile(rb"\s*[A-Za-z]\d{4}[\x1f ]")
_DAY = re.compile(r"\b(\d\d-\d\d)\b(?:\s+\d{1,4})?\s*$")

# "AP-WF-02-20-16 0337GMT": the agency, its wire, the day and the time.
_TRAILER = re.compile(
    r"(?:(?P<source>[A-Za-z]{2,12})-)?(?:\w{1,6}-)?(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d{2}|\d{4})"
    r"\s+(?P<hour>\d\d)(?P<minute>\d\d)\s?(?P<zone>[A-Z]{1,4})?"
)

# Lines before the text that are for editors: what is sent along, and what they should know.
_NOTES = re.compile(
    r"\(?(?:Eds?\b|Editors?\b|EDITOR.?S NOTE|Note\b|With\b|[A-Z]{2,6} (?:Photo|Graphic|Video|Audio|Interactive)s?\b)"
)
_SIGNALS = re.compile(r"(?:URGENT|BULLETIN|FLASH|ADVISORY|CORRECTI(?:ON|VE)|KILL|WITHHOLD|ELIMINATION)\b[^a-z]*")
_BYLINE = re.compile(r"By\s", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:Writer|Press|Editor|Correspondent|Columnist|Reporter|Analyst|Staff)s?$")

# Typesetters' spaces and leaders; in a row of a table cells are parted by them or by semicolons.
_SPACES = re.compile(r"[\x0e-\x1f\x7f]+")
_ROW = "\x08"


def sniff(head: bytes, name: str) -> bool:
    """Whether this begins as a story of ANPA 1312 does."""
    return bool(_HEADER_BYTES.match(opening(head)))


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each story of a file, or why it is no article."""
    return read_stories(raw, hints, READER, _story)


def _story(frame: Frame) -> Story:
    header = _HEADER.match(frame.header)
    number = header["number"] if header else ""
    trailer = _TRAILER.search(frame.trailer)
    sent = _sent(trailer) if trailer else None
    problems = [] if sent else [_undated(frame.header, trailer[0] if trailer else "")]
    return Story(
        ids=(dated_id(number, sent),),
        sources=(trailer["source"] or "" if trailer else "",),
        published=(("trailer", sent),) if sent else (),
        problems=tuple(problems),
    ) | _text(frame.text)


def _sent(trailer: "re.Match[str]") -> Moment | None:
    year = full_year(trailer["year"])
    zone = ZONE_OFFSETS.get((trailer["zone"] or "").lower(), "")
    iso = f"{year}-{trailer['month']}-{trailer['day']}T{trailer['hour']}:{trailer['minute']}{zone}"
    return moment(plain(trailer[0]), iso)


def _undated(header: str, trailer: str) -> str:
    if trailer:
        return f"the time {plain(trailer)!r} is none; kept without it"
    day = next((found[1] for line in header.split("\n") if (found := _DAY.search(line))), "")
    return f"the day {day!r} has no year, and no time follows the text; kept without it" if day else "no time in it"


def _text(text: str) -> Story:
    """What the lines say: those marked before the first paragraph by their places, the rest as the body."""
    marked: list[tuple[str, str]] = []
    lines: list[Line] = []
    broken = False
    for line in text.split("\n"):
        row, given = line.startswith(_ROW), line.lstrip(_ROW)
        words = (
            plain(_SPACES.sub(" ", given.replace(";", " ") if row else given)).lstrip("^") if row else _words(given)
        )
        end = given.rstrip()[-1:] if given.rstrip()[-1:] in ("<", "=") else ""
        words = words.removesuffix(end).strip() if end else words
        if not any(map(str.isalnum, words)):
            broken = False
        elif given.startswith("^") and not row:
            if lines:
                lines.append(Line(words, is_heading=True))
            else:
                marked.append((words, end))
            broken = False
        elif broken and not row and not line[:1].isspace() and not lines[-1].is_heading:
            lines[-1] = Line(f"{lines[-1].text} {words}")
        else:
            lines.append(Line(words))
            broken = not row and not end
    return _marked(marked) | Story(lines=tuple(lines))


def _words(line: str) -> str:
    return plain(_SPACES.sub(" ", line)).removeprefix("^").strip()


def _marked(marked: list[tuple[str, str]]) -> Story:
    """Headline, notes, byline and the first headings; the line of keywords comes first and is none of them."""
    headlines: list[str] = []
    below: list[str] = []
    notes: list[str] = []
    bylines: list[str] = []
    lines: list[Line] = []
    for words, end in marked[1:]:
        if _NOTES.match(words) or _SIGNALS.fullmatch(words):
            notes.append(words)
        elif _BYLINE.match(words) and end == "=":
            bylines.append(words)
        elif bylines and end == "=" and _TITLE.search(words):
            bylines[-1] += f", {words}"
        elif not headlines:
            headlines.append(words)
        elif end != "=":
            below.append(words)
        else:
            lines.append(Line(words, is_heading=bool(bylines)))
    return Story(
        headlines=tuple(headlines),
        standfirsts=tuple(below),
        notes=tuple(notes),
        bylines=("; ".join(bylines),),
        lines=tuple(lines),
    )
