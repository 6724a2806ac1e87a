"""The fullest form of each name within its text: Andriy Yermak for Mr Yermak. Only `names` imports it.

A short form has the last words of a person's full name, or the first; the first words, the last or the initials of a
body's. Of several full names the nearest before it is taken, else the first after it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from .name_kinds import Candidate
from .name_words import BODY_WORDS
from .spans import NameType

# A word may belong to more full names; only so many are compared.
MAX_NAMES_OF_A_WORD = 50
_WITHOUT_INITIAL = frozenset({"of", "the", "and", "for", "&"})

Keys = tuple[str, ...]
_FullNames = dict[tuple[NameType, str], dict[Keys, str]]


def find_labels(text: str, candidates: Sequence[Candidate]) -> Iterator[str]:
    """Yields the label of each candidate, in order. Linear in their number."""
    everywhere: _FullNames = defaultdict(dict)
    before: _FullNames = defaultdict(dict)
    own = [" ".join(text[candidate.start_char : candidate.end_char].split()) for candidate in candidates]
    for candidate, label in zip(candidates, own, strict=True):
        _add(everywhere, candidate, label, is_latest_last=False)
    for candidate, label in zip(candidates, own, strict=True):
        yield _full_form(candidate, before, everywhere) or label
        _add(before, candidate, label, is_latest_last=True)


def _add(full_names: _FullNames, candidate: Candidate, label: str, *, is_latest_last: bool) -> None:
    keys, kind = candidate.keys, candidate.type
    if kind is None or kind == "place" or len(keys) < 2 or candidate.rule == "capitals":
        return
    words = {keys[0], keys[-1]}
    if kind == "organisation":
        words.add(_initials(keys))
    for word in words:
        names = full_names[kind, word]
        if is_latest_last:
            names.pop(keys, None)
            if len(names) >= MAX_NAMES_OF_A_WORD:
                del names[next(iter(names))]
        if len(names) < MAX_NAMES_OF_A_WORD:
            names.setdefault(keys, label)


def _full_form(candidate: Candidate, before: _FullNames, everywhere: _FullNames) -> str | None:
    keys, kind = candidate.keys, candidate.type
    if kind is None or kind == "place":
        return None
    for word in dict.fromkeys((keys[-1].replace(".", ""), keys[0])):
        for full, label in reversed(before.get((kind, word), {}).items()):
            if is_short_of(keys, full, kind):
                return label
    for word in dict.fromkeys((keys[-1].replace(".", ""), keys[0])):
        for full, label in everywhere.get((kind, word), {}).items():
            if is_short_of(keys, full, kind):
                return label
    return None


def _initials(keys: Keys) -> str:
    return "".join(key[0] for key in keys if key not in _WITHOUT_INITIAL)


def is_short_of(keys: Keys, full: Keys, kind: NameType) -> bool:
    """Says whether words are a short form of a full name."""
    if len(keys) >= len(full):
        return False
    if full[-len(keys) :] == keys:
        return kind == "person" or keys[0] not in BODY_WORDS
    if kind == "person":
        return len(keys) == 1 and full[0] == keys[0]
    if full[: len(keys)] == keys:
        return True
    return len(keys) == 1 and len(keys[0]) > 1 and keys[0].replace(".", "") == _initials(full)
