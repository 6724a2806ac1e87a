"""RSS 0.9x to 2.0 and Atom 0.3 and 1.0: the entries of a feed in XML, which may be broken. Imported by `feed` alone.

Uses lxml and tables of names. feedparser would read the same fields, but takes quadratic time for an author's name
(40 kB: 8.5 s), and its entries cannot be traced to their bytes.
"""

import html
import re
from html.entities import html5
from urllib.parse import urldefrag

from lxml import etree

from ...bylines import join_names
from ...items import Hints
from ...times import Moment, TimeError
from ..bylines import rss_author_name
from ..input import clean, decode_page
from ..long_tags import MAX_TAG_ATTRIBUTES
from ..markup import Element, MarkupError, parse_xml, plain, words_of
from ..stated_times import read_time
from .feed_entry import (
    FeedEntry,
    FeedHead,
    Lines,
    element_lines,
    host,
    html_or_text_lines,
    resolved,
    separated_lines,
)
from .labels import label_of

# Namespace -> its prefix in the tables below, whatever prefix the feed uses.
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

# Field -> its elements, best first.
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

# An ampersand that begins no reference of XML. Feeds have many, and many named characters of HTML.
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)(?:(\w{2,32});)?")


def xml_entries(raw: bytes, hints: Hints) -> tuple[list[FeedEntry | str], FeedHead, list[str]]:
    """Returns the entries (or why an entry is not an article), the data of the feed, and notes on the feed."""
    text, note = decode_page(raw, hints.charset)
    notes = [note] if note else []
    mended = _mended(text)
    try:
        root = parse_xml(mended.encode())
    except MarkupError as error:
        root = parse_xml(_with_markup_escaped(mended), recover=True)
        notes.append(f"{error}; read as far as possible")
    # At any depth: after a tag that is not closed, everything is within it.
    elements = [element for element in root.iter() if _name(element) in _ENTRIES and not _is_in_entry(element)]
    channel = next((child for child in root if _name(child) == "channel"), root)
    head_values = _values(channel)
    base = channel.get(_XML_BASE) or root.get(_XML_BASE) or ""
    site = resolved(_link(head_values), base or hints.url)
    head = FeedHead(
        title=next((title for found in head_values.get("title", []) if (title := _head_title(found))), ""),
        base=base or site or hints.url,
        byline=_byline([author for author in head_values.get("author", []) if _name(author) == "atom:author"]),
        language=_language(channel, head_values) or root.get(_XML_LANG, ""),
    )
    entries: list[FeedEntry | str] = [_xml_entry(element, head) for element in elements]
    return entries, head, notes


def _is_in_entry(element: Element) -> bool:
    return any(_name(ancestor) in _ENTRIES for ancestor in element.iterancestors())


def _head_title(element: Element) -> str:
    """Returns the title of the feed; without the entries, if a title that is not closed contains them."""
    has_entries = any(_name(descendant) in _ENTRIES for descendant in element.iterdescendants())
    return plain(element.text) if has_entries else _xml_title(element)


def _mended(text: str) -> str:
    """Returns the text of a feed without the characters and references that XML does not allow."""
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


# Elements with words, whose markup should be escaped; and where such an element ends at the latest.
_WORDS_START = re.compile(
    r"<((?:\w+:)?(?:title|description|summary|content|encoded))(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE
)
_WORDS_END = re.compile(
    r"</((?:\w+:)?(?:title|description|summary|content|encoded))\s*>|</?(?:item|entry|channel|feed)\b", re.I
)


def _with_markup_escaped(text: str) -> bytes:
    """Returns a feed that is not well-formed, with the markup in its words escaped and their elements closed.

    Unescaped HTML breaks most feeds, and the recovery of the XML parser loses words of it.
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
    """Returns the name of an element as in the tables. An undeclared prefix, as in broken feeds, is its namespace."""
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
    """Returns field -> its elements among the children, best first."""
    values: dict[str, list[Element]] = {}
    for child in parent:
        field = _FIELD_OF.get(_name(child))
        if field:
            values.setdefault(field, []).append(child)
    for field, elements in values.items():
        names = [*_ELEMENTS[field], "atom:link"]
        elements.sort(key=lambda element: names.index(_name(element)))
    return values


def _text(values: dict[str, list[Element]], field: str) -> str:
    """Returns the first text of a field that is not empty."""
    return next((text for found in values.get(field, []) if (text := "".join(found.itertext()).strip())), "")


def _xml_entry(element: Element, head: FeedHead) -> FeedEntry:
    values = _values(element)
    problems: list[str] = []
    base = resolved(element.get(_XML_BASE, ""), head.base) or head.base
    url = resolved(_link(values), base) or resolved(element.get(_RDF_ABOUT, ""), base)
    guid = next(iter(values.get("id", [])), None)
    identity = words_of(guid) if guid is not None else ""
    is_permalink = guid is not None and _name(guid) == "guid" and guid.get("isPermaLink", "true").lower() != "false"
    if is_permalink and host(identity):
        # An entry with a link to another site is about that site; its own page is the permalink. If the link is to the
        # page that the entry is a part of, the permalink alone names the part.
        if host(url) != host(identity) or ("#" in identity and urldefrag(identity).url == url):
            url = identity
        identity = ""
    return FeedEntry(
        raw=_canonical(element),
        media_type="application/xml",
        title=next((title for found in values.get("title", []) if (title := _xml_title(found))), ""),
        content=next((lines for found in values.get("content", []) if (lines := _xml_lines(found))), ()),
        summary=next((lines for found in values.get("summary", []) if (lines := _xml_lines(found))), ()),
        identity=identity,
        url=url,
        byline=_byline(values.get("author", [])),
        language=_language(element, values),
        source=_source(values.get("source", [])),
        published=_moment(values, "published", problems),
        updated=_moment(values, "updated", problems),
        topics=_topics(values.get("topic", [])),
        problems=tuple(problems),
    )


# libxml2 sorts the attributes of an element by insertion, in quadratic time.
_has_many_attributes = etree.XPath(f"boolean(descendant-or-self::*[count(@*) > {MAX_TAG_ATTRIBUTES}])")


def _canonical(element: Element) -> bytes:
    try:
        if _has_many_attributes(element):
            raise ValueError("more attributes than are sorted")
        return bytes(etree.tostring(element, method="c14n", exclusive=True, with_comments=False))
    except (etree.C14NError, ValueError):  # also for namespaces of broken feeds that are not addresses
        return bytes(etree.tostring(element, encoding="utf-8", with_tail=False))


def _xml_title(element: Element) -> str:
    kind = _kind(element)
    if kind == "text":
        return plain("".join(element.itertext()))
    # Elements inside it are markup, whatever the format allows.
    return label_of(_markup(element), is_html=len(element) > 0 or _name(element).startswith(("atom:", "xhtml:")))


def _xml_lines(element: Element) -> Lines:
    kind = _kind(element)
    if kind == "text":
        return separated_lines("".join(element.itertext()))
    if kind == "other":
        return ()
    if kind == "xhtml" and len(element):
        return element_lines(element)
    return html_or_text_lines(_markup(element))


def _markup(element: Element) -> str:
    """Returns the HTML in an element: escaped, as it should be, or as elements, as in broken feeds."""
    if not len(element):
        return element.text or ""
    inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)
    return html.escape(element.text or "", quote=False) + inner


# The types of text in Atom, also by their media types. Any other media type is not text.
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
    """Returns the form of the words in an element: `text`, `html` (escaped), `xhtml` (elements), or `other`."""
    name = _name(element)
    if name.startswith("xhtml:"):
        return "xhtml"
    if not name.startswith("atom:"):
        return "html"
    if element.get("src"):
        return "other"  # the content is elsewhere
    kind = _ATOM_KINDS.get(element.get("type", "").partition(";")[0].strip().lower(), "other")
    # Atom 0.3 has the media type, and the escaping in a second attribute.
    if element.get("mode", "").lower() == "base64":
        return "other"
    return "xhtml" if kind == "html" and len(element) else kind


def _link(values: dict[str, list[Element]]) -> str:
    """Returns the link of an entry or feed: the `alternate` link of Atom, or the text of RSS."""
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
    # Elements with the same name are several authors; those with another name repeat them.
    names = [_author(author) for author in authors if _name(author) == _name(authors[0])]
    return join_names(names) or _byline([author for author in authors if _name(author) != _name(authors[0])])


def _author(element: Element) -> str:
    named = next((words_of(child) for child in element if _name(child).endswith("name")), None)
    return rss_author_name(label_of(named if named is not None else words_of(element)))


def _language(element: Element, values: dict[str, list[Element]]) -> str:
    return str(element.get(_XML_LANG, "")) or plain(_text(values, "language"))


def _source(sources: list[Element]) -> str:
    for element in sources:
        title = next((child for child in element if _name(child) in ("atom:title", "title")), None)
        name = _xml_title(title) if title is not None else "" if len(element) else words_of(element)
        # In Dublin Core it may be the address of the original.
        if name and not host(name):
            return name
    return ""


def _topics(elements: list[Element]) -> tuple[str, ...]:
    names = (label_of(topic.get("label") or topic.get("term") or "".join(topic.itertext())) for topic in elements)
    return tuple(dict.fromkeys(name for name in names if name))


def _moment(values: dict[str, list[Element]], field: str, problems: list[str]) -> Moment | None:
    """Returns the first valid time of a field; adds a problem if one before it is not."""
    problem, moment = "", None
    for found in values.get(field, []):
        text = "".join(found.itertext()).strip()
        if not text:
            continue
        try:
            moment = read_time(text)
            break
        except TimeError as error:
            problem = problem or f"{field} {error}"
    if problem:
        problems.append(f"{problem}; {'kept without it' if moment is None else 'another element has a valid time'}")
    return moment
