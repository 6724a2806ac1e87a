"""An article as it is read: its sections in an order, what a query matches in them numbered, and the rail beside it.

The matches are numbered in the order of the page, from 1, so that each can lead to the next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from archive.models import Article, SectionVersion

from ..query import Node
from ..results import Highlighter, Piece, SectionOrder
from .captures import Held, Pinned, sections_in, standing_sections

# A page is not made longer for more matches than anyone steps through; all of them are marked and counted.
MAX_STEPS = 1000
# A page with as many sections has a rail.
RAIL_FROM = 2


@dataclass(frozen=True)
class NumberedPiece:
    """A run of text. A match has a number from 1; where it goes on in the next paragraph, its negative; all else 0."""

    text: str
    number: int = 0


Passage = tuple[NumberedPiece, ...]


@dataclass(frozen=True)
class Entry:
    """A section on the page. `matches` counts those in it; `first_match` is the number of its first, 0 for none.

    `permalink` is empty for words that are no section's, and `changes` for a first version.
    """

    held: Held
    heading: Passage
    paragraphs: tuple[Passage, ...]
    matches: int
    first_match: int
    permalink: str
    changes: str

    @property
    def version(self) -> SectionVersion:
        return self.held.version

    @property
    def is_plain(self) -> bool:
        """Whether it is a part of a running text: nothing is said of it but its words."""
        said = (self.version.heading, self.version.published, self.version.byline, self.version.note)
        return not any((*said, self.held.gone, self.held.withdrawn)) and self.version.number <= 1

    @property
    def label(self) -> str:
        """What the rail calls it."""
        return self.held.label


@dataclass(frozen=True)
class ReadArticle:
    """An article on its page; `matches` counts all that the query matches in it."""

    headline: Passage
    standfirst: Passage
    entries: tuple[Entry, ...]
    matches: int

    @property
    def last_step(self) -> int:
        """The number of the last match that can be stepped to."""
        return min(self.matches, MAX_STEPS)

    @property
    def matching_entries(self) -> int:
        return sum(1 for entry in self.entries if entry.matches)

    @property
    def key_events(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.version.key_event]

    @property
    def has_rail(self) -> bool:
        return len(self.entries) >= RAIL_FROM

    @property
    def can_be_ordered(self) -> bool:
        """Whether there are two sections with times of their own, which the outlet did not put oldest first."""
        sections = [entry.held for entry in self.entries]
        dated = [section for section in sections if section.published]
        return len(dated) > 1 and oldest_first(sections) != sorted(sections, key=_place)


def read_article(
    article: Article, tree: Node, order: SectionOrder = "outlet", *, pinned: Pinned | None = None
) -> ReadArticle:
    """Returns an article as it stands, or as a capture held it, and what the tree matches. One query."""
    sections = sections_in(article, pinned.version) if pinned else standing_sections(article)
    if order == "oldest":
        sections = oldest_first(sections)
    said = pinned.version if pinned else article
    numbers = _Numbers(Highlighter(tree))
    headline = numbers.mark(said.headline, "headline")
    standfirst = numbers.mark(said.standfirst, "standfirst")
    entries = tuple(_entries(sections, numbers, pinned=pinned is not None))
    return ReadArticle(headline, standfirst, entries, numbers.last)


def oldest_first(sections: Sequence[Held]) -> list[Held]:
    """Returns sections by their own times; those without one stand first, as the outlet has them.

    Of two with the same time the one comes first that came first to the page: where the outlet puts its newest on
    top, the lower one.
    """
    placed = sorted(sections, key=_place)
    times = [section.published for section in placed if section.published]
    newest_on_top = sum(one > other for one, other in pairwise(times)) > sum(
        one < other for one, other in pairwise(times)
    )
    dated = [section for section in placed if section.published]
    return [section for section in placed if not section.published] + sorted(
        reversed(dated) if newest_on_top else dated, key=_time
    )


def _time(section: Held) -> datetime:
    assert section.published is not None  # noqa: S101
    return section.published


def _place(section: Held) -> tuple[int, int]:
    return section.place


def _entries(sections: Sequence[Held], numbers: "_Numbers", *, pinned: bool) -> Iterator[Entry]:
    for held in sections:
        version = held.version
        before = numbers.last
        heading = numbers.mark(version.heading, "heading")
        paragraphs = tuple(numbers.mark_all(version.paragraphs)) if version.text else ()
        count = numbers.last - before
        permalink = held.section.get_absolute_url() if held.section else ""
        changes = f"{permalink}?version={version.number}&against={version.number - 1}" if version.number > 1 else ""
        if pinned and version.number:
            permalink += f"?version={version.number}"
        yield Entry(held, heading, paragraphs, count, before + 1 if count else 0, permalink, changes)


class _Numbers:
    """Marks one text of the page after another; `last` is the number given last."""

    def __init__(self, highlighter: Highlighter) -> None:
        self._highlighter = highlighter
        self.last = 0

    def mark(self, text: str, field: str) -> Passage:
        return tuple(self._number(piece) for piece in self._highlighter.mark(text, field))

    def mark_all(self, paragraphs: Sequence[str]) -> Iterator[Passage]:
        """Yields a section's paragraphs; they are marked as one text, for the lead is counted from its beginning."""
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
