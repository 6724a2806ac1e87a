"""The entries of a live page as the page shows them: heading, byline, key events and notes of each entry.

Times are read by `entry_times`, text by `entry_text`, ids by `entry_keys`. The same rules apply in any container; a
row of `entry_containers.DIALECTS` says only what they would miss. Used by `live_page`.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from lxml import etree

from ...items import SectionItem
from ...times import Moment
from ..bylines import is_full_name
from ..loose_values import names_of
from ..markup import HEADINGS, Element, local_name, opening_words, plain, words_of
from ..part_names import (
    MAX_LABEL_CHARS,
    PART_NAME_ATTRIBUTES,
    has_class,
    has_part_name,
    is_inside,
    pattern_test,
    with_any_attribute,
    word_test,
)
from ..web import lead_above
from .entry_containers import MIN_UNNAMED_ENTRIES, TIME_NAMES, UNKNOWN_DIALECT, Dialect, find_entries, outermost
from .entry_keys import element_key, entry_key
from .entry_location import locate_entries
from .entry_text import LABEL, NOT_TEXT, heading_text, paragraphs_of
from .entry_times import entry_times
from .flat_entries import ticker_entries, with_following
from .selectors import select

_KEY_EVENT_LABEL = re.compile(r"^\W*key (?:event|moment|update|point)s?\W*$", re.IGNORECASE)
_KEY_EVENT_CLASS = word_test(r"(?:is-)?key-?(?:event|moment|post|point|update)s?")
_WITHDRAWN_CLASS = word_test(r"deleted|withdrawn|removed|tombstone|retracted")
_CORRECTION_CLASS = word_test(r"corrections?|clarifications?|amendments?|corrected")
# Not the author of a quoted comment: comment-author.
_AUTHOR_CLASS = pattern_test(
    re.compile(
        r"(?:^|(?<!comment)(?<!quote)[-_\s])(?:byline|authors?|author-?names?|[^\W_]*contributors?(?:-?names?)?|"
        r"reporter|journalist)(?=$|[-_\s])(?!-role)",
        re.IGNORECASE,
    )
)
_ADVERTISEMENT_CLASS = pattern_test(
    re.compile(
        r"(?:^|\s|__|--)(?:is-)?(?:sponsored|advert(?:isement|orial)?s?|ads?|ad-(?:slot|unit|card)|promoted)(?=$|\s)",
        re.IGNORECASE,
    )
)
_TITLE_CLASS = word_test(r"title|headline|heading")

# Shorter texts are links to other pages.
_MIN_TEXT_CHARS = 60
_MAX_LINKED_SHARE = 0.5
_MAX_HEADING_CHARS = 300

# A longer line with a name in it is about the author.
_MAX_BYLINE_WORDS = 8
_MAX_PORTRAITS = 3

_KEY_EVENT_LIST = re.compile(r"key[-_ ]?(?:event|moment|point|update)s?", re.IGNORECASE)
_MAX_LIST_DEPTH = 6
_LIST_NAME_ATTRIBUTES = ("class", "id", "aria-label", "data-component")


@dataclass(frozen=True)
class ShownEntries:
    """What a page shows: its entries in their order, the keys in its list of key events, and problems.

    `lead` is the paragraphs above the entries, which belong to none.
    """

    entries: tuple[SectionItem, ...] = ()
    lead: tuple[str, ...] = ()
    key_events: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


def shown_entries(
    root: Element,
    attributes: str,
    *,
    named_live: bool,
    linked: Sequence[SectionItem] = (),
    page_time: Moment | None = None,
) -> ShownEntries:
    """Returns the entries of a page; none if it is no live page. O(size of the page).

    `attributes` are the values of all attributes of the page, in which containers are recognised. `named_live` says
    that the page's linked data calls it a live blog; without that the general rules want more evidence. `linked` are
    the entries of the linked data. `page_time` is when the page was updated or published, for times without a year.
    """
    problem_counts: Counter[str] = Counter()
    elements, dialect = find_entries(root, attributes, named_live=named_live)
    # A template is filled in later, an advertisement is not the outlet's.
    elements = [
        element
        for element in elements
        if next(element.iterancestors("template"), None) is None and not has_class(element, _ADVERTISEMENT_CLASS)
    ]
    if dialect is UNKNOWN_DIALECT and len(linked) > 1:
        elements = locate_entries(root, linked, elements)
    read = (_read_entry(entry, dialect, problem_counts, page_time) for entry in with_following(elements))
    entries = [entry for entry in read if entry.paragraphs or entry.heading or entry.withdrawn]
    if dialect is UNKNOWN_DIALECT and not named_live and not (_have_text(entries) and _are_unlinked(elements)):
        entries = []
    if not entries:
        return ShownEntries(*ticker_entries(root, page_time))
    problems = tuple(f"{text} ({count} times)" if count > 1 else text for text, count in problem_counts.items())
    # The heading of a list of key events, whose items are the entries.
    lead = tuple(text for text in lead_above(root, elements[0]) if not _KEY_EVENT_LABEL.match(text))
    return ShownEntries(tuple(entries), lead, _listed_key_events(root, attributes, elements), problems)


def _have_text(entries: Sequence[SectionItem]) -> bool:
    """Whether these are entries with a text, not a list of links to other pages."""
    long = sum(len(entry.text) >= _MIN_TEXT_CHARS for entry in entries)
    return len(entries) >= MIN_UNNAMED_ENTRIES and long * 2 > len(entries)


def _are_unlinked(elements: Sequence[Element]) -> bool:
    """Whether the text of most elements is mainly outside links."""
    unlinked = 0
    for element in elements:
        linked_chars = sum(len("".join(link.itertext())) for link in element.iter("a"))
        unlinked += linked_chars <= _MAX_LINKED_SHARE * len("".join(element.itertext()))
    return unlinked * 2 > len(elements)


def _read_entry(entry: Element, dialect: Dialect, problems: Counter[str], page_time: Moment | None) -> SectionItem:
    # A list keeps the objects alive: lxml makes new objects for the elements in each walk.
    parts = [part for part in entry.iterdescendants() if isinstance(part.tag, str)]
    named = with_any_attribute(parts, PART_NAME_ATTRIBUTES)
    heading = _heading(entry, parts, dialect)
    times = entry_times(entry, parts, problems, page_time)
    byline, byline_element = _byline(entry, parts, named, dialect)
    notes = [part for part in parts if has_class(part, _CORRECTION_CLASS)]
    apart = (
        {element for element in (heading, byline_element) if element is not None}
        | times.lines
        | set(outermost(notes))
        | {part for part in named if has_part_name(part, NOT_TEXT)}
    )
    bodies = outermost(select(dialect.body, entry)) if dialect.body else []
    texts = [text for body in bodies for text in paragraphs_of(body, apart)] or list(paragraphs_of(entry, apart))
    return SectionItem(
        paragraphs=tuple(texts),
        heading=heading_text(heading) if heading is not None else "",
        key=element_key(entry),
        byline=byline,
        published=times.published,
        updated=times.updated,
        key_event=_is_key_event(entry, dialect),
        withdrawn=entry.get("data-tombstone") is not None or has_class(entry, _WITHDRAWN_CLASS),
        note=" ".join(words_of(note) for note in outermost(notes)),
    )


def _heading(entry: Element, parts: Sequence[Element], dialect: Dialect) -> Element | None:
    """Returns the dialect's heading, or the first before any paragraph; later headings are inside the text."""
    if dialect.heading:
        found = select(dialect.heading, entry)
        if found:
            return found[0]
    titled = None
    for element in parts:
        name = local_name(element)
        if name in ("p", "li") and words_of(element) and not _is_line_above(element):
            # A quoted post may be above the heading.
            if not is_inside(element, entry, ("blockquote",)):
                break
        elif name in HEADINGS or element.get("itemprop") == "headline":
            if heading_text(element):
                return element
        elif titled is None and has_class(element, _TITLE_CLASS) and words_of(element):
            titled = element
    return titled if titled is not None and len(words_of(titled)) <= _MAX_HEADING_CHARS else None


def _is_line_above(paragraph: Element) -> bool:
    """Whether a paragraph is a line above the text: a title by its class, a byline, a time."""
    return (
        has_class(paragraph, _TITLE_CLASS)
        or has_class(paragraph, _AUTHOR_CLASS)
        or any(True for _ in paragraph.iter(*TIME_NAMES))
    )


def _byline(
    entry: Element, parts: Sequence[Element], named: Sequence[Element], dialect: Dialect
) -> tuple[str, Element | None]:
    """Returns the names of the entry's authors, and the element that has them."""
    found = select(dialect.byline, entry) if dialect.byline else []
    if not found:
        found = [
            part
            for part in parts
            if (has_class(part, _AUTHOR_CLASS) or "author" in (part.get("itemprop") or "", part.get("rel") or ""))
            and not is_inside(part, entry, ("blockquote", "p", "li"))
        ]
        found += [part for part in named if has_part_name(part, _AUTHOR_CLASS)]
    for element in found:
        if any(len(words_of(line).split()) > _MAX_BYLINE_WORDS for line in element.iter("p", "li")):
            continue
        name = next((part for part in element.iter() if part.get("itemprop") == "name"), None)
        text = _first_line(element) if name is None else words_of(name)
        text = text or plain((element if name is None else name).get("content"))
        if text and len(text) <= MAX_LABEL_CHARS and not LABEL.match(text):
            return names_of(text, {}), element
    return _portrait_name(entry)


def _portrait_name(entry: Element) -> tuple[str, Element | None]:
    """Returns the name beside a portrait, which is also the description of the picture, and its element."""
    for portrait in islice(entry.iter("img", "amp-img"), _MAX_PORTRAITS):
        name = plain(portrait.get("alt"))
        if is_full_name(name) and len(name) <= MAX_LABEL_CHARS:
            for element in entry.iter("span", "div", "a", "strong", "address", "cite"):
                if plain(element.text) == name and not is_inside(
                    element, entry, ("p", "li", "blockquote", "figcaption")
                ):
                    return names_of(name, {}), element
    return "", None


def _first_line(element: Element) -> str:
    """Returns the words of an element up to its first line break: a name, not the job under it."""
    parts: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if local_name(part) == "br" and "".join(parts).strip():
            break
        text = part.text if event == "start" else part.tail if part is not element else ""
        parts.append(text or "")
    return plain("".join(parts))


def _is_key_event(entry: Element, dialect: Dialect) -> bool:
    if dialect.key_event and select(dialect.key_event, entry, also_self=True):
        return True
    value = (entry.get("data-key-event") or entry.get("data-is-key-event") or "").lower()
    if value in ("true", "1", "yes") or has_class(entry, _KEY_EVENT_CLASS):
        return True
    labels = entry.iterdescendants("mark", "span", "strong", "div")
    return any(_KEY_EVENT_LABEL.match(label.text or "") for label in labels)


def _listed_key_events(root: Element, attributes: str, entries: Sequence[Element]) -> frozenset[str]:
    """Returns the keys of entries to which the page's list of key events links."""
    listed = _keys_below_heading(root)
    if not _KEY_EVENT_LIST.search(attributes):
        return frozenset(listed)
    is_list: Callable[[Element], bool] = cache(_is_key_event_list)
    within = set(entries)
    for link in root.iter("a"):
        key = entry_key(link.get("data-id") or link.get("href") or "")
        if (
            key
            and key not in listed
            and any(map(is_list, islice(link.iterancestors(), _MAX_LIST_DEPTH)))
            and within.isdisjoint(link.iterancestors())
        ):
            listed.add(key)
    return frozenset(listed)


def _is_key_event_list(element: Element) -> bool:
    return any(_KEY_EVENT_LIST.search(name) for key in _LIST_NAME_ATTRIBUTES if (name := element.get(key)))


def _keys_below_heading(root: Element) -> set[str]:
    """Returns the keys in a list whose heading says that it is of key events."""
    listed = set()
    for heading in root.iter(*HEADINGS):
        if len(heading) <= 1 and _KEY_EVENT_LABEL.match(opening_words(heading, MAX_LABEL_CHARS)):
            below = heading.getnext()
            links = below.iter("a") if below is not None and local_name(below) in ("ul", "ol") else ()
            listed |= {entry_key(link.get("href") or "") for link in links}
    return listed - {""}
