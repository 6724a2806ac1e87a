"""What parsing a query gives: a tree with notes, or an error with its position. Pure; used within `search.query`."""

from dataclasses import dataclass

from ..errors import SearchError
from .tree import Node, format_query


class QueryError(SearchError):
    """A query that cannot be read: what is wrong, at which character (from 0), and what to write instead."""

    def __init__(self, message: str, position: int, cure: str) -> None:
        super().__init__(f"{message} (at character {position + 1}). {cure}")
        self.message = message
        self.position = position
        self.cure = cure


@dataclass(frozen=True)
class QueryNote:
    """How a part of the query was read, where that may not be obvious.

    `position` is the character it is about (from 0). `suggested_query` is the whole query as it may have been meant,
    or empty; `suggestion` names it where it is better not repeated.
    """

    position: int
    message: str
    suggested_query: str = ""
    suggestion: str = ""


@dataclass(frozen=True)
class ParsedQuery:
    """The tree of a query, and notes on how it was read.

    `tree` is what is searched, `written` the tree without other spellings of names; None if there are none.
    """

    tree: Node
    notes: tuple[QueryNote, ...] = ()
    written: Node | None = None

    @property
    def as_written(self) -> Node:
        """The tree of what is written in the query."""
        return self.written or self.tree

    @property
    def canonical(self) -> str:
        return format_query(self.as_written)
