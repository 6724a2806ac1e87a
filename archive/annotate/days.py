"""Of which days a text speaks."""

from datetime import date

from .spans import DayMention


def find_days(text: str, day: date, language: str = "en") -> list[DayMention]:
    """Returns the days that a text of a day speaks of, in order."""
    return []
