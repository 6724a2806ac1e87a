"""What a web page says about itself: headline, standfirst, byline, times, address, in one stated precedence.

Pages say the same thing in many places (linked data, OpenGraph, a dozen dialects of meta, microdata, the page as
shown) and seldom agree. PRECEDENCE tells, for each field, whose word goes before whose, and why; `places` reads them.
Used by the formats that are web pages; knows no publisher.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from ...times import NO_ZONE, Moment, TimeError, from_epoch, parse_moment
from ..bylines import split_names
from .page import Page
from .places import Places, folded, path_of, text_of, unescaped


@dataclass(frozen=True)
class Metadata:
    """What a page says about itself; empty or None where it says nothing that can be.

    `byline` holds the names with commas between. `is_article` is True where the page calls itself one, `paid` where it
    says that its text is for subscribers. `body` is what the linked data gives as the article's text, its paragraphs
    one a line where it keeps them.
    """

    headline: str = ""
    standfirst: str = ""
    byline: str = ""
    source: str = ""
    url: str = ""
    external_id: str = ""
    language: str = ""
    published: Moment | None = None
    updated: Moment | None = None
    topics: tuple[str, ...] = ()
    is_article: bool = False
    paid: bool = False
    body: str = ""
    problems: tuple[str, ...] = ()


def _in_order(places: str) -> tuple[str, ...]:
    return tuple(places.split(", "))


# Field -> the places that are asked for it, the first that answers wins. `ld` is the article's object in the linked
# data, `meta` an element of that name, property or itemprop, `micro` a property of the article in microdata,
# `shown` what is seen when the page is read. The reasons:
PRECEDENCE: Mapping[str, tuple[str, ...]] = {
    # What the page shows over its text is its headline, if one other place has it too: sites put their names and
    # other articles into h1 as well. Linked data and OpenGraph often hold what was written for search and sharing.
    "headline": _in_order(
        "shown confirmed h1, ld headline, micro headline, meta og:title, shown lone h1, meta twitter:title, "
        "meta parsely-title, meta sailthru.title, meta cxenseparse:title, meta dc.title, meta dcterms.title, "
        "ld name, shown entry title, meta title, shown title, shown first heading"
    ),
    # As with the headline, what readers see; then descriptions, which may be cut or written for search.
    "standfirst": _in_order(
        "shown standfirst, ld description, micro description, meta og:description, meta description, "
        "meta twitter:description, meta sailthru.description, meta dc.description, meta dcterms.description"
    ),
    # Linked data parts its names; meta often strings them together, and article:author is as often an address.
    "byline": _in_order(
        "ld author, micro author, meta author, meta article:author_name, meta parsely-author, meta sailthru.author, "
        "meta cxenseparse:author, meta dcterms.creator, meta dc.creator, meta article:author, meta byl, meta byline, "
        "ld creator, shown author"
    ),
    # What the site calls itself to readers; linked data names the company behind it. But a site's name all in small
    # letters is a code name (see _source).
    "source": _in_order(
        "meta og:site_name, ld publisher, micro publisher, meta dcterms.publisher, meta dc.publisher, "
        "meta publisher, meta cre, meta application-name, ld sourceorganization"
    ),
    # The page's own word for where it is; linked data may name another edition.
    "url": _in_order("shown canonical, meta og:url, ld mainentityofpage, ld url, ld @id, meta parsely-link"),
    # The outlet's id of the article. Keys of analytics are no ids: they change with the vendor or name the template.
    "external_id": _in_order("ld identifier, meta article:id, meta article_id, meta articleid, meta parsely-post-id"),
    # The document's own attribute is what browsers go by.
    "language": _in_order(
        "shown language, ld inlanguage, meta content-language, meta language, meta dc.language, "
        "meta dcterms.language, meta og:locale"
    ),
    # Linked data carries zones; of meta some write local time without one, so they come later (see _best_moment).
    "published": _in_order(
        "ld datepublished, meta article:published_time, meta og:article:published_time, micro datepublished, "
        "meta og:published_time, meta parsely-pub-date, meta dcterms.issued, meta dc.date.issued, "
        "meta cxenseparse:recs:publishtime, meta cxenseparse:publishtime, meta publish-date, meta publish_date, "
        "meta published_at, meta publication_date, meta article.published, meta pubdate, meta ptime, "
        "meta sailthru.date, meta dcterms.created, meta dc.date.created, meta dcterms.date, meta dc.date, "
        "meta date, ld datecreated, shown time"
    ),
    "updated": _in_order(
        "ld datemodified, meta article:modified_time, meta og:updated_time, micro datemodified, "
        "meta dcterms.modified, meta dc.date.modified, meta lastmod, meta last-modified, meta last_modified, "
        "meta article.updated, meta utime"
    ),
    # Subject headings in the order of the care that goes into them; `keywords` alone are written for search engines.
    "topics": _in_order("ld keywords, meta article:tag, meta parsely-tags, meta news_keywords, meta sailthru.tags"),
}

# A site's name with that of its section; longer parts of a title are of the headline.
_MOST_SITE_WORDS = 4
_SEPARATORS = re.compile(r"\s+[|–—·•»:-]{1,2}\s+|\s*\|\s*")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*")
_CUT = ("…", "...", "[…]", "[...]", "…]")


# A headline is words on a line or two; what is longer is a page that was never finished.
_LONGEST_LINE = 500
_LONGEST_STANDFIRST = 2_000
# What is shorter stands under a headline by accident: a name, a label. Scripts without blanks say a sentence in it.
_SHORTEST_STANDFIRST = 12
_LONGEST_SOURCE = 200
_LONGEST_ID = 100
# Keys, hosts and ids are written for machines; so is what is longer than any subject heading.
_NO_TOPIC = re.compile(r"^.?$|:|^\S+\.\S+$|[0-9a-f]{8}-[0-9a-f]{4}|.{101}")
_MOST_TOPICS = 40

# Two places that mean the same time differ by what the one leaves out: the hour or the zone.
_SAME_TIME = timedelta(hours=26)

_EPOCH = re.compile(r"\d{10}(?:\d{3})?")


def read_metadata(page: Page) -> Metadata:
    """Returns what the page says about itself. Never raises; O(size of the page).

    A value that cannot be (an impossible date) is left out with a note in `problems`.
    """
    places = Places(page)
    problems: list[str] = []
    source = _source(places)
    published = _best_moment(places, "published", problems)
    return Metadata(
        headline=_headline(places),
        standfirst=_standfirst(places),
        byline=", ".join(_names(places, source)),
        source=source,
        url=_address(places),
        external_id=_external_id(places),
        language=_language(places),
        published=published,
        updated=_best_moment(places, "updated", problems),
        topics=_topics(places),
        is_article=places.says_article,
        paid=any(str(value).lower() == "false" for value in places.linked("isaccessibleforfree")),
        body=max((one for one in places.linked("articlebody") if isinstance(one, str)), key=len, default=""),
        problems=(*page.linked_problems, *problems),
    )


def _source(places: Places) -> str:
    given = [
        text for text in places.lines(PRECEDENCE["source"]) if len(text) <= _LONGEST_SOURCE and not _is_address(text)
    ]
    return next((text for text in given if not text.islower()), next(iter(given), ""))


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "//", "www."))


def _headline(places: Places) -> str:
    names = _site_names(places)
    lines = [_without_site(text, names) for text in places.lines(PRECEDENCE["headline"])]
    lines = [text for text in lines if text and len(text) <= _LONGEST_LINE and folded(text) not in names]
    for text in lines:
        start = next((text.removesuffix(mark).rstrip() for mark in _CUT if text.endswith(mark)), None)
        if start is None or not any(other.startswith(start) and len(other) > len(text) for other in lines):
            return text
    return ""


def _site_names(places: Places) -> frozenset[str]:
    """What the site calls itself, folded: by its own word, and by its host's."""
    given = list(places.lines(PRECEDENCE["source"]))
    host = _host(_address(places))
    labels = host.removeprefix("www.").split(".")
    hosts = {host, ".".join(labels), " ".join(labels[:-1]), labels[0]}
    names = {folded(text) for text in (*given, *hosts, *places.mastheads)}
    names |= {name.removeprefix("the ") for name in names} | {name.replace(" ", "") for name in names}
    return frozenset(name for name in names if name)


def _without_site(text: str, names: frozenset[str]) -> str:
    """Returns a title without the parts at its ends that are the site's name."""
    parts = [(match.start(), match.end()) for match in _SEPARATORS.finditer(text)]
    while parts and _is_site(text[parts[-1][1] :], names):
        text = text[: parts.pop()[0]]
    while parts and _is_site(text[: parts[0][0]], names):
        cut = parts.pop(0)[1]
        text, parts = text[cut:], [(start - cut, end - cut) for start, end in parts]
    return text.strip()


def _is_site(text: str, names: frozenset[str]) -> bool:
    """Whether a part of a title names the site, alone or with the name of a section."""
    name = folded(text).removeprefix("the ")
    return (
        name in names
        or name.replace(" ", "") in names
        or (len(name.split()) <= _MOST_SITE_WORDS and any(name.startswith(site + " ") for site in names))
    )


def _standfirst(places: Places) -> str:
    lines = [
        text
        for text in places.lines(PRECEDENCE["standfirst"])
        if _SHORTEST_STANDFIRST <= len(text) <= _LONGEST_STANDFIRST
    ]
    return next((text for text in lines if not text.endswith(_CUT)), lines[0] if lines else "")


def _names(places: Places, source: str) -> list[str]:
    """Returns the names of who wrote it: the first place that names somebody beside the site itself."""
    site: list[str] = []
    for value in places.values(PRECEDENCE["byline"], listed=True):
        names = list(_parted(value))
        others = [name for name in names if folded(name) != folded(source)]
        if others:
            return _unlike(others)
        site = site or names[:1]
    return site


def _unlike(texts: Iterable[str]) -> list[str]:
    """Returns the texts without those that say the same as one before."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(folded(text), text)
    return list(found.values())


def _parted(value: Any) -> Iterator[str]:
    """Yields the names in a value of the linked data or a line that lists them."""
    if isinstance(value, list):
        for one in value:
            yield from _parted(one) if not isinstance(one, list) else ()
        return
    if isinstance(value, dict):
        value = value.get("name")
        if isinstance(value, list):
            yield from _parted([one for one in value if isinstance(one, str)])
            return
    if not isinstance(value, str) or len(value) > _LONGEST_LINE:
        return
    yield from split_names(unescaped(value))


def _address(places: Places) -> str:
    """Returns the page's address in full. One without a path names the site, not the page."""
    hint = places.page.hints.url
    addresses = []
    for text in places.lines(PRECEDENCE["url"]):
        try:
            address = urljoin(hint, text)
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and "." in parts.netloc and " " not in address:
            addresses.append(address)
    whole = (address for address in addresses if path_of(address))
    return next(whole, "") or hint or next(iter(addresses), "")


def _host(address: str) -> str:
    """Returns the host of an address, empty for what is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _external_id(places: Places) -> str:
    """An id is one word with a number in it; an address or a name is none."""
    for text in places.lines(PRECEDENCE["external_id"]):
        if len(text) <= _LONGEST_ID and " " not in text and not _is_address(text) and any(map(str.isdigit, text)):
            return text
    return ""


def _language(places: Places) -> str:
    return next(
        (text.replace("_", "-") for text in places.lines(PRECEDENCE["language"]) if _LANGUAGE.fullmatch(text)), ""
    )


def _topics(places: Places) -> tuple[str, ...]:
    for value in places.values(PRECEDENCE["topics"], listed=True):
        given = value if isinstance(value, list) else [value]
        lines = [text_of(one) for one in given]
        parts = [part.strip() for line in lines for part in (line.split(",") if len(lines) == 1 else [line])]
        topics = _unlike(part for part in parts if not _NO_TOPIC.search(part))
        if topics:
            return tuple(topics[:_MOST_TOPICS])
    return ()


def _best_moment(places: Places, field: str, problems: list[str]) -> Moment | None:
    """Returns the first possible time; one without hour or zone gives way to a later place's with them."""
    best: Moment | None = None
    wrong = ""
    for text in places.lines(PRECEDENCE[field]):
        try:
            moment = from_epoch(int(text.ljust(13, "0"))) if _EPOCH.fullmatch(text) else parse_moment(text)
        except TimeError as error:
            wrong = wrong or f"{field} {error}"
            continue
        closer = best and _is_vague(best) and not _is_vague(moment) and abs(moment.at - best.at) <= _SAME_TIME
        if best is None or closer:
            best = moment
        if not _is_vague(best):
            break
    if wrong:
        problems.append(wrong + ("; kept without it" if best is None else "; another place of the page has a time"))
    return best


def _is_vague(moment: Moment) -> bool:
    return moment.rule == NO_ZONE or moment.precision not in ("minute", "second")
