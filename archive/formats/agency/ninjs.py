"""ninjs: news in JSON, versions 1 to 3, an item alone, in lists and in the wrappers of agencies' APIs, or one a line.

Owns what the keys mean; `story` makes articles of them. Keys are read without regard to case, which is all that
parts the names of version 3 from those before. Items that are no text are told by what they are. Source: IPTC's
schemas 1.0 to 3.1, and what agencies send: `guid` for `uri`, `body_html`, `source`, `provider`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from ...errors import ReadError
from ...items import ArticleItem, Hints, Item, Rejected
from ..input import Limits, read_lines, size_text
from ..json_values import Fields, load_json
from ..story import Evidence, Line, Story, article, html_lines, is_code, text_lines
from ..xml_document import open_xml, root_name
from . import nitf

READER = "ninjs/1"

# What only ninjs calls so, seen from the beginning of a document; and what tells a live blog made of such items.
_MARKS = re.compile(
    rb'"(?:versioncreated|firstcreated|contentcreated|pubstatus|body_x?html|body_text|body_nitf|bodies|headlines'
    rb'|representationtype|eventdetails|plannedcoverage|\$standard)"\s*:',
    re.IGNORECASE,
)
_LIVE_BLOG = re.compile(rb'"(?:groups|post_status|blog)"\s*:')
_SCHEMA = re.compile(rb'"\$schema"\s*:\s*"https?://json-schema\.org/')

# Kinds of item that are no text; one of another kind, or of none, is a text if it has words.
_KINDS = {
    "picture": "a picture",
    "photo": "a picture",
    "graphic": "a graphic",
    "audio": "a sound recording",
    "video": "a video",
    "component": "a part of an item",
    "event": "an event, not news",
    "planning": "a plan of coverage, not news",
}

# Keys under which items lie, in lists and in what wraps them.
_WRAPPERS = frozenset(
    "data item items _items result results response docs documents news newsitems content hits".split()
)
_OWN_KEYS = frozenset("type title headline headlines versioncreated pubstatus eventdetails plannedcoverage".split())

# Bodies by what they are, best first: markup tells paragraphs and headings, plain text may not.
_BODIES = ("html", "nitf", "text")

# Of the roles of descriptions and headlines, those that do not stand over a text.
_CAPTIONS = frozenset(("caption", "alt", "description_caption"))


def sniff(head: bytes, name: str) -> bool:
    """Whether this is JSON with the keys of ninjs, or a schema of JSON, which often lies beside it."""
    if not re.match(rb"(?:\xef\xbb\xbf)?\s*[\[{]", head):
        return False
    return bool(_SCHEMA.search(head[:4096]) or (_MARKS.search(head) and not _LIVE_BLOG.search(head)))


def read(stream: BinaryIO, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each item of a document, or of each line of it, or why it is no article.

    The evidence of an item that is alone is its document or line, byte for byte; of one among several, the item as
    JSON with its keys in order, so that the same item in another list is the same bytes.
    """
    most = limits.max_document_bytes
    first = stream.readline(most + 1)
    try:
        value = load_json(first, limits)
    except ReadError:
        value = None
    following = stream.readline(most + 1) if isinstance(value, dict) else b""
    if following.strip():
        yield from _read_lines(chain([first, following], read_lines(stream, limits)), hints, limits)
        return
    raw = first + following + stream.read(max(0, most + 1 - len(first)))
    if len(raw) > most:
        raise ReadError(f"longer than {size_text(most)}, the most that one document may have; split it into items")
    yield from _read_document(raw, "", hints, limits)


def _read_lines(lines: Iterable[bytes | None], hints: Hints, limits: Limits) -> Iterator[Item]:
    for number, line in enumerate(lines, start=1):
        locator = f"line {number}"
        if line is None:
            most = size_text(limits.max_document_bytes)
            yield Rejected(locator, f"longer than {most}, the most that one article may have")
        elif line.strip():
            try:
                yield from _read_document(line.strip(), locator, hints, limits)
            except ReadError as error:
                yield Rejected(locator, error.reason)


def _read_document(raw: bytes, locator: str, hints: Hints, limits: Limits) -> Iterator[Item]:
    value = load_json(raw, limits)
    if isinstance(value, dict) and "json-schema.org/" in str(value.get("$schema", ""))[:200]:
        yield Rejected(locator, "a JSON schema: it describes documents and holds no news")
        return
    items = list(_items(value))
    if not items:
        yield Rejected(locator, "JSON without an item of ninjs in it: an item has a `uri` and a headline or a body")
    for number, item in enumerate(items, start=1):
        alone = len(items) == 1
        place = locator if alone else ", ".join(part for part in (locator, f"item {number}") if part)
        data = raw if alone else json.dumps(item, sort_keys=True, separators=(",", ":")).encode()
        yield _article(item, Evidence(data, "application/json", READER, place), hints, limits)


def _items(value: object) -> Iterator[dict[str, Any]]:
    """Yields the items in a document, those in lists and wrappers too, in their order; associated ones are not."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, dict):
            keys = {key.lower() for key in one}
            own = keys & _OWN_KEYS or any(key.startswith(("body_", "bodies")) for key in keys)
            if own and keys & {"uri", "guid", "versioncreated", "bodies", "body_text", "body_html", "body_xhtml"}:
                yield one
            else:
                inner = [held for key, held in one.items() if key.lower() in _WRAPPERS]
                waiting.extend(reversed([held for held in inner if isinstance(held, dict | list)]))


def _article(item: dict[str, Any], evidence: Evidence, hints: Hints, limits: Limits) -> ArticleItem | Rejected:
    record = {key.lower(): value for key, value in item.items()}
    kind = _kind(record)
    if kind:
        return Rejected(evidence.locator, f"{kind}: the archive takes text")
    found = _story(record, limits)
    if not found.lines and not found.summaries and "cancel" not in "".join(found.statuses).casefold():
        return Rejected(evidence.locator, _without_words(record))
    return article(found, evidence, hints)


def _kind(record: dict[str, Any]) -> str:
    if isinstance(record.get("eventdetails"), dict):
        return _KINDS["event"]
    if record.get("plannedcoverage"):
        return _KINDS["planning"]
    kind = record.get("type")
    return _KINDS.get(kind.casefold(), "") if isinstance(kind, str) else ""


def _without_words(record: dict[str, Any]) -> str:
    renditions = record.get("renditions")
    named = renditions if isinstance(renditions, dict) else {}
    elsewhere = [name for name, one in named.items() if isinstance(one, dict) and one.get("type") == "text"]
    if elsewhere:
        return f"a text item whose text lies elsewhere ({', '.join(elsewhere)[:80]}); take in the file itself"
    if record.get("type") == "composite":
        return "a package without a text of its own; take in what it holds"
    return "a text item without words in it; take in the file that holds its text"


def _story(record: dict[str, Any], limits: Limits) -> Story:
    fields = Fields(record)
    language = fields.line("language")
    headlines, below = _headlines(record)
    descriptions = tuple(_descriptions(record))
    version = record.get("version")
    return Story(
        lines=_body(record, limits),
        headlines=(*headlines, fields.line("title")),
        standfirsts=(*below, *descriptions),
        summaries=descriptions,
        datelines=(_name(record.get("dateline"), "text"),),
        bylines=(_inline(fields.line("byline")), _inline(fields.line("by")), ", ".join(_authors(record))),
        sources=tuple(_sources(record)),
        ids=tuple(_ids(record, fields)),
        urls=(fields.line("url"),),
        languages=(language,),
        topics=tuple(_topics(record, language)),
        notes=tuple(line.text for line in html_lines(fields.text("ednote"))),
        signals=tuple(one for one in _list(record.get("signals")) if isinstance(one, str)),
        statuses=(fields.line("pubstatus"),),
        versions=(str(version) if isinstance(version, str | int) else "",),
        published=tuple((key, fields.line(key)) for key in ("firstpublished", "contentcreated", "firstcreated")),
        updated=(("versioncreated", fields.line("versioncreated")),),
        released=tuple((key, fields.line(key)) for key in ("embargoed", "embargoeduntil")),
        problems=tuple(fields.all_problems()),
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list, their keys in lower case; an object alone is a list of one."""
    return [{key.lower(): held for key, held in one.items()} for one in _list(value) if isinstance(one, dict)]


def _name(value: object, key: str = "name") -> str:
    """A name as such or as the `name` of an object."""
    held = value.get(key) if isinstance(value, dict) else value
    return held if isinstance(held, str) else ""


def _inline(text: str) -> str:
    """A line that may hold markup, without it."""
    return " ".join(line.text for line in html_lines(text)) if re.search(r"<[a-zA-Z/][^>]*>", text) else text


def _headlines(record: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The headlines, the main one first, and those that stand under it."""
    main: list[str] = []
    other: list[str] = []
    below: list[str] = []
    for one in _objects(record.get("headlines")):
        role, value = str(one.get("role") or "main").casefold(), _inline(_name(one, "value"))
        (main if role == "main" else below if "sub" in role else other).append(value)
    plain = record.get("headline")
    first = [_inline(plain)] if isinstance(plain, str) else []
    extended = [
        _inline(value) for key, value in record.items() if key.startswith("headline_") and isinstance(value, str)
    ]
    return [*first, *main, *other, *extended], below


def _descriptions(record: dict[str, Any]) -> Iterator[str]:
    for key in ("description_text", "description_html", "description_xhtml", "description_summary"):
        if isinstance(record.get(key), str):
            yield _inline(record[key])
            break
    for one in _objects(record.get("descriptions")):
        if str(one.get("role") or "").casefold() not in _CAPTIONS:
            yield _inline(_name(one, "value"))


def _body(record: dict[str, Any], limits: Limits) -> tuple[Line, ...]:
    """The body in the form that tells most, unless that form holds less than half of what another does."""
    given = [(key.removeprefix("body_"), "", value) for key, value in record.items() if key.startswith("body_")]
    given += [
        (str(one.get("role") or ""), str(one.get("contenttype") or ""), one.get("value"))
        for one in _objects(record.get("bodies"))
    ]
    read_as: dict[str, tuple[Line, ...]] = {}
    for role, content_type, value in given:
        if isinstance(value, str) and value.strip():
            form = _form(role.casefold(), content_type.casefold(), value)
            if form and not read_as.get(form):
                read_as[form] = _lines(form, value, limits)
    size = {form: sum(len(line.text) for line in found) for form, found in read_as.items()}
    enough = max(size.values(), default=0) / 2
    return next((read_as[form] for form in _BODIES if size.get(form, 0) > 0 and size[form] >= enough), ())


def _form(role: str, content_type: str, value: str) -> str:
    """Which of _BODIES a body is; empty for markup of another kind."""
    if value.lstrip().startswith("<"):
        root = root_name(value[:4096].encode("utf-8", "replace"))
        if root == "nitf":
            return "nitf"
        if "nitf" in role + content_type or ("xml" in content_type and "html" not in content_type):
            return ""
    return "html" if "html" in role + content_type or re.search(r"<(?:p|br|div)\b", value[:2000]) else "text"


def _lines(form: str, value: str, limits: Limits) -> tuple[Line, ...]:
    if form == "text":
        return text_lines(value)
    if form == "html":
        return html_lines(value)
    try:
        opened = open_xml(value.encode("utf-8", "replace"), Hints(""), limits)
    except ReadError:
        return ()
    return () if opened.damage else nitf.story(opened.root).lines


def _authors(record: dict[str, Any]) -> Iterator[str]:
    for one in _objects(record.get("authors")):
        if str(one.get("role") or "author").casefold() in ("author", "writer") and _name(one):
            yield _name(one)


def _sources(record: dict[str, Any]) -> Iterator[str]:
    for key in ("source", "provider"):
        yield _name(record.get(key))
    for key in ("infosource", "infosources"):
        yield from (_name(one) or _name(one, "literal") for one in _objects(record.get(key)))
    for key in ("copyrightholder", "creditline"):
        yield _name(record.get(key))


def _ids(record: dict[str, Any], fields: Fields) -> Iterator[str]:
    """The id; where the `uri` is a way to the item and holds its id besides a session's, the id alone."""
    uri = fields.line("uri")
    other = record.get("altids")
    item_id = other.get("itemid") if isinstance(other, dict) else None
    if isinstance(item_id, str) and item_id and item_id in uri and "?" in uri:
        yield item_id
    yield uri
    for key in ("guid", "itemid", "id"):
        yield fields.line(key)


def _topics(record: dict[str, Any], language: str) -> Iterator[str]:
    """The names of subjects, in the item's language where they say theirs."""
    tongue = language.partition("-")[0].casefold()
    for one in [*_objects(record.get("subject")), *_objects(record.get("subjects"))]:
        theirs = str(one.get("lang") or one.get("language") or "").partition("-")[0].casefold()
        code = str(one.get("code") or one.get("literal") or "")
        if _name(one) and not (theirs and tongue and theirs != tongue) and not is_code(_name(one), code):
            yield _name(one)
