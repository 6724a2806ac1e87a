"""A search as a person asks it, and its URL: the only place where these two turn into each other.

URL parameters: `q`, or for a long query `query` with its digest (see `long_queries`); `unit`, `list`, `show`, `sort`,
`view`, `per-page`, `page`; for each facet its name with a chosen value and `not-` with its name for an excluded value,
both repeated for more values; `date` with a span as the query language writes it, or `none`; or `from` and `to` with
its first and last day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast
from urllib.parse import quote_plus

from ..engines import DateSpan, Filter, HistogramInterval, QueryLimitError, Reader, Request, Sort, Unit
from ..fields import FACET_NAMES
from ..index import shown_index
from ..query import (
    MAX_QUERY_CHARS,
    MAX_QUERY_TERMS,
    NO_VALUE,
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
from .long_queries import digest_of, find_query, is_long
from .name_spellings import add_spellings, may_have_names
from .parameters import Parameters, clean_dates, encode, on_reader_clock, read_all, read_choice, read_last, read_page
from .typed_dates import read_dates

View = Literal["passages", "list"]
Listing = Literal["articles", "folded", "sections"]
Show = Literal["", "statements", "speakers"]

PAGE_SIZE = 20
# The rows that a page may have; a page of the most rows has at most 120 kB without passages.
PAGE_SIZES = (PAGE_SIZE, 50, 100)
# Nobody reads further. Use an export for the whole of a large result.
MAX_PAGE = 10_000
# Every link on a page of results repeats these values: with 50 the page has 0.6 MB, with 450 it has 18 MB.
MAX_FILTER_VALUES = 50

# The sections of an article from which its row shows the one with the best passage.
SECTIONS_PER_ROW = 3

# In the title of a page, and on a single line of the search box. `search_box.js` has the second, too.
MAX_TITLE_CHARS = 100
MAX_LINE_CHARS = 150

# Where all words of a query must be.
UNITS: Mapping[Unit, str] = {"section": "one section", "article": "one article"}
# Articles with their sections, the same with one row for each text, or sections by themselves.
LISTINGS: Mapping[Listing, str] = {"articles": "articles", "folded": "no copies", "sections": "sections"}
# What the parameter `fold` says, and the field whose values articles with the same text share.
_COPIES, _FOLD_FIELD = "copies", "group"
SORTS: Mapping[Sort, str] = {
    "relevance": "relevance",
    "newest": "newest first",
    "oldest": "oldest first",
    "captured": "latest in the archive",
}
VIEWS: Mapping[View, str] = {"passages": "passages", "list": "list"}
# What a page shows of a result instead of its articles or sections: the statements in them.
SHOWS: Mapping[Show, str] = {"": "Results", "statements": "Statements", "speakers": "By speaker"}


@dataclass(frozen=True)
class Question:
    """A search as a person asks it. `sort` is empty for the default order, `dates` for any time, NO_VALUE for undated.

    `view` and `per_page` say how a page shows the result. Where articles are listed and `folded` is set, of those with
    the same text only the first in the order is listed, and they count as one. With `show`, a page has the statements
    in the sections of the result, in order of time or by speaker. The methods that begin with `with` or
    `toggle` return a question that differs in one point and starts at its first page.
    """

    q: str = ""
    unit: Unit = "section"
    grouped: bool = True
    sort: Sort | Literal[""] = ""
    page: int = 1
    filters: tuple[Filter, ...] = ()
    dates: str = ""
    view: View = "passages"
    per_page: int = PAGE_SIZE
    folded: bool = False
    show: Show = ""

    # --- the URL ---

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "Question":
        """Reads the parameters of a URL or a form. One database query for a long query, else none.

        Raises UnknownQueryError if the digest is that of no stored query, and nothing else.
        """
        q = read_last(parameters, "q").replace("\r\n", "\n")
        if not q and (digest := read_last(parameters, "query")):
            q = find_query(digest)
        per_page = read_choice(parameters, "per-page", [str(size) for size in PAGE_SIZES], str(PAGE_SIZE))
        question = cls(
            q=q,
            unit=cast(Unit, read_choice(parameters, "unit", UNITS, "section")),
            grouped=read_last(parameters, "list") != "sections",
            sort=cast(Sort, read_choice(parameters, "sort", SORTS, "")),
            page=read_page(parameters, "page", max_page=MAX_PAGE),
            filters=_read_filters(parameters),
            dates=read_dates(parameters).dates,
            view=cast(View, read_choice(parameters, "view", VIEWS, "passages")),
            per_page=int(per_page),
            show=cast(Show, read_choice(parameters, "show", SHOWS, "")),
        )
        return replace(question, folded=question.lists_articles and read_last(parameters, "fold") == _COPIES)

    def to_querystring(self) -> str:
        """Returns the parameters as a URL has them; equal questions have equal query strings."""
        return "?" + encode(self.all_parameters)

    @property
    def all_parameters(self) -> list[tuple[str, str]]:
        """The parameters with the page."""
        return self.parameters + ([("page", str(self.page))] if self.page > 1 else [])

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
        pairs = [("query", digest_of(self.q)) if is_long(self.q) else ("q", self.q)]
        if self.unit != "section":
            pairs.append(("unit", self.unit))
        if not self.grouped:
            pairs.append(("list", "sections"))
        if self.is_folded:
            pairs.append(("fold", _COPIES))
        if self.show:
            pairs.append(("show", self.show))
        for chosen in self.filters:
            pairs += [(chosen.field, value) for value in chosen.values]
            pairs += [(f"not-{chosen.field}", value) for value in chosen.excluded]
        shape: list[tuple[str, str]] = [("sort", self.sort)] if self.sort else []
        if self.view != "passages":
            shape.append(("view", self.view))
        if self.per_page != PAGE_SIZE:
            shape.append(("per-page", str(self.per_page)))
        return pairs, shape

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
    def is_folded(self) -> bool:
        """Whether articles with the same text are one row of the list, and one wherever what it lists is counted."""
        return self.folded and self.lists_articles

    @property
    def listing(self) -> Listing:
        """What a page lists, as its menu names it."""
        return "folded" if self.is_folded else "articles" if self.lists_articles else "sections"

    @property
    def has_long_query(self) -> bool:
        """Whether an address of the question has the digest of its query."""
        return is_long(self.q)

    @property
    def fits_address(self) -> bool:
        """Whether an address can stand for the question; not if its query is longer than any may be."""
        return len(self.q) <= MAX_QUERY_CHARS

    @property
    def short_query(self) -> str:
        """The query on one line, cut where a title would be too long."""
        line = " ".join(self.q.split())
        return line if len(line) <= MAX_TITLE_CHARS else f"{line[:MAX_TITLE_CHARS].rstrip()}…"

    @property
    def needs_lines(self) -> bool:
        """Whether the query is better shown in several lines."""
        return len(self.q) > MAX_LINE_CHARS or "\n" in self.q

    @property
    def is_narrowed(self) -> bool:
        """Whether filters or dates narrow the result of the query."""
        return bool(self.filters or self.dates)

    @property
    def listed_unit(self) -> Unit:
        """What a page lists and counts: in its total, its facets and its timeline."""
        return "article" if self.lists_articles else "section"

    @property
    def listed_name(self) -> str:
        """What a page lists and counts, in words for many."""
        return f"{self.listed_unit}s without copies" if self.is_folded else f"{self.listed_unit}s"

    @property
    def has_too_many_filters(self) -> bool:
        """Whether the filters have more values than a search may have."""
        return self._filter_value_count > MAX_FILTER_VALUES

    @property
    def _filter_value_count(self) -> int:
        return sum(len(chosen.values) + len(chosen.excluded) for chosen in self.filters)

    def parse(self, now: datetime, *, index: Reader | None = None) -> ParsedQuery:
        """Returns the query as it is read, with other spellings of its names. Raises QueryError and EngineError.

        The index is that which answers; without it, the one that may be shown. One query more then.
        """
        parsed = self.read(now)
        return add_spellings(parsed, index or shown_index()) if may_have_names(parsed.tree) else parsed

    def read(self, now: datetime) -> ParsedQuery:
        """Returns the query as it is written. Raises QueryError, and nothing else."""
        return parse(self.q, now=on_reader_clock(now))

    def span(self, now: datetime) -> DateSpan | None:
        """Returns the span that the dates mean at a time; None for any time, and for what is undated."""
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
        whole_facets: tuple[str, ...] = (),
        histogram: Literal["auto"] | HistogramInterval | None = None,
        by_article: bool | None = None,
        limit: int | None = None,
    ) -> Request:
        """Returns the request to the engine. The default order is by relevance for words, or else by date.

        `by_article` overrides whether the result is grouped, `limit` the number of rows on a page. Where the question
        lists articles, it has the leads of those whose headline alone has the words, also if its sections are not
        grouped. Raises QueryLimitError if there are too many filters.
        """
        if self.has_too_many_filters:
            raise QueryLimitError(
                f"The filters have {self._filter_value_count:,} values, and a search can have {MAX_FILTER_VALUES}. "
                f"Remove some, or write them into the query, which can have {MAX_QUERY_TERMS:,} terms: "
                "source:(a OR b) or NOT topic:c."
            )
        leaves = positive_leaves(parsed_query.tree)
        rows = self.per_page if limit is None else limit
        has_words = any(isinstance(leaf, Word | Phrase | Truncation | Fuzzy) for leaf in leaves)
        return Request(
            tree=parsed_query.tree,
            unit=self.unit,
            by_article=self.grouped if by_article is None else by_article,
            leads=self.lists_articles,
            fold=_FOLD_FIELD if self.is_folded else "",
            filters=self.filters,
            span=self.span(now),
            undated=self.dates == NO_VALUE,
            facets=facets,
            facet_limit=facet_limit,
            whole_facets=whole_facets,
            histogram=histogram,
            sort=self.sort or ("relevance" if has_words else "newest"),
            offset=(self.page - 1) * rows,
            limit=rows,
            sections_per_hit=SECTIONS_PER_ROW,
        )

    def check(self, now: datetime) -> None:
        """Raises what an answer would raise before it searches: QueryError, or QueryLimitError for its filters."""
        self.to_request(self.read(now), now=now)

    # --- questions that differ in one point ---

    def with_query(self, q: str) -> "Question":
        return replace(self, q=q, page=1)

    def with_unit(self, unit: Unit) -> "Question":
        return replace(self, unit=unit, page=1)

    def with_grouping(self, *, grouped: bool) -> "Question":
        return self.with_listing("articles" if grouped else "sections")

    def with_listing(self, listing: Listing) -> "Question":
        return replace(self, grouped=listing != "sections", folded=listing == "folded", page=1)

    def with_show(self, show: Show) -> "Question":
        """Returns the question with its articles or sections, or with the statements in them."""
        return replace(self, show=show, page=1)

    def with_sort(self, sort: Sort) -> "Question":
        return replace(self, sort=sort, page=1)

    def with_page(self, page: int) -> "Question":
        return replace(self, page=page)

    def with_view(self, view: View) -> "Question":
        """Returns the question with its page shown in another way."""
        return replace(self, view=view)

    def with_page_size(self, per_page: int) -> "Question":
        """Returns the question with pages of another size, at the page that has the first row of this one."""
        first_row = (self.page - 1) * self.per_page
        return replace(self, per_page=per_page, page=first_row // per_page + 1)

    def with_hit(self, number: int) -> "Question":
        """Returns the question at the page that has the hit with this number."""
        return self.with_page(min((number - 1) // self.per_page + 1, MAX_PAGE))

    def with_dates(self, dates: str) -> "Question":
        """Returns the question with another span; with any time if it is empty or cannot be read."""
        return replace(self, dates=clean_dates(dates), page=1)

    def without_page(self) -> "Question":
        """Returns the question of the whole result, without how a page shows it."""
        return replace(self, view="passages", per_page=PAGE_SIZE, page=1)

    def without_filters(self) -> "Question":
        """Returns the question without what `build_chips` lists."""
        return replace(self, filters=(), dates="", folded=False, page=1)

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
