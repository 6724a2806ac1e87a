"""Which texts are hosts of a source, and under which hosts an address lies."""

import pytest

from archive.addresses import address_key
from archive.hosts import HostError, hosts_above, nearest_host, read_host, show_host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("example.com", "example.com"),
        (" EXAMPLE.com. ", "example.com"),
        ("https://www.example.com/", "example.com"),
        ("//m.example.com/News/", "example.com/News"),
        ("news.example.co.uk", "news.example.co.uk"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("пример.рф/новости", "xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
        ("t.me/courier", "t.me/courier"),
    ],
)
def test_a_host_is_written_as_addresses_have_it(text: str, host: str) -> None:
    assert read_host(text) == host
    assert read_host(show_host(host)) == host


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Write a host"),
        ("https://", "Write a host"),
        ("localhost", "no domain"),
        ("The Courier", "blank"),
        ("*.example.com", "Subdomains are included"),
        ("example.com?id=1", "query"),
        ("example.com/a#b", "fragment"),
        ("example.com:8080", "port"),
        ("192.0.2.7", "number of a machine"),
        ("[2001:db8::1]/news", "number of a machine"),
        ("co.uk", "belongs to many"),
        ("com", "no domain"),
        ("editor@example.com", "no host"),
        ("ftp://example.com", "no host"),
        ("example.com/" + "a" * 400, "too long"),
        ("a" * 100_000, "no domain"),
    ],
)
def test_what_is_no_host_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(HostError, match=reason) as caught:
        read_host(text)
    assert len(str(caught.value)) < 250


def test_hosts_above_an_address_are_listed_from_the_nearest() -> None:
    assert hosts_above("https://www.news.example.co.uk/uk/politics?page=2#top") == [
        "news.example.co.uk/uk/politics",
        "news.example.co.uk/uk",
        "news.example.co.uk",
        "example.co.uk/uk/politics",
        "example.co.uk/uk",
        "example.co.uk",
        "co.uk/uk/politics",
        "co.uk/uk",
        "co.uk",
    ]


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ("https://example.com/a", "example.com"),
        ("http://EXAMPLE.com:8080/a", "example.com"),
        ("https://live.example.com/a", "example.com"),
        ("https://news.example.com/a", "news.example.com"),
        ("https://example.com/news/a?utm_source=x", "example.com/news"),
        ("https://example.com/newsletter/a", "example.com"),
        ("https://notexample.com/a", ""),
        ("https://example.com.evil.example/a", ""),
        ("https://other.example/?u=https://example.com/", ""),
        ("file:///example.com/a", ""),
        ("", ""),
    ],
)
def test_the_nearest_host_is_that_of_the_page(address: str, nearest: str) -> None:
    hosts = ("example.com", "news.example.com", "example.com/news")
    assert nearest_host(address, hosts) == nearest
    assert nearest_host(address_key(address), hosts) == nearest


def test_an_endless_address_has_few_hosts() -> None:
    assert len(hosts_above("https://" + "a." * 5000 + "example/" + "b/" * 5000)) <= 100
