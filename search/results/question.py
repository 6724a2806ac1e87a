"""A search as a person asks it, and its URL: the only place where these two turn into each other. No ORM.

URL parameters: `q`, `unit`, `list`, `sort`, `page`; for each facet its name with a chosen value and `not-` with its
name for an excluded value, both repeated for more values; `date` with a span as the query language writes it, or
`from` and `to` with its first and last day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast
from urllib.parse import quote_plus

from ..engines import DateSpan, Filter, HistogramInterval, QueryLimitError, Request, Sort, Unit
from ..fields import FACET_NAMES
from ..query import (
    MAX_QUERY_TERMS,
    DateError,
    Fuzzy,
    ParsedQuery,
    Phrase,
    Truncation,
    Word,
    parse,
    parse_date_range,
    positive_leaves,
)
from .parameters import Parameters, clean_dates, encode, on_reader_clock, read_all, read_choice, read_last, read_page

PAGE_SIZE = 20
# Nobody reads further. Use an export for the whole of a large result.
MAX_PAGE = 10_000
# Every link on a page of results repeats these values: with 50 the page has 0.6 MB, with 450 it has 18 MB.
MAX_FILTER_VALUES = 50

UNITS: Mapping[Unit, str] = {"section": "Sections", "article": "Articles"}
# Whether sections are grouped under their articles.
LISTINGS: Mapping[bool, str] = {True: "By article", False: "Separately"}
SORTS: Mapping[Sort, str] = {
    "relevance": "Relevance",
    "newest": "Newest",
    "oldest": "Oldest",
    "captured": "Latest in the archive",
}


@dataclass(frozen=True)
class Question:
    """A search as a person asks it. `sort` is empty for the default order, `dates` for any time.

    The methods that begin with `with` or `toggle` return a question that differs in one point and starts at its
    first page.
    """

    q: str = ""
    unit: Unit = "section"
    grouped: bool = True
    sort: Sort | Literal[""] = ""
    page: int = 1
    filters: tuple[Filter, ...] = ()
    dates: str = ""

    # --- the URL ---

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "Question":
        """Reads the parameters of a URL. Never fails."""
        first, last = read_last(parameters, "from"), read_last(parameters, "to")
        return cls(
            q=read_last(parameters, "q"),
            unit=cast(Unit, read_choice(parameters, "unit", UNITS, "section")),
            grouped=read_last(parameters, "list") != "sections",
            sort=cast(Sort, read_choice(parameters, "sort", SORTS, "")),
            page=read_page(parameters, "page", max_page=MAX_PAGE),
            filters=_read_filters(parameters),
            # The first and the last day may be swapped.
            dates=clean_dates(read_last(parameters, "date"))
            or clean_dates(f"{first}..{last}")
            or clean_dates(f"{last}..{first}"),
        )

    def to_querystring(self) -> str:
        """Returns the parameters as a URL has them; equal questions have equal query strings."""
        return "?" + encode(self.parameters + ([("page", str(self.page))] if self.page > 1 else []))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters without the page, for the hidden fields of a form."""
        before, after = self._parameters_around_dates()
        return before + ([("date", self.dates)] if self.dates else []) + after

    @property
    def parameters_without_query(self) -> list[tuple[str, str]]:
        """The parameters of a form that has a field for the query."""
        return self.parameters[1:]

    @property
    def parameters_without_dates(self) -> list[tuple[str, str]]:
        """The parameters of a form that has fields for the dates."""
        return replace(self, dates="").parameters

    def _parameters_around_dates(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Returns the parameters before and after the dates."""
        pairs = [("q", self.q)]
        if self.unit != "section":
            pairs.append(("unit", self.unit))
        if not self.grouped:
            pairs.append(("list", "sections"))
        for chosen in self.filters:
            pairs += [(chosen.field, value) for value in chosen.values]
            pairs += [(f"not-{chosen.field}", value) for value in chosen.excluded]
        return pairs, [("sort", self.sort)] if self.sort else []

    # --- its meaning ---

    @property
    def is_blank(self) -> bool:
        """Whether nothing is asked."""
        return self == Question()

    @property
    def lists_articles(self) -> bool:
        """Whether the result is a list of articles, which is what is counted then."""
        return self.grouped or self.unit == "article"

    @property
    def is_narrowed(self) -> bool:
        """Whether filters or dates narrow the result of the query."""
        return bool(self.filters or self.dates)

    @property
    def has_too_many_filters(self) -> bool:
        """Whether the filters have more values than a search may have."""
        return self._filter_value_count > MAX_FILTER_VALUES

    @property
    def _filter_value_count(self) -> int:
        return sum(len(chosen.values) + len(chosen.excluded) for chosen in self.filters)

    def parse(self, now: datetime) -> ParsedQuery:
        """Returns the query as it is read. Raises QueryError."""
        return parse(self.q, now=on_reader_clock(now))

    def span(self, now: datetime) -> DateSpan | None:
        """Returns the span that the dates mean at a time; None for any time."""
        try:
            return parse_date_range(self.dates, on_reader_clock(now)) if self.dates else None
        except DateError:
            return None

    def filter_on(self, field: str) -> Filter:
        """Returns the values of a facet that are chosen and excluded."""
        return next((chosen for chosen in self.filters if chosen.field == field), Filter(field))

    def to_request(
        self,
        parsed_query: ParsedQuery,
        *,
        now: datetime,
        facets: tuple[str, ...] = (),
        facet_limit: int | None = None,
        histogram: Literal["auto"] | HistogramInterval | None = None,
        by_article: bool | None = None,
        limit: int = PAGE_SIZE,
    ) -> Request:
        """Returns the request to the engine. The default order is by relevance for words, or else by date.

        `by_article` overrides whether the result is grouped. Where the question lists articles, it has the leads of
        those whose headline alone has the words, also if its sections are not grouped. Raises QueryLimitError if there
        are too many filters.
        """
        if self.has_too_many_filters:
            raise QueryLimitError(
                f"The filters have {self._filter_value_count:,} values, and a search can have {MAX_FILTER_VALUES}. "
                f"Remove some, or write them into the query, which can have {MAX_QUERY_TERMS} terms: "
                "source:(a OR b) or NOT topic:c."
            )
        leaves = positive_leaves(parsed_query.tree)
        has_words = any(isinstance(leaf, Word | Phrase | Truncation | Fuzzy) for leaf in leaves)
        return Request(
            tree=parsed_query.tree,
            unit=self.unit,
            by_article=self.grouped if by_article is None else by_article,
            leads=self.lists_articles,
            filters=self.filters,
            span=self.span(now),
            facets=facets,
            facet_limit=facet_limit,
            histogram=histogram,
            sort=self.sort or ("relevance" if has_words else "newest"),
            offset=(self.page - 1) * limit,
            limit=limit,
        )

    def check(self, now: datetime) -> None:
        """Raises what an answer would raise before it searches: QueryError, or QueryLimitError for its filters."""
        self.to_request(self.parse(now), now=now)

    # --- questions that differ in one point ---

    def with_query(self, q: str) -> "Question":
        return replace(self, q=q, page=1)

    def with_unit(self, unit: Unit) -> "Question":
        return replace(self, unit=unit, page=1)

    def with_grouping(self, *, grouped: bool) -> "Question":
        return replace(self, grouped=grouped, page=1)

    def with_sort(self, sort: Sort) -> "Question":
        return replace(self, sort=sort, page=1)

    def with_page(self, page: int) -> "Question":
        return replace(self, page=page)

    def with_dates(self, dates: str) -> "Question":
        """Returns the question with another span; with any time if it is empty or cannot be read."""
        return replace(self, dates=clean_dates(dates), page=1)

    def without_filters(self) -> "Question":
        return replace(self, filters=(), dates="", page=1)

    def toggle_value(self, field: str, value: str) -> "Question":
        """Returns the question with a value of a facet chosen, or not chosen if it was."""
        chosen = self.filter_on(field)
        excluded = tuple(other for other in chosen.excluded if other != value)
        return self._with_filter(Filter(field, _toggle(chosen.values, value), excluded))

    def toggle_exclusion(self, field: str, value: str) -> "Question":
        """Returns the question with a value of a facet excluded, or not excluded if it was."""
        chosen = self.filter_on(field)
        values = tuple(other for other in chosen.values if other != value)
        return self._with_filter(Filter(field, values, _toggle(chosen.excluded, value)))

    def _with_filter(self, changed: Filter) -> "Question":
        filters = {chosen.field: chosen for chosen in self.filters} | {changed.field: changed}
        ordered = (filters[name] for name in FACET_NAMES if name in filters)
        return replace(self, filters=tuple(chosen for chosen in ordered if chosen.values or chosen.excluded), page=1)

    # --- their URLs by the dozen: writing each question by itself takes several times as long ---

    def urls_with_dates(self, spans: Sequence[str]) -> list[str]:
        """Returns the query string of `with_dates` for each span; all of them must be readable."""
        before, after = (encode(pairs) for pairs in self._parameters_around_dates())
        return [f"?{before}&date={quote_plus(dates.lower())}{after and '&'}{after}" for dates in spans]

    def urls_toggling(self, field: str, values: Sequence[str]) -> list[tuple[str, str]]:
        """Returns the query strings of `toggle_value` and `toggle_exclusion` for each value.

        None of the values may be chosen or excluded already.
        """
        surroundings = []
        # Real values are never empty: an empty value marks where they go.
        for name, changed in (
            (field, self.toggle_value(field, "")),
            (f"not-{field}", self.toggle_exclusion(field, "")),
        ):
            pairs = changed.parameters
            place = pairs.index((name, ""))
            before, after = encode(pairs[:place]), encode(pairs[place + 1 :])
            surroundings.append((f"?{before}&{name}=", f"&{after}" if after else ""))
        (choose, after_chosen), (exclude, after_excluded) = surroundings
        quoted = [quote_plus(value) for value in values]
        return [(f"{choose}{value}{after_chosen}", f"{exclude}{value}{after_excluded}") for value in quoted]


def _read_filters(parameters: Parameters) -> tuple[Filter, ...]:
    filters = (
        Filter(
            name,
            tuple(dict.fromkeys(read_all(parameters, name))),
            tuple(dict.fromkeys(read_all(parameters, f"not-{name}"))),
        )
        for name in FACET_NAMES
    )
    return tuple(chosen for chosen in filters if chosen.values or chosen.excluded)


def _toggle(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(other for other in values if other != value) if value in values else (*values, value)
