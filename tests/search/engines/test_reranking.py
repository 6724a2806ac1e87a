"""Proximity and feedback against the plain arithmetic of the reference, with one segment and with several."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.contract import Document, Request
from search.engines.whoosh import WhooshEngine, feedback, writer
from search.engines.whoosh.forward import read_forward
from search.query.tree import And, Node, Or, Phrase, Word

from .reference import Reference
from .test_operators import check_explanations

WORDS = tuple(
    word
    for line in (
        "peace talks talk exchange prisoner prisoners war cease-fire fire port ferry harbour the of in grain ship",
        "ships mayor school storm flood court judge budget vote Kyiv Zürich",
    )
    for word in line.split()
)
DAY = datetime(2025, 5, 30, tzinfo=UTC)

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
short_texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
values = st.fixed_dictionaries(
    {
        "headline": short_texts,
        "heading": st.one_of(st.just(""), short_texts),
        "text": texts,
        "date": st.one_of(st.none(), st.integers(0, 3).map(lambda days: DAY + timedelta(days=days))),
    }
)
corpora = st.lists(values, min_size=20, max_size=60)
query_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)
trees: st.SearchStrategy[Node] = st.one_of(
    query_words.map(lambda words: Or(tuple(map(Word, words))) if len(words) > 1 else Word(words[0])),
    st.builds(
        lambda first, second, field: Or((Or((Word(first, field), Word(second))), Phrase(second), Word("peace"))),
        st.sampled_from(WORDS[:10]),
        st.sampled_from(WORDS[:10]),
        st.sampled_from([None, "headline", "text"]),
    ),
    st.builds(lambda first, second: And((Word(first), Word(second))), st.just("peace"), st.sampled_from(WORDS)),
)


@contextmanager
def index_of(
    documents: Sequence[Document], *, batches: int = 1, deleted: Sequence[int] = ()
) -> Iterator[WhooshEngine]:
    """Makes an index with one segment for each batch, and deletes some articles at the end."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(writer, "merge_tiers", lambda _, kept: kept):
        engine = WhooshEngine(Path(folder))
        for first in range(batches):
            with engine.write() as batch:
                for document in documents[first::batches]:
                    batch.add(document)
        if deleted:
            with engine.write() as batch:
                for article_id in deleted:
                    batch.delete_article(article_id)
        yield engine
        engine.close()


def to_documents(section_values: Sequence[dict[str, Any]], *, sections_per_article: int = 1) -> list[Document]:
    return [
        Document(number, (number - 1) // sections_per_article + 1, values, "")
        for number, values in enumerate(section_values, start=1)
    ]


def scores_of(engine: WhooshEngine, request: Request) -> dict[int, float]:
    return {hit.section_ids[0]: hit.score for hit in engine.search(request).hits}


PROPERTY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@PROPERTY
@given(
    corpus=corpora,
    tree=trees,
    batches=st.integers(1, 4),
    deleted=st.sets(st.integers(1, 60), max_size=6).map(sorted),
    sections_per_article=st.sampled_from([1, 1, 3, 30]),
)
def test_scores_are_those_of_the_reference(corpus, tree, batches, deleted, sections_per_article):
    documents = to_documents(corpus, sections_per_article=sections_per_article)
    deleted = deleted if sections_per_article == 1 else deleted[:1]
    reference = Reference([document for document in documents if document.article_id not in deleted])
    request = Request(tree, limit=100)
    with index_of(documents, batches=batches, deleted=deleted) as engine:
        with mock.patch.object(feedback, "MAX_BEST_HITS", 0):
            base = scores_of(engine, request)
        matching = reference.result(request)
        assert set(base) == {document.section_id for document in matching}
        for document in matching:
            assert base[document.section_id] == pytest.approx(reference.result_score(request, document), rel=1e-6)
        # Computed from the engine's own base, so that no rounding error changes the first hits.
        found = scores_of(engine, request)
        assert found == pytest.approx(reference.with_feedback(base), rel=1e-6)
        check_explanations(engine, request, found)


@PROPERTY
@given(corpus=corpora, tree=trees, batches=st.integers(1, 3))
def test_joined_pages_equal_one_page_and_the_scan(corpus, tree, batches):
    documents = to_documents(corpus)
    with index_of(documents, batches=batches) as engine:
        whole = engine.search(Request(tree, limit=100))
        scores = scores_of(engine, Request(tree, limit=100))
        order = [hit.section_ids[0] for hit in whole.hits]
        paged = [
            hit.section_ids[0]
            for offset in range(0, 63, 7)
            for hit in engine.search(Request(tree, offset=offset, limit=7)).hits
        ]
        assert paged == order == list(engine.scan(Request(tree)))
        assert order == Reference(documents).ordered(Request(tree), scores)
        assert sorted(order) == sorted(engine.scan(Request(tree, sort="newest")))
        grouped = engine.search(Request(tree, by_article=True, limit=100))
        assert [hit.section_ids[0] for hit in grouped.hits] == order


@PROPERTY
@given(corpus=corpora, tree=trees, batches=st.integers(2, 5))
def test_scores_do_not_depend_on_the_number_of_segments(corpus, tree, batches):
    documents = to_documents(corpus)
    with index_of(documents) as single, index_of(documents, batches=batches) as several:
        assert several.info().segments == min(batches, len(documents))
        request = Request(tree, limit=100)
        with mock.patch.object(feedback, "MAX_BEST_HITS", 0):
            assert scores_of(single, request) == pytest.approx(scores_of(several, request), rel=1e-9)
            same = list(single.scan(request)) == list(several.scan(request))
        if same:
            assert scores_of(single, request) == pytest.approx(scores_of(several, request), rel=1e-9)


def test_ties_are_ordered_by_date_then_id_among_the_first_hits_and_after_them() -> None:
    # 250 equal texts: feedback compares a hundred and proximity two hundred, and neither changes the order.
    documents = [
        Document(number, number, {"text": "peace talks", "date": DAY + timedelta(days=number % 3)})
        for number in range(1, 251)
    ]
    expected = sorted(range(1, 251), key=lambda number: (-(number % 3), number))
    for batches in (1, 3):
        with index_of(documents, batches=batches) as engine:
            order = list(engine.scan(Request(And((Word("peace"), Word("talks"))))))
            # Hits without points for proximity stay behind.
            assert order == expected
            hits = engine.search(Request(Word("peace"), limit=250)).hits
            assert [hit.section_ids[0] for hit in hits] == expected
            assert {round(hit.score, 9) for hit in hits} == {0.65}


def test_feedback_terms_raise_the_hits_that_have_them() -> None:
    # Ten about ferries, then ten as long that have the word once. The last of these has the ferries' words.
    best = [f"storm storm ferry harbour w{number}" for number in range(10)]
    rest = [f"storm budget vote school w{number}" for number in range(10, 19)]
    texts = [*best, *rest, "storm ferry harbour captain w19"]
    documents = [Document(number, number, {"text": text}) for number, text in enumerate(texts, start=1)]
    with index_of(documents) as engine:
        with mock.patch.object(feedback, "MAX_BEST_HITS", 0):
            before = list(engine.scan(Request(Word("storm"))))
        after = list(engine.scan(Request(Word("storm"))))
    assert before.index(20) > before.index(11)
    assert after.index(20) < after.index(11)
    assert sorted(before) == sorted(after)


def test_words_shared_by_the_sections_of_one_article_are_no_feedback_terms() -> None:
    best = [{"headline": "ferry", "text": f"storm storm storm w{number}"} for number in range(10)]
    rest = [{"headline": f"w{number}", "text": "storm budget vote school"} for number in range(10, 19)]
    rest.append({"headline": "ferry", "text": "storm budget vote school"})
    for sections_per_article, raised in ((1, True), (10, False)):
        documents = to_documents([*best, *rest], sections_per_article=sections_per_article)
        with index_of(documents) as engine:
            explained = engine.explain(Request(Word("storm")), [1, 20])
            assert all(("ferry" in [term.word for term in explained[number].feedback]) == raised for number in (1, 20))


def test_fewer_than_twenty_hits_have_no_feedback() -> None:
    documents = [Document(number, number, {"text": "storm " + "ferry " * (number % 5)}) for number in range(1, 20)]
    with index_of(documents) as engine:
        found = scores_of(engine, Request(Word("storm"), limit=100))
        with mock.patch.object(feedback, "MAX_BEST_HITS", 0):
            assert scores_of(engine, Request(Word("storm"), limit=100)) == found


def test_hits_with_query_neighbours_near_each_other_come_first() -> None:
    apart = "prisoner " + "word " * 9 + "exchange"
    near = "prisoner exchange " + "word " * 9
    documents = [Document(number, number, {"text": text}) for number, text in enumerate([apart, near, apart], start=1)]
    documents.append(Document(4, 4, {"headline": "prisoner", "text": "word " * 9}))
    with index_of(documents) as engine:
        both = scores_of(engine, Request(Or((Word("prisoner"), Word("exchange")))))
        assert both[2] > both[1] == both[3]
        assert scores_of(engine, Request(Word("prisoner")))[1] == scores_of(engine, Request(Word("prisoner")))[2]
        # A function word between them is skipped. Words with another word between them still are a pair.
        for words in (("prisoner", "of", "exchange"), ("prisoner", "word", "exchange")):
            found = scores_of(engine, Request(Or(tuple(map(Word, words)))))
            assert found[2] > found[1]


@pytest.mark.parametrize("size", [1, 5, 400])
def test_forward_index_agrees_with_the_postings(size: int) -> None:
    # A dictionary larger than a step of 13 bits, and documents whose stems are far apart in it.
    fillers = [f"w{number}" for number in range(20_000)]
    documents = [
        Document(1, 1, {"text": " ".join(fillers)}),
        Document(2, 2, {"headline": "zz ferry", "text": "a0 the zz zz ferry " * size}),
        Document(3, 3, {"text": "the"}),
        Document(4, 4, {"text": "w19999"}),
    ]
    with index_of(documents) as engine:
        (reader,) = engine._open().readers
        segment = reader.segment
        rows, stems, weights = read_forward(segment, segment.section_ids[[3, 2, 1]] - 1)
    names = [segment.stems[stem] for stem in stems.tolist()]
    found = list(zip(rows.tolist(), names, weights.tolist(), strict=True))
    assert found == [
        (0, b"w19999", 1),
        (2, b"a0", min(size, 7)),
        (2, b"ferri", min(size + 2, 7)),
        (2, b"zz", min(2 * size + 2, 7)),
    ]
