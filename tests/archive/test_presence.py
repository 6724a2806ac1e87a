"""Which sections are gone after a capture, and their order. Entries are named by numbers, which are their minutes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.presence import Presence, Shown, find_gone, find_parts

START = datetime(2025, 6, 10, 12, tzinfo=UTC)
LEAD = 100


def times(entries: Iterable[int] = range(1, 30), **other: int) -> Mapping[int, datetime]:
    """Entry 5 is of minute 5; `e5=7` sets that of another minute."""
    minutes = {entry: entry for entry in entries} | {int(name[1:]): minute for name, minute in other.items()}
    return {entry: START + timedelta(minutes=minute) for entry, minute in minutes.items()}


UNDATED: Mapping[int, datetime] = {}


def window(*sections: int, **fields: Any) -> Shown:
    known: dict[str, Any] = {"capture": 1, "at": START, "claim": "window", **fields}
    return Shown(sections=sections, **known)


def page(number: int, *sections: int, **fields: Any) -> Shown:
    return window(*sections, page_number=number, **{"more_pages": True, **fields})


def follow(*captures: Shown, dates: Mapping[int, datetime]) -> Presence:
    presence = Presence()
    for place, capture in enumerate(captures):
        parts = find_parts(capture, captures[:place], dates, presence.order)
        presence.show(capture, dates, parts)
    return presence


def later(hours: int, shown: Shown) -> Shown:
    return Shown(**(shown.__dict__ | {"capture": hours + 1, "at": shown.at + timedelta(hours=hours)}))


@pytest.mark.parametrize(
    ("before", "shown", "gone", "order"),
    [
        ((6, 5, 4, 3, 2, 1), (9, 8, 7, 6, 5, 4), set(), [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ((3, 2, 1), (9, 8, 7), set(), [9, 8, 7, 3, 2, 1]),
        ((6, 5, 4, 3), (6, 4, 3), {5}, [6, 5, 4, 3]),
        ((6, 5, 4, 3), (5, 4, 3), set(), [6, 5, 4, 3]),
        ((6, 5, 4, 3), (6, 5, 4), set(), [6, 5, 4, 3]),
        ((6, 5, 4, 3), (9, 8, 6, 4), {5}, [9, 8, 6, 5, 4, 3]),
        ((6, 5, 4), (), set(), [6, 5, 4]),
        ((1, 2, 3, 4), (3, 4, 5, 6), set(), [1, 2, 3, 4, 5, 6]),
        ((1, 2, 3, 4), (2, 4, 5), {3}, [1, 2, 3, 4, 5]),
        ((1, 2, 3), (7, 8, 9), set(), [1, 2, 3, 7, 8, 9]),
        ((1, 2, 3), (4,), set(), [1, 2, 3, 4]),
        ((6, 5, 4, 3), (9,), set(), [9, 6, 5, 4, 3]),
    ],
    ids=[
        "scrolled off",
        "the top after a gap",
        "deleted between others",
        "deleted at the top",
        "deleted at the bottom",
        "deleted between, with new entries",
        "nothing shown",
        "oldest first",
        "oldest first, one deleted",
        "oldest first, after a gap",
        "a new entry alone, oldest first",
        "a new entry alone, newest first",
    ],
)
def test_a_window_shows_what_stands_between_its_ends(
    before: tuple[int, ...], shown: tuple[int, ...], gone: set[int], order: list[int]
) -> None:
    presence = follow(window(*before), later(1, window(*shown)), dates=times())
    assert set(presence.gone) == gone
    assert presence.order == order


@pytest.mark.parametrize(
    ("before", "shown", "gone", "order"),
    [
        ((6, 5, 4, 3, 2), (2, 9, 8, 7, 6), set(), [2, 9, 8, 7, 6, 5, 4, 3]),
        ((6, 5, 4, 3, 2), (2, 9), set(), [2, 9, 6, 5, 4, 3]),
        ((6, 5, 4, 3, 2, 1), (5, 3, 1, 9, 8), set(), [5, 3, 1, 9, 8, 6, 4, 2]),
        ((2, 6, 5, 4, 3), (9, 8, 7, 6, 5), set(), [9, 8, 7, 6, 5, 4, 3, 2]),
        ((2, 6, 5, 4, 3), (2, 6, 4, 3), {5}, [2, 6, 5, 4, 3]),
        ((1, 2, 3, 4, 5, 6), (1, 6, 7, 8), set(), [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
    ids=[
        "an old entry is pinned",
        "a pinned entry and one other",
        "several pinned entries",
        "no longer pinned, and not shown",
        "deleted below the pinned entry",
        "pinned above a page that begins with the oldest",
    ],
)
def test_what_is_pinned_is_no_end_of_a_window(
    before: tuple[int, ...], shown: tuple[int, ...], gone: set[int], order: list[int]
) -> None:
    presence = follow(window(*before), later(1, window(*shown)), dates=times())
    assert set(presence.gone) == gone
    assert presence.order == order


def test_entries_of_the_minute_at_which_a_window_ends_may_be_beyond_it() -> None:
    dates = times(e20=4, e21=6, e22=5)
    presence = follow(window(21, 6, 5, 22, 4, 20), later(1, window(6, 5, 4)), dates=dates)
    assert set(presence.gone) == {22}
    assert presence.order == [21, 6, 5, 22, 4, 20]


@pytest.mark.parametrize(
    ("before", "shown", "gone", "order"),
    [
        ((6, 5, 4, 3, 2, 1), (9, 8, 7, 6, 5, 4), set(), [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ((6, 5, 4, 3), (6, 4), {5}, [6, 5, 4, 3]),
        ((1, 2, 3, 4), (3, 4, 5), set(), [1, 2, 3, 4, 5]),
        ((3, 2, 1), (9, 8, 7), set(), [9, 8, 7, 3, 2, 1]),
        ((6, 5, 4, 3, 2), (2, 9, 8, 6), set(), [2, 9, 8, 6, 5, 4, 3]),
    ],
    ids=["scrolled off", "deleted between others", "oldest first", "after a gap", "an entry is pinned"],
)
def test_entries_without_a_time_are_judged_by_their_place(
    before: tuple[int, ...], shown: tuple[int, ...], gone: set[int], order: list[int]
) -> None:
    presence = follow(window(*before), later(1, window(*shown)), dates=UNDATED)
    assert set(presence.gone) == gone
    assert presence.order == order


def test_an_entry_known_to_the_day_is_judged_by_its_place_among_others() -> None:
    dates = times({6, 5, 3, 2})
    presence = follow(window(6, 5, 4, 3, 2), later(1, window(6, 5, 3)), dates=dates)
    assert set(presence.gone) == {4}
    assert follow(window(6, 5, 4, 3, 2), later(1, window(6, 5)), dates=dates).gone == {}


@pytest.mark.parametrize("shown", [(9, 8, 7), (9, 8, 7, 6), (6, 5)])
def test_a_lead_that_is_not_shown_stays_on_top(shown: tuple[int, ...]) -> None:
    presence = follow(window(LEAD, 6, 5, 4), later(1, window(*shown)), dates=times())
    assert presence.gone == {}
    assert presence.order[0] == LEAD


def test_the_whole_and_a_summary_say_all_and_nothing_of_what_they_lack() -> None:
    whole = follow(window(3, 2, 1), later(1, window(2, claim="whole")), dates=times())
    assert set(whole.gone) == {3, 1}
    summary = follow(window(3, 2, 1), later(1, window(2, claim="nothing")), dates=times())
    assert summary.gone == {}


def test_an_entry_is_gone_since_the_first_capture_without_it_until_it_returns() -> None:
    captures = [window(3, 2, 1), later(1, window(3, 1)), later(2, window(3, 1))]
    assert follow(*captures, dates=times()).gone == {2: 2}
    assert follow(*captures, later(3, window(3, 2, 1)), dates=times()).gone == {}


def test_a_withdrawn_entry_is_gone_where_it_stands() -> None:
    presence = follow(window(3, 2, 1), later(1, window(3, 2, 1, withdrawn=frozenset({2}))), dates=times())
    assert presence.gone == {2: 2}
    assert presence.withdrawn == {2}
    presence = follow(window(2, withdrawn=frozenset({2})), later(1, window(2)), dates=times())
    assert (presence.gone, presence.withdrawn) == ({}, set())


# --- pages ---


def minutes(number: int, shown: Shown) -> Shown:
    return Shown(**(shown.__dict__ | {"capture": shown.capture + number, "at": shown.at + timedelta(minutes=number)}))


@pytest.mark.parametrize("dates", [times(), UNDATED], ids=["dated", "undated"])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_numbered_pages_are_in_order_whichever_comes_first(
    order: tuple[int, ...], dates: Mapping[int, datetime]
) -> None:
    pages = page(1, 6, 5), page(2, 4, 3), page(3, 2, 1)
    presence = follow(*(minutes(place, pages[index]) for place, index in enumerate(order)), dates=dates)
    assert presence.order == [6, 5, 4, 3, 2, 1]
    assert presence.gone == {}


@pytest.mark.parametrize("first", [page(1, 6, 5, 4), window(6, 5, 4)], ids=["numbered", "without a number"])
def test_what_stood_between_two_pages_is_gone(first: Shown) -> None:
    presence = follow(first, page(2, 3, 2, 1), later(1, first), later(1, page(2, 2, 1)), dates=times())
    assert set(presence.gone) == {3}


def test_pages_at_one_address_follow_each_other_by_time() -> None:
    for order in ((6, 5, 4), (3, 2, 1)), ((3, 2, 1), (6, 5, 4)):
        pages = [window(*entries) for entries in order]
        presence = follow(*pages, dates=times())
        assert presence.order == [6, 5, 4, 3, 2, 1]
    presence = follow(
        window(6, 5, 4), window(3, 2, 1), later(1, window(6, 5, 4)), later(1, window(2, 1)), dates=times()
    )
    assert set(presence.gone) == {3}


@pytest.mark.parametrize("numbers", [(1, 3), (None, None)])
def test_a_page_that_was_not_captured_takes_nothing_away(numbers: tuple[int | None, int | None]) -> None:
    first, last = (later(1, window(*entries)) for entries in ((6, 5), (2, 1)))
    captures = [
        Shown(**(shown.__dict__ | {"page_number": n})) for n, shown in zip(numbers, (first, last), strict=True)
    ]
    presence = follow(window(6, 5, 4, 3, 2, 1), *captures, dates=times())
    assert presence.gone == {}


def test_all_pages_up_to_the_last_are_the_whole() -> None:
    before = window(7, 6, 5, 4, 3, 2, 1)
    first, last = later(1, page(1, 6, 5)), later(1, page(2, 4, 2, more_pages=False))
    assert set(follow(before, first, last, dates=times()).gone) == {7, 3, 1}
    assert set(follow(before, last, first, dates=times()).gone) == {7, 3, 1}
    unknown = later(1, page(2, 4, 2, more_pages=None))
    assert set(follow(before, first, unknown, dates=times()).gone) == {3}
    assert set(follow(before, last, dates=times()).gone) == {3}


def test_pages_that_are_captured_far_apart_are_judged_alone() -> None:
    captures = window(6, 5, 4, 3, 2, 1), later(1, page(1, 6, 5)), later(2, page(2, 3, 2))
    assert follow(*captures, dates=times()).gone == {}


def test_a_page_that_shows_an_entry_of_the_last_is_of_a_later_state() -> None:
    captures = page(1, 9, 8, 7), minutes(1, page(2, 7, 6, 5))
    assert find_parts(captures[1], captures[:1], times()) == []


@pytest.mark.parametrize("pinned", [2, 9], ids=["the oldest", "the newest"])
def test_pages_may_repeat_what_is_pinned(pinned: int) -> None:
    before = window(9, 8, 7, 6, 5, 4, 3, 2, 1)
    first = later(1, page(1, *dict.fromkeys((pinned, 9, 8, 7, 6))))
    second = later(1, page(2, *dict.fromkeys((pinned, 5, 4, 3, 1))))
    assert find_parts(second, [first], times(), before.sections) == [first]
    assert follow(before, first, second, dates=times()).gone.keys() <= {2}
    assert follow(before, later(1, page(2, 9, 4, 3, 2, 1)), dates=times()).gone == {}


def test_an_entry_deleted_on_a_later_page_is_gone() -> None:
    assert set(follow(page(2, 3, 2, 1), later(1, page(2, 3, 1)), dates=times()).gone) == {2}


def test_gone_is_asked_of_two_captures_alone() -> None:
    assert find_gone(window(9, 8, 6), [7, 5], [7, 6, 5], times()) == {7}
    assert find_gone(window(9, 8, 6, claim="whole"), [7, 5], [7, 6, 5], times()) == {7, 5}
    assert find_gone(window(9, 8, 6, claim="nothing"), [7, 5], [7, 6, 5], times()) == set()
