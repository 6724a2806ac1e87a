"""Suggestions for a query that is being typed: headlines, values of fields, and words.

The last word of the query may be unfinished. Every suggestion has a whole query, which can be read without an error.
The engine knows what begins with a prefix, the database how a headline is written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.utils import timezone

from archive.models import shown_articles
from archive.times import OutletTime
from archive.topic_tree import hidden_names

from ..engines import TIME_LIMIT_SECONDS, time_limit
from ..fields import FIELD_BY_NAME, HLEAD, NAME_FIELDS, NAMES_OF_VALUES, TEXT_FIELDS, Field
from ..index import shown_index
from ..query import (
    MAX_QUERY_CHARS,
    QUOTING,
    Keyword,
    QueryError,
    UnfinishedTerm,
    Word,
    is_plain_word,
    parse,
    read_unfinished,
)
from ..text import fold_value, tokenize, word_forms
from .facets import value_label
from .name_spellings import name_table
from .parameters import Parameters, on_reader_clock, read_last

# The kinds of suggestions for plain words, in their order; a keyword field gets suggestions of its own values only.
HEADLINES, WORDS = "headline", "word"
VALUE_FIELDS = ("source", "topic", "byline", *NAME_FIELDS)
# How many of each kind are returned by default.
MAX_SUGGESTIONS = 5
# How many words before the unfinished word can be part of a value, and of a headline.
_MAX_VALUE_WORDS = 4
_MAX_HEADLINE_WORDS = 8
# A longer headline is cut in the query: two headlines rarely share such a long beginning.
_MAX_HEADLINE_CHARS = 200
_NOT_IN_PHRASE = re.compile(rf"{QUOTING.pattern}|\*")


@dataclass(frozen=True)
class Suggestion:
    """A suggestion: its text, the query that results from taking it, and how many sections that finds.

    `kind` is HEADLINES, WORDS, or the name of a keyword field. A headline has the id of its article and its time of
    publication. `count` is None where it takes more than a lookup: for a word in a phrase or after a hyphen, and in
    `hlead`. A word counts in any of its forms, in its field.
    """

    kind: str
    text: str
    q: str
    count: int | None
    article_id: int | None = None
    published: OutletTime | None = None


def read_typed_query(parameters: Parameters) -> str:
    """Returns the query as far as it is typed. A blank at its end means that the last word is finished."""
    return read_last(parameters, "q", strip=False)[:MAX_QUERY_CHARS]


def suggest(q: str, *, now: datetime, limit: int = MAX_SUGGESTIONS) -> Mapping[str, tuple[Suggestion, ...]]:
    """Returns suggestions by kind, at most `limit` of each, without kinds that have none.

    One database query; one more if headlines match, and one for each start of a topic. Raises EngineError.
    """
    unfinished = read_unfinished(q)
    if unfinished is None:
        return {}
    with time_limit(TIME_LIMIT_SECONDS):
        suggester = _Suggester(q, unfinished, now, limit)
        found = {kind: tuple(suggestions) for kind, suggestions in suggester.suggest()}
    return {kind: suggestions for kind, suggestions in found.items() if suggestions}


def suggestion_label(kind: str) -> str:
    """Returns the heading of a group of suggestions."""
    if kind == WORDS:
        return "Words"
    if kind == HEADLINES:
        return "Headlines"
    return f"{FIELD_BY_NAME[kind].label}s"


def count_label(suggestion: Suggestion) -> str:
    """Returns the number of sections in parentheses, to follow the text; empty where the number is not known."""
    return "" if suggestion.count is None else f" ({suggestion.count:,})"


class _Suggester:
    """Collects the suggestions for one query."""

    def __init__(self, q: str, unfinished: UnfinishedTerm, now: datetime, limit: int) -> None:
        self._q = q
        self._typed = unfinished
        self._now = now
        self._limit = limit
        self._index = shown_index()
        self._readable: dict[tuple[str, int, bool], bool] = {}
        tokens = tokenize(unfinished.text)
        # The last word if it is unfinished, and the forms of the words before it.
        self._last = tokens[-1] if tokens and tokens[-1].end_char == len(unfinished.text) else None
        self._forms = [form for _, word in unfinished.words_before for form in word_forms(word)]
        self._forms += [token.form for token in (tokens[:-1] if self._last else tokens)]

    def suggest(self) -> Iterator[tuple[str, list[Suggestion]]]:
        """Yields each kind with its suggestions."""
        field = self._typed.field
        if field is not None and field.kind == "keyword":
            yield field.name, self._values_in(field)
            return
        if field is not None and field.is_dated:
            return
        if field in (None, FIELD_BY_NAME["headline"]) and not self._typed.words_only:
            yield HEADLINES, self._headlines()
        if field is None and not self._typed.words_only and not self._typed.quoted:
            for name in VALUE_FIELDS:
                yield name, self._values_of(name)
        yield WORDS, self._words()

    def _words(self) -> list[Suggestion]:
        """Returns words that begin with the unfinished word, the most frequent first."""
        if self._last is None:
            return []
        typed, last = self._typed, self._last
        head = typed.text[: last.start_char]
        if head[-1:].isalnum():
            # The letters behind a number, as in 20km, begin no word.
            return []
        field = typed.field.name if typed.field in TEXT_FIELDS else ""
        suggestions = []
        # One more for the word itself; twice as many in a field, since words of other fields are dropped.
        limit = self._limit * (2 if field else 1) + 1
        for form, count in self._index.suggest(last.form, field=field, limit=limit):
            written = self._write_word(head, form)
            if form == last.form or word_forms(form) != [form] or not written:
                continue
            sections = None if last.position else self._count_word(form, count, quoted=written[-1:] == '"')
            if sections != 0 and (q := self._replace_end(WORDS, typed.start, written)):
                suggestions.append(Suggestion(WORDS, form, q, sections))
        suggestions.sort(key=lambda suggestion: -(suggestion.count or 0))
        return suggestions[: self._limit]

    def _write_word(self, head: str, form: str) -> str:
        """Returns a form as it is written after the text before it; empty if it cannot be written there."""
        if self._typed.quoted:
            return f'"{head}{form}"'
        if is_plain_word(head + form):
            return head + form
        return "" if head else f'"{form}"'

    def _count_word(self, form: str, count: int, *, quoted: bool) -> int | None:
        """Returns how many sections the query for a form finds; `count` have this very form in any field."""
        field = self._typed.field
        if quoted:
            return count if field is None else None
        if field == HLEAD:
            return None
        word = Word(form, field.name if field else None)
        # Where only headlines of live pages have the word, it finds articles, and no sections to count.
        return self._index.count(word) or (None if self._index.count(word, leads=True) else 0)

    def _values_in(self, field: Field) -> list[Suggestion]:
        """Returns values of the field that the query names."""
        prefix = _fold_prefix(self._typed.text)
        return [
            Suggestion(field.name, value_label(field.name, value), q, count)
            for value, count in self._suggest_values(prefix, field.name)
            if (written := _write_value(value)) and (q := self._replace_end(field.name, self._typed.start, written))
        ]

    def _suggest_values(self, prefix: str, name: str) -> list[tuple[str, int]]:
        """Returns values of a field that begin with a prefix, without those names of topics that are not shown.

        A name is found by its other spellings too.
        """
        if name in NAME_FIELDS:
            return self._suggest_names(prefix, name)
        if name not in NAMES_OF_VALUES:
            return list(self._index.suggest(prefix, field=name, limit=self._limit))
        found = self._index.suggest(prefix, field=name, limit=self._limit * 2)
        hidden = hidden_names(value for value, _ in found) if found else set()
        return [pair for pair in found if pair[0] not in hidden][: self._limit]

    def _suggest_names(self, prefix: str, name: str) -> list[tuple[str, int]]:
        found = dict(self._index.suggest(prefix, field=name, limit=self._limit))
        for label in islice(name_table(self._index).starting(prefix, name), self._limit):
            found.setdefault(label, self._index.count(Keyword(name, label)))
        return sorted(found.items(), key=lambda pair: -pair[1])[: self._limit]

    def _values_of(self, name: str) -> list[Suggestion]:
        """Returns values that begin with the last words, first those that begin with the most of these words."""
        starts = [start for start, _ in self._typed.words_before[-_MAX_VALUE_WORDS:]]
        if self._typed.text:
            starts.append(self._typed.start)
        found: dict[str, Suggestion] = {}
        for start in starts:
            prefix = _fold_prefix(self._q[start:])
            if len(found) >= self._limit or not prefix.strip():
                continue
            for value, count in self._suggest_values(prefix, name):
                written = _write_value(value)
                if value not in found and written and (q := self._replace_end(name, start, f"{name}:{written}")):
                    found[value] = Suggestion(name, value, q, count)
        return list(found.values())[: self._limit]

    def _headlines(self) -> list[Suggestion]:
        """Returns headlines with the last words and a word that begins with the unfinished word."""
        words, prefix = self._forms[-_MAX_HEADLINE_WORDS:], self._last.form if self._last else ""
        if not words and not prefix:
            return []
        counts = dict(self._index.suggest_articles(words, prefix, limit=self._limit))
        if not counts:
            return []
        # Leaves out articles that may not be shown any more but are still in the index.
        shown = shown_articles(timezone.now()).filter(pk__in=counts)
        articles = {article.pk: article for article in shown.select_related("source")}
        start = self._typed.words_before[0][0] if self._typed.words_before else self._typed.start
        # In `headline:` the field is written already.
        field = "" if self._typed.field else "headline:"
        return [
            Suggestion(HEADLINES, article.headline, q, counts[pk], pk, article.time)
            for pk in counts
            if (article := articles.get(pk))
            and (q := self._replace_end(HEADLINES, start, f'{field}"{_phrase_of(article.headline)}"'))
        ]

    def _replace_end(self, kind: str, start: int, written: str) -> str:
        """Returns the query with its end from `start` replaced; empty if it cannot be read or is too long.

        The text before `start` may contain an error, or may not allow a value. Parsing is the main cost, so of the
        suggestions that are written alike only the first is parsed.
        """
        q = self._q[:start] + written
        alike = (kind, start, written[-1:] == '"')
        if alike not in self._readable:
            try:
                parse(q, now=on_reader_clock(self._now))
            except QueryError:
                self._readable[alike] = False
            else:
                self._readable[alike] = True
        return q if self._readable[alike] and len(q) <= MAX_QUERY_CHARS else ""


def _fold_prefix(text: str) -> str:
    """Returns the start of a value folded; a blank at its end means that its last word is finished."""
    folded = fold_value(text)
    return folded + (" " if folded and fold_value(f"{text}x") == f"{folded} x" else "")


def _write_value(value: str) -> str:
    """Returns a whole value as it is written after its field.

    Empty for a value with quotation marks in it: a query cannot have them inside quotes.
    """
    return "" if QUOTING.search(value) else f'"{value}"'


def _phrase_of(headline: str) -> str:
    """Returns a headline, or the start of a long one, as the content of a phrase."""
    content = " ".join(_NOT_IN_PHRASE.sub(" ", headline).split())
    return content if len(content) <= _MAX_HEADLINE_CHARS else content[:_MAX_HEADLINE_CHARS].rpartition(" ")[0]
