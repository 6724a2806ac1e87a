"""What engines work out of the tree of a query alone, before they ask an index. Pure; engines import from here."""

from ..query import And, AtLeast, Everything, Missing, Near, Node, Not, Or, Term, Truncation, Word, truncation_parts
from ..text import readings, word_forms


def is_one_token(term: Term) -> bool:
    """Whether every match of a term is one form, so that counting forms counts matches."""
    match term:
        case Word(text):
            return [len(reading) for reading in readings(text)] == [1]
        case Truncation(text):
            return len(truncation_parts(text)) == 1
        case _:
            return len(word_forms(term.text)) == 1


def widen_said(node: Node) -> Node:
    """Returns what every section has of which a statement matches; what is excluded says nothing of others."""
    match node:
        case And(parts) | Or(parts):
            return type(node)(tuple(map(widen_said, parts)))
        case Not() | Missing():
            return Everything()
        case AtLeast(_, part) | Near(part, _, excluded=True):
            return widen_said(part)
        case Near(left, right):
            return And((widen_said(left), widen_said(right)))
        case _:
            return node
