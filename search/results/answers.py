"""A question -> an answer: the only way to run a search.

`answer_question` gives a page of rows: the engine's ids and exact counts, one database query, and snippets.
`scan_sections` gives every row of the same result, for exports.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import QuerySet
from django.utils import timezone

from archive.models import Article, Section, is_shown

from ..engines import (
    TIME_LIMIT_SECONDS,
    Expansion,
    Explanation,
    Histogram,
    HistogramInterval,
    Hit,
    Request,
    time_limit,
)
from ..index import engine
from ..query import Node, ParsedQuery, parse
from .highlight import Highlighter, Piece, Snippet
from .question import PAGE_SIZE, Question, Visit

# Rows that an export holds at once.
SCAN_CHUNK = 500
# Further sections of one article that open in place; what is past them is read on its page.
MORE_SECTIONS = 50

# What a row shows.
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
    "article__status",
    "article__source__name",
    "current__heading",
    "current__text",
    "current__byline",
    "current__published",
    "current__published_precision",
    "current__key_event",
)


@dataclass(frozen=True)
class SectionRow:
    """A section that matched, with its heading and the passage that shows why."""

    section: Section
    heading: tuple[Piece, ...]
    snippet: Snippet
    url: str


@dataclass(frozen=True)
class ArticleRow:
    """An article with its best sections; `matched` counts all that match."""

    article: Article
    headline: tuple[Piece, ...]
    sections: tuple[SectionRow, ...]
    score: float
    matched: int
    url: str
    # Why its best section has its score, where that was asked for.
    explanation: Explanation | None = None

    @property
    def more(self) -> int:
        """How many matching sections are not shown."""
        return self.matched - len(self.sections)


@dataclass(frozen=True)
class Answer:
    """A page of an answered question, with the exact counts of the whole."""

    question: Question
    reading: ParsedQuery
    sort: str
    rows: tuple[ArticleRow, ...]
    total: int
    sections: int
    articles: int
    facets: Mapping[str, Sequence[tuple[str, int]]]
    facet_sizes: Mapping[str, int]
    histogram: Histogram | None
    expansions: tuple[Expansion, ...]
    took_ms: float

    @property
    def pages(self) -> int:
        return max(-(-self.total // PAGE_SIZE), 1)

    @property
    def first_number(self) -> int:
        """The number of the page's first row in the whole result, from 1."""
        return (self.question.page - 1) * PAGE_SIZE + 1


def answer_question(
    question: Question,
    *,
    now: datetime,
    facets: tuple[str, ...] = (),
    histogram: Literal["auto"] | HistogramInterval | None = None,
    by_article: bool | None = None,
    limit: int = PAGE_SIZE,
    facet_limit: int | None = None,
    explain: bool = False,
) -> Answer:
    """Answers a question, with so many values of each facet (None: all). One database query.

    With `explain`, it is asked again why the hits have their scores. Raises QueryError and EngineError;
    QueryLimitError where finding and marking take longer than TIME_LIMIT_SECONDS.
    """
    started = time.perf_counter()
    with time_limit(TIME_LIMIT_SECONDS):
        reading = question.parse(now)
        request = question.to_request(
            reading,
            now=now,
            facets=facets,
            facet_limit=facet_limit,
            histogram=histogram,
            by_article=by_article,
            limit=limit,
        )
        results = engine().search(request)
        explained = engine().explain(request, [hit.section_ids[0] for hit in results.hits]) if explain else {}
        rows = tuple(_rows(results.hits, reading.tree, question, explained))
    return Answer(
        question=question,
        reading=reading,
        sort=request.sort,
        rows=rows,
        total=results.total,
        sections=results.sections,
        articles=results.articles,
        facets=results.facets,
        facet_sizes=results.facet_sizes,
        histogram=results.histogram,
        expansions=results.expansions,
        took_ms=(time.perf_counter() - started) * 1000,
    )


def load_more_rows(question: Question, article_id: int, *, now: datetime) -> tuple[list[SectionRow], int]:
    """Returns an article's matching sections past those that its row shows, in the question's order, and how many
    more there are that did not fit. Two database queries.

    Raises QueryError and EngineError.
    """
    reading = question.parse(now)
    own = set(Section.objects.filter(article_id=article_id).values_list("pk", flat=True))
    request = question.to_request(reading, now=now)
    found = [section_id for section_id in engine().scan(request) if section_id in own][request.sections_per_hit :]
    chosen = found[:MORE_SECTIONS]
    sections = _load(_for_rows(), chosen)
    if not sections:
        return [], 0
    url = sections[0].article.get_absolute_url() + Visit(question).to_querystring()
    highlighter = Highlighter(reading.tree)
    return [_section_row(section, highlighter, url) for section in sections], len(found) - len(chosen)


def load_newest_sections(question: Question, limit: int, *, now: datetime) -> list[Section]:
    """Returns the newest matching sections with all that an export has of them. Two database queries.

    Raises QueryError and EngineError.
    """
    newest = question.with_sort("newest")
    request = newest.to_request(newest.parse(now), now=now, by_article=False, limit=limit)
    return _load(
        _for_export(), [section_id for hit in engine().search(request).hits for section_id in hit.section_ids]
    )


def scan_sections(question: Question, *, now: datetime) -> Iterator[Section]:
    """Yields every matching section in the question's order, with its article, version and capture loaded.

    The query is asked before the first row is yielded, so that an error is an error and no short list: raises
    QueryError and EngineError. Two database queries a SCAN_CHUNK.
    """
    request = question.to_request(question.parse(now), now=now, by_article=False)
    ids = list(engine().scan(request))
    chunks = (ids[start : start + SCAN_CHUNK] for start in range(0, len(ids), SCAN_CHUNK))
    return (section for chunk in chunks for section in _load(_for_export(), chunk))


def find_articles(q: str, limit: int) -> list[int]:
    """Returns the ids of the articles that match, best first; for the admin. Raises QueryError and EngineError."""
    request = Request(parse(q, now=timezone.now()).tree, by_article=True, limit=limit)
    return [hit.article_id for hit in engine().search(request).hits]


def _rows(
    hits: Sequence[Hit], tree: Node, question: Question, explained: Mapping[int, Explanation]
) -> Iterator[ArticleRow]:
    """Yields the rows of a page; what may not be shown any more is left out until the index follows."""
    highlighter = Highlighter(tree)
    loaded = _for_rows().in_bulk([section_id for hit in hits for section_id in hit.section_ids])
    asked = Visit(question).to_querystring()
    for hit in hits:
        sections = [loaded[section_id] for section_id in hit.section_ids if section_id in loaded]
        if not sections:
            continue
        article = sections[0].article
        url = article.get_absolute_url() + asked
        yield ArticleRow(
            article=article,
            headline=highlighter.mark(article.headline, "headline"),
            sections=tuple(_section_row(section, highlighter, url) for section in sections),
            score=hit.score,
            matched=hit.matched,
            url=url,
            explanation=explained.get(hit.section_ids[0]),
        )


def _section_row(section: Section, highlighter: Highlighter, url: str) -> SectionRow:
    """Returns a section's row; `url` is its article's, with the question."""
    return SectionRow(
        section=section,
        heading=highlighter.mark(section.heading, "heading"),
        snippet=highlighter.snippet(section.text, "text"),
        url=f"{url}#{section.anchor}",
    )


def _for_rows() -> QuerySet[Section]:
    return _shown(Section.objects.select_related("article__source", "current")).only(*_ROW_FIELDS)


def _for_export() -> QuerySet[Section]:
    sections = Section.objects.select_related("article__source", "current__capture")
    return _shown(sections).prefetch_related("article__topics")


def _shown(sections: QuerySet[Section]) -> QuerySet[Section]:
    return sections.filter(is_shown(timezone.now(), article="article"))


def _load(sections: QuerySet[Section], ids: Sequence[int]) -> list[Section]:
    """Returns the sections in the order of the ids."""
    loaded = sections.in_bulk(ids)
    return [loaded[section_id] for section_id in ids if section_id in loaded]
