"""Groups of copies: who is around some articles, and which first article and agency each has.

`following` stores what this finds; `reading` asks it while something that may not be shown is still stored. Only they
import this.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import TypeVar

from ..batches import in_parts
from ..likeness import find_firsts
from ..models import Article, CopyPair

# For each article its copies, each with the share of the shorter text that both have.
Pairs = dict[int, dict[int, float]]

# The parameters of a statement; SQLite takes 32,766.

_Value = TypeVar("_Value")


def pairs_around(ids: Collection[int]) -> Pairs:
    """Returns the copies of these articles, of their copies, and so on. A query for each step away."""
    copies: Pairs = {pk: {} for pk in ids}
    waiting = set(ids)
    while waiting:
        reached = set()
        for some in in_parts(sorted(waiting)):
            rows = CopyPair.objects.filter(article_id__in=some).values_list("article_id", "other_id", "contained")
            for article, other, contained in rows:
                copies[article][other] = contained
                reached.add(other)
        waiting = reached - copies.keys()
        copies |= {pk: {} for pk in waiting}
    return copies


def find_groups(copies: Pairs, credited: Mapping[int, str]) -> dict[int, tuple[int | None, str]]:
    """Returns the first article, None without copies, and the agency of each article. One query.

    `credited` has the agencies that each article credits itself. The copies of these articles are among them.
    """
    grouped = [pk for pk in credited if copies[pk]]
    times = dict(Article.objects.filter(pk__in=grouped).values_list("pk", "published")) if grouped else {}
    # What has no time of publication comes after what has one, in the order in which the archive got it.
    in_order = sorted(grouped, key=lambda pk: (times.get(pk) is None, times.get(pk) or 0, pk))
    firsts = find_firsts(in_order, copies)
    in_groups: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for pk in in_order:
        if pk in firsts and credited[pk]:
            in_groups[firsts[pk]][credited[pk]] += 1
    found = {}
    for pk, own in credited.items():
        first = firsts.get(pk)
        most = in_groups[first].most_common(1) if first is not None else []
        found[pk] = first, own or (most[0][0] if most else "")
    return found
