"""ninjs 3.0, IPTC's news in JSON: an item on a line for each row. For content systems and agencies.

The standard describes one item. As lines, each is valid by itself, and a reader's memory does not grow with the file.
The names are those of the schema of 3.0, which allows no others. A time is there only if it is known to the minute;
the schema has no vague ones, so these are in the note to editors. `archive.formats` reads the file.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.encoding import iri_to_uri

from archive.models import UNKNOWN_SOURCE, Article
from archive.times import OutletTime

from ..outputs import entry_id, format_time
from ..text import is_language_code
from .columns import permalink_of
from .contract import Export
from .reading import identity_of, markup_of, note_of, one_line, tombstone_of
from .row_kinds import ExportedSection, Row
from .rows import WITHDRAWN

_STANDARD = {
    "name": "ninjs",
    "version": "3.0",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json#",
}
_to_json = json.JSONEncoder(ensure_ascii=False).encode


def write_ninjs(export: Export) -> Iterator[str]:
    """Yields an item for each row."""
    representation = "partial" if export.options.text == "passages" else "full"
    for row in export.rows():
        values = _without_words(row) if row.tombstone else _words(row, export.site_url) | _times(row)
        item = {"uri": entry_id(export.site_url, *identity_of(row)), "standard": _STANDARD, "type": "text"}
        if not row.tombstone:
            item["representationType"] = representation
        yield _to_json(item | {name: value for name, value in values.items() if value}) + "\n"


def _without_words(row: Row) -> dict[str, Any]:
    """Returns what is left of an item: whoever has its words is not to use them any more."""
    return {
        "pubStatus": "canceled" if row.tombstone == WITHDRAWN else "withheld",
        "edNote": " ".join(filter(None, (tombstone_of(row), note_of(row)))),
    }


def _words(row: Row, site_url: str) -> dict[str, Any]:
    article, is_section = row.article, isinstance(row, ExportedSection)
    standfirst, source = one_line(article.standfirst), one_line(article.source.name)
    markup = "\n".join(line for section in row.sections for line in markup_of(section))
    return {
        "version": str(row.number) if isinstance(row, ExportedSection) else "",
        "pubStatus": "usable",
        "language": article.language if is_language_code(article.language) else "",
        "title": one_line(row.heading) if isinstance(row, ExportedSection) else "",
        "headlines": _text("main", "text/plain", one_line(article.headline)),
        "by": one_line(row.byline_in(article) if isinstance(row, ExportedSection) else article.byline),
        "descriptions": _text("standfirst", "text/plain", standfirst),
        "bodies": _text("main", "text/html", markup),
        "subjects": [{"name": one_line(topic), "rel": "about"} for topic in row.topics],
        "infoSources": [{"name": source}] if source != UNKNOWN_SOURCE else [],
        "edNote": _note(row),
        "renditions": _renditions(iri_to_uri(article.url)),
        "associations": [_association(article, site_url)] if is_section else [],
        "altIds": _other_ids(row, site_url),
    }


def _text(role: str, content_type: str, value: str) -> list[dict[str, str]]:
    return [{"role": role, "contentType": content_type, "value": value}] if value else []


def _renditions(url: str) -> list[dict[str, str]]:
    return [{"name": "web", "href": url, "contentType": "text/html"}] if url else []


def _association(article: Article, site_url: str) -> dict[str, str]:
    """Returns the article that a section is part of."""
    return {"name": "article", "uri": entry_id(site_url, "article", article.pk)}


def _other_ids(row: Row, site_url: str) -> list[dict[str, str]]:
    ids = {"permalink": site_url + permalink_of(row), "captureSha256": row.capture.sha256 if row.capture else ""}
    return [{"role": role, "value": value} for role, value in ids.items() if value]


def _times(row: Row) -> dict[str, str]:
    """Returns when the outlet published and last changed it, by its own clock, where that is known to the minute."""
    changed = row.last_change_in(row.article) if isinstance(row, ExportedSection) else row.article.last_change
    return {"contentCreated": _exact(row.time), "versionCreated": _exact(changed)}


def _exact(time: OutletTime | None) -> str:
    return time.iso if time and time.is_exact else ""


def _note(row: Row) -> str:
    """Returns what editors are to know: the outlet's note, a vague time of publication, and what curators set."""
    time = row.time
    vague = f"Published {format_time(time)}; the time of day is not known." if time and not time.is_exact else ""
    curated = one_line(row.reference.curators_note) if row.reference else ""
    return "\n".join(filter(None, (note_of(row), vague, curated)))
