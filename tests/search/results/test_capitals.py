"""Abbreviations in capitals: the question in the other case is offered with what it finds."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from search.results.answers import Answer
from search.results.capitals import other_cases

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]

TEXTS = (
    "Give us aid for troops.",
    "U.S. troops left.",
    "US aid for those who need it.",
    "The WHO sent AIDS drugs. Nato met.",
    "NATO met. US AID TROOPS NOW",
)


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with({"headline": f"Report {number}", "text": text} for number, text in enumerate(TEXTS))


@pytest.mark.parametrize(
    ("q", "total", "expected"),
    [
        ("US", 4, [("In capitals only", '"US"', 2)]),
        ("u.s.", 4, [("In capitals only", '"U.S."', 2)]),
        ("text:U.S. troops", 3, [("In capitals only", 'text:"U.S." troops', 1)]),
        ("us", 4, []),
        ("US TROOPS", 3, []),
        ('"US"', 2, [("In any case", '"us"', 4)]),
        ("“US  aid” OR drugs", 2, [("In any case", '"us aid" OR drugs', 4)]),
        ('"NATO"', 1, [("In any case", '"nato"', 2)]),
        ("CAPS(us)", 2, []),
        ("NOT US", 1, []),
        ("AIDS", 4, [("In capitals only", '"AIDS"', 1)]),
        ("IT OR WHO", 2, [("In capitals only", '"IT" OR "WHO"', 1)]),
        ('source:"US" OR drugs', 1, []),
    ],
)
def test_question_in_the_other_case_is_offered_with_its_count(
    ask: Ask, q: str, total: int, expected: list[tuple[str, str, int]]
) -> None:
    answer = ask(q)
    assert answer.sections == total
    found = other_cases(answer, now=timezone.now())
    assert [(case.label, case.question.q, case.total) for case in found] == expected
    for case in found:
        assert ask(case.question.q).total == case.total


def test_page_offers_the_capitals(client: Client) -> None:
    page = client.get("/?q=US").content.decode()
    assert 'In capitals only: <a href="?q=%22US%22" dir="auto">&quot;US&quot;</a> (2)' in page
