"""Pairs of articles that may be one article under two addresses, and what curators decide of them.

Two articles of one source with nearly all words in common, published at about the same time, are proposed. Merged,
one is another address of the other: its page leads there, searches and lists leave it out, and its captures are listed
with those of the other. Captures, versions and permalinks stay what they are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from ..errors import CurationError
from ..models import Article, CopyJudgement, CopyPair, shown_articles

# Less than this, it is another edition, an update or a series.
_MIN_RESEMBLANCE = 0.8
# Print comes the next day, and a weekend may be between.
_MAX_APART = timedelta(days=3)


@dataclass(frozen=True)
class Proposal:
    """Two articles, the one that the archive has had for longer first; `resemblance` is the share of common words."""

    article: Article
    other: Article
    resemblance: float

    @property
    def articles(self) -> tuple[Article, Article]:
        return self.article, self.other


def find_proposals(now: datetime) -> list[Proposal]:
    """Returns all pairs that nobody decided on yet, the most alike first. Three queries."""
    rows = CopyPair.objects.filter(article_id__lt=F("other_id"), resemblance__gte=_MIN_RESEMBLANCE)
    pairs = list(
        rows.order_by("-resemblance", "article_id", "other_id").values_list("article_id", "other_id", "resemblance")
    )
    judged = set(CopyJudgement.objects.values_list("article_id", "other_id"))
    ids = {pk for first, second, _ in pairs for pk in (first, second)}
    articles = shown_articles(now).filter(same_as=None).select_related("source").in_bulk(ids)
    return [
        Proposal(articles[first], articles[second], resemblance)
        for first, second, resemblance in pairs
        if first in articles and second in articles and (first, second) not in judged
        if _may_be_one(articles[first], articles[second])
    ]


def _may_be_one(article: Article, other: Article) -> bool:
    if article.source_id != other.source_id:
        return False
    return not article.published or not other.published or abs(article.published - other.published) <= _MAX_APART


def with_other_addresses(article_id: int) -> list[int]:
    """Returns an article and those that are other addresses of it: what a merge with another changes. One query."""
    return list(Article.objects.filter(Q(pk=article_id) | Q(same_as=article_id)).values_list("pk", flat=True))


def merge_articles(merged_id: int, kept_id: int) -> str:
    """Makes an article another address of the one that is kept, with the other addresses that it has.

    Returns what was done, in words. Call it in an operation that watches both and `with_other_addresses` of the first.
    Raises CurationError where it cannot be done any more.
    """
    merged, kept = _both(merged_id, kept_id)
    if merged == kept or merged.same_as_id or kept.same_as_id or merged.trashed or kept.trashed:
        raise CurationError("One of the articles has been merged or moved to the trash since.")
    Article.objects.filter(pk__in=with_other_addresses(merged.pk)).update(same_as=kept)
    return f"Merged “{merged.headline}” with the same article at another address"


def judge_not_the_same(first_id: int, second_id: int) -> str:
    """Keeps that two articles are two, so that they are proposed no more; returns what was done, in words.

    Call it in an operation that watches both. Raises CurationError if one is gone.
    """
    first, second = sorted(_both(first_id, second_id), key=lambda article: article.pk)
    CopyJudgement.objects.get_or_create(article=first, other=second)
    return f"Judged “{first.headline}” to be two articles, not one at two addresses"


def _both(first_id: int, second_id: int) -> tuple[Article, Article]:
    rows = Article.objects.in_bulk([first_id, second_id])
    if len(rows) != len({first_id, second_id}) or not rows:
        raise CurationError("One of the articles is not there any more.")
    return rows[first_id], rows[second_id]
