"""search/results/value_list.py: all values of a facet, a page at a time."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from search.results.question import Question
from search.results.value_list import VALUES_PER_PAGE, ValueListOptions, list_values

from .test_question import Parameters

QUESTION = Question(q="x")
MANY = tuple((f"Writer {number:05}", 20_000 - number) for number in range(10_000))


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
def test_any_parameters_can_be_read(parameters: dict[str, list[Any]]) -> None:
    options = ValueListOptions.from_parameters(Parameters(parameters))
    page = list_values(QUESTION, "byline", MANY[:250], options)
    assert len(page.values) <= VALUES_PER_PAGE
    assert options.to_querystring(QUESTION).startswith("?q=x")
