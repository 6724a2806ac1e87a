"""What files for people share: what a file says about itself, its rows by article, and values as lines of text.

A format puts these lines into its own markup. No database. Only modules of this package import from here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby

from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.html import escape

from archive.imprint import imprint
from archive.models import Article
from archive.times import OutletTime

from ..annotations import describe_conditions
from ..articles import curated_entry_label
from ..outputs import CITATIONS, EntryKind, Reference, describe_value, format_time
from ..results import SORTS, build_chips
from .contract import Export
from .options import TEXTS
from .row_kinds import ExportedArticle, ExportedSection, Row

# Every file has this line, since a list that came about in several states could not be checked.
ONE_STATE = (
    "This is an export of one state of the archive: what changed while the file was written is in none of it. "
    "What curators of the archive set is marked as theirs."
)
NOTHING_FOUND = "Nothing in the archive matches."

# --- texts on one line ---

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# UTF-8 has no lone surrogates, and YAML and HTML have no noncharacters.
_NO_CHARACTERS = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BLANKS = re.compile(" {2,}")
# Characters that open a change of direction and close it (UAX 9).
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_ISOLATES = re.compile("[\u2066-\u2069]")
# Marks of direction, and characters that are written from right to left.
_DIRECTED = re.compile(
    "[\u061c\u200f\u202a-\u202e\u2066-\u2069\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff"
    "\U0001e800-\U0001efff]"
)


def clean(text: str) -> str:
    """Returns a text with blanks for its control characters and line ends; its direction marks stay."""
    return text if text.isprintable() else _NO_CHARACTERS.sub("\ufffd", _CONTROLS.sub(" ", text))


def one_line(text: str) -> str:
    """Returns a clean text with single blanks, and none around it."""
    return _BLANKS.sub(" ", clean(text)).strip(" ")


def isolate(text: str) -> str:
    """Returns a text on one line that changes the direction of nothing around it, for files without markup."""
    line = one_line(text)
    if line.isascii() or not _DIRECTED.search(line):
        return line
    depth = 0

    def balance(match: re.Match[str]) -> str:
        nonlocal depth
        if match[0] != _POP_ISOLATE:
            depth += 1
        elif not depth:
            return ""
        else:
            depth -= 1
        return match[0]

    balanced = _ISOLATES.sub(balance, line)
    return f"{_FIRST_STRONG_ISOLATE}{balanced}{_POP_ISOLATE * depth}{_POP_ISOLATE}"


def paragraphs_of(section: ExportedSection) -> Iterator[str]:
    """Yields the paragraphs of a section, each on one line; empty ones are left out."""
    return filter(None, map(one_line, section.paragraphs))


# --- what a file says about itself ---


def title_of(export: Export) -> str:
    """Returns the title of a file."""
    return f"{one_line(export.question.short_query) or 'Everything'} – {one_line(imprint().name)}"


def describe_export(export: Export) -> Mapping[str, str]:
    """Returns what was asked and what the file has, as labels and values, all on one line."""
    question = export.question
    chips = build_chips(question, question.span(export.made))
    filters = "; ".join(f"{'not ' if chip.excluded else ''}{chip.label}: {isolate(chip.value)}" for chip in chips)
    details = {
        "Search": one_line(question.q) or "everything",
        "Read as": one_line(export.parsed_query.canonical),
        "Notes": " ".join(one_line(note.message) for note in export.parsed_query.notes),
        "Filters": filters or "none",
        "Order": _describe_order(export),
        "Content": _describe_content(export),
        "Archive": one_line(imprint().name),
        "Address": page_address(export),
        "Made": format_time(OutletTime(export.made, "minute")),
    }
    return {label: value for label, value in details.items() if value}


def page_address(export: Export) -> str:
    """Returns the address of the page of results; empty where the site is not known."""
    return export.site_url + reverse("search") + export.question.to_querystring() if export.site_url else ""


def _describe_order(export: Export) -> str:
    question = export.question
    if export.unit == "statement":
        return SORTS["oldest" if question.sort == "oldest" else "newest"]
    order = SORTS[question.to_request(export.parsed_query, now=export.made).sort]
    if question.lists_articles or export.unit == "article":
        order += ", article by article"
    return f"{order}; of articles with the same text, the first alone" if question.is_folded else order


def _describe_content(export: Export) -> str:
    total = export.total
    rows = f"{total:,} {export.unit}{pluralize(total)}"
    if export.unit == "article":
        matched = sum(export.selection.matched)
        rows += f" with {matched:,} matching section{pluralize(matched)}"
    if export.unit == "statement":
        conditions = describe_conditions(export.parsed_query.as_written, export.question.filters)
        phrases = (f"{before} “{one_line(written)}” {after}".strip() for before, written, after in conditions)
        return f"{rows}, {_describe_extent(export)}" + (f"; only those {', '.join(phrases)}" if conditions else "")
    return f"{rows}, {_describe_extent(export)}; {TEXTS[export.options.text]}"


def _describe_extent(export: Export) -> str:
    """Returns which rows of the result are in the file."""
    picked, first = export.options.picked, export.options.first
    whole = "those picked by hand" if picked else "the result"
    # As many as were asked for are seldom all that there are.
    if first and first == export.total - len(export.selection.missing):
        return f"the first {first:,} of {whole}"
    return "picked by hand" if picked else "all"


# --- rows by article ---


@dataclass(frozen=True)
class ArticleGroup:
    """Consecutive rows of one article. `number` counts the groups of a file from 1.

    `rows` can be taken once, before the next group.
    """

    number: int
    first: Row
    rows: Iterator[Row]

    @property
    def title(self) -> str:
        """The headline; where it is not shown, which article or section this is."""
        headline = one_line(self.first.article.headline)
        if headline or not self.first.article_id:
            return headline or _name_row(self.first)
        return f"Article {self.first.article_id}"


def by_article(rows: Iterable[Row]) -> Iterator[ArticleGroup]:
    """Yields rows with those that follow each other and are of one article together."""
    for number, (_, group) in enumerate(groupby(rows, key=_article_key), start=1):
        first = next(group)
        yield ArticleGroup(number, first, chain((first,), group))


def _article_key(row: Row) -> tuple[EntryKind, int]:
    # Rows of sections that are not known are of no known article.
    return ("article", row.article_id) if row.article_id else identity_of(row)


def identity_of(row: Row) -> tuple[EntryKind, int]:
    """Returns what a row is and its number: a picked article that is missing is one, also among sections."""
    if isinstance(row, ExportedSection) and row.section_id:
        return "section", row.section_id
    return "article", row.article_id


def _name_row(row: Row) -> str:
    kind, number = identity_of(row)
    return f"{kind.capitalize()} {number}"


def tombstone_of(row: Row) -> str:
    """Returns why a row has no words, with its number; empty if it has words."""
    return f"{_name_row(row)}: {row.tombstone}" if row.tombstone else ""


def article_facts(row: Row) -> list[str]:
    """Returns who published the article, when, and who wrote it, in this order, as far as it is known."""
    article = row.article
    if article.source_id is None:
        return []
    facts = ["Live page" if article.kind == Article.Kind.LIVE else "", article.source.name]
    facts += [format_time(article.time) if article.time else "undated", article.byline]
    if article.updated and article.updated != article.published and article.last_change:
        facts.append(f"updated {format_time(article.last_change)}")
    return list(filter(None, map(one_line, facts)))


def listed_facts(row: Row) -> list[str]:
    """Returns who published the article and when, as far as it is known, for a list of articles."""
    article = row.article
    if article.source_id is None:
        return []
    return list(
        filter(None, [one_line(article.source.name), format_time(article.time) if article.time else "undated"])
    )


def topics_of(row: Row) -> str:
    """Returns the topics of the article on one line."""
    return one_line("; ".join(row.topics))


def article_count(row: Row) -> str:
    """Returns how many sections of an article's row match; empty for the row of a section."""
    if not isinstance(row, ExportedArticle) or row.tombstone:
        return ""
    if not row.matched:
        return "only the headline matches"
    return f"{row.matched:,} matching section{pluralize(row.matched)}"


def section_facts(section: ExportedSection) -> list[str]:
    """Returns what a section says of itself besides its article: its time, its byline, whether it is on the page."""
    facts = [format_time(section.time) if section.published and section.time else ""]
    facts.append(section.byline if section.byline != section.article.byline else "")
    if (
        section.updated
        and section.updated != section.published
        and (updated := section.last_change_in(section.article))
    ):
        facts.append(f"updated {format_time(updated)}")
    facts.append("key event" if section.key_event else "")
    facts.append(curated_entry_label(section.curated_entry))
    facts.append("no longer on the page" if section.gone_id and not section.tombstone else "")
    return list(filter(None, map(one_line, facts)))


def article_remarks(row: Row) -> list[tuple[str, str]]:
    """Returns labels and values: what the outlet notes about an article, and what curators set of it."""
    remarks = [("Note", row.article.note)]
    if row.reference:
        remarks += [
            (f"{value.label} set by a curator; as received", describe_value(value.received))
            for value in row.reference.curated
        ]
    return [(label, line) for label, value in remarks if (line := one_line(value))]


def note_of(row: Row) -> str:
    """Returns what the outlet notes about a row, else about its article."""
    return one_line(row.note or row.article.note)


def markup_of(section: ExportedSection) -> Iterator[str]:
    """Yields the heading and the paragraphs of a section as HTML, for formats whose texts are HTML."""
    if heading := one_line(section.heading):
        yield f'<h2 dir="auto">{escape(heading)}</h2>'
    for paragraph in paragraphs_of(section):
        yield f'<p dir="auto">{escape(paragraph)}</p>'


# --- citations ---


@dataclass(frozen=True)
class Citation:
    """A citation in the style of CITATIONS["text"], and how to check it. `permalink` may be a path.

    `is_repeated`: the row before has the same citation.
    """

    styled: str
    evidence: str
    permalink: str
    curators_note: str
    is_repeated: bool


def with_citations(rows: Iterable[Row]) -> Iterator[tuple[Row, Citation | None]]:
    """Yields rows of an article with their citations; rows without words have none."""
    before = ""
    for row in rows:
        citation = _cite(row.reference, before) if row.reference else None
        before = citation.styled if citation else before
        yield row, citation


def _cite(reference: Reference, before: str) -> Citation:
    styled, _, _ = CITATIONS["text"].write_item(reference).partition("\n")
    note = one_line(reference.curators_note)
    return Citation(styled, reference.evidence, reference.permalink, note, styled == before)
