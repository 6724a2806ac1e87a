"""Other spellings of names: `Kiev` finds Kyiv and Київ too, and the page says so.

A table has the names that the index has in several spellings; what it knows is in sections that are shown, or added by
curators. It is made once for each state of the index, by one search and one query, and looked up in memory. A value of
a field of names finds those that have it as another spelling. A word or a phrase of a text is searched in the other
spellings if exactly one name has it; a word in quotation marks, and what is `exact`, is searched as it is.
"""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from archive.models import NameType, is_named, unused_spellings

from ..engines import Reader, Request
from ..fields import NAME_FIELDS, SPELLINGS, STATEMENT_FIELDS
from ..index import FIELDS_OF_TYPES
from ..query import (
    Everything,
    Keyword,
    Node,
    Or,
    ParsedQuery,
    Phrase,
    QueryNote,
    ValueFuzzy,
    ValueTerm,
    ValueTruncation,
    ValueWord,
    Word,
    children,
    format_query,
    make_exact,
    rebuild,
    truncation_parts,
)
from ..text import contains_word, fold_value, value_key, value_words, word_forms
from .word_index import WordIndex

# More spellings are not looked up: the most frequent of all names.
MAX_SPELLINGS = 100_000
# The spellings of one name that are searched, and that a note has.
MAX_SEARCHED = 20
# The names that a value of a field finds by another spelling.
MAX_NAMES = 20
# That of the whole index, and that without what is being hidden.
_MAX_TABLES = 2


@dataclass(frozen=True)
class SpeltName:
    """A name in several spellings: the field that has it, its label, and the others."""

    field: str
    label: str
    others: tuple[str, ...]

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.label, *self.others)


class NameTable:
    """The names that have several spellings. Looking one up takes no search and no query."""

    def __init__(self, names: Iterable[SpeltName]) -> None:
        self.names = list(names)
        self._by_key: defaultdict[str, list[SpeltName]] = defaultdict(list)
        # By the words of spellings that are not the label.
        self._by_word: defaultdict[str, list[tuple[SpeltName, str]]] = defaultdict(list)
        for name in self.names:
            for key in dict.fromkeys(_key_of(spelling) for spelling in name.spellings):
                self._by_key[key].append(name)
            for other in name.others:
                for word in value_words(name.field, other):
                    self._by_word[word].append((name, other))

    def spelt(self, text: str) -> list[SpeltName]:
        """Returns the names that have a spelling, whatever its case and accents."""
        return self._by_key.get(_key_of(text), [])

    def with_value(self, node: Keyword | ValueWord | ValueTruncation | ValueFuzzy) -> list[SpeltName]:
        """Returns the names of which another spelling than the label is a value that a node finds."""
        fields = NAME_FIELDS if node.field in STATEMENT_FIELDS else (node.field,)
        found = dict.fromkeys(name for name in self._with_value(node) if name.field in fields)
        return list(found)[:MAX_NAMES]

    def _with_value(self, node: Keyword | ValueWord | ValueTruncation | ValueFuzzy) -> Iterator[SpeltName]:
        match node:
            case Keyword(_, value):
                yield from (name for name in self.spelt(value) if _key_of(name.label) != _key_of(value))
            case ValueWord(field, text):
                for name, other in self._by_word.get(next(iter(word_forms(text)), ""), ()):
                    if contains_word(field, other, text) and not contains_word(field, name.label, text):
                        yield name
            case ValueTruncation(_, text):
                parts = truncation_parts(text)
                words = self._word_index.matching(parts[0]) if len(parts) == 1 else ()
                yield from (name for word in words for name, _ in self._by_word[word])
            case ValueFuzzy(_, text, edits):
                (form,) = word_forms(text)
                for word in self._word_index.similar(form, edits):
                    yield from (name for name, _ in self._by_word[word])

    @cached_property
    def _word_index(self) -> WordIndex:
        return WordIndex(self._by_word)

    def starting(self, prefix: str, field: str) -> Iterator[str]:
        """Yields the labels of a field of which another spelling has a word that begins with a folded prefix."""
        for of_field, label, words in self._words:
            if of_field == field and f"\n{prefix}" in words:
                yield label

    @cached_property
    def _words(self) -> list[tuple[str, str, str]]:
        """The field and the label of each name, and what its other spellings have from each word on, in lines."""
        words = []
        for name in self.names:
            folded = [fold_value(other).split() for other in name.others]
            lines = (" ".join(of[at:]) for of in folded for at in range(len(of)))
            words.append((name.field, name.label, "".join(f"\n{line}" for line in lines)))
        return words


def _key_of(text: str) -> str:
    return value_key(fold_value(text))


_tables: OrderedDict[str, NameTable] = OrderedDict()
_making = threading.Lock()


def name_table(index: Reader) -> NameTable:
    """Returns the table of an index. One search and one query for each state of the index.

    A spelling that a curator adds, and no text has, brings a new state too: `archive.operations` has an article of its
    name indexed again.
    """
    with _making:
        key = index.state()
        table = _tables.get(key)
        if table is None:
            table = _tables[key] = _make_table(index)
            while len(_tables) > _MAX_TABLES:
                _tables.popitem(last=False)
    return table


def forget_tables() -> None:
    """Drops all tables: for tests, whose indexes may have equal states."""
    with _making:
        _tables.clear()


def _make_table(index: Reader) -> NameTable:
    found = index.search(Request(Everything(), facets=(SPELLINGS,), facet_limit=MAX_SPELLINGS, limit=0))
    spellings: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for value, _ in found.facets[SPELLINGS]:
        field, label, spelling = value.split("\t")
        spellings[field, label][spelling] = None
    for kind, label, spelling in _added_spellings():
        if index.count(Keyword(FIELDS_OF_TYPES[NameType(kind)], label)):
            spellings[FIELDS_OF_TYPES[NameType(kind)], label][spelling] = None
    names = (SpeltName(field, label, tuple(others)) for (field, label), others in spellings.items())
    return NameTable(names)


def _added_spellings() -> tuple[tuple[int, str, str], ...]:
    """Returns the spellings that curators added and no text has: type, label, spelling. One query."""
    added = unused_spellings().filter(is_named("name"), curated=True).order_by("pk")
    return tuple(added.values_list("name__type", "name__label", "text")[:MAX_SPELLINGS])


# --- in a query ---


def add_spellings(parsed: ParsedQuery, index: Reader) -> ParsedQuery:
    """Returns a query that finds names in their other spellings too, with a note for each of them."""
    table = name_table(index)
    if not table.names:
        return parsed
    expander = _Expander(parsed.tree, table, index)
    tree = expander.expand(parsed.tree)
    if tree == parsed.tree:
        return parsed
    return ParsedQuery(tree, parsed.notes + tuple(expander.notes), parsed.tree)


def may_have_names(tree: Node) -> bool:
    """Whether a tree has a term in whose place other spellings may be searched."""
    if isinstance(tree, Keyword | ValueTerm):
        return not tree.exact and tree.field in (*NAME_FIELDS, *STATEMENT_FIELDS)
    if isinstance(tree, Word | Phrase):
        return not tree.exact
    return any(map(may_have_names, children(tree)))


class _Expander:
    """Puts other spellings beside the terms of a tree. `notes` say which, in the order of the terms."""

    def __init__(self, tree: Node, table: NameTable, index: Reader) -> None:
        self._tree = tree
        self._table = table
        self._index = index
        self._known: dict[Node, Node] = {}
        self.notes: list[QueryNote] = []

    def expand(self, node: Node) -> Node:
        if node not in self._known:
            self._known[node] = self._expand(node)
        return self._known[node]

    def _expand(self, node: Node) -> Node:
        match node:
            case Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy() if not node.exact and node.field in (
                *NAME_FIELDS,
                *STATEMENT_FIELDS,
            ):
                return self._add_values(node)
            case Word() if not node.exact:
                return self._add_words(node)
            case Phrase() if not node.exact and len(word_forms(node.text)) > 1:
                return self._add_words(node)
            case _:
                return rebuild(node, self.expand)

    def _add_values(self, node: Keyword | ValueWord | ValueTruncation | ValueFuzzy) -> Node:
        labels = list(dict.fromkeys(name.label for name in self._table.with_value(node)))
        if not labels:
            return node
        self._note(node, f"{format_query(node)} also finds {_listed(labels)}, of which it is another spelling.")
        found: list[Node] = [Keyword(node.field, label) for label in labels]
        if self._index.count(node):
            found.insert(0, node)
        return Or(tuple(found)) if len(found) > 1 else found[0]

    def _add_words(self, node: Word | Phrase) -> Node:
        names = self._table.spelt(node.text)
        if len(names) != 1 or self._has_others(names[0], node.text):
            return node
        own = _key_of(node.text)
        others = [spelling for spelling in names[0].spellings if _key_of(spelling) != own][:MAX_SEARCHED]
        kind = "another spelling" if len(others) == 1 else "other spellings"
        self._note(node, f"“{node.text}” was also searched as {_listed(others)}, {kind} of the name.")
        return Or((node, *(_spelt(spelling, node.field) for spelling in others)))

    def _has_others(self, name: SpeltName, text: str) -> bool:
        """Whether names of other kinds are spelt alike."""
        return any(self._index.count(Keyword(field, text)) for field in NAME_FIELDS if field != name.field)

    def _note(self, node: Node, message: str) -> None:
        alone = format_query(_replace(self._tree, node, make_exact(node)))
        self.notes.append(QueryNote(0, message, alone, "Search for this spelling alone"))


def _replace(tree: Node, node: Node, replacement: Node) -> Node:
    return replacement if tree == node else rebuild(tree, lambda part: _replace(part, node, replacement))


def _spelt(spelling: str, field: str | None) -> Word | Phrase:
    """Returns another spelling as a term: one word in any form, or a phrase."""
    term = Word if len(word_forms(spelling)) == 1 else Phrase
    return replace(term(spelling, field), exact=True)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]
