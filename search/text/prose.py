"""Whether a place in a text is in prose, and not in a menu, a caption, or a list of links. Pure; entered through
`search.text`.

Pages come with what surrounds their text: JUST WATCHED, Read more, the credit of a picture. Such lines have no full
sentence, or do not end with one. It is a rule of thumb for choosing among passages, and decides nothing else.
"""

import re

from .sentences import UNSPACED_STOPS

# A boundary of sentences is looked for so far to each side. Longer sentences are no worse prose.
_MAX_SENTENCE_CHARS = 400
_SENTENCE_ENDS = ("\n", ". ", "? ", "! ", ".” ", '." ', *UNSPACED_STOPS)
_STOPS = ".?!…‽؟۔।։" + UNSPACED_STOPS
_CLOSING_MARKS = "\"'“”‘’»)]」』"
# A stop that belongs to a word: the dots of "Videos ..." end no sentence.
_FULL_STOP = re.compile(rf"[^\s.][{_STOPS}]+[{re.escape(_CLOSING_MARKS)}]*\s*$")
# A line may also introduce what follows it.
_LINE_END = re.compile(rf"[{_STOPS}:][{re.escape(_CLOSING_MARKS)}]*\s*$")
_MAX_LINE_END_CHARS = 8
_MIN_SENTENCE_WORDS = 5
# Of a sentence in a script without spaces.
_MIN_UNSPACED_CHARS = 10


def is_prose_at(text: str, position: int) -> bool:
    """Returns whether the sentence around a position is a full one, in a line that ends with a full stop.

    In scripts with capital letters, at least half of its words begin with a small one: titles and menus do not.
    """
    start, end = sentence_around(text, position)
    sentence = text[start:end]
    if not _FULL_STOP.search(sentence):
        return False
    words = sentence.split()
    if len(words) < _MIN_SENTENCE_WORDS and not (
        sentence.rstrip(_CLOSING_MARKS)[-1:] in UNSPACED_STOPS and len(sentence) >= _MIN_UNSPACED_CHARS
    ):
        return False
    small = sum(1 for word in words if word[0].islower())
    capital = sum(1 for word in words if word[0].isupper())
    if small < capital:
        return False
    line_end = text.find("\n", end - 1)
    past = len(text) if line_end < 0 else line_end
    return _LINE_END.search(text[max(past - _MAX_LINE_END_CHARS, 0) : past]) is not None


def sentence_around(text: str, position: int) -> tuple[int, int]:
    """Returns the bounds of the sentence around a position; an abbreviation may cut it."""
    earliest, latest = max(position - _MAX_SENTENCE_CHARS, 0), position + _MAX_SENTENCE_CHARS
    start, end = earliest, min(latest, len(text))
    for mark in _SENTENCE_ENDS:
        before = text.rfind(mark, earliest, position)
        if before >= 0:
            start = max(start, before + len(mark))
        after = text.find(mark, position, end)
        if after >= 0:
            end = min(end, after + len(mark))
    return start, end
