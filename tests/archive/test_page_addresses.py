"""Which page of an article an address names."""

import pytest

from archive.page_addresses import first_page, page_number, page_of, parent_page

FLOOD = "https://courier.example/flood"


@pytest.mark.parametrize(
    ("url", "number", "first"),
    [
        (FLOOD, None, FLOOD),
        (f"{FLOOD}?page=2", 2, FLOOD),
        (f"{FLOOD}?lang=en&page=3", 3, f"{FLOOD}?lang=en"),
        (f"{FLOOD}?Seite=12#top", 12, f"{FLOOD}#top"),
        (f"{FLOOD}/page/2/", 2, FLOOD),
        (f"{FLOOD}/seite-4?lang=de", 4, f"{FLOOD}?lang=de"),
        (f"{FLOOD}?page=20250602", None, f"{FLOOD}?page=20250602"),
        (f"{FLOOD}?mypage=2", None, f"{FLOOD}?mypage=2"),
        (f"{FLOOD}/page/0", None, f"{FLOOD}/page/0"),
        ("https://courier.example/page/2025", None, "https://courier.example/page/2025"),
    ],
)
def test_an_address_names_a_page_and_the_first(url: str, number: int | None, first: str) -> None:
    assert (page_of(url), first_page(url)) == (number, first)


@pytest.mark.parametrize(
    ("url", "number"),
    [
        (FLOOD, 1),
        ("http://www.courier.example/flood/", 1),
        (f"{FLOOD}?page=2", 2),
        (f"{FLOOD}/2/", 2),
        (f"{FLOOD}?p=3", 3),
        (f"{FLOOD}?teil=4", 4),
        (f"{FLOOD}-2", None),
        (f"{FLOOD}/2025", None),
        (f"{FLOOD}?id=4711", None),
        (f"{FLOOD}?p=2&q=3", None),
        (f"{FLOOD}?p=next", None),
        ("https://courier.example/fire", None),
        ("https://courier.example/", None),
        ("https://[broken", None),
    ],
)
def test_a_link_names_a_page_behind_the_first(url: str, number: int | None) -> None:
    assert page_number(url, FLOOD) == number


def test_a_bare_number_continues_the_name_of_an_article_alone() -> None:
    assert parent_page("https://courier.example/flood-in-brunholt/3/") == "https://courier.example/flood-in-brunholt"
    for other in ("news/3", "2025/06/03", "flood-in-brunholt/300", "flood-in-brunholt"):
        assert parent_page(f"https://courier.example/{other}") == ""
