"""The statements of a result, a page of them, counted exactly: counted by a script, read in the order of the sections.

Only `reading` imports from here.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..contract import Request
from ..statements import FoundStatement, SpeakerStatements, StatementList
from .scripts import STATEMENTS
from .searching import OneSearch
from .sections import PART_MARK
from .snapshot import Query, Snapshot
from .translation import script


@dataclass(frozen=True)
class _Choice:
    """Which statements are listed: those of a speaker (None for all), and those in which a name stands (0 for all)."""

    by: int | None
    naming: int

    def queries(self) -> list[Query]:
        """Returns what all sections with such statements match, and some others may."""
        queries: list[Query] = [{"exists": {"field": "said_list"}}]
        if self.by is not None:
            queries.append({"term": {"said_by": self.by}})
        if self.naming:
            queries.append({"term": {"said_naming": self.naming}})
        return queries

    def read(self, blob: str) -> Iterator[int]:
        """Yields the numbers of those among the statements of a section."""
        for line in _read_blob(blob).split("\n"):
            number, by, naming, _ = line.split(PART_MARK)
            if self.by in (None, int(by)) and (not self.naming or str(self.naming) in naming.split(" ")):
                yield int(number)


@dataclass(frozen=True)
class _Speaker:
    by: int
    label: str
    total: int


def list_statements(snapshot: Snapshot, request: Request, *, by: int, naming: int, by_speaker: bool) -> StatementList:
    """Returns a page of the statements in the sections that match. A request for the counts, and some for the page."""
    search = OneSearch(snapshot, request)
    choice = _Choice(by or None, naming)
    counted = _count(snapshot, search, choice)
    start, end = request.offset, request.offset + request.limit
    if not by_speaker:
        found = tuple(islice(_find(snapshot, search, choice), start, end)) if start < counted["total"] else ()
        return StatementList(counted["total"], counted["sections"], found)
    speakers = [_Speaker(int(key), str(label), int(total)) for key, (label, total) in counted["speakers"].items()]
    speakers.sort(key=lambda speaker: (not speaker.by, -speaker.total, speaker.label, speaker.by))
    groups, place = [], 0
    for speaker in speakers:
        first, past = max(start - place, 0), min(end - place, speaker.total)
        place += speaker.total
        if first < past:
            statements = _find(snapshot, search, _Choice(speaker.by, naming))
            label = speaker.label if speaker.by else ""
            groups.append(SpeakerStatements(speaker.by, label, speaker.total, tuple(islice(statements, first, past))))
    listed = tuple(statement for group in groups for statement in group.found)
    return StatementList(counted["total"], counted["sections"], listed, tuple(groups), len(speakers))


def _count(snapshot: Snapshot, search: OneSearch, choice: _Choice) -> dict[str, Any]:
    """Returns the number of statements, of sections that have some, and of each speaker with the label."""
    counting = {
        "scripted_metric": {
            "init_script": "state.total = 0; state.sections = 0; state.speakers = new HashMap()",
            "map_script": script(STATEMENTS, {}),
            "combine_script": "return state",
            "reduce_script": "return states.size() == 0 ? null : states.get(0)",
            "params": {
                "by": "" if choice.by is None else str(choice.by),
                "naming": str(choice.naming) if choice.naming else "",
            },
        }
    }
    query = snapshot.among(*search.conditions(), *choice.queries())
    found = snapshot.ask({"query": query, "size": 0, "aggs": {"statements": counting}})
    counts: dict[str, Any] = found["aggregations"]["statements"]["value"] or {}
    return {"total": 0, "sections": 0, "speakers": {}} | counts


def _find(snapshot: Snapshot, search: OneSearch, choice: _Choice) -> Iterator[FoundStatement]:
    """Yields the statements in the order of the result."""
    query = search.query(*choice.queries())
    for section, blob in snapshot.scan(query, search.sort, ("section", "said_list")):
        for number in choice.read(blob):
            yield FoundStatement(section, number)


def _read_blob(blob: str) -> str:
    """Returns the text of a binary column, which a node returns without the padding of base64."""
    return urlsafe_b64decode(blob + "=" * (-len(blob) % 4)).decode()
