"""Texts with their names and statements: the rules run in the process of the test."""

from unittest import mock

from archive.annotating import catch_up, flow
from archive.finding import Found, Task, find_all
from archive.search_port import no_progress
from search.index import sync


class FinderHere:
    """Runs the rules in this process: what is tested is not the way to another."""

    def __init__(self) -> None:
        self.done: list[tuple[Task, list[Found]]] = []

    def __len__(self) -> int:
        return len(self.done)

    def submit(self, task: Task) -> None:
        self.done.append((task, find_all(task)))

    def take(self, *, wait: bool) -> tuple[Task, list[Found]] | None:
        return self.done.pop(0) if self.done else None

    def close(self) -> None:
        self.done.clear()


def annotate() -> None:
    """Annotates what waits, and indexes it."""
    with mock.patch.object(flow, "Finder", FinderHere):
        assert catch_up(no_progress) == []
    sync.drain(no_progress)
