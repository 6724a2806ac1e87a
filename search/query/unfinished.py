"""The end of a query that is still being written: what is being typed, and where it stands. Pure.

prisoner exchange ukr         a word, with two whole ones before it that may belong with it
source:inde   topic:"pris     a value of a field
talks w/5 (sanct              a word, where nothing else can stand
"""

from dataclasses import dataclass, field

from ..fields import FIELD_BY_NAME_OR_ALIAS, Field
from ..text import word_forms
from .lexer import AT_LEAST, FUZZY, OPERATORS, QUOTE_MARKS, TRUNCATED, Lexeme, lex, read_nearness


@dataclass(frozen=True)
class UnfinishedTerm:
    """What is being typed at the end of a query.

    `text` excludes the quotation mark that may open it (`quoted`); `start` is the position of that mark or of the
    text. `field` is None outside of a field. `words_before` are the plain words directly before it, each with its
    start. `words_only`: only a word can complete it, because it is negated or an operand of proximity or atleast.
    """

    text: str
    start: int
    field: Field | None = None
    quoted: bool = False
    words_before: tuple[tuple[int, str], ...] = ()
    words_only: bool = False


def read_unfinished(text: str) -> UnfinishedTerm | None:
    """Returns what is being typed at the end of a query; None where there is nothing to go on with. O(text)."""
    lexemes = lex(text)
    place = _Place()
    if not lexemes or lexemes[-1].end < len(text):
        for lexeme in lexemes:
            place.pass_by(lexeme)
        return UnfinishedTerm("", len(text), words_before=tuple(place.words)) if place.words else None
    *passed, last = lexemes
    for lexeme in passed:
        place.pass_by(lexeme)
    match last.kind:
        case "quoted" if len(last.text) == 1 or last.text[-1] not in QUOTE_MARKS:
            return UnfinishedTerm(last.text[1:], last.position, place.field, quoted=True, words_only=place.words_only)
        case "open":
            place.pass_by(last)
            return UnfinishedTerm("", len(text), place.field) if place.field else None
        case "word" if last.text[-1] in ":=" and (named := FIELD_BY_NAME_OR_ALIAS.get(last.text[:-1].lower())):
            return UnfinishedTerm("", len(text), named)
        case "word" if _is_plain(last.text):
            words = () if place.words_only else tuple(place.words)
            return UnfinishedTerm(
                last.text, last.position, place.field, words_before=words, words_only=place.words_only
            )
    return None


def _is_plain(text: str) -> bool:
    """Whether a word is neither an operator nor truncated nor likened."""
    special = text in OPERATORS or read_nearness(text) or AT_LEAST.fullmatch(text)
    return not (special or TRUNCATED.fullmatch(text) or FUZZY.fullmatch(text)) and bool(word_forms(text))


@dataclass
class _Place:
    """Where the next lexeme stands: in which brackets, behind which field or operator, after which plain words."""

    # Of each open bracket, the field that it is in, and whether nothing but words can stand in it.
    fields: list[Field | None] = field(default_factory=lambda: [None])
    operands: list[bool] = field(default_factory=lambda: [False])
    pending: Field | None = None
    bound: bool = False
    words: list[tuple[int, str]] = field(default_factory=list)

    @property
    def field(self) -> Field | None:
        return self.pending or self.fields[-1]

    @property
    def words_only(self) -> bool:
        return self.bound or self.operands[-1]

    def pass_by(self, lexeme: Lexeme) -> None:
        """Goes on past a lexeme that is finished."""
        pending, bound = None, False
        match lexeme.kind:
            case "field":
                pending, bound = FIELD_BY_NAME_OR_ALIAS.get(lexeme.text.rstrip(":=").lower()), self.bound
            case "open":
                self.fields.append(self.field)
                self.operands.append(self.words_only)
            case "close" if len(self.fields) > 1:
                self.fields.pop()
                self.operands.pop()
            case "minus":
                pending, bound = self.pending, True
            case "word" if lexeme.text == "NOT" or read_nearness(lexeme.text) or AT_LEAST.fullmatch(lexeme.text):
                bound = True
            case "word" if self.field is None and not self.words_only and _is_plain(lexeme.text):
                self.words.append((lexeme.position, lexeme.text))
                return
        self.words.clear()
        self.pending, self.bound = pending, bound
