"""Which topics the facet of a page shows, and which of them under which: a part of the tree of topics.

Beside the most frequent topics, a chosen topic brings its broader topic and its most frequent narrower ones. Counts
are those of the index. Only `facets` imports from here.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q, QuerySet

from archive.models import Topic
from archive.prepared_queries import PreparedQuery

# A chosen topic shows so many of its narrower ones; the list of all values has the others.
MAX_NARROWER_VALUES = 7

# The broader topic of each, by their names.
Places = Mapping[str, str]
Branch = tuple[str, tuple["Branch", ...]]


def load_places(shown: Iterable[str], chosen: Iterable[str]) -> Places:
    """Returns the broader topic of each of these topics, and of the narrower ones of the chosen. One query."""
    return dict(_BROADER.rows(shown=list(shown), chosen=list(chosen)))


def _broader(shown: Sequence[str], chosen: Sequence[str]) -> QuerySet[Topic, tuple[str, str]]:
    wanted = Q(name__in=shown) | Q(broader__name__in=chosen)
    return Topic.objects.filter(wanted, broader__isnull=False).order_by("pk").values_list("name", "broader__name")


_BROADER = PreparedQuery(_broader)


def choose_topics(
    frequent: Sequence[str], chosen: Sequence[str], counts: Mapping[str, int], places: Places
) -> list[str]:
    """Returns the topics to show: the chosen, what is next to them in the tree and has a count, the frequent."""
    shown = dict.fromkeys(chosen)
    for name in chosen:
        if places.get(name) in counts:
            shown[places[name]] = None
        # The index may be older than the tree, or have none of them that may be shown.
        narrower = [other for other, broader in places.items() if broader == name and counts.get(other)]
        narrower.sort(key=lambda other: (-counts[other], other))
        shown |= dict.fromkeys(narrower[:MAX_NARROWER_VALUES])
    return list(shown | dict.fromkeys(frequent))


def grow_branches(shown: Sequence[str], places: Places) -> tuple[Branch, ...]:
    """Returns the topics as branches: each under its broader topic if that is shown, all in the order in which shown.

    A branch comes where the first of its topics would.
    """
    at = {name: number for number, name in enumerate(shown)}
    narrower: dict[str, list[str]] = {name: [] for name in shown}
    roots: list[str] = []
    for name in shown:
        broader = places.get(name)
        (narrower[broader] if broader is not None and broader in at else roots).append(name)

    def first(name: str) -> int:
        return min([at[name], *map(first, narrower[name])])

    def branch(name: str) -> Branch:
        return name, tuple(map(branch, sorted(narrower[name], key=first)))

    return tuple(map(branch, sorted(roots, key=first)))
