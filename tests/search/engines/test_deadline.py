"""The time limit of a query: wherever its work is, it ends in an error after the deadline."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from search.engines import deadline
from search.engines.contract import Document, Engine, QueryLimitError, Request
from search.engines.deadline import check_time, time_limit
from search.engines.whoosh import batches, occurrences, spans, vocabulary
from search.index.current import get_engine
from search.pages import search as views
from search.query.tree import AtLeast, Fuzzy, Near, Node, Or, Phrase, Truncation, Word
from search.results.highlight import Highlighter


class Clock:
    """A clock that advances by a step each time it is read."""

    def __init__(self) -> None:
        self.readings = count()
        self.step = 1.0

    def monotonic(self) -> float:
        return self.step * next(self.readings)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(deadline, "time", clock)
    return clock


def readings_of(clock: Clock, work: Callable[[], object]) -> int:
    """Returns how often the work reads the clock."""
    before = next(clock.readings)
    work()
    return next(clock.readings) - before - 1


def test_exceeded_limit_is_an_error_with_the_cure(clock: Clock) -> None:
    with time_limit(2):
        check_time()
        check_time()
        with pytest.raises(QueryLimitError, match=r"longer than 2 seconds.*narrow the result"):
            check_time()
    check_time()


def test_earliest_of_nested_limits_applies(clock: Clock) -> None:
    with time_limit(2), time_limit(1000):
        check_time()
        with pytest.raises(QueryLimitError, match="2 seconds"):
            check_time()
    with time_limit(1000):
        with time_limit(0), pytest.raises(QueryLimitError, match="0 seconds"):
            check_time()
        check_time()


# --- the engine ---

TEXT = "the fire of the port and the ferry to the port. " * 4


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An index of forty sections, where a batch is a few of them."""
    for module, name, value in (
        (batches, "MAX_OCCURRENCES", 100),
        (batches, "MAX_POSTINGS", 100),
        (spans, "MAX_PAIRS", 500),
        (occurrences, "_FEW_FORMS", 1),
        (vocabulary, "_FORMS_AT_ONCE", 4),
        (vocabulary, "_TESTS_AT_ONCE", 4),
    ):
        monkeypatch.setattr(module, name, value)
    engine = get_engine(tmp_path / "index")
    with engine.write() as batch:
        for number in range(1, 41):
            unlike = f"wörd{number} москва{number} thing{number}"
            batch.add(Document(number, number, {"text": TEXT + unlike, "source": f"Outlet {number % 7}"}))
    yield engine
    engine.close()


THE, OF, PORT = Word("the"), Word("of"), Word("port")
LONG_WORK = [
    Phrase("the port and the ferry"),
    Near(THE, PORT, 5),
    Near(THE, PORT, "s"),
    Near(Near(THE, PORT, 50), OF, 50),
    Near(Near(THE, PORT, "p"), OF, "p"),
    Near(Or((THE, OF)), Truncation("*e*"), 9, ordered=True),
    Truncation("*o*"),
    Truncation("*e*", "text"),
    Truncation("*e*", "hlead"),
    Fuzzy("thing", 2),
    Fuzzy("москва", 2),
    AtLeast(3, THE),
    AtLeast(3, Near(THE, PORT, 50)),
    Or(tuple(Word(f"thing{number}") for number in range(1, 41))),
]


@pytest.mark.parametrize("unit", ["section", "article"])
@pytest.mark.parametrize("tree", LONG_WORK, ids=str)
def test_long_work_checks_the_time_and_stops(engine: Engine, clock: Clock, tree: Node, unit: Any) -> None:
    def search() -> None:
        engine.search(Request(tree, unit=unit, time_limit_seconds=10_000))

    search()  # caches the forms of a truncation
    readings = readings_of(clock, search)
    assert readings >= 3
    for seconds in (0, 1, readings // 2):
        with pytest.raises(QueryLimitError):
            engine.search(Request(tree, unit=unit, time_limit_seconds=seconds))


@pytest.mark.parametrize("tree", [Truncation("*o*"), Fuzzy("thing", 2), Fuzzy("москва", 2)], ids=str)
def test_finding_forms_checks_the_time(engine: Engine, clock: Clock, tree: Node) -> None:
    search = partial(engine.search, Request(tree, time_limit_seconds=10_000))
    assert readings_of(clock, search) > readings_of(clock, search) + 5


@pytest.mark.parametrize("tree", LONG_WORK, ids=str)
def test_batches_give_the_same_results_as_one_batch(
    engine: Engine, tree: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_batches = engine.search(Request(tree, limit=100))
    monkeypatch.undo()
    at_once = engine.search(Request(tree, limit=100))
    assert in_batches.total
    assert in_batches == at_once


def test_single_section_with_too_many_pairs_is_an_error(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "MAX_PAIRS", 5)
    monkeypatch.setattr(spans, "MAX_DOCUMENT_PAIRS", 5)
    with pytest.raises(QueryLimitError, match="pairs in one section"):
        engine.search(Request(Near(Near(THE, PORT, 50), OF, 50)))


# --- highlighting and the search page ---


@pytest.mark.slow
@pytest.mark.parametrize("tree", [Word("word"), Truncation("wo*"), Fuzzy("wird", 2), Phrase("word word")], ids=str)
def test_marking_a_long_text_checks_the_time(clock: Clock, tree: Node) -> None:
    highlighter = Highlighter(tree)
    text = "word " * 20_000
    assert readings_of(clock, lambda: highlighter.mark(text, "text")) > 100
    with time_limit(5), pytest.raises(QueryLimitError):
        highlighter.snippet(text, "text")


@pytest.mark.django_db
def test_answer_and_corrections_share_one_limit(
    seed: Any, client: Any, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    clock.step = 0.001
    assert client.get("/", {"q": "russia zebra"}).status_code == 200
    monkeypatch.setattr(views, "TIME_LIMIT_SECONDS", 0.003)
    response = client.get("/", {"q": "russia zebra"})
    assert response.status_code == 400
    assert "longer than 0.003 seconds" in response.content.decode()
