"""The places in which a web page speaks of itself: linked data, meta elements, microdata, and the page as shown.

Each place is read once and gives texts as they stand; which of them goes before which, and what cannot be, is for
`metadata` to say, which is the one to import this.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from ..bylines import is_byline
from ..markup import Element, local_name, plain, unescape
from .page import Page

# Types of schema.org that are an article, the nearest first (schema.org/Article and its subtypes).
_POSTINGS = ("socialmediaposting", "blogposting", "discussionforumposting")
_ARTICLE_TYPES = (
    "liveblogposting newsarticle reportagenewsarticle analysisnewsarticle backgroundnewsarticle opinionnewsarticle "
    "reviewnewsarticle askpublicnewsarticle advertisercontentarticle report satiricalarticle scholarlyarticle "
    "techarticle article"
).split() + list(_POSTINGS)

# Words in the class of what stands under a headline, whole or as parts of compounds.
_STANDFIRST = re.compile(
    r"(?:^|[^a-z])(?:standfirst|stand-first|dek|deck|sub-?head(?:line|ing)?|sub-?title|strap-?line|strap|"
    r"article-?(?:summary|intro|lead|description|subline)|entry-?(?:summary|excerpt)|lede|kicker-?text)(?:[^a-z]|$)"
)
# Objects of one article in linked data are two or three; more of them are other articles.
_MOST_ARTICLES = 20

# How far from its headline the page says when and by whom, in elements; and more headings of the first rank than any
# page has that means something by them.
_NEAR = 150
_MOST_HEADINGS = 50

# A line that says one thing; longer ones are texts.
_LONGEST_LINE = 2_000
_LONGEST_NAME = 80
_AUTHOR = re.compile(r"(?:^|[^a-z])(?:author|byline)|(?:^|\s)(?:fn|username|field--name-uid)(?:\s|$)")
_NOT_WORDS = re.compile(r"[\W_]+")


def article_types(record: Mapping[str, Any]) -> list[int]:
    """Returns the places in the order of article types of an object's types; none where it is no article."""
    given = record.get("@type")
    names = given if isinstance(given, list) else [given]
    return sorted(
        _ARTICLE_TYPES.index(name)
        for name in (str(one).rpartition("/")[2].rpartition(":")[2].lower() for one in names)
        if name in _ARTICLE_TYPES
    )


class Places:
    """The places in which a page speaks of itself, each read once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.root

    def values(self, places: Sequence[str], *, listed: bool = False) -> Iterator[Any]:
        """Yields what each of the places gives, in their order: `ld name`, `meta name`, `micro name`, `shown name`.

        With `listed` meta elements of one name are one list, as those of several authors and topics are meant.
        """
        for place in places:
            kind, _, name = place.partition(" ")
            if kind == "ld":
                yield from self.linked(name)
            elif kind == "meta":
                given = self.meta.get(name, [])
                yield from ([given] if listed and given else given)
            elif kind == "micro":
                # Never a list: what pages give as authors of an article in microdata is often those of its teasers.
                yield from self.microdata.get(name, [])
            else:
                yield from _SHOWN[name](self)

    def lines(self, places: Sequence[str]) -> Iterator[str]:
        """Yields the values of these places that are text, each on one line, unescaped."""
        for value in self.values(places):
            text = text_of(value)
            if text:
                yield text

    @cached_property
    def meta(self) -> dict[str, list[str]]:
        """The content of meta elements by name, property, itemprop or http-equiv, in lower case."""
        found: dict[str, list[str]] = {}
        for element in self.root.iter("meta"):
            content = plain(element.get("content"))
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                for name in (element.get(attribute) or "").lower().split():
                    if content:
                        found.setdefault(name, []).append(content)
        return found

    @cached_property
    def microdata(self) -> dict[str, list[str]]:
        """The properties of the page's article in microdata, then those that stand in no item, in lower case."""
        loose, articles = _microdata(self.root)
        # Teasers are articles too; the page's own says the most of itself.
        own = max(articles, key=len, default={})
        return {name: own.get(name, []) + loose.get(name, []) for name in (*own, *loose)}

    @cached_property
    def articles(self) -> list[dict[str, Any]]:
        """The objects of the linked data that are the page's article, the nearest first, with keys in lower case.

        Pages carry the objects of other articles too; where one names this page's address, only such are taken.
        """
        ranked: list[tuple[int, bool, int, dict[str, Any]]] = []
        own_path = path_of(next(_shown_canonical(self), "") or self.page.hints.url)
        for number, record in enumerate(_with_main_entities(self.page.linked_data)):
            types = article_types(record)
            if types:
                path = path_of(text_of(record.get("mainEntityOfPage")) or text_of(record.get("url")))
                strange = 1 if not path or not own_path else 0 if path == own_path else 2
                ranked.append((strange, _ARTICLE_TYPES[types[0]] in _POSTINGS, number, record))
        ranked = sorted(ranked, key=lambda one: one[:3])[:_MOST_ARTICLES]
        kept = max(1, ranked[0][0]) if ranked else 0
        return [
            {str(key).lower(): value for key, value in record.items()}
            for strange, _, _, record in ranked
            if strange <= kept
        ]

    @cached_property
    def headings(self) -> list[tuple[Element, str]]:
        """The first h1 of the page that have words and are not the site's name, with those."""
        return [(element, text) for element, text in self._first_h1 if not _is_masthead(element, text)]

    @cached_property
    def mastheads(self) -> list[str]:
        """The words of the h1 that are the site's name: they lead to its front page or are called so."""
        return [text for element, text in self._first_h1 if _is_masthead(element, text)]

    @cached_property
    def _first_h1(self) -> list[tuple[Element, str]]:
        found = ((one, _heading_words(one)) for one in islice(self.root.iter("h1"), _MOST_HEADINGS))
        return [(element, text) for element, text in found if text]

    @cached_property
    def entry_title(self) -> tuple[Element, str] | None:
        """The heading that microformats call the entry's title (hAtom, h-entry), where there is one alone."""
        titles = [one for one in self.root.iter("h1", "h2", "h3") if _has_word(one.get("class"), _ENTRY_TITLE)]
        text = _short_words(titles[0]) if len(titles) == 1 else ""
        return (titles[0], text) if text else None

    @cached_property
    def near_headline(self) -> list[Element]:
        """The elements that follow the headline as shown, up to some way behind it."""
        shown = {folded(text) for text in (*_confirmed_h1(self), *_lone_h1(self))}
        start = next((element for element, text in self.headings if folded(text) in shown), None)
        if start is None and self.entry_title and not self.headings:
            start = self.entry_title[0]
        if start is None:
            return []
        ancestors = [start, *start.iterancestors()]
        following = (one for ancestor in ancestors for sibling in ancestor.itersiblings() for one in sibling.iter("*"))
        return [*islice(start.iter("*"), _NEAR), *islice(following, _NEAR)]

    @property
    def says_article(self) -> bool:
        """Whether the page calls itself an article, in linked data or OpenGraph."""
        return bool(self.articles) or any(kind.lower().endswith("article") for kind in self.meta.get("og:type", []))

    @cached_property
    def _by_id(self) -> dict[str, dict[str, Any]]:
        return {
            record["@id"]: record
            for record in self.page.linked_data
            if isinstance(record.get("@id"), str) and len(record) > 1
        }

    def linked(self, name: str) -> Iterator[Any]:
        """Yields the values of a key of the page's articles, references to other objects followed."""
        for record in self.articles:
            value = record.get(name)
            if isinstance(value, list):
                yield [self._followed(one) for one in value]
            elif value is not None:
                yield self._followed(value)

    def _followed(self, value: Any) -> Any:
        if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
            return self._by_id.get(value["@id"], value)
        return value


def _with_main_entities(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for record in records:
        yield record
        for key in ("mainEntity", "mainEntityOfPage"):
            entity = record.get(key)
            if isinstance(entity, dict):
                yield entity


# What microdata is asked for, and items in an article whose name is the value of their property.
_MICRO = frozenset(("headline", "description", "datepublished", "datemodified", "author", "publisher"))
_NAMED_ITEMS = ("author", "publisher")


_has_microdata = etree.XPath("boolean(//*/@itemprop)")


def _microdata(root: Element) -> tuple[dict[str, list[str]], list[dict[str, list[str]]]]:
    """Returns the properties in no item, and those of each item that is an article (HTML, chapter 5)."""
    loose: dict[str, list[str]] = {}
    articles: list[dict[str, list[str]]] = []
    if not _has_microdata(root):
        return loose, articles
    # Of each open item: its element, the properties it fills (None for a strange item), the property it is itself.
    open_items: list[tuple[Element, dict[str, list[str]] | None, str]] = [(None, loose, "")]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            if open_items[-1][0] is element:
                open_items.pop()
            continue
        given = element.get("itemprop")
        starts_item = element.get("itemscope") is not None
        if given is None and not starts_item:
            continue
        names = (given or "").lower().split()
        _, filled, is_named = open_items[-1]
        if filled is not None and names and not starts_item:
            for name in [is_named] if is_named and "name" in names else [] if is_named else _MICRO.intersection(names):
                text = plain(element.get("content") or element.get("datetime")) or _short_words(element)
                if text:
                    filled.setdefault(name, []).append(text)
        if starts_item:
            named = next((name for name in names if name in _NAMED_ITEMS), "")
            kind = (element.get("itemtype") or "").rpartition("/")[2].lower()
            if filled is not None and named and not is_named:
                open_items.append((element, filled, named))
            elif kind in _ARTICLE_TYPES:
                articles.append({})
                open_items.append((element, articles[-1], ""))
            elif kind.endswith("webpage"):
                open_items.append((element, loose, ""))
            else:
                open_items.append((element, None, ""))
    return loose, articles


def _short_words(element: Element) -> str:
    """The words of an element that is a line, none of one that is a text."""
    words: list[str] = []
    length = 0
    for part in element.itertext():
        words.append(part)
        length += len(part)
        if length > _LONGEST_LINE:
            return ""
    return plain("".join(words))


def text_of(value: Any) -> str:
    """Returns what a value of the linked data says on one line: itself, or its name, address or value."""
    if isinstance(value, list):
        return next((text for one in value if (text := text_of(one))), "")
    if isinstance(value, dict):
        given = (value.get(key) for key in ("name", "@value", "value", "@id", "url"))
        return next((unescaped(one) for one in given if isinstance(one, str) and one.strip()), "")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return unescaped(value) if isinstance(value, str) else ""


def unescaped(text: str) -> str:
    """Content systems escape what goes into attributes and scripts, some of them twice, and leave tags in."""
    if len(text) > 100_000:
        return ""
    text = unescape(unescape(text))
    return plain(_TAG.sub("", text) if "<" in text else text)


_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def folded(text: str) -> str:
    """Returns the words alone, so that quote marks, dashes and capitals make no difference."""
    return _NOT_WORDS.sub(" ", text.casefold()).strip()


def path_of(address: str) -> str:
    """Returns what tells an address from others of its site, empty for the site itself and for what is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.path.rstrip("/").lower() + ("?" + parts.query if parts.query and parts.path in ("", "/") else "")


def _confirmed_h1(places: Places) -> Iterator[str]:
    """The h1 that another place has too: whole, or as the beginning of a title that goes on with the site's name."""
    names = ("headline", "alternativeheadline", "name")
    others = [text_of(value) for name in names for value in places.linked(name)]
    for name in ("og:title", "twitter:title", "title", "sailthru.title", "parsely-title"):
        others += [unescaped(text) for text in places.meta.get(name, [])]
    others += places.microdata.get("headline", []) + list(_title(places))
    said = [folded(text) for text in others]
    headings = [text for _, text in places.headings]
    yield from (text for text in headings if folded(text) in said)
    for text in headings:
        start = folded(text)
        if len(start) >= _TELLING and any(other.startswith(start + " ") for other in said):
            yield text


# So many letters are no section's or site's name, but a headline.
_TELLING = 20


def _lone_h1(places: Places) -> Iterator[str]:
    if len(places.headings) == 1:
        yield places.headings[0][1]


def _title(places: Places) -> Iterator[str]:
    for element in places.root.iter("title"):
        # An icon has its title too.
        if local_name(element.getparent()) in ("head", "html", "body"):
            yield unescaped(_short_words(element))
            return


# What microformats call an entry's title and its time, and sites their name.
_ENTRY_TITLE = frozenset(("entry-title", "p-name"))
_ENTRY_TIME = frozenset(("published", "dt-published"))
_MASTHEAD = frozenset(("logo", "site-logo", "site-title", "site-name", "masthead", "brand"))


def _heading_words(heading: Element) -> str:
    """The words of a heading without those in small print, which are a line under it."""
    words = _short_words(heading)
    for small in heading.iter("small"):
        rest = plain(words.replace(_short_words(small), "", 1))
        words = rest or words
    return words


def _has_word(names: str | None, words: frozenset[str]) -> bool:
    return names is not None and not words.isdisjoint(names.lower().split())


def _is_masthead(heading: Element, text: str) -> bool:
    """Whether a heading is the site's name: called so, or a link to its front page and nothing else."""
    if _has_word(heading.get("class"), _MASTHEAD) or _has_word(heading.get("id"), _MASTHEAD):
        return True
    link = next(heading.iter("a"), None)
    if link is None or folded(_short_words(link)) != folded(text):
        return False
    target = plain(link.get("href"))
    to_front = target == "/" or (target.startswith(("http://", "https://")) and not path_of(target))
    return to_front or _has_word(link.get("rel"), frozenset(("home",)))


def _entry_title(places: Places) -> Iterator[str]:
    if places.entry_title:
        yield places.entry_title[1]


def _first_heading(places: Places) -> Iterator[str]:
    yield from islice((text for one in places.root.iter("h1", "h2", "h3") if (text := _short_words(one))), 1)


def is_standfirst(element: Element) -> bool:
    """Whether an element is named as what stands under a headline."""
    return _STANDFIRST.search((element.get("class") or "")[: _LONGEST_NAME * 5].lower()) is not None


def _shown_standfirst(places: Places) -> Iterator[str]:
    for element in places.near_headline:
        if is_standfirst(element) and local_name(element) != "h1":
            text = _short_words(element)
            if text:
                yield text
                return


def _shown_canonical(places: Places) -> Iterator[str]:
    for element in places.root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            yield plain(element.get("href"))


def _shown_language(places: Places) -> Iterator[str]:
    yield plain(places.root.get("lang") or places.root.get("xml:lang"))


_DATE_PROPERTY = re.compile(
    r"(?:^|[\s:/])(?:datePublished|dc:(?:date|created|issued)|dcterms:(?:date|created|issued))(?=$|\s)"
)


def _shown_time(places: Places) -> Iterator[str]:
    for element in places.near_headline:
        # A time of HTML, of microformats or of RDFa.
        given = element.get("datetime") if local_name(element) == "time" else None
        if _has_word(element.get("class"), _ENTRY_TIME):
            given = given or element.get("title") or element.get("datetime")
        elif element.get("property") and _DATE_PROPERTY.search(element.get("property")):
            given = given or element.get("content") or element.get("datetime")
        if given:
            yield plain(given)
            return


def _shown_author(places: Places) -> Iterator[str]:
    for element in places.near_headline:
        said = f"{element.get('rel') or ''} {element.get('class') or ''}"[: _LONGEST_NAME * 5].lower()
        if _AUTHOR.search(said):
            text = _short_words(element)
            if text and len(text) <= _LONGEST_NAME and not re.search(r"\d", text):
                yield text
                return
    for element in places.near_headline:
        text = plain(element.text) if len(element) == 0 else ""
        if len(text) <= _LONGEST_NAME and is_byline(text):
            yield text
            return


_SHOWN: Mapping[str, Callable[[Places], Iterator[str]]] = {
    "confirmed h1": _confirmed_h1,
    "lone h1": _lone_h1,
    "entry title": _entry_title,
    "title": _title,
    "first heading": _first_heading,
    "standfirst": _shown_standfirst,
    "canonical": _shown_canonical,
    "language": _shown_language,
    "time": _shown_time,
    "author": _shown_author,
}
