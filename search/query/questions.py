"""Plain questions: What did the mayor say about the stadium? Pure; used within `search.query`.

Few texts that answer it have "what", "did" and "about". A question is therefore searched by its content words, with a
note that names them and suggests all words. Function words are left out, except abbreviations in capitals (IT, US).
What a question is:

- words alone: no operator, field, quotation mark, bracket or wildcard;
- at least 3 words, the first of which begins questions, and a question mark at the end; or at least 4 words that begin
  with a question word and go on with a function word, or have 3 function words (who won the cup in Lindwick); or a
  request (tell me about);
- not written like a title: Where the Crawdads Sing;
- at least one word is left, and at least one is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..text import find_abbreviations, tokenize
from .lexer import AT_LEAST, FUZZY, OPERATORS, TRUNCATED, Lexeme, read_proximity
from .question_words import QUESTION_WORDS, QuestionWords

_MIN_WORDS, _MIN_WORDS_WITHOUT_MARK = 3, 4
_MIN_FUNCTION_WORDS = 3
_QUESTION_MARKS = ("?", "？", "؟", ";")
_CLOSING = " .!)\"'’”»"
# Longer texts are pasted, and each of their words was meant.
_MAX_WORDS = 40
# Words that a title in English has in small letters.
_SMALL_IN_TITLES = frozenset("a an the and but or nor for of in on at to by with from as into over".split())


@dataclass(frozen=True)
class PlainQuestion:
    """A question: the lexemes of its content words, and a query for all of its words."""

    content: list[Lexeme]
    all_words: str

    @property
    def reading(self) -> str:
        """How it was read, for people."""
        return f"Read as a question. Searched for: {', '.join(lexeme.text for lexeme in self.content)}."


@dataclass(frozen=True)
class _Word:
    """A token of a question: its form, as written, and the lexeme that it belongs to."""

    form: str
    written: str
    lexeme: int
    start: int
    is_abbreviation: bool


def read_question(text: str, lexemes: Sequence[Lexeme]) -> PlainQuestion | None:
    """Returns the question that a query is; None for any other query."""
    if len(lexemes) > _MAX_WORDS or not all(map(_is_word, lexemes)):
        return None
    words = _split_words(text, lexemes)
    language = _find_language(words)
    is_marked = text.rstrip(_CLOSING).endswith(_QUESTION_MARKS)
    if language is None or not _is_question(words, language, is_marked=is_marked):
        return None
    left_out = _left_out(words, language)
    content = [_lexeme_of(words, number, left_out, text) for number in range(len(lexemes))]
    kept = [lexeme for lexeme in content if lexeme]
    if not kept or not left_out:
        return None
    every = [_lexeme_of(words, number, frozenset(), text) for number in range(len(lexemes))]
    return PlainQuestion(kept, " AND ".join(lexeme.text for lexeme in every if lexeme))


def _is_word(lexeme: Lexeme) -> bool:
    text = lexeme.text.rstrip("?.,;:'’")
    is_sign = text in OPERATORS or read_proximity(text) or AT_LEAST.fullmatch(text)
    return lexeme.kind == "word" and not is_sign and not TRUNCATED.fullmatch(text) and not FUZZY.fullmatch(text)


def _split_words(text: str, lexemes: Sequence[Lexeme]) -> list[_Word]:
    tokens = tokenize(text)
    in_capitals = {tokens[place].start_char for place in find_abbreviations(text, tokens)}
    return [
        _Word(
            token.form,
            lexeme.text[token.start_char : token.end_char],
            number,
            lexeme.position + token.start_char,
            lexeme.position + token.start_char in in_capitals,
        )
        for number, lexeme in enumerate(lexemes)
        for token in tokenize(lexeme.text)
    ]


def _find_language(words: Sequence[_Word]) -> QuestionWords | None:
    """Returns the language that has the most words of a question, among those in which it may begin so."""
    if not words:
        return None
    first = words[0].form
    candidates = [
        language for language in QUESTION_WORDS if first in language.asking | language.verbs | language.requests
    ]
    return max(candidates, key=lambda language: sum(word.form in language.empty for word in words), default=None)


def _is_question(words: Sequence[_Word], language: QuestionWords, *, is_marked: bool) -> bool:
    first, second = words[0].form, words[1].form if len(words) > 1 else ""
    if is_marked:
        return len(words) >= _MIN_WORDS and (first not in language.requests or _is_request(words, language))
    if len(words) < _MIN_WORDS_WITHOUT_MARK or _is_title(words):
        return False
    if first in language.requests:
        return _is_request(words, language)
    function_words = sum(word.form in language.empty for word in words)
    return first in language.asking and (second in language.empty or function_words >= _MIN_FUNCTION_WORDS)


def _is_request(words: Sequence[_Word], language: QuestionWords) -> bool:
    return not language.to_whom or words[1].form in language.to_whom


def _is_title(words: Sequence[_Word]) -> bool:
    """Whether every word begins with a capital, except those that titles have in small letters."""
    first, *others = (word.written for word in words)
    return first[0].isupper() and all(not word[0].islower() or word in _SMALL_IN_TITLES for word in others)


def _left_out(words: Sequence[_Word], language: QuestionWords) -> frozenset[int]:
    """Returns where the words begin that say nothing of the subject."""
    empty = frozenset(language.empty)
    request = (2 if language.to_whom else 1) if words[0].form in language.requests else 0
    return frozenset(
        word.start
        for number, word in enumerate(words)
        if number < request or (word.form in empty and not word.is_abbreviation)
    )


def _lexeme_of(words: Sequence[_Word], number: int, left_out: frozenset[int], text: str) -> Lexeme | None:
    """Returns a lexeme from its first to its last word that is not left out; None if it has none."""
    kept = [word for word in words if word.lexeme == number and word.start not in left_out]
    if not kept:
        return None
    start, end = kept[0].start, kept[-1].start + len(kept[-1].written)
    return Lexeme("word", text[start:end], start)
