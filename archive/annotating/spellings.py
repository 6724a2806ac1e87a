"""The spellings of the names that rules found: those that are stored, and new ones, each with its name.

Without model instances, which would take most of the time: of a new archive, most names are new. Only `storing`
imports it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from django.db.models import Q

from ..annotate import place_named, same_person
from ..batches import in_parts
from ..bulk_rows import insert_rows, next_numbers
from ..finding import Found, Label
from ..models import (
    MAX_SPELLING_CHARS,
    Name,
    NameType,
    Spelling,
    SpellingColumns,
    Verdict,
    fold_name,
    spelling_columns,
)
from .loading import TYPES

_LATIN = "Latn"
_IS_REJECTED = Q(name__verdict=Verdict.REJECTED)

SpellingKey: TypeAlias = tuple[NameType, str]


class Spellings(NamedTuple):
    """The numbers of spellings by their keys; which of them are shown; and names to follow once texts have them.

    Those are the names of which a new spelling is shown, where it may change how the name is written.
    """

    numbers: Mapping[SpellingKey, int]
    shown: Collection[int]
    names: Collection[int]

    def number(self, label: Label | None) -> int | None:
        """Returns the number of the spelling of a label; None where no text can have it as a name."""
        return None if label is None else self.numbers.get(_key_of(label))


@lru_cache(maxsize=20_000)
def _key_of(label: Label) -> SpellingKey:
    kind, text = label
    return TYPES[kind], fold_name(text)


@dataclass(slots=True)
class _NewName:
    type: NameType
    label: str
    gazetteer: str
    number: int = 0
    is_shown: bool = False


@dataclass(slots=True)
class _NewSpelling:
    """A spelling to store. Its name is new, or the number of one that is stored."""

    columns: SpellingColumns
    is_shown: bool
    name: "_NewName | int" = 0


def find_spellings(found: Iterable[Found], languages: Mapping[int, str], shown: Collection[int]) -> Spellings:
    """Returns the spellings of the names in texts, and stores those that are new, each with its name.

    `languages` are those of the versions, `shown` the versions that readers may see. Two queries for each 5,000
    spellings, and six for those that are new.
    """
    wanted: dict[SpellingKey, tuple[str, str]] = {}
    in_shown: set[SpellingKey] = set()
    for part in found:
        is_shown = part.version in shown
        for row in part.names:
            key = _key_of(row.label)
            if key not in wanted:
                text = " ".join(row.label[1].split())
                if not text or len(text) > MAX_SPELLING_CHARS:
                    continue
                wanted[key] = text, languages[part.version]
            if is_shown and not row.joined:
                in_shown.add(key)
    numbers, shown_numbers = _stored_spellings(sorted({folded for _, folded in wanted}))
    new = {
        key: _NewSpelling(spelling_columns(key[0], text, language), key in in_shown)
        for key, (text, language) in wanted.items()
        if key not in numbers
    }
    names = _give_names(list(new.values()))
    created = dict(zip(new, next_numbers(Spelling, len(new)), strict=True))
    insert_rows(
        Spelling,
        ("id", *SpellingColumns._fields, "name_id", "shown"),
        ((created[key], *row.columns, _number_of(row.name), row.is_shown) for key, row in new.items()),
    )
    shown_numbers |= {created[key] for key, row in new.items() if row.is_shown}
    return Spellings(numbers | created, shown_numbers, names)


def _stored_spellings(folded_texts: Sequence[str]) -> tuple[dict[SpellingKey, int], set[int]]:
    numbers: dict[SpellingKey, int] = {}
    shown: set[int] = set()
    for some in in_parts(folded_texts):
        rows = Spelling.objects.filter(folded__in=some).values_list("type", "folded", "pk", "shown")
        for kind, folded, pk, is_shown in rows:
            numbers[_TYPES[kind], folded] = pk
            if is_shown:
                shown.add(pk)
    return numbers, shown


# Django's own conversion looks each number up by several calls.
_TYPES = {int(kind): kind for kind in NameType}


def _number_of(name: _NewName | int) -> int:
    return name if isinstance(name, int) else name.number


def _give_names(spellings: Sequence[_NewSpelling]) -> set[int]:
    """Gives each new spelling the one name that it is of, by the rules alone, or a name of its own.

    That is the name of the same person, or of the place that the gazetteer has by this form and by others. Names that
    a curator rejected get no more spellings; those of a name that was merged are of the one that was kept. Stores the
    new names; returns the names to follow.
    """
    alike = _alike([row.columns for row in spellings])
    names: list[_NewName] = []
    for spelling in spellings:
        columns = spelling.columns
        key = _likeness(columns)
        same = alike[key] if key else []
        if columns.type == NameType.PERSON:
            same = [row for row in same if same_person(row.text, columns.text)]
        # The new names of this batch have no number yet.
        found = {row.name if isinstance(row.name, int) else -id(row.name): row.name for row in same}
        if len(found) == 1:
            spelling.name = next(iter(found.values()))
        else:
            place = key.text if key and key.type == NameType.PLACE and not found else ""
            label = place if place and columns.script != _LATIN else columns.text
            spelling.name = _NewName(columns.type, label, place)
            names.append(spelling.name)
        if key:
            alike[key].append(_Alike(columns.text, spelling.name))
    to_follow = _show_names(spellings)
    for name, number in zip(names, next_numbers(Name, len(names)), strict=True):
        name.number = number
    insert_rows(
        Name,
        ("id", "type", "label", "own_label", "gazetteer", "shown", "note", "same_as"),
        ((name.number, name.type, name.label, name.label, name.gazetteer, name.is_shown, "", "[]") for name in names),
    )
    return set(map(_number_of, to_follow))


def _show_names(spellings: Iterable[_NewSpelling]) -> list[_NewName | int]:
    """Marks the new names that are shown; returns those names of which another spelling than the first is shown."""
    to_follow: list[_NewName | int] = []
    for spelling in spellings:
        name = spelling.name
        if not spelling.is_shown:
            continue
        if isinstance(name, int):
            to_follow.append(name)
            continue
        # It is written as the spelling that made it, or as the gazetteer has it.
        if not name.is_shown and name.label not in (spelling.columns.text, name.gazetteer):
            to_follow.append(name)
        name.is_shown = True
    return to_follow


class _Alike(NamedTuple):
    """A spelling that a new one may be of one name with."""

    text: str
    name: _NewName | int


class _Likeness(NamedTuple):
    """What spellings of one name may share: persons a sound, places a label of the gazetteer."""

    type: NameType
    text: str


def _likeness(spelling: SpellingColumns) -> _Likeness | None:
    match spelling.type:
        case NameType.PERSON:
            return _Likeness(NameType.PERSON, spelling.sound)
        case NameType.PLACE if label := place_named(spelling.text, spelling.language):
            return _Likeness(NameType.PLACE, label)
    return None


def _alike(spellings: Iterable[SpellingColumns]) -> defaultdict[_Likeness, list[_Alike]]:
    """Returns the stored spellings with the likenesses of new ones; one of each name of a place."""
    alike: defaultdict[_Likeness, list[_Alike]] = defaultdict(list)
    wanted = sorted(set(filter(None, map(_likeness, spellings))))
    for some in in_parts([key.text for key in wanted if key.type == NameType.PERSON]):
        persons = Spelling.objects.filter(~_IS_REJECTED, type=NameType.PERSON, sound__in=some)
        for sound, text, name in persons.values_list("sound", "text", "name_id"):
            alike[_Likeness(NameType.PERSON, sound)].append(_Alike(text, name))
    for some in in_parts([key.text for key in wanted if key.type == NameType.PLACE]):
        for place in Name.objects.filter(gazetteer__in=some).select_related("merged_into"):
            known = place.merged_into or place
            if known.verdict != Verdict.REJECTED:
                alike[_Likeness(NameType.PLACE, place.gazetteer)].append(_Alike(known.label, known.pk))
    return alike
