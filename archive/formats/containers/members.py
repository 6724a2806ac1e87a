"""What a container holds. Used by the containers and by `read` alone."""

from dataclasses import dataclass
from typing import BinaryIO

from ...items import Hints


@dataclass(frozen=True)
class Member:
    """One document in a container: its bytes, where it stood, and what the container says of it.

    `problems` are what was wrong with how it was kept; `cut` says that its end is missing. A member with a `sort`
    may be something else than a document: read where a format knows it by its marks, else counted under that name.
    """

    stream: BinaryIO
    hints: Hints
    locator: str
    problems: tuple[str, ...] = ()
    cut: bool = False
    sort: str = ""


@dataclass(frozen=True)
class Skipped:
    """A part of a container that is no document; they are counted by `sort` (a media type, a status), not listed."""

    sort: str
