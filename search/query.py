"""Query text <-> tree. Pure: no engine, no database.

    text  --parse-->  Reading(tree, notes)  --format_query-->  canonical text, which parses to the same tree

Lenient where people are and never silent: what was read in a way that its writer may not have meant stands in the
notes; what cannot be read raises QueryError with its position and its cure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import analysis
from .dates import DateError, parse_interval
from .fields import FIELD_BY_WORD, FIELDS, Field

# A query of a researcher's whole page of terms fits; what is longer is a paste by mistake.
MAX_LENGTH = 4000
MAX_DEPTH = 40
MAX_TERMS = 300

OPERATORS = ("AND", "OR", "NOT")


class QueryError(ValueError):
    """A query that cannot be read: what is wrong, at which character (from 0), and what to write instead."""

    def __init__(self, message: str, position: int, cure: str) -> None:
        super().__init__(f"{message} (at character {position + 1}). {cure}")
        self.message = message
        self.position = position
        self.cure = cure


@dataclass(frozen=True)
class Note:
    """How a part of the query was read, where that is not plain: at which character, and what to know."""

    position: int
    message: str


@dataclass(frozen=True)
class Word:
    """Any form of a word, in one text field or (None) in all. Of several tokens, they stand side by side."""

    text: str
    field: str | None = None


@dataclass(frozen=True)
class Phrase:
    """These words in this order, in these forms."""

    text: str
    field: str | None = None


@dataclass(frozen=True)
class Keyword:
    """An exact value of a keyword field; case and accents do not matter."""

    field: str
    value: str


@dataclass(frozen=True)
class DateRange:
    """A half-open interval of a date field; `expression` is how it was written."""

    field: str
    expression: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class And:
    """All of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """Any of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """Everything but the part."""

    part: "Node"


@dataclass(frozen=True)
class Everything:
    """Every document."""


Node = Word | Phrase | Keyword | DateRange | And | Or | Not | Everything
Leaf = Word | Phrase | Keyword | DateRange | Everything


@dataclass(frozen=True)
class Reading:
    """A query as it was read."""

    tree: Node
    notes: tuple[Note, ...] = ()

    @property
    def canonical(self) -> str:
        return format_query(self.tree)


def parse(text: str, *, now: datetime) -> Reading:
    """Reads a query; `now` is what relative dates count from. Raises QueryError and nothing else."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query has {len(text):,} characters", MAX_LENGTH, f"Shorten it to {MAX_LENGTH:,}.")
    return _Parser(text, now).read()


def positive_leaves(node: Node) -> Iterator[Leaf]:
    """Yields the leaves that a document may match by having them: all but those under a NOT."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from positive_leaves(part)
        case Not():
            return
        case _:
            yield node


# --- the printer ---


def format_query(node: Node) -> str:
    """Returns the canonical text of a tree; `*` alone stands for everything."""
    match node:
        case Everything():
            return "*"
        case Word(text, field):
            return _with_field(field, text)
        case Phrase(text, field):
            return _with_field(field, f'"{text}"')
        case Keyword(field, value):
            return _with_field(field, value if _PLAIN_VALUE.fullmatch(value) else f'"{value}"')
        case DateRange(field, expression):
            return _with_field(field, expression)
        case Not(part):
            return f"NOT {_format_part(part, And | Or)}"
        case And(parts):
            return " AND ".join(_format_part(part, Or) for part in parts)
        case Or(parts):
            return " OR ".join(_format_part(part, And) for part in parts)


def _format_part(part: Node, bracketed: object) -> str:
    text = format_query(part)
    return f"({text})" if isinstance(part, bracketed) else text  # type: ignore[arg-type]


def _with_field(field: str | None, value: str) -> str:
    return f"{field}:{value}" if field else value


# --- the lexer ---

_OPENING_QUOTES = '"“”„«»″'
_QUOTE_CLASS = f"[{_OPENING_QUOTES}]"
_LEXEMES = re.compile(
    rf"""(?P<space>\s+)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<quoted>{_QUOTE_CLASS}[^{_OPENING_QUOTES}]*(?:{_QUOTE_CLASS}|$))
    | (?P<minus>[-−](?=[^\s)]))
    | (?P<field>[^\W\d_]\w*:(?=[^\s/]))
    | (?P<word>[^\s()"“”„«»″]+)
    """,
    re.VERBOSE,
)
_PLAIN_VALUE = re.compile(r"[\w.][\w.\-]*")

# Operators of the language and of other services that this version does not carry out, each with what to write.
_UNSUPPORTED = (
    (
        re.compile(r"(?:w|near|pre|onear|adj)?/\d+|(?:near|adj)\d+|\+\d+", re.I),
        "nearness",
        "a phrase in quotes, or AND",
    ),
    (re.compile(r"w?/[sp]", re.I), "nearness in a sentence or paragraph", "AND"),
    (re.compile(r"(?:atleast|atl)\d+", re.I), "a least number of mentions", "the words alone"),
    (re.compile(r"hlead", re.I), "search in headline and lead", "headline:word"),
    # A question mark stands for a letter between letters only, else it ends a question or begins an address's query.
    (
        re.compile(r".*\w.*\*.*|.*\*.*\w.*|[\w'’.-]*\w!|[\w'’-]*\?\w[\w'’?!-]*", re.S),
        "truncation",
        "the forms of the word with OR between them",
    ),
    (re.compile(r"[\w'’.-]*\w~\d*"), "search by likeness", "the spellings with OR between them"),
    (re.compile(r"~\d+"), "nearness in a phrase", "the words with AND between them"),
)
# Of these, what is only meant where a bracket follows; else it is a word.
_CALLED = ("a least number of mentions", "search in headline and lead")


@dataclass(frozen=True)
class _Lexeme:
    kind: str
    text: str
    position: int


def _lex(text: str) -> list[_Lexeme]:
    return [
        _Lexeme(match.lastgroup or "", match[0], match.start())
        for match in _LEXEMES.finditer(text)
        if match.lastgroup != "space"
    ]


def _find_unsupported(text: str, *, called: bool) -> tuple[str, str] | None:
    """Returns what a word asks for that is not carried out, with what to write; `called`: a bracket follows."""
    for pattern, what, instead in _UNSUPPORTED:
        if pattern.fullmatch(text) and (called or what not in _CALLED):
            return what, instead
    return None


def _reads_as_word(text: str) -> bool:
    """Whether the text by itself is read as one word, the whole of it."""
    tokens = analysis.tokenize(text)
    return (
        [lexeme.kind for lexeme in _lex(text)] == ["word"]
        and (tokens[0].start_char, tokens[-1].end_char) == (0, len(text))
        and _find_unsupported(text, called=False) is None
    )


class _Parser:
    """A recursive descent over the lexemes: or := and (OR and)*; and := not ([AND] not)*; not := [NOT|-] atom."""

    def __init__(self, text: str, now: datetime) -> None:
        self._text = text
        self._now = now
        self._lexemes = _lex(text)
        self._at = 0
        self._depth = 0
        self._terms = 0
        self._notes: list[Note] = []

    def read(self) -> Reading:
        parts = []
        while self._at < len(self._lexemes):
            part = self._or(None)
            if part is not None:
                parts.append(part)
            stray = self._next("close")
            if stray:
                self._note(stray, "A closing bracket without an opening one was passed over.")
        tree = _join(And, parts) or Everything()
        return Reading(tree, tuple(sorted(self._notes, key=lambda note: note.position)))

    def _peek(self) -> _Lexeme | None:
        return self._lexemes[self._at] if self._at < len(self._lexemes) else None

    def _next(self, kind: str, text: str | None = None) -> _Lexeme | None:
        lexeme = self._peek()
        if lexeme is None or lexeme.kind != kind or (text is not None and lexeme.text != text):
            return None
        self._at += 1
        return lexeme

    def _note(self, lexeme: _Lexeme, message: str) -> None:
        self._notes.append(Note(lexeme.position, message))

    def _or(self, field: Field | None) -> Node | None:
        parts = [self._and(field)]
        while operator := self._next("word", "OR"):
            part = self._and(field)
            if part is None or parts[-1] is None:
                self._note(operator, "An OR with nothing on one side was passed over.")
            parts.append(part)
        return _join(Or, [part for part in parts if part is not None])

    def _and(self, field: Field | None) -> Node | None:
        parts: list[Node] = []
        while lexeme := self._peek():
            if lexeme.kind == "close" or (lexeme.kind == "word" and lexeme.text == "OR"):
                break
            if operator := self._next("word", "AND"):
                following = self._peek()
                if not parts or following is None or following.kind == "close" or following.text in ("OR", "AND"):
                    self._note(operator, "An AND with nothing on one side was passed over.")
                continue
            part = self._not(field)
            if part is not None:
                parts.append(part)
        return _join(And, parts)

    def _not(self, field: Field | None) -> Node | None:
        operator = self._next("word", "NOT") or self._next("minus")
        if operator is None:
            return self._atom(field)
        self._enter(operator)
        following = self._peek()
        part = None
        if following is not None and following.kind != "close" and following.text not in ("OR", "AND"):
            part = self._not(field)
        self._depth -= 1
        if part is None:
            self._note(operator, "A NOT with nothing after it was passed over.")
            return None
        return part.part if isinstance(part, Not) else Not(part)

    def _atom(self, field: Field | None) -> Node | None:
        lexeme = self._lexemes[self._at]
        self._at += 1
        match lexeme.kind:
            case "open":
                return self._group(lexeme, field)
            case "field":
                return self._fielded(lexeme, field)
            case "quoted":
                return self._quoted(lexeme, field)
            case _:
                return self._word(lexeme, field)

    def _enter(self, lexeme: _Lexeme) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(
                f"brackets and NOTs nest more than {MAX_DEPTH} deep",
                lexeme.position,
                "Write it with fewer brackets.",
            )

    def _group(self, lexeme: _Lexeme, field: Field | None) -> Node | None:
        self._enter(lexeme)
        part = self._or(field)
        self._depth -= 1
        if not self._next("close"):
            self._note(lexeme, "This bracket is not closed; it was read to the end of the query.")
        return part

    def _fielded(self, lexeme: _Lexeme, outer: Field | None) -> Node | None:
        field = FIELD_BY_WORD.get(lexeme.text[:-1].lower())
        if field is None:
            names = ", ".join(known.name for known in FIELDS)
            self._note(lexeme, f"{lexeme.text} is no field and was searched as a word. Fields: {names}.")
            return self._words(lexeme.text[:-1], lexeme, outer)
        value = self._peek()
        if value is None or value.kind in ("close", "field"):
            self._note(lexeme, f"Nothing stands after {lexeme.text} It was passed over.")
            return None
        return self._not(field) if value.kind == "minus" else self._atom(field)

    def _quoted(self, lexeme: _Lexeme, field: Field | None) -> Node | None:
        closed = len(lexeme.text) > 1 and lexeme.text[-1] in _OPENING_QUOTES
        content = " ".join(lexeme.text[1 : -1 if closed else None].split())
        if not closed:
            self._note(lexeme, "This quotation mark is not closed; the phrase was read to the end of the query.")
        return self._value(content, lexeme, field, quoted=True)

    def _word(self, lexeme: _Lexeme, field: Field | None) -> Node | None:
        text = lexeme.text.rstrip(".,;:'’")
        if text == "*" and field is None:
            return Everything()
        following = self._peek()
        unsupported = _find_unsupported(text, called=following is not None and following.kind == "open")
        if unsupported and (field is None or field.kind == "text"):
            what, instead = unsupported
            raise QueryError(f"{text}: {what} is not supported yet", lexeme.position, f"Write {instead}.")
        if text.upper() in OPERATORS and field is None:
            self._note(lexeme, f"“{text}” was searched as a word; the operator is written {text.upper()}.")
        known = FIELD_BY_WORD.get(lexeme.text[:-1].lower()) if lexeme.text.endswith(":") else None
        if known is not None and field is None:
            self._note(
                lexeme, f"“{text}” was searched as a word; for the field write {known.name}:value with no blank."
            )
        return self._value(lexeme.text, lexeme, field, quoted=False)

    def _value(self, text: str, lexeme: _Lexeme, field: Field | None, *, quoted: bool) -> Node | None:
        if field is not None and field.kind == "keyword":
            value = " ".join(text.replace('"', " ").split())
            if not value:
                self._note(lexeme, f"Nothing stands after {field.name}: It was passed over.")
                return None
            if "*" in value and not quoted:
                self._note(lexeme, f"{field.name}: takes exact values; the * of {value} was read as a character.")
            self._count(lexeme)
            return Keyword(field.name, value)
        if field is not None and field.kind == "date":
            try:
                start, end = parse_interval(text, self._now)
            except DateError as error:
                raise QueryError(f"{field.name}: {error}", lexeme.position, "Or leave the date out.") from None
            self._count(lexeme)
            return DateRange(field.name, text.strip().lower(), start, end)
        if quoted:
            if not analysis.forms(text):
                self._note(lexeme, "A phrase without words was passed over.")
                return None
            if "*" in text:
                self._note(lexeme, "There is no truncation in a phrase: the * was passed over.")
            self._count(lexeme)
            return Phrase(text, field.name if field else None)
        return self._words(text, lexeme, field)

    def _words(self, text: str, lexeme: _Lexeme, field: Field | None) -> Node | None:
        tokens = analysis.tokenize(text)
        if not tokens:
            self._note(lexeme, f"“{text[:40]}” holds no letter or digit and was passed over.")
            return None
        self._count(lexeme)
        word = text[tokens[0].start_char : tokens[-1].end_char]
        if not _reads_as_word(word):
            # What stood before it made it a word; by itself it would be an operator or a field.
            word = "#" + text[tokens[0].start_char :]
        return Word(word.lower() if word in OPERATORS else word, field.name if field else None)

    def _count(self, lexeme: _Lexeme) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise QueryError(f"more than {MAX_TERMS} terms", lexeme.position, "Ask in several queries.")


def _join(kind: type[And] | type[Or], parts: list[Node]) -> Node | None:
    """Returns the parts under one operator, with parts of the same operator taken in."""
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return kind(tuple(flat))
