"""search/results/typed_dates.py: dates in the parameters of a URL, and what is wrong with them."""

import pytest

from search.results.typed_dates import TypedDates, read_dates

from .test_question import Parameters


def read(**typed: str) -> TypedDates:
    return read_dates(Parameters({name.rstrip("_"): [text] for name, text in typed.items()}))


@pytest.mark.parametrize(
    ("first", "last", "dates"),
    [
        ("2014", "", "2014.."),
        ("", "2014-06", "..2014-06"),
        ("2014", "2014", "2014"),
        ("2014-06-30", "2014-06-01", "2014-06-01..2014-06-30"),
        ("14 February 2014", "Mar 2014", "2014-02-14..2014-03"),
        ("14.02.2014", "", "2014-02-14.."),
        ("last week", "today", "last-week..today"),
    ],
)
def test_dates_are_read_in_every_form_that_queries_have(first: str, last: str, dates: str) -> None:
    read_as = read(from_=first, to=last)
    assert (read_as.dates, read_as.error) == (dates, "")
    assert (read_as.first, read_as.last) == (first, last)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"from_": "2014-02-30", "to": "2015"}, "From: 2014-02-30 is not in the calendar."),
        ({"from_": "2014", "to": "soon"}, "To: soon is not a date"),
        ({"from_": "2014..2015", "to": "2016..2017"}, "From: 2015.. is not a date"),
        ({"date": "june"}, "The date: june is not a date"),
        ({"from_": "9" * 5000}, "From: this is too long for a date."),
        ({"from_": "none"}, "From: none is not a date"),
        ({"to": ">=2014"}, "To: 2014.. is not a date"),
    ],
)
def test_what_cannot_be_read_is_named_and_restricts_nothing(typed: dict[str, str], problem: str) -> None:
    read_as = read(**typed)
    assert read_as.dates == ""
    assert read_as.error.startswith(problem)


def test_each_date_that_cannot_be_read_is_named() -> None:
    error = read(from_="2014-02-30", to="soon").error
    assert error.startswith("From: 2014-02-30 is not in the calendar. To: soon is not a date")


def test_an_ambiguous_date_says_how_it_was_read() -> None:
    assert read(from_="3/4/2025").note == "3/4/2025 was read as 2025-04-03, the day before the month."
    assert read(from_="13/4/2025").note == ""


def test_a_whole_expression_goes_before_two_dates() -> None:
    assert read(date="2014", from_="2015").dates == "2014"
    assert read(date="nonsense", from_="2015").error
