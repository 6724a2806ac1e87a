"""Pairs of articles that may be one article under two addresses, and what curators decide of them.

Two articles of one source with nearly all words in common, published at about the same time, are proposed. Merged,
one is another address of the other: its page leads there, searches and lists leave it out, and its captures are listed
with those of the other. Captures, versions and permalinks stay what they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, Subquery

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


@dataclass(frozen=True)
class ProposedPair:
    """The numbers of two articles, the lower one first, and the share of common words."""

    article_id: int
    other_id: int
    resemblance: float


def find_pairs(now: datetime) -> list[ProposedPair]:
    """Returns all pairs that nobody decided on yet, the most alike first. One query; no article is loaded."""
    shown = shown_articles(now).filter(same_as=None).order_by()
    first, second = shown.filter(pk=OuterRef("article_id")), shown.filter(pk=OuterRef("other_id"))
    judged = CopyJudgement.objects.filter(article=OuterRef("article_id"), other=OuterRef("other_id"))
    rows = (
        CopyPair.objects.filter(~Exists(judged), article_id__lt=F("other_id"), resemblance__gte=_MIN_RESEMBLANCE)
        .alias(source=Subquery(first.values("source")), other_source=Subquery(second.values("source")))
        # Null where an article is not shown, and so equal to nothing.
        .filter(source=F("other_source"))
        .order_by("-resemblance", "article_id", "other_id")
        .values_list(
            "article_id",
            "other_id",
            "resemblance",
            Subquery(first.values("published")),
            Subquery(second.values("published")),
        )
    )
    return [
        ProposedPair(article_id, other_id, resemblance)
        for article_id, other_id, resemblance, published, other_published in rows.iterator()
        if not published or not other_published or abs(published - other_published) <= _MAX_APART
    ]


def load_proposals(pairs: Sequence[ProposedPair], now: datetime) -> list[Proposal]:
    """Returns the proposals of some pairs, such as those of a page, as far as both articles are shown. One query."""
    ids = {pk for pair in pairs for pk in (pair.article_id, pair.other_id)}
    articles = shown_articles(now).filter(same_as=None).select_related("source").in_bulk(ids)
    return [
        Proposal(articles[pair.article_id], articles[pair.other_id], pair.resemblance)
        for pair in pairs
        if pair.article_id in articles and pair.other_id in articles
    ]


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
