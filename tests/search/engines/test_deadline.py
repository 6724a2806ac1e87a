"""The limits of a query: wherever its work is, it ends in an error after the deadline, or once nobody waits for it."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from search.engines import deadline, turns
from search.engines.contract import (
    ClientGoneError,
    Document,
    Engine,
    OverloadedError,
    QueryLimitError,
    Request,
)
from search.engines.deadline import MAX_EXTRA_SECONDS, check_time, stop_when, time_limit
from search.engines.turns import Lane, LaneQueue
from search.engines.whoosh import batches, occurrences, spans, vocabulary
from search.index.current import get_engine
from search.pages import search as views
from search.query.tree import AtLeast, Fuzzy, Near, Node, Or, Phrase, Truncation, Word
from search.results.highlight import Highlighter


class Clock:
    """Processor time that advances by a step each time it is read, beside the time of day, which stands still."""

    def __init__(self) -> None:
        self.readings = count()
        self.step = 1.0
        self.now = 0.0

    def thread_time(self) -> float:
        return self.step * next(self.readings)

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(deadline, "time", clock)
    return clock


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> list[LaneQueue]:
    """Two lanes with a single place, where nobody may wait."""
    queues = [LaneQueue(Lane(after, max_running=1, max_waiting=0)) for after in (0.03, 0.15)]
    monkeypatch.setattr(turns, "_QUEUES", queues)
    return queues


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


def test_only_the_processor_time_of_a_query_counts(clock: Clock) -> None:
    """On a busy machine a query takes longer, though it does no more."""
    clock.step = 0.0
    with time_limit(2):
        clock.now = 2 + MAX_EXTRA_SECONDS
        check_time()


def test_query_that_came_no_further_for_long_is_to_be_asked_again(clock: Clock) -> None:
    clock.step = 0.0
    with time_limit(2):
        clock.now = 2 + MAX_EXTRA_SECONDS + 0.1
        with pytest.raises(OverloadedError, match=r"busy.*Ask again in \d+ seconds"):
            check_time()


def test_query_ends_once_nobody_waits_for_it(clock: Clock) -> None:
    clock.step = 0.0
    gone: list[bool] = []
    with stop_when(lambda: bool(gone)), time_limit(2):
        check_time()
        gone.append(True)
        with pytest.raises(ClientGoneError):
            check_time()
    with time_limit(2):
        check_time()


def test_long_query_moves_through_the_lanes_and_leaves_them(clock: Clock, lanes: list[LaneQueue]) -> None:
    first, second = lanes
    clock.step = 0.0
    readings = iter([0.0, 0.01, 0.05, 0.5, 0.6])
    clock.thread_time = lambda: next(readings)  # type: ignore[method-assign]
    with time_limit(2):
        check_time()
        assert (first.running, second.running) == (0, 0)
        check_time()
        assert (first.running, second.running) == (1, 0)
        check_time()
        assert (first.running, second.running) == (0, 1)
        check_time()
        assert (first.running, second.running) == (0, 1)
    assert (first.running, second.running) == (0, 0)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("full", [0, 1])
def test_query_that_finds_a_lane_full_is_refused_and_keeps_no_place(
    clock: Clock, lanes: list[LaneQueue], full: int, nested: bool
) -> None:
    lanes[full].enter(lambda: False)
    with time_limit(10), time_limit(5) if nested else nullcontext(), pytest.raises(OverloadedError):
        check_time()
    assert [queue.running for queue in lanes] == [int(full == 0), int(full == 1)]


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
    with time_limit(100_000):
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


# --- answers that must wait ---

LISTS = ["/", "/values/source/", "/export.csv", "/export.jsonl", "/feed.atom"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", LISTS)
def test_busy_archive_answers_503_and_says_when_to_ask_again(
    seed: Any, client: Any, clock: Clock, lanes: list[LaneQueue], address: str
) -> None:
    clock.step = 0.04
    lanes[0].enter(lambda: False)
    response = client.get(address, {"q": "russia"})
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "busy with other long queries" in response.content.decode()
    lanes[0].leave()
    clock.step = 0.0
    assert client.get(address, {"q": "russia"}).status_code == 200


@pytest.mark.django_db
def test_further_sections_of_an_article_wait_too(seed: Any, client: Any, clock: Clock, lanes: list[LaneQueue]) -> None:
    clock.step = 0.04
    lanes[0].enter(lambda: False)
    response = client.get(f"/articles/{seed.pk}/more/", {"q": "russia"}, headers={"HX-Request": "true"})
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.django_db
def test_article_page_is_shown_unmarked_by_a_busy_archive(
    seed: Any, client: Any, clock: Clock, lanes: list[LaneQueue]
) -> None:
    clock.step = 0.04
    lanes[0].enter(lambda: False)
    page = client.get(seed.get_absolute_url(), {"q": "russia"}).content.decode()
    assert "Matches are not highlighted. The archive is busy" in page
    assert "nuclear power plant" in page


@pytest.mark.django_db
def test_search_command_says_that_the_archive_is_busy(seed: Any, clock: Clock, lanes: list[LaneQueue]) -> None:
    clock.step = 0.04
    lanes[0].enter(lambda: False)
    with pytest.raises(CommandError, match="Ask again"):
        call_command("search", "russia")


@pytest.mark.parametrize(
    "ask",
    [
        lambda engine: engine.similar_forms("thing", edits=2),
        lambda engine: engine.suggest("th"),
        lambda engine: engine.suggest_articles(["thing"], "th"),
        lambda engine: engine.count(Phrase("the port")),
        lambda engine: engine.among(Request(Phrase("the port")), [1]),
        lambda engine: engine.explain(Request(Phrase("the port")), [1]),
    ],
    ids=["similar_forms", "suggest", "suggest_articles", "count", "among", "explain"],
)
def test_every_question_to_the_engine_takes_turns(
    engine: Engine, clock: Clock, lanes: list[LaneQueue], ask: Callable[[Engine], object]
) -> None:
    clock.step = 0.04
    ask(engine)
    lanes[0].enter(lambda: False)
    with pytest.raises(OverloadedError):
        ask(engine)
