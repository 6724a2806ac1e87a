"""Articles and live pages as JSON of blocks, as the Guardian's systems exchange them, in two forms.

The first is the response of the Content API (open-platform.theguardian.com): `response.content.blocks.body`, each
with `bodyHtml` or `elements`. The second is the input of the page's renderer (dotcom-rendering): `blocks`, each with
`elements` that have `html`. Each block of a live page is an entry; an ordinary article is one section. Imported by
`formats` alone.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...bylines import join_names
from ...errors import ReadError
from ...items import ArticleItem, Hints, Item, SectionItem
from ...times import Moment, TimeError
from ..input import Limits
from ..json_values import Fields, a_type, load_json
from ..loose_values import line_of
from ..markup import paragraphs, plain
from ..stated_times import read_time

READER = "content_api/1"

_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_BLOCK_KEYS = re.compile(rb'"(?:blockFirstPublished|blockCreatedOn|bodyTextSummary|bodyHtml)"\s*:')
_RESPONSE = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{\s*"response"\s*:\s*\{.*?"(?:webTitle|webUrl|userTier)"\s*:', re.DOTALL
)
_RENDERED = re.compile(rb'"(?:webPublicationDate|designType|webURL)"\s*:')

# Types of elements whose `html` is text. Others embed a player or a map, or link to another page.
_TEXT_TYPES = re.compile(
    r"(?:^|\.)(?:text|subheading|blockquote|pullquote|tweet|list|quotedtweet|qanda)", re.IGNORECASE
)

# Field -> its keys in the two forms; the first that is there is read.
_PLACES = {
    "headline": ("headline", "fields.headline", "webTitle"),
    "standfirst": ("standfirst", "fields.standfirst", "trailText", "fields.trailText"),
    "byline": ("byline", "author.byline", "fields.byline"),
    "url": ("canonicalUrl", "webURL", "webUrl"),
    "external_id": ("pageId", "id"),
    "source": ("fields.publication", "openGraphData.og:site_name", "publication"),
    "language": ("lang", "fields.lang"),
    "published": ("fields.firstPublicationDate", "webPublicationDateDeprecated", "webPublicationDate"),
    "updated": ("fields.lastModified", "openGraphData.article:modified_time"),
}
_BLOCK_PLACES = {
    "published": ("blockFirstPublished", "firstPublishedDate", "publishedDate", "blockCreatedOn", "createdDate"),
    "updated": ("blockLastUpdated", "lastModifiedDate"),
}


def sniff(head: bytes, name: str) -> bool:
    """Whether this is an object of blocks, or a response of the Content API."""
    if not _OBJECT.match(head):
        return False
    return bool(_BLOCK_KEYS.search(head) or _RESPONSE.match(head) or (_RENDERED.search(head) and b'"blocks"' in head))


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the article. Raises ReadError if there is none."""
    yield _article(_content(load_json(raw, limits)), raw, hints)


def _content(value: Any) -> dict[str, Any]:
    """Returns the object of the article from the objects around it. Raises ReadError."""
    for _ in range(3):
        if not isinstance(value, dict) or isinstance(value.get("blocks"), list | dict):
            break
        inner = [value[key] for key in ("response", "content", "frontendData", "article", "page") if key in value]
        results = value.get("results")
        if not inner and isinstance(results, list):
            if len(results) != 1:
                raise ReadError(f"a response with {len(results)} articles; save each as a file of its own")
            inner = results
        if not inner:
            break
        value = inner[0]
    if not isinstance(value, dict):
        raise ReadError(f"{a_type(value)} where the object of an article is needed")
    return value


def _article(content: dict[str, Any], raw: bytes, hints: Hints) -> ArticleItem:
    problems: list[str] = []
    headline = _line(content, "headline")
    if not headline:
        raise ReadError("no `headline` and no `webTitle`; every article needs one")
    sections = list(_sections(content, problems))
    is_live = _is_live(content, sections)
    if not is_live and sections:
        # The blocks of an ordinary article are one text; its parts have no times of their own.
        sections = [SectionItem(tuple(line for section in sections for line in section.paragraphs))]
    if not any(section.paragraphs or section.heading for section in sections):
        body = paragraphs(str(_value(content, ("fields.body", "body")) or ""))
        sections = [SectionItem(body)] if body else []
    if not sections:
        raise ReadError("no block in it has words; request the article with its blocks (show-blocks=all)")
    published = _moment(content, _PLACES["published"], problems)
    return ArticleItem(
        headline=headline,
        sections=tuple(sections),
        raw=raw,
        media_type="application/json",
        reader=READER,
        kind="live" if is_live else "article",
        source=_publisher(content) or _line(content, "source") or hints.source,
        external_id=_line(content, "external_id"),
        url=_line(content, "url") or hints.url,
        standfirst=_line(content, "standfirst"),
        byline=_line(content, "byline"),
        language=_line(content, "language"),
        published=published or hints.published,
        updated=_moment(content, _PLACES["updated"], problems),
        topics=_topics(content.get("tags")),
        problems=tuple(problems),
        whole_stream=True,
    )


def _is_live(content: dict[str, Any], sections: list[SectionItem]) -> bool:
    design = _value(content, ("format.design", "contentType", "type", "designType", "fields.liveBloggingNow"))
    if str(design).lower().startswith(("liveblog", "deadblog", "true")):
        return True
    tags = content.get("tags")
    if any(tag.get("id") == "tone/minutebyminute" for tag in _objects(tags)):
        return True
    return len(sections) > 1 and all(section.key and section.published for section in sections)


def _objects(value: Any) -> list[dict[str, Any]]:
    """Returns the objects in a list; none for any other value."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _sections(content: dict[str, Any], problems: list[str]) -> Iterator[SectionItem]:
    """Yields a section for each block with words; adds a problem for each block that is left out."""
    value = content.get("blocks")
    blocks = value.get("body") if isinstance(value, dict) else value
    key_events = {str(event.get("id")) for event in _objects(content.get("keyEvents"))}
    keys: set[str] = set()
    for number, block in enumerate(blocks if isinstance(blocks, list) else [], start=1):
        if not isinstance(block, dict):
            problems.append(f"block {number} is {a_type(block)}, not an object; left out")
            continue
        if block.get("published") is False:
            problems.append(f"block {number} is not published; left out")
            continue
        of_block: list[str] = []
        section = _section(block, key_events, of_block)
        if section.key in keys:
            of_block.append(f"the id {section.key!r} occurs twice; kept without it")
            section = replace(section, key="")
        problems += [f"block {number}: {problem}" for problem in of_block]
        if section.paragraphs or section.heading:
            keys |= {section.key} - {""}
            yield section
        else:
            problems.append(f"block {number} has no words; left out")


def _section(block: dict[str, Any], key_events: set[str], problems: list[str]) -> SectionItem:
    fields = Fields(block)
    key = fields.line("id")
    attributes = block.get("attributes")
    is_marked = isinstance(attributes, dict) and any(
        attributes.get(name) in (True, "true") for name in ("keyEvent", "summary")
    )
    elements = block.get("elements")
    lines = tuple(line for element in _objects(elements) for line in _element(element))
    section = SectionItem(
        paragraphs=lines or paragraphs(fields.text("bodyHtml")) or fields.paragraphs("bodyTextSummary"),
        heading=line_of(fields.text("title")),
        key=key,
        byline=_names(block),
        published=_moment(block, _BLOCK_PLACES["published"], problems),
        updated=_moment(block, _BLOCK_PLACES["updated"], problems),
        key_event=is_marked or key in key_events,
    )
    problems += fields.all_problems()
    return section


def _element(element: dict[str, Any]) -> tuple[str, ...]:
    """Returns the paragraphs of an element that is text; none of a picture, a player or a link."""
    kind = str(element.get("_type") or element.get("type") or "")
    # In the Content API the data of an element is under a key with the name of its type.
    data = element.get(f"{kind}TypeData")
    html = data.get("html") if isinstance(data, dict) else element.get("html")
    if not isinstance(html, str) or not _TEXT_TYPES.search(kind):
        return ()
    return paragraphs(html)


def _names(block: dict[str, Any]) -> str:
    value = block.get("contributors")
    names = [
        contributor.get("name") or contributor.get("webTitle") if isinstance(contributor, dict) else contributor
        for contributor in (value if isinstance(value, list) else [])
    ]
    return join_names(line_of(name) for name in names)


def _publisher(content: dict[str, Any]) -> str:
    for record in _objects(content.get("linkedData")):
        publisher = record.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return plain(publisher["name"])
    return ""


def _topics(tags: Any) -> tuple[str, ...]:
    subjects = [tag for tag in _objects(tags) if str(tag.get("type")).lower() == "keyword"]
    lines = (line_of(subject.get("title") or subject.get("webTitle")) for subject in subjects)
    return tuple(dict.fromkeys(line for line in lines if line))


def _value(record: dict[str, Any], places: tuple[str, ...]) -> Any:
    """Returns the first value that is there; the place `a.b` is `b` in the object `a`."""
    for place in places:
        value: Any = record
        for key in place.split(".", 1):
            value = value.get(key) if isinstance(value, dict) else None
        if value not in (None, ""):
            return value
    return None


def _line(record: dict[str, Any], name: str) -> str:
    return line_of(_value(record, _PLACES[name]))


def _moment(record: dict[str, Any], places: tuple[str, ...], problems: list[str]) -> Moment | None:
    for place in places:
        value = _value(record, (place,))
        # The Content API wraps its times: {"dateTime": 1613763003000, "iso8601": "..."}.
        value = (value.get("iso8601") or value.get("dateTime")) if isinstance(value, dict) else value
        if value in (None, ""):
            continue
        try:
            return read_time(value)
        except TimeError as error:
            problems.append(f"{place} {error}; kept without it")
    return None
