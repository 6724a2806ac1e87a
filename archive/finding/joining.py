"""Which full name a short form stands for in a capture, and which of the names in a phrase is the speaker. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from ..annotate import Span

# The type of a name, and its text.
Label = tuple[str, str]
# A name in a text: from, to, and its label; in order.
PlacedLabel = tuple[int, int, Label]

# Behind these, a name only says whose somebody is: "Mr Putin's spokesman".
_POSSESSIVE = ("'s", "\u2019s", "'", "\u2019")
_PERSON, _PLACE = "person", "place"


def full_forms(labels: Iterable[Label]) -> Callable[[Label], Label]:
    """Returns the function from a label to the only full name of a person in the capture that ends in its words.

    A label without one, or with several, stays what it is.
    """
    ends: defaultdict[tuple[str, ...], dict[tuple[str, ...], Label]] = defaultdict(dict)
    for label in dict.fromkeys(labels):
        kind, text = label
        words = tuple(text.casefold().split())
        if kind == _PERSON:
            for first in range(1, len(words)):
                ends[words[first:]].setdefault(words, label)

    def full_form(label: Label) -> Label:
        kind, text = label
        full = ends.get(tuple(text.casefold().split()), {}) if kind == _PERSON else {}
        return next(iter(full.values())) if len(full) == 1 else label

    return full_form


def labels_by_place(names: Iterable[PlacedLabel]) -> list[PlacedLabel]:
    """Returns names in the order in which `label_of` looks them up."""
    return sorted(names)


def label_of(text: str, names: Sequence[PlacedLabel], phrase: Span | None) -> Label | None:
    """Returns the label of whom a noun phrase names; None if it names nobody.

    The first person that nobody else belongs to, else the first organisation; a place only where it is the whole
    phrase ("Ukraine said"): "Ukraine's ambassador" is not Ukraine.
    """
    if phrase is None:
        return None
    first = bisect_left(names, (phrase.start, 0, ("", "")))
    if first and names[first - 1][1] > phrase.start:
        first -= 1
    inside = []
    for start, end, label in names[first:]:
        if start >= phrase.end:
            break
        if end <= phrase.end and text[end : phrase.end].startswith(_POSSESSIVE):
            continue
        inside.append((start, end, label))
    for start, end, label in sorted(inside, key=lambda name: name[2][0] != _PERSON):
        is_whole = start <= phrase.start and end >= phrase.end
        if label[0] != _PLACE or is_whole or text[phrase.start : start].strip().casefold() == "the":
            return label
    return None
