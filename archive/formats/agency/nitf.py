"""NITF 3: an article as a `nitf` element, alone or within NewsML and ninjs.

Owns what the elements of NITF mean. Imported by the modules of `agency` alone. Source: the NITF 3.6 schema and files
of agencies, which have `headline` for `hedline` and ids that end with the version.
"""

import re

from ...bylines import join_names
from ..body import Line, markup_lines
from ..markup import Element, words_at
from ..story import Story

READER = "nitf/1"

# Elements that close a paragraph, besides those of HTML; headings; elements whose content is not in the body.
_ALSO = frozenset(
    (
        "block bq media note nitf-table byline dateline distributor tagline abstract bibliography fn hedline headline "
        "hl1 body.head body.content body.end credit series copyrite lead datasource"
    ).split()
)
_HEADINGS = frozenset(("hl2",))
_UNREAD = frozenset(("media", "media-caption", "nitf-table-metadata", "head", "body.head", "copyrite"))


def story(root: Element) -> Story:
    """Returns the story of a `nitf` element."""
    head = root.find("{*}head")
    data = root.find("{*}head/{*}docdata")
    body = root.find("{*}body")
    body_head = root.find("{*}body/{*}body.head")
    result = Story(
        lines=_lines(root if body is None else body),
        languages=(root.get("baselang", ""), root.get("{http://www.w3.org/XML/1998/namespace}lang", "")),
    )
    if body_head is not None:
        result |= _from_body_head(body_head)
    if data is not None:
        result |= _from_docdata(data)
    if head is not None:
        revisions = head.findall("{*}revision-history")[-1:]
        result |= Story(
            headlines=words_at(head, "{*}title"),
            topics=tuple(_topics(head)),
            published=_times("date.publication", head.findall("{*}pubdata"), "date.publication"),
            updated=_times("revision-history", revisions, "norm"),
        )
    # The day in the dateline is the last resort.
    days = root.findall("{*}body/{*}body.head/{*}dateline/{*}story.date")
    return result | Story(published=_times("story.date", days, "norm"))


def _times(name: str, elements: list[Element], attribute: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, element.get(attribute, "")) for element in elements)


def _lines(body: Element) -> tuple[Line, ...]:
    return markup_lines(body, unread=_UNREAD, headings=_HEADINGS, also=_ALSO)


def _from_body_head(head: Element) -> Story:
    headline = "{*}hedline" if head.find("{*}hedline") is not None else "{*}headline"
    abstracts = head.findall("{*}abstract")
    return Story(
        headlines=words_at(head, f"{headline}/{{*}}hl1") + words_at(head, "{*}hl1"),
        standfirsts=words_at(head, f"{headline}/{{*}}hl2")
        + tuple(line.text for abstract in abstracts for line in _lines(abstract)),
        bylines=(join_names(words_at(head, "{*}byline")),),
        datelines=words_at(head, "{*}dateline"),
        sources=words_at(head, "{*}distributor"),
        notes=tuple(line.text for note in head.findall("{*}note") for line in _lines(note)),
    )


def _from_docdata(data: Element) -> Story:
    def values(name: str, attribute: str) -> tuple[str, ...]:
        return tuple(element.get(attribute, "") for element in data.findall(f"{{*}}{name}"))

    issued, released = values("date.issue", "norm"), values("date.release", "norm")
    status = data.get("management-status", "")
    # A release is an embargo if the status says so, or if it is after the issue.
    embargoed = status.casefold() == "embargoed" or (issued and released and _digits(issued[0]) < _digits(released[0]))
    return Story(
        sources=(
            *values("doc.copyright", "holder"),
            *values("doc.rights", "owner"),
            *values("doc-id", "regsrc"),
            *values("del-list/{*}from-src", "src-name"),
        ),
        ids=tuple(_without_version(id_string, values("du-key", "key")) for id_string in values("doc-id", "id-string"))
        + values("doc-id", "id"),
        versions=values("du-key", "version"),
        notes=values("correction", "info") + values("ed-msg", "info"),
        signals=tuple("correction" for _ in data.findall("{*}correction")),
        statuses=(status,),
        published=tuple(("date.issue", time) for time in issued) + tuple(("date.release", time) for time in released),
        released=tuple(("date.release", time) for time in released) if embargoed else (),
    )


def _digits(norm: str) -> str:
    """Returns the digits of a date, to compare dates of one document, which are in one form."""
    return re.sub(r"\D", "", norm.partition("+")[0])[:14]


def _without_version(id_string: str, keys: tuple[str, ...]) -> str:
    """Returns the id of a document without its version: if it is the document's key and a number, the key."""
    for key in keys:
        if key and re.fullmatch(re.escape(key) + r"[._:-]\d{1,6}", id_string):
            return key
    return id_string


def _topics(head: Element) -> list[str]:
    names = ("tobject.subject.type", "tobject.subject.matter", "tobject.subject.detail")
    subjects = head.findall("{*}tobject/{*}tobject.subject")
    return [name for subject in subjects for name in (subject.get(part, "") for part in names) if not name.isdigit()]
