"""search/results/nearest_values.py: the values that were probably meant, where a value finds nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from search.results.answers import Answer
from search.results.nearest_values import nearest_values

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    rows = [
        {"source": "The Lindwick Courier", "topics": ["Harbour", "white_house"], "language": "en"},
        {"source": "The Lindwick Courier", "topics": ["Harbours", "White House"], "byline": "Max Rolland"},
        {"source": "Marbeck Post", "topics": ["Prisons"], "byline": "Max Rolland"},
    ]
    begin_with({"headline": f"{n}", "text": "Words.", **row} for n, row in enumerate(rows))


LINDWICK = 'source:"The Lindwick Courier" AND topic:harbour'


def found(answer: Answer) -> list[tuple[str, list[tuple[str, int, str]]]]:
    return [
        (nearest.written, [(value, count, question.q) for value, count, question in nearest.values])
        for nearest in nearest_values(answer, now=timezone.now())
    ]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        (
            "source:curier",
            [("source:curier", [("The Lindwick Courier", 2, 'source:"The Lindwick Courier"')])],
        ),
        ("byline:roland", [("byline:roland", [("Max Rolland", 2, 'byline:"Max Rolland"')])]),
        (
            'topic:"harbor" words',
            [
                (
                    'topic:"harbor"',
                    [("Harbour", 1, 'topic:"Harbour" AND words'), ("Harbours", 1, 'topic:"Harbours" AND words')],
                )
            ],
        ),
        # Values that are equal as a whole are one, and the count is that of the query.
        ('topic:"wite house"', [('topic:"wite house"', [("White House", 2, 'topic:"White House"')])]),
        ("lang:englsh", [("lang:englsh", [("English", 1, 'lang:"en"')])]),
        ("kind:artcle*", [("kind:artcle*", [("Article", 3, 'kind:"article"')])]),
        ("NOT source:curier absent", []),
        ("source:xylophone", [("source:xylophone", [])]),
        ("source:courier absent", []),
        # What is offered finds something, together with the rest of the query, and as much as it says.
        ("source:curier topic:prisons", [("source:curier", [])]),
        ("source:curier topic:harbour", [("source:curier", [("The Lindwick Courier", 1, LINDWICK)])]),
        ("source:courier", []),
    ],
)
def test_values_that_nothing_has_are_answered_with_the_nearest(ask: Ask, q: str, expected: object) -> None:
    assert found(ask(q)) == expected


def test_the_page_links_them_with_their_counts(client: Client) -> None:
    page = client.get("/", {"q": "source:curier"}).content.decode()
    assert "<bdi>The Lindwick Courier</bdi> (2)" in page
    page = client.get("/", {"q": "words absent"}).content.decode()
    assert "Any of the terms instead of all</a> (3)" in page
