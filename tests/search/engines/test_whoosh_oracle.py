"""The engine against Whoosh's own searcher on the same files, and against the reference, which tries every document.

The corpora, segments, deletions and query trees are random.
"""

import tempfile
from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.times import OutletTime
from search.engines.contract import Document, Filter, Hit, Request, Results
from search.engines.whoosh import WhooshEngine
from search.fields import FACET_NAMES, NAMES_OF_VALUES
from search.query.dates import DateBound
from search.query.tree import (
    Address,
    And,
    DateRange,
    Everything,
    Keyword,
    Missing,
    Node,
    Not,
    Or,
    Phrase,
    ValueFuzzy,
    ValueTruncation,
    ValueWord,
    Word,
    positive_leaves,
)

from .oracle import Oracle
from .reference import Reference

pytestmark = pytest.mark.slow

WORDS = (
    "peace",
    "talks",
    "talk",
    "talking",
    "exchange",
    "exchanges",
    "war",
    "cease-fire",
    "ceasefire",
    "fire",
    "zurich",
    "Zürich",
    "Zuerich",
    "12 000",
    "US",
    "us",
)
DAY = datetime(2025, 5, 30, tzinfo=UTC)

texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
# Clocks ahead of UTC and behind it, with parts of hours; and none.
OFFSETS = [timedelta(minutes=minutes) for minutes in (0, 0, 60, 13 * 60, -11 * 60, 5 * 60 + 45, -3 * 60 - 30)]
readings = st.one_of(
    st.integers(0, 40).map(lambda hours: DAY + timedelta(hours=hours)),
    st.sampled_from([DAY - timedelta(days=900), DAY - timedelta(days=21_000), DAY + timedelta(days=45)]),
    # The edges of years and months, and a leap day.
    st.sampled_from(
        [datetime(2024, 12, 31, 23, 40), datetime(2025, 1, 1), datetime(2024, 2, 29), datetime(2024, 3, 1)]
    ),
).map(lambda at: at.replace(tzinfo=UTC))
moments = st.none() | st.builds(
    lambda at, offset: at.replace(tzinfo=timezone(offset)), readings, st.sampled_from(OFFSETS)
)
vague_times = st.builds(
    lambda at, precision: OutletTime(
        at.replace(
            hour=0,
            minute=0,
            **({"day": 1} if precision != "day" else {}),
            **({"month": 1} if precision == "year" else {}),
        ),
        precision,
    ),
    readings,
    st.sampled_from(["day", "month", "year"]),
)
dates = moments | moments | vague_times
bounds = st.none() | st.builds(
    lambda clock, offset: DateBound(clock, None if offset is None else clock - offset),
    readings,
    st.none() | st.sampled_from(OFFSETS),
)
VALUES = {
    "source": ("The Globe", "the_globe", "The-Globe", "Mail", ""),
    "kind": ("article", "live"),
    "topic": ("War", "Peace", "Trade"),
    "filed": ("War", "Trade"),
    "byline": ("Ada Møller", "Moeller, Bo", "Bo", "al-Møller", ""),
    "person": ("Ada Møller", "Bo"),
    "place": ("Zürich", "Zuerich", "War"),
    "speaker": ("Bo", "The Globe"),
    "lang": ("en", "en-GB", "fr", ""),
    "month": ("2025-05", "2025-06", ""),
    "year": ("2025", ""),
}
ADDRESSES = (
    "a.example/",
    "b.a.example/x/y",
    "a.example/x-1?x=a.example",
    "ba.example/xy",
    "a.example.x/é/x#y",
    "c.x:80/a",
)
# Days, a week and months of which a text speaks, around the bounds of queries.
DAYS = tuple(
    (date(2025, *first), date(2025, *last))
    for first, last in (((5, 1), (5, 1)), ((5, 2), (5, 2)), ((4, 28), (5, 4)), ((5, 1), (5, 31)), ((6, 1), (6, 1)))
)
values = st.fixed_dictionaries(
    {
        "headline": texts,
        "heading": texts,
        "standfirst": texts,
        "text": texts,
        "date": dates,
        "updated": dates,
        **{name: st.sampled_from(known) for name, known in VALUES.items()},
        **{
            name: st.lists(st.sampled_from(VALUES[name]), max_size=3).map(tuple)
            for name in ("topic", "byline", "person", "place", "speaker")
        },
        # Other names of values, of which a word or a whole name may be that of a value too.
        **{
            name: st.lists(st.sampled_from(("Wars", "Trade-war", "Møller", "peace")), max_size=2).map(tuple)
            for name in NAMES_OF_VALUES.values()
        },
        "url": st.lists(st.sampled_from(ADDRESSES), max_size=2).map(tuple),
        "event": st.lists(st.sampled_from(DAYS), max_size=3).map(tuple),
    }
)


def batches_of(section_values: st.SearchStrategy[Any], *, max_sections: int) -> st.SearchStrategy[Any]:
    """Generates batches: the articles to delete, and the articles to write, each with the values of its sections."""
    articles = st.dictionaries(
        st.integers(1, 6), st.lists(section_values, min_size=1, max_size=max_sections), max_size=4
    )
    return st.lists(st.tuples(st.sets(st.integers(1, 6), max_size=2), articles), min_size=1, max_size=4)


batches = batches_of(values, max_sections=4)
text_fields = st.sampled_from([None, None, "headline", "heading", "standfirst", "text"])
leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Word, st.sampled_from([*WORDS, "cease", "12000", "unheard"]), text_fields),
    st.builds(Phrase, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), text_fields),
    st.sampled_from(
        [(name, value) for name, known in VALUES.items() for value in known if value] + [("topic", "trade war")]
    ).map(lambda pair: Keyword(pair[0], pair[1].upper())),
    st.builds(
        ValueWord,
        st.sampled_from(FACET_NAMES),
        st.sampled_from(["globe", "The-Globe", "møller", "moeller", "MOLLER", "bo", "war", "english", "june", "2025"]),
    ),
    st.builds(
        ValueTruncation,
        st.sampled_from(FACET_NAMES),
        st.sampled_from(["mo*", "gl?be", "the-gl*", "al-m*", "engl*", "2025-*", "*er"]),
    ),
    st.builds(
        Address,
        st.sampled_from(["url", "site"]),
        st.sampled_from(
            [
                "a.example",
                "example",
                "b.a.example/x",
                "x",
                "x*",
                "*x",
                "a*x",
                "a.ex*",
                "b*.example/x",
                ".example",
                "x/y",
            ]
        ),
        st.sampled_from([False, False, False, True]),
    ),
    st.builds(ValueFuzzy, st.sampled_from(FACET_NAMES), st.sampled_from(["glob", "moler", "lave"]), st.integers(1, 2)),
    st.builds(DateRange, st.sampled_from(["date", "updated", "event"]), st.just("x"), bounds, bounds),
    st.builds(
        Missing, st.sampled_from(["headline", "text", "source", "topic", "byline", "date", "updated", "url", "event"])
    ),
    st.just(Everything()),
)
trees = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(tuple).map(And),
        st.lists(parts, min_size=2, max_size=3).map(tuple).map(Or),
        parts.map(Not),
    ),
    max_leaves=6,
)
filters = st.lists(
    st.sampled_from(["source", "topic", "kind", "place"]).flatmap(
        lambda name: st.builds(
            Filter,
            st.just(name),
            st.lists(st.sampled_from([value for value in VALUES[name] if value]), max_size=2).map(tuple),
            st.lists(st.sampled_from([value for value in VALUES[name] if value]), max_size=1).map(tuple),
        )
    ),
    max_size=2,
    unique_by=lambda chosen: chosen.field,
).map(tuple)
requests = st.builds(
    Request,
    tree=trees,
    unit=st.sampled_from(["section", "section", "article"]),
    by_article=st.booleans(),
    leads=st.booleans(),
    fold=st.sampled_from(["", "group"]),
    filters=filters,
    span=st.none() | st.tuples(bounds, bounds),
    undated=st.sampled_from([False, False, False, True]),
    facets=st.just(FACET_NAMES),
    histogram=st.sampled_from([None, "auto", "hour", "day", "month", "year"]),
    sort=st.sampled_from(["relevance", "newest", "oldest", "captured"]),
    offset=st.integers(0, 4),
    limit=st.integers(0, 8),
    sections_per_hit=st.integers(1, 3),
)


# The group of an article changes from batch to batch; all sections of it have the same.
GROUPS = ("1", "", "1", "2", "1", "", "2")


def write_batches(engine: WhooshEngine, batches: list[Any]) -> list[Document]:
    """Commits the batches; returns the documents that must be in the index."""
    expected: dict[int, list[Document]] = {}
    next_id = 1
    for number, (deleted, written) in enumerate(batches):
        with engine.write() as batch:
            for article_id in sorted(deleted | set(written)):
                batch.delete_article(article_id)
                expected.pop(article_id, None)
            for article_id, sections in written.items():
                for values in sections:
                    updated = values.get("updated")
                    changed = getattr(updated, "at", updated)
                    grouped = values | {"group": GROUPS[(article_id + number) % len(GROUPS)]}
                    document = Document(next_id, article_id, grouped, f"print {next_id}", changed)
                    batch.add(document)
                    expected.setdefault(article_id, []).append(document)
                    next_id += 1
    return [document for article in expected.values() for document in article]


PROPERTY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(params=["merged", "unmerged"], scope="module")
def unmerged(request):
    """Runs a property twice: with small segments merged at each commit, as usual, and with every segment kept."""
    from search.engines.whoosh import writer

    with pytest.MonkeyPatch.context() as patch:
        if request.param == "unmerged":
            patch.setattr(writer, "merge_tiers", lambda _, segments: segments)
        yield


@PROPERTY
@given(batches=batches, searches=st.lists(requests, min_size=1, max_size=5))
def test_answers_are_those_of_oracle_and_reference(unmerged, batches, searches):
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        documents = write_batches(engine, batches)
        assert engine.info().documents == len(documents)
        stored = [(document.article_id, document.section_id, document.fingerprint) for document in documents]
        assert list(engine.fingerprints()) == sorted(stored)
        reference, oracle = Reference(documents), Oracle(Path(folder))
        for request in searches:
            check(engine, request, reference, oracle)


def check(engine: WhooshEngine, request: Request, reference: Reference, oracle: Oracle) -> None:
    scanned = list(engine.scan(request))
    expected = reference.result(request)
    by_id = {document.section_id: document for document in expected}
    assert sorted(scanned) == sorted(by_id)
    if request.unit == "section" and not (request.filters or request.span or request.undated):
        matching = set(oracle.find(request.tree))
        chosen = reference.choose(request, [other for other in reference.documents if other.section_id in matching])
        assert sorted(scanned) == sorted(document.section_id for document in chosen)

    every = engine.search(
        Request(
            request.tree,
            request.unit,
            leads=request.leads or request.by_article,
            filters=request.filters,
            span=request.span,
            undated=request.undated,
            sort=request.sort,
            limit=100,
            sections_per_hit=100 if request.unit == "article" else 1,
        )
    )
    base = {number: reference.result_score(request, document) for number, document in by_id.items()}
    expected_scores = reference.with_feedback(base) if request.sort == "relevance" else base
    scores = {}
    for hit in every.hits:
        assert hit.score == pytest.approx(expected_scores[hit.section_ids[0]], rel=1e-6, abs=1e-12)
        scores[hit.section_ids[0]] = hit.score
    if request.unit == "section":
        order = reference.ordered(request, scores)
        assert scanned == order

    whole = Request(**vars(request) | {"by_article": True, "offset": 0, "limit": 1000, "sections_per_hit": 1000})
    listed = [(hit.article_id, list(hit.section_ids), hit.matched) for hit in engine.search(whole).hits]
    assert [astuple(article) for article in engine.scan_articles(request)] == listed

    results = engine.search(request)
    articles = {document.article_id for document in expected}
    leads = {document.section_id for document in expected if reference.is_lead(request, document)}
    assert (results.sections, results.leads) == (len(expected) - len(leads), len(leads))
    assert results.articles == len(articles)
    if request.by_article or request.unit == "article":
        assert results.total == len({reference.owner(request, document) for document in expected})
        check_article_hits(results.hits, request, scanned, by_id, leads)
    else:
        assert results.total == len(expected)
        page = scanned[request.offset : request.offset + request.limit]
        assert [hit.section_ids for hit in results.hits] == [(section_id,) for section_id in page]
        assert all(hit.matched == (hit.section_ids[0] not in leads) for hit in results.hits)
    check_facets(engine, request, reference, results)
    if request.histogram is None:
        assert results.histogram is None
    else:
        assert results.histogram is not None
        intervals = ["auto", "hour", "day", "month", "year"]
        assert intervals.index(results.histogram.interval) >= intervals.index(request.histogram)
        reference.check_histogram(request, results.histogram)


def check_facets(engine: WhooshEngine, request: Request, reference: Reference, results: Results) -> None:
    """Every value is counted; with a limit of one, the first is returned, and those in the request's filters."""
    for name in FACET_NAMES:
        assert results.facets[name] == reference.facet(request, name)
        assert results.facet_sizes[name] == len(results.facets[name])
    limited = engine.search(Request(**{**vars(request), "facet_limit": 1}))
    for name in FACET_NAMES:
        chosen = [
            value
            for facet_filter in request.filters
            if facet_filter.field == name
            for value in (*facet_filter.values, *facet_filter.excluded)
        ]
        full = results.facets[name]
        assert limited.facets[name] == tuple(
            entry for place, entry in enumerate(full) if place < 1 or entry[0] in chosen
        )
        assert limited.facet_sizes[name] == len(full)


def check_article_hits(
    hits: tuple[Hit, ...], request: Request, scanned: list[int], by_id: dict[int, Document], leads: set[int]
) -> None:
    """Articles are in the order of their best sections, and the sections of each are in order.

    Of those that are folded, the first stands for all.
    """
    sections_of: dict[int, list[int]] = {}
    articles_of: dict[str | int, dict[int, None]] = {}
    for section_id in scanned:
        document = by_id[section_id]
        sections_of.setdefault(document.article_id, []).append(section_id)
        articles_of.setdefault(Reference.owner(request, document), {})[document.article_id] = None
    listed = [(next(iter(articles)), len(articles)) for articles in articles_of.values()]
    assert [(hit.article_id, hit.section_ids, hit.matched, hit.articles) for hit in hits] == [
        (
            article_id,
            tuple(sections_of[article_id][: request.sections_per_hit]),
            len(set(sections_of[article_id]) - leads),
            articles,
        )
        for article_id, articles in listed[request.offset : request.offset + request.limit]
    ]


words_only = st.recursive(
    st.builds(Word, st.sampled_from(WORDS)) | st.builds(Phrase, st.sampled_from(WORDS)),
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(tuple).map(And),
        st.lists(parts, min_size=2, max_size=3).map(tuple).map(Or),
    ),
    max_leaves=4,
)


@PROPERTY
@given(batches=batches, tree=words_only, sort=st.sampled_from(["relevance", "newest"]))
def test_a_hit_of_a_live_page_has_a_word_of_the_query_unless_articles_are_listed(batches, tree, sort):
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        documents = {document.section_id: document for document in write_batches(engine, batches)}
        reference = Reference(list(documents.values()))
        words = [leaf for leaf in positive_leaves(tree) if isinstance(leaf, Word | Phrase)]

        def has_a_word(section_id: int) -> bool:
            own = [replace(word, field=field) for word in words for field in ("heading", "text")]
            entry = documents[section_id].values["kind"] == "live"
            return not entry or any(reference.matches(word, documents[section_id]) for word in own)

        hits = set(engine.scan(Request(tree, sort=sort)))
        assert all(map(has_a_word, hits))
        every = {number for number, document in documents.items() if reference.matches(tree, document)}
        grouped = engine.search(Request(tree, by_article=True, sort=sort, limit=100, sections_per_hit=100))
        for hit in grouped.hits:
            own = hits.intersection(hit.section_ids)
            assert (len(own), len(hit.section_ids)) == (hit.matched, hit.matched or 1)
        assert {hit.article_id for hit in grouped.hits} == {documents[number].article_id for number in every}
        engine.close()
