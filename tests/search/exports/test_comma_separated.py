"""CSV, as the module csv and pandas read it."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pandas
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from search.exports.comma_separated import to_cell
from search.exports.spreadsheet_cells import is_formula, mark_formula

from .archive_of_storms import articles, find, rows_of

TEXTS = st.text(st.sampled_from("=+-@'\"\t\r\n, ;x") | st.characters())


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(articles())


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "=cmd()|' /C calc'!A0", "=HYPERLINK(A1)"),
        *("＝1", "＋1", "－1", "＠A", "﹦1", "﹢1", "﹣1", "﹫A"),
        *(
            "\t1",
            "\r1",
            "\n1",
            " =1",
            "\u00a0=1",
            "\u3000=1",
            "\ufeff=1",
            "\u200b=1",
            "\u200f=1",
            "\u202e=1",
            "\x00=1",
        ),
        *("  \t=1", "\x1f+1", "\u00ad-1"),
    ],
)
def test_cell_that_a_spreadsheet_may_run_is_marked(text: str) -> None:
    assert mark_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "“=1", "(=1)", "–1", "#N/A", "'s Hertogenbosch", "é", "  a", "…"])
def test_other_cells_are_as_they_are(text: str) -> None:
    assert to_cell(text) == text


@given(TEXTS)
def test_marks_can_be_taken_off_again(text: str) -> None:
    cell = mark_formula(text)
    assert (cell[1:] if cell.startswith("'") and is_formula(cell.lstrip("'")) else cell) == text


@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_records_are_what_readers_of_csv_expect(texts: list[str]) -> None:
    line = ",".join(map(to_cell, texts)) + "\r\n"
    assert list(csv.reader(io.StringIO(line, newline=""))) == [[mark_formula(text) for text in texts]]


def in_csv(value: Any) -> str:
    """Returns the cell of a value of JSON Lines."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = "; ".join(value)
    return "" if value is None else mark_formula(str(value))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"unit": "article", "first": 5},
        {"text": "passages", "fields": ("text", "section", "published")},
        {"unit": "article", "fields": ("matches",)},
    ],
)
def test_pandas_reads_what_the_page_sends(archive: None, client: Client, options: dict[str, Any]) -> None:
    export = find("csv", **options)
    sent = client.get(f"/export.csv?q=storm&{export.options.to_parameters()}").getvalue()
    frame = pandas.read_csv(io.BytesIO(sent), dtype=str, keep_default_na=False)
    lines = rows_of(find("jsonl", site_url="http://testserver", **options))
    assert frame.to_dict("records") == [{name: in_csv(value) for name, value in line.items()} for line in lines]
    assert list(frame.columns) == list(export.options.chosen_fields)


def test_difficult_texts_survive(difficult: None) -> None:
    file = io.StringIO(b"".join(find("csv", "ferry").write()).decode(), newline="")
    csv.field_size_limit(10_000_000)
    rows = list(csv.DictReader(file))
    lines = rows_of(find("jsonl", "ferry"))
    assert rows == [{name: in_csv(value) for name, value in line.items()} for line in lines]


def test_nothing_found_is_a_line_of_names(archive: None) -> None:
    assert b"".join(find("csv", "zebra", fields=("url", "text")).write()) == b"url,text\r\n"


def test_rows_of_one_empty_column_are_no_empty_lines(archive: None) -> None:
    export = find("csv", fields=("tombstone",))
    assert b"".join(export.write()) == b"tombstone\r\n" + b'""\r\n' * export.total
