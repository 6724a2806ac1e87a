"""Keys of how names sound: which spellings meet, which do not, and when two full names are one person's."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.annotate import same_person, sound_key, wide_sound_key


@pytest.mark.parametrize(
    "spellings",
    [
        "Zelensky Zelenskyy Zelenskiy Zelenskyj Зеленський Зеленский ZELENSKY",
        "Kyiv Kiev Київ Киев Kiew",
        "Kharkiv Харків",
        "Yevgeny Evgeny Yevgeniy Евгений Євгеній",
        "Natalia Natalya Наталья Наталія",
        "Yanukovych Janukowitsch Янукович",
        "Yermak Ermak Єрмак",
        "Donetsk Донецьк Донецк",
        "Zaporizhzhia Zaporizhzhya Запоріжжя",
        "Khrushchev Хрущёв Хрущев",
        "Šefčovič Shefchovich Шефчович",
        "Mitsotakis Μητσοτάκης",
        "Müller Muller Mueller",
        "Alexei Alexey Aleksey Алексей Алексеј",
        "Vincent Вінсент",
    ],
)
def test_spellings_of_one_name_meet(spellings: str) -> None:
    assert len({sound_key(name) for name in spellings.split()}) == 1


@pytest.mark.parametrize(
    ("name", "other"),
    [("Kharkiv", "Kharkov"), ("Putin", "Poroshenko"), ("Minsk", "Pinsk"), ("Iran", "Iraq"), ("北京", "东京")],
)
def test_other_names_do_not_meet(name: str, other: str) -> None:
    assert sound_key(name) != sound_key(other)


@pytest.mark.parametrize(
    "spellings",
    [
        "Kharkiv Kharkov Харків Харьков",
        "Luhansk Lugansk Луганськ",
        "Chernihiv Chernigov Чернігів",
        "Zelensky Selenskyj",
        "Mohamad Muhammad Mohamed",
    ],
)
def test_wide_key_meets_what_a_person_decides(spellings: str) -> None:
    assert len({wide_sound_key(name) for name in spellings.split()}) == 1


def test_words_stay_words() -> None:
    assert sound_key("Abu-Mazen") == sound_key("Abu  Mazen") != sound_key("Abumazen")
    assert wide_sound_key("Io") == sound_key("Io")


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("Volodymyr Zelensky", "Володимир Зеленський", True),
        ("Yevgeny Balitsky", "Evgeny Balitskiy", True),
        ("Vladimir Putin", "Владимир Владимирович Путин", True),
        ("George Bush", "George W. Bush", True),
        ("George Bush", "George Bosch", False),
        ("George Bush", "Jeb Bush", False),
        ("V. Putin", "Vladimir Putin", False),
        ("Putin", "Putin", False),
        ("", "", False),
    ],
)
def test_same_person_needs_given_name_and_surname(name: str, other: str, same: bool) -> None:
    assert same_person(name, other) is same
    assert same_person(other, name) is same


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_name_has_keys(name: str) -> None:
    assert sound_key(name) == sound_key(unicodedata.normalize("NFC", name))
    assert len(wide_sound_key(name)) <= len(sound_key(name))
