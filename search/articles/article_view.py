"""An article as its page shows it: sections in an order, the query's matches numbered, and the list of sections.

Matches are numbered in the order of the page, from 1, so that each can link to the next. No HTML: the template and
its filters write it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from archive.models import Article, SectionVersion, Withdrawal
from archive.times import OutletTime

from ..annotations import PageMarks, load_marks
from ..engines import TIME_LIMIT_SECONDS, EngineError, OverloadedError, QueryLimitError, time_limit
from ..index import IndexGetter, shown_index
from ..query import Everything, Node, Or, QueryError
from ..results import (
    NO_SPANS,
    Highlighter,
    Piece,
    Question,
    SectionOrder,
    ShownSection,
    SpansOfSections,
    TextSpans,
    Visit,
    load_spans,
)
from .captures import PinnedCapture
from .entry_search import find_entries
from .parts import FIRST_PART, EntryFilter, Overview, Part, PartChoice, captured_part, current_part, oldest_first
from .received import CuratedValue, curated_entry_values
from .sections import PlacedSection, Viewer
from .withdrawn import find_withdrawals

# Further matches are marked and counted, but have no links: nobody steps through that many, and the page stays small.
MAX_LINKED_MATCHES = 1000
# A page with fewer sections needs no list of them beside the text.
_MIN_LISTED_SECTIONS = 2


@dataclass(frozen=True)
class NumberedPiece:
    """A run of text: `number` counts matches from 1, and is 0 for text that does not match.

    Where a match continues in the next paragraph, its piece there has the negative number.
    """

    text: str
    number: int = 0


Passage = tuple[NumberedPiece, ...]


@dataclass(frozen=True)
class EntryView:
    """A section on the article's page.

    `matches` counts its matches, and `first_match` is the number of the first, 0 for none. `permalink` is empty for
    text that belongs to no section, as is `cite_url`; `changes_url` is empty for a first version. What is left out has
    neither. `withdrawal` is the last by which the archive withdrew it from readers.
    """

    placed: PlacedSection
    heading: Passage
    paragraphs: tuple[Passage, ...]
    matches: int
    first_match: int
    permalink: str
    changes_url: str
    cite_url: str
    withdrawal: Withdrawal | None = None

    @property
    def version(self) -> SectionVersion:
        return self.placed.version

    @property
    def is_plain(self) -> bool:
        """Whether it is a part of a running text: a first version that has paragraphs and nothing else."""
        version, placed = self.version, self.placed
        details = (version.heading, version.published, version.byline, version.note, placed.gone, placed.withdrawn)
        is_curated = bool(self.curated or self.topics) or placed.behind is not None
        return version.number <= 1 and not (any(details) or is_curated or placed.is_closed)

    @property
    def curated(self) -> list[CuratedValue]:
        """The values that curators set of the entry."""
        placed = self.placed
        if placed.section is None or placed.received is None or placed.received is placed.version:
            return []
        return curated_entry_values(placed.version, placed.received, placed.section.article.source.zone)

    @property
    def topics(self) -> list[str]:
        """The topics that curators gave the entry beside those of its article; none in a capture."""
        placed = self.placed
        if placed.section is None or placed.received is None or placed.is_left_out:
            return []
        return sorted(topic.name for topic in placed.section.topics.all())

    @property
    def label(self) -> str:
        return self.placed.label


@dataclass(frozen=True)
class DayGroup:
    """Successive entries of one day on the outlet's clock. `day` is None for what comes before the first dated entry.

    `clock` is the clock of all its times, as UTC+01:00; empty if they differ, or are not known to the minute.
    """

    entries: tuple[EntryView, ...]
    day: OutletTime | None = None
    anchor: str = ""
    clock: str = ""


@dataclass(frozen=True)
class ArticleView:
    """An article on its page, or the part of it that one page shows.

    `matches` counts the matches of the query on the page; `unmarked_reason` says why none is marked where marking
    took too long, `filter_error` why the words of the filter choose no entries. `marks` are its names and statements,
    where the visit asks for them.
    """

    headline: Passage
    standfirst: Passage
    entries: tuple[EntryView, ...]
    matches: int
    part: Part
    is_live: bool = False
    can_be_searched: bool = False
    unmarked_reason: str = ""
    filter_error: str = ""
    marks: PageMarks | None = None

    @property
    def days(self) -> list[DayGroup]:
        """The entries of a live page by days, in their order; a single group without a day for other articles."""
        if not self.is_live:
            return [DayGroup(self.entries)]
        return list(_group_days(self.entries))

    @property
    def overview(self) -> Overview:
        return self.part.overview

    @property
    def has_lead(self) -> bool:
        """Whether this part begins with the lead of a live page."""
        return bool(self.entries and self.overview.lead and self.entries[0].placed.anchor == self.overview.lead)

    @property
    def can_be_filtered(self) -> bool:
        """Whether there are so many entries that a choice of them helps."""
        return self.overview.entries >= _MIN_LISTED_SECTIONS and (
            self.can_be_searched or bool(self.overview.key_events)
        )

    @property
    def last_linked_match(self) -> int:
        return min(self.matches, MAX_LINKED_MATCHES)

    @property
    def matching_entries(self) -> int:
        return sum(1 for entry in self.entries if entry.matches)

    @property
    def key_events(self) -> list[EntryView]:
        return [entry for entry in self.entries if entry.version.key_event]

    @property
    def has_section_list(self) -> bool:
        return len(self.entries) >= _MIN_LISTED_SECTIONS

    @property
    def can_be_ordered(self) -> bool:
        """Whether "oldest first" differs from the outlet's order, and two sections or more have a time."""
        sections = [entry.placed for entry in self.entries]
        dated = [section for section in sections if section.published]
        if self.part.count > 1:
            return bool(dated)
        return len(dated) > 1 and oldest_first(sections) != sorted(sections, key=lambda section: section.outlet_order)


@dataclass(frozen=True)
class MatchingParts:
    """Which parts of an article a query finds: how many sections in all, and the next part with any on both sides.

    `previous` and `next` are 0 where there is none; `error` says why nothing is known.
    """

    sections: int = 0
    previous: int = 0
    next: int = 0
    error: str = ""


def find_matching_parts(
    part: Part, question: Question, *, now: datetime, get_index: IndexGetter = shown_index
) -> MatchingParts | None:
    """Returns where else in an article in parts the query finds sections, from the index; None without a query."""
    if part.count == 1 or not question.q:
        return None
    try:
        index = get_index()
        request = question.to_request(question.parse(now, index=index), now=now)
        found = index.among(request, [section_id for section_id in part.section_ids if section_id])
    except (QueryError, EngineError) as error:
        return MatchingParts(error=str(error))
    numbers = {part.number_of(place) for place, section_id in enumerate(part.section_ids) if section_id in found}
    return MatchingParts(
        len(found),
        max((number for number in numbers if number < part.number), default=0),
        min((number for number in numbers if number > part.number), default=0),
    )


def open_article(
    article: Article,
    visit: Visit,
    *,
    viewer: Viewer,
    pinned: PinnedCapture | None = None,
    link_changes: bool = True,
    get_index: IndexGetter = shown_index,
) -> ArticleView:
    """Returns the current article, or the article in the pinned capture, as a visit shows it.

    One query; three where the article is shown in parts, one more where its entries are filtered by words, one more
    where some of them are withdrawn, and those of `load_marks` where the visit asks for names and statements. Without
    `link_changes`, no entry links to what changed in it. Nothing is marked where the visit's query cannot be read, or
    where marking takes longer than TIME_LIMIT_SECONDS or must wait too long: then the article is read twice.
    """
    # The index knows the current sections alone, and none of an article that is withheld.
    now = viewer.now
    can_be_searched = pinned is None and not article.is_hidden(now)
    chosen, tree, filter_error = None, _to_mark(visit.question, now, get_index), ""
    if visit.find and can_be_searched:
        try:
            chosen, entry_tree = find_entries(article, visit.find, now=now, get_index=get_index)
            tree = entry_tree if isinstance(tree, Everything) else Or((tree, entry_tree))
        except (QueryError, EngineError) as error:
            filter_error = str(error)
    entry_filter = EntryFilter(chosen, visit.key_events) if chosen is not None or visit.key_events else None
    choice = PartChoice(visit.part, visit.section, entry_filter)
    shown: dict[str, Any] = {"viewer": viewer, "pinned": pinned, "choice": choice, "link_changes": link_changes}
    about: dict[str, Any] = {"can_be_searched": can_be_searched, "filter_error": filter_error}
    try:
        with time_limit(TIME_LIMIT_SECONDS):
            view = read_article(article, tree, visit.order, **shown)
    except (QueryLimitError, OverloadedError) as error:
        view = replace(read_article(article, Everything(), visit.order, **shown), unmarked_reason=str(error))
    return replace(view, marks=_load_marks(view.entries, viewer) if visit.shows_marks else None, **about)


def _load_marks(entries: Iterable[EntryView], viewer: Viewer) -> PageMarks:
    """Returns the names and statements in the words of entries that this reader sees."""
    return load_marks(_shown_sections(entry.placed for entry in entries), sees_all=viewer.sees_all)


def _shown_sections(sections: Iterable[PlacedSection]) -> Iterator[ShownSection]:
    for placed in sections:
        # A text of its own, without a version, is not annotated.
        if placed.section and not placed.is_left_out and placed.version.number:
            yield ShownSection(
                placed.pk,
                placed.version.heading,
                placed.version.paragraphs,
                placed.received or placed.version,
                placed.is_divided,
            )


@dataclass(frozen=True)
class MarkedSection:
    """The words of one version of a section by themselves, and the headline above them, with matches marked."""

    headline: Passage
    heading: Passage
    paragraphs: tuple[Passage, ...]
    unmarked_reason: str = ""


def mark_section(
    headline: str, version: SectionVersion, question: Question, shown: ShownSection, *, now: datetime
) -> MarkedSection:
    """Returns a section with the matches of a question, or without them where marking would take too long.

    `shown` says where the words of the version come from.
    """

    def mark(tree: Node) -> MarkedSection:
        numberer = _MatchNumberer(Highlighter(tree))
        spans = load_spans(tree, [shown]).get(shown.pk, {})
        in_text = spans.get("text", NO_SPANS)
        return MarkedSection(
            numberer.mark(headline, "headline"),
            numberer.mark(version.heading, "heading", spans.get("heading", NO_SPANS)),
            tuple(numberer.mark_paragraphs(version.paragraphs, in_text)) if version.text else (),
        )

    try:
        with time_limit(TIME_LIMIT_SECONDS):
            return mark(_to_mark(question, now, shown_index))
    except (QueryLimitError, OverloadedError) as error:
        return replace(mark(Everything()), unmarked_reason=str(error))


def _to_mark(question: Question, now: datetime, get_index: IndexGetter) -> Node:
    """Returns the tree whose matches are marked; a tree without matches where the query cannot be read.

    Without an index, other spellings of names are not known.
    """
    try:
        written = question.read(now).tree
        return question.parse(now, index=get_index()).tree if not isinstance(written, Everything) else written
    except QueryError:
        return Everything()
    except EngineError:
        return question.read(now).tree


def read_article(
    article: Article,
    tree: Node,
    order: SectionOrder = "outlet",
    *,
    viewer: Viewer,
    pinned: PinnedCapture | None = None,
    choice: PartChoice = FIRST_PART,
    link_changes: bool = True,
) -> ArticleView:
    """Returns the current article, or the article in the pinned capture, with the matches of the tree.

    One query; three where the article is shown in parts.
    """
    part = (
        captured_part(article, pinned.version, order, choice, viewer=viewer)
        if pinned
        else current_part(article, order, choice, viewer=viewer)
    )
    shown = pinned.version if pinned else article
    numberer = _MatchNumberer(Highlighter(tree))
    headline = numberer.mark(shown.headline, "headline")
    standfirst = numberer.mark(shown.standfirst, "standfirst")
    spans = load_spans(tree, _shown_sections(part.sections))
    options = {"pinned": pinned is not None, "link_changes": link_changes}
    entries = tuple(_view_entries(part.sections, numberer, spans, **options))
    if closed := [entry.placed.section.pk for entry in entries if entry.placed.is_closed and entry.placed.section]:
        withdrawals = find_withdrawals(closed, now=viewer.now)
        entries = tuple(
            replace(entry, withdrawal=withdrawals.get(entry.placed.section.pk)) if entry.placed.section else entry
            for entry in entries
        )
    is_live = shown.kind == Article.Kind.LIVE
    return ArticleView(headline, standfirst, entries, numberer.last, part, is_live)


def _view_entries(
    sections: Sequence[PlacedSection],
    numberer: "_MatchNumberer",
    spans: SpansOfSections,
    *,
    pinned: bool,
    link_changes: bool,
) -> Iterator[EntryView]:
    for placed in sections:
        version = placed.version
        before = numberer.last
        known = spans.get(placed.pk, {}) if placed.section else {}
        heading = numberer.mark(version.heading, "heading", known.get("heading", NO_SPANS))
        in_text = known.get("text", NO_SPANS)
        paragraphs = tuple(numberer.mark_paragraphs(version.paragraphs, in_text)) if version.text else ()
        matches = numberer.last - before
        permalink = placed.section.get_absolute_url() if placed.section and not placed.is_left_out else ""
        changes_url = (
            f"{permalink}?version={version.number}&against={version.number - 1}"
            if version.number > 1 and link_changes
            else ""
        )
        cite_url = f"{permalink}cite/" if permalink else ""
        if pinned and version.number:
            permalink += f"?version={version.number}"
            cite_url += f"?version={version.number}"
        first_match = before + 1 if matches else 0
        yield EntryView(placed, heading, paragraphs, matches, first_match, permalink, changes_url, cite_url)


def _group_days(entries: Sequence[EntryView]) -> Iterator[DayGroup]:
    """Yields the entries by days. An entry without a time belongs to the day of the entry above it."""
    days: Counter[str] = Counter()
    for day, group in groupby(zip(entries, _days_of(entries), strict=True), key=lambda pair: pair[1]):
        in_day = tuple(entry for entry, _ in group)
        times = [time for entry in in_day if (time := entry.placed.time)]
        if not day:
            yield DayGroup(in_day)
            continue
        days[day] += 1
        # A page may come back to a day.
        anchor = f"day-{day}" if days[day] == 1 else f"day-{day}-{days[day]}"
        clocks = {time.clock_name if time.is_exact else "" for time in times}
        yield DayGroup(in_day, times[0], anchor, clocks.pop() if len(clocks) == 1 else "")


def _days_of(entries: Iterable[EntryView]) -> Iterator[str]:
    """Yields the day of each entry; empty before the first that has one."""
    day = ""
    for entry in entries:
        day = entry.placed.time.day if entry.placed.time else day
        yield day


class _MatchNumberer:
    """Marks the texts of a page in their order; `last` is the number of the last match so far."""

    def __init__(self, highlighter: Highlighter) -> None:
        self._highlighter = highlighter
        self.last = 0

    def mark(self, text: str, field: str, spans: TextSpans | None = NO_SPANS) -> Passage:
        return tuple(self._number(piece) for piece in self._highlighter.mark(text, field, spans=spans))

    def mark_paragraphs(self, paragraphs: Sequence[str], spans: TextSpans = NO_SPANS) -> Iterator[Passage]:
        """Yields a section's paragraphs, marked as one text: the lead, which `hlead` matches, is at its beginning."""
        passage: list[NumberedPiece] = []
        for piece in self._highlighter.mark("\n".join(paragraphs), "text", spans=spans):
            first, *others = piece.text.split("\n")
            number = self._number(piece).number
            passage.append(NumberedPiece(first, number))
            for text in others:
                yield tuple(passage)
                passage = [NumberedPiece(text, -number)]
        if passage:
            yield tuple(passage)

    def _number(self, piece: Piece) -> NumberedPiece:
        self.last += piece.matched
        return NumberedPiece(piece.text, self.last if piece.matched else 0)
