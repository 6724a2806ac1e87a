"""The end of a query that is still being written: what is being typed, and where it stands. Pure.

prisoner exchange ukr         a word, with two whole ones before it that may belong with it
source:inde   topic:"pris     a value of a field
talks w/5 (sanct              a word, where nothing else can stand
"""

from dataclasses import dataclass, field

from ..fields import FIELD_BY_WORD, Field
from ..text import analysis
from .lexer import AT_LEAST, FUZZY, OPERATORS, QUOTES, TRUNCATED, Lexeme, lex, read_nearness


@dataclass(frozen=True)
class Unfinished:
    """What is being typed at the end of a query.

    `text` is it as it stands, without the quotation mark that may begin it (`quoted`); `start` is where it begins,
    with the mark. `field` is where it is asked for, None for anywhere. `words` are the plain words right before it,
    each with its start. `words_alone`: it is denied, or an operand of nearness or counting, so that a word, and no
    other question, can stand here.
    """

    text: str
    start: int
    field: Field | None = None
    quoted: bool = False
    words: tuple[tuple[int, str], ...] = ()
    words_alone: bool = False


def read_unfinished(text: str) -> Unfinished | None:
    """Returns what is being typed at the end of a query; None where there is nothing to go on with. O(text)."""
    lexemes = lex(text)
    place = _Place()
    if not lexemes or lexemes[-1].end < len(text):
        for lexeme in lexemes:
            place.pass_by(lexeme)
        return Unfinished("", len(text), words=tuple(place.words)) if place.words else None
    *passed, last = lexemes
    for lexeme in passed:
        place.pass_by(lexeme)
    match last.kind:
        case "quoted" if len(last.text) == 1 or last.text[-1] not in QUOTES:
            return Unfinished(last.text[1:], last.position, place.field, quoted=True, words_alone=place.words_alone)
        case "open":
            place.pass_by(last)
            return Unfinished("", len(text), place.field) if place.field else None
        case "word" if last.text[-1] in ":=" and (named := FIELD_BY_WORD.get(last.text[:-1].lower())):
            return Unfinished("", len(text), named)
        case "word" if _is_plain(last.text):
            words = () if place.words_alone else tuple(place.words)
            return Unfinished(last.text, last.position, place.field, words=words, words_alone=place.words_alone)
    return None


def _is_plain(text: str) -> bool:
    """Whether a word is neither an operator nor truncated nor likened."""
    special = text in OPERATORS or read_nearness(text) or AT_LEAST.fullmatch(text)
    return not (special or TRUNCATED.fullmatch(text) or FUZZY.fullmatch(text)) and bool(analysis.forms(text))


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
    def words_alone(self) -> bool:
        return self.bound or self.operands[-1]

    def pass_by(self, lexeme: Lexeme) -> None:
        """Goes on past a lexeme that is finished."""
        pending, bound = None, False
        match lexeme.kind:
            case "field":
                pending, bound = FIELD_BY_WORD.get(lexeme.text.rstrip(":=").lower()), self.bound
            case "open":
                self.fields.append(self.field)
                self.operands.append(self.words_alone)
            case "close" if len(self.fields) > 1:
                self.fields.pop()
                self.operands.pop()
            case "minus":
                pending, bound = self.pending, True
            case "word" if lexeme.text == "NOT" or read_nearness(lexeme.text) or AT_LEAST.fullmatch(lexeme.text):
                bound = True
            case "word" if self.field is None and not self.words_alone and _is_plain(lexeme.text):
                self.words.append((lexeme.position, lexeme.text))
                return
        self.words.clear()
        self.pending, self.bound = pending, bound
