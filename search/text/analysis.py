"""Text -> tokens: one tokenizer for index, query and highlight. Pure.

A token is a run of letters and digits, folded: no case, no accents, typographic apostrophes made plain. Words joined
by hyphens are their parts, side by side, and so are those that an apostrophe elides (l'Ukraine); a query word of
several tokens is therefore an adjacency. Initials lose their dots (U.S. is us), thousands their commas, possessives
their 's. Scripts without blanks between words (Han, kana, Thai, Burmese, Khmer) go by the character, with its marks
and what is stacked under it. VERSION is raised whenever the tokens or stems of any text change, for then the index
must be built anew.
"""

import re
import sys
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .scripts import CLUSTER, JOINED, MARKS, NON_JOINER, UNSEEN, UNSPACED, VIRAMAS
from .stemmers import stem_form

VERSION = 3

_BEHIND = rf"(?:[{MARKS}{UNSEEN}]|(?<=[{VIRAMAS}]){NON_JOINER}|{NON_JOINER}(?=[{VIRAMAS}]))"
_LETTER = rf"[^\W_{UNSPACED}{JOINED}]"
_PART = rf"(?:{_LETTER}|{_BEHIND})"
_WORD = rf"{_LETTER}+(?:{_BEHIND}{_LETTER}*)*"
_INITIAL = rf"[^\W\d_{UNSPACED}{JOINED}]{_BEHIND}*"
# What French, Italian and Catalan write together with the next word: l'Ukraine, d’Iran, dell'Ucraina.
_ELIDED = "[cdjlmnst]|(?:jus|lors|puis|quoi)?qu|(?:[ad]|da|de|ne|su|que)ll|(?:[ad]|da|de|ne|su)?gl|un"
_GRAMMAR = (
    rf"{CLUSTER}"
    rf"|(?<!{_PART})(?:{_INITIAL}\.)+{_INITIAL}(?!{_PART})\.?"  # initials: U.S. and U.S, e.g.
    rf"|\d+(?:[.,]\d+)+(?!{_PART})"  # 3.5, 1,000
    rf"|(?i:{_ELIDED})(?=['’](?!s(?!{_PART})){_LETTER})"
    rf"|{_WORD}(?:['’]{_WORD})*"  # don't, O’Brien
)
# The same tokens three times as fast: most are plain words before a blank or a mark, where nothing can go on, and from
# a blank or a mark nothing begins. Where neither is so, the grammar decides.
_EDGE = r"""\s,;:!?"“”)(\]—–\-"""
_TOKEN = re.compile(rf"[A-Za-z]{{2,}}(?=[{_EDGE}]|\.\s|\.?\Z)|(?![{_EDGE}.])(?:{_GRAMMAR})")
_POSSESSIVE = re.compile(r"(?<=.)(?:['’]s)+$", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

# Letters that carry their stroke inside, which Unicode does not take apart, and what people type for them.
_STROKES = str.maketrans(
    {
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
        "ʼ": "'",
        # One letter on the keyboards of Arabic, Persian and Urdu.
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ٱ": "ا",
    }
)
# Accents of the scripts in which a word without them is the same word (Latin, Greek, Cyrillic; Hebrew; Arabic), and
# what is not seen. й and ў are letters of their own, which nobody writes without the breve.
_ACCENTS = re.compile(
    r"(?<![иуИУ])\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u0640"
    rf"{UNSEEN}{NON_JOINER}]"
)

# A news vocabulary: the 60,000 sections measured hold 171,000 forms; beyond this the cache starts over the rarest.
_CACHE_SIZE = 1 << 17


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: its folded form, its place among the words, and where it stands (code points, half-open)."""

    form: str
    position: int
    start_char: int
    end_char: int


def tokenize(text: str) -> list[Token]:
    """Returns the tokens of a text in order. O(text)."""
    return list(walk_tokens(text))


def walk_tokens(text: str) -> Iterator[Token]:
    """Yields the tokens of a text in order, for whoever may stop before its end."""
    for position, match in enumerate(_TOKEN.finditer(text)):
        form, length = read_word(match[0])
        yield Token(form, position, match.start(), match.start() + length)


def find_words(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
    """Yields where the words of a text, or of a part between blanks, stand; `read_word` says what their tokens are."""
    return _TOKEN.finditer(text, start, end)


@lru_cache(_CACHE_SIZE)
def read_word(word: str) -> tuple[str, int]:
    """Returns the form of a word as it stands in a text, and how many of its characters are the token's."""
    possessive = _POSSESSIVE.search(word)
    length = possessive.start() if possessive else len(word)
    return _fold_token(word[:length]), length


def forms(text: str) -> list[str]:
    """Returns the folded forms of a text's words, in order."""
    return [token.form for token in tokenize(text)]


# --- sentences and paragraphs ---

_FULL_STOP = re.compile(r"([.?!…‽。！？؟۔।။។።։])[\"'“”‘’«»)\]」』]*$")
_OPENERS = "\"'“”‘’«»([「『¡¿"
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+")
# Full stops of scripts that write no blanks; one is put behind them, and sentences end between runs alone.
UNSPACED_STOPS = "。！？။។"
_UNSPACED_STOP = re.compile(rf"([{UNSPACED_STOPS}][」』”’)]*)(?=\S)")
# What ends in a dot inside a sentence, as English news writes it.
_ABBREVIATIONS = frozenset(
    word
    for line in (
        "mr mrs ms dr prof rev hon gen sen rep gov lt col sgt capt cmdr maj adm pvt cpl st jr sr inc corp co ltd",
        "llc plc vs v etc no nos vol pp p fig al cf ca approx dept est jan feb mar apr jun jul aug sep sept oct nov",
        "dec mon tue tues wed thu thur thurs fri sat sun ave blvd rd mt ft",
    )
    for word in line.split()
)


def ends_sentence(run: str) -> bool:
    """Whether a sentence may end with this run of characters: by its mark, no abbreviation's or initial's dot."""
    mark = None if run[-1:].isalnum() else _FULL_STOP.search(run)
    if not mark:
        return False
    if mark[1] != ".":
        return True
    word = run[: mark.start() + 1].lstrip(_OPENERS)
    return not _INITIALS.fullmatch(word) and word[:-1].lower() not in _ABBREVIATIONS


def starts_sentence(run: str) -> bool:
    """Whether a sentence may start with this run: with anything but a small letter."""
    first = run[:1] if run[:1].isalnum() else next((character for character in run if character.isalnum()), "A")
    return not first.islower()


def sentence_starts(text: str) -> list[int]:
    """Returns the positions of the tokens with which sentences start; the end of a paragraph ends a sentence."""
    return _starts(text, sentences=True)


def paragraph_starts(text: str) -> list[int]:
    """Returns the positions of the tokens with which paragraphs start: a line each."""
    return _starts(text, sentences=False)


def _starts(text: str, *, sentences: bool) -> list[int]:
    starts: set[int] = set()
    position = 0
    for line in text.split("\n"):
        last: str | None = None
        for run in split_runs(line):
            if last is None or (sentences and ends_sentence(last) and starts_sentence(run)):
                starts.add(position)
            position += len(tokenize(run))
            last = run
    return sorted(starts)


def split_runs(text: str) -> list[str]:
    """Returns the runs of characters between blanks; a sentence of an unspaced script ends its run."""
    if not text.isascii() and any(stop in text for stop in UNSPACED_STOPS):
        text = _UNSPACED_STOP.sub(r"\1 ", text)
    return text.split()


class FormTable(dict[str, int]):
    """Numbers the forms of many texts, each run of characters between blanks being taken apart only once.

    No token holds a blank, and no rule looks past one, so the tokens of a text are those of its runs, one run after
    the other: the same as `tokenize` gives, at a tenth of its time, since most runs have been seen before. The table
    maps a run to its number; run `r` has the forms `run_forms[run_starts[r] : run_starts[r + 1]]`, as numbers into
    `forms`. It grows with the vocabulary (some 100 bytes a run) and is never shortened: drop it for a new one.

    Between paragraphs stands a run of its own, number PARAGRAPH, which has no form.
    """

    PARAGRAPH = 0
    _MARK = "\0"
    # What stands around a word in English and is in no token; a run of nothing else but letters is one token.
    _AROUND = '.,;:!?"()[]“”…'

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[str] = []
        self.run_forms = array("I")
        self.run_starts = array("I", [0])
        # Of each run, whether a sentence may end with it and start with it.
        self.run_ends = array("B")
        self.run_opens = array("B")
        self._numbers: dict[str, int] = {}
        self[self._MARK]

    def runs(self, text: str) -> Iterable[int]:
        """Returns the numbers of a text's runs, in order. O(text)."""
        if "\n" in text:
            text = text.replace("\n", f" {self._MARK} ")
        return map(self.__getitem__, split_runs(text))

    def __missing__(self, run: str) -> int:
        core = run.strip(self._AROUND)
        # Two in three runs that are new are a plain word with a mark beside it.
        forms_here = [core.lower()] if core.isascii() and core.isalpha() else forms(run)
        for form in forms_here:
            number = self._numbers.setdefault(form, len(self.forms))
            if number == len(self.forms):
                self.forms.append(form)
            self.run_forms.append(number)
        self.run_starts.append(len(self.run_forms))
        self.run_ends.append(ends_sentence(run))
        self.run_opens.append(starts_sentence(run))
        self[run] = number = len(self)
        return number


@lru_cache(_CACHE_SIZE)
def stem(form: str) -> str:
    """Returns the stem of a folded form, by the script it is written in; see stemmers."""
    return sys.intern(stem_form(form))


def fold(text: str) -> str:
    """Returns the text without case and accents, as keyword values are compared; blanks are made single."""
    return " ".join(_fold(text).split())


def _fold_token(word: str) -> str:
    # What folds to nothing (a lone kashida) is its own form: an empty one would begin and be like every other.
    form = _fold(word) or word
    if "." in form and not form[0].isdigit():
        return form.replace(".", "")
    if "," in form and _THOUSANDS.fullmatch(form):
        return form.replace(",", "")
    return form


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", decomposed.casefold()).translate(_STROKES)
