"""A hit -> why it has its score: the same numbers as in matching, leaves and reranking, for one document, by name.

Nothing is scored here: each part asks what scored it, and adds where in the document its words stand.
"""

from collections import Counter

import numpy as np

from ...fields import FIELD_BY_NAME
from ...query import Fuzzy, Near, Node, Truncation, format_query
from ..contract import Explanation, FeedbackTerm, FieldWeight, PairScore, TermScore
from .files import Array
from .leaves import Leaf, fields_of
from .matching import Matcher, Scored
from .reranking import LIKE_SHARE, Pair, Reranking, count_pair
from .segment import BODY, FIELD_NAMES
from .spans import find_spans, has_near
from .view import Shard, View
from .vocabulary import token_count


class Explainer:
    """Explains the hits of one result. `reranking` is None where the order is not by relevance."""

    def __init__(self, view: View, matcher: Matcher, tree: Node, reranking: Reranking | None) -> None:
        self._view = view
        self._matcher = matcher
        self._tree = tree
        self._reranking = reranking
        self._scale = 1.0 if reranking is None else reranking.scale

    def explain(self, shard: int, doc: int, *, entry: int, score: float) -> Explanation:
        """Explains a hit: its document, its place among the entries of the ranking, and the score it is shown with."""
        held = self._view.shards[shard]
        return Explanation(
            section_id=int(held.segment.section_ids[doc]),
            score=score,
            sections=self._view.documents,
            compared=self._reranking is not None and entry in self._reranking.compared,
            words=self._words(shard, np.array([doc])),
            pairs=self._pairs(held, doc, entry),
            feedback=self._feedback(entry),
        )

    def _words(self, shard: int, doc: Array) -> tuple[TermScore, ...]:
        leaves: dict[Scored, Leaf] = {}
        times: Counter[Scored] = Counter()
        for node, leaf in self._matcher.scoring_leaves(self._tree, doc, shard):
            leaves[node] = leaf
            times[node] += 1
        parts = []
        for node, leaf in leaves.items():
            scores = self._matcher.score(node, doc, shard)
            points = 0.0 if scores is None else times[node] * float(scores[0]) * self._scale
            parts.append(
                TermScore(
                    written=format_query(node),
                    fields=_fields(self._view.shards[shard], node, doc) if points else (),
                    sections=leaf.frequency,
                    idf=leaf.idf,
                    factor=times[node] * leaf.weight,
                    points=points,
                )
            )
        return tuple(parts)

    def _pairs(self, held: Shard, doc: int, entry: int) -> tuple[PairScore, ...]:
        reranking = self._reranking
        if reranking is None:
            return ()
        parts = []
        for pair, gains in reranking.gains.items():
            gain = float(gains[reranking.near_hits == entry].sum())
            if gain:
                left, right = map(format_query, pair)
                parts.append(PairScore(left, right, _count(held, pair, doc), gain * self._scale))
        return tuple(parts)

    def _feedback(self, entry: int) -> tuple[FeedbackTerm, ...]:
        reranking = self._reranking
        if reranking is None or reranking.likeness is None or entry not in reranking.compared:
            return ()
        points = LIKE_SHARE * reranking.likeness.parts[:, reranking.compared == entry].sum(axis=1)
        return tuple(
            FeedbackTerm(self._frequent_form(mark.stem), mark.weight, float(given))
            for mark, given in zip(reranking.likeness.marks, points, strict=True)
            if given
        )

    def _frequent_form(self, stem: bytes) -> str:
        """Returns the form of a stem that stands in most documents."""
        counts: Counter[bytes] = Counter()
        for shard in self._view.shards:
            segment = shard.segment
            ordinal = segment.stems.find(stem)
            for form in segment.forms_of_stem(ordinal).tolist() if ordinal is not None else ():
                first, last = segment.extent("forms.starts", form)
                counts[segment.forms[form]] += last - first
        return min(counts, key=lambda form: (-counts[form], form)).decode("utf-8", "replace")


def _fields(held: Shard, node: Scored, doc: Array) -> tuple[FieldWeight, ...]:
    """Returns where a leaf stands in a document, by field; see operators for what counts as the body."""
    if isinstance(node, Near):
        left, right = find_spans(held, node.left, doc), find_spans(held, node.right, doc)
        spans = left.take(np.flatnonzero(has_near(held, left, right, node.distance, ordered=node.ordered)))
    else:
        spans = find_spans(held, node, doc)
    fields = fields_of(held, spans.owners, spans.starts)
    if isinstance(node, Truncation | Fuzzy) and node.field is None and token_count(node) == 1:
        fields = np.full(len(spans), FIELD_NAMES.index(BODY))
    counts = np.bincount(fields, minlength=len(FIELD_NAMES)).tolist()
    return tuple(
        FieldWeight(
            field=name,
            frequency=count,
            length=int(held.segment.lengths(name)[doc[0]]),
            mean_length=held.view.mean_length(name),
            boost=FIELD_BY_NAME[name].boost,
            weight=count * float(held.weigh(name, doc)[0]),
        )
        for name, count in zip(FIELD_NAMES, counts, strict=True)
        if count
    )


def _count(held: Shard, pair: Pair, doc: int) -> int:
    return int(count_pair(held, pair, np.array([doc])).sum())
