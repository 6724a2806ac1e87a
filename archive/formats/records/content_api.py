"""An article or live page as JSON of blocks, as the Guardian's systems pass it on: two shapes of one model.

One is the Content API's answer (open-platform.theguardian.com: `response.content.blocks.body`, each with `bodyHtml`
or `elements`), the other what the page is rendered from (dotcom-rendering: `blocks`, each with `elements` that carry
`html`). A live page has an entry a block; an ordinary article is one section.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...errors import ReadError
from ...items import ArticleItem, Hints, Item, SectionItem
from ...times import Moment, TimeError
from ..input import Limits
from ..json_values import Fields, a_type, load_json
from ..loose_values import moment_of, text_of
from ..markup import paragraphs, plain

READER = "content_api/1"

_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_BLOCK_KEYS = re.compile(rb'"(?:blockFirstPublished|blockCreatedOn|bodyTextSummary|bodyHtml)"\s*:')
_ANSWER = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"response"\s*:\s*\{.*?"(?:webTitle|webUrl|userTier)"\s*:', re.DOTALL)
_RENDERED = re.compile(rb'"(?:webPublicationDate|designType|webURL)"\s*:')

# Elements whose `html` is words: others embed a player, a map, or link to another page.
_WORDS = re.compile(r"(?:^|\.)(?:text|subheading|blockquote|pullquote|tweet|list|quotedtweet|qanda)", re.IGNORECASE)

# Where each shape holds a value; the first that is there is taken.
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
    """Whether this is an object of blocks, or the Content API's answer."""
    if not _OBJECT.match(head):
        return False
    return bool(_BLOCK_KEYS.search(head) or _ANSWER.match(head) or (_RENDERED.search(head) and b'"blocks"' in head))


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the one article. Raises ReadError where there is none."""
    yield _article(_content(load_json(raw, limits)), raw, hints)


def _content(value: Any) -> dict[str, Any]:
    """Returns the object that is the article, wherever the shape puts it."""
    for _ in range(3):
        if not isinstance(value, dict) or isinstance(value.get("blocks"), list | dict):
            break
        inner = [value[key] for key in ("response", "content", "frontendData", "article", "page") if key in value]
        results = value.get("results")
        if not inner and isinstance(results, list):
            if len(results) != 1:
                raise ReadError(f"an answer with {len(results)} articles; save each as a file of its own")
            inner = results
        if not inner:
            break
        value = inner[0]
    if not isinstance(value, dict):
        raise ReadError(f"{a_type(value)} where an article's object is wanted")
    return value


def _article(content: dict[str, Any], raw: bytes, hints: Hints) -> ArticleItem:
    problems: list[str] = []
    headline = _line(content, "headline")
    if not headline:
        raise ReadError("no `headline` and no `webTitle`; every article needs one")
    given = content.get("blocks")
    blocks = given.get("body") if isinstance(given, dict) else given
    listed = content.get("keyEvents")
    key_events = {str(one.get("id")) for one in listed if isinstance(one, dict)} if isinstance(listed, list) else set()
    sections = list(_sections(blocks if isinstance(blocks, list) else [], key_events, problems))
    live = _is_live(content, sections)
    if not live and sections:
        # The blocks of an ordinary article are one text; its parts have no times of their own.
        sections = [SectionItem(tuple(line for one in sections for line in one.paragraphs))]
    if not any(one.paragraphs or one.heading for one in sections):
        body = paragraphs(str(_value(content, ("fields.body", "body")) or ""))
        sections = [SectionItem(body)] if body else []
    if not sections:
        raise ReadError("no block in it holds a word; ask for the article with its blocks (show-blocks=all)")
    fields = Fields(content)
    published = _moment(content, _PLACES["published"], problems)
    return ArticleItem(
        headline=headline,
        sections=tuple(sections),
        raw=raw,
        media_type="application/json",
        reader=READER,
        kind="live" if live else "article",
        source=_publisher(content) or _line(content, "source") or hints.source,
        external_id=_line(content, "external_id"),
        url=_line(content, "url") or hints.url,
        standfirst=" ".join(text_of(_value(content, _PLACES["standfirst"]))),
        byline=_line(content, "byline"),
        language=_line(content, "language"),
        published=published or hints.published,
        updated=_moment(content, _PLACES["updated"], problems),
        topics=_topics(content.get("tags")),
        problems=tuple(problems + fields.all_problems()),
        whole_stream=True,
    )


def _is_live(content: dict[str, Any], sections: list[SectionItem]) -> bool:
    design = _value(content, ("format.design", "contentType", "type", "designType", "fields.liveBloggingNow"))
    if str(design).lower().startswith(("liveblog", "deadblog", "true")):
        return True
    tags = content.get("tags")
    if isinstance(tags, list) and any(
        isinstance(one, dict) and one.get("id") == "tone/minutebyminute" for one in tags
    ):
        return True
    return len(sections) > 1 and all(one.key and one.published for one in sections)


def _sections(blocks: list[Any], key_events: set[str], problems: list[str]) -> Iterator[SectionItem]:
    keys: set[str] = set()
    for number, block in enumerate(blocks, start=1):
        if not isinstance(block, dict):
            problems.append(f"block {number} is {a_type(block)}, not an object; left out")
            continue
        if block.get("published") is False:
            problems.append(f"block {number} is not published; left out")
            continue
        found: list[str] = []
        section = _section(block, key_events, found)
        if section.key in keys:
            found.append(f"the id {section.key!r} stands twice; kept without it")
            section = replace(section, key="")
        problems += [f"block {number}: {problem}" for problem in found]
        if section.paragraphs or section.heading:
            keys |= {section.key} - {""}
            yield section
        else:
            problems.append(f"block {number} holds no words; left out")


def _section(block: dict[str, Any], key_events: set[str], problems: list[str]) -> SectionItem:
    fields = Fields(block)
    key = fields.line("id")
    attributes = block.get("attributes")
    marked = isinstance(attributes, dict) and any(
        attributes.get(name) in (True, "true") for name in ("keyEvent", "summary")
    )
    elements = block.get("elements")
    lines = tuple(line for one in elements for line in _element(one)) if isinstance(elements, list) else ()
    section = SectionItem(
        paragraphs=lines or paragraphs(fields.text("bodyHtml")) or fields.paragraphs("bodyTextSummary"),
        heading=" ".join(text_of(fields.text("title"))),
        key=key,
        byline=_names(block),
        published=_moment(block, _BLOCK_PLACES["published"], problems),
        updated=_moment(block, _BLOCK_PLACES["updated"], problems),
        key_event=marked or key in key_events,
    )
    problems += fields.all_problems()
    return section


def _element(element: Any) -> tuple[str, ...]:
    """Returns the paragraphs of an element of words; none of a picture, a player or a link."""
    if not isinstance(element, dict):
        return ()
    kind = str(element.get("_type") or element.get("type") or "")
    # The Content API puts what an element holds under a key named for its type.
    data = element.get(f"{kind}TypeData")
    html = data.get("html") if isinstance(data, dict) else element.get("html")
    if not isinstance(html, str) or not _WORDS.search(kind):
        return ()
    return paragraphs(html)


def _names(block: dict[str, Any]) -> str:
    contributors = block.get("contributors")
    names = [
        one.get("name") or one.get("webTitle") if isinstance(one, dict) else one
        for one in (contributors if isinstance(contributors, list) else [])
    ]
    return ", ".join(line for one in names if (line := " ".join(text_of(one))))


def _publisher(content: dict[str, Any]) -> str:
    linked = content.get("linkedData")
    for record in linked if isinstance(linked, list) else []:
        publisher = record.get("publisher") if isinstance(record, dict) else None
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return plain(publisher["name"])
    return ""


def _topics(tags: Any) -> tuple[str, ...]:
    named = [one for one in tags if isinstance(one, dict)] if isinstance(tags, list) else []
    subjects = [one for one in named if str(one.get("type")).lower() == "keyword"]
    lines = (" ".join(text_of(one.get("title") or one.get("webTitle"))) for one in subjects)
    return tuple(dict.fromkeys(line for line in lines if line))


def _value(record: dict[str, Any], places: tuple[str, ...]) -> Any:
    """Returns the first value that is there; `a.b` is `b` in the object `a`."""
    for place in places:
        value: Any = record
        for key in place.split(".", 1):
            value = value.get(key) if isinstance(value, dict) else None
        if value not in (None, ""):
            return value
    return None


def _line(record: dict[str, Any], name: str) -> str:
    return " ".join(text_of(_value(record, _PLACES[name])))


def _moment(record: dict[str, Any], places: tuple[str, ...], problems: list[str]) -> Moment | None:
    for place in places:
        value = _value(record, (place,))
        # The Content API wraps its times: {"dateTime": 1613763003000, "iso8601": "..."}.
        value = (value.get("iso8601") or value.get("dateTime")) if isinstance(value, dict) else value
        if value in (None, ""):
            continue
        try:
            return moment_of(value)
        except TimeError as error:
            problems.append(f"{place} {error}; kept without it")
    return None
