"""Who said what in a text, and through whom it came."""

from collections.abc import Sequence

from .spans import Mention, Statement


def find_statements(text: str, names: Sequence[Mention], language: str = "en") -> list[Statement]:
    """Returns the statements of a text, in order."""
    return []
