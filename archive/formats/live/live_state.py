"""Entries in the data that a live page is made from: state in its scripts (Apollo, Next.js, Nuxt and kin), or answers.

Content systems that render in the browser put their records into the page, or hand them out by GraphQL (Al Jazeera's
does). A record is an entry by its type: `LiveblogUpdate`, `liveblog-update`, `LiveBlogPost`. Its fields have the
names of FIELDS; the record of the live blog itself gives headline and, in `children`, the order.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...errors import ReadError
from ...items import ArticleItem, Hints, Item, SectionItem
from ...times import NO_ZONE, Moment, TimeError
from ..input import Limits
from ..json_values import load_json
from ..loose_values import line_of, moment_of, names_of
from ..markup import Element, plain
from ..script_data import read_devalue, read_flight, read_literals
from . import ans
from .live_merge import merge_entries
from .rich_text import rich_text

READER = "live_state/1"

# Field -> the keys under which content systems hold it, the surest first.
FIELDS = {
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

_TYPE_KEYS = ("__typename", "postType", "post_type", "_type", "type", "contentType")
_ENTRY = r"live[-_ ]?blog[-_ ]?(?:update|entry|post|item)s?|live[-_ ]?(?:update|entry|post)"
_ENTRY_TYPE = re.compile(_ENTRY, re.IGNORECASE)
_ENTRY_NAME = re.compile(rf'"(?:{_ENTRY})\\*"', re.IGNORECASE)
_BLOG_TYPE = re.compile(r"live[-_ ]?blog(?:posting|page|article)?", re.IGNORECASE)
_SOURCE = re.compile(
    r'"(?:__typename|postType|post_type|_type|type|contentType)\\*"\s*:\s*\\*"live[-_ ]?(?:blog|update)', re.IGNORECASE
)
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")

# A state holds thousands of objects, a bomb millions.
_MOST_OBJECTS = 200_000


@dataclass(frozen=True)
class State:
    """The entries of a live blog in the order of its record, and that record's own words."""

    entries: tuple[SectionItem, ...] = ()
    blog: dict[str, Any] | None = None
    problems: tuple[str, ...] = ()


def page_state(root: Element) -> State:
    """Returns the entries in the scripts of a page; O(its size), and little where none speaks of a live blog."""
    scripts = [one for one in root.iter("script") if "ld+json" not in (one.get("type") or "")]
    codes = [one.text or "" for one in scripts]
    # The pattern is asked last: a page has more code than words.
    if not any(('"live' in code.lower() and _ENTRY_NAME.search(code)) or _is_ans(code) for code in codes):
        return State()
    values, notes = _framework_values(codes, [one.text or "" for one in scripts if _is_flat(one)])
    # What Nuxt assigns may be plain JSON, and is read already.
    values += [value for code in codes if "__NUXT__" not in code for value in _script_values(code.strip())]
    if not values:
        return State(problems=tuple(notes))
    state = read_state(values)
    return replace(state, problems=(*notes, *state.problems))


def _framework_values(codes: list[str], flat: list[str]) -> tuple[list[Any], list[str]]:
    """Returns what frameworks write into scripts in ways of their own, and what of it could not be read."""
    found, note = read_flight(code for code in codes if "__next_f" in code)
    values, notes = found, [note]
    for code in flat:
        value, note = read_devalue(code)
        values.append(value)
        notes.append(note)
    for code in codes:
        if "__NUXT__" in code:
            found, note = read_literals(code)
            values += found
            notes.append(note)
    return values, [note for note in notes if note]


def _is_flat(script: Element) -> bool:
    return script.get("id") == "__NUXT_DATA__" or script.get("data-nuxt-data") is not None


# A story, its text and two entries at least.
_FEWEST_ELEMENTS = 3
_ASSIGNMENT = re.compile(r"(?:^|[=(]\s*)(?=[\[{\"'])")
_SPEAKS_OF_ENTRIES = re.compile(r"live[-_ ]?(?:blog|update|entry|post)", re.IGNORECASE)
_MOST_ASSIGNMENTS = 100


def _is_ans(code: str) -> bool:
    return code.count("content_elements") >= _FEWEST_ELEMENTS


def _script_values(code: str) -> Iterator[Any]:
    """Yields what a script holds or assigns that is an object or a list, JSON within a string too."""
    if not (_SPEAKS_OF_ENTRIES.search(code) or _is_ans(code)):
        return
    at = 0
    for _ in range(_MOST_ASSIGNMENTS):
        match = _ASSIGNMENT.search(code, at)
        if match is None:
            return
        value, at = _decoded(code, match.end())
        if isinstance(value, str):
            value, _ = _decoded(value.lstrip(), 0)
        if isinstance(value, dict | list):
            yield value


def _decoded(code: str, start: int) -> tuple[Any, int]:
    """Returns the JSON that begins there and where it ends; None, and how far it was any, where it is broken."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(code, start)
    except json.JSONDecodeError as error:
        return None, max(error.pos, start + 1)
    except (ValueError, RecursionError):
        return None, start + 1


def read_state(value: Any) -> State:
    """Returns the entries among the objects in a value, at any depth; never raises."""
    records: list[dict[str, Any]] = []
    blogs: list[dict[str, Any]] = []
    times: dict[str, Moment] = {}
    problems: list[str] = []
    stories: tuple[SectionItem, ...] = ()
    for record in _objects(value):
        told = ans.live_entries(record, problems)
        stories = told if len(told) > max(1, len(stories)) else stories
        kinds = [kind for name in _TYPE_KEYS if isinstance(kind := record.get(name), str)]
        key = line_of(_first(record, "key"))
        if any(_ENTRY_TYPE.fullmatch(kind) for kind in kinds) and _first(record, "text"):
            records.append(record)
        elif any(_BLOG_TYPE.fullmatch(kind) for kind in kinds) or (
            isinstance(record.get("children"), list) and _first(record, "heading")
        ):
            blogs.append(record)
        if key and (moment := _moment(record, "published", [])) and moment.rule != NO_ZONE:
            times.setdefault(key, moment)
    entries = [_entry(record, times, problems) for record in records]
    entries = [one for one in entries if one.paragraphs or one.heading] or list(stories)
    blog = max(blogs, key=_child_count, default=None)
    return State(_ordered(merge_entries(entries, ()), blog), blog, tuple(dict.fromkeys(problems)))


def _child_count(blog: dict[str, Any]) -> int:
    children = blog.get("children")
    return len(children) if isinstance(children, list) else 0


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    # What stands in several places is one record.
    seen: set[int] = set()
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            return
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, dict):
            yield one
            waiting += [each for each in reversed(one.values()) if isinstance(each, dict | list)]
        elif isinstance(one, list):
            waiting += [each for each in reversed(one) if isinstance(each, dict | list)]


def _first(record: dict[str, Any], field: str) -> Any:
    given = next((record[key] for key in FIELDS[field] if record.get(key) not in (None, "", [], {})), None)
    # WordPress wraps what it has made of a text.
    return given["rendered"] if isinstance(given, dict) and isinstance(given.get("rendered"), str) else given


def _moment(record: dict[str, Any], field: str, problems: list[str]) -> Moment | None:
    for key in FIELDS[field]:
        given = record.get(key)
        if given in (None, "", 0):
            continue
        try:
            moment = moment_of(given)
            # The name of the key is its zone.
            return moment_of(f"{given}Z") if moment.rule == NO_ZONE and key.lower().endswith("gmt") else moment
        except TimeError as error:
            problems.append(f"{key} {error}; left out")
    return None


def _entry(record: dict[str, Any], times: dict[str, Moment], problems: list[str]) -> SectionItem:
    key = _key(record)
    published = _moment(record, "published", problems)
    if published is None or published.rule == NO_ZONE:
        # Another record of the same entry (in a list of its blog) may give its time with a zone.
        published = times.get(key) or published
    heading = record.get("shouldDisplayTitle") is not False and _first(record, "heading")
    return SectionItem(
        paragraphs=rich_text(_first(record, "text")),
        heading=line_of(heading),
        key=key,
        byline=names_of(_first(record, "byline"), {}),
        published=published,
        updated=_moment(record, "updated", problems),
        key_event=any(record.get(name) is True for name in ("isKeyEvent", "keyEvent", "isKey")),
    )


def _key(record: dict[str, Any]) -> str:
    given = _first(record, "key")
    return plain(str(given)) if isinstance(given, str | int) and not isinstance(given, bool) else ""


def _ordered(entries: tuple[SectionItem, ...], blog: dict[str, Any] | None) -> tuple[SectionItem, ...]:
    """In the order of the blog's `children`; those that it does not name come last."""
    children = blog.get("children") if blog else None
    if not isinstance(children, list):
        return entries
    places = {str(_key(one) if isinstance(one, dict) else one): at for at, one in reversed(list(enumerate(children)))}
    return tuple(sorted(entries, key=lambda one: places.get(one.key, len(places))))


def sniff(head: bytes, name: str) -> bool:
    """Whether this is JSON with records of a live blog in it."""
    return _OBJECT.match(head) is not None and _SOURCE.search(head.decode("ascii", "replace")) is not None


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the one live page that the answers are. Raises ReadError where there is none."""
    state = read_state(load_json(raw, limits))
    blog = state.blog or {}
    headline = line_of(_first(blog, "heading")) or (state.entries[0].heading if len(state.entries) == 1 else "")
    if not state.entries:
        raise ReadError("a live blog without an entry; save the answers for its updates in the same file, as a list")
    if not headline:
        raise ReadError("entries of a live blog without its headline; save its own record in the same file")
    problems = list(state.problems)
    listed = blog.get("children")
    if isinstance(listed, list) and len(listed) > len(state.entries):
        problems.append(f"{len(state.entries)} of the {len(listed)} entries that the live blog lists are in the file")
    url = line_of(_first(blog, "url"))
    yield ArticleItem(
        headline=headline,
        sections=state.entries,
        raw=raw,
        media_type="application/json",
        reader=READER,
        kind="live",
        source=hints.source,
        external_id=_key(blog),
        url=url if url.startswith("http") else hints.url,
        standfirst=line_of(_first(blog, "standfirst")),
        byline=names_of(_first(blog, "byline"), {}),
        published=_moment(blog, "published", problems) or hints.published,
        updated=_moment(blog, "updated", problems),
        problems=tuple(problems),
        whole_stream=True,
    )
