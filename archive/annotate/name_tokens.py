"""The words of a text, line by line, as the rules for names see them. Only modules of this package import it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from .name_words import ABBREVIATED, PARTICLES, PEOPLES, PREFIXES
from .word_lists import places, plain

# Longer words are no names: addresses, data, texts without spaces.
MAX_WORD_CHARS = 60
# A line with a larger share of words in capitals is written in capitals.
_CAPITALS_SHARE = 0.7
# A line in which nearly all longer words begin with a capital is a title: its capitals say nothing.
_TITLE_SHARE = 0.75
_MIN_TITLE_WORDS = 4
MAX_TITLE_TOKENS = 30
_MIN_CAPITALS_WORDS = 2

_WORDS = re.compile(r"(?:[^\W\d_]\.){2,}|\w++(?:['’.&-]\w++)*+|[^\w\s]|\n")
_TAGS = re.compile(r"<[^<>\n]{1,300}>")
# Arabic articles, as names have them: al-Assad, ul-Haq.
_ARTICLES = frozenset({"al-", "el-", "ul-", "as-", "ad-", "ar-", "az-", "an-"})
_ENDS = frozenset(".!?…")
_QUOTES = frozenset("\"“”„«»‘'`")
_BREAKS_BEFORE = frozenset(":•*-–—([|/")


class Case(Enum):
    """How a line is written."""

    NORMAL = 0
    TITLE = 1
    CAPITALS = 2


@dataclass(slots=True)
class Token:
    """A word or a mark. `end` is without a possessive ending; `key` is the plain form that the tables have.

    `first` says that its capital may be that of a sentence. `glued` says that it is a later part of a word with
    hyphens that is no name as a whole: no run goes on into it.
    """

    start: int
    end: int
    word: str
    key: str
    is_capital: bool
    is_word: bool
    first: bool = False
    possessive: bool = False
    glued: bool = False


@dataclass(slots=True)
class Line:
    tokens: list[Token]
    case: Case


def read_lines(text: str) -> Iterator[Line]:
    """Yields the lines of a text that have words."""
    if "<" in text:
        text = _TAGS.sub(lambda tag: " " * len(tag[0]), text)
    tokens: list[Token] = []
    for match in _WORDS.finditer(text):
        word = match[0]
        if word == "\n":
            if tokens:
                yield _line(tokens)
                tokens = []
        else:
            _add(tokens, word, match.start())
    if tokens:
        yield _line(tokens)


def _add(tokens: list[Token], word: str, start: int) -> None:
    letter = word[0]
    if len(word) == 1 and not letter.isalnum():
        if letter == "." and tokens and _is_abbreviation(tokens[-1], start):
            tokens[-1].end += 1
            tokens[-1].word += "."
        else:
            tokens.append(Token(start, start + 1, word, word, False, False))
        return
    if "-" in word and len(word) <= MAX_WORD_CHARS:
        parts = word.split("-")
        if plain(parts[0]) in PREFIXES or any(_is_small(part) for part in parts) or _are_several(parts, word):
            for place, part in enumerate(parts):
                if part:
                    tokens.append(_word(part, start))
                    tokens[-1].glued = place > 0
                start += len(part) + 1
            return
    tokens.append(_word(word, start))


def _is_small(part: str) -> bool:
    return part[:1].islower() and part not in PARTICLES and len(part) > 2


def _are_several(parts: list[str], word: str) -> bool:
    """Says whether a word with hyphens joins several places or peoples: Ukraine-Russia, but Guinea-Bissau."""
    if len(parts) < 2 or not word[0].isupper():
        return False
    keys = [plain(part) for part in parts]
    known = places()
    return keys[-1] in PEOPLES or (all(key in known for key in keys) and plain(word) not in known)


def _word(word: str, start: int) -> Token:
    end = start + len(word)
    possessive = False
    if len(word) > 2 and word[-1] in "sS" and word[-2] in "'’":
        end -= 2
        possessive = True
    form = word[:-2] if possessive else word
    key = plain(form) if len(word) <= MAX_WORD_CHARS else ""
    is_latin = form[0] < "\u0370" or "\u1e00" <= form[0] < "\u1f00"
    is_capital = bool(key) and is_latin and (form[0].isupper() or (key[:3] in _ARTICLES and form[3:4].isupper()))
    return Token(start, end, form, key.rstrip("."), is_capital, True, possessive=possessive)


def _is_abbreviation(token: Token, start: int) -> bool:
    if token.end != start or not token.is_capital:
        return False
    return len(token.word) == 1 or token.key in ABBREVIATED


def _line(tokens: list[Token]) -> Line:
    """Marks where sentences begin, and says how the line is written."""
    begins = True
    long_words = capitals = large = words = 0
    for place, token in enumerate(tokens):
        if token.is_word:
            token.first = begins
            begins = False
            if token.word[0].isalpha():
                words += 1
                large += token.is_capital and token.word.isupper() and len(token.word) > 1
                if len(token.word) > 3 and words > 1:
                    long_words += 1
                    capitals += token.is_capital
        elif token.word in _ENDS or token.word in _BREAKS_BEFORE:
            begins = True
        elif token.word in _QUOTES:
            begins = begins or _opens(tokens, place)
    case = Case.NORMAL
    if words >= _MIN_CAPITALS_WORDS and large >= words * _CAPITALS_SHARE:
        case = Case.CAPITALS
    elif long_words >= _MIN_TITLE_WORDS and capitals >= long_words * _TITLE_SHARE and not _ends_as_sentence(tokens):
        case = Case.TITLE
    return Line(tokens, case)


def _opens(tokens: list[Token], place: int) -> bool:
    """Says whether a quote mark opens a quote, by the spaces around it."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place else None
    return (
        after is not None and after.start == tokens[place].end and (before is None or before.end < tokens[place].start)
    )


def _ends_as_sentence(tokens: list[Token]) -> bool:
    return tokens[-1].word == "." or len(tokens) > MAX_TITLE_TOKENS
