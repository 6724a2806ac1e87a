"""Takes ingest runs back: moves what a run alone brought to the trash, at once or beside a request."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import Truncator

from ..ingest import plan_take_back
from ..models import Article, IngestRun
from .bulk_acts import register_act
from .kinds import TAKEN_BACK
from .recording import Act
from .whole_acts import WholeAct

_MAX_LABEL_CHARS = 120


def take_back(run: IngestRun, act: Act) -> int:
    """Moves what a run alone brought to the trash, in an operation; returns how many articles that are."""
    act.label = f"Took back {run}: {Truncator(run.origin).chars(_MAX_LABEL_CHARS)}"
    ids = list(plan_take_back(run).own.values_list("pk", flat=True))
    act.watch(Article, ids)
    Article.objects.filter(pk__in=ids).update(trashed=act.operation.at)
    return len(ids)


class TakeBackRun(WholeAct):
    """Takes back a run of many articles. Whose run a user may take back is for the page to know."""

    name = "take back run"
    kind = TAKEN_BACK

    def permission_for(self, parameters: Mapping[str, Any]) -> str:
        return "archive.add_ingestrun"

    def carry_out(self, parameters: Mapping[str, Any], act: Act) -> None:
        take_back(IngestRun.objects.get(pk=parameters["run"]), act)


TAKE_BACK_RUN = TakeBackRun()
register_act(TAKE_BACK_RUN)
