"""Names of the parts of a page: patterns that find words in class names and test attributes.

Content systems name parts in a word or two (post__share, PagePromo); if their scripts make the classes up, in
attributes for tests. Knows no system. Used by the modules that read articles and entries of web pages.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import takewhile

from .markup import Element, local_name

MAX_LABEL_CHARS = 120

# Says whether a class attribute, or another text of names, names a certain kind of part.
NameTest = Callable[[str], bool]

# Words written together: PagePromo, ShareTools. Names that scripts make up (hJkAdX) are shorter or have lone letters.
_HUMPS = re.compile(r"(?<![A-Za-z])(?=[A-Za-z]{7})(?:[A-Z]?[a-z]+)(?:[A-Z][a-z]+)+(?![A-Za-z])")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def word_test(words: str) -> NameTest:
    """Returns a test for whole words in names: `share` is in post__share and PostShare, not in shared."""
    return pattern_test(re.compile(rf"(?:^|[-_\s])(?:{words})(?=$|[-_\s])", re.IGNORECASE))


def pattern_test(pattern: "re.Pattern[str]") -> NameTest:
    """Returns a test for a pattern in names, with a cache: the entries of a page have the same few classes.

    Each test has its own cache; hashing a long pattern would take longer than searching a class.
    """

    @lru_cache(maxsize=512)
    def is_named(names: str) -> bool:
        if pattern.search(names):
            return True
        separated = _HUMPS.sub(lambda match: _HUMP.sub("-", match[0]), names)
        return separated != names and pattern.search(separated) is not None

    return is_named


def has_class(element: Element, is_named: NameTest) -> bool:
    names = element.get("class")
    return names is not None and is_named(names)


# Attributes that name parts where scripts make the classes up.
PART_NAME_ATTRIBUTES = ("data-testid", "data-test-id", "data-component", "data-component-name", "data-qa")


def has_part_name(element: Element, is_named: NameTest) -> bool:
    return is_named(" ".join(element.get(name) or "" for name in PART_NAME_ATTRIBUTES))


def with_any_attribute(elements: Iterable[Element], names: Iterable[str]) -> list[Element]:
    """Returns the elements that have at least one of these attributes."""
    wanted = frozenset(names)
    return [element for element in elements if not wanted.isdisjoint(element.keys())]


def is_inside(element: Element, entry: Element, names: Sequence[str]) -> bool:
    """Whether an element is inside an element of one of these names in the entry."""
    ancestors = takewhile(lambda ancestor: ancestor is not entry, element.iterancestors())
    return any(local_name(ancestor) in names for ancestor in ancestors)
