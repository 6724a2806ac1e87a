"""The address of a client: what a trusted proxy says, never what the client says itself."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import RequestFactory

from archive.clients import client_address, client_network

PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1")]


def address_of(remote: str, forwarded: str = "") -> str:
    request = RequestFactory().get("/", REMOTE_ADDR=remote)
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return client_address(request)


def test_without_proxies_the_header_is_ignored() -> None:
    assert address_of("203.0.113.9", "198.51.100.1") == "203.0.113.9"
    assert address_of("10.0.0.1", "198.51.100.1") == "10.0.0.1"


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        # The client wrote the first addresses itself.
        ("10.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.1, 10.2.3.4", "198.51.100.1"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        # Ports, brackets, and IPv4 on a socket of IPv6.
        ("::ffff:10.0.0.1", "198.51.100.1:5678", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("10.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        # What is no address ends the chain.
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", ",".join(["10.0.0.2"] * 5000), "10.0.0.2"),
    ],
)
def test_proxies_are_believed_as_far_as_they_are_trusted(
    settings: Any, remote: str, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    assert address_of(remote, forwarded) == address


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("", ""),
    ],
)
def test_a_subscriber_in_ipv6_is_one_client(remote: str, network: str) -> None:
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=remote)) == network
