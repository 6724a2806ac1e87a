"""From the record to what is cited: the Reference of an article and of a section's version."""

from urllib.parse import urlsplit

from django.http import HttpRequest

from archive.models import Article, Capture, SectionVersion
from archive.models.articles import UNKNOWN_SOURCE, PublishingStatus

from .citations import Reference, authors_of


def article_reference(article: Article, capture: Capture, request: HttpRequest) -> Reference:
    """Returns what a citation of an article says, as of a capture."""
    return Reference(
        key=f"cuttings-article-{article.pk}",
        title=article.headline,
        authors=authors_of(article.byline),
        published=article.published,
        precision=article.published_precision,
        permalink=request.build_absolute_uri(article.get_absolute_url()),
        withdrawn=article.status == PublishingStatus.CANCELED,
        captured=capture.captured,
        sha256=capture.sha256,
        source=_source(article),
        url=article.url,
        language=article.language,
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
