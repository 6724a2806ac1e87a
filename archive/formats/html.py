"""HTML: one saved web page, read as a live page entry by entry, or else as an article.

Decides whether the page is an article and joins its parts: `web.metadata` reads what the page says about itself,
`web.article_body` its text, `live.live_page` its entries. Rejects a page without an article (an error, a front page, a
consent form) with the reason. Used by the table of formats.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from lxml.html import document_fromstring

from ..errors import ReadError
from ..items import ArticleItem, Hints, Item, SectionItem
from ..times import Moment, TimeError, parse_moment
from .input import Limits, as_utf8
from .live import live_page
from .markup import opening_words
from .web import (
    ELSEWHERE,
    Body,
    Metadata,
    Page,
    Places,
    copy_for_library,
    library_call,
    normalized_words,
    open_page,
    read_body,
    read_metadata,
    read_paging,
)
from .written_times import read_written_day

READER = "html/1"

# What may come before the first element, and the elements with which a page or a fragment begins. After an XML
# declaration only HTML's root counts: other XML has elements of the same names.
_BEFORE = re.compile(rb"(?:\s|<!--.*?-->|<\?(?!xml\b)[^>]*>)*", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml\b[^>]*\?>", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:!doctype\s+html\b|html[\s>])", re.IGNORECASE)
_FRAGMENT = re.compile(
    rb"<(?:head|body|title|meta|link|base|script|style|noscript|div|p|span|article|section|main|header|footer|nav|aside"
    rb"|h[1-6]|table|ul|ol|dl|blockquote|center|font|img|iframe|figure|form|a|b|i|em|strong|br|hr|pre)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_HTML_NAME = re.compile(r"\.x?html?(?:\.gz)?$", re.IGNORECASE)

# Headlines of pages that replace an article: errors, log-ins, notices. Applied only to pages with little text.
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
_MAX_NOTICE_CHARS = 1_500

# Twenty times the elements of any page seen in the wild, and more characters than any novel. They bound time and
# memory: an element costs 0.1 ms and 2 kB, a character 30 bytes.
_MAX_ELEMENTS = 50_000
_MAX_PAGE_CHARS = 8_000_000

# Shorter texts are a caption or a notice; if the page calls itself an article, the second limit applies. In bytes of
# UTF-8, since a character of other scripts says more than one of the Latin alphabet.
_MIN_BYTES = 80
_MIN_ARTICLE_BYTES = 20

# A page of links has few sentences: this share of its text must be in paragraphs that end a sentence, unless it calls
# itself an article. At the address of a whole site, which is rarely an article, more of it.
_MIN_SENTENCES_SHARE = 0.25
_MIN_FRONT_PAGE_SHARE = 0.7
# A poem has no sentences either, but it has a headline and few links.
_MAX_LINKED_SHARE = 0.2
_SENTENCE_END = re.compile(r"[.?!…。！？।۔](?: ?[\"'“”‘’«»)\]）」』])*$")

# A line near the headline that is longer, or has more elements in it, is not a time.
_MAX_DATE_CHARS = 80
_MAX_DATE_ELEMENTS = 4

# A longer first paragraph is no headline.
_MAX_HEADLINE_CHARS = 160


def sniff(head: bytes, name: str) -> bool:
    """Whether this is a page or a fragment, in any encoding."""
    # Without a byte order mark, and without stray zero bytes.
    start = as_utf8(head).replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    start = start[_end_of(_BEFORE, start) :]
    if _DECLARATION.match(start):
        start = start[_end_of(_DECLARATION, start) :]
        start = start[_end_of(_BEFORE, start) :]
        return _ROOT.match(start) is not None
    if _ROOT.match(start) or _FRAGMENT.match(start):
        return True
    return _HTML_NAME.search(name) is not None and (_ROOT.search(start) or _FRAGMENT.search(start)) is not None


def _end_of(pattern: re.Pattern[bytes], data: bytes) -> int:
    match = pattern.match(data)
    return match.end() if match else 0


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the article of a page. Raises ReadError if there is none."""
    page = open_page(raw, hints, limits)
    article = _read_page(page)
    paging = read_paging(page, article.url, is_live=article.kind == "live")
    if paging:
        article = replace(article, url=paging.first_url, page_number=paging.number, more_pages=paging.more_pages)
    yield article


def _read_page(page: Page) -> ArticleItem:
    # A page has at least as many bytes as characters.
    if len(page.raw) > _MAX_PAGE_CHARS and page.root.xpath("string-length(.)") > _MAX_PAGE_CHARS:
        raise ReadError(f"more than {_MAX_PAGE_CHARS:,} characters, too many for one article; split the page")
    metadata = read_metadata(page)
    live = live_page.read_page(page, metadata)
    if live:
        return live
    if page.root.xpath("count(//*)") > _MAX_ELEMENTS:
        raise ReadError(f"more than {_MAX_ELEMENTS:,} elements, too many for one article; split the page")
    body = read_body(page, metadata)
    headline, sections, headline_note = _with_headline(metadata.headline, body.sections)
    reason = _why_no_article(page, metadata, headline, replace(body, sections=sections))
    if reason:
        raise ReadError(reason)
    hints = page.hints
    published = metadata.published or hints.published
    live_note = live_page.missing_entries_note(page, metadata)
    problems = [*page.problems, *metadata.problems, *(note for note in (headline_note, live_note) if note)]
    if published is None:
        # If the page states a date that is refused, htmldate may guess from the same numbers, except in the address.
        refused = [problem for problem in problems if problem.startswith("published ")]
        published = _date_near_headline(page) or _date_by_htmldate(page, address_only=bool(refused))
        if published and refused:
            at = problems.index(refused[0])
            problems[at] = f"{refused[0].rpartition(';')[0]}; {ELSEWHERE}"
        elif not published and not refused:
            problems.append("the page gives no time of publication")
    if metadata.paid:
        problems.append("the page says that its text is for subscribers; the rest of it may be missing")
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


def _with_headline(headline: str, sections: tuple[SectionItem, ...]) -> tuple[str, tuple[SectionItem, ...], str]:
    """Returns a headline, the sections under it, and a note; without a headline the text's first heading or line."""
    if headline or not sections:
        return headline, sections, ""
    first = sections[0]
    if first.heading:
        return first.heading, (replace(first, heading=""), *sections[1:]), ""
    line, *rest = first.paragraphs
    if len(line) <= _MAX_HEADLINE_CHARS and (rest or sections[1:]):
        return line, (*((replace(first, paragraphs=tuple(rest)),) if rest else ()), *sections[1:]), ""
    beginning = line if len(line) <= _MAX_HEADLINE_CHARS else line[:_MAX_HEADLINE_CHARS].rpartition(" ")[0] + " …"
    return beginning, sections, "the page has no headline; the beginning of its text is used"


def _why_no_article(page: Page, metadata: Metadata, headline: str, body: Body) -> str:
    """Returns why the page is no article; empty if it is one."""
    texts = [text for section in body.sections for text in section.paragraphs]
    chars = sum(map(len, texts))
    if chars < _MAX_NOTICE_CHARS and not metadata.is_article and (match := _NO_ARTICLE.search(headline)):
        return f"no article in the page: it is an error, a log-in or a notice, headed {match[0].strip()!r}"
    if not texts:
        return "no article in the page; if scripts load it, save the page after they have run"
    size_bytes = sum(len(text.encode("utf-8", "replace")) for text in texts)
    if size_bytes < (_MIN_ARTICLE_BYTES if metadata.is_article else _MIN_BYTES):
        return f"no article in the page: {chars} characters of text are too few"
    if metadata.is_article:
        return ""
    is_front_page = _is_front_page(page, metadata)
    if body.is_headed and body.linked_share < _MAX_LINKED_SHARE and not is_front_page:
        return ""
    in_sentences = sum(len(text) for text in texts if _SENTENCE_END.search(text))
    min_share = _MIN_FRONT_PAGE_SHARE if is_front_page else _MIN_SENTENCES_SHARE
    if in_sentences < min_share * chars:
        return "no article in the page: a list of links or labels, like a front page"
    return ""


def _is_front_page(page: Page, metadata: Metadata) -> bool:
    """Whether the address is that of a site, not of a page in it."""
    try:
        parts = urlsplit(metadata.url or page.hints.url)
    except ValueError:
        return False
    return bool(parts.netloc) and parts.path in ("", "/") and not parts.query


def _standfirst(standfirst: str, sections: Sequence[SectionItem]) -> str:
    """Returns the standfirst; empty if it only repeats the beginning of the text."""
    words = normalized_words(standfirst)
    beginning = [normalized_words(text) for section in sections[:1] for text in section.paragraphs[:3]]
    return "" if any(text.startswith(words) for text in beginning) else standfirst


def _date_near_headline(page: Page) -> Moment | None:
    """Returns the time that is written on a line of its own near the headline; None if there is none."""
    elements = (element for element in Places(page).near_headline if len(element) <= _MAX_DATE_ELEMENTS)
    lines = (opening_words(element, _MAX_DATE_CHARS) for element in elements)
    dates = (read_written_day(line) for line in lines if len(line) <= _MAX_DATE_CHARS)
    return next((moment for moment in dates if moment), None)


def _date_by_htmldate(page: Page, *, address_only: bool) -> Moment | None:
    """Returns the day that htmldate finds in the page's address or, unless `address_only`, text; None if none."""
    # As with trafilatura, see `web.article_body`.
    import htmldate

    tree = document_fromstring("<html></html>") if address_only else copy_for_library(page.root)
    with library_call():
        found = htmldate.find_date(tree, extensive_search=False, original_date=True, url=page.hints.url or None)
    try:
        moment = parse_moment(found) if found else None
    except TimeError:
        return None
    return replace(moment, rule="found in the page's text or address by htmldate") if moment else None
