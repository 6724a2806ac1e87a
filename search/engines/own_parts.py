"""Where the parts of a query can occur: in what an entry of a live page says, or in what it shares with its page.

Each engine chooses the hits of live pages by these rules, see `whoosh.own_words`. Pure; engines import from here.
"""

from collections.abc import Sequence

from ..fields import HLEAD, TEXT_FIELDS
from ..query import And, Fuzzy, InStatement, Near, Node, Or, Phrase, Truncation, Word, children

# The text fields that an entry has for itself, and those that it shares with its page.
OWN_FIELDS = ("heading", "text")
SHARED_FIELDS = tuple(field.name for field in TEXT_FIELDS if field.name not in OWN_FIELDS)


def can_be_own(node: Node) -> bool:
    """Whether what an entry itself says can match a part of a query."""
    return _can_be_in(node, (None, HLEAD.name, *OWN_FIELDS))


def can_be_shared(node: Node) -> bool:
    """Whether words of the headline or the standfirst can match a part that does not ask for these fields."""
    return _can_be_in(node, (None, HLEAD.name))


def _can_be_in(node: Node, fields: Sequence[str | None]) -> bool:
    match node:
        case InStatement():
            return OWN_FIELDS[0] in fields
        case Word() | Phrase() | Truncation() | Fuzzy():
            return node.field in fields
        case Near(left, right, excluded=excluded):
            return _can_be_in(left, fields) and (excluded or _can_be_in(right, fields))
        case Or(parts):
            return any(_can_be_in(part, fields) for part in parts)
        case _:
            return False


def without_conditions(tree: Node) -> Node:
    """Returns what an AND asks of the texts: its parts without values and dates, which work as filters do."""
    if not isinstance(tree, And):
        return tree
    words = tuple(part for part in tree.parts if _has_text(part))
    return words[0] if len(words) == 1 else And(words)


def _has_text(node: Node) -> bool:
    return isinstance(node, Word | Phrase | Truncation | Fuzzy | InStatement) or any(map(_has_text, children(node)))
