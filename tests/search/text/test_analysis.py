"""Tokenization, folding and stemming."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import analysis
from search.text.analysis import Token, fold_text, tokenize, word_forms
from search.text.stemmers import stem_form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("… — ! _ ()", []),
        ("Peace talks resume", ["peace", "talks", "resume"]),
        ("post-war cease-fire", ["post", "war", "cease", "fire"]),
        ("snake_case", ["snake", "case"]),
        ("Łódź, Zürich, Åre", ["lodz", "zurich", "are"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("Ærø Þór œuvre Đà ı", ["aero", "thor", "oeuvre", "da", "i"]),
        ("Е\u0301лка Київ", ["елка", "київ".replace("ї", "і")]),
        ("Άγιος ΆΓΙΟΣ", ["αγιοσ", "αγιοσ"]),
        ("don’t don't", ["don't", "don't"]),
        ("O’Brien’s O'Brien's O'BRIEN'S", ["o'brien"] * 3),
        ("Iva's's", ["iva"]),
        ("l'Ukraine, d’Iran Jusqu'à", ["l", "ukraine", "d", "iran", "jusqu", "a"]),
        ("dell'Ucraina D’Souza degl’altri un'ora", ["dell", "ucraina", "d", "souza", "degl", "altri", "un", "ora"]),
        ("M's o'clock I'd ma'am al'x", ["m", "o'clock", "i'd", "ma'am", "al'x"]),
        ("the sailors' boats", ["the", "sailors", "boats"]),
        ("'quoted' ‘quoted’", ["quoted", "quoted"]),
        ("U.S. U.S US u.s.", ["us", "us", "us", "us"]),
        ("the U.S.-led force, e.g. at 9 a.m.", ["the", "us", "led", "force", "eg", "at", "9", "am"]),
        ("J.K.Rowling", ["jk", "rowling"]),
        ("It ended. A new day.", ["it", "ended", "a", "new", "day"]),
        ("1,000 1000 1,000,000 1,000.5", ["1000", "1000", "1000000", "1000.5"]),
        ("3.5 3,5 1,00 16.05.2025", ["3.5", "3,5", "1,00", "16.05.2025"]),
        ("MH17 F-16 3.5m 5km", ["mh17", "f", "16", "3.5", "m", "5", "km"]),
        ("In 2025.", ["in", "2025"]),
        ("€7.25m 40,000kg the 2,345,678th", ["7.25", "m", "40000", "kg", "the", "2345678", "th"]),
        ("5G 3bn 9a.m. 1990s 1990's 4x4", ["5", "g", "3", "bn", "9", "am", "1990", "s", "1990", "4", "x4"]),
        ("24/7 T-72 COVID-19 A4", ["24", "7", "t", "72", "covid", "19", "a4"]),
        ("15’000 15'000 15'000.50 1,50,000", ["15000", "15000", "15000.50", "150000"]),
        ("7.654.321 7.654,3 15.000 5.300", ["7654321", "7654.3", "15.000", "5.300"]),
        ("0.125 0,125 2, 3 1,2,3", ["0.125", "0,125", "2", "3", "1,2,3"]),
        ("1.2.2025 10.100.200.250 10:30 3-2", ["1.2.2025", "10.100.200.250", "10", "30", "3", "2"]),
        ("15 000 15\u202f000", ["15", "000", "15", "000"]),
        ("٢٠٢٤ ۲۰۲۴ २०२४ ٢٬٥٠٠ ٣٫٥", ["2024", "2024", "2024", "2500", "3.5"]),
        ('ארה"ב דו״ח או”ם', ['ארה"ב', 'דו"ח', 'או"ם']),
        ('"שלום" "ארה"ב"', ["שלום", 'ארה"ב']),
        ("צ'כיה צ׳כיה ג'", ["צ'כיה", "צ'כיה", "ג"]),
        ("ʿAlī Qurʾān Hawaiʻi O‘zbekiston Shiʿa", ["ali", "qur'an", "hawai'i", "o'zbekiston", "shi'a"]),
        ("Ґалаґан Галаган", ["галаган", "галаган"]),
        ("‘quoted’ ʿ ʿʿ", ["quoted", "ʿ", "ʿʿ"]),
        ('5"x 5"', ["5", "x", "5"]),
        ("2025년 ２０，０００人", ["2025", "년", "20", "000", "人"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("平和talks", ["平", "和", "talks"]),
        ("在U.S.公司 在U.S公司", ["在", "us", "公", "司", "在", "us", "公", "司"]),
        ("السَّلام سلام", ["السلام", "سلام"]),
        ("שָׁלוֹם", ["שלום"]),
        ("नमस्ते", ["नमस्ते"]),
        ("ﬁre ＡＢＣ １２", ["fire", "abc", "12"]),
        ("#Kyiv @desk", ["kyiv", "desk"]),
        ("ﾌｪﾘｰﾎﾞ フェリーボ", ["フ", "ェ", "リ", "ー", "ボ"] * 2),
        ("เรือ น้ำ ๒๕", ["เ", "รื", "อ", "น้ํา", "25"]),
        ("သင်္ဘော။ ကူးတို့", ["သ", "င်္ဘော", "ကူး", "တို့"]),
        ("សាឡាង ផ្កាយ ស្ត្រី", ["សា", "ឡា", "ង", "ផ្កា", "យ", "ស្ត្រី"]),
        ("ｱﾝﾅ･ﾊｰﾝ アンナ・ハーン", ["ア", "ン", "ナ", "ハ", "ー", "ン"] * 2),
        ("人々、々〇", ["人", "々", "々", "〇"]),
        ("র\u200c্যাব র\u200d্যাব র্যাব", ["র্যাব"] * 3),
        ("ರಾಜ್\u200cಪುರ ರಾಜ್ಪುರ", ["ರಾಜ್ಪುರ"] * 2),
        ("می\u200cرود", ["مي", "رود"]),
        ("1\ufe0f\u20e3 2\u20e3", ["1", "2"]),
        ("ـ كتـاب", ["ـ", "كتاب"]),
        ("𞤀𞥄𞤪𞤣", ["𞤢𞥄𞤪𞤣"]),
        ("Fähr\u00adhafen, na\u2060val", ["fahrhafen", "naval"]),
        ("\u00ad \u0301", []),
        ("Киевский ЗИМОЙ воўк", ["киевский", "зимой", "воўк"]),
        ("علی على کتاب كتاب ٱلسلام", ["علي", "علي", "كتاب", "كتاب", "السلام"]),
        ("www.example.org/a?b=c", ["www", "example", "org", "a", "b", "c"]),
    ],
)
def test_word_forms_are_folded(text: str, expected: list[str]) -> None:
    assert word_forms(text) == expected


def test_token_has_its_position_and_its_place_in_the_text() -> None:
    assert tokenize("Iva’s U.S. café") == [
        Token("iva", 0, 0, 3),
        Token("us", 1, 6, 10),
        Token("cafe", 2, 11, 15),
    ]


@pytest.mark.parametrize(
    ("form", "other"),
    [
        ("sanctions", "sanction"),
        ("talks", "talking"),
        ("agreed", "agree"),
        ("exchanges", "exchange"),
        ("flooding", "floods"),
        ("паромы", "паромов"),
        ("украинский", "украинской"),
        ("قوات", "القوات"),
        ("ميناء", "بالميناء"),
        ("العبارات", "عبارة"),
        ("κυβερνησησ", "κυβερνηση"),
        ("नौकाओं", "नौका"),
        ('ארה"ב', "ארהב"),
    ],
)
def test_forms_of_one_word_share_their_stem(form: str, other: str) -> None:
    assert stem_form(form) == stem_form(other)


@pytest.mark.parametrize(("form", "other"), [("news", "new"), ("war", "ward"), ("kyiv", "kiev"), ("talk", "tall")])
def test_different_words_keep_different_stems(form: str, other: str) -> None:
    assert stem_form(form) != stem_form(other)


@pytest.mark.parametrize("form", ["东", "2025", "1000.5", "київ", "x"])
def test_form_unknown_to_the_stemmers_is_its_own_stem(form: str) -> None:
    assert stem_form(form) == form


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  The  Lindwick\tPost ", "the lindwick post"),
        ("Süddeutsche ZEITUNG", "suddeutsche zeitung"),
        ("L’Écho", "l'echo"),
        ("U.S.", "u.s."),
        ("", ""),
    ],
)
def test_folded_text_has_no_case_no_accents_and_single_spaces(text: str, folded: str) -> None:
    assert fold_text(text) == folded


_TEXT = st.text(alphabet=st.characters() | st.sampled_from("aB.’'-,_13 éşИ中タ\u0301"), max_size=60)


@given(_TEXT)
def test_tokens_are_in_order_inside_the_text_without_overlap(text: str) -> None:
    at = 0
    for position, token in enumerate(tokenize(text)):
        assert token.position == position
        assert at <= token.start_char < token.end_char <= len(text)
        at = token.end_char


@given(_TEXT)
def test_every_letter_and_digit_is_in_a_token(text: str) -> None:
    covered = {at for token in tokenize(text) for at in range(token.start_char, token.end_char)}
    possessive = {at for at in range(1, len(text)) if text[at] in "sSſ" and text[at - 1] in "'’"}
    missing = [at for at in range(len(text)) if text[at].isalnum() and at not in covered | possessive]
    assert missing == []


_CLUSTERS = (*"กิ้ น้ำ ន្ត្រី က္က င်္ဘ क्षि de\u0301 か\u3099 ｶﾞ 1\ufe0f\u20e3 𞤀𞥄 ك\u064e b".split(), " ")


@given(st.lists(st.sampled_from(_CLUSTERS), max_size=12).map("".join))
def test_no_token_separates_a_letter_from_its_marks(text: str) -> None:
    for token in tokenize(text):
        following = text[token.end_char : token.end_char + 1]
        assert not (following and unicodedata.category(following).startswith("M"))
        assert text[token.end_char - 1] not in "\u1039\u17d2"


@given(st.text(alphabet='abcdefghij XYZ\n,.;!?-()"“”', max_size=60))
def test_plain_words_are_their_lower_case(text: str) -> None:
    without_dots = text.replace(".", " ")
    words = "".join(char if char.isalpha() else " " for char in without_dots).lower().split()
    assert word_forms(without_dots) == words


@given(_TEXT)
def test_composed_and_decomposed_letters_give_the_same_forms(text: str) -> None:
    assert word_forms(unicodedata.normalize("NFD", text)) == word_forms(unicodedata.normalize("NFC", text))


@given(_TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                *"abZ'’.,-_ 1(\n“é渡ل",
                "ab",
                "U.S.",
                "don't",
                "e.g.",
                "1,000",
                "3.5",
                "O’Brien's",
                "ab\u0301",
                "\u0301",
                "K.",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_shortcut_finds_the_tokens_of_the_grammar(text: str) -> None:
    plain = re.compile(analysis._GRAMMAR)
    assert [match.span() for match in analysis.find_words(text)] == [match.span() for match in plain.finditer(text)]
