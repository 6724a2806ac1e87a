"""What a container holds. Used by the containers and by `read` alone."""

from dataclasses import dataclass
from typing import BinaryIO

from ..items import Hints


@dataclass(frozen=True)
class Member:
    """One document in a container: its bytes, where it stood, and what the container says of it."""

    stream: BinaryIO
    hints: Hints
    locator: str
