"""search/results/question.py: a question, its URL and its request."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.contract import Filter, QueryLimitError
from search.fields import FACET_NAMES
from search.query.dates import DateBound
from search.query.parsed import QueryError
from search.query.tree import DateRange, Word
from search.results.question import (
    MAX_FILTER_VALUES,
    MAX_PAGE,
    PAGE_SIZE,
    PAGE_SIZES,
    SORTS,
    UNITS,
    VIEWS,
    Question,
)

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)


class Parameters(dict[str, list[Any]]):
    def getlist(self, key: str) -> Sequence[Any]:
        return self.get(key, [])


def from_url(url: str) -> Question:
    return Question.from_parameters(Parameters(parse_qs(url.removeprefix("?"), keep_blank_values=True)))


@pytest.mark.parametrize(
    ("url", "question"),
    [
        ("?q=", Question()),
        ("?q=peace+talks", Question(q="peace talks")),
        ("?q=%22a+b%22+%26+c%3Dd", Question(q='"a b" & c=d')),
        ("?q=x&unit=article&sort=oldest&page=3", Question(q="x", unit="article", sort="oldest", page=3)),
        (
            "?q=x&source=Lindwick+Post&source=b&not-source=c&not-kind=live",
            Question(q="x", filters=(Filter("source", ("Lindwick Post", "b"), ("c",)), Filter("kind", (), ("live",)))),
        ),
        ("?q=x&list=sections&date=2025-05..2025-06", Question(q="x", grouped=False, dates="2025-05..2025-06")),
        ("?q=x&date=none&view=list&per-page=50", Question(q="x", dates="none", view="list", per_page=50)),
    ],
)
def test_question_and_url_turn_into_each_other(url: str, question: Question) -> None:
    assert from_url(url) == question
    assert question.to_querystring() == url


@pytest.mark.parametrize(
    ("url", "question"),
    [
        ("", Question()),
        ("?q=++x++", Question(q="x")),
        ("?q=a&q=b", Question(q="b")),
        ("?q=a%00b&source=c%00d&source=%00", Question(q="ab", filters=(Filter("source", ("cd",)),))),
        ("?unit=paragraph&sort=best", Question()),
        ("?unit=article&unit=section", Question()),
        ("?page=0", Question()),
        ("?page=-3", Question()),
        ("?page=two", Question()),
        ("?page=1.5", Question()),
        ("?page=²", Question()),
        ("?page=٣", Question()),
        ("?page=99999", Question(page=MAX_PAGE)),
        ("?page=" + "9" * 5000, Question()),
        ("?source=&not-source=", Question()),
        ("?source=a&source=a", Question(filters=(Filter("source", ("a",)),))),
        ("?mood=calm&headline=x&heading=2025", Question()),
        ("?date=june", Question()),
        ("?date=2025-13", Question()),
        ("?date=" + "2025" * 2000, Question()),
        ("?date=2025-06-02T14", Question(dates="2025-06-02t14")),
        ("?date=LAST-7-days", Question(dates="last-7-days")),
        ("?from=2025-05-01&to=2025-05-31", Question(dates="2025-05-01..2025-05-31")),
        ("?from=2025-05-01&to=", Question(dates="2025-05-01..")),
        ("?from=2025-05-02&to=2025-05-01", Question(dates="2025-05-01..2025-05-02")),
        ("?from=&to=", Question()),
        ("?from=14/02/2014&to=March+2014", Question(dates="2014-02-14..2014-03")),
        ("?from=2014&to=2014", Question(dates="2014")),
        ("?from=2014-02-30&to=2015", Question()),
        ("?date=NONE", Question(dates="none")),
        ("?view=cards&per-page=21", Question()),
        ("?per-page=100000&view=", Question()),
        ("?per-page=²0", Question()),
        ("?list=", Question()),
        ("?kind=live&source=a", Question(filters=(Filter("source", ("a",)), Filter("kind", ("live",))))),
    ],
)
def test_parameters_that_make_no_sense_are_ignored(url: str, question: Question) -> None:
    assert from_url(url) == question


_GARBAGE = st.text(st.characters(), max_size=12) | st.sampled_from(
    ["", "1", "-1", "9" * 400, "article", "newest", "2025", "2025-01..", "\x00", "\ud800", "²"]
)
_KEYS = st.sampled_from(
    [
        "q",
        "unit",
        "list",
        "sort",
        "page",
        "date",
        "from",
        "to",
        "view",
        "per-page",
        *FACET_NAMES,
        *(f"not-{name}" for name in FACET_NAMES),
        "mood",
    ]
)


@given(st.dictionaries(_KEYS, st.lists(_GARBAGE | st.none() | st.integers(), max_size=3)))
def test_any_parameters_can_be_read_and_the_question_has_a_url(parameters: dict[str, list[Any]]) -> None:
    question = Question.from_parameters(Parameters(parameters))
    assert question.unit in UNITS
    assert question.sort in ("", *SORTS)
    assert 1 <= question.page <= MAX_PAGE
    assert from_url(question.to_querystring()) == question


_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\x00")
_VALUES = st.lists(st.text(_CHARACTERS, min_size=1, max_size=8), unique=True)
_FILTERS = st.dictionaries(st.sampled_from(FACET_NAMES), st.tuples(_VALUES, _VALUES).filter(any)).map(
    lambda chosen: tuple(
        Filter(name, tuple(chosen[name][0]), tuple(chosen[name][1])) for name in FACET_NAMES if name in chosen
    )
)
# An address says that copies are folded where articles are listed alone.
QUESTIONS = st.builds(
    lambda folded, **values: replace(question := Question(**values), folded=folded and question.lists_articles),
    folded=st.booleans(),
    q=st.text(_CHARACTERS).map(str.strip),
    unit=st.sampled_from(list(UNITS)),
    sort=st.sampled_from(["", *SORTS]),
    page=st.integers(1, MAX_PAGE),
    filters=_FILTERS,
    grouped=st.booleans(),
    dates=st.sampled_from(["", "2025", "2025-06-02t14", "2025-05..", "today", ">=2025", "none"]),
    view=st.sampled_from(list(VIEWS)),
    per_page=st.sampled_from(PAGE_SIZES),
)


@given(QUESTIONS)
def test_every_question_can_be_read_from_its_url(question: Question) -> None:
    assert from_url(question.to_querystring()) == question


@given(QUESTIONS, st.sampled_from(FACET_NAMES), st.text("abc", min_size=1, max_size=3))
def test_toggling_twice_changes_nothing(question: Question, field: str, value: str) -> None:
    before = question.filter_on(field)
    for change, values in ((Question.toggle_value, "values"), (Question.toggle_exclusion, "excluded")):
        changed = change(question, field, value)
        assert changed.page == 1
        assert (value in getattr(changed.filter_on(field), values)) is (value not in getattr(before, values))
        assert from_url(changed.to_querystring()) == changed
        if value not in before.values + before.excluded:
            assert change(changed, field, value) == question.with_page(1)


def test_a_value_is_either_chosen_or_excluded() -> None:
    chosen = Question(q="x").toggle_value("source", "a")
    assert chosen.filters == (Filter("source", ("a",)),)
    assert chosen.toggle_exclusion("source", "a").filters == (Filter("source", (), ("a",)),)
    assert chosen.toggle_exclusion("source", "a").toggle_value("source", "a") == chosen
    assert chosen.toggle_value("source", "b").filters == (Filter("source", ("a", "b")),)
    assert chosen.toggle_value("source", "a").filters == ()


def test_changed_questions_start_at_the_first_page() -> None:
    question = Question(q="x", page=7, filters=(Filter("kind", ("live",)),))
    assert question.with_page(8) == Question(q="x", page=8, filters=question.filters)
    assert question.with_sort("oldest") == Question(q="x", sort="oldest", filters=question.filters)
    assert question.with_unit("article") == Question(q="x", unit="article", filters=question.filters)
    assert question.with_query("y") == Question(q="y", filters=question.filters)
    assert question.with_dates("2025-06") == Question(q="x", filters=question.filters, dates="2025-06")
    assert question.with_dates("2025-06").with_dates("") == question.with_page(1)
    assert question.with_grouping(grouped=False) == Question(q="x", filters=question.filters, grouped=False)
    assert question.with_listing("folded") == Question(q="x", filters=question.filters, folded=True)
    assert question.with_dates("2025-06").with_listing("folded").without_filters() == Question(q="x")


def test_copies_are_folded_where_articles_are_listed() -> None:
    folded = from_url("?q=x&fold=copies&source=a&sort=oldest")
    assert (folded.listing, folded.to_request(folded.read(NOW), now=NOW).fold) == ("folded", "group")
    assert folded.to_querystring() == "?q=x&fold=copies&source=a&sort=oldest"
    assert folded.with_page(2).toggle_value("source", "a").with_sort("newest").is_folded
    for other in ("?q=x&fold=yes", "?q=x&list=sections&fold=copies", "?q=x"):
        question = from_url(other)
        assert not question.is_folded
        assert not question.to_request(question.read(NOW), now=NOW).fold
    assert not folded.with_grouping(grouped=False).with_grouping(grouped=True).is_folded
    assert from_url("?q=x&unit=article&list=sections&fold=copies").is_folded


@pytest.mark.parametrize(
    ("q", "sort"),
    [
        ("", "newest"),
        ("*", "newest"),
        ("kind:live date:2025", "newest"),
        ("NOT boat", "newest"),
        ("boat", "relevance"),
        ('kind:live "old boat"', "relevance"),
        ("kind:live OR boat", "relevance"),
    ],
)
def test_default_order_is_by_relevance_for_words_and_else_by_date(q: str, sort: str) -> None:
    question = Question(q=q)
    assert question.to_request(question.read(NOW), now=NOW).sort == sort
    assert question.with_sort("oldest").to_request(question.read(NOW), now=NOW).sort == "oldest"


@given(QUESTIONS, st.sampled_from(PAGE_SIZES))
def test_a_page_of_another_size_has_the_first_row_of_the_page_before(question: Question, per_page: int) -> None:
    resized = question.with_page_size(per_page)
    before, after = (
        shown.to_request(shown.read(NOW), now=NOW)
        for shown in (
            Question(page=question.page, per_page=question.per_page),
            Question(page=resized.page, per_page=per_page),
        )
    )
    assert after.limit == per_page
    assert after.offset <= before.offset < after.offset + after.limit
    assert resized.with_page(1) == replace(question, per_page=per_page).with_page(1)


def test_undated_is_asked_of_the_engine_and_is_no_span() -> None:
    question = Question(q="boat", dates="none")
    request = question.to_request(question.read(NOW), now=NOW)
    assert (request.undated, request.span) == (True, None)
    assert question.is_narrowed
    assert not question.with_dates("").to_request(question.read(NOW), now=NOW).undated


def test_request_has_the_parts_of_the_question() -> None:
    filters = (Filter("kind", ("live",), ("article",)),)
    question = Question(q="boat", unit="article", page=3, filters=filters)
    request = question.to_request(question.read(NOW), now=NOW, facets=("source",), by_article=False)
    assert request.tree == Word("boat")
    assert (request.unit, request.by_article, request.filters, request.facets) == (
        "article",
        False,
        filters,
        ("source",),
    )
    assert (request.offset, request.limit) == (2 * PAGE_SIZE, PAGE_SIZE)
    assert question.to_request(question.read(NOW), now=NOW, limit=7).offset == 14
    assert question.with_grouping(grouped=False).to_request(question.read(NOW), now=NOW).by_article is False


@given(QUESTIONS, st.lists(st.sampled_from(["2025", "2025-06-02T14", "2025-05..2025-06"]), max_size=3))
def test_urls_with_dates_are_those_of_single_questions(question: Question, spans: list[str]) -> None:
    assert question.urls_with_dates(spans) == [question.with_dates(dates).to_querystring() for dates in spans]


@given(QUESTIONS, st.sampled_from(FACET_NAMES), st.lists(st.text(_CHARACTERS, min_size=9, max_size=12), max_size=3))
def test_urls_toggling_values_are_those_of_single_questions(question: Question, field: str, values: list[str]) -> None:
    assert question.urls_toggling(field, values) == [
        (
            question.toggle_value(field, value).to_querystring(),
            question.toggle_exclusion(field, value).to_querystring(),
        )
        for value in values
    ]


def test_relative_dates_count_from_now() -> None:
    first, third, fourth = (datetime(2025, 6, number, tzinfo=UTC) for number in (1, 3, 4))
    today = (DateBound(third, third), DateBound(fourth, fourth))
    assert Question().span(NOW) is None
    assert Question(dates="today").span(NOW) == today
    assert Question(dates="2025-06..").span(NOW) == (DateBound(first), None)
    question = Question(dates="today")
    assert question.to_request(question.read(NOW), now=NOW).span == today


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Auckland", 4), ("America/Los_Angeles", 3), ("UTC", 3)])
def test_today_is_that_of_the_readers(settings: Any, zone: str, day: int) -> None:
    settings.READER_ZONE = ZoneInfo(zone)
    evening = datetime(2025, 6, 3, 20, tzinfo=UTC)
    midnight = datetime(2025, 6, day, tzinfo=ZoneInfo(zone))
    for span in (
        Question(dates="today").span(evening),
        Question(q="date:today").read(evening).tree,
    ):
        start = span.start if isinstance(span, DateRange) else span[0]  # type: ignore[index]
        assert start == DateBound(midnight.replace(tzinfo=UTC), midnight.astimezone(UTC))


def test_query_in_error_is_refused_when_it_is_parsed() -> None:
    question = from_url("?q=date%3Ajune")
    assert question.q == "date:june"
    with pytest.raises(QueryError):
        question.read(NOW)


def test_too_many_filters_are_refused_with_the_cure() -> None:
    def with_values(count: int) -> Question:
        values = tuple(f"v{number}" for number in range(count))
        return Question(filters=(Filter("source", values[::2]), Filter("topic", (), values[1::2])))

    allowed = with_values(MAX_FILTER_VALUES)
    assert allowed.to_request(allowed.read(NOW), now=NOW).filters == allowed.filters
    refused = with_values(MAX_FILTER_VALUES + 1)
    with pytest.raises(QueryLimitError, match=r"filters have 51 values.* write them into the query"):
        refused.to_request(refused.read(NOW), now=NOW)


def test_url_leaves_out_lone_surrogates() -> None:
    question = Question(q="fire \ud800 quay", dates="\udfff2025")
    assert question.to_querystring().startswith("?q=fire++quay")
