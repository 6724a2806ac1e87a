"""Other spellings of the same words: which a text has beside its tokens, and which a query word stands for. Pure.

What one writer joins, another parts (ceasefire, cease-fire). Some letters are written as two where they are missing
(Müller, Mueller), and some numbers can be read in two ways (12.000; 12 000). Two rules make these meet, one for the
index and one for the query:

- A text has *spellings* beside its tokens, at the same place: `cease-fire` is two tokens, and also `ceasefire`;
  `Müller` is the token `muller`, and also `mueller`.
- A query word has *readings*: `cease-fire` is cease and fire side by side, or ceasefire; `Müller` is muller, or
  mueller where a text has just that.

Two words without a hyphen are not one: `ceasefire` does not find "cease fire", as `together` must not find "to get
her". Muller and Mueller do not find each other. Spellings count for words in any form. A phrase, a truncation and a
fuzzy term match tokens alone, as they are written. Entered through `search.text`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, zip_longest

from .analysis import Token, fold_word, tokenize
from .numbers import GROUP_DIGITS, GROUP_SPACES, ungrouped
from .scripts import UNSPACED
from .stemmers import SPELLING_MARK, stem_form
from .written_on import with_prefixes

# With more words, the joined spelling of a whole chain of hyphens is left out.
_MAX_JOINED_WORDS = 4
_MAX_JOINED_CHARS = 40
HYPHENS = "-\u2010\u2011"
# Letters that are written as two where they are missing: in German, Swedish, Finnish and Turkish; in Danish and
# Norwegian; and in Serbian, Croatian and Bosnian. Without their marks they are one letter, as in all languages.
TWO_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "đ": "dj"}
_HAS_TWO_LETTERS = re.compile("[äöüøåđ]")
# With more kinds of these letters in a word, all of them are written as two or none.
_MAX_MIXED_KINDS = 2
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
_GROUP = re.compile(r"\d{3}")
_FIRST_GROUP = re.compile(r"[1-9]\d{0,2}")
# What every text with another spelling contains.
_MAY_BE_SPELLED = re.compile(
    rf"[{HYPHENS}]\w|\d(?:\.\d|[{GROUP_SPACES}]\d)|[äöüøåđÄÖÜØÅĐ]|[aouAOU][\u0308\u030a]|\u212b"
)


_PLAIN_PAIR = re.compile("[A-Za-z]+-[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """Another spelling of some of a text's tokens: its form in the index, and the first and last of these tokens.

    The form begins with SPELLING_MARK, so it equals the form of no token, and sorts before them all.
    """

    form: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a reading. Any word of the stem matches, in whatever spelling; so does a token of another stem.

    The stem is empty if only the others match.
    """

    stem: str
    others: tuple[str, ...] = ()

    def matches(self, form: str) -> bool:
        """Whether a token of this form matches."""
        stem = stem_form(form)
        return stem == self.stem or stem in self.others


# Adjacent places; at least one.
Reading = tuple[Slot, ...]


def other_spellings(text: str, tokens: Sequence[Token]) -> list[Spelling]:
    """Returns the other spellings of a text's tokens, ordered by their first token. O(text)."""
    if not _MAY_BE_SPELLED.search(text):
        return []
    found = []
    plain = text.isascii()
    for token, following in zip_longest(tokens, tokens[1:]):
        joined = following is not None and following.start_char == token.end_char + 1
        if plain and not joined and "." not in token.form:
            continue
        stems = {stem_form(token.form)}
        for form, last in _spellings_at(text, tokens, token.position):
            spelling = Spelling(SPELLING_MARK + form, token.position, last)
            stem = stem_form(spelling.form)
            # One that has the stem of another adds nothing but a second match at the same place.
            if stem not in stems:
                stems.add(stem)
                found.append(spelling)
    return found


def spellings_of_run(run: str, core: str, forms: Sequence[str]) -> list[tuple[str, int]]:
    """Returns the forms of a run's other spellings, each with its first token: the same as `other_spellings`.

    `core` is the run without the punctuation around it, `forms` are those of its tokens. Most runs with a spelling are
    two plain words with a hyphen, which need no tokens.
    """
    if _PLAIN_PAIR.fullmatch(core):
        form = SPELLING_MARK + core.lower()
        is_known = len(form) > _MAX_JOINED_CHARS or stem_form(form) == stem_form(forms[0])
        return [] if is_known else [(form, 0)]
    if not _MAY_BE_SPELLED.search(run):
        return []
    return [(spelling.form, spelling.first) for spelling in other_spellings(run, tokenize(run))]


# What stands between the tokens of a joined spelling.
JOINTS = (" ", "-")


def spelling_width(form: str) -> int:
    """Returns the number of tokens that a form stands for: more than one for a joined spelling."""
    return 1 + sum(map(form.count, JOINTS)) if form.startswith(SPELLING_MARK) else 1


@lru_cache(1024)
def readings(text: str) -> tuple[Reading, ...]:
    """Returns what a query word stands for; the first reading is that of its tokens. None for a text without words."""
    tokens = tokenize(text)
    if not tokens:
        return ()
    written = tuple(_slot(text[token.start_char : token.end_char], token.form) for token in tokens)
    found = [written]
    for token in tokens:
        for form, last in _joined_at(text, tokens, token.position):
            stem = stem_form(SPELLING_MARK + form)
            # The tokens of F-16s are not side by side in F-16, whose spelling has the same stem.
            joined = Slot(stem) if _has_letters_on(tokens, last - 1) else Slot("", (stem,))
            found.append((*written[: token.position], joined, *written[last + 1 :]))
    return tuple(found)


def _slot(word: str, form: str) -> Slot:
    if number := ungrouped(form):
        # The reading that all its spellings share.
        return Slot(number)
    stem = stem_form(form)
    others = dict.fromkeys((*map(stem_form, _with_two_letters(word)), *with_prefixes(stem)))
    return Slot(stem, tuple(other for other in others if other != stem))


def _spellings_at(text: str, tokens: Sequence[Token], first: int) -> Iterator[tuple[str, int]]:
    """Yields the spellings that begin with a token, each with its last token."""
    form = tokens[first].form
    for spelling in _with_two_letters(text[tokens[first].start_char : tokens[first].end_char]):
        yield spelling, first
    yield from _joined_at(text, tokens, first)
    if number := ungrouped(form):
        yield number, first
    if _FIRST_GROUP.fullmatch(form) and not (first and _is_grouped(text, tokens, first - 1)):
        last = first
        while _is_grouped(text, tokens, last):
            last += 1
        if last > first:
            yield " ".join(token.form for token in tokens[first : last + 1]), last


def _joined_at(text: str, tokens: Sequence[Token], first: int) -> Iterator[tuple[str, int]]:
    """Yields the spellings that join a token with those behind its hyphen, each with its last token.

    A pair is joined wherever it is, a longer chain as a whole. Numbers are left out, as their joined spelling would be
    other tokens: 17-year-old, 2-1.
    """
    last = first
    while last - first < _MAX_JOINED_WORDS and _is_hyphenated(text, tokens, last):
        last += 1
    ends = {first + 1, last} if not (first and _is_hyphenated(text, tokens, first - 1)) else {first + 1}
    for end in sorted(ends):
        if first < end <= last and end - first < _MAX_JOINED_WORDS:
            # Letters on a number are a token of their own: F-16C is also f16c, not only f16.
            for last_joined in (end, end + 1) if _has_letters_on(tokens, end) else (end,):
                form = "-".join(token.form for token in tokens[first : last_joined + 1])
                if len(form) < _MAX_JOINED_CHARS and not form[0].isdigit() and "." not in form:
                    yield form, last_joined


def _has_letters_on(tokens: Sequence[Token], number: int) -> bool:
    """Whether a token is a number with the next token written onto it."""
    following = tokens[number + 1 : number + 2]
    return tokens[number].form[-1].isdigit() and bool(following) and following[0].start_char == tokens[number].end_char


def _is_hyphenated(text: str, tokens: Sequence[Token], number: int) -> bool:
    """Whether a token and the next are words with nothing but a hyphen between them."""
    if number + 1 >= len(tokens):
        return False
    token, following = tokens[number], tokens[number + 1]
    return (
        following.start_char == token.end_char + 1
        and text[token.end_char] in HYPHENS
        and not (token.form[-1].isdigit() and following.form[0].isdigit())
        and not _UNSPACED_LETTER.search(token.form + following.form)
    )


def _is_grouped(text: str, tokens: Sequence[Token], number: int) -> bool:
    """Whether a token and the next are digits with the space between them that groups digits."""
    if number + 1 >= len(tokens):
        return False
    token, following = tokens[number], tokens[number + 1]
    return (
        following.start_char == token.end_char + 1
        and text[token.end_char] in GROUP_SPACES
        and text[token.end_char - 1] in GROUP_DIGITS
        and token.form.isdigit()
        and len(token.form) <= 3
        and _GROUP.fullmatch(following.form) is not None
    )


def _with_two_letters(word: str) -> Iterator[str]:
    """Yields the forms of a word with letters written as two: Ødegård is oedegaard, oedegard and odegaard."""
    if word.isascii():
        return
    word = unicodedata.normalize("NFC", word).casefold()
    kinds = sorted(set(_HAS_TWO_LETTERS.findall(word)))
    for count in range(len(kinds), 0, -1) if len(kinds) <= _MAX_MIXED_KINDS else (len(kinds),):
        for chosen in combinations(kinds, count):
            written = word
            for letter in chosen:
                written = written.replace(letter, TWO_LETTERS[letter])
            yield fold_word(written)[0]
