"""The hosts by which sources are known: `example.com` with its subdomains, or a part of it, `example.com/news`. Pure.

A host is written as `address_key` writes the beginning of an address, so that the two can be compared. Names in other
scripts are kept as the web's own names (`xn--`) and shown as people write them. `archive.models` stores hosts,
`archive.curation` looks them up.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from .addresses import address_key, is_domain
from .errors import ArchiveError

MAX_HOST_CHARS = 300

# Names have at most 127 labels; nobody owns a host or a path so far down that others must be told from it.
_MAX_LABELS = 10
_MAX_PATH_PARTS = 10

# Under these, each name belongs to somebody else: `co.uk`, `com.au`, `gov.in`.
_REGISTRY_LABELS = frozenset("ac co com edu go gob gouv gov gv ltd mil ne net nom or org plc sch".split())

_SCHEME = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_NUMERIC = re.compile(r"[\d.]+|\[.*")


class HostError(ArchiveError):
    """A text that cannot be the host of a source; the message says why, and what to write."""


def read_host(text: str) -> str:
    """Returns the host, with the path if there is one, that a person wrote. Raises HostError."""
    written = _SCHEME.sub("", text.strip(), count=1).rstrip("/")
    if not written:
        raise HostError("Write a host, like example.com.")
    shown = written[:80]
    if re.search(r"[\s*]", written):
        raise HostError(f"“{shown}” has a blank or an asterisk. Subdomains are included anyway: write example.com.")
    if re.search(r"[?#]", written):
        raise HostError(f"“{shown}” has a query or a fragment. Write a host and a path alone, like example.com/news.")
    host = written.partition("/")[0].removesuffix(".")
    if "@" in host or _SCHEME.search(host) or re.search(r"^[^\[]*:\D", host):
        raise HostError(f"“{shown}” is no host in the web. Write it like example.com.")
    if ":" in host and not host.startswith("["):
        raise HostError(f"“{shown}” has a port. Write the host without it.")
    if _NUMERIC.fullmatch(host):
        raise HostError(f"“{shown}” is the number of a machine. Write the name of the host, like example.com.")
    if not is_domain(host):
        raise HostError(f"“{shown}” is no host in the web: it has no domain like .com. Write it like example.com.")
    if _is_registry(host):
        raise HostError(f"“{shown}” belongs to many: names are registered under it. Write the outlet's own host.")
    key = address_key(f"https://{host}{written[len(written.partition('/')[0]) :]}")
    if not key or len(key) > MAX_HOST_CHARS:
        raise HostError(f"“{shown}” is too long for a host; at most {MAX_HOST_CHARS} characters are kept.")
    return key


def _is_registry(host: str) -> bool:
    labels = host.lower().split(".")
    return len(labels) == 2 and labels[0] in _REGISTRY_LABELS and len(labels[1]) == 2


def show_host(host: str) -> str:
    """Returns a host as people write it."""
    name, slash, path = host.partition("/")
    try:
        return name.encode("ascii").decode("idna") + slash + unquote(path)
    except UnicodeError:
        return host


def hosts_above(address: str) -> list[str]:
    """Returns the hosts that an address, or the key of one, lies under: the nearest first."""
    key = address_key(address) if re.match(r"https?://", address, re.IGNORECASE) else address
    page = re.split(r"[?#]", key, maxsplit=1)[0]
    name, _, path = page.partition("/")
    labels = name.rpartition("@")[2].partition(":")[0].rstrip(".").split(".")[-_MAX_LABELS:]
    parts = [part for part in path.split("/") if part][:_MAX_PATH_PARTS]
    names = [".".join(labels[start:]) for start in range(max(0, len(labels) - 1))]
    paths = ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]
    return [host for name in names for host in (*(f"{name}/{path}" for path in paths), name)]


def nearest_host(address: str, hosts: Iterable[str]) -> str:
    """Returns the nearest of the hosts that an address lies under; empty if it lies under none."""
    known = set(hosts)
    return next((host for host in hosts_above(address) if host in known), "")
