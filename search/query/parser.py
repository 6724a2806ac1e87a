"""Parses the text of a query into a tree. Pure; entered through `search.query`.

    text  --parse-->  ParsedQuery(tree, notes)  --format_query-->  canonical text, which parses to the same tree

The parser is lenient but never silent. Where it may have read something other than the writer meant, it adds a note.
Text that has no meaning raises QueryError with its position and what to write instead. Operators of other services
(Nexis, Factiva, Westlaw, ProQuest) are read as their equivalents here, or named in an error.
"""

import re
from datetime import datetime

from ..fields import EXACT_FIELDS, FIELD_BY_NAME, FIELDS, HLEAD, Field
from ..text import is_address, read_address, word_forms
from . import leaves
from .capitals import CAPITALS_COMMAND, in_capitals
from .date_commands import read_compared_dates
from .elsewhere import Likely, explain_phrase, explain_sets, explain_word
from .lexer import (
    AT_LEAST,
    FUZZY,
    OPERATORS,
    QUOTE_MARKS,
    STATEMENT_COMMAND,
    TRUNCATED,
    Lexeme,
    find_field,
    find_unsupported,
    is_exact,
    read_proximity,
)
from .parsed import ParsedQuery, QueryError, QueryNote
from .questions import read_question
from .reading import Reading
from .signs import WEIGHT, explain_signs
from .tree import (
    NO_VALUE,
    Address,
    And,
    AtLeast,
    Distance,
    Everything,
    InStatement,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Word,
    format_query,
    is_operand,
    join_parts,
    make_exact,
)
from .written_dates import read_written_dates

# Enough for the names of 600 people. Longer text is usually pasted by mistake.
MAX_QUERY_CHARS = 8000
# Beyond this, proximity says no more than "in the same section".
MAX_DISTANCE_WORDS = 250
MAX_ATLEAST_COUNT = 1000


# Before a term, it asks for this spelling of a name alone.
_EXACT = re.compile(r"exact:", re.IGNORECASE)
# Behind `said(...)`, the alias of the field of authors asks for the speaker.
_SPEAKER = re.compile(r"by(?::=|[:=])", re.IGNORECASE)
# What programs put before an address that they copy: letters an angle bracket, browsers the name of a view.
_BEFORE_ADDRESS = re.compile(r"(?:<|view-source:)+", re.IGNORECASE)


def parse(text: str, *, now: datetime) -> ParsedQuery:
    """Parses a query. Relative dates count from `now`. Raises QueryError, and nothing else."""
    if len(text) > MAX_QUERY_CHARS:
        raise QueryError(
            f"the query has {len(text):,} characters",
            MAX_QUERY_CHARS,
            f"Shorten it to {MAX_QUERY_CHARS:,} characters.",
        )
    if pasted := _read_pasted_address(text):
        return pasted
    parsed = _Parser(text, now).parse()
    # An operator beside an address may have been ignored.
    alone = parsed.tree.text if isinstance(parsed.tree, Word) and parsed.tree.field is None else ""
    pasted = _read_pasted_address(alone)
    return ParsedQuery(pasted.tree, parsed.notes + pasted.notes) if pasted else parsed


def _read_pasted_address(text: str) -> ParsedQuery | None:
    """Returns a query that is nothing but an address as one for what was received from there; None for others."""
    text = text.strip()
    before = _BEFORE_ADDRESS.match(text)
    address = text[before.end() if before else 0 :].rstrip(".,;>")
    if not is_address(address):
        return None
    note = QueryNote(0, "The address was looked up. To find it in texts, put it in quotation marks.", f'"{address}"')
    return ParsedQuery(Address(FIELD_BY_NAME["url"].name, read_address(address), whole=True), (note,))


_FIELD_NAMES = ", ".join(known.name for known in FIELDS)


class _Parser:
    """A recursive descent parser; each rule of the grammar is a method.

    or := and (OR and)*;  and := near ([AND] near)*;  near := not (w/n not)*;  not := [NOT|-] operand
    """

    def __init__(self, text: str, now: datetime) -> None:
        self._reading = Reading(text, now)
        self._operators_as_words: list[Lexeme] = []
        self._in_statement = False

    def parse(self) -> ParsedQuery:
        if question := read_question(self._reading.text, self._reading.lexemes):
            self._reading.lexemes = question.content
            self._reading.notes.append(QueryNote(0, question.reading, question.all_words, "Search for all words"))
        if explained := explain_sets(self._reading.lexemes):
            self._reading.notes.append(QueryNote(0, explained))
        parts = []
        while self._reading.peek():
            part = self._parse_or(None)
            if part is not None:
                parts.append(part)
            if stray := self._reading.take("close"):
                self._reading.note(stray, "Ignored a closing bracket without an opening bracket.")
        tree = join_parts(And, parts)
        if tree is None and self._reading.lexemes:
            # Nothing that can be searched for must not become a search for everything.
            first = self._reading.lexemes[0]
            raise QueryError(
                f"there is nothing to search for in {self._reading.text.strip()[:40]}",
                first.position,
                "Write a word or a value of a field, or * for everything.",
            )
        tree = tree or Everything()
        self._note_operators_as_words()
        return ParsedQuery(tree, tuple(sorted(self._reading.notes, key=lambda note: note.position)))

    # --- operators ---

    def _parse_or(self, field: Field | None) -> Node | None:
        parts = [self._parse_and(field)]
        while operator := self._reading.take("word", "OR"):
            part = self._parse_and(field)
            if part is None or parts[-1] is None:
                self._reading.note(operator, "Ignored an OR with nothing on one side.")
            parts.append(part)
        return join_parts(Or, [part for part in parts if part is not None])

    def _parse_and(self, field: Field | None) -> Node | None:
        parts: list[Node] = []
        while (
            (lexeme := self._reading.peek())
            and lexeme.kind != "close"
            and (lexeme.kind, lexeme.text) != ("word", "OR")
        ):
            if operator := self._reading.take("word", "AND"):
                if not parts or _ends_operand(self._reading.peek()):
                    self._reading.note(operator, "Ignored an AND with nothing on one side.")
                continue
            part = self._parse_near(field)
            if part is not None:
                parts.append(part)
        return join_parts(And, parts)

    def _parse_near(self, field: Field | None) -> Node | None:
        lexeme = self._reading.peek()
        left = None if lexeme and _proximity(lexeme) else self._parse_not(field)
        chained = 0
        while (found := self._take_proximity(has_left=left is not None)) is not None:
            operator, (distance, ordered), excluded = found
            right = None if _ends_operand(self._reading.peek()) else self._parse_not(field)
            if left is None or right is None:
                self._reading.note(operator, f"Ignored {operator.text} with nothing on one side.")
                left = left or right
                continue
            self._reading.enter(operator)
            chained += 1
            left = Near(_check_operand(left, operator), _check_operand(right, operator), distance, ordered, excluded)
        self._reading.leave(chained)
        return left

    def _take_proximity(self, *, has_left: bool) -> tuple[Lexeme, tuple[Distance, bool], bool] | None:
        """Returns the next proximity operator, its distance and order, and whether a NOT comes before it.

        Moves past it. Returns None if the next is another lexeme.
        """
        operator, following = self._reading.peek(), self._reading.peek(1)
        excluded = has_left and operator is not None and (operator.kind, operator.text) == ("word", "NOT")
        if excluded:
            operator = following
        proximity = _proximity(operator) if operator else None
        if operator is None or proximity is None:
            return None
        if excluded:
            self._reading.next()
        return self._reading.next(), proximity, excluded

    def _parse_not(self, field: Field | None) -> Node | None:
        operator = self._reading.take("word", "NOT") or self._reading.take("minus")
        if operator is None:
            return self._parse_operand(field)
        self._reading.enter(operator)
        following = self._reading.peek()
        if following and operator.text == "NOT" and _proximity(following):
            raise QueryError(
                f"NOT cannot come directly before {following.text}", operator.position, "Write a NOT (a w/5 b)."
            )
        part = None if _ends_operand(following) else self._parse_not(field)
        self._reading.leave()
        if part is None:
            self._reading.note(operator, "Ignored a NOT with nothing after it.")
            return None
        return part.part if isinstance(part, Not) else Not(part)

    # --- operands ---

    def _parse_operand(self, field: Field | None) -> Node | None:
        lexeme = self._reading.next()
        match lexeme.kind:
            case "open":
                return self._parse_brackets(lexeme, field)
            case "field":
                return self._parse_field(lexeme, field)
            case "quoted":
                return self._parse_quoted(lexeme, field)
            case "dates":
                return self._parse_date_command(lexeme)
            case _:
                return self._parse_word(lexeme, field)

    def _parse_brackets(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        self._reading.enter(lexeme)
        part = self._parse_or(field)
        self._reading.leave()
        if not self._reading.take("close"):
            self._reading.note(lexeme, "This bracket is not closed; it was read to the end of the query.")
        return part

    def _parse_field(self, lexeme: Lexeme, outer: Field | None) -> Node | None:
        field = find_field(lexeme.text)
        if field is None and _EXACT.fullmatch(lexeme.text):
            part = None if _ends_operand(self._reading.peek()) else self._parse_operand(outer)
            if part is None:
                self._reading.note(lexeme, f"Ignored {lexeme.text} with nothing after it.")
                return None
            return make_exact(part)
        if field is None:
            name = lexeme.text.rstrip(":=")
            self._refuse_unsupported(lexeme, lexeme.text)
            self._reading.note(
                lexeme, f"{lexeme.text} is not a field and was searched as a word. Fields: {_FIELD_NAMES}."
            )
            if outer is not None and outer.kind != "text":
                return leaves.make_value(self._reading, name, lexeme, outer, quoted=False)
            return leaves.make_words(self._reading, name, lexeme, outer)
        value = self._reading.peek()
        if value is None or value.kind in ("close", "field"):
            self._reading.note(lexeme, f"Ignored {lexeme.text} with nothing after it.")
            return None
        if is_exact(lexeme.text):
            field = FIELD_BY_NAME[EXACT_FIELDS.get(field.name, field.name)]
            if value.kind == "word":
                self._reading.next()
                return leaves.make_value(self._reading, value.text, value, field, quoted=True)
        if value.kind == "word" and value.text.lower() in (NO_VALUE, "*") and field is not HLEAD:
            self._reading.next()
            return leaves.make_missing(self._reading, value, field)
        return self._parse_not(field) if value.kind == "minus" else self._parse_operand(field)

    def _parse_quoted(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        closed = len(lexeme.text) > 1 and lexeme.text[-1] in QUOTE_MARKS
        content = " ".join(lexeme.text[1 : -1 if closed else None].split())
        if not closed:
            self._reading.note(
                lexeme, "This quotation mark is not closed; the phrase was read to the end of the query."
            )
        elif self._reading.text[: lexeme.position][-1:].isalnum() or self._reading.text[lexeme.end :][:1].isalnum():
            self._reading.note(
                lexeme, "A quotation mark next to a letter begins or ends a phrase; put a space beside it."
            )
        if field is not None and field.kind != "text":
            return leaves.make_value(self._reading, content, lexeme, field, quoted=True)
        if not word_forms(content):
            self._reading.note(lexeme, "Ignored a phrase without words.")
            return None
        if likely := explain_phrase(content):
            self._note_likely(lexeme, likely)
        self._reading.count_term(lexeme)
        return Phrase(content, leaves.name_of(field))

    def _parse_date_command(self, lexeme: Lexeme) -> Node | None:
        """Reads a date command of another service. Of an ambiguous date, the whole command is suggested again."""
        dates = read_compared_dates(lexeme.text)
        suggestion = " AND ".join(f"date:{read_written_dates(text).other or text}" for text in dates)
        spans = [
            leaves.make_date(self._reading, text, lexeme, FIELD_BY_NAME["date"], suggestion=suggestion)
            for text in dates
        ]
        return join_parts(And, spans)

    def _parse_word(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        if field is not None and field.kind != "text":
            if lexeme.text.lower() == NO_VALUE:
                return leaves.make_missing(self._reading, lexeme, field)
            lexeme = leaves.join_comparison(self._reading, lexeme, field)
            return leaves.make_value(self._reading, lexeme.text, lexeme, field, quoted=False)
        if weighted := WEIGHT.fullmatch(lexeme.text):
            self._reading.note(
                lexeme, f"Ignored {lexeme.text[weighted.end(1) :]}: a word cannot be given more weight."
            )
            if not weighted[1]:
                return None
            lexeme = Lexeme(lexeme.kind, weighted[1], lexeme.position)
        text = lexeme.text.rstrip(".,;:'’")
        following = self._reading.peek()
        bracket_follows = following is not None and following.kind == "open"
        if text == "*" and field is None:
            return Everything()
        if not _ends_operand(following) and (at_least := AT_LEAST.fullmatch(text)):
            return self._parse_at_least(lexeme, int(at_least[1][:9]), field)
        if bracket_follows and following and following.position == lexeme.end and STATEMENT_COMMAND.fullmatch(text):
            return self._parse_statement(lexeme, field)
        if bracket_follows and CAPITALS_COMMAND.fullmatch(text):
            part = self._parse_operand(field)
            return in_capitals(part, lexeme) if part is not None else None
        is_compared = following is not None and following.kind == "word" and following.text[0] in "<>="
        self._refuse_unsupported(
            lexeme, text + (following.text if following and is_compared else ""), before_bracket=bracket_follows
        )
        if fuzzy := FUZZY.fullmatch(text):
            return leaves.make_fuzzy(self._reading, lexeme, fuzzy[1], fuzzy[2], field)
        if TRUNCATED.fullmatch(text):
            return leaves.make_truncation(self._reading, lexeme, text, field)
        if field is None:
            self._note_likely_meaning(lexeme)
        reading, replacement = explain_signs(lexeme.text)
        if reading:
            self._reading.note(lexeme, reading, replacement=replacement)
        return leaves.make_words(self._reading, lexeme.text, lexeme, field)

    def _refuse_unsupported(self, lexeme: Lexeme, text: str, *, before_bracket: bool = False) -> None:
        """Raises QueryError for a feature of another service that is missing here."""
        if unsupported := find_unsupported(text, before_bracket=before_bracket):
            feature, alternative = unsupported
            name = text.rstrip(":=")
            raise QueryError(f"{name}: {feature} is not supported", lexeme.position, f"Write {alternative}.")

    def _note_likely_meaning(self, lexeme: Lexeme) -> None:
        """Notes a word that may have been meant as an operator or a field."""
        text = lexeme.text
        searched = f"“{text}” was searched as a word"
        if text.upper() in OPERATORS:
            self._operators_as_words.append(lexeme)
        elif text == "same":
            self._reading.note(lexeme, f"{searched}; for the same paragraph write w/p.", replacement="w/p")
        elif text.endswith(":") and (known := find_field(text)):
            self._reading.note(lexeme, f"{searched}; to search the field, write {known.name}:value without a space.")
        elif likely := explain_word(lexeme, self._reading.peek(), self._reading.text):
            self._note_likely(lexeme, likely)

    def _note_likely(self, lexeme: Lexeme, likely: Likely) -> None:
        written = self._reading.text[lexeme.position : max(likely.end, lexeme.end)]
        self._reading.note(
            Lexeme(lexeme.kind, written, lexeme.position), likely.message, replacement=likely.replacement
        )

    def _note_operators_as_words(self) -> None:
        """Adds one note on the words that may have been meant as operators, which suggests all of them at once."""
        if not self._operators_as_words:
            return
        found = list(dict.fromkeys(lexeme.text for lexeme in self._operators_as_words))
        words = " and ".join(f"“{word}”" for word in found)
        names = " and ".join(dict.fromkeys(word.upper() for word in found))
        many = len(found) > 1
        suggested = self._reading.text
        for lexeme in reversed(self._operators_as_words):
            suggested = suggested[: lexeme.position] + lexeme.text.upper() + suggested[lexeme.end :]
        message = f"{words} {'were searched as words' if many else 'was searched as a word'}; "
        message += f"the operator{'s are' if many else ' is'} written {names}."
        self._reading.notes.append(QueryNote(self._operators_as_words[0].position, message, suggested))

    def _parse_statement(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        """Reads `said(...)` and, behind it, `by:` for who spoke. Inside of another, it says nothing more."""
        is_inside, self._in_statement = self._in_statement, True
        parts = [self._parse_operand(field)]
        while (following := self._reading.peek()) and following.kind == "field" and _SPEAKER.fullmatch(following.text):
            self._reading.next()
            written = Lexeme("field", f"speaker{following.text[2:]}", following.position)
            parts.append(self._parse_field(written, None))
        self._in_statement = is_inside
        part = join_parts(And, [part for part in parts if part is not None])
        if part is None:
            self._reading.note(lexeme, f"Ignored {lexeme.text} with nothing in its brackets.")
            return None
        return part if is_inside else InStatement(part)

    def _parse_at_least(self, lexeme: Lexeme, count: int, field: Field | None) -> Node | None:
        if not 1 <= count <= MAX_ATLEAST_COUNT:
            raise QueryError(
                f"{lexeme.text}: the count must be from 1 to {MAX_ATLEAST_COUNT:,}",
                lexeme.position,
                "Write, for example, atleast3(x).",
            )
        part = self._parse_operand(field)
        if part is None:
            self._reading.note(lexeme, f"Ignored {lexeme.text} with nothing in its brackets.")
            return None
        return AtLeast(count, _check_operand(part, lexeme))


def _proximity(lexeme: Lexeme) -> tuple[Distance, bool] | None:
    """Returns the distance of a proximity operator and whether it is ordered; None for any other lexeme.

    Raises QueryError if the distance is out of range.
    """
    proximity = read_proximity(lexeme.text) if lexeme.kind == "word" else None
    if proximity and isinstance(proximity[0], int) and not 1 <= proximity[0] <= MAX_DISTANCE_WORDS:
        raise QueryError(
            f"{lexeme.text}: the distance must be from 1 to {MAX_DISTANCE_WORDS} words",
            lexeme.position,
            "For a longer distance, write w/p or AND.",
        )
    return proximity


def _ends_operand(lexeme: Lexeme | None) -> bool:
    """Whether no operand can start here: at an operator between operands, a closing bracket, or the end."""
    if lexeme is None or lexeme.kind == "close":
        return True
    return lexeme.kind == "word" and (lexeme.text in ("OR", "AND") or _proximity(lexeme) is not None)


def _check_operand(node: Node, operator: Lexeme) -> Operand:
    """Returns the node as an operand of proximity or counting. Raises QueryError if it cannot be one."""
    if not is_operand(node):
        excluded = isinstance(node, Not)
        raise QueryError(
            f"{operator.text} works on words, phrases and ORs of these, not on {format_query(node)[:60]}",
            operator.position,
            "To exclude the whole, write NOT (a w/5 b)." if excluded else "Write the rest outside, joined with AND.",
        )
    return node  # type: ignore[return-value]  # is_operand has just checked it
