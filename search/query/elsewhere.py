"""What other services write that means nothing here, or is written otherwise. Pure; used within `search.query`.

What has one meaning only is read as that (BUT NOT, w/ 5). Of the rest a note says how it was read and what to write,
since an operator that is searched as a word empties a result in silence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..fields import FIELDS
from .lexer import Lexeme, find_field, read_proximity

_FIELD_NAMES = ", ".join(known.name for known in FIELDS)

# A field of another service with its value, such as rst=tnyt; not a part of an address.
_WITH_VALUE = re.compile(r"([a-z][a-z-]{1,11})[=<>]+[^\s/?&=]+", re.ASCII | re.IGNORECASE)
# What stands before a bracket: graphic, su.exact, ti,ab, load-date, cx=.
_BEFORE_BRACKET = re.compile(r"([a-z]+(?:[.,-][a-z]+)*)=?", re.ASCII | re.IGNORECASE)
# A distance without its number, or with a space before it.
_HALF_DISTANCE = re.compile(r"(?:w|near|n|pre|p|within|onear)/", re.IGNORECASE)
_SET_NUMBER = re.compile(r"[#sl]\d{1,3}", re.ASCII | re.IGNORECASE)
_JOINING = ("AND", "OR", "NOT")
# Operators of other services that have no number there; each with its meaning here.
_NEARNESS = {"NEAR": "w/5", "WITHIN": "w/5", "ADJ": "pre/1", "ADJACENT": "pre/1", "AROUND": "w/5"}
_AT_LEAST = ("atleast", "atl")
# A pattern in a phrase: a question mark between letters, or an exclamation mark before another word.
_PATTERN_IN_PHRASE = re.compile(r"\*|(?<=\w)\?(?=\w)|(?<=\w)!(?=\s)")


@dataclass(frozen=True)
class Likely:
    """What a word may mean elsewhere: a message, and what to write here instead of the query up to `end`."""

    message: str
    replacement: str = ""
    end: int = 0


def read_other_operators(lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    """Returns the lexemes with BUT NOT, AND NOT w/5 and w/ 5 as they are written here."""
    read: list[Lexeme] = []
    for lexeme in lexemes:
        before = read[-1] if len(read) > 1 and read[-1].kind == "word" else None
        if lexeme.kind != "word" or before is None:
            read.append(lexeme)
        elif (before.text, lexeme.text) == ("BUT", "NOT"):
            read[-1] = lexeme
        elif distance := _join_distance(before, lexeme):
            read[-1] = Lexeme("word", distance, before.position)
            _drop_and(read)
        else:
            read.append(lexeme)
            _drop_and(read)
    return read


def explain_word(lexeme: Lexeme, following: Lexeme | None, query: str) -> Likely | None:
    """Returns what a word that is searched may mean in other services; None for a word that is only that."""
    text = lexeme.text
    searched = f"“{text}” was searched as a word"
    if following is None:
        return _explain_sign(text, searched)
    if lexeme.position and text in _NEARNESS:
        return _explain_nearness(lexeme, following)
    if lexeme.position and text == "ANDNOT":
        return Likely(f"{searched}; the operator is written NOT.", "NOT", lexeme.end)
    if lexeme.position and text == "XOR":
        return Likely(f"{searched}; for one of two without the other, write (a NOT b) OR (b NOT a).")
    if text.lower() in _AT_LEAST and following.text.isdigit():
        count = f"atleast{following.text}"
        return Likely(f"“{text} {following.text}” was searched as words; write {count}(x).", count, following.end)
    return (
        _explain_sign(text, searched)
        or _explain_loose_field(lexeme, following, query)
        or _explain_before_bracket(lexeme, following)
    )


def _explain_nearness(lexeme: Lexeme, following: Lexeme) -> Likely:
    if following.text.isdigit() and following.kind == "word":
        distance = f"{_NEARNESS[lexeme.text].split('/')[0]}/{following.text}"
        written = f"{lexeme.text} {following.text}"
        return Likely(f"“{written}” was searched as words; here it is written {distance}.", distance, following.end)
    instead = "" if following.kind == "open" else _NEARNESS[lexeme.text]
    return Likely(
        f"“{lexeme.text}” was searched as a word; write w/5 for “within 5 words”, pre/1 for “followed by”.",
        instead,
        lexeme.end,
    )


def _explain_sign(text: str, searched: str) -> Likely | None:
    sign = _WITH_VALUE.fullmatch(text)
    return Likely(f"{searched}; {sign[1]} is not a field here. Fields: {_FIELD_NAMES}.") if sign else None


def _explain_loose_field(lexeme: Lexeme, following: Lexeme, query: str) -> Likely | None:
    """Explains HEADLINE (x), hd = x and source : x. A word in small letters before a bracket is only a word."""
    known = find_field(lexeme.text)
    if known is None or lexeme.text[-1] in ":=":
        return None
    if following.text in (":", "="):
        end = following.end + len(query[following.end :]) - len(query[following.end :].lstrip())
    elif following.kind == "open" and lexeme.text.isupper():
        end = following.position
    else:
        return None
    message = f"“{lexeme.text}” was searched as a word; to search the field, write {known.name}:value without a space."
    return Likely(message, f"{known.name}:", end)


def _explain_before_bracket(lexeme: Lexeme, following: Lexeme) -> Likely | None:
    """Explains what is written like a field with its value in brackets or quotation marks, as in graphic(map)."""
    name = _BEFORE_BRACKET.fullmatch(lexeme.text)
    is_onto = following.position == lexeme.end and (
        following.kind == "open" or (following.kind == "quoted" and lexeme.text[-1] == "=")
    )
    if name is None or not is_onto:
        return None
    return Likely(f"“{lexeme.text}” was searched as a word; {name[1]} is not a field here. Fields: {_FIELD_NAMES}.")


def explain_phrase(content: str) -> Likely | None:
    """Returns what a pattern in a phrase may mean, as in "peace tal*"; None for a phrase without one."""
    signs = list(dict.fromkeys(_PATTERN_IN_PHRASE.findall(content)))
    if not signs:
        return None
    words = " pre/1 ".join(content.split())
    instead = f"({words})" if " " in content else words
    message = f"Ignored the {' and '.join(signs)} in this phrase: there is no truncation in quotation marks."
    return Likely(message, instead)


def explain_sets(lexemes: Sequence[Lexeme]) -> str:
    """Returns that searches have no numbers here, of a query such as #1 AND #2; empty for any other."""
    words = [lexeme.text for lexeme in lexemes if lexeme.kind == "word"]
    joined = [word for word in words if word.upper() in _JOINING]
    numbers = [word for word in words if _SET_NUMBER.fullmatch(word)]
    if not joined or len(numbers) < 2 or len(joined) + len(numbers) < len(words):
        return ""
    return "Earlier searches have no numbers here. To join two, write both out: (first search) AND (second search)."


def _join_distance(before: Lexeme, lexeme: Lexeme) -> str:
    """Returns the operator of which two lexemes are the parts, as in `w/ 5` and `w /5`; empty if they are none."""
    joined = before.text + lexeme.text
    letters = before.text if lexeme.text[0] != "/" else f"{before.text}/"
    is_half = _HALF_DISTANCE.fullmatch(letters) and (lexeme.text[0] == "/") != (before.text[-1] == "/")
    return joined if is_half and read_proximity(joined) else ""


def _drop_and(read: list[Lexeme]) -> None:
    """Drops the AND of `x AND NOT w/5 y`, which means `x NOT w/5 y`."""
    words = [lexeme.text if lexeme.kind == "word" else "" for lexeme in read[-3:]]
    if words[:2] == ["AND", "NOT"] and len(words) > 2 and read_proximity(words[2]):
        del read[-3]
