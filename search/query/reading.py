"""What has been read of a query: its lexemes, the notes on them, and its limits. Pure; used within `search.query`."""

from datetime import datetime

from .elsewhere import read_other_operators
from .lexer import Lexeme, lex
from .lower_case import read_lower_case
from .parsed import QueryError, QueryNote
from .signs import read_signs

# Longer lists of terms are usually pasted by mistake. MAX_QUERY_CHARS have 1,200 short words with OR between them. In
# 60,000 sections, the 830 most common words take 0.6 s, and 720 of middling frequency 0.25 s.
MAX_NESTING_DEPTH = 40
MAX_QUERY_TERMS = 1500


class Reading:
    """The lexemes of a query and how far they are read. `notes` are in the order in which they were made."""

    def __init__(self, text: str, now: datetime) -> None:
        self.text = text
        self.now = now
        self.lexemes = read_other_operators(read_lower_case(read_signs(lex(text))))
        self.notes: list[QueryNote] = []
        self._next_lexeme = 0
        self._depth = 0
        self._terms = 0

    def peek(self, further: int = 0) -> Lexeme | None:
        """Returns the next lexeme, or one further on."""
        at = self._next_lexeme + further
        return self.lexemes[at] if at < len(self.lexemes) else None

    def next(self) -> Lexeme:
        """Returns the next lexeme and moves past it. There must be one."""
        self._next_lexeme += 1
        return self.lexemes[self._next_lexeme - 1]

    def take(self, kind: str, text: str | None = None) -> Lexeme | None:
        """Returns the next lexeme and moves past it, if it is of this kind and has this text."""
        lexeme = self.peek()
        if lexeme is None or lexeme.kind != kind or (text is not None and lexeme.text != text):
            return None
        self._next_lexeme += 1
        return lexeme

    def note(self, lexeme: Lexeme, message: str, *, replacement: str = "") -> None:
        """Adds a note. `replacement` is what may have been meant instead of the lexeme."""
        suggested = self.text[: lexeme.position] + replacement + self.text[lexeme.end :] if replacement else ""
        self.notes.append(QueryNote(lexeme.position, message, suggested))

    def count_term(self, lexeme: Lexeme) -> None:
        """Counts one more term. Raises QueryError beyond MAX_QUERY_TERMS."""
        self._terms += 1
        if self._terms > MAX_QUERY_TERMS:
            raise QueryError(
                f"the query has more than {MAX_QUERY_TERMS:,} terms", lexeme.position, "Split it into several queries."
            )

    def enter(self, lexeme: Lexeme) -> None:
        """Goes one level down. Raises QueryError beyond MAX_NESTING_DEPTH."""
        self._depth += 1
        if self._depth > MAX_NESTING_DEPTH:
            raise QueryError(
                f"brackets and operators are nested more than {MAX_NESTING_DEPTH} deep",
                lexeme.position,
                "Use fewer brackets.",
            )

    def leave(self, levels: int = 1) -> None:
        """Comes back up."""
        self._depth -= levels
