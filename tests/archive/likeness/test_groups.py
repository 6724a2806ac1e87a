"""Stars of copies around the earliest article."""

from archive.likeness import find_firsts


def both_ways(pairs: dict[tuple[int, int], float], articles: int) -> dict[int, dict[int, float]]:
    copies: dict[int, dict[int, float]] = {number: {} for number in range(1, articles + 1)}
    for (first, second), share in pairs.items():
        copies[first][second] = copies[second][first] = share
    return copies


def test_copies_belong_to_the_earliest() -> None:
    copies = both_ways({(1, 2): 1.0, (1, 3): 0.9, (2, 3): 1.0}, 4)
    assert find_firsts([3, 1, 2, 4], copies) == {1: 3, 2: 3, 3: 3}


def test_a_digest_of_two_texts_does_not_join_them() -> None:
    copies = both_ways({(1, 3): 0.8, (2, 3): 1.0}, 3)
    assert find_firsts([1, 2, 3], copies) == {2: 2, 3: 2}


def test_a_text_rewritten_step_by_step_is_no_endless_chain() -> None:
    copies = both_ways({(1, 2): 0.6, (2, 3): 0.6, (3, 4): 0.6}, 4)
    assert find_firsts([1, 2, 3, 4], copies) == {1: 1, 2: 1, 3: 3, 4: 3}
