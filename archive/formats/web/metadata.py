"""What a web page says about itself: headline, standfirst, byline, source, address, times and topics.

Pages say the same thing in many places (linked data, OpenGraph, a dozen dialects of meta, microdata, the page as
shown) and these seldom agree. PRECEDENCE orders the places for each field and says why; `places` reads them; this
module checks the values. Knows no publisher. Used by the readers of web pages.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from ...bylines import join_names
from ...times import NO_ZONE, Moment, TimeError
from ..bylines import names_on_page
from ..stated_times import read_time
from .linked_articles import value_text
from .page import Page
from .page_text import normalized_words, unescaped, url_path
from .places import Places


@dataclass(frozen=True)
class Metadata:
    """What a page says about itself; a field is empty or None if the page has no valid value for it.

    `byline` is names with commas between. `is_article`: the page calls itself an article; `paid`: it says that its
    text is for subscribers. `body` is the article's text in the linked data, which may have a paragraph a line.
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


# Field -> its places, the most trusted first. `ld` is a key of the article's object in the linked data, `meta` the
# name, property or itemprop of a meta element, `micro` a property of the article in microdata, `shown` a part of the
# page as readers see it (`shown_parts.SHOWN`). The reasons:
PRECEDENCE: Mapping[str, tuple[str, ...]] = {
    # The heading above the text, if another place confirms it: sites put their names and other articles into h1 too.
    # The headlines of linked data and OpenGraph are often written for search and sharing.
    "headline": _in_order(
        "shown confirmed h1, ld headline, micro headline, meta og:title, shown lone h1, meta twitter:title, "
        "meta parsely-title, meta sailthru.title, meta cxenseparse:title, meta dc.title, meta dcterms.title, "
        "ld name, shown entry title, meta title, shown title, shown first heading"
    ),
    # First what readers see; then descriptions, which may be cut off or written for search.
    "standfirst": _in_order(
        "shown standfirst, ld description, micro description, meta og:description, meta description, "
        "meta twitter:description, meta sailthru.description, meta dc.description, meta dcterms.description"
    ),
    # Linked data separates its names; meta elements often join them, and article:author is as often an address.
    "byline": _in_order(
        "ld author, micro author, meta author, meta article:author_name, meta parsely-author, meta sailthru.author, "
        "meta cxenseparse:author, meta dcterms.creator, meta dc.creator, meta article:author, meta byl, meta byline, "
        "ld creator, shown author"
    ),
    # What the site calls itself to readers; linked data names the company behind it. A name in lower case is often a
    # code name (see _source).
    "source": _in_order(
        "meta og:site_name, ld publisher, micro publisher, meta dcterms.publisher, meta dc.publisher, "
        "meta publisher, meta cre, meta application-name, ld sourceorganization"
    ),
    # The page's own statement; linked data may name another edition.
    "url": _in_order("shown canonical, meta og:url, ld mainentityofpage, ld url, ld @id, meta parsely-link"),
    # The outlet's id of the article. Keys of analytics tools are none: they change with the vendor or name a template.
    "external_id": _in_order("ld identifier, meta article:id, meta article_id, meta articleid, meta parsely-post-id"),
    # The document's attribute is what browsers use.
    "language": _in_order(
        "shown language, ld inlanguage, meta content-language, meta language, meta dc.language, "
        "meta dcterms.language, meta og:locale"
    ),
    # Linked data has zones; some meta elements have local time without a zone, so they come later (see _best_moment).
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
    # Subject headings, the most careful first; the meta element `keywords` is written for search engines.
    "topics": _in_order("ld keywords, meta article:tag, meta parsely-tags, meta news_keywords, meta sailthru.tags"),
}

# A part of a title that begins with the site's name is its section, unless it has more words than this.
_MAX_SITE_WORDS = 4
_SEPARATORS = re.compile(r"\s+[|–—·•»:-]{1,2}\s+|\s*\|\s*")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*")
_ELLIPSES = ("…", "...", "[…]", "[...]", "…]")

# A headline or a byline is a line or two; longer ones come from pages that were never finished.
_MAX_LINE_CHARS = 500
# A shorter text under the headline is a name or a label. Scripts without spaces write a sentence in this many.
_MIN_STANDFIRST_CHARS = 12
_MAX_STANDFIRST_CHARS = 2_000
_MAX_SOURCE_CHARS = 200
_MAX_ID_CHARS = 100
# Keys, hosts and ids are written for machines; longer texts are no subject headings.
_NO_TOPIC = re.compile(r"^.?$|:|^\S+\.\S+$|[0-9a-f]{8}-[0-9a-f]{4}|.{101}")
_MAX_TOPICS = 40

# What became of a date that is refused, where another was found.
ELSEWHERE = "another place of the page has a valid time"
# Two statements of the same time differ by the hour or the zone that one of them lacks.
_MAX_DIFFERENCE = timedelta(hours=26)


def read_metadata(page: Page) -> Metadata:
    """Returns what the page says about itself. Never raises; O(size of the page).

    Leaves out invalid values; `problems` names those that matter, such as an impossible date.
    """
    places = Places(page)
    problems: list[str] = []
    source = _source(places)
    published = _best_moment(places, "published", problems)
    return Metadata(
        headline=_headline(places),
        standfirst=_standfirst(places),
        byline=join_names(_author_names(places, source)),
        source=source,
        url=_url(places),
        external_id=_external_id(places),
        language=_language(places),
        published=published,
        updated=_best_moment(places, "updated", problems),
        topics=_topics(places),
        is_article=places.says_article,
        paid=any(str(value).lower() == "false" for value in places.values(["ld isaccessibleforfree"])),
        body=max((text for text in places.values(["ld articlebody"]) if isinstance(text, str)), key=len, default=""),
        problems=(*page.linked_problems, *problems),
    )


def _source(places: Places) -> str:
    names = [
        text for text in places.lines(PRECEDENCE["source"]) if len(text) <= _MAX_SOURCE_CHARS and not _is_url(text)
    ]
    return next((text for text in names if not text.islower()), next(iter(names), ""))


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://", "//", "www."))


def _headline(places: Places) -> str:
    site_names = _site_names(places)
    lines = [_without_site(text, site_names) for text in places.lines(PRECEDENCE["headline"])]
    lines = [
        text for text in lines if text and len(text) <= _MAX_LINE_CHARS and normalized_words(text) not in site_names
    ]
    for text in lines:
        start = next((text.removesuffix(mark).rstrip() for mark in _ELLIPSES if text.endswith(mark)), None)
        if start is None or not any(other.startswith(start) and len(other) > len(text) for other in lines):
            return text
    return ""


def _site_names(places: Places) -> frozenset[str]:
    """Returns the names of the site, normalized: those that it states, and those in its host name."""
    stated = list(places.lines(PRECEDENCE["source"]))
    host = _host(_url(places))
    labels = host.removeprefix("www.").split(".")
    hosts = {host, ".".join(labels), " ".join(labels[:-1]), labels[0]}
    names = {normalized_words(text) for text in (*stated, *hosts, *places.shown.mastheads)}
    names |= {name.removeprefix("the ") for name in names} | {name.replace(" ", "") for name in names}
    return frozenset(name for name in names if name)


def _without_site(text: str, site_names: frozenset[str]) -> str:
    """Returns a title without the site's name at its beginning and end."""
    separators = [(match.start(), match.end()) for match in _SEPARATORS.finditer(text)]
    while separators and _is_site(text[separators[-1][1] :], site_names):
        text = text[: separators.pop()[0]]
    while separators and _is_site(text[: separators[0][0]], site_names):
        cut = separators.pop(0)[1]
        text, separators = text[cut:], [(start - cut, end - cut) for start, end in separators]
    return text.strip()


def _is_site(text: str, site_names: frozenset[str]) -> bool:
    """Whether a part of a title names the site, alone or with the name of a section."""
    name = normalized_words(text).removeprefix("the ")
    return (
        name in site_names
        or name.replace(" ", "") in site_names
        or (len(name.split()) <= _MAX_SITE_WORDS and any(name.startswith(site + " ") for site in site_names))
    )


def _standfirst(places: Places) -> str:
    lines = [
        text
        for text in places.lines(PRECEDENCE["standfirst"])
        if _MIN_STANDFIRST_CHARS <= len(text) <= _MAX_STANDFIRST_CHARS
    ]
    return next((text for text in lines if not text.endswith(_ELLIPSES)), lines[0] if lines else "")


def _author_names(places: Places, source: str) -> list[str]:
    """Returns the authors in the first place that names a person; if none does, the site as its own author."""
    site: list[str] = []
    for value in places.values(PRECEDENCE["byline"], listed=True):
        names = list(_names_in(value))
        persons = [name for name in names if normalized_words(name) != normalized_words(source)]
        if persons:
            return _distinct(persons)
        site = site or names[:1]
    return site


def _names_in(value: Any) -> Iterator[str]:
    """Yields the names in a value of linked data, or in a line that lists them."""
    if isinstance(value, list):
        for item in value:
            yield from _names_in(item) if not isinstance(item, list) else ()
        return
    if isinstance(value, dict):
        value = value.get("name")
        if isinstance(value, list):
            yield from _names_in([item for item in value if isinstance(item, str)])
            return
    if isinstance(value, str) and len(value) <= _MAX_LINE_CHARS:
        yield from names_on_page(unescaped(value))


def _distinct(texts: Iterable[str]) -> list[str]:
    """Returns the texts without those that have the same words as one before."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(normalized_words(text), text)
    return list(found.values())


def _url(places: Places) -> str:
    """Returns the page's full address; an address without a path, which is the site's, as a last resort."""
    hint = places.page.hints.url
    urls = []
    for text in places.lines(PRECEDENCE["url"]):
        try:
            url = urljoin(hint, text)
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and "." in parts.netloc and " " not in url:
            urls.append(url)
    return next((url for url in urls if url_path(url)), "") or hint or next(iter(urls), "")


def _host(url: str) -> str:
    """Returns the host of an address; empty if the address is invalid."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _external_id(places: Places) -> str:
    """Returns the first id that is a word with a digit in it; addresses and names are no ids."""
    for text in places.lines(PRECEDENCE["external_id"]):
        if len(text) <= _MAX_ID_CHARS and " " not in text and not _is_url(text) and any(map(str.isdigit, text)):
            return text
    return ""


def _language(places: Places) -> str:
    return next(
        (text.replace("_", "-") for text in places.lines(PRECEDENCE["language"]) if _LANGUAGE.fullmatch(text)), ""
    )


def _topics(places: Places) -> tuple[str, ...]:
    for value in places.values(PRECEDENCE["topics"], listed=True):
        lines = [value_text(item) for item in (value if isinstance(value, list) else [value])]
        # A single value is a list with commas.
        parts = lines[0].split(",") if len(lines) == 1 else lines
        topics = _distinct(part.strip() for part in parts if not _NO_TOPIC.search(part.strip()))
        if topics:
            return tuple(topics[:_MAX_TOPICS])
    return ()


def _best_moment(places: Places, field: str, problems: list[str]) -> Moment | None:
    """Returns the first valid time; if it lacks the hour or the zone, a later place's statement of the same time."""
    best: Moment | None = None
    problem = ""
    for text in places.lines(PRECEDENCE[field]):
        try:
            moment = read_time(text)
        except TimeError as error:
            problem = problem or f"{field} {error}"
            continue
        if best is None or (_is_vague(best) and not _is_vague(moment) and abs(moment.at - best.at) <= _MAX_DIFFERENCE):
            best = moment
        if not _is_vague(best):
            break
    if problem:
        outcome = "kept without it" if best is None else ELSEWHERE
        problems.append(f"{problem}; {outcome}")
    return best


def _is_vague(moment: Moment) -> bool:
    return moment.rule == NO_ZONE or moment.precision not in ("minute", "second")
