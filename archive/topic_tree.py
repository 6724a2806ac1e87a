"""Topics as a tree: which are broader and narrower, and how many articles each has, alone and with narrower ones.

Reads the tables of the record and changes nothing; `archive.curation` moves topics. The admin, the index and commands
import it. A topic whose broader one is not in the tree, since a user may not see it, is one of the first level.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from .models import Article, Section, Topic, TopicName

# Levels from the first to the last. Large thesauri have 14 (AGROVOC, MeSH); deeper ones are mistakes.
MAX_LEVELS = 20
# SQLite takes 32,766 in a statement.
_MAX_PARAMETERS = 10_000


@dataclass(frozen=True)
class TopicTree:
    """The names of topics by number, and the number of the broader topic of each; None on the first level."""

    names: Mapping[int, str]
    broader: Mapping[int, int | None]

    @cached_property
    def narrower(self) -> Mapping[int | None, list[int]]:
        """The numbers of the narrower topics of each topic, by name; of None those of the first level."""
        narrower: dict[int | None, list[int]] = {}
        for pk in sorted(self.names, key=lambda pk: (self.names[pk].casefold(), pk)):
            narrower.setdefault(self.broader[pk], []).append(pk)
        return narrower

    def path_to(self, pk: int) -> list[int]:
        """Returns the topic after its broader ones, the broadest first."""
        path: list[int] = []
        at: int | None = pk
        # A circle, which no page can make, ends here all the same.
        while at is not None and at not in path:
            path.append(at)
            at = self.broader.get(at)
        return path[::-1]

    def under(self, pk: int) -> Iterator[int]:
        """Yields the topic and all that are narrower, each before those under it."""
        seen: set[int] = set()
        waiting = [pk]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                yield at
                waiting += reversed(self.narrower.get(at, []))

    def with_broader(self, ids: Iterable[int]) -> set[int]:
        """Returns these topics and all broader ones. Unknown numbers are left out."""
        return {step for pk in ids if pk in self.names for step in self.path_to(pk)}

    @property
    def levels(self) -> int:
        """The number of levels of the whole tree."""
        return max((len(self.path_to(pk)) for pk in self.names), default=0)

    def levels_under(self, pk: int) -> int:
        """Returns how many levels the topic and its narrower ones take."""
        above = len(self.path_to(pk)) - 1
        return max(len(self.path_to(narrower)) for narrower in self.under(pk)) - above


def load_tree(topics: QuerySet[Topic] | None = None) -> TopicTree:
    """Returns the tree of all topics, or of these. One query."""
    rows = Topic.objects.all() if topics is None else topics
    names: dict[int, str] = {}
    broader: dict[int, int | None] = {}
    for pk, name, above in rows.order_by().values_list("pk", "name", "broader"):
        names[pk], broader[pk] = name, above
    return TopicTree(names, {pk: above if above in names else None for pk, above in broader.items()})


def load_other_names(ids: Iterable[int]) -> dict[int, list[str]]:
    """Returns the other names of topics. One query for each 10,000 topics."""
    wanted = list(ids)
    names: dict[int, list[str]] = {}
    for start in range(0, len(wanted), _MAX_PARAMETERS):
        rows = TopicName.objects.filter(topic__in=wanted[start : start + _MAX_PARAMETERS]).order_by("name")
        for topic, name in rows.values_list("topic", "name"):
            names.setdefault(topic, []).append(name)
    return names


def hidden_names(names: Iterable[str]) -> set[str]:
    """Returns those of a few names that find a topic and are not shown. One query."""
    hidden = TopicName.objects.filter(kind=TopicName.Kind.HIDDEN, name__in=list(names))
    return set(hidden.values_list("name", flat=True))


@dataclass(frozen=True)
class TopicCounts:
    """How many articles are filed under each topic itself, and under it or a narrower one, without zeros."""

    filed: Mapping[int, int]
    with_narrower: Mapping[int, int]


def filed_under(topics: Iterable[int], counted: Q | None = None) -> Iterator[tuple[int, int]]:
    """Yields each of these topics with each article that is filed under it, whole or one of its sections.

    A pair may come twice. `counted` is a condition of the articles. Two queries for each 10,000 topics.
    """
    ids = list(topics)
    for start in range(0, len(ids), _MAX_PARAMETERS):
        yield from _filed_under(ids[start : start + _MAX_PARAMETERS], counted)


def _filed_under(ids: list[int], counted: Q | None) -> Iterator[tuple[int, int]]:
    for table, article in ((Article.topics.through, "article"), (Section.topics.through, "section__article")):
        rows = table._default_manager.order_by().filter(topic__in=ids)
        if counted:
            rows = rows.filter(**{f"{article}__in": Article.objects.filter(counted).order_by().values("pk")})
        yield from rows.values_list("topic", article).iterator(chunk_size=5000)


def count_articles(tree: TopicTree, topics: Iterable[int], counted: Q) -> TopicCounts:
    """Counts the articles of these topics and of their broader ones that fulfil a condition, each once for a topic.

    Two queries; O(articles x topics x levels).
    """
    filed: dict[int, set[int]] = {}
    for topic, article in filed_under(topics, counted):
        filed.setdefault(topic, set()).add(article)
    together: dict[int, set[int]] = {}
    for topic, articles in filed.items():
        for step in tree.path_to(topic):
            together.setdefault(step, set()).update(articles)
    return TopicCounts(
        {topic: len(articles) for topic, articles in filed.items()},
        {topic: len(articles) for topic, articles in together.items()},
    )
