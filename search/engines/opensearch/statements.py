"""What `said()` finds: sections with a statement that matches. A script tries the statements of each candidate.

What asks for the whole section, such as a date, is the same for all its statements. It is left to Lucene: for each
combination of such conditions, the script gets them as constants. Only `translation` imports from here.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from ...fields import STATEMENT_FIELDS
from ...query import (
    And,
    AtLeast,
    Everything,
    Fuzzy,
    Keyword,
    Missing,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Truncation,
    ValueFuzzy,
    ValueTruncation,
    ValueWord,
    Word,
    children,
)
from ..contract import QueryLimitError
from ..tree_rules import widen_said
from .mapping import TEXT_NAMES, field_key
from .operands import Params, to_params
from .scripts import STATEMENT
from .snapshot import Query, Snapshot
from .values import all_of, any_of, finds, none_of, value_query

# Of conditions for the whole section in one `said()`: each doubles the combinations.
_MAX_CONDITIONS = 5
_OPERANDS = (Word, Phrase, Truncation, Fuzzy, Near)
_VALUES = (Keyword, ValueWord, ValueTruncation, ValueFuzzy)


class StatementParts:
    """The parts of one `said()`. `match` translates a node for whole sections."""

    def __init__(self, snapshot: Snapshot, match: Callable[[Node], Query]) -> None:
        self._snapshot = snapshot
        self._match = match

    def find(self, part: Node) -> Query:
        """Returns the query for the sections with a statement that matches. Raises QueryLimitError."""
        wide = self._match(widen_said(part))
        having = {"exists": {"field": "said"}}
        return any_of(
            all_of(
                [
                    having,
                    wide,
                    *tests,
                    {"script": {"script": {"source": STATEMENT, "lang": "painless", "params": params}}},
                ]
            )
            for params, tests in self.cases(part)
        )

    def cases(self, part: Node) -> Iterator[tuple[Params, list[Query]]]:
        """Yields the parameters of the scripts of statements, each with what the sections match that they are for.

        No section matches two of them. Raises QueryLimitError.
        """
        conditions = list(dict.fromkeys(self._conditions(part)))
        if len(conditions) > _MAX_CONDITIONS:
            raise QueryLimitError(
                f"said() has {len(conditions)} conditions for whole sections, and at most {_MAX_CONDITIONS} can be "
                "combined. Move them out of its brackets."
            )
        for values in product((True, False), repeat=len(conditions)):
            known = dict(zip(conditions, values, strict=True))
            tests = [self._match(node) if value else none_of(self._match(node)) for node, value in known.items()]
            yield {"node": self._params(part, known), "fields": list(TEXT_NAMES)}, tests

    def _conditions(self, node: Node) -> list[Node]:
        """Returns what a node asks of the whole section."""
        if isinstance(node, (*_OPERANDS, AtLeast, Everything)):
            return []
        if isinstance(node, (*_VALUES, Missing)) and node.field in STATEMENT_FIELDS:
            return []
        if isinstance(node, And | Or | Not):
            return [condition for part in children(node) for condition in self._conditions(part)]
        return [node]

    def _params(self, node: Node, known: dict[Node, bool]) -> Params:
        match node:
            case _ if node in known:
                return {"kind": "constant", "value": known[node]}
            case Everything():
                return {"kind": "constant", "value": True}
            case And(parts) | Or(parts):
                kind = "all" if isinstance(node, And) else "any"
                return {"kind": kind, "parts": [self._params(part, known) for part in parts]}
            case Not(part):
                return {"kind": "not", "part": self._params(part, known)}
            case AtLeast(count, part):
                return {"kind": "count", "operand": to_params(self._snapshot, part), "least": count}
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                return {"kind": "count", "operand": to_params(self._snapshot, node), "least": 1}
            case Missing(field):
                return {"kind": "nameless", "column": STATEMENT_FIELDS.index(field)}
            case Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy():
                names = self._find_names(node)
                column = STATEMENT_FIELDS.index(node.field)
                return {"kind": "names", "column": column, "values": dict.fromkeys(names, True)}
            case _:
                raise TypeError(f"{type(node).__name__} is no part of said()")

    def _find_names(self, node: Any) -> list[str]:
        """Returns the names in the archive that a node finds."""
        column = f"v_{field_key(node.field)}"
        candidates = self._snapshot.among(value_query(self._snapshot, node))
        return self._snapshot.keep(
            ("names", node),
            lambda: [name for name, _ in self._snapshot.count_terms(column, candidates) if finds(node, name)],
        )
