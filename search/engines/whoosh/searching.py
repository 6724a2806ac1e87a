"""One request against one view: matches, counts, orders, and makes the Results."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...query import And, AtLeast, DateRange, Everything, Node, Not, Operand, Or, expanded_terms, positive_parts
from ..contract import DateSpan, Explanation, Filter, Request, Results
from .counting import CardCounts, count_articles, count_cards, count_values, list_values, make_histogram
from .explaining import Explainer
from .files import Array
from .matching import Matcher
from .operators import count_occurrences
from .ordering import Found, Ranking
from .reranking import Reranking
from .view import View
from .vocabulary import expand


def search(view: View, request: Request) -> Results:
    """Answers a request."""
    search = _Search(view, request)
    found = search.found
    ranking = Ranking(view, found, request.sort)
    counted = search.counted(None)
    sections, articles = len(ranking), count_articles(view, counted)
    listed = {}
    for name in request.facets:
        totals = count_values(view, search.counted(name), name, by_article=search.by_article)
        named = [
            value for chosen in request.filters if chosen.field == name for value in (*chosen.values, *chosen.excluded)
        ]
        listed[name] = list_values(view, totals, name, limit=request.facet_limit, named=named)
    if search.by_article:
        hits, total = ranking.article_hits(request), articles
    else:
        hits, total = ranking.section_hits(request), sections
    return Results(
        hits=ranking.to_hits(hits, search.score),
        total=total,
        sections=sections,
        articles=articles,
        facets={name: values for name, (values, _) in listed.items()},
        facet_sizes={name: size for name, (_, size) in listed.items()},
        histogram=make_histogram(
            view, [one.docs for one in found], asked=request.histogram, by_article=request.unit == "article"
        )
        if request.histogram
        else None,
        expansions=tuple(expand(view, term) for term in dict.fromkeys(expanded_terms(request.tree))),
    )


def scan(view: View, request: Request) -> list[int]:
    """Returns the ids of every section that matches, in order."""
    ranking = Ranking(view, _Search(view, request).found, request.sort)
    return ranking.section_ids(ranking.best(len(ranking)))


def count(view: View, tree: Node) -> int:
    """Returns how many live sections match a tree."""
    matcher = Matcher(view)
    return sum(shard.count_live(matcher.find(tree, number)) for number, shard in enumerate(view.shards))


def explain(view: View, request: Request, section_ids: Collection[int]) -> dict[int, Explanation]:
    """Returns why sections have their scores in the answer to a request."""
    return _Search(view, request).explain(section_ids)


@dataclass(frozen=True)
class _Candidates:
    """The live documents of one segment that the tree matches, and which of them each field's filters pass."""

    docs: Array
    scores: Array | None
    passed: dict[str, Array]

    def choose(self, without: str | None) -> Found:
        """Returns the documents that all filters pass, or all but those of one field."""
        masks = [mask for name, mask in self.passed.items() if name != without]
        if not masks:
            return Found(self.docs, self.scores)
        chosen = np.flatnonzero(np.logical_and.reduce(masks))
        return Found(self.docs[chosen], None if self.scores is None else self.scores[chosen])


class _Search:
    def __init__(self, view: View, request: Request) -> None:
        self._view = view
        self._request = request
        self._matcher = Matcher(view)
        self._matcher.weigh_words(request.tree)
        self._filtered = {chosen.field for chosen in request.filters}
        self._counted: dict[str | None, list[CardCounts]] = {}
        self.by_article = request.by_article or request.unit == "article"

    @cached_property
    def found(self) -> list[Found]:
        """What matches; in relevance order with the scores that it goes by."""
        return self._find(None) if self._reranking is None else self._reranking.found

    @cached_property
    def _reranking(self) -> Reranking | None:
        if self._request.sort != "relevance":
            return None
        return Reranking(self._view, self._matcher, self._request.tree, self._find(None))

    def counted(self, name: str | None) -> list[CardCounts]:
        """Returns the cards of the result without the filters of this field."""
        without = name if name in self._filtered else None
        if without not in self._counted:
            found = self.found if without is None else self._find(without)
            self._counted[without] = count_cards(self._view, [one.docs for one in found])
        return self._counted[without]

    def score(self, shard: int, index: int) -> float:
        """Returns the score of a document of the result."""
        one = self.found[shard]
        if one.scores is not None:
            return float(one.scores[index])
        scores = self._matcher.score(self._scored_tree, one.docs[index : index + 1], shard)
        return 0.0 if scores is None else float(scores[0])

    def explain(self, section_ids: Collection[int]) -> dict[int, Explanation]:
        """Returns why sections of the result have their scores. O(result)."""
        explainer = Explainer(self._view, self._matcher, self._scored_tree, self._reranking)
        explained, passed = {}, 0
        for number, (one, shard) in enumerate(zip(self.found, self._view.shards, strict=True)):
            ids = shard.segment.section_ids[one.docs]
            for index in np.flatnonzero(np.isin(ids, list(section_ids))).tolist():
                explained[int(ids[index])] = explainer.explain(
                    number, int(one.docs[index]), entry=passed + index, score=self.score(number, index)
                )
            passed += len(ids)
        return explained

    @property
    def _scored_tree(self) -> Node:
        """What a section is scored by: the tree; or, where articles match, any of the leaves that it may have."""
        if self._request.unit == "section":
            return self._request.tree
        leaves = tuple(dict.fromkeys(positive_parts(self._request.tree))) or (Everything(),)
        return leaves[0] if len(leaves) == 1 else Or(leaves)

    @cached_property
    def _candidates(self) -> list[_Candidates]:
        candidates = []
        tree = self._scored_tree
        for number, shard in enumerate(self._view.shards):
            scores: Array | None = None
            if self._request.sort == "relevance":
                docs, scores = self._matcher.find_scored(tree, number)
            else:
                docs = self._matcher.find(tree, number)
            if shard.live is not None:
                live = np.flatnonzero(shard.live[docs])
                docs, scores = docs[live], None if scores is None else scores[live]
            candidates.append(_Candidates(docs, scores, self._passed(docs, number)))
        return candidates

    def _passed(self, docs: Array, shard: int) -> dict[str, Array]:
        passed: dict[str, Array] = {}
        for chosen in self._request.filters:
            mask = self._matcher.passes(chosen, docs, shard)
            passed[chosen.field] = passed[chosen.field] & mask if chosen.field in passed else mask
        if self._request.span:
            passed[_SPANNED] = self._matcher.has(_within(self._request.span), docs, shard)
        return passed

    def _find(self, without: str | None) -> list[Found]:
        found = [candidates.choose(without) for candidates in self._candidates]
        if self._request.unit == "section":
            return found
        filters = tuple(chosen for chosen in self._request.filters if chosen.field != without)
        matching = _ArticleMatcher(self._view, self._matcher, filters, self._request.span).match(self._request.tree)
        chosen = []
        for one, shard, of_cards in zip(found, self._view.shards, self._view.articles.of_cards, strict=True):
            stay = np.flatnonzero(matching[of_cards[shard.segment.cards[one.docs]]])
            chosen.append(Found(one.docs[stay], None if one.scores is None else one.scores[stay]))
        return chosen


class _ArticleMatcher:
    """Which articles satisfy a tree with their live and filtered sections taken together."""

    def __init__(self, view: View, matcher: Matcher, filters: tuple[Filter, ...], span: DateSpan | None) -> None:
        self._view = view
        self._matcher = matcher
        self._filters = filters
        self._span = span

    def match(self, node: Node) -> Array:
        """Returns for each article whether it matches."""
        match node:
            case And(parts):
                every = self.match(parts[0])
                for part in parts[1:]:
                    every &= self.match(part)
                return every
            case Or(parts):
                some = self.match(parts[0])
                for part in parts[1:]:
                    some |= self.match(part)
                return some
            case Not(part):
                return self.match(Everything()) & ~self.match(part)
            case AtLeast(count, part):
                return self._counts(part) >= count
            case _:
                return self._having(node)

    def _having(self, node: Node) -> Array:
        flags = np.zeros(len(self._view.articles.ids), dtype=bool)
        for number, shard in enumerate(self._view.shards):
            docs = self._allowed(self._matcher.find(node, number), number)
            flags[self._view.articles.of_cards[number][shard.segment.cards[docs]]] = True
        return flags

    def _counts(self, part: Operand) -> Array:
        """Returns how often an operand occurs in each article, in all of its sections together."""
        totals = np.zeros(len(self._view.articles.ids))
        for number, shard in enumerate(self._view.shards):
            docs, counts = count_occurrences(shard, part, self._allowed(self._matcher.find(part, number), number))
            np.add.at(totals, self._view.articles.of_cards[number][shard.segment.cards[docs]], counts)
        return totals

    def _allowed(self, docs: Array, shard: int) -> Array:
        docs = self._view.shards[shard].only_live(docs)
        for chosen in self._filters:
            docs = docs[self._matcher.passes(chosen, docs, shard)]
        if self._span:
            docs = docs[self._matcher.has(_within(self._span), docs, shard)]
        return docs


# The field that a span is of.
_SPANNED = "date"


def _within(span: DateSpan) -> DateRange:
    return DateRange(_SPANNED, "", *span)
