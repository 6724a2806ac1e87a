"""Short forms get the one full name of their capture; a phrase names one speaker, or nobody."""

import pytest

from archive.annotate import Span
from archive.finding.joining import full_forms, label_of, labels_by_place

YERMAK = ("person", "Andriy Yermak")


@pytest.mark.parametrize(
    ("labels", "short", "expected"),
    [
        ([YERMAK], ("person", "Yermak"), YERMAK),
        ([YERMAK, YERMAK], ("person", "YERMAK"), YERMAK),
        ([YERMAK, ("person", "Oleh Yermak")], ("person", "Yermak"), ("person", "Yermak")),
        ([YERMAK], ("person", "Andriy"), ("person", "Andriy")),
        ([YERMAK], ("person", "mak"), ("person", "mak")),
        ([YERMAK], ("organisation", "Yermak"), ("organisation", "Yermak")),
        ([("place", "New York")], ("place", "York"), ("place", "York")),
        ([("person", "Ursula von der Leyen")], ("person", "von der Leyen"), ("person", "Ursula von der Leyen")),
        ([], YERMAK, YERMAK),
    ],
)
def test_a_short_form_has_the_only_full_name_that_ends_in_it(
    labels: list[tuple[str, str]], short: tuple[str, str], expected: tuple[str, str]
) -> None:
    assert full_forms([*labels, short])(short) == expected


@pytest.mark.parametrize(
    ("phrase", "names", "expected"),
    [
        ("Ada Bell", {"Ada Bell": "person"}, "Ada Bell"),
        ("Ada Bell, mayor of Marbeck", {"Ada Bell": "person", "Marbeck": "place"}, "Ada Bell"),
        ("Marbeck mayor Ada Bell", {"Ada Bell": "person", "Marbeck": "place"}, "Ada Bell"),
        ("Ada Bell's lawyer Tom Reed", {"Ada Bell": "person", "Tom Reed": "person"}, "Tom Reed"),
        ("Ada Bell's lawyer", {"Ada Bell": "person"}, None),
        ("a lawyer", {}, None),
        ("the Red Cross", {"Red Cross": "organisation"}, "Red Cross"),
        ("Marbeck", {"Marbeck": "place"}, "Marbeck"),
        ("the Hague", {"Hague": "place"}, "Hague"),
        ("officials in Marbeck", {"Marbeck": "place"}, None),
    ],
)
def test_a_phrase_names_one_speaker_or_nobody(phrase: str, names: dict[str, str], expected: str | None) -> None:
    text = f"It rained, {phrase} said. Ada Bell and Tom Reed left Marbeck."
    placed = [(place := text.index(name), place + len(name), (kind, name)) for name, kind in names.items()]
    placed.append((end := len(text) - 8, end + 7, ("place", "Marbeck")))
    start = text.index(phrase)
    label = label_of(text, labels_by_place(placed), Span(start, start + len(phrase)))
    assert (label[1] if label else None) == expected


def test_no_phrase_names_nobody() -> None:
    assert label_of("", [], None) is None
