"""archive/formats/written_times.py: times in words on a line."""

import pytest

from archive.formats.written_times import read_written_day, read_written_time
from archive.times import NO_ZONE, parse_moment

PAGE = parse_moment("2025-06-03T20:00:00Z")


@pytest.mark.parametrize(
    ("words", "at", "zoned"),
    [
        ("02.06.2025 • 20:07 Uhr", "2025-06-02T20:07", False),
        ("Stand: 2. Juni 2025, 20:07 Uhr", "2025-06-02T20:07", False),
        ("02.06.2025, 20.07 Uhr (MESZ)", "2025-06-02T18:07", True),
        ("2. juni 2025 kl. 14.07", "2025-06-02T14:07", False),
        ("2 juin 2025 à 14h07", "2025-06-02T14:07", False),
        ("Actualizado el 2 de junio de 2025 a las 14:07", "2025-06-02T14:07", False),
        ("2 giugno 2025 - 14:07", "2025-06-02T14:07", False),
        ("2 червня 2025, 14:07", "2025-06-02T14:07", False),
        ("2025年6月2日 14:07", "2025-06-02T14:07", False),
        ("2025年6月2日 14時07分", "2025-06-02T14:07", False),
        ("2025. 6. 2. 14:07", "2025-06-02T14:07", False),
        ("2 марта 2025, 14:07", "2025-03-02T14:07", False),
        ("2. června 2025 14:07", "2025-06-02T14:07", False),
        ("2. července 2025 14:07", "2025-07-02T14:07", False),
        ("2 Haziran 2025 14:07", "2025-06-02T14:07", False),
        ("2025. június 2. 14:07", "2025-06-02T14:07", False),
        ("9:22 p.m. ET, June 2, 2025", "2025-06-03T01:22", True),
        ("Mon, Jan 6 2025 8:07 AM EST", "2025-01-06T13:07", True),
        ("June 2, 2025 / 4:00 PM UTC", "2025-06-02T16:00", True),
        ("16:07 on Monday 2 June 2025", "2025-06-02T16:07", False),
        ("published at 09:22 British Summer Time 2 June", "2025-06-02T08:22", True),
        ("09:22 BST 4 June", "2025-06-04T09:22", False),
        ("30 December, 23:50", "2024-12-30T23:50", False),
        ("29 February 10:00", "2024-02-29T10:00", False),
    ],
)
def test_a_line_that_is_a_time_is_read(words: str, at: str, zoned: bool) -> None:
    moment = read_written_time(words, PAGE if "Feb" not in words else parse_moment("2024-03-01"))
    assert moment is not None
    assert moment.at == parse_moment(at + "Z").at
    assert (moment.given, moment.precision) == (words, "minute")
    assert (moment.rule != NO_ZONE) == zoned


@pytest.mark.parametrize(
    "words",
    [
        "At 9.22 on 2 June 2025 the goat was found",
        "31.02.2025 10:00",
        "2 June 2025 25:10",
        "13:45 PM, June 2, 2025",
        "2 hours ago",
        "14:07",
        "2 June 2025",
        "2 Goats 2025 10:00",
        "02.13.2025 10:00",
        "Maren 2 Lindwick 10:30",
        "",
        "9" * 500,
    ],
)
def test_lines_without_a_time_or_with_other_words_are_none(words: str) -> None:
    assert read_written_time(words, PAGE) is None


def test_the_year_is_read_from_the_page_alone() -> None:
    assert read_written_time("09:22 2 June") is None
    moment = read_written_time("09:22 GMT 2 June", PAGE)
    assert moment is not None
    assert moment.rule == "as given; the year is the page's"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("4 March 2025", "2025-03-04"),
        ("March 4, 2025", "2025-03-04"),
        ("Tuesday, 4 March 2025", "2025-03-04"),
        ("Veröffentlicht am 4. März 2025", "2025-03-04"),
        ("04.03.2025", "2025-03-04"),
        ("Publié le 4 mars 2025", "2025-03-04"),
        ("4 de marzo de 2025", "2025-03-04"),
        ("4 marca 2025", "2025-03-04"),
        ("4. března 2025", "2025-03-04"),
        ("4 марта 2025", "2025-03-04"),
        ("4 березня 2025", "2025-03-04"),
        ("4 Μαρτίου 2025", "2025-03-04"),
        ("4 Mayıs 2025", "2025-05-04"),
        ("4 מרץ 2025", "2025-03-04"),
        ("4 במרץ 2025", "2025-03-04"),
        ("4 مارس 2025", "2025-03-04"),
        ("4. maaliskuuta 2025", "2025-03-04"),
        ("4 października 2025", "2025-10-04"),
        ("2025. március 4.", "2025-03-04"),
        ("2025年3月4日", "2025-03-04"),
        ("2025.03.04", "2025-03-04"),
        ("2025년 3월 4일", "2025-03-04"),
    ],
)
def test_a_line_that_is_a_day_is_read(words: str, day: str) -> None:
    moment = read_written_day(words)
    assert moment is not None
    assert (moment.at, moment.precision) == (parse_moment(day).at, "day")
    assert moment.given == words


def test_a_day_with_its_time_keeps_the_time() -> None:
    moment = read_written_day("4 mars 2025 à 18h05")
    assert moment is not None
    assert (moment.at, moment.precision, moment.rule) == (parse_moment("2025-03-04T18:05Z").at, "minute", NO_ZONE)


@pytest.mark.parametrize(
    "words",
    [
        "4 March",
        "03/04/2025",
        "31.02.2025",
        "4.13.2025",
        "4 listopada 2025",
        "Updated 4 March 2025",
        "Stand: 4. März 2025, 18:05 Uhr",
        "Mis à jour le 4 mars 2025",
        "On 4 March 2025 the goat was found",
        "Founded on 4 March 2025.",
        "",
        "9" * 500,
    ],
)
def test_lines_without_a_day_or_with_that_of_a_change_are_none(words: str) -> None:
    assert read_written_day(words) is None
