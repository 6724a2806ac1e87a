"""search/results/remembered.py: an answer is given again only where the index would give it again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search.engines import Document, Engine, Hit, Reader, Request, Results
from search.engines.whoosh import WhooshEngine
from search.query import Everything, Word
from search.results.remembered import BoundedResults, search

FIRE = Request(Word("fire"), facets=("source",), facet_limit=9, histogram="auto", by_article=True, limit=2)


class Watched:
    """An index that notes what it is asked."""

    def __init__(self, index: Reader) -> None:
        self._index = index
        self.asked: list[Request] = []

    def search(self, request: Request) -> Results:
        self.asked.append(request)
        return self._index.search(request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)


def add(engine: Engine, numbers: range) -> None:
    with engine.write() as batch:
        for number in numbers:
            values = {"text": f"A fire, the {number}th.", "source": f"Outlet {number % 3}"}
            batch.add(Document(number, number, values, str(number)))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = WhooshEngine(tmp_path / "index")
    add(engine, range(1, 8))
    yield engine
    engine.close()


@pytest.fixture
def index(engine: Engine) -> Any:
    return Watched(engine)


def test_same_question_is_not_asked_again(engine: Engine, index: Any) -> None:
    assert search(index, FIRE) == search(index, FIRE) == engine.search(FIRE)
    assert index.asked == [FIRE]


@pytest.mark.parametrize("change", [{"offset": 2}, {"sort": "oldest"}, {"limit": 5}, {"sections_per_hit": 1}])
def test_other_page_has_its_own_hits_and_the_counts_of_the_first(
    engine: Engine, index: Any, change: dict[str, Any]
) -> None:
    search(index, FIRE)
    other = replace(FIRE, **change)
    assert search(index, other) == engine.search(other)
    assert not index.asked[1].facets
    assert index.asked[1].histogram is None


def test_counts_alone_are_not_asked_after_a_page(engine: Engine, index: Any) -> None:
    search(index, FIRE)
    counts = replace(FIRE, limit=0)
    assert search(index, counts) == engine.search(counts)
    assert len(index.asked) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"tree": Word("fires")},
        {"tree": Word("fire", exact=True)},
        {"by_article": False},
        {"facets": ("source", "kind")},
        {"histogram": "year"},
        {"undated": True},
    ],
)
def test_other_questions_are_asked(engine: Engine, index: Any, change: dict[str, Any]) -> None:
    search(index, FIRE)
    other = replace(FIRE, **change)
    assert search(index, other) == engine.search(other)
    assert len(index.asked) == 2


def test_commit_ends_what_is_remembered(engine: Engine, index: Any) -> None:
    before = search(index, FIRE)
    add(engine, range(8, 10))
    after = search(index, FIRE)
    assert (before.total, after.total) == (7, 9)
    assert after == engine.search(FIRE)


def test_hidden_article_is_in_no_remembered_answer(engine: Engine, index: Any) -> None:
    everything = replace(FIRE, limit=20)
    search(index, everything)
    masked = engine.without([3])
    assert 3 not in {hit.article_id for hit in search(masked, everything).hits}
    assert search(masked, everything).total == 6
    assert search(index, everything).total == 7


def test_commit_in_between_mixes_no_states(engine: Engine, index: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    search(index, FIRE)
    ask: Callable[[Request], Results] = index.search

    def commit_first(request: Request) -> Results:
        monkeypatch.setattr(index, "search", ask)
        add(engine, range(8, 10))
        return ask(request)

    monkeypatch.setattr(index, "search", commit_first)
    page = replace(FIRE, offset=2, limit=20)
    assert search(index, page) == engine.search(page)
    assert search(index, page).total == 9


def test_what_is_kept_is_bounded_and_the_latest_stay() -> None:
    def results(ids: int) -> Results:
        return Results((Hit(1, tuple(range(ids)), 0.0),), ids, ids, 1)

    kept = BoundedResults(100)
    for number in range(10):
        kept.put(number, results(20))
        kept.get(0)
    assert kept.get(0)
    assert kept.get(9)
    assert kept.get(5) is None
    assert len(kept) == 3
    kept.put("large", results(60))
    assert kept.get("large") is None
    assert len(kept) == 3


def test_question_without_words_is_remembered_too(engine: Engine, index: Any) -> None:
    question = Request(Everything(), sort="newest", limit=3)
    assert search(index, question) == search(index, question) == engine.search(question)
    assert len(index.asked) == 1
