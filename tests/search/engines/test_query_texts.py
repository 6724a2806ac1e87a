"""The engine against the reference for whole queries as people write them, over texts with the same spellings."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.contract import Document, Request
from search.engines.whoosh import WhooshEngine
from search.query import QueryError, parse
from search.results.highlight import Highlighter

from .reference import Reference

pytestmark = pytest.mark.slow

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)
WORDS = (
    *("12 000", "12,000", "12.000", "12’000", "12000", "$5.3bn", "5.3", "3bn", "20,000km", "٢٠٢٥", "2025", "1.2.2025"),
    *("cease-fire", "ceasefire", "cease", "fire", "F-16", "F16", "F-16C", "F16s", "co-op", "17-year-old", "al-Qaeda"),
    *("O’Neill", "O'Neill", "l'Ukraine", "Qur’an", "İzmir’de", "izmir", "Kennedy'ego", "ʿAli", "Ali", "don't"),
    *(
        'צה"ל',
        "צהל",
        'דו"ח',
        "חדשות",
        "ובחדשות",
        "서울",
        "서울에서",
        "국민들은",
        "平和",
        "Müller",
        "Mueller",
        "Straße",
    ),
    *("R&D", "C++", "50%", "x^2", "U.S.", "a_b", "§", "😀", "-", "e\u0301", "co\u00adop"),
)
NAMES = ("Ada Quill", "Bo O’Neill", "Müller, Ann", "Reuters and AP", "al-Qaeda", "12 000")
texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
documents = st.lists(
    st.fixed_dictionaries(
        {
            "headline": texts,
            "text": texts,
            "byline": st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
            "source": st.sampled_from(["", *NAMES]),
            "date": st.none() | st.just(datetime(2025, 6, 1, tzinfo=UTC)),
        }
    ),
    min_size=1,
    max_size=6,
)
_FIELDS = st.sampled_from(["", "", "", "headline:", "text:", "byline:", "by=", "source:", "hlead:"])
_values = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map('"{}"'.format),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.sampled_from(WORDS).map("{}*".format),
    st.sampled_from(NAMES).map('"{}"'.format),
    st.sampled_from(["none", "*", "quill", "o'neill", "muller", "mueller", "ap", "ann-muller"]),
)
terms = st.tuples(_FIELDS, _values).map("".join) | st.sampled_from(["date:none", "date:2025-06", "headline:none", "*"])
operands = st.tuples(st.sampled_from(["", "", "-", "NOT ", "!"]), terms).map("".join)
queries = st.recursive(
    operands,
    lambda inner: st.lists(
        st.tuples(inner, st.sampled_from([" ", " OR ", " AND ", " NOT ", " w/3 ", " || ", " % ", " -"])),
        min_size=1,
        max_size=3,
    ).map(lambda pairs: "(" + "".join(part + operator for part, operator in pairs[:-1]) + pairs[-1][0] + ")"),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(values=documents, asked=st.lists(queries, min_size=1, max_size=6), unit=st.sampled_from(["section", "article"]))
def test_query_finds_what_the_reference_finds(values: list[Any], asked: list[str], unit: Any) -> None:
    stored = [Document(number, number, value) for number, value in enumerate(values, start=1)]
    reference = Reference(stored)
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        with engine.write() as batch:
            for document in stored:
                batch.add(document)
        for text in asked:
            try:
                parsed = parse(text, now=NOW)
            except QueryError:
                continue
            request = Request(parsed.tree, unit=unit)
            expected = {document.section_id for document in reference.result(request)}
            assert set(engine.scan(request)) == expected, text
            assert engine.among(request, range(1, len(stored) + 1)) == expected
            assert parse(parsed.canonical, now=NOW).tree == parsed.tree
            # What is marked are pieces of the text, and nothing of it is lost.
            highlighter = Highlighter(parsed.tree)
            for document in stored:
                body = str(document.values["text"])
                assert "".join(piece.text for piece in highlighter.mark(body, "text")) == body
        engine.close()
