"""The forms of truncations and fuzzy terms against trying every form, with one segment and with several."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.contract import Document, Request
from search.engines.whoosh import WhooshEngine, vocabulary, writer
from search.query.patterns import truncation_regex, within_edits
from search.query.tree import Fuzzy, Truncation

FORMS = (
    *("kyiv", "kiev", "kiyv", "kyivs", "ky", "zelensky", "zelenskyy", "zelenskiy", "selensky", "ana", "anna", "annal"),
    *("москва", "москвы", "москво", "moskva", "мoskva", "киів", "киев", "京", "3.5", "350", "don't", "dont"),
    *("𐐨𐐩𐐪", "𐐨𐐩", "𐐨𐐫𐐪"),
)


@pytest.fixture(params=[1, 3], ids=["one segment", "three segments"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WhooshEngine:
    """Form n occurs in n + 1 sections: of one segment where n is odd, of all segments where it is even."""
    monkeypatch.setattr(writer, "merge_tiers", lambda _, segments: segments)
    engine = WhooshEngine(tmp_path / "index")
    sections = [
        (number, place) for place in range(len(FORMS)) for number in range(1000 * place, 1000 * place + place + 1)
    ]
    for batch_number in range(request.param):
        with engine.write() as batch:
            for number, place in sections:
                if (place if place % 2 else number) % request.param == batch_number:
                    batch.add(Document(number + 1, number + 1, {"text": FORMS[place]}))
    assert engine.info().segments == request.param
    return engine


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(word=st.sampled_from(FORMS) | st.text("kyivанmoск", min_size=1, max_size=6), edits=st.integers(1, 2))
def test_fuzzy_term_takes_every_form_within_its_edits(engine: WhooshEngine, word: str, edits: int) -> None:
    expected = {
        form: place + 1 for place, form in enumerate(FORMS) if within_edits(word, form, edits) and form != word
    }
    found = engine.similar_forms(word, edits=edits)
    assert dict(found) == expected
    assert list(found) == sorted(found, key=lambda entry: (-entry[1], entry[0].encode()))


@pytest.mark.parametrize("text", ["ky*", "k*", "*y*", "zelensk??", "*а*", "москв?", "zz*", "*k*v*", "京*"])
def test_expansion_counts_every_form_once(engine: WhooshEngine, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MAX_SHOWN_FORMS", 1)
    pattern = truncation_regex(text)
    expected = Counter({form: place + 1 for place, form in enumerate(FORMS) if pattern.fullmatch(form)})
    (expansion,) = engine.search(Request(Truncation(text))).expansions
    assert expansion.total == len(expected)
    assert expansion.forms == tuple(sorted(expected.items(), key=lambda entry: (-entry[1], entry[0]))[:1])


@pytest.mark.parametrize("max_counted", [0, 512])
def test_deleted_sections_are_not_counted_in_expansions(
    engine: WhooshEngine, max_counted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "_MAX_COUNTED_FORMS", max_counted)
    monkeypatch.setattr(vocabulary, "MAX_SHOWN_FORMS", 3)
    with engine.write() as batch:
        for place in (0, 4, 8):  # kyiv, ky, selensky
            for number in range(1000 * place, 1000 * place + place + (place < 8)):
                batch.delete_article(number + 1)
    (expansion,) = engine.search(Request(Truncation("*y*"))).expansions
    assert expansion.forms == (("zelenskiy", 8), ("zelenskyy", 7), ("zelensky", 6))
    assert expansion.total == 6
    assert dict(engine.similar_forms("zelensky", edits=1)) == {"zelenskiy": 8, "zelenskyy": 7, "selensky": 1}


def test_expansion_of_a_fuzzy_term_counts_every_form_once(engine: WhooshEngine) -> None:
    (expansion,) = engine.search(Request(Fuzzy("zelensky", 1))).expansions
    assert expansion.total == len(expansion.forms) == 4


@pytest.mark.slow
def test_very_long_forms_are_similar_only_to_each_other(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "long")
    texts = ["x" * 65_541, "xxxxx", "b" * 255, "b" * 256 + "cc", "b" * 257]
    with engine.write() as batch:
        for number, text in enumerate(texts, start=1):
            batch.add(Document(number, number, {"text": text}))
    assert list(engine.scan(Request(Fuzzy("xxxxx", 1), time_limit_seconds=60))) == [2]
    for word in texts[2:]:
        expected = [number for number, text in enumerate(texts, start=1) if within_edits(word, text, 2)]
        assert sorted(engine.scan(Request(Fuzzy(word, 2), time_limit_seconds=60))) == expected
