"""What the archive has, at a glance: its size, sources, topics and time, what came in last, and examples of queries.

The numbers are computed once for each state of the index. What readers see of articles is loaded for each of them, so
that nothing is shown that was withheld since.
"""

from dataclasses import dataclass
from datetime import datetime

from archive.models import shown_articles

from ..engines import Hit, Reader
from ..index import shown_index
from .arrivals import Arrival, Arrived, LivePage, load_arrived, load_rows
from .bulk import Bulk, find_bulk
from .examples import Example, make_examples
from .facets import FacetValue, build_values
from .question import Question

MAX_LATEST = 14
MAX_LIVE_PAGES = 5
# The most frequent values of a field that are listed.
MAX_LISTED_VALUES = 10
# Enough to find frequent words in.
_MAX_HEADLINES = 40
# The fields that are listed, and the titles of their lists.
_TITLES = {"source": "Sources", "topic": "Topics"}
_ALL = Question()
_LIVE = Question(sort="newest").toggle_value("kind", "live")


@dataclass(frozen=True)
class ListedValues:
    """The most frequent values of a field, with the numbers of their articles. `size` is the number of all values."""

    name: str
    title: str
    values: tuple[FacetValue, ...]
    size: int


@dataclass(frozen=True)
class Overview:
    """An archive in one state of its index. `latest` and `live_pages` are the first of each."""

    articles: int
    sections: int
    lists: tuple[ListedValues, ...]
    bulk: Bulk | None
    examples: tuple[Example, ...]
    latest: tuple[Hit, ...]
    arrived: dict[int, Arrived]
    live_pages: tuple[Hit, ...]
    live_page_count: int

    def load_rows(self, now: datetime) -> tuple[list[Arrival], list[LivePage]]:
        """Returns the articles that came in last, and the live pages, as they may be shown now. One database query."""
        return load_rows(self.latest, self.live_pages, self.arrived, now)


# The state of the index that was asked last, and its overview. Threads that compute it at once compute the same.
_last: tuple[str, Overview] | None = None


def load_overview(now: datetime) -> Overview:
    """Returns the overview of what may be shown. One database query, and two more after each change of the index.

    Raises EngineError.
    """
    global _last
    index = shown_index()
    state = index.state()
    last = _last
    if last is None or last[0] != state:
        _last = last = state, _compute(index, now)
    return last[1]


def load_examples(now: datetime) -> tuple[Example, ...]:
    """Returns queries that find something. Costs what `load_overview` costs, and raises the same."""
    return load_overview(now).examples


def _compute(index: Reader, now: datetime) -> Overview:
    query, fields = _ALL.parse(now, index=index), tuple(_TITLES)
    newest = index.search(
        _ALL.to_request(query, now=now, facets=fields, facet_limit=MAX_LISTED_VALUES, limit=_MAX_HEADLINES)
    )
    latest = index.search(_ALL.with_sort("captured").to_request(query, now=now, limit=MAX_LATEST)).hits
    live = index.search(_LIVE.to_request(query, now=now, limit=MAX_LIVE_PAGES))
    headlines = shown_articles(now).filter(pk__in=[hit.article_id for hit in newest.hits]).order_by("pk")
    bulk = find_bulk(index, _ALL, now)
    peak = bulk.timeline.peak if bulk else None
    return Overview(
        articles=newest.articles,
        sections=newest.sections,
        lists=tuple(
            ListedValues(name, title, build_values(_ALL, name, newest.facets[name]), newest.facet_sizes[name])
            for name, title in _TITLES.items()
            if newest.facets[name]
        ),
        bulk=bulk,
        examples=make_examples(
            index,
            headlines.values_list("headline", flat=True),
            newest.facets,
            peak.dates if peak else "",
            now=now,
        ),
        latest=latest,
        arrived=load_arrived([hit.article_id for hit in latest], now),
        live_pages=live.hits,
        live_page_count=live.articles,
    )
