"""What changed between two captures of an article: its headline, standfirst, byline and other fields; its sections.

Sections are in the order of the later capture; a section that is gone comes after the section that it followed.
Unchanged neighbours are grouped, so that a page can fold them. No HTML.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from archive.entry_order import longest_rising
from archive.history import dated_precisely, make_shown
from archive.models import Article, ArticleVersion, SectionVersion
from archive.presence import find_gone
from archive.same_words import comparable
from archive.times import OutletTime

from ..text import ComparisonBudget, TextRun, compare_paragraphs
from .captures import PinnedCapture
from .sections import PlacedSection, describe_counts, sections_in_capture

Kind = Literal["new", "changed", "withdrawn", "restored", "gone", "not shown", "moved", "same"]
Direction = Literal["up", "down"]

# The cost of comparing words grows with the pairs of equal words. This many take half a second. The sections that
# follow are shown as removed and added paragraphs.
MAX_PAGE_PAIRS = 1_000_000


# A value of a field, for the page to write.
FieldValue = str | OutletTime


@dataclass(frozen=True)
class FieldChange:
    """A field with two values; an empty text means that it had none."""

    label: str
    before: FieldValue
    after: FieldValue


@dataclass(frozen=True)
class SectionChange:
    """What happened to one section between two captures. One that is "not shown" may still have been on the page.

    `moved` says in which direction it passed sections that kept their order. `heading` and `paragraphs` compare the
    texts, as runs; they are empty unless both captures have the section and it changed.
    """

    kind: Kind
    before: PlacedSection | None
    after: PlacedSection | None
    moved: Direction | Literal[""] = ""
    heading: tuple[TextRun, ...] = ()
    paragraphs: tuple[tuple[TextRun, ...], ...] = ()
    field_changes: tuple[FieldChange, ...] = ()

    @property
    def placed(self) -> PlacedSection:
        """The section in the later capture, or in the earlier one if it is gone."""
        placed = self.after or self.before
        assert placed is not None  # noqa: S101
        return placed

    @property
    def version(self) -> SectionVersion:
        return self.placed.version

    @property
    def label(self) -> str:
        return self.placed.label


@dataclass(frozen=True)
class SectionGroup:
    """Neighbouring sections, either all unchanged or all changed."""

    unchanged: bool
    sections: tuple[SectionChange, ...]


@dataclass(frozen=True)
class ArticleComparison:
    """An article in two captures. Headline, standfirst and byline compare both texts, as runs."""

    before: ArticleVersion
    after: ArticleVersion
    headline: tuple[TextRun, ...]
    standfirst: tuple[TextRun, ...]
    byline: tuple[TextRun, ...]
    field_changes: tuple[FieldChange, ...]
    groups: tuple[SectionGroup, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many sections are of each kind, and how many moved."""
        sections = [section for group in self.groups for section in group.sections]
        counts = Counter[str](section.kind for section in sections if section.kind != "moved")
        counts["moved"] = sum(bool(section.moved) for section in sections)
        return counts

    @property
    def summary(self) -> str:
        """What changed, in words."""
        counts = self.counts
        kinds = ("new", "changed", "withdrawn", "restored", "gone", "not shown", "moved")
        sections = describe_counts({kind: counts[kind] for kind in kinds} | {"unchanged": counts["same"]})
        phrases = ("headline changed" if self.headline_changed else "", sections)
        return ", ".join(filter(None, phrases)) or "neither has sections"

    @property
    def headline_changed(self) -> bool:
        return any(run.kind != "same" for run in self.headline)

    @property
    def is_certain(self) -> bool:
        """Whether the sections of both captures were recorded, not reconstructed."""
        return self.before.sections_recorded and self.after.sections_recorded

    @property
    def is_partial(self) -> bool:
        return self.before.partial or self.after.partial


def compare_captures(article: Article, pinned: PinnedCapture, against: PinnedCapture) -> ArticleComparison:
    """Returns how an article changed from `against` to `pinned`. Two queries; work is bounded by MAX_PAGE_PAIRS."""
    before, after = against.version, pinned.version
    old, new = sections_in_capture(article, before), sections_in_capture(article, after)
    has_whole = any(not version.partial for version in pinned.versions)
    changes = compare_sections(old, new, gone=_find_gone(old, new, after, has_whole=has_whole))
    groups = [
        SectionGroup(unchanged, tuple(group))
        for unchanged, group in groupby(changes, key=lambda change: change.kind == "same")
    ]
    return ArticleComparison(
        before,
        after,
        headline=_compare_line(before.headline, after.headline),
        standfirst=_compare_line(before.standfirst, after.standfirst),
        byline=_compare_line(before.byline, after.byline),
        field_changes=tuple(_article_field_changes(before, after)),
        groups=tuple(groups),
    )


def _find_gone(
    before: Sequence[PlacedSection], after: Sequence[PlacedSection], version: ArticleVersion, *, has_whole: bool
) -> set[int]:
    """Returns the ids of the sections that the later capture shows to be gone; others it may only not show."""
    order = [placed.section.pk for placed in before if placed.section]
    placed = [(placed.section.pk, placed.withdrawn) for placed in after if placed.section]
    present = {section for section, _ in placed}
    times = dated_precisely(placed.version for placed in (*before, *after) if placed.section)
    absent = [section for section in order if section not in present]
    return find_gone(make_shown(version, placed, has_whole=has_whole), absent, order, times)


def compare_sections(
    before: Sequence[PlacedSection], after: Sequence[PlacedSection], *, gone: Container[int] | None = None
) -> Iterator[SectionChange]:
    """Yields what happened to each section of two captures, in the order of the later capture.

    `gone` are the ids of the sections that the later capture shows to be gone; by default all that it lacks are.
    """
    old = {_identity(section, "before"): section for section in before}
    new = {_identity(section, "after"): section for section in after}
    common = [key for key in new if key in old]
    moved = find_moved([old[key].position for key in common])
    direction = {key: moved[place] for place, key in enumerate(common) if place in moved}
    absent_after = _group_absent(old, new)
    budget = ComparisonBudget(MAX_PAGE_PAIRS)
    for section in absent_after[None]:
        yield _absent(section, gone)
    for key, section in new.items():
        if key in old:
            yield _compare_section(old[key], section, direction.get(key, ""), budget)
        else:
            yield SectionChange("withdrawn" if section.withdrawn else "new", None, section)
        for absent in absent_after[key]:
            yield _absent(absent, gone)


def _absent(section: PlacedSection, gone: Container[int] | None) -> SectionChange:
    is_gone = gone is None or section.section is None or section.section.pk in gone
    return SectionChange("gone" if is_gone else "not shown", section, None)


# A section's id; text that belongs to no section is known by its capture and position.
_Identity = int | tuple[Literal["before", "after"], int]


def _identity(placed: PlacedSection, capture: Literal["before", "after"]) -> _Identity:
    """Returns what identifies a section in both captures; text that belongs to no section is in one capture alone."""
    return placed.section.pk if placed.section else (capture, placed.position)


def _group_absent(
    old: dict[_Identity, PlacedSection], new: dict[_Identity, PlacedSection]
) -> defaultdict[_Identity | None, list[PlacedSection]]:
    """Returns the sections that are absent, by the section that they followed; None for those at the top."""
    absent: defaultdict[_Identity | None, list[PlacedSection]] = defaultdict(list)
    followed: _Identity | None = None
    for key, section in old.items():
        if key in new:
            followed = key
        else:
            absent[followed].append(section)
    return absent


def find_moved(positions: Sequence[int]) -> dict[int, Direction]:
    """Returns which sections moved, by their index in the later order; `positions` are those in the earlier order.

    These are as few as possible: those outside the longest increasing subsequence, which patience sorting finds in
    O(n log n).
    """
    kept = set(longest_rising(positions))
    earlier_rank = {position: rank for rank, position in enumerate(sorted(positions))}
    # Equal ranks count as down: the section now follows a section that it preceded.
    return {
        index: "up" if index < earlier_rank[position] else "down"
        for index, position in enumerate(positions)
        if index not in kept
    }


def _compare_section(
    before: PlacedSection, after: PlacedSection, moved: Direction | Literal[""], budget: ComparisonBudget
) -> SectionChange:
    old, new = before.version, after.version
    field_changes = tuple(_section_field_changes(before, after))
    if before.withdrawn != after.withdrawn:
        kind: Kind = "withdrawn" if after.withdrawn else "restored"
    elif old.words_sha256 != new.words_sha256 or field_changes:
        kind = "changed"
    else:
        return SectionChange("moved" if moved else "same", before, after, moved)
    return SectionChange(
        kind,
        before,
        after,
        moved,
        heading=_compare_line(old.heading, new.heading),
        paragraphs=tuple(tuple(runs) for runs in compare_paragraphs(old.paragraphs, new.paragraphs, budget)),
        field_changes=field_changes,
    )


def _section_field_changes(before: PlacedSection, after: PlacedSection) -> Iterator[FieldChange]:
    old, new = before.version, after.version
    if not old.number or not new.number:
        return iter(())  # text that is no stored version has no other fields
    return _changed_fields(
        (
            ("Byline", old.byline, new.byline),
            ("Published", before.time or "", after.time or ""),
            ("Key event", _yes_or_no(old.key_event), _yes_or_no(new.key_event)),
            ("Note", old.note, new.note),
        )
    )


def _article_field_changes(before: ArticleVersion, after: ArticleVersion) -> Iterator[FieldChange]:
    return _changed_fields(
        (
            ("Published", before.time or "", after.time or ""),
            ("Updated", before.last_change or "", after.last_change or ""),
            ("Source", before.source_name, after.source_name),
            ("Kind", before.get_kind_display(), after.get_kind_display()),
            ("Status", before.get_status_display(), after.get_status_display()),
            ("Embargo", _to_the_minute(before.embargo), _to_the_minute(after.embargo)),
            ("Note", before.note, after.note),
            ("Language", before.language, after.language),
            ("Topics", "; ".join(before.topic_names), "; ".join(after.topic_names)),
            ("Address", before.url, after.url),
        )
    )


def _changed_fields(fields: Iterable[tuple[str, FieldValue, FieldValue]]) -> Iterator[FieldChange]:
    return (FieldChange(label, before, after) for label, before, after in fields if before != after)


def _to_the_minute(time: datetime | None) -> FieldValue:
    return OutletTime(time, "minute") if time else ""


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _compare_line(before: str, after: str) -> tuple[TextRun, ...]:
    """Returns the comparison of two texts as runs; each text counts as one paragraph.

    Two texts that look the same are the same.
    """
    if comparable(before) == comparable(after):
        before = after
    old, new = ([text.replace("\n", " ")] if text else [] for text in (before, after))
    return tuple(run for paragraph in compare_paragraphs(old, new) for run in paragraph)
