"""Highlighting: what is marked is what matched, and snippets show it."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.contract import Document
from search.query.parser import parse
from search.query.tree import And, Not, Or, Phrase, Word
from search.results.highlight import MAX_SNIPPET_CHARS, Highlighter, Piece
from search.text import tokenize

from ..engines.reference import Reference

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)


def marker(q: str) -> Highlighter:
    return Highlighter(parse(q, now=NOW).tree)


def marked(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.matched]


@pytest.mark.parametrize(
    ("q", "text", "expected"),
    [
        ("sanction", "New sanctions, old Sanction.", ["sanctions", "Sanction"]),
        ('"sanction"', "New sanctions, old Sanction.", ["Sanction"]),
        ('"river crest"', "A river crest; the river's crest; river crests.", ["river crest", "river's crest"]),
        ("cafe", "The Café’s door", ["Café"]),
        ("U.S.", "US and U.S. boats", ["US", "U.S."]),
        ('"U.S."', "US and U.S. boats take us to USA", ["US", "U.S."]),
        (
            '"US boats"',
            "Give us boats. US boats. The U.S. boats, the US’s boats",
            ["US boats", "U.S. boats", "US’s boats"],
        ),
        ('"WHO"', "Those WHO served. ALL WHO SERVED LOST", ["WHO"]),
        ("us w/2 boats", "US boats", ["US", "boats"]),
        ("post-war", "A post war plan, a post-war plan, a war post", ["post war", "post-war"]),
        ("boat OR ferry", "Ferry and boats", ["Ferry", "boats"]),
        ("boat NOT ferry", "Ferry and boats", ["boats"]),
        ("NOT (boat ferry)", "Ferry and boats", []),
        ('"a b" OR "b c"', "a b c", ["a b c"]),
        ("平和", "平和、和平", ["平和"]),
        ("headline:boat", "boats", []),
        ("text:boat", "boats", ["boats"]),
        ("source:boats", "boats", []),
        ("*", "boats", []),
        ("2025 date:2025", "in 2025", ["2025"]),
        ("boat", "", []),
    ],
)
def test_matching_words_are_marked(q: str, text: str, expected: list[str]) -> None:
    pieces = marker(q).mark(text, "text")
    assert marked(pieces) == expected
    assert "".join(piece.text for piece in pieces) == text


def test_text_between_matches_is_kept_in_order() -> None:
    assert marker("boat").mark("A boat, a ship.", "text") == (
        Piece("A "),
        Piece("boat", matched=True),
        Piece(", a ship."),
    )


FILL = "Fog lay on the water and nobody spoke. "


def test_a_short_text_is_its_own_snippet() -> None:
    snippet = marker("boat").snippet("A boat\nsailed.", "text")
    assert snippet.pieces == (Piece("A "), Piece("boat", matched=True), Piece(" sailed."))
    assert not snippet.cut_before
    assert not snippet.cut_after


def test_a_snippet_without_a_match_is_the_beginning() -> None:
    snippet = marker("boat").snippet(FILL * 20, "text")
    assert snippet.pieces[0].text.startswith("Fog lay on the water")
    assert not snippet.cut_before
    assert snippet.cut_after


def test_a_snippet_begins_with_the_sentence_of_its_match_and_ends_between_words() -> None:
    snippet = marker("boat").snippet(FILL * 20 + "At six the boat came in. " + FILL * 20, "text")
    passage = "".join(piece.text for piece in snippet.pieces)
    assert passage.startswith("At six the boat came in.")
    assert passage.rsplit(" ", 1)[-1] in FILL.split()
    assert snippet.cut_before
    assert snippet.cut_after


def test_a_snippet_shows_the_passage_with_the_most_of_the_query() -> None:
    text = "A boat, a boat, a boat. " + FILL * 20 + "A boat met a ferry. " + FILL * 20
    assert set(marked(marker("boat ferry").snippet(text, "text").pieces)) == {"boat", "ferry"}


MENU = "JUST WATCHED Boat Sinks Off Harbour Replay More Videos ... MUST WATCH Boat Sinks Off Harbour 01:19\n"
CAPTION = "Enlarge this image toggle caption The boat and the boat in the harbour. Ada Example/AP\n"
PROSE = "The boat came in at six, and nobody on it had seen the storm.\n"


@pytest.mark.parametrize("fragments", [MENU * 4, CAPTION * 4, "Boat, boat, boat. Read more\n" * 12])
@pytest.mark.parametrize("prose_first", [True, False])
def test_a_sentence_wins_over_menus_and_captions_that_have_the_word_more_often(
    fragments: str, prose_first: bool
) -> None:
    text = PROSE + fragments if prose_first else fragments + PROSE
    snippet = marker("boat").snippet(text, "text")
    assert "".join(piece.text for piece in snippet.pieces).strip() == PROSE.strip()
    assert snippet.is_prose
    assert not marker("boat").snippet(fragments, "text").is_prose


def test_a_fragment_with_more_of_the_query_wins_over_a_sentence() -> None:
    snippet = marker("boat sinks").snippet(PROSE * 8 + MENU, "text")
    assert {word.lower() for word in marked(snippet.pieces)} == {"boat", "sinks"}
    assert snippet.terms == 2


def test_a_snippet_without_a_match_begins_with_the_first_prose() -> None:
    snippet = marker("zebra").snippet(MENU + CAPTION + FILL * 20, "text")
    assert snippet.pieces[0].text.startswith("Fog lay on the water")
    assert snippet.cut_before


@pytest.mark.parametrize(
    ("q", "text"),
    [
        ('"' + "fog lay on the water and nobody spoke " * 6 + '"', "Boat. " * 60 + FILL * 6 + "Boat. " * 60),
        ('"' + "fog lay on the water and nobody spoke " * 12 + '"', "Boat. " * 60 + FILL * 12 + "Boat. " * 60),
        ("船", "水" * 400 + "船" * 900),
        ("船", "水" * 400 + "船" + "水" * 400),
        ('"' + "船" * 70 + '"', "水" * 400 + "船" * 70 + "水" * 400),
        ("x" * 500, "word " * 80 + "x" * 500 + " word" * 80),
        ("boat", "x" * 400 + " boat " + "x" * 400),
    ],
    ids=["long phrase", "longer than a passage", "run", "Han", "Han phrase", "long word", "no spaces around"],
)
def test_a_snippet_shows_its_match_however_long_and_wherever(q: str, text: str) -> None:
    snippet = marker(q).snippet(text, "text")
    assert marked(snippet.pieces)
    assert sum(len(piece.text) for piece in snippet.pieces) <= MAX_SNIPPET_CHARS


@pytest.mark.parametrize(
    ("q", "sentence"),
    [
        ("สุนัข", "แมวและสุนัขนั่งอยู่ที่ท่าเรือ"),
        ("ကြောင်", "ကြောင်နှင့်ခွေးသည်တက္ကသိုလ်တွင်ထိုင်နေ"),
        ("ឆ្កែ", "ឆ្មានិងឆ្កែអង្គុយនៅកំពង់ផែ"),
        ("犬", "猫と犬は港にいます"),
    ],
    ids=["Thai", "Burmese", "Khmer", "Japanese"],
)
@pytest.mark.parametrize("before", [0, 3, 40, 41])
def test_a_snippet_without_spaces_is_as_long_as_any_and_splits_no_cluster(q: str, sentence: str, before: int) -> None:
    text = sentence[:1] * before + sentence * 40
    for length in range(120, 140):
        snippet = marker(q).snippet(text, "text", max_chars=length)
        passage = "".join(piece.text for piece in snippet.pieces)
        assert length - 6 <= len(passage) <= length
        assert marked(snippet.pieces)
        start = text.index(passage)
        for place in (start, start + len(passage)):
            assert not unicodedata.category(text[place]).startswith("M")
            assert text[place - 1 : place] not in ("\u1039", "\u17d2")


def test_a_snippet_begins_with_its_sentence_where_no_space_follows_the_full_stop() -> None:
    text = "霧が水の上にあった。" * 40 + "六時に船が来た。" + "霧が水の上にあった。" * 40
    assert "".join(piece.text for piece in marker("船").snippet(text, "text").pieces).startswith("六時に船が来た。")


_GAPS = st.sampled_from([" ", "  ", ". ", "\n", "-", ", ", "", ".” "])
_MARKED = ("नौकाओं", "القُوَّات", "паромов", "เรือ", "တက္က", "ខ្មែរ", "ﾌﾞｲ", "שָׁלוֹם")
_SPELLED = ("air-strike", "airstrike", "Jürgen", "Juergen", "12 000", "12.000", "12,000", "000", "5km")
_TEXTS = st.lists(
    st.tuples(
        st.sampled_from(["boat", "Boats", "fog", "FERRY", "cafe", "us", "U.S.", "O’Brien", "船", *_MARKED, *_SPELLED]),
        _GAPS,
    )
)
_LEAVES = st.builds(
    Word,
    st.sampled_from(
        ["boat", "ferry", "café", "boat-fog", "船", "U.S.", "नौका", "قوات", "паром", "อ", *_SPELLED, "12000"]
    ),
) | st.builds(
    Phrase,
    st.sampled_from(["boats", "fog boat", "ferry ferry", "船船", "boat fog cafe", "ខ្មែ", "ブイ", "שלום", "12000"]),
)
_TREES = st.lists(_LEAVES, min_size=1, max_size=4).map(lambda leaves: Or(tuple(leaves)))


def matched_chars(tree: Or, text: str) -> set[int]:
    """The oracle: every character of every run of tokens that the reference finds for a leaf."""
    document = Document(1, 1, {"text": text})
    reference, tokens = Reference([document]), tokenize(text)
    return {
        at
        for leaf in tree.parts
        for _, first, last in reference.spans(leaf, document)  # type: ignore[arg-type]
        for at in range(tokens[first].start_char, tokens[last].end_char)
    }


_JOINED_TEXTS = _TEXTS.map(lambda parts: "".join(word + gap for word, gap in parts))


@given(_TREES, _JOINED_TEXTS)
def test_exactly_the_characters_of_matches_are_marked(tree: Or, text: str) -> None:
    pieces = Highlighter(tree).mark(text, "text")
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    at = 0
    found: set[int] = set()
    for piece in pieces:
        if piece.matched:
            found.update(range(at, at + len(piece.text)))
        at += len(piece.text)
    assert found == matched_chars(tree, text)


@given(_TREES, _JOINED_TEXTS, st.integers(0, 30), st.integers(20, 120))
def test_a_snippet_is_a_bounded_passage_of_the_text_that_shows_a_match(
    tree: Or, text: str, before: int, length: int
) -> None:
    text = "Nobody spoke then. " * before + text
    snippet = Highlighter(tree).snippet(text, "text", max_chars=length)
    passage = "".join(piece.text for piece in snippet.pieces)
    assert len(passage) <= length
    assert passage in text.replace("\n", " ")
    assert snippet.cut_before or text.replace("\n", " ").startswith(passage)
    assert snippet.cut_after or text.replace("\n", " ").endswith(passage)
    assert bool(marked(snippet.pieces)) is bool(matched_chars(tree, text))
    whole = "".join(piece.text if piece.matched else "\x00" for piece in Highlighter(tree).mark(text, "text"))
    assert all(shown in whole.replace("\n", " ") for shown in marked(snippet.pieces))


@given(_TREES, _JOINED_TEXTS)
def test_excluded_terms_are_never_marked(tree: Or, text: str) -> None:
    assert marked(Highlighter(And((Word("fog"), Not(tree)))).mark(text, "text")) == marked(
        Highlighter(Word("fog")).mark(text, "text")
    )


def words_marked(query: str, text: str, field: str = "text") -> list[str]:
    tree = parse(query, now=NOW).tree
    return [piece.text for piece in Highlighter(tree).mark(text, field) if piece.matched]


def test_truncations_and_fuzzy_terms_mark_the_forms_they_match() -> None:
    text = "Sanctions on women: Zelenskyy’s pre-war sanctioning of a woman"
    assert words_marked("sanction*", text) == ["Sanctions", "sanctioning"]
    assert words_marked("wom?n", text) == ["women", "woman"]
    assert words_marked("Zelensky~", text) == ["Zelenskyy"]
    assert words_marked("pre-w*", text) == ["pre-war"]


def test_proximity_and_counting_mark_their_words_and_a_not_marks_none() -> None:
    assert words_marked("(fog OR mist) w/5 boat AND atleast2(sea) NOT rain", "Sea fog, a boat at sea in rain") == [
        "Sea",
        "fog",
        "boat",
        "sea",
    ]


def test_headline_and_lead_mark_only_headlines_and_the_first_words() -> None:
    text = "fog " + "word " * 59 + "fog"
    assert words_marked("hlead(fog)", text) == ["fog"]
    assert words_marked("hlead(fog)", "late fog", "headline") == ["fog"]
    assert words_marked("hlead(fog)", "late fog", "standfirst") == []


_LETTERS = st.sampled_from(
    [
        *" .,-'’“—\n",
        "U.S.",
        "1,000",
        "1 000",
        "1’000",
        "1.000",
        "dying",
        "die",
        "Ferry’s",
        "ferries",
        "Zürich",
        "zurich",
        "O’Brien",
        "ab",
        "北京",
        "É",
    ]
)


@given(
    st.lists(_LETTERS | st.text(max_size=3), max_size=24).map(" ".join) | st.lists(_LETTERS, max_size=24).map("".join),
    st.sampled_from(["ferry", "die", "us", "1000", "zurich", "o'brien", "ab dying", "北京", "e", "elephant"]),
    st.sampled_from([Word, Phrase]),
)
def test_matching_near_prefixes_finds_the_same_as_testing_every_word(
    text: str, words: str, kind: type[Word] | type[Phrase]
) -> None:
    quick, whole = Highlighter(kind(words)), Highlighter(kind(words))
    quick.mark("a", "text")
    whole.mark("a", "text")
    for index in whole._matcher._indexes.values():
        index.prefixes = ()
    assert quick.mark(text, "text") == whole.mark(text, "text")
