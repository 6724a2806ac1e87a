"""Sections as documents to index. The only module that knows the models and the documents of an engine.

Only `sync` and `current` of `search.index` import this.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import date

from django.db.models import Model
from django.utils import timezone

from archive.batches import in_parts
from archive.bylines import names_in
from archive.copies import NO_COPIES, CopyFacts, facts_of
from archive.history import load_first_received
from archive.models import Article, Capture, Section, Source, shown_sections
from archive.received_addresses import load_address_keys
from archive.times import OutletTime
from archive.topic_tree import load_other_names, load_tree

from ..engines import Document, FieldValue, SaidText
from ..fields import NAMES_OF_VALUES
from ..text import address_text
from .annotations import NO_ANNOTATIONS, Annotations, load_annotations


def build_documents(article_ids: Iterable[int]) -> Iterator[Document]:
    """Yields the documents of these articles' sections. Some 20 queries, whatever their number.

    Sections that are gone or withdrawn are included, since people search for what an outlet removed. What may not be
    shown of an article has no documents, nor has another address of an article.
    """
    sections = _load_sections(list(article_ids))
    load_first_received((section.article_id, section.current) for section in sections if section.current)
    addresses = load_address_keys({section.article for section in sections})
    filed = _load_filed(sections)
    topics = _load_topics(set(filed.values()))
    copies = facts_of(addresses)
    annotations = load_annotations(sections)
    for section in sections:
        pk = section.article_id
        yield build_document(
            section,
            addresses[pk],
            topics[filed[section.pk]],
            copies=copies.get(pk, NO_COPIES),
            annotations=annotations[section.pk],
        )


def _load_sections(article_ids: Sequence[int]) -> list[Section]:
    """Returns the sections of these articles that have documents, with their versions, captures, articles and sources.

    Each article, source and capture is loaded once and not with each of its sections, which would take most of the
    time. The record of a capture is that of one article, since others may have received its bytes at another time.
    """
    shown = (
        shown_sections(timezone.now())
        .filter(article_id__in=article_ids, article__same_as=None, current__isnull=False)
        .select_related("current")
        .order_by("article_id", "position", "id")
    )
    sections = list(shown)
    articles = Article.objects.in_bulk({section.article_id for section in sections})
    sources = Source.objects.in_bulk({article.source_id for article in articles.values()})
    for article in articles.values():
        article.source = sources[article.source_id]
    versions = [(section.article_id, section.current) for section in sections if section.current]
    captures = Capture.objects.in_bulk({version.capture_id for _, version in versions})
    of_articles: dict[tuple[int, int], Capture] = {}
    for section in sections:
        section.article = articles[section.article_id]
    for article_id, version in versions:
        key = article_id, version.capture_id
        if key not in of_articles:
            of_articles[key] = copy(captures[version.capture_id])
        version.capture = of_articles[key]
    return sections


def build_all_documents(*, chunk: int = 100) -> Iterator[Document]:
    """Yields the documents of all articles. Keeps those of `chunk` articles in memory."""
    last = 0
    while ids := list(Article.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:chunk]):
        yield from build_documents(ids)
        last = ids[-1]


def build_document(
    section: Section,
    address_keys: Iterable[str],
    topics: Mapping[str, tuple[str, ...]],
    *,
    copies: CopyFacts = NO_COPIES,
    annotations: Annotations = NO_ANNOTATIONS,
) -> Document:
    """Returns the document of a section. Load its version, capture, article and source beforehand.

    `address_keys` are the keys of the addresses of its article, `topics` the values of its fields of topics, `copies`
    what is known of its copies, `annotations` what was found in it.
    """
    article, version = section.article, section.current
    if version is None:
        raise ValueError(f"Section {section.pk} has no version; its ingest did not finish.")
    time = section.time
    values: dict[str, FieldValue] = {
        "headline": article.headline,
        "heading": section.heading,
        "standfirst": article.standfirst,
        "text": section.text,
        "source": article.source.name,
        "source-kind": article.source.kind,
        "country": article.source.country,
        "kind": article.kind,
        **topics,
        "byline": names_in(section.full_byline),
        "lang": article.language,
        **values_of_copies(copies),
        **annotations.values(),
        "year": time.day[:4] if time else "",
        "month": time.day[:7] if time and time.precision != "year" else "",
        "url": tuple(sorted(map(address_text, address_keys))),
        "date": time,
        "updated": section.last_change,
        "captured": version.capture.first_received,
    }
    changed = section.new_since
    statements = annotations.statements
    fingerprint = _fingerprint(values | {"changed": changed}, statements)
    return Document(section.pk, article.pk, values, fingerprint, changed, statements)


def values_of_copies(copies: CopyFacts) -> dict[str, str | tuple[str, ...]]:
    """Returns the values of the fields of copies."""
    return {"copies": copies.values, "agency": copies.agencies, "group": copies.group}


def _load_filed(sections: Sequence[Section]) -> dict[int, frozenset[int]]:
    """Returns the topics of each section and its article. A query for each 5,000 of both."""
    found: dict[type[Model], defaultdict[int, set[int]]] = {}
    for table, column, ids in (
        (Article.topics.through, "article_id", {section.article_id for section in sections}),
        (Section.topics.through, "section_id", {section.pk for section in sections}),
    ):
        found[table] = defaultdict(set)
        for some in in_parts(sorted(ids)):
            rows = table._default_manager.filter(**{f"{column}__in": some}).order_by()
            for pk, topic in rows.values_list(column, "topic_id"):
                found[table][pk].add(topic)
    of_articles, of_sections = found.values()
    return {
        section.pk: frozenset(of_articles.get(section.article_id, set()) | of_sections.get(section.pk, set()))
        for section in sections
    }


def _load_topics(filed: Collection[frozenset[int]]) -> dict[frozenset[int], dict[str, tuple[str, ...]]]:
    """Returns the values of the fields of topics, by the topics that sections are filed under. Two queries.

    `topic` has the topics with all broader ones, so that a broader topic finds what is filed under a narrower one.
    """
    tree = load_tree()
    names = load_other_names(tree.with_broader({pk for topics in filed for pk in topics}))
    values: dict[frozenset[int], dict[str, tuple[str, ...]]] = {}
    for own in filed:
        values[own] = {}
        for field, topics in (("topic", tree.with_broader(own)), ("filed", own)):
            others = (name for pk in topics for name in names.get(pk, ()))
            values[own][field] = tuple(sorted(tree.names[pk] for pk in topics))
            values[own][NAMES_OF_VALUES[field]] = tuple(sorted(others))
    return values


def _fingerprint(values: Mapping[str, FieldValue], statements: Iterable[SaidText]) -> str:
    """Returns a hash of all values: if it is equal, the section need not be indexed again."""

    def to_json(value: object) -> str:
        if isinstance(value, OutletTime):
            return f"{value.at.isoformat()} to the {value.precision}"
        return value.isoformat() if isinstance(value, date) else str(value)

    # Field by field, since `astuple` copies what it returns.
    reported = [
        (statement.pieces, statement.speaker, statement.via, statement.number, statement.by, statement.naming)
        for statement in statements
    ]
    hashed = {**values, "statements": reported}
    return hashlib.sha256(json.dumps(hashed, default=to_json, ensure_ascii=False).encode()).hexdigest()[:16]
