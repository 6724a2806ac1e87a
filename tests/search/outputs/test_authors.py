"""search/outputs/authors.py: the names in a byline."""

import pytest

from search.outputs.authors import split_authors


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("By Ada Example", ["Ada Example"]),
        ("Ada Example and Ben Poe in Istanbul", ["Ada Example", "Ben Poe"]),
        ("Ada Example, Ben Poe and Cy Roe", ["Ada Example", "Ben Poe", "Cy Roe"]),
        ("Ada Example, Political Editor", ["Ada Example"]),
        ("Example, Ada", ["Example, Ada"]),
        ("Example, Ada; Poe, Ben", ["Example, Ada", "Poe, Ben"]),
        ("سلمى كاتبة، كريم سعيد", ["سلمى كاتبة", "كريم سعيد"]),
        ("Staff", ["Staff"]),
        ("", []),
        ("By", ["By"]),
    ],
)
def test_names_are_split_as_they_are_printed(byline: str, authors: list[str]) -> None:
    assert list(split_authors(byline)) == authors
