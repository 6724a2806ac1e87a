"""An article as it is read: its sections in an order, what a query matches in them numbered, and the rail beside it.

The matches are numbered in the order of the page, from 1, so that each can lead to the next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from django.utils.text import Truncator

from archive.models import Article, Section, SectionVersion

from .highlight import Highlighter, Piece
from .questions import Order
from .tree import Node

# Of a section without a heading, the words that stand for one in the rail.
LABEL_WORDS = 12
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
    """A section on the page. `matches` counts those in it; `first_match` is the number of its first, 0 for none."""

    section: Section
    version: SectionVersion
    heading: Passage
    paragraphs: tuple[Passage, ...]
    matches: int
    first_match: int
    permalink: str

    @property
    def is_plain(self) -> bool:
        """Whether it is a part of a running text: nothing is said of it but its words."""
        said = (self.version.heading, self.version.published, self.version.byline, self.version.note)
        return not any(said) and self.version.number == 1 and self.section.gone_id is None

    @cached_property
    def label(self) -> str:
        """What the rail calls it: its heading, or its first words."""
        return self.version.heading or Truncator(self.version.text.replace("\n", " ")).words(LABEL_WORDS)


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
        sections = [entry.section for entry in self.entries]
        dated = [section for section in sections if section.published]
        outlets = sorted(sections, key=lambda section: (section.position, section.pk))
        return len(dated) > 1 and oldest_first(sections) != outlets


def read_article(article: Article, tree: Node, order: Order = "outlet") -> ReadArticle:
    """Returns an article with its standing sections and what the tree matches. One query."""
    standing = article.sections.filter(current__isnull=False).select_related("current", "gone")
    sections = list(standing.order_by("position", "id"))
    if order == "oldest":
        sections = oldest_first(sections)
    numbers = _Numbers(Highlighter(tree))
    headline = numbers.mark(article.headline, "headline")
    standfirst = numbers.mark(article.standfirst, "standfirst")
    entries = tuple(_entries(article, sections, numbers))
    return ReadArticle(headline, standfirst, entries, numbers.last)


def oldest_first(sections: Sequence[Section]) -> list[Section]:
    """Returns sections by their own times; those without one stand first, as the outlet has them.

    Of two with the same time the one comes first that came first to the page: where the outlet puts its newest on
    top, the lower one.
    """
    placed = sorted(sections, key=lambda section: (section.position, section.pk))
    times = [section.published for section in placed if section.published]
    newest_on_top = sum(one > other for one, other in pairwise(times)) > sum(
        one < other for one, other in pairwise(times)
    )
    dated = [section for section in placed if section.published]
    return [section for section in placed if not section.published] + sorted(
        reversed(dated) if newest_on_top else dated, key=_time
    )


def _time(section: Section) -> datetime:
    assert section.published is not None  # noqa: S101
    return section.published


def _entries(article: Article, sections: Sequence[Section], numbers: "_Numbers") -> Iterator[Entry]:
    for section in sections:
        # Spares a query a section: the permalink and the model's text need both.
        section.article = article
        version = section.current
        assert version is not None  # noqa: S101
        version.section = section
        before = numbers.last
        heading = numbers.mark(version.heading, "heading")
        paragraphs = tuple(numbers.mark_all(version.paragraphs))
        count = numbers.last - before
        yield Entry(
            section, version, heading, paragraphs, count, before + 1 if count else 0, section.get_absolute_url()
        )


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
