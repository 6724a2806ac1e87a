"""Signs of other services that are no part of this query language (`%`, `||`, `!x`, `x^2`), and of names like C++.

A sign that stands for an operator here is read as that operator. Of the others a note says how they were read, since a
tokenizer would drop them in silence. Pure; used within `search.query`.
"""

import re
from collections.abc import Sequence

from ..text import word_forms
from .lexer import Lexeme

# The percent sign is Westlaw's "but not".
_OPERATORS = {"||": "OR", "|": "OR", "&&": "AND", "&": "AND", "%": "NOT"}
# A weight behind a word or phrase, as in Lucene.
WEIGHT = re.compile(r"(.*?)\^\d*(?:\.\d+)?")
# C++, C#, A+; not a hashtag, and not the plus sign before a word.
_ENDING_SIGNS = re.compile(r"(?<=\w)[+#]+$")
# Truncation in Ovid and Dialog: organi#ation, peace$, peace$2. Not US$ or $5.
_OTHER_TRUNCATION = re.compile(r"(?<=[^\W\d_A-Z]{3})(?:#(?=[^\W\d_])|\$\d*)")


def read_signs(lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    """Returns the lexemes with signs of their own replaced by the operators that they stand for.

    A percent sign behind a number is no operator, nor is a sign as the value of a field.
    """
    read: list[Lexeme] = []
    for lexeme in lexemes:
        is_value = bool(read) and read[-1].kind == "field" and read[-1].end == lexeme.position
        operator = _OPERATORS.get(lexeme.text, "") if lexeme.kind == "word" and read and not is_value else ""
        if operator == "NOT" and read[-1].text[-1:].isdigit():
            operator = ""
        read.append(Lexeme(lexeme.kind, operator, lexeme.position) if operator else lexeme)
    return read


def explain_signs(text: str) -> tuple[str, str]:
    """Returns how a word with signs beside or inside it is read, and what may have been meant; empty if neither."""
    if word_forms(text):
        if text.startswith("!"):
            word = text.lstrip("!")
            return f"{text} was searched as {word}; to exclude it, write NOT {word}.", f"NOT {word}"
        if "|" in text.strip("|"):
            either = " OR ".join(word for word in text.split("|") if word)
            return f"{text} was searched as a phrase; for any of its words, write {either}.", either
        if _OTHER_TRUNCATION.search(text):
            pattern = _OTHER_TRUNCATION.sub(lambda sign: "?" if sign[0] == "#" else "*", text)
            return f"The signs in {text} were ignored; any ending is written *, any one letter ?.", pattern
        if ending := _ENDING_SIGNS.search(text):
            word = text[: ending.start()]
            return f"{text} was searched as {word}, since {ending[0]} is not indexed.", ""
    return "", ""
