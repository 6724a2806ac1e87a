"""The statements of a result, a page of them: counted exactly by a script, read in the order of the sections.

Only `reading` imports from here.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from ...query import Node
from ..contract import Request
from ..statements import FoundStatement, SpeakerStatements, StatementList
from ..tree_rules import condition_of_statements
from .operands import Params
from .scripts import PLACES, STATEMENTS
from .searching import OneSearch
from .sections import PART_MARK
from .snapshot import Query, Snapshot
from .statements import StatementParts
from .translation import script

# What the scripts of statements get, with what the sections match that they are for; no section matches two of them.
_Cases = list[tuple[Params, list[Query]]]
_ALL_STATEMENTS: _Cases = [({}, [])]


@dataclass(frozen=True)
class _Choice:
    """Which statements are listed: those of a speaker (None for all), and those in which a name stands (0 for all).

    Of these, those that are asked for, by the `cases` of the scripts; one without parameters has all.
    """

    by: int | None
    naming: int
    cases: _Cases

    def queries(self) -> list[Query]:
        """Returns what all sections with such statements match, and some others may."""
        queries: list[Query] = [{"exists": {"field": "said_list"}}]
        if self.by is not None:
            queries.append({"term": {"said_by": self.by}})
        if self.naming:
            queries.append({"term": {"said_naming": self.naming}})
        return queries

    def read(self, blob: str, places: frozenset[int] | None) -> Iterator[int]:
        """Yields the numbers of those among the statements of a section, at these places if they are given."""
        for place, line in enumerate(_read_blob(blob).split("\n")):
            if places is not None and place not in places:
                continue
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
    choice = _Choice(by or None, naming, _cases(search, condition_of_statements(request.tree, request.filters)))
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
            statements = _find(snapshot, search, replace(choice, by=speaker.by))
            label = speaker.label if speaker.by else ""
            groups.append(SpeakerStatements(speaker.by, label, speaker.total, tuple(islice(statements, first, past))))
    listed = tuple(statement for group in groups for statement in group.found)
    return StatementList(counted["total"], counted["sections"], listed, tuple(groups), len(speakers))


def _cases(search: OneSearch, condition: Node | None) -> _Cases:
    if condition is None:
        return _ALL_STATEMENTS
    return list(StatementParts(search.snapshot, search.translator.match).cases(condition))


def _count(snapshot: Snapshot, search: OneSearch, choice: _Choice) -> dict[str, Any]:
    """Returns the number of statements, of sections that have some, and of each speaker with the label."""
    total: dict[str, Any] = {"total": 0, "sections": 0, "speakers": {}}
    for params, tests in choice.cases:
        query = snapshot.among(*search.conditions(), *choice.queries(), *tests)
        found = snapshot.ask({"query": query, "size": 0, "aggs": {"statements": _counting(choice, params)}})
        counts: dict[str, Any] = found["aggregations"]["statements"]["value"] or {}
        total["total"] += counts.get("total", 0)
        total["sections"] += counts.get("sections", 0)
        for by, (label, number) in counts.get("speakers", {}).items():
            known = total["speakers"].setdefault(by, [label, 0])
            known[1] += number
    return total


def _counting(choice: _Choice, params: Params) -> dict[str, Any]:
    return {
        "scripted_metric": {
            "init_script": "state.total = 0; state.sections = 0; state.speakers = new HashMap()",
            "map_script": script(STATEMENTS, {}),
            "combine_script": "return state",
            "reduce_script": "return states.size() == 0 ? null : states.get(0)",
            "params": {
                "by": "" if choice.by is None else str(choice.by),
                "naming": str(choice.naming) if choice.naming else "",
                "node": {},
                **params,
            },
        }
    }


def _find(snapshot: Snapshot, search: OneSearch, choice: _Choice) -> Iterator[FoundStatement]:
    """Yields the statements in the order of the result."""
    scripts: dict[str, Any] = {}
    found: Mapping[int, frozenset[int]] = {}
    if len(choice.cases) > 1:
        found = _find_places(snapshot, search, choice)
    elif choice.cases != _ALL_STATEMENTS:
        # The first of them are found without looking at the others.
        scripts = {"places": script(PLACES, choice.cases[0][0])}
    rows = snapshot.scan(search.query(*choice.queries()), search.sort, ("section", "said_list"), scripts)
    for section, blob, *of_scripts in rows:
        places = None if choice.cases == _ALL_STATEMENTS else found.get(section, frozenset().union(*of_scripts))
        for number in choice.read(blob, places):
            yield FoundStatement(section, number)


def _find_places(snapshot: Snapshot, search: OneSearch, choice: _Choice) -> Mapping[int, frozenset[int]]:
    """Returns which statements of each section of the result are asked for, by their places. O(result)."""
    found: dict[int, frozenset[int]] = {}
    for params, tests in choice.cases:
        query = search.query(*choice.queries(), *tests)
        scripts = {"places": script(PLACES, params)}
        found |= {
            section: frozenset(places)
            for section, places in snapshot.scan(query, search.sort, ("section",), scripts)
            if places
        }
    return found


def _read_blob(blob: str) -> str:
    """Returns the text of a binary column, which a node returns without the padding of base64."""
    return urlsafe_b64decode(blob + "=" * (-len(blob) % 4)).decode()
