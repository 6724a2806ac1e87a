"""Abbreviations in capitals: which words are, and that building finds the same as the text does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.contract import Document
from search.engines.whoosh.building import SegmentBuilder
from search.engines.whoosh.terms import Terms, decode
from search.text import CAPITALS_MARK, FormTable, find_abbreviations, is_abbreviation, phrase_forms, tokenize

PIECES = [
    "US",
    "U.S.",
    "WHO",
    "us",
    "TROOPS",
    "CENTCOM",
    "I",
    "MI6",
    "COVID-19",
    "A",
    "’s",
    "'S",
    "’S",
    "US-led",
    "l’OTAN",
]
texts = st.lists(st.one_of(st.sampled_from([*PIECES, *" \n,.(:", "\u00a0", "。", "12 000"]), st.text(max_size=3))).map(
    "".join
)


def abbreviations(text: str) -> list[str]:
    tokens = tokenize(text)
    return [text[tokens[place].start_char : tokens[place].end_char] for place in find_abbreviations(text, tokens)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The US told us.", ["US"]),
        ("A U.S. official, U.K. and EU aides", ["U.S.", "U.K.", "EU"]),
        ("US, UK, EU and NATO", ["US", "UK", "EU", "NATO"]),
        ("the CNN's US desk", ["CNN", "US"]),
        ("the NRA CEO", ["NRA", "CEO"]),
        ("a US-led, US-UK, pro-EU plan by l’OTAN", ["US", "US", "UK", "EU", "OTAN"]),
        ("US COVID-19 deaths, MI6, США и ООН", ["US", "COVID", "MI6", "США", "ООН"]),
        ("LIVE: US troops leave", ["LIVE", "US"]),
        ("WASHINGTON (AP) I say", ["AP"]),
        ("FOR ALL WHO SERVED", []),
        ("US TROOPS", []),
        ("TRUMP’S BORDER WALL", []),
        ("BREAKING NEWS: US TROOPS LEAVE\nThe WHO agrees", ["WHO"]),
        ("CENTCOM and Nato and MPs", []),
        ("", []),
    ],
)
def test_words_in_capitals_are_abbreviations_unless_the_line_shouts(text: str, expected: list[str]) -> None:
    assert abbreviations(text) == expected


@pytest.mark.parametrize(
    ("phrase", "forms"),
    [
        ("US troops", ["+us", "troops"]),
        ("U.S.", ["+us"]),
        ("us", ["us"]),
        ("GIVE US TROOPS", ["give", "us", "troops"]),
    ],
)
def test_phrase_asks_for_abbreviations_in_capitals(phrase: str, forms: list[str]) -> None:
    assert [form.replace(CAPITALS_MARK, "+") for form in phrase_forms(phrase)] == forms


@given(texts)
def test_word_is_judged_alone_as_within_its_text(text: str) -> None:
    tokens = tokenize(text)
    found = [token.position for token in tokens if is_abbreviation(text, token.start_char, token.end_char)]
    assert found == find_abbreviations(text, tokens)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
def test_index_has_the_abbreviations_of_each_text(documents: list[tuple[str, str]]) -> None:
    builder = SegmentBuilder(FormTable())
    for number, (headline, text) in enumerate(documents):
        builder.add(Document(number, 1, {"headline": headline, "text": text}))
    arrays, _ = builder.build()
    forms = [decode(form) for form in Terms(arrays, "forms").all()]
    found = {
        (form.removeprefix(CAPITALS_MARK), int(doc)): int(tf)
        for ordinal, form in enumerate(forms)
        if form.startswith(CAPITALS_MARK)
        for doc, tf in zip(
            arrays["forms.docs"][slice(*arrays["forms.starts"][ordinal : ordinal + 2])],
            arrays["forms.tfs"][slice(*arrays["forms.starts"][ordinal : ordinal + 2])],
            strict=True,
        )
    }
    expected: dict[tuple[str, int], int] = {}
    for number, both in enumerate(documents):
        for text in both:
            tokens = tokenize(text)
            for place in find_abbreviations(text, tokens):
                key = tokens[place].form, number
                expected[key] = expected.get(key, 0) + 1
    assert found == expected
