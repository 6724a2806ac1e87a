"""Answers questions with a page of rows. Every page and command that shows results gets them here.

An answer has the engine's ids and exact counts, the records of one database query, and marked passages. The sections
of a result as records, for feeds and exports, are in `sections`.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Literal

from django.db.models import QuerySet
from django.utils import timezone

from archive.copies import NO_COPIES, CopyFacts, shown_facts_of
from archive.models import Article, Section, shown_sections
from archive.prepared_queries import PreparedQuery

from ..engines import (
    TIME_LIMIT_SECONDS,
    Expansion,
    Explanation,
    Histogram,
    HistogramInterval,
    Hit,
    Reader,
    Request,
    Sort,
    time_limit,
)
from ..index import shown_index
from ..query import Node, ParsedQuery
from ..text import fold_value, value_key
from .highlight import Highlighter, Piece, Snippet
from .question import SECTIONS_PER_ROW, Question
from .remembered import search
from .said import NO_SPANS
from .sections import in_order, mark_parts, section_url
from .text_spans import ShownSection, SpansOfSections, load_spans
from .visit import Visit

# Further sections of an article that open in place. The rest can be read on its page.
MAX_MORE_SECTIONS = 50

# The columns that a row shows.
_ROW_FIELDS = (
    "position",
    "gone_id",
    "withdrawn",
    "article__headline",
    "article__kind",
    "article__language",
    "article__byline",
    "article__published",
    "article__published_precision",
    "article__published_rule",
    "article__published_offset",
    "article__status",
    "article__curated_fields",
    "article__source__name",
    "article__source__zone",
    "current__heading",
    "current__text",
    "current__byline",
    "current__published",
    "current__published_precision",
    "current__published_rule",
    "current__published_offset",
    "current__key_event",
    *Section.SHOWN_COLUMNS,
)


@dataclass(frozen=True)
class SectionRow:
    """A matching section: its heading, and the passage that shows why it matches; an empty one in a list."""

    section: Section
    heading: tuple[Piece, ...]
    snippet: Snippet
    url: str


@dataclass(frozen=True)
class ArticleRow:
    """An article with its best sections. `matched` is the number of all its sections that are hits.

    It is 0 where the headline or the standfirst alone has the words; then the only section is the article's lead.
    `explanation` says why its best section has its score, if that was requested.
    """

    article: Article
    headline: tuple[Piece, ...]
    sections: tuple[SectionRow, ...]
    score: float
    matched: int
    url: str
    explanation: Explanation | None = None
    copies: CopyFacts = NO_COPIES
    # For how many articles of the result it is listed: itself, and copies that are folded.
    articles: int = 1

    @property
    def best_url(self) -> str:
        """The URL of its best section. The first section follows the headline on its page, so the page shows both."""
        return self.best.url if self.best.section.position else self.url

    @property
    def more(self) -> int:
        """How many matching sections the row does not show."""
        return max(self.matched - len(self.sections), 0)

    @property
    def best(self) -> SectionRow:
        """The section whose passage stands for the article."""
        return self.sections[0]


@dataclass(frozen=True)
class Answer:
    """A page of the answer to a question, with the exact counts of the whole result.

    `index` is what was asked; what belongs to the answer asks the same. `total` is the number of rows on all pages,
    `sections` that of the sections that are hits. `articles` counts theirs, folded or not, and, where articles are
    listed, `leads`: those whose headline or standfirst alone has the words.
    """

    question: Question
    index: Reader
    parsed_query: ParsedQuery
    sort: Sort
    rows: tuple[ArticleRow, ...]
    total: int
    sections: int
    articles: int
    leads: int
    facets: Mapping[str, Sequence[tuple[str, int]]]
    facet_sizes: Mapping[str, int]
    histogram: Histogram | None
    expansions: tuple[Expansion, ...]
    took_ms: float

    @property
    def pages(self) -> int:
        """The number of pages, at least 1."""
        return max(-(-self.total // self.question.per_page), 1)

    @property
    def has_copies(self) -> bool:
        """Whether articles of the result have copies, if that facet was counted and articles are listed."""
        return self.question.lists_articles and dict(self.facets.get("copies", ())).get("yes", 0) > 1

    @property
    def first_number(self) -> int:
        """The number of the page's first row in the whole result, from 1."""
        return (self.question.page - 1) * self.question.per_page + 1


def answer_question(
    question: Question,
    *,
    now: datetime,
    facets: tuple[str, ...] = (),
    histogram: Literal["auto"] | HistogramInterval | None = None,
    by_article: bool | None = None,
    limit: int | None = None,
    facet_limit: int | None = None,
    whole_facets: tuple[str, ...] = (),
    sections_per_row: int = SECTIONS_PER_ROW,
    explain: bool = False,
) -> Answer:
    """Answers a question. `facet_limit` is the number of values of each facet; None means all, and of
    `whole_facets` every value is counted. The row of an article has up to `sections_per_row`, which may not be more
    than SECTIONS_PER_ROW. Three database queries.

    `explain` adds why each row has its score, at the cost of a second search. Raises QueryError and EngineError, and
    QueryLimitError if searching and marking take longer than TIME_LIMIT_SECONDS.
    """
    started = time.perf_counter()
    with time_limit(TIME_LIMIT_SECONDS):
        index = shown_index()
        parsed_query = question.parse(now, index=index)
        request = question.to_request(
            parsed_query,
            now=now,
            facets=facets,
            facet_limit=facet_limit,
            whole_facets=whole_facets,
            histogram=histogram,
            by_article=by_article,
            limit=limit,
        )
        results = search(index, request)
        best_sections = [hit.section_ids[0] for hit in results.hits]
        explanations = index.explain(request, best_sections) if explain else {}
        rows = tuple(_rows(results.hits, parsed_query.tree, question, explanations, sections_per_row=sections_per_row))
    return Answer(
        question=question,
        index=index,
        parsed_query=parsed_query,
        sort=request.sort,
        rows=rows,
        total=results.total,
        sections=results.sections,
        articles=results.articles,
        leads=results.leads,
        facets=results.facets,
        facet_sizes=results.facet_sizes,
        histogram=results.histogram,
        expansions=tuple(filter(_says_more, results.expansions)),
        took_ms=(time.perf_counter() - started) * 1000,
    )


def load_more_rows(question: Question, article_id: int, *, now: datetime) -> tuple[list[SectionRow], int]:
    """Returns the matching sections other than the one in an article's row, and the number of those beyond the limit.

    They are in the question's order, at most MAX_MORE_SECTIONS. Three database queries. Raises QueryError and
    EngineError.
    """
    with time_limit(TIME_LIMIT_SECONDS):
        index = shown_index()
        parsed_query = question.parse(now, index=index)
        request = question.to_request(parsed_query, now=now)
        in_article = set(Section.objects.filter(article_id=article_id).values_list("pk", flat=True))
        matching = [section_id for section_id in index.scan(request) if section_id in in_article]
        wanted = matching[: MAX_MORE_SECTIONS + 1]
        sections = in_order(_load_for_rows(wanted), wanted)
        if not sections:
            return [], 0
        url = sections[0].article.get_absolute_url() + Visit(question).to_querystring()
        highlighter = Highlighter(parsed_query.tree)
        spans = load_spans(parsed_query.tree, ShownSection.current(sections))
        rows = [_section_row(section, highlighter, url, question, spans) for section in sections]
        best = next(_best_first(iter(rows[: request.sections_per_hit])))
        rows.remove(best)
    return rows, max(len(matching) - MAX_MORE_SECTIONS - 1, 0)


def find_articles(q: str, limit: int) -> list[int]:
    """Returns the ids of matching articles, best first. Raises QueryError and EngineError."""
    index = shown_index()
    request = Request(Question(q).parse(timezone.now(), index=index).tree, by_article=True, limit=limit)
    return [hit.article_id for hit in index.search(request).hits]


def find_sections(q: str, limit: int) -> list[int]:
    """Returns the ids of matching sections, best first. Raises QueryError and EngineError."""
    index = shown_index()
    request = Request(Question(q).parse(timezone.now(), index=index).tree, limit=limit)
    return [section for hit in index.search(request).hits for section in hit.section_ids]


def find_statements(q: str, limit: int) -> list[int]:
    """Returns the numbers of statements that match, the newest first. Raises QueryError and EngineError."""
    index, now = shown_index(), timezone.now()
    # Faults are named by their places in what was written.
    Question(q).read(now)
    tree = Question(f"said({q})").parse(now, index=index).tree
    return [found.number for found in index.list_statements(Request(tree, sort="newest", limit=limit)).found]


def _says_more(expansion: Expansion) -> bool:
    """Whether an expansion says more than its term: a value may match nothing but itself."""
    (_, _, written) = expansion.written.partition(":")
    return [value_key(fold_value(form)) for form, _ in expansion.forms] != [value_key(fold_value(written))]


def _rows(
    hits: Sequence[Hit],
    tree: Node,
    question: Question,
    explanations: Mapping[int, Explanation],
    *,
    sections_per_row: int,
) -> Iterator[ArticleRow]:
    """Yields the rows of a page, without sections that may not be shown any more but are still in the index."""
    highlighter = Highlighter(tree)
    found = _load_for_rows([section_id for hit in hits for section_id in hit.section_ids])
    spans = load_spans(tree, ShownSection.current(found.values()))
    visit = Visit(question)
    querystring = visit.to_querystring()
    copies = shown_facts_of({hit.article_id for hit in hits}, timezone.now()) if hits else {}
    for hit in hits:
        sections = in_order(found, hit.section_ids)
        if not sections:
            continue
        article = sections[0].article
        # Where sections are hits of their own, the page learns from its address which of them it was.
        if not question.lists_articles:
            querystring = replace(visit, hit=sections[0].pk).to_querystring()
        url = article.get_absolute_url() + querystring
        rows = (_section_row(section, highlighter, url, question, spans) for section in sections)
        yield ArticleRow(
            article=article,
            headline=highlighter.mark(article.headline, "headline", spans=NO_SPANS),
            sections=tuple(islice(_best_first(rows), sections_per_row)),
            score=hit.score,
            matched=hit.matched,
            url=url,
            explanation=explanations.get(hit.section_ids[0]),
            copies=copies.get(article.pk, NO_COPIES),
            articles=hit.articles,
        )


def _section_row(
    section: Section, highlighter: Highlighter, article_url: str, question: Question, spans: SpansOfSections
) -> SectionRow:
    of_section = spans.get(section.pk, {})
    snippet = Snippet(())
    if question.view == "passages":
        snippet = highlighter.snippet(section.text, "text", spans=of_section.get("text", NO_SPANS))
    return SectionRow(
        section=section,
        heading=highlighter.mark(section.heading, "heading", spans=of_section.get("heading", NO_SPANS)),
        snippet=snippet,
        url=section_url(article_url, section),
    )


def _best_first(rows: Iterator[SectionRow]) -> Iterator[SectionRow]:
    """Yields the sections of an article's row, best first: prose with as much of the query goes before fragments.

    Takes no more of them than it needs: marking a text takes most of the time of a page.
    """
    first, passed = next(rows), []
    if first.snippet.pieces and not first.snippet.is_prose:
        for row in rows:
            if row.snippet.is_prose and row.snippet.terms >= first.snippet.terms:
                yield row
                break
            passed.append(row)
    yield first
    yield from passed
    yield from rows


def _load_for_rows(section_ids: Sequence[int]) -> dict[int, Section]:
    """Returns those of these sections that may be shown, with what a row shows. One query."""
    return {section.pk: section for section in _FOR_ROWS.rows(now=timezone.now(), ids=section_ids)}


def _sections_for_rows(now: datetime, ids: Sequence[int]) -> QuerySet[Section]:
    sections = shown_sections(now).filter(pk__in=ids).select_related("article__source", "current")
    return mark_parts(sections.only(*_ROW_FIELDS)).order_by()


_FOR_ROWS = PreparedQuery(_sections_for_rows)
