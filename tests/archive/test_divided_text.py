"""Where parts begin in the paragraphs of a version, and how a text is described by them."""

import pytest

from archive.divided_text import Extent, cut, describe_extent, paragraph_digests


def test_equal_paragraphs_are_known_apart_by_their_order() -> None:
    digests = paragraph_digests(["a", "b", "a", "a"])
    assert len(set(digests)) == 4
    assert paragraph_digests(["a", "a"]) == [digests[0], digests[2]]


def test_parts_are_cut_in_the_order_of_their_paragraphs() -> None:
    paragraphs = ["a", "b", "c", "d"]
    starts = dict(zip((7, 8), reversed(paragraph_digests(paragraphs)[1:3]), strict=True))
    assert cut(paragraphs, 1, starts) == {1: Extent(0, 1), 8: Extent(1, 2), 7: Extent(2, 4)}


def test_part_that_begins_first_or_nowhere_is_missing() -> None:
    starts = {7: paragraph_digests(["a"])[0], 8: paragraph_digests(["x"])[0]}
    assert cut(["a", "b"], 1, starts) == {1: Extent(0, 2)}


@pytest.mark.parametrize(
    ("shown", "received", "described"),
    [
        ("bc", "abcd", "paragraphs 2 to 3 of 4 of version 5"),
        ("d", "abcd", "paragraph 4 of 4 of version 5"),
        ("a", "aba", "1 paragraph of 3 of version 5"),
        ("aa", "aaa", "2 paragraphs of 3 of version 5"),
        ("abx", "ab", "paragraphs 1 to 2 of 2 of version 5, then those of entries that a curator joined to it"),
        ("x", "ab", "0 paragraphs of 2 of version 5, then those of entries that a curator joined to it"),
    ],
)
def test_extent_is_described_in_words(shown: str, received: str, described: str) -> None:
    assert describe_extent(list(shown), list(received), 5) == described


def test_paragraph_within_another_is_not_it() -> None:
    assert describe_extent(["storm"], ["the storm", "storm"], 1) == "paragraph 2 of 2 of version 1"


def test_many_equal_paragraphs_are_described_at_once() -> None:
    """20,000 comparisons of up to 20,000 paragraphs each would take minutes."""
    assert describe_extent(["a"] * 10_000, ["a"] * 20_000, 1) == "10000 paragraphs of 20000 of version 1"
