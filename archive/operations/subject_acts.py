"""Deletes and merges sources and topics, within an operation: at once, or beside a request if articles are many."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.text import Truncator

from ..curation import CurationError, merge, move_up, narrower_of
from ..deletions import plan_deletion
from ..models import Article, Section, Source, Topic
from .bulk_acts import register_act
from .kinds import DELETED, MERGED
from .recording import Act
from .subjects import SUBJECTS
from .whole_acts import WholeAct

_MAX_NAMED = 3
_MAX_NAME_CHARS = 80

Named = type[Source] | type[Topic]
_MODELS: Mapping[str, Named] = {"source": Source, "topic": Topic}


def articles_of_subjects(model: Named, ids: Iterable[int]) -> list[int]:
    """Returns the articles that change when these sources or topics do."""
    return sorted(SUBJECTS[model].articles(ids))


def name_rows(rows: QuerySet[Any], count: int) -> str:
    """Returns the names of rows for the label of an operation: the first of them, and how many more there are."""
    names = ", ".join(f"“{Truncator(str(row)).chars(_MAX_NAME_CHARS)}”" for row in rows.order_by("pk")[:_MAX_NAMED])
    return f"{names} and {count - _MAX_NAMED:,} more" if count > _MAX_NAMED else names


def delete_subjects(model: Named, ids: Sequence[int], act: Act) -> None:
    """Deletes sources or topics. The operation keeps them whole, so that they can be had back.

    What is right below topics moves up.
    """
    rows = model._default_manager.filter(pk__in=ids)
    act.label = f"Deleted {name_rows(rows, len(ids))}"
    act.watch(model, ids)
    _watch(act, model, ids, how=f"{model._meta.verbose_name} deleted")
    if model is Topic:
        act.watch(Topic, narrower_of(ids))
        move_up(ids)
    plan_deletion(model, ids).carry_out()


def merge_subjects(kept: Source | Topic, others: Sequence[Source | Topic], act: Act) -> list[int]:
    """Merges sources or topics into the one that is kept; returns the articles that it got. Raises CurationError."""
    model = type(kept)
    ids = [other.pk for other in others]
    act.label = f"Merged {', '.join(f'“{other}”' for other in others)} into “{kept}”"
    _watch(act, model, ids, how=f"{model._meta.verbose_name} merged")
    act.watch(model, [kept.pk, *ids])
    if model is Topic:
        # Their narrower topics get another broader one.
        act.watch(Topic, Topic.objects.filter(broader__in=ids).values_list("pk", flat=True))
    return merge(kept, others, operation=act.operation)


def _watch(act: Act, model: Named, ids: Sequence[int], *, how: str) -> None:
    """Reads the articles of sources or topics, and the entries that are filed under topics of their own."""
    act.watch(Article, articles_of_subjects(model, ids), how=how)
    if model is Topic:
        filed = Section.objects.filter(topics__in=ids).order_by()
        act.watch(Section, filed.values_list("pk", flat=True), how=how)


class DeleteSubjects(WholeAct):
    """Deletes sources or topics of many articles."""

    name = "delete sources or topics"
    kind = DELETED

    @staticmethod
    def parameters_of(model: Named, ids: Sequence[int]) -> dict[str, Any]:
        """Returns which rows are deleted, as JSON."""
        return {"model": model._meta.model_name, "ids": list(ids)}

    def permission_for(self, parameters: Mapping[str, Any]) -> str:
        return f"archive.delete_{parameters['model']}"

    def carry_out(self, parameters: Mapping[str, Any], act: Act) -> None:
        model = _MODELS[parameters["model"]]
        rows = model._default_manager.filter(pk__in=parameters["ids"])
        delete_subjects(model, list(rows.values_list("pk", flat=True)), act)


class MergeSubjects(WholeAct):
    """Merges sources or topics of many articles."""

    name = "merge sources or topics"
    kind = MERGED

    @staticmethod
    def parameters_of(kept: Source | Topic, others: Sequence[Source | Topic]) -> dict[str, Any]:
        """Returns which row is kept and which are merged into it, as JSON."""
        return {"model": kept._meta.model_name, "kept": kept.pk, "others": [other.pk for other in others]}

    def carry_out(self, parameters: Mapping[str, Any], act: Act) -> None:
        model = _MODELS[parameters["model"]]
        rows = model._default_manager.in_bulk([parameters["kept"], *parameters["others"]])
        kept = rows.pop(parameters["kept"], None)
        if kept is None or len(rows) < len(parameters["others"]):
            raise CurationError("Some of them were deleted meanwhile. Select them again.")
        merge_subjects(kept, [rows[pk] for pk in parameters["others"]], act)


DELETE_SUBJECTS, MERGE_SUBJECTS = DeleteSubjects(), MergeSubjects()
register_act(DELETE_SUBJECTS)
register_act(MERGE_SUBJECTS)
