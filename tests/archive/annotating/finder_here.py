"""A Finder in the process of the test, for tests of what is found and not of the way to another process."""

from archive.finding import Found, Task, find_all


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
