"""Which agencies a text credits."""

import pytest

from archive.likeness import agency_of_source, credited_agencies

AP, AFP, PA = "Associated Press (AP)", "Agence France-Presse (AFP)", "PA Media (PA)"
BODY = "The council met on Tuesday to speak about the harbour."


@pytest.mark.parametrize(
    ("byline", "paragraphs", "expected"),
    [
        ("Associated Press", [BODY], [AP]),
        ("By MARY SMITH, The Associated Press", [BODY], [AP]),
        ("By Mary Smith and John Doe | AP", [BODY], [AP]),
        ("AP", [BODY], [AP]),
        ("PA", [BODY], [PA]),
        ("Mary Smith, PA Media", [BODY], [PA]),
        ("Reuters Staff", [BODY], ["Reuters"]),
        ("dpa/AFP", [BODY], ["dpa", AFP]),
        ("von dpa", [BODY], ["dpa"]),
        ("", [f"WASHINGTON (AP) — {BODY}"], [AP]),
        ("", [f"LONDON, Nov 3 (Reuters) - {BODY}"], ["Reuters"]),
        ("", [f"BEIJING, Nov. 3 (Xinhua) -- {BODY}"], ["Xinhua"]),
        ("", [f"MOSCOW, November 3. /TASS/. {BODY}"], ["TASS"]),
        ("", [f"МОСКВА, 3 ноября. /ТАСС/. {BODY}"], ["TASS"]),
        ("", [f"KYIV. March 3 (Interfax-Ukraine) – {BODY}"], ["Interfax-Ukraine"]),
        ("", [f"(ANSA) - ROMA, 03 NOV - {BODY}"], ["ANSA"]),
        ("", [f"Madrid, 3 nov (EFE).- {BODY}"], ["EFE"]),
        ("", [f"Berlin (dpa/AFP) - {BODY}"], ["dpa", AFP]),
        ("", [f"STOCKHOLM (TT) {BODY}"], ["TT"]),
        ("", ["A standfirst.", f"TOKYO (Kyodo) -- {BODY}"], ["Kyodo"]),
        ("", [BODY, "— AP"], [AP]),
        ("", [BODY, "/Ritzau/"], ["Ritzau"]),
        ("", [BODY, f"{BODY} (AFP)"], [AFP]),
        ("", [BODY, "(Reporting by Mary Smith; Editing by John Doe)"], ["Reuters"]),
        ("", [BODY, "Copyright 2019 The Associated Press. All rights reserved."], [AP]),
        ("", [BODY, "© 2019 AFP"], [AFP]),
        # A part in a report is no credit, and some signs are words and places too.
        ("", [BODY, "The Associated Press contributed to this report."], []),
        ("", [BODY, "With files from Reuters"], []),
        ("", [f"Reuters reported on Tuesday. {BODY}"], []),
        ("", [f"The agency (in Paris) said so. {BODY}"], []),
        ("Mary Smith, Scranton, PA", [BODY], []),
        ("Mary Smith", [f"The photo (AP Photo) shows it. {BODY}"], []),
        ("Ann Apps", [BODY], []),
        ("", [], []),
    ],
)
def test_credits_are_read_as_agencies_write_them(byline: str, paragraphs: list[str], expected: list[str]) -> None:
    assert list(credited_agencies(byline, paragraphs)) == expected


@pytest.mark.parametrize(
    ("name", "is_agency", "expected"),
    [("Reuters", False, "Reuters"), ("AP", False, AP), ("The Courier", False, ""), ("Coast News", True, "Coast News")],
)
def test_a_source_may_be_an_agency(name: str, is_agency: bool, expected: str) -> None:
    assert agency_of_source(name, is_agency=is_agency) == expected
