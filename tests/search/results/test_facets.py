"""search/results/facets.py: facets and active filters as the page shows them."""

from datetime import UTC, datetime

import pytest

from search.engines.contract import Filter
from search.results.facets import (
    MAX_FACET_VALUES,
    MAX_SHORTENED_VALUES,
    build_chips,
    build_facets,
    value_label,
)
from search.results.question import Question

NOW = datetime(2025, 6, 10, tzinfo=UTC)
QUESTION = Question(q="x")
MANY = tuple((f"Writer {number:05}", 20_000 - number) for number in range(10_000))


@pytest.mark.parametrize(
    ("field", "value", "label"),
    [
        ("month", "2025-06", "June 2025"),
        ("month", "2025-99", "2025-99"),
        ("kind", "live", "Live page"),
        ("lang", "pt-BR", "Brazilian Portuguese"),
        ("lang", "zh-hans", "Simplified Chinese"),
        ("lang", "en-ZZ", "English"),
        ("lang", "zz", "zz"),
        ("source", "live", "live"),
    ],
)
def test_values_have_labels(field: str, value: str, label: str) -> None:
    assert value_label(field, value) == label


def test_few_values_are_all_shown_and_many_are_shortened() -> None:
    few = tuple((f"v{number}", 1) for number in range(MAX_FACET_VALUES))
    (facet,) = build_facets(QUESTION, {"source": few}, {"source": MAX_FACET_VALUES})
    assert len(facet.values) == facet.size == MAX_FACET_VALUES
    (facet,) = build_facets(QUESTION, {"byline": MANY[:MAX_FACET_VALUES]}, {"byline": len(MANY)})
    assert len(facet.values) == MAX_SHORTENED_VALUES
    assert facet.size == len(MANY)
    assert facet.all_url == "/values/byline/?q=x"


def test_chosen_values_come_first_even_with_a_count_of_zero_and_excluded_ones_are_left_out() -> None:
    question = Question(q="x", filters=(Filter("source", ("c", "gone"), ("b",)),))
    (facet,) = build_facets(question, {"source": (("b", 10), ("a", 9), ("c", 2))}, {"source": 3})
    assert [(value.value, value.count, value.chosen) for value in facet.values] == [
        ("c", 2, True),
        ("gone", 0, True),
        ("a", 9, False),
    ]
    assert build_facets(QUESTION, {"source": ()}, {"source": 0}) == []


def test_chips_name_the_filters_and_the_span() -> None:
    question = Question(q="x", filters=(Filter("kind", ("live",)),), dates="2025-06")
    kind, dates = build_chips(question, question.span(NOW))
    assert (kind.label, kind.value, kind.remove_url) == ("Kind", "Live page", "?q=x&date=2025-06")
    assert (dates.label, dates.value, dates.remove_url) == ("Published", "June 2025", "?q=x&kind=live")
