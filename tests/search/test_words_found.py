"""Which spellings of a word find which, from the query to the marked text: one table for each kind of spelling."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from search.engines.contract import Document, Request
from search.engines.whoosh import WhooshEngine
from search.query import parse
from search.results.highlight import Highlighter

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)


def find(folder: Path, query: str, texts: list[str]) -> dict[int, list[str]]:
    """Returns the texts that a query finds, by their place, each with what is marked in it."""
    engine = WhooshEngine(folder / "index")
    with engine.write() as batch:
        for number, text in enumerate(texts):
            batch.add(Document(number + 1, number + 1, {"text": text}))
    tree = parse(query, now=NOW).tree
    found = sorted(number - 1 for number in engine.scan(Request(tree)))
    engine.close()
    highlighter = Highlighter(tree)
    return {
        number: [piece.text for piece in highlighter.mark(texts[number], "text") if piece.matched] for number in found
    }


NUMBERS = [
    "It cost $7.25m and 40,000kg.",
    "It cost $25m.",
    "About 15 000 soldiers",
    "Rund 15.000 Soldaten",
    "Some 15,000 soldiers, 15’000 in all",
    "Environ 15\u202f000 soldats",
    "في ٢٠٢٤ قتل ١٥ شخصا",
    "In 2024 some 15 died on 1.2.2025",
    "A 5G mast, MH17, an A4 page, COVID-19, 24/7",
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("25m", {1: ["25m"]}),
        ("7.25", {0: ["7.25"]}),
        ("7.25m", {0: ["7.25m"]}),
        ("40000", {0: ["40,000"]}),
        ("40,000kg", {0: ["40,000kg"]}),
        ("40000kg", {0: ["40,000kg"]}),
        ("15000", {2: ["15 000"], 3: ["15.000"], 4: ["15,000", "15’000"], 5: ["15\u202f000"]}),
        ("15.000", {2: ["15 000"], 3: ["15.000"], 4: ["15,000", "15’000"], 5: ["15\u202f000"]}),
        ('"15,000"', {4: ["15,000", "15’000"]}),
        ('"15.000"', {3: ["15.000"]}),
        ('"15 000"', {2: ["15 000"], 5: ["15\u202f000"]}),
        ("15000 w/1 soldiers", {2: ["15 000", "soldiers"], 4: ["15,000", "soldiers", "15’000"]}),
        ("15", {2: ["15"], 5: ["15"], 6: ["١٥"], 7: ["15"]}),
        ("2024", {6: ["٢٠٢٤"], 7: ["2024"]}),
        ("٢٠٢٤", {6: ["٢٠٢٤"], 7: ["2024"]}),
        ("2025", {}),
        ("5G", {8: ["5G"]}),
        ("MH17", {8: ["MH17"]}),
        ("COVID-19", {8: ["COVID-19"]}),
        ("24/7", {8: ["24/7"]}),
        ("a4", {8: ["A4"]}),
        ("5g*", {8: ["5G"]}),
    ],
)
def test_number_is_found_however_it_is_written(tmp_path: Path, query: str, expected: dict[int, list[str]]) -> None:
    assert find(tmp_path, query, NUMBERS) == expected


ABBREVIATIONS = [
    'דובר צה"ל הודיע.',
    "בצה״ל ובארה”ב",
    "צהל הודיע",
    'אמר: "צה" ואז ל',
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('צה"ל', {0: ['צה"ל'], 1: ["בצה״ל"], 2: ["צהל"]}),
        ("צה״ל", {0: ['צה"ל'], 1: ["בצה״ל"], 2: ["צהל"]}),
        ("צהל", {0: ['צה"ל'], 1: ["בצה״ל"], 2: ["צהל"]}),
        ('"צה"ל"', {0: ['צה"ל']}),
        ('"צה"ל הודיע"', {0: ['צה"ל הודיע']}),
        ('"צה"', {3: ["צה"]}),
    ],
)
def test_quotation_mark_inside_a_hebrew_word_is_part_of_it(
    tmp_path: Path, query: str, expected: dict[int, list[str]]
) -> None:
    assert find(tmp_path, query, ABBREVIATIONS) == expected


NAMES = [
    "Jürgen Böll in Düren, Lars Bjørnås in Ålborg, Zoran Đinđić",
    "Juergen Boell in Dueren, Lars Bjoernaas in Aalborg, Zoran Djindjic",
    "Jurgen Boll in Duren, Lars Bjornas in Alborg, Zoran Dindic",
    "The poet's shoes",
    "The Qurʾān of ʿAlī in Hawaiʻi; Ґонта",
    "The Qur'an of Ali in Hawai’i; Гонта",
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Jürgen", {0: ["Jürgen"], 1: ["Juergen"], 2: ["Jurgen"]}),
        ("juergen", {0: ["Jürgen"], 1: ["Juergen"]}),
        ("Jurgen", {0: ["Jürgen"], 2: ["Jurgen"]}),
        ("Bjørnås", {0: ["Bjørnås"], 1: ["Bjoernaas"], 2: ["Bjornas"]}),
        ("Bjornaas", {0: ["Bjørnås"]}),
        ("Aalborg", {0: ["Ålborg"], 1: ["Aalborg"]}),
        ("Ålborg", {0: ["Ålborg"], 1: ["Aalborg"], 2: ["Alborg"]}),
        ("Đinđić", {0: ["Đinđić"], 1: ["Djindjic"], 2: ["Dindic"]}),
        ("djindjic", {0: ["Đinđić"], 1: ["Djindjic"]}),
        ("Jürgen w/3 Dueren", {0: ["Jürgen", "Düren"], 1: ["Juergen", "Dueren"]}),
        ("atleast2(Jürgen)", {}),
        ('"Juergen Boell"', {1: ["Juergen Boell"]}),
        ('"Jürgen"', {0: ["Jürgen"], 2: ["Jurgen"]}),
        ("pot OR shos", {}),
        ("Qur'an", {4: ["Qurʾān"], 5: ["Qur'an"]}),
        ("ʿAli", {4: ["ʿAlī"], 5: ["Ali"]}),
        ("Hawaiʻi", {4: ["Hawaiʻi"], 5: ["Hawai’i"]}),
        ("Гонта", {4: ["Ґонта"], 5: ["Гонта"]}),
        ("ґонта", {4: ["Ґонта"], 5: ["Гонта"]}),
    ],
)
def test_name_is_found_in_its_other_spellings(tmp_path: Path, query: str, expected: dict[int, list[str]]) -> None:
    assert find(tmp_path, query, NAMES) == expected


COMPOUNDS = [
    "An air-strike by an F-16, an e-mail, co-operation, al-Qaeda.",
    "An airstrike by an F16, an email, cooperation, alQaeda.",
    "An air strike by an F 16, an e mail, co operation, al Qaeda.",
    "Two air‑strikes; a ship-to-shore radio",
    "A MiG-29M",
    "A MiG29M",
    "Su-25s and Su25s, a Su-25",
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("airstrike", {0: ["air-strike"], 1: ["airstrike"], 3: ["air‑strikes"]}),
        ("air-strikes", {0: ["air-strike"], 1: ["airstrike"], 2: ["air strike"], 3: ["air‑strikes"]}),
        ("F16", {0: ["F-16"], 1: ["F16"]}),
        ("f-16", {0: ["F-16"], 1: ["F16"], 2: ["F 16"]}),
        ("mig29m", {4: ["MiG-29M"], 5: ["MiG29M"]}),
        ("MiG-29M", {4: ["MiG-29M"], 5: ["MiG29M"]}),
        ("mig29", {4: ["MiG-29"]}),
        ("su25", {6: ["Su-25", "Su25s", "Su-25"]}),
        ("Su-25s", {6: ["Su-25s", "Su25s", "Su-25"]}),
        ("email", {0: ["e-mail"], 1: ["email"]}),
        ("e-mail", {0: ["e-mail"], 1: ["email"], 2: ["e mail"]}),
        ("cooperations", {0: ["co-operation"], 1: ["cooperation"]}),
        ("co-operation", {0: ["co-operation"], 1: ["cooperation"], 2: ["co operation"]}),
        ("alqaeda", {0: ["al-Qaeda"], 1: ["alQaeda"]}),
        ("al-Qaeda", {0: ["al-Qaeda"], 1: ["alQaeda"], 2: ["al Qaeda"]}),
        ("shiptoshore", {3: ["ship-to-shore"]}),
        ('"airstrike"', {1: ["airstrike"]}),
        ('"air-strike"', {0: ["air-strike"], 2: ["air strike"]}),
        ('"F16"', {1: ["F16"]}),
        ("atleast2(airstrike)", {}),
        ("atleast2(air-strike)", {}),
        ("airstrike w/2 F16", {}),
        ("airstrike w/3 F16", {0: ["air-strike", "F-16"], 1: ["airstrike", "F16"]}),
        ("airstrike w/1 by", {0: ["air-strike", "by"], 1: ["airstrike", "by"]}),
    ],
)
def test_joined_and_parted_spellings_find_each_other(
    tmp_path: Path, query: str, expected: dict[int, list[str]]
) -> None:
    assert find(tmp_path, query, COMPOUNDS) == expected


WRITTEN_ON = [
    "İzmir'de Çelik’in konuşması, ABD'nin kararı",
    "Premier Churchill'owi i Presley’ego",
    "총리는 부산에서 법원을 비판했다. NATO는",
    "החדשות בבוקר ושבחדשות",
    "Dar'a, O'Brien, Hawai'i; חד",
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("izmir", {0: ["İzmir'de"]}),
        ("Çelik", {0: ["Çelik’in"]}),
        ("abd", {0: ["ABD'nin"]}),
        ("izmir'in", {0: ["İzmir'de"]}),
        ("Churchill", {1: ["Churchill'owi"]}),
        ("presley", {1: ["Presley’ego"]}),
        ("총리", {2: ["총리는"]}),
        ("부산", {2: ["부산에서"]}),
        ("법원이", {2: ["법원을"]}),
        ("nato", {2: ["NATO는"]}),
        ("חדשות", {3: ["החדשות", "ושבחדשות"]}),
        ("בוקר", {3: ["בבוקר"]}),
        ("החדשות", {3: ["החדשות"]}),
        ("atleast2(חדשות)", {3: ["החדשות", "ושבחדשות"]}),
        ("atleast3(חדשות)", {}),
        ('"izmir"', {}),
        ('"총리"', {}),
        ('"חדשות"', {}),
        ("dar OR brien OR hawai", {}),
    ],
)
def test_word_is_found_with_what_is_written_onto_it(
    tmp_path: Path, query: str, expected: dict[int, list[str]]
) -> None:
    assert find(tmp_path, query, WRITTEN_ON) == expected
