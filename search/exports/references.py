"""The references of rows, for formats that cite: the same as those on the pages of the sections and articles.

Only `contract` imports from here.
"""

from collections.abc import Sequence
from datetime import datetime

from archive.models import ArticleVersion, SectionVersion, shown_versions

from ..articles import as_received, curated_values, in_capture, latest_of, load_versions, shown_of
from ..outputs import Reference, article_reference, section_reference
from .rows import ExportedArticle, ExportedSection, Row


def add_references(rows: Sequence[Row], site_url: str, *, now: datetime) -> None:
    """Sets the `reference` of rows; those with a tombstone get none."""
    for row in rows:
        if row.tombstone:
            continue
        if isinstance(row, ExportedSection):
            row.reference = _of_section(row, site_url, now)
        else:
            row.reference = _of_article(row, site_url, now)


def _shown(row: Row, now: datetime) -> tuple[ArticleVersion, ...]:
    return shown_of(load_versions(row.article), now)


def _of_section(row: ExportedSection, site_url: str, now: datetime) -> Reference:
    versions = _shown(row, now) if row.article.curated_fields else ()
    captured = shown_versions(now).filter(article=row.article, capture=row.capture).first()
    if captured:
        captured.article = row.article
    received = in_capture(row.article, versions, captured) if captured else as_received(row.article, versions)
    version = SectionVersion.objects.select_related("section").get(pk=row.pk)
    version.section.article, version.capture = row.article, row.capture or version.capture
    return section_reference(version, site_url, received=received, curated=curated_values(row.article, versions))


def _of_article(row: ExportedArticle, site_url: str, now: datetime) -> Reference:
    versions = _shown(row, now)
    return article_reference(
        row.article,
        latest_of(versions, now),
        site_url,
        received=as_received(row.article, versions),
        curated=curated_values(row.article, versions),
    )
