"""XML records: an element an article, its children the fields, as content systems and agencies' feeds write them.

Such dialects differ in the names of fields alone; FIELDS is the table of those that are known, in any language. An
element is a record if it has a body and a headline or an id of its own. Knows no namespace and no order.
"""

import re
from collections.abc import Iterator

from ...items import Hints, Item
from ..input import Limits
from ..markup import Element, local_name, words_of
from ..story import Line, Story, character_lines, markup_lines
from ..xml_document import read_items, root_name

READER = "xml_records/1"

# What a field is -> the names it goes by, in lower case, best first.
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

# Roots of formats with such names in other senses.
_OTHERS = frozenset("rss feed rdf opml html urlset sitemapindex svg schema".split())
_ELEMENTS = re.compile(rb"<(?:[\w.-]{1,40}:)?([^\W\d][\w.-]{0,40})[\s/>]")
_TRUE = frozenset(("true", "1", "yes", "ja"))


def sniff(head: bytes, name: str) -> bool:
    """Whether this is XML with elements that hold an article's fields."""
    root = root_name(head)
    if not root or root in _OTHERS:
        return False
    names = {match.lower().decode("latin-1") for match in _ELEMENTS.findall(head)}
    fields = {_FIELD_OF[name] for name in names if name in _FIELD_OF}
    return {"headline", "body"} <= fields and bool(fields & {"id", "published"})


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields each record of a document, or why it is no article; of a damaged one those before the damage."""
    return read_items(raw, hints, limits, _items, lambda record, _root: (_story(record), READER))


def _items(root: Element) -> list[Element] | str:
    named = local_name(root)
    return list(_records(root)) or f"XML (`{named}`) without an element that holds an article's headline and body"


def _records(root: Element) -> Iterator[Element]:
    """Yields the elements that are records, in their order; what lies within one is a part of it."""
    inside = None
    for element in root.iter("*"):
        if inside is not None and element in inside:
            continue
        fields = {_FIELD_OF.get(local_name(child)) for child in element}
        if "body" in fields and fields & {"headline", "id"}:
            inside = set(element.iter("*"))
            yield element


def _story(record: Element) -> Story:
    found: dict[str, list[Element]] = {}
    for child in record:
        if field := _FIELD_OF.get(local_name(child)):
            found.setdefault(field, []).append(child)

    def texts(field: str) -> tuple[str, ...]:
        held = sorted(found.get(field, ()), key=lambda one: FIELDS[field].index(local_name(one)))
        return tuple(words_of(one) for one in held)

    def said(field: str) -> bool:
        return any(text.casefold() in _TRUE for text in texts(field))

    bodies = (_body(one) for one in sorted(found["body"], key=lambda one: FIELDS["body"].index(local_name(one))))
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
        signals=("correction",) if said("correction") else (),
        statuses=("canceled",) if said("canceled") else (),
        versions=texts("version"),
        published=tuple((local_name(one), words_of(one)) for one in found.get("published", ())),
        updated=tuple((local_name(one), words_of(one)) for one in found.get("updated", ())),
    )


def _body(body: Element) -> tuple[Line, ...]:
    """The body, as elements or as markup or plain text in characters."""
    if len(body):
        return markup_lines(body)
    return character_lines(body.text or "")
