"""Sections as documents to index. The only module that knows the models and the documents of an engine.

Only `search.index.sync` imports this.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.utils import timezone

from archive.bylines import names_in
from archive.models import Article, Section, is_shown

from ..engines import Document, FieldValue


def build_documents(article_ids: Iterable[int]) -> Iterator[Document]:
    """Yields the documents of these articles' sections. Three queries.

    Sections that are gone or withdrawn are included, since people search for what an outlet removed. Articles that
    may not be shown have no documents.
    """
    shown = is_shown(timezone.now(), article="article")
    sections = (
        Section.objects.filter(shown, article_id__in=list(article_ids), current__isnull=False)
        .select_related("current__capture", "article__source")
        .prefetch_related("article__topics")
        .order_by("article_id", "position", "id")
    )
    for section in sections:
        yield build_document(section)


def build_all_documents(*, chunk: int = 500) -> Iterator[Document]:
    """Yields the documents of all articles. Keeps those of `chunk` articles in memory."""
    last = 0
    while ids := list(Article.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:chunk]):
        yield from build_documents(ids)
        last = ids[-1]


def build_document(section: Section) -> Document:
    """Returns the document of a section. Load its version, capture, article, source and topics beforehand."""
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
        "byline": names_in(version.byline or article.byline),
        "lang": article.language,
        "year": f"{published:%Y}" if published else "",
        "month": f"{published:%Y-%m}" if published and precision != "year" else "",
        "date": published,
        "updated": version.updated or article.updated,
        "captured": version.capture.captured,
    }
    changed = section.new_since
    return Document(section.pk, article.pk, values, _fingerprint(values | {"changed": changed}), changed)


def _fingerprint(values: Mapping[str, FieldValue]) -> str:
    """Returns a hash of all values: if it is equal, the section need not be indexed again."""

    def to_json(value: object) -> str:
        return value.isoformat() if isinstance(value, datetime) else str(value)

    return hashlib.sha256(json.dumps(values, default=to_json, ensure_ascii=False).encode()).hexdigest()[:16]
