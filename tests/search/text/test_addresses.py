"""search/text/addresses.py: web addresses as search compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.addresses import address_key
from search.text import address_text, is_address, is_domain, read_address, write_address

SPELLINGS = [
    "https://www.example.org/News/live-1",
    "http://example.org/news/live-1/",
    "HTTPS://EXAMPLE.ORG/NEWS/LIVE-1",
    "example.org/news/live-1",
    "www.example.org/news/live-1",
    "//m.example.org/news/live-1",
    "<https://example.org/news/live-1>",
    "https://example.org/news/live-1?utm_source=x&fbclid=y",
    "https://example.org/news/live-1#:~:text=fog",
    "https://example.org/amp/news/live-1",
    "https://example.org/%6Eews/live%2D1",
]


@pytest.mark.parametrize("written", SPELLINGS)
def test_spellings_of_an_address_are_one(written: str) -> None:
    assert read_address(written) == address_text(address_key(SPELLINGS[0])) == "example.org/news/live-1"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("http://xn--mnchen-3ya.example/caf%C3%A9", "münchen.example/café"),
        ("MÜNCHEN.example/Cafe\u0301", "münchen.example/café"),
        ("example.org/a%20b", "example.org/a%20b"),
        ("example.org?b=1&a=2", "example.org/?a=2&b=1"),
        ("*.example.org", "example.org"),
        (".uk", ".uk"),
        ("/news/", "/news"),
        ("News*", "news*"),
        ("https://", ""),
        (" ", ""),
    ],
)
def test_parts_are_written_as_in_addresses(written: str, expected: str) -> None:
    assert read_address(written) == expected


def test_host_of_a_received_address_ends_at_its_first_slash() -> None:
    assert [address_text(address_key(f"https://{url}")) for url in ("a.example", "a.example?x=1", "a.example/b")] == [
        "a.example/",
        "a.example/?x=1",
        "a.example/b",
    ]
    assert address_text("") == ""


@given(st.text(st.sampled_from('aé.%/:?#&=*(28) wm"-_'), max_size=30))
def test_reading_again_changes_nothing(written: str) -> None:
    text = read_address(written)
    assert read_address(text) == text
    assert read_address(write_address(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org", True),
        ("http://localhost/x", True),
        ("example.org/x", True),
        ("bbc.co.uk/", True),
        ("münchen.example/x", True),
        ("example.org:8080/x?y=z", True),
        ("example.org", False),
        ("and/or", False),
        ("w/5", False),
        ("24.5/7", False),
        ("U.S./Mexico", False),
        ("example.org/x fog", False),
        ("example.org/x*", False),
        ("https://", False),
        ("", False),
    ],
)
def test_whole_address_is_known_by_its_scheme_or_its_path(text: str, expected: bool) -> None:
    assert is_address(text) is expected


def test_domain_ends_with_letters() -> None:
    assert all(map(is_domain, ("example.org", "bbc.co.uk", "xn--mnchen-3ya.example", "москва.рф")))
    assert not any(map(is_domain, ("example", "u.s", "3.14", "v2.0", "a..org", "-a.org", "")))
