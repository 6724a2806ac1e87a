"""What the parts of a live page's entry are called, and where they stand: asked by the modules that read entries.

Content systems name parts in classes, in a word or two (post__share, PagePromo), or, where scripts make the classes
up, in attributes for tests. Knows no system; holds no state.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import takewhile

from ..markup import Element, local_name, plain

LONGEST_LABEL = 120

# Tells whether names, as a class gives them, are of some sort of part.
Naming = Callable[[str], bool]


# Two words written as one: PagePromo, ShareTools. What scripts make up (hJkAdX) is shorter, or has single letters.
_HUMPS = re.compile(r"(?<![A-Za-z])(?=[A-Za-z]{7})(?:[A-Z]?[a-z]+)(?:[A-Z][a-z]+)+(?![A-Za-z])")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def part_name(words: str) -> Naming:
    """Returns what finds whole words in names: `share` in post__share and PostShare, not in shared."""
    return naming(re.compile(rf"(?:^|[-_\s])(?:{words})(?=$|[-_\s])", re.IGNORECASE))


def naming(pattern: "re.Pattern[str]") -> Naming:
    """Returns what finds a pattern in names. Entries are alike, so that each of their classes is looked at once.

    What was found is kept for each pattern: to hash one of many words takes longer than to search in a class.
    """

    @lru_cache(maxsize=512)
    def is_named(names: str) -> bool:
        if pattern.search(names):
            return True
        parted = _HUMPS.sub(lambda match: _HUMP.sub("-", match[0]), names)
        return parted != names and pattern.search(parted) is not None

    return is_named


def has_class(element: Element, is_named: Naming) -> bool:
    given = element.get("class")
    return given is not None and is_named(given)


# Where classes are made up by scripts, these still say what a part is.
PART_NAMES = ("data-testid", "data-test-id", "data-component", "data-component-name", "data-qa")


def with_any(elements: Iterable[Element], names: Iterable[str]) -> list[Element]:
    """Returns the elements that have one of these attributes."""
    wanted = frozenset(names)
    return [one for one in elements if not wanted.isdisjoint(one.keys())]


def has_part_name(element: Element, is_named: Naming) -> bool:
    return is_named(" ".join(element.get(name) or "" for name in PART_NAMES))


def first_words(element: Element, length: int) -> str:
    """The words of an element up to some more than a length; it may hold a whole page."""
    parts: list[str] = []
    for part in element.itertext():
        parts.append(part)
        length -= len(part)
        if length < 0:
            break
    return plain("".join(parts))


def is_within(element: Element, entry: Element, names: Sequence[str]) -> bool:
    """Whether an element stands in one of these names in the entry."""
    above = takewhile(lambda one: one is not entry, element.iterancestors())
    return any(local_name(one) in names for one in above)
