"""What has positions in a text, as the parameters of a script; and which terms it needs, for queries of Lucene.

Each form or stem is the key of a map, since looking one up in a list would take the script longer. Only modules of
this package import from here.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ...fields import HLEAD, LEAD_WORDS
from ...query import (
    Fuzzy,
    Near,
    Operand,
    Or,
    Phrase,
    Term,
    Truncation,
    Word,
    truncation_parts,
    within_edits,
)
from ...text import Slot, find_abbreviations, readings, tokenize, word_forms
from ..deadline import check_time
from .mapping import TEXT_NAMES
from .sections import pack
from .snapshot import Snapshot

_DISTANCES = {"s": -1, "p": -2}
_TESTS_AT_ONCE = 256

Params = dict[str, Any]


def fields_of(field: str | None) -> dict[str, int]:
    """Returns the text fields that a term is searched in, each with the number of its first tokens, or 0 for all."""
    if field is None:
        return dict.fromkeys(TEXT_NAMES, 0)
    if field == HLEAD.name:
        return {"headline": 0, "heading": 0, "text": LEAD_WORDS}
    return {field: 0}


def to_params(snapshot: Snapshot, node: Operand) -> Params:
    """Returns an operand as `scripts` reads it."""
    match node:
        case Or(parts):
            return {"kind": "or", "parts": [to_params(snapshot, part) for part in parts]}  # type: ignore[arg-type]
        case Near(left, right, distance, ordered, excluded):
            return {
                "kind": "near",
                "left": to_params(snapshot, left),
                "right": to_params(snapshot, right),
                "distance": distance if isinstance(distance, int) else _DISTANCES[distance],
                "ordered": ordered,
                "excluded": excluded,
            }
        case Word(text):
            found = readings(text)
            return {
                "kind": "word",
                "fields": fields_of(node.field),
                "readings": [[_slot(slot) for slot in slots] for slots in found],
                "wide": _as_keys(slots[0].stem for slots in found if len(slots) == 1 and slots[0].stem),
            }
        case Phrase(text):
            tokens = tokenize(text)
            sequence = [_as_keys([token.form]) for token in tokens]
            return _forms_params(node, sequence, find_abbreviations(text, tokens))
        case Truncation(text):
            return _forms_params(node, [{"*": part} for part in truncation_parts(text)])
        case Fuzzy():
            return _forms_params(node, [_as_keys(fuzzy_forms(snapshot, node))])


def _slot(slot: Slot) -> Params:
    stems = [slot.stem, *slot.others] if slot.stem else slot.others
    return {"stems": _as_keys(stems), "narrow": pack(slot.stem)}


def _forms_params(node: Term, sequence: Sequence[Mapping[str, Any]], abbreviations: Collection[int] = ()) -> Params:
    return {
        "kind": "forms",
        "fields": fields_of(node.field),
        "sequence": list(sequence),
        "abbreviations": list(abbreviations),
    }


def _as_keys(terms: Any) -> dict[str, bool]:
    return dict.fromkeys(map(pack, terms), True)


def fuzzy_forms(snapshot: Snapshot, node: Fuzzy) -> list[str]:
    """Returns the forms of the archive within the edits of a fuzzy term. O(forms), once a state of the index."""
    word = pack(word_forms(node.text)[0])

    def find() -> list[str]:
        found = []
        for number, form in enumerate(snapshot.forms()):
            if number % _TESTS_AT_ONCE == 0:
                check_time()
            if abs(len(form) - len(word)) <= node.edits and within_edits(word, form, node.edits):
                found.append(form)
        return found

    return snapshot.keep(("fuzzy", word, node.edits), find)


def sole_stem(text: str) -> str | None:
    """Returns the stem of a word of one token and one reading, whose postings are all its matches; None for others."""
    (slots, *others) = readings(text)
    return None if others or len(slots) != 1 or slots[0].others or not slots[0].stem else slots[0].stem
