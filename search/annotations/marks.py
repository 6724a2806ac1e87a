"""Names, statements and days in the words of a page: where each is in a heading or a paragraph, and who speaks.

Four database queries, whatever the number of sections; more where a curator divided some. No HTML.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from archive.models import DayMention, Mention, NameType, is_named, not_rejected
from archive.shown_places import Layout

from ..results import ShownSection, find_parts
from .statements import Named, StatementView, load_statements, texts_of


@dataclass(frozen=True)
class NameMark:
    """A name in a line, and why it was taken for one. `joined`: another section of the page has the full name."""

    start: int
    end: int
    name: Named
    rule: str
    joined: bool


@dataclass(frozen=True)
class StatementMark:
    """A piece of a statement in a line. `is_first` and `is_last`: the statement begins or ends with it."""

    start: int
    end: int
    statement: StatementView
    number: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class HedgeMark:
    """Words by which a text keeps its distance from a statement."""

    start: int
    end: int


@dataclass(frozen=True)
class DayMark:
    """Words that speak of days, from `earliest` to `latest`, and the rule that found them."""

    start: int
    end: int
    earliest: date
    latest: date
    rule: str
    percent: int


@dataclass
class LineMarks:
    """What is marked in a heading or a paragraph."""

    names: list[NameMark] = field(default_factory=list)
    statements: list[StatementMark] = field(default_factory=list)
    hedges: list[HedgeMark] = field(default_factory=list)
    days: list[DayMark] = field(default_factory=list)


@dataclass(frozen=True)
class SpeakerOnPage:
    """Who speaks on a page, and each statement with its number on the page, in the order of the page."""

    speaker: Named
    statements: tuple[tuple[int, StatementView], ...]


@dataclass(frozen=True)
class PageMarks:
    """The marks of a page, by section and line, and its speakers: those named first, in the order of the page."""

    lines: Mapping[int, Mapping[int, LineMarks]]
    speakers: tuple[SpeakerOnPage, ...]
    names: int
    statements: int
    days: int = 0

    def of(self, section: int) -> Mapping[int, LineMarks]:
        return self.lines.get(section, {})


def load_marks(sections: Iterable[ShownSection], *, sees_all: bool = False) -> PageMarks:
    """Returns the marks of the sections of a page, in their order. Four queries; more where some are divided.

    `sees_all` adds names that only hidden texts have.
    """
    shown = list(sections)
    parts = find_parts(shown)
    texts = texts_of(parts.values())
    statements = load_statements(texts, sees_all=sees_all)
    names, days = _load_names(texts, sees_all), _load_days(texts)
    lines: dict[int, dict[int, LineMarks]] = {}
    found: list[StatementView] = []
    for section in shown:
        of_section: defaultdict[int, LineMarks] = defaultdict(LineMarks)
        for part in parts[section.pk]:
            layout = Layout.of(part, section.heading, section.paragraphs)
            _mark_names(names.get(part.version, ()), layout, of_section)
            for day in days.get(part.version, ()):
                for placed in layout.place(day.start, day.end):
                    of_section[placed.line].days.append(replace(day, start=placed.start, end=placed.end))
            for statement in statements.get(part.version, ()):
                if _mark_statement(statement, len(found) + 1, layout, of_section):
                    found.append(statement)
        if of_section:
            lines[section.pk] = dict(of_section)
    marked = [line for of_section in lines.values() for line in of_section.values()]
    name_count, day_count = sum(len(line.names) for line in marked), sum(len(line.days) for line in marked)
    return PageMarks(lines, tuple(_group(found)), name_count, len(found), day_count)


def _load_names(versions: Iterable[int], sees_all: bool) -> dict[int, list[tuple[int, int, Named, str, bool]]]:
    is_met = not_rejected if sees_all else is_named
    mentions = Mention.objects.filter(is_met("spelling__name"), version__in=list(versions))
    rows = mentions.order_by("version", "start", "-end").values_list(
        "version_id", "start", "end", "spelling__name", "spelling__name__label", "spelling__name__type", "rule__words",
        "joined",
    )  # fmt: skip
    found: defaultdict[int, list[tuple[int, int, Named, str, bool]]] = defaultdict(list)
    for version, start, end, pk, label, kind, rule, joined in rows:
        found[version].append((start, end, Named(label, pk, NameType(kind)), rule, joined))
    return found


def _load_days(versions: Iterable[int]) -> dict[int, list[DayMark]]:
    rows = DayMention.objects.filter(version__in=list(versions)).order_by("version", "start")
    columns = ("version_id", "start", "end", "earliest", "latest", "rule__words", "confidence_percent")
    found: defaultdict[int, list[DayMark]] = defaultdict(list)
    for version, *values in rows.values_list(*columns):
        found[version].append(DayMark(*values))
    return found


def _mark_names(
    names: Iterable[tuple[int, int, Named, str, bool]], layout: Layout, lines: defaultdict[int, LineMarks]
) -> None:
    for start, end, name, rule, joined in names:
        for placed in layout.place(start, end):
            marks = lines[placed.line].names
            # Names do not overlap; what would, is left out.
            if not marks or marks[-1].end <= placed.start:
                marks.append(NameMark(placed.start, placed.end, name, rule, joined))


def _mark_statement(statement: StatementView, number: int, layout: Layout, lines: defaultdict[int, LineMarks]) -> bool:
    """Marks a statement, and returns whether any of its words are shown here."""
    placed = [span for start, end in statement.pieces for span in layout.place(start, end)]
    for place, (line, start, end) in enumerate(placed):
        lines[line].statements.append(
            StatementMark(start, end, statement, number, place == 0, place == len(placed) - 1)
        )
    for start, end in statement.hedge_spans if placed else ():
        for span in layout.place(start, end):
            lines[span.line].hedges.append(HedgeMark(span.start, span.end))
    return bool(placed)


def _group(statements: Iterable[StatementView]) -> list[SpeakerOnPage]:
    groups: dict[tuple[int | None, str], list[tuple[int, StatementView]]] = {}
    for number, statement in enumerate(statements, start=1):
        groups.setdefault((statement.speaker.name_id, statement.speaker.label), []).append((number, statement))
    found = [SpeakerOnPage(group[0][1].speaker, tuple(group)) for group in groups.values()]
    return sorted(found, key=lambda group: group.speaker.name_id is None)
