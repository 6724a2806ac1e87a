"""HTML: one page of the web, as saved: a live page entry by entry, or an article.

What the page says about itself is `metadata`'s to read, its entries, if it has any, are `live_page`'s, and what of it
is the article `article_body`'s. A page without
an article (an error, a front page, a wall of consent) is rejected with the reason.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from urllib.parse import urlsplit

import htmldate

from ..errors import ReadError
from ..items import ArticleItem, Hints, Item, SectionItem
from ..times import Moment, TimeError, parse_moment
from .input import Limits
from .live import live_page
from .markup import opening_words
from .web import Metadata, Page, Places, library_call, normalized_words, open_page, read_metadata, read_sections
from .written_times import read_day

READER = "html/1"

# What may stand before the first element of a page, and the elements that a page or a piece of one begins with.
# An XML declaration may go before HTML's own root alone: other XML has elements of the same names.
_BEFORE = re.compile(rb"(?:\s|<!--.*?-->|<\?(?!xml\b)[^>]*>)*", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml\b[^>]*\?>", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:!doctype\s+html\b|html[\s>])", re.IGNORECASE)
_PIECE = re.compile(
    rb"<(?:head|body|title|meta|link|base|script|style|noscript|div|p|span|article|section|main|header|footer|nav|aside"
    rb"|h[1-6]|table|ul|ol|dl|blockquote|center|font|img|iframe|figure|form|a|b|i|em|strong|br|hr|pre)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\.x?html?(?:\.gz)?$", re.IGNORECASE)

# Pages that are there instead of an article, by their headline; asked only where there is little text.
_NO_ARTICLE = re.compile(
    r"^(?:error\W*)?(?:4\d\d|50\d)(?:\W*$|\W+(?:error|page|not|forbidden|access|bad|internal|service|gateway)\b.*)"
    r"|\b(?:page|file|document|article|content|site)\W+(?:is\W+|was\W+|can(?:no|')t be\W+)?"
    r"(?:(?:not|no longer)\W+)?(?:found|available)$"
    r"|^not found$|^access (?:is )?denied\b|^forbidden$|^just a moment\b|^attention required\b|\bcaptcha\b"
    r"|\b(?:are you|verify (?:that )?you(?:'re| are)) (?:a |not a )?(?:human|robot)\b"
    r"|^we value your privacy|^before you continue|^your (?:privacy|cookies?)\b|\bcookie consent\b"
    r"|^(?:log|sign) in\b|^subscribe\b|\b(?:service|temporarily) unavailable$"
    r"|^seite (?:wurde )?nicht gefunden|^página no encontrada|^page introuvable|^страница не найдена",
    re.IGNORECASE,
)
_LITTLE_TEXT = 1_500

# Twenty times as many elements as any page has that was seen in the wild, and more letters than any novel: they bound
# time and memory, of which an element costs 0.1 ms and 2 kB, a letter 30 bytes.
_MOST_ELEMENTS = 50_000
_MOST_LETTERS = 8_000_000

# Fewer letters are a caption or a notice, unless the page calls itself an article; and none is one with fewer still.
_SHORTEST = 80
_SHORTEST_ARTICLE = 20

# A page of links has few sentences: this share of its letters must be in paragraphs that a mark closes, unless it
# calls itself an article; more of them at the address of a whole site, which is rarely one.
_CLOSED_SHARE = 0.25
_FRONT_SHARE = 0.7
_CLOSED = re.compile(r"[.?!…。！？।۔](?: ?[\"'“”‘’«»)\]）」』])*$")

# A line near the headline that tells a time, and in how many parts at most.
_LONGEST_DATE = 80
_MOST_PARTS = 4

# A first paragraph that can be a headline where nothing else is one.
_LONGEST_HEADLINE = 160


def sniff(head: bytes, name: str) -> bool:
    """Whether this is a page or a piece of one, in any encoding that has ASCII in it, UTF-16 too."""
    # What UTF-16 puts between the letters, and any byte order mark.
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    start = start[_end_of(_BEFORE, start) :]
    if _DECLARATION.match(start):
        start = start[_end_of(_DECLARATION, start) :]
        start = start[_end_of(_BEFORE, start) :]
        return _ROOT.match(start) is not None
    if _ROOT.match(start) or _PIECE.match(start):
        return True
    return _NAMED.search(name) is not None and (_ROOT.search(start) or _PIECE.search(start)) is not None


def _end_of(pattern: re.Pattern[bytes], data: bytes) -> int:
    match = pattern.match(data)
    return match.end() if match else 0


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the one article of a page. Raises ReadError where there is none."""
    yield _read_page(open_page(raw, hints))


def _read_page(page: Page) -> ArticleItem:
    # No letter takes less than a byte.
    if len(page.raw) > _MOST_LETTERS and page.root.xpath("string-length(.)") > _MOST_LETTERS:
        raise ReadError(f"more than {_MOST_LETTERS:,} letters, too many for one article; split the page")
    metadata = read_metadata(page)
    live = live_page.read_page(page, metadata)
    if live:
        return live
    if page.root.xpath("count(//*)") > _MOST_ELEMENTS:
        raise ReadError(f"more than {_MOST_ELEMENTS:,} elements, too many for one article; split the page")
    sections = read_sections(page, metadata)
    headline, sections, note = _headed(metadata.headline, sections)
    reason = _why_no_article(page, metadata, headline, sections)
    if reason:
        raise ReadError(reason)
    hints = page.hints
    published = metadata.published or hints.published
    missing = live_page.missing_entries_note(page, metadata)
    problems = [*page.problems, *metadata.problems, *(one for one in (note, missing) if one)]
    # Where the page gives a date that cannot be, one that is found elsewhere in it may be made of the same numbers.
    if published is None and not any(problem.startswith("published ") for problem in problems):
        published = _shown_date(page) or _written_date(page)
        problems += [] if published else ["the page gives no time of publication"]
    if metadata.paid:
        problems.append("the page says that its text is for subscribers; what it shows may be its beginning alone")
    return ArticleItem(
        headline=headline,
        sections=sections,
        raw=page.raw,
        media_type=page.media_type,
        reader=READER,
        source=metadata.source or hints.source,
        external_id=metadata.external_id,
        url=metadata.url,
        standfirst=_standfirst(metadata.standfirst, sections),
        byline=metadata.byline,
        language=metadata.language,
        published=published,
        updated=metadata.updated,
        topics=metadata.topics,
        problems=tuple(problems),
        whole_stream=True,
    )


def _headed(headline: str, sections: tuple[SectionItem, ...]) -> tuple[str, tuple[SectionItem, ...], str]:
    """Returns a headline, the sections under it, and a note where the page names none and its text has to stand in."""
    if headline or not sections:
        return headline, sections, ""
    first = sections[0]
    if first.heading:
        return first.heading, (replace(first, heading=""), *sections[1:]), ""
    line, *rest = first.paragraphs
    if len(line) <= _LONGEST_HEADLINE and (rest or sections[1:]):
        return line, (*((replace(first, paragraphs=tuple(rest)),) if rest else ()), *sections[1:]), ""
    beginning = line if len(line) <= _LONGEST_HEADLINE else line[:_LONGEST_HEADLINE].rpartition(" ")[0] + " …"
    return beginning, sections, "the page names no headline; the beginning of its text stands in for it"


def _why_no_article(page: Page, metadata: Metadata, headline: str, sections: Sequence[SectionItem]) -> str:
    """Returns why the page is no article, empty where it is one."""
    texts = [text for section in sections for text in section.paragraphs]
    letters = sum(map(len, texts))
    if letters < _LITTLE_TEXT and not metadata.is_article and (match := _NO_ARTICLE.search(headline)):
        return f"an error, a log-in or a notice instead of an article: it is headed {match[0].strip()!r}"
    if not texts:
        return "no article in the page: nothing in it reads like one; was it saved before its scripts ran?"
    if letters < (_SHORTEST_ARTICLE if metadata.is_article else _SHORTEST):
        return f"no article in the page: {letters} letters of text are too few to be one"
    if metadata.is_article:
        return ""
    closed = sum(len(text) for text in texts if _CLOSED.search(text))
    if closed < (_FRONT_SHARE if _is_front(page, metadata) else _CLOSED_SHARE) * letters:
        return "no article in the page: a list of links or labels, like a front page"
    return ""


def _is_front(page: Page, metadata: Metadata) -> bool:
    """Whether the address is that of a site, not of a page in it."""
    try:
        parts = urlsplit(metadata.url or page.hints.url)
    except ValueError:
        return False
    return bool(parts.netloc) and parts.path in ("", "/") and not parts.query


def _standfirst(standfirst: str, sections: Sequence[SectionItem]) -> str:
    """Returns the standfirst, unless it is the beginning of the text and says nothing of its own."""
    said = normalized_words(standfirst)
    beginning = [normalized_words(text) for section in sections[:1] for text in section.paragraphs[:3]]
    return "" if any(text.startswith(said) for text in beginning) else standfirst


def _shown_date(page: Page) -> Moment | None:
    """Returns the time that stands near the headline in words, on a line that says nothing else; else None."""
    lines = (opening_words(one, _LONGEST_DATE) for one in Places(page).near_headline if len(one) <= _MOST_PARTS)
    return next((moment for line in lines if len(line) <= _LONGEST_DATE and (moment := read_day(line))), None)


def _written_date(page: Page) -> Moment | None:
    """Returns the day that htmldate finds in the page's text or address, with that for its rule; else None."""
    tree = deepcopy(page.root)
    with library_call():
        found = htmldate.find_date(tree, extensive_search=False, original_date=True, url=page.hints.url or None)
    try:
        moment = parse_moment(found) if found else None
    except TimeError:
        return None
    return replace(moment, rule="found in the page's text or address by htmldate") if moment else None
