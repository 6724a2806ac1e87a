"""Loose values of content systems and linked data: a moment, a text, a line or names, however they are written.

Used by the formats that read JSON whose values have no fixed type; knows no format. Pure.
"""

import re
from typing import Any

from ..times import Moment, TimeError, from_epoch, parse_moment
from .bylines import join_names, without_by
from .markup import REFERENCE, UNREAD, paragraphs, plain, unescape

_COUNT = re.compile(r"[1-9]\d{8,15}", re.ASCII)


def moment_of(given: Any) -> Moment:
    """Returns the Moment of a date text, or of a count of seconds, milliseconds or microseconds since 1970.

    Which of these a count is, its size tells: none of them is a date of this century in two ways. Raises TimeError.
    """
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise TimeError("is no date")
    text = str(int(given)) if isinstance(given, float) and abs(given) < 1e18 else str(given).strip()
    if text.isdecimal() and _COUNT.fullmatch(text):
        count = int(text)
        return from_epoch(count * 1000 if len(text) < 12 else count if len(text) < 15 else count // 1000)
    return parse_moment(text)


_UNREAD = UNREAD | {"figcaption"}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_TAG_NAME = re.compile(r"</?([a-zA-Z][\w-]*)|<[!?]")
_INLINE = frozenset("a b em i small span strong sub sup u A B".split())


def text_of(value: Any) -> tuple[str, ...]:
    """Returns the paragraphs of a text of linked data: its markup read, what was escaped (twice too) restored."""
    if isinstance(value, str):
        return _lines(value)
    lines: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict):
            waiting.append(one.get("text") or one.get("@value") or one.get("name"))
        elif isinstance(one, str):
            lines += _lines(one)
    return tuple(lines)


def _lines(value: str) -> tuple[str, ...]:
    for _ in range(2):
        if "&" in value and REFERENCE.search(value):
            value = unescape(value)
    if "<" in value:
        tags = set(_TAG_NAME.findall(value))
        if tags and tags <= _INLINE:
            # Most markup in linked data is a link or two; a parser of its own for each takes as long as all the rest.
            value = _TAG.sub("", value)
        elif _TAG.search(value):
            # Where there are tags, line ends part paragraphs only if no tag does.
            broken = re.search(r"</?(?:p|br|div|li|h\d)\b", value, re.IGNORECASE)
            return paragraphs(value if broken else re.sub(r"\n+", "<br><br>", value), unread=_UNREAD)
    return tuple(line for one in value.splitlines() if (line := plain(one)))


def line_of(value: Any) -> str:
    """Returns a text of linked data on one line."""
    return " ".join(text_of(value))


def names_of(value: Any, by_id: dict[str, dict[str, Any]]) -> str:
    """Returns the names of persons or organisations with commas between; references by `@id` are followed."""
    names = []
    for one in as_list(value):
        if isinstance(one, dict) and "name" not in one:
            one = by_id.get(str(one.get("@id")), one)
        given = one.get("name") if isinstance(one, dict) else one
        name = without_by(line_of(given if not isinstance(given, list) else given[:1]))
        if name and "://" not in name:
            names.append(name)
    return join_names(names)


def as_list(value: Any) -> list[Any]:
    """A lone value, a list, a list of lists or an ItemList: all are lists of values."""
    if isinstance(value, str) or value is None:
        return [value] if value else []
    found: list[Any] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict) and "itemListElement" in one:
            waiting.append(one["itemListElement"])
        elif isinstance(one, dict) and "item" in one and "listitem" in types_of(one):
            waiting.append(one["item"])
        elif one is not None:
            found.append(one)
    return found


def types_of(record: dict[str, Any]) -> set[str]:
    given = record.get("@type")
    names = given if isinstance(given, list) else [given]
    return {name.rpartition("/")[2].rpartition(":")[2].lower() for name in names if isinstance(name, str)}
