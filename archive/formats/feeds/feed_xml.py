"""RSS 0.9x to 2.0 and Atom 0.3 and 1.0: XML into entries, broken XML as far as it goes. Used by the format alone.

Read with lxml and tables of names. feedparser would read the same fields, but takes quadratic time over an author's
name (40 kB: 8.5 s), and its entries cannot be traced to the bytes that they came from.
"""

import html
import re
from html.entities import html5

from lxml import etree

from ...items import Hints
from ...times import Moment, TimeError, parse_moment
from ..bylines import join_names, rss_author_name
from ..input import clean, decode_page
from ..markup import Element, MarkupError, blocks, parse_xml, plain, words_of
from .feed_entry import Blocks, Entry, Head, host, markup_blocks, resolved, text_blocks, title_of

# Namespace -> the prefix under which its names stand in the tables below; a feed may call it as it likes.
_NAMESPACES = {
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss091": "",
    "http://backend.userland.com/rss092": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/net/rss1.1#": "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
}

# Field -> the elements that give it, the best first.
_ELEMENTS = {
    "title": ("title", "atom:title", "dc:title"),
    "content": ("content:encoded", "atom:content", "xhtml:body", "xhtml:div", "content"),
    "summary": ("description", "atom:summary", "summary", "dc:description", "itunes:summary"),
    "published": (
        "pubdate",
        "atom:published",
        "published",
        "atom:issued",
        "dcterms:issued",
        "dc:date",
        "atom:created",
    ),
    "updated": ("atom:updated", "updated", "atom:modified", "dcterms:modified"),
    "id": ("guid", "atom:id", "id", "dc:identifier"),
    "link": ("feedburner:origlink", "link"),
    "author": ("atom:author", "dc:creator", "author", "itunes:author"),
    "topic": ("category", "atom:category", "dc:subject"),
    "language": ("dc:language", "language"),
    "source": ("source", "atom:source", "dc:source"),
}
_ENTRIES = ("item", "entry", "atom:entry")

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

# An ampersand that begins no reference of XML; feeds are full of them, and of names that only HTML knows.
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)(?:(\w{2,32});)?")


def xml_entries(raw: bytes, hints: Hints) -> tuple[list[Entry | str], Head, list[str]]:
    """Returns the entries (or why one is none), what the feed says of all, and what is to be told of the whole."""
    text, note = decode_page(raw, hints.charset)
    notes = [note] if note else []
    mended = _mended(text)
    try:
        root = parse_xml(mended.encode())
    except MarkupError as error:
        root = parse_xml(_with_markup_escaped(mended), recover=True)
        notes.append(f"{error}; read as far as it can be")
    # Wherever they stand: where a tag is not closed, all that follows stands in it.
    elements = [one for one in root.iter() if _name(one) in _ENTRIES and not _in_entry(one)]
    channel = next((child for child in root if _name(child) == "channel"), root)
    head_values = _values(channel)
    base = channel.get(_XML_BASE) or root.get(_XML_BASE) or ""
    site = resolved(_link(head_values), base or hints.url)
    head = Head(
        title=next((title for one in head_values.get("title", []) if (title := _head_title(one))), ""),
        base=base or site or hints.url,
        byline=_byline([one for one in head_values.get("author", []) if _name(one) == "atom:author"]),
        language=_language(channel, head_values) or root.get(_XML_LANG, ""),
    )
    entries: list[Entry | str] = [_xml_entry(element, head) for element in elements]
    return entries, head, notes


def _in_entry(element: Element) -> bool:
    return any(_name(one) in _ENTRIES for one in element.iterancestors())


def _head_title(element: Element) -> str:
    holds_all = any(_name(one) in _ENTRIES for one in element.iterdescendants())
    return plain(element.text) if holds_all else _xml_title(element)


def _mended(text: str) -> str:
    """Returns a feed's text as XML may have it: no characters or references that XML has not."""
    text = clean(text)[0]
    text = text[max(text.find("<"), 0) :]
    text = re.sub(r"^<\?xml\b[^>]*\?>", "", text)
    parts: list[str] = []
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        parts += (_AMPERSAND.sub(_reference, text[at:start]), text[start:end])
        at = end
    parts.append(_AMPERSAND.sub(_reference, text[at:]))
    return "".join(parts)


# Elements that hold words, where markup belongs escaped; and where one ends at the latest.
_WORDS_START = re.compile(
    r"<((?:\w+:)?(?:title|description|summary|content|encoded))(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE
)
_WORDS_END = re.compile(
    r"</((?:\w+:)?(?:title|description|summary|content|encoded))\s*>|</?(?:item|entry|channel|feed)\b", re.I
)


def _with_markup_escaped(text: str) -> bytes:
    """Returns a feed that is not well-formed with the markup in its words escaped, and their elements closed.

    HTML that stands there as it is is what breaks most feeds, and XML's own recovery loses words of it.
    """
    parts: list[str] = []
    at = 0
    while start := _WORDS_START.search(text, at):
        end = _WORDS_END.search(text, start.end())
        while end and end[1] and end[1].lower() != start[1].lower():
            end = _WORDS_END.search(text, end.end())
        inner = text[start.end() : end.start() if end else len(text)]
        parts.append(text[at : start.end()])
        parts.append(inner if "<![CDATA[" in inner else inner.replace("<", "&lt;").replace(">", "&gt;"))
        parts.append(end[0] if end and end[1] else f"</{start[1]}>")
        at = len(text) if not end else end.end() if end[1] else end.start()
    parts.append(text[at:])
    return "".join(parts).encode()


def _reference(match: re.Match[str]) -> str:
    characters = html5.get(f"{match[1]};") if match[1] else None
    if characters is None:
        return "&amp;" + match[0][1:]
    return "".join(f"&#{ord(character)};" for character in characters)


def _name(element: Element) -> str:
    """Returns an element's name as the tables have it; an undeclared prefix, as broken feeds have, counts as meant."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    namespace, _, local = tag.rpartition("}")
    local = local.lower()
    if not namespace:
        return local
    prefix = _NAMESPACES.get(namespace[1:].lower())
    if prefix is None:
        return f"?:{local}"
    return f"{prefix}:{local}" if prefix else local


_FIELD_OF = {name: field for field, names in _ELEMENTS.items() for name in names} | {"atom:link": "link"}


def _values(parent: Element) -> dict[str, list[Element]]:
    """Returns field -> the elements that give it, the best first."""
    found: dict[str, list[Element]] = {}
    for child in parent:
        field = _FIELD_OF.get(_name(child))
        if field:
            found.setdefault(field, []).append(child)
    for field, elements in found.items():
        names = [*_ELEMENTS[field], "atom:link"]
        elements.sort(key=lambda one: names.index(_name(one)))
    return found


def _text(values: dict[str, list[Element]], field: str) -> str:
    """Returns the first text that is given for a field."""
    return next((text for one in values.get(field, []) if (text := "".join(one.itertext()).strip())), "")


def _xml_entry(element: Element, head: Head) -> Entry:
    values = _values(element)
    problems: list[str] = []
    base = resolved(element.get(_XML_BASE, ""), head.base) or head.base
    url = resolved(_link(values), base) or resolved(element.get(_RDF_ABOUT, ""), base)
    guid = next(iter(values.get("id", [])), None)
    identity = words_of(guid) if guid is not None else ""
    is_permalink = guid is not None and _name(guid) == "guid" and guid.get("isPermaLink", "true").lower() != "false"
    if is_permalink and host(identity):
        # An entry whose link leads to another site is about that; its own page is the permalink.
        if host(url) != host(identity):
            url = identity
        identity = ""
    return Entry(
        raw=_canonical(element),
        media_type="application/xml",
        title=next((title for one in values.get("title", []) if (title := _xml_title(one))), ""),
        content=next((words for one in values.get("content", []) if (words := _xml_blocks(one))), ()),
        summary=next((words for one in values.get("summary", []) if (words := _xml_blocks(one))), ()),
        identity=identity,
        url=url,
        byline=_byline(values.get("author", [])),
        language=_language(element, values),
        source=_source(values.get("source", [])),
        published=_moment(_text(values, "published"), "published", problems),
        updated=_moment(_text(values, "updated"), "updated", problems),
        topics=_topics(values.get("topic", [])),
        problems=tuple(problems),
    )


def _canonical(element: Element) -> bytes:
    try:
        return bytes(etree.tostring(element, method="c14n", exclusive=True, with_comments=False))
    except (etree.C14NError, ValueError):  # namespaces that are no addresses, as broken feeds have
        return bytes(etree.tostring(element, encoding="utf-8", with_tail=False))


def _xml_title(element: Element) -> str:
    return plain("".join(element.itertext())) if _kind(element) == "text" else title_of(_markup(element))


def _xml_blocks(element: Element) -> Blocks:
    kind = _kind(element)
    if kind == "text":
        return text_blocks("".join(element.itertext()))
    if kind == "other":
        return ()
    if kind == "xhtml" and len(element):
        return tuple((block.text, block.is_heading) for block in blocks(element))
    return markup_blocks(_markup(element))


def _markup(element: Element) -> str:
    """Returns the HTML that an element holds: escaped as it should be, or as elements, as broken feeds have it."""
    if not len(element):
        return element.text or ""
    inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)
    return html.escape(element.text or "", quote=False) + inner


# Atom's types of text; a media type there says that it is something else, or the same by a longer name.
_ATOM_KINDS = {
    "": "text",
    "text": "text",
    "text/plain": "text",
    "html": "html",
    "text/html": "html",
    "xhtml": "xhtml",
    "application/xhtml+xml": "xhtml",
}


def _kind(element: Element) -> str:
    """Returns how an element holds words: as `text`, `html` (escaped), `xhtml` (elements), or `other`."""
    name = _name(element)
    if name.startswith("xhtml:"):
        return "xhtml"
    if not name.startswith("atom:"):
        return "html"
    if element.get("src"):
        return "other"  # it lies elsewhere
    kind = _ATOM_KINDS.get(element.get("type", "").partition(";")[0].strip().lower(), "other")
    # Atom 0.3 wrote the media type, and how it is escaped beside it.
    if element.get("mode", "").lower() == "base64":
        return "other"
    return "xhtml" if kind == "html" and len(element) else kind


def _link(values: dict[str, list[Element]]) -> str:
    """Returns the link of an entry or feed: Atom's `alternate`, or what RSS has as text."""
    for element in values.get("link", []):
        if element.get("href") is None:
            if text := "".join(element.itertext()).strip():
                return text
        elif element.get("rel", "alternate") == "alternate":
            return str(element.get("href"))
    return ""


def _byline(authors: list[Element]) -> str:
    if not authors:
        return ""
    # Elements of one name are several authors; those of another name say the same again.
    names = [_author(one) for one in authors if _name(one) == _name(authors[0])]
    return join_names(names) or _byline([one for one in authors if _name(one) != _name(authors[0])])


def _author(element: Element) -> str:
    named = next((words_of(child) for child in element if _name(child).endswith("name")), None)
    return rss_author_name(named if named is not None else words_of(element))


def _language(element: Element, values: dict[str, list[Element]]) -> str:
    return str(element.get(_XML_LANG, "")) or plain(_text(values, "language"))


def _source(sources: list[Element]) -> str:
    for element in sources:
        title = next((child for child in element if _name(child) in ("atom:title", "title")), None)
        name = _xml_title(title) if title is not None else "" if len(element) else words_of(element)
        # In Dublin Core it may be the address of what the entry was made of.
        if name and not host(name):
            return name
    return ""


def _topics(elements: list[Element]) -> tuple[str, ...]:
    names = (plain(one.get("label") or one.get("term") or "".join(one.itertext())) for one in elements)
    return tuple(dict.fromkeys(name for name in names if name))


def _moment(given: str, name: str, problems: list[str]) -> Moment | None:
    if not given:
        return None
    try:
        return parse_moment(given)
    except TimeError as error:
        problems.append(f"{name} {error}; kept without it")
        return None
