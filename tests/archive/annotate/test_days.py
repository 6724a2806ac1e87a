"""Days that a text speaks of: expressions, which week or year they mean, and what is no day."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.annotate import find_days
from archive.annotate.days import CONFIDENCE

SEED = Path(__file__).parents[3] / "seeds" / "000_41d69cf706419f58.txt"
DAY = date(2025, 6, 3)  # a Tuesday


def read(text: str, day: date = DAY) -> list[tuple[str, str]]:
    """Returns the words of each expression with its days: 2025-05-02..2025-05-05 day."""
    found = []
    for mention in find_days(text, day):
        words = text[mention.span.start : mention.span.end]
        days = mention.earliest.isoformat()
        if mention.latest != mention.earliest:
            days += f"..{mention.latest}"
        found.append((words, f"{days} {mention.precision}"))
    return found


def test_seed_speaks_of_five_days() -> None:
    assert read(SEED.read_text(encoding="utf-8")) == [
        ("2022", "2022-01-01..2022-12-31 year"),
        ("Monday", "2025-06-02 day"),
        ("16 May", "2025-05-16 day"),
        ("early this morning", "2025-06-03 day"),
        ("yesterday", "2025-06-02 day"),
    ]


@pytest.mark.parametrize(
    ("text", "words", "days"),
    [
        # weekdays
        ("Monday's talks failed.", "Monday", "2025-06-02 day"),
        ("He resigned on Tuesday.", "Tuesday", "2025-06-03 day"),
        ("He resigned last Tuesday.", "last Tuesday", "2025-05-27 day"),
        ("The leaders will meet on Friday.", "Friday", "2025-06-06 day"),
        ("Talks are scheduled for Tuesday.", "Tuesday", "2025-06-03 day"),
        ("Leaders to meet on Friday", "Friday", "2025-06-06 day"),
        ("The ceasefire lasts until Thursday.", "Thursday", "2025-06-05 day"),
        ("The minister said on Friday that he would go.", "Friday", "2025-05-30 day"),
        ("The bridge was hit late Sunday night.", "late Sunday night", "2025-06-01 day"),
        ("They vote next Tuesday.", "next Tuesday", "2025-06-10 day"),
        ("KYIV WAS STRUCK ON MONDAY", "MONDAY", "2025-06-02 day"),
        # dates
        ("The round of 16 May failed.", "16 May", "2025-05-16 day"),
        ("It happened on May 16th.", "May 16th", "2025-05-16 day"),
        ("It began on 24 February 2022.", "24 February 2022", "2022-02-24 day"),
        ("It began on February 24, 2022, at dawn.", "February 24, 2022", "2022-02-24 day"),
        ("The law takes effect Dec. 1.", "Dec. 1", "2024-12-01 day"),
        ("The law will take effect on Dec. 1.", "Dec. 1", "2025-12-01 day"),
        ("On Thursday, 29 May, he left.", "Thursday, 29 May", "2025-05-29 day"),
        ("Built by 2022-02-24.", "2022-02-24", "2022-02-24 day"),
        ("Am 24.02.2022 it began.", "24.02.2022", "2022-02-24 day"),
        ("Since the Sept. 11 attacks it is so.", "Sept. 11", "2001-09-11 day"),
        ("They met on Christmas Day.", "Christmas Day", "2024-12-25 day"),
        # ranges
        ("The fair of 2-5 May was full.", "2-5 May", "2025-05-02..2025-05-05 range"),
        ("The fair runs June 14 to 16.", "June 14 to 16", "2025-06-14..2025-06-16 range"),
        ("From May 30 to June 2, 2021, it rained.", "May 30 to June 2, 2021", "2021-05-30..2021-06-02 range"),
        ("It was closed from Wednesday to Saturday.", "Wednesday to Saturday", "2025-05-28..2025-05-31 range"),
        ("It will be closed from Monday to Friday.", "Monday to Friday", "2025-06-09..2025-06-13 range"),
        ("Between 1985 and 1987 it grew.", "1985 and 1987", "1985-01-01..1987-12-31 range"),
        ("The war of 1914-18 ended.", "1914-18", "1914-01-01..1918-12-31 range"),
        # months, quarters, halves, years, decades, seasons
        ("It fell in March.", "March", "2025-03-01..2025-03-31 month"),
        ("It will open in September.", "September", "2025-09-01..2025-09-30 month"),
        ("The voters decide come November.", "November", "2025-11-01..2025-11-30 month"),
        ("It was to be paid by July.", "July", "2025-07-01..2025-07-31 month"),
        ("It fell last May.", "last May", "2025-05-01..2025-05-31 month"),
        ("In June last year it fell.", "June last year", "2024-06-01..2024-06-30 month"),
        ("Profit fell in the third quarter.", "the third quarter", "2024-07-01..2024-09-30 quarter"),
        ("The first half of 2024 was good.", "The first half of 2024", "2024-01-01..2024-06-30 half"),
        ("Output rose in Q3 2024.", "Q3 2024", "2024-07-01..2024-09-30 quarter"),
        ("The contacts since 2022 failed.", "2022", "2022-01-01..2022-12-31 year"),
        ("In the late 1970s it was so.", "the late 1970s", "1970-01-01..1979-12-31 decade"),
        ("It burned last summer.", "last summer", "2024-06-01..2024-08-31 season"),
        ("In nineteen ninety-six it burned.", "nineteen ninety-six", "1996-01-01..1996-12-31 year"),
        # counts from the day
        ("Three days ago he left.", "Three days ago", "2025-05-31 day"),
        ("He left twenty-one years ago.", "twenty-one years ago", "2004-01-01..2004-12-31 year"),
        ("He left last week.", "last week", "2025-05-26..2025-06-01 week"),
        ("They met over the weekend.", "the weekend", "2025-05-31..2025-06-01 weekend"),
        ("They meet this weekend.", "this weekend", "2025-06-07..2025-06-08 weekend"),
        ("He left the day before yesterday.", "the day before yesterday", "2025-06-01 day"),
        ("He left last night.", "last night", "2025-06-02 day"),
        ("By the end of the year it is done.", "the end of the year", "2025-01-01..2025-12-31 year"),
    ],
)
def test_expression_has_its_days(text: str, words: str, days: str) -> None:
    assert read(text) == [(words, days)]


@pytest.mark.parametrize(
    "text",
    [
        "They meet every Monday and on Tuesdays.",
        "The Sunday Times and The Mail on Sunday wrote so.",
        "He may march to the coast in august company.",
        "Mrs May said that the party stood by May.",
        "About 2000 people and 1950 km; $2000; resolution 1973; at 1945 GMT; 2,022; Boeing 2000.",
        "It took two weeks and the last three months, in his nineties.",
        "In the second half, the striker scored two goals in a game of the league.",
        "A year earlier.",  # than what?
        "On 31 February.",
        "It came by 5/6/2025.",  # May or June
        "Watch Russia Today, or read USA TODAY.",
        'He spoke on "This Week" of ABC. © 2019 All rights',
        "Good Friday and Black Monday.",
    ],
)
def test_text_without_days_has_none(text: str) -> None:
    assert read(text) == []


def test_later_days_count_from_the_expression_before_them() -> None:
    text = "The war began on 24 February 2022. Two weeks later they talked. The following year they did not."
    assert read(text)[1:] == [
        ("Two weeks later", "2022-03-07..2022-03-13 week"),
        ("The following year", "2023-01-01..2023-12-31 year"),
    ]
    assert read("He came in 2022.\nTwo weeks later he left.") == [("2022", "2022-01-01..2022-12-31 year")]


def test_year_ago_quarter_is_a_year_before_the_quarter_named() -> None:
    text = "Third-quarter profit was $5 million, from $4 million a year earlier."
    assert read(text) == [
        ("Third-quarter", "2024-07-01..2024-09-30 quarter"),
        ("a year earlier", "2023-07-01..2023-09-30 quarter"),
    ]


def test_leap_day_without_its_year_is_in_a_leap_year() -> None:
    assert read("He was born on 29 February.") == [("29 February", "2024-02-29 day")]


def test_language_without_a_table_has_no_days() -> None:
    assert find_days("Am Montag, 2. Juni 2025", DAY, "de") == []
    assert find_days("On Monday", DAY, "en-GB")


def test_every_rule_has_its_measured_confidence() -> None:
    text = SEED.read_text(encoding="utf-8") + "\nThree days ago. In the third quarter of 2024. Last week. 1990s."
    for mention in find_days(text, DAY):
        assert mention.confidence == CONFIDENCE[mention.rule]
    assert all(0 < share <= 1 for share in CONFIDENCE.values())


WORDS = st.sampled_from(
    "Monday may May 5 31 february 2022 ’98s - – to from the last next this year quarter ago two thousand . , \n "
    "first half of weekend day before yesterday Q3 1990s 24.02. 0000 9999 “ «".split(" ")
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(WORDS | st.text(max_size=4), max_size=30).map(" ".join),
    st.dates() | st.sampled_from([date.min, date.max, date(2024, 2, 29)]),
)
def test_any_text_of_any_day_is_read(text: str, day: date) -> None:
    end = 0
    for mention in find_days(text, day):
        assert end <= mention.span.start < mention.span.end <= len(text)
        assert mention.earliest <= mention.latest
        assert mention.latest - mention.earliest < timedelta(366 * 500)
        end = mention.span.end
