"""What readers see at the head of an article's page: headline, standfirst, time and author, found by the markup.

Reads headings, class names, microformats and RDFa. Which place is preferred is `metadata`'s to say. Used by `places`,
and by `article_body` to recognise a standfirst.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice

from ...bylines import MAX_NAME_CHARS
from ..bylines import is_byline
from ..markup import Element, local_name, plain
from .page import canonical_urls
from .page_text import line_in, normalized_words, unescaped, url_path

# Class names of the line under a headline, whole or as parts of compounds.
_STANDFIRST_CLASS = re.compile(
    r"(?:^|[^a-z])(?:standfirst|stand-first|dek|deck|sub-?head(?:line|ing)?|sub-?title|strap-?line|strap|"
    r"article-?(?:summary|intro|lead|description|subline)|entry-?(?:summary|excerpt)|lede|kicker-?text)(?:[^a-z]|$)"
)
_AUTHOR_CLASS = re.compile(r"(?:^|[^a-z])(?:author|byline)|(?:^|\s)(?:fn|username|field--name-uid)(?:\s|$)")
_MAX_CLASS_CHARS = 400

# What microformats (hAtom, h-entry) call an entry's title and its time, and sites their name.
_ENTRY_TITLE = frozenset(("entry-title", "p-name"))
_ENTRY_TIME = frozenset(("published", "dt-published"))
_MASTHEAD = frozenset(("logo", "site-logo", "site-title", "site-name", "masthead", "brand"))
_HOME = frozenset(("home",))

_DATE_PROPERTY = re.compile(
    r"(?:^|[\s:/])(?:datePublished|dc:(?:date|created|issued)|dcterms:(?:date|created|issued))(?=$|\s)"
)

# How far from its headline a page says when and by whom.
_NEAR_ELEMENTS = 150
# Pages that mean something by their h1 have fewer of them.
_MAX_HEADINGS = 50
# A heading of this length is a headline, not the name of a section or a site.
_MIN_HEADLINE_CHARS = 20


class ShownParts:
    """The parts of a page that readers see above an article's text.

    `stated_titles` returns the titles that the page states elsewhere, in linked data and the like; it is called when
    a heading has to be confirmed.
    """

    def __init__(self, root: Element, stated_titles: Callable[[], Iterable[str]]) -> None:
        self.root = root
        self._stated_titles = stated_titles

    @cached_property
    def headings(self) -> list[tuple[Element, str]]:
        """The h1 elements that have words and are not the site's name, with their words."""
        return [(element, text) for element, text in self._h1 if not _is_masthead(element, text)]

    @cached_property
    def mastheads(self) -> list[str]:
        """The words of the h1 elements that are the site's name."""
        return [text for element, text in self._h1 if _is_masthead(element, text)]

    @cached_property
    def _h1(self) -> list[tuple[Element, str]]:
        found = ((element, _heading_text(element)) for element in islice(self.root.iter("h1"), _MAX_HEADINGS))
        return [(element, text) for element, text in found if text]

    @cached_property
    def confirmed_headings(self) -> list[str]:
        """The h1 that another place states too: whole, or followed by the site's name. Whole ones come first."""
        stated = [normalized_words(text) for text in (*self._stated_titles(), *document_title(self.root))]
        texts = [text for _, text in self.headings]
        confirmed = [text for text in texts if normalized_words(text) in stated]
        for text in texts:
            words = normalized_words(text)
            if len(words) >= _MIN_HEADLINE_CHARS and any(title.startswith(words + " ") for title in stated):
                confirmed.append(text)
        return confirmed

    @property
    def lone_heading(self) -> Iterable[str]:
        """The words of the h1, if the page has only one."""
        return [text for _, text in self.headings] if len(self.headings) == 1 else []

    @cached_property
    def entry_title(self) -> tuple[Element, str] | None:
        """The heading that microformats call the entry's title, if the page has only one, with its words."""
        titles = [
            element for element in self.root.iter("h1", "h2", "h3") if _has_word(element.get("class"), _ENTRY_TITLE)
        ]
        text = line_in(titles[0]) if len(titles) == 1 else ""
        return (titles[0], text) if text else None

    @cached_property
    def near_headline(self) -> list[Element]:
        """The elements in and after the headline, up to a distance."""
        headlines = {normalized_words(text) for text in (*self.confirmed_headings, *self.lone_heading)}
        start = next((element for element, text in self.headings if normalized_words(text) in headlines), None)
        if start is None and self.entry_title and not self.headings:
            start = self.entry_title[0]
        if start is None:
            return []
        following = (
            element
            for ancestor in (start, *start.iterancestors())
            for sibling in ancestor.itersiblings()
            for element in sibling.iter("*")
        )
        return [*islice(start.iter("*"), _NEAR_ELEMENTS), *islice(following, _NEAR_ELEMENTS)]


def document_title(root: Element) -> Iterator[str]:
    """Yields the title of the document; drawings in it have titles too."""
    for element in root.iter("title"):
        if local_name(element.getparent()) in ("head", "html", "body"):
            yield unescaped(line_in(element))
            return


def is_standfirst(element: Element) -> bool:
    """Whether an element has the class name of a line under a headline."""
    return _STANDFIRST_CLASS.search((element.get("class") or "")[:_MAX_CLASS_CHARS].lower()) is not None


def _heading_text(heading: Element) -> str:
    """Returns the words of a heading without those in small print, which are a line under it."""
    text = line_in(heading)
    for small in heading.iter("small"):
        rest = plain(text.replace(line_in(small), "", 1))
        text = rest or text
    return text


def _has_word(names: str | None, words: frozenset[str]) -> bool:
    return names is not None and not words.isdisjoint(names.lower().split())


def _is_masthead(heading: Element, text: str) -> bool:
    """Whether a heading is the site's name: by its class or id, or because it links to the front page."""
    if _has_word(heading.get("class"), _MASTHEAD) or _has_word(heading.get("id"), _MASTHEAD):
        return True
    link = next(heading.iter("a"), None)
    if link is None or normalized_words(line_in(link)) != normalized_words(text):
        return False
    target = plain(link.get("href"))
    to_front_page = target == "/" or (target.startswith(("http://", "https://")) and not url_path(target))
    return to_front_page or _has_word(link.get("rel"), _HOME)


def _first_heading(parts: ShownParts) -> Iterator[str]:
    yield from islice((text for element in parts.root.iter("h1", "h2", "h3") if (text := line_in(element))), 1)


def _standfirst(parts: ShownParts) -> Iterator[str]:
    for element in parts.near_headline:
        if is_standfirst(element) and local_name(element) != "h1":
            text = line_in(element)
            if text:
                yield text
                return


def _language(parts: ShownParts) -> Iterator[str]:
    yield plain(parts.root.get("lang") or parts.root.get("xml:lang"))


def _time(parts: ShownParts) -> Iterator[str]:
    for element in parts.near_headline:
        # A time in HTML, microformats or RDFa.
        value = element.get("datetime") if local_name(element) == "time" else None
        if _has_word(element.get("class"), _ENTRY_TIME):
            value = value or element.get("title") or element.get("datetime")
        elif element.get("property") and _DATE_PROPERTY.search(element.get("property")):
            value = value or element.get("content") or element.get("datetime")
        if value:
            yield plain(value)
            return


def _author(parts: ShownParts) -> Iterator[str]:
    for element in parts.near_headline:
        names = f"{element.get('rel') or ''} {element.get('class') or ''}"[:_MAX_CLASS_CHARS].lower()
        if _AUTHOR_CLASS.search(names):
            text = line_in(element)
            if text and len(text) <= MAX_NAME_CHARS and not re.search(r"\d", text):
                yield text
                return
    for element in parts.near_headline:
        text = plain(element.text) if len(element) == 0 else ""
        if len(text) <= MAX_NAME_CHARS and is_byline(text):
            yield text
            return


# Name of a part, as in `metadata.PRECEDENCE` -> what yields its texts.
SHOWN: Mapping[str, Callable[[ShownParts], Iterable[str]]] = {
    "confirmed h1": lambda parts: parts.confirmed_headings,
    "lone h1": lambda parts: parts.lone_heading,
    "entry title": lambda parts: [parts.entry_title[1]] if parts.entry_title else [],
    "title": lambda parts: document_title(parts.root),
    "first heading": _first_heading,
    "standfirst": _standfirst,
    "canonical": lambda parts: canonical_urls(parts.root),
    "language": _language,
    "time": _time,
    "author": _author,
}
