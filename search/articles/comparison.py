"""What changed between two captures of an article: its headline, standfirst, byline and other fields; its sections.

Sections are in the order of the later capture; a section that is gone comes after the section that it followed.
Unchanged neighbours are grouped, so that a page can fold them. No HTML.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from typing import Literal

from archive.history import make_shown
from archive.models import Article, ArticleVersion, SectionVersion
from archive.presence import find_gone
from archive.same_words import comparable
from archive.times import OutletTime

from ..results import MAX_PART_SECTIONS
from ..text import ComparisonBudget, TextRun, compare_paragraphs
from .alignment import Content, Direction, Kind, Row, Step, align, load_contents, load_rows, load_times
from .captures import PinnedCapture
from .sections import PlacedSection, Viewer, describe_counts, place_in_capture, rows_in_capture

# The cost of comparing words grows with the pairs of equal words. This many take half a second. The sections that
# follow are shown as removed and added paragraphs.
MAX_PAGE_PAIRS = 1_000_000

# Of the sections that did not change, so many are listed on a page.
MAX_LISTED = 200


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
    """Neighbouring sections, either all unchanged or all changed. Of many unchanged sections, the first are listed."""

    unchanged: bool
    sections: tuple[SectionChange, ...]
    count: int

    @property
    def unlisted(self) -> int:
        return self.count - len(self.sections)


@dataclass(frozen=True)
class ArticleComparison:
    """An article in two captures. Headline, standfirst and byline compare both texts, as runs.

    `groups` are those of one part of the changes; `counts` has the sections of all, by kind, and those that moved.
    So many sections as `left_out` says are withdrawn from this reader, and are not compared.
    """

    before: ArticleVersion
    after: ArticleVersion
    headline: tuple[TextRun, ...]
    standfirst: tuple[TextRun, ...]
    byline: tuple[TextRun, ...]
    field_changes: tuple[FieldChange, ...]
    groups: tuple[SectionGroup, ...]
    counts: Counter[str]
    part: int
    parts: int
    changes: int
    left_out: int = 0

    @property
    def first_change(self) -> int:
        """The number of the first change of the part among all, from 1."""
        return (self.part - 1) * MAX_PART_SECTIONS + 1

    @property
    def last_change(self) -> int:
        return min(self.part * MAX_PART_SECTIONS, self.changes)

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


def compare_captures(
    article: Article, pinned: PinnedCapture, against: PinnedCapture, *, viewer: Viewer, part: int = 1
) -> ArticleComparison:
    """Returns how an article changed from `against` to `pinned`: of many changes, the part with this number.

    At most eight queries, except where thousands of sections changed; comparing words is bounded by MAX_PAGE_PAIRS.
    """
    before, after = against.version, pinned.version
    (old, old_left_out), (new, new_left_out) = (load_rows(version, viewer=viewer) for version in (before, after))
    has_whole = any(not version.partial for version in pinned.versions)
    gone = _find_gone(old, new, before, after, has_whole=has_whole)
    steps = list(align(old, new, load_contents(old, new), gone=gone))
    changed = [place for place, step in enumerate(steps) if step.kind != "same"]
    count = max(-(-len(changed) // MAX_PART_SECTIONS), 1)
    number = min(max(part, 1), count)
    start = changed[(number - 1) * MAX_PART_SECTIONS] if number > 1 else 0
    stop = changed[number * MAX_PART_SECTIONS] if number < count else len(steps)
    is_long = max(len(old), len(new)) > MAX_PART_SECTIONS
    return ArticleComparison(
        before,
        after,
        headline=_compare_line(before.headline, after.headline),
        standfirst=_compare_line(before.standfirst, after.standfirst),
        byline=_compare_line(before.byline, after.byline),
        field_changes=tuple(_article_field_changes(before, after)),
        groups=tuple(_groups(steps[start:stop], _Texts(article, (before, after), viewer, is_long=is_long))),
        counts=_counts(steps),
        part=number,
        parts=count,
        changes=len(changed),
        left_out=max(old_left_out, new_left_out),
    )


def _counts(steps: Sequence[Step]) -> Counter[str]:
    """Returns how many sections are of each kind, and how many moved."""
    counts = Counter[str](step.kind for step in steps if step.kind != "moved")
    counts["moved"] = sum(bool(step.moved) for step in steps)
    return counts


def _find_gone(
    before: Sequence[Row], after: Sequence[Row], earlier: ArticleVersion, later: ArticleVersion, *, has_whole: bool
) -> set[int]:
    """Returns the ids of the sections that the later capture shows to be gone; others it may only not show."""
    order = [row.section for row in before if row.section]
    placed = [(row.section, row.withdrawn) for row in after if row.section]
    present = {section for section, _ in placed}
    absent = [section for section in order if section not in present]
    times = load_times(earlier) | load_times(later) if absent else {}
    return find_gone(make_shown(later, placed, has_whole=has_whole), absent, order, times)


class _Texts:
    """The sections of two captures with their texts, loaded as far as they are shown."""

    def __init__(
        self, article: Article, versions: tuple[ArticleVersion, ArticleVersion], viewer: Viewer, *, is_long: bool
    ) -> None:
        self._article = article
        self._versions = versions
        self._viewer = viewer
        self._is_long = is_long

    def load(self, steps: Iterable[Step]) -> dict[int, PlacedSection]:
        """Returns the sections of some steps by the ids of their placements. Two queries."""
        wanted = [row.pk for step in steps for row in (step.before, step.after) if row]
        placed: dict[int, PlacedSection] = {}
        for version in self._versions:
            for pk, placement in rows_in_capture(version, now=self._viewer.now).in_bulk(wanted).items():
                placed[pk] = place_in_capture(self._article, placement, sees_all=self._viewer.sees_all)
                if placement.section:
                    placement.section.is_in_parts = self._is_long
        return placed


def _groups(steps: Sequence[Step], texts: _Texts) -> Iterator[SectionGroup]:
    """Yields the steps in groups; of unchanged sections the first few, and how many there are."""
    runs = [(unchanged, list(run)) for unchanged, run in groupby(steps, key=lambda step: step.kind == "same")]
    listed = {id(step) for step in islice((step for unchanged, run in runs if unchanged for step in run), MAX_LISTED)}
    shown = [step for step in steps if step.kind != "same" or id(step) in listed]
    placed = texts.load(shown)
    budget = ComparisonBudget(MAX_PAGE_PAIRS)
    for unchanged, run in runs:
        changes = [_change(step, placed, budget) for step in run if not unchanged or id(step) in listed]
        yield SectionGroup(unchanged, tuple(changes), len(run))


def compare_sections(
    before: Sequence[PlacedSection], after: Sequence[PlacedSection], *, gone: Container[int] | None = None
) -> Iterator[SectionChange]:
    """Yields what happened to each section of two captures, in the order of the later capture (see `align`)."""
    placed = dict(enumerate((*before, *after)))
    rows = [
        Row(pk, section.section.pk if section.section else None, section.position, section.withdrawn, None)
        for pk, section in placed.items()
    ]
    contents = {pk: _content(section.version) for pk, section in placed.items()}
    budget = ComparisonBudget(MAX_PAGE_PAIRS)
    for step in align(rows[: len(before)], rows[len(before) :], contents, gone=gone):
        yield _change(step, placed, budget)


def _content(version: SectionVersion) -> Content:
    fields = tuple(getattr(version, name) for name in SectionVersion.COMPARED_FIELDS[1:])
    return Content(version.words_sha256, fields if version.number else None)


def _change(step: Step, placed: Mapping[int, PlacedSection], budget: ComparisonBudget) -> SectionChange:
    before, after = (placed[row.pk] if row else None for row in (step.before, step.after))
    change = SectionChange(step.kind, before, after, step.moved)
    if not before or not after or step.kind in ("same", "moved"):
        return change
    old, new = before.version, after.version
    return replace(
        change,
        heading=_compare_line(old.heading, new.heading),
        paragraphs=tuple(tuple(runs) for runs in compare_paragraphs(old.paragraphs, new.paragraphs, budget)),
        field_changes=tuple(_section_field_changes(before, after)),
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
