"""The entries of a live blog among the records of a content system (WordPress, Portable Text and others).

A record is an entry by its type: `LiveblogUpdate`, `liveblog-update`, `LiveBlogPost`. FIELDS are the names that its
fields have in different systems. The record of the live blog itself has the headline and, in `children`, the order.
Does not decode the data; `script_state` and `live_state` do, and use this module. Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...items import SectionItem
from ...times import NO_ZONE, Moment, TimeError
from ..loose_values import line_of, names_of
from ..markup import plain
from ..stated_times import read_time
from . import ans
from .entry_merge import merge_entries
from .lead import without_entries
from .rich_text import rich_text

# Field -> its keys, the most trusted first.
FIELDS: Mapping[str, Sequence[str]] = {
    "key": ("id", "databaseId", "postId", "uuid", "_id", "slug"),
    "heading": ("title", "headline", "heading"),
    "text": ("content", "body", "bodyHtml", "html", "articleBody", "text"),
    "byline": ("author", "authors", "byline", "contributors"),
    "published": (
        "publishedTime publishedAt datePublished published_at dateGmt date_gmt date publishedDate publishDate "
        "firstPublished createdAt created_at"
    ).split(),
    "updated": (
        "modifiedGmt modified_gmt modified updatedAt dateModified updated_at lastModified lastUpdated updated"
    ).split(),
    "standfirst": ("excerpt", "standfirst", "description", "summary"),
    "url": ("link", "url", "canonicalUrl", "permalink"),
}
_KEY_EVENT_KEYS = ("isKeyEvent", "keyEvent", "isKey")

TYPE_KEYS = ("__typename", "postType", "post_type", "_type", "type", "contentType")
# How the types of entries are written.
ENTRY_TYPE = r"live[-_ ]?blog[-_ ]?(?:update|entry|post|item)s?|live[-_ ]?(?:update|entry|post)"
_ENTRY_TYPE = re.compile(ENTRY_TYPE, re.IGNORECASE)
_BLOG_TYPE = re.compile(r"live[-_ ]?blog(?:posting|page|article)?", re.IGNORECASE)

# A content system's state has thousands of objects, a bomb millions.
_MAX_OBJECTS = 200_000


@dataclass(frozen=True)
class LiveState:
    """The entries of a live blog in its order, its own record, and the texts above the entries."""

    entries: tuple[SectionItem, ...] = ()
    blog: dict[str, Any] | None = None
    problems: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()


def read_records(value: Any) -> LiveState:
    """Returns the entries among the objects in a value, at any depth; never raises. O(number of objects)."""
    records: list[dict[str, Any]] = []
    blogs: list[dict[str, Any]] = []
    times: dict[str, Moment] = {}
    problems: list[str] = []
    ans_entries: tuple[SectionItem, ...] = ()
    lead: tuple[str, ...] = ()
    for record in _objects(value):
        story_entries = ans.live_entries(record, problems)
        if len(story_entries) > max(1, len(ans_entries)):
            ans_entries, lead = story_entries, ans.live_lead(record)
        types = [name for key in TYPE_KEYS if isinstance(name := record.get(key), str)]
        key = line_of(first_value(record, "key"))
        if any(_ENTRY_TYPE.fullmatch(name) for name in types) and first_value(record, "text"):
            records.append(record)
        elif any(_BLOG_TYPE.fullmatch(name) for name in types) or (
            isinstance(record.get("children"), list) and first_value(record, "heading")
        ):
            blogs.append(record)
        if key and (moment := first_moment(record, "published", [])) and moment.rule != NO_ZONE:
            times.setdefault(key, moment)
    entries = [_entry(record, times, problems) for record in records]
    entries = [entry for entry in entries if entry.paragraphs or entry.heading]
    blog = max(blogs, key=_child_count, default=None)
    if entries:
        lead = without_entries(rich_text(first_value(blog, "text")), entries) if blog else ()
    else:
        entries = list(ans_entries)
    return LiveState(_in_order(merge_entries(entries, ()), blog), blog, tuple(dict.fromkeys(problems)), lead)


def _child_count(blog: dict[str, Any]) -> int:
    children = blog.get("children")
    return len(children) if isinstance(children, list) else 0


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yields every object in a value at any depth, each once, although it may be in several places."""
    waiting = [value]
    seen: set[int] = set()
    for _ in range(_MAX_OBJECTS):
        if not waiting:
            return
        holder = waiting.pop()
        if id(holder) in seen:
            continue
        seen.add(id(holder))
        if isinstance(holder, dict):
            yield holder
            waiting += [part for part in reversed(holder.values()) if isinstance(part, dict | list)]
        elif isinstance(holder, list):
            waiting += [part for part in reversed(holder) if isinstance(part, dict | list)]


def first_value(record: dict[str, Any], field: str) -> Any:
    """Returns the first value of a field of FIELDS that is not empty; None if there is none."""
    value = next((record[key] for key in FIELDS[field] if record.get(key) not in (None, "", [], {})), None)
    # WordPress wraps texts that it has rendered.
    return value["rendered"] if isinstance(value, dict) and isinstance(value.get("rendered"), str) else value


def first_moment(record: dict[str, Any], field: str, problems: list[str]) -> Moment | None:
    """Returns the first valid time of a field of FIELDS; adds the invalid ones before it to `problems`."""
    for key in FIELDS[field]:
        value = record.get(key)
        if value in (None, "", 0):
            continue
        try:
            moment = read_time(value)
            # The name of the key is its zone.
            return read_time(f"{value}Z") if moment.rule == NO_ZONE and key.lower().endswith("gmt") else moment
        except TimeError as error:
            problems.append(f"{key} {error}; left out")
    return None


def record_key(record: dict[str, Any]) -> str:
    """Returns the id of a record; empty if it has none."""
    value = first_value(record, "key")
    return plain(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _entry(record: dict[str, Any], times: dict[str, Moment], problems: list[str]) -> SectionItem:
    key = record_key(record)
    published = first_moment(record, "published", problems)
    if published is None or published.rule == NO_ZONE:
        # Another record of the same entry, as in a list of its blog, may have its time with a zone.
        published = times.get(key) or published
    heading = record.get("shouldDisplayTitle") is not False and first_value(record, "heading")
    return SectionItem(
        paragraphs=rich_text(first_value(record, "text")),
        heading=line_of(heading),
        key=key,
        byline=names_of(first_value(record, "byline"), {}),
        published=published,
        updated=first_moment(record, "updated", problems),
        key_event=any(record.get(name) is True for name in _KEY_EVENT_KEYS),
    )


def _in_order(entries: tuple[SectionItem, ...], blog: dict[str, Any] | None) -> tuple[SectionItem, ...]:
    """Returns the entries in the order of the blog's `children`; those that it does not name come last."""
    children = blog.get("children") if blog else None
    if not isinstance(children, list):
        return entries
    # The first place of a key that is named twice.
    places = {
        str(record_key(child) if isinstance(child, dict) else child): at
        for at, child in reversed(list(enumerate(children)))
    }
    return tuple(sorted(entries, key=lambda entry: places.get(entry.key, len(places))))
