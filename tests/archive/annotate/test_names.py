"""Names of persons, places and organisations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.annotate import find_names, place_named
from tests.paths import ROOT


def names_of(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(text[mention.span.start : mention.span.end], mention.type) for mention in find_names(text, language)]


def labels_of(text: str, language: str = "en") -> dict[str, str]:
    mentions = find_names(text, language)
    return {text[mention.span.start : mention.span.end]: mention.label for mention in mentions}


@pytest.fixture(scope="module")
def seed() -> str:
    return (ROOT / "seeds/000_41d69cf706419f58.txt").read_text(encoding="utf-8")


def test_seed_names_all_and_nothing_else(seed: str) -> None:
    found = names_of(seed)
    assert set(found) == {
        *((name, "place") for name in "Ukraine Russia Kyiv Moscow Istanbul Siberia Lithuania Zaporizhzhia".split()),
        *((name, "person") for name in ("Volodymyr Zelensky", "Zelensky", "Yevgeny Balitsky", "Putin")),
        *((name, "person") for name in ("Andriy Yermak", "Yermak")),
        *((name, "organisation") for name in ("Ukrainian Armed Forces", "RIA", "TASS", "Telegram")),
    }
    assert [name for name, _ in found[:4]] == ["Ukraine", "Russia", "Kyiv", "Moscow"]
    assert sum(name == "Zaporizhzhia" for name, _ in found) == 5


def test_label_is_the_fullest_form_in_the_text(seed: str) -> None:
    labels = labels_of(seed)
    assert labels["Yermak"] == "Andriy Yermak"
    assert labels["Zelensky"] == "Volodymyr Zelensky"
    assert labels["Putin"] == "Putin"


def test_label_is_of_the_nearest_full_name_before() -> None:
    text = "Anna Weber spoke. Ms Weber left.\nThen Karl Weber came. Mr Weber stayed."
    assert [mention.label for mention in find_names(text)] == ["Anna Weber"] * 2 + ["Karl Weber"] * 2
    assert labels_of("The IMF lent. The International Monetary Fund agreed.")["IMF"] == "International Monetary Fund"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It met Mr Obuasi.", [("Obuasi", "person")]),
        ("He thanked prime minister Ana Brnabic.", [("Ana Brnabic", "person")]),
        ("French President Emmanuel Macron left.", [("Emmanuel Macron", "person")]),
        ("Moscow Mayor Yuri Luzhkov left.", [("Moscow", "place"), ("Yuri Luzhkov", "person")]),
        (
            "Ludwig van Beethoven and Bashar al-Assad",
            [("Ludwig van Beethoven", "person"), ("Bashar al-Assad", "person")],
        ),
        ("Then-President Boris Yeltsin spoke.", [("Boris Yeltsin", "person")]),
        ("It was April Jones, not April.", [("April Jones", "person")]),
        ("Lindqvist, 45, was there.", [("Lindqvist", "person")]),
        ("Lindqvist, 90①, was there.", []),
        ("They asked Chelsea Clinton.", [("Chelsea Clinton", "person")]),
        ("They left New Zealand and Saudi Arabia.", [("New Zealand", "place"), ("Saudi Arabia", "place")]),
        ("It sank in the Gulf of Mexico.", [("Gulf of Mexico", "place")]),
        ("They fled the village of Staouelo.", [("Staouelo", "place")]),
        ("It is near Lake Chad.", [("Lake Chad", "place")]),
        (
            "TAVILDARA, Tajikistan (Reuters) - It rained.",
            [("TAVILDARA", "place"), ("Tajikistan", "place"), ("Reuters", "organisation")],
        ),
        ("Shots hit the Ukrainian Foreign Ministry.", [("Ukrainian Foreign Ministry", "organisation")]),
        ("The Food and Drug Administration agreed.", [("Food and Drug Administration", "organisation")]),
        ("He is of the University of East Anglia.", [("University of East Anglia", "organisation")]),
        ("She joined Acme Widgets Inc. in May.", [("Acme Widgets Inc.", "organisation")]),
        ("Secretary of State Hillary Clinton met US$ 5.", [("Hillary Clinton", "person")]),
        ("EU Farm Commissioner Franz Fischler left.", [("EU", "organisation"), ("Franz Fischler", "person")]),
        ("They like SBC Warburg.", [("SBC Warburg", "organisation")]),
        ("Wigan 42 Bradford Bulls 36", [("Wigan", "organisation"), ("Bradford Bulls", "organisation")]),
        ("The XKB denied it.", [("XKB", "organisation")]),
        ("The US and the UN agreed; it is who we are.", [("US", "place"), ("UN", "organisation")]),
        (
            "The Ukraine-Russia war in Guinea-Bissau",
            [("Ukraine", "place"), ("Russia", "place"), ("Guinea-Bissau", "place")],
        ),
        ("South Korea-based groups", [("South Korea", "place")]),
        ("He won the U.S. Open after the Gulf War.", []),
        ("South Africans, Sri Lankan fishermen and the Russians", []),
        ("Nice things happened on Monday in March.", []),
        ("Turkey said so.", [("Turkey", "place")]),
    ],
)
def test_rules(text: str, expected: list[tuple[str, str]]) -> None:
    assert names_of(text) == expected


def test_capitals_are_no_giant_name() -> None:
    text = "UKRAINE WAR: KYIV AND YERMAK WANT NEW TALKS WITH RUSSIA\nAndriy Yermak said so."
    assert names_of(text)[:4] == [("UKRAINE", "place"), ("KYIV", "place"), ("YERMAK", "person"), ("RUSSIA", "place")]
    assert labels_of(text)["YERMAK"] == "Andriy Yermak"
    assert names_of("WE WANT WHAT WAS PROMISED AND NOTHING ELSE") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Он увидел Владимира на улице."),
        ("ru", "Пришла Наташа Ростова. Если так, почти все."),
        ("ru", "Его видели в харькове."),
        ("ar", "وقال الرئيس بعد ذلك"),
    ],
)
def test_a_form_that_may_be_another_word_is_no_place(language: str, text: str) -> None:
    assert find_names(text, language) == []


def test_titles_with_capitals_have_known_names_only() -> None:
    assert names_of("Why Many People In London Want More Trees") == [("London", "place")]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("uk", "Президент Володимир Зеленський: Київ і Москва", {"Київ": "Kyiv", "Москва": "Moscow"}),
        ("de", "Olaf Scholz kam aus Kiew nach München.", {"Kiew": "Kyiv", "München": "Munich"}),
        ("fr-CA", "Le président est à Londres.", {"Londres": "London"}),
        ("zh", "俄罗斯总统在北京说", {"俄罗斯": "Russia", "北京": "Beijing"}),
        ("hi", "भारत और दिल्ली", {"भारत": "India", "दिल्ली": "Delhi"}),
        ("ar", "قال الرئيس في كييف", {"كييف": "Kyiv"}),
        (
            "ru",
            "Взрыв в Харькове и под Донецком, в России.",
            {"Харькове": "Kharkiv", "Донецком": "Donetsk", "России": "Russia"},
        ),
        (
            "uk",
            "Вибух у Києві, у Донецьку й під Львовом.",
            {"Києві": "Kyiv", "Донецьку": "Donetsk", "Львовом": "Lviv"},
        ),
        ("ar", "القصف على بغداد وبيروت", {"بغداد": "Baghdad", "بيروت": "Beirut"}),
        ("ar", "وصل إلى دمشق وببيروت", {"دمشق": "Damascus", "بيروت": "Beirut"}),
        ("he", "הוא אמר בירושלים ובמוסקבה", {"ירושלים": "Jerusalem", "מוסקבה": "Moscow"}),
        ("en", "The sign says Київ. Президент Путин", {"Київ": "Kyiv"}),
    ],
)
def test_other_languages_have_places_of_the_gazetteer_only(language: str, text: str, expected: dict[str, str]) -> None:
    mentions = find_names(text, language)
    assert {mention.type for mention in mentions} == {"place"}
    assert {mention.label for mention in mentions} == expected.keys()
    assert {mention.label: place_named(mention.label, language.split("-")[0]) for mention in mentions} == expected
    for mention in mentions:
        assert text[mention.span.start : mention.span.end] == mention.label


PIECES = [
    "Kyiv",
    "Mr ",
    "Bank of ",
    "AND",
    "and ",
    "’s",
    '"',
    "“",
    "\n",
    ". ",
    ", ",
    "-",
    "北京",
    "Київ",
    "<b>",
    "&",
    "é",
    "U.S. ",
    "al-",
    " ",
]


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join),
    st.sampled_from(["en", "de", "zh"]),
)
def test_any_text_has_names_in_order_without_overlap(text: str, language: str) -> None:
    end = 0
    for mention in find_names(text, language):
        assert end <= mention.span.start < mention.span.end <= len(text)
        assert mention.label.strip()
        end = mention.span.end


def test_place_inside_a_name_is_no_second_name() -> None:
    assert names_of("He met Anna Weber北京ova.") == [("Anna Weber北京ova", "person")]


def test_markup_is_no_name() -> None:
    assert names_of('<a href="Kyiv" class=London>Moscow</a>') == [("Moscow", "place")]
