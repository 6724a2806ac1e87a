"""XML records of content systems and agencies: each article is an element, and its children are the fields.

Such dialects differ only in the names of fields; FIELDS lists the known names, in any language. An element is a record
if it has a body, and a headline or an id. Namespaces and order do not matter. Imported by `formats` alone.
"""

import re
from collections.abc import Iterator

from ...errors import ReadError
from ...items import Hints, Item
from ..body import Line, character_lines, markup_lines
from ..input import Limits
from ..markup import Element, local_name, words_of
from ..story import Story
from ..xml_document import read_items, root_name

READER = "xml_records/1"

# Field -> the names of its elements, in lower case, best first.
FIELDS = {
    "headline": "headline heading title overskrift rubrik otsikko titel titre titulo".split(),
    "body": "content body bodytext text fulltext articlebody story brodtekst brødtekst brodtext leipateksti".split(),
    "id": "newsid articleid storyid itemid docid guid uuid id".split(),
    "published": "publishdate publisheddate publicationdate datepublished published pubdate firstcreated date".split(),
    "updated": "updated modified lastmodified datemodified versioncreated".split(),
    "standfirst": "subtitle subheadline subheading standfirst deck abstract summary lead".split(),
    "byline": "byline author by".split(),
    "source": "source provider agency publisher origin".split(),
    "dateline": "dateline town city".split(),
    "language": "language lang".split(),
    "url": "url link".split(),
    "topic": "section category subject".split(),
    "note": "ednote editornote editorialnote note tilredaktionen".split(),
    "version": "version".split(),
    "canceled": "canceled cancelled annuleret".split(),
    "correction": "correction corrected korrektion".split(),
}
_FIELD_OF = {name: field for field, names in FIELDS.items() for name in names}

# Roots of formats that use such names with other meanings.
_OTHER_ROOTS = frozenset("rss feed rdf opml html urlset sitemapindex svg schema".split())
_ELEMENTS = re.compile(rb"<(?:[\w.-]{1,40}:)?([^\W\d][\w.-]{0,40})[\s/>]")
_TRUE = frozenset(("true", "1", "yes", "ja"))


def sniff(head: bytes, name: str) -> bool:
    """Whether this is XML with the elements of an article: a headline, a body, an id or a time."""
    root = root_name(head)
    if not root or root in _OTHER_ROOTS:
        return False
    names = {match.lower().decode("latin-1") for match in _ELEMENTS.findall(head)}
    fields = {_FIELD_OF[name] for name in names if name in _FIELD_OF}
    return {"headline", "body"} <= fields and bool(fields & {"id", "published"})


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each record of a document, or why it is not an article. Raises ReadError if there are none."""
    return read_items(raw, hints, limits, items_of=_items, story_of=_story_and_reader)


def _story_and_reader(record: Element, _root: Element) -> tuple[Story, str]:
    return _story(record), READER


def _items(root: Element) -> list[Element]:
    items = list(_records(root))
    if not items:
        raise ReadError(f"XML (`{local_name(root)}`) without an element that has an article's headline and body")
    return items


def _records(root: Element) -> Iterator[Element]:
    """Yields the elements that are records, in order; an element within a record is a part of it."""
    inside = None
    for element in root.iter("*"):
        if inside is not None and element in inside:
            continue
        fields = {_FIELD_OF.get(local_name(child)) for child in element}
        if "body" in fields and fields & {"headline", "id"}:
            inside = set(element.iter("*"))
            yield element


def _story(record: Element) -> Story:
    by_field: dict[str, list[Element]] = {}
    for child in record:
        if field := _FIELD_OF.get(local_name(child)):
            by_field.setdefault(field, []).append(child)

    def elements(field: str) -> list[Element]:
        return sorted(by_field.get(field, ()), key=lambda element: FIELDS[field].index(local_name(element)))

    def texts(field: str) -> tuple[str, ...]:
        return tuple(words_of(element) for element in elements(field))

    def is_true(field: str) -> bool:
        return any(text.casefold() in _TRUE for text in texts(field))

    def times(field: str) -> tuple[tuple[str, str], ...]:
        return tuple((local_name(element), words_of(element)) for element in by_field.get(field, ()))

    bodies = (_body(element) for element in elements("body"))
    return Story(
        lines=next((lines for lines in bodies if lines), ()),
        headlines=texts("headline"),
        standfirsts=texts("standfirst"),
        datelines=texts("dateline"),
        bylines=texts("byline"),
        sources=tuple(text.strip("/ ") for text in texts("source")),
        ids=texts("id"),
        urls=texts("url"),
        languages=texts("language"),
        topics=texts("topic"),
        notes=texts("note"),
        signals=("correction",) if is_true("correction") else (),
        statuses=("canceled",) if is_true("canceled") else (),
        versions=texts("version"),
        published=times("published"),
        updated=times("updated"),
    )


def _body(body: Element) -> tuple[Line, ...]:
    """Returns the lines of a body: elements, or characters that are markup or plain text."""
    if len(body):
        return markup_lines(body)
    return character_lines(body.text or "")
