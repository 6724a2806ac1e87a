"""Query text -> tree. Pure: no engine, no database.

    text  --parse-->  ParsedQuery(tree, notes)  --format_query-->  canonical text, which parses to the same tree

Lenient where people are and never silent: what was read in a way that its writer may not have meant stands in the
notes; what cannot be read raises QueryError with its position and its cure. Operators of other services (Nexis,
Factiva, Westlaw, ProQuest) are read as their equivalents here, or named with the form to use.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..errors import SearchError
from ..fields import FIELD_BY_NAME_OR_ALIAS, FIELDS, Field
from ..text import UNSPACED, WORD_CHARS, tokenize, word_forms
from .dates import DateError, parse_date_range
from .lexer import AT_LEAST, FUZZY, OPERATORS, QUOTE_MARKS, TRUNCATED, Lexeme, is_plain_word, lex, read_nearness
from .tree import (
    And,
    AtLeast,
    DateRange,
    Distance,
    Everything,
    Fuzzy,
    Keyword,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Truncation,
    Word,
    format_query,
    is_operand,
)

# A query of a researcher's whole page of terms fits; what is longer is a paste by mistake.
MAX_QUERY_CHARS = 4000
MAX_DEPTH = 40
MAX_QUERY_TERMS = 300
# Past this, nearness says no more than "in the same section".
MAX_DISTANCE = 250
MAX_COUNT = 1000
MAX_EDITS = 2
# A pattern of fewer letters fits a good part of all words.
MIN_PATTERN_LETTERS = 2


class QueryError(SearchError):
    """A query that cannot be read: what is wrong, at which character (from 0), and what to write instead."""

    def __init__(self, message: str, position: int, cure: str) -> None:
        super().__init__(f"{message} (at character {position + 1}). {cure}")
        self.message = message
        self.position = position
        self.cure = cure


@dataclass(frozen=True)
class QueryNote:
    """How a part of the query was read, where that is not plain: at which character, and what to know.

    `suggested_query` is the whole query as it may have been meant, empty where there is no such thing.
    """

    position: int
    message: str
    suggested_query: str = ""


@dataclass(frozen=True)
class ParsedQuery:
    """A query as it was read."""

    tree: Node
    notes: tuple[QueryNote, ...] = ()

    @property
    def canonical(self) -> str:
        return format_query(self.tree)


def parse(text: str, *, now: datetime) -> ParsedQuery:
    """Reads a query; `now` is what relative dates count from. Raises QueryError and nothing else."""
    if len(text) > MAX_QUERY_CHARS:
        raise QueryError(
            f"the query has {len(text):,} characters", MAX_QUERY_CHARS, f"Shorten it to {MAX_QUERY_CHARS:,}."
        )
    return _Parser(text, now).read()


_PATTERN = re.compile(rf"[{WORD_CHARS}'’.*?-]+")
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")

# What other services have and this one does not, with what to write. The last ones are meant where a bracket follows.
_UNSUPPORTED = (
    (re.compile(r"(?:w|near)?/(?:seg|para|sent)", re.IGNORECASE), "that unit of nearness", "w/s, w/p or AND"),
    (re.compile(r"~\d+"), "a phrase with gaps", "first w/5 second"),
)
_UNSUPPORTED_CALLS = (
    (re.compile(r"(?:no|all)?caps", re.IGNORECASE), "a search by capitals", "the words alone"),
    (
        re.compile(r"plural|singular", re.IGNORECASE),
        "a search by number",
        'the form that is meant in quotes, like "talks"',
    ),
    (re.compile(r"length|section|geographic|company|person", re.IGNORECASE), "that field", "the words alone"),
)


def _read_nearness(lexeme: Lexeme) -> tuple[Distance, bool] | None:
    """Returns what a lexeme says as an operator of nearness. Raises QueryError for a distance that cannot be."""
    if lexeme.kind != "word":
        return None
    found = read_nearness(lexeme.text)
    if found is None:
        return None
    unit, ordered = found
    if not unit.isdigit():
        return ("s" if unit == "s" else "p"), ordered
    if not 1 <= int(unit[:9]) <= MAX_DISTANCE:
        raise QueryError(
            f"{lexeme.text}: a distance is a number from 1 to {MAX_DISTANCE}", lexeme.position, "Or write w/p or AND."
        )
    return int(unit), ordered


def _is_operator(lexeme: Lexeme | None) -> bool:
    """Whether a lexeme stands between operands, or nothing follows."""
    if lexeme is None or lexeme.kind == "close":
        return True
    return lexeme.kind == "word" and (lexeme.text in ("OR", "AND") or _read_nearness(lexeme) is not None)


class _Parser:
    """A recursive descent over the lexemes.

    or := and (OR and)*;  and := near ([AND] near)*;  near := not (w/n not)*;  not := [NOT|-] atom
    """

    def __init__(self, text: str, now: datetime) -> None:
        self._text = text
        self._now = now
        self._lexemes = lex(text)
        self._at = 0
        self._depth = 0
        self._terms = 0
        self._notes: list[QueryNote] = []

    def read(self) -> ParsedQuery:
        parts = []
        while self._at < len(self._lexemes):
            part = self._or(None)
            if part is not None:
                parts.append(part)
            stray = self._next("close")
            if stray:
                self._note(stray, "A closing bracket without an opening one was passed over.")
        tree = _join(And, parts) or Everything()
        return ParsedQuery(tree, tuple(sorted(self._notes, key=lambda note: note.position)))

    # --- lexemes and notes ---

    def _peek(self) -> Lexeme | None:
        return self._lexemes[self._at] if self._at < len(self._lexemes) else None

    def _next(self, kind: str, text: str | None = None) -> Lexeme | None:
        lexeme = self._peek()
        if lexeme is None or lexeme.kind != kind or (text is not None and lexeme.text != text):
            return None
        self._at += 1
        return lexeme

    def _note(self, lexeme: Lexeme, message: str, *, written: str = "") -> None:
        """Adds a note; `written` is what may have been meant in the lexeme's place."""
        instead = self._text[: lexeme.position] + written + self._text[lexeme.end :] if written else ""
        self._notes.append(QueryNote(lexeme.position, message, instead))

    def _count(self, lexeme: Lexeme) -> None:
        self._terms += 1
        if self._terms > MAX_QUERY_TERMS:
            raise QueryError(f"more than {MAX_QUERY_TERMS} terms", lexeme.position, "Ask in several queries.")

    def _enter(self, lexeme: Lexeme) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(
                f"brackets and operators nest more than {MAX_DEPTH} deep",
                lexeme.position,
                "Write it with fewer brackets.",
            )

    # --- operators ---

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
                if not parts or (_is_operator(following)):
                    self._note(operator, "An AND with nothing on one side was passed over.")
                continue
            part = self._near(field)
            if part is not None:
                parts.append(part)
        return _join(And, parts)

    def _near(self, field: Field | None) -> Node | None:
        lexeme = self._peek()
        left = None if lexeme and _read_nearness(lexeme) else self._not(field)
        chained = 0
        while (operator := self._peek()) and (nearness := _read_nearness(operator)):
            self._at += 1
            right = None if _is_operator(self._peek()) else self._not(field)
            if left is None or right is None:
                self._note(operator, f"{operator.text} with nothing on one side was passed over.")
                left = left or right
                continue
            self._enter(operator)
            chained += 1
            distance, ordered = nearness
            left = Near(self._operand(left, operator), self._operand(right, operator), distance, ordered)
        self._depth -= chained
        return left

    def _operand(self, node: Node, operator: Lexeme) -> Operand:
        """Returns the node as an operand of nearness or counting; raises QueryError for what has no place."""
        if not is_operand(node):
            denied = isinstance(node, Not)
            raise QueryError(
                f"{operator.text} takes words, phrases and ORs of these, and not {format_query(node)[:60]}",
                operator.position,
                "Deny it with brackets: NOT (a w/5 b)." if denied else "Join the rest with AND, outside.",
            )
        return node  # type: ignore[return-value]  # is_operand has just said so

    def _not(self, field: Field | None) -> Node | None:
        operator = self._next("word", "NOT") or self._next("minus")
        if operator is None:
            return self._atom(field)
        self._enter(operator)
        following = self._peek()
        if following and operator.text == "NOT" and _read_nearness(following):
            raise QueryError(
                f"NOT {following.text}: nearness cannot be denied alone", operator.position, "Write a NOT (a w/5 b)."
            )
        part = None if _is_operator(following) else self._not(field)
        self._depth -= 1
        if part is None:
            self._note(operator, "A NOT with nothing after it was passed over.")
            return None
        return part.part if isinstance(part, Not) else Not(part)

    # --- operands ---

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

    def _group(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        self._enter(lexeme)
        part = self._or(field)
        self._depth -= 1
        if not self._next("close"):
            self._note(lexeme, "This bracket is not closed; it was read to the end of the query.")
        return part

    def _fielded(self, lexeme: Lexeme, outer: Field | None) -> Node | None:
        name = lexeme.text.rstrip(":=")
        field = FIELD_BY_NAME_OR_ALIAS.get(name.lower())
        if field is None:
            names = ", ".join(known.name for known in FIELDS)
            self._note(lexeme, f"{lexeme.text} is no field and was searched as a word. Fields: {names}.")
            if outer is not None and outer.kind != "text":
                return self._value(name, lexeme, outer, quoted=False)
            return self._words(name, lexeme, outer)
        value = self._peek()
        if value is None or value.kind in ("close", "field"):
            self._note(lexeme, f"Nothing stands after {lexeme.text} It was passed over.")
            return None
        return self._not(field) if value.kind == "minus" else self._atom(field)

    def _quoted(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        closed = len(lexeme.text) > 1 and lexeme.text[-1] in QUOTE_MARKS
        content = " ".join(lexeme.text[1 : -1 if closed else None].split())
        if not closed:
            self._note(lexeme, "This quotation mark is not closed; the phrase was read to the end of the query.")
        if field is not None and field.kind != "text":
            return self._value(content, lexeme, field, quoted=True)
        if not word_forms(content):
            self._note(lexeme, "A phrase without words was passed over.")
            return None
        if "*" in content:
            self._note(lexeme, "There is no truncation in a phrase: the * was passed over.")
        self._count(lexeme)
        return Phrase(content, field.name if field else None)

    def _word(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        if field is not None and field.kind != "text":
            return self._value(self._compared(lexeme, field), lexeme, field, quoted=False)
        text = lexeme.text.rstrip(".,;:'’")
        following = self._peek()
        called = following is not None and following.kind == "open"
        if text == "*" and field is None:
            return Everything()
        if called and (counted := AT_LEAST.fullmatch(text)):
            return self._at_least(lexeme, int(counted[1][:9]), field)
        for pattern, what, instead in (*_UNSUPPORTED, *(_UNSUPPORTED_CALLS if called else ())):
            if pattern.fullmatch(text):
                raise QueryError(f"{text}: {what} is not supported", lexeme.position, f"Write {instead}.")
        if fuzzy := FUZZY.fullmatch(text):
            return self._fuzzy(lexeme, fuzzy[1], fuzzy[2], field)
        if TRUNCATED.fullmatch(text):
            return self._truncation(lexeme, text, field)
        if field is None:
            self._note_meant(lexeme)
        return self._words(lexeme.text, lexeme, field)

    def _note_meant(self, lexeme: Lexeme) -> None:
        """Notes a word that may have been meant as an operator or a field."""
        text = lexeme.text
        if text.upper() in OPERATORS:
            self._note(
                lexeme,
                f"“{text}” was searched as a word; the operator is written {text.upper()}.",
                written=text.upper(),
            )
        elif text == "same":
            self._note(lexeme, "“same” was searched as a word; for the same paragraph write w/p.", written="w/p")
        elif text.endswith(":") and (known := FIELD_BY_NAME_OR_ALIAS.get(text[:-1].lower())):
            self._note(
                lexeme, f"“{text}” was searched as a word; for the field write {known.name}:value with no blank."
            )

    def _at_least(self, lexeme: Lexeme, count: int, field: Field | None) -> Node | None:
        if not 1 <= count <= MAX_COUNT:
            raise QueryError(
                f"{lexeme.text}: a count is a number from 1 to {MAX_COUNT}", lexeme.position, "Write like atleast3(x)."
            )
        part = self._atom(field)
        if part is None:
            self._note(lexeme, f"{lexeme.text} with nothing in its brackets was passed over.")
            return None
        return AtLeast(count, self._operand(part, lexeme))

    def _fuzzy(self, lexeme: Lexeme, word: str, edits: str, field: Field | None) -> Node:
        forms = word_forms(word)
        if len(forms) != 1:
            raise QueryError(f"{word}~: likeness is for one word", lexeme.position, "Write the words apart: a~ b~.")
        if edits and not 1 <= int(edits[:9]) <= MAX_EDITS:
            raise QueryError(f"{lexeme.text}: the edits are 1 or 2", lexeme.position, f"Write {word}~ or {word}~2.")
        self._count(lexeme)
        return Fuzzy(word, int(edits or 1), field.name if field else None)

    def _truncation(self, lexeme: Lexeme, text: str, field: Field | None) -> Node | None:
        pattern = re.sub(r"\*+", "*", text.rstrip("!") + "*" if text.endswith("!") else text)
        pattern = pattern.strip("'’.-")
        if _UNSPACED_LETTER.search(pattern):
            return self._untruncated(lexeme, pattern, field)
        letters = sum(character.isalnum() for character in pattern)
        if not _PATTERN.fullmatch(pattern) or letters < MIN_PATTERN_LETTERS or not TRUNCATED.fullmatch(pattern):
            raise QueryError(
                f"{lexeme.text}: a truncated word has {MIN_PATTERN_LETTERS} letters or more beside its * and ?",
                lexeme.position,
                "Write like sanction* or wom?n.",
            )
        self._count(lexeme)
        return Truncation(pattern, field.name if field else None)

    def _untruncated(self, lexeme: Lexeme, pattern: str, field: Field | None) -> Node | None:
        """Reads a truncation where no blanks part words: there a word is found in any longer one as it is."""
        word = pattern.strip("*")
        if "*" in word or "?" in word:
            raise QueryError(
                f"{lexeme.text}: there is no truncation inside a word of a script without blanks",
                lexeme.position,
                "Write like 渡 w/3 头.",
            )
        self._note(
            lexeme, f"{word} is found in longer words too, for its script has no blanks: the * was passed over."
        )
        return self._words(word, lexeme, field)

    def _compared(self, lexeme: Lexeme, field: Field) -> str:
        """Returns a date's text together with a comparison that stands before it with a blank between."""
        following = self._peek()
        if field.kind == "date" and lexeme.text in (">=", "<=", ">", "<") and following and following.kind == "word":
            self._at += 1
            return lexeme.text + following.text
        return lexeme.text

    def _value(self, text: str, lexeme: Lexeme, field: Field, *, quoted: bool) -> Node | None:
        if field.kind == "keyword":
            value = " ".join(text.replace('"', " ").split())
            if not value:
                self._note(lexeme, f"Nothing stands after {field.name}: It was passed over.")
                return None
            if "*" in value and not quoted:
                self._note(lexeme, f"{field.name}: takes exact values; the * of {value} was read as a character.")
            self._count(lexeme)
            return Keyword(field.name, value)
        try:
            start, end = parse_date_range(text, self._now)
        except DateError as error:
            raise QueryError(f"{field.name}: {error}", lexeme.position, "Or leave the date out.") from None
        self._count(lexeme)
        return DateRange(field.name, text.strip().lower(), start, end)

    def _words(self, text: str, lexeme: Lexeme, field: Field | None) -> Node | None:
        tokens = tokenize(text)
        if not tokens:
            self._note(lexeme, f"“{text[:40]}” holds no letter or digit and was passed over.")
            return None
        self._count(lexeme)
        word = text[tokens[0].start_char : tokens[-1].end_char]
        if not is_plain_word(word):
            # What stood before it made it a word; by itself it would be an operator or a field.
            word = "#" + text[tokens[0].start_char :]
        return Word(word.lower() if word in OPERATORS else word, field.name if field else None)


def _join(kind: type[And] | type[Or], parts: Iterable[Node]) -> Node | None:
    """Returns the parts under one operator, with parts of the same operator taken in."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return kind(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None
