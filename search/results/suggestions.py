"""What may be meant by what stands in the box so far, the last word unfinished: headlines, values, words.

Each suggestion carries the whole query that results from taking it, which reads without an error. `suggest` is the
only way in; the engine knows what begins so, the record how a headline is written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from archive.models import Article, is_shown

from ..engines import TIME_LIMIT_SECONDS, time_limit
from ..fields import FIELD_BY_NAME, HLEAD, TEXT_FIELDS, Field
from ..index import engine
from ..query import (
    MAX_QUERY_CHARS,
    QUOTE_MARKS,
    Keyword,
    QueryError,
    UnfinishedTerm,
    Word,
    format_query,
    is_plain_word,
    parse,
    read_unfinished,
)
from ..text import fold_text, tokenize, word_forms

# What is suggested for plain words, in this order; within a keyword field, its values alone.
HEADLINES, WORDS = "headline", "word"
VALUES = ("source", "topic", "byline")
# How many of each kind, unless told.
LIMIT = 5
# Words before the last one that a value or a headline is looked for with.
_WORDS_OF_VALUE = 4
_WORDS_OF_HEADLINE = 8
# Of a headline in a query: enough to be the only one that begins so.
_HEADLINE_CHARS = 200
_NOT_IN_PHRASE = re.compile(f"[{QUOTE_MARKS}*]")


@dataclass(frozen=True)
class Suggestion:
    """One suggestion: what it says, the query that results from taking it, and how many sections have it.

    `kind` is HEADLINES, WORDS, or the name of a keyword field. A headline names its article and when it was published.
    A word counts as it is found, in any form, in its field; `count` is None where that takes more than a lookup: for
    a word in a phrase or behind a hyphen, and in headline and lead.
    """

    kind: str
    text: str
    q: str
    count: int | None
    article_id: int | None = None
    published: datetime | None = None


def suggest(q: str, *, now: datetime, limit: int = LIMIT) -> Mapping[str, tuple[Suggestion, ...]]:
    """Returns suggestions by their kind, at most so many of each; kinds without any are left out.

    One database query where a headline fits. Raises EngineError.
    """
    unfinished = read_unfinished(q)
    if unfinished is None:
        return {}
    with time_limit(TIME_LIMIT_SECONDS):
        made = _Maker(q, unfinished, now, limit)
        found = {kind: tuple(suggestions) for kind, suggestions in made.all()}
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


class _Maker:
    """Makes the suggestions for one query."""

    def __init__(self, q: str, unfinished: UnfinishedTerm, now: datetime, limit: int) -> None:
        self._q = q
        self._typed = unfinished
        self._now = now
        self._limit = limit
        self._reads: dict[tuple[str, int, bool], bool] = {}
        tokens = tokenize(unfinished.text)
        # The last word, if it is unfinished, and the whole ones before it.
        self._last = tokens[-1] if tokens and tokens[-1].end_char == len(unfinished.text) else None
        self._forms = [form for _, word in unfinished.words_before for form in word_forms(word)]
        self._forms += [token.form for token in (tokens[:-1] if self._last else tokens)]

    def all(self) -> Iterator[tuple[str, list[Suggestion]]]:
        """Yields each kind with its suggestions."""
        field = self._typed.field
        if field is not None and field.kind == "keyword":
            yield field.name, self._values_in(field)
            return
        if field is not None and field.kind == "date":
            return
        if field in (None, FIELD_BY_NAME["headline"]) and not self._typed.words_only:
            yield HEADLINES, self._headlines()
        if field is None and not self._typed.words_only and not self._typed.quoted:
            for name in VALUES:
                yield name, self._values_of(name)
        yield WORDS, self._words()

    def _words(self) -> list[Suggestion]:
        if self._last is None:
            return []
        typed, last = self._typed, self._last
        head = typed.text[: last.start_char]
        field = typed.field.name if typed.field in TEXT_FIELDS else ""
        made = []
        # More than wanted: what is typed already is none, nor is what stands in other fields alone.
        limit = self._limit * (2 if field else 1) + 1
        for form, count in engine().suggest(last.form, field=field, limit=limit):
            if typed.quoted:
                written = f'"{head}{form}"'
            elif is_plain_word(head + form):
                written = head + form
            else:
                written = f'"{form}"' if not head else ""
            if form == last.form or word_forms(form) != [form] or not written:
                continue
            counted = None if last.position else self._count(form, count, quoted=written[-1:] == '"')
            if counted != 0 and (q := self._query(WORDS, typed.start, written)):
                made.append(Suggestion(WORDS, form, q, counted))
        made.sort(key=lambda one: -(one.count or 0))
        return made[: self._limit]

    def _count(self, form: str, sections: int, *, quoted: bool) -> int | None:
        """Returns how many sections have a form as it is asked for by itself, given how many have it anywhere."""
        field = self._typed.field
        if quoted:
            return sections if field is None else None
        return None if field == HLEAD else engine().count(Word(form, field.name if field else None))

    def _values_in(self, field: Field) -> list[Suggestion]:
        """Returns the values of the field that is asked for."""
        prefix = _fold_start(self._typed.text)
        return [
            Suggestion(field.name, value, q, count)
            for value, count in engine().suggest(prefix, field=field.name, limit=self._limit)
            if (written := _write_value(field.name, value))
            and (q := self._query(field.name, self._typed.start, written))
        ]

    def _values_of(self, name: str) -> list[Suggestion]:
        """Returns values that go on from the last words: first those with the most of these words in them."""
        starts = [start for start, _ in self._typed.words_before[-_WORDS_OF_VALUE:]]
        if self._typed.text:
            starts.append(self._typed.start)
        found: dict[str, Suggestion] = {}
        for start in starts:
            prefix = _fold_start(self._q[start:])
            if len(found) >= self._limit or not prefix.strip():
                continue
            for value, count in engine().suggest(prefix, field=name, limit=self._limit):
                written = _write_value(name, value)
                if value not in found and written and (q := self._query(name, start, f"{name}:{written}")):
                    found[value] = Suggestion(name, value, q, count)
        return list(found.values())[: self._limit]

    def _headlines(self) -> list[Suggestion]:
        words, prefix = self._forms[-_WORDS_OF_HEADLINE:], self._last.form if self._last else ""
        if not words and not prefix:
            return []
        counts = dict(engine().suggest_articles(words, prefix, limit=self._limit))
        # What may not be shown any more is left out until the index follows.
        shown = Article.objects.filter(is_shown(timezone.now()), pk__in=counts)
        written = shown.values_list("pk", "headline", "published")
        known = {pk: (headline, published) for pk, headline, published in written} if counts else {}
        start = self._typed.words_before[0][0] if self._typed.words_before else self._typed.start
        # Within headline: the field is written already, for what is typed and for the phrase in its place.
        field = "" if self._typed.field else "headline:"
        return [
            Suggestion(HEADLINES, headline, q, counts[pk], pk, published)
            for pk, (headline, published) in ((pk, known[pk]) for pk in counts if pk in known)
            if (q := self._query(HEADLINES, start, f'{field}"{_phrase_of(headline)}"'))
        ]

    def _query(self, kind: str, start: int, written: str) -> str:
        """Returns the query with this written from a place on; "" where it does not read, or is too long.

        What stands before may not read, or take no value. Reading costs most here: of what is alike, one is read.
        """
        q = self._q[:start] + written
        alike = (kind, start, written[-1:] == '"')
        if alike not in self._reads:
            try:
                parse(q, now=self._now)
            except QueryError:
                self._reads[alike] = False
            else:
                self._reads[alike] = True
        return q if self._reads[alike] and len(q) <= MAX_QUERY_CHARS else ""


def _fold_start(text: str) -> str:
    """Returns the beginning of a value folded; a blank at its end says that its last word is whole."""
    return fold_text(text) + (" " if text[-1:].isspace() and text.strip() else "")


def _write_value(name: str, value: str) -> str:
    """Returns a value as it is written after its field, quoted where it must be; "" for one with quotes in it.

    There is no way to write a quotation mark between quotation marks.
    """
    if any(mark in value for mark in QUOTE_MARKS):
        return ""
    written = format_query(Keyword(name, value)).removeprefix(f"{name}:")
    return written if written == f'"{value}"' or is_plain_word(value) else f'"{value}"'


def _phrase_of(headline: str) -> str:
    """Returns a headline, or its beginning, as the content of a phrase."""
    content = " ".join(_NOT_IN_PHRASE.sub(" ", headline).split())
    return content if len(content) <= _HEADLINE_CHARS else content[:_HEADLINE_CHARS].rpartition(" ")[0]
