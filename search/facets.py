"""Facet counts as the page shows them: labels, what is chosen, and where each click leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.models import Article

from .fields import FIELD
from .questions import Question

# The facets of the search page, in its order.
PAGE_FACETS = ("source", "kind", "topic", "year", "month")
# How many values stand open, and how many can be unfolded.
OPEN_VALUES = 8
UNFOLDED_VALUES = 60


@dataclass(frozen=True)
class FacetValue:
    """One value: its count and the addresses that choose and exclude it, or take that back."""

    value: str
    label: str
    count: int
    chosen: bool
    excluded: bool
    choose_url: str
    exclude_url: str


@dataclass(frozen=True)
class FacetList:
    """A facet with its values; `more` ones can be unfolded, `left_out` ones are not listed at all."""

    name: str
    label: str
    open: tuple[FacetValue, ...]
    more: tuple[FacetValue, ...]
    left_out: int


@dataclass(frozen=True)
class Chip:
    """An active filter and the address without it."""

    label: str
    value: str
    excluded: bool
    remove_url: str


def value_label(field: str, value: str) -> str:
    """Returns how a value is shown to people."""
    if field == "month":
        return f"{datetime.strptime(value, '%Y-%m'):%B %Y}" if len(value) == 7 else value  # noqa: DTZ007
    if field == "kind":
        return dict(Article.Kind.choices).get(value, value)
    return value


def build_facets(
    question: Question, counts: Mapping[str, Sequence[tuple[str, int]]], sizes: Mapping[str, int]
) -> list[FacetList]:
    """Returns the facets with something in them; what is chosen or excluded is listed even when it counts nothing.

    `sizes` says how many values each has in the result, listed or not.
    """
    facets = []
    for name, counted in counts.items():
        active = question.filter_of(name)
        marked = [*active.values, *active.excluded]
        known = dict(counted)
        # Times are read in their order; all else by how often it is there.
        ordered = sorted(known, reverse=True) if name in ("year", "month") else list(known)
        shown = marked + [value for value in ordered if value not in marked]
        values = [
            FacetValue(
                value=value,
                label=value_label(name, value),
                count=known.get(value, 0),
                chosen=value in active.values,
                excluded=value in active.excluded,
                choose_url=question.choosing(name, value).to_querystring(),
                exclude_url=question.excluding(name, value).to_querystring(),
            )
            for value in shown[: UNFOLDED_VALUES + len(marked)]
        ]
        if values:
            opened = max(OPEN_VALUES, len(marked))
            left_out = max(sizes[name], len(known)) - sum(value.value in known for value in values)
            facets.append(FacetList(name, FIELD[name].label, tuple(values[:opened]), tuple(values[opened:]), left_out))
    return facets


def build_chips(question: Question) -> list[Chip]:
    """Returns the active filters, each removable."""
    return [
        Chip(FIELD[chosen.field].label, value_label(chosen.field, value), excluded, toggled.to_querystring())
        for chosen in question.filters
        for values, excluded in ((chosen.values, False), (chosen.excluded, True))
        for value in values
        for toggled in [
            question.excluding(chosen.field, value) if excluded else question.choosing(chosen.field, value)
        ]
    ]
