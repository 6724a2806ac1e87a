"""Addresses of clusters."""

import pytest

from search.engines.opensearch import ClusterAddress, read_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("opensearch://localhost", ClusterAddress((("localhost", 9200),), "cuttings")),
        ("opensearch://a:1,b/news", ClusterAddress((("a", 1), ("b", 9200)), "news")),
        (
            "opensearchs://ada:p%40ss@a/news?replicas=2&certificates=/etc/ca.pem",
            ClusterAddress((("a", 9200),), "news", 2, True, "ada", "p@ss", "/etc/ca.pem"),
        ),
        ("opensearch://[::1]:9201/news", ClusterAddress((("::1", 9201),), "news")),
    ],
)
def test_address_is_read(text: str, expected: ClusterAddress) -> None:
    assert read_address(text) == expected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("http://a/news", "begins with neither"),
        ("opensearch:///news", "names no host"),
        ("opensearch://a:x/news", "a:x has no valid port"),
        ("opensearch://a/News", "News is no name of an index"),
        ("opensearch://a/news,other", "is no name of an index"),
        ("opensearch://a/news?replicas=-1", "replicas is -1"),
        ("opensearch://a/news?copies=1", "copies is no option"),
    ],
)
def test_fault_of_an_address_is_named(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_address(text)


def test_password_is_not_shown() -> None:
    address = read_address("opensearch://ada:secret@a,b/news")
    assert address.shown == "opensearch://a:9200,b:9200/news"
    for text in ("opensearch://ada:secret@a:x/news", "opensearch://ada:secret@/news"):
        with pytest.raises(ValueError, match=r"port|host") as caught:
            read_address(text)
        assert "secret" not in str(caught.value)
