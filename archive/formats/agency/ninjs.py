"""ninjs: news in JSON, versions 1 to 3: an item, items in lists and in the wrappers of APIs, or an item per line.

Owns what the keys mean. The case of keys is ignored; it is all in which the names of version 3 differ from those
before. Imported by `formats` alone. Source: IPTC's schemas 1.0 to 3.1, and files of agencies, which have `guid` for
`uri`, `body_html`, `source`, `provider`.
"""

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from ...bylines import join_names
from ...errors import ReadError
from ...items import ArticleItem, Hints, Item, Rejected
from ..body import Line, html_lines, text_lines
from ..contract import Document, documents_in_lines
from ..input import Limits, read_lines, size_text
from ..json_values import Fields, load_json
from ..story import Evidence, Story, build_article, is_about_status, is_code, is_usable
from ..xml_document import open_xml, root_name
from . import nitf

READER = "ninjs/1"

# Keys that only ninjs has, in the beginning of a document; and keys of a live blog that consists of such items.
_MARKS = re.compile(
    rb'"(?:versioncreated|firstcreated|contentcreated|pubstatus|body_x?html|body_text|body_nitf|bodies|headlines'
    rb'|representationtype|eventdetails|plannedcoverage|\$standard)"\s*:',
    re.IGNORECASE,
)
_LIVE_BLOG = re.compile(rb'"(?:groups|post_status|blog)"\s*:')
_SCHEMA = re.compile(rb'"\$schema"\s*:\s*"https?://json-schema\.org/')

# Types of items that are not text. Items of other types, or without a type, are texts if they have words.
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

# Keys of the lists and wrappers that contain items; keys that show an object to be an item.
_WRAPPERS = frozenset(
    "data item items _items result results response docs documents news newsitems content hits".split()
)
_OWN_KEYS = frozenset("type title headline headlines versioncreated pubstatus eventdetails plannedcoverage".split())

# Forms of a body, best first: markup has paragraphs and headings, plain text may not.
_FORMS = ("html", "nitf", "text")

# Roles of descriptions that are not about the text.
_CAPTION_ROLES = frozenset(("caption", "alt", "description_caption"))


def sniff(head: bytes, name: str) -> bool:
    """Whether this is JSON with keys of ninjs, or a JSON schema, which often lies beside such documents."""
    if not re.match(rb"(?:\xef\xbb\xbf)?\s*[\[{]", head):
        return False
    return bool(_SCHEMA.search(head[:4096]) or (_MARKS.search(head) and not _LIVE_BLOG.search(head)))


def split(stream: BinaryIO, limits: Limits) -> Iterator[Document | Rejected]:
    """Yields a file as one document, or each of its lines if the first is a whole object and not the last."""
    max_bytes = limits.max_document_bytes
    first = stream.readline(max_bytes + 1)
    may_be_whole = first.strip().endswith(b"}") and len(first) <= max_bytes
    following = stream.readline(max_bytes + 1) if may_be_whole else b""
    if following.strip() and _is_object(first, limits):
        yield from documents_in_lines(chain([first, following], read_lines(stream, limits)), limits)
        return
    raw = first + following + stream.read(max(0, max_bytes + 1 - len(first)))
    if len(raw) > max_bytes:
        max_size = size_text(max_bytes)
        raise ReadError(f"longer than {max_size}, the most that one document may have; split it into items")
    yield Document(raw)


def _is_object(line: bytes, limits: Limits) -> bool:
    try:
        return isinstance(load_json(line, limits), dict)
    except ReadError:
        return False


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each item of a document, or why it is not an article. Raises ReadError.

    The evidence of a single item is its document, byte for byte. Of an item among several it is the item as JSON with
    sorted keys, so that the same item in another list has the same bytes.
    """
    value = load_json(raw, limits)
    if isinstance(value, dict) and "json-schema.org/" in str(value.get("$schema", ""))[:200]:
        yield Rejected("", "a JSON schema: it describes documents and has no news")
        return
    items = list(_items(value))
    if not items:
        yield Rejected("", "JSON without an item of ninjs in it: an item has a `uri` and a headline or a body")
    for number, item in enumerate(items, start=1):
        is_single = len(items) == 1
        place = "" if is_single else f"item {number}"
        data = raw if is_single else json.dumps(item, sort_keys=True, separators=(",", ":")).encode()
        yield _article(item, Evidence(data, "application/json", READER, place), hints, limits)


def _items(value: object) -> Iterator[dict[str, Any]]:
    """Yields the items in a document, also in lists and wrappers, in order; not the associated items of an item."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            keys = {key.lower() for key in node}
            own = keys & _OWN_KEYS or any(key.startswith(("body_", "bodies")) for key in keys)
            if own and keys & {"uri", "guid", "versioncreated", "bodies", "body_text", "body_html", "body_xhtml"}:
                yield node
            else:
                wrapped = [value for key, value in node.items() if key.lower() in _WRAPPERS]
                waiting.extend(reversed([value for value in wrapped if isinstance(value, dict | list)]))


def _article(item: dict[str, Any], evidence: Evidence, hints: Hints, limits: Limits) -> ArticleItem | Rejected:
    record = {key.lower(): value for key, value in item.items()}
    kind = _kind(record)
    if kind:
        return Rejected(evidence.locator, f"{kind}: the archive takes text")
    story = _story(record, limits)
    has_content_elsewhere = record.get("renditions") or record.get("type") == "composite"
    is_notice = is_about_status(story) and not (has_content_elsewhere and is_usable(story))
    if not story.lines and not story.summaries and not is_notice:
        return Rejected(evidence.locator, _without_words(record))
    return build_article(story, evidence, hints)


def _kind(record: dict[str, Any]) -> str:
    if isinstance(record.get("eventdetails"), dict):
        return _KINDS["event"]
    if record.get("plannedcoverage"):
        return _KINDS["planning"]
    kind = record.get("type")
    return _KINDS.get(kind.casefold(), "") if isinstance(kind, str) else ""


def _without_words(record: dict[str, Any]) -> str:
    """Returns the reason to reject an item without words."""
    value = record.get("renditions")
    renditions = value if isinstance(value, dict) else {}
    texts = [name for name, found in renditions.items() if isinstance(found, dict) and found.get("type") == "text"]
    if texts:
        return f"a text item whose text is elsewhere ({', '.join(texts)[:80]}); ingest that file itself"
    if record.get("type") == "composite":
        return "a package without a text of its own; ingest its items"
    return "a text item without words in it; ingest the file with its text"


def _story(record: dict[str, Any], limits: Limits) -> Story:
    fields = Fields(record)
    language = fields.line("language")
    headlines, subheadlines = _headlines(record)
    descriptions = tuple(_descriptions(record))
    version = record.get("version")
    return Story(
        lines=_body(record, limits),
        headlines=(*headlines, fields.line("title")),
        standfirsts=(*subheadlines, *descriptions),
        summaries=descriptions,
        datelines=(_name(record.get("dateline"), "text"),),
        bylines=(_inline(fields.line("byline")), _inline(fields.line("by")), join_names(_authors(record))),
        sources=tuple(_sources(record)),
        ids=tuple(_ids(record, fields)),
        urls=(fields.line("url"), *_web_addresses(record)),
        languages=(language,),
        topics=tuple(_topics(record, language)),
        notes=tuple(line.text for line in html_lines(fields.text("ednote"))),
        signals=tuple(term for term in _list(record.get("signals")) if isinstance(term, str)),
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
    """Returns the objects in a list, or the single object, with their keys in lower case."""
    return [{key.lower(): item for key, item in found.items()} for found in _list(value) if isinstance(found, dict)]


def _name(value: object, key: str = "name") -> str:
    """Returns a name that is a text or the `name` of an object; empty for anything else."""
    name = value.get(key) if isinstance(value, dict) else value
    return name if isinstance(name, str) else ""


def _inline(text: str) -> str:
    """Returns a line without markup."""
    return " ".join(line.text for line in html_lines(text)) if re.search(r"<[a-zA-Z/][^>]*>", text) else text


def _headlines(record: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Returns the headlines, the main headline first, and the subheadlines."""
    main: list[str] = []
    other: list[str] = []
    subheadlines: list[str] = []
    for found in _objects(record.get("headlines")):
        role, value = str(found.get("role") or "main").casefold(), _name(found, "value")
        value = value if found.get("contenttype") == "text/plain" else _inline(value)
        (main if role == "main" else subheadlines if "sub" in role else other).append(value)
    headline = record.get("headline")
    first = [_inline(headline)] if isinstance(headline, str) else []
    extended = [
        _inline(value) for key, value in record.items() if key.startswith("headline_") and isinstance(value, str)
    ]
    return [*first, *main, *other, *extended], subheadlines


def _descriptions(record: dict[str, Any]) -> Iterator[str]:
    for key in ("description_text", "description_html", "description_xhtml", "description_summary"):
        if isinstance(record.get(key), str):
            yield _inline(record[key])
            break
    for found in _objects(record.get("descriptions")):
        if str(found.get("role") or "").casefold() not in _CAPTION_ROLES:
            yield _inline(_name(found, "value"))


def _body(record: dict[str, Any], limits: Limits) -> tuple[Line, ...]:
    """Returns the body in its best form, unless that form has less than half as many characters as another."""
    bodies = [(key.removeprefix("body_"), "", value) for key, value in record.items() if key.startswith("body_")]
    bodies += [
        (str(found.get("role") or ""), str(found.get("contenttype") or ""), found.get("value"))
        for found in _objects(record.get("bodies"))
    ]
    by_form: dict[str, tuple[Line, ...]] = {}
    for role, content_type, value in bodies:
        if isinstance(value, str) and value.strip():
            form = _form(role.casefold(), content_type.casefold(), value)
            if form and not by_form.get(form):
                by_form[form] = _lines(form, value, limits)
    chars = {form: sum(len(line.text) for line in lines) for form, lines in by_form.items()}
    min_chars = max(chars.values(), default=0) / 2
    return next((by_form[form] for form in _FORMS if chars.get(form, 0) > 0 and chars[form] >= min_chars), ())


def _form(role: str, content_type: str, value: str) -> str:
    """Returns the form of a body, one of _FORMS; empty for other markup."""
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
        document = open_xml(value.encode("utf-8", "replace"), Hints(""), limits)
    except ReadError:
        return ()
    return () if document.damage else nitf.story(document.root).lines


def _authors(record: dict[str, Any]) -> Iterator[str]:
    for author in _objects(record.get("authors")):
        if str(author.get("role") or "author").casefold() in ("author", "writer") and _name(author):
            yield _name(author)


def _sources(record: dict[str, Any]) -> Iterator[str]:
    for key in ("source", "provider"):
        yield _name(record.get(key))
    for key in ("infosource", "infosources"):
        yield from (_name(source) or _name(source, "literal") for source in _objects(record.get(key)))
    for key in ("copyrightholder", "creditline"):
        yield _name(record.get(key))


def _ids(record: dict[str, Any], fields: Fields) -> Iterator[str]:
    """Yields the ids, best first. An id within a `uri` that has a query, as of a session, comes before the `uri`."""
    uri = fields.line("uri")
    other_ids = record.get("altids")
    item_id = other_ids.get("itemid") if isinstance(other_ids, dict) else None
    if isinstance(item_id, str) and item_id and item_id in uri and "?" in uri:
        yield item_id
    yield uri
    for key in ("guid", "itemid", "id"):
        yield fields.line(key)


def _web_addresses(record: dict[str, Any]) -> Iterator[str]:
    """Yields the addresses of renditions that are web pages: version 3 has no other place for where an item is."""
    renditions = record.get("renditions")
    for found in _objects(list(renditions.values()) if isinstance(renditions, dict) else renditions):
        media_type = found.get("contenttype") or found.get("mimetype")
        href = _name(found, "href")
        if isinstance(media_type, str) and media_type.partition(";")[0].strip().casefold() == "text/html":
            yield href if re.match("https?://", href, re.IGNORECASE) else ""


def _topics(record: dict[str, Any], language: str) -> Iterator[str]:
    """Yields the names of subjects, except those that are in another language than the item."""
    item_language = language.partition("-")[0].casefold()
    for subject in [*_objects(record.get("subject")), *_objects(record.get("subjects"))]:
        its_language = str(subject.get("lang") or subject.get("language") or "").partition("-")[0].casefold()
        code = str(subject.get("code") or subject.get("literal") or "")
        is_foreign = its_language and item_language and its_language != item_language
        if _name(subject) and not is_foreign and not is_code(_name(subject), code):
            yield _name(subject)
