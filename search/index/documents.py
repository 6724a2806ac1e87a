"""A section of the record -> the Document that is indexed. The only module that knows both shapes."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone

from archive.models import Article, Section, is_shown

from ..engines import Document, FieldValue


def documents_of(article_ids: Iterable[int]) -> Iterator[Document]:
    """Yields the documents of these articles' standing sections; sections that are gone are in it too.

    A withdrawn entry stays findable: that it was withdrawn is what people look for. An article that may not be shown
    has no documents. Three queries.
    """
    shown = is_shown(timezone.now(), article="article")
    sections = (
        Section.objects.filter(shown, article_id__in=list(article_ids), current__isnull=False)
        .select_related("current__capture", "article__source")
        .prefetch_related("article__topics")
        .order_by("article_id", "position", "id")
    )
    for section in sections:
        yield to_document(section)


def all_documents(*, chunk: int = 500) -> Iterator[Document]:
    """Yields the documents of the whole record, in memory bounded by the chunk of articles."""
    last = 0
    while ids := list(Article.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:chunk]):
        yield from documents_of(ids)
        last = ids[-1]


def to_document(section: Section) -> Document:
    """Returns the document of one section; its version, capture and article should be loaded with it."""
    article, version = section.article, section.current
    if version is None:
        raise ValueError(f"Section {section.pk} has no version; its ingest did not finish.")
    published = version.published or article.published
    precision = version.published_precision if version.published else article.published_precision
    values: dict[str, FieldValue] = {
        "headline": article.headline,
        "heading": version.heading,
        "standfirst": article.standfirst,
        "text": version.text,
        "source": article.source.name,
        "kind": article.kind,
        "topic": tuple(sorted(topic.name for topic in article.topics.all())),
        "byline": version.byline or article.byline,
        "lang": article.language,
        "year": f"{published:%Y}" if published else "",
        "month": f"{published:%Y-%m}" if published and precision != "year" else "",
        "date": published,
        "updated": version.updated or article.updated,
        "captured": version.capture.captured,
    }
    return Document(section.pk, article.pk, values, _fingerprint(values))


def _fingerprint(values: dict[str, FieldValue]) -> str:
    """Returns a hash of all values: equal when there is nothing to index again."""

    def plain(value: object) -> str:
        return value.isoformat() if isinstance(value, datetime) else str(value)

    return hashlib.sha256(json.dumps(values, default=plain, ensure_ascii=False).encode()).hexdigest()[:16]
