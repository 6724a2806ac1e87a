"""What is said in documents, as an engine takes it and as it lists it. A part of the contract.

Pure. Other packages import these names from `search.engines`.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class SaidText:
    """A statement in a section: its pieces in order, and the names of its speaker and of those through whom it came.

    A piece is a text field with a start and an end in code points. A word stands in it if it begins there. The names
    are among the values that the section has in the fields `speaker` and `via`. `number` is that of the statement in
    the record, `by` that of its speaker, 0 if nobody is known, and `naming` has those of the names in its words: two
    names may have the same label, and their numbers tell them apart.
    """

    pieces: tuple[tuple[str, int, int], ...]
    speaker: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    number: int = 0
    by: int = 0
    naming: tuple[int, ...] = ()


class FoundStatement(NamedTuple):
    """A statement of a result: the section that has it, and its number."""

    section_id: int
    number: int


@dataclass(frozen=True)
class SpeakerStatements:
    """Those of a page by one speaker. `total` counts all of the result by that speaker.

    `by` is the number of the speaker, 0 for all statements of which no speaker is known; then there is no label.
    """

    by: int
    label: str
    total: int
    found: tuple[FoundStatement, ...]


@dataclass(frozen=True)
class StatementList:
    """A page of the statements of a result: by its sections, and within a section in the order of the document.

    `total` counts all statements, `sections` those sections that have some. Where they are ordered by speaker,
    `groups` has the speakers of the page: those with most statements first, then by label and number, and last what
    nobody is known to have said; `speakers` counts the groups of the whole result.
    """

    total: int
    sections: int
    found: tuple[FoundStatement, ...]
    groups: tuple[SpeakerStatements, ...] = ()
    speakers: int = 0
