"""search/results/facets.py: what the page shows of a facet, and all values of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.contract import Filter
from search.results.facets import (
    MAX_FACET_VALUES,
    MAX_SHORTENED_VALUES,
    VALUES_PER_PAGE,
    ValueListOptions,
    build_chips,
    build_facets,
    list_values,
    value_label,
)
from search.results.question import Question

NOW = datetime(2025, 6, 10, tzinfo=UTC)
QUESTION = Question(q="x")
MANY = tuple((f"Writer {number:05}", 20_000 - number) for number in range(10_000))


class Parameters(dict[str, list[Any]]):
    def getlist(self, key: str) -> list[Any]:
        return self.get(key, [])


@pytest.mark.parametrize(
    ("field", "value", "label"),
    [
        ("month", "2025-06", "June 2025"),
        ("month", "2025-99", "2025-99"),
        ("kind", "live", "Live page"),
        ("lang", "pt-BR", "Brazilian Portuguese"),
        ("lang", "en-ZZ", "English"),
        ("lang", "zz", "zz"),
        ("source", "live", "live"),
    ],
)
def test_values_have_the_names_that_people_give_them(field: str, value: str, label: str) -> None:
    assert value_label(field, value) == label


def test_few_values_are_all_shown_and_of_many_the_first() -> None:
    few = tuple((f"v{number}", 1) for number in range(MAX_FACET_VALUES))
    (facet,) = build_facets(QUESTION, {"source": few}, {"source": MAX_FACET_VALUES})
    assert len(facet.values) == facet.size == MAX_FACET_VALUES
    (facet,) = build_facets(QUESTION, {"byline": MANY[:MAX_FACET_VALUES]}, {"byline": len(MANY)})
    assert len(facet.values) == MAX_SHORTENED_VALUES
    assert facet.size == len(MANY)
    assert facet.all_url == "/values/byline/?q=x"


def test_active_values_stand_first_even_when_they_count_nothing() -> None:
    question = Question(q="x", filters=(Filter("source", ("c",), ("gone",)),))
    (facet,) = build_facets(question, {"source": (("a", 9), ("c", 2))}, {"source": 2})
    assert [(value.value, value.count, value.chosen, value.excluded) for value in facet.values] == [
        ("c", 2, True, False),
        ("gone", 0, False, True),
        ("a", 9, False, False),
    ]
    assert build_facets(QUESTION, {"source": ()}, {"source": 0}) == []


def test_chips_name_the_filters_and_the_span() -> None:
    question = Question(q="x", filters=(Filter("kind", ("live",)),), dates="2025-06")
    kind, dates = build_chips(question, question.span(NOW))
    assert (kind.label, kind.value, kind.remove_url) == ("Kind", "Live page", "?q=x&date=2025-06")
    assert (dates.label, dates.value, dates.remove_url) == ("Published", "June 2025", "?q=x&kind=live")


def test_all_values_are_paged_without_a_gap() -> None:
    seen: list[str] = []
    page = list_values(QUESTION, "byline", MANY, ValueListOptions())
    number = 1
    while True:
        seen += [value.value for value in page.values]
        assert (page.first_number, page.last_number) == (len(seen) - len(page.values) + 1, len(seen))
        if not page.next_url:
            break
        number += 1
        page = list_values(QUESTION, "byline", MANY, ValueListOptions(page=number))
    assert seen == [value for value, _ in MANY]
    assert list_values(QUESTION, "byline", MANY, ValueListOptions(page=99_999)).options.page == number


def test_values_are_filtered_by_a_part_and_sorted_by_name() -> None:
    counted = (("Zoë Ång", 5), ("Ann Zoega", 3), ("bob", 9), ("Ann Apple", 3))
    page = list_values(QUESTION, "byline", counted, ValueListOptions(contains="ZOE", order="name"))
    assert [value.value for value in page.values] == ["Ann Zoega", "Zoë Ång"]
    assert (page.matching, page.size) == (2, 4)
    by_name = list_values(QUESTION, "byline", counted, ValueListOptions(order="name"))
    assert [value.value for value in by_name.values] == ["Ann Apple", "Ann Zoega", "bob", "Zoë Ång"]
    months = list_values(QUESTION, "month", (("2025-04", 1), ("2025-01", 2)), ValueListOptions(order="name"))
    assert [value.value for value in months.values] == ["2025-01", "2025-04"]


_TEXTS = st.text(max_size=8) | st.sampled_from(["1", "0", "-1", "9" * 40, "name", "count", "²", "\ud800"])


@given(st.dictionaries(st.sampled_from(["contains", "order", "at"]), st.lists(_TEXTS, max_size=2)))
def test_no_parameters_of_all_values_fail(parameters: dict[str, list[Any]]) -> None:
    options = ValueListOptions.from_parameters(Parameters(parameters))
    page = list_values(QUESTION, "byline", MANY[:250], options)
    assert len(page.values) <= VALUES_PER_PAGE
    assert options.to_querystring(QUESTION).startswith("?q=x")
