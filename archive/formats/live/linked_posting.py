"""The live blog in a page's linked data: schema.org's LiveBlogPosting, with its updates as entries.

Reads objects in lists, in `@graph` and in each other, and references by `@id`. Does not read microdata; that is
markup, and `entry_containers` finds it. Leaves out what updates repeat of the page: its headline and its times. Pure;
used by `live_page`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...items import SectionItem
from ...times import Moment, TimeError
from ..loose_values import as_list, line_of, names_of, text_of, types_of
from ..markup import plain
from ..stated_times import read_time
from .entry_keys import entry_key
from .lead import without_entries


@dataclass(frozen=True)
class LinkedPosting:
    """A LiveBlogPosting: the fields of its page, its updates in their order, and the text of its own above them."""

    headline: str
    standfirst: str
    byline: str
    source: str
    url: str
    language: str
    published: Moment | None
    updated: Moment | None
    topics: tuple[str, ...]
    entries: tuple[SectionItem, ...]
    problems: tuple[str, ...]
    lead: tuple[str, ...] = ()


# A page has hundreds of objects, a bomb millions.
_MAX_OBJECTS = 100_000

# Keys of the list of updates; not all systems follow schema.org.
_UPDATE_KEYS = ("liveBlogUpdate", "liveblogUpdate", "liveBlogUpdates", "blogPost", "blogPosts", "hasPart")
# Types of objects in that list that are no updates: pictures, films, parts of the page.
_NOT_UPDATES = frozenset(
    ("videoobject", "imageobject", "audioobject", "mediaobject", "clip", "webpageelement", "webpage")
)
# Keys of an object that have no other posting in them: `@graph` is read already, updates are not postings.
_NOT_SEARCHED = ("@graph", "liveBlogUpdate")


def read_posting(linked_data: Iterable[dict[str, Any]]) -> LinkedPosting | None:
    """Returns the LiveBlogPosting with the most updates, or None; never raises. O(size of the linked data)."""
    postings = []
    parts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    by_id: dict[str, dict[str, Any]] = {}
    for record in _objects(linked_data):
        if isinstance(record.get("@id"), str) and len(record) > 2:
            by_id.setdefault(record["@id"], record)
        if "liveblogposting" in types_of(record) or len(as_list(record.get("liveBlogUpdate"))) > 1:
            postings.append(record)
        elif isinstance(whole := record.get("isPartOf"), dict) and isinstance(whole.get("@id"), str):
            parts[whole["@id"]].append(record)
    if not postings:
        return None
    listed = [_updates(posting) for posting in postings]
    posting = max(zip(postings, listed, strict=True), key=lambda pair: len(pair[1]))[0]
    # Some pages write a live blog as several postings, with one update or a part of the updates in each.
    updates = [
        update
        for other, own_updates in zip(postings, listed, strict=True)
        if other is posting or _is_same_blog(other, posting)
        for update in own_updates or parts.get(str(other.get("@id")), [])
    ]
    return _posting({**posting, "liveBlogUpdate": updates}, by_id)


def _is_same_blog(posting: dict[str, Any], other: dict[str, Any]) -> bool:
    return any(posting.get(name) and posting.get(name) == other.get(name) for name in ("@id", "url", "headline"))


def _updates(record: dict[str, Any]) -> list[Any]:
    found = next((updates for name in _UPDATE_KEYS if (updates := as_list(record.get(name)))), [])
    return [update for update in found if not (isinstance(update, dict) and _NOT_UPDATES & types_of(update))]


def _objects(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Yields every object in the values, at any depth."""
    waiting: list[Any] = list(values)
    waiting.reverse()
    for _ in range(_MAX_OBJECTS):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += [
                part for key, part in value.items() if key not in _NOT_SEARCHED and isinstance(part, dict | list)
            ]
        elif isinstance(value, list):
            waiting += [part for part in value if isinstance(part, dict | list)]


def _posting(record: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> LinkedPosting:
    values = _ValueReader(by_id)
    headline = line_of(record.get("headline")) or line_of(record.get("name"))
    published = values.time(record, ("datePublished", "dateCreated"))
    updated = values.time(record, ("dateModified",))
    entries = []
    for update in as_list(record.get("liveBlogUpdate")):
        is_reference = isinstance(update, dict) and len(update) < 3
        resolved = by_id.get(str(update.get("@id")), update) if is_reference else update
        if isinstance(resolved, dict):
            entries.append(_entry(resolved, values))
        else:
            values.problems["an update in the linked data is not an object; left out"] += 1
    own = _without_values_of_page(entries, headline, published, updated, values.problems)
    entries = [entry for entry in own if entry.paragraphs or entry.heading or entry.withdrawn]
    keywords = record.get("keywords")
    topics = keywords.split(",") if isinstance(keywords, str) else as_list(keywords)
    return LinkedPosting(
        headline=headline,
        standfirst=" ".join(text_of(record.get("description"))),
        byline=values.names(record.get("author")),
        source=values.names(record.get("publisher")),
        url=next((url for url in _identifiers(record) if url.startswith("http")), "").partition("#")[0],
        language=line_of(record.get("inLanguage")),
        published=published,
        updated=updated,
        topics=tuple(dict.fromkeys(topic for keyword in topics if (topic := line_of(keyword)))),
        entries=tuple(entries),
        problems=tuple(f"{text} ({count} times)" if count > 1 else text for text, count in values.problems.items()),
        lead=without_entries(text_of(record.get("articleBody")), entries),
    )


def _identifiers(record: dict[str, Any]) -> Iterator[str]:
    """Yields the addresses and ids of an object."""
    for key in ("url", "@id", "mainEntityOfPage", "identifier", "sameAs"):
        for value in as_list(record.get(key)):
            text = value.get("@id") or value.get("url") or value.get("value") if isinstance(value, dict) else value
            if isinstance(text, str | int):
                yield plain(str(text))


def _entry(record: dict[str, Any], values: "_ValueReader") -> SectionItem:
    bodies = (record.get(key) for key in ("articleBody", "text", "description"))
    body = max((text_of(value) for value in bodies if value), key=_length, default=())
    if not body:
        parts = as_list(record.get("hasPart"))
        body = text_of([part.get("articleBody") for part in parts if isinstance(part, dict)])
    corrections = as_list(record.get("correction"))
    return SectionItem(
        paragraphs=body,
        heading=line_of(record.get("headline")) or line_of(record.get("name")),
        key=next((key for text in _identifiers(record) if (key := entry_key(text))), ""),
        byline=values.names(record.get("author") or record.get("creator")),
        published=values.time(record, ("datePublished", "dateCreated")),
        updated=values.time(record, ("dateModified",)),
        withdrawn=str(record.get("creativeWorkStatus", "")).lower() in ("deleted", "withdrawn", "retracted"),
        note=" ".join(line for correction in corrections if (line := " ".join(text_of(correction)))),
    )


def _length(lines: tuple[str, ...]) -> int:
    return sum(map(len, lines))


def _without_values_of_page(
    entries: list[SectionItem],
    headline: str,
    published: Moment | None,
    updated: Moment | None,
    problems: Counter[str],
) -> list[SectionItem]:
    """Removes the page's headline and times, with which content systems fill empty fields of updates."""
    if len(entries) < 2:
        return entries
    first = entries[0]
    has_page_published = _is_same_time(first.published, published) and all(
        entry.published == first.published for entry in entries
    )
    has_page_updated = _is_same_time(first.updated, updated) and all(
        entry.updated == first.updated for entry in entries
    )
    if has_page_published:
        problems["the linked data gives every update the time of the page; left out"] += 1
    headings = Counter(entry.heading for entry in entries)
    if headings[headline] < 2 and not has_page_published and not has_page_updated:
        return entries
    return [
        replace(
            entry,
            heading="" if entry.heading == headline and headings[headline] > 1 else entry.heading,
            published=None if has_page_published else entry.published,
            updated=None if has_page_updated else entry.updated,
        )
        for entry in entries
    ]


def _is_same_time(moment: Moment | None, other: Moment | None) -> bool:
    return moment is not None and other is not None and moment.at == other.at


class _ValueReader:
    """Reads times, counting the invalid ones in `problems`, and names, reading again only names that change."""

    def __init__(self, by_id: dict[str, dict[str, Any]]) -> None:
        self.problems: Counter[str] = Counter()
        self._by_id = by_id
        self._last_names: tuple[Any, str] = (None, "")

    def time(self, record: dict[str, Any], keys: tuple[str, ...]) -> Moment | None:
        for key in keys:
            value = record.get(key)
            if value in (None, ""):
                continue
            try:
                return read_time(value)
            except TimeError as error:
                self.problems[f"{key} {error}; left out"] += 1
        return None

    def names(self, value: Any) -> str:
        if value != self._last_names[0]:
            self._last_names = (value, names_of(value, self._by_id))
        return self._last_names[1]
