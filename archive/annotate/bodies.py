"""Names whose kind no rule can see: agencies, bodies, outlets, platforms, and regions without a city's entry.

The forms are lists by hand in `data/`. A form in capitals matches only capitals; the others match whatever has a
capital. Only the modules of `names` import it.
"""

from functools import cache

from .name_tokens import Token, read_lines
from .name_words import AMBIGUOUS_IN_CAPITALS
from .spans import NameType
from .word_lists import read_list


class Table:
    """Phrases by their first plain word, longest first."""

    def __init__(self) -> None:
        self.by_first: dict[str, list[tuple[tuple[str, ...], str, NameType]]] = {}

    def add(self, form: str, kind: NameType) -> None:
        words = tuple(token.key for line in read_lines(form) for token in line.tokens)
        self.by_first.setdefault(words[0], []).append((words, form, kind))


@cache
def bodies() -> Table:
    """Returns the tables `bodies.txt` and `regions.txt`, made by hand."""
    table = Table()
    kinds: tuple[tuple[str, NameType], ...] = (("bodies.txt", "organisation"), ("regions.txt", "place"))
    for name, kind in kinds:
        for form in read_list(name).splitlines():
            table.add(form, kind)
    for entries in table.by_first.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


def match_phrase(
    tokens: list[Token], place: int, end: int, *, in_capitals: bool = False
) -> tuple[int, NameType] | None:
    """Returns how many tokens from a place are a form of the tables, and its kind."""
    entries = bodies().by_first.get(tokens[place].key)
    if not entries:
        return None
    for words, form, kind in entries:
        stop = place + len(words)
        if stop > end or any(tokens[place + at].key != word for at, word in enumerate(words)):
            continue
        if any(tokens[at].possessive or tokens[at + 1].glued for at in range(place, stop - 1)):
            continue
        if in_capitals:
            if not (form.isupper() and len(words) == 1 and words[0] in AMBIGUOUS_IN_CAPITALS):
                return len(words), kind
        elif form.isupper() and len(words) == 1:
            if tokens[place].word.rstrip(".") == form.rstrip("."):
                return 1, kind
        elif form[-1] == "." and tokens[stop - 1].word[-1] != ".":
            continue
        elif tokens[place].is_capital or form[0].islower():
            return len(words), kind
    return None
