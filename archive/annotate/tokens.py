"""A line of a text as words and marks, with its quotes and sentences. Pure; internal to the package.

Offsets of tokens are those of the whole text. A quote is a pair of marks; one that is not closed runs to the end of
its line. A sentence ends outside of quotes, or with a quote after which no verb of reporting follows.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from operator import add

from .reporting import MARKS, Reporting

# Every character belongs to one token, with the spaces behind it; so the lengths of tokens give their places.
_TOKENS = re.compile(r"\w+(?:(?:['’](?!(?:re|ve|ll|d|m)\b)|[.\-‐‑&/@]|,(?=\d))\w+)*\s*|(?:''|``|--|\.\.\.|[^\w])\s*")
# Markup that an extractor left in is blank. A tag ends on its line.
_TAGS = re.compile(r"<[a-zA-Z/!][^<>]*>")
_CLOSERS = {
    '"': frozenset('"”“'),
    "“": frozenset('"”'),
    "„": frozenset('“”"'),
    "«": frozenset("»"),
    "‹": frozenset("›"),
    "”": frozenset("”"),
    "``": frozenset(("''", '"')),
    "''": frozenset(("''", '"')),
}
_SINGLES = {"‘": "’'", "'": "'’"}
QUOTE_MARKS = frozenset([*_CLOSERS, *_SINGLES, "’", "»", "''"])
ENDS = frozenset(".?!…")
_MAX_QUOTE_TO_CUE_TOKENS = 6
_MAX_DATELINE_TOKENS = 12


@dataclass(frozen=True, slots=True)
class Quote:
    """The tokens of a quote with its marks, from `start` to `end`. `inner_end` is behind its last word."""

    start: int
    end: int
    inner_end: int
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: its tokens, where they start and end in the text, and the parts that the rules look at.

    `cues` are the tokens that may be a verb of reporting.
    """

    start: int
    words: list[str]
    lower: list[str]
    starts: list[int]
    ends: list[int]
    cues: list[int]
    quotes: list[Quote]
    sentences: list[tuple[int, int]]


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yields the lines of a text that are not blank, with their offsets, without spaces around them."""
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            yield at + line.index(stripped[0]), stripped
        at += len(line) + 1


def read_line(line: str, start: int, table: Reporting) -> Line | None:
    """Returns a line that starts at an offset of the text, None if it has neither a quote nor a verb of reporting."""
    if "<" in line:
        blanked = _TAGS.sub(lambda tag: " " * len(tag.group()), line)
        line = blanked.lstrip()
        start += len(blanked) - len(line)
    pieces = _TOKENS.findall(line)
    words = list(map(str.rstrip, pieces))
    lower = list(map(str.lower, words))
    hits = table.hits
    found = [place for place, word in enumerate(lower) if word in hits]
    cues = [place for place in found if lower[place] not in MARKS]
    marks = [place for place in found if lower[place] in MARKS]
    has_quotes = any(words[place] in QUOTE_MARKS for place in marks)
    if not cues and not has_quotes:
        return None
    starts = list(accumulate(map(len, pieces), initial=start))
    starts.pop()
    ends = list(map(add, starts, map(len, words)))
    quotes = _find_quotes(words, starts, ends, marks) if has_quotes else []
    read = Line(start, words, lower, starts, ends, cues, quotes, [])
    read.sentences.extend(_find_sentences(read, marks, table))
    return read


def _find_quotes(words: list[str], starts: list[int], ends: list[int], marks: list[int]) -> list[Quote]:
    quotes: list[Quote] = []
    singles = [place for place in marks if words[place] in "’'" and _closes_single(words, starts, ends, place)]
    opened = -1
    closers: frozenset[str] = frozenset()
    for place in marks:
        word = words[place]
        if opened >= 0:
            if word in closers or (word == "“" and _closes_single(words, starts, ends, place)):
                quotes.append(Quote(opened, place + 1, place, True))
                opened = -1
        elif word in _CLOSERS:
            opened, closers = place, _CLOSERS[word]
        elif (
            word in _SINGLES
            and (not quotes or place >= quotes[-1].end)
            and (close := _single_close(words, starts, ends, place, singles))
        ):
            quotes.append(Quote(place, close + 1, close, True))
            opened = -1
    if opened >= 0:
        quotes.append(Quote(opened, len(words), len(words), False))
    return _without_nested(quotes)


def _without_nested(quotes: list[Quote]) -> list[Quote]:
    """Returns quotes that follow each other: a double quote inside of a single one belongs to it."""
    kept: list[Quote] = []
    for quote in quotes:
        if not kept or quote.start >= kept[-1].end:
            kept.append(quote)
    return kept


def _closes_single(words: list[str], starts: list[int], ends: list[int], place: int) -> bool:
    touches_left = place > 0 and ends[place - 1] == starts[place]
    touches_right = place + 1 < len(words) and starts[place + 1] == ends[place] and words[place + 1][0].isalnum()
    return touches_left and not touches_right


def _single_close(words: list[str], starts: list[int], ends: list[int], place: int, closers: list[int]) -> int:
    """Returns where a single quote ends, 0 if it is an apostrophe."""
    if place + 1 >= len(words) or starts[place + 1] != ends[place] or not words[place + 1][0].isalnum():
        return 0
    if place and ends[place - 1] == starts[place] and words[place - 1][-1].isalnum():
        return 0
    first = bisect_right(closers, place)
    for close in closers[first : first + 4]:
        if words[close - 1] in ",.?!" or words[close - 1][-1] not in "sS":
            return close
    return closers[first] if first < len(closers) else 0


def _find_sentences(line: Line, marks: list[int], table: Reporting) -> Iterator[tuple[int, int]]:
    begun = _dateline_end(line, table)
    quotes = iter(line.quotes)
    quote = next(quotes, None)
    behind = 0
    for place in marks:
        if place < behind:
            continue
        if quote and place == quote.start:
            behind = quote.end
            if _quote_ends_sentence(line, quote, table):
                yield begun, behind
                begun = behind
            quote = next(quotes, None)
        elif _is_end(line, place, table):
            yield begun, place + 1
            begun = place + 1
    if begun < len(line.words):
        yield begun, len(line.words)


def _dateline_end(line: Line, table: Reporting) -> int:
    """Returns the token behind the place and agency that open a story: WASHINGTON (AP) —. 0 if there are none."""
    words = line.words
    for place in range(1, min(_MAX_DATELINE_TOKENS, len(words))):
        if words[place] == ")" and words[place - 2] == "(" and words[place - 1] in table.outlets:
            return place + 1 + (place + 1 < len(words) and words[place + 1] in ("—", "–", "--", "-"))
        if words[place] in ("—", "–", "--", "-"):
            return place + 1 if words[0].isupper() and len(words[0]) > 2 and words[place - 1] != "," else 0
        if words[place][0].islower() and words[place] not in ("and", "of"):
            return 0
    return 0


def _is_end(line: Line, place: int, table: Reporting) -> bool:
    """Says whether a mark outside of quotes ends a sentence."""
    word = line.words[place]
    if word == ";" or word in QUOTE_MARKS or word == "...":
        return False
    following = line.words[place + 1] if place + 1 < len(line.words) else ""
    if not following:
        return True
    if line.starts[place + 1] == line.ends[place] and following[0].isalnum():
        return False
    if word == "." and place and _is_short(line, place - 1, table):
        return following.lower() in table.pronouns or following in ("The", "But", "In", "A", "And")
    return not following[0].islower() and following not in (",", ")", ";")


def _is_short(line: Line, place: int, table: Reporting) -> bool:
    word = line.words[place]
    if len(word) == 1 and word.isupper() and word != "I":
        return True
    return line.lower[place] in table.abbreviations and (word[0].isupper() or "." in word)


def _quote_ends_sentence(line: Line, quote: Quote, table: Reporting) -> bool:
    last = line.words[quote.inner_end - 1]
    if quote.end >= len(line.words):
        return True
    following = line.words[quote.end]
    if following == ")" and last[-1] in ".?!…" and line.words[min(quote.end + 1, len(line.words) - 1)][0].isupper():
        return True
    if last[-1] not in ".?!…" or not (following[0].isalnum() or following in QUOTE_MARKS):
        return False
    if following[0].islower():
        return False
    if last == "." and quote.is_closed and following not in QUOTE_MARKS:
        return True
    if following in QUOTE_MARKS:
        return True
    near = range(quote.end, min(quote.end + _MAX_QUOTE_TO_CUE_TOKENS, len(line.words)))
    for place in near:
        if line.words[place] in MARKS and not _is_short(line, place - 1, table):
            return True
        if line.lower[place] in table.verbs:
            return False
    return True
