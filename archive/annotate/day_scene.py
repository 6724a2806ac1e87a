"""What a rule of days reads and yields: a text with its day and what was found so far, and one expression.

Rules look at a few characters on either side of a word, so that a text is read in linear time. For the modules of days
in this package.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from .day_calendar import Again, Days, Way, yearly
from .day_tense import verb_way

MAX_LEFT_CHARS = 32
MAX_RIGHT_CHARS = 48
MAX_WORD_CHARS = 20
MAX_MOVED_DAYS = 60
MAX_TIMES_FARTHER = 3
# An expression may refer to another that is so near, in the same paragraph.
MAX_ANCHOR_CHARS = 400


@dataclass(frozen=True, slots=True)
class Found:
    """An expression, and the days that it speaks of; `again` sees them from another day."""

    start: int
    end: int
    days: Days
    rule: str
    again: Again | None = None


@dataclass(slots=True)
class Scene:
    """A text of a day; `found` are the expressions that end before the word that is read."""

    text: str
    day: date
    found: list[Found] = field(default_factory=list)
    _is_business: bool | None = None
    _names: dict[str, bool] = field(default_factory=dict)

    def before(self, pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        """Matches what stands right before a place; the pattern ends in \\Z."""
        return pattern.search(self.text, self._left(start), start)

    def after(self, pattern: re.Pattern[str], end: int) -> re.Match[str] | None:
        """Matches what stands right after a place."""
        return pattern.match(self.text, end, end + MAX_RIGHT_CHARS)

    def word_before(self, start: int) -> str:
        """Returns the word right before a place, in lower case; empty if there is none."""
        match = _WORD_BEFORE.search(self.text, max(0, start - MAX_WORD_CHARS), start)
        return match[1].lower() if match else ""

    def _left(self, start: int) -> int:
        return max(0, start - MAX_LEFT_CHARS, self.found[-1].end if self.found else 0)

    def anchor(self, start: int) -> Found | None:
        """Returns the expression that a later one refers to: the last before it in its paragraph."""
        if not self.found:
            return None
        last = self.found[-1]
        is_near = start - last.end <= MAX_ANCHOR_CHARS and "\n" not in self.text[last.end : start]
        return last if is_near else None

    def way(self, start: int, end: int, default: Way) -> Way:
        """Returns which way the verb nearest to an expression looks."""
        match verb_way(self.text, start, end):
            case 1:
                return "coming"
            case -1:
                return "past"
        return default

    def way_of_date(self, start: int, end: int, make: Callable[[int], Days]) -> Way:
        """Returns which way the verb nearest to a day of a month looks, if a day that way is near enough.

        A day to come after a verb that looks back (moved to 1 July) is within weeks; one of the year to come that is
        much farther than the last one is not what a verb beside it looks forward to.
        """
        way = self.way(start, end, "near")
        if way == "near":
            return way
        past, coming = yearly(make, self.day, "past"), yearly(make, self.day, "coming")
        behind, ahead = (self.day - past.latest).days, (coming.earliest - self.day).days
        if way == "past":
            return "past" if ahead > MAX_MOVED_DAYS or ahead >= behind else "coming"
        return "past" if ahead > MAX_TIMES_FARTHER * max(behind, 1) else "coming"

    def is_business(self) -> bool:
        """Says whether quarters and halves of this text are those of a year and not of a match."""
        if self._is_business is None:
            self._is_business = len(_BUSINESS.findall(self.text.lower())) > len(_SPORT.findall(self.text))
        return self._is_business

    def is_name(self, word: str, leaders: frozenset[str]) -> bool:
        """Says whether a word that is a month stands somewhere in this text behind a name or a title: Mrs May."""
        if word not in self._names:
            names = re.finditer(rf"\b([A-Z][a-z]+)\.?\s+{word}\b(?!\s+\d)", self.text)
            self._names[word] = any(name[1].lower() not in leaders for name in names)
        return self._names[word]

    def seen(self, start: int, end: int, rule: str, see: Again, way: Way) -> Found:
        """Returns an expression whose week or year its words do not say."""
        return Found(start, end, see(self.day, way), rule, see)


_WORD_BEFORE = re.compile(r"([\w'’]+)[^\w]{1,2}\Z")
_BUSINESS = re.compile(
    r"\b(?:earnings|profits?|sales|revenues?|loss(?:es)?|net|income|gdp|growth|econom(?:y|ic)|shares?|fiscal|compan(?:y|ies)"
    r"|quarterly|billion|million|percent|inflation|investors?|market|output|exports?)\b"
)
_SPORT = re.compile(
    r"\b(?:touchdowns?|yards?|coach|seasons?|scored?|game|goals?|quarterback|match|rebounds?|playoffs?|innings?|halftime"
    r"|half-time|penalt(?:y|ies)|striker|midfielder|league)\b"
)
Rule = Callable[[Scene, re.Match[str]], Found | None]
