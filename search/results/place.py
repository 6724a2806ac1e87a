"""Where a hit is in its result: "3 of 622", and where the hit of a number is read. For `search.results` and its users.

The address of a page that was reached from a hit has the search with its page of results. So the hit is looked up
on that page alone, and its number is exact as long as the result is what it was.
"""

from dataclasses import dataclass
from datetime import datetime

from ..engines import TIME_LIMIT_SECONDS, EngineError, time_limit
from ..index import IndexGetter, shown_index
from ..query import QueryError
from .answers import answer_question
from .question import Question
from .visit import Visit


@dataclass(frozen=True)
class HitPlace:
    """The number of a hit, from 1, and how many hits its result has; `unit` names what is counted."""

    number: int
    total: int
    unit: str

    @property
    def previous(self) -> int:
        """The number of the hit before; 0 if this is the first."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The number of the hit after; 0 if this is the last."""
        return self.number + 1 if self.number < self.total else 0


def find_place(
    visit: Visit, article_id: int, *, now: datetime, get_index: IndexGetter = shown_index
) -> HitPlace | None:
    """Returns the place of an article, or of the section that was opened where the search lists sections separately.

    None where the search's page of results does not have it, or cannot be had. One database query.
    """
    question = visit.question
    if question.is_blank:
        return None
    try:
        with time_limit(TIME_LIMIT_SECONDS):
            index = get_index()
            request = question.to_request(question.parse(now, index=index), now=now)
            results = index.search(request)
    except (QueryError, EngineError):
        return None
    for number, hit in enumerate(results.hits, start=request.offset + 1):
        if hit.article_id == article_id and (question.lists_articles or visit.hit in hit.section_ids):
            unit = question.listed_unit if results.total == 1 else question.listed_name
            return HitPlace(number, results.total, unit)
    return None


def find_hit(question: Question, number: int, *, now: datetime) -> str | None:
    """Returns the URL of the hit with a number in the result; None where there is none.

    Two database queries. Raises QueryError and EngineError.
    """
    at_hit = question.with_hit(number)
    answer = answer_question(at_hit, now=now)
    place = number - answer.first_number
    if not 0 <= place < len(answer.rows):
        return None
    row = answer.rows[place]
    return row.best_url if question.lists_articles else row.best.url
