"""Values without a fixed type, as in linked data and the JSON of content systems: texts, lines and names.

Knows no format; used by the readers of such data.
"""

import re
from typing import Any

from ..byline_names import without_by
from ..bylines import join_names
from .markup import REFERENCE, UNREAD, paragraphs, plain, unescape

_UNREAD = UNREAD | {"figcaption"}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_TAG_NAME = re.compile(r"</?([a-zA-Z][\w-]*)|<[!?]")
_INLINE = frozenset("a b em i small span strong sub sup u A B".split())


def text_of(value: Any) -> tuple[str, ...]:
    """Returns the paragraphs of a text, or of the texts in lists and objects, unescaped twice and without markup."""
    if isinstance(value, str):
        return _lines(value)
    lines: list[str] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += reversed(item)
        elif isinstance(item, dict):
            waiting.append(item.get("text") or item.get("@value") or item.get("name"))
        elif isinstance(item, str):
            lines += _lines(item)
    return tuple(lines)


def _lines(value: str) -> tuple[str, ...]:
    for _ in range(2):
        if "&" in value and REFERENCE.search(value):
            value = unescape(value)
    if "<" in value:
        tags = set(_TAG_NAME.findall(value))
        if tags and tags <= _INLINE:
            # Most markup in linked data is a link or two. Parsing each would take as long as everything else.
            value = _TAG.sub("", value)
        elif _TAG.search(value):
            # In markup, line ends separate paragraphs only if no tag does.
            has_breaks = re.search(r"</?(?:p|br|div|li|h\d)\b", value, re.IGNORECASE)
            return paragraphs(value if has_breaks else re.sub(r"\n+", "<br><br>", value), unread=_UNREAD)
    return tuple(words for line in value.splitlines() if (words := plain(line)))


def line_of(value: Any) -> str:
    """Returns the text of `text_of` on one line."""
    return " ".join(text_of(value))


def names_of(value: Any, by_id: dict[str, dict[str, Any]]) -> str:
    """Returns the names of persons or organisations, with commas between. Follows references by `@id`."""
    names = []
    for party in as_list(value):
        if isinstance(party, dict) and "name" not in party:
            party = by_id.get(str(party.get("@id")), party)
        named = party.get("name") if isinstance(party, dict) else party
        name = without_by(line_of(named if not isinstance(named, list) else named[:1]))
        if name and "://" not in name:
            names.append(name)
    return join_names(names)


def as_list(value: Any) -> list[Any]:
    """Returns a flat list of the values in a value, a list, a list of lists or an ItemList."""
    if isinstance(value, str) or value is None:
        return [value] if value else []
    found: list[Any] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += reversed(item)
        elif isinstance(item, dict) and "itemListElement" in item:
            waiting.append(item["itemListElement"])
        elif isinstance(item, dict) and "item" in item and "listitem" in types_of(item):
            waiting.append(item["item"])
        elif item is not None:
            found.append(item)
    return found


def types_of(record: dict[str, Any]) -> set[str]:
    """Returns the `@type` of an object as lower-case names without their vocabulary."""
    value = record.get("@type")
    names = value if isinstance(value, list) else [value]
    return {name.rpartition("/")[2].rpartition(":")[2].lower() for name in names if isinstance(name, str)}
