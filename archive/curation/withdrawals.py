"""Articles and sections withdrawn from readers, and restored.

A withdrawal closes its article or section from the moment that its transaction is committed. `close` alone sets the
columns `closed_until`, which all queries read, from the withdrawals that were not restored. `archive.operations` makes
operations of both.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..errors import CurationError
from ..models import (
    FOREVER,
    Article,
    PublishingStatus,
    Section,
    Withdrawal,
    in_force,
    record_changes,
)
from .divisions import find_kin

# A tombstone is read at a glance; what is longer belongs into the correspondence.
MAX_NOTE_CHARS = 2000
# Longer than any embargo or order; what has no end has no time.
MAX_YEARS_AHEAD = 100
# They turn the direction of the text that follows, beyond the end of the note.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Of many refusals, so many are named.
_MAX_NAMED = 3
_BATCH_ROWS = 500


@dataclass(frozen=True)
class Terms:
    """Why something is withdrawn, what readers read about it, until when, and whether they see its headline."""

    reason: str
    note: str = ""
    until: datetime | None = None
    headline_shown: bool = False

    def find_faults(self, now: datetime) -> dict[str, str]:
        """Returns what is wrong with the values, by their names; empty where all are right."""
        faults = {}
        if self.reason not in Withdrawal.Reason.values:
            faults["reason"] = f"Choose a reason: {', '.join(Withdrawal.Reason.labels)}."
        if len(self.note) > MAX_NOTE_CHARS:
            faults["note"] = (
                f"The note has {len(self.note):,} characters; at most {MAX_NOTE_CHARS:,} are shown to readers. "
                "Shorten it."
            )
        elif unfit := sorted({char for char in self.note if _is_unfit(char)}):
            names = ", ".join(f"U+{ord(char):04X}" for char in unfit[:_MAX_NAMED])
            faults["note"] = f"The note has characters that no page can show or that turn its direction: {names}."
        if self.until and self.until <= now:
            faults["until"] = f"{self.until:%Y-%m-%d %H:%M} UTC is past. Give a time to come, or none."
        elif self.until and self.until > now + timedelta(days=366 * MAX_YEARS_AHEAD):
            faults["until"] = f"The year {self.until.year} is too far ahead. Leave the time empty for no end."
        return faults


def _is_unfit(char: str) -> bool:
    return char in _TURNING or (unicodedata.category(char) in ("Cc", "Cs") and char != "\n")


Target = Article | Section
# The number of an article, and that of its section if only that is withdrawn.
_Key = tuple[int, int | None]


def add_withdrawals(targets: Iterable[Target], terms: Terms, *, user_name: str) -> list[Withdrawal]:
    """Withdraws articles and sections from readers, all of them or none; returns the new rows.

    Call it in an operation that watches the articles. Raises CurationError where the terms have a fault, or a target
    cannot be withdrawn (see `find_refusals`).
    """
    now = timezone.now()
    targets = list(targets)
    if faults := terms.find_faults(now):
        raise CurationError(" ".join(faults.values()))
    _refuse(find_refusals(targets, terms, now=now))
    rows = []
    for target in targets:
        article_id, section_id = _key_of(target)
        rows.append(
            Withdrawal(article_id=article_id, section_id=section_id, at=now, user_name=user_name, **vars(terms))
        )
    return Withdrawal.objects.bulk_create(rows, batch_size=_BATCH_ROWS)


def find_refusals(targets: Sequence[Target], terms: Terms, *, now: datetime) -> dict[Target, str]:
    """Returns which of the articles and sections cannot be withdrawn on these terms, and why. Three queries."""
    sections = Section.objects.in_bulk({target.pk for target in targets if isinstance(target, Section)})
    articles = Article.objects.in_bulk({_key_of(target)[0] for target in targets})
    present: dict[_Key, list[Withdrawal]] = {}
    for row in Withdrawal.objects.filter(in_force(now), article__in=articles, reason=terms.reason):
        present.setdefault((row.article_id, row.section_id), []).append(row)
    refusals = {}
    for target in targets:
        article_id, section_id = key = _key_of(target)
        article = articles.get(article_id)
        if article is None or (section_id and section_id not in sections):
            refusals[target] = "it has been deleted"
        elif section_id and sections[section_id].article_id != article_id:
            refusals[target] = f"it is a section of article {sections[section_id].article_id}"
        elif article.trashed:
            refusals[target] = "it lies in the trash, where no reader sees it; restore it from there first"
        elif longer := [row for row in present.get(key, ()) if _lasts_as_long(row, terms.until)]:
            refusals[target] = (
                f"{longer[0].user_name} withdrew it for this reason on {longer[0].at:%Y-%m-%d %H:%M} UTC already; "
                "restore that withdrawal to write another note"
            )
    return refusals


def _lasts_as_long(row: Withdrawal, until: datetime | None) -> bool:
    return row.until is None or (until is not None and until <= row.until)


def end_withdrawals(withdrawals: Iterable[Withdrawal], *, user_name: str) -> None:
    """Takes withdrawals back, all of them or none: what no other withdrawal closes is shown again.

    Call it in an operation that watches their articles. Raises CurationError where one is not in force any more.
    """
    now = timezone.now()
    rows = Withdrawal.objects.in_bulk([row.pk for row in withdrawals])
    _refuse({row: reason for row in rows.values() if (reason := _why_not_restored(row, now))})
    Withdrawal.objects.filter(pk__in=rows).update(restored=now, restored_by=user_name)


def _why_not_restored(row: Withdrawal, now: datetime) -> str:
    if row.restored:
        return f"{row.restored_by} restored it on {row.restored:%Y-%m-%d %H:%M} UTC already"
    if row.until and row.until <= now:
        return f"it ended by itself on {row.until:%Y-%m-%d %H:%M} UTC"
    return ""


def _refuse(refusals: Mapping[Target, str] | Mapping[Withdrawal, str]) -> None:
    if not refusals:
        return
    named = [f"{_name(row)}: {reason}." for row, reason in list(refusals.items())[:_MAX_NAMED]]
    others = len(refusals) - len(named)
    named += [f"So it is with {others:,} more."] if others else []
    raise CurationError(f"Nothing was changed. {' '.join(named)}")


def _name(row: Target | Withdrawal) -> str:
    return str(row) if isinstance(row, Withdrawal) else f"{type(row).__name__} {row.pk}"


def _key_of(target: Target) -> _Key:
    return (target.article_id, target.pk) if isinstance(target, Section) else (target.pk, None)


def close(article_ids: Iterable[int]) -> None:
    """Sets until when these articles and their sections are closed, after curators or senders changed what is shown.

    Six queries for each 500, and one for each that is closed. The last end of several withdrawals counts, for all
    sections that share words. An end that has passed stays: what was withdrawn was new to readers then. An article at
    another address has the same words: it is closed as long as the article, or a section of it, is not shown.
    """
    ids = sorted(article_ids)
    for start in range(0, len(ids), _BATCH_ROWS):
        some = ids[start : start + _BATCH_ROWS]
        elsewhere = Article.objects.filter(Q(pk__in=some, same_as__isnull=False) | Q(same_as__in=some))
        mains = {pk: main for pk, main in elsewhere.order_by().values_list("pk", "same_as") if main}
        _close(sorted({*some, *mains}))
        if mains:
            _close_addresses(mains)


def hidden_as_another_address(ids: Iterable[int], now: datetime) -> set[int]:
    """Returns which of these articles are closed because they are another address of one that is hidden, or partly so.

    An article that is withdrawn itself is left out: it stays closed without the other. Four queries.
    """
    rows = Article.objects.filter(pk__in=list(ids), same_as__isnull=False).order_by()
    mains = {pk: main for pk, main in rows.values_list("pk", "same_as") if main}
    hidden = {pk for pk, end in _ends_of_hiding(set(mains.values())).items() if end > now}
    own = Withdrawal.objects.filter(in_force(now), article__in=mains, section=None)
    return {pk for pk, main in mains.items() if main in hidden} - set(own.values_list("article", flat=True))


def _close_addresses(mains: Mapping[int, int]) -> None:
    """Closes other addresses of articles, by their numbers, as long as these are hidden, whole or in part."""
    ends = _ends_of_hiding(set(mains.values()))
    closed = {pk: ends[main] for pk, main in mains.items() if main in ends}
    for pk, end in closed.items():
        is_sooner = Q(closed_until=None) | Q(closed_until__lt=end)
        Article.objects.filter(is_sooner, pk=pk).update(closed_until=end)
    record_changes(closed)


def _ends_of_hiding(ids: Iterable[int]) -> dict[int, datetime]:
    """Returns until when articles are hidden, whole or in part, by whatever hides them; those that ever were."""
    ends: dict[int, datetime] = {}
    sections = Section.objects.filter(article__in=ids, closed_until__isnull=False)
    for pk, end in sections.order_by().values_list("article", "closed_until"):
        if end:
            ends[pk] = max(end, ends.get(pk, end))
    for article in Article.objects.filter(pk__in=ids):
        never = article.trashed or article.status == PublishingStatus.WITHHELD
        known = (ends.get(article.pk), article.closed_until, article.embargo, FOREVER if never else None)
        if found := [end for end in known if end]:
            ends[article.pk] = max(found)
    return ends


def _close(ids: Sequence[int]) -> None:
    ends: dict[type[Target], dict[int, datetime]] = {Article: {}, Section: {}}
    for row in Withdrawal.objects.filter(article__in=ids, restored__isnull=True).order_by():
        article_id, section_id = row.article_id, row.section_id
        until = ends[Section] if section_id else ends[Article]
        number = section_id or article_id
        until[number] = max(until.get(number, row.until or FOREVER), row.until or FOREVER)
    for section, kin in find_kin(ends[Section]).items():
        for other in kin:
            ends[Section][other] = max(ends[Section].get(other, ends[Section][section]), ends[Section][section])
    rows_of: dict[type[Target], QuerySet[Any]] = {
        Article: Article.objects.filter(pk__in=ids),
        Section: Section.objects.filter(article__in=ids),
    }
    for model, rows in rows_of.items():
        rows.filter(closed_until__isnull=False).exclude(pk__in=ends[model]).update(closed_until=None)
        for pk, end in ends[model].items():
            rows.filter(pk=pk).update(closed_until=end)
