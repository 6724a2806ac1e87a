"""search/exports/recorded/packed_listings.py: lists of sections in few bytes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from search.exports.listing import STATES, ListedSection
from search.exports.recorded.packed_listings import ListingPacker, unpack_listing

NUMBERS = st.integers(0, 2**40)
SECTIONS = st.builds(
    ListedSection,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.sampled_from(STATES),
    st.none() | st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
)


@given(st.lists(SECTIONS))
def test_lists_come_back_as_they_were(sections: list[ListedSection]) -> None:
    packer = ListingPacker()
    for section in sections:
        packer.add(section)
    assert list(unpack_listing(packer.pack())) == sections


def test_a_long_list_is_short() -> None:
    packer, start = ListingPacker(), datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(20_000):
        changed = start + timedelta(microseconds=number * 1234567 % 999_999_937)
        packer.add(ListedSection(number * 7919 % 60_000, number // 6, 1, "shown", changed))
    assert len(packer.pack()) < 20_000 * 10
