"""Parses the text of a query into a tree. Pure; entered through `search.query`.

    text  --parse-->  ParsedQuery(tree, notes)  --format_query-->  canonical text, which parses to the same tree

The parser is lenient but never silent. Where it may have read something other than the writer meant, it adds a note.
Text that has no meaning raises QueryError with its position and what to write instead. Operators of other services
(Nexis, Factiva, Westlaw, ProQuest) are read as their equivalents here, or named in an error.
"""

import re
from datetime import datetime

from ..fields import FIELDS, HLEAD, Field
from ..text import GERSHAYIM, UNSPACED, WORD_CHARS, tokenize, word_forms
from .dates import DateError
from .lexer import (
    AT_LEAST,
    FUZZY,
    OPERATORS,
    QUOTE_MARKS,
    TRUNCATED,
    Lexeme,
    find_field,
    find_unsupported,
    is_plain_word,
    lex,
    read_proximity,
)
from .parsed import ParsedQuery, QueryError, QueryNote
from .signs import WEIGHT, explain_signs, read_signs
from .tree import (
    NO_VALUE,
    And,
    AtLeast,
    Distance,
    Everything,
    Fuzzy,
    Missing,
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
    join_parts,
)
from .values import read_date, read_keyword

# Enough for a researcher's page of terms. Longer text is usually pasted by mistake.
MAX_QUERY_CHARS = 4000
MAX_NESTING_DEPTH = 40
MAX_QUERY_TERMS = 300
# Beyond this, proximity says no more than "in the same section".
MAX_DISTANCE_WORDS = 250
MAX_ATLEAST_COUNT = 1000
MAX_EDITS = 2
# A pattern with fewer letters matches a large part of all words.
MIN_PATTERN_LETTERS = 2


def parse(text: str, *, now: datetime) -> ParsedQuery:
    """Parses a query. Relative dates count from `now`. Raises QueryError, and nothing else."""
    if len(text) > MAX_QUERY_CHARS:
        raise QueryError(
            f"the query has {len(text):,} characters",
            MAX_QUERY_CHARS,
            f"Shorten it to {MAX_QUERY_CHARS:,} characters.",
        )
    return _Parser(text, now).parse()


_PATTERN = re.compile(rf"(?:[{WORD_CHARS}'’.*?-]|{GERSHAYIM})+")
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")


class _Parser:
    """A recursive descent parser; each rule of the grammar is a method.

    or := and (OR and)*;  and := near ([AND] near)*;  near := not (w/n not)*;  not := [NOT|-] operand
    """

    def __init__(self, text: str, now: datetime) -> None:
        self._text = text
        self._now = now
        self._lexemes = read_signs(lex(text))
        self._next_lexeme = 0
        self._depth = 0
        self._terms = 0
        self._notes: list[QueryNote] = []

    def parse(self) -> ParsedQuery:
        parts = []
        while self._peek():
            part = self._parse_or(None)
            if part is not None:
                parts.append(part)
            if stray := self._take("close"):
                self._note(stray, "Ignored a closing bracket without an opening bracket.")
        tree = join_parts(And, parts)
        if tree is None and self._lexemes:
            # Nothing that can be searched for must not become a search for everything.
            first = self._lexemes[0]
            raise QueryError(
                f"there is nothing to search for in {self._text.strip()[:40]}",
                first.position,
                "Write a word or a value of a field, or * for everything.",
            )
        tree = tree or Everything()
        return ParsedQuery(tree, tuple(sorted(self._notes, key=lambda note: note.position)))

    # --- lexemes, notes and limits ---

    def _peek(self) -> Lexeme | None:
        return self._lexemes[self._next_lexeme] if self._next_lexeme < len(self._lexemes) else None

    def _take(self, kind: str, text: str | None = None) -> Lexeme | None:
        """Returns the next lexeme and moves past it, if it is of this kind and has this text."""
        lexeme = self._peek()
        if lexeme is None or lexeme.kind != kind or (text is not None and lexeme.text != text):
            return None
        self._next_lexeme += 1
        return lexeme

    def _note(self, lexeme: Lexeme, message: str, *, replacement: str = "") -> None:
        """Adds a note. `replacement` is what may have been meant instead of the lexeme."""
        suggested = self._text[: lexeme.position] + replacement + self._text[lexeme.end :] if replacement else ""
        self._notes.append(QueryNote(lexeme.position, message, suggested))

    def _count_term(self, lexeme: Lexeme) -> None:
        self._terms += 1
        if self._terms > MAX_QUERY_TERMS:
            raise QueryError(
                f"the query has more than {MAX_QUERY_TERMS} terms", lexeme.position, "Split it into several queries."
            )

    def _enter(self, lexeme: Lexeme) -> None:
        self._depth += 1
        if self._depth > MAX_NESTING_DEPTH:
            raise QueryError(
                f"brackets and operators are nested more than {MAX_NESTING_DEPTH} deep",
                lexeme.position,
                "Use fewer brackets.",
            )

    # --- operators ---

    def _parse_or(self, field: Field | None) -> Node | None:
        parts = [self._parse_and(field)]
        while operator := self._take("word", "OR"):
            part = self._parse_and(field)
            if part is None or parts[-1] is None:
                self._note(operator, "Ignored an OR with nothing on one side.")
            parts.append(part)
        return join_parts(Or, [part for part in parts if part is not None])

    def _parse_and(self, field: Field | None) -> Node | None:
        parts: list[Node] = []
        while (lexeme := self._peek()) and lexeme.kind != "close" and (lexeme.kind, lexeme.text) != ("word", "OR"):
            if operator := self._take("word", "AND"):
                if not parts or _ends_operand(self._peek()):
                    self._note(operator, "Ignored an AND with nothing on one side.")
                continue
            part = self._parse_near(field)
            if part is not None:
                parts.append(part)
        return join_parts(And, parts)

    def _parse_near(self, field: Field | None) -> Node | None:
        lexeme = self._peek()
        left = None if lexeme and _proximity(lexeme) else self._parse_not(field)
        chained = 0
        while (operator := self._peek()) and (proximity := _proximity(operator)):
            self._next_lexeme += 1
            right = None if _ends_operand(self._peek()) else self._parse_not(field)
            if left is None or right is None:
                self._note(operator, f"Ignored {operator.text} with nothing on one side.")
                left = left or right
                continue
            self._enter(operator)
            chained += 1
            distance, ordered = proximity
            left = Near(_check_operand(left, operator), _check_operand(right, operator), distance, ordered)
        self._depth -= chained
        return left

    def _parse_not(self, field: Field | None) -> Node | None:
        operator = self._take("word", "NOT") or self._take("minus")
        if operator is None:
            return self._parse_operand(field)
        self._enter(operator)
        following = self._peek()
        if following and operator.text == "NOT" and _proximity(following):
            raise QueryError(
                f"NOT cannot come directly before {following.text}", operator.position, "Write a NOT (a w/5 b)."
            )
        part = None if _ends_operand(following) else self._parse_not(field)
        self._depth -= 1
        if part is None:
            self._note(operator, "Ignored a NOT with nothing after it.")
            return None
        return part.part if isinstance(part, Not) else Not(part)

    # --- operands ---

    def _parse_operand(self, field: Field | None) -> Node | None:
        lexeme = self._lexemes[self._next_lexeme]
        self._next_lexeme += 1
        match lexeme.kind:
            case "open":
                return self._parse_brackets(lexeme, field)
            case "field":
                return self._parse_field(lexeme, field)
            case "quoted":
                return self._parse_quoted(lexeme, field)
            case _:
                return self._parse_word(lexeme, field)

    def _parse_brackets(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        self._enter(lexeme)
        part = self._parse_or(field)
        self._depth -= 1
        if not self._take("close"):
            self._note(lexeme, "This bracket is not closed; it was read to the end of the query.")
        return part

    def _parse_field(self, lexeme: Lexeme, outer: Field | None) -> Node | None:
        field = find_field(lexeme.text)
        if field is None:
            name = lexeme.text.rstrip(":=")
            names = ", ".join(known.name for known in FIELDS)
            self._note(lexeme, f"{lexeme.text} is not a field and was searched as a word. Fields: {names}.")
            if outer is not None and outer.kind != "text":
                return self._make_value(name, lexeme, outer, quoted=False)
            return self._make_words(name, lexeme, outer)
        value = self._peek()
        if value is None or value.kind in ("close", "field"):
            self._note(lexeme, f"Ignored {lexeme.text} with nothing after it.")
            return None
        if value.kind == "word" and value.text.lower() in (NO_VALUE, "*") and field is not HLEAD:
            self._next_lexeme += 1
            return self._make_missing(value, field)
        return self._parse_not(field) if value.kind == "minus" else self._parse_operand(field)

    def _parse_quoted(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        closed = len(lexeme.text) > 1 and lexeme.text[-1] in QUOTE_MARKS
        content = " ".join(lexeme.text[1 : -1 if closed else None].split())
        if not closed:
            self._note(lexeme, "This quotation mark is not closed; the phrase was read to the end of the query.")
        elif self._text[: lexeme.position][-1:].isalnum() or self._text[lexeme.end :][:1].isalnum():
            self._note(lexeme, "A quotation mark next to a letter begins or ends a phrase; put a space beside it.")
        if field is not None and field.kind != "text":
            return self._make_value(content, lexeme, field, quoted=True)
        if not word_forms(content):
            self._note(lexeme, "Ignored a phrase without words.")
            return None
        if "*" in content:
            self._note(lexeme, "Ignored the * in this phrase: there is no truncation in quotation marks.")
        self._count_term(lexeme)
        return Phrase(content, _name(field))

    def _parse_word(self, lexeme: Lexeme, field: Field | None) -> Node | None:
        if field is not None and field.kind != "text":
            if lexeme.text.lower() == NO_VALUE:
                return self._make_missing(lexeme, field)
            return self._make_value(self._with_comparison(lexeme, field), lexeme, field, quoted=False)
        if weighted := WEIGHT.fullmatch(lexeme.text):
            self._note(lexeme, f"Ignored {lexeme.text[weighted.end(1) :]}: a word cannot be given more weight.")
            if not weighted[1]:
                return None
            lexeme = Lexeme(lexeme.kind, weighted[1], lexeme.position)
        text = lexeme.text.rstrip(".,;:'’")
        following = self._peek()
        bracket_follows = following is not None and following.kind == "open"
        if text == "*" and field is None:
            return Everything()
        if bracket_follows and (at_least := AT_LEAST.fullmatch(text)):
            return self._parse_at_least(lexeme, int(at_least[1][:9]), field)
        if unsupported := find_unsupported(text, before_bracket=bracket_follows):
            feature, alternative = unsupported
            raise QueryError(f"{text}: {feature} is not supported", lexeme.position, f"Write {alternative}.")
        if fuzzy := FUZZY.fullmatch(text):
            return self._make_fuzzy(lexeme, fuzzy[1], fuzzy[2], field)
        if TRUNCATED.fullmatch(text):
            return self._make_truncation(lexeme, text, field)
        if field is None:
            self._note_likely_meaning(lexeme)
        reading, replacement = explain_signs(lexeme.text)
        if reading:
            self._note(lexeme, reading, replacement=replacement)
        return self._make_words(lexeme.text, lexeme, field)

    def _note_likely_meaning(self, lexeme: Lexeme) -> None:
        """Notes a word that may have been meant as an operator or a field."""
        text = lexeme.text
        searched = f"“{text}” was searched as a word"
        if text.upper() in OPERATORS:
            self._note(lexeme, f"{searched}; the operator is written {text.upper()}.", replacement=text.upper())
        elif text == "same":
            self._note(lexeme, f"{searched}; for the same paragraph write w/p.", replacement="w/p")
        elif text.endswith(":") and (known := find_field(text)):
            self._note(lexeme, f"{searched}; to search the field, write {known.name}:value without a space.")

    def _parse_at_least(self, lexeme: Lexeme, count: int, field: Field | None) -> Node | None:
        if not 1 <= count <= MAX_ATLEAST_COUNT:
            raise QueryError(
                f"{lexeme.text}: the count must be from 1 to {MAX_ATLEAST_COUNT:,}",
                lexeme.position,
                "Write, for example, atleast3(x).",
            )
        part = self._parse_operand(field)
        if part is None:
            self._note(lexeme, f"Ignored {lexeme.text} with nothing in its brackets.")
            return None
        return AtLeast(count, _check_operand(part, lexeme))

    def _with_comparison(self, lexeme: Lexeme, field: Field) -> str:
        """Returns a value; for a date, with a comparison that is separated from it by a space."""
        following = self._peek()
        if field.kind == "date" and lexeme.text in (">=", "<=", ">", "<") and following and following.kind == "word":
            self._next_lexeme += 1
            return lexeme.text + following.text
        return lexeme.text

    # --- leaves ---

    def _make_fuzzy(self, lexeme: Lexeme, word: str, edits: str, field: Field | None) -> Node:
        if len(word_forms(word)) != 1:
            raise QueryError(f"{word}~: the ~ works on single words", lexeme.position, "Separate the words: a~ b~.")
        if edits and not 1 <= int(edits[:9]) <= MAX_EDITS:
            raise QueryError(
                f"{lexeme.text}: the number of edits must be 1 or 2", lexeme.position, f"Write {word}~ or {word}~2."
            )
        self._count_term(lexeme)
        return Fuzzy(word, int(edits or 1), _name(field))

    def _make_truncation(self, lexeme: Lexeme, text: str, field: Field | None) -> Node | None:
        pattern = re.sub(r"\*+", "*", text.rstrip("!") + "*" if text.endswith("!") else text)
        pattern = pattern.strip("'’.-")
        if _UNSPACED_LETTER.search(pattern):
            return self._make_untruncated(lexeme, pattern, field)
        letters = sum(character.isalnum() for character in pattern)
        if not _PATTERN.fullmatch(pattern) or letters < MIN_PATTERN_LETTERS or not TRUNCATED.fullmatch(pattern):
            raise QueryError(
                f"{lexeme.text}: a truncated word needs at least {MIN_PATTERN_LETTERS} letters beside * and ?",
                lexeme.position,
                "Write, for example, sanction* or wom?n.",
            )
        self._count_term(lexeme)
        return Truncation(pattern, _name(field))

    def _make_untruncated(self, lexeme: Lexeme, pattern: str, field: Field | None) -> Node | None:
        """Reads a truncation in an unspaced script as a plain word, which is found inside longer words anyway."""
        word = pattern.strip("*")
        if "*" in word or "?" in word:
            raise QueryError(
                f"{lexeme.text}: truncation inside a word does not work in scripts written without spaces",
                lexeme.position,
                "Write, for example, 渡 w/3 头.",
            )
        self._note(
            lexeme,
            f"Ignored the truncation: {word} is found inside longer words anyway, as its script has no spaces.",
        )
        return self._make_words(word, lexeme, field)

    def _make_value(self, text: str, lexeme: Lexeme, field: Field, *, quoted: bool) -> Node | None:
        if field.kind == "keyword":
            value, note = read_keyword(text, field, quoted=quoted)
            if note:
                self._note(lexeme, note)
            if value is not None:
                self._count_term(lexeme)
            return value
        try:
            span = read_date(text, field, self._now)
        except DateError as error:
            raise QueryError(f"{field.name}: {error}", lexeme.position, "Or leave the date out.") from None
        self._count_term(lexeme)
        return span

    def _make_missing(self, lexeme: Lexeme, field: Field) -> Node:
        """Returns what has no value in a field, or with `*` what has one."""
        self._count_term(lexeme)
        if lexeme.text == "*":
            return Not(Missing(field.name))
        if field.kind == "text":
            self._note(
                lexeme, f'{field.name}:none lists what has no {field.name}; for the word, write {field.name}:"none".'
            )
        return Missing(field.name)

    def _make_words(self, text: str, lexeme: Lexeme, field: Field | None) -> Node | None:
        tokens = tokenize(text)
        if not tokens:
            self._note(lexeme, f"Ignored “{text[:40]}”, which has no letter or digit.")
            return None
        self._count_term(lexeme)
        word = text[tokens[0].start_char : tokens[-1].end_char]
        if not is_plain_word(word):
            # Alone it would be read as an operator or a field; a leading # keeps it a word.
            word = "#" + text[tokens[0].start_char :]
        return Word(word.lower() if word in OPERATORS else word, _name(field))


def _name(field: Field | None) -> str | None:
    return field.name if field else None


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
