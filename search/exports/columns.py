"""The columns of exports: COLUMNS is their table, and `encode_rows` makes their values of rows. No database.

Formats that are tables import from here: CSV, workbooks, JSON. Every row has a permalink, and the hash of the capture
by which its words can be checked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from django.urls import get_script_prefix, reverse

from archive.models import Article, PublishingStatus
from archive.search_port import SECTION_PAGE

from ..annotations import StatementView
from ..articles import capture_name
from ..engines import Unit
from .row_kinds import ExportedArticle, ExportedSection, ExportedStatement, Row

# What a row of a file is.
RowUnit = Unit | Literal["statement"]

# About as many as a chunk of sections has; the values of earlier ones are forgotten.
_MAX_KEPT_ARTICLES = 1000


@dataclass(frozen=True)
class ExportColumn:
    """A column: its name, what it has, and the functions that return its value in each kind of row.

    A value is a str, int, bool, list of str, OutletTime, an aware datetime, or None where it is not known. `shared` is
    called with the article, once for several sections of it; its value is the same in all kinds of row. A column
    without a function for a kind of row is not in it; the row of a statement has the columns of its section, too. The
    value of a column that `is_path` is a path on the site. `default_in` has the kinds of row that have it where no
    fields are chosen.
    """

    name: str
    meaning: str
    of_section: Callable[[ExportedSection], Any] | None = None
    of_article: Callable[[ExportedArticle], Any] | None = None
    shared: Callable[[Article], Any] | None = None
    is_path: bool = False
    default_in: tuple[RowUnit, ...] = ("section", "article")
    of_statement: Callable[[StatementView], Any] | None = None

    def is_in(self, unit: RowUnit) -> bool:
        """Whether rows of this kind have the column."""
        return bool(self.shared or self.value_in(unit))

    def value_in(self, unit: RowUnit) -> Callable[[Any], Any] | None:
        """Returns the function that returns its value in a kind of row; None if the row does not have it."""
        if unit == "article":
            return self.of_article
        return self.of_section if unit == "section" else self._of_statement_row()

    def _of_statement_row(self) -> Callable[[ExportedStatement], Any] | None:
        of_statement, of_section = self.of_statement, self.of_section
        if of_statement:
            return lambda row: of_statement(row.statement) if row.statement else None
        return (lambda row: of_section(row.section)) if of_section else None


def _both(name: str, meaning: str, value: Callable[[Any], Any]) -> ExportColumn:
    return ExportColumn(name, meaning, value, value)


def _stated(name: str, meaning: str, value: Callable[[StatementView], Any]) -> ExportColumn:
    """Returns a column of statements; where a section is withdrawn, it has no value."""
    return ExportColumn(name, meaning, default_in=("statement",), of_statement=value)


def _permalink(section: ExportedSection) -> str:
    if not section.section_id:
        return ""
    before, after = _around_number(get_script_prefix())
    return f"{before}{section.section_id}{after}" + (f"?version={section.number}" if section.number else "")


@lru_cache(maxsize=16)
def _around_number(script_prefix: str) -> tuple[str, str]:
    """Returns the path of a section's page before and after its number, on a site under a prefix."""
    before, _, after = reverse(SECTION_PAGE, args=[0]).rpartition("0")
    return before, after


def _article_permalink(row: ExportedArticle) -> str:
    return f"{row.article.get_absolute_url()}?capture={capture_name(row.capture)}" if row.capture else ""


def permalink_of(row: Row) -> str:
    """Returns the path of the page with exactly these words; empty where it is not known."""
    row = row.section if isinstance(row, ExportedStatement) else row
    return _permalink(row) if isinstance(row, ExportedSection) else _article_permalink(row)


def article_text(row: ExportedArticle | ExportedStatement) -> str:
    """Returns the words of all sections of a row: each with its heading on a line, and a blank line between them."""
    return "\n\n".join("\n".join(filter(None, (section.heading, section.text))) for section in row.sections)


def _is_withdrawn(section: ExportedSection) -> bool:
    return section.withdrawn or section.article.status == PublishingStatus.CANCELED


COLUMNS = (
    _stated("speaker", "Who said it, in the words of the text.", lambda statement: statement.phrase),
    _stated(
        "speaker_name",
        "The name of the speaker, if it is known.",
        lambda statement: statement.speaker.label if statement.speaker.name_id else "",
    ),
    _stated("words", "What was said, as the text has it.", lambda statement: statement.words),
    _stated("chain", "How it came to the text: RIA ← Yevgeny Balitsky.", lambda statement: statement.line),
    _stated(
        "quoting", "Whether the text quotes it: direct, mixed or indirect.", lambda statement: statement.kind.label
    ),
    _stated("hedges", "Words by which the text keeps its distance.", lambda statement: list(statement.hedges)),
    _stated("rule", "The rule that found it.", lambda statement: statement.rule),
    _stated("confidence", "How many of 100 that the rule finds are right.", lambda statement: statement.percent),
    _stated("accepted", "Whether a curator accepted it.", lambda statement: statement.is_accepted),
    ExportColumn("section", "The number of the section.", lambda row: row.section_id),
    _both("article", "The number of the article.", lambda row: row.article_id),
    ExportColumn("headline", "The headline of the article.", shared=lambda article: article.headline),
    ExportColumn(
        "standfirst",
        "The standfirst of the article.",
        shared=lambda article: article.standfirst,
        default_in=("article",),
    ),
    ExportColumn("heading", "The heading of the section.", lambda row: row.heading),
    ExportColumn(
        "text",
        "The words, one paragraph per line: all of them, or passages around the matches.",
        lambda row: row.text,
        article_text,
    ),
    ExportColumn("source", "Who published the article.", shared=lambda article: article.source.name),
    ExportColumn(
        "byline",
        "The byline of the section, or else of the article.",
        lambda row: row.byline_in(row.article),
        lambda row: row.article.byline,
    ),
    ExportColumn("kind", "Article, or live page.", shared=lambda article: article.kind),
    _both("topics", "The topics of the article, and those of the section.", lambda row: row.topics),
    ExportColumn("language", "A BCP 47 code.", shared=lambda article: article.language),
    _both("published", "When it was published, as far as it is known.", lambda row: row.time),
    _both("published_precision", "How precisely that is known.", lambda row: row.time.precision if row.time else ""),
    _both("published_day", "The outlet's day.", lambda row: row.time.day if row.time else None),
    ExportColumn(
        "updated",
        "The outlet's time of the last change.",
        lambda row: row.last_change_in(row.article),
        lambda row: row.article.last_change,
    ),
    _both(
        "captured",
        "When the archive received these words.",
        lambda row: row.capture.first_received if row.capture else None,
    ),
    ExportColumn("matches", "How many sections of the article match.", of_article=lambda row: row.matched),
    ExportColumn("key_event", "Whether the outlet marks it as a key event.", lambda row: row.key_event),
    ExportColumn("gone", "Whether it has disappeared from the page.", lambda row: row.gone_id is not None),
    ExportColumn(
        "withdrawn",
        "Whether the outlet withdrew it.",
        _is_withdrawn,
        lambda row: row.article.status == PublishingStatus.CANCELED,
    ),
    ExportColumn(
        "note",
        "What the outlet says about it, such as a correction.",
        lambda row: row.note or row.article.note,
        lambda row: row.article.note,
    ),
    ExportColumn("url", "The address at the outlet.", shared=lambda article: article.url),
    ExportColumn("permalink", "The address in the archive.", _permalink, _article_permalink, is_path=True),
    ExportColumn("version", "The number of this version.", lambda row: row.number),
    _both(
        "capture_sha256",
        "The SHA-256 of the bytes that the words came from.",
        lambda row: row.capture.sha256 if row.capture else "",
    ),
    _both("curated", "The fields that curators of the archive set.", lambda row: row.curated_fields),
    _both("copies", "How many articles have the same text, with this one.", lambda row: row.copies.counted),
    _both("copy_group", "The number of the first article with the same text.", lambda row: row.copies.first),
    _both("agency", "The news agencies that the text is credited to.", lambda row: list(row.copies.agencies)),
    _both("tombstone", "Why a row has no words.", lambda row: row.tombstone),
)
COLUMN_BY_NAME: Mapping[str, ExportColumn] = {column.name: column for column in COLUMNS}
# Of the section of a statement, the row has what says where and when it was said.
_BESIDE_STATEMENTS = frozenset(
    ("section", "article", "headline", "heading", "source", "published", "published_precision", "permalink", "version",
     "capture_sha256", "tombstone")
)  # fmt: skip
_UNITS: tuple[RowUnit, ...] = ("section", "article", "statement")
DEFAULT_FIELDS: Mapping[RowUnit, tuple[str, ...]] = {
    unit: tuple(
        column.name
        for column in COLUMNS
        if column.is_in(unit)
        and (unit in column.default_in or (unit == "statement" and column.name in _BESIDE_STATEMENTS))
    )
    for unit in _UNITS
}


@dataclass(frozen=True)
class RowEncoder:
    """Makes the values of columns of rows of one unit, each encoded by `encode`, or as `encoders` has it."""

    columns: Sequence[ExportColumn]
    unit: RowUnit
    site_url: str
    encode: Callable[[Any], Any]
    encoders: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    def encode_rows(self, rows: Iterable[Row]) -> Iterator[tuple[Row, list[Any]]]:
        """Yields rows with their values. The values of an article are encoded once for several sections."""
        site_url = self.site_url
        of_row = [
            (at, value_of, self._encoder(column)) for at, column, value_of in self._functions() if not column.is_path
        ]
        paths = [(at, path_of, self._encoder(column)) for at, column, path_of in self._functions() if column.is_path]
        of_article = [(column.shared, self._encoder(column)) for column in self.columns]
        kept: dict[int, tuple[Article, list[Any]]] = {}
        for row in rows:
            article, shared = kept.get(row.article_id, (None, []))
            if article is not row.article:
                article = row.article
                shared = [encode(value_of(article)) if value_of else None for value_of, encode in of_article]
                if len(kept) >= _MAX_KEPT_ARTICLES:
                    kept.clear()
                kept[row.article_id] = article, shared
            values = shared.copy()
            for at, value_of, encode in of_row:
                values[at] = encode(value_of(row))
            for at, path_of, encode in paths:
                path = path_of(row)
                values[at] = encode(site_url + path if path else "")
            yield row, values

    def _encoder(self, column: ExportColumn) -> Callable[[Any], Any]:
        return self.encoders.get(column.name, self.encode)

    def _functions(self) -> Iterator[tuple[int, ExportColumn, Callable[[Any], Any]]]:
        for at, column in enumerate(self.columns):
            if value_of := column.value_in(self.unit):
                yield at, column, value_of
