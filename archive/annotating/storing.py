"""From what the rules found to the rows of the record: names, mentions, statements and days.

What was found is compared with the rows that are there, and only versions of which something differs are written. So
what curators decided stays: which name a spelling is of, and the statements with a verdict.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from ..annotate import RULES_VERSION
from ..batches import in_parts
from ..bulk_rows import insert_rows
from ..finding import Found, FoundDays, FoundName, FoundStatement
from ..models import (
    AnnotationRule,
    DayMention,
    DayPrecision,
    LinkKind,
    Mention,
    SectionVersion,
    Statement,
    StatementKind,
    StatementLink,
    follow_names,
    follow_spellings,
    is_in_shown_words,
    record_changes,
    wait_to_write,
)
from .loading import LoadedTask
from .rows import note_annotated
from .spellings import Spellings, find_spellings

# By the words of the rules.
_KINDS = {str(kind.label): kind for kind in StatementKind}
_LINK_KINDS = {str(kind.label): kind for kind in LinkKind}
_PRECISIONS = {str(precision.label): precision for precision in DayPrecision}


class Fault(NamedTuple):
    """A version of which the rules failed, and why."""

    article_id: int
    version: int
    reason: str


@transaction.atomic
def store(results: Sequence[tuple[LoadedTask, list[Found]]]) -> list[Fault]:
    """Writes what was found in the texts of tasks, in one transaction; returns where the rules failed.

    About 20 queries, whatever the number of tasks, and one for each thousand rows. Versions that were deleted
    meanwhile are left out. Articles of which something differs are indexed again.
    """
    wait_to_write()
    wanted = [text.version for loaded, _ in results for text in loaded.task.texts]
    present = {
        pk
        for part in in_parts(wanted)
        for pk in SectionVersion.objects.filter(pk__in=part).values_list("pk", flat=True)
    }
    found = [part for _, parts in results for part in parts if part.version in present]
    lengths = {
        text.version: chars
        for loaded, _ in results
        for text, chars in zip(loaded.task.texts, loaded.heading_chars, strict=True)
    }
    versions = [row.version for row in found]
    shown = _shown_versions(versions)
    known = _Known(_find_rules(found), find_spellings(found, _languages(results), shown), lengths)
    mentions, stored = _mentions(found, known), _stored_rows(Mention, versions)
    changed = _replace(Mention, mentions, stored)
    changed |= _replace_statements(found, known, versions)
    changed |= _replace(DayMention, _day_mentions(found, known), _stored_rows(DayMention, versions))
    _note_annotated(results, present)
    articles = {loaded.article_id for loaded, parts in results if any(part.version in changed for part in parts)}
    articles |= _follow(mentions, stored, changed, known.spellings, shown)
    if articles:
        record_changes(articles)
    return [
        Fault(loaded.article_id, part.version, part.fault)
        for loaded, parts in results
        for part in parts
        if part.fault and part.version in present
    ]


class _Known(NamedTuple):
    rules: Mapping[str, int]
    spellings: Spellings
    heading_chars: Mapping[int, int]


def _languages(results: Iterable[tuple[LoadedTask, list[Found]]]) -> dict[int, str]:
    return {text.version: loaded.task.language for loaded, _ in results for text in loaded.task.texts}


def _find_rules(found: Iterable[Found]) -> dict[str, int]:
    """Returns the numbers of rules by their words, and stores those that are new."""
    rows: Iterable[FoundName | FoundStatement | FoundDays] = (
        row for part in found for rows in (part.names, part.statements, part.days) for row in rows
    )
    wanted = dict.fromkeys(row.rule for row in rows)
    rules = dict(AnnotationRule.objects.values_list("words", "pk")) if wanted else {}
    created = AnnotationRule.objects.bulk_create(AnnotationRule(words=words) for words in wanted if words not in rules)
    return rules | {rule.words: rule.pk for rule in created}


# The columns of a row that rules made, without its number and that of its version.
_Row = tuple[Any, ...]
_Rows = Mapping[int, Sequence[_Row]]

_COLUMNS: Mapping[type[Model], tuple[str, ...]] = {
    Mention: ("spelling_id", "start", "end", "in_heading", "joined", "rule_id", "confidence_percent"),
    DayMention: ("start", "end", "earliest", "latest", "precision", "rule_id", "confidence_percent"),
    Statement: (
        "number", "kind", "content", "cue_start", "cue_end", "speaker_start", "speaker_end", "name_start", "name_end",
        "speaker_id", "hedges", "rule_id", "confidence_percent",
    ),
    StatementLink: ("position", "kind", "start", "end", "source_start", "source_end", "source_id"),
}  # fmt: skip


def _mentions(found: Iterable[Found], known: _Known) -> _Rows:
    rows: dict[int, list[_Row]] = {}
    for part in found:
        heading = known.heading_chars[part.version]
        rows[part.version] = [
            (spelling, row.start, row.end, row.start < heading, row.joined, known.rules[row.rule], row.percent)
            for row in part.names
            if (spelling := known.spellings.number(row.label)) is not None
        ]
    return rows


def _shown_versions(versions: Sequence[int]) -> set[int]:
    """Returns those of these versions that readers may see. One query for each 5,000."""
    is_shown = is_in_shown_words(timezone.now())
    return {
        pk
        for some in in_parts(versions)
        for pk in SectionVersion.objects.filter(is_shown, pk__in=some).values_list("pk", flat=True)
    }


def _follow(
    rows: _Rows, stored: _Rows, changed: Collection[int], spellings: Spellings, shown: Collection[int]
) -> set[int]:
    """Follows the spellings that texts had and have not, or have now and are not shown; returns articles to index.

    Most that texts have now are shown already, and new ones are stored as they are: neither needs to be looked at.
    """
    is_joined = _COLUMNS[Mention].index("joined")
    before, after = (
        {(version, row[0]) for version in changed for row in of.get(version, ()) if not row[is_joined]}
        for of in (stored, rows)
    )
    went = {spelling for _, spelling in before - after}
    came = {spelling for version, spelling in after - before if version in shown}
    return follow_spellings(went | (came - set(spellings.shown))) | follow_names(spellings.names)


def _day_mentions(found: Iterable[Found], known: _Known) -> _Rows:
    return {
        part.version: [
            (
                row.start,
                row.end,
                row.earliest,
                row.latest,
                _PRECISIONS[row.precision],
                known.rules[row.rule],
                row.percent,
            )
            for row in part.days
        ]
        for part in found
    }


def _stored_rows(model: type[Model], versions: Sequence[int]) -> _Rows:
    columns = _COLUMNS[model]
    rows: defaultdict[int, list[_Row]] = defaultdict(list)
    for some in in_parts(versions):
        stored = model._default_manager.filter(version__in=some).order_by("pk")
        for version, *values in stored.values_list("version_id", *columns):
            rows[version].append(tuple(values))
    return rows


def _replace(model: type[Model], rows: _Rows, stored: _Rows) -> set[int]:
    """Writes the rows of the versions for which others are stored; returns these versions."""
    changed = {version for version, values in rows.items() if _differ(values, stored.get(version, ()))}
    _delete(model, "version", [version for version in changed if version in stored])
    columns = ("version_id", *_COLUMNS[model])
    insert_rows(model, columns, ((version, *values) for version in sorted(changed) for values in rows[version]))
    return changed


def _differ(rows: Sequence[_Row], stored: Sequence[_Row]) -> bool:
    # Days are texts on one side, dates on the other.
    return len(rows) != len(stored) or any(
        str(value) != str(known)
        for row, other in zip(rows, stored, strict=True)
        for value, known in zip(row, other, strict=True)
    )


def _delete(model: type[Model], path: str, values: Sequence[int]) -> None:
    for some in in_parts(values):
        rows = model._default_manager.filter(**{f"{path}__in": some})
        rows._raw_delete(rows.db)


class _Reported(NamedTuple):
    """A statement as columns, and those of its chain."""

    row: _Row
    chain: tuple[_Row, ...]


def _replace_statements(found: Iterable[Found], known: _Known, versions: Sequence[int]) -> set[int]:
    """Writes statements as `_replace` does; those with a verdict stay, and take the place of what overlaps them."""
    decided: defaultdict[int, list[Any]] = defaultdict(list)
    stored: defaultdict[int, list[tuple[int, _Row]]] = defaultdict(list)
    for some in in_parts(versions):
        rows = Statement.objects.filter(version__in=some).order_by("number", "pk")
        for pk, version, verdict, *values in rows.values_list("pk", "version_id", "verdict", *_COLUMNS[Statement]):
            stored[version].append((pk, tuple(values)))
            if verdict is not None:
                decided[version].append(values[2])
    chains = _stored_chains([pk for rows in stored.values() for pk, _ in rows]) if stored else {}
    new: dict[int, list[_Reported]] = {}
    for part in found:
        kept = decided.get(part.version, [])
        new[part.version] = [
            _reported(number, row, known)
            for number, row in enumerate(part.statements, start=1)
            if not any(_overlap(row.content, content) for content in kept)
        ]
    undecided = {
        version: [_Reported(row, chains.get(pk, ())) for pk, row in rows if row[2] not in decided.get(version, [])]
        for version, rows in stored.items()
    }
    changed = {
        version
        for version, rows in new.items()
        if len(rows) != len(undecided.get(version, ()))
        or any(_plain(row) != _plain(known) for row, known in zip(rows, undecided.get(version, ()), strict=True))
    }
    old = Statement.objects.filter(verdict=None)
    for some in in_parts([version for version in changed if version in stored]):
        links = StatementLink.objects.filter(statement__in=old.filter(version__in=some))
        links._raw_delete(links.db)
        rows_to_delete = old.filter(version__in=some)
        rows_to_delete._raw_delete(rows_to_delete.db)
    _create_statements({version: new[version] for version in sorted(changed)})
    return changed


def _plain(reported: _Reported) -> list[Any]:
    """Returns the columns as they are compared: pieces as lists, whether they were stored or found."""
    row = [[list(pair) for pair in value] if isinstance(value, list) else value for value in reported.row]
    return [row, [list(link) for link in reported.chain]]


def _reported(number: int, row: FoundStatement, known: _Known) -> _Reported:
    columns = (
        number,
        _KINDS[row.kind],
        row.content,
        *(row.cue or (None, None)),
        *(row.speaker or (None, None)),
        *(row.name or (None, None)),
        known.spellings.number(row.label),
        row.hedges,
        known.rules[row.rule],
        row.percent,
    )
    chain = tuple(
        (
            position,
            _LINK_KINDS[link.kind],
            link.start,
            link.end,
            *(link.source or (None, None)),
            known.spellings.number(link.label),
        )
        for position, link in enumerate(row.chain)
    )
    return _Reported(columns, chain)


def _stored_chains(statements: Sequence[int]) -> dict[int, tuple[_Row, ...]]:
    chains: defaultdict[int, tuple[_Row, ...]] = defaultdict(tuple)
    for some in in_parts(statements):
        links = StatementLink.objects.filter(statement__in=some).order_by("statement", "position")
        for statement, *values in links.values_list("statement_id", *_COLUMNS[StatementLink]):
            chains[statement] += (tuple(values),)
    return chains


def _create_statements(reported: Mapping[int, Sequence[_Reported]]) -> None:
    insert_rows(
        Statement,
        ("version_id", *_COLUMNS[Statement]),
        ((version, *map(_as_stored, row.row)) for version, rows in reported.items() for row in rows),
    )
    chains = {(version, row.row[0]): row.chain for version, rows in reported.items() for row in rows if row.chain}
    numbers: dict[tuple[int, int], int] = {}
    for some in in_parts(sorted({version for version, _ in chains})):
        # Those with a verdict may have the number of another.
        statements = Statement.objects.filter(version__in=some, verdict=None)
        numbers |= {(version, number): pk for version, number, pk in statements.values_list("version", "number", "pk")}
    insert_rows(
        StatementLink,
        ("statement_id", *_COLUMNS[StatementLink]),
        ((numbers[key], *link) for key, chain in chains.items() for link in chain),
    )


def _as_stored(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else value


def _overlap(pieces: Iterable[Sequence[int]], others: Iterable[Sequence[int]]) -> bool:
    return any(start < other[1] and other[0] < end for start, end in pieces for other in others)


def _note_annotated(results: Iterable[tuple[LoadedTask, list[Found]]], present: set[int]) -> None:
    note_annotated(
        (part.version, mark, RULES_VERSION, read.day.isoformat(), read.origin, part.fault)
        for loaded, parts in results
        for part, read, mark in zip(parts, loaded.days, loaded.marks, strict=True)
        if part.version in present
    )
