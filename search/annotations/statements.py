"""Statements as readers see them: the words, who said them, through whom they came, and the rule that found them.

What curators rejected is left out, and a speaker whose name they rejected is the words of the text alone. No HTML.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from archive.models import (
    DOUBTFUL_BELOW_PERCENT,
    LinkKind,
    NameType,
    Statement,
    StatementKind,
    StatementLink,
    Verdict,
    annotated_text,
    not_rejected,
)
from archive.shown_places import Part

# Between the pieces of a statement that its cue interrupts.
_GAP = " … "
NOBODY = "Speaker left open"
# Steps of a chain that name nobody.
_UNNAMED_STEPS: Mapping[LinkKind, str] = {
    LinkKind.SPOKEN_TO: "told",
    LinkKind.REPORTED: "a report",
    LinkKind.CITING: "cited",
    LinkKind.STATEMENT: "a statement",
    LinkKind.POSTED: "a posting",
    LinkKind.ANONYMOUS: "anonymous",
}

Span = tuple[int, int]


class Named(NamedTuple):
    """A person, place or organisation: `name_id` is None where the text has words, and no name is known."""

    label: str
    name_id: int | None = None
    type: int | None = None

    @property
    def type_label(self) -> str:
        return str(NameType(self.type).label) if self.type else ""


class Step(NamedTuple):
    """A step on the way of a statement. `words` are those of the text that say so."""

    kind: LinkKind
    source: Named
    words: str


@dataclass(frozen=True)
class StatementView:
    """A statement. `phrase` is how the text names the speaker; `chain` runs from the speaker outward.

    `pieces` and `hedge_spans` are places in the annotated text of its version. `percent` is how many of what its rule
    found on judged texts was right, `is_accepted` whether a curator accepted it.
    """

    pk: int
    version: int
    kind: StatementKind
    words: str
    speaker: Named
    phrase: str
    chain: tuple[Step, ...]
    hedges: tuple[str, ...]
    pieces: tuple[Span, ...]
    hedge_spans: tuple[Span, ...]
    rule: str
    percent: int
    is_accepted: bool

    @property
    def line(self) -> str:
        """The chain as a line, the last source first: "RIA ← Yevgeny Balitsky"."""
        return " ← ".join(named.label for named in self.way)

    @property
    def way(self) -> tuple[Named, ...]:
        """Who is on the way of the statement, the last source first, the speaker last."""
        return (*(step.source for step in reversed(self.chain)), self.speaker)

    @property
    def is_doubtful(self) -> bool:
        return self.percent < DOUBTFUL_BELOW_PERCENT and not self.is_accepted

    @property
    def found_by(self) -> str:
        """How it was found, in words."""
        rule = f"by rule: {self.rule}; {self.percent}% of such are right"
        return f"accepted by a curator; found {rule}" if self.is_accepted else f"found {rule}"


_COLUMNS = (
    "pk", "version_id", "kind", "content", "speaker_start", "speaker_end", "hedges", "rule__words",
    "confidence_percent", "verdict", "speaker__name", "speaker__name__label", "speaker__name__type",
    "speaker__name__verdict", "speaker__name__shown",
)  # fmt: skip
_LINK_COLUMNS = (
    "statement", "kind", "start", "end", "source_start", "source_end", "source__name", "source__name__label",
    "source__name__type", "source__name__verdict", "source__name__shown",
)  # fmt: skip


def texts_of(parts: Iterable[Iterable[Part]]) -> dict[int, str]:
    """Returns the annotated texts of the versions of which sections show parts."""
    return {
        part.version: annotated_text(part.heading, "\n".join(part.paragraphs))
        for of_section in parts
        for part in of_section
    }


def load_statements(texts: Mapping[int, str], *, sees_all: bool = False) -> dict[int, list[StatementView]]:
    """Returns the statements of versions, in the order of their texts. Two queries.

    `texts` has the annotated text of each version. `sees_all` adds the names that only hidden texts have.
    """
    wanted = Statement.objects.filter(not_rejected(), version__in=list(texts))
    rows = list(wanted.order_by("version", "number", "pk").values_list(*_COLUMNS))
    links = StatementLink.objects.filter(statement__in=[row[0] for row in rows]).order_by("statement", "position")
    chains: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for statement, *columns in links.values_list(*_LINK_COLUMNS) if rows else ():
        chains[statement].append(tuple(columns))
    found: defaultdict[int, list[StatementView]] = defaultdict(list)
    for row in rows:
        found[row[1]].append(_make(row, chains.get(row[0], ()), texts[row[1]], sees_all))
    return found


def _make(row: Sequence[Any], links: Iterable[Sequence[Any]], text: str, sees_all: bool) -> StatementView:
    (pk, version, kind, content, start, end, hedges, rule, percent, verdict, *name) = row
    phrase = " ".join(text[start:end].split()) if start is not None else ""
    return StatementView(
        pk=pk,
        version=version,
        kind=StatementKind(kind),
        words=_GAP.join(_plain(text, piece) for piece in content),
        speaker=_named(name, phrase or NOBODY, sees_all),
        phrase=phrase,
        chain=tuple(_step(link, text, sees_all) for link in links),
        hedges=tuple(_plain(text, hedge) for hedge in hedges),
        pieces=tuple((first, last) for first, last in content),
        hedge_spans=tuple((first, last) for first, last in hedges),
        rule=rule,
        percent=percent,
        is_accepted=verdict == Verdict.ACCEPTED,
    )


def _step(link: Sequence[Any], text: str, sees_all: bool) -> Step:
    kind, start, end, source_start, source_end, *name = link
    words = " ".join(text[source_start:source_end].split()) if source_start is not None else ""
    source = _named(name, words or _UNNAMED_STEPS[LinkKind(kind)], sees_all)
    return Step(LinkKind(kind), source, _plain(text, (start, end)))


def _named(name: Sequence[Any], words: str, sees_all: bool) -> Named:
    pk, label, kind, verdict, shown = name
    is_met = pk is not None and verdict != Verdict.REJECTED and (shown or sees_all)
    return Named(label, pk, kind) if is_met else Named(words)


def place_in_words(text: str, pieces: Iterable[Span], span: Span) -> Span | None:
    """Returns where a span of a text is in the words of a statement with these pieces; None if it is in none."""
    before = 0
    for start, end in pieces:
        first, past = max(span[0], start), min(span[1], end)
        if first < past:
            # What follows keeps its first character from being stripped with the space before it.
            at = before + len(_plain(text[:first] + "|", (start, first + 1))) - 1
            return at, at + len(_plain(text, (first, past)))
        before += len(_plain(text, (start, end))) + len(_GAP)
    return None


def _plain(text: str, span: Sequence[int]) -> str:
    return " ".join(text[span[0] : span[1]].split())
