"""Facets and active filters as the page shows them: labels, counts, and the URLs that choose and exclude values.

A page shows the first values of each facet. All values of a facet, filtered and paged, are in `value_list`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from archive.models import Article, Source

from ..engines import DateSpan
from ..fields import FIELD_BY_NAME
from ..text import country_name, language_name
from .intervals import clock_span, label_span, label_start
from .question import Question
from .topic_facet import Branch, choose_topics, grow_branches, load_places

# A facet with at most this many values shows all of them.
MAX_FACET_VALUES = 9
# A facet with more values shows this many, and a link to all of them.
MAX_SHORTENED_VALUES = 7

# The facet of which the values are a tree. Once a topic is chosen, its narrower ones are shown, however rare they are.
TOPIC = "topic"

_KINDS = dict(Article.Kind.choices)
_SOURCE_KINDS = dict(Source.Kind.choices)


@dataclass(frozen=True)
class FacetValue:
    """A value with its count, and the URLs that choose and exclude it, or undo that."""

    field: str
    value: str
    label: str
    count: int
    chosen: bool
    excluded: bool
    choose_url: str
    exclude_url: str
    # Of a topic, narrower ones that are shown under it.
    narrower: tuple["FacetValue", ...] = ()


@dataclass(frozen=True)
class Facet:
    """A facet with its first values, topics as branches. `size` is the number of all its values in the result."""

    name: str
    label: str
    values: tuple[FacetValue, ...]
    size: int
    all_url: str

    @property
    def shown(self) -> int:
        """The number of values that are shown."""
        return _count_shown(self.values)


@dataclass(frozen=True)
class Chip:
    """An active filter, or that copies are folded, and the URL without it.

    `key` identifies the link to it among those of a page.
    """

    label: str
    value: str
    excluded: bool
    remove_url: str
    key: str


def value_label(field: str, value: str) -> str:
    """Returns a value as people read it: months, kinds, languages and countries by name; others as they are."""
    match field:
        case "month":
            try:
                start = datetime.strptime(value, "%Y-%m")  # noqa: DTZ007  # only its year and month are used
            except ValueError:
                return value
            return label_start("month", start)
        case "kind":
            return _KINDS.get(value, value)
        case "source-kind":
            return _SOURCE_KINDS.get(value, value)
        case "lang":
            return language_name(value)
        case "country":
            return country_name(value)
        case _:
            return value


def build_facets(
    question: Question, counts: Mapping[str, Sequence[tuple[str, int]]], sizes: Mapping[str, int]
) -> list[Facet]:
    """Returns the facets with values that are not excluded. Chosen values come first, even with a count of 0.

    One query for topics. `sizes` are the numbers of all values of each facet in the result.
    """
    facets = []
    # Resolved once: each facet puts its name between the two parts.
    before, _, after = reverse("values", args=["-"]).rpartition("-")
    after += question.with_page(1).to_querystring()
    for name, counted in counts.items():
        active = question.filter_on(name)
        marked = list(active.values)
        count_of = {value: count for value, count in counted if value not in active.excluded}
        unmarked = [value for value in count_of if value not in marked]
        size = max(sizes[name], len(count_of))
        room = len(unmarked) if size <= MAX_FACET_VALUES else max(MAX_SHORTENED_VALUES - len(marked), 0)
        shown = marked + unmarked[:room]
        if not shown:
            continue
        places = load_places(shown, marked) if name == TOPIC else {}
        if name == TOPIC:
            shown = choose_topics(shown, marked, count_of, places)
        values = build_values(question, name, [(value, count_of.get(value, 0)) for value in shown])
        if places:
            by_value = {value.value: value for value in values}
            values = tuple(_make_branch(branch, by_value) for branch in grow_branches(shown, places))
        facets.append(Facet(name, FIELD_BY_NAME[name].label, values, size, f"{before}{name}{after}"))
    return facets


def _make_branch(branch: Branch, by_value: Mapping[str, FacetValue]) -> FacetValue:
    name, narrower = branch
    return replace(by_value[name], narrower=tuple(_make_branch(under, by_value) for under in narrower))


def _count_shown(values: Iterable[FacetValue]) -> int:
    return sum(1 + _count_shown(value.narrower) for value in values)


def build_values(question: Question, name: str, counted: Sequence[tuple[str, int]]) -> tuple[FacetValue, ...]:
    """Returns values of a facet with their labels and URLs, in the order of their counts."""
    active = question.filter_on(name)
    marked = {*active.values, *active.excluded}
    unmarked = [value for value, _ in counted if value not in marked]
    urls = dict(zip(unmarked, question.urls_toggling(name, unmarked), strict=True)) | {
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
            choose_url=urls[value][0],
            exclude_url=urls[value][1],
        )
        for value, count in counted
    )


def build_chips(question: Question, span: DateSpan | None) -> list[Chip]:
    """Returns the active filters, each with the URL without it; last, whether copies are folded."""
    chips = []
    for chosen in question.filters:
        label = FIELD_BY_NAME[chosen.field].label
        for value in chosen.values:
            without = question.toggle_value(chosen.field, value)
            key = f"{chosen.field} {value}"
            chips.append(Chip(label, value_label(chosen.field, value), False, without.to_querystring(), key))
        for value in chosen.excluded:
            without = question.toggle_exclusion(chosen.field, value)
            key = f"not {chosen.field} {value}"
            chips.append(Chip(label, value_label(chosen.field, value), True, without.to_querystring(), key))
    if question.dates:
        value = label_span(clock_span(span)) if span else "undated"
        url = question.with_dates("").to_querystring()
        chips.append(Chip(FIELD_BY_NAME["date"].label, value, False, url, f"date {question.dates}"))
    if question.is_folded:
        url = question.with_listing("articles").to_querystring()
        chips.append(Chip(FIELD_BY_NAME["copies"].label, "folded", False, url, "fold copies"))
    return chips
