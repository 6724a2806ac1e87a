"""The tables of the help page: every example can be read."""

from datetime import UTC, datetime

import pytest

from search.query.guide import SYNTAX
from search.query.parser import parse

NOW = datetime(2025, 6, 10, tzinfo=UTC)
EXAMPLES = [example for row in SYNTAX for example in row.examples]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_read_without_a_note_except_that_of_a_question(example: str) -> None:
    expected = ["Search for all words"] if example.endswith("?") else []
    assert [note.suggestion for note in parse(example, now=NOW).notes] == expected


def test_every_row_has_an_example() -> None:
    assert all(row.examples for row in SYNTAX)
