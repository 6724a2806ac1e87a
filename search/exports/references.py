"""The references of rows, for formats that cite: the same as those on the pages of the sections and articles.

They are looked up for many rows at once. Only `contract` imports from here.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects

from archive.models import Article, ArticleVersion, shown_versions

from ..articles import (
    CuratedValue,
    ReceivedArticle,
    as_received,
    curated_entry_values,
    curated_values,
    in_capture,
    latest_of,
    load_versions_of,
    shown_of,
)
from ..outputs import article_reference, section_reference
from .row_kinds import ExportedArticle, ExportedSection

Versions = dict[int, tuple[ArticleVersion, ...]]


def add_references(
    rows: Sequence[ExportedSection] | Sequence[ExportedArticle], site_url: str, *, now: datetime
) -> None:
    """Sets the `reference` of rows; those with a tombstone get none. At most four queries, however many rows."""
    sections = [row for row in rows if isinstance(row, ExportedSection) and not row.tombstone]
    articles = [row for row in rows if isinstance(row, ExportedArticle) and not row.tombstone]
    if sections:
        _cite_sections(sections, site_url, now)
    if articles:
        _cite_articles(articles, site_url, now)


def _cite_sections(rows: Sequence[ExportedSection], site_url: str, now: datetime) -> None:
    articles = {row.article_id: row.article for row in rows}
    # Only what curators set is looked up in all captures.
    versions = _load_shown([article for article in articles.values() if article.curated_fields], now)
    curated = _curated_values(articles, versions)
    captured = _load_captured(rows, now)
    received: dict[tuple[int, int], ReceivedArticle] = {}
    for row in rows:
        if row.capture is None:  # only rows with a tombstone have none
            continue
        key = row.article_id, row.capture.pk
        if key not in received:
            of_article, version = versions.get(row.article_id, ()), captured.get(key)
            received[key] = (
                in_capture(row.article, of_article, version) if version else as_received(row.article, of_article)
            )
        row.reference = section_reference(
            row.received or row,
            row.article,
            site_url,
            section_id=row.section_id,
            withdrawn=row.withdrawn,
            received=received[key],
            curated=[*_curated_entry(row), *curated.get(row.article_id, ())],
        )


def _curated_entry(row: ExportedSection) -> list[CuratedValue]:
    own_topics = [name for name in row.topics if name not in row.article_topics]
    return curated_entry_values(row, row.received or row, row.article.source.zone, own_topics)


def _cite_articles(rows: Sequence[ExportedArticle], site_url: str, now: datetime) -> None:
    articles = {row.article_id: row.article for row in rows}
    versions = _load_shown(list(articles.values()), now)
    curated = _curated_values(articles, versions)
    for row in rows:
        of_article = versions[row.article_id]
        row.reference = article_reference(
            row.article,
            latest_of(of_article, now),
            site_url,
            received=as_received(row.article, of_article),
            curated=curated.get(row.article_id, ()),
        )


def _load_shown(articles: Sequence[Article], now: datetime) -> Versions:
    """Returns the versions of articles that every reader may see."""
    return {number: shown_of(versions, now) for number, versions in load_versions_of(articles).items()}


def _load_captured(rows: Sequence[ExportedSection], now: datetime) -> dict[tuple[int, int], ArticleVersion]:
    """Returns the articles of sections as their captures have them, by article and capture."""
    wanted = {(row.article_id, row.capture.pk): row.article for row in rows if row.capture}
    numbers, captures = ({key[at] for key in wanted} for at in (0, 1))
    found = {}
    for version in shown_versions(now).filter(article__in=numbers, capture__in=captures).order_by():
        key = version.article_id, version.capture_id
        if key in wanted:
            version.article = wanted[key]
            found[key] = version
    return found


def _curated_values(articles: dict[int, Article], versions: Versions) -> dict[int, list[CuratedValue]]:
    """Returns the values that curators set, for the articles that have any."""
    curated = [article for article in articles.values() if article.curated_fields]
    prefetch_related_objects([article for article in curated if "topics" in article.curated_fields], "topics")
    return {article.pk: curated_values(article, versions[article.pk]) for article in curated}
