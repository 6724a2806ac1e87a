"""Facet counts as the page shows them: labels, what is chosen, and where each click leads.

The page shows the first values of each facet; `list_values` goes through all of them, filtered, sorted and paged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf.locale import LANG_INFO
from django.urls import reverse

from archive.models import Article

from ..engines import DateSpan
from ..fields import FIELD_BY_NAME
from ..text import fold_text
from .intervals import label_span
from .question import Parameters, Question

# The facets of the search page, in its order.
PAGE_FACETS = ("source", "kind", "topic", "byline", "lang", "month")
# How many values of each are asked for; where there are more than that, the first MAX_SHORTENED_VALUES are shown.
MAX_FACET_VALUES = 9
MAX_SHORTENED_VALUES = 7
# Values on a page of all of them.
VALUES_PER_PAGE = 100
VALUE_ORDERS: Mapping[str, str] = {"count": "Most frequent", "name": "By name"}
# A longer part of a value than this is a paste by mistake.
_MAX_CONTAINS = 100


@dataclass(frozen=True)
class FacetValue:
    """One value: its count and the addresses that choose and exclude it, or take that back."""

    field: str
    value: str
    label: str
    count: int
    chosen: bool
    excluded: bool
    choose_url: str
    exclude_url: str


@dataclass(frozen=True)
class FacetList:
    """A facet with its first values; `size` is how many it has in this result, `all_url` leads to all of them."""

    name: str
    label: str
    values: tuple[FacetValue, ...]
    size: int
    all_url: str


@dataclass(frozen=True)
class Chip:
    """An active filter and the address without it."""

    label: str
    value: str
    excluded: bool
    remove_url: str


def value_label(field: str, value: str) -> str:
    """Returns how a value is shown to people."""
    if field == "month" and len(value) == 7:
        try:
            return f"{datetime.strptime(value, '%Y-%m'):%B %Y}"  # noqa: DTZ007
        except ValueError:
            return value
    if field == "kind":
        return dict(Article.Kind.choices).get(value, value)
    if field == "lang":
        if value.lower() == "zh":
            return "Chinese"
        known = LANG_INFO.get(value.lower()) or LANG_INFO.get(value.lower().split("-")[0])
        return str(known["name"]) if known and "name" in known else value
    return value


def build_facets(
    question: Question, counts: Mapping[str, Sequence[tuple[str, int]]], sizes: Mapping[str, int]
) -> list[FacetList]:
    """Returns the facets with something in them; what is chosen or excluded is listed even when it counts nothing.

    `sizes` says how many values each has in the result, listed or not.
    """
    facets = []
    for name, counted in counts.items():
        active = question.filter_on(name)
        marked = [*active.values, *active.excluded]
        known = dict(counted)
        unmarked = [value for value in known if value not in marked]
        size = max(sizes[name], len(known))
        room = len(unmarked) if size <= MAX_FACET_VALUES else max(MAX_SHORTENED_VALUES - len(marked), 0)
        values = _to_values(question, name, [(value, known.get(value, 0)) for value in marked + unmarked[:room]])
        if values:
            all_url = reverse("values", args=[name]) + ValueListOptions().to_querystring(question)
            facets.append(FacetList(name, FIELD_BY_NAME[name].label, values, size, all_url))
    return facets


def _to_values(question: Question, name: str, counted: Sequence[tuple[str, int]]) -> tuple[FacetValue, ...]:
    active = question.filter_on(name)
    marked = {*active.values, *active.excluded}
    plain = [value for value, _ in counted if value not in marked]
    addresses = dict(zip(plain, question.urls_toggling(name, plain), strict=True)) | {
        value: (
            question.toggle_value(name, value).to_querystring(),
            question.toggle_exclusion(name, value).to_querystring(),
        )
        for value in marked
    }
    return tuple(
        FacetValue(
            field=name,
            value=value,
            label=value_label(name, value),
            count=count,
            chosen=value in active.values,
            excluded=value in active.excluded,
            choose_url=addresses[value][0],
            exclude_url=addresses[value][1],
        )
        for value, count in counted
    )


def build_chips(question: Question, span: DateSpan | None) -> list[Chip]:
    """Returns the active filters, each removable."""
    chips = [
        Chip(FIELD_BY_NAME[chosen.field].label, value_label(chosen.field, value), excluded, toggled.to_querystring())
        for chosen in question.filters
        for values, excluded in ((chosen.values, False), (chosen.excluded, True))
        for value in values
        for toggled in [
            question.toggle_exclusion(chosen.field, value) if excluded else question.toggle_value(chosen.field, value)
        ]
    ]
    if span:
        chips.append(
            Chip(FIELD_BY_NAME["date"].label, label_span(span), False, question.with_dates("").to_querystring())
        )
    return chips


# --- all values of a facet ---


@dataclass(frozen=True)
class ValueListOptions:
    """What is asked of all values: a part of their names, an order, a page; parameters beside a question's own."""

    contains: str = ""
    order: str = "count"
    page: int = 1

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "ValueListOptions":
        """Reads an address's parameters; what makes no sense is read as if it were missing."""

        def last(name: str) -> str:
            values: Sequence[Any] = parameters.getlist(name)
            return str(values[-1]).strip() if values else ""

        page = last("at")
        return cls(
            contains=last("contains")[:_MAX_CONTAINS],
            order=last("order") if last("order") in VALUE_ORDERS else "count",
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 and int(page) else 1,
        )

    def to_querystring(self, question: Question) -> str:
        pairs: list[tuple[str, str | int]] = []
        if self.contains:
            pairs.append(("contains", self.contains))
        if self.order != "count":
            pairs.append(("order", self.order))
        if self.page > 1:
            pairs.append(("at", self.page))
        return question.with_page(1).to_querystring() + ("&" + urlencode(pairs, errors="ignore") if pairs else "")


@dataclass(frozen=True)
class ValuesPage:
    """A page of all values: those shown, how many pass the filter and how many there are."""

    name: str
    label: str
    options: ValueListOptions
    values: tuple[FacetValue, ...]
    matching: int
    size: int
    previous_url: str
    next_url: str
    orders: tuple[tuple[str, str, bool], ...]

    @property
    def first_number(self) -> int:
        return (self.options.page - 1) * VALUES_PER_PAGE + 1

    @property
    def last_number(self) -> int:
        return self.first_number + len(self.values) - 1


def list_values(
    question: Question, name: str, counted: Sequence[tuple[str, int]], options: ValueListOptions
) -> ValuesPage:
    """Returns a page of a facet's values, given all of them with their counts. O(values)."""
    wanted = fold_text(options.contains)
    labelled = [(value_label(name, value), value, count) for value, count in counted]
    found = [entry for entry in labelled if wanted in fold_text(entry[0])] if wanted else labelled
    if options.order == "name":
        # Months by their names would stand April before January.
        found.sort(key=(lambda entry: entry[1]) if name == "month" else (lambda entry: fold_text(entry[0])))
    pages = max(-(-len(found) // VALUES_PER_PAGE), 1)
    options = replace(options, page=min(options.page, pages))
    start = (options.page - 1) * VALUES_PER_PAGE

    def to_page(page: int) -> str:
        return replace(options, page=page).to_querystring(question)

    return ValuesPage(
        name=name,
        label=FIELD_BY_NAME[name].label,
        options=options,
        values=_to_values(
            question, name, [(value, count) for _, value, count in found[start : start + VALUES_PER_PAGE]]
        ),
        matching=len(found),
        size=len(counted),
        previous_url=to_page(options.page - 1) if options.page > 1 else "",
        next_url=to_page(options.page + 1) if options.page < pages else "",
        orders=tuple(
            (label, replace(options, order=order, page=1).to_querystring(question), order == options.order)
            for order, label in VALUE_ORDERS.items()
        ),
    )
