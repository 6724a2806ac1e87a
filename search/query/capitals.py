"""CAPS(us) and ALLCAPS(us) of Nexis: an abbreviation in capitals. Pure; used within `search.query`.

A phrase with an abbreviation in capitals finds it in capitals (see `text.capitals`), so the command is read as
phrases: CAPS(us or un) is "US" OR "UN".
"""

import re

from ..text import MAX_ABBREVIATION_LETTERS, MIN_ABBREVIATION_LETTERS, find_abbreviations, tokenize
from .lexer import Lexeme
from .parsed import QueryError
from .tree import And, AtLeast, InStatement, Near, Node, Not, Or, Phrase, Word, format_query

CAPITALS_COMMAND = re.compile(r"(?:all)?caps", re.IGNORECASE)


def in_capitals(node: Node, command: Lexeme) -> Node:
    """Returns a part of a query with its words in capitals. Raises QueryError for what cannot be in capitals."""
    match node:
        case Word(text, field) | Phrase(text, field):
            written = text.upper().lstrip("#")
            tokens = tokenize(written)
            # Each word by itself, since in several words in capitals nothing is an abbreviation.
            if len(tokens) == 1 and find_abbreviations(written, tokens):
                return Phrase(written, field)
        case And(parts):
            return And(tuple(in_capitals(part, command) for part in parts))
        case Or(parts):
            return Or(tuple(in_capitals(part, command) for part in parts))
        case Not(part):
            return Not(in_capitals(part, command))
        case InStatement(part):
            return InStatement(in_capitals(part, command))
        case AtLeast(count, part):
            return AtLeast(count, in_capitals(part, command))  # type: ignore[arg-type]  # an operand remains one
        case Near(left, right, distance, ordered, excluded):
            both = in_capitals(left, command), in_capitals(right, command)
            return Near(*both, distance, ordered, excluded)  # type: ignore[arg-type]
    raise QueryError(
        f"{command.text}({format_query(node)}): capitals are kept apart only in words of "
        f"{MIN_ABBREVIATION_LETTERS} to {MAX_ABBREVIATION_LETTERS} letters that are in capitals throughout",
        command.position,
        'Write, for example, CAPS(us), or "US troops".',
    )
