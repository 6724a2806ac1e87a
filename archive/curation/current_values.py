"""The current values of an article: those of its latest version, except the fields that a curator has set.

Ingest and the admin write the Article row through here, so that neither overwrites the other.
"""

from collections.abc import Iterable
from typing import Any

from ..models import Article, ArticleVersion
from ..times import PRECISIONS
from .names import find_source, find_topic

_PLAIN_FIELDS = (
    "headline",
    "standfirst",
    "byline",
    "url",
    "language",
    "kind",
    "updated",
    "status",
    "embargo",
    "note",
)
_PUBLISHED_FIELDS = ("published", "published_precision", "published_rule")
CURATOR_RULE = "set by a curator"


def apply_version(article: Article, version: ArticleVersion, *, only_missing: bool = False) -> bool:
    """Sets the values of an article to those of a version; returns whether any changed. The caller saves the article.

    With `only_missing`, sets only values that the article lacks. A value that the version lacks is not removed. A time
    is never replaced by a less precise one.
    """
    values: dict[str, Any] = {name: getattr(version, name) for name in _PLAIN_FIELDS}
    if version.source_name:
        values["source"] = find_source(version.source_name)
    if version.published and _rank(version.published_precision) >= _rank(article.published_precision):
        values |= {name: getattr(version, name) for name in _PUBLISHED_FIELDS}
    fixed = _curated_columns(article)
    if only_missing:
        fixed |= {name for name in values if getattr(article, name)}
    changed = False
    for name, value in values.items():
        if value and name not in fixed and getattr(article, name) != value:
            setattr(article, name, value)
            changed = True
    return changed


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
    article.curated_fields = sorted({*article.curated_fields, *chosen})


def show_as_received(article: Article) -> None:
    """Undoes what curators have set: saves the article and its topics with the values of its captures."""
    versions = list(article.versions.select_related("capture").order_by("capture__captured", "id"))
    curated = set(article.curated_fields)
    article.curated_fields = []
    # Versions remove nothing, so the values of curators go first.
    for name in _curated_columns_of(curated) & {*_PLAIN_FIELDS, *_PUBLISHED_FIELDS}:
        setattr(article, name, getattr(Article(), name))
    if "source" in curated:
        article.source = find_source("")
    has_whole = any(not version.partial for version in versions)
    for version in versions:
        apply_version(article, version, only_missing=version.partial and has_whole)
    article.save()
    if "topics" in curated:
        article.topics.clear()
        add_topics(article, dict.fromkeys(name for version in versions for name in version.topic_names))


def _curated_columns(article: Article) -> set[str]:
    return _curated_columns_of(article.curated_fields)


def _curated_columns_of(fields: Iterable[str]) -> set[str]:
    """Returns the columns of curated fields: a time of publication has three."""
    columns = set(fields)
    return columns | set(_PUBLISHED_FIELDS) if "published" in columns else columns


def _rank(precision: str) -> int:
    return PRECISIONS.index(precision) if precision else -1
