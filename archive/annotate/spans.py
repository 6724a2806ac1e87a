"""What the rules of this package yield: spans of a text, with the rule that found each. Frozen.

All places are offsets in code points into the text that was read, from its start, the end not included. `rule` names
the rule in words that a page may print ("quote before its verb"). `confidence` is from 0 to 1: the share of what the
rule found on judged texts that was right.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

NameType = Literal["person", "place", "organisation"]
StatementKind = Literal["direct", "mixed", "indirect"]
LinkKind = Literal["told", "reported", "citing", "statement", "posted", "anonymous"]
Precision = Literal["day", "weekend", "week", "month", "season", "quarter", "half", "year", "decade", "range"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text."""

    start: int
    end: int

    def overlap(self, other: "Span") -> int:
        """Returns how many code points both have."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text. `label` is the fullest form of the same name in the text: "Andriy Yermak" for "Mr Yermak"."""

    span: Span
    type: NameType
    label: str
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Link:
    """A step on the way of a statement from its speaker to the text: through whom, and the words that say so.

    `source` is empty where the text names nobody (an anonymous official, a statement).
    """

    kind: LinkKind
    words: Span
    source: Span | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said. `content` are its pieces in order: a quote that its cue interrupts has two.

    `speaker` is the whole noun phrase, with its apposition; None where the text leaves it open. `speaker_name` is the
    name that the phrase is of; where it is a pronoun, the name that it stands for, if the rules allow only one.
    `chain` runs from the speaker outward. `hedges` are words by which the text keeps its distance.
    """

    content: tuple[Span, ...]
    cue: Span | None
    speaker: Span | None
    kind: StatementKind
    rule: str
    confidence: float
    speaker_name: Span | None = None
    chain: tuple[Link, ...] = ()
    hedges: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class DayMention:
    """The days that an expression speaks of: from `earliest` to `latest`, both included."""

    span: Span
    earliest: date
    latest: date
    precision: Precision
    rule: str
    confidence: float
