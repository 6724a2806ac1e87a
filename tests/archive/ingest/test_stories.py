"""Whether two items with one identity are one story: each rule of the comparison, in any order of the two."""

from datetime import UTC, datetime
from typing import Any

import pytest

from archive.ingest.stories import Likeness, Story, StoryTime, are_different_stories, compare, stated_time
from archive.times import NO_ZONE

LONG = tuple(f"Sentence number {number} of a long text." for number in range(30))
PAGE, OTHER_PAGE = "courier.example/a", "courier.example/b"
JUNE_1, JUNE_2 = (StoryTime(datetime(2025, 6, day, 10, 30, tzinfo=UTC), "second") for day in (1, 2))


def story(title: str = "Fire in Marbeck", *lines: str, **traits: Any) -> Story:
    return Story(title, lines or ("A fire broke out at the quay.",), **traits)


SAME_WORDS = ("Other", "A fire broke out at the quay.")
OTHER_WORDS = ("Other", "The council met on Friday.")


@pytest.mark.parametrize(
    ("first", "second", "likeness"),
    [
        (story(), story(), Likeness.SAME),
        (story(), story("FIRE in Marbeck!", "A fire broke out – at the quay"), Likeness.SAME),
        (story(link=PAGE), story(link=OTHER_PAGE), Likeness.SAME),
        (story(published=JUNE_1), story(published=JUNE_2), Likeness.SAME),
        (story(link=PAGE, published=JUNE_1), story(link=OTHER_PAGE, published=JUNE_2), Likeness.DIFFERENT),
        (story("A", *LONG), story("A", *LONG[:-3]), Likeness.SAME),
        (story("A", "One."), story("A", "Two."), Likeness.TITLED),
        (story("A", "One.", link=PAGE), story("A", "Two."), Likeness.VERSION),
        (story("A", "One.", published=JUNE_1), story("A", "Two."), Likeness.VERSION),
        (story("A", "One.", published=JUNE_1), story("A", "Two.", published=JUNE_1), Likeness.TITLED),
        (story("A", "One.", published=JUNE_1), story("A", "Two.", published=JUNE_2), Likeness.DIFFERENT),
        (story("A", "One.", link=PAGE), story("A", "Two.", link=OTHER_PAGE), Likeness.DIFFERENT),
        (story("A", *LONG), story("B", *LONG), Likeness.SAME),
        (story(), story(*SAME_WORDS), Likeness.VERSION),
        (story(), story(*OTHER_WORDS), Likeness.UNLIKE),
        (story(published=JUNE_1), story(*OTHER_WORDS, published=JUNE_1), Likeness.VERSION),
        (story(updated=JUNE_1.at), story(*OTHER_WORDS, updated=JUNE_2.at), Likeness.VERSION),
        (story(link=PAGE, external_id="7"), story(*OTHER_WORDS, link=PAGE, external_id="7"), Likeness.VERSION),
        (story(link=PAGE), story(*OTHER_WORDS, link=OTHER_PAGE), Likeness.DIFFERENT),
        (story(published=JUNE_1), story(*OTHER_WORDS, published=JUNE_2), Likeness.DIFFERENT),
        (story(), story("Large fire in Marbeck", "A large fire broke out at the market."), Likeness.VERSION),
        (story("Story 1", *LONG, "Alpha."), story("Story 2", *LONG, "Beta."), Likeness.UNLIKE),
        (story("A", "One.", section_ids=frozenset({"block-17"})), story("B", "Two."), Likeness.UNLIKE),
        (
            story("A", "One.", section_ids=frozenset({"block-17", "block-18"})),
            story("B", "Two.", section_ids=frozenset({"block-18"})),
            Likeness.SAME,
        ),
    ],
)
def test_two_items_with_one_identity_are_compared(first: Story, second: Story, likeness: Likeness) -> None:
    assert compare(first, second) is likeness
    assert compare(second, first) is likeness
    assert are_different_stories(first, second, listed_once=True) == (likeness is not Likeness.SAME)
    assert are_different_stories(first, second, listed_once=False) == (likeness < Likeness.VERSION)


@pytest.mark.parametrize(
    ("text", "precision", "differs"),
    [
        ("2025-06-01T10:30:20", "second", False),
        ("2025-06-01T10:35:00", "second", True),
        ("2025-06-01T00:00:00", "day", False),
        ("2025-06-01T00:00:00", "second", False),
        ("2025-05-28T00:00:00", "day", True),
        ("2025-06-01T00:00:00", "month", False),
        ("2024-01-01T00:00:00", "year", True),
    ],
)
def test_times_differ_as_far_as_they_are_precise(text: str, precision: str, differs: bool) -> None:
    other = StoryTime(datetime.fromisoformat(text).replace(tzinfo=UTC), precision)
    likeness = compare(story("A", "One.", published=JUNE_1), story("A", "Two.", published=other))
    assert (likeness is Likeness.DIFFERENT) == differs


def test_two_dates_differ_by_a_day() -> None:
    dates = [StoryTime(datetime(2025, 6, day, tzinfo=UTC), "day") for day in (1, 2)]
    first, second = (story("A", text, published=date) for text, date in zip(("One.", "Two."), dates, strict=True))
    assert compare(first, second) is Likeness.DIFFERENT


def test_an_inferred_time_says_nothing() -> None:
    assert stated_time(JUNE_1.at, "second", "the time of version 3, the only one given") is None
    assert stated_time(JUNE_1.at, "second", "as given") == JUNE_1
    assert stated_time(JUNE_1.at, "second", NO_ZONE) == StoryTime(JUNE_1.at, "second", zoned=False)
