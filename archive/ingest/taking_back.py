"""What an ingest run alone brought, which can be taken back; and what other runs brought too.

The admin moves the articles to the trash, as one operation. Captures and their bytes stay. Writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..models import Article, ArticleVersion, Capture, IngestRun, OperationRow

ELSEWHERE = "another run received it too"
IN_TRASH = "it is in the trash already"


@dataclass(frozen=True)
class TakeBack:
    """The articles that a run alone brought, those of them that curators changed, and those that stay, by reason."""

    own: QuerySet[Article]
    edited: QuerySet[Article]
    staying: Mapping[str, QuerySet[Article]]

    @property
    def refusal(self) -> str:
        """Why somebody who may take back own runs alone may not take back this one; empty if they may."""
        touched = self.edited.count() + self.staying[ELSEWHERE].count()
        if not touched:
            return ""
        return (
            f"{touched:,} of its articles were changed by curators or received again since. Ask a librarian to take "
            "it back."
        )


def plan_take_back(run: IngestRun) -> TakeBack:
    """Returns what taking back a run would do. No query yet."""
    versions = ArticleVersion.objects.filter(article=OuterRef("pk"))
    of_article = Capture.objects.filter(
        Q(article_versions__article=OuterRef("pk")) | Q(repeats__article_versions__article=OuterRef("pk"))
    )
    received = Article.objects.filter(Exists(versions.filter(capture__run=run)))
    elsewhere = Exists(of_article.exclude(run=run))
    own = received.filter(~elsewhere, trashed=None)
    changed = OperationRow.objects.filter(
        subject="article", subject_id=OuterRef("pk"), operation__at__gte=run.started, operation__undone_by=None
    )
    return TakeBack(
        own.order_by("pk"),
        own.filter(Exists(changed.filter(operation__undoes=None))).order_by("pk"),
        {
            ELSEWHERE: received.filter(elsewhere, trashed=None).order_by("pk"),
            IN_TRASH: received.filter(trashed__isnull=False).order_by("pk"),
        },
    )
