"""Compounds that are written otherwise: what is suggested besides a query, with its count."""

from collections.abc import Callable

import pytest
from django.test import Client

from search.results.answers import Answer
from search.results.compounds import other_compounds

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]

TEXTS = (
    "An airstrike hit the port. Maybe more will follow together with an email.",
    "An air-strike hit the port. An F16 flew.",
    "An air strike hit the port; it may be the last. To get her out, an F 16 flew.",
    "Air strike at dawn. He sent an e mail of 15 000 words.",
)


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with({"headline": f"Report {number}", "text": text} for number, text in enumerate(TEXTS))


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("airstrike", [('"air strike"', 2, '(airstrike OR "air strike")')]),
        ("Airstrike w/5 port", []),
        ("port airstrike", [('"air strike"', 2, 'port (airstrike OR "air strike")')]),
        ("text:airstrike", [('"air strike"', 2, 'text:(airstrike OR "air strike")')]),
        ("air strike", [("airstrike", 1, "((air strike) OR airstrike)")]),
        ("f16 OR port", [('"f 16"', 1, '(f16 OR "f 16") OR port')]),
        ("F 16", [("f16", 1, "((F 16) OR f16)")]),
        ("email", [('"e mail"', 1, '(email OR "e mail")')]),
        ("15 000", []),
        ("air-strike", []),
        ('"airstrike"', []),
        ("NOT airstrike", []),
        ("together", []),
        ("maybe", []),
        ("may be", []),
        ("port hit", []),
        ("date:none", []),
    ],
)
def test_other_spelling_is_suggested_with_the_number_of_sections_that_have_it_alone(
    ask: Ask, q: str, expected: list[tuple[str, int, str]]
) -> None:
    found = other_compounds(ask(q))
    assert [(compound.written, compound.sections, compound.question.q) for compound in found] == expected
    for compound in found if "port" not in q else ():
        assert ask(compound.question.q).sections == ask(q).sections + compound.sections


def test_page_links_to_the_query_with_both_spellings(client: Client) -> None:
    page = client.get("/?q=airstrike").content.decode()
    assert "Also written" in page
    assert "2 other sections" in page
