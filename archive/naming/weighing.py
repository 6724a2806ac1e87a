"""Counts mentions, and finds which names may be one and which statements are doubtful. Beside requests.

All of it is made again as a whole: it orders and proposes, and what curators see and decide is read from the rows
themselves. With 600,000 mentions of 51,000 names it takes two seconds.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import transaction
from django.db.models import Count, Max

from ..annotate import sound_key, wide_sound_key
from ..batches import in_parts
from ..models import (
    DOUBTFUL_BELOW_PERCENT,
    Mention,
    Name,
    NameJudgement,
    Operation,
    Proposal,
    Spelling,
    Statement,
    Verdict,
    wait_to_write,
)

# Names that sound the same are likelier to be one than those with the same consonants, and these than short ones.
_SAME_SOUND, _SAME_CONSONANTS, _FEW_CONSONANTS = 100, 10, 1
_MIN_CONSONANTS = 3
_BATCH_ROWS = 500
# A process looks so often at most whether something is to be weighed again, and rests longer the longer that takes.
_MIN_PAUSE_SECONDS = 60.0
_PAUSES = 20

_Pair = tuple[int, int]


def weigh() -> None:
    """Counts the mentions of names, and finds the proposals again. Writes only what differs."""
    counts = dict(Mention.objects.order_by().values_list("spelling__name").annotate(found=Count("pk")))
    _save_counts(counts)
    merge, statement = int(Proposal.Kind.MERGE), int(Proposal.Kind.STATEMENT)
    weights = {(merge, *pair): weight for pair, weight in _find_pairs(counts).items()}
    weights |= {(statement, pk, 0): weight for pk, weight in _find_doubtful(counts)}
    with transaction.atomic():
        wait_to_write()
        _save_proposals(weights)


class _Clock:
    """When this process weighed last, and what there was then."""

    seen: object = None
    next_seconds = 0.0


def weigh_if_changed() -> bool:
    """Weighs if texts or decisions came since this process did, but not too often; returns whether it did."""
    if time.monotonic() < _Clock.next_seconds:
        return False
    now = [model._default_manager.aggregate(last=Max("pk"))["last"] for model in (Mention, Spelling, Operation)]
    if now == _Clock.seen:
        return False
    began = time.monotonic()
    weigh()
    _Clock.seen = now
    _Clock.next_seconds = time.monotonic() + max(_MIN_PAUSE_SECONDS, _PAUSES * (time.monotonic() - began))
    return True


def _save_counts(counts: Mapping[int, int]) -> None:
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for pk, stored in Name.objects.order_by().values_list("pk", "mentioned"):
        if counts.get(pk, 0) != stored:
            alike[counts.get(pk, 0)].append(pk)
    for count, ids in alike.items():
        for some in in_parts(ids, size=_BATCH_ROWS):
            # Each by itself: others need not wait to write until thousands are counted.
            with transaction.atomic():
                wait_to_write()
                Name.objects.filter(pk__in=some).update(mentioned=count)


def _find_pairs(counts: Mapping[int, int]) -> dict[_Pair, int]:
    """Returns which name may be the same as which other, with a weight.

    Of names with an equal key, each is proposed to be the most mentioned from which nobody keeps it apart. So there
    are no more pairs than names, and a judgement makes place for the next.
    """
    groups: defaultdict[tuple[int, str], dict[int, set[str]]] = defaultdict(dict)
    rows = (
        Spelling.objects.exclude(name__verdict=Verdict.REJECTED).order_by().values_list("name__type", "text", "name")
    )
    for kind, text, name in rows:
        groups[kind, _wide_key(text)].setdefault(name, set()).add(text)
    judged = {frozenset(pair) for pair in NameJudgement.objects.values_list("name", "other")}
    found: dict[_Pair, int] = {}
    for (_, key), names in groups.items():
        if not key:
            continue
        ordered = sorted(names, key=lambda name: (-counts.get(name, 0), name))
        for place, name in enumerate(ordered):
            other = next((pk for pk in ordered[:place] if frozenset((name, pk)) not in judged), None)
            if other is not None:
                likeness = _likeness(key, names[name], names[other])
                weight = max(counts.get(name, 0), 1) * likeness
                found[name, other] = max(weight, found.get((name, other), 0))
    return found


def _likeness(wide_key: str, spellings: Iterable[str], others: Iterable[str]) -> int:
    if {sound_key(text) for text in spellings} & {sound_key(text) for text in others}:
        return _SAME_SOUND
    return _SAME_CONSONANTS if len(wide_key.replace(" ", "")) >= _MIN_CONSONANTS else _FEW_CONSONANTS


def _find_doubtful(counts: Mapping[int, int]) -> Iterable[_Pair]:
    """Yields the doubtful statements nobody decided on, each with how often its speaker is mentioned."""
    rows = Statement.objects.filter(verdict=None, confidence_percent__lt=DOUBTFUL_BELOW_PERCENT).order_by()
    for pk, name in rows.values_list("pk", "speaker__name"):
        yield pk, counts.get(name, 0)


def _save_proposals(weights: Mapping[tuple[int, int, int], int]) -> None:
    stored = {
        (kind, subject, other): (pk, weight)
        for pk, kind, subject, other, weight in Proposal.objects.values_list(
            "pk", "kind", "subject", "other", "weight"
        )
    }
    gone = [pk for key, (pk, weight) in stored.items() if weights.get(key) != weight]
    for some in in_parts(gone, size=_BATCH_ROWS):
        Proposal.objects.filter(pk__in=some).delete()
    Proposal.objects.bulk_create(
        (
            Proposal(kind=kind, subject=subject, other=other, weight=weight)
            for (kind, subject, other), weight in sorted(weights.items())
            if stored.get((kind, subject, other), (0, None))[1] != weight
        ),
        batch_size=_BATCH_ROWS,
    )


@lru_cache(maxsize=200_000)
def _wide_key(text: str) -> str:
    return wide_sound_key(text)
