"""Feeds: RSS, Atom and JSON Feed; each entry is an article.

Owns JSON Feed, and how an entry becomes an article; `feed_xml` reads the XML. The evidence of an entry is its own
bytes, not the feed's, so that an unchanged entry is the same capture in every fetch: of XML the exclusive canonical
form (W3C, Exclusive XML Canonicalization 1.0), which does not depend on the XML around it; of JSON the object with
sorted keys.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from ...bylines import join_names
from ...items import ArticleItem, Hints, Item, Note, Rejected
from ..body import sections_of
from ..input import HEAD_BYTES, Limits, as_utf8
from ..json_values import Fields, JsonError, a_type, load_json
from .feed_entry import FeedEntry, FeedHead, Lines, html_or_text_lines, joined, resolved, separated_lines
from .feed_xml import xml_entries
from .labels import label_of

READER = "feed/1"

# A piece of what may precede the first element; the first elements of feeds, with what else must be there.
_PROLOGUE = re.compile(
    r"\s+|<!--.*?(?:-->|$)|<\?.*?(?:\?>|$)|<![^\[>]*(?:\[[^\]]*\])?\s*>|[^<]{1,500}(?=<\?xml\b)", re.DOTALL
)
_FIRST_ELEMENT = re.compile(r"<(?:[\w.-]+:)?(\w+)[\s>]")
_MARKS = {"rss": "", "rdf": r"purl\.org/rss/|my\.netscape\.com/rdf", "feed": r"(?i)/atom\b|<(?:\w+:)?entry\b"}
_JSON_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_JSON_MARK = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/')

# Lines that publishing systems append to an entry, which are not part of the article.
_FOOTERS = re.compile(
    r"The post .{1,300} (?:appeared first|first appeared) on .{1,200}"
    r"|(?:continue reading|read (?:more|on|the (?:full|rest of the) .{1,20}?))(?:[.:…]*|(?: .{1,200})?\s*[→»›])",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(r"(?:\[(?:…|\.\.\.|&hellip;)\]|\((?:…|\.\.\.|more)\))\s*$")

# Some feeds have one line as content, and the article, at least this many times as long, as description.
_MIN_LENGTH_RATIO = 2

# The headline of an entry without a title is its first sentence, or as much of it as fits on a line.
_SENTENCE = re.compile(r".+?[.!?…。！？](?=\s|$)")
_MAX_HEADLINE_CHARS = 120


def sniff(head: bytes, name: str) -> bool:
    """Whether the first element is that of a feed, or the version of an object is that of JSON Feed."""
    head = as_utf8(head)
    if _JSON_START.match(head):
        return bool(_JSON_MARK.search(head))
    text = head.decode("latin-1").removeprefix("\xef\xbb\xbf")
    at = 0
    while piece := _PROLOGUE.match(text, at):
        at = piece.end()
    first = _FIRST_ELEMENT.match(text, at)
    mark = _MARKS.get(first[1].lower()) if first else None
    return mark is not None and bool(re.search(mark, text))


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each entry, in order, or why it is not an article. Raises ReadError if it is not a feed."""
    is_json = _JSON_START.match(as_utf8(raw[:HEAD_BYTES]))
    entries, head, notes = _json_entries(raw, hints, limits) if is_json else xml_entries(raw, hints)
    for note in notes:
        yield Note("", note)
    if not entries:
        yield Rejected("", "a feed without entries")
        return
    for number, entry in enumerate(entries, start=1):
        locator = f"entry {number}"
        if isinstance(entry, str):
            yield Rejected(locator, entry)
            continue
        yield _article(entry, head, hints, locator)


def _article(entry: FeedEntry, head: FeedHead, hints: Hints, locator: str) -> Item:
    problems = list(entry.problems)
    content, summary = _without_footers(entry.content), _without_footers(entry.summary)
    body, standfirst, partial = _body_and_standfirst(content, summary)
    if not body:
        return Rejected(locator, "only a title and an address; ingest the page itself")
    headline = entry.title
    if not headline:
        headline = _first_sentence(body[0].text)
        problems.append("no title; its first sentence is used instead")
    identity = entry.identity
    if _address(identity) == _address(entry.url):
        identity = ""  # the address itself, which identifies the page too
    return ArticleItem(
        headline=headline,
        standfirst=standfirst,
        sections=sections_of(body),
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


def _body_and_standfirst(content: Lines, summary: Lines) -> tuple[Lines, str, bool]:
    """Returns the body, the standfirst, and whether the body is only a part of the article.

    The content is the body unless the summary is much longer. The other is the standfirst unless the body contains it.
    """
    content_words, summary_words = joined(content), joined(summary)
    is_fuller = len(content_words) * _MIN_LENGTH_RATIO >= len(summary_words)
    body, other = (content, summary_words) if content and is_fuller else (summary, content_words)
    whole = joined(body)
    stem = _CUT_OFF.sub("", other).rstrip(" .…")
    standfirst = "" if not stem or whole.startswith(stem) or stem in whole else other
    return body, standfirst, not content or bool(_CUT_OFF.search(whole))


def _without_footers(lines: Lines) -> Lines:
    while lines and _FOOTERS.fullmatch(lines[-1].text):
        lines = lines[:-1]
    return lines


def _first_sentence(text: str) -> str:
    match = _SENTENCE.match(text)
    sentence = match[0] if match else text
    if len(sentence) <= _MAX_HEADLINE_CHARS:
        return sentence
    return sentence[: _MAX_HEADLINE_CHARS - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def _address(url: str) -> str:
    """Returns an address without the parts that make no difference: the scheme, www., and a final slash."""
    return re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/")


def _json_entries(raw: bytes, hints: Hints, limits: Limits) -> tuple[list[FeedEntry | str], FeedHead, list[str]]:
    """Returns what `xml_entries` does, of a JSON Feed (version 1.1, jsonfeed.org)."""
    value = load_json(raw, limits)
    if not isinstance(value, dict):
        raise JsonError(f"{a_type(value)}; a JSON Feed is an object")
    items = value.get("items")
    if not isinstance(items, list):
        raise JsonError(f"`items` is {a_type(items)}; a JSON Feed has a list of objects there")
    fields = Fields(value)
    base = resolved(fields.line("home_page_url"), fields.line("feed_url") or hints.url) or hints.url
    head = FeedHead(label_of(fields.text("title")), base, _json_byline(value), fields.line("language"))
    return [_json_entry(item, head) for item in items], head, fields.all_problems()


def _json_entry(item: Any, head: FeedHead) -> FeedEntry | str:
    if not isinstance(item, dict):
        return f"{a_type(item)}; an entry is an object"
    fields = Fields(item)
    content = html_or_text_lines(fields.text("content_html")) or separated_lines(fields.text("content_text"))
    published = fields.moment("date_published")
    return FeedEntry(
        raw=json.dumps(item, sort_keys=True).encode(),
        media_type="application/json",
        title=label_of(fields.text("title")),
        content=content,
        summary=html_or_text_lines(fields.text("summary")),
        identity=fields.line("id"),
        url=resolved(fields.line("url") or fields.line("external_url"), head.base),
        byline=_json_byline(item),
        language=fields.line("language"),
        source="",
        published=published,
        updated=fields.moment("date_modified"),
        topics=tuple(map(label_of, fields.names("tags"))),
        problems=tuple(fields.all_problems()),
    )


def _json_byline(record: dict[str, Any]) -> str:
    """Returns the names of `authors`, or of `author` as in version 1."""
    authors = record.get("authors") or [record.get("author")]
    listed = authors if isinstance(authors, list) else []
    names = (label_of(Fields(author).text("name")) for author in listed if isinstance(author, dict))
    return join_names(names)
