"""The names and texts of a BagIt bag (RFC 8493): its declaration, what is said about it, and its manifests. Pure."""

import re
from collections.abc import Iterable, Iterator

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
DECLARATION_NAME, INFO_NAME = "bagit.txt", "bag-info.txt"
PAYLOAD_MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
PAYLOAD = "data/"
OXUM = "Payload-Oxum"
# What a package has in its payload, besides its own manifest.
CAPTURES = "data/captures/"
RESULTS = re.compile(r"data/results(-[a-z]+)?\.[a-z.]+")

# Names of files that stay within their folder on every system, and that no shell and no terminal obeys.
_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
MAX_NAME_CHARS = 250
_MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def is_safe_name(name: str) -> bool:
    """Whether a name is one that packages have: plain letters, digits, dots and dashes, and within the folder."""
    return len(name) <= MAX_NAME_CHARS and bool(_SAFE_NAME.fullmatch(name))


def manifest_line(sha256: str, name: str) -> bytes:
    """Returns the line of a file, as `sha256sum --check` reads it too."""
    return f"{sha256}  {name}\n".encode()


def read_manifest_line(line: str) -> tuple[str, str]:
    """Returns the hash and the name of a line. Raises ValueError."""
    match = _MANIFEST_LINE.fullmatch(line)
    if not match:
        raise ValueError("no line of a manifest")
    return match[1], match[2]


def write_info(values: Iterable[tuple[str, str]]) -> bytes:
    """Returns bag-info.txt: a line for each label with a value."""
    lines = ((label, _UNPRINTED.sub(" ", value).strip()) for label, value in values)
    return "".join(f"{label}: {value}\n" for label, value in lines if value).encode()


def read_info(text: str) -> Iterator[tuple[str, str]]:
    """Yields the labels and values of bag-info.txt. Raises ValueError."""
    for line in text.splitlines():
        label, colon, value = line.partition(": ")
        if not colon:
            raise ValueError("a line without a label")
        yield label, value
