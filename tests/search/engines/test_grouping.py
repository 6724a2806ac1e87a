"""Counting and listing by article, where its sections do not lie side by side: they are in several runs and segments.

What an index that is written article by article answers is tested against the oracle in `test_whoosh_oracle`.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engines.contract import Document, FieldValue, Request
from search.engines.whoosh import WhooshEngine
from search.engines.whoosh.stem_numbers import StemNumbers
from search.query.tree import Everything, Word

from .reference import Reference
from .test_reranking import index_of

DAY = datetime(2025, 5, 30, tzinfo=UTC)
FACETS = ("topic", "byline", "person", "source")

section_values = st.fixed_dictionaries(
    {
        "text": st.sampled_from(["fire", "fire fire storm", "storm", "calm"]),
        "topic": st.lists(st.sampled_from(["War", "Peace", "Trade"]), max_size=2, unique=True).map(tuple),
        "byline": st.lists(st.sampled_from(["Ada", "Bo"]), max_size=2, unique=True).map(tuple),
        "person": st.lists(st.sampled_from(["Cy", "Di", "Ed"]), max_size=2, unique=True).map(tuple),
        "source": st.sampled_from(["Globe", "Mail", ""]),
        "date": st.none() | st.integers(0, 70).map(lambda hours: DAY + timedelta(hours=hours)),
    }
)
# The article of each section, in the order in which they are added.
sections = st.lists(st.tuples(st.integers(1, 6), section_values), min_size=1, max_size=30)


@settings(max_examples=60)
@given(
    sections=sections,
    batches=st.integers(1, 3),
    deleted=st.sets(st.integers(1, 6), max_size=1).map(sorted),
    sort=st.sampled_from(["newest", "oldest"]),
    tree=st.sampled_from([Everything(), Word("fire"), Word("storm")]),
)
def test_articles_in_several_runs_are_counted_and_listed_as_the_reference_does(
    sections: Sequence[tuple[int, dict[str, Any]]], batches: int, deleted: list[int], sort: Any, tree: Any
) -> None:
    documents = [Document(number, article, values) for number, (article, values) in enumerate(sections, start=1)]
    kept = [document for document in documents if document.article_id not in deleted]
    reference = Reference(kept)
    request = Request(tree, by_article=True, facets=FACETS, histogram="day", sort=sort, limit=4, sections_per_hit=2)
    owners = {document.section_id: document.article_id for document in kept}
    of_articles = defaultdict(list)
    for section_id in reference.ordered(request, {}):
        of_articles[owners[section_id]].append(section_id)
    with index_of(documents, batches=batches, deleted=deleted) as engine:
        for offset in (0, 2):
            page = Request(**vars(request) | {"offset": offset})
            results = engine.search(page)
            assert [(hit.article_id, list(hit.section_ids), hit.matched) for hit in results.hits] == [
                (article, ids[:2], len(ids)) for article, ids in list(of_articles.items())[offset : offset + 4]
            ]
            assert results.total == results.articles == len(of_articles)
            assert dict(results.facets) == {name: reference.facet(request, name) for name in FACETS}
            assert results.histogram is not None
            reference.check_histogram(request, results.histogram)


def test_page_of_articles_is_found_behind_one_with_very_many_sections(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "index")
    with engine.write() as batch:
        for number in range(1, 401):
            values: dict[str, FieldValue] = {"text": "A fire.", "date": DAY - timedelta(minutes=number)}
            batch.add(Document(number, 1 if number <= 390 else number, values))
    hits = engine.search(Request(Word("fire"), by_article=True, sort="newest", limit=3, sections_per_hit=2)).hits
    assert [(hit.article_id, hit.section_ids, hit.matched) for hit in hits] == [
        (1, (1, 2), 390),
        (391, (391,), 1),
        (392, (392,), 1),
    ]
    engine.close()


def test_stems_keep_their_numbers_whatever_segments_come(tmp_path: Path) -> None:
    texts = {"one": "fire storm port", "two": "calm fire zebra", "three": "alpha port"}
    engines, segments = [], {}
    for name, text in texts.items():
        engine = WhooshEngine(tmp_path / name)
        engine.rebuild([Document(1, 1, {"text": text})])
        engines.append(engine)
        segments[name] = engine._open().readers[0].segment
    numbers = StemNumbers()
    of_segments = {name: numbers.of(segment) for name, segment in segments.items()}
    by_stem = defaultdict(set)
    for name, segment in segments.items():
        for stem, number in zip(segment.stems.all(), of_segments[name].tolist(), strict=True):
            by_stem[stem].add(number)
    assert all(len(of_stem) == 1 for of_stem in by_stem.values())
    assert sorted(number for of_stem in by_stem.values() for number in of_stem) == list(range(len(numbers)))
    assert len(numbers) == 6
    assert np.array_equal(numbers.of(segments["one"]), of_segments["one"])
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("batches", [1, 3])
def test_what_is_counted_of_all_is_counted_anew_after_a_commit(batches: int) -> None:
    documents = [Document(number, number, {"text": "fire", "source": "Globe"}) for number in range(1, 7)]
    everything = Request(Everything(), by_article=True, facets=("source",), histogram="year", sort="newest")
    with index_of(documents, batches=batches) as engine:
        assert engine.search(everything).facets["source"] == (("Globe", 6),)
        assert engine.without([2]).search(everything).facets["source"] == (("Globe", 5),)
        with engine.write() as batch:
            batch.delete_article(1)
        assert engine.search(everything).facets["source"] == (("Globe", 5),)
        assert engine.search(everything).total == 5
