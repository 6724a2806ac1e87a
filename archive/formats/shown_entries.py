"""The entries of a live page as the page shows them: what in an entry is its heading, time, byline, text.

These are found in any container by the same rules; a row of entry_containers.DIALECTS says only what they would miss.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile

from lxml import etree

from ..items import SectionItem
from ..times import NO_ZONE, Moment, TimeError
from .entry_containers import FEWEST_UNNAMED, TIME_NAMES, UNKNOWN, Dialect, find_entries, outermost, own_key, select
from .flat_entries import ticker_entries, with_what_follows
from .live_merge import entry_key
from .live_postings import moment_of, names_of
from .markup import HEADINGS, UNREAD, Element, blocks, local_name, plain, words_of
from .written_times import is_written, read_written

# Classes of what stands in an entry and is not its text. Whole words of a class: `share` in post__share, not shared.
_NOT_TEXT = re.compile(
    r"(?:^|[-_\s])(?:"
    r"[^\W_]*caption|credits?|copyright|share|sharing|sharebar|share-?(?:buttons?|links?|tools?|icons?|menu|bar)|"
    r"social(?:-?(?:share|links?|buttons?|icons?|bar|media-?links?))?|toolbar|advert\w*|ads?|ad-?(?:slot|unit|container|wrapper|placeholder)\w*|"
    r"newsletter\w*|sign-?up|promo|related(?:-\w+)?|recirc\w*|recommend\w*|read-?(?:more|next|also)|see-?also|"
    r"sponsor\w*|outbrain|taboola|timestamp|visually-?hidden|[^\W_]*contributor\w*|actions|controls|copy-?link|"
    r"screen-?reader-text|sr-only|vh|byline|authors?|avatar|permalink|comments?-?count|(?:video|audio)-?player"
    r")(?=$|[-_\s])",
    re.IGNORECASE,
)
_LINE_ABOUT = re.compile(
    r"(?:^|[-_\s])(?:[^\W_]*caption|credits?|byline|authors?|[^\W_]*contributor\w*|timestamp)(?=$|[-_\s])",
    re.IGNORECASE,
)
_NOT_TEXT_NAMES = frozenset("figcaption aside footer header amp-ad amp-social-share amp-timeago ins".split())
_UNREAD = UNREAD | _NOT_TEXT_NAMES

# What a label beside an entry says that is no name of an author.
_LABEL = re.compile(
    r"^\W*(?:key (?:event|moment|update|point)s?|breaking(?: news)?|pinned(?: post)?|live|latest|new|update[ds]?|top)"
    r"\W*$",
    re.IGNORECASE,
)
_KEY_LABEL = re.compile(r"^\W*key (?:event|moment|update|point)s?\W*$", re.IGNORECASE)
_KEY_MARK = re.compile(r"(?:^|[-_\s])(?:is-)?key-?(?:event|moment|post|point|update)s?(?=$|[-_\s])", re.IGNORECASE)
_TAKEN_BACK = re.compile(r"(?:^|[-_\s])(?:deleted|withdrawn|removed|tombstone|retracted)(?=$|[-_\s])", re.IGNORECASE)
_CORRECTION = re.compile(
    r"(?:^|[-_\s])(?:corrections?|clarifications?|amendments?|corrected)(?=$|[-_\s])", re.IGNORECASE
)
# Not of who is quoted: comment-author.
_AUTHOR = re.compile(
    r"(?:^|(?<!comment)(?<!quote)[-_\s])(?:byline|authors?|author-?names?|[^\W_]*contributors?(?:-?names?)?|reporter|"
    r"journalist)(?=$|[-_\s])(?!-role)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:^|[-_\s])(?:title|headline|heading)(?=$|[-_\s])", re.IGNORECASE)
# Not of what a script keeps up to date: js-update-time.
_UPDATED = re.compile(r"(?<!js-)updat|modif", re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b")

# Attributes of an entry that hold times, in the order of trust.
_PUBLISHED_ATTRIBUTES = (
    "data-post-time data-published data-published-at data-publish-time data-publish-date data-date-published "
    "data-first-publish data-first-published data-posted-date-timestamp data-elb-post-datetime data-sort-time "
    "data-timestamp data-js-timestamp data-created data-created-at data-datetime data-time data-date data-utc"
).split()
_UPDATED_ATTRIBUTES = (
    "data-last-modified-time data-update-time data-updated data-updated-at data-last-updated data-modified "
    "data-date-modified"
).split()
_TIME_ATTRIBUTES = ("datetime", "data-datetime", "data-timestamp", "data-js-timestamp", "data-time", "content")
_timed_parts = etree.XPath("descendant::*[@data-datetime or @data-timestamp or @data-js-timestamp or @data-time]")
_STAMP = re.compile(r"\d{10}|\d{13}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*", re.ASCII)

_LONGEST_LABEL = 120


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


def shown_entries(root: Element, attributes: str, *, named_live: bool, page_time: Moment | None = None) -> Shown:
    """Returns the entries of a page; none where it is no live page. O(size of the page).

    `attributes` is what stands in those of its elements, in which dialects are looked for; `named_live` that its
    linked data calls it a live blog, without which the general rules want more; `page_time` is when the page was
    updated or published, for times that leave out the year.
    """
    counts: Counter[str] = Counter()
    elements, dialect = find_entries(root, attributes, named_live=named_live)
    read = (_read_entry(one, dialect, counts, page_time) for one in with_what_follows(elements))
    entries = [one for one in read if one.paragraphs or one.heading or one.withdrawn]
    if dialect is UNKNOWN and not named_live and not _are_texts(entries):
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
    for block in blocks(holder, unread=_UNREAD, left_out=lambda one: one is not first and _has_class(one, _NOT_TEXT)):
        if block.element is first or first in block.element.iterancestors():
            break
        if local_name(block.element) == "p" and len(block.text) >= _FEWEST_LETTERS:
            found.append(block.text)
    return tuple(text for text in found if text.endswith(_SENTENCE_END))


def _are_texts(entries: Sequence[SectionItem]) -> bool:
    """Whether these are entries with a text, and no list of links to other pages."""
    long = sum(len(one.text) >= _FEWEST_LETTERS for one in entries)
    return len(entries) >= FEWEST_UNNAMED and long * 2 > len(entries)


def _read_entry(entry: Element, dialect: Dialect, problems: Counter[str], page_time: Moment | None) -> SectionItem:
    heading = _heading(entry, dialect)
    times = _times_in(entry)
    byline, label = _byline(entry, dialect)
    notes = [one for one in entry.iterdescendants() if isinstance(one.tag, str) and _has_class(one, _CORRECTION)]
    published, dateline = _published(entry, times, problems), None
    if published is None:
        published, dateline = _dateline(entry, page_time)
    updated_in = [time.element for time in times if time.is_update]
    updated = _first_moment(_values(updated_in, [entry], _UPDATED_ATTRIBUTES), problems)
    apart = (
        {one for one in (heading, label, dateline) if one is not None}
        | {time.line for time in times}
        | set(outermost(notes))
        | {one for one in _named_parts(entry) if _names_mention(one, _NOT_TEXT)}
    )
    bodies = outermost(select(dialect.body, entry)) if dialect.body else []
    texts = [text for body in bodies for text in _paragraphs(body, apart)] or list(_paragraphs(entry, apart))
    words = _heading_words(heading) if heading is not None else ""
    return SectionItem(
        paragraphs=tuple(texts),
        heading=words,
        key=own_key(entry) or _inner_key(entry) or _linked_key(entry) or _named(entry),
        byline=byline,
        published=published,
        updated=updated,
        key_event=_is_key_event(entry, dialect),
        withdrawn=entry.get("data-tombstone") is not None or _has_class(entry, _TAKEN_BACK),
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
    return given if len(given) <= _LONGEST_LABEL and " " not in given else ""


def _has_class(element: Element, pattern: "re.Pattern[str]") -> bool:
    given = element.get("class")
    return given is not None and _mentions(given, pattern)


# Two words written as one: PagePromo, ShareTools. What scripts make up (hJkAdX) is shorter, or has single letters.
_HUMPS = re.compile(r"(?<![A-Za-z])(?=[A-Za-z]{7})(?:[A-Z]?[a-z]+)(?:[A-Z][a-z]+)+(?![A-Za-z])")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=4096)
def _mentions(words: str, pattern: "re.Pattern[str]") -> bool:
    """Entries are alike: each class of theirs is asked a dozen questions, once."""
    if pattern.search(words):
        return True
    parted = _HUMPS.sub(lambda match: _HUMP.sub("-", match[0]), words)
    return parted != words and pattern.search(parted) is not None


# Where classes are made up by scripts, these still say what a part is.
_PART_NAMES = ("data-testid", "data-test-id", "data-component", "data-component-name", "data-qa")
_named_parts = etree.XPath("descendant::*[" + " or ".join(f"@{name}" for name in _PART_NAMES) + "]")


def _names_mention(element: Element, pattern: "re.Pattern[str]") -> bool:
    return _mentions(" ".join(element.get(name) or "" for name in _PART_NAMES), pattern)


def _heading(entry: Element, dialect: Dialect) -> Element | None:
    """The dialect's heading, or the first before any paragraph; one further down parts the entry's own text."""
    if dialect.heading:
        found = select(dialect.heading, entry)
        if found:
            return found[0]
    titled = None
    for element in entry.iterdescendants():
        name = local_name(element)
        if name in ("p", "li", "blockquote") and words_of(element) and not _is_line_above(element):
            break
        if name in HEADINGS or element.get("itemprop") == "headline":
            if words_of(element):
                return element
        elif titled is None and _has_class(element, _TITLE) and words_of(element):
            titled = element
    return titled if titled is not None and len(words_of(titled)) <= 300 else None


# What stands in place of a heading for those who hear the page.
_NO_HEADING = re.compile(r"^(?:post|entry|update)$", re.IGNORECASE)


def _heading_words(heading: Element) -> str:
    """The words of a heading but for what is hidden in it, and for times and labels beside it."""
    if not len(heading):
        return words_of(heading)

    def left_out(element: Element) -> bool:
        return _has_class(element, _NOT_TEXT) or _names_mention(element, _NOT_TEXT)

    words = " ".join(block.text for block in blocks(heading, unread=_UNREAD | TIME_NAMES, left_out=left_out))
    return "" if _NO_HEADING.match(words) else words


def _is_line_above(paragraph: Element) -> bool:
    """Whether a paragraph before the text is no part of it: a heading by its class, a byline, a time."""
    return (
        _has_class(paragraph, _TITLE)
        or _has_class(paragraph, _AUTHOR)
        or any(True for _ in paragraph.iter(*TIME_NAMES))
    )


# What may stand beside a time in a line that is no sentence of the text, in the languages of the dialects.
_LEAD_IN = re.compile(
    r"(?:first |last |latest )?(?:up ?dated?|modified|published|posted|edited|added)?(?: ?at| ?on)?|"
    r"(?:zuletzt )?(?:aktualisiert|veröffentlicht)?(?: ?am| ?um)?|uhr|(?:mis à jour|publié)(?: à| le)?|"
    r"actualizado(?: a las)?|[a-z]{2,4}",
    re.IGNORECASE,
)
_NOT_WORDS = re.compile(r"[\W_]+")
_TIME_CLASS = re.compile(r"(?:^|[-_\s])(?:[^\W_]*time|date|dateline|timestamp|updated)(?=$|[-_\s])", re.IGNORECASE)


@dataclass(frozen=True)
class _ShownTime:
    """A time that an entry shows of itself: the element that gives it, and the line that only tells it."""

    element: Element
    line: Element
    is_update: bool


# A time of the entry itself does not lie deeper in it; looking further up for each would take a deep page minutes.
_TIME_DEPTH = 24


def _times_in(entry: Element) -> list[_ShownTime]:
    """The times that an entry shows of itself; those in its text or in what it quotes are none."""
    found = []
    stamped = [one for one in _timed_parts(entry) if _is_stamped(one)]
    for element in (*entry.iterdescendants(), *stamped):
        prop = element.get("itemprop") or ""
        is_named = local_name(element) in TIME_NAMES or prop in ("datePublished", "dateModified")
        if not is_named and element not in stamped:
            continue
        above = [element, *takewhile(lambda one: one is not entry, islice(element.iterancestors(), _TIME_DEPTH))]
        line = _time_line(above)
        if line is not None and not any(local_name(one) in ("blockquote", "figure", "li") for one in above):
            is_update = (
                prop == "dateModified"
                or any(_has_class(one, _UPDATED) for one in above)
                or _UPDATE_WORDS.search(_words_before(element)) is not None
            )
            found.append(_ShownTime(element, line, is_update))
    return found


_UPDATE_WORDS = re.compile(
    r"(?:up-?dated|modified|edited|aktualisiert|mise? à jour|actualizad[oa]|aggiornat[oa]|atualizad[oa]|bijgewerkt|"
    r"oppdatert|opdateret|uppdaterad)\W*(?:at|on|am|um|à|le|el|a las|alle|às|om|kl)?\W*$",
    re.IGNORECASE,
)


def _words_before(element: Element) -> str:
    """What stands right before an element in its line."""
    before = element.getprevious()
    if before is None:
        return plain(element.getparent().text)
    return plain(before.tail) or _first_words(before, _LONGEST_LABEL)


def _is_stamped(element: Element) -> bool:
    """Whether an element that is no time by its name has one, exact to the minute, in its attributes."""
    return any(_STAMP.fullmatch((element.get(name) or "").strip()) for name in _TIME_ATTRIBUTES[1:-1])


def _time_line(above: Sequence[Element]) -> Element | None:
    """The widest of the elements that holds a time alone ("Updated at" beside it); None where it is in a sentence."""
    line = above[0]
    words = words_of(line)
    longest = len(words) + _LONGEST_LABEL
    for number, one in enumerate(above[1:], start=1):
        around = _first_words(one, longest)
        others = _NOT_WORDS.sub(" ", around.replace(words, "", 1)).strip()
        alone = len(around) <= longest and (_LEAD_IN.fullmatch(others) or _has_class(one, _TIME_CLASS))
        if not alone:
            return None if any(local_name(each) == "p" for each in above[number:]) else line
        line = one
    return line


def _first_words(element: Element, length: int) -> str:
    """The words of an element up to some more than a length; it may hold a whole page."""
    parts: list[str] = []
    for part in element.itertext():
        parts.append(part)
        length -= len(part)
        if length < 0:
            break
    return plain("".join(parts))


def _values(elements: Iterable[Element], owners: Iterable[Element], attributes: Iterable[str]) -> Iterator[str]:
    for element in elements:
        yield from (value for name in _TIME_ATTRIBUTES if (value := (element.get(name) or "").strip()))
    for owner in owners:
        yield from (value for name in attributes if (value := (owner.get(name) or "").strip()))


def _published(entry: Element, times: Sequence[_ShownTime], problems: Counter[str]) -> Moment | None:
    """The time that is shown; but one with a zone, or counted since 1970, before one without."""
    shown = [time.element for time in times if not time.is_update]
    given = list(_values(shown, [entry], _PUBLISHED_ATTRIBUTES))
    moments = []
    for value in given:
        try:
            moment = moment_of(value)
        except TimeError as error:
            # `datetime="10:32"` is a clock's time, which the linked data completes.
            if not re.fullmatch(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?", value):
                problems[f"the time of an entry: {error}; left out"] += 1
            continue
        if moment.rule != NO_ZONE and moment.precision in ("minute", "second"):
            return moment
        moments.append(moment)
    return max(moments, key=lambda one: one.precision in ("minute", "second"), default=None)


_DATE_HOLDERS = ("span", "div", "small", "time", "p", "a", "strong", "b")


def _dateline(entry: Element, page_time: Moment | None) -> tuple[Moment | None, Element | None]:
    """The time that stands beside an entry in words alone (14 August 2023 07:01), and where it does."""
    for element in entry.iterdescendants(*_DATE_HOLDERS):
        whole = local_name(element) == "time" or _has_class(element, _TIME_CLASS)
        words = _first_words(element, _LONGEST_LABEL) if whole else plain(element.text)
        moment = read_written(words, page_time) if any(map(str.isdigit, words)) else None
        if moment and not _is_within(element, entry, ("blockquote", "figure")):
            return moment, element
    return None, None


def _first_moment(values: Iterable[str], problems: Counter[str]) -> Moment | None:
    for value in values:
        try:
            return moment_of(value)
        except TimeError as error:
            problems[f"the time of an entry's update: {error}; left out"] += 1
    return None


def _byline(entry: Element, dialect: Dialect) -> tuple[str, Element | None]:
    """The names of those who wrote the entry, and the element that they stand in."""
    found = select(dialect.byline, entry) if dialect.byline else []
    if not found:
        found = [
            one
            for one in entry.iterdescendants()
            if isinstance(one.tag, str)
            and (_has_class(one, _AUTHOR) or "author" in (one.get("itemprop") or "", one.get("rel") or ""))
            and not _is_within(one, entry, ("blockquote", "p", "li"))
        ]
        found += [one for one in _named_parts(entry) if _names_mention(one, _AUTHOR)]
    for one in found:
        named = one.xpath("descendant-or-self::*[@itemprop='name']")
        words = words_of(named[0]) if named else _first_line(one) or plain(one.get("content"))
        if words and len(words) <= _LONGEST_LABEL and not _LABEL.match(words):
            return names_of(words, {}), one
    return _beside_portrait(entry)


def _is_within(element: Element, entry: Element, names: Sequence[str]) -> bool:
    """Whether an element stands in one of these names in the entry."""
    above = takewhile(lambda one: one is not entry, element.iterancestors())
    return any(local_name(one) in names for one in above)


_NAME = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?(?: [^\W\d_]+(?:['’.-][^\W\d_]+)*\.?){1,4}")
_MOST_PORTRAITS = 3


def _beside_portrait(entry: Element) -> tuple[str, Element | None]:
    """The name beside a portrait, which is the picture's description as well."""
    for portrait in islice(entry.iter("img", "amp-img"), _MOST_PORTRAITS):
        name = plain(portrait.get("alt"))
        if _NAME.fullmatch(name) and len(name) <= _LONGEST_LABEL:
            for one in entry.iter("span", "div", "a", "strong", "address", "cite"):
                if plain(one.text) == name and not _is_within(one, entry, ("p", "li", "blockquote", "figcaption")):
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
    if said in ("true", "1", "yes") or _has_class(entry, _KEY_MARK):
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
    within = set(entries)
    for link in root.iter("a"):
        key = entry_key(link.get("data-id") or link.get("href") or "")
        if not key or key in listed:
            continue
        above = islice(link.iterancestors(), _LIST_DEPTH)
        labels = (one.get(name) or "" for one in above for name in _LABEL_ATTRIBUTES)
        if any(_KEY_LIST.search(label) for label in labels) and within.isdisjoint(link.iterancestors()):
            listed.add(key)
    return frozenset(listed)


def _below_heading(root: Element) -> set[str]:
    """The ids of entries to which a list links whose heading says that it is of key events."""
    listed = set()
    for heading in root.iter(*HEADINGS):
        if len(heading) <= 1 and _KEY_LABEL.match(_first_words(heading, _LONGEST_LABEL)):
            below = heading.getnext()
            links = below.iter("a") if below is not None and local_name(below) in ("ul", "ol") else ()
            listed |= {entry_key(link.get("href") or "") for link in links}
    return listed - {""}


_IN_SENTENCES = frozenset("p li em strong b i a span blockquote td".split())


def _paragraphs(body: Element, apart: set[Element]) -> Iterator[str]:
    """Yields the paragraphs and sub-headings under an element but for what is not its text."""

    def left_out(element: Element) -> bool:
        if element in apart:
            return True
        given = element.get("class")
        if given and _mentions(given, _NOT_TEXT):
            # A paragraph is text whatever it is related to or promotes; but it may be a line about one.
            return local_name(element) not in ("p", "li", "blockquote") or _mentions(given, _LINE_ABOUT)
        if local_name(element) == "a" and any(local_name(one) in _CARD_PARTS for one in element):
            return True  # a picture with a headline and a line, which lead to another page
        # A time that stands in a line of its own tells when, one in a sentence is part of it.
        is_time = local_name(element) == "time" or (given and _mentions(given, _TIME_LABEL) and _is_time(element))
        return bool(is_time) and local_name(element.getparent()) not in _IN_SENTENCES

    found = list(blocks(body, unread=_UNREAD, left_out=left_out))
    for at, block in enumerate(found):
        name = local_name(block.element)
        if block.is_heading and _is_link(block.element):
            continue  # the title of another page, offered in between
        if block.text[-1:] not in '.!?”"' and is_written(block.text):
            continue  # when something was posted that is quoted
        if name in _BOXES and (_LABEL_LINE.fullmatch(block.text) or _is_offer(block.element, body)):
            continue
        if (
            at in (0, len(found) - 1)
            and name in ("div", "span", "section", "article", "header")
            and len(block.text) <= _LONGEST_LABEL
            and (_CLOCK.search(block.text) or _LABEL.match(block.text))
            and block.text[-1:] not in '.!?”"'
        ):
            continue  # who and when, in a line without a class
        yield block.text


_CARD_PARTS = frozenset(("p", "div", "figure", "article", "section", *HEADINGS))

# Elements that are no paragraphs, but may hold one.
_BOXES = frozenset("div section article header figure a span ul ol".split())

# What says that something follows, or offers something to do, and is no part of what is told.
_LABEL_LINE = re.compile(
    r"(?:advert(?:isement|ising)?|sponsored|anzeige|publicité|publicidad|pubblicità|werbung|advertentie|annonse|"
    r"share(?: (?:this|on \w+))?|copy link|link copied|image|image source|related(?: \w+)?|read (?:more|also|next)|"
    r"see also|more on this(?: \w+)?|recommended|mehr zum thema|lesen sie auch|(?:à )?lire (?:aussi|plus)|"
    r"leer más|lees (?:ook|verder)|les også|læs også|läs också|leggi anche)\W*",
    re.IGNORECASE,
)


def _is_offer(box: Element, body: Element) -> bool:
    """Whether a box holds but a link to another page, or stands in a picture's place."""
    words = "".join(box.itertext()).strip()
    if words and any("".join(link.itertext()).strip() == words for link in box.iter("a")):
        return True
    above = takewhile(lambda one: one is not body, (box, *box.iterancestors()))
    return any(local_name(one) == "figure" for one in above)


_TIME_LABEL = re.compile(
    r"(?:^|[-_\s])(?:(?:post|entry|publish|published|update)[-_]?)?(?:date|time)(?:line|stamp|-?ago)?(?=$|[-_\s])",
    re.IGNORECASE,
)
_LONGEST_TIME = 60


def _is_time(element: Element) -> bool:
    """Whether an element that is called a time or a date holds little else."""
    words = _first_words(element, _LONGEST_TIME)
    return len(words) <= _LONGEST_TIME and any(map(str.isdigit, words)) and words[-1:] not in '.!?”"'


def _is_link(heading: Element) -> bool:
    words = "".join(heading.itertext()).strip()
    return any("".join(link.itertext()).strip() == words for link in heading.iter("a"))
