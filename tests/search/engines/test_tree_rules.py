"""What a search asks of single statements, by hand."""

from datetime import UTC, datetime

import pytest

from search.engines.contract import Filter
from search.engines.tree_rules import condition_of_statements
from search.query.parser import parse
from search.query.tree import Everything, Keyword, Or, format_query

ADA, BO = Filter("speaker", ("Ada Reed",)), Filter("speaker", ("Bo", "Di"))


def asked(written: str, *filters: Filter) -> str:
    """Returns what is asked, as a query; empty if nothing is."""
    found = condition_of_statements(parse(written, now=datetime(2025, 6, 3, tzinfo=UTC)).tree, filters)
    return format_query(found) if found else ""


@pytest.mark.parametrize(
    "written",
    [
        "wall",
        "wall OR speaker:bo",
        "NOT said(wall)",
        "wall NOT speaker:bo",
        "wall NOT (said(wall) OR speaker:bo)",
        "speaker:none",
        "person:bo source:mail",
        "said(*)",
        "said(wall) OR said(*)",
        "atleast2(wall)",
    ],
)
def test_nothing_is_asked_where_any_statement_will_do(written: str) -> None:
    assert asked(written) == ""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("said(wall)", "wall"),
        ("said(wall NOT mexico)", "wall AND NOT mexico"),
        ("said(wall) by:bo", "wall AND speaker:bo"),
        ("city said(wall)", "wall"),
        ("city OR said(wall)", "wall"),
        ("said(wall) NOT said(mexico)", "wall"),
        ("said(wall) said(mexico)", "wall OR mexico"),
        ("said(wall) (said(mexico) OR city)", "wall OR mexico"),
        ("said(wall) said(wall)", "wall"),
        ("said(wall) said(*)", ""),
        ("said(wall mexico) OR said(pay)", "(wall AND mexico) OR pay"),
    ],
)
def test_one_of_the_said_is_asked(written: str, expected: str) -> None:
    assert asked(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("speaker:bo", "speaker:bo"),
        ("city speaker:bo", "speaker:bo"),
        ("city speaker:*", "NOT speaker:none"),
        ("speaker:(bo OR di)", "speaker:bo OR speaker:di"),
        ("speaker:bo OR via:tass", "speaker:bo OR via:tass"),
        ("speaker:bo via:tass", "speaker:bo AND via:tass"),
        ("speaker:(ada reed)", "speaker:ada AND speaker:reed"),
        ('speaker:"Ada Reed" speaker:"Bo"', 'speaker:"Ada Reed" OR speaker:"Bo"'),
        ('speaker:"Ada Reed" via:"TASS"', 'speaker:"Ada Reed" AND via:"TASS"'),
        ("said(wall) speaker:bo", "wall AND speaker:bo"),
        ("said(wall) said(pay) speaker:bo", "(wall OR pay) AND speaker:bo"),
        ("said(wall) speaker:*", "wall AND NOT speaker:none"),
        ("said(*) speaker:bo", "speaker:bo"),
        ("said(wall) OR speaker:bo", "wall OR speaker:bo"),
        ("(said(wall) via:tass) OR said(pay)", "(wall AND via:tass) OR pay"),
    ],
)
def test_speakers_and_sources_of_the_whole_are_asked(written: str, expected: str) -> None:
    assert asked(written) == expected


def test_chosen_facets_are_asked_and_excluded_ones_are_not() -> None:
    assert asked("wall", ADA) == 'speaker:"Ada Reed"'
    assert asked("wall", BO) == 'speaker:"Bo" OR speaker:"Di"'
    assert asked("wall", ADA, Filter("via", ("TASS",))) == 'speaker:"Ada Reed" AND via:"TASS"'
    assert asked("said(wall)", ADA) == 'wall AND speaker:"Ada Reed"'
    assert asked("wall", Filter("speaker", (), ("Bo",)), Filter("source", ("Mail",))) == ""
    assert condition_of_statements(Everything(), [BO]) == Or((Keyword("speaker", "Bo"), Keyword("speaker", "Di")))
