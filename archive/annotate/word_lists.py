"""The word lists of `data/`, each read when it is first looked at. Only modules of this package import it.

data/README.md says where the lists come from. Keys are plain forms: without case and, in Latin letters, without marks.
"""

import gzip
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

# Less frequent ones are words more often.
MAX_SURNAMES_OF_WORDS = 2_000
# Surnames of known persons that are too many other things.
NOT_KNOWN_ALONE = frozenset(
    "begin ban xi barak sharon fox park moon gates jobs bush brown reid lee kim wen mao".split()
)
_DATA = Path(__file__).parent / "data"

_PLAIN_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
_APOSTROPHES = {"’": "'", "‘": "'", "ʻ": "'", "ʼ": "'", "`": "'", "´": "'"}
_DOUBLED = re.compile(r"([a-z])\1")
# Spellings of one given name that transliterations differ by: Yevgeny and Evgeny, Viktor and Victor.
_SOUNDS = (
    ("y", "i"),
    ("j", "i"),
    ("ie", "e"),
    ("ph", "f"),
    ("ck", "k"),
    ("c", "k"),
    ("w", "v"),
    ("kh", "h"),
    ("z", "s"),
)


@cache
def _plain_table() -> dict[int, str]:
    table = {ord(letter): form for letter, form in (_PLAIN_LETTERS | _APOSTROPHES).items()}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        bare = unicodedata.normalize("NFKD", chr(code))
        if code not in table and bare[0].isascii() and bare[0].isalpha():
            table[code] = bare[0].lower()
    return table


def plain(text: str) -> str:
    """Returns a text without case, and without marks on Latin letters: the key of the word lists."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).casefold().translate(_plain_table())


def given_name_key(names: str) -> str:
    """Returns plain given names without what transliterations differ by. Works on a list of names as on a name."""
    for form, sound in _SOUNDS:
        names = names.replace(form, sound)
    return _DOUBLED.sub(r"\1", names)


def read_list(name: str) -> str:
    """Returns the text of a list."""
    body = (_DATA / name).read_bytes()
    return (gzip.decompress(body) if name.endswith(".gz") else body).decode()


@cache
def common_words() -> frozenset[str]:
    """English words that are written small."""
    return frozenset(read_list("words.txt.gz").split())


@cache
def given_names() -> frozenset[str]:
    """Keys of given names (`given_name_key`)."""
    return frozenset(given_name_key(read_list("given-names.txt.gz")).split())


@cache
def surnames() -> frozenset[str]:
    """Plain surnames that are no common words."""
    return frozenset(read_list("surnames.txt.gz").split()) - common_words()


@cache
def surnames_of_words() -> frozenset[str]:
    """Plain surnames, of the most frequent, that are common words too."""
    return frozenset(read_list("surnames.txt.gz").split()[:MAX_SURNAMES_OF_WORDS]) & common_words()


@cache
def known_persons() -> frozenset[str]:
    """Plain surnames of persons whom texts name without more."""
    return frozenset(plain(name) for name in read_list("persons.txt").split()) - NOT_KNOWN_ALONE


def _by_form(text: str) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        label, *forms = line.split("\t")
        for form in forms:
            found[form] = label
    return found


@cache
def places() -> Mapping[str, str]:
    """English labels of places by their plain forms in Latin letters."""
    return _by_form(read_list("places.tsv.gz"))


@cache
def places_in_scripts() -> Mapping[str, str]:
    """English labels of places by their forms in all other scripts, without case."""
    return _by_form(read_list("places-in-scripts.tsv.gz"))


@cache
def places_of_language(language: str) -> Mapping[str, str]:
    """English labels of places by the plain forms of a language in Latin letters."""
    for line in read_list("places-by-language.tsv.gz").splitlines():
        if line.startswith(language + "\t"):
            cells = line.split("\t")[1:]
            return dict(zip(cells[::2], cells[1::2], strict=True))
    return {}
