"""Which sections are hits, and which are leads, as a query. The rules are those of `whoosh.own_words`.

An entry of a live page is a hit if a part of the query that its heading or text can have occurs there, or if the query
asks for nothing that an entry would write. An article whose matches are all shared with its page is found by its lead.
Only `searching` imports from here.
"""

from collections.abc import Collection, Iterable
from typing import Any

from ...query import And, AtLeast, Fuzzy, InStatement, Near, Node, Or, Phrase, Truncation, Word, positive_parts
from ..own_parts import OWN_FIELDS, can_be_own, can_be_shared, without_conditions
from .snapshot import Query, Snapshot
from .translation import Translator
from .values import NOTHING, all_of, any_of

_LIVE: Query = {"term": {"v_kind": "live"}}
_PAGE = 10_000


def hits_query(translator: Translator, tree: Node, *, any_part: bool) -> Query | None:
    """Returns the query that sections must match beside the tree to be hits; None if all that match are hits."""
    parts = list(positive_parts(tree))
    if not any(can_be_own(part) and (any_part or can_be_shared(part)) for part in parts):
        return None
    if any_part:
        hits = any_of(_classify(translator, part)[0] for part in parts)
    else:
        own, free = _classify(translator, tree)
        hits = any_of([own, free])
    return any_of([hits, {"bool": {"must_not": [_LIVE]}}])


def _classify(translator: Translator, node: Node) -> tuple[Query, Query]:
    """Returns the queries for the sections that match by own words, and for those that are free.

    A section that matches by own words may be found by the second query too.
    """
    match node:
        case And(parts):
            classes = [_classify(translator, part) for part in parts]
            own = any_of(own for own, _ in classes)
            frees = [free for _, free in classes]
            return _both(own, translator.match(node)), NOTHING if NOTHING in frees else all_of(frees)
        case Or(parts):
            classes = [_classify(translator, part) for part in parts]
            return any_of(own for own, _ in classes), any_of(free for _, free in classes)
        case AtLeast(_, counted):
            own, free = _classify(translator, counted)
            return _both(own, translator.match(node)), _both(free, translator.match(node))
        case Word() | Phrase() | Truncation() | Fuzzy() | Near() if can_be_own(node):
            return translator.match(node, OWN_FIELDS) if can_be_shared(node) else translator.match(node), NOTHING
        case InStatement():
            return translator.match(node), NOTHING
        case _:
            return NOTHING, translator.match(node)


def _both(first: Query, second: Query) -> Query:
    return NOTHING if NOTHING in (first, second) else all_of([first, second])


def find_leads(
    translator: Translator, snapshot: Snapshot, tree: Node, matching: Query, *, any_part: bool
) -> list[int]:
    """Returns the leads of the articles of which no section is a hit by its words. A few requests, once a state."""
    return snapshot.keep(
        ("leads", tree, any_part), lambda: _find_leads(translator, snapshot, tree, matching, any_part=any_part)
    )


def _find_leads(
    translator: Translator, snapshot: Snapshot, tree: Node, matching: Query, *, any_part: bool
) -> list[int]:
    words = tree if any_part else without_conditions(tree)
    having = matching if words == tree else translator.match(words)
    hits = hits_query(translator, words, any_part=any_part)
    if hits is None:
        return []
    shared = {"bool": {"filter": [having, _LIVE], "must_not": [hits]}}
    firsts = _first_of_articles(snapshot, snapshot.among(shared))
    owned: set[int] = set()
    for articles in _in_parts(firsts):
        query = snapshot.among(having, hits, {"terms": {"article": articles}})
        owned |= _first_of_articles(snapshot, query).keys()
    leads = [section for article, section in firsts.items() if article not in owned]
    if words == tree:
        return leads
    # The lead is that of the words; it must fulfil the conditions too.
    kept: set[int] = set()
    for sections in _in_parts(leads):
        query = snapshot.among(matching, {"terms": {"section": sections}})
        kept.update(section for (section,) in snapshot.scan(query, [{"section": "asc"}], ("section",)))
    return [section for section in leads if section in kept]


def _first_of_articles(snapshot: Snapshot, query: Query) -> dict[int, int]:
    """Returns the first section of each article of a result, by article."""
    found: dict[int, int] = {}
    start = 0
    while True:
        body: dict[str, Any] = {
            "query": query,
            "collapse": {"field": "article"},
            "sort": [{"place": "asc"}],
            "from": start,
            "size": _PAGE,
            "docvalue_fields": ["article", "section"],
            "track_total_hits": False,
        }
        hits = snapshot.ask(body)["hits"]["hits"]
        for hit in hits:
            found[hit["fields"]["article"][0]] = hit["fields"]["section"][0]
        if len(hits) < _PAGE:
            return found
        start += _PAGE


def _in_parts(numbers: Collection[int]) -> Iterable[list[int]]:
    listed = list(numbers)
    for start in range(0, len(listed), _PAGE):
        yield listed[start : start + _PAGE]
