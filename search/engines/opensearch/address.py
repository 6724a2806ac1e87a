"""The address of an index in a cluster: `opensearch://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME?replicas=1`.

`opensearchs://` is the same over TLS. The settings of Django and the engine read it; pure.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = ("opensearch", "opensearchs")
FORM = "opensearch://user:password@host:9200,host:9200/name?replicas=1"
_DEFAULT_PORT = 9200
_DEFAULT_NAME = "cuttings"
_MAX_REPLICAS = 9
# What OpenSearch takes as the name of an index, and no pattern that would name several.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


@dataclass(frozen=True)
class ClusterAddress:
    """Where an index is. `hosts` are pairs of name and port; `replicas` is the number of copies beside the first."""

    hosts: tuple[tuple[str, int], ...]
    name: str
    replicas: int = 0
    is_secure: bool = False
    user: str = ""
    password: str = ""
    certificates: str = ""

    @property
    def shown(self) -> str:
        """The address without its password, for messages."""
        hosts = ",".join(f"{host}:{port}" for host, port in self.hosts)
        return f"{SCHEMES[self.is_secure]}://{hosts}/{self.name}"


def read_address(text: str) -> ClusterAddress:
    """Returns an address. Raises ValueError, whose message says what is wrong and never has the password."""
    scheme, _, rest = text.partition("://")
    if scheme not in SCHEMES:
        raise ValueError(f"it begins with neither of {', '.join(f'{known}://' for known in SCHEMES)}")
    parts = urlsplit(f"//{rest}")
    credentials, _, hosts = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    name = parts.path.strip("/") or _DEFAULT_NAME
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name} is no name of an index: lower-case letters, digits, `-` and `_`")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    replicas = options.pop("replicas", "0")
    if not (replicas.isascii() and replicas.isdigit() and int(replicas) <= _MAX_REPLICAS):
        raise ValueError(f"replicas is {replicas}, and not a number from 0 to {_MAX_REPLICAS}")
    certificates = options.pop("certificates", "")
    if options:
        raise ValueError(f"{', '.join(sorted(options))} is no option; there are replicas and certificates")
    return ClusterAddress(
        tuple(map(_read_host, hosts.split(","))),
        name,
        int(replicas),
        is_secure=scheme == SCHEMES[1],
        user=unquote(user),
        password=unquote(password),
        certificates=certificates,
    )


def _read_host(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    try:
        port = parts.port or _DEFAULT_PORT
    except ValueError:
        raise ValueError(f"{text} has no valid port") from None
    if not parts.hostname:
        raise ValueError("it names no host")
    return parts.hostname, port
