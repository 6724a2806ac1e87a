"""Pairs the sections of a capture with the stored sections of its article. Pure; used by `sections`.

`stories` compares the words of whole articles by the same measure.
The outlet's own id of an entry decides. Sections without an id are paired in four passes, surest first: the same
text, the same heading, the lead with the lead, then the most alike. Sections may change their order freely.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence, Set
from typing import Protocol

# Two unkeyed sections that share half of their words are one that was edited. Corrections and rewrites of live entries
# keep far more than half; two entries on one subject share a third at most.
MIN_LIKENESS = 0.5

# No language that separates words by blanks has words of this mean length; Han, kana and Thai have whole sentences.
_MAX_MEAN_WORD_CHARS = 30


class Matchable(Protocol):
    """What stored and received sections have in common."""

    @property
    def key(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...


def match_sections(old: Sequence[Matchable], new: Sequence[Matchable]) -> dict[int, int]:
    """Returns positions in `new` -> positions in `old`; each position is used once, and some may have no partner.

    O(old + new), except for unkeyed sections that only likeness can pair: those are compared pair by pair.
    """
    pairing = _Pairing(old, new)
    pairing.pair_by(lambda section: section.key or None)
    pairing.leave_out_keyed()
    pairing.pair_by(lambda section: (section.heading, section.text))
    # A heading that occurs twice ("Update") identifies no section; likeness decides between those.
    repeated = _repeated_headings(old) | _repeated_headings(new)
    pairing.pair_by(lambda section: section.heading if section.heading and section.heading not in repeated else None)
    pairing.pair_leads()
    pairing.pair_alike()
    return pairing.pairs


class _Pairing:
    """The pairs so far, and the positions on both sides that have no partner yet."""

    def __init__(self, old: Sequence[Matchable], new: Sequence[Matchable]) -> None:
        self._old, self._new = old, new
        self._left_old = list(range(len(old)))
        self._left_new = list(range(len(new)))
        self.pairs: dict[int, int] = {}

    def pair_by(self, trait: Callable[[Matchable], Hashable | None]) -> None:
        """Pairs sections with the same trait in their order; None is no trait."""
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for position in reversed(self._left_old):
            value = trait(self._old[position])
            if value is not None:
                waiting[value].append(position)
        for position in self._left_new:
            value = trait(self._new[position])
            if value is not None and waiting[value]:
                self.pairs[position] = waiting[value].pop()
        used = set(self.pairs.values())
        self._left_old = [position for position in self._left_old if position not in used]
        self._left_new = [position for position in self._left_new if position not in self.pairs]

    def leave_out_keyed(self) -> None:
        """Leaves the remaining keyed sections without a partner: their ids say that they are other entries."""
        self._left_old = [position for position in self._left_old if not self._old[position].key]
        self._left_new = [position for position in self._left_new if not self._new[position].key]

    def pair_leads(self) -> None:
        if 0 in self._left_old and 0 in self._left_new and _has_lead(self._old) and _has_lead(self._new):
            self.pairs[0] = 0
            self._left_old.remove(0)
            self._left_new.remove(0)

    def pair_alike(self) -> None:
        """Pairs the sections that are alike enough, the most alike first."""
        old_words = {position: words_of(self._old[position].text) for position in self._left_old}
        new_words = {position: words_of(self._new[position].text) for position in self._left_new}
        scored = [
            (likeness(old_words[before], new_words[after]), before, after)
            for before in self._left_old
            for after in self._left_new
        ]
        taken: set[int] = set()
        for score, before, after in sorted(scored, key=lambda entry: (-entry[0], entry[1], entry[2])):
            if score >= MIN_LIKENESS and before not in taken and after not in self.pairs:
                self.pairs[after] = before
                taken.add(before)


def _repeated_headings(sections: Sequence[Matchable]) -> set[str]:
    return {heading for heading, count in Counter(section.heading for section in sections).items() if count > 1}


def _has_lead(sections: Sequence[Matchable]) -> bool:
    """Whether the first section is a lead: without a heading, before sections that have headings."""
    return len(sections) > 1 and not sections[0].heading and any(section.heading for section in sections[1:])


def words_of(text: str) -> set[str]:
    """Returns what likeness compares: words, or runs of three characters in scripts without blanks."""
    words = set(text.split())
    if len(text) > _MAX_MEAN_WORD_CHARS * len(words):
        return {text[start : start + 3] for start in range(len(text) - 2)}
    return words


def likeness(words: Set[str], others: Set[str]) -> float:
    """Returns the share of words that two texts have in common (Jaccard), 0.0 to 1.0."""
    return len(words & others) / (len(words | others) or 1)
