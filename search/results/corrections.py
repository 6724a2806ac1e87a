"""What to search for instead: the word that was probably meant, and the parts of a query that find nothing.

Offers only what the archive has, and changes nothing by itself: the answer remains that of the query as written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from archive.annotate import sound_key
from archive.models import NameType, Spelling, is_named

from ..engines import TIME_LIMIT_SECONDS, Reader, time_limit
from ..index import FIELDS_OF_TYPES
from ..query import (
    QUOTING,
    And,
    Everything,
    Keyword,
    Node,
    QueryError,
    QueryNote,
    Word,
    find_field,
    format_query,
    is_plain_word,
    lex,
    positive_leaves,
)
from ..text import MARKS, tokenize, word_forms
from .answers import Answer
from .name_spellings import name_table
from .question import Question

# Shorter words are within a few edits of too many others.
MIN_LETTERS = 4
# Further words of a query are not checked: a long list of terms is no typing mistake.
MAX_WORDS = 8
# A word that more sections have is not taken for a mistake.
MAX_RARE_SECTIONS = 1
# A similar word is offered if at least this many times as many sections have it.
MIN_FREQUENCY_RATIO = 10
_LETTERS = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{MARKS}])*")


@dataclass(frozen=True)
class CountedQuestion:
    """A question that is offered instead of another, and how many sections or articles it finds."""

    label: str
    question: Question
    total: int


def did_you_mean(answer: Answer, *, now: datetime) -> CountedQuestion | None:
    """Returns the question with each rare word replaced by the most likely frequent word.

    None if no word is replaced, or if that finds nothing either, because of other words. Takes some 10 ms for each
    rare word, and a query for each of which no word is a few edits apart. Raises QueryLimitError.
    """
    q = answer.question.q
    with time_limit(TIME_LIMIT_SECONDS):
        for word, sections in _rare_words(answer):
            if name_table(answer.index).spelt(word.text):
                continue
            likely = _likely_form(word, sections, answer.index) or _name_alike(word, sections, answer.index)
            if likely:
                q = _replace_word(q, word.text, likely)
        if q == answer.question.q:
            return None
        corrected = ("Did you mean", answer.question.with_query(q))
        return next(iter(count_questions(answer, [corrected], now=now)), None)


def parts_without_hits(answer: Answer) -> list[str]:
    """Returns the parts of an AND that find nothing even alone, as they are written. Raises QueryLimitError."""
    tree = answer.parsed_query.as_written
    if answer.total or not isinstance(tree, And):
        return []
    with time_limit(TIME_LIMIT_SECONDS):
        return [format_query(part) for part in dict.fromkeys(tree.parts) if not _count_sections(part, answer.index)]


def count_questions(
    answer: Answer, questions: Iterable[tuple[str, Question]], *, now: datetime
) -> list[CountedQuestion]:
    """Returns those of the questions, each with its label, that find something. A search for each.

    Raises QueryLimitError.
    """
    with time_limit(TIME_LIMIT_SECONDS):
        counted = [CountedQuestion(label, question, _count(answer, question, now)) for label, question in questions]
    return [offered for offered in counted if offered.total]


def _count(answer: Answer, question: Question, now: datetime) -> int:
    try:
        request = question.to_request(question.parse(now, index=answer.index), now=now, limit=0)
    except QueryError:
        # Written out, it is longer than a query may be.
        return 0
    return answer.index.search(request).total


def suggested_questions(answer: Answer, *, now: datetime) -> list[tuple[QueryNote, CountedQuestion | None]]:
    """Returns the notes on a query, each with the question that it suggests. A search for each.

    None where it suggests nothing, or nothing that finds anything. Raises QueryLimitError.
    """
    found = []
    for note in answer.parsed_query.notes:
        question = answer.question.with_query(note.suggested_query)
        label = note.suggestion or f"Search for {question.short_query}"
        other = [(label, question)] if note.suggested_query else []
        found.append((note, next(iter(count_questions(answer, other, now=now)), None)))
    return found


def broader_questions(answer: Answer, *, now: datetime) -> list[CountedQuestion]:
    """Returns questions that find something where the answer's finds nothing. A search for each.

    Raises QueryLimitError.
    """
    return [] if answer.total else count_questions(answer, _wider(answer), now=now)


def _wider(answer: Answer) -> list[tuple[str, Question]]:
    """Returns questions that are less narrow than the answer's, with their labels."""
    question, tree = answer.question, answer.parsed_query.as_written
    broader: list[tuple[str, Question]] = []
    if question.is_narrowed:
        broader.append(("Without the filters", question.without_filters()))
    if not question.lists_articles:
        broader.append(("Articles that have the words in the headline", question.with_grouping(grouped=True)))
    if question.unit == "section" and isinstance(tree, And):
        broader.append(("Whole articles instead of single sections", question.with_unit("article")))
    if isinstance(tree, And):
        parts = (f"({format_query(part)})" if isinstance(part, And) else format_query(part) for part in tree.parts)
        any_term = question.with_query(" OR ".join(parts))
        broader.append(("Any of the terms instead of all", any_term))
        if question.is_narrowed:
            broader.append(("Any of the terms, without the filters", any_term.without_filters()))
    return broader


def _rare_words(answer: Answer) -> Iterator[tuple[Word, int]]:
    """Yields the words that may be mistyped, each with its number of sections."""
    tree = answer.parsed_query.as_written
    # A word that every hit must have is in at least as many sections as there are hits.
    required = tree.parts if isinstance(tree, And) else (tree,)
    frequent = set(required) if answer.total > MAX_RARE_SECTIONS else set()
    leaves = (leaf for leaf in dict.fromkeys(positive_leaves(tree)) if leaf not in frequent)
    words = [leaf for leaf in leaves if isinstance(leaf, Word)]
    for word in words[:MAX_WORDS]:
        forms = word_forms(word.text)
        can_be_mistyped = len(forms) == 1 and _LETTERS.fullmatch(forms[0]) and len(forms[0]) >= MIN_LETTERS
        if can_be_mistyped and (sections := _count_sections(word, answer.index)) <= MAX_RARE_SECTIONS:
            yield word, sections


def _likely_form(word: Word, sections: int, index: Reader) -> str:
    """Returns the form with the fewest edits that is frequent enough, the most frequent of these; empty for none.

    `sections` is the number of sections with the word itself.
    """
    for edits in (1, 2):
        for form, count in index.similar_forms(word_forms(word.text)[0], edits=edits):
            if count >= MIN_FREQUENCY_RATIO * sections and count > sections and _LETTERS.fullmatch(form):
                return form
    return ""


def _name_alike(word: Word, sections: int, index: Reader) -> str:
    """Returns the most frequent name that sounds like a word, in any script, as it is written in a query.

    Empty if none is frequent enough; `sections` is the number of sections with the word. One query.
    """
    alike = Spelling.objects.filter(is_named("name"), sound=sound_key(word.text), shown=True)
    names = alike.order_by("-name__mentioned", "pk").values_list("name__type", "name__label")[:MAX_WORDS]
    counted = [(index.count(Keyword(FIELDS_OF_TYPES[NameType(kind)], label)), label) for kind, label in names]
    count, label = max(counted, default=(0, ""))
    if count <= MIN_FREQUENCY_RATIO * sections or QUOTING.search(label):
        return ""
    return label if is_plain_word(label) else f'"{label}"'


def _replace_word(q: str, word: str, replacement: str) -> str:
    """Returns the query with a word replaced, except in phrases and in values of fields."""
    pieces, end = [], 0
    in_value = False
    for lexeme in lex(q):
        tokens = tokenize(lexeme.text) if lexeme.kind == "word" and not in_value else []
        if tokens and lexeme.text[tokens[0].start_char : tokens[-1].end_char] == word:
            pieces += [q[end : lexeme.position + tokens[0].start_char], replacement]
            end = lexeme.position + tokens[-1].end_char
        field = find_field(lexeme.text) if lexeme.kind == "field" else None
        in_value = field is not None and field.kind != "text"
    return "".join(pieces) + q[end:]


def _count_sections(node: Node, index: Reader) -> int:
    """Returns the number of sections, or leads of live pages, that a part of a query finds alone."""
    # In an empty archive `*` finds nothing, but it is not the part of the query to change.
    return 1 if isinstance(node, Everything) else index.count(node, leads=True)
