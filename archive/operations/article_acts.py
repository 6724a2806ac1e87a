"""The acts on many articles that are known everywhere: set fields and topics, show as received, move to the trash."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.template.defaultfilters import pluralize
from django.utils.text import Truncator

from ..curation import BulkChange, change_articles, field_label, left_by, show_as_received
from ..models import Article, Source, Topic
from .bulk_acts import BulkAct, Parameters, Refusals, register_act
from .kinds import EDITED_TOGETHER, SHOWN_AS_RECEIVED, TRASHED
from .recording import Act

# A label is read in a list.
_MAX_VALUE_CHARS = 60


def _articles(count: int) -> str:
    return f"{count:,} article{pluralize(count)}"


class SetFields(BulkAct):
    """Sets fields and topics, as `BulkChange` says."""

    name = "set fields"
    kind = EDITED_TOGETHER
    permission = "archive.change_in_bulk"

    @staticmethod
    def parameters_of(change: BulkChange) -> dict[str, Any]:
        """Returns a change as JSON."""
        return {
            "values": {name: _as_json(value) for name, value in change.values.items()},
            "added": sorted(topic.pk for topic in change.topics_added),
            "removed": sorted(topic.pk for topic in change.topics_removed),
        }

    @staticmethod
    def change_of(parameters: Parameters) -> BulkChange:
        """Returns the change. Topics that were deleted since are left out; a source that was raises DoesNotExist."""
        topics = Topic.objects.in_bulk([*parameters["added"], *parameters["removed"]])
        return BulkChange(
            {name: _from_json(name, value) for name, value in parameters["values"].items()},
            frozenset(topics[pk] for pk in parameters["added"] if pk in topics),
            frozenset(topics[pk] for pk in parameters["removed"] if pk in topics),
        )

    def label(self, parameters: Parameters, count: int) -> str:
        change = self.change_of(parameters)
        parts = [_in_words(name, value) for name, value in change.values.items()]
        parts += [f"add topic “{topic}”" for topic in sorted(change.topics_added, key=str)]
        parts += [f"remove topic “{topic}”" for topic in sorted(change.topics_removed, key=str)]
        return f"{_articles(count).capitalize()}: {', '.join(parts)}"

    def refusals(self, parameters: Parameters, ids: Sequence[int]) -> Refusals:
        return left_by(self.change_of(parameters), ids)

    def apply(self, parameters: Parameters, ids: Sequence[int], act: Act) -> Refusals:
        articles = Article.objects.filter(pk__in=ids).prefetch_related("topics")
        change_articles(articles, self.change_of(parameters))
        return {}


class ShowAsReceived(BulkAct):
    """Takes back all that curators have set of articles."""

    name = "show as received"
    kind = SHOWN_AS_RECEIVED
    permission = "archive.change_in_bulk"

    def label(self, parameters: Parameters, count: int) -> str:
        return f"Showed {_articles(count)} as received"

    def refusals(self, parameters: Parameters, ids: Sequence[int]) -> Refusals:
        plain = Article.objects.filter(pk__in=ids, curated_fields=[]).values_list("pk", flat=True)
        return dict.fromkeys(plain, "it is shown as received already")

    def apply(self, parameters: Parameters, ids: Sequence[int], act: Act) -> Refusals:
        for article in Article.objects.filter(pk__in=ids):
            show_as_received(article)
        return {}


class MoveToTrash(BulkAct):
    """Moves articles to the trash, with their evidence."""

    name = "move to the trash"
    kind = TRASHED
    permission = "archive.delete_article"

    def label(self, parameters: Parameters, count: int) -> str:
        return f"Moved {_articles(count)} to the trash"

    def refusals(self, parameters: Parameters, ids: Sequence[int]) -> Refusals:
        there = Article.objects.filter(pk__in=ids).exclude(trashed=None).values_list("pk", flat=True)
        return dict.fromkeys(there, "it is in the trash already")

    def apply(self, parameters: Parameters, ids: Sequence[int], act: Act) -> Refusals:
        Article.objects.filter(pk__in=ids).update(trashed=act.operation.at)
        return {}


def _in_words(name: str, value: Any) -> str:
    label = field_label(Article, name)
    text = f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value or "nothing")
    return f"{label} to “{Truncator(text).chars(_MAX_VALUE_CHARS)}”"


def _as_json(value: Any) -> Any:
    if isinstance(value, Source):
        return value.pk
    return value.isoformat() if isinstance(value, datetime) else value


def _from_json(name: str, value: Any) -> Any:
    if name == "source":
        return Source.objects.get(pk=value)
    if name in ("published", "embargo", "updated") and value:
        return datetime.fromisoformat(value)
    return value


SET_FIELDS, SHOW_AS_RECEIVED, MOVE_TO_TRASH = SetFields(), ShowAsReceived(), MoveToTrash()
ARTICLE_ACTS: Mapping[str, BulkAct] = {act.name: act for act in (SET_FIELDS, SHOW_AS_RECEIVED, MOVE_TO_TRASH)}
for _act in ARTICLE_ACTS.values():
    register_act(_act)
