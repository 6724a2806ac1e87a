"""Web addresses as search compares them. Pure; entered through `search.text`.

    https://www.Example.org/News/live-1/?utm_source=x#top    example.org/news/live-1
    http://xn--mnchen-3ya.example/caf%C3%A9                  münchen.example/café

Equivalent addresses have the same key (see `archive.addresses`). Its text is the key in lower case and with its
letters decoded. The text of a received address always has a slash behind its host: the host ends at the first slash.
"""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from archive.addresses import address_key

_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:/{1,3}", re.IGNORECASE)
_HOST = re.compile(r"[^/?#]*")
_ESCAPES = re.compile(r"(?:%[0-9a-f]{2})+", re.IGNORECASE)
# Spaces and quotation marks, which a query has around an address.
_ESCAPED_ALWAYS = re.compile(r"[\s\"]")
# Beside letters and digits of all scripts, what stands for itself in a path (RFC 3986).
_UNRESERVED = frozenset("-._~!$'(),;:@")
_BRACKETS_AND_QUOTES = ("Ps", "Pe", "Pi", "Pf")
# Reading a text again may drop another mark of a variant (`m.m.example`): so often it may change.
_MAX_READINGS = 5
_MAX_CACHED_ADDRESSES = 4096


@lru_cache(_MAX_CACHED_ADDRESSES)
def address_text(key: str) -> str:
    """Returns the text of the key of an address; empty for an empty key."""
    if not key:
        return ""
    host = _HOST.match(key)[0]  # type: ignore[index]  # it matches every text
    rest = key[len(host) :].removeprefix("/")
    return _normalize(".".join(map(_read_label, host.split("."))) + "/" + rest)


def read_address(written: str) -> str:
    """Returns an address, or a part of one, as it is compared with texts of addresses; empty if nothing is left.

    It has no slash at its end. A `*` stays.
    """
    text = written.strip().strip("<>")
    for _ in range(_MAX_READINGS):
        again = _read_once(text)
        if again == text:
            break
        text = again
    return text


def write_address(text: str) -> str:
    """Returns a text of `read_address` as it is written in a query: without brackets, quotation marks and spaces."""
    return "".join(
        _escape(character)
        if character.isspace() or character == "″" or unicodedata.category(character) in _BRACKETS_AND_QUOTES
        else character
        for character in text
    )


def host_of(address: str) -> str:
    """Returns the host of a text of an address or of `read_address`."""
    return _HOST.match(address)[0]  # type: ignore[index]  # it matches every text


def _read_once(written: str) -> str:
    text = _SCHEME.sub("", written, count=1) if _SCHEME.match(written) else written.removeprefix("//")
    text = text.removeprefix("*.")
    if "*" not in text and "." in host_of(text).strip("."):
        text = address_text(address_key(f"https://{text}")) or text
    return _normalize(text).rstrip("/")


def _read_label(label: str) -> str:
    try:
        return label.encode("ascii").decode("idna") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def _normalize(text: str) -> str:
    decoded = unicodedata.normalize("NFC", _ESCAPES.sub(_decode, text).lower())
    return _ESCAPED_ALWAYS.sub(lambda match: _escape(match[0]), decoded)


def _decode(escapes: re.Match[str]) -> str:
    """Returns the letters that escapes stand for; what separates the parts of an address stays escaped."""
    try:
        characters = unquote_to_bytes(escapes[0]).decode()
    except UnicodeDecodeError:
        return escapes[0]
    return "".join(
        character
        if character.isalnum() or character in _UNRESERVED or (character > "\x7f" and character.isprintable())
        else _escape(character)
        for character in characters
    )


def _escape(character: str) -> str:
    return "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "replace"))
