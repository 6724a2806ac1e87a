"""An article as its page shows it: sections in an order, the query's matches numbered, and the list of sections.

Matches are numbered in the order of the page, from 1, so that each can link to the next. No HTML: the template and
its filters write it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from archive.models import Article, SectionVersion

from ..engines import TIME_LIMIT_SECONDS, EngineError, OverloadedError, QueryLimitError, time_limit
from ..index import shown_index
from ..query import Everything, Node, QueryError
from ..results import Highlighter, Piece, Question, SectionOrder, Visit
from .captures import PinnedCapture
from .parts import FIRST_PART, Part, PartChoice, captured_part, current_part, oldest_first
from .sections import PlacedSection

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
    text that belongs to no section, `changes_url` for a first version.
    """

    placed: PlacedSection
    heading: Passage
    paragraphs: tuple[Passage, ...]
    matches: int
    first_match: int
    permalink: str
    changes_url: str

    @property
    def version(self) -> SectionVersion:
        return self.placed.version

    @property
    def is_plain(self) -> bool:
        """Whether it is a part of a running text: a first version that has paragraphs and nothing else."""
        version, placed = self.version, self.placed
        details = (version.heading, version.published, version.byline, version.note, placed.gone, placed.withdrawn)
        return version.number <= 1 and not any(details)

    @property
    def label(self) -> str:
        return self.placed.label


@dataclass(frozen=True)
class ArticleView:
    """An article on its page, or the part of it that one page shows.

    `matches` counts the matches of the query on the page; `unmarked_reason` says why none is marked where marking
    took too long.
    """

    headline: Passage
    standfirst: Passage
    entries: tuple[EntryView, ...]
    matches: int
    part: Part
    unmarked_reason: str = ""

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


def find_matching_parts(part: Part, question: Question, *, now: datetime) -> MatchingParts | None:
    """Returns where else in an article in parts the query finds sections, from the index; None without a query."""
    if part.count == 1 or not question.q:
        return None
    try:
        request = question.to_request(question.parse(now), now=now)
        found = shown_index().among(request, [section_id for section_id in part.section_ids if section_id])
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
    now: datetime,
    pinned: PinnedCapture | None = None,
    link_changes: bool = True,
) -> ArticleView:
    """Returns the current article, or the article in the pinned capture, as a visit shows it.

    One query; three where the article is shown in parts. Without `link_changes`, no entry links to what changed in it.
    Nothing is marked where the visit's query cannot be read, or where marking takes longer than TIME_LIMIT_SECONDS or
    must wait too long: then the article is read twice.
    """
    choice = PartChoice(visit.part, visit.section)
    shown: dict[str, Any] = {"now": now, "pinned": pinned, "choice": choice, "link_changes": link_changes}
    try:
        with time_limit(TIME_LIMIT_SECONDS):
            return read_article(article, _to_mark(visit.question, now), visit.order, **shown)
    except (QueryLimitError, OverloadedError) as error:
        unmarked = read_article(article, Everything(), visit.order, **shown)
        return replace(unmarked, unmarked_reason=str(error))


def _to_mark(question: Question, now: datetime) -> Node:
    """Returns the tree whose matches are marked; a tree without matches where the query cannot be read."""
    try:
        return question.parse(now).tree
    except QueryError:
        return Everything()


def read_article(
    article: Article,
    tree: Node,
    order: SectionOrder = "outlet",
    *,
    now: datetime,
    pinned: PinnedCapture | None = None,
    choice: PartChoice = FIRST_PART,
    link_changes: bool = True,
) -> ArticleView:
    """Returns the current article, or the article in the pinned capture, with the matches of the tree.

    One query; three where the article is shown in parts.
    """
    part = (
        captured_part(article, pinned.version, order, choice)
        if pinned
        else current_part(article, order, choice, now=now)
    )
    shown = pinned.version if pinned else article
    numberer = _MatchNumberer(Highlighter(tree))
    headline = numberer.mark(shown.headline, "headline")
    standfirst = numberer.mark(shown.standfirst, "standfirst")
    entries = tuple(_view_entries(part.sections, numberer, pinned=pinned is not None, link_changes=link_changes))
    return ArticleView(headline, standfirst, entries, numberer.last, part)


def _view_entries(
    sections: Sequence[PlacedSection], numberer: "_MatchNumberer", *, pinned: bool, link_changes: bool
) -> Iterator[EntryView]:
    for placed in sections:
        version = placed.version
        before = numberer.last
        heading = numberer.mark(version.heading, "heading")
        paragraphs = tuple(numberer.mark_paragraphs(version.paragraphs)) if version.text else ()
        matches = numberer.last - before
        permalink = placed.section.get_absolute_url() if placed.section else ""
        changes_url = (
            f"{permalink}?version={version.number}&against={version.number - 1}"
            if version.number > 1 and link_changes
            else ""
        )
        if pinned and version.number:
            permalink += f"?version={version.number}"
        yield EntryView(placed, heading, paragraphs, matches, before + 1 if matches else 0, permalink, changes_url)


class _MatchNumberer:
    """Marks the texts of a page in their order; `last` is the number of the last match so far."""

    def __init__(self, highlighter: Highlighter) -> None:
        self._highlighter = highlighter
        self.last = 0

    def mark(self, text: str, field: str) -> Passage:
        return tuple(self._number(piece) for piece in self._highlighter.mark(text, field))

    def mark_paragraphs(self, paragraphs: Sequence[str]) -> Iterator[Passage]:
        """Yields a section's paragraphs, marked as one text: the lead, which `hlead` matches, is at its beginning."""
        passage: list[NumberedPiece] = []
        for piece in self._highlighter.mark("\n".join(paragraphs), "text"):
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
