"""ANS, the schema of the Arc content system: a live story, whose elements are stories of their own.

Pages rendered from it carry it in their scripts (`Fusion.globalContent`, Next.js's `globalContent`), where
`script_state` finds it. Other lists of stories, such as a section's front, have another type and are not read. Shape:
{"type": "story", "headlines": {"basic"}, "content_elements": [{"type": "story", "_id", "headlines",
"credits": {"by": [{"name"}]}, "content_elements": [{"type": "text", "content"}]}]}. Source: Arc's ANS 0.10. Pure.
"""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from ...items import SectionItem
from ...times import Moment, TimeError
from ..loose_values import line_of, names_of, text_of
from ..markup import plain
from ..stated_times import read_time
from .entry_keys import entry_key

# The most trusted first: the date that readers see, that of the first publication, that of the last.
_PUBLISHED_KEYS = ("display_date", "first_publish_date", "publish_date")
_MAX_ELEMENTS = 5_000

# Type of an element with text -> the key of its text.
_TEXT_KEYS = {"text": "content", "header": "content", "blockquote": "content", "correction": "text"}
# Type of an element with other elements -> the key of their list.
_LIST_KEYS = {"quote": "content_elements", "list": "items"}


def live_entries(record: dict[str, Any], problems: list[str]) -> tuple[SectionItem, ...]:
    """Returns the entries of a live story in its order; none for other records. O(its size)."""
    if record.get("type") != "story":
        return ()
    stories = [element for element in _objects(record.get("content_elements")) if element.get("type") == "story"]
    entries = [_entry(story, problems) for story in stories[:_MAX_ELEMENTS]]
    return tuple(entry for entry in entries if entry.paragraphs or entry.heading)


def live_lead(record: dict[str, Any]) -> tuple[str, ...]:
    """Returns the texts of a live story above its first entry."""
    elements = _objects(record.get("content_elements"))
    own = [*takewhile(lambda element: element.get("type") != "story", elements)]
    return tuple(_paragraphs({"content_elements": own}))


def _entry(story: dict[str, Any], problems: list[str]) -> SectionItem:
    extra = story.get("additional_properties")
    first_display = extra.get("first_display_date") if isinstance(extra, dict) else None
    published = [first_display, *(story.get(key) for key in _PUBLISHED_KEYS)]
    credit = story.get("credits")
    return SectionItem(
        paragraphs=tuple(_paragraphs(story)),
        heading=line_of(_basic(story.get("headlines"))),
        key=_key(story),
        byline=names_of(credit.get("by") if isinstance(credit, dict) else None, {}),
        published=_first_moment(published, problems),
        updated=_first_moment([story.get("last_updated_date")], problems),
    )


def _key(story: dict[str, Any]) -> str:
    story_id = story.get("_id")
    return entry_key(plain(story_id)) or plain(story_id) if isinstance(story_id, str) else ""


def _basic(value: Any) -> Any:
    return value.get("basic") if isinstance(value, dict) else value


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _paragraphs(story: dict[str, Any]) -> Iterator[str]:
    """Yields the texts of a story: paragraphs, headings, quotes, the items of lists."""
    waiting = _objects(story.get("content_elements"))[::-1]
    for _ in range(_MAX_ELEMENTS):
        if not waiting:
            return
        element = waiting.pop()
        kind = str(element.get("type"))
        if kind in _TEXT_KEYS:
            yield from text_of(element.get(_TEXT_KEYS[kind]))
        elif kind in _LIST_KEYS:
            waiting += _objects(element.get(_LIST_KEYS[kind]))[::-1]


def _first_moment(values: list[Any], problems: list[str]) -> Moment | None:
    for value in values:
        if value:
            try:
                return read_time(value)
            except TimeError as error:
                problems.append(f"the time of an entry: {error}; left out")
    return None
