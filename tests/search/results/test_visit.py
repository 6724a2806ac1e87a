"""search/results/visit.py: the URL of an article's page."""

from typing import Any
from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st

from search.results.question import Question
from search.results.visit import SECTION_ORDERS, Visit

from .test_question import QUESTIONS, Parameters


def test_page_opened_without_a_search_has_no_parameters() -> None:
    assert Visit().to_querystring() == ""
    assert Visit(order="oldest").to_querystring() == "?order=oldest"
    assert Visit(Question(q="peace"), "oldest").to_querystring() == "?q=peace&order=oldest"
    assert Visit.from_parameters(Parameters({"order": ["newest"]})) == Visit()


@given(question=QUESTIONS, order=st.sampled_from(list(SECTION_ORDERS)))
def test_visit_keeps_the_whole_question(question: Question, order: Any) -> None:
    visit = Visit(question, order)
    url = visit.to_querystring()
    parameters = Parameters(parse_qs(url.removeprefix("?"), keep_blank_values=True))
    assert Visit.from_parameters(parameters) == visit
