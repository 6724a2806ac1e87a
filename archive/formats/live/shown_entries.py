"""The entries of a live page as the page shows them: what in an entry is its heading, its byline, its id.

Its times are entry_times', its text entry_text's. All are found in any container by the same rules; a row of
entry_containers.DIALECTS says only what these would miss.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from lxml import etree

from ...items import SectionItem
from ...times import Moment
from ..bylines import is_full_name
from ..loose_values import names_of
from ..markup import HEADINGS, Element, blocks, local_name, plain, words_of
from .entry_containers import FEWEST_UNNAMED, TIME_NAMES, UNKNOWN, Dialect, find_entries, outermost, own_key, select
from .entry_location import entries_as_told
from .entry_names import (
    LONGEST_LABEL,
    PART_NAMES,
    first_words,
    has_class,
    has_part_name,
    is_within,
    naming,
    part_name,
    with_any,
)
from .entry_text import LABEL, NOT_TEXT, UNREAD_IN_ENTRIES, heading_words, paragraphs_of
from .entry_times import entry_times
from .flat_entries import ticker_entries, with_what_follows
from .live_merge import entry_key

_KEY_LABEL = re.compile(r"^\W*key (?:event|moment|update|point)s?\W*$", re.IGNORECASE)
_KEY_MARK = part_name(r"(?:is-)?key-?(?:event|moment|post|point|update)s?")
_TAKEN_BACK = part_name(r"deleted|withdrawn|removed|tombstone|retracted")
_CORRECTION = part_name(r"corrections?|clarifications?|amendments?|corrected")
# Not of who is quoted: comment-author.
_AUTHOR = naming(
    re.compile(
        r"(?:^|(?<!comment)(?<!quote)[-_\s])(?:byline|authors?|author-?names?|[^\W_]*contributors?(?:-?names?)?|"
        r"reporter|journalist)(?=$|[-_\s])(?!-role)",
        re.IGNORECASE,
    )
)
_ADVERTISEMENT = naming(
    re.compile(
        r"(?:^|\s|__|--)(?:is-)?(?:sponsored|advert(?:isement|orial)?s?|ads?|ad-(?:slot|unit|card)|promoted)(?=$|\s)",
        re.IGNORECASE,
    )
)
_TITLE = part_name(r"title|headline|heading")

# Entries have a text, lists of links to other pages a line.
_FEWEST_LETTERS = 60


@dataclass(frozen=True)
class Shown:
    """What a page shows: its entries in its order, the ids in its list of key events, and what could not be taken.

    `lead` is what stands above the entries and is none of them.
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
    told: Sequence[SectionItem] = (),
    page_time: Moment | None = None,
) -> Shown:
    """Returns the entries of a page; none where it is no live page. O(size of the page).

    `attributes` is what stands in those of its elements, in which dialects are looked for; `named_live` that its
    linked data calls it a live blog, without which the general rules want more; `told` are the entries that it
    tells of; `page_time` is when the page was updated or published, for times that leave out the year.
    """
    counts: Counter[str] = Counter()
    elements, dialect = find_entries(root, attributes, named_live=named_live)
    # What scripts fill in later is none yet, what is paid for is none of the outlet's.
    elements = [
        one
        for one in elements
        if next(one.iterancestors("template"), None) is None and not has_class(one, _ADVERTISEMENT)
    ]
    if dialect is UNKNOWN and len(told) > 1:
        elements = entries_as_told(root, told, elements)
    read = (_read_entry(one, dialect, counts, page_time) for one in with_what_follows(elements))
    entries = [one for one in read if one.paragraphs or one.heading or one.withdrawn]
    if dialect is UNKNOWN and not named_live and not (_are_texts(entries) and _are_told(elements)):
        entries = []
    if not entries:
        return Shown(*ticker_entries(root, page_time))
    problems = tuple(f"{text} ({count} times)" if count > 1 else text for text, count in counts.items())
    lead = _lead(elements[0])
    return Shown(tuple(entries), lead, _listed_key_events(root, attributes, elements), problems)


_TEXT_NAMES = frozenset(("article", "main"))
_SENTENCE_END = (".", "!", "?", "”", '"', "…")


def _lead(first: Element) -> tuple[str, ...]:
    """Returns the sentences above the first entry in the article or main part that holds it."""
    holder = next(
        (
            one
            for one in first.iterancestors()
            if local_name(one) in _TEXT_NAMES or "articleBody" in (one.get("itemprop") or "").split()
        ),
        None,
    )
    if holder is None:
        return ()
    found = []

    def left_out(element: Element) -> bool:
        return element is not first and has_class(element, NOT_TEXT)

    for block in blocks(holder, unread=UNREAD_IN_ENTRIES, left_out=left_out):
        if block.element is first or first in block.element.iterancestors():
            break
        if local_name(block.element) == "p" and len(block.text) >= _FEWEST_LETTERS:
            found.append(block.text)
    return tuple(text for text in found if text.endswith(_SENTENCE_END))


def _are_texts(entries: Sequence[SectionItem]) -> bool:
    """Whether these are entries with a text, and no list of links to other pages."""
    long = sum(len(one.text) >= _FEWEST_LETTERS for one in entries)
    return len(entries) >= FEWEST_UNNAMED and long * 2 > len(entries)


_LINKED_SHARE = 0.5


def _are_told(elements: Sequence[Element]) -> bool:
    """Whether most of these say what they have to say here, and not behind links."""
    told = 0
    for one in elements:
        linked = sum(len("".join(link.itertext())) for link in one.iter("a"))
        told += linked <= _LINKED_SHARE * len("".join(one.itertext()))
    return told * 2 > len(elements)


def _read_entry(entry: Element, dialect: Dialect, problems: Counter[str], page_time: Moment | None) -> SectionItem:
    # Held until all are asked: lxml makes an element anew for each walk that meets it.
    parts = [one for one in entry.iterdescendants() if isinstance(one.tag, str)]
    named = with_any(parts, PART_NAMES)
    heading = _heading(entry, parts, dialect)
    times = entry_times(entry, parts, problems, page_time)
    byline, label = _byline(entry, parts, named, dialect)
    notes = [one for one in parts if has_class(one, _CORRECTION)]
    apart = (
        {one for one in (heading, label) if one is not None}
        | times.lines
        | set(outermost(notes))
        | {one for one in named if has_part_name(one, NOT_TEXT)}
    )
    bodies = outermost(select(dialect.body, entry)) if dialect.body else []
    texts = [text for body in bodies for text in paragraphs_of(body, apart)] or list(paragraphs_of(entry, apart))
    words = heading_words(heading) if heading is not None else ""
    return SectionItem(
        paragraphs=tuple(texts),
        heading=words,
        key=own_key(entry) or _inner_key(entry) or _linked_key(entry) or _named(entry),
        byline=byline,
        published=times.published,
        updated=times.updated,
        key_event=_is_key_event(entry, dialect),
        withdrawn=entry.get("data-tombstone") is not None or has_class(entry, _TAKEN_BACK),
        note=" ".join(words_of(one) for one in outermost(notes)),
    )


_MOST_BOXES = 4


def _inner_key(entry: Element) -> str:
    """The id of a box within the entry that holds all of it."""
    box = entry
    for _ in range(_MOST_BOXES):
        inner = list(box)
        if len(inner) != 1:
            return ""
        box = inner[0]
        if key := own_key(box):
            return key
    return ""


def _linked_key(entry: Element) -> str:
    """The entry's permalink, where it has no id: its first link within this page."""
    for link in entry.iter("a"):
        target = link.get("href") or ""
        if "#" in target or "?" in target:
            key = entry_key(target)
            if key:
                return key
    return ""


def _named(entry: Element) -> str:
    """An id without a digit, which would be no entry's anywhere else."""
    given = (entry.get("id") or "").strip()
    return given if len(given) <= LONGEST_LABEL and " " not in given else ""


def _heading(entry: Element, parts: Sequence[Element], dialect: Dialect) -> Element | None:
    """The dialect's heading, or the first before any paragraph; one further down parts the entry's own text."""
    if dialect.heading:
        found = select(dialect.heading, entry)
        if found:
            return found[0]
    titled = None
    for element in parts:
        name = local_name(element)
        if name in ("p", "li") and words_of(element) and not _is_line_above(element):
            # A post that is quoted may stand above the heading.
            if not is_within(element, entry, ("blockquote",)):
                break
        elif name in HEADINGS or element.get("itemprop") == "headline":
            if heading_words(element):
                return element
        elif titled is None and has_class(element, _TITLE) and words_of(element):
            titled = element
    return titled if titled is not None and len(words_of(titled)) <= 300 else None


def _is_line_above(paragraph: Element) -> bool:
    """Whether a paragraph before the text is no part of it: a heading by its class, a byline, a time."""
    return (
        has_class(paragraph, _TITLE) or has_class(paragraph, _AUTHOR) or any(True for _ in paragraph.iter(*TIME_NAMES))
    )


def _byline(
    entry: Element, parts: Sequence[Element], named: Sequence[Element], dialect: Dialect
) -> tuple[str, Element | None]:
    """The names of those who wrote the entry, and the element that they stand in."""
    found = select(dialect.byline, entry) if dialect.byline else []
    if not found:
        found = [
            one
            for one in parts
            if (has_class(one, _AUTHOR) or "author" in (one.get("itemprop") or "", one.get("rel") or ""))
            and not is_within(one, entry, ("blockquote", "p", "li"))
        ]
        found += [one for one in named if has_part_name(one, _AUTHOR)]
    for one in found:
        if any(len(words_of(line).split()) > _LONGEST_NAME for line in one.iter("p", "li")):
            continue  # a box that tells who the author is, with the name in it
        who = next((each for each in one.iter() if each.get("itemprop") == "name"), one)
        words = _first_line(one) if who.get("itemprop") != "name" else words_of(who)
        words = words or plain(who.get("content"))
        if words and len(words) <= LONGEST_LABEL and not LABEL.match(words):
            return names_of(words, {}), one
    return _beside_portrait(entry)


_LONGEST_NAME = 8
_MOST_PORTRAITS = 3


def _beside_portrait(entry: Element) -> tuple[str, Element | None]:
    """The name beside a portrait, which is the picture's description as well."""
    for portrait in islice(entry.iter("img", "amp-img"), _MOST_PORTRAITS):
        name = plain(portrait.get("alt"))
        if is_full_name(name) and len(name) <= LONGEST_LABEL:
            for one in entry.iter("span", "div", "a", "strong", "address", "cite"):
                if plain(one.text) == name and not is_within(one, entry, ("p", "li", "blockquote", "figcaption")):
                    return names_of(name, {}), one
    return "", None


def _first_line(element: Element) -> str:
    """The words of an element up to its first line break: a name, not the role under it."""
    parts: list[str] = []
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if local_name(one) == "br" and "".join(parts).strip():
            break
        parts.append((one.text if event == "start" else one.tail if one is not element else "") or "")
    return plain("".join(parts))


def _is_key_event(entry: Element, dialect: Dialect) -> bool:
    if dialect.key_event and select(dialect.key_event, entry, also_self=True):
        return True
    said = (entry.get("data-key-event") or entry.get("data-is-key-event") or "").lower()
    if said in ("true", "1", "yes") or has_class(entry, _KEY_MARK):
        return True
    return any(_KEY_LABEL.match(one.text or "") for one in entry.iterdescendants("mark", "span", "strong", "div"))


_KEY_LIST = re.compile(r"key[-_ ]?(?:event|moment|point|update)s?", re.IGNORECASE)
_LIST_DEPTH = 6
_LABEL_ATTRIBUTES = ("class", "id", "aria-label", "data-component")


def _listed_key_events(root: Element, attributes: str, entries: Sequence[Element]) -> frozenset[str]:
    """The ids of entries to which the page's list of key events links."""
    listed = _below_heading(root)
    if not _KEY_LIST.search(attributes):
        return frozenset(listed)

    @cache
    def is_list(element: Element) -> bool:
        return any(_KEY_LIST.search(label) for name in _LABEL_ATTRIBUTES if (label := element.get(name)))

    within = set(entries)
    for link in root.iter("a"):
        key = entry_key(link.get("data-id") or link.get("href") or "")
        if (
            key
            and key not in listed
            and any(map(is_list, islice(link.iterancestors(), _LIST_DEPTH)))
            and within.isdisjoint(link.iterancestors())
        ):
            listed.add(key)
    return frozenset(listed)


def _below_heading(root: Element) -> set[str]:
    """The ids of entries to which a list links whose heading says that it is of key events."""
    listed = set()
    for heading in root.iter(*HEADINGS):
        if len(heading) <= 1 and _KEY_LABEL.match(first_words(heading, LONGEST_LABEL)):
            below = heading.getnext()
            links = below.iter("a") if below is not None and local_name(below) in ("ul", "ol") else ()
            listed |= {entry_key(link.get("href") or "") for link in links}
    return listed - {""}
