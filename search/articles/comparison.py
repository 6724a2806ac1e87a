"""What changed between two captures of an article: its headline, standfirst and particulars, and its sections.

The sections stand in the order of the later page asked for; one that is gone stands after the one that it followed.
Sections that stayed the same are gathered into runs, so that what changed is what one reads.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from archive.models import Article, ArticleVersion, SectionVersion

from ..text import Budget, Run, compare
from .captures import Held, Pinned, sections_in, told_of_sections

Kind = Literal["new", "changed", "withdrawn", "restored", "gone", "moved", "same"]

# A page compares words for so many pairs in all, half a second; sections after that are shown as removed and added
# paragraph by paragraph.
MAX_PAIRS = 1_000_000


@dataclass(frozen=True)
class Moment:
    """A time as far as it is known, to be written by the page."""

    at: datetime
    precision: str = "minute"


Value = str | Moment


@dataclass(frozen=True)
class Fact:
    """A particular that differs: what it was, and what it is; an empty text for nothing."""

    label: str
    before: Value
    after: Value


@dataclass(frozen=True)
class SectionChange:
    """What became of one section. `moved` says "up" or "down" where it changed places with others that stayed.

    `heading` and `paragraphs` hold both texts in runs where there are two and they differ.
    """

    kind: Kind
    before: Held | None
    after: Held | None
    moved: Literal["", "up", "down"] = ""
    heading: tuple[Run, ...] = ()
    paragraphs: tuple[tuple[Run, ...], ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def held(self) -> Held:
        """The section as it is, or as it was before it went."""
        held = self.after or self.before
        assert held is not None  # noqa: S101
        return held

    @property
    def shown(self) -> SectionVersion:
        return self.held.version

    @property
    def label(self) -> str:
        return self.held.label


@dataclass(frozen=True)
class Stretch:
    """Sections that follow each other: either all unchanged, or all changed."""

    unchanged: bool
    sections: tuple[SectionChange, ...]


@dataclass(frozen=True)
class ArticleComparison:
    """An article in one capture beside another. Headline, standfirst and byline hold both texts in runs."""

    before: ArticleVersion
    after: ArticleVersion
    headline: tuple[Run, ...]
    standfirst: tuple[Run, ...]
    byline: tuple[Run, ...]
    facts: tuple[Fact, ...]
    stretches: tuple[Stretch, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many sections are of each kind, and how many moved."""
        sections = [section for stretch in self.stretches for section in stretch.sections]
        counts = Counter[str](section.kind for section in sections if section.kind != "moved")
        counts["moved"] = sum(bool(section.moved) for section in sections)
        return counts

    @property
    def summary(self) -> str:
        """What changed, in words."""
        counts = self.counts
        names = ("new", "changed", "withdrawn", "restored", "gone", "moved", "same")
        sections = told_of_sections({name if name != "same" else "unchanged": counts[name] for name in names})
        told = ["headline changed" if self.headline_changed else "", sections]
        return ", ".join(filter(None, told)) or "neither has sections"

    @property
    def headline_changed(self) -> bool:
        return _differs(self.headline)

    @property
    def is_sure(self) -> bool:
        return self.before.sections_recorded and self.after.sections_recorded

    @property
    def is_partial(self) -> bool:
        return self.before.partial or self.after.partial


def compare_captures(article: Article, pinned: Pinned, against: Pinned) -> ArticleComparison:
    """Returns how a capture of an article differs from another one. Two queries; work bounded by MAX_PAIRS."""
    before, after = against.version, pinned.version
    changes = list(_sections(sections_in(article, before), sections_in(article, after)))
    stretches = [
        Stretch(same, tuple(group)) for same, group in groupby(changes, key=lambda change: change.kind == "same")
    ]
    return ArticleComparison(
        before,
        after,
        headline=_line(before.headline, after.headline),
        standfirst=_line(before.standfirst, after.standfirst),
        byline=_line(before.byline, after.byline),
        facts=tuple(_article_facts(before, after)),
        stretches=tuple(stretches),
    )


def _sections(before: Sequence[Held], after: Sequence[Held]) -> Iterator[SectionChange]:
    held = {_key(one, "before"): one for one in before}
    holding = {_key(one, "after"): one for one in after}
    both = [key for key in holding if key in held]
    moved = _moved([held[key].position for key in both])
    gone: dict[object, list[Held]] = defaultdict(list)
    last: object = None
    for key, one in held.items():
        if key in holding:
            last = key
        else:
            gone[last].append(one)
    budget = Budget(MAX_PAIRS)
    yield from (_gone(one) for one in gone[None])
    places = {key: number for number, key in enumerate(both)}
    for key, one in holding.items():
        if key in held:
            yield _changed(held[key], one, moved.get(places[key], ""), budget)
        else:
            yield _new(one)
        yield from (_gone(other) for other in gone[key])


def _key(held: Held, side: str) -> object:
    """What a section is known by on both sides; words that are no section's are on one side alone."""
    return held.section.pk if held.section else (side, held.position)


def _moved(positions: Sequence[int]) -> dict[int, Literal["up", "down"]]:
    """Returns which of these moved, by their place in the later order, given their earlier positions in it.

    As few as can be: those that are not in the longest run of sections that kept their order. O(n log n).
    """
    ends: list[int] = []
    at: list[int] = []
    previous: list[int] = []
    for number, position in enumerate(positions):
        found = bisect_left(ends, position)
        previous.append(at[found - 1] if found else -1)
        ends[found : found + 1] = [position]
        at[found : found + 1] = [number]
    kept = set()
    number = at[-1] if at else -1
    while number >= 0:
        kept.add(number)
        number = previous[number]
    earlier = {position: place for place, position in enumerate(sorted(positions))}
    # One whose rank is the same has changed places all the same: it had come before one that it follows now.
    return {
        number: "up" if number < earlier[position] else "down"
        for number, position in enumerate(positions)
        if number not in kept
    }


def _new(one: Held) -> SectionChange:
    return SectionChange("withdrawn" if one.withdrawn else "new", None, one)


def _gone(one: Held) -> SectionChange:
    return SectionChange("gone", one, None)


def _changed(before: Held, after: Held, moved: Literal["", "up", "down"], budget: Budget) -> SectionChange:
    one, other = before.version, after.version
    facts = tuple(_section_facts(before, after))
    if before.withdrawn != after.withdrawn:
        kind: Kind = "withdrawn" if after.withdrawn else "restored"
    elif one.words_sha256 != other.words_sha256 or facts:
        kind = "changed"
    else:
        return SectionChange("moved" if moved else "same", before, after, moved)
    paragraphs = compare(one.paragraphs, other.paragraphs, budget)
    return SectionChange(
        kind,
        before,
        after,
        moved,
        heading=_line(one.heading, other.heading),
        paragraphs=tuple(tuple(runs) for runs in paragraphs),
        facts=facts,
    )


def _section_facts(before: Held, after: Held) -> Iterator[Fact]:
    one, other = before.version, after.version
    if not one.number or not other.number:
        return  # Of words that are no version nothing else was kept.
    yield from _facts(
        (
            ("Byline", one.byline, other.byline),
            ("Published", _moment(one), _moment(other)),
            ("Key event", _yes(one.key_event), _yes(other.key_event)),
            ("Note", one.note, other.note),
        )
    )


def _article_facts(before: ArticleVersion, after: ArticleVersion) -> Iterator[Fact]:
    def updated(version: ArticleVersion) -> Value:
        return Moment(version.updated) if version.updated else ""

    def embargo(version: ArticleVersion) -> Value:
        return Moment(version.embargo) if version.embargo else ""

    yield from _facts(
        (
            ("Published", _moment(before), _moment(after)),
            ("Updated", updated(before), updated(after)),
            ("Source", before.source_name, after.source_name),
            ("Kind", before.get_kind_display(), after.get_kind_display()),
            ("Status", before.get_status_display(), after.get_status_display()),
            ("Embargo", embargo(before), embargo(after)),
            ("Note", before.note, after.note),
            ("Language", before.language, after.language),
            ("Topics", "; ".join(before.topic_names), "; ".join(after.topic_names)),
            ("Address", before.url, after.url),
        )
    )


def _facts(particulars: Iterable[tuple[str, Value, Value]]) -> Iterator[Fact]:
    return (Fact(label, before, after) for label, before, after in particulars if before != after)


def _moment(version: ArticleVersion | SectionVersion) -> Value:
    return Moment(version.published, version.published_precision) if version.published else ""


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _line(before: str, after: str) -> tuple[Run, ...]:
    """Returns two texts of one paragraph in runs."""
    one, other = ([text.replace("\n", " ")] if text else [] for text in (before, after))
    runs = compare(one, other)
    return tuple(run for paragraph in runs for run in paragraph)


def _differs(runs: Iterable[Run]) -> bool:
    return any(run.kind != "same" for run in runs)
