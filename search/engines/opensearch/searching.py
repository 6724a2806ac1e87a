"""One request against one snapshot: matches, ranks, counts, and makes the Results.

Only `reading` and `explaining` import from here.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...fields import NAMES_OF_VALUES
from ...query import (
    Address,
    DateRange,
    Everything,
    Fuzzy,
    Missing,
    Node,
    Or,
    Truncation,
    ValueTerm,
    expanded_terms,
    format_query,
    positive_parts,
    truncation_parts,
    truncation_regex,
)
from ..contract import Expansion, Hit, Request, Results, ScannedArticle
from .counting import (
    ARTICLES,
    SECTIONS,
    Owners,
    distinct_agg,
    facet_agg,
    folded_by,
    histogram_aggs,
    make_histogram,
    read_facet,
)
from .hits import find_leads, hits_query
from .mapping import field_key
from .operands import fuzzy_forms
from .snapshot import Query, Snapshot
from .translation import EVERYTHING, Translator, is_scored
from .values import (
    all_of,
    any_of,
    date_query,
    filter_query,
    find_addresses,
    finds,
    missing_query,
    none_of,
    value_query,
)

_SPAN_FIELD = "date"
MAX_SHOWN_FORMS = 20
# Of sections among which a caller asks for those that match.
_AMONG_AT_ONCE = 10_000
_NEWEST: list[Any] = [{"date_at": {"order": "desc", "missing": "_last"}}, {"section": "asc"}]
_SORTS: dict[str, list[Any]] = {
    "relevance": [{"_score": "desc"}, *_NEWEST],
    "newest": _NEWEST,
    "oldest": [{"date_at": {"order": "asc", "missing": "_last"}}, {"section": "asc"}],
    "captured": [{"changed": {"order": "desc", "missing": "_last"}}, {"section": "desc"}],
}
_COLUMNS = ["article", "section"]
# Of articles that are folded into one.
_MAX_FOLDED = 10_000


def search(snapshot: Snapshot, request: Request) -> Results:
    """Answers a request."""
    return OneSearch(snapshot, request).answer()


def scan(snapshot: Snapshot, request: Request) -> Iterator[int]:
    """Yields the id of every section that matches, in order."""
    search = OneSearch(snapshot, request)
    for (section,) in snapshot.scan(search.query(), search.sort, ("section",)):
        yield section


def scan_articles(snapshot: Snapshot, request: Request) -> Iterator[ScannedArticle]:
    """Yields every article of a result with its sections, in order; those to come take some bytes a section."""
    search = OneSearch(snapshot, replace(request, by_article=True))
    leads = set(search.leads)
    sections: dict[int, list[int]] = {}
    owners: dict[int, Any] = {}
    column = search.owners.column or "article"
    for article, section, owner in snapshot.scan(search.query(), search.sort, ("article", "section", column)):
        sections.setdefault(article, []).append(section)
        owners[article] = search.owners.named.get(str(article), owner)
    listed: set[Any] = set()
    for article, found in sections.items():
        if owners[article] not in listed:
            listed.add(owners[article])
            yield ScannedArticle(article, found, sum(section not in leads for section in found))


def among(snapshot: Snapshot, request: Request, section_ids: Collection[int]) -> set[int]:
    """Returns which of these sections match."""
    if request.fold:
        # Which articles are listed depends on the order.
        listed = {section for article in scan_articles(snapshot, request) for section in article.section_ids}
        return listed.intersection(section_ids)
    search = OneSearch(snapshot, replace(request, sort="newest"))
    wanted = sorted(set(section_ids))
    found: set[int] = set()
    for first in range(0, len(wanted), _AMONG_AT_ONCE):
        some = {"terms": {"section": wanted[first : first + _AMONG_AT_ONCE]}}
        rows = snapshot.scan(snapshot.among(search.query(), some), [{"section": "asc"}], ("section",))
        found.update(section for (section,) in rows)
    return found


def count(snapshot: Snapshot, tree: Node, *, leads: bool) -> int:
    """Returns the number of sections that are hits, and of leads if wanted."""
    search = OneSearch(snapshot, Request(tree, leads=leads, sort="newest"))
    return int(snapshot.ask({"query": search.query(), "size": 0})["hits"]["total"]["value"])


class OneSearch:
    """The answer to one request."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self.snapshot = snapshot
        self._request = request
        self.translator = Translator(snapshot)
        self.tree = _scored_tree(request)
        self._is_article = request.unit == "article"
        self.by_article = request.by_article or self._is_article
        self.owners: Owners = SECTIONS
        if self.by_article:
            self.owners = folded_by(snapshot, request.fold) if request.fold else ARTICLES
        matching = self._matching()
        hits = hits_query(self.translator, request.tree, any_part=self._is_article)
        self.leads: list[int] = []
        if hits is None:
            self._result = matching
        else:
            if request.leads or self.by_article:
                self.leads = find_leads(self.translator, snapshot, request.tree, matching, any_part=self._is_article)
            self._result = any_of([all_of([matching, hits]), *self._lead_query()])
        self._is_scored = request.sort == "relevance" and is_scored(self.tree)
        if self._is_scored:
            self.translator.prepare(request.tree)

    def _lead_query(self) -> list[Query]:
        return [{"terms": {"section": self.leads}}] if self.leads else []

    def _matching(self) -> Query:
        """Returns the query for the sections that match, hits or not."""
        matching = self.translator.match(self.tree)
        if not self._is_article:
            return matching
        articles = self.translator.match_article(self._request.tree)
        return all_of([matching, {"has_parent": {"parent_type": "article", "query": articles}}])

    # --- queries ---

    @property
    def sort(self) -> list[Any]:
        """The order of the sections."""
        sort = self._request.sort
        return _NEWEST if sort == "relevance" and not self._is_scored else _SORTS[sort]

    def _filters(self, without: str | None = None) -> list[Query]:
        """Returns the queries of the filters; those of one field are left out."""
        filters = [
            filter_query(self.snapshot, facet_filter)
            for facet_filter in self._request.filters
            if facet_filter.field != without
        ]
        if without != _SPAN_FIELD:
            if self._request.undated:
                filters.append(missing_query(self.snapshot, Missing(_SPAN_FIELD)))
            elif self._request.span:
                filters.append(date_query(DateRange(_SPAN_FIELD, "", *self._request.span)))
        return filters

    def conditions(self) -> list[Query]:
        """Returns what all sections of the result match."""
        return [self._result, *self._filters()]

    def query(self, *extra: Query) -> Query:
        """Returns the query for the result, with its points if it is ordered by them."""
        query = self.snapshot.among(*self.conditions(), *extra)
        return self._with_points(query) if self._is_scored else query

    def _with_points(self, query: Query) -> Query:
        query["bool"]["should"] = [self.translator.score(self.tree)]
        return query

    # --- answering ---

    def answer(self) -> Results:
        request = self._request
        facets = self._facets()
        body: dict[str, Any] = {"query": self.snapshot.among(self._result), "size": 0, "aggs": facets}
        counted = self.snapshot.ask(body)["aggregations"]
        whole = counted["result"]
        sections, leads = whole["doc_count"], whole["leads"]["doc_count"] if self.leads else 0
        articles = int(whole["articles"]["value"] or 0)
        if not self.by_article:
            total = sections
        else:
            total = int(whole["owners"]["value"] or 0) if request.fold else articles
        histogram = None
        if request.histogram:
            histogram = make_histogram(
                self.snapshot,
                self.snapshot.among(*self.conditions()),
                whole["histogram"],
                request.histogram,
                self.owners,
            )
        found = {name: read_facet(counted[f"facet {name}"].get("values")) for name in request.facets}
        return Results(
            hits=self._page(),
            total=total,
            sections=sections - leads,
            articles=articles,
            leads=leads,
            facets={name: values for name, (values, _) in found.items()},
            facet_sizes={name: size for name, (_, size) in found.items()},
            histogram=histogram,
            expansions=tuple(self._expand(term) for term in dict.fromkeys(expanded_terms(request.tree))),
        )

    def _facets(self) -> dict[str, Any]:
        """Returns the aggregations over the hits before filters: the result, and each facet without its own filter."""
        request = self._request
        inner: dict[str, Any] = {"articles": distinct_agg(ARTICLES)}
        if self.leads:
            inner["leads"] = {"filter": {"terms": {"section": self.leads}}}
        if request.fold and self.by_article:
            inner["owners"] = distinct_agg(self.owners)
        if request.histogram:
            inner["histogram"] = {"filter": EVERYTHING, "aggs": histogram_aggs()}
        aggs: dict[str, Any] = {"result": {"filter": all_of(self._filters() or [EVERYTHING]), "aggs": inner}}
        for name in request.facets:
            values = facet_agg(self.snapshot, request, name, self.owners)
            filters = all_of(self._filters(without=name) or [EVERYTHING])
            aggs[f"facet {name}"] = {"filter": filters, "aggs": {"values": values}}
        return aggs

    def _page(self) -> tuple[Hit, ...]:
        request = self._request
        if request.limit <= 0:
            return ()
        body: dict[str, Any] = {
            "query": self.query(),
            "sort": self.sort,
            "from": request.offset,
            "size": request.limit,
            "track_total_hits": False,
        }
        if not self.by_article:
            hits = self.snapshot.ask({**body, "docvalue_fields": _COLUMNS})["hits"]["hits"]
            pairs = [(hit["fields"]["article"][0], hit["fields"]["section"][0]) for hit in hits]
            scores = self.scores([section for _, section in pairs])
            leads = set(self.leads)
            return tuple(
                Hit(article, (section,), scores.get(section, 0.0), int(section not in leads))
                for article, section in pairs
            )
        if self.owners.named:
            return self._masked_page()
        body["collapse"] = {"field": self.owners.column}
        hits = self.snapshot.ask({**body, "docvalue_fields": ["article"]})["hits"]["hits"]
        articles = [hit["fields"]["article"][0] for hit in hits]
        owners = {article: hit["fields"][self.owners.column][0] for article, hit in zip(articles, hits, strict=True)}
        return self._article_hits(articles, owners)

    def _masked_page(self) -> tuple[Hit, ...]:
        """Returns the page where a mask says which articles are folded: all articles are read."""
        request = self._request
        articles = [article.article_id for article in scan_articles(self.snapshot, request)]
        page = articles[request.offset : request.offset + request.limit]
        column = self.owners.column or ""
        rows = self.snapshot.scan(self.query({"terms": {"article": page}}), self.sort, ("article", column))
        owners = {article: self.owners.named.get(str(article), owner) for article, owner in rows}
        return self._article_hits(page, owners)

    def _article_hits(self, articles: Sequence[int], owners: Mapping[int, Any]) -> tuple[Hit, ...]:
        if not articles:
            return ()
        wanted: Query = {"terms": {"article": list(articles)}}
        best = {
            "sort": self.sort,
            "size": max(self._request.sections_per_hit, 1),
            "docvalue_fields": ["section"],
            "_source": False,
        }
        aggs: dict[str, Any] = {"best": {"top_hits": best}}
        if self.leads:
            aggs["leads"] = {"filter": {"terms": {"section": self.leads}}}
        terms = {"field": "article", "size": len(articles)}
        body = {"query": self.query(wanted), "size": 0, "aggs": {"articles": {"terms": terms, "aggs": aggs}}}
        buckets = {bucket["key"]: bucket for bucket in self.snapshot.ask(body)["aggregations"]["articles"]["buckets"]}
        sections = {
            article: [hit["fields"]["section"][0] for hit in buckets[article]["best"]["hits"]["hits"]]
            for article in articles
        }
        scores = self.scores([found[0] for found in sections.values()])
        folded = self._count_folded(owners) if self._request.fold else {}
        hits = []
        for article in articles:
            bucket, found = buckets[article], sections[article]
            matched = bucket["doc_count"] - (bucket["leads"]["doc_count"] if self.leads else 0)
            listed = tuple(found[: self._request.sections_per_hit])
            hits.append(Hit(article, listed, scores.get(found[0], 0.0), matched, folded.get(owners[article], 1)))
        return tuple(hits)

    def _count_folded(self, owners: Mapping[int, Any]) -> dict[Any, int]:
        """Returns the number of articles of the result that each owner has."""
        column = self.owners.column or ""
        masked = set(map(int, self.owners.named))
        names = sorted(set(owners.values()))
        articles = {"terms": {"field": "article", "size": _MAX_FOLDED}}
        terms = {"field": column, "size": len(names), "include": names}
        body = {
            "query": self.snapshot.among(*self.conditions(), {"terms": {column: names}}),
            "size": 0,
            "aggs": {"owners": {"terms": terms, "aggs": {"articles": articles}}},
        }
        counts: dict[Any, int] = {}
        for bucket in self.snapshot.ask(body)["aggregations"]["owners"]["buckets"]:
            having = {inner["key"] for inner in bucket["articles"]["buckets"]}
            counts[bucket["key"]] = len(having - masked)
        if masked:
            present = self.snapshot.among(*self.conditions(), {"terms": {"article": sorted(masked)}})
            for article in {found for (found,) in self.snapshot.scan(present, [{"place": "asc"}], ("article",))}:
                owner = self.owners.named[str(article)]
                counts[owner] = counts.get(owner, 0) + 1
        return counts

    def scores(self, sections: Sequence[int]) -> dict[int, float]:
        """Returns the points of sections of the result. Nothing is scored for nothing."""
        if not sections or not is_scored(self.tree):
            return {}
        if not self._is_scored:
            self.translator.prepare(self._request.tree)
        query = self._with_points(self.snapshot.among({"terms": {"section": list(sections)}}))
        body = {"query": query, "size": len(sections), "docvalue_fields": ["section"], "track_total_hits": False}
        hits = self.snapshot.ask(body)["hits"]["hits"]
        return {hit["fields"]["section"][0]: float(hit["_score"] or 0.0) for hit in hits}

    # --- what terms stand for ---

    def _expand(self, term: Truncation | Fuzzy | ValueTerm | Address) -> Expansion:
        """Returns what a term matches in the whole archive."""
        return self.snapshot.keep(("expansion", term), lambda: self._find_expansion(term))

    def _find_expansion(self, term: Truncation | Fuzzy | ValueTerm | Address) -> Expansion:
        if isinstance(term, Truncation | Fuzzy):
            counts = self.snapshot.forms()
            if isinstance(term, Fuzzy):
                forms = fuzzy_forms(self.snapshot, term)
            else:
                matches = truncation_regex(truncation_parts(term.text)[-1]).fullmatch
                forms = [form for form in counts if matches(form)]
            pairs = sorted(((form, counts[form]) for form in forms), key=lambda pair: (-pair[1], pair[0]))
            return Expansion(format_query(term), tuple(pairs[:MAX_SHOWN_FORMS]), len(pairs))
        listed: list[tuple[str, int]] = []
        size = 0
        for counted in self._count_found(term):
            pairs = sorted(counted, key=lambda pair: (-pair[1], pair[0]))
            listed += pairs[:MAX_SHOWN_FORMS]
            size += len(pairs)
        listed.sort(key=lambda pair: -pair[1])
        return Expansion(format_query(term), tuple(listed[:MAX_SHOWN_FORMS]), size)

    def _count_found(self, term: ValueTerm | Address) -> Iterator[list[tuple[str, int]]]:
        """Yields the values that a term finds with their numbers of sections, for each field it is searched in."""
        if isinstance(term, Address):
            yield find_addresses(self.snapshot, term)
            return
        query = self.snapshot.among(value_query(self.snapshot, term))
        for name in filter(None, (term.field, NAMES_OF_VALUES.get(term.field))):
            column = f"v_{field_key(name)}"
            masked = {
                article: values.get(name, ())
                for article, values in self.snapshot.mask.values.items()
                if term.field in values or name in values
            }
            rest = all_of([query, none_of({"terms": {"article": sorted(masked)}})]) if masked else query
            counts = {value: n for value, n in self.snapshot.count_terms(column, rest) if finds(term, value)}
            for article, sections in self._count_sections(masked).items():
                for value in masked[article]:
                    if finds(term, value):
                        counts[value] = counts.get(value, 0) + sections
            yield list(counts.items())

    def _count_sections(self, articles: Collection[int]) -> dict[int, int]:
        if not articles:
            return {}
        query = self.snapshot.among({"terms": {"article": sorted(articles)}})
        terms = {"terms": {"field": "article", "size": len(articles)}}
        found = self.snapshot.ask({"query": query, "size": 0, "aggs": {"articles": terms}})
        return {bucket["key"]: bucket["doc_count"] for bucket in found["aggregations"]["articles"]["buckets"]}


def _scored_tree(request: Request) -> Node:
    """Returns what sections are scored by: the tree; or, where articles match, an OR of all leaves."""
    if request.unit == "section":
        return request.tree
    leaves = tuple(dict.fromkeys(positive_parts(request.tree))) or (Everything(),)
    return leaves[0] if len(leaves) == 1 else Or(leaves)
