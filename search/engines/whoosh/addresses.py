"""The addresses of a segment: which of them have a part. Only modules of this package import from here.

Addresses are stored once for each article, sorted and end to end, as the values of a column (see `columns`). A part is
searched in these bytes, all at once: each step leaves fewer places at which it may begin. 10,000 addresses have
0.7 MB, which takes a millisecond. An index of their words would take several times the space, and a table of their
prefixes would not find a part in the middle.
"""

import re
from functools import cached_property

import numpy as np

from ...fields import SITE
from ...query import Address
from ...text import host_of
from ..deadline import check_time
from .columns import ValueColumn
from .files import Array, ArrayFile
from .terms import decode, encode

# For each byte of UTF-8, whether it belongs to a word: ASCII letters and digits, and all others.
_IS_IN_WORD = np.array([byte >= 0x80 or chr(byte).isalnum() for byte in range(256)])
_WORD_CHAR = r"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]"
# What follows a host, and a label of one: its port, its path, the next label.
_BEHIND_HOST = [ord(":"), ord("/")]
_BEHIND_LABEL = [*_BEHIND_HOST, ord(".")]
_TESTS_AT_ONCE = 256


class AddressColumn(ValueColumn):
    """The addresses by card. Each is a text of `text.address_text`."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        super().__init__(file, name)
        self._text: Array = file[f"values.{name}.text"]
        self._offsets: Array = file[f"values.{name}.offsets"]

    def find(self, node: Address) -> list[int]:
        """Returns the ordinals of the addresses that a node finds, ascending. O(bytes of all addresses)."""
        if node.whole:
            return self._find_whole(node.text)
        return self._find_part(node.text, in_host=node.field == SITE.name)

    def _find_whole(self, text: str) -> list[int]:
        whole = text if "/" in text else f"{text}/"
        ordinal = self.values.find(encode(whole))
        return [*([] if ordinal is None else [ordinal]), *range(*self.values.range_of(f"{whole}#"))]

    def _find_part(self, text: str, *, in_host: bool) -> list[int]:
        part = _Part(text, in_host=in_host)
        at = self._places_of(encode(part.longest_piece))
        owners = np.searchsorted(self._offsets, at, side="right") - 1
        inside = at + len(encode(part.longest_piece)) <= self._offsets[owners + 1]
        at, owners = at[inside], owners[inside]
        if part.is_one_piece:
            return np.unique(owners[self._fits(part, at, owners)]).tolist()  # type: ignore[no-any-return]
        found = []
        for number, ordinal in enumerate(np.unique(owners).tolist()):
            if number % _TESTS_AT_ONCE == 0:
                check_time()
            if part.pattern.search(decode(self.values[ordinal])):
                found.append(ordinal)
        return found

    def _places_of(self, piece: bytes) -> Array:
        """Returns the places in the text at which a piece begins, ascending."""
        places = np.flatnonzero(self._text[: max(len(self._text) - len(piece) + 1, 0)] == piece[0])
        for index, byte in enumerate(piece[1:], start=1):
            check_time()
            places = places[self._text[places + index] == byte]
        return places

    def _fits(self, part: "_Part", at: Array, owners: Array) -> Array:
        """Returns for each of these places of a part whether it may be there. Shape (places,), bool."""
        piece = encode(part.longest_piece)
        starts, ends, host_ends = self._offsets[owners], at + len(piece), self._host_ends[owners]
        last = len(self._text) - 1
        before = np.where(at > starts, self._text[at - 1], ord("."))
        behind = np.where(ends < self._offsets[owners + 1], self._text[np.minimum(ends, last)], ord("/"))
        begins = part.is_cut_before | ~(_IS_IN_WORD[before] & _IS_IN_WORD[piece[0]])
        fits: Array = begins & (part.is_cut_behind | ~(_IS_IN_WORD[behind] & _IS_IN_WORD[piece[-1]]))
        in_host = at < host_ends
        if part.in_host:
            fits &= in_host
        if part.is_host or part.in_host:
            at_label = part.is_cut_before | (before == ord(".")) | (piece[0] == ord("."))
            behind_host = self._text[np.minimum(at + len(encode(part.host)), last)]
            closes = np.isin(behind_host, _BEHIND_HOST if part.is_host else _BEHIND_LABEL)
            fits &= ~in_host | (at_label & (closes | part.is_host_cut))
        return fits

    @cached_property
    def _host_ends(self) -> Array:
        """The place of the first slash of each address (int64). O(bytes of all addresses), once."""
        slashes = np.flatnonzero(self._text == ord("/"))
        ends: Array = slashes[np.searchsorted(slashes, self._offsets[:-1])]
        return ends


class _Part:
    """A part of an address as it is searched: the pieces between its `*`, and what may be before and behind it."""

    def __init__(self, text: str, *, in_host: bool) -> None:
        self._text = text
        self.in_host = in_host
        self.is_cut_before, self.is_cut_behind = text.startswith("*"), text.endswith("*")
        self.host = host_of(text.strip("*"))
        # Whether it begins with a host, or with the end of one.
        self.is_host = "." in self.host
        self.is_host_cut = self.is_cut_behind and self.host == text.strip("*")
        self.is_one_piece = "*" not in text.strip("*")
        self.longest_piece = max(text.split("*"), key=len)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """A regular expression that finds a part of several pieces."""
        text = self._text.strip("*")
        rest = text[len(self.host) :]
        host = "[^/]*".join(map(re.escape, self.host.split("*")))
        path = ".*".join(map(re.escape, rest.split("*")))
        begins = "" if self.is_cut_before or not _is_word_char(text[0]) else rf"(?<!{_WORD_CHAR})"
        ends = "" if self.is_cut_behind or not _is_word_char(text[-1]) else rf"(?!{_WORD_CHAR})"
        anywhere = rf"{begins}{host.replace('[^/]*', '.*')}{path}{ends}"
        if not (self.is_host or self.in_host):
            return re.compile(anywhere, re.DOTALL)
        label = "" if self.is_cut_before else r"(?:(?<=\.)|(?<![^.]))" if text[0] != "." else ""
        closes = "" if self.is_host_cut else "(?=[:/])" if self.is_host else "(?=[.:/])"
        in_host = rf"\A[^/]*?{label}{host}{closes}{path}{ends}"
        return re.compile(in_host if self.in_host else rf"{in_host}|/.*?{anywhere}", re.DOTALL)


def _is_word_char(character: str) -> bool:
    return bool(_IS_IN_WORD[encode(character)[0]])
