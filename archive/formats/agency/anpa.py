"""ANPA 1312: stories that American agencies send to typesetters.

A header has service, number, priority, category, keywords and a day without a year. Then come lines that begin with
`^` and end with `<` or `=`: keywords, headline, notes, byline; then paragraphs, each on an indented line. The trailer
has the time. `frames` finds the stories in a file. Source: ANPA 1312 (1979, revised 1989) and files of agencies.
"""

import re
from collections.abc import Iterator

from ...items import Hints, Item
from ..body import Line
from ..input import Limits
from ..markup import plain
from ..story import Story
from .frames import Frame, after_first_start, dated_id, read_stories, trailer_time

READER = "anpa/1"

# Service letter, number, and the field separator or blank before the selector.
_HEADER = re.compile(r"\s*(?P<number>[A-Za-z]\d{4})[\x1f ]")
_HEADER_BYTES = re.compile(rb"\s*[A-Za-z]\d{4}[\x1f ]")
_DAY = re.compile(r"\b(\d\d-\d\d)\b(?:\s+\d{1,4})?\s*$")

# "AP-WF-02-20-16 0337GMT": the agency, its wire, the day and the time.
_TRAILER = re.compile(
    r"(?:(?P<source>[A-Za-z]{2,12})-)?(?:\w{1,6}-)?(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d{2}|\d{4})"
    r"\s+(?P<hour>\d\d)(?P<minute>\d\d)\s?(?P<zone>[A-Z]{1,4})?"
)

# Lines before the text that are for editors: attachments, and remarks.
_NOTES = re.compile(
    r"\(?(?:Eds?\b|Editors?\b|EDITOR.?S NOTE|Note\b|With\b|[A-Z]{2,6} (?:Photo|Graphic|Video|Audio|Interactive)s?\b)"
)
_SIGNALS = re.compile(r"(?:URGENT|BULLETIN|FLASH|ADVISORY|CORRECTI(?:ON|VE)|KILL|WITHHOLD|ELIMINATION)\b[^a-z]*")
_BYLINE = re.compile(r"By\s", re.IGNORECASE)
_JOB_TITLE = re.compile(r"\b(?:Writer|Press|Editor|Correspondent|Columnist|Reporter|Analyst|Staff)s?$")

# Typesetters' spaces and leaders. They, or semicolons, separate the cells of a row in a table.
_SPACES = re.compile(r"[\x0e-\x1f\x7f]+")
_ROW_MARK = "\x08"


def sniff(head: bytes, name: str) -> bool:
    """Whether the stream begins with the header of an ANPA 1312 story."""
    return bool(_HEADER_BYTES.match(after_first_start(head)))


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each story of a file, or why it is not an article."""
    return read_stories(raw, hints, READER, _story)


def _story(frame: Frame) -> Story:
    header = _HEADER.match(frame.header)
    number = header["number"] if header else ""
    trailer = _TRAILER.search(frame.trailer)
    sent = trailer_time(trailer, month=int(trailer["month"])) if trailer else None
    problems = [] if sent else [_missing_time(frame.header, trailer[0] if trailer else "")]
    return Story(
        ids=(dated_id(number, sent),),
        sources=(trailer["source"] or "" if trailer else "",),
        published=(("trailer", sent),) if sent else (),
        problems=tuple(problems),
    ) | _text(frame.text)


def _missing_time(header: str, trailer: str) -> str:
    """Returns the problem of a story without a time."""
    if trailer:
        return f"the time {plain(trailer)!r} is not possible; kept without it"
    day = next((match[1] for line in header.split("\n") if (match := _DAY.search(line))), "")
    return f"the day {day!r} has no year, and no time follows the text; kept without it" if day else "no time in it"


def _text(text: str) -> Story:
    """Reads the marked lines before the first paragraph by their positions, and all other lines as the body."""
    marked: list[tuple[str, str]] = []
    lines: list[Line] = []
    continues = False
    for raw_line in text.split("\n"):
        is_row, line = raw_line.startswith(_ROW_MARK), raw_line.lstrip(_ROW_MARK)
        words = _row_words(line) if is_row else _words(line)
        end = line.rstrip()[-1:] if line.rstrip()[-1:] in ("<", "=") else ""
        words = words.removesuffix(end).strip() if end else words
        if not any(map(str.isalnum, words)):
            continues = False
        elif line.startswith("^") and not is_row:
            if lines:
                lines.append(Line(words, is_heading=True))
            else:
                marked.append((words, end))
            continues = False
        elif continues and not is_row and not raw_line[:1].isspace() and not lines[-1].is_heading:
            lines[-1] = Line(f"{lines[-1].text} {words}")
        else:
            lines.append(Line(words))
            continues = not is_row and not end
    return _marked(marked) | Story(lines=tuple(lines))


def _words(line: str) -> str:
    return plain(_SPACES.sub(" ", line)).removeprefix("^").strip()


def _row_words(line: str) -> str:
    return plain(_SPACES.sub(" ", line.replace(";", " "))).lstrip("^")


def _marked(marked: list[tuple[str, str]]) -> Story:
    """Returns headline, standfirsts, notes, byline and the first headings; ignores the first line, the keywords."""
    headlines: list[str] = []
    standfirsts: list[str] = []
    notes: list[str] = []
    bylines: list[str] = []
    lines: list[Line] = []
    for words, end in marked[1:]:
        if _NOTES.match(words) or _SIGNALS.fullmatch(words):
            notes.append(words)
        elif _BYLINE.match(words) and end == "=":
            bylines.append(words)
        elif bylines and end == "=" and _JOB_TITLE.search(words):
            bylines[-1] += f", {words}"
        elif not headlines:
            headlines.append(words)
        elif end != "=":
            standfirsts.append(words)
        else:
            lines.append(Line(words, is_heading=bool(bylines)))
    return Story(
        headlines=tuple(headlines),
        standfirsts=tuple(standfirsts),
        notes=tuple(notes),
        bylines=("; ".join(bylines),),
        lines=tuple(lines),
    )
