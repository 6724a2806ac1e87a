"""What a curator does to many at once: one word for many articles, several names of one source or topic made one.

The admin alone calls these, in the transaction of the change, around which it records the edits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .current_values import mark_curated
from .edits import record_merge
from .errors import ArchiveError
from .models import Article, Source, Topic


class CurationError(ArchiveError):
    """What cannot be done; the message is for people: which articles stand in the way, and the cure."""


@dataclass(frozen=True)
class Changes:
    """What is set for all articles chosen: values by field, and topics that are given and taken away."""

    values: Mapping[str, Any] = field(default_factory=dict)
    topics_added: frozenset[Topic] = frozenset()
    topics_removed: frozenset[Topic] = frozenset()

    @property
    def is_any(self) -> bool:
        return bool(self.values or self.topics_added or self.topics_removed)


def change_together(articles: Iterable[Article], changes: Changes) -> list[Article]:
    """Sets fields and topics of articles, as if each had been edited by itself; returns those that changed.

    Raises CurationError where two articles of one source would have the same id of the outlet.
    """
    changed = []
    articles = list(articles)
    if "source" in changes.values:
        _refuse_same_ids(changes.values["source"], articles)
    for article in articles:
        names = {name for name, value in changes.values.items() if getattr(article, name) != value}
        held = set(article.topics.all())
        topics = held - changes.topics_removed | changes.topics_added
        if topics != held:
            names.add("topics")
        if not names:
            continue
        for name in names - {"topics"}:
            setattr(article, name, changes.values[name])
        mark_curated(article, {"published" if name == "published_precision" else name for name in names})
        article.save()
        if "topics" in names:
            article.topics.set(topics)
        changed.append(article)
    return changed


def merge(kept: Source | Topic, others: Iterable[Source | Topic], *, user_name: str) -> list[int]:
    """Gives this source or topic the articles of others, and deletes those; returns the articles that it got.

    Documents that use the name of one of them are this one's from now on. What it lacks of homepage, zone and note it
    takes from them. Raises CurationError as `change_together`.
    """
    others = [one for one in others if one != kept]
    gone = [one.pk for one in others]
    if isinstance(kept, Source):
        articles = Article.objects.filter(source__in=gone).order_by("pk")
        _refuse_same_ids(kept, articles)
        ids = list(articles.values_list("pk", flat=True))
        articles.update(source=kept)
    else:
        tagged = Article.objects.filter(topics__in=gone).order_by("pk")
        ids = list(tagged.distinct().values_list("pk", flat=True))
        kept.articles.add(*ids)
    for name in _TAKEN_OVER:
        if hasattr(kept, name) and not getattr(kept, name):
            setattr(kept, name, next((value for one in others if (value := getattr(one, name))), ""))
    kept.save()
    record_merge(kept, others, user_name=user_name)
    type(kept)._default_manager.filter(pk__in=gone).delete()
    return ids


_TAKEN_OVER = ("homepage", "zone", "note")


def _refuse_same_ids(source: Source, articles: Iterable[Article]) -> None:
    """Raises CurationError where an id of the outlet would stand twice in the source: it names one article."""
    there = dict(Article.objects.filter(source=source).exclude(external_id="").values_list("external_id", "pk"))
    for article in articles:
        if not article.external_id:
            continue
        other = there.setdefault(article.external_id, article.pk)
        if other != article.pk:
            raise CurationError(
                f"Articles {other} and {article.pk} have the same id of the outlet ({article.external_id}), and "
                f"{source} can have it once. Look at both, and delete one or leave it with its source."
            )
