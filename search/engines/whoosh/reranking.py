"""The final scores by relevance: the scores of the words, and for the first hits proximity and feedback.

    base  = score of the words (see `leaves`) + points for proximity, for the first PROXIMITY_HITS
    score = (1 - FEEDBACK_SHARE) * base / (base of the first)  +  FEEDBACK_SHARE * feedback / (greatest feedback)

Feedback is computed for the first COMPARED_HITS by base, if there are 20 or more. The hits after them get the first
part alone, and so keep their order and stay behind. No hit is added or removed, and the cost does not depend on the
size of the archive. The formulas of the parts are in `proximity` and `feedback`. Only `searching` and `explaining`
import from here.

FEEDBACK_SHARE is the greatest at which short queries, and queries for one known text, lose nothing on any collection
measured; on Cranfield and CISI nDCG@10 differs by at most 1.5 percent for 0.3 to 0.5.
"""

from collections.abc import Sequence

import numpy as np

from ...query import Node
from .feedback import Feedback
from .files import Array
from .matching import Matcher
from .ordering import Matches, Ranking
from .proximity import Pair, score_pairs
from .snapshot import Snapshot

PROXIMITY_HITS = 200
COMPARED_HITS = 100
FEEDBACK_SHARE = 0.35


class Reranking:
    """A result with its final scores, and the numbers behind them. Hits are entries of a Ranking.

    `matches` is the result. `scale` is what the words' scores and the points for proximity are multiplied by.
    `pair_points` has for each pair of the query the points of each hit in `proximity_hits`. `compared` are the hits
    that `feedback` compares, in the order of base.
    """

    def __init__(self, snapshot: Snapshot, matcher: Matcher, tree: Node, matches: Sequence[Matches]) -> None:
        self.matches = list(matches)
        self.scale = 1.0
        self.proximity_hits: Array = np.zeros(0, dtype=np.int64)
        self.pair_points: dict[Pair, Array] = {}
        self.compared: Array = self.proximity_hits
        self.feedback: Feedback | None = None
        # The final scores of the first hits, the greatest first.
        self.leading_scores: Array = np.zeros(0)
        ranking = Ranking(snapshot, matches, "relevance")
        scores = ranking.scores
        if scores is None:
            return
        entries = ranking.among_best(PROXIMITY_HITS)
        entries = entries[scores[entries] > 0]
        if not len(entries):
            return
        numbers, docs = ranking.locate(entries)
        self.proximity_hits = entries
        self.pair_points = score_pairs(snapshot, matcher, tree, segment_numbers=numbers, docs=docs)
        base = sum(self.pair_points.values(), scores[entries])
        order = ranking.order_of(entries, base)[:COMPARED_HITS]
        scores = scores.copy()
        scores[entries] = base
        feedback = Feedback(snapshot, numbers[order], docs[order])
        if feedback.best >= 2:
            self.feedback, self.compared = feedback, entries[order]
            self.scale = (1 - FEEDBACK_SHARE) / float(base[order[0]])
            scores *= self.scale
            scores[self.compared] += FEEDBACK_SHARE * feedback.parts.sum(axis=0)
        self.leading_scores = -np.sort(-scores[entries])
        ends = np.cumsum([len(of_segment.docs) for of_segment in matches])
        self.matches = [
            Matches(of_segment.docs, part)
            for of_segment, part in zip(matches, np.split(scores, ends[:-1]), strict=True)
        ]
