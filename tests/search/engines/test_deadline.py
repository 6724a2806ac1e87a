"""A query past its time ends in an error, wherever it is."""

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
    """A clock that is a step later at each look."""

    def __init__(self) -> None:
        self.looks = count()
        self.step = 1.0

    def monotonic(self) -> float:
        return self.step * next(self.looks)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(deadline, "time", clock)
    return clock


def looks_of(clock: Clock, work: Callable[[], object]) -> int:
    """Returns how often the work looks at the clock."""
    before = next(clock.looks)
    work()
    return next(clock.looks) - before - 1


def test_time_that_is_over_is_an_error_with_the_cure(clock: Clock) -> None:
    with time_limit(2):
        check_time()
        check_time()
        with pytest.raises(QueryLimitError, match=r"longer than 2 seconds.*narrow the result"):
            check_time()
    check_time()


def test_the_earliest_of_nested_limits_holds(clock: Clock) -> None:
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
def test_long_work_looks_at_the_clock_and_stops(engine: Engine, clock: Clock, tree: Node, unit: Any) -> None:
    def search() -> None:
        engine.search(Request(tree, unit=unit, time_limit_seconds=10_000))

    search()  # finds the forms of a truncation, which are remembered
    looks = looks_of(clock, search)
    assert looks >= 3
    for seconds in (0, 1, looks // 2):
        with pytest.raises(QueryLimitError):
            engine.search(Request(tree, unit=unit, time_limit_seconds=seconds))


@pytest.mark.parametrize("tree", [Truncation("*o*"), Fuzzy("thing", 2), Fuzzy("москва", 2)], ids=str)
def test_finding_forms_looks_at_the_clock(engine: Engine, clock: Clock, tree: Node) -> None:
    search = partial(engine.search, Request(tree, time_limit_seconds=10_000))
    assert looks_of(clock, search) > looks_of(clock, search) + 5


@pytest.mark.parametrize("tree", LONG_WORK, ids=str)
def test_batches_find_what_is_found_at_once(engine: Engine, tree: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    in_batches = engine.search(Request(tree, limit=100))
    monkeypatch.undo()
    at_once = engine.search(Request(tree, limit=100))
    assert in_batches.total
    assert in_batches == at_once


def test_section_that_is_too_much_by_itself_is_an_error(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "MAX_PAIRS", 5)
    monkeypatch.setattr(spans, "MAX_DOCUMENT_PAIRS", 5)
    with pytest.raises(QueryLimitError, match="pairs in one section"):
        engine.search(Request(Near(Near(THE, PORT, 50), OF, 50)))


# --- what stands around the engine ---


@pytest.mark.parametrize("tree", [Word("word"), Truncation("wo*"), Fuzzy("wird", 2), Phrase("word word")], ids=str)
def test_marking_a_long_text_looks_at_the_clock(clock: Clock, tree: Node) -> None:
    highlighter = Highlighter(tree)
    text = "word " * 20_000
    assert looks_of(clock, lambda: highlighter.mark(text, "text")) > 100
    with time_limit(5), pytest.raises(QueryLimitError):
        highlighter.snippet(text, "text")


@pytest.mark.django_db
def test_answer_and_what_is_offered_share_one_limit(
    seed: Any, client: Any, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    clock.step = 0.001
    assert client.get("/", {"q": "russia zebra"}).status_code == 200
    monkeypatch.setattr(views, "TIME_LIMIT_SECONDS", 0.003)
    response = client.get("/", {"q": "russia zebra"})
    assert response.status_code == 400
    assert "longer than 0.003 seconds" in response.content.decode()
