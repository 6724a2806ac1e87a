"""Pairs of received and stored sections."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ingest.matching import match_sections
from archive.items import SectionItem
from archive.times import parse_moment


def section(text: str = "", heading: str = "", key: str = "", *, at: str = "") -> SectionItem:
    published = parse_moment(f"2025-06-02T{at}Z") if at else None
    return SectionItem(tuple(text.split("\n")) if text else (), heading, key, published=published)


LEAD = section("The ferry to Ostrava Bay was held for a second day by fog.")
PORT = section("The harbour office in Lindwick shut its gates at noon.", "Harbour shut")
SCHOOL = section("Pupils at Maren Hill were sent home before the tide came.", "School closes")
ROAD = section("Crews cleared a fallen oak from the coast road by evening.", "Road open again")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [], {}),
        ([PORT], [], {}),
        ([], [PORT], {}),
        ([LEAD, PORT, SCHOOL], [LEAD, PORT, SCHOOL], {0: 0, 1: 1, 2: 2}),
        ([LEAD, PORT, SCHOOL], [LEAD, SCHOOL, PORT], {0: 0, 1: 2, 2: 1}),
        ([LEAD, PORT], [LEAD, ROAD, PORT], {0: 0, 2: 1}),
        ([LEAD, PORT, SCHOOL], [LEAD, SCHOOL], {0: 0, 1: 2}),
    ],
    ids=["both empty", "all left", "all new", "unchanged", "swapped", "one put on top", "one taken out"],
)
def test_sections_with_the_same_words_pair_wherever_they_are(
    old: Sequence[SectionItem], new: Sequence[SectionItem], expected: dict[int, int]
) -> None:
    assert match_sections(old, new) == expected


def test_the_outlets_id_decides_over_heading_and_text() -> None:
    old = [section("first words", "One", "a"), section("second words", "Two", "b")]
    new = [section("second words", "Two", "a"), section("first words", "One", "b")]
    assert match_sections(old, new) == {0: 0, 1: 1}


@pytest.mark.parametrize(
    ("old_key", "new_key"), [("a", "b"), ("a", ""), ("", "b")], ids=["other id", "id lost", "id gained"]
)
def test_a_section_with_an_id_never_pairs_by_its_looks(old_key: str, new_key: str) -> None:
    assert (
        match_sections([section("the same words", "Same", old_key)], [section("the same words", "Same", new_key)])
        == {}
    )


def test_the_heading_pairs_a_section_that_was_rewritten() -> None:
    rewritten = section("An entirely different account by nightfall.", PORT.heading)
    assert match_sections([LEAD, PORT], [LEAD, rewritten]) == {0: 0, 1: 1}


def test_the_same_text_pairs_before_the_same_heading() -> None:
    earlier = section("Gauge at the weir reads two metres.", "Update")
    later = section("Buses run again from the market square.", "Update")
    assert match_sections([earlier, later], [later, earlier]) == {0: 1, 1: 0}
    newest = section("Power is back in every street of Tollen.", "Update")
    assert match_sections([earlier], [newest, earlier]) == {1: 0}


def test_equal_sections_pair_in_their_order() -> None:
    assert match_sections([PORT, PORT, PORT], [PORT, PORT]) == {0: 0, 1: 1}


def test_the_lead_pairs_with_the_lead_however_it_was_rewritten() -> None:
    rewritten = section("Sun broke through and boats sailed.")
    assert match_sections([LEAD, PORT], [rewritten, PORT]) == {0: 0, 1: 1}


@pytest.mark.parametrize("heading", ["", "Key points"])
def test_the_lead_pairs_with_the_lead_above_entries_that_have_only_a_time(heading: str) -> None:
    rewritten = section("Sun broke through and boats sailed.", heading)
    noon, one, two = (section(f"{word} boats in the bay.", at=f"{hour}:00") for hour, word in _HOURS)
    assert match_sections([section("Fog over the bay.", heading), noon], [rewritten, one, noon]) == {0: 0, 2: 1}
    # A part of the page that begins with an entry does not show the lead.
    assert match_sections([section("Fog over the bay.", heading), noon], [two, one]) == {}


_HOURS = ((12, "Eleven white"), (13, "Forty slow and rather old"), (14, "No"))


@pytest.mark.parametrize("heading", ["", "Gauge"])
def test_entries_that_follow_a_pattern_are_different_at_different_times(heading: str) -> None:
    readings = [
        section(f"The gauge at the weir reads {metres} metres and the river rises.", heading, at=at)
        for at, metres in (("10:00", "2.1"), ("11:00", "2.6"), ("12:00", "3.0"))
    ]
    assert match_sections(readings[:1], readings[1:]) == {}
    assert match_sections(readings[:2], [readings[2], readings[1], readings[0]]) == {1: 1, 2: 0}


def test_equal_words_pair_by_their_time_first() -> None:
    ten, eleven, noon = (section("Goal!", "Update", at=at) for at in ("10:00", "11:00", "12:00"))
    assert match_sections([eleven, ten], [noon, eleven, ten]) == {1: 0, 2: 1}


def test_an_entry_whose_time_was_corrected_is_the_same_entry() -> None:
    text = "The gauge at the weir reads two metres, and the river rises by a hand each hour."
    assert match_sections([section(text, at="10:00")], [section(f"{text} Now.", at="10:20")]) == {0: 0}


def test_without_headed_sections_there_is_no_lead() -> None:
    old = [section("alpha beta gamma"), section("one two three")]
    new = [section("delta epsilon zeta"), section("four five six")]
    assert match_sections(old, new) == {}


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("a b c", "a b c d", True),  # 3 of 4 words
        ("a b c", "b c d", True),  # 2 of 4: half of the words is enough
        ("a b c d", "c d e f", False),  # 2 of 6
        ("a b c", "d e f", False),
        ("", "", False),
    ],
)
def test_sections_without_id_and_heading_pair_when_they_share_half_their_words(
    before: str, after: str, same: bool
) -> None:
    old = [section("unrelated first text"), section(before, "Old heading")]
    new = [section(after, "New heading")]
    assert match_sections(old, new) == ({0: 1} if same else {})


def test_the_most_alike_pair_first() -> None:
    old = [section("a b c d e f"), section("a b c d e g")]
    new = [section("a b c d e g h"), section("a b c d e f h i")]
    assert match_sections(old, new) == {0: 1, 1: 0}


_SECTIONS = st.lists(
    st.builds(
        section,
        text=st.lists(st.sampled_from("abcdef"), max_size=4).map(" ".join),
        heading=st.sampled_from(["", "", "One", "Two"]),
        key=st.sampled_from(["", "", "", "k1", "k2"]),
    ),
    max_size=7,
)


@given(_SECTIONS, _SECTIONS)
def test_each_section_is_used_once_and_ids_are_never_mixed(old: list[SectionItem], new: list[SectionItem]) -> None:
    pairs = match_sections(old, new)
    assert set(pairs) <= set(range(len(new)))
    assert set(pairs.values()) <= set(range(len(old)))
    assert len(set(pairs.values())) == len(pairs)
    assert all(new[after].key == old[before].key for after, before in pairs.items())


_WITH_WORDS = _SECTIONS.map(lambda sections: [item for item in sections if item.key or item.heading or item.text])


@given(_WITH_WORDS, st.randoms())
def test_a_capture_whose_sections_only_moved_keeps_them_all(sections: list[SectionItem], random) -> None:
    moved = list(sections)
    random.shuffle(moved)
    keyed = [item.key for item in sections if item.key]
    pairs = match_sections(sections, moved)
    assert len(pairs) == len(sections)
    if len(set(keyed)) == len(keyed):
        assert all(moved[after] == sections[before] for after, before in pairs.items())


@given(_SECTIONS, _SECTIONS)
def test_sections_that_read_the_same_always_find_a_partner(old: list[SectionItem], new: list[SectionItem]) -> None:
    pairs = match_sections(old, new)
    left_old = {(item.key, item.heading, item.text) for index, item in enumerate(old) if index not in pairs.values()}
    left_new = {(item.key, item.heading, item.text) for index, item in enumerate(new) if index not in pairs}
    assert not left_old & left_new


def test_repeated_heading_leaves_the_choice_to_the_words() -> None:
    noon = section("At noon the harbour office in Lindwick shut its gates to all.", "Update")
    dusk = section("Crews cleared a fallen oak from the coast road by dusk.", "Update")
    edited_noon = section("At noon the harbour office in Lindwick shut its gates to most.", "Update")
    night = section("Nothing more was heard of the missing boat.", "Update")
    assert match_sections([dusk, noon], [night, dusk, edited_noon]) == {1: 0, 2: 1}


def test_edited_text_without_blanks_is_still_alike() -> None:
    old = section("港務局表示渡輪服務將於星期一恢復但部分航班仍會延誤乘客應預留時間以及留意最新消息公布")
    new = section("港務局表示渡輪服務將於星期二恢復但部分航班仍會延誤乘客應預留時間以及留意最新消息公布")
    other = section("學校董事會認為沒有理由關閉課室所有學生應按照平日的時間表上課並於下午三時放學回家")
    assert match_sections([old, other], [new]) == {0: 0}
