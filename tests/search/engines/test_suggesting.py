"""Suggestions against a count over all documents, with several segments and deletions."""

import tempfile
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.contract import Document
from search.engines.whoosh import WhooshEngine, vocabulary
from search.text import fold_text, stem_form, word_forms

from .reference import keywords
from .test_whoosh_oracle import batches_of, moments, unmerged, write_batches

__all__ = ["unmerged"]

WORDS = (
    "talks",
    "talk",
    "talking",
    "talkie",
    "exchange",
    "exchanges",
    "exact",
    "Écho",
    "écho-talk",
    "onlý",
    "only",
    "on",
)
SOURCES = ("The Talk", "the talk", "Tálk Daily", "Only-Talk", "Écho", "", "Москва сегодня", "«Талк» on")
PREFIXES = ("", "t", "ta", "talk", "talki", "talks", "e", "ex", "exchanges", "echo", "o", "on", "onl", "zz", "x")

texts = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
values = st.fixed_dictionaries(
    {
        "headline": texts,
        "heading": texts,
        "standfirst": texts,
        "text": texts,
        "date": moments,
        "source": st.sampled_from(SOURCES),
        "topic": st.lists(st.sampled_from([source for source in SOURCES if source]), max_size=3).map(tuple),
    }
)
batches = batches_of(values, max_sections=3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    batches=batches,
    prefixes=st.lists(st.sampled_from(PREFIXES), min_size=1, max_size=4),
    word=st.sampled_from(["talk", "exchange", "only", "echo"]),
    max_counted=st.sampled_from([0, 512]),
    limit=st.integers(1, 9),
)
def test_suggestions_are_those_of_the_plain_count(
    unmerged: None, batches: Any, prefixes: list[str], word: str, max_counted: int, limit: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary, "_MAX_COUNTED_FORMS", max_counted)
        engine = WhooshEngine(Path(folder))
        documents = write_batches(engine, batches)
        for prefix in prefixes:
            assert engine.suggest(prefix, limit=limit) == words_of(documents, prefix)[:limit]
            for field in ("source", "topic"):
                for typed in (prefix, "the " + prefix, "м"):
                    check_values(documents, field, typed, engine.suggest(typed, field=field, limit=100))
            for words in ([], [word]):
                expected = articles_of(documents, words, prefix)[:limit]
                assert engine.suggest_articles(words, prefix, limit=limit) == expected
        engine.close()


def words_of(documents: list[Document], prefix: str) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for document in documents:
        names = ("headline", "heading", "standfirst", "text")
        counts.update({form for name in names for form in word_forms(str(document.values[name]))})
    having = ((form, count) for form, count in counts.items() if form.startswith(prefix))
    return tuple(sorted(having, key=lambda entry: (-entry[1], entry[0].encode())))


def check_values(documents: list[Document], field: str, prefix: str, found: Any) -> None:
    sections: dict[str, set[int]] = defaultdict(set)
    for document in documents:
        for value in keywords(document, field):
            fold = fold_text(value)
            places = [place for place in range(len(fold)) if fold.startswith(prefix, place)]
            if any(not place or not fold[place - 1].isalnum() for place in places):
                sections[fold].add(document.section_id)
    expected = sorted(
        ((fold, len(ids)) for fold, ids in sections.items()), key=lambda entry: (-entry[1], entry[0].encode())
    )
    assert [(fold_text(value), count) for value, count in found] == expected
    spellings = Counter(value for document in documents for value in keywords(document, field))
    for value, _ in found:
        same = [other for other in spellings if fold_text(other) == fold_text(value)]
        assert value == min(same, key=lambda other: (-spellings[other], other.encode()))


def articles_of(documents: list[Document], words: list[str], prefix: str) -> tuple[tuple[int, int], ...]:
    counts: Counter[int] = Counter()
    latest: dict[int, float] = {}
    for document in documents:
        forms = word_forms(str(document.values["headline"]))
        stems = {stem_form(form) for form in forms}
        if any(form.startswith(prefix) for form in forms) and all(stem_form(word) in stems for word in words):
            article, moment = document.article_id, document.values["date"]
            seconds = moment.timestamp() // 1 if isinstance(moment, datetime) else float("-inf")
            counts[article] += 1
            latest[article] = max(latest.get(article, seconds), seconds)
    return tuple(sorted(counts.items(), key=lambda entry: (-latest[entry[0]], entry[0])))
