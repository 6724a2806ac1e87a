"""What is known of the copies of articles, for those who index and show them. Counts shown articles alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from ..likeness import Likeness
from ..models import Article, ArticleVersion, ComparedText, CopyPair, shown_articles, shown_versions

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
    """Returns what is known of these articles as far as their copies are shown at this moment. One query."""
    ids = list(article_ids)
    wanted = ComparedText.objects.filter(pk__in=ids)
    shown = shown_articles(now).filter(pk=OuterRef("article_id"), same_as=None)
    in_groups = Q(first__in=wanted.filter(first__isnull=False).values("first"))
    rows = ComparedText.objects.filter(Q(pk__in=ids) | in_groups, Exists(shown))
    known = {pk: (first, agency) for pk, first, agency in rows.values_list("pk", "first", "agency")}
    members: defaultdict[int, list[int]] = defaultdict(list)
    for pk, (first, _) in known.items():
        if first is not None:
            members[first].append(pk)
    facts = {}
    for pk in ids:
        if pk not in known:
            continue
        first, agency = known[pk]
        group = members[first] if first is not None else []
        # The first may have been hidden a moment ago; then another stands for the group until it is found anew.
        named = first if first in group else min(group, default=None)
        has_copies = len(group) > 1
        facts[pk] = CopyFacts(pk, named if has_copies else None, _agencies(agency), max(len(group), 1))
    return facts


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
    facts = facts_of([article.pk]).get(article.pk, NO_COPIES)
    if facts.first is None:
        return CopyGroup(agencies=facts.agencies)
    ids = ComparedText.objects.filter(first=facts.first).values("pk")
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
