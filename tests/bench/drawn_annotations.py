"""Names, statements and days of drawn texts: as many, and as often the same, as the rules found in the first texts.

A text gets what a text of the same length has, moved within it. Names that no text had before come as often as the
names of the first texts let expect.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from .drawn_corpus import Growth
from .large_archive import Version
from .rows import Table

# A text gets what one of so many of about its length has.
_AROUND = 50
_MENTION = ("spelling_id", "start", "end", "in_heading", "joined", "rule_id", "confidence_percent")
_DAY = ("start", "end", "earliest", "latest", "precision", "rule_id", "confidence_percent")
_STATEMENT = ("number", "kind", "content", "speaker_id", "hedges", "rule_id", "confidence_percent")


class DrawnAnnotations:
    """Writes annotations of drawn texts. Make it once the rules have read the first texts."""

    def __init__(self, chance: np.random.Generator) -> None:
        from archive import models
        from archive.annotate import RULES_VERSION

        self._models, self._rules, self._chance = models, RULES_VERSION, chance
        self._mentions = _by_version(models.Mention, _MENTION)
        self._days = _by_version(models.DayMention, _DAY)
        self._statements = _by_version(models.Statement, _STATEMENT)
        versions = models.SectionVersion.objects.order_by("pk").values_list("pk", "heading", "text")
        self._lengths = sorted((len(heading) + len(text), pk) for pk, heading, text in versions.iterator())
        self._tables = {
            "Name": Table(models.Name, "id", "type", "label"),
            # In shown texts: otherwise the first updates would find that out, and index everything again.
            "Spelling": Table(models.Spelling, "id", "type", "text", "folded", "script", "sound", "name_id", "shown"),
            "Mention": Table(models.Mention, "version_id", *_MENTION),
            "DayMention": Table(models.DayMention, "version_id", *_DAY),
            "Statement": Table(models.Statement, "version_id", *_STATEMENT),
            "Annotation": Table(models.Annotation, "version_id", "rules", "day", "day_of", "fault"),
        }
        self._load_names()

    def count(self, table: str) -> int:
        """Returns how many rows a table of the record has."""
        rows: int = getattr(self._models, table).objects.count()
        return rows

    def _load_names(self) -> None:
        spellings = list(self._models.Spelling.objects.order_by("pk").values_list("pk", "type", "text", "folded"))
        self._known = {(kind, folded) for _, kind, _, folded in spellings}
        self._types = {pk: kind for pk, kind, _, _ in spellings}
        self._texts: defaultdict[int, list[list[str]]] = defaultdict(list)
        for _, kind, text, _ in spellings:
            self._texts[kind].append(text.split())
        self._coined: defaultdict[int, list[int]] = defaultdict(list)
        self._next_spelling = count(max(self._types, default=0) + 1)
        self._next_name = count(max(self._models.Name.objects.values_list("pk", flat=True), default=0) + 1)
        of_names = [row[0] for rows in self._mentions.values() for row in rows]
        self._growth = Growth.measure(np.array(of_names or [0]) - min(of_names, default=0))
        self._drawn = 0

    def write(self, versions: Sequence[Version]) -> None:
        """Writes what texts have."""
        rows: dict[str, list[Sequence[Any]]] = {name: [] for name in self._tables}
        for version in versions:
            self._add(version, rows)
        for name, table in self._tables.items():
            table.write(rows[name])

    def _add(self, version: Version, rows: dict[str, list[Sequence[Any]]]) -> None:
        like, length = self._like(len(version.heading) + len(version.text))
        number, day, chars = version.number, version.day.date(), len(version.heading) + len(version.text)
        rows["Annotation"].append((number, self._rules, day, 2, ""))
        shift = max(chars - length, 0)
        shift = int(self._chance.integers(0, shift + 1)) if shift else 0
        for spelling, start, end, _, *rest in self._mentions.get(like, ()):
            if end + shift <= chars:
                in_heading = start + shift < len(version.heading)
                place = (start + shift, end + shift, in_heading)
                rows["Mention"].append((number, self._spelling(spelling, rows), *place, *rest))
        for start, end, earliest, latest, *rest in self._days.get(like, ()):
            if end + shift <= chars:
                rows["DayMention"].append((number, start + shift, end + shift, earliest, latest, *rest))
        for place, kind, content, speaker, _, *rest in self._statements.get(like, ()):
            if content and content[-1][1] + shift <= chars:
                moved = [[start + shift, end + shift] for start, end in content]
                spelling = self._spelling(speaker, rows) if speaker else None
                rows["Statement"].append((number, place, kind, moved, spelling, [], *rest))

    def _like(self, chars: int) -> tuple[int, int]:
        """Returns a text that the rules read, and its length: among those of about a length."""
        at = bisect_right(self._lengths, (chars, 0)) - int(self._chance.integers(0, _AROUND))
        length, pk = self._lengths[min(max(at, 0), len(self._lengths) - 1)]
        return pk, length

    def _spelling(self, spelling: int, rows: dict[str, list[Sequence[Any]]]) -> int:
        """Returns the spelling, or one that the first texts do not have."""
        self._drawn += 1
        growth, kind = self._growth, self._types[spelling]
        if self._drawn <= growth.seen or self._chance.random() >= growth.unseen:
            return spelling
        coined = self._coined[kind]
        if coined and self._chance.random() >= growth.share_of_new(self._drawn):
            return coined[int(self._chance.integers(0, len(coined)))]
        return self._coin(kind, rows) or spelling

    def _coin(self, kind: int, rows: dict[str, list[Sequence[Any]]]) -> int | None:
        """Makes a name of the words of two; returns its spelling, or None if it is there already."""
        from archive.annotate import sound_key

        texts = self._texts[kind]
        first, second = (texts[int(self._chance.integers(0, len(texts)))] for _ in range(2))
        text = " ".join([*first[:-1], second[-1]] if len(first) > 1 else [first[0], second[-1]])[:200]
        folded = self._models.fold_name(text)
        if (kind, folded) in self._known:
            return None
        self._known.add((kind, folded))
        pk, name = next(self._next_spelling), next(self._next_name)
        rows["Name"].append((name, kind, text))
        script = self._models.script_of(text)
        rows["Spelling"].append((pk, kind, text, folded, script, sound_key(text)[:200], name, True))
        self._types[pk] = kind
        self._coined[kind].append(pk)
        return pk


def _by_version(model: Any, columns: Sequence[str]) -> dict[int, list[tuple[Any, ...]]]:
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for version, *values in model.objects.order_by("pk").values_list("version_id", *columns):
        found[version].append(tuple(values))
    return dict(found)
