"""Why a section has its score: how often each leaf occurs in it, and what follows from that.

Only `reading` imports from here.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from ...fields import FIELD_BY_NAME
from ...query import And, AtLeast, InStatement, Node, Or, format_query
from ..contract import Request
from ..explanations import Explanation, FieldWeight, TermScore
from .mapping import TEXT_NAMES
from .operands import to_params
from .scripts import FREQUENCIES
from .searching import OneSearch
from .snapshot import Snapshot
from .translation import BODY, K1, SCORED_TYPES, B, Scored, counts_as_body, script


def explain(snapshot: Snapshot, request: Request, section_ids: Collection[int]) -> dict[int, Explanation]:
    """Returns why sections have their scores in the answer to a request. Two requests."""
    wanted = sorted(set(section_ids))
    if not wanted:
        return {}
    search = OneSearch(snapshot, request)
    search.translator.prepare(request.tree)
    leaves = list(dict.fromkeys(_leaves(search.tree)))
    conditions = list(dict.fromkeys(_conditions(search.tree)))
    fields: dict[str, Any] = {}
    for number, leaf in enumerate(leaves):
        params = {"node": to_params(snapshot, leaf), "fields": list(TEXT_NAMES)}
        fields[str(number)] = {"script": script(FREQUENCIES, params)}
    named = [
        {"bool": {"filter": [search.translator.match(node)], "_name": str(number)}}
        for number, node in enumerate(conditions)
    ]
    query = snapshot.among(*search.conditions(), {"terms": {"section": wanted}})
    query["bool"]["should"] = named
    lengths = [f"length_{name}" for name in TEXT_NAMES]
    body = {"query": query, "size": len(wanted), "script_fields": fields, "docvalue_fields": ["section", *lengths]}
    explanations = {}
    hits = snapshot.ask(body)["hits"]["hits"]
    scores = search.scores([hit["fields"]["section"][0] for hit in hits])
    for hit in hits:
        section = hit["fields"]["section"][0]
        holding = {conditions[int(name)] for name in hit.get("matched_queries", ())}
        times = Counter(_scoring_leaves(search.tree, holding))
        words = []
        for number, leaf in enumerate(leaves):
            if times[leaf]:
                counts = hit["fields"][str(number)]
                words.append(_term_score(search, leaf, counts, hit["fields"], times[leaf]))
        explanations[section] = Explanation(
            section_id=section,
            score=scores.get(section, 0.0),
            sections=snapshot.documents,
            compared=False,
            words=tuple(words),
        )
    return explanations


def _leaves(node: Node) -> Iterator[Scored]:
    match node:
        case AtLeast(_, part) | InStatement(part):
            yield from _leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _leaves(part)
        case _ if isinstance(node, SCORED_TYPES):
            yield node


def _conditions(node: Node) -> Iterator[Node]:
    """Yields the nodes inside of which leaves give points only where the node matches."""
    match node:
        case AtLeast(_, part) | InStatement(part):
            yield node
            yield from _conditions(part)
        case And(parts) | Or(parts):
            for part in parts:
                if isinstance(node, Or) and isinstance(part, And):
                    yield part
                yield from _conditions(part)


def _scoring_leaves(node: Node, holding: Collection[Node]) -> Iterator[Scored]:
    """Yields the leaves whose points a section gets, a leaf as often as it counts."""
    match node:
        case AtLeast(_, part) | InStatement(part):
            if node in holding:
                yield from _scoring_leaves(part, holding)
        case And(parts) | Or(parts):
            for part in parts:
                if not (isinstance(node, Or) and isinstance(part, And)) or part in holding:
                    yield from _scoring_leaves(part, holding)
        case _ if isinstance(node, SCORED_TYPES):
            yield node


def _term_score(search: OneSearch, leaf: Scored, counts: list[int], fields: dict[str, Any], times: int) -> TermScore:
    by_field = dict(zip(TEXT_NAMES, counts, strict=True))
    if counts_as_body(leaf):
        by_field = {BODY: sum(counts)}
    weights = []
    for name in TEXT_NAMES:
        if frequency := by_field.get(name, 0):
            length, mean = int(fields.get(f"length_{name}", [0])[0]), search.snapshot.mean_length(name)
            boost = FIELD_BY_NAME[name].boost
            weight = boost * frequency / (1 - B + B * length / mean)
            weights.append(FieldWeight(name, frequency, length, mean, boost, weight))
    total = sum(weight.weight for weight in weights)
    factor, idf = times * search.translator.weight(leaf), search.translator.idf(leaf)
    return TermScore(
        written=format_query(leaf),
        fields=tuple(weights),
        sections=search.translator.frequency(leaf),
        idf=idf,
        factor=factor,
        points=factor * idf * total / (K1 + total),
    )
