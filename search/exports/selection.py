"""Which rows an export has, by their numbers, in the order of the page: the whole result, its first rows, or hits
that were picked by hand; of statements, their sections. One search; no database. Only modules of this package import
from here.

A result that is listed by article is exported article by article, as the page shows it. The numbers are arrays: a
result of a million sections has 8 MB of them.
"""

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import TypeVar

from ..annotations import ChosenStatements, choose_statements, request_in_time
from ..engines import ScannedArticle
from ..index import shown_index
from ..query import ParsedQuery
from ..results import Question
from .options import ExportOptions
from .picks import article_pick, parse_pick, section_pick

# The searches after which an index that changes all the time is taken as it is.
_MAX_SEARCHES = 3

Found = TypeVar("Found")


@dataclass(frozen=True)
class Selection:
    """The rows of an export, in order. `generation` is the state of the index.

    Rows of sections are in `section_ids`. For rows of articles, `article_ids` has the articles, `matched` how many
    sections of each are hits, and `ends` where its sections end among `section_ids`. `missing` has those of the
    picked hits that the result does not have. For rows of statements, `chosen` has those that the question asks for;
    None where all those of the sections are rows.
    """

    parsed_query: ParsedQuery
    generation: str
    section_ids: Sequence[int]
    article_ids: Sequence[int]
    matched: Sequence[int]
    ends: Sequence[int]
    missing: tuple[str, ...]
    chosen: ChosenStatements | None = None

    def at(self, places: Sequence[int]) -> "Selection":
        """Returns some of the rows that were found: those at these places."""
        if not self.article_ids:
            ids = [self.section_ids[place] for place in places]
            return replace(self, section_ids=ids, missing=(), chosen=self.chosen and self.chosen.at(places))
        chosen = [article for place in places for article in self.articles(place, place + 1)]
        return replace(
            self,
            section_ids=[number for article in chosen for number in article.section_ids],
            article_ids=[article.article_id for article in chosen],
            matched=[article.matched for article in chosen],
            ends=list(accumulate(len(article.section_ids) for article in chosen)),
            missing=(),
        )

    def articles(self, start: int, end: int) -> list[ScannedArticle]:
        """Returns some of the articles, each with its sections."""
        return [
            ScannedArticle(
                self.article_ids[at],
                self.section_ids[self.ends[at - 1] if at else 0 : self.ends[at]],
                self.matched[at],
            )
            for at in range(start, min(end, len(self.article_ids)))
        ]


def select_rows(question: Question, options: ExportOptions, *, now: datetime) -> Selection:
    """Searches for the rows of an export. Raises QueryError and EngineError; a failed search is never a short list."""
    picks_articles = any(parse_pick(pick).unit == "article" for pick in options.picked)
    if options.unit == "article" or picks_articles:
        question = question.with_listing("folded" if question.is_folded else "articles")
    by_article = question.lists_articles
    index = shown_index()
    parsed_query = question.parse(now, index=index)
    request = question.to_request(parsed_query, now=now, by_article=by_article)
    if options.unit == "statement" and not picks_articles:
        # In order of time, as the page of statements has them.
        by_article, request = False, request_in_time(question, parsed_query, now=now)
    for _ in range(_MAX_SEARCHES):
        generation = index.state()
        rows = _Rows(options)
        if by_article:
            rows.add_articles(index.scan_articles(request))
        else:
            rows.add_sections(index.scan(request))
        chosen = choose_statements(question, parsed_query, index, now=now) if options.unit == "statement" else None
        if index.state() == generation:
            break
    found = Selection(
        parsed_query, generation, rows.section_ids, rows.article_ids, rows.matched, rows.ends, rows.missing
    )
    if chosen is None:
        return found
    of_sections = {section: chosen[section] for section in rows.section_ids if section in chosen}
    return replace(found, section_ids=array("q", of_sections), chosen=ChosenStatements.of(of_sections))


class _Rows:
    """The numbers of rows as they are found: those that are picked, and no more than were asked for."""

    def __init__(self, options: ExportOptions) -> None:
        self._by_article = options.unit == "article"
        self._picked = frozenset(options.picked)
        self._found: set[str] = set()
        # Of a number of statements, nobody knows in how many sections they are.
        self._room = options.first if options.first and options.unit != "statement" else sys.maxsize
        self._order = options.picked
        self.section_ids, self.article_ids = array("q"), array("q")
        self.matched, self.ends = array("q"), array("q")

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(pick for pick in self._order if pick not in self._found)

    def add_sections(self, section_ids: Iterable[int]) -> None:
        self.section_ids.extend(self._cut(filter(self._is_picked, section_ids) if self._picked else section_ids))

    def add_articles(self, articles: Iterable[ScannedArticle]) -> None:
        chosen = map(self._keep_picked, articles) if self._picked else articles
        if not self._by_article:
            self.section_ids.extend(self._cut(number for article in chosen for number in article.section_ids))
            return
        for article in self._cut(article for article in chosen if article.section_ids):
            self.section_ids.extend(article.section_ids)
            self.article_ids.append(article.article_id)
            self.matched.append(article.matched)
            self.ends.append(len(self.section_ids))

    def _cut(self, rows: Iterable[Found]) -> Iterator[Found]:
        """Yields the first rows; takes all of them, since the picked hits are looked for among all."""
        return (row for number, row in enumerate(rows) if number < self._room)

    def _is_picked(self, section_id: int) -> bool:
        return self._note(section_pick(section_id))

    def _note(self, pick: str) -> bool:
        """Whether a hit is picked; remembers that it was found."""
        if pick in self._picked:
            self._found.add(pick)
            return True
        return False

    def _keep_picked(self, article: ScannedArticle) -> ScannedArticle:
        """Returns an article with the sections that are picked: all of them, if the article is."""
        picked = list(filter(self._is_picked, article.section_ids))
        if self._note(article_pick(article.article_id)):
            return article
        return replace(article, section_ids=picked, matched=min(article.matched, len(picked)))
