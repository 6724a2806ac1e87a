"""What the archive shows of an article: its latest version, but for the fields that a curator has set.

Ingest and the admin both write the Article row through here, so that neither undoes the other.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

from .edits import formerly_named
from .models import Article, ArticleVersion, Source, Topic
from .models.articles import UNKNOWN_SOURCE
from .times import PRECISIONS

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

_Named = TypeVar("_Named", Source, Topic)


def find_source(name: str) -> Source:
    """Returns the source that documents call so, made if there is none; the unknown one for no name."""
    return _named(Source, name or UNKNOWN_SOURCE)


def zone_of(name: str) -> str:
    """Returns the time zone of the source that documents call so; an empty text where there is none."""
    source = _found(Source, name or UNKNOWN_SOURCE)
    return source.zone if source else ""


def _named(model: type[_Named], name: str) -> _Named:
    """Returns the row that documents call so, made if there is none."""
    return _found(model, name) or model.objects.create(name=name)


def _found(model: type[_Named], name: str) -> _Named | None:
    """Returns the row of this name in any case, else the one that had it until a curator renamed it."""
    found = _alike(model, name).first()
    if found or name == UNKNOWN_SOURCE:  # a document without a source has no name that could have been changed
        return found
    renamed = formerly_named(model, name)
    held = model.objects.in_bulk(renamed)
    return next((held[pk] for pk in reversed(renamed) if pk in held), None)


def _alike(model: type[_Named], name: str) -> QuerySet[_Named]:
    # By the rule of the constraint, small letters; `iexact` goes by capitals, where İ is no I.
    return model.objects.alias(folded=Lower("name")).filter(folded=Lower(Value(name)))


def apply_version(article: Article, version: ArticleVersion, *, only_missing: bool = False) -> bool:
    """Gives the article, not yet saved, what a version says, or of it only what the article lacks.

    What a version does not say is not taken away, and a time is never replaced by a vaguer one. Returns whether
    anything changed.
    """
    values: dict[str, Any] = {name: getattr(version, name) for name in _PLAIN_FIELDS}
    if version.source_name:
        values["source"] = find_source(version.source_name)
    if version.published and _rank(version.published_precision) >= _rank(article.published_precision):
        values |= {name: getattr(version, name) for name in _PUBLISHED_FIELDS}
    kept = _kept(article)
    if only_missing:
        kept |= {name for name in values if getattr(article, name)}
    changed = False
    for name, value in values.items():
        if value and name not in kept and getattr(article, name) != value:
            setattr(article, name, value)
            changed = True
    return changed


def add_topics(article: Article, names: Iterable[str]) -> bool:
    """Gives a saved article these topics beside those it has; returns whether any was missing."""
    if "topics" in article.curated_fields:
        return False
    held = {topic.name.lower(): topic.pk for topic in article.topics.all()}
    missing = {_named(Topic, name).pk for name in names if name.lower() not in held} - set(held.values())
    article.topics.add(*missing)
    return bool(missing)


def mark_curated(article: Article, names: Iterable[str]) -> None:
    """Notes on the article, not yet saved, that a curator has set these fields; captures leave them alone."""
    chosen = set(names) & set(Article.CURATED)
    if "published" in chosen:
        article.published_rule = CURATOR_RULE if article.published else ""
    article.curated_fields = sorted({*article.curated_fields, *chosen})


def show_as_received(article: Article) -> None:
    """Takes back what curators have set: the article and its topics are as its captures gave them. Saves it."""
    versions = list(article.versions.select_related("capture").order_by("capture__captured", "id"))
    curated = set(article.curated_fields)
    article.curated_fields = []
    # A version takes away nothing that it does not say, so what curators said goes first.
    emptied = curated & {*_PLAIN_FIELDS} | ({*_PUBLISHED_FIELDS} if "published" in curated else set())
    for name in emptied:
        setattr(article, name, getattr(Article(), name))
    if "source" in curated:
        article.source = find_source("")
    whole = any(not version.partial for version in versions)
    for version in versions:
        apply_version(article, version, only_missing=version.partial and whole)
    article.save()
    if "topics" in curated:
        article.topics.clear()
        add_topics(article, dict.fromkeys(name for version in versions for name in version.topic_names))


def _kept(article: Article) -> set[str]:
    kept = set(article.curated_fields)
    return kept | set(_PUBLISHED_FIELDS) if "published" in kept else kept


def _rank(precision: str) -> int:
    return PRECISIONS.index(precision) if precision else -1
