"""JSON and JSON Lines, as the module json and pandas read them."""

import io
import json
from collections.abc import Callable
from typing import Any

import pandas
import pytest

from search.engines import Filter
from search.exports import contract
from search.exports.row_kinds import ExportedSection
from search.exports.rows import load_sections
from search.results import Question

from .archive_of_storms import articles, find, rows_of

pytestmark = pytest.mark.django_db

SITE = "https://archive.example"


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(articles())


def document(*arguments: Any, **options: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(b"".join(find("json", *arguments, **options).write()))
    return read


@pytest.mark.parametrize(
    "options",
    [{}, {"unit": "article", "text": "passages"}, {"fields": ("text", "topics", "section"), "first": 2}],
)
def test_rows_are_those_of_json_lines(archive: None, options: dict[str, Any]) -> None:
    read = document(**options)
    assert read["rows"] == rows_of(find("jsonl", **options))
    assert len(read["rows"]) == read["export"]["rows"] > 1
    assert [list(row) for row in read["rows"]] == [read["export"]["columns"]] * len(read["rows"])


def test_document_says_how_its_rows_were_found(archive: None) -> None:
    question = Question(
        q="storm AND", filters=(Filter("source", ("Outlet 1",), ("Outlet 2",)),), dates="2024-08", sort="oldest"
    )
    export = find("json", question, site_url=SITE, picked=("a999999",))
    facts = json.loads(b"".join(export.write()))["export"]
    assert facts["query"] == "storm AND"
    assert facts["read_as"] == export.parsed_query.canonical
    assert facts["notes"] == [note.message for note in export.parsed_query.notes] != []
    assert facts["filters"] == {"source": {"values": ["Outlet 1"], "excluded": ["Outlet 2"]}}
    assert (facts["dates"], facts["sort"], facts["listed_by"]) == ("2024-08", "oldest", "article")
    assert (facts["picked"], facts["missing"], facts["first"]) == (["a999999"], ["a999999"], None)
    assert facts["address"].startswith(f"{SITE}/?q=storm+AND")
    assert facts["index"] == export.selection.generation
    assert facts["software"].startswith("Cuttings ")
    assert facts["made"].endswith("Z")


def test_nothing_found_is_a_document_without_rows(archive: None) -> None:
    read = document("zebra")
    assert read["rows"] == []
    assert read["export"]["rows"] == 0
    assert b"".join(find("jsonl", "zebra").write()) == b""


def test_document_that_is_cut_off_is_no_json(archive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "PIECE_BYTES", 1)
    *pieces, _ = find("json").write()
    for end in (1, len(pieces) // 2, len(pieces) - 1):
        with pytest.raises(json.JSONDecodeError):
            json.loads(b"".join(pieces[:end]))


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_every_text_survives(archive: None, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'nul \x00 half \ud83d of \udcff "quoted\\" \r\n \u2028 \u202e \x7f \ufffe 😀 </script>'

    def load(*arguments: Any, **options: Any) -> list[ExportedSection]:
        rows = load_sections(*arguments, **options)
        for row in rows:
            row.text = text
        return rows

    monkeypatch.setattr(contract, "load_sections", load)
    export = find(kind, Question(q="storm OR \udcff"), fields=("text",))
    written = b"".join(export.write())
    rows = json.loads(written)["rows"] if kind == "json" else [json.loads(line) for line in written.splitlines()]
    assert rows == [{"text": text}] * export.total


def test_pandas_reads_both(difficult: None) -> None:
    lines = b"".join(find("jsonl", "ferry").write())
    frame = pandas.read_json(io.BytesIO(lines), lines=True, dtype=False)
    expected = [json.loads(line) for line in lines.splitlines()]
    for name in ("section", "headline", "text", "topics", "gone", "permalink"):
        assert list(frame[name]) == [row[name] for row in expected]
    assert list(pandas.DataFrame(document("ferry")["rows"])["text"]) == list(frame["text"])
