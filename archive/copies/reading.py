"""What is known of the copies of articles, for those who index and show them. Counts shown articles alone."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..batches import in_parts
from ..likeness import Likeness
from ..models import (
    Article,
    ArticleVersion,
    ComparedText,
    CopyPair,
    hidden_changes,
    hiding_changes,
    shown_articles,
    shown_versions,
)
from ..prepared_queries import PreparedQuery
from .grouping import find_groups, pairs_around

# A page lists so many; each leads to its article, which has all.
MAX_OTHER_CAPTURES = 50


@dataclass(frozen=True)
class CopyFacts:
    """What is known of an article: the first article of its group, itself perhaps, and the agencies of its text.

    `first` is None where it has no copies. `articles` is the size of the group, itself included, where it was counted.
    """

    article_id: int = 0
    first: int | None = None
    agencies: tuple[str, ...] = ()
    articles: int = 1

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the field `copies`."""
        if self.first is None:
            return ("no",)
        return ("yes", "first" if self.first == self.article_id else "later")

    @property
    def counted(self) -> int | None:
        """How many articles have the text; None where the article is not known or not shown."""
        return self.articles if self.article_id else None

    @property
    def group(self) -> str:
        """The value of the field `group`."""
        return str(self.first or "")


NO_COPIES = CopyFacts()


def facts_of(article_ids: Iterable[int]) -> dict[int, CopyFacts]:
    """Returns what is known of those of these articles that were compared. One query."""
    rows = ComparedText.objects.filter(pk__in=list(article_ids)).values_list("pk", "first", "agency")
    return {pk: CopyFacts(pk, first, _agencies(agency)) for pk, first, agency in rows}


def shown_facts_of(article_ids: Iterable[int], now: datetime) -> dict[int, CopyFacts]:
    """Returns what is known of these articles as far as their copies are shown at this moment.

    One query, and those of `facts_without` while the next update of the index will hide something.
    """
    ids = list(article_ids)
    known = _shown_groups(ids, now)
    return {pk: known[pk] for pk in ids if pk in known}


def facts_without(hidden: Collection[int], now: datetime) -> dict[int, CopyFacts]:
    """Returns what is known, without hidden articles, of their copies, of the copies of these, and so on.

    The next update of the index stores this; until then the groups and agencies that are stored count what is hidden.
    A query for each step from copy to copy, usually two, and two more if there are any.
    """
    around = pairs_around(hidden)
    others = sorted(around.keys() - set(hidden))
    credited: dict[int, str] = {}
    for some in in_parts(others):
        credited |= dict(_shown_texts(now).filter(pk__in=some).values_list("pk", "credited"))
    pairs = {pk: {other: share for other, share in around[pk].items() if other in credited} for pk in credited}
    groups = find_groups(pairs, credited)
    sizes = Counter(first for first, _ in groups.values())
    return {
        pk: CopyFacts(pk, first, _agencies(agency), sizes[first] if first else 1)
        for pk, (first, agency) in groups.items()
    }


def _shown_groups(ids: Collection[int], now: datetime) -> dict[int, CopyFacts]:
    """Returns what is known of these articles, and of at least all others in their groups."""
    stored = _WITH_GROUPS.rows(ids=list(ids), now=now)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for pk, first, _, _ in stored:
        if first is not None:
            members[first].append(pk)
    facts = {}
    for pk, first, agency, _ in stored:
        group = members[first] if first is not None else []
        # The first may have been hidden a moment ago; then another stands for the group until it is found again.
        named = first if first in group else min(group, default=None)
        facts[pk] = CopyFacts(pk, named if len(group) > 1 else None, _agencies(agency), max(len(group), 1))
    if any(is_waiting for *_, is_waiting in stored):
        hidden = hidden_changes(now)
        facts = {pk: known for pk, known in facts.items() if pk not in hidden} | facts_without(hidden, now)
    return facts


def _with_groups(ids: Sequence[int], now: datetime) -> QuerySet[ComparedText, tuple[int, int | None, str, bool]]:
    in_groups = Q(first__in=ComparedText.objects.filter(pk__in=ids, first__isnull=False).values("first"))
    rows = _shown_texts(now).filter(Q(pk__in=ids) | in_groups)
    return rows.values_list("pk", "first", "agency", Exists(hiding_changes()))


_WITH_GROUPS = PreparedQuery(_with_groups)


def _shown_texts(now: datetime) -> QuerySet[ComparedText]:
    return ComparedText.objects.filter(Exists(shown_articles(now).filter(pk=OuterRef("pk"), same_as=None)))


def _agencies(stored: str) -> tuple[str, ...]:
    return tuple(stored.split("\n")) if stored else ()


@dataclass(frozen=True)
class Copy:
    """Another article with much the same words. `likeness` is empty where both are copies of a third alone."""

    article: Article
    likeness: Likeness | None
    is_first: bool

    @property
    def words(self) -> str:
        """How much is the same, in words."""
        if self.likeness is None:
            return "parts of the same text"
        share = self.likeness
        if share.resemblance >= 0.9:
            return "the same text"
        return "the same text, cut or with additions" if share.contained >= 0.9 else "much of the same text"


@dataclass(frozen=True)
class CopyGroup:
    """The other articles with the text of an article that are shown, the earliest first.

    `agencies` are credited with the text. `first_source` is who had it first, as far as the times of publication say;
    it is empty where they leave that open.
    """

    copies: tuple[Copy, ...] = ()
    agencies: tuple[str, ...] = ()
    first_source: str = ""
    source_id: int = 0
    first: int = 0

    @property
    def label(self) -> str:
        """How many outlets and articles have the text too, in words."""
        outlets, copies = self.other_outlets, len(self.copies)
        in_outlets = f"{outlets:,} other outlet{'' if outlets == 1 else 's'}"
        if outlets == copies:
            return f"Also in {in_outlets}"
        times = f"{copies:,} other article{'' if copies == 1 else 's'}"
        return f"Also in {in_outlets}, {times} in all" if outlets else f"Also in {times} of this outlet"

    @property
    def other_outlets(self) -> int:
        """How many outlets other than that of the article have it."""
        return len({copy.article.source_id for copy in self.copies} - {self.source_id})


def find_group(article: Article, now: datetime) -> CopyGroup:
    """Returns the copies of an article that every reader may see. One query if it has none, else three."""
    known = _shown_groups([article.pk], now)
    facts = known.get(article.pk, NO_COPIES)
    if facts.first is None:
        return CopyGroup(agencies=facts.agencies)
    ids = [pk for pk, other in known.items() if other.first == facts.first]
    members = list(shown_articles(now).filter(pk__in=ids, same_as=None).select_related("source"))
    members.sort(key=lambda member: (member.published is None, member.published or now, member.pk))
    pairs = CopyPair.objects.filter(article_id=article.pk).values_list("other_id", "contained", "resemblance")
    likeness = {other: Likeness(contained, resemblance) for other, contained, resemblance in pairs}
    copies = tuple(
        Copy(member, likeness.get(member.pk), member.pk == facts.first)
        for member in members
        if member.pk != article.pk
    )
    return CopyGroup(copies, facts.agencies, _first_source(members), article.source_id, facts.first)


def _first_source(members: list[Article]) -> str:
    """Returns who published first; empty where a time is not known, or two are the same as far as they are known."""
    times = [member.time for member in members[:2]]
    if len(times) < 2 or not times[0] or not times[1] or any(member.published is None for member in members):
        return ""
    first, second = times[0], times[1]
    known = min(len(first.day), len(second.day))
    is_clear = first.day[:known] < second.day[:known] or (first.is_exact and second.is_exact and first.at < second.at)
    return members[0].source.name if is_clear else ""


def other_captures(article: Article, now: datetime) -> list[ArticleVersion]:
    """Returns the captures of an article at its other addresses that are shown, the latest first. One query."""
    versions = shown_versions(now).filter(article__same_as=article).select_related("article", "capture")
    return list(versions.order_by("-capture__captured", "-pk")[:MAX_OTHER_CAPTURES])
