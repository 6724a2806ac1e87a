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
    text = _lines(received)
    length = _common_length(shown, text)
    run = _lines(shown[:length])
    at = text.find(run)
    if length and text.find(run, at + 1) < 0:
        first = text.count("\n", 0, at) + 1
        last = first + length - 1
        own = f"paragraph {first}" if first == last else f"paragraphs {first} to {last}"
    else:
        own = f"{length} paragraph{'' if length == 1 else 's'}"
    joined = "" if length == len(shown) else ", then those of entries that a curator joined to it"
    return f"{own} of {len(received)} of version {version}{joined}"


def _common_length(shown: Sequence[str], text: str) -> int:
    """Returns how many paragraphs from the first of a text follow each other in `text`, by halving the range."""
    low, high = 0, len(shown)
    while low < high:
        middle = (low + high + 1) // 2
        if _lines(shown[:middle]) in text:
            low = middle
        else:
            high = middle - 1
    return low


def _lines(paragraphs: Sequence[str]) -> str:
    """Returns paragraphs with a line end before and after each, so that none is found within another."""
    return "\n".join(["", *paragraphs, ""])
