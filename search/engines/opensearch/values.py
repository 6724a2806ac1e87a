"""Values in queries: of keyword fields, addresses, dates and days, as queries of Lucene.

Where a mask gives articles other values than they were indexed with, these are compared here, and the articles named
in the query. Only `translation` and `searching` import from here.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ...fields import ADDRESS_FIELDS, NAMES_OF_VALUES
from ...query import (
    Address,
    DateBound,
    DateRange,
    Keyword,
    Missing,
    ValueFuzzy,
    ValueTerm,
    ValueTruncation,
    ValueWord,
    truncation_parts,
    truncation_regex,
    within_edits,
)
from ...text import contains_word, fold_value, single_words, value_forms, value_key, value_words, word_forms
from ..contract import Filter, QueryLimitError
from .addresses import candidate_pattern, escape_pattern, part_pattern
from .mapping import DAYS_NAMES, field_key
from .sections import pack, terms_of_value, to_seconds
from .snapshot import Query, Snapshot

_MAX_ADDRESSES = 50_000
# How many terms an interval of Lucene may stand for.
MAX_EXPANSIONS = 1000
NOTHING: Query = {"match_none": {}}
ADDRESS = ADDRESS_FIELDS[0].name


def any_of(queries: Iterable[Query]) -> Query:
    """Returns a query that matches what any of some queries does."""
    found = [query for query in queries if query != NOTHING]
    if not found:
        return NOTHING
    return found[0] if len(found) == 1 else {"bool": {"should": found, "minimum_should_match": 1}}


def all_of(queries: Iterable[Query]) -> Query:
    """Returns a query that matches what all of some queries do, without scores."""
    found = list(queries)
    return found[0] if len(found) == 1 else {"bool": {"filter": found}}


def none_of(query: Query) -> Query:
    """Returns a query for what another does not match."""
    return {"bool": {"must_not": [query]}}


def value_query(snapshot: Snapshot, node: Keyword | ValueTerm) -> Query:
    """Returns the query for the sections with a value that a node finds."""
    key = field_key(node.field)
    match node:
        case Keyword(_, value):
            query: Query = {"term": {f"key_{key}": value_key(fold_value(value))}}
        case ValueWord(_, text):
            query = any_of(_word_queries(key, text))
        case ValueTruncation(_, text):
            query = _pattern_query(key, truncation_parts(text))
        case ValueFuzzy(_, text, edits):
            (word,) = word_forms(text)
            fuzzy = {"value": word, "fuzziness": edits, "prefix_length": 0, "rewrite": "constant_score"}
            query = {"fuzzy": {f"word_{key}": fuzzy}}
    return with_mask(snapshot, node.field, query, lambda values: any(finds(node, value) for value in values))


def _word_queries(key: str, text: str) -> Iterable[Query]:
    if singles := single_words(text):
        yield {"terms": {f"word_{key}": sorted(map(pack, singles))}}
    forms = word_forms(text)
    if len(forms) > 1:
        yield {"match_phrase": {f"names_{key}": " ".join(map(pack, forms))}}


def _pattern_query(key: str, parts: tuple[str, ...]) -> Query:
    if len(parts) == 1:
        return {"wildcard": {f"word_{key}": {"value": parts[0].replace("\\", "\\\\")}}}
    places = [{"wildcard": {"pattern": part, "max_expansions": MAX_EXPANSIONS}} for part in parts]
    return {"intervals": {f"names_{key}": {"all_of": {"intervals": places, "ordered": True, "max_gaps": 0}}}}


def finds(node: Keyword | ValueTerm, value: str) -> bool:
    """Whether a node finds a value of its field."""
    match node:
        case Keyword(field, wanted):
            return value_key(fold_value(wanted)) in terms_of_value(field, value)[0]
        case ValueWord(field, text):
            return contains_word(field, value, text)
        case ValueTruncation(field, text):
            tests = [truncation_regex(part).fullmatch for part in truncation_parts(text)]
            if len(tests) == 1:
                return any(map(tests[0], value_words(field, value)))
            return any(
                all(test(forms[at + place]) for place, test in enumerate(tests))
                for forms in value_forms(field, value)
                for at in range(len(forms) - len(tests) + 1)
            )
        case ValueFuzzy(field, text, edits):
            (word,) = word_forms(text)
            return any(within_edits(word, other, edits) for other in value_words(field, value))


def with_mask(snapshot: Snapshot, field: str, query: Query, test: Callable[[tuple[str, ...]], bool]) -> Query:
    """Returns a query by the values of a field, with the articles that have other values in the mask."""
    masked = {
        article: (*values.get(field, ()), *values.get(NAMES_OF_VALUES.get(field, ""), ()))
        for article, values in snapshot.mask.values.items()
        if field in values
    }
    if not masked:
        return query
    indexed: Query = {"bool": {"filter": [query], "must_not": [{"terms": {"article": sorted(masked)}}]}}
    found = sorted(article for article, values in masked.items() if test(values))
    return any_of([indexed, {"terms": {"article": found}}] if found else [indexed])


def filter_query(snapshot: Snapshot, facet_filter: Filter) -> Query:
    """Returns the query for the sections that pass a choice in a facet."""
    name = facet_filter.field
    conditions: list[Query] = []
    for values, is_wanted in ((facet_filter.values, True), (facet_filter.excluded, False)):
        if values:
            wanted = set(values)
            query: Query = {"terms": {f"v_{field_key(name)}": sorted(wanted)}}
            having = with_mask(snapshot, name, query, lambda values, wanted=wanted: not wanted.isdisjoint(values))  # type: ignore[misc]
            conditions.append(having if is_wanted else none_of(having))
    return all_of(conditions) if conditions else {"match_all": {}}


def missing_query(snapshot: Snapshot, node: Missing) -> Query:
    """Returns the query for the sections without a value in a field."""
    return none_of(with_mask(snapshot, node.field, {"term": {"has": node.field}}, any))


# --- addresses ---


def address_query(snapshot: Snapshot, node: Address) -> Query:
    """Returns the query for the sections with an address that has a part. Raises QueryLimitError for too many."""
    column = f"v_{ADDRESS}"
    if node.whole:
        whole = node.text if "/" in node.text else f"{node.text}/"
        return any_of([{"term": {column: whole}}, {"prefix": {column: f"{whole}#"}}])
    found = [address for address, _ in find_addresses(snapshot, node)]
    return {"terms": {column: found}} if found else NOTHING


def find_addresses(snapshot: Snapshot, node: Address) -> list[tuple[str, int]]:
    """Returns the addresses that have a part, with their numbers of sections."""
    column = f"v_{ADDRESS}"

    def find() -> list[tuple[str, int]]:
        pattern = part_pattern(node)
        candidates = snapshot.among({"wildcard": {column: {"value": candidate_pattern(node)}}})
        found = []
        for address, count in snapshot.count_terms(column, candidates):
            if pattern.search(address):
                found.append((address, count))
            if len(found) > _MAX_ADDRESSES:
                raise QueryLimitError(
                    f"More than {_MAX_ADDRESSES:,} addresses have this part. Write a longer part of them."
                )
        return found

    return snapshot.keep(("address", node), find)


# --- dates ---


def date_query(node: DateRange) -> Query:
    """Returns the query for the sections whose date, or one of whose days, is within a range."""
    if node.field in DAYS_NAMES:
        return _days_query(node)
    conditions: list[Query] = [{"term": {"has": node.field}}]
    if node.start is not None:
        conditions.append(_bound_query(node.field, node.start, is_start=True))
    if node.end is not None:
        conditions.append(_bound_query(node.field, node.end, is_start=False))
    return all_of(conditions)


def _bound_query(field: str, bound: DateBound, *, is_start: bool) -> Query:
    """Times of day are compared with the instant of a bound, if it has one; all else with what the clock showed."""
    if is_start:
        by_clock: Query = {"range": {f"{field}_first": {"gte": to_seconds(bound.clock)}}}
    else:
        by_clock = {"range": {f"{field}_past": {"lte": to_seconds(bound.clock)}}}
    if bound.instant is None:
        return by_clock
    operator = "gte" if is_start else "lt"
    by_instant: Query = {"range": {f"{field}_at": {operator: to_seconds(bound.instant)}}}
    exact: Query = {"term": {f"{field}_span": 0}}
    return any_of([all_of([exact, by_instant]), {"bool": {"filter": [by_clock], "must_not": [exact]}}])


def _days_query(node: DateRange) -> Query:
    wanted: dict[str, Any] = {"relation": "intersects"}
    if node.start is not None:
        wanted["gte"] = to_seconds(node.start.clock)
    if node.end is not None:
        wanted["lt"] = to_seconds(node.end.clock)
    if len(wanted) == 1:
        return {"term": {"has": node.field}}
    return {"range": {f"days_{node.field}": wanted}}


__all__ = [
    "ADDRESS",
    "MAX_EXPANSIONS",
    "NOTHING",
    "address_query",
    "all_of",
    "any_of",
    "date_query",
    "escape_pattern",
    "filter_query",
    "find_addresses",
    "finds",
    "missing_query",
    "none_of",
    "value_query",
]
