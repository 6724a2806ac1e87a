"""NITF 3: one article as a `nitf` document, alone or within NewsML and ninjs.

Owns what the elements of NITF mean; `newsml` opens the documents, `story` makes articles of them. Source: the NITF
3.6 schema and what agencies send: `headline` for `hedline`, ids that end in their version.
"""

import re

from ..markup import Element, words_at, words_of
from ..story import Line, Story, markup_lines

READER = "nitf/1"

# Elements that close a paragraph and are not HTML's; what heads a part; what is not the article's words.
_ALSO = frozenset(
    (
        "block bq media note nitf-table byline dateline distributor tagline abstract bibliography fn hedline headline "
        "hl1 body.head body.content body.end credit series copyrite lead datasource"
    ).split()
)
_HEADINGS = frozenset(("hl2",))
_UNREAD = frozenset(("media", "media-caption", "nitf-table-metadata", "head", "body.head", "copyrite"))


def story(root: Element) -> Story:
    """Returns what stands in a `nitf` element."""
    head = root.find("{*}head")
    data = root.find("{*}head/{*}docdata")
    body = root.find("{*}body")
    body_head = root.find("{*}body/{*}body.head")
    found = Story(
        lines=_lines(root if body is None else body),
        languages=(root.get("baselang", ""), root.get("{http://www.w3.org/XML/1998/namespace}lang", "")),
    )
    if body_head is not None:
        found |= _from_body_head(body_head)
    if data is not None:
        found |= _from_docdata(data)
    if head is not None:
        found |= Story(
            headlines=tuple(words_of(one) for one in head.findall("{*}title")),
            topics=tuple(_topics(head)),
            published=tuple(
                ("date.publication", one.get("date.publication", "")) for one in head.findall("{*}pubdata")
            ),
            updated=tuple(
                ("revision-history", one.get("norm", "")) for one in head.findall("{*}revision-history")[-1:]
            ),
        )
    # The day in the dateline is the least that tells when.
    days = root.findall("{*}body/{*}body.head/{*}dateline/{*}story.date")
    return found | Story(published=tuple(("story.date", one.get("norm", "")) for one in days))


def _lines(body: Element) -> tuple[Line, ...]:
    return markup_lines(body, unread=_UNREAD, headings=_HEADINGS, also=_ALSO)


def _from_body_head(head: Element) -> Story:
    headline = "{*}hedline" if head.find("{*}hedline") is not None else "{*}headline"
    abstracts = head.findall("{*}abstract")
    return Story(
        headlines=words_at(head, f"{headline}/{{*}}hl1") + words_at(head, "{*}hl1"),
        standfirsts=words_at(head, f"{headline}/{{*}}hl2")
        + tuple(line.text for abstract in abstracts for line in _lines(abstract)),
        bylines=(", ".join(words_at(head, "{*}byline")),),
        datelines=words_at(head, "{*}dateline"),
        sources=words_at(head, "{*}distributor"),
        notes=tuple(line.text for note in head.findall("{*}note") for line in _lines(note)),
    )


def _from_docdata(data: Element) -> Story:
    def values(name: str, attribute: str) -> tuple[str, ...]:
        return tuple(one.get(attribute, "") for one in data.findall(f"{{*}}{name}"))

    issued, released = values("date.issue", "norm"), values("date.release", "norm")
    status = data.get("management-status", "")
    # A release is an embargo where it is said to be one, or lies after the issue.
    embargoed = status.casefold() == "embargoed" or (issued and released and _clock(issued[0]) < _clock(released[0]))
    return Story(
        sources=(
            *values("doc.copyright", "holder"),
            *values("doc.rights", "owner"),
            *values("doc-id", "regsrc"),
            *(one.get("src-name", "") for one in data.findall("{*}del-list/{*}from-src")),
        ),
        ids=tuple(_without_version(id_string, values("du-key", "key")) for id_string in values("doc-id", "id-string"))
        + values("doc-id", "id"),
        versions=values("du-key", "version"),
        notes=values("correction", "info") + values("ed-msg", "info"),
        signals=tuple("correction" for _ in data.findall("{*}correction")),
        statuses=(status,),
        published=tuple(("date.issue", one) for one in issued) + tuple(("date.release", one) for one in released),
        released=tuple(("date.release", one) for one in released) if embargoed else (),
    )


def _clock(norm: str) -> str:
    """Dates of one document in one form compare as text."""
    return re.sub(r"\D", "", norm.partition("+")[0])[:14]


def _without_version(id_string: str, keys: tuple[str, ...]) -> str:
    """The id of the document, not of its version: where it is the document's key and a number, the key."""
    for key in keys:
        if key and re.fullmatch(re.escape(key) + r"[._:-]\d{1,6}", id_string):
            return key
    return id_string


def _topics(head: Element) -> list[str]:
    names = ("tobject.subject.type", "tobject.subject.matter", "tobject.subject.detail")
    subjects = head.findall("{*}tobject/{*}tobject.subject")
    return [name for subject in subjects for name in (subject.get(part, "") for part in names) if not name.isdigit()]
