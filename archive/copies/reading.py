"""What is known of the copies of articles, for those who index and show them. Counts shown articles alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from ..likeness import Likeness
from ..models import Article, ComparedText, CopyPair, shown_articles


@dataclass(frozen=True)
class CopyFacts:
    """What is known of an article: the first article of its group, itself perhaps, and the agencies of its text.

    `first` is None where it has no copies.
    """

    article_id: int = 0
    first: int | None = None
    agencies: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the field `copies`."""
        if self.first is None:
            return ("no",)
        return ("yes", "first" if self.first == self.article_id else "later")


NO_COPIES = CopyFacts()


def facts_of(article_ids: Iterable[int]) -> dict[int, CopyFacts]:
    """Returns what is known of those of these articles that were compared. One query."""
    rows = ComparedText.objects.filter(pk__in=list(article_ids)).values_list("pk", "first", "agency")
    return {pk: CopyFacts(pk, first, tuple(agency.split("\n")) if agency else ()) for pk, first, agency in rows}


def group_sizes(firsts: Iterable[int], now: datetime) -> dict[int, int]:
    """Returns how many articles that are shown have the same text as each first one, itself included. One query."""
    shown = shown_articles(now).filter(pk=OuterRef("article_id"))
    rows = ComparedText.objects.filter(Exists(shown), first__in=list(firsts)).order_by()
    return dict(rows.values_list("first").annotate(articles=Count("pk")))


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
    members = list(shown_articles(now).filter(pk__in=ids).select_related("source"))
    members.sort(key=lambda member: (member.published is None, member.published or now, member.pk))
    pairs = CopyPair.objects.filter(article_id=article.pk).values_list("other_id", "contained", "resemblance")
    likeness = {other: Likeness(contained, resemblance) for other, contained, resemblance in pairs}
    copies = tuple(
        Copy(member, likeness.get(member.pk), member.pk == facts.first)
        for member in members
        if member.pk != article.pk
    )
    return CopyGroup(copies, facts.agencies, _first_source(members), article.source_id)


def _first_source(members: list[Article]) -> str:
    """Returns who published first; empty where a time is not known, or two are the same as far as they are known."""
    times = [member.time for member in members[:2]]
    if len(times) < 2 or not times[0] or not times[1] or any(member.published is None for member in members):
        return ""
    first, second = times[0], times[1]
    known = min(len(first.day), len(second.day))
    is_clear = first.day[:known] < second.day[:known] or (first.is_exact and second.is_exact and first.at < second.at)
    return members[0].source.name if is_clear else ""
