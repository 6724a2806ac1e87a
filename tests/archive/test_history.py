"""The captures of an article: which count, in which order, and which of them begin a run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.history import History, Receipt

START = datetime(2025, 6, 1, tzinfo=UTC)


def received(*captures: str) -> History:
    """Returns a history, from words like `A1`: these bytes on that day.

    A `v` behind it: it gave a version. An `i`: its time is that of the ingest. A `p`: it is a part.
    """
    history = History()
    for number, word in enumerate(captures, start=1):
        history = history.with_receipt(receipt(word, number))
    return history


def receipt(word: str, number: int) -> Receipt:
    day = int("".join(filter(str.isdigit, word)))
    return Receipt(
        number,
        word[0],
        START + timedelta(days=day),
        by_ingest="i" in word,
        partial="p" in word,
        version=number if "v" in word else None,
    )


def names(receipts: tuple[Receipt, ...]) -> str:
    return " ".join(f"{receipt.sha256}{(receipt.captured - START).days}" for receipt in receipts)


@pytest.mark.parametrize(
    ("captures", "in_force", "steps", "without_version"),
    [
        ("A1v B2v A3v", "A1 B2 A3", "A1 B2 A3", ""),
        ("A1v B2v A3v B4v A5v", "A1 B2 A3 B4 A5", "A1 B2 A3 B4 A5", ""),
        ("A1v A2 B3v B4", "A1 A2 B3 B4", "A1 B3", ""),
        ("A1v A3 B2v", "A1 B2 A3", "A1 B2", "A3"),
        ("A3v A1", "A1 A3", "A1", ""),
        ("A5vi B2v A1v", "A1 B2", "A1 B2", ""),
        ("A2vi A5", "A2 A5", "A2", ""),
        ("A2vi A2v", "A2 A2", "A2", ""),
        ("A1vp B2v A3p", "A1 A3 B2", "A1 B2", ""),
        ("A1vp B2vp", "A1 B2", "A1 B2", ""),
    ],
)
def test_which_captures_count_and_which_give_versions(
    captures: str, in_force: str, steps: str, without_version: str
) -> None:
    history = received(*captures.split())
    assert names(history.in_force) == in_force
    assert names(history.steps) == steps
    assert names(history.without_version) == without_version


@pytest.mark.parametrize(
    ("captures", "new", "following", "repeated"),
    [
        ("A1v", "A2", None, "A1"),
        ("A1v", "B2", None, None),
        ("A1v B3v", "A2", 2, "A1"),
        ("A1v B3v", "B2", 2, "B3"),
        ("A1v B3v", "C2", 2, None),
        ("A1v B3v", "A4", None, None),
        ("A5vi B2v", "A1", 2, None),
        ("A1v", "A1", None, "A1"),
        ("A3v", "B1p", 1, None),
        ("A1vp B2v", "A3p", 2, "A1"),
    ],
)
def test_what_a_new_capture_repeats_and_what_follows_it(
    captures: str, new: str, following: int | None, repeated: str | None
) -> None:
    history = received(*captures.split())
    added = receipt(new, 99)
    assert history.find_following(added) == following
    found = history.find_repeated(added)
    assert (names((found,)) if found else None) == repeated


def test_each_capture_of_a_run_shows_what_its_version_says() -> None:
    history = received("A3v", "A1", "B4v", "B6", "C5v", "B7v")
    assert [(names((receipt,)), *rest) for receipt, *rest in history.appearances] == [
        ("A1", 1, True),
        ("A3", 1, False),
        ("B4", 3, True),
        ("C5", 5, True),
        ("B6", 6, True),
        ("B7", 6, False),
    ]


@pytest.mark.parametrize(
    ("before", "after", "extends"),
    [
        ("A1v", "A1v B2v", True),
        ("A1v", "A1v A2", True),
        ("A1v B2v", "A1v B2v A3p", True),
        ("A2v", "A2v A1", False),
        ("A2v", "A2v B1v", False),
        ("A1v B3v", "A1v B3v C2v", False),
        ("A5vi B2v", "A5vi B2v A1v", False),
        ("", "A1v", True),
    ],
)
def test_a_history_extends_another_at_its_end(before: str, after: str, extends: bool) -> None:
    assert received(*after.split()).extends(received(*before.split())) is extends


def test_a_capture_may_be_a_page_of_the_next_if_it_came_soon() -> None:
    first, second, third = received("A1v", "B2v", "C3v").receipts
    second = replace(second, captured=first.captured + timedelta(minutes=5))
    history = History((first, second, third))
    assert [history.is_followed_closely(receipt) for receipt in history.receipts] == [True, False, False]


def test_bytes_were_received_at_a_time() -> None:
    history = received("A1v", "B2v")
    assert history.has("A", START + timedelta(days=1))
    assert not history.has("A", START + timedelta(days=2))
