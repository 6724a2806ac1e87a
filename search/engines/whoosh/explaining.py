"""Why a hit has its score: the numbers of matching, proximity and feedback for one document, by name.

It computes no scores: it asks the modules that did, and adds in which fields the words occur. Only `searching` imports
from here.
"""

from collections import Counter

import numpy as np

from ...fields import FIELD_BY_NAME
from ...query import Fuzzy, Near, Node, Truncation, format_query
from ...text import SPELLING_MARK
from ..explanations import Explanation, FeedbackTerm, FieldWeight, PairScore, TermScore
from ..tree_rules import is_one_token
from .files import Array
from .leaves import Leaf
from .matching import Matcher, Scored
from .occurrences import fields_of
from .proximity import count_pair
from .reranking import FEEDBACK_SHARE, Reranking
from .segment import BODY, FIELD_NAMES
from .snapshot import SegmentReader, Snapshot
from .spans import find_spans, left_spans


class Explainer:
    """Explains the hits of one result. `reranking` is None unless the result is ordered by relevance."""

    def __init__(self, snapshot: Snapshot, matcher: Matcher, tree: Node, reranking: Reranking | None) -> None:
        self._snapshot = snapshot
        self._matcher = matcher
        self._tree = tree
        self._reranking = reranking
        self._scale = 1.0 if reranking is None else reranking.scale

    def explain(self, segment_number: int, doc: int, *, entry: int, score: float) -> Explanation:
        """Returns the explanation of a hit. `entry` is its index in the ranking, `score` its final score."""
        reader = self._snapshot.readers[segment_number]
        return Explanation(
            section_id=int(reader.segment.section_ids[doc]),
            score=score,
            sections=self._snapshot.documents,
            compared=self._reranking is not None and entry in self._reranking.compared,
            words=self._term_scores(segment_number, np.array([doc])),
            pairs=self._pair_scores(reader, np.array([doc]), entry),
            feedback=self._feedback(entry),
        )

    def _term_scores(self, segment_number: int, doc: Array) -> tuple[TermScore, ...]:
        leaves: dict[Scored, Leaf] = {}
        times: Counter[Scored] = Counter()
        for node, leaf in self._matcher.scoring_leaves(self._tree, doc, segment_number):
            leaves[node] = leaf
            times[node] += 1
        parts = []
        for node, leaf in leaves.items():
            scores = self._matcher.score(node, doc, segment_number)
            points = 0.0 if scores is None else times[node] * float(scores[0]) * self._scale
            parts.append(
                TermScore(
                    written=format_query(node),
                    fields=_field_weights(self._snapshot.readers[segment_number], node, doc) if points else (),
                    sections=leaf.frequency,
                    idf=leaf.idf,
                    factor=times[node] * leaf.weight,
                    points=points,
                )
            )
        return tuple(parts)

    def _pair_scores(self, reader: SegmentReader, doc: Array, entry: int) -> tuple[PairScore, ...]:
        reranking = self._reranking
        if reranking is None:
            return ()
        parts = []
        for pair, by_hit in reranking.pair_points.items():
            points = float(by_hit[reranking.proximity_hits == entry].sum())
            if points:
                left, right = map(format_query, pair)
                count = int(count_pair(reader, pair, doc).sum())
                parts.append(PairScore(left, right, count, points * self._scale))
        return tuple(parts)

    def _feedback(self, entry: int) -> tuple[FeedbackTerm, ...]:
        reranking = self._reranking
        if reranking is None or reranking.feedback is None or entry not in reranking.compared:
            return ()
        by_term = FEEDBACK_SHARE * reranking.feedback.parts[:, reranking.compared == entry].sum(axis=1)
        return tuple(
            FeedbackTerm(self._most_frequent_form(term.stem), term.weight, float(points))
            for term, points in zip(reranking.feedback.terms, by_term, strict=True)
            if points
        )

    def _most_frequent_form(self, stem: bytes) -> str:
        """Returns the form of a stem that occurs in most documents."""
        counts: Counter[bytes] = Counter()
        for reader in self._snapshot.readers:
            segment = reader.segment
            ordinal = segment.stems.find(stem)
            for form in segment.forms_of_stem(ordinal).tolist() if ordinal is not None else ():
                first, last = segment.extent("forms.starts", form)
                counts[segment.forms[form]] += last - first
        form = min(counts, key=lambda form: (-counts[form], form)).decode("utf-8", "replace")
        return form.removeprefix(SPELLING_MARK)


def _field_weights(reader: SegmentReader, node: Scored, doc: Array) -> tuple[FieldWeight, ...]:
    """Returns the weight of a leaf in each field of a document. See `operators` for what counts as the body."""
    if isinstance(node, Near):
        spans = left_spans(reader, node, doc)
    else:
        spans = find_spans(reader, node, doc)
    fields = fields_of(reader, spans.owners, spans.starts)
    if isinstance(node, Truncation | Fuzzy) and node.field is None and is_one_token(node):
        fields = np.full(len(spans), FIELD_NAMES.index(BODY))
    counts = np.bincount(fields, minlength=len(FIELD_NAMES)).tolist()
    return tuple(
        FieldWeight(
            field=name,
            frequency=count,
            length=int(reader.segment.lengths(name)[doc[0]]),
            mean_length=reader.snapshot.mean_length(name),
            boost=FIELD_BY_NAME[name].boost,
            weight=count * float(reader.weigh(name, doc)[0]),
        )
        for name, count in zip(FIELD_NAMES, counts, strict=True)
        if count
    )
