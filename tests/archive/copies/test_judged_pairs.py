"""The pairs that were judged by hand are those of a fair measurement; their corpus is not in the project."""

from collections import Counter

from tests.bench.copies import read_judged


def test_three_hundred_pairs_are_judged_each_once_with_a_reason() -> None:
    rows = read_judged()
    assert len({frozenset((row["first"], row["second"])) for row in rows}) == len(rows) == 300
    assert all(row["why"] and row["verdict"] in ("copy", "no") for row in rows)


def test_both_halves_have_as_many_copies() -> None:
    halves = Counter((row["half"], row["verdict"]) for row in read_judged())
    assert halves["choice", "copy"] == halves["check", "copy"] > 0
