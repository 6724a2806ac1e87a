"""schema.org's LiveBlogPosting in a page's linked data: what it says of the page, and its updates as entries.

Read here: objects, lists, `@graph`, nested objects, references by `@id`. Microdata is markup, so entry_containers
reads it. What is a page's own is taken from no entry: its headline on every update, its time on every update.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...items import SectionItem
from ...times import Moment, TimeError
from ..loose_values import as_list, line_of, moment_of, names_of, text_of, types_of
from ..markup import plain
from .live_merge import entry_key


@dataclass(frozen=True)
class Posting:
    """A LiveBlogPosting: its own words and times, and its updates in its order."""

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


# How many objects are looked at; a page has hundreds, a bomb millions.
_MOST_OBJECTS = 100_000


def read_posting(linked_data: Iterable[dict[str, Any]]) -> Posting | None:
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
    listed = [_updates(one) for one in postings]
    posting = max(zip(postings, listed, strict=True), key=lambda one: len(one[1]))[0]
    # Some pages tell one live blog in several postings, an update or a part of them in each.
    updates = [
        update
        for one, given in zip(postings, listed, strict=True)
        if one is posting or _is_of_one(one, posting)
        for update in given or parts.get(str(one.get("@id")), [])
    ]
    return _posting({**posting, "liveBlogUpdate": updates}, by_id)


def _is_of_one(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return any(one.get(name) and one.get(name) == other.get(name) for name in ("@id", "url", "headline"))


# What posts are listed under; not all systems write it as schema.org does.
_UPDATE_KEYS = ("liveBlogUpdate", "liveblogUpdate", "liveBlogUpdates", "blogPost", "blogPosts", "hasPart")
# Pictures and films that are listed with the updates, and parts of a page that are none.
_NO_UPDATES = frozenset(
    ("videoobject", "imageobject", "audioobject", "mediaobject", "clip", "webpageelement", "webpage")
)


def _updates(record: dict[str, Any]) -> list[Any]:
    found = next((given for name in _UPDATE_KEYS if (given := as_list(record.get(name)))), [])
    return [one for one in found if not (isinstance(one, dict) and _NO_UPDATES & types_of(one))]


# What of an object is not looked through: `@graph` has been flattened, updates hold no posting.
_WITHIN = ("@graph", "liveBlogUpdate")


def _objects(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Yields every object in the values, at any depth."""
    waiting: list[Any] = list(values)
    waiting.reverse()
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += [value for key, value in one.items() if key not in _WITHIN and isinstance(value, dict | list)]
        elif isinstance(one, list):
            waiting += [value for value in one if isinstance(value, dict | list)]


def _posting(record: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> Posting:
    reading = _Reading(by_id)
    headline = line_of(record.get("headline")) or line_of(record.get("name"))
    published = reading.time(record, ("datePublished", "dateCreated"))
    updated = reading.time(record, ("dateModified",))
    entries = []
    for update in as_list(record.get("liveBlogUpdate")):
        one = by_id.get(str(update.get("@id")), update) if isinstance(update, dict) and len(update) < 3 else update
        if isinstance(one, dict):
            entries.append(_entry(one, reading))
        else:
            reading.problems["an update of the linked data is no object; left out"] += 1
    kept = _without_the_pages_own(entries, headline, published, updated, reading.problems)
    keywords = record.get("keywords")
    topics = keywords.split(",") if isinstance(keywords, str) else as_list(keywords)
    return Posting(
        headline=headline,
        standfirst=" ".join(text_of(record.get("description"))),
        byline=reading.names(record.get("author")),
        source=reading.names(record.get("publisher")),
        url=next((url for url in _addresses(record) if url.startswith("http")), "").partition("#")[0],
        language=line_of(record.get("inLanguage")),
        published=published,
        updated=updated,
        topics=tuple(dict.fromkeys(topic for one in topics if (topic := line_of(one)))),
        entries=tuple(one for one in kept if one.paragraphs or one.heading or one.withdrawn),
        problems=tuple(f"{text} ({count} times)" if count > 1 else text for text, count in reading.problems.items()),
    )


def _addresses(record: dict[str, Any]) -> Iterator[str]:
    """Yields what the object gives as its address or id."""
    for key in ("url", "@id", "mainEntityOfPage", "identifier", "sameAs"):
        for value in as_list(record.get(key)):
            one = value.get("@id") or value.get("url") or value.get("value") if isinstance(value, dict) else value
            if isinstance(one, str | int):
                yield plain(str(one))


def _entry(record: dict[str, Any], reading: "_Reading") -> SectionItem:
    given = (record.get(key) for key in ("articleBody", "text", "description"))
    body = max((text_of(one) for one in given if one), key=_length, default=())
    if not body:
        body = text_of([one.get("articleBody") for one in as_list(record.get("hasPart")) if isinstance(one, dict)])
    corrections = as_list(record.get("correction"))
    return SectionItem(
        paragraphs=body,
        heading=line_of(record.get("headline")) or line_of(record.get("name")),
        key=next((key for one in _addresses(record) if (key := entry_key(one))), ""),
        byline=reading.names(record.get("author") or record.get("creator")),
        published=reading.time(record, ("datePublished", "dateCreated")),
        updated=reading.time(record, ("dateModified",)),
        withdrawn=str(record.get("creativeWorkStatus", "")).lower() in ("deleted", "withdrawn", "retracted"),
        note=" ".join(line for one in corrections if (line := " ".join(text_of(one)))),
    )


def _length(lines: tuple[str, ...]) -> int:
    return sum(map(len, lines))


def _without_the_pages_own(
    entries: list[SectionItem],
    headline: str,
    published: Moment | None,
    updated: Moment | None,
    problems: Counter[str],
) -> list[SectionItem]:
    """Takes from each update what content systems fill in from the page where an update has nothing of its own."""
    if len(entries) < 2:
        return entries
    first = entries[0]
    strange = {
        "published": _same(first.published, published) and all(one.published == first.published for one in entries),
        "updated": _same(first.updated, updated) and all(one.updated == first.updated for one in entries),
    }
    if strange["published"]:
        problems["the linked data gives every update the page's own time; left out"] += 1
    headings = Counter(one.heading for one in entries)
    if headings[headline] < 2 and not any(strange.values()):
        return entries
    return [
        replace(
            one,
            heading="" if one.heading == headline and headings[headline] > 1 else one.heading,
            published=None if strange["published"] else one.published,
            updated=None if strange["updated"] else one.updated,
        )
        for one in entries
    ]


def _same(one: Moment | None, other: Moment | None) -> bool:
    return one is not None and other is not None and one.at == other.at


class _Reading:
    """Reads times and names, counts the times that could not be, and reads names again only where they change."""

    def __init__(self, by_id: dict[str, dict[str, Any]]) -> None:
        self.problems: Counter[str] = Counter()
        self._by_id = by_id
        self._named: tuple[Any, str] = (None, "")

    def time(self, record: dict[str, Any], keys: tuple[str, ...]) -> Moment | None:
        for key in keys:
            given = record.get(key)
            if given in (None, ""):
                continue
            try:
                return moment_of(given)
            except TimeError as error:
                self.problems[f"{key} {error}; left out"] += 1
        return None

    def names(self, value: Any) -> str:
        if value != self._named[0]:
            self._named = (value, names_of(value, self._by_id))
        return self._named[1]
