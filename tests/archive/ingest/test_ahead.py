"""Documents are read ahead of those that are recorded: in their order, up to a limit, and not when nobody waits."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.ingest import ahead
from archive.ingest.ahead import steps_ahead
from archive.ingest.files import Stream
from archive.ingest.steps import FileEnd
from archive.items import ArticleItem, Hints, Item, Note, Rejected, SectionItem


def items(count: int, name: str, taken: list[int] | None = None) -> Iterator[Item]:
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield Note(f"{name} {number}", "read")


def stream(found: Iterator[Item], name: str, path: Path | None = Path("file")) -> Stream:
    return Stream(found, Hints(name), path)


def reads_on() -> bool:
    return any(thread.name == "reader" for thread in threading.enumerate())


def test_steps_of_files_and_of_input_come_in_their_order() -> None:
    streams = [stream(items(2, "a"), "a"), stream(items(2, "b"), "b"), stream(items(1, "c"), "c", None)]
    streams += [stream(items(1, "d"), "d")]
    steps = list(steps_ahead(streams))
    assert [step.item.locator for step in steps if isinstance(step.item, Note)] == "a 0,a 1,b 0,b 1,c 0,d 0".split(",")
    assert [step.hints.name for step in steps if isinstance(step.item, FileEnd)] == ["a", "b", "c", "d"]
    assert not reads_on()


def test_a_reader_that_fails_ends_its_own_file(caplog: pytest.LogCaptureFixture) -> None:
    def failing() -> Iterator[Item]:
        yield from items(1, "a")
        raise ValueError("broken")

    steps = list(steps_ahead([stream(failing(), "a"), stream(items(1, "b"), "b")]))
    assert [type(step.item) for step in steps] == [Note, Rejected, FileEnd, Note, FileEnd]


def test_what_ends_all_reading_is_raised_after_what_was_read() -> None:
    def streams() -> Iterator[Stream]:
        yield stream(items(2, "a"), "a")
        raise MemoryError

    steps = steps_ahead(streams())
    assert [type(next(steps).item) for _ in range(3)] == [Note, Note, FileEnd]
    with pytest.raises(MemoryError):
        next(steps)


def test_a_file_is_read_ahead_up_to_a_limit_and_no_further_once_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_MAX_AHEAD_STEPS", 3)
    # Of another document, so that none is kept back to be compared with those after it.
    section = SectionItem(("A fire.",))
    taken: list[int] = []

    def articles() -> Iterator[Item]:
        for number in range(100):
            taken.append(number)
            yield ArticleItem(
                f"Fire {number}", (section,), raw=b"A", media_type="text/plain", reader="text/1", document=str(number)
            )

    steps = steps_ahead([stream(articles(), "a")])
    next(steps)
    steps.close()
    assert len(taken) <= 6
    assert not reads_on()


def test_input_is_read_when_it_is_asked_for() -> None:
    taken: list[int] = []
    steps = steps_ahead([stream((Note(str(n), "") for n in _counted(taken)), "standard input", None)])
    assert taken == []
    next(steps)
    assert not reads_on()
    steps.close()


def _counted(taken: list[int]) -> Iterator[int]:
    for number in range(3):
        taken.append(number)
        yield number
