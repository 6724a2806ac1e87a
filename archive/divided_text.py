"""Where the parts of a split entry begin in the paragraphs of a version, and which paragraphs a text is made of.

A part is known by the words of its first paragraph, so that it is found again in later versions. Pure;
`archive.curation` keeps what follows from here, and the pages of articles name the paragraphs.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Extent:
    """Paragraphs of a version, counted from 0; `end` is the first that is not among them."""

    start: int
    end: int


def paragraph_digests(paragraphs: Sequence[str]) -> list[str]:
    """Returns what each paragraph is known by: its words, and how many equal paragraphs are before it."""
    seen: Counter[str] = Counter()
    digests = []
    for paragraph in paragraphs:
        digests.append(hashlib.sha256(f"{seen[paragraph]}\n{paragraph}".encode()).hexdigest())
        seen[paragraph] += 1
    return digests


def cut(paragraphs: Sequence[str], entry: int, starts: Mapping[int, str]) -> dict[int, Extent]:
    """Returns which paragraphs an entry and its parts have; `starts` has the first paragraph of each part.

    A part is missing where its paragraph is not there any more, or is the first: then nothing is before it.
    """
    places = {digest: place for place, digest in enumerate(paragraph_digests(paragraphs))}
    at = {places[digest]: part for part, digest in sorted(starts.items(), reverse=True) if places.get(digest)}
    bounds = [0, *sorted(at), len(paragraphs)]
    owners = [entry, *(at[place] for place in sorted(at))]
    return {owner: Extent(*pair) for owner, pair in zip(owners, pairwise(bounds), strict=True)}


def describe_extent(shown: Sequence[str], received: Sequence[str], version: int) -> str:
    """Returns in words which paragraphs of a version a text has: "paragraphs 3 to 5 of 7 of version 2".

    Those of entries that are joined to it follow them.
    """
    length = _common_length(shown, received)
    places = [at for at in range(len(received) - length + 1) if list(received[at : at + length]) == shown[:length]]
    if len(places) == 1 and length:
        first, last = places[0] + 1, places[0] + length
        own = f"paragraph {first}" if first == last else f"paragraphs {first} to {last}"
    else:
        own = f"{length} paragraph{'' if length == 1 else 's'}"
    joined = "" if length == len(shown) else ", then those of entries that a curator joined to it"
    return f"{own} of {len(received)} of version {version}{joined}"


def _common_length(shown: Sequence[str], received: Sequence[str]) -> int:
    """Returns how many paragraphs from the first of a text follow each other in a version. O(n²) at worst."""
    best = 0
    for start in range(len(received)):
        length = 0
        while length < len(shown) and start + length < len(received) and shown[length] == received[start + length]:
            length += 1
        best = max(best, length)
    return best
