"""Every operator against the reference, which tries every position, over random texts of sentences and paragraphs."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.contract import Document, Filter, QueryLimitError, Request
from search.engines.statements import SaidText
from search.engines.tree_rules import condition_of_statements
from search.engines.whoosh import WhooshEngine
from search.engines.whoosh.matching import FUNCTION_WORD_WEIGHT, K3
from search.query.tree import (
    And,
    AtLeast,
    Everything,
    Fuzzy,
    InStatement,
    Keyword,
    Missing,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Truncation,
    ValueTruncation,
    ValueWord,
    Word,
)
from search.text import tokenize

from .reference import K1, Reference, paragraph_starts, sentence_starts

WORDS = (
    "peace",
    "talks",
    "talk",
    "talking",
    "Exchange",
    "exchanges",
    "War",
    "cease-fire",
    "ceasefire",
    "peace-talk-war",
    "Fire",
    "Zürich",
    "Zuerich",
    "Zurich",
    "kyiv",
    "kiev",
    *("US", "U.S.", "us"),
    *("12,000", "12 000", "12.000", "5km"),
    *(
        "паромы",
        "القوات",
        "नौकाओं",
        "เรือ",
        "ខ្មែរ",
        "渡轮",
        "한국",
        "한국은",
        "חדשות",
        "ובחדשות",
        "İzmir'de",
        "izmir",
        "𐐨𐐩𐐪",
    ),
)
ENDS = (" ", " ", " ", ". ", "? ", ".\n", "\n")

texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(ENDS)), max_size=14).map(
    lambda parts: "".join(word + end for word, end in parts)
)
# Pieces that overlap, end within words, or are outside of the text.
pieces = st.tuples(st.sampled_from(["heading", "text", "text"]), st.integers(0, 60), st.integers(0, 40)).map(
    lambda piece: (piece[0], piece[1], piece[1] + piece[2])
)
statements = st.builds(
    SaidText,
    st.lists(pieces, max_size=3).map(tuple),
    st.lists(st.sampled_from(["Ada Reed", "Bo"]), max_size=2).map(tuple),
    st.lists(st.sampled_from(["Reuters", "TASS"]), max_size=2).map(tuple),
    st.integers(1, 1 << 40),
    st.integers(0, 3),
    st.lists(st.integers(1, 3), max_size=3).map(tuple),
)
values = st.fixed_dictionaries(
    dict.fromkeys(("headline", "heading", "standfirst", "text"), texts)
    | {"kind": st.sampled_from(["article", "live", "live"]), "statements": st.lists(statements, max_size=4).map(tuple)}
)
articles = st.lists(st.lists(values, min_size=1, max_size=3), min_size=1, max_size=4)
regions = st.sampled_from([None, None, None, "headline", "text", "hlead"])
terms = st.one_of(
    st.builds(Word, st.sampled_from([*WORDS, "12000", "unheard"]), regions),
    st.builds(Phrase, st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join), regions),
    st.builds(
        Truncation,
        st.sampled_from(["talk*", "t?lks", "*ch*", "k*v", "cease-f*", "ex*es", "zz*", "паром*", "*قوا*", "नौ*ओ?"]),
        regions,
    ),
    st.builds(
        Fuzzy,
        st.sampled_from(["kyiv", "peace", "tlak", "zurich", "xyzzyx", "паромі", "𐐨𐐪", "한극"]),
        st.integers(1, 2),
        regions,
    ),
)
operands: st.SearchStrategy[Node] = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(Or),
        st.builds(Near, inner, inner, st.integers(1, 6) | st.sampled_from(["s", "p"]), st.booleans(), st.booleans()),
    ),
    max_leaves=4,
)
counted = st.builds(AtLeast, st.integers(1, 4), operands)
names: st.SearchStrategy[Node] = st.sampled_from(
    [
        ValueWord("speaker", "reed"),
        Keyword("speaker", "bo"),
        ValueTruncation("speaker", "a*"),
        Keyword("via", "TASS"),
        Missing("speaker"),
        Missing("via"),
        Everything(),
        Keyword("kind", "live"),
    ]
)


def joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(tuple).map(And),
        st.lists(parts, min_size=2, max_size=3).map(tuple).map(Or),
        parts.map(Not),
    )


within: st.SearchStrategy[Node] = st.recursive(operands | counted | names, joined, max_leaves=4)
said = st.builds(InStatement, within)
filters = st.builds(
    Filter,
    st.just("speaker"),
    st.lists(st.sampled_from(["Ada Reed", "Bo", "Di"]), max_size=2).map(tuple),
    st.lists(st.just("Bo"), max_size=1).map(tuple),
) | st.builds(Filter, st.just("via"), st.just(("TASS",)))
trees = st.recursive(operands | counted | said | said | names, joined, max_leaves=4)


def _make_document(section_id: int, article_id: int, values: dict[str, Any]) -> Document:
    """Returns a document with its statements, and the names of these."""
    of_statements = values["statements"]
    named = {
        name: tuple({value for statement in of_statements for value in getattr(statement, name)})
        for name in ("speaker", "via")
    }
    return Document(section_id, article_id, {**values, **named}, "", statements=of_statements)


def write(engine: WhooshEngine, article_values: list[Any], *, batches: int) -> list[Document]:
    """Writes articles in batches; returns the documents. An article is a list of the values of its sections."""
    documents = [
        _make_document(10 * article + number, article, values)
        for article, sections in enumerate(article_values, start=1)
        for number, values in enumerate(sections)
    ]
    for first in range(batches):
        with engine.write() as batch:
            for document in documents:
                if document.article_id % batches == first:
                    batch.add(document)
    return documents


def check_explanations(engine: WhooshEngine, request: Request, scores: dict[int, float]) -> None:
    """The points of each explanation add up to its score, and the field weights of each word to its points."""
    explained = engine.explain(request, list(scores))
    assert set(explained) == set(scores)
    for section_id, explanation in explained.items():
        assert explanation.score == scores[section_id]
        points = sum(part.points for part in explanation.words + explanation.pairs + explanation.feedback)
        assert points == pytest.approx(explanation.score, rel=1e-6, abs=1e-12)
        scale = {part.points / part.idf / part.factor / (weight / (K1 + weight))
                 for part in explanation.words if (weight := sum(field.weight for field in part.fields))}  # fmt: skip
        assert not scale or max(scale) == pytest.approx(min(scale), rel=1e-6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    article_values=articles,
    tree=trees,
    unit=st.sampled_from(["section", "article"]),
    leads=st.booleans(),
    batches=st.integers(1, 2),
)
def test_operators_find_and_score_as_the_reference_does(
    article_values: list[Any], tree: Node, unit: Any, leads: bool, batches: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        documents = write(engine, article_values, batches=batches)
        reference = Reference(documents)
        request = Request(tree, unit=unit, leads=leads, limit=100, sections_per_hit=100)
        assert set(engine.scan(request)) == {document.section_id for document in reference.result(request)}
        hits = engine.search(request).hits
        check_explanations(engine, request, {hit.section_ids[0]: hit.score for hit in hits})
        if unit == "section":
            scores = {hit.section_ids[0]: hit.score for hit in hits}
            for document in reference.result(request):
                assert scores[document.section_id] == pytest.approx(
                    reference.result_score(request, document), rel=1e-6, abs=1e-12
                )
        engine.close()


@settings(max_examples=60, deadline=None)
@given(article_values=articles, batches=st.integers(1, 3))
def test_sentences_and_paragraphs_in_the_index_are_those_of_the_text(article_values: list[Any], batches: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        documents = {document.section_id: document for document in write(engine, article_values, batches=batches)}
        for reader in engine._open().readers:
            for number, section_id in enumerate(reader.segment.section_ids.tolist()):
                section_values = documents[section_id].values
                for name, find in (("sentences", sentence_starts), ("paragraphs", paragraph_starts)):
                    expected, at = [], 0
                    for field in ("headline", "heading", "standfirst", "text"):
                        text = str(section_values[field])
                        expected += [at + start for start in find(text)]
                        at += len(tokenize(text)) + 1
                    found, _ = reader.segment.breaks(name, np.array([number]))
                    assert found.tolist() == sorted(set(expected))
        engine.close()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    article_values=articles,
    tree=trees,
    filters=st.lists(filters, max_size=2),
    by=st.integers(0, 4),
    naming=st.integers(0, 4),
    batches=st.integers(1, 3),
)
def test_lists_have_the_statements_that_are_asked_for_of_the_sections_that_match(
    article_values: list[Any], tree: Node, filters: list[Filter], by: int, naming: int, batches: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        documents = {document.section_id: document for document in write(engine, article_values, batches=batches)}
        request = Request(tree, sort="oldest", limit=1000, filters=tuple(filters))
        reference, condition = Reference(list(documents.values())), condition_of_statements(tree, filters)
        expected = [
            (section_id, statement)
            for section_id in engine.scan(request)
            for statement in documents[section_id].statements
            if by in (0, statement.by) and (not naming or naming in statement.naming)
            if condition is None or reference.says(condition, statement, documents[section_id])
        ]
        found = [(section_id, statement.number) for section_id, statement in expected]
        listed = engine.list_statements(request, by=by, naming=naming)
        assert list(listed.found) == found
        assert (listed.total, listed.sections) == (len(found), len({section_id for section_id, _ in found}))
        grouped = engine.list_statements(request, by=by, naming=naming, by_speaker=True)
        speakers = {statement.by for _, statement in expected}
        assert {group.by: list(group.found) for group in grouped.groups} == {
            speaker: [(section_id, statement.number) for section_id, statement in expected if statement.by == speaker]
            for speaker in speakers
        }
        totals = [(group.by == 0, -group.total) for group in grouped.groups]
        assert totals == sorted(totals)
        assert grouped.speakers == len(speakers)
        paged = [
            statement
            for offset in range(0, len(found) + 1, 2)
            for statement in engine.list_statements(
                replace(request, offset=offset, limit=2), by=by, naming=naming, by_speaker=True
            ).found
        ]
        assert paged == [statement for group in grouped.groups for statement in group.found]
        engine.close()


def test_large_frequencies_are_counted_in_full() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        with engine.write() as batch:
            batch.add(Document(1, 1, {"text": "talk " * 700}))
            batch.add(Document(2, 2, {"text": "talks " * 699}))
        for count, expected in ((699, [1, 2]), (700, [1]), (701, [])):
            assert sorted(engine.scan(Request(AtLeast(count, Truncation("talk*"))))) == expected
            assert sorted(engine.scan(Request(AtLeast(count, Word("talk"))))) == expected
        engine.close()


def test_expansions_list_the_most_frequent_forms_first() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        with engine.write() as batch:
            for number, text in enumerate(["talks talking", "talks", "walks tall"], start=1):
                batch.add(Document(number, number, {"text": text}))
        results = engine.search(Request(Not(And((Truncation("talk*"), Near(Fuzzy("walk", 1), Word("tall"), 5))))))
        assert [expansion.written for expansion in results.expansions] == ["talk*", "walk~1"]
        assert results.expansions[0].forms == (("talks", 2), ("talking", 1))
        assert results.expansions[0].total == 2
        engine.close()


def test_exceeded_time_limit_is_an_error_without_a_partial_answer() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        with engine.write() as batch:
            batch.add(Document(1, 1, {"text": "talks"}))
        with pytest.raises(QueryLimitError, match="narrow the result"):
            engine.search(Request(Word("talks"), time_limit_seconds=-1))
        engine.close()


@pytest.fixture
def few() -> Iterator[WhooshEngine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        with engine.write() as batch:
            for number, text in enumerate(["the fire", "the port", "fire and port", "a ferry"], start=1):
                batch.add(Document(number, number, {"text": text}))
        yield engine
        engine.close()


def scores(engine: WhooshEngine, tree: Node) -> dict[int, float]:
    return {hit.section_ids[0]: hit.score for hit in engine.search(Request(tree)).hits}


def test_function_word_weighs_little_beside_another_word_of_the_archive(few: WhooshEngine) -> None:
    alone = scores(few, Word("the"))[2]
    assert scores(few, Or((Word("the"), Word("fire"))))[2] == pytest.approx(alone * FUNCTION_WORD_WEIGHT)
    assert scores(few, Or((Word("the"), Word("unheard"))))[2] == pytest.approx(alone)
    assert scores(few, Or((Word("the"), Word("and"))))[2] == pytest.approx(alone)
    assert scores(few, And((Word("the"), Word("port"))))[2] < alone + scores(few, Word("port"))[2]


def test_repeated_word_weighs_more_but_not_proportionally(few: WhooshEngine) -> None:
    once, thrice = (scores(few, Or((Word("fire"),) * times + (Word("ferry"),)))[1] for times in (1, 3))
    assert once < thrice < 3 * once
    assert thrice == pytest.approx(once * 3 * (1 + K3) / (3 + K3))
