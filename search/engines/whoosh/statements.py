"""The statements of documents: where each stands, and who said it through whom.

    statements.starts         document    where its statements start
    statements.piece_starts   statement   where its pieces start, in the two arrays below
    statements.firsts, .ends  piece       its first position, and the one after its last
    statements.F.starts       statement   for F of STATEMENT_FIELDS: where its values start
    statements.F.ordinals     value       the ordinal of a name among the values of the field F
    statements.numbers        statement   its number in the record
    statements.by             statement   the number of its speaker, or 0
    statements.naming.starts  statement   where the names in its words start
    statements.naming         name        the number of a name

Statements may overlap. What is found in them is in `in_statements`, how they are listed in `listing`. Only
modules of this package import from here.
"""

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...fields import STATEMENT_FIELDS, TEXT_FIELDS
from ...text import find_words
from ..contract import Document
from .arrays import ragged
from .files import Array, ArrayFile, Arrays
from .terms import Terms, decode

TEXT_NAMES = tuple(field.name for field in TEXT_FIELDS)
# The positions between two fields of a document.
FIELD_GAP = 1


class Statements:
    """The statements of a segment."""

    def __init__(self, file: ArrayFile) -> None:
        self.starts = file["statements.starts"]
        self.piece_starts = file["statements.piece_starts"]
        self.firsts = file["statements.firsts"]
        self.ends = file["statements.ends"]
        self.numbers = file["statements.numbers"]
        self.by = file["statements.by"]
        self.naming_starts = file["statements.naming.starts"]
        self.naming = file["statements.naming"]
        self.names = {
            name: (file[f"statements.{name}.starts"], file[f"statements.{name}.ordinals"]) for name in STATEMENT_FIELDS
        }

    def of_documents(self, docs: Array) -> tuple[Array, Array]:
        """Returns the statements of documents, and for each the index of its document in `docs`."""
        return _runs(self.starts, docs)

    def pieces_of(self, statements: Array) -> tuple[Array, Array]:
        """Returns the pieces of statements, and for each the index of its statement."""
        return _runs(self.piece_starts, statements)

    def names_of(self, name: str, statements: Array) -> tuple[Array, Array]:
        """Returns the ordinals of the names of statements in a field, and for each the index of its statement."""
        starts, ordinals = self.names[name]
        at, owners = _runs(starts, statements)
        return ordinals[at], owners

    def naming_of(self, statements: Array) -> tuple[Array, Array]:
        """Returns the numbers of the names in the words of statements, and for each the index of its statement."""
        at, owners = _runs(self.naming_starts, statements)
        return self.naming[at], owners


def _runs(starts: Array, items: Array) -> tuple[Array, Array]:
    first = starts[items].astype(np.int64)
    counts = starts[items.astype(np.int64) + 1].astype(np.int64) - first
    return ragged(first, counts), np.repeat(np.arange(len(items)), counts)


@dataclass(frozen=True)
class StatementArrays:
    """Statements to be written: how many each document has, how many pieces and names each has, and what they are.

    `naming` has for each statement how many names are in its words, and their numbers.
    """

    of_documents: Array
    of_statements: Array
    firsts: Array
    ends: Array
    names: Mapping[str, tuple[Array, Array]]
    numbers: Array
    by: Array
    naming: tuple[Array, Array]


class StatementBuilder:
    """Collects the statements of documents for one segment."""

    def __init__(self) -> None:
        self._of_documents = array("I")
        self._of_statements = array("I")
        # Of each piece: document * fields + field, the number of tokens of the field before it, and up to its end.
        self._fields = array("Q")
        self._firsts = array("I")
        self._ends = array("I")
        self._names: dict[str, list[tuple[str, ...]]] = {name: [] for name in STATEMENT_FIELDS}
        self._numbers = array("q")
        self._by = array("q")
        self._of_naming = array("I")
        self._naming = array("q")

    def add(self, document: Document) -> None:
        """Adds the statements of a document. O(its text), if it has any."""
        number = len(self._of_documents)
        self._of_documents.append(len(document.statements))
        starts: dict[str, list[int]] = {}
        for statement in document.statements:
            pieces = 0
            for field, start, end in statement.pieces:
                if field not in starts:
                    text = str(document.values.get(field) or "")
                    starts[field] = [word.start() for word in find_words(text)]
                first, past = bisect_left(starts[field], start), bisect_left(starts[field], end)
                if first < past:
                    self._fields.append(number * len(TEXT_NAMES) + TEXT_NAMES.index(field))
                    self._firsts.append(first)
                    self._ends.append(past)
                    pieces += 1
            self._of_statements.append(pieces)
            self._numbers.append(statement.number)
            self._by.append(statement.by)
            self._of_naming.append(len(statement.naming))
            self._naming.extend(statement.naming)
            for name, names in self._names.items():
                names.append(tuple(dict.fromkeys(filter(None, getattr(statement, name)))))

    def build(self, lengths: Array, arrays: Arrays) -> Arrays:
        """Returns the arrays. `lengths` has shape (documents, text fields), `arrays` the dictionaries of names."""
        field_starts = (np.cumsum(lengths + FIELD_GAP, axis=1) - lengths - FIELD_GAP).ravel()
        begins = field_starts[np.array(self._fields, dtype=np.int64)]
        names = {}
        for name, of_statements in self._names.items():
            values = Terms(arrays, f"values.{name}").all()
            ordinals = {decode(value): ordinal for ordinal, value in enumerate(values)}
            names[name] = (
                np.array([len(known) for known in of_statements], dtype=np.int64),
                np.array([ordinals[value] for known in of_statements for value in known], dtype=np.int64),
            )
        return pack_statements(
            StatementArrays(
                np.array(self._of_documents, dtype=np.int64),
                np.array(self._of_statements, dtype=np.int64),
                begins + np.array(self._firsts, dtype=np.int64),
                begins + np.array(self._ends, dtype=np.int64),
                names,
                np.array(self._numbers, dtype=np.int64),
                np.array(self._by, dtype=np.int64),
                (np.array(self._of_naming, dtype=np.int64), np.array(self._naming, dtype=np.int64)),
            )
        )


def pack_statements(statements: StatementArrays) -> Arrays:
    """Returns the arrays of statements."""
    arrays: Arrays = {
        "statements.starts": _starts(statements.of_documents),
        "statements.piece_starts": _starts(statements.of_statements),
        "statements.firsts": statements.firsts.astype(np.uint32),
        "statements.ends": statements.ends.astype(np.uint32),
        "statements.numbers": statements.numbers,
        "statements.by": statements.by,
        "statements.naming.starts": _starts(statements.naming[0]),
        "statements.naming": statements.naming[1],
    }
    for name, (counts, ordinals) in statements.names.items():
        arrays |= {
            f"statements.{name}.starts": _starts(counts),
            f"statements.{name}.ordinals": ordinals.astype(np.uint32),
        }
    return arrays


def _starts(counts: Array) -> Array:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.uint32)


def merge_statements(sources: Sequence[tuple[Statements, Array]], maps: Mapping[str, Sequence[Array]]) -> Arrays:
    """Returns the arrays of the statements of some documents of several segments.

    `maps` has for each field, and each segment, the new ordinals of its values by the old ones.
    """
    of_documents, of_statements, firsts, ends = [], [], [], []
    of_record, by, of_naming, naming = [], [], [], []
    names: dict[str, tuple[list[Array], list[Array]]] = {name: ([], []) for name in STATEMENT_FIELDS}
    for number, (statements, docs) in enumerate(sources):
        numbers, owners = statements.of_documents(docs)
        of_documents.append(np.bincount(owners, minlength=len(docs)))
        pieces, of_pieces = statements.pieces_of(numbers)
        of_statements.append(np.bincount(of_pieces, minlength=len(numbers)))
        firsts.append(statements.firsts[pieces])
        ends.append(statements.ends[pieces])
        of_record.append(statements.numbers[numbers])
        by.append(statements.by[numbers])
        named, owners = statements.naming_of(numbers)
        of_naming.append(np.bincount(owners, minlength=len(numbers)))
        naming.append(named)
        for name, (counts, ordinals) in names.items():
            old, of_names = statements.names_of(name, numbers)
            counts.append(np.bincount(of_names, minlength=len(numbers)))
            ordinals.append(maps[name][number][old])
    joined = {name: (np.concatenate(counts), np.concatenate(ordinals)) for name, (counts, ordinals) in names.items()}
    return pack_statements(
        StatementArrays(
            np.concatenate(of_documents),
            np.concatenate(of_statements),
            np.concatenate(firsts),
            np.concatenate(ends),
            joined,
            np.concatenate(of_record),
            np.concatenate(by),
            (np.concatenate(of_naming), np.concatenate(naming)),
        )
    )
