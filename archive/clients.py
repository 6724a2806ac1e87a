"""The address that a request comes from, also behind proxies. Views and middleware may import it.

Limits by client (sign-in, exports) depend on it. `X-Forwarded-For` can be written by anyone, so only what a trusted
proxy added to it counts.
"""

import re
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([0-9.]+):\d+")
# A longer header was not written by a chain of proxies.
_MAX_HOPS = 20
# One subscriber has a whole network of this size in IPv6, and a new address for each request if it likes.
_IPV6_SUBSCRIBER_BITS = 64


def client_address(request: HttpRequest) -> str:
    """Returns the address of the client: the last one of the chain of addresses that is not a trusted proxy.

    Trusted are the proxies that the setting TRUSTED_PROXIES names. An address that cannot be read ends the chain.
    """
    address = _read_address(str(request.META.get("REMOTE_ADDR", "")))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    for hop in reversed(forwarded[-_MAX_HOPS:]):
        if not _is_trusted(address):
            break
        before = _read_address(hop)
        if not before:
            break
        address = before
    return address


def client_network(request: HttpRequest) -> str:
    """Returns what one subscriber has: the address of the client in IPv4, its network of 64 bits in IPv6."""
    address = client_address(request)
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(IPv6Network((parsed, _IPV6_SUBSCRIBER_BITS), strict=False))


def _read_address(text: str) -> str:
    """Returns an address in its shortest form, without the port that some proxies write behind it; empty for none."""
    bare = text.strip()
    if with_port := _WITH_PORT.fullmatch(bare):
        bare = with_port[1] or with_port[2]
    try:
        parsed = ip_address(bare)
    except ValueError:
        return ""
    # IPv4 on a socket of IPv6.
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _is_trusted(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.TRUSTED_PROXIES)
