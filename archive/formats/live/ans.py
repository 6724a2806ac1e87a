"""ANS, the schema of the Arc content system: a live story, whose elements are stories of their own.

Pages rendered from it carry it in their scripts (`Fusion.globalContent`, Next.js's `globalContent`); live_state finds
it there. Lists of stories, such as a section's front, hold stories too and are none: their type is another.
Shape: {"type": "story", "headlines": {"basic"}, "content_elements": [{"type": "story", "_id", "headlines",
"credits": {"by": [{"name"}]}, "content_elements": [{"type": "text", "content"}]}]}. Source: Arc's ANS 0.10.
"""

from collections.abc import Iterator
from typing import Any

from ...items import SectionItem
from ...times import Moment, TimeError
from ..loose_values import line_of, moment_of, names_of, text_of
from ..markup import plain
from .live_merge import entry_key

# In the order of trust: what readers see; when it went out; when that was first.
_PUBLISHED = ("display_date", "first_publish_date", "publish_date")
_MOST_ELEMENTS = 5_000

# Elements that are text, and where in them it stands.
_TEXT_KEYS = {"text": "content", "header": "content", "blockquote": "content", "correction": "text"}
_HOLDERS = {"quote": "content_elements", "list": "items"}


def live_entries(record: dict[str, Any], problems: list[str]) -> tuple[SectionItem, ...]:
    """Returns the entries of a live story in its order; none for any other record. O(its size)."""
    if record.get("type") != "story":
        return ()
    stories = [one for one in _dicts(record.get("content_elements")) if one.get("type") == "story"]
    entries = [_entry(one, problems) for one in stories[:_MOST_ELEMENTS]]
    return tuple(one for one in entries if one.paragraphs or one.heading)


def _entry(story: dict[str, Any], problems: list[str]) -> SectionItem:
    extra = story.get("additional_properties")
    shown_first = extra.get("first_display_date") if isinstance(extra, dict) else None
    given = [shown_first, *(story.get(key) for key in _PUBLISHED)]
    credit = story.get("credits")
    return SectionItem(
        paragraphs=tuple(_paragraphs(story)),
        heading=line_of(_basic(story.get("headlines"))),
        key=_key(story),
        byline=names_of(credit.get("by") if isinstance(credit, dict) else None, {}),
        published=_first_moment(given, problems),
        updated=_first_moment([story.get("last_updated_date")], problems),
    )


def _key(story: dict[str, Any]) -> str:
    given = story.get("_id")
    return entry_key(plain(given)) or plain(given) if isinstance(given, str) else ""


def _basic(value: Any) -> Any:
    return value.get("basic") if isinstance(value, dict) else value


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _paragraphs(story: dict[str, Any]) -> Iterator[str]:
    """Yields the texts of a story: paragraphs, headings, quotes, the items of lists."""
    waiting = _dicts(story.get("content_elements"))[::-1]
    for _ in range(_MOST_ELEMENTS):
        if not waiting:
            return
        element = waiting.pop()
        kind = str(element.get("type"))
        if kind in _TEXT_KEYS:
            yield from text_of(element.get(_TEXT_KEYS[kind]))
        elif kind in _HOLDERS:
            waiting += _dicts(element.get(_HOLDERS[kind]))[::-1]


def _first_moment(values: list[Any], problems: list[str]) -> Moment | None:
    for value in values:
        if value:
            try:
                return moment_of(value)
            except TimeError as error:
                problems.append(f"the time of an entry: {error}; left out")
    return None
