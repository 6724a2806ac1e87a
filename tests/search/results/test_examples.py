"""search/results/examples.py: examples of queries that find something in this archive."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from archive.search_port import no_progress
from search.index import shown_index, sync
from search.query import parse
from search.results import load_examples

pytestmark = pytest.mark.django_db

NEWS = [
    {
        "headline": f"Harbour ferry service returns to {place} after winter storm repairs",
        "text": "The harbour ferry returns; passengers waited.",
        "source": ('The "Daily" Courier', "Post (web)", "Post (web)")[number],
        "topics": ["shipping news"],
        "published": f"2025-06-0{number + 1}",
    }
    for number, place in enumerate(("Brackenford", "Oldhaven", "Plymouth"))
]
ARCHIVES: dict[str, list[dict[str, Any]]] = {
    "English": NEWS,
    "Ukrainian": [
        {"headline": "Потяг прибув до Харкова вчора", "text": "Потяг прибув до Харкова.", "source": "Новини"}
    ],
    "Arabic": [{"headline": "غرق العبّارة في الميناء القديم", "text": "العبّارة في الميناء", "source": "الجريدة"}],
    "Chinese": [{"headline": "渡轮沉没", "text": "渡轮沉没", "source": "报纸", "published": "2025"}],
    "Hindi": [{"headline": "नौका बंदरगाह में डूबी", "text": "नौका बंदरगाह", "source": "समाचार"}],
    "operators as words": [{"headline": "Near Either Without Within", "text": "OR and NOT", "source": "AND"}],
    "numbers and signs": [{"headline": '2025: 100% (?!) * "" w/5', "text": "x", "source": "a:b*?~"}],
}


def fill(ingest_file: Callable[..., Any], path: Path, articles: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest_file(path)
    sync.drain(no_progress)


@pytest.mark.parametrize("name", ARCHIVES)
def test_every_example_finds_something(name: str, ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    fill(ingest_file, tmp_path / "a.jsonl", ARCHIVES[name])
    now = timezone.now()
    examples = load_examples(now)
    for query, meaning in examples:
        assert shown_index().count(parse(query, now=now).tree), query
        assert meaning
        # Nothing of it is read in another way than it is written, or with a remark.
        assert not parse(query, now=now).notes, query
    assert any(query.startswith("source:") for query, _ in examples)


def test_each_kind_of_query_has_an_example(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    fill(ingest_file, tmp_path / "a.jsonl", NEWS)
    examples = dict(load_examples(timezone.now()))
    queries = list(examples)
    assert any(query.startswith('"') for query in queries)
    assert any(" w/5 " in query for query in queries)
    assert 'source:"Post (web)"' in queries
    assert 'topic:"shipping news"' in queries
    assert any(query.endswith("*") for query in queries)
    assert any(query.startswith("date:2025-06-0") for query in queries)


def test_long_words_and_values_are_no_examples(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    long = "Donaudampfschifffahrtsgesellschaft"
    article = {"headline": f"{long} {long}s", "text": "x", "source": f"Journal of the {long}", "topics": ["sea"]}
    fill(ingest_file, tmp_path / "a.jsonl", [article])
    assert [query for query, _ in load_examples(timezone.now())] == ['topic:"sea"']


def test_an_empty_archive_has_no_examples(empty_index: None) -> None:
    assert load_examples(timezone.now()) == ()


def test_examples_follow_the_index(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    fill(ingest_file, tmp_path / "a.jsonl", NEWS[:1])
    before = load_examples(timezone.now())
    assert load_examples(timezone.now()) is before
    fill(ingest_file, tmp_path / "b.jsonl", ARCHIVES["Ukrainian"])
    assert load_examples(timezone.now()) != before
