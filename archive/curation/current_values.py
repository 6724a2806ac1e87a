"""The current values of an article: those of its latest version, except the fields that a curator has set.

Ingest and the admin write the Article row through here, so that neither overwrites the other.
"""

from collections.abc import Iterable
from typing import Any

from ..history import load_history
from ..models import Article, ArticleVersion
from ..same_words import comparable
from ..times import PRECISIONS
from .names import find_source, find_topic

_PLAIN_FIELDS = (
    "headline",
    "standfirst",
    "byline",
    "url",
    "language",
    "kind",
    "status",
    "embargo",
    "note",
)
_PUBLISHED_FIELDS = ("published", "published_precision", "published_rule", "published_offset")
_UPDATED_FIELDS = ("updated", "updated_offset")
_OFFSETS = ("published_offset", "updated_offset")
CURATOR_RULE = "set by a curator"


def apply_version(article: Article, version: ArticleVersion, *, only_missing: bool = False) -> bool:
    """Sets the values of an article to those of a version; returns whether any changed. The caller saves the article.

    With `only_missing`, sets only values that the article lacks. A value that the version lacks is not removed. A time
    is never replaced by a less precise one, nor a text by one that differs in what readers do not see.
    """
    values: dict[str, Any] = {name: getattr(version, name) for name in _PLAIN_FIELDS}
    if version.source_name and version.source_name != article.source.name:
        values["source"] = find_source(version.source_name)
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
    return changed


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


def mark_curated(article: Article, names: Iterable[str]) -> None:
    """Marks fields as set by a curator: captures do not change them again. The caller saves the article."""
    chosen = set(names) & set(Article.CURATABLE_FIELDS)
    if "published" in chosen:
        article.published_rule = CURATOR_RULE if article.published else ""
        article.published_offset = None
    if "updated" in chosen:
        article.updated_offset = None
    article.curated_fields = sorted({*article.curated_fields, *chosen})


def show_as_received(article: Article) -> None:
    """Undoes what curators have set: saves the article and its topics with the values of its captures."""
    history = load_history(article)
    by_id = article.versions.in_bulk()
    versions = [by_id[receipt.version] for receipt in history.in_force if receipt.version]
    curated = set(article.curated_fields)
    article.curated_fields = []
    # Versions remove nothing, so the values of curators go first.
    for name in _with_columns_of_times(curated) & {*_PLAIN_FIELDS, *_PUBLISHED_FIELDS, *_UPDATED_FIELDS}:
        setattr(article, name, getattr(Article(), name))
    if "source" in curated:
        article.source = find_source("")
    for version in versions:
        apply_version(article, version, only_missing=version.partial and history.has_whole)
    article.save()
    if "topics" in curated:
        article.topics.clear()
        add_topics(article, dict.fromkeys(name for version in versions for name in version.topic_names))


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
