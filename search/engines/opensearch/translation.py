"""A query tree as a query of OpenSearch: which sections match, and what points they get.

A leaf that Lucene's terms, phrases and ranges answer exactly is one of these. All else is a script, behind a query for
the sections that have its words at all. With `scored`, each leaf adds its points by BM25F, as the embedded engine
computes them: from the numbers of sections that have it, which are asked for beforehand.

    score(d) = idf(n) * w / (k1 + w)
    w        = sum over the text fields f of  boost_f * tf_f(d) / (1 - b + b * len_f(d) / mean_f)

Only `hits`, `searching` and `explaining` import from here.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from ...fields import FIELD_BY_NAME, HLEAD
from ...query import (
    Address,
    And,
    AtLeast,
    DateRange,
    Everything,
    Fuzzy,
    InStatement,
    Keyword,
    Missing,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Truncation,
    ValueFuzzy,
    ValueTruncation,
    ValueWord,
    Word,
    children,
    positive_leaves,
    truncation_parts,
)
from ...text import FUNCTION_WORDS, Slot, find_abbreviations, readings, tokenize, word_forms
from ..tree_rules import is_one_token
from .mapping import TEXT_NAMES
from .operands import Params, fields_of, fuzzy_forms, sole_stem, to_params
from .scripts import COUNT, MATCH, SCORE, SCORE_STEM
from .sections import pack
from .snapshot import Query, Snapshot
from .statements import StatementParts
from .values import NOTHING, address_query, all_of, any_of, date_query, missing_query, none_of, value_query

# Of BM25F and of function words, as in the embedded engine.
K1, B = 1.5, 0.75
FUNCTION_WORD_WEIGHT = 0.3
K3 = 8.0
BODY = "text"

Scored = Word | Phrase | Truncation | Fuzzy | Near
SCORED_TYPES = (Word, Phrase, Truncation, Fuzzy, Near)
EVERYTHING: Query = {"match_all": {}}


def script(source: str, params: Params) -> dict[str, Any]:
    """Returns a script of `scripts` with its parameters, as requests have it."""
    return {"source": source, "lang": "painless", "params": params}


class Translator:
    """Translates the nodes of one request for one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._queries: dict[Any, Query] = {}
        self._weights: dict[Word, float] = {}
        self._frequencies: dict[Node, int] = {}

    # --- which sections match ---

    def match(self, node: Node, fields: Collection[str] = TEXT_NAMES) -> Query:
        """Returns the query for the sections that match; text is searched in some of the text fields alone."""
        key = (node, tuple(fields))
        if key not in self._queries:
            self._queries[key] = self._match(node, fields)
        return self._queries[key]

    def _match(self, node: Node, fields: Collection[str]) -> Query:
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy():
                searched = {name: limit for name, limit in fields_of(node.field).items() if name in fields}
                return any_of(self._term(node, name, limit) for name, limit in searched.items())
            case Near():
                return any_of(self._by_script(node, name) for name in fields)
            case AtLeast(count, part):
                return self.match(part, fields) if count <= 1 else self._at_least(node, fields)
            case InStatement(part):
                return self._in_statement(part)
            case And(parts):
                return all_of(self.match(part, fields) for part in parts)
            case Or(parts):
                return any_of(self.match(part, fields) for part in dict.fromkeys(parts))
            case Not(part):
                return none_of(self.match(part, fields))
            case Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy():
                return value_query(self._snapshot, node)
            case Address():
                return address_query(self._snapshot, node)
            case DateRange():
                return date_query(node)
            case Missing():
                return missing_query(self._snapshot, node)
            case Everything():
                return EVERYTHING

    def _term(self, node: Word | Phrase | Truncation | Fuzzy, name: str, limit: int) -> Query:
        """Returns the query for the sections with a term in a field, or among its first tokens."""
        column = "w_lead" if limit else f"w_{name}"
        match node:
            case Word(text):
                return any_of(_reading(column, slots) for slots in readings(text))
            case Phrase(text):
                return _phrase(column, text)
            case Truncation(text):
                parts = truncation_parts(text)
                if len(parts) > 1:
                    return self._by_script(node, name)
                return _wildcard(column, parts[0])
            case Fuzzy():
                forms = fuzzy_forms(self._snapshot, node)
                return {"terms": {column: [f"f{form}" for form in forms]}} if forms else NOTHING

    def _by_script(self, node: Truncation | Near, name: str) -> Query:
        having = self._having(node, name)
        if having == NOTHING:
            return NOTHING
        params = {"node": to_params(self._snapshot, node), "fields": [name], "least": 1}
        return all_of([having, {"script": {"script": script(MATCH, params)}}])

    def _at_least(self, node: AtLeast, fields: Collection[str]) -> Query:
        params = {"node": to_params(self._snapshot, node.part), "fields": list(fields), "least": node.count}
        return all_of([self.match(node.part, fields), {"script": {"script": script(MATCH, params)}}])

    def _having(self, node: Operand, name: str) -> Query:
        """Returns a query for all sections in which a field may have an operand."""
        match node:
            case Near(left, _, excluded=True):
                return self._having(left, name)
            case Near(left, right):
                both = [self._having(left, name), self._having(right, name)]
                return NOTHING if NOTHING in both else all_of(both)
            case Or(parts):
                return any_of(self._having(part, name) for part in parts)  # type: ignore[arg-type]
            case Truncation(text) if len(truncation_parts(text)) > 1:
                if name not in fields_of(node.field):
                    return NOTHING
                return all_of(_wildcard(f"w_{name}", part) for part in truncation_parts(text))
            case _:
                return self.match(node, (name,))

    def _in_statement(self, part: Node) -> Query:
        parts = StatementParts(self._snapshot, self.match)
        return parts.find(part)

    # --- articles ---

    def match_article(self, node: Node) -> Query:
        """Returns the query for what joins the articles that match with all of their sections taken together."""
        match node:
            case And(parts):
                return all_of(map(self.match_article, parts))
            case Or(parts):
                return any_of(map(self.match_article, parts))
            case Not(part):
                return none_of(self.match_article(part))
            case AtLeast(count, part):
                params = {"node": to_params(self._snapshot, part), "fields": list(TEXT_NAMES)}
                counted = {"script_score": {"query": self.match(part), "script": script(COUNT, params)}}
                sections = {"bool": {"must": [counted], "filter": [self._snapshot.among()]}}
                return {
                    "function_score": {
                        "query": {"has_child": {"type": "section", "query": sections, "score_mode": "sum"}},
                        "min_score": count,
                    }
                }
            case _:
                return {"has_child": {"type": "section", "query": self._snapshot.among(self.match(node))}}

    # --- points ---

    def prepare(self, tree: Node) -> None:
        """Asks for the numbers that the points of a tree are computed from. Must precede `score`. One request."""
        words = Counter(leaf for leaf in positive_leaves(tree) if isinstance(leaf, Word))
        self._count_sections(dict.fromkeys([*_scored_nodes(tree), *words]))
        function_words = {word for word in words if FUNCTION_WORDS.issuperset(word_forms(word.text))}
        others = words.keys() - function_words
        lighter = function_words if any(self._frequencies.get(word) for word in others) else set()
        for word, times in words.items():
            weight = (1 + K3) / (K3 + times)
            self._weights[word] = weight * FUNCTION_WORD_WEIGHT if word in lighter else weight

    def _count_sections(self, nodes: Iterable[Node]) -> None:
        wanted = [node for node in nodes if node not in self._frequencies]
        if not wanted:
            return
        aggs = {str(number): {"filter": self.match(node)} for number, node in enumerate(wanted)}
        body = {"query": self._snapshot.among(any_of(map(self.match, wanted))), "size": 0, "aggs": aggs}
        counted = self._snapshot.ask(body)["aggregations"]
        self._frequencies |= {node: counted[str(number)]["doc_count"] for number, node in enumerate(wanted)}

    def frequency(self, node: Node) -> int:
        """Returns the number of sections that have a scored node."""
        return self._frequencies[node]

    def idf(self, node: Node) -> float:
        """Returns the inverse document frequency of a scored node."""
        having, documents = self._frequencies[node], self._snapshot.documents
        return math.log(1 + (documents - having + 0.5) / (having + 0.5))

    def weight(self, node: Node) -> float:
        """Returns the weight of a scored node among the others of its query."""
        return self._weights.get(node, 1.0) if isinstance(node, Word) else 1.0

    def score(self, node: Node) -> Query:
        """Returns the query for the sections that match, with their points."""
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                query = self.match(node)
                return (
                    NOTHING if query == NOTHING else {"script_score": {"query": query, "script": self._points(node)}}
                )
            case And(parts):
                return {"bool": {"must": [self._part(part, in_or=False) for part in parts]}}
            case Or(parts):
                return {
                    "bool": {"should": [self._part(part, in_or=True) for part in parts], "minimum_should_match": 1}
                }
            case AtLeast(_, part) | InStatement(part):
                return {"bool": {"filter": [self.match(node)], "should": [self._part(part, in_or=True)]}}
            case _:
                return {"bool": {"filter": [self.match(node)]}}

    def _part(self, node: Node, *, in_or: bool) -> Query:
        return self.score(node) if not in_or or is_scored(node) else {"bool": {"filter": [self.match(node)]}}

    def _points(self, node: Scored) -> dict[str, Any]:
        params: Params = {"points": self.idf(node) * self.weight(node), "k1": K1}
        stem = sole_stem(node.text) if isinstance(node, Word) and node.field != HLEAD.name else None
        if stem is not None and isinstance(node, Word):
            params["weights"] = [self._field(name) for name in fields_of(node.field)]
            params["terms"] = [f"{kind}{pack(stem)}" for kind in "tmn"]
            return script(SCORE_STEM, params)
        params["weights"] = [self._field(name) for name in TEXT_NAMES]
        params["node"] = to_params(self._snapshot, node)
        params["as_body"] = counts_as_body(node)
        params["body"] = self._field(BODY)
        return script(SCORE, params)

    def _field(self, name: str) -> Params:
        return {"name": name, "boost": FIELD_BY_NAME[name].boost, "mean": self._snapshot.mean_length(name), "b": B}


def counts_as_body(node: Scored) -> bool:
    """Whether all occurrences of a node count as if they were in the text: those of many forms, in any field."""
    return isinstance(node, Truncation | Fuzzy) and node.field is None and is_one_token(node)


def is_scored(node: Node) -> bool:
    """Whether some part of a node gives points."""
    return isinstance(node, SCORED_TYPES) or (
        not isinstance(node, Not) and any(is_scored(part) for part in children(node))
    )


def _scored_nodes(node: Node) -> Iterable[Node]:
    if isinstance(node, SCORED_TYPES):
        yield node
    elif not isinstance(node, Not):
        for part in children(node):
            yield from _scored_nodes(part)


# --- words and phrases in a field ---


def _slot_terms(slot: Slot, *, alone: bool) -> list[str]:
    """Returns the terms of a place in a reading. A spelling of several tokens matches only a place that is alone."""
    own = [f"{kind}{pack(slot.stem)}" for kind in ("tmn" if alone else "tm")] if slot.stem else []
    return [*own, *(f"t{pack(other)}" for other in slot.others)]


def _reading(column: str, slots: tuple[Slot, ...]) -> Query:
    if len(slots) == 1:
        return {"terms": {column: _slot_terms(slots[0], alone=True)}}
    places = [_any_term(_slot_terms(slot, alone=False)) for slot in slots]
    return {"intervals": {column: {"all_of": {"intervals": places, "ordered": True, "max_gaps": 0}}}}


def _any_term(terms: list[str]) -> dict[str, Any]:
    found = [{"match": {"query": term}} for term in terms]
    return found[0] if len(found) == 1 else {"any_of": {"intervals": found}}


def _phrase(column: str, text: str) -> Query:
    tokens = tokenize(text)
    abbreviations = set(find_abbreviations(text, tokens))
    terms = [f"{'a' if token.position in abbreviations else 'f'}{pack(token.form)}" for token in tokens]
    if len(terms) == 1:
        return {"term": {column: terms[0]}}
    return {"match_phrase": {column: " ".join(terms)}}


def _wildcard(column: str, pattern: str) -> Query:
    escaped = pattern.replace("\\", "\\\\")
    return {"wildcard": {column: {"value": f"f{escaped}", "rewrite": "constant_score"}}}
