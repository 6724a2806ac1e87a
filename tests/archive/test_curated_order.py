from hypothesis import given
from hypothesis import strategies as st

from archive.curated_order import TOP, apply_changes, arrange, move_behind, take_back


def test_sections_that_nobody_moved_are_in_the_outlets_order() -> None:
    assert arrange([3, 1, 2], {}) == [3, 1, 2]


def test_moved_section_stands_behind_the_one_it_was_put_behind() -> None:
    assert arrange([1, 2, 3, 4], {4: 1}) == [1, 4, 2, 3]


def test_zero_is_the_top_of_the_page() -> None:
    assert arrange([1, 2, 3], {3: TOP}) == [3, 1, 2]


def test_section_may_stand_behind_another_that_was_moved() -> None:
    assert arrange([1, 2, 3, 4], {4: TOP, 1: 4}) == [4, 1, 2, 3]


def test_new_entries_go_where_the_outlet_has_them() -> None:
    assert arrange([9, 1, 2, 8, 3], {3: 1}) == [9, 1, 3, 2, 8]


def test_section_whose_predecessor_is_not_there_stays_where_the_outlet_has_it() -> None:
    assert arrange([1, 2, 3], {3: 77}) == [1, 2, 3]


def test_sections_in_a_circle_stay_where_the_outlet_has_them() -> None:
    assert arrange([1, 2, 3, 4], {2: 3, 3: 2, 4: 1}) == [1, 4, 2, 3]


def test_section_that_moves_up_and_down_again_is_as_received() -> None:
    order, moves = [1, 2, 3], apply_changes({}, move_behind([1, 2, 3], {}, 3, 1))
    assert arrange(order, moves) == [1, 3, 2]
    assert apply_changes(moves, move_behind(order, moves, 3, 2)) == {}


def test_taking_one_back_leaves_those_behind_it_where_they_are() -> None:
    order, moves = [1, 2, 3, 4], {4: 1, 3: 4}
    assert arrange(order, moves) == [1, 4, 3, 2]
    assert arrange(order, apply_changes(moves, take_back(order, moves, 4))) == [1, 3, 2, 4]


def test_moving_a_section_behind_itself_changes_nothing() -> None:
    assert move_behind([1, 2], {}, 2, 2) == {}
    assert move_behind([1, 2], {}, 2, 1) == {}


@given(st.lists(st.tuples(st.integers(1, 7), st.integers(0, 7)), max_size=12))
def test_every_move_puts_one_section_where_it_should_be_and_leaves_the_others(steps: list[tuple[int, int]]) -> None:
    order = list(range(1, 8))
    expected, moves = list(order), dict[int, int]()
    for section, target in steps:
        if section != target:
            expected.remove(section)
            expected.insert(expected.index(target) + 1 if target else 0, section)
        moves = apply_changes(moves, move_behind(order, moves, section, target))
        assert arrange(order, moves) == expected


@given(st.permutations(range(1, 7)), st.dictionaries(st.integers(1, 6), st.integers(0, 9)))
def test_no_moves_lose_a_section_or_repeat_one(order: list[int], moves: dict[int, int]) -> None:
    assert sorted(arrange(order, moves)) == sorted(order)
