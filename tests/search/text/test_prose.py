"""search/text/prose.py: which places of a page are in prose, and which in what surrounds it."""

import pytest

from search.text import is_prose_at

PROSE = [
    "The minister resigned on Monday after a week of protests.",
    "“We shall leave at once,” the minister told reporters in the port.",
    "The minister said he would go: he did not say when, or where.",
    "Why would a minister leave the town before the vote was over?",
    "По словам министра, паром вышел из порта в шесть часов утра.",
    "قال الوزير إن العبارة غادرت الميناء في الساعة السادسة.",
    "大臣は月曜日に辞任すると発表した。",
    "Der Minister sagte am Montag, die Regierung werde das Geld bald zahlen.",
]
FRAGMENTS = [
    "JUST WATCHED Minister resigns Replay More Videos ... MUST WATCH Minister resigns 01:19",
    "Minister resigns over ferry scandal Read more",
    "Read more: Minister Resigns Over Ferry Scandal in the North",
    "Enlarge this image toggle caption The minister at the port of Marbeck. Ada Example/AP",
    "Home News Politics Minister Weather Sport Opinion Archive Contact",
    "Why Did the Minister Leave the Harbour Before the Vote?",
    "Photo: the minister in the port (Marbeck Courier)",
    "Minister. Ports. Ferries. Tides.",
    "Related: minister, ports, ferries and tides",
    "大臣 港 フェリー",
    "Minister",
]
WORDS = ("inister", "министра", "الوزير", "大臣")


@pytest.mark.parametrize("sentence", PROSE)
@pytest.mark.parametrize("before", ["", "JUST WATCHED Harbour fire 00:44\n", "The ferry had left by then. "])
def test_a_full_sentence_is_prose_wherever_it_stands(sentence: str, before: str) -> None:
    text = f"{before}{sentence}\nThe rest of the day was calm, people said."
    assert is_prose_at(text, _place(text, sentence))


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_menus_captions_and_titles_are_no_prose(fragment: str) -> None:
    for text in (fragment, f"The rest of the day was calm, people said.\n{fragment}\nNobody spoke of it again."):
        assert not is_prose_at(text, _place(text, fragment))


def _place(text: str, part: str) -> int:
    word = next(word for word in WORDS if word in part)
    return text.index(word, text.index(part))
