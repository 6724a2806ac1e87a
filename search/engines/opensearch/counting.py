"""Facet counts and histograms, exact over a whole result, counted on the nodes.

Sections are counted by OpenSearch's own aggregations, which are exact on the one shard of an index. Articles, and
articles that are folded, are distinct things in each count; OpenSearch estimates the numbers of these, so scripts
count them. Only `searching` imports from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..contract import Histogram, HistogramInterval, Request
from .mapping import field_key
from .snapshot import Query, Snapshot
from .translation import script

_INTERVALS: tuple[HistogramInterval, ...] = ("hour", "day", "month", "year")
# For each interval: the column of a section's bucket, and what it is divided by.
_COLUMNS: dict[HistogramInterval, tuple[str, int]] = {
    "hour": ("date_at", 3600),
    "day": ("date_first", 86400),
    "month": ("date_month", 1),
    "year": ("date_month", 12),
}
_MAX_SHOWN_BUCKETS = 100
_MAX_BUCKETS = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_OWNER = """
def owner(Map doc, Map params) {
  if (params.owner == '') { return doc['section'].value; }
  if (params.owners.containsKey(String.valueOf(doc['article'].value))) {
    return params.owners[String.valueOf(doc['article'].value)];
  }
  return doc[params.owner].value;
}
"""

_FACET_MAP = (
    _OWNER
    + """
def key = params.owner == '' ? null : owner(doc, params);
def masked = params.masked.size() == 0 ? null : params.masked[String.valueOf(doc['article'].value)];
for (def value : masked == null ? doc[params.column] : masked) {
  if (key == null) { state.found[value] = state.found.containsKey(value) ? state.found[value] + 1 : 1; }
  else {
    if (!state.found.containsKey(value)) { state.found[value] = new HashSet(); }
    state.found[value].add(key);
  }
}
"""
)
_FACET_COMBINE = """
List all = new ArrayList();
for (def entry : state.found.entrySet()) {
  def found = entry.getValue();
  all.add([entry.getKey(), params.owner == '' ? found : found.size()]);
}
all.sort((left, right) -> {
  int byCount = Integer.compare((int) right[1], (int) left[1]);
  return byCount != 0 ? byCount : ((String) left[0]).compareTo((String) right[0]);
});
List listed = new ArrayList();
for (int i = 0; i < all.size(); i++) {
  if (params.limit < 0 || i < params.limit || params.named.contains(all[i][0])) { listed.add(all[i]); }
}
return ['size': all.size(), 'values': listed];
"""
_FIRST_STATE = "return states.size() == 0 ? null : states.get(0)"

_DISTINCT_MAP = _OWNER + "state.found.add(owner(doc, params));"
_BUCKETS_MAP = (
    _OWNER
    + """
long place = doc[params.column].value;
long divisor = params.divisor;
long bucket = place >= 0 ? place / divisor : -((divisor - 1 - place) / divisor);
String name = String.valueOf(bucket);
if (!state.found.containsKey(name)) { state.found[name] = new HashSet(); }
state.found[name].add(owner(doc, params));
"""
)
_BUCKETS_COMBINE = """
Map sizes = new HashMap();
for (def entry : state.found.entrySet()) { sizes[entry.getKey()] = entry.getValue().size(); }
return sizes;
"""


@dataclass(frozen=True)
class Owners:
    """What a result lists: sections, articles, or articles that are folded by a field. `column` has its number.

    `named` has the owners of articles that a mask gives another value of the field.
    """

    column: str | None
    named: Mapping[str, str]

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of a script that counts owners."""
        return {"owner": self.column or "", "owners": dict(self.named)}


SECTIONS = Owners(None, {})
ARTICLES = Owners("article", {})


def folded_by(snapshot: Snapshot, name: str) -> Owners:
    """Returns what a result lists whose articles are folded by a field."""
    named = {}
    for article, values in snapshot.mask.values.items():
        if name in values:
            having = values[name]
            named[str(article)] = f"v{having[0]}" if having else f"a{article}"
    return Owners(f"fold_{field_key(name)}", named)


def distinct_agg(owners: Owners) -> dict[str, Any]:
    """Returns the aggregation that counts owners; its value is a number, or None for no sections."""
    return {
        "scripted_metric": {
            "init_script": "state.found = new HashSet()",
            "map_script": script(_DISTINCT_MAP, {}),
            "combine_script": "return state.found.size()",
            "reduce_script": _FIRST_STATE,
            "params": owners.params,
        }
    }


# --- facets ---


def facet_agg(snapshot: Snapshot, request: Request, name: str, owners: Owners) -> dict[str, Any]:
    """Returns the aggregation that counts the values of a facet."""
    column = f"v_{field_key(name)}"
    masked = {str(article): list(values[name]) for article, values in snapshot.mask.values.items() if name in values}
    limit = None if name in request.whole_facets else request.facet_limit
    params = {
        "column": column,
        "masked": masked,
        "limit": -1 if limit is None else limit,
        "named": _named(request, name),
    }
    return {
        "scripted_metric": {
            "init_script": "state.found = new HashMap()",
            "map_script": script(_FACET_MAP, {}),
            "combine_script": script(_FACET_COMBINE, {}),
            "reduce_script": _FIRST_STATE,
            "params": {**owners.params, **params},
        }
    }


def _named(request: Request, name: str) -> list[str]:
    return [
        value
        for facet_filter in request.filters
        if facet_filter.field == name
        for value in (*facet_filter.values, *facet_filter.excluded)
    ]


def read_facet(answer: Mapping[str, Any] | None) -> tuple[tuple[tuple[str, int], ...], int]:
    """Returns the values of a facet with their counts, and the number of its values in all."""
    found = (answer or {}).get("value") or {"values": [], "size": 0}
    values = sorted(((value, int(count)) for value, count in found["values"]), key=lambda pair: (-pair[1], pair[0]))
    return tuple(values), int(found["size"])


# --- histograms ---


def histogram_aggs() -> dict[str, Any]:
    """Returns the aggregations that the interval of a histogram is chosen by."""
    aggs: dict[str, Any] = {"undated": {"filter": {"bool": {"must_not": [{"term": {"has": "date"}}]}}}}
    for number, interval in enumerate(_INTERVALS):
        column = _COLUMNS[interval][0]
        ends = {"first": {"min": {"field": column}}, "last": {"max": {"field": column}}}
        if interval == "hour":
            ends["clock"] = {"max": {"field": "date_clock"}}
        known = {"bool": {"filter": [{"term": {"has": "date"}}, {"range": {"date_span": {"lte": number}}}]}}
        aggs[interval] = {"filter": known, "aggs": ends}
    return aggs


def choose_interval(answer: Mapping[str, Any], requested: str) -> HistogramInterval:
    """Returns the finest interval, from the requested one on, that most dates are known to, with few enough buckets.

    Hours are never chosen where all clocks showed midnight.
    """
    auto = requested == "auto"
    dated = answer["year"]["doc_count"]
    for interval in _INTERVALS if auto else _INTERVALS[_INTERVALS.index(requested) :]:
        known = answer[interval]
        too_fine = interval == "hour" and not known["clock"]["value"]
        if 2 * known["doc_count"] <= dated or too_fine:
            continue
        divisor = _COLUMNS[interval][1]
        buckets = int(known["last"]["value"]) // divisor - int(known["first"]["value"]) // divisor
        if buckets < (_MAX_SHOWN_BUCKETS if auto else _MAX_BUCKETS):
            return interval
    return "year"


def make_histogram(
    snapshot: Snapshot, query: Query, answer: Mapping[str, Any], requested: str, owners: Owners
) -> Histogram:
    """Returns the counts of a result by date of publication. `answer` is that to `histogram_aggs`. One request."""
    chosen: HistogramInterval
    if not answer["year"]["doc_count"]:
        chosen = "day" if requested == "auto" else requested  # type: ignore[assignment]
    else:
        chosen = choose_interval(answer, requested)
    number = _INTERVALS.index(chosen)
    column, divisor = _COLUMNS[chosen]
    dated: Query = {"term": {"has": "date"}}
    parts: dict[str, Query] = {
        "undated": {"bool": {"must_not": [dated]}},
        "vague": {"bool": {"filter": [dated, {"range": {"date_span": {"gt": number}}}]}},
        "known": {"bool": {"filter": [dated, {"range": {"date_span": {"lte": number}}}]}},
    }
    aggs: dict[str, Any] = {name: {"filter": part} for name, part in parts.items()}
    if owners.column is None:
        aggs["known"]["aggs"] = {"buckets": {"histogram": {"field": column, "interval": divisor, "min_doc_count": 1}}}
    else:
        for name in ("undated", "vague"):
            aggs[name]["aggs"] = {"owners": distinct_agg(owners)}
        aggs["known"]["aggs"] = {"buckets": _owner_buckets(column, divisor, owners)}
    found = snapshot.ask({"query": query, "size": 0, "aggs": aggs})["aggregations"]
    undated, vague = (_count(found[name], owners) for name in ("undated", "vague"))
    counts = _read_buckets(found["known"], divisor, owners)
    if not counts:
        return Histogram(chosen, (), undated, vague)
    buckets = tuple(
        (_start_of(bucket, chosen), counts.get(bucket, 0)) for bucket in range(min(counts), max(counts) + 1)
    )
    return Histogram(chosen, buckets, undated, vague)


def _owner_buckets(column: str, divisor: int, owners: Owners) -> dict[str, Any]:
    return {
        "scripted_metric": {
            "init_script": "state.found = new HashMap()",
            "map_script": script(_BUCKETS_MAP, {}),
            "combine_script": _BUCKETS_COMBINE,
            "reduce_script": _FIRST_STATE,
            "params": {**owners.params, "column": column, "divisor": divisor},
        }
    }


def _count(answer: Mapping[str, Any], owners: Owners) -> int:
    if owners.column is None:
        return int(answer["doc_count"])
    return int(answer["owners"]["value"] or 0)


def _read_buckets(answer: Mapping[str, Any], divisor: int, owners: Owners) -> dict[int, int]:
    if owners.column is None:
        return {int(bucket["key"]) // divisor: bucket["doc_count"] for bucket in answer["buckets"]["buckets"]}
    return {int(bucket): int(count) for bucket, count in (answer["buckets"]["value"] or {}).items()}


def _start_of(bucket: int, interval: HistogramInterval) -> datetime:
    if interval in ("hour", "day"):
        return _EPOCH + timedelta(seconds=bucket * _COLUMNS[interval][1])
    year, month = divmod(bucket, 12) if interval == "month" else (bucket, 0)
    return datetime(year, month + 1, 1, tzinfo=UTC)
