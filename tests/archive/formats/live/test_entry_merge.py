"""archive/formats/live/entry_merge.py: one list of entries from two."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.live.entry_merge import RULES, merge_entries
from archive.items import SectionItem
from archive.times import parse_moment

EARLY, LATE = parse_moment("2025-06-02T08:00:00Z"), parse_moment("2025-06-02T09:30:00Z")
LONG = "The ferry left Lindwick at nine with all of its passengers and one goat, the harbour master said."


def entry(key: str = "", text: str = "", heading: str = "") -> SectionItem:
    return SectionItem((text,) if text else (), heading=heading, key=key)


def test_every_field_except_the_key_has_one_rule_with_its_reason() -> None:
    assert sorted(rule.field for rule in RULES) == sorted(set(SectionItem.__dataclass_fields__) - {"key"})
    assert all(rule.reason for rule in RULES)


def keys(entries: tuple[SectionItem, ...]) -> str:
    return "".join(entry.key for entry in entries)


@pytest.mark.parametrize(
    ("shown", "data", "merged"),
    [
        ("", "123", "123"),
        ("123", "", "123"),
        ("12", "1234", "1234"),
        ("13", "1234", "1234"),
        ("34", "1234", "1234"),
        ("4321", "1234", "4321"),
        ("42", "1234", "4321"),
        ("132", "123", "132"),
        ("12", "34", "1234"),
        ("5", "357", "357"),
    ],
)
def test_an_entry_of_one_side_alone_is_placed_beside_its_neighbour(shown: str, data: str, merged: str) -> None:
    assert keys(merge_entries([entry(key) for key in shown], [entry(key) for key in data])) == merged


def test_an_entry_pinned_above_the_others_keeps_its_ordinary_place() -> None:
    shown = [entry("2", LONG[:20]), entry("3", "Three"), entry("2", LONG), entry("1", "One")]
    merged = merge_entries(shown, [])
    assert [(item.key, item.text) for item in merged] == [("3", "Three"), ("2", LONG), ("1", "One")]


def test_the_longer_text_is_taken_and_of_equals_the_text_with_paragraphs() -> None:
    parted = SectionItem(("One two three.", "Four five six."), key="1")
    flat = SectionItem(("One two three. Four five six. (Image: A)",), key="1")
    full = SectionItem(("One two three. Four five six. " + LONG,), key="1")
    assert merge_entries([parted], [flat])[0].paragraphs == parted.paragraphs
    assert merge_entries([full], [flat])[0].paragraphs == full.paragraphs
    assert merge_entries([parted], [full])[0].paragraphs == (*parted.paragraphs, LONG)
    assert merge_entries([entry("1", "", "H")], [flat])[0].paragraphs == flat.paragraphs


def test_the_time_and_author_that_the_page_shows_are_preferred() -> None:
    shown = SectionItem(("A",), key="1", byline="Own", published=EARLY)
    data = SectionItem(("A",), key="1", byline="Page", published=LATE, updated=LATE, heading="H")
    (item,) = merge_entries([shown], [data])
    assert (item.byline, item.published, item.updated, item.heading) == ("Own", EARLY, LATE, "H")


def test_entries_without_ids_are_joined_if_they_begin_alike() -> None:
    shown, data = [entry("", LONG), entry("", LONG[::-1])], [entry("7", LONG + " More."), entry("8", LONG[::-1])]
    assert keys(merge_entries(shown, data)) == "78"


def test_a_repeated_entry_without_an_id_is_left_out_unless_it_is_short() -> None:
    twice = SectionItem((LONG,), published=EARLY)
    goal = SectionItem(("Goal!",), published=EARLY)
    merged = merge_entries([twice, goal, replace(twice, published=LATE), goal, twice], [])
    assert [(item.text, item.published) for item in merged] == [
        ("Goal!", EARLY),
        (LONG, LATE),
        ("Goal!", EARLY),
        (LONG, EARLY),
    ]


def test_short_entries_of_the_same_time_are_joined() -> None:
    shown = [SectionItem(("Goal!",), key="m2", published=LATE), SectionItem(("Goal!",), key="m1", published=EARLY)]
    data = [SectionItem(("Goal!",), published=LATE), SectionItem(("Goal!",), published=EARLY)]
    assert [item.key for item in merge_entries(shown, data)] == ["m2", "m1"]
    assert [item.key for item in merge_entries([entry("m3", "Corner.")], [entry("", "Corner")])] == ["m3"]


def test_entries_with_different_ids_are_not_joined_even_if_their_texts_are_equal() -> None:
    shown, data = [entry("1", LONG), entry("2", "x")], [entry("2", "x"), entry("3", LONG)]
    assert keys(merge_entries(shown, data)) == "123"


SIDES = st.lists(st.integers(0, 12).map(str), unique=True, max_size=10)


@pytest.mark.parametrize(
    ("data", "merged"),
    [
        ("One two. " + LONG + " Three “four”.", ("One two.", "Three “four”.")),
        ("One two. Three “four”. " + LONG, ("One two.", "Three “four”.", LONG)),
        ("One two.Three four." + LONG, ("One two.", "Three “four”.", LONG)),
        ("Two one. " + LONG, ("Two one. " + LONG,)),
    ],
    ids=["caption between", "more at the end", "run together", "another text"],
)
def test_the_paragraphs_of_the_page_are_kept_if_the_data_has_more_text(data: str, merged: tuple[str, ...]) -> None:
    shown = SectionItem(("One two.", "Three “four”."), key="1")
    assert merge_entries([shown], [entry("1", data)])[0].paragraphs == merged


def test_a_paragraph_that_is_cut_off_is_completed() -> None:
    shown = SectionItem(("One two.", "The ferry left…"), key="1")
    assert merge_entries([shown], [entry("1", "One two. " + LONG)])[0].paragraphs == ("One two.", LONG)
    pinned = SectionItem(("The ferry left Lindwick at nine with all of its passengers and one goat…",), key="1")
    assert merge_entries([pinned, entry("1", LONG)], [])[0].paragraphs == (LONG,)


@given(SIDES, SIDES)
def test_no_entry_is_lost_or_doubled_and_the_order_of_the_page_is_kept(shown: list[str], data: list[str]) -> None:
    merged = [item.key for item in merge_entries([entry(key) for key in shown], [entry(key) for key in data])]
    assert sorted(merged) == sorted(set(shown) | set(data))
    assert [key for key in merged if key in shown] == shown


@given(SIDES, st.sets(st.integers(0, 9)))
def test_merging_a_part_with_the_whole_gives_the_whole(data: list[str], places: set[int]) -> None:
    shown = [key for at, key in enumerate(data) if at in places]
    merged = [item.key for item in merge_entries([entry(key) for key in shown], [entry(key) for key in data])]
    assert merged == data


def test_an_id_that_different_entries_share_is_removed() -> None:
    merged = merge_entries([entry("9", LONG), entry("9", LONG[::-1]), entry("8", "Other words.")], [])
    assert [(item.key, item.text) for item in merged] == [("", LONG), ("", LONG[::-1]), ("8", "Other words.")]


def test_a_time_with_a_zone_is_preferred_to_one_without() -> None:
    wall_clock = parse_moment("2025-06-02T10:00")
    shown, data = SectionItem(("A",), key="1", published=wall_clock), SectionItem(("A",), key="1", published=EARLY)
    assert merge_entries([shown], [data])[0].published == EARLY
    assert merge_entries([shown], [])[0].published == wall_clock


@pytest.mark.parametrize(
    ("shown", "data", "taken"),
    [
        ("2025-06-02T08:07Z", "2025-06-02T08:07:31Z", "data"),
        ("2025-06-02T08:07Z", "2025-06-02T08:09:31Z", "shown"),
        ("2025-06-02T08:07Z", "2025-06-02T08:06:59Z", "shown"),
        ("2025-06-02T08:07:00Z", "2025-06-02T08:07:31Z", "shown"),
        ("2025-06-02", "2025-06-02T20:07:31Z", "data"),
        ("2025-06-02", "2025-06-03T20:07Z", "shown"),
    ],
)
def test_the_exact_time_within_the_minute_or_day_shown_is_preferred(shown: str, data: str, taken: str) -> None:
    sides = {"shown": parse_moment(shown), "data": parse_moment(data)}
    entries = [SectionItem(("A",), key="1", published=sides[name]) for name in ("shown", "data")]
    assert merge_entries(entries[:1], entries[1:])[0].published == sides[taken]


def test_entries_of_which_one_has_no_id_are_joined_by_a_heading_that_each_side_has_once() -> None:
    shown = [entry("a1", "Editor. " + LONG, "Fog"), entry("a2", "x", "Rain"), entry("a3", "y", "Rain")]
    data = [entry("", LONG, "Fog"), entry("", "z", "Rain")]
    assert [item.key for item in merge_entries(shown, data)] == ["a1", "", "a2", "a3"]
