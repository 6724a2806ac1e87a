"""Hits that people pick by hand: their names in forms and addresses, and how many there may be. No ORM.

`a12` is the article 12, `s34` the section 34. Check boxes of the results page have these values, `picks.js` keeps them
over its pages, and `pick` in an address has them, separated by commas or repeated.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ..engines import Unit
from ..errors import SearchError
from ..results import split_names

# Their address has 7 kB.
MAX_PICKED = 500
_PICK = re.compile(r"[as][1-9][0-9]{0,11}", re.ASCII)


class PickError(SearchError):
    """A picked hit has no such name, or more are picked than may be."""


class Pick(NamedTuple):
    """A picked hit."""

    unit: Unit
    number: int


def article_pick(article_id: int) -> str:
    """Returns the name of an article that is picked."""
    return f"a{article_id}"


def section_pick(section_id: int) -> str:
    """Returns the name of a section that is picked."""
    return f"s{section_id}"


def parse_pick(name: str) -> Pick:
    """Returns what a name that `read_picked` returned stands for."""
    return Pick("article" if name.startswith("a") else "section", int(name[1:]))


def read_picked(values: Iterable[str]) -> tuple[str, ...]:
    """Returns the names of picked hits, each once. Raises PickError."""
    names = split_names(values)
    for name in names:
        if not _PICK.fullmatch(name):
            raise PickError(
                f"{name!r} is no hit. Write a and the number of an article, or s and that of a section: a12, s34."
            )
    if len(names) > MAX_PICKED:
        raise PickError(
            f"{len(names):,} hits are picked, and an export can have {MAX_PICKED} of them. "
            "Pick fewer, or export the whole result."
        )
    return names
