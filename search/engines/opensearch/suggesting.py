"""Completions of what somebody types: word forms, keyword values, articles by their headline.

Forms and values are fetched once a state of the index, and looked up here. Only `reading` imports from here.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any

from ...query import And, Word
from ...text import fold_value, other_names, stem_form, value_key
from ..completions import complete_values
from ..deadline import check_time
from .mapping import SEARCHED_NAMES, TEXT_NAMES, VALUE_NAMES, field_key
from .sections import pack
from .snapshot import Snapshot
from .translation import Translator

_HEADLINE = "headline"
_FORMS_AT_ONCE = 200


def suggest_words(snapshot: Snapshot, prefix: str, *, field: str, limit: int) -> tuple[tuple[str, int], ...]:
    """Returns the forms with a folded prefix; for a text field, those whose stem occurs in it."""
    ordered = snapshot.keep(
        "frequent forms", lambda: sorted(snapshot.forms().items(), key=lambda pair: (-pair[1], pair[0]))
    )
    found = (pair for pair in ordered if pair[0].startswith(prefix))
    if field not in TEXT_NAMES or field == "text":
        return tuple(islice(found, limit))
    kept: list[tuple[str, int]] = []
    while len(kept) < limit and (some := list(islice(found, _FORMS_AT_ONCE))):
        check_time()
        stems = {form: [f"{kind}{pack(stem_form(form))}" for kind in "tmn"] for form, _ in some}
        aggs = {
            str(number): {"filter": {"terms": {f"w_{field}": stems[form]}}} for number, (form, _) in enumerate(some)
        }
        counted = snapshot.ask({"query": snapshot.among(), "size": 0, "aggs": aggs})["aggregations"]
        kept += [pair for number, pair in enumerate(some) if counted[str(number)]["doc_count"]]
    return tuple(kept[:limit])


class Catalogue:
    """The values of a keyword field, by their keys. It is made once a state of the index, from all its values."""

    def __init__(self, snapshot: Snapshot, name: str) -> None:
        self._entries: list[tuple[str, int, str]] = []
        masked = {article: values[name] for article, values in snapshot.mask.values.items() if name in values}
        column = f"v_{field_key(name)}"
        rest = snapshot.among({"bool": {"must_not": [{"terms": {"article": sorted(masked)}}]}})
        spellings: dict[str, Counter[str]] = {}
        for value, count in snapshot.count_terms(column, rest):
            spellings.setdefault(value_key(fold_value(value)), Counter())[value] += count
        for article, count in _count_sections(snapshot, list(masked)).items():
            for value in masked[article]:
                spellings.setdefault(value_key(fold_value(value)), Counter())[value] += count
        shared = [key for key, values in spellings.items() if len(values) > 1]
        totals = _count_keys(snapshot, name, shared) if name in SEARCHED_NAMES and not masked else {}
        for key, values in spellings.items():
            best = min(values, key=lambda value: (-values[value], value))
            folds = {fold_value(value) for value in values}
            folds.update(fold_value(other) for value in values for other in other_names(name, value))
            self._entries.append((best, totals.get(key, values.total()), "\n".join(sorted(folds))))
        self._entries.sort(key=lambda entry: (-entry[1], fold_value(entry[0])))

    def find(self, prefix: str, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Returns the values in which a word begins with a folded prefix, most frequent first, then by fold."""
        found = ((value, count) for value, count, text in self._entries if count and _has_word(text, prefix))
        return tuple(islice(found, limit))


def _has_word(text: str, prefix: str) -> bool:
    """Whether a word of a text begins with a prefix. Words begin after anything but a letter or digit."""
    if not prefix:
        return True
    at = text.find(prefix)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            return True
        at = text.find(prefix, at + 1)
    return False


def _count_keys(snapshot: Snapshot, name: str, keys: Sequence[str]) -> dict[str, int]:
    """Returns the numbers of sections of values that have several spellings: one section may have two of them."""
    totals: dict[str, int] = {}
    for first in range(0, len(keys), _FORMS_AT_ONCE):
        some = keys[first : first + _FORMS_AT_ONCE]
        column = f"key_{field_key(name)}"
        aggs = {str(number): {"filter": {"term": {column: key}}} for number, key in enumerate(some)}
        counted = snapshot.ask({"query": snapshot.among(), "size": 0, "aggs": aggs})["aggregations"]
        totals |= {key: counted[str(number)]["doc_count"] for number, key in enumerate(some)}
    return totals


def _count_sections(snapshot: Snapshot, articles: Sequence[int]) -> dict[int, int]:
    if not articles:
        return {}
    terms: dict[str, Any] = {"terms": {"field": "article", "size": len(articles)}}
    query = snapshot.among({"terms": {"article": sorted(articles)}})
    found = snapshot.ask({"query": query, "size": 0, "aggs": {"articles": terms}})["aggregations"]["articles"]
    return {bucket["key"]: bucket["doc_count"] for bucket in found["buckets"]}


def suggest_values(snapshot: Snapshot, name: str, prefix: str, *, limit: int) -> tuple[tuple[str, int], ...]:
    """Returns the values of a keyword field, and their other names, in which a word begins with a folded prefix."""
    return complete_values(name, lambda field: _catalogue(snapshot, field).find(prefix, limit=limit), limit=limit)


def _catalogue(snapshot: Snapshot, name: str) -> Catalogue:
    return snapshot.keep(("catalogue", name), lambda: Catalogue(snapshot, name))


def has_values(field: str) -> bool:
    """Whether a field has values to suggest, and not words."""
    return field in VALUE_NAMES


def suggest_articles(
    snapshot: Snapshot, words: Sequence[str], prefix: str, *, limit: int
) -> tuple[tuple[int, int], ...]:
    """Returns articles whose headline has a form of every word, and a word with the prefix: the newest first."""
    conditions: list[dict[str, Any]] = [{"term": {"has": _HEADLINE}}]
    if words:
        conditions.append(Translator(snapshot).match(And(tuple(Word(word, _HEADLINE) for word in words))))
    if prefix:
        conditions.append({"prefix": {f"w_{_HEADLINE}": f"f{pack(prefix)}"}})
    order = [{"latest": "desc"}, {"_key": "asc"}]
    terms = {"field": "article", "size": max(limit, 1), "order": order}
    latest = {"latest": {"max": {"field": "date_at", "missing": -(1 << 62)}}}
    body = {"query": snapshot.among(*conditions), "size": 0, "aggs": {"articles": {"terms": terms, "aggs": latest}}}
    buckets = snapshot.ask(body)["aggregations"]["articles"]["buckets"]
    return tuple((bucket["key"], bucket["doc_count"]) for bucket in buckets[:limit])


def count_sections(snapshot: Snapshot, words: Sequence[str]) -> list[int]:
    """Returns for each word the number of sections with any form of it."""
    if not words:
        return []
    columns = [f"w_{name}" for name in TEXT_NAMES]
    aggs = {}
    for number, word in enumerate(words):
        terms = [f"{kind}{pack(stem_form(word))}" for kind in "tmn"]
        anywhere = {"bool": {"should": [{"terms": {column: terms}} for column in columns]}}
        aggs[str(number)] = {"filter": anywhere}
    counted = snapshot.ask({"query": snapshot.among(), "size": 0, "aggs": aggs})["aggregations"]
    return [counted[str(number)]["doc_count"] for number in range(len(words))]
