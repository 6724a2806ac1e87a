"""From the record to what is cited: the Reference of an article and of a section's version."""

from urllib.parse import urlsplit

from django.http import HttpRequest

from archive.models import Article, ArticleVersion, SectionVersion
from archive.models.articles import UNKNOWN_SOURCE, PublishingStatus

from ..articles import MIN_SHA256_CHARS, short_sha256
from .citations import Reference, authors_of


def article_reference(
    article: Article, version: ArticleVersion, request: HttpRequest, *, pinned: bool = False
) -> Reference:
    """Returns what a citation of an article says: as it stands, or `pinned` as the version's capture had it.

    What a capture does not say itself, its article says.
    """
    capture = version.capture
    said = version if pinned else article
    dated = said if said.published else article
    at = f"?capture={short_sha256(capture)}" if pinned else ""
    return Reference(
        key=f"cuttings-article-{article.pk}" + (f"-{capture.sha256[:MIN_SHA256_CHARS]}" if pinned else ""),
        title=said.headline,
        authors=authors_of(said.byline or article.byline),
        published=dated.published,
        precision=dated.published_precision,
        permalink=request.build_absolute_uri(article.get_absolute_url()) + at,
        withdrawn=article.status == PublishingStatus.CANCELED,
        captured=capture.captured,
        sha256=capture.sha256,
        source=(version.source_name if pinned else "") or _source(article),
        url=said.url or article.url,
        language=said.language or article.language,
    )


def section_reference(version: SectionVersion, request: HttpRequest) -> Reference:
    """Returns what a citation of a section says, in this version; what it does not say itself, its article says."""
    section = version.section
    article = section.article
    return Reference(
        key=f"cuttings-section-{section.pk}-{version.number}",
        title=version.heading or article.headline,
        container=article.headline if version.heading else "",
        authors=authors_of(version.byline or article.byline),
        published=version.published or article.published,
        precision=version.published_precision if version.published else article.published_precision,
        permalink=request.build_absolute_uri(version.get_absolute_url()),
        withdrawn=section.withdrawn or article.status == PublishingStatus.CANCELED,
        captured=version.capture.captured,
        sha256=version.capture.sha256,
        version=version.number,
        source=_source(article),
        url=article.url,
        language=article.language,
    )


def _source(article: Article) -> str:
    """The name of its source; where that is not known, the host of its address."""
    name = article.source.name
    return name if name != UNKNOWN_SOURCE else urlsplit(article.url).hostname or ""
