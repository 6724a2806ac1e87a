"""Pairs the sections of a capture with the stored sections of its article. Pure; used by `sections`.

`stories` compares the words of whole articles by the same measure.
The outlet's own id of an entry decides. An entry that comes back under another id is known by its time and its words.
Sections without an id are paired in four passes, surest first: the same text, the same heading, the lead with the
lead, then the most alike; of entries with the same text, those of the same time first. Sections may change their order
freely.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence, Set
from datetime import datetime
from typing import Protocol

# Two unkeyed sections that share half of their words are one that was edited. Corrections and rewrites of live entries
# keep far more than half; two entries on one subject share a third at most.
MIN_LIKENESS = 0.5

# Entries of the same time under different ids are one entry if they share so many words: corrections change a few, and
# two entries of one minute that follow a pattern ("Goal for Norway") differ in more. Entries of different times must
# also have no word that the other one replaced: "The river stands at 3.2 metres" is written every hour.
MIN_LIKENESS_OF_RENAMED = 0.75

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
    @property
    def published_at(self) -> datetime | None: ...


def match_sections(old: Sequence[Matchable], new: Sequence[Matchable], *, have_leads: bool = True) -> dict[int, int]:
    """Returns positions in `new` -> positions in `old`; each position is used once, and some may have no partner.

    Without `have_leads`, the first sections may be those of different pages of an article.

    O(old + new), except for unkeyed sections that only likeness can pair: those are compared pair by pair.
    """
    pairing = _Pairing(old, new)
    pairing.pair_by(lambda section: section.key or None)
    pairing.pair_renamed()
    pairing.leave_out_keyed()
    pairing.pair_by(lambda section: (section.heading, section.text, section.published_at))
    pairing.pair_by(lambda section: (section.heading, section.text))
    # A heading that occurs twice ("Update") identifies no section; likeness decides between those.
    repeated = _repeated_headings(old) | _repeated_headings(new)
    pairing.pair_by(lambda section: section.heading if section.heading and section.heading not in repeated else None)
    if have_leads:
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

    def pair_renamed(self) -> None:
        """Pairs entries with ids that are the same in all but their id: in time, and nearly in words."""
        by_time: dict[datetime, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, (positions, sections) in enumerate(((self._left_old, self._old), (self._left_new, self._new))):
            for position in positions:
                section = sections[position]
                if section.key and section.published_at:
                    by_time[section.published_at][side].append(position)
        for old, new in by_time.values():
            self._pair_most_alike(old, new, MIN_LIKENESS_OF_RENAMED)

    def pair_alike(self) -> None:
        """Pairs the sections that are alike enough."""
        self._pair_most_alike(self._left_old, self._left_new, MIN_LIKENESS)

    def _pair_most_alike(self, old: Sequence[int], new: Sequence[int], min_likeness: float) -> None:
        """Pairs some of these positions, the most alike first."""
        old_words = {position: words_of(self._old[position].text) for position in old}
        new_words = {position: words_of(self._new[position].text) for position in new}
        scored = [(likeness(old_words[before], new_words[after]), before, after) for before in old for after in new]
        taken: set[int] = set()
        for score, before, after in sorted(scored, key=lambda entry: (-entry[0], entry[1], entry[2])):
            if before in taken or after in self.pairs:
                continue
            if _differ_in_time(self._old[before], self._new[after]):
                words, others = old_words[before], new_words[after]
                is_one = score >= MIN_LIKENESS_OF_RENAMED and (words <= others or others <= words)
            else:
                is_one = score >= min_likeness
            if is_one:
                self.pairs[after] = before
                taken.add(before)
        self._left_old = [position for position in self._left_old if position not in taken]
        self._left_new = [position for position in self._left_new if position not in self.pairs]


def _differ_in_time(old: Matchable, new: Matchable) -> bool:
    times = {old.published_at, new.published_at}
    return len(times) > 1 and None not in times


def _repeated_headings(sections: Sequence[Matchable]) -> set[str]:
    return {heading for heading, count in Counter(section.heading for section in sections).items() if count > 1}


def _has_lead(sections: Sequence[Matchable]) -> bool:
    """Whether the first section is a lead: without an id, a time or a heading, before sections that have one.

    A time is as telling as an id: entries have it, and the lead above them never does. It may have a heading then.
    """
    if not sections or sections[0].key or sections[0].published_at:
        return False
    others = sections[1:]
    return any(section.key or section.published_at for section in others) or (
        not sections[0].heading and any(section.heading for section in others)
    )


def words_of(text: str) -> set[str]:
    """Returns what likeness compares: words, or runs of three characters in scripts without blanks."""
    words = set(text.split())
    if len(text) > _MAX_MEAN_WORD_CHARS * len(words):
        return {text[start : start + 3] for start in range(len(text) - 2)}
    return words


def likeness(words: Set[str], others: Set[str]) -> float:
    """Returns the share of words that two texts have in common (Jaccard), 0.0 to 1.0."""
    return len(words & others) / (len(words | others) or 1)
