"""Which entries of an article have words that a reader looks for on its page. Imported by `article_view` alone.

The words are a query, and the index answers it, so that all parts of the article are looked through. Other than in a
search of the archive, the headline and the standfirst do not count: every entry would have their words.
"""

from dataclasses import replace
from datetime import datetime
from typing import cast

from archive.models import IS_BY_ITSELF, Article

from ..engines import TIME_LIMIT_SECONDS, time_limit
from ..index import IndexGetter, shown_index
from ..query import And, AtLeast, Fuzzy, InStatement, Near, Node, Not, Operand, Or, Phrase, Truncation, Word
from ..results import Question

# The fields that have an entry's own words.
_ENTRY_FIELDS = ("heading", "text")


def find_entries(
    article: Article, find: str, *, now: datetime, get_index: IndexGetter = shown_index
) -> tuple[frozenset[int], Node]:
    """Returns the ids of the current sections with these words, and the tree to mark them with.

    One query. Raises QueryError and EngineError.
    """
    question = Question(q=find)
    index = get_index()
    parsed_query = question.parse(now, index=index)
    tree = _in_entry(parsed_query.tree)
    request = replace(question.to_request(parsed_query, now=now), tree=tree)
    sections = article.sections.filter(IS_BY_ITSELF).order_by()
    ids = list(sections.values_list("pk", flat=True))
    with time_limit(TIME_LIMIT_SECONDS):
        return frozenset(index.among(request, ids)), tree


def _in_entry(node: Node) -> Node:
    """Returns the tree with its terms in the fields of an entry, where they have no other field."""
    match node:
        case Near() | Word() | Phrase() | Truncation() | Fuzzy():
            in_fields = tuple(dict.fromkeys(_in_field(node, field) for field in _ENTRY_FIELDS))
            return in_fields[0] if len(in_fields) == 1 else Or(in_fields)
        case AtLeast(count, part):
            return AtLeast(count, cast(Operand, _in_entry(part)))
        case Not(part):
            return Not(_in_entry(part))
        case InStatement():
            # A statement stands in the entry itself.
            return node
        case And(parts) | Or(parts):
            return replace(node, parts=tuple(map(_in_entry, parts)))
        case _:
            return node


def _in_field(node: Node, field: str) -> Node:
    """Returns a term, or what joins terms by proximity, in a field."""
    match node:
        case Word(field=None) | Phrase(field=None) | Truncation(field=None) | Fuzzy(field=None):
            return replace(node, field=field)
        case Near(left, right):
            sides = (cast(Operand, _in_field(side, field)) for side in (left, right))
            return replace(node, left=next(sides), right=next(sides))
        case Or(parts):
            return replace(node, parts=tuple(_in_field(part, field) for part in parts))
        case _:
            return node
