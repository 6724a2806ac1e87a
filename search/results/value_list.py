"""All values of a facet in a result, a page at a time: filtered by a part of their names, and sorted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..text import fold_text
from .facets import FacetValue, build_values, value_label
from .parameters import Parameters, encode, read_choice, read_last, read_page
from .question import Question

VALUES_PER_PAGE = 100
VALUE_ORDERS: Mapping[str, str] = {"count": "Most frequent", "name": "By name"}
# More pages than any archive has values for.
_MAX_PAGE = 99_999
# Somebody who enters a longer text pasted it by mistake.
_MAX_CONTAINS_CHARS = 100


@dataclass(frozen=True)
class ValueListOptions:
    """Which values are listed: those whose names contain a text, in an order, from a page on.

    URL parameters, in addition to those of the question: `contains`, `order`, `at`.
    """

    contains: str = ""
    order: str = "count"
    page: int = 1

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "ValueListOptions":
        """Reads the parameters of a URL. Never fails."""
        return cls(
            contains=read_last(parameters, "contains")[:_MAX_CONTAINS_CHARS],
            order=read_choice(parameters, "order", VALUE_ORDERS, "count"),
            page=read_page(parameters, "at", max_page=_MAX_PAGE),
        )

    def to_querystring(self, question: Question) -> str:
        """Returns the parameters as a URL has them, after those of the question."""
        pairs = []
        if self.contains:
            pairs.append(("contains", self.contains))
        if self.order != "count":
            pairs.append(("order", self.order))
        if self.page > 1:
            pairs.append(("at", str(self.page)))
        return question.with_page(1).to_querystring() + ("&" + encode(pairs) if pairs else "")


@dataclass(frozen=True)
class ValueList:
    """A page of values. `matching` values contain the text, of `size` in all.

    `orders` are labels, URLs, and whether this is the current order. Where there is no page, its URL is empty.
    """

    options: ValueListOptions
    values: tuple[FacetValue, ...]
    matching: int
    size: int
    previous_url: str
    next_url: str
    orders: tuple[tuple[str, str, bool], ...]

    @property
    def first_number(self) -> int:
        """The number of the first value among the matching values, from 1."""
        return (self.options.page - 1) * VALUES_PER_PAGE + 1

    @property
    def last_number(self) -> int:
        return self.first_number + len(self.values) - 1


def list_values(
    question: Question, name: str, counted: Sequence[tuple[str, int]], options: ValueListOptions
) -> ValueList:
    """Returns a page of a facet's values; `counted` are all of them with their counts. O(values)."""
    matching = _matching_values(name, counted, options)
    pages = max(-(-len(matching) // VALUES_PER_PAGE), 1)
    options = replace(options, page=min(options.page, pages))
    start = (options.page - 1) * VALUES_PER_PAGE

    def page_url(page: int) -> str:
        return replace(options, page=page).to_querystring(question)

    return ValueList(
        options=options,
        values=build_values(question, name, matching[start : start + VALUES_PER_PAGE]),
        matching=len(matching),
        size=len(counted),
        previous_url=page_url(options.page - 1) if options.page > 1 else "",
        next_url=page_url(options.page + 1) if options.page < pages else "",
        orders=tuple(
            (label, replace(options, order=order, page=1).to_querystring(question), order == options.order)
            for order, label in VALUE_ORDERS.items()
        ),
    )


def _matching_values(
    name: str, counted: Sequence[tuple[str, int]], options: ValueListOptions
) -> Sequence[tuple[str, int]]:
    """Returns the values whose labels contain the text, in the order of the options."""
    if not options.contains and options.order == "count":
        return counted
    text = fold_text(options.contains)
    named = [(fold_text(value_label(name, value)), (value, count)) for value, count in counted]
    found = [(label, entry) for label, entry in named if text in label]
    if options.order == "name":
        # By their names, April would come before January: months are sorted by their values.
        found.sort(key=(lambda pair: pair[1][0]) if name == "month" else (lambda pair: pair[0]))
    return [entry for _, entry in found]
