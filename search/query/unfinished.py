"""The term being typed at the end of a query, for suggestions. Pure; entered through `search.query`.

prisoner exchange ukr         a word, with two words before it that may belong to it
source:inde   topic:"pris     a value of a field
talks w/5 (sanct              a word; nothing else may follow here
"""

from dataclasses import dataclass, field

from ..fields import Field
from ..text import word_forms
from .lexer import AT_LEAST, FUZZY, OPERATORS, QUOTE_MARKS, TRUNCATED, Lexeme, find_field, lex, read_proximity


@dataclass(frozen=True)
class UnfinishedTerm:
    """The term being typed at the end of a query.

    - `text` is what has been typed of it, without an opening quotation mark (`quoted`).
    - `start` is its position in the query, including that mark.
    - `field` is the field it searches; None for all.
    - `words_before` are the plain words directly before it, each with its position.
    - `words_only`: only a word is allowed here, because it is excluded, or an operand of proximity or counting.
    """

    text: str
    start: int
    field: Field | None = None
    quoted: bool = False
    words_before: tuple[tuple[int, str], ...] = ()
    words_only: bool = False


def read_unfinished(text: str) -> UnfinishedTerm | None:
    """Returns the term being typed at the end of a query, or None if nothing there can be completed. O(text)."""
    lexemes = lex(text)
    last = lexemes.pop() if lexemes and lexemes[-1].end == len(text) else None
    context = _Context()
    for lexeme in lexemes:
        context.add(lexeme)
    words_before = tuple(context.words)
    if last is None:
        return UnfinishedTerm("", len(text), words_before=words_before) if words_before else None
    match last.kind:
        case "quoted" if len(last.text) == 1 or last.text[-1] not in QUOTE_MARKS:
            return UnfinishedTerm(
                last.text[1:], last.position, context.current_field, quoted=True, words_only=context.words_only
            )
        case "open" if context.current_field:
            return UnfinishedTerm("", len(text), context.current_field)
        case "word" if last.text[-1] in ":=" and (named := find_field(last.text)):
            return UnfinishedTerm("", len(text), named)
        case "word" if _is_plain(last.text):
            return UnfinishedTerm(
                last.text,
                last.position,
                context.current_field,
                words_before=words_before,
                words_only=context.words_only,
            )
    return None


def _is_plain(text: str) -> bool:
    """Whether a word is a word to search for as it is: no operator, no truncation, no fuzzy term."""
    special = text in OPERATORS or read_proximity(text) or AT_LEAST.fullmatch(text)
    return not (special or TRUNCATED.fullmatch(text) or FUZZY.fullmatch(text)) and bool(word_forms(text))


@dataclass
class _Context:
    """What comes before the next lexeme: open brackets, a field or operator, plain words."""

    words: list[tuple[int, str]] = field(default_factory=list)
    _pending_field: Field | None = None
    _pending_operator: bool = False
    # For the query and each open bracket: its field, and whether it allows only words.
    _bracket_fields: list[Field | None] = field(default_factory=lambda: [None])
    _bracket_words_only: list[bool] = field(default_factory=lambda: [False])

    @property
    def current_field(self) -> Field | None:
        return self._pending_field or self._bracket_fields[-1]

    @property
    def words_only(self) -> bool:
        return self._pending_operator or self._bracket_words_only[-1]

    def add(self, lexeme: Lexeme) -> None:
        """Moves past a finished lexeme."""
        pending_field, pending_operator = None, False
        match lexeme.kind:
            case "field":
                pending_field = find_field(lexeme.text)
                pending_operator = self._pending_operator
            case "open":
                self._bracket_fields.append(self.current_field)
                self._bracket_words_only.append(self.words_only)
            case "close" if len(self._bracket_fields) > 1:
                self._bracket_fields.pop()
                self._bracket_words_only.pop()
            case "minus":
                pending_field, pending_operator = self._pending_field, True
            case "word" if lexeme.text == "NOT" or read_proximity(lexeme.text) or AT_LEAST.fullmatch(lexeme.text):
                pending_operator = True
            case "word" if self.current_field is None and not self.words_only and _is_plain(lexeme.text):
                self.words.append((lexeme.position, lexeme.text))
                return
        self.words.clear()
        self._pending_field, self._pending_operator = pending_field, pending_operator
