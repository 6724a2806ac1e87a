"""archive/formats/live_merge.py: one list of entries from two."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.live.live_merge import RULES, entry_key, merge_entries
from archive.items import SectionItem
from archive.times import parse_moment

EARLY, LATE = parse_moment("2025-06-02T08:00:00Z"), parse_moment("2025-06-02T09:30:00Z")
LONG = "The ferry left Lindwick at nine with all of its passengers and one goat, the harbour master said."


def entry(key: str = "", text: str = "", heading: str = "") -> SectionItem:
    return SectionItem((text,) if text else (), heading=heading, key=key)


@pytest.mark.parametrize(
    ("given_id", "key"),
    [
        ("post-1288914", "1288914"),
        ("https://a.example/x-b2.html/#liveblogPost1288914", "1288914"),
        ("https://a.example/x-b2.html?#post-1288914", "1288914"),
        ("751101", "751101"),
        ("https://a.example/news/live-33386398#751101", "751101"),
        ("block-63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("?page=with:block-63f50e5f8f08ad21ea600001#block-63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("https://a.example/live?page=with%3Ablock-63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("live-1924698-qq0im", "1924698-qq0im"),
        ("/live?post=asset%3A7c9e6679-7425-40de-944b-e07fc1f90ae7#post", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        ("asset:7c9e6679-7425-40de-944b-e07fc1f90ae7", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        ("post_5f9abc", "5f9abc"),
        ("h_0a1b2c", "h_0a1b2c"),
        ("liveblog-entry-77", "77"),
        ("https://a.example/story-120044", ""),
        ("https://a.example/story?utm_source=5#comments", ""),
        ("main-content", ""),
        ("", ""),
        ("two words 7", ""),
        ("pinned-block-63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("#" * 5000, ""),
        ("http://[broken?post=1", "1"),
    ],
)
def test_one_entry_has_one_key_however_its_id_is_written(given_id: str, key: str) -> None:
    assert entry_key(given_id) == key


def test_every_field_but_the_key_has_one_rule_with_its_reason() -> None:
    assert sorted(rule.field for rule in RULES) == sorted(set(SectionItem.__dataclass_fields__) - {"key"})
    assert all(rule.reason for rule in RULES)


def keys(entries: tuple[SectionItem, ...]) -> str:
    return "".join(one.key for one in entries)


@pytest.mark.parametrize(
    ("shown", "told", "merged"),
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
def test_what_one_side_has_alone_stands_beside_its_neighbour(shown: str, told: str, merged: str) -> None:
    assert keys(merge_entries([entry(key) for key in shown], [entry(key) for key in told])) == merged


def test_an_entry_pinned_above_the_others_keeps_its_ordinary_place() -> None:
    shown = [entry("2", LONG[:20]), entry("3", "Three"), entry("2", LONG), entry("1", "One")]
    merged = merge_entries(shown, [])
    assert [(one.key, one.text) for one in merged] == [("3", "Three"), ("2", LONG), ("1", "One")]


def test_the_longer_text_is_taken_and_of_equals_the_one_with_paragraphs() -> None:
    parted = SectionItem(("One two three.", "Four five six."), key="1")
    flat = SectionItem(("One two three. Four five six. (Image: A)",), key="1")
    full = SectionItem(("One two three. Four five six. " + LONG,), key="1")
    assert merge_entries([parted], [flat])[0].paragraphs == parted.paragraphs
    assert merge_entries([full], [flat])[0].paragraphs == full.paragraphs
    assert merge_entries([parted], [full])[0].paragraphs == (*parted.paragraphs, LONG)
    assert merge_entries([entry("1", "", "H")], [flat])[0].paragraphs == flat.paragraphs


def test_the_entrys_own_time_and_author_go_before_those_it_is_told_with() -> None:
    shown = SectionItem(("A",), key="1", byline="Own", published=EARLY)
    told = SectionItem(("A",), key="1", byline="Page", published=LATE, updated=LATE, heading="H")
    (one,) = merge_entries([shown], [told])
    assert (one.byline, one.published, one.updated, one.heading) == ("Own", EARLY, LATE, "H")


def test_entries_without_ids_are_one_if_they_begin_alike() -> None:
    shown, told = [entry("", LONG), entry("", LONG[::-1])], [entry("7", LONG + " More."), entry("8", LONG[::-1])]
    assert keys(merge_entries(shown, told)) == "78"


def test_an_entry_without_an_id_that_stands_twice_is_one_unless_it_is_short() -> None:
    twice = SectionItem((LONG,), published=EARLY)
    goal = SectionItem(("Goal!",), published=EARLY)
    merged = merge_entries([twice, goal, replace(twice, published=LATE), goal, twice], [])
    assert [(one.text, one.published) for one in merged] == [
        ("Goal!", EARLY),
        (LONG, LATE),
        ("Goal!", EARLY),
        (LONG, EARLY),
    ]


def test_short_entries_of_one_time_are_one() -> None:
    shown = [SectionItem(("Goal!",), key="m2", published=LATE), SectionItem(("Goal!",), key="m1", published=EARLY)]
    told = [SectionItem(("Goal!",), published=LATE), SectionItem(("Goal!",), published=EARLY)]
    assert [one.key for one in merge_entries(shown, told)] == ["m2", "m1"]
    assert [one.key for one in merge_entries([entry("m3", "Corner.")], [entry("", "Corner")])] == ["m3"]


def test_entries_with_other_ids_are_two_even_if_they_read_the_same() -> None:
    shown, told = [entry("1", LONG), entry("2", "x")], [entry("2", "x"), entry("3", LONG)]
    assert keys(merge_entries(shown, told)) == "123"


SIDES = st.lists(st.integers(0, 12).map(str), unique=True, max_size=10)


@pytest.mark.parametrize(
    ("told", "merged"),
    [
        ("One two. " + LONG + " Three “four”.", ("One two.", "Three “four”.")),
        ("One two. Three “four”. " + LONG, ("One two.", "Three “four”.", LONG)),
        ("One two.Three four." + LONG, ("One two.", "Three “four”.", LONG)),
        ("Two one. " + LONG, ("Two one. " + LONG,)),
    ],
    ids=["caption between", "more behind", "run together", "another text"],
)
def test_paragraphs_that_are_shown_are_kept_where_more_is_told(told: str, merged: tuple[str, ...]) -> None:
    shown = SectionItem(("One two.", "Three “four”."), key="1")
    assert merge_entries([shown], [entry("1", told)])[0].paragraphs == merged


def test_a_paragraph_that_is_cut_is_made_whole() -> None:
    shown = SectionItem(("One two.", "The ferry left…"), key="1")
    assert merge_entries([shown], [entry("1", "One two. " + LONG)])[0].paragraphs == ("One two.", LONG)
    pinned = SectionItem(("The ferry left Lindwick at nine with all of its passengers and one goat…",), key="1")
    assert merge_entries([pinned, entry("1", LONG)], [])[0].paragraphs == (LONG,)


@given(SIDES, SIDES)
def test_nothing_is_lost_or_doubled_and_the_pages_order_stands(shown: list[str], told: list[str]) -> None:
    merged = [one.key for one in merge_entries([entry(key) for key in shown], [entry(key) for key in told])]
    assert sorted(merged) == sorted(set(shown) | set(told))
    assert [key for key in merged if key in shown] == shown


@given(SIDES, st.sets(st.integers(0, 9)))
def test_sides_that_agree_give_back_the_whole(told: list[str], places: set[int]) -> None:
    shown = [key for at, key in enumerate(told) if at in places]
    merged = [one.key for one in merge_entries([entry(key) for key in shown], [entry(key) for key in told])]
    assert merged == told


def test_an_id_that_entries_of_other_words_share_is_none_of_theirs() -> None:
    merged = merge_entries([entry("9", LONG), entry("9", LONG[::-1]), entry("8", "Other words.")], [])
    assert [(one.key, one.text) for one in merged] == [("", LONG), ("", LONG[::-1]), ("8", "Other words.")]


def test_a_time_without_a_zone_gives_way_to_one_with() -> None:
    wall_clock = parse_moment("2025-06-02T10:00")
    shown, told = SectionItem(("A",), key="1", published=wall_clock), SectionItem(("A",), key="1", published=EARLY)
    assert merge_entries([shown], [told])[0].published == EARLY
    assert merge_entries([shown], [])[0].published == wall_clock


@pytest.mark.parametrize(
    ("shown", "told", "taken"),
    [
        ("2025-06-02T08:07Z", "2025-06-02T08:07:31Z", "told"),
        ("2025-06-02T08:07Z", "2025-06-02T08:09:31Z", "shown"),
        ("2025-06-02T08:07Z", "2025-06-02T08:06:59Z", "shown"),
        ("2025-06-02T08:07:00Z", "2025-06-02T08:07:31Z", "shown"),
        ("2025-06-02", "2025-06-02T20:07:31Z", "told"),
        ("2025-06-02", "2025-06-03T20:07Z", "shown"),
    ],
)
def test_a_time_shown_to_the_minute_gives_way_to_its_seconds(shown: str, told: str, taken: str) -> None:
    sides = {"shown": parse_moment(shown), "told": parse_moment(told)}
    entries = [SectionItem(("A",), key="1", published=sides[name]) for name in ("shown", "told")]
    assert merge_entries(entries[:1], entries[1:])[0].published == sides[taken]


def test_a_heading_that_both_have_once_joins_entries_of_which_one_has_no_id() -> None:
    shown = [entry("a1", "Editor. " + LONG, "Fog"), entry("a2", "x", "Rain"), entry("a3", "y", "Rain")]
    told = [entry("", LONG, "Fog"), entry("", "z", "Rain")]
    assert [one.key for one in merge_entries(shown, told)] == ["a1", "", "a2", "a3"]
