"""Whether two items that claim one identity are one story, or different stories. Pure; used by `identity`.

An identity is an id of the outlet or an address. Where it names different stories, it is no identity; then a story is
recognised by what does tell it from others. Knows neither the record nor the streams in which stories come.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cached_property

from ..addresses import whole_key
from ..items import ArticleItem
from .matching import MIN_LIKENESS, likeness, words_of

# Two texts of fewer words may be filled-in forms ("... happened at noon"): likeness says little about them.
_MIN_COMPARED_WORDS = 20

# A short id of a section, such as a number, occurs in many articles.
_MIN_SECTION_ID_CHARS = 6

_WORD = re.compile(r"\w+")


class Likeness(IntEnum):
    """How far two items with a common identity are one story."""

    DIFFERENT = 0  # their times or addresses differ, and their words with them
    UNLIKE = 1  # nothing but the identity connects them
    VERSION = 2  # one may be a later version of the other
    TITLED = 3  # the same headline, at the same time and address as far as these are known; other words
    SAME = 4  # the same words under the same headline, or much the same


@dataclass(frozen=True)
class StoryTime:
    """A time of publication that an outlet stated. It is vague if it has no time of day."""

    at: datetime
    precision: str
    zoned: bool = True

    @property
    def is_vague(self) -> bool:
        # Midnight is how databases write a date.
        is_midnight = (self.at.hour, self.at.minute, self.at.second) == (0, 0, 0)
        return is_midnight or self.precision not in ("minute", "second")


@dataclass(frozen=True)
class Story:
    """What tells an item from others, as received. `link` is the key of its whole address."""

    title: str
    lines: tuple[str, ...]
    external_id: str = ""
    link: str = ""
    published: StoryTime | None = None
    updated: datetime | None = None
    section_ids: frozenset[str] = frozenset()

    @cached_property
    def headline(self) -> str:
        """The words of the headline, without case and punctuation."""
        return _words(self.title)

    @cached_property
    def text(self) -> str:
        return _words(*self.lines)

    @cached_property
    def words(self) -> set[str]:
        return words_of(self.text)


def story_of(item: ArticleItem) -> Story:
    """Returns the traits of an item."""
    published = item.published
    return Story(
        title=item.headline,
        lines=tuple(line for section in item.sections for line in (section.heading, section.text)),
        external_id=item.external_id,
        link=whole_key(item.url),
        published=stated_time(published.at, published.precision, published.rule) if published else None,
        updated=item.updated.at if item.updated else None,
        section_ids=telling_ids(section.key for section in item.sections),
    )


def stated_time(at: datetime, precision: str, rule: str) -> StoryTime | None:
    """Returns a time of publication; None for a time that was inferred, such as from a version."""
    return StoryTime(at, precision, "no zone" not in rule) if "as given" in rule else None


def telling_ids(ids: Iterable[str]) -> frozenset[str]:
    """Returns the ids of sections that are long enough to tell one article from others."""
    return frozenset(key for key in ids if len(key) >= _MIN_SECTION_ID_CHARS)


def are_different_stories(story: Story, other: Story, *, listed_once: bool) -> bool:
    """Whether two items of one document are different stories, although they have an id or an address in common.

    In a document that shows its items as they are at one moment (`listed_once`), such as a feed, nothing is a version
    of another item. Two items are one story there if headline and words are the same: the same but for a longer or
    shorter text at the same time and address, but for the address, or but for the time. All others are different.

    In any other document, such as JSON Lines, an item may be a later version of another. Two items are one story if

    - the headline is the same, and neither the time of publication nor the address differs,
    - or the headline is the same, one of these differs, and the words are alike,
    - or the headline differs, the address does not, and something else says that it was edited: the same text, a text
      and a headline that are alike, the same time of publication, another time of update, or both an id and an address
      that are the same.

    All others are different: as far as anything tells, only the identity connects them.
    """
    return compare(story, other) < (Likeness.SAME if listed_once else Likeness.VERSION)


def compare(story: Story, other: Story) -> Likeness:
    """Returns how far two items with a common identity are one story. O(words) at most."""
    words = _compare_words(story, other)
    times = _compare_times(story.published, other.published)
    moved = bool(story.link and other.link and story.link != other.link)
    named_twice = _is_named_twice(story, other)
    if story.section_ids & other.section_ids:
        return Likeness.SAME
    if story.headline == other.headline:
        found = _with_same_headline(words, times, moved=moved, named_twice=named_twice)
        # A time or an address that only one of them has is neither the same nor another.
        are_comparable = (not story.published, not story.link) == (not other.published, not other.link)
        return found if are_comparable or found is not Likeness.TITLED else Likeness.VERSION
    retitled = (words >= _Words.CLOSE and _is_extended(story.headline, other.headline)) or (
        words >= _Words.ALIKE and likeness(words_of(story.headline), words_of(other.headline)) > MIN_LIKENESS
    )
    if moved:
        is_version = words is _Words.ALL_OF_MANY or (words >= _Words.CLOSE and times is _Times.EQUAL)
        return Likeness.VERSION if is_version and times is not _Times.DIFFER else Likeness.DIFFERENT
    if times is _Times.DIFFER:
        is_version = words is _Words.ALL_OF_MANY or (named_twice and retitled)
        return Likeness.VERSION if is_version else Likeness.DIFFERENT
    if words is _Words.ALL_OF_MANY:
        return Likeness.SAME
    is_updated = bool(story.updated and other.updated and story.updated != other.updated)
    is_version = retitled or words is _Words.ALL_OF_FEW or times is _Times.EQUAL or is_updated or named_twice
    return Likeness.VERSION if is_version else Likeness.UNLIKE


def _with_same_headline(words: "_Words", times: "_Times", *, moved: bool, named_twice: bool) -> Likeness:
    if words in (_Words.ALL_OF_FEW, _Words.ALL_OF_MANY):
        return Likeness.DIFFERENT if moved and times is _Times.DIFFER else Likeness.SAME
    if times is _Times.DIFFER:
        is_version = not moved and (words >= _Words.ALIKE or named_twice)
        return Likeness.VERSION if is_version else Likeness.DIFFERENT
    if moved:
        is_version = words >= _Words.EXTENDED or times is _Times.EQUAL
        return Likeness.VERSION if is_version else Likeness.DIFFERENT
    is_same = words >= _Words.ALIKE or (words is _Words.EXTENDED and (times is _Times.EQUAL or named_twice))
    return Likeness.SAME if is_same else Likeness.TITLED


class _Words(IntEnum):
    """How alike the words of two texts are. Of few words, only those of a text that contains the other's are alike."""

    UNLIKE = 0
    CLOSE = 1
    EXTENDED = 2
    ALL_OF_FEW = 3
    ALIKE = 4
    ALL_OF_MANY = 5


class _Times(IntEnum):
    UNKNOWN = 0
    EQUAL = 1
    DIFFER = 2


def _compare_words(story: Story, other: Story) -> _Words:
    few = min(len(story.words), len(other.words)) < _MIN_COMPARED_WORDS
    if story.text == other.text:
        return _Words.ALL_OF_FEW if few else _Words.ALL_OF_MANY
    contained = _is_extended(story.text, other.text)
    if few and contained:
        return _Words.EXTENDED
    if contained or likeness(story.words, other.words) >= MIN_LIKENESS:
        return _Words.CLOSE if few else _Words.ALIKE
    return _Words.UNLIKE


def _is_extended(text: str, other: str) -> bool:
    """Whether one text has all the words of the other, and both have some."""
    words, others = words_of(text), words_of(other)
    return bool(words and others) and (words <= others or others <= words)


def _is_named_twice(story: Story, other: Story) -> bool:
    """Whether both have the same id and the same address."""
    ids, links = {story.external_id, other.external_id}, {story.link, other.link}
    return len(ids) == len(links) == 1 and "" not in ids | links


# Dates of one day lie so far apart in two zones, and a time of day so far from its date.
_MAX_ZONE_GAP = timedelta(hours=26)
_SPANS = {"year": timedelta(days=366), "month": timedelta(days=31)}
_SAME_MINUTE = timedelta(seconds=60)


def _compare_times(time: StoryTime | None, other: StoryTime | None) -> _Times:
    if not time or not other:
        return _Times.UNKNOWN
    gap = abs(time.at - other.at)
    if time.is_vague and other.is_vague and time.precision == other.precision:
        return _Times.DIFFER if gap else _Times.UNKNOWN
    if time.is_vague or other.is_vague or time.zoned != other.zoned:
        span = max(_SPANS.get(time.precision, timedelta(0)), _SPANS.get(other.precision, timedelta(0)))
        return _Times.DIFFER if gap > span + _MAX_ZONE_GAP else _Times.UNKNOWN
    return _Times.EQUAL if gap < _SAME_MINUTE else _Times.DIFFER


def _words(*lines: str) -> str:
    return " ".join(_WORD.findall(" ".join(lines).casefold()))
