"""The statements of a result, a page of them, counted exactly. O(result + statements), in arrays.

Only `searching` imports from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..statements import FoundStatement, SpeakerStatements, StatementList
from .files import Array
from .ordering import Ranking
from .snapshot import Snapshot

_SPEAKER = "speaker"


@dataclass(frozen=True)
class _Statements:
    """The statements of a result: the rank of each one's section, its number, and who said it.

    `labels` has the ordinal of the speaker among the values of the snapshot. Those of a section are in their order.
    """

    ranks: Array
    sections: Array
    numbers: Array
    by: Array
    labels: Array

    def take(self, chosen: Array) -> tuple[FoundStatement, ...]:
        pairs = zip(self.sections[chosen].tolist(), self.numbers[chosen].tolist(), strict=True)
        return tuple(FoundStatement(*pair) for pair in pairs)


def list_statements(
    snapshot: Snapshot,
    docs: Sequence[Array],
    ranking: Ranking,
    *,
    chosen: Sequence[Array] | None = None,
    offset: int,
    limit: int,
    by: int = 0,
    naming: int = 0,
    by_speaker: bool = False,
) -> StatementList:
    """Returns a page of the statements of documents, an array of these for each segment, which `ranking` orders.

    `chosen` says for each segment which of the statements of these documents are wanted; None for all.
    """
    found = _collect(snapshot, docs, ranking, _kept(snapshot, docs, chosen, by, naming))
    total, sections = len(found.ranks), len(np.unique(found.ranks))
    if by_speaker:
        groups, speakers = _list_speakers(snapshot, found, offset, offset + limit)
        listed = tuple(statement for group in groups for statement in group.found)
        return StatementList(total, sections, listed, groups, speakers)
    order = np.argsort(found.ranks, kind="stable")[offset : offset + limit]
    return StatementList(total, sections, found.take(order))


def _kept(
    snapshot: Snapshot, docs: Sequence[Array], chosen: Sequence[Array] | None, by: int, naming: int
) -> list[Array]:
    """Returns for each segment which statements of the documents are listed. Bool."""
    kept = []
    for number, (reader, in_segment) in enumerate(zip(snapshot.readers, docs, strict=True)):
        statements = reader.segment.statements
        numbers, _ = statements.of_documents(in_segment)
        wanted = np.ones(len(numbers), dtype=bool) if chosen is None else chosen[number]
        if by:
            wanted = wanted & (statements.by[numbers] == by)
        if naming:
            named, of_names = statements.naming_of(numbers)
            wanted = wanted & (np.bincount(of_names[named == naming], minlength=len(numbers)) > 0)
        kept.append(wanted)
    return kept


def _collect(snapshot: Snapshot, docs: Sequence[Array], ranking: Ranking, kept: Sequence[Array]) -> _Statements:
    order = ranking.best(len(ranking))
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    columns: list[tuple[Array, ...]] = [(np.zeros(0, dtype=np.int64),) * 5]
    first = 0
    for segment_number, (reader, in_segment) in enumerate(zip(snapshot.readers, docs, strict=True)):
        statements = reader.segment.statements
        numbers, owners = statements.of_documents(in_segment)
        numbers, owners = numbers[kept[segment_number]], owners[kept[segment_number]]
        labels = np.full(len(numbers), -1, dtype=np.int64)
        ordinals, of_labels = statements.names_of(_SPEAKER, numbers)
        labels[of_labels] = snapshot.values(_SPEAKER).renumber(segment_number, ordinals)
        columns.append(
            (
                ranks[first + owners],
                reader.segment.section_ids[in_segment[owners]],
                statements.numbers[numbers],
                statements.by[numbers],
                labels,
            )
        )
        first += len(in_segment)
    return _Statements(*map(np.concatenate, zip(*columns, strict=True)))


def _list_speakers(
    snapshot: Snapshot, found: _Statements, start: int, end: int
) -> tuple[tuple[SpeakerStatements, ...], int]:
    """Returns the speakers of whom statements at some places of the order are, with these; and how many speakers."""
    by, firsts, of_statements, counts = np.unique(found.by, return_index=True, return_inverse=True, return_counts=True)
    labels = found.labels[firsts]
    order = np.lexsort((by, labels, -counts, by == 0))
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    chosen = np.lexsort((found.ranks, places[of_statements]))[start:end]
    groups = []
    for place in np.unique(places[of_statements[chosen]]).tolist():
        group = order[place]
        of_group = chosen[of_statements[chosen] == group]
        number, label = int(by[group]), int(labels[group])
        text = snapshot.values(_SPEAKER).texts([label])[0] if number and label >= 0 else ""
        groups.append(SpeakerStatements(number, text, int(counts[group]), found.take(of_group)))
    return tuple(groups), len(order)
