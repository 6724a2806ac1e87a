"""Which section of a new capture is which section of the article as it stands. Pure; used by ingest alone.

The outlet's own id of an entry decides. Sections without one are paired in four passes, surest first: the same
text, the same heading, the lead with the lead, and last the most alike. Order inside an article may change freely.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol

# Sharing half of their words, two unkeyed sections are one that was edited; below that, one left and another came.
# Corrections and rewrites of live entries keep far more than half, entries on one subject share a third at most.
ALIKE = 0.5

# No language that writes blanks has words of this length on average; Han, kana and Thai have sentences.
_LONGEST_MEAN_WORD = 30


class Matchable(Protocol):
    """What both stored sections and received ones show."""

    @property
    def key(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...


def match_sections(old: Sequence[Matchable], new: Sequence[Matchable]) -> dict[int, int]:
    """Returns positions in `new` -> positions in `old`; each is used once, and what is missing found no partner.

    O(old + new) unless both sides keep unkeyed sections without a partner; those are compared pair by pair.
    """
    pairs: dict[int, int] = {}
    left_old = list(range(len(old)))
    left_new = list(range(len(new)))

    def pair_by(trait: Callable[[Matchable], Hashable | None]) -> None:
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for position in reversed(left_old):
            value = trait(old[position])
            if value is not None:
                waiting[value].append(position)
        for position in left_new:
            value = trait(new[position])
            if value is not None and waiting[value]:
                pairs[position] = waiting[value].pop()
        used = set(pairs.values())
        left_old[:] = [position for position in left_old if position not in used]
        left_new[:] = [position for position in left_new if position not in pairs]

    pair_by(lambda section: section.key or None)
    # A keyed section never pairs with another by its looks: the outlet says that they are two.
    left_old = [position for position in left_old if not old[position].key]
    left_new = [position for position in left_new if not new[position].key]
    pair_by(lambda section: (section.heading, section.text))
    # A heading that stands twice ("Update") is no name of a section; likeness decides between those.
    repeated = _repeated_headings(old) | _repeated_headings(new)
    pair_by(lambda section: section.heading if section.heading and section.heading not in repeated else None)
    if 0 in left_old and 0 in left_new and _is_lead(old) and _is_lead(new):
        pairs[0] = 0
        left_old.remove(0)
        left_new.remove(0)
    old_words = {position: _words(old[position].text) for position in left_old}
    new_words = {position: _words(new[position].text) for position in left_new}
    scored = [
        (_likeness(old_words[before], new_words[after]), before, after) for before in left_old for after in left_new
    ]
    taken: set[int] = set()
    for score, before, after in sorted(scored, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if score >= ALIKE and before not in taken and after not in pairs:
            pairs[after] = before
            taken.add(before)
    return pairs


def _repeated_headings(sections: Sequence[Matchable]) -> set[str]:
    return {heading for heading, count in Counter(section.heading for section in sections).items() if count > 1}


def _words(text: str) -> set[str]:
    """Returns what likeness compares: words, or runs of three characters in scripts that write no blanks."""
    words = set(text.split())
    if len(text) > _LONGEST_MEAN_WORD * len(words):
        return {text[start : start + 3] for start in range(len(text) - 2)}
    return words


def _is_lead(sections: Sequence[Matchable]) -> bool:
    """Whether the first section is a lead: without a heading, before sections that have one."""
    return len(sections) > 1 and not sections[0].heading and any(section.heading for section in sections[1:])


def _likeness(words: set[str], others: set[str]) -> float:
    """Returns the share of words that two texts have in common (Jaccard), 0.0 to 1.0."""
    return len(words & others) / (len(words | others) or 1)
