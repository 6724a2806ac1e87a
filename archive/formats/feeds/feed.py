"""Feeds: RSS, Atom and JSON Feed; each entry is an article.

The evidence of an entry is its own bytes, not the feed's, so that an entry that did not change is the same capture
in every fetch: of XML the exclusive canonical form (W3C, Exclusive XML Canonicalization 1.0), which does not hang on
what stands around it; of JSON the object with its keys in order.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag

from ...items import ArticleItem, Hints, Item, Note, Rejected, SectionItem
from ..bylines import join_names
from ..input import Limits
from ..json_values import Fields, JsonError, a_type, load_json
from .feed_entry import Blocks, Entry, Head, markup_blocks, resolved, text_blocks, title_of, words_in
from .feed_xml import xml_entries

READER = "feed/1"

# What stands before the first element, one piece at a time; and the first elements of feeds, with what else they show.
_PROLOGUE = re.compile(
    r"\s+|<!--.*?(?:-->|$)|<\?.*?(?:\?>|$)|<![^\[>]*(?:\[[^\]]*\])?\s*>|[^<]{1,500}(?=<\?xml\b)", re.DOTALL
)
_FIRST_ELEMENT = re.compile(r"<(?:[\w.-]+:)?(\w+)[\s>]")
_MARKS = {"rss": "", "rdf": r"purl\.org/rss/|my\.netscape\.com/rdf", "feed": r"(?i)/atom\b|<(?:\w+:)?entry\b"}
_JSON_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_JSON_MARK = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/')

# What publishing systems append to an entry, which is no word of the article.
_FOOTERS = re.compile(
    r"The post .{1,300} (?:appeared first|first appeared) on .{1,200}"
    r"|(?:continue reading|read (?:more|on|the (?:full|rest of the) .{1,20}?))(?:[.:…]*|(?: .{1,200})?\s*[→»›])",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(r"(?:\[(?:…|\.\.\.|&hellip;)\]|\((?:…|\.\.\.|more)\))\s*$")

# Some feeds put a line into the content and the article into the description.
_FAR_LONGER = 2

# An entry without a title is called by its first sentence, or so much of it as stands in a line.
_SENTENCE = re.compile(r".+?[.!?…。！？](?=\s|$)")
_MAX_HEADLINE = 120


def sniff(head: bytes, name: str) -> bool:
    """Whether the first element is a feed's, or this is a JSON Feed by its version."""
    if _JSON_START.match(head):
        return bool(_JSON_MARK.search(head))
    text = _prologue_text(head)
    at = 0
    while piece := _PROLOGUE.match(text, at):
        at = piece.end()
    first = _FIRST_ELEMENT.match(text, at)
    mark = _MARKS.get(first[1].lower()) if first else None
    return mark is not None and bool(re.search(mark, text))


def _prologue_text(head: bytes) -> str:
    wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(head[:2])
    return head.decode(wide or "latin-1", "replace").removeprefix("\xef\xbb\xbf").removeprefix("\ufeff")


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields an article an entry, in the feed's order; an entry without words is rejected by its number."""
    is_json = _JSON_START.match(raw)
    entries, head, notes = _json_entries(raw, hints, limits) if is_json else xml_entries(raw, hints)
    for note in notes:
        yield Note("", note)
    if not entries:
        yield Rejected("", "a feed without entries")
        return
    shared = Counter(urldefrag(entry.url).url for entry in entries if isinstance(entry, Entry))
    for number, entry in enumerate(entries, start=1):
        locator = f"entry {number}"
        if isinstance(entry, str):
            yield Rejected(locator, entry)
            continue
        yield _article(entry, head, hints, locator, shares_address=shared[urldefrag(entry.url).url] > 1)


def _article(entry: Entry, head: Head, hints: Hints, locator: str, *, shares_address: bool) -> Item:
    problems = list(entry.problems)
    content, summary = _without_footers(entry.content), _without_footers(entry.summary)
    body, standfirst, partial = _told(content, summary)
    if not body:
        return Rejected(locator, "no words but its title; the feed gives the address alone, so take in the page")
    headline = entry.title
    if not headline:
        headline = _first_sentence(next(text for text, _ in body))
        problems.append("no title; called by its first sentence")
    identity = entry.identity
    if identity and _address(identity) == _address(entry.url) and not shares_address:
        identity = ""  # the address itself, by which the page is known too
    return ArticleItem(
        headline=headline,
        standfirst=standfirst,
        sections=_sections(body),
        raw=entry.raw,
        media_type=entry.media_type,
        reader=READER,
        locator=locator,
        source=hints.source or entry.source or head.title,
        external_id=identity,
        url=entry.url,
        byline=entry.byline or head.byline,
        language=entry.language or head.language,
        published=entry.published or hints.published,
        updated=entry.updated,
        topics=entry.topics,
        partial=partial,
        problems=tuple(problems),
    )


def _told(content: Blocks, summary: Blocks) -> tuple[Blocks, str, bool]:
    """Returns the body, the standfirst, and whether the body is but a part of the article.

    The content is the body unless the summary is far longer; the other is the standfirst unless it stands in the body.
    """
    content_words, summary_words = words_in(content), words_in(summary)
    fuller = len(content_words) * _FAR_LONGER >= len(summary_words)
    body, other = (content, summary_words) if content and fuller else (summary, content_words)
    whole = words_in(body)
    stem = _CUT_OFF.sub("", other).rstrip(" .…")
    standfirst = "" if not stem or whole.startswith(stem) or stem in whole else other
    return body, standfirst, not content or bool(_CUT_OFF.search(whole))


def _without_footers(words: Blocks) -> Blocks:
    while words and _FOOTERS.fullmatch(words[-1][0]):
        words = words[:-1]
    return words


def _sections(body: Blocks) -> tuple[SectionItem, ...]:
    parts: list[tuple[str, list[str]]] = [("", [])]
    for text, is_heading in body:
        if is_heading:
            parts.append((text, []))
        else:
            parts[-1][1].append(text)
    return tuple(SectionItem(tuple(texts), heading) for heading, texts in parts if heading or texts)


def _first_sentence(text: str) -> str:
    match = _SENTENCE.match(text)
    sentence = match[0] if match else text
    if len(sentence) <= _MAX_HEADLINE:
        return sentence
    return sentence[: _MAX_HEADLINE - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def _address(url: str) -> str:
    """Returns an address without what makes no difference: its scheme, www., and a last slash."""
    return re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/")


def _json_entries(raw: bytes, hints: Hints, limits: Limits) -> tuple[list[Entry | str], Head, list[str]]:
    """Returns the same of a JSON Feed (version 1.1, jsonfeed.org)."""
    value = load_json(raw, limits)
    if not isinstance(value, dict):
        raise JsonError(f"{a_type(value)} where a JSON Feed is an object")
    items = value.get("items")
    if not isinstance(items, list):
        raise JsonError(f"`items` is {a_type(items)}; a JSON Feed has a list of objects there")
    fields = Fields(value)
    base = resolved(fields.line("home_page_url"), fields.line("feed_url") or hints.url) or hints.url
    head = Head(fields.line("title"), base, _json_byline(value), fields.line("language"))
    return [_json_entry(item, head) for item in items], head, fields.all_problems()


def _json_entry(item: Any, head: Head) -> Entry | str:
    if not isinstance(item, dict):
        return f"{a_type(item)} where an entry is an object"
    fields = Fields(item)
    content = markup_blocks(fields.text("content_html")) or text_blocks(fields.text("content_text"))
    published = fields.moment("date_published")
    return Entry(
        raw=json.dumps(item, sort_keys=True).encode(),
        media_type="application/json",
        title=title_of(fields.text("title")),
        content=content,
        summary=markup_blocks(fields.text("summary")),
        identity=fields.line("id"),
        url=resolved(fields.line("url") or fields.line("external_url"), head.base),
        byline=_json_byline(item),
        language=fields.line("language"),
        source="",
        published=published,
        updated=fields.moment("date_modified"),
        topics=fields.names("tags"),
        problems=tuple(fields.all_problems()),
    )


def _json_byline(record: dict[str, Any]) -> str:
    """Returns the names of `authors`, or of `author`, as version 1 had it."""
    authors = record.get("authors") or [record.get("author")]
    names = (
        Fields(one).line("name") for one in (authors if isinstance(authors, list) else []) if isinstance(one, dict)
    )
    return join_names(names)
