"""Changes of an archive between two exports of it: as curators make them in the admin."""

from typing import Any

from archive.curation import mark_curated
from archive.models import Article
from archive.operations import EDITED, operation
from archive.search_port import no_progress
from search.index import sync


def edit(article: Article, **values: Any) -> None:
    """Sets fields as a curator does, and indexes the article."""
    with operation(EDITED, user_name="editor", label="Edited") as act:
        act.watch(Article, [article.pk])
        for name, value in values.items():
            setattr(article, name, value)
        mark_curated(article, list(values))
        article.save()
    sync.drain(no_progress)
