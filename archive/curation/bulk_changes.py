"""Changes of many rows at once: the same values for many articles, several sources or topics merged into one.

The admin calls these in an operation (`archive.operations`), which records what they change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import CurationError
from ..models import Article, Operation, Section, Source, SourceHost, SourceName, Topic
from .current_values import mark_curated
from .names import record_merge
from .topics import merge_topics

# The ids are parameters of a statement.
_READ_ROWS = 5000


@dataclass(frozen=True)
class BulkChange:
    """One change for all selected articles: values by field, topics to add and to remove."""

    values: Mapping[str, Any] = field(default_factory=dict)
    topics_added: frozenset[Topic] = frozenset()
    topics_removed: frozenset[Topic] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.values or self.topics_added or self.topics_removed)


def change_articles(articles: Iterable[Article], change: BulkChange) -> list[Article]:
    """Sets fields and topics of articles, as if each had been edited; returns those that changed.

    Raises CurationError where two articles of one source would have the same id of the outlet.
    """
    changed = []
    articles = list(articles)
    if "source" in change.values:
        _refuse_same_ids(change.values["source"], articles)
    for article in articles:
        names = {name for name, value in change.values.items() if getattr(article, name) != value}
        if "status" in change.values and article.withholdings.exists():
            # The article may be shown already; what was withheld of it is freed too.
            names.add("status")
        before = set(article.topics.all())
        topics = before - change.topics_removed | change.topics_added
        if topics != before:
            names.add("topics")
        if not names:
            continue
        for name in names - {"topics"}:
            setattr(article, name, change.values[name])
        mark_curated(article, {"published" if name == "published_precision" else name for name in names})
        article.save()
        if "topics" in names:
            article.topics.set(topics)
        changed.append(article)
    return changed


def left_by(change: BulkChange, ids: Sequence[int]) -> dict[int, str]:
    """Returns those of the articles that a change leaves as they are, with the reason. Few queries for each 5,000."""
    left: dict[int, str] = {}
    source = change.values.get("source")
    owners = Article.objects.filter(source=source).exclude(external_id="") if source else Article.objects.none()
    taken = dict(owners.values_list("external_id", "pk"))
    added, removed = ({topic.pk for topic in topics} for topics in (change.topics_added, change.topics_removed))
    for start in range(0, len(ids), _READ_ROWS):
        chunk = ids[start : start + _READ_ROWS]
        topics = _topics_of(chunk)
        withheld = Article.objects.filter(pk__in=chunk, withholdings__isnull=False)
        freed = set(withheld.values_list("pk", flat=True)) if "status" in change.values else set[int]()
        for article in Article.objects.filter(pk__in=chunk).only("external_id", *change.values).order_by("pk"):
            outlets_id = article.external_id
            if source and outlets_id and taken.setdefault(outlets_id, article.pk) != article.pk:
                left[article.pk] = f"another article of {source} has the same id of the outlet"
                continue
            same = all(getattr(article, name) == value for name, value in change.values.items())
            before = topics.get(article.pk, frozenset())
            if same and before == before - removed | added and article.pk not in freed:
                left[article.pk] = "it has these values already"
    return left


def _topics_of(ids: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for article, topic in Article.topics.through.objects.filter(article__in=ids).values_list("article", "topic"):
        found.setdefault(article, set()).add(topic)
    return {article: frozenset(topics) for article, topics in found.items()}


# The kept source takes these from the others where it has none.
_INHERITED_FIELDS = ("homepage", "zone", "country", "languages", "ownership", "note")


def merge(kept: Source | Topic, others: Iterable[Source | Topic], *, operation: Operation) -> list[int]:
    """Moves the articles of other sources or topics to this one and deletes the others; returns the moved articles.

    Future documents with the name of one of the others get this one. Raises CurationError like `change_articles`.
    """
    others = [other for other in others if other != kept]
    deleted = [other.pk for other in others]
    if isinstance(kept, Source):
        articles = Article.objects.filter(source__in=deleted).order_by("pk")
        _refuse_same_ids(kept, articles)
        ids = list(articles.values_list("pk", flat=True))
        articles.update(source=kept)
        for table in (SourceName, SourceHost):
            table._default_manager.filter(source__in=deleted).update(source=kept)
    else:
        tagged = Article.objects.filter(topics__in=deleted).order_by("pk")
        ids = list(tagged.distinct().values_list("pk", flat=True))
        kept.articles.add(*ids)
        sections = Section.objects.filter(topics__in=deleted).order_by()
        of_sections = dict(sections.values_list("pk", "article"))
        kept.sections.add(*of_sections)
        ids = sorted({*ids, *of_sections.values()})
    record_merge(kept, others, operation=operation)
    if isinstance(kept, Topic):
        merge_topics(kept, [other for other in others if isinstance(other, Topic)])
        return ids
    for name in _INHERITED_FIELDS:
        if not getattr(kept, name):
            setattr(kept, name, next((value for other in others if (value := getattr(other, name))), ""))
    kept.save()
    Source.objects.filter(pk__in=deleted).delete()
    return ids


def _refuse_same_ids(source: Source, articles: Iterable[Article]) -> None:
    """Raises CurationError where two articles of the source would have the same id of the outlet."""
    owners = dict(Article.objects.filter(source=source).exclude(external_id="").values_list("external_id", "pk"))
    for article in articles:
        if not article.external_id:
            continue
        owner = owners.setdefault(article.external_id, article.pk)
        if owner != article.pk:
            raise CurationError(
                f"Articles {owner} and {article.pk} have the same id of the outlet ({article.external_id}), which "
                f"can occur only once in {source}. Compare them, and delete one or leave it with its source."
            )
