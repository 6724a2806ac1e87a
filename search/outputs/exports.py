"""A result as CSV or JSON Lines: every matching section, a row each, streamed.

COLUMNS says what a row holds. What was found is cited by permalink and can be checked by the hash of its capture.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.models import Section, SectionVersion

# Leading characters that make a spreadsheet run a cell as a formula (OWASP, CSV injection), and their wide forms.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Column:
    """A column: its name and its value for a section; values are str, int, list of str, or None."""

    name: str
    value: Callable[[Section], Any]


def _version(section: Section) -> SectionVersion:
    assert section.current is not None  # noqa: S101  # the index holds no section without a version
    return section.current


def _utc(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


COLUMNS = (
    Column("section", lambda section: section.pk),
    Column("article", lambda section: section.article_id),
    Column("headline", lambda section: section.article.headline),
    Column("heading", lambda section: section.heading),
    Column("text", lambda section: section.text),
    Column("source", lambda section: section.article.source.name),
    Column("byline", lambda section: section.byline or section.article.byline),
    Column("kind", lambda section: section.article.kind),
    Column("topics", lambda section: sorted(topic.name for topic in section.article.topics.all())),
    Column("language", lambda section: section.article.language),
    Column("published", lambda section: _utc(section.published or section.article.published)),
    Column(
        "published_precision",
        lambda section: (_version(section) if section.published else section.article).published_precision,
    ),
    Column("updated", lambda section: _utc(_version(section).updated or section.article.updated)),
    Column("captured", lambda section: _utc(_version(section).capture.captured)),
    Column("key_event", lambda section: _version(section).key_event),
    Column("gone", lambda section: section.gone_id is not None),
    Column("withdrawn", lambda section: section.withdrawn or section.article.status == "canceled"),
    Column("note", lambda section: _version(section).note or section.article.note),
    Column("url", lambda section: section.article.url),
    Column("permalink", lambda section: _version(section).get_absolute_url()),
    Column("version", lambda section: _version(section).number),
    Column("capture_sha256", lambda section: _version(section).capture.sha256),
)


@dataclass(frozen=True)
class Export:
    """A row of EXPORTS: turns sections into lines of text; `base_url` goes before every permalink.

    `download_prefix` begins a file that a browser downloads.
    """

    label: str
    media_type: str
    lines: Callable[[Iterable[Section], str], Iterator[str]]
    download_prefix: str = ""


def _values(section: Section, base_url: str) -> dict[str, Any]:
    values = {column.name: column.value(section) for column in COLUMNS}
    values["permalink"] = base_url + values["permalink"]
    return values


def _csv_lines(sections: Iterable[Section], base_url: str) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(column.name for column in COLUMNS)
    for section in sections:
        yield writer.writerow(_cell(value) for value in _values(section, base_url).values())


def _jsonl_lines(sections: Iterable[Section], base_url: str) -> Iterator[str]:
    for section in sections:
        yield json.dumps(_values(section, base_url), ensure_ascii=False) + "\n"


class _Echo:
    """A file for csv.writer that hands back each line."""

    def write(self, line: str) -> str:
        return line


def _cell(value: Any) -> Any:
    """Returns a value as a cell of a spreadsheet: lists joined, and text that would run as a formula made text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


EXPORTS = {
    # Without a byte order mark, Excel decodes the file in the code page of the system.
    "csv": Export("CSV", "text/csv", _csv_lines, download_prefix="\ufeff"),
    "jsonl": Export("JSON Lines", "application/x-ndjson", _jsonl_lines),
}
