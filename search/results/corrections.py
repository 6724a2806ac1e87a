"""What to ask instead: the word that was meant, and the part of a query that finds nothing by itself.

Only what the archive has is offered, and nothing is changed unasked: the answer stays that of the query as written.
"""

import re
from collections.abc import Iterator

from ..engines import TIME_LIMIT_SECONDS, time_limit
from ..fields import FIELD_BY_NAME_OR_ALIAS
from ..index import engine
from ..query import And, Everything, Node, Word, format_query, lex, positive_leaves
from ..text import MARKS, tokenize, word_forms
from .answers import Answer
from .question import Question

# A word of fewer letters is a few edits from too many others.
MIN_LETTERS = 4
# Words looked after in one query; a researcher's page of terms is no typing mistake.
MAX_WORDS = 8
# A word in no more sections than this may be mistyped, if another as like is so many times as frequent.
HARDLY = 1
TIMES_AS_FREQUENT = 10
_LETTERS = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{MARKS}])*")


def did_you_mean(answer: Answer) -> Question | None:
    """Returns the question with each word that the archive hardly has replaced by the likeliest that it has.

    None where there is nothing to replace. Some 10 ms for each such word. Raises QueryLimitError.
    """
    q = answer.question.q
    meant = q
    with time_limit(TIME_LIMIT_SECONDS):
        for word, count in _rare_words(answer):
            found = _likeliest(word, count)
            if found:
                meant = _replace(meant, word.text, found)
    return answer.question.with_query(meant) if meant != q else None


def parts_without_hits(answer: Answer) -> list[str]:
    """Returns those parts of an AND that find nothing even alone, as they are written. Raises QueryLimitError."""
    tree = answer.reading.tree
    if answer.total or not isinstance(tree, And):
        return []
    with time_limit(TIME_LIMIT_SECONDS):
        return [format_query(part) for part in dict.fromkeys(tree.parts) if not _count(part)]


def broader_questions(answer: Answer) -> list[tuple[str, Question]]:
    """Returns what to ask instead of a question that finds nothing, with labels; nothing where it finds something."""
    question, tree = answer.question, answer.reading.tree
    broader: list[tuple[str, Question]] = []
    if answer.total:
        return broader
    if question.is_narrowed:
        broader.append(("Without the filters", question.without_filters()))
    if question.unit == "section" and isinstance(tree, And):
        broader.append(("Whole articles instead of single sections", question.with_unit("article")))
    if isinstance(tree, And):
        parts = (f"({format_query(part)})" if isinstance(part, And) else format_query(part) for part in tree.parts)
        broader.append(("Any of the terms instead of all", question.with_query(" OR ".join(parts))))
    return broader


def _rare_words(answer: Answer) -> Iterator[tuple[Word, int]]:
    tree = answer.reading.tree
    # What every hit must have stands in as many sections as there are hits, at least.
    frequent = set(tree.parts if isinstance(tree, And) else (tree,)) if answer.total > HARDLY else set()
    leaves = (leaf for leaf in dict.fromkeys(positive_leaves(tree)) if leaf not in frequent)
    words = [leaf for leaf in leaves if isinstance(leaf, Word)]
    for word in words[:MAX_WORDS]:
        forms = word_forms(word.text)
        plain = len(forms) == 1 and _LETTERS.fullmatch(forms[0]) and len(forms[0]) >= MIN_LETTERS
        if plain and (count := _count(word)) <= HARDLY:
            yield word, count


def _likeliest(word: Word, own: int) -> str:
    """Returns the form that was meant by a word: the fewest edits away, and of these the most frequent.

    `own` is in how many sections the word itself stands.
    """
    for edits in (1, 2):
        for form, count in engine().similar_forms(word_forms(word.text)[0], edits=edits):
            if count >= TIMES_AS_FREQUENT * own and count > own and _LETTERS.fullmatch(form):
                return form
    return ""


def _replace(q: str, word: str, found: str) -> str:
    """Returns the query with another word in place of one, but in phrases and in the values of fields."""
    pieces, at = [], 0
    valued = False
    for lexeme in lex(q):
        tokens = tokenize(lexeme.text) if lexeme.kind == "word" and not valued else []
        if tokens and lexeme.text[tokens[0].start_char : tokens[-1].end_char] == word:
            pieces += [q[at : lexeme.position + tokens[0].start_char], found]
            at = lexeme.position + tokens[-1].end_char
        field = FIELD_BY_NAME_OR_ALIAS.get(lexeme.text.rstrip(":=").lower()) if lexeme.kind == "field" else None
        valued = field is not None and field.kind != "text"
    return "".join(pieces) + q[at:]


def _count(node: Node) -> int:
    # That an empty archive has nothing at all is no part's fault.
    return 1 if isinstance(node, Everything) else engine().count(node)
