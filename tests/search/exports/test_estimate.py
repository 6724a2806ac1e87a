"""search/exports/estimate.py: about how many bytes an export has, and which cells are too long."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from search.exports import FORMATS, ExportOptions, count_long_cells, estimate, estimate_size, make_export
from search.exports.contract import Export
from search.results import Question

pytestmark = pytest.mark.django_db
ARTICLES = 60


@pytest.fixture(autouse=True)
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "_MAX_SECONDS", 60)


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    """Articles of very different lengths, and a live page of many entries."""
    chance = Random(1)
    articles: list[dict[str, Any]] = [
        {"headline": f"Ferry {number}", "text": "A ferry sails. " * chance.randrange(20, 200)}
        for number in range(ARTICLES)
    ]
    entries = [{"id": str(number), "text": "Ferry. " * chance.randrange(20, 400)} for number in range(80)]
    articles.append({"headline": "Harbour, live", "kind": "live", "sections": entries})
    articles.append({"headline": "Ferry book", "text": "ferry " + "x" * 33_000})
    begin_with(articles)


def find(kind: str, q: str, **options: Any) -> Export:
    now = timezone.now()
    return make_export(FORMATS[kind], Question(q=q), ExportOptions(**options), site_url="https://a.example", now=now)


def written_bytes(export: Export) -> int:
    return len(b"".join(export.write(with_mark=True)))


def test_size_is_exact_where_few_rows_come() -> None:
    for kind in FORMATS:
        for options in ({"first": 30}, {"first": 30, "unit": "article"}):
            for q in ("headline:ferry kind:article -book", "zebra"):
                export = find(kind, q, **options)
                size = estimate_size(export)
                assert size.is_exact
                # The file may say when it was made.
                assert size.size_bytes == pytest.approx(written_bytes(export), rel=0.02), kind


def test_size_of_many_rows_is_about_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "_SAMPLED_SECTIONS", 80)
    monkeypatch.setattr(estimate, "_SAMPLED_ARTICLES", 30)
    choices: list[dict[str, Any]] = [{}, {"text": "passages"}, {"unit": "article"}, {"fields": ("headline", "url")}]
    for options in choices:
        export = find("csv", "ferry -book", **options)
        size = estimate_size(export)
        assert not size.is_exact
        assert size.size_bytes == pytest.approx(written_bytes(export), rel=0.3), options


def test_live_page_of_many_entries_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes are reckoned from its number of entries."""
    monkeypatch.setattr(estimate, "_MAX_LOADED_SECTIONS", 62)
    export = find("jsonl", "ferry -book", unit="article")
    loaded: list[int] = []
    written = estimate._written_bytes

    def count(sample: Export) -> int:
        loaded.append(len(sample.selection.section_ids))
        return written(sample)

    monkeypatch.setattr(estimate, "_written_bytes", count)
    size = estimate_size(export)
    assert max(loaded) <= 62
    assert not size.is_exact
    assert size.size_bytes == pytest.approx(written_bytes(export), rel=0.3)


def test_long_cells_are_counted_among_the_rows() -> None:
    assert count_long_cells(find("csv", "ferry")) == 1
    assert count_long_cells(find("csv", "ferry -book")) == 0
    assert count_long_cells(find("csv", "ferry", unit="article")) is None
