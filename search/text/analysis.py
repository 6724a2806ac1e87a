"""Tokenization: the one tokenizer for index, query and highlighting. Pure; entered through `search.text`.

A token is a run of letters and digits, folded: without case and accents, with plain apostrophes.

- Words joined by hyphens are split into their parts, and so are elisions (l'Ukraine). A query word of several tokens
  therefore matches tokens that are adjacent.
- A number is a token, and letters joined to it are the next one; see `numbers`.
- A quotation mark between Hebrew letters is part of the word (צה"ל).
- Initials lose their dots (U.S. is us; see `capitals` for what keeps them apart), possessives their 's.
- Scripts written without spaces (Han, kana, Thai, Burmese, Khmer) give one token per cluster: a letter with its marks
  and the letters stacked under it.

Stems are in `stemmers`, other spellings of the same words in `spellings`, sentences in `sentences`.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .numbers import DECIMAL_MARKS, DIGIT_APOSTROPHES, fold_number
from .scripts import CLUSTER, DIGITS, EXTENDING_LETTERS, GERSHAYIM, INVISIBLE, MARKS, NON_JOINER, UNSPACED, VIRAMAS

# Increase it with every change to the tokens or stems of any text: an index of another version must be rebuilt.
ANALYSIS_VERSION = 6

# What may follow a letter inside a word: marks, invisible characters, a non-joiner next to a virama.
_FOLLOWER = rf"(?:[{MARKS}{INVISIBLE}]|(?<=[{VIRAMAS}]){NON_JOINER}|{NON_JOINER}(?=[{VIRAMAS}]))"
_LETTER = rf"[^\W_{UNSPACED}{EXTENDING_LETTERS}]"
_PART = rf"(?:{_LETTER}|{_FOLLOWER})"
# The same without digits, which are tokens of their own.
_LETTER_PART = rf"(?:[^\W\d_{UNSPACED}{EXTENDING_LETTERS}]|{_FOLLOWER})"
_WORD = rf"{_LETTER}+(?:{_FOLLOWER}{_LETTER}*)*"
_INITIAL = rf"[^\W\d_{UNSPACED}{EXTENDING_LETTERS}]{_FOLLOWER}*"
# Elided words of French, Italian and Catalan, written together with the next word: l'Ukraine, d’Iran, dell'Ucraina.
_ELISION = "[cdjlmnst]|(?:jus|lors|puis|quoi)?qu|(?:[ad]|da|de|ne|su|que)ll|(?:[ad]|da|de|ne|su)?gl|un"
_DIGITS = rf"\d+(?:{_FOLLOWER}\d*)*"
_NUMBER = (
    rf"(?:\d{{1,3}}(?:[{DIGIT_APOSTROPHES}]\d{{3}})+(?!\d)(?:[.,]\d+)?|{_DIGITS}(?:[{DECIMAL_MARKS}]{_DIGITS})*)"
    rf"(?:['’][sS](?!{_PART}))*"
)
_GRAMMAR = (
    rf"{CLUSTER}"
    rf"|{_NUMBER}"  # 3.5, 1,000, 12’000, the 1990 of 1990's
    rf"|(?<!{_LETTER_PART})(?:{_INITIAL}\.)+{_INITIAL}(?!{_PART})\.?"  # initials: U.S. and U.S, e.g.
    rf"|(?i:{_ELISION})(?=['’](?!s(?!{_PART})){_LETTER})"
    rf"|{_WORD}(?:(?:['’‘׳]|{GERSHAYIM}){_WORD})*"  # don't, O’Brien, צה"ל
)
# A shortcut that gives the same tokens three times as fast. Most tokens are plain words before white space or
# punctuation, where no token continues; and no token begins at such a character. The grammar decides the rest.
_DELIMITERS = r"""\s,;:!?"“”)(\]—–\-"""
_TOKEN = re.compile(rf"[A-Za-z]{{2,}}(?=[{_DELIMITERS}]|\.\s|\.?\Z)|(?![{_DELIMITERS}.])(?:{_GRAMMAR})")
_POSSESSIVE = re.compile(r"(?<=.)(?:['’]s)+$", re.IGNORECASE)

# Letters that Unicode does not decompose, and what people type for them; the digits of all scripts.
_PLAIN_LETTERS = str.maketrans(
    {
        **DIGITS,
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "’": "'",
        # Apostrophes, and the letters that transliterations write for glottal stops and the Arabic ayn.
        "ʼ": "'",
        "ʻ": "'",
        "ʾ": "'",
        "ʿ": "'",
        "‘": "'",
        "׳": "'",
        "ґ": "г",
        # The same letter on Arabic, Persian and Urdu keyboards.
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ٱ": "ا",
    }
)
_PLAIN_GERSHAYIM = str.maketrans("“”״", '"""')
# Accents of the scripts where a word without them is the same word (Latin, Greek, Cyrillic, Hebrew, Arabic), and
# invisible characters. й and ў are letters of their own and keep their breve.
_ACCENTS = re.compile(
    r"(?<![иуИУ])\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u0640"
    rf"{INVISIBLE}{NON_JOINER}]"
)

# A news vocabulary has 171,000 forms in 60,000 sections (measured). Past this size the cache drops the least recent.
_MAX_CACHED_WORDS = 1 << 17


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: its folded form, its number among the tokens, and its place in code points (half-open)."""

    form: str
    position: int
    start_char: int
    end_char: int


def tokenize(text: str) -> list[Token]:
    """Returns the tokens of a text in order. O(text)."""
    tokens = []
    for position, match in enumerate(_TOKEN.finditer(text)):
        form, length = fold_word(match[0])
        tokens.append(Token(form, position, match.start(), match.start() + length))
    return tokens


def word_forms(text: str) -> list[str]:
    """Returns the folded forms of a text's words, in order. O(text)."""
    return [fold_word(word)[0] for word in _TOKEN.findall(text)]


def find_words(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
    """Yields a match for each word of a text, as written; `fold_word` turns a word into its token.

    Neither `start` nor `end` may lie inside a word.
    """
    return _TOKEN.finditer(text, start, end)


@lru_cache(_MAX_CACHED_WORDS)
def fold_word(word: str) -> tuple[str, int]:
    """Returns the form of a word as `find_words` found it, and how many of its characters belong to the token."""
    possessive = _POSSESSIVE.search(word)
    length = possessive.start() if possessive else len(word)
    return _fold_token(word[:length]), length


def fold_text(text: str) -> str:
    """Returns a text without case and accents and with single spaces, for comparing keyword values."""
    return " ".join(_fold(text).split())


def _fold_token(word: str) -> str:
    # Apostrophes at the ends are no part of a word, even where they are letters: ʿAli is Ali. A word that folds to
    # nothing (a lone kashida) keeps its form: an empty form would be a prefix of every other.
    form = _fold(word).strip("'") or word
    if form[0].isdigit():
        return fold_number(form)
    return form.replace(".", "").translate(_PLAIN_GERSHAYIM)


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", decomposed.casefold()).translate(_PLAIN_LETTERS)
