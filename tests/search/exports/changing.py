"""Changes of an archive between two exports of it: as curators make them in the admin."""

from typing import Any

from archive.curation import mark_curated, record_edits, take_snapshot
from archive.ingest import settle_articles
from archive.models import Article, record_changes
from archive.search_port import no_progress
from search.index import sync


def edit(article: Article, **values: Any) -> None:
    """Sets fields as a curator does, and indexes the article."""
    taken = take_snapshot(Article, [article.pk])
    for name, value in values.items():
        setattr(article, name, value)
    mark_curated(article, list(values))
    article.save()
    record_edits(taken, user_name="editor", how="edited")
    settle_articles([article.pk])
    record_changes([article.pk])
    sync.drain(no_progress)
