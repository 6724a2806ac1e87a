"""What a person asks, and its address: the one place where a question and a URL turn into each other. No ORM.

A Visit is an article or a section opened from a search: its address carries the whole question, so that the way back
leads to the same place.

Parameters: `q`, `unit`, `list`, `sort`, `page`; for each facet its name with a chosen value, and its name after `not-`
with an excluded one, repeated for more; `date` with a span as the query language writes it, or `from` and `to` with
its first and last day. What makes no sense is read as if it were missing: an address never fails to be read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, cast
from urllib.parse import quote_plus, urlencode

from ..engines import DateSpan, Filter, HistogramInterval, QueryLimitError, Request, Sort, Unit
from ..fields import FACET_NAMES
from ..query import (
    MAX_QUERY_CHARS,
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

PAGE_SIZE = 20
# No one reads further; what needs more is an export.
MAX_PAGE = 10_000
# Each link of a page of results repeats all of them: with so many values the page has 0.6 MB, with nine times 18.
MAX_FILTER_VALUES = 50
# The longest span that can be meant: two hours and the dots between them have 28 characters.
_MAX_DATES_LENGTH = 40
# Whether a span can be read hangs on no particular day.
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)

UNITS: Mapping[Unit, str] = {"section": "Sections", "article": "Articles"}
# Whether sections are listed under their articles.
LISTINGS: Mapping[bool, str] = {True: "By article", False: "Separately"}
SORTS: Mapping[Sort, str] = {"relevance": "Relevance", "newest": "Newest", "oldest": "Oldest"}


class Parameters(Protocol):
    """What Django's QueryDict offers of itself here."""

    def getlist(self, key: str) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Question:
    """A search as a person asked it; `sort` is empty when the default was left, `dates` when any time will do."""

    q: str = ""
    unit: Unit = "section"
    grouped: bool = True
    sort: Sort | Literal[""] = ""
    page: int = 1
    filters: tuple[Filter, ...] = ()
    dates: str = ""

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "Question":
        """Reads an address's parameters."""

        def last(name: str) -> str:
            values = parameters.getlist(name)
            return _clean(values[-1]).strip() if values else ""

        page = last("page")
        return cls(
            q=last("q"),
            unit=cast(Unit, last("unit") if last("unit") in UNITS else "section"),
            grouped=last("list") != "sections",
            sort=cast(Sort, last("sort") if last("sort") in SORTS else ""),
            page=min(max(int(page), 1), MAX_PAGE) if page.isascii() and page.isdigit() and len(page) < 9 else 1,
            filters=tuple(
                Filter(name, tuple(dict.fromkeys(values)), tuple(dict.fromkeys(excluded)))
                for name in FACET_NAMES
                if (values := [value for given in parameters.getlist(name) if (value := _clean(given))])
                + (excluded := [value for given in parameters.getlist(f"not-{name}") if (value := _clean(given))])
            ),
            # Two days that were given the wrong way round are the same span.
            dates=_dates(last("date"))
            or _dates(f"{last('from')}..{last('to')}")
            or _dates(f"{last('to')}..{last('from')}"),
        )

    def to_querystring(self) -> str:
        """Returns the address's parameters, in one order for equal questions."""
        return "?" + _encode(self.parameters + ([("page", str(self.page))] if self.page > 1 else []))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters but for the page, as a form's hidden fields have them."""
        before, after = self._around_dates()
        return before + ([("date", self.dates)] if self.dates else []) + after

    def _around_dates(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Returns the parameters before and after the span."""
        pairs = [("q", self.q)]
        if self.unit != "section":
            pairs.append(("unit", self.unit))
        if not self.grouped:
            pairs.append(("list", "sections"))
        for chosen in self.filters:
            pairs += [(chosen.field, value) for value in chosen.values]
            pairs += [(f"not-{chosen.field}", value) for value in chosen.excluded]
        return pairs, [("sort", self.sort)] if self.sort else []

    @property
    def parameters_without_query(self) -> list[tuple[str, str]]:
        """What stays when other words are asked for."""
        return self.parameters[1:]

    @property
    def parameters_without_dates(self) -> list[tuple[str, str]]:
        """What stays when another span is chosen."""
        return replace(self, dates="").parameters

    def parse(self, now: datetime) -> ParsedQuery:
        """Returns how the query is read. Raises QueryError."""
        return parse(self.q, now=now)

    def span(self, now: datetime) -> DateSpan | None:
        """Returns the span that the dates name; None for any time."""
        try:
            return parse_date_range(self.dates, now) if self.dates else None
        except DateError:
            return None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the query narrows the result."""
        return bool(self.filters or self.dates)

    @property
    def has_too_many_filters(self) -> bool:
        """Whether there are more values in the filters than can be asked for at once."""
        return self._filter_values > MAX_FILTER_VALUES

    @property
    def _filter_values(self) -> int:
        return sum(len(chosen.values) + len(chosen.excluded) for chosen in self.filters)

    def to_request(
        self,
        reading: ParsedQuery,
        *,
        now: datetime,
        facets: tuple[str, ...] = (),
        facet_limit: int | None = None,
        histogram: Literal["auto"] | HistogramInterval | None = None,
        by_article: bool | None = None,
        limit: int = PAGE_SIZE,
    ) -> Request:
        """Returns what the engine is asked; without a sort, words go by relevance and all else by date.

        `by_article` overrides how the question lists what it finds. Raises QueryLimitError for too many filters.
        """
        if self.has_too_many_filters:
            raise QueryLimitError(
                f"There are {self._filter_values:,} values in the filters, and a question can have "
                f"{MAX_FILTER_VALUES}. Take some away, or write them into the query, which takes {MAX_QUERY_TERMS} "
                "terms: source:(a OR b) or NOT topic:c."
            )
        worded = any(isinstance(leaf, Word | Phrase | Truncation | Fuzzy) for leaf in positive_leaves(reading.tree))
        return Request(
            tree=reading.tree,
            unit=self.unit,
            by_article=self.grouped if by_article is None else by_article,
            filters=self.filters,
            span=self.span(now),
            facets=facets,
            facet_limit=facet_limit,
            histogram=histogram,
            sort=self.sort or ("relevance" if worded else "newest"),
            offset=(self.page - 1) * limit,
            limit=limit,
        )

    # --- the questions that are one step away; all of them begin at the first page ---

    def with_page(self, page: int) -> "Question":
        return replace(self, page=page)

    def with_sort(self, sort: Sort) -> "Question":
        return replace(self, sort=sort, page=1)

    def with_unit(self, unit: Unit) -> "Question":
        return replace(self, unit=unit, page=1)

    def with_grouping(self, *, grouped: bool) -> "Question":
        return replace(self, grouped=grouped, page=1)

    def with_dates(self, dates: str) -> "Question":
        """The span in place of the one there is; empty for any time."""
        return replace(self, dates=_dates(dates), page=1)

    def urls_with_dates(self, spans: Sequence[str]) -> list[str]:
        """Returns the address of `within` for each of these spans, which are known to be written right."""
        before, after = (_encode(pairs) for pairs in self._around_dates())
        return [f"?{before}&date={quote_plus(dates.lower())}{after and '&'}{after}" for dates in spans]

    def with_query(self, q: str) -> "Question":
        return replace(self, q=q, page=1)

    def filter_on(self, field: str) -> Filter:
        """Returns what is chosen and excluded in a facet."""
        return next((chosen for chosen in self.filters if chosen.field == field), Filter(field))

    def toggle_value(self, field: str, value: str) -> "Question":
        """The value chosen, or no longer."""
        chosen = self.filter_on(field)
        excluded = tuple(other for other in chosen.excluded if other != value)
        return self._with(Filter(field, _toggled(chosen.values, value), excluded))

    def toggle_exclusion(self, field: str, value: str) -> "Question":
        """The value excluded, or no longer."""
        chosen = self.filter_on(field)
        values = tuple(other for other in chosen.values if other != value)
        return self._with(Filter(field, values, _toggled(chosen.excluded, value)))

    def urls_toggling(self, field: str, values: Sequence[str]) -> list[tuple[str, str]]:
        """Returns the addresses of `choosing` and `excluding` for values that are neither chosen nor excluded."""
        around = []
        # No value is empty, so that an empty one marks the place where the others would stand.
        for name, changed in (
            (field, self.toggle_value(field, "")),
            (f"not-{field}", self.toggle_exclusion(field, "")),
        ):
            pairs = changed.parameters
            place = pairs.index((name, ""))
            before, after = urlencode(pairs[:place]), urlencode(pairs[place + 1 :])
            around.append((f"?{before}&{name}=", f"&{after}" if after else ""))
        (choose, chosen), (exclude, excluded) = around
        quoted = [quote_plus(value) for value in values]
        return [(f"{choose}{value}{chosen}", f"{exclude}{value}{excluded}") for value in quoted]

    def without_filters(self) -> "Question":
        return replace(self, filters=(), dates="", page=1)

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was asked."""
        return self == Question()

    def _with(self, changed: Filter) -> "Question":
        kept = {chosen.field: chosen for chosen in self.filters} | {changed.field: changed}
        filters = (kept[name] for name in FACET_NAMES if name in kept and (kept[name].values or kept[name].excluded))
        return replace(self, filters=tuple(filters), page=1)


# How the sections of an article follow each other on its page.
SectionOrder = Literal["outlet", "oldest"]
SECTION_ORDERS: Mapping[SectionOrder, str] = {"outlet": "As published", "oldest": "Oldest first"}


@dataclass(frozen=True)
class Visit:
    """A page of an article as it was opened: from which question, in which order it is read, as of which capture."""

    question: Question = Question()
    order: SectionOrder = "outlet"
    capture: str = ""

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "Visit":
        """Reads an address's parameters: the question's, `order` and, unchecked, `capture`."""
        orders = parameters.getlist("order")
        order = orders[-1] if orders and orders[-1] in SECTION_ORDERS else "outlet"
        captures = parameters.getlist("capture")
        capture = _clean(captures[-1])[:64].strip().lower() if captures else ""
        return cls(Question.from_parameters(parameters), cast(SectionOrder, order), capture)

    def to_querystring(self) -> str:
        """Returns the address's parameters; none for a page that was opened by itself."""
        asked = "" if self.question.is_blank else self.question.to_querystring()
        own = {"order": "" if self.order == "outlet" else self.order, "capture": self.capture}
        added = urlencode({name: value for name, value in own.items() if value})
        return asked + ("&" if asked else "?") + added if added else asked

    def with_order(self, order: SectionOrder) -> "Visit":
        return replace(self, order=order)

    def with_capture(self, capture: str) -> "Visit":
        """Returns the same visit to the article as a capture held it, or, for none, as it stands."""
        return replace(self, capture=capture)


def read_typed_query(parameters: Parameters) -> str:
    """Returns a query as far as it is typed: a blank at its end says that its last word is whole."""
    values = parameters.getlist("q")
    return _clean(values[-1])[:MAX_QUERY_CHARS] if values else ""


def _encode(pairs: Sequence[tuple[str, str]]) -> str:
    """Returns parameters as an address holds them; a command may be given what none can hold."""
    return urlencode(pairs, errors="ignore")


def _clean(value: object) -> str:
    """A parameter without what no address and no database can hold: NUL and lone surrogates."""
    return str(value).encode("utf-8", "ignore").decode().replace("\x00", "")


def _dates(expression: str) -> str:
    """A span as it is written, or nothing where it is none."""
    text = expression.strip().lower()
    try:
        parse_date_range(text[:_MAX_DATES_LENGTH], _ANY_DAY)
    except DateError:
        return ""
    return text if len(text) <= _MAX_DATES_LENGTH else ""


def _toggled(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(other for other in values if other != value) if value in values else (*values, value)
