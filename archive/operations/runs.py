"""Takes ingest runs back: moves what a run alone brought to the trash, at once or beside a request."""

from collections.abc import Sequence

from django.utils.text import Truncator

from ..ingest import plan_take_back
from ..models import Article, IngestRun
from .bulk_acts import BulkAct, Parameters, Refusals, register_act
from .kinds import TAKEN_BACK
from .recording import Act

_MAX_LABEL_CHARS = 120


def take_back(run: IngestRun, act: Act) -> int:
    """Moves what a run alone brought to the trash, in an operation; returns how many articles that are.

    All are in memory: use TAKE_BACK_RUN for many.
    """
    act.label = _label(run)
    ids = list(plan_take_back(run).own.values_list("pk", flat=True))
    act.watch(Article, ids)
    Article.objects.filter(pk__in=ids).update(trashed=act.operation.at)
    return len(ids)


def _label(run: IngestRun) -> str:
    return f"Took back {run}: {Truncator(run.origin).chars(_MAX_LABEL_CHARS)}"


class TakeBackRun(BulkAct):
    """Takes back a run of many articles, in batches. Whose run a user may take back is for the page to know.

    So it takes the articles that its user does not see, too.
    """

    name = "take back a run"
    kind = TAKEN_BACK
    permission = "archive.add_ingestrun"
    takes_hidden = True

    def label(self, parameters: Parameters, count: int) -> str:
        return f"Takes back {IngestRun.objects.get(pk=parameters['run'])}"

    def refusals(self, parameters: Parameters, ids: Sequence[int]) -> Refusals:
        staying = plan_take_back(IngestRun.objects.get(pk=parameters["run"])).staying
        return {
            pk: reason
            for reason, articles in staying.items()
            for pk in articles.filter(pk__in=ids).values_list("pk", flat=True)
        }

    def apply(self, parameters: Parameters, ids: Sequence[int], act: Act) -> Refusals:
        act.label = _label(IngestRun.objects.get(pk=parameters["run"]))
        Article.objects.filter(pk__in=ids).update(trashed=act.operation.at)
        return {}


TAKE_BACK_RUN = TakeBackRun()
register_act(TAKE_BACK_RUN)
