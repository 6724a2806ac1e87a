"""Readers of every format against damaged golden files; `make bench ARGS="damage all 50000"` runs many more."""

import random

import pytest

from archive.formats import FORMATS
from tests.bench.damage import DAMAGES, Golden, damaged, golden_files, read_damaged

FILES = golden_files()
RUNS = 12


def test_the_golden_files_are_of_more_than_one_format() -> None:
    assert {golden.reader.name for golden in FILES if golden.reader} >= {"text", "html"}
    assert {known.name for known in FORMATS} >= {golden.reader.name for golden in FILES if golden.reader}


@pytest.mark.slow
@pytest.mark.parametrize("golden", FILES, ids=lambda golden: f"{golden.path.parent.name}/{golden.path.name}")
def test_damage_gives_items_that_can_be_stored(golden: Golden) -> None:
    for number in range(RUNS):
        read_damaged(golden, number, "suite")


def test_every_damage_changes_a_document_and_is_repeated_by_its_seed() -> None:
    data = b'["<p>One.</p>", "<p>Two.</p>", {"a": [1, 2, 3], "b": "<p>Three.</p>"}]'
    for damage in DAMAGES:
        changed = bytearray(data)
        damage(changed, random.Random(1))
        assert changed != data
    assert damaged(data, random.Random(7)) == damaged(data, random.Random(7)) != damaged(data, random.Random(8))
