"""One request against one snapshot: matches, ranks, counts, and makes the Results. Only `engine` imports from here."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...query import (
    Address,
    And,
    AtLeast,
    DateRange,
    Everything,
    Fuzzy,
    Missing,
    Node,
    Not,
    Operand,
    Or,
    Truncation,
    ValueTerm,
    expanded_terms,
    positive_parts,
)
from ..contract import Expansion, Request, Results, ScannedArticle
from ..explanations import Explanation
from ..statements import StatementList
from ..tree_rules import condition_of_statements
from .counting import (
    Counted,
    count_documents,
    count_groups,
    count_values,
    expand_values,
    list_values,
    make_histogram,
)
from .explaining import Explainer
from .files import Array
from .listing import list_statements
from .matching import Matcher
from .operators import count_occurrences
from .ordering import Matches, Ranking
from .own_words import choose_hits
from .reranking import Reranking
from .snapshot import Groups, Snapshot
from .vocabulary import expand

# The field that the span of a request applies to.
_SPAN_FIELD = "date"


def search(snapshot: Snapshot, request: Request) -> Results:
    """Answers a request."""
    answer = _Search(snapshot, request)
    ranking = answer.rank()
    leads = ranking.count_leads()
    articles = count_groups(snapshot.articles, answer.counted(None).cards)
    facets = {name: answer.count_facet(name) for name in request.facets}
    if answer.groups:
        page = ranking.article_page(request)
        total = count_groups(answer.groups, answer.counted(None).cards) if request.fold else articles
    else:
        page, total = ranking.section_page(request), len(ranking)
    histogram = None
    if request.histogram:
        docs = [matches.docs for matches in answer.matches]
        histogram = make_histogram(snapshot, docs, interval=request.histogram, groups=answer.groups)
    return Results(
        hits=ranking.to_hits(page, answer.score),
        total=total,
        sections=len(ranking) - leads,
        articles=articles,
        leads=leads,
        facets={name: values for name, (values, _) in facets.items()},
        facet_sizes={name: size for name, (_, size) in facets.items()},
        histogram=histogram,
        expansions=tuple(answer.expand(term) for term in dict.fromkeys(expanded_terms(request.tree))),
    )


def scan(snapshot: Snapshot, request: Request) -> list[int]:
    """Returns the id of every section that matches, in order."""
    ranking = Ranking(snapshot, _Search(snapshot, request).matches, request.sort)
    return ranking.section_ids(ranking.best(len(ranking)))


def find_statements(snapshot: Snapshot, request: Request, *, by: int, naming: int, by_speaker: bool) -> StatementList:
    """Returns a page of the statements in the sections that match, of those that the request asks for."""
    answer = _Search(snapshot, request)
    docs = [of_segment.docs for of_segment in answer.matches]
    return list_statements(
        snapshot,
        docs,
        Ranking(snapshot, answer.matches, request.sort),
        chosen=answer.choose_statements(docs),
        offset=request.offset,
        limit=request.limit,
        by=by,
        naming=naming,
        by_speaker=by_speaker,
    )


def scan_articles(snapshot: Snapshot, request: Request) -> Iterator[ScannedArticle]:
    """Returns every article of a result with its sections, in order; those to come take 8 bytes a section."""
    return _Search(snapshot, replace(request, by_article=True)).rank().articles_in_order()


def among(snapshot: Snapshot, request: Request, section_ids: Collection[int]) -> set[int]:
    """Returns which of these sections match."""
    if request.fold:
        # Which articles are listed depends on the order.
        ranking = _Search(snapshot, request).rank()
        return set(section_ids).intersection(ranking.section_ids(ranking.listed_entries()))
    wanted = list(section_ids)
    found: set[int] = set()
    # In the order by date nothing is scored.
    unscored = _Search(snapshot, replace(request, sort="newest"))
    for matches, reader in zip(unscored.matches, snapshot.readers, strict=True):
        ids = reader.segment.section_ids[matches.docs]
        found.update(ids[np.isin(ids, wanted)].tolist())
    return found


def count(snapshot: Snapshot, tree: Node, *, leads: bool) -> int:
    """Returns the number of live sections that are hits, and of leads if wanted."""
    matcher = Matcher(snapshot)
    found = [
        Matches(reader.only_live(matcher.find(tree, number)), None) for number, reader in enumerate(snapshot.readers)
    ]
    hits = choose_hits(snapshot, matcher, tree, found, leads=leads, any_part=False)
    return sum(len(of_segment.docs) for of_segment in hits.matches)


def explain(snapshot: Snapshot, request: Request, section_ids: Collection[int]) -> dict[int, Explanation]:
    """Returns why sections have their scores in the answer to a request. O(result)."""
    return _Search(snapshot, request).explain(section_ids)


@dataclass(frozen=True)
class _Candidates:
    """The hits of one segment, and leads, before filters; `passed` has a mask of them for each filtered field."""

    docs: Array
    scores: Array | None
    passed: dict[str, Array]

    def choose(self, without: str | None) -> Matches:
        """Returns the documents that pass all filters, or all except those of one field."""
        masks = [mask for name, mask in self.passed.items() if name != without]
        if not masks:
            return Matches(self.docs, self.scores)
        chosen = np.flatnonzero(np.logical_and.reduce(masks))
        return Matches(self.docs[chosen], None if self.scores is None else self.scores[chosen])


class _Search:
    """The answer to one request: `matches` is the result, for each segment.

    If the result is ordered by relevance, it has the final scores. `groups` are what it lists; None if sections.
    """

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._snapshot = snapshot
        self._request = request
        self._matcher = Matcher(snapshot)
        self._matcher.weigh_words(request.tree)
        self._dates = _wanted_dates(request)
        self._filtered = {facet_filter.field for facet_filter in request.filters}
        self._counted: dict[str | None, Counted] = {}
        by_article = request.by_article or request.unit == "article"
        # No cached_property: in Python 3.11 it has a lock for all instances, and who waits for a turn would keep it.
        hits = choose_hits(
            snapshot,
            self._matcher,
            request.tree,
            self._find_matches(),
            leads=request.leads or by_article,
            any_part=request.unit == "article",
        )
        self._led = hits.led
        self.groups: Groups | None = None
        if by_article:
            self.groups = snapshot.folded(request.fold) if request.fold else snapshot.articles
        self._candidates = [
            _Candidates(of_segment.docs, of_segment.scores, self._passed(of_segment.docs, number))
            for number, of_segment in enumerate(hits.matches)
        ]
        self.matches = self._find(None)
        self._reranking: Reranking | None = None
        if request.sort == "relevance":
            self._reranking = Reranking(snapshot, self._matcher, request.tree, self.matches)
            self.matches = self._reranking.matches

    def rank(self) -> Ranking:
        """Returns the result in its order."""
        return Ranking(
            self._snapshot,
            self.matches,
            self._request.sort,
            led=self._led,
            groups=self.groups,
            known=self._reranking.leading_scores if self._reranking else None,
        )

    def counted(self, name: str | None) -> Counted:
        """Returns the documents of the result with their cards, ignoring the filters of one field."""
        without = name if name in self._filtered else None
        if without not in self._counted:
            matches = self.matches if without is None else self._find(without)
            self._counted[without] = count_documents(self._snapshot, [of_segment.docs for of_segment in matches])
        return self._counted[without]

    def count_facet(self, name: str) -> tuple[tuple[tuple[str, int], ...], int]:
        """Returns the values of a facet to list, with their counts, and the number of its values in all."""
        totals = count_values(self._snapshot, self.counted(name), name, groups=self.groups)
        named = [
            value
            for facet_filter in self._request.filters
            if facet_filter.field == name
            for value in (*facet_filter.values, *facet_filter.excluded)
        ]
        limit = None if name in self._request.whole_facets else self._request.facet_limit
        return list_values(self._snapshot, totals, name, limit=limit, named=named)

    def expand(self, term: Truncation | Fuzzy | ValueTerm | Address) -> Expansion:
        """Returns what a term matches in the whole archive."""
        if isinstance(term, ValueTerm | Address):
            return expand_values(self._snapshot, self._matcher, term)
        return expand(self._snapshot, term)

    def choose_statements(self, docs: Sequence[Array]) -> list[Array] | None:
        """Returns for each segment which statements of some documents are asked for; None if all of them are."""
        condition = condition_of_statements(self._request.tree, self._request.filters)
        if condition is None:
            return None
        return [self._matcher.says(condition, of_segment, number) for number, of_segment in enumerate(docs)]

    def score(self, segment_number: int, index: int) -> float:
        """Returns the score of the document at an index of the matches in a segment."""
        matches = self.matches[segment_number]
        if matches.scores is not None:
            return float(matches.scores[index])
        scores = self._matcher.score(self._scored_tree, matches.docs[index : index + 1], segment_number)
        return 0.0 if scores is None else float(scores[0])

    def explain(self, section_ids: Collection[int]) -> dict[int, Explanation]:
        """Returns why sections of the result have their scores. O(result)."""
        explainer = Explainer(self._snapshot, self._matcher, self._scored_tree, self._reranking)
        explanations, entries_before = {}, 0
        for number, (matches, reader) in enumerate(zip(self.matches, self._snapshot.readers, strict=True)):
            ids = reader.segment.section_ids[matches.docs]
            for index in np.flatnonzero(np.isin(ids, list(section_ids))).tolist():
                explanations[int(ids[index])] = explainer.explain(
                    number,
                    int(matches.docs[index]),
                    entry=entries_before + index,
                    score=self.score(number, index),
                )
            entries_before += len(ids)
        return explanations

    @property
    def _scored_tree(self) -> Node:
        """What sections are scored by: the tree; or, where articles match, an OR of all leaves."""
        if self._request.unit == "section":
            return self._request.tree
        leaves = tuple(dict.fromkeys(positive_parts(self._request.tree))) or (Everything(),)
        return leaves[0] if len(leaves) == 1 else Or(leaves)

    def _find_matches(self) -> list[Matches]:
        """Returns the live documents that match, for each segment."""
        found = []
        tree = self._scored_tree
        for number, reader in enumerate(self._snapshot.readers):
            scores: Array | None = None
            if self._request.sort == "relevance":
                docs, scores = self._matcher.find_scored(tree, number)
            else:
                docs = self._matcher.find(tree, number)
            if reader.live is not None and docs is not reader.all_docs:
                live = np.flatnonzero(reader.live[docs])
                docs, scores = docs[live], None if scores is None else scores[live]
            found.append(Matches(docs, scores))
        if self._request.unit == "article":
            return _ArticleMatcher(self._snapshot, self._matcher).narrow(found, self._request.tree)
        return found

    def _passed(self, docs: Array, segment_number: int) -> dict[str, Array]:
        """Returns for each filtered field which documents pass its filters; the span counts as a filter."""
        passed: dict[str, Array] = {}
        for facet_filter in self._request.filters:
            name, mask = facet_filter.field, self._matcher.passes(facet_filter, docs, segment_number)
            passed[name] = passed[name] & mask if name in passed else mask
        if self._dates:
            passed[_SPAN_FIELD] = self._matcher.has(self._dates, docs, segment_number)
        return passed

    def _find(self, without: str | None) -> list[Matches]:
        """Returns the result, ignoring the filters of one field, before reranking."""
        return [candidates.choose(without) for candidates in self._candidates]


class _ArticleMatcher:
    """Which articles match a tree with all of their live sections taken together."""

    def __init__(self, snapshot: Snapshot, matcher: Matcher) -> None:
        self._snapshot = snapshot
        self._matcher = matcher

    def narrow(self, matches: Sequence[Matches], tree: Node) -> list[Matches]:
        """Returns the documents of articles that match."""
        articles = self.match(tree)
        narrowed = []
        for of_segment, reader, of_cards in zip(
            matches, self._snapshot.readers, self._snapshot.articles.of_cards, strict=True
        ):
            kept = np.flatnonzero(articles[of_cards[reader.segment.cards[of_segment.docs]]])
            scores = None if of_segment.scores is None else of_segment.scores[kept]
            narrowed.append(Matches(of_segment.docs[kept], scores))
        return narrowed

    def match(self, node: Node) -> Array:
        """Returns for each article whether it matches. Shape (articles,), bool."""
        match node:
            case And(parts):
                matching = self.match(parts[0])
                for part in parts[1:]:
                    matching &= self.match(part)
                return matching
            case Or(parts):
                matching = self.match(parts[0])
                for part in parts[1:]:
                    matching |= self.match(part)
                return matching
            case Not(part):
                return self.match(Everything()) & ~self.match(part)
            case AtLeast(count, part):
                return self._count(part) >= count
            case _:
                return self._have(node)

    def _have(self, node: Node) -> Array:
        """Returns for each article whether one of its sections matches."""
        flags = np.zeros(len(self._snapshot.articles.ids), dtype=bool)
        for number, reader in enumerate(self._snapshot.readers):
            docs = reader.only_live(self._matcher.find(node, number))
            flags[self._snapshot.articles.of_cards[number][reader.segment.cards[docs]]] = True
        return flags

    def _count(self, part: Operand) -> Array:
        """Returns how often an operand occurs in each article, in all of its sections together."""
        totals = np.zeros(len(self._snapshot.articles.ids))
        for number, reader in enumerate(self._snapshot.readers):
            docs = reader.only_live(self._matcher.find(part, number))
            counts = count_occurrences(reader, part, docs)
            np.add.at(totals, self._snapshot.articles.of_cards[number][reader.segment.cards[docs]], counts)
        return totals


def _wanted_dates(request: Request) -> Node | None:
    """Returns what the dates of a request ask of a section; None if they ask nothing."""
    if request.undated:
        return Missing(_SPAN_FIELD)
    return DateRange(_SPAN_FIELD, "", *request.span) if request.span else None
