"""The current values of an article: those of its latest version, except the fields that a curator has set.

Ingest and the admin write the Article row through here, so that neither overwrites the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Max

from ..history import load_history
from ..models import (
    CURATOR_RULE,
    UNKNOWN_SOURCE,
    Article,
    ArticleVersion,
    Capture,
    PublishingStatus,
    Source,
)
from ..same_words import comparable
from ..times import PRECISIONS
from .names import BY_ADDRESS, Names, find_source, find_topic

_PLAIN_FIELDS = (
    "headline",
    "standfirst",
    "byline",
    "url",
    "language",
    "kind",
    "note",
)
_PUBLISHED_FIELDS = ("published", "published_precision", "published_rule", "published_offset")
_UPDATED_FIELDS = ("updated", "updated_offset")
_OFFSETS = ("published_offset", "updated_offset")


def apply_version(
    article: Article, version: ArticleVersion, *, only_missing: bool = False, names: Names | None = None
) -> bool:
    """Sets the values of an article to those of a version; returns whether any changed. The caller saves the article.

    With `only_missing`, sets only values that the article lacks. A value that the version lacks is not removed. A time
    is never replaced by a less precise one, nor a text by one that differs in what readers do not see. The status and
    the embargo follow from all versions together (see `archive.withholding`). `names` are those of a batch.
    """
    values: dict[str, Any] = {name: getattr(version, name) for name in _PLAIN_FIELDS}
    values |= _times(article, version)
    fixed = _curated_columns(article)
    if only_missing:
        fixed |= _with_columns_of_times(name for name in values if getattr(article, name))
    changed = False
    for name, value in values.items():
        # An offset of 0 is a value; that of a time without one takes away what an earlier time had.
        if (value or name in _OFFSETS) and name not in fixed and not _is_same(getattr(article, name), value):
            setattr(article, name, value)
            changed = True
    if "source" not in fixed and not only_missing:
        changed |= _apply_source(article, version, names or Names())
    return changed


def _apply_source(article: Article, version: ArticleVersion, names: Names) -> bool:
    """Sets the source that a version names, or else that of its address; returns whether it is another one.

    An address says less than a name: it gives a source only to an article without a name.
    """
    if version.source_name:
        source, rule = article.source, ""
        if version.source_name != article.source.name:
            source = names.source(version.source_name)
    elif article.source_rule or article.source.name == UNKNOWN_SOURCE:
        found = names.source_at(version.url, version.capture.address_key)
        if not found or (found != article.source and _has_same_id(article, found)):
            return False
        source, rule = found, BY_ADDRESS
    else:
        return False
    is_same = (source, rule) == (article.source, article.source_rule)
    article.source, article.source_rule = source, rule
    return not is_same


def _has_same_id(article: Article, source: Source) -> bool:
    """Whether another article of a source has the outlet's id of this one, which occurs only once in a source."""
    others = Article.objects.filter(source=source, external_id=article.external_id).exclude(pk=article.pk)
    return bool(article.external_id) and others.exists()


def _is_same(current: Any, value: Any) -> bool:
    if isinstance(current, str) and isinstance(value, str):
        return current == value or (bool(current) and comparable(current) == comparable(value))
    return bool(current == value)


def _times(article: Article, version: ArticleVersion) -> dict[str, Any]:
    """Returns the columns of the times that a version gives, unless the article knows the time more precisely."""
    names: tuple[str, ...] = ()
    if version.published and _rank(version.published_precision) >= _rank(article.published_precision):
        names += _PUBLISHED_FIELDS
    if version.updated:
        names += _UPDATED_FIELDS
    values = {name: getattr(version, name) for name in names}
    for time, offset in (("published", "published_offset"), ("updated", "updated_offset")):
        # The same instant without an offset, as in seconds since 1970, says nothing about the outlet's clock.
        if values.get(offset, 0) is None and values[time] == getattr(article, time):
            del values[offset]
    return values


def add_topics(article: Article, names: Iterable[str]) -> bool:
    """Adds topics to a saved article, unless a curator has set its topics; returns whether any was missing."""
    if "topics" in article.curated_fields:
        return False
    present = {topic.name.lower(): topic.pk for topic in article.topics.all()}
    missing = {find_topic(name).pk for name in names if name.lower() not in present} - set(present.values())
    article.topics.add(*missing)
    return bool(missing)


def add_topics_to_new(topics: Mapping[int, Iterable[str]], names: Names) -> None:
    """Files articles that are new under topics, by their numbers. One query, and those of new topics."""
    filed = Article.topics.through
    filed._default_manager.bulk_create(
        filed(article_id=article, topic_id=topic)
        for article, of_article in topics.items()
        for topic in sorted({names.topic(name).pk for name in of_article})
    )


def mark_curated(article: Article, names: Iterable[str]) -> None:
    """Marks fields as set by a curator: captures do not change them again. The caller saves the article.

    The status and the embargo that a curator sets count for everything that was received so far.
    """
    chosen = set(names) & set(Article.CURATABLE_FIELDS)
    if "published" in chosen:
        article.published_rule = CURATOR_RULE if article.published else ""
        article.published_offset = None
    if "updated" in chosen:
        article.updated_offset = None
    if "source" in chosen:
        article.source_rule = ""
    if "status" in chosen and article.status != PublishingStatus.WITHHELD:
        article.status_freed_to = _last_capture()
    if "embargo" in chosen:
        article.embargo_freed_to = _last_capture()
    article.curated_fields = sorted({*article.curated_fields, *chosen})


def _last_capture() -> int:
    return Capture.objects.aggregate(last=Max("pk"))["last"] or 0


def show_as_received(article: Article) -> None:
    """Undoes what curators have set: saves the article and its topics with the values of its captures."""
    if "status" in article.curated_fields:
        article.status = PublishingStatus.USABLE
    if "embargo" in article.curated_fields:
        article.embargo = None
    article.curated_fields = []
    article.status_freed_to = article.embargo_freed_to = 0
    refresh(article)


def refresh(article: Article) -> None:
    """Saves the article and its topics with the values of its captures, and with what curators have set."""
    history = load_history(article)
    by_id = article.versions.in_bulk()
    versions = [by_id[receipt.version] for receipt in history.in_force if receipt.version]
    set_values(article, versions, has_whole=history.has_whole)


def set_values(article: Article, versions: Sequence[ArticleVersion], *, has_whole: bool) -> None:
    """Saves the article with the values and topics of these versions alone, and with what curators set.

    The versions are in the order in which they count; their status and embargo are not applied.
    """
    for name in {*_PLAIN_FIELDS, *_PUBLISHED_FIELDS, *_UPDATED_FIELDS} - _curated_columns(article):
        setattr(article, name, getattr(Article(), name))
    if "source" not in article.curated_fields and not any(version.source_name for version in versions):
        article.source, article.source_rule = find_source(""), ""
    for version in versions:
        apply_version(article, version, only_missing=version.partial and has_whole)
    article.save()
    if "topics" not in article.curated_fields:
        article.topics.clear()
        add_topics(article, dict.fromkeys(name for version in versions for name in version.topic_names))


def curated_field_of(column: str) -> str:
    """Returns the field of an article that a column belongs to, as curators set it and `curated_fields` names it."""
    for names in (_PUBLISHED_FIELDS, _UPDATED_FIELDS):
        if column in names:
            return names[0]
    return column.removesuffix("_id")


def _curated_columns(article: Article) -> set[str]:
    return _with_columns_of_times(article.curated_fields)


def _with_columns_of_times(fields: Iterable[str]) -> set[str]:
    """Returns the columns of fields: each time has several."""
    columns = set(fields)
    for names in (_PUBLISHED_FIELDS, _UPDATED_FIELDS):
        if names[0] in columns:
            columns |= set(names)
    return columns


def _rank(precision: str) -> int:
    return PRECISIONS.index(precision) if precision else -1
