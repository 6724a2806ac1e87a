"""Filing many articles under a topic: the act behind "File under" on the page of results."""

from collections.abc import Sequence

from django.template.defaultfilters import pluralize

from ..curation import BulkChange, change_articles
from ..models import Article, Topic
from .bulk_acts import BulkAct, Parameters, Refusals, register_act
from .kinds import FILED
from .recording import Act


class FileUnder(BulkAct):
    """Adds a topic to articles; its parameter `topic` is the number of the topic."""

    name = "file under"
    kind = FILED
    permission = "archive.change_article"

    def label(self, parameters: Parameters, count: int) -> str:
        topic = Topic.objects.filter(pk=parameters["topic"]).first()
        return f"Filed {count:,} article{pluralize(count)} under “{topic or 'a topic that was deleted'}”"

    def refusals(self, parameters: Parameters, ids: Sequence[int]) -> Refusals:
        if not Topic.objects.filter(pk=parameters["topic"]).exists():
            return dict.fromkeys(ids, "the topic was deleted")
        filed = set(Article.topics.through.objects.filter(topic=parameters["topic"]).values_list("article", flat=True))
        return {pk: "it is filed under the topic already" for pk in ids if pk in filed}

    def apply(self, parameters: Parameters, ids: Sequence[int], act: Act) -> Refusals:
        topics = frozenset(Topic.objects.filter(pk=parameters["topic"]))
        change_articles(Article.objects.filter(pk__in=ids).prefetch_related("topics"), BulkChange(topics_added=topics))
        return {}


FILE_UNDER = FileUnder()
register_act(FILE_UNDER)
