"""JSON Lines in the archive's own schema: each line is an object, and each object an article.

Owns the schema, which `json_document` reads too. SCHEMA lists the keys; other keys are kept in the capture and not
read. A line that is not an article is rejected with its number. A wrong value, such as a date, is left out with a
problem. Imported by `formats` and `json_document`.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO, cast

from ...errors import ReadError
from ...items import ArticleItem, Hints, Item, Kind, Rejected, SectionItem
from ..contract import Document, documents_in_lines
from ..input import Limits, read_lines
from ..json_values import Fields, a_type, load_json
from ..story import Evidence

READER = "jsonl/1"

# Key -> its value; docs/formats.md is checked against it.
SCHEMA = {
    "headline": "Required.",
    "text": "The body, one paragraph a line; or instead of it `sections`.",
    "sections": "A list of objects with `text` and, where known, `id`, `heading`, `published`, `byline`.",
    "id": "The outlet's own id of the article.",
    "source": "Who published it.",
    "url": "Where it was published.",
    "published": "An ISO 8601 date or time.",
    "updated": "The outlet's time of the last change, likewise.",
    "standfirst": "The line or lines under the headline.",
    "byline": "Who wrote it.",
    "kind": "`article` (when missing) or `live`.",
    "language": "A BCP 47 code.",
    "topics": "A list of subject headings.",
}


def sniff(head: bytes, name: str) -> bool:
    """Whether lines are JSON objects; the name decides for a file that begins with broken lines."""
    lines = [line for line in head.lstrip(b"\xef\xbb\xbf").splitlines() if line.strip()]
    objects = sum(line.lstrip().startswith(b"{") for line in lines)
    return objects > 0 and (lines[0].lstrip().startswith(b"{") or objects * 2 >= len(lines) or has_lines_name(name))


def has_lines_name(name: str) -> bool:
    """Whether the name of a file says that each line is a document."""
    return name.removesuffix(".gz").endswith((".jsonl", ".ndjson"))


def split(stream: BinaryIO, limits: Limits) -> Iterator[Document | Rejected]:
    """Yields the lines as documents, in order."""
    lines = read_lines(stream, limits)
    first = [line and line.removeprefix(b"\xef\xbb\xbf") for line in islice(lines, 1)]
    return documents_in_lines(chain(first, lines), limits)


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the article of a line, or why it is not an article. Raises ReadError for a line that is not JSON."""
    yield article_of(load_json(raw, limits), Evidence(raw, "application/json", READER), hints)


def article_of(record: object, evidence: Evidence, hints: Hints) -> ArticleItem | Rejected:
    """Returns the article of an object in the schema, or why it is not an article."""
    try:
        return _article(record, evidence, hints)
    except ReadError as error:
        return Rejected(evidence.locator, error.reason)


def _article(record: object, evidence: Evidence, hints: Hints) -> ArticleItem:
    if not isinstance(record, dict):
        raise ReadError(f"{a_type(record)}; an object with a `headline` is needed")
    fields = Fields(record)
    headline = " ".join(fields.text("headline").split())
    if not headline:
        raise ReadError("no `headline`; every article needs one")
    kind = fields.text("kind") or "article"
    if kind not in ("article", "live"):
        fields.problems.append(f"kind {kind[:40]!r} is neither article nor live; taken as article")
        kind = "article"
    sections = _sections(fields)
    if not sections:
        raise ReadError("neither `text` nor `sections` has any words")
    return ArticleItem(
        headline=headline,
        sections=sections,
        raw=evidence.raw,
        media_type=evidence.media_type,
        reader=evidence.reader,
        locator=evidence.locator,
        kind=cast(Kind, kind),
        source=fields.line("source") or hints.source,
        external_id=fields.line("id"),
        url=fields.line("url") or hints.url,
        standfirst=fields.text("standfirst"),
        byline=fields.line("byline"),
        language=fields.line("language"),
        published=fields.moment("published") or hints.published,
        updated=fields.moment("updated"),
        topics=fields.names("topics"),
        problems=tuple(fields.all_problems()),
        whole_stream=not evidence.locator,
    )


def _sections(fields: Fields) -> tuple[SectionItem, ...]:
    entries = fields.record.get("sections")
    if entries is None or entries == []:
        paragraphs = fields.paragraphs("text")
        return (SectionItem(paragraphs=paragraphs),) if paragraphs else ()
    if not isinstance(entries, list):
        raise ReadError(f"`sections` is {a_type(entries)}; a list of objects is needed")
    if fields.text("text"):
        fields.problems.append("both `text` and `sections`; `text` left out")
    sections = []
    keys: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            fields.problems.append(f"section {number} is {a_type(entry)}, not an object; left out")
            continue
        part = Fields(entry, f"section {number}: ")
        key = part.line("id")
        if key in keys:
            part.problems.append(f"the id {key!r} occurs twice; kept without it")
            key = ""
        section = SectionItem(
            paragraphs=part.paragraphs("text"),
            heading=part.line("heading"),
            key=key,
            byline=part.line("byline"),
            published=part.moment("published"),
        )
        fields.problems.extend(part.all_problems())
        if section.paragraphs or section.heading:
            keys.add(key)
            sections.append(section)
        keys.discard("")
    return tuple(sections)
