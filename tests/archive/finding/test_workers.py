"""The process that runs the rules: answers in order, and takes no text along when it dies."""

import json
from collections.abc import Iterator

import pytest

from archive.finding import Finder, FinderError, Task, Text, find_all, tasks, workers
from archive.finding.messages import as_found, as_task

TEXT = '"The bridge is shut," Andriy Yermak told the Courier in Kyiv on Monday.\nYermak left for Paris.'
DAY = "2025-06-10"


def task(*texts: str, first: int = 1) -> Task:
    return Task("en", [Text(number, text, DAY) for number, text in enumerate(texts, start=first)], [])


@pytest.fixture
def finder() -> Iterator[Finder]:
    finder = Finder()
    yield finder
    finder.close()


def test_answers_are_those_of_the_rules_in_the_order_of_the_tasks(finder: Finder) -> None:
    sent = [task(TEXT, "Yermak is back. 😀", first=10 * number) for number in range(1, 30)]
    for each in sent:
        finder.submit(each)
    answers = []
    while (answer := finder.take(wait=True)) is not None:
        answers.append(answer)
    assert [known for known, _ in answers] == sent
    assert [found for _, found in answers] == [find_all(each) for each in sent]
    names = {name.label[1] for name in answers[0][1][0].names}
    assert "Andriy Yermak" in names
    assert answers[0][1][0].statements
    assert len(finder) == 0


def test_a_dead_process_loses_the_task_that_it_was_at_alone(finder: Finder) -> None:
    finder.submit(task(TEXT))
    finder.take(wait=True)
    assert finder._process is not None
    finder._process._process.kill()
    finder._process._process.wait()
    finder._sent.extend([task("lost"), task(TEXT)])
    lost, kept = finder.take(wait=True), finder.take(wait=True)
    assert lost is not None
    assert [found.fault for found in lost[1]] == ["the process that ran the rules ended by signal 9"]
    assert kept is not None
    assert kept[1] == find_all(task(TEXT))


def test_a_process_that_cannot_run_is_an_error_not_a_fault_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_idle", type(workers._idle)())
    for command, message in ((("/nowhere/python",), "cannot be started"), (("false",), "ended at once, with exit")):
        monkeypatch.setattr(workers, "_COMMAND", command)
        with pytest.raises(FinderError, match=message):
            Finder().submit(task(TEXT))


def test_a_rule_that_fails_concerns_its_text_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def find_days(text: str, *rest: object) -> list[object]:
        if "Paris" in text:
            raise ValueError("no such day")
        return []

    monkeypatch.setattr(tasks, "find_days", find_days)
    first, second = find_all(task(TEXT, "Andriy Yermak is in Kyiv."))
    assert (first.fault, first.names) == ("ValueError: no such day", [])
    assert second.fault == ""
    assert second.names
    assert "section version 1" in caplog.text


def test_messages_bring_back_what_was_sent() -> None:
    sent = Task("en", [Text(7, TEXT, DAY)], [("person", "Ada Bell")])
    assert as_task(json.loads(json.dumps(sent))) == sent
    found = find_all(sent)
    assert as_found(json.loads(json.dumps(found))) == found
