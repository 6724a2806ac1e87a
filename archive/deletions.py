"""What a deletion takes along: one query for each table finds the rows, counts them and deletes them.

Follows relations as `django.db.models.deletion.Collector` does, by the same rules of `on_delete`, but loads no row:
an article of 30,000 sections is counted and deleted by a handful of statements. The admin's confirmation pages show
what `plan_deletion` finds, and its deletions run the same plan, so that nothing is deleted that was not counted.
`archive.admin` and `archive.admin_sight` use it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.db import models, transaction
from django.db.models import Model, ProtectedError, Q, QuerySet
from django.db.models.deletion import get_candidate_relations_to_delete

Rows = QuerySet[Any]
Key = models.ForeignKey[Any, Any]
# As many as are changed at once. The ids are parameters of a statement, up to five times; SQLite takes 32,766.
MAX_DELETED_AT_ONCE = 5000


@dataclass(frozen=True)
class Deletion:
    """The rows of each table that a deletion takes; those that lose a link to them; and those that forbid it.

    The tables are in the order of their dependence: that of the objects themselves comes first.
    """

    taken: Mapping[type[Model], Rows]
    unlinked: Mapping[Key, Rows]
    forbidding: Mapping[Key, Rows]

    def count(self) -> dict[type[Model], int]:
        """Returns how many rows of each table are deleted, without tables that lose none. One query a table."""
        counts = {model: rows.count() for model, rows in self.taken.items()}
        return {model: count for model, count in counts.items() if count}

    def protected(self) -> dict[Key, Rows]:
        """Returns the rows that forbid the deletion, by the field that needs it; empty if it is allowed."""
        return {field: rows for field, rows in self.forbidding.items() if rows.exists()}

    @transaction.atomic
    def carry_out(self) -> dict[type[Model], int]:
        """Deletes the rows; returns how many of each table. Raises ProtectedError where others forbid it."""
        if protected := self.protected():
            names = ", ".join(str(field.model._meta.verbose_name_plural) for field in protected)
            first = next(iter(protected.values()))
            raise ProtectedError(f"These {names} need what would be deleted.", set(first[:1]))
        for field, rows in self.unlinked.items():
            rows.update(**{field.name: None})
        deleted = {}
        for model, rows in reversed(tuple(self.taken.items())):
            # `delete()` would load the rows to follow their relations, as this plan has done already. Foreign keys
            # are checked at the end of the transaction.
            count = rows._raw_delete(rows.db)
            if count:
                deleted[model] = count
        return deleted


def plan_deletion(model: type[Model], ids: Iterable[Any]) -> Deletion:
    """Returns what the deletion of these rows of a table takes along. No query.

    Raises NotImplementedError for relations of a kind that no table of the archive has.
    """
    ids = list(ids)
    if len(ids) > MAX_DELETED_AT_ONCE:
        raise ValueError(f"{len(ids):,} rows; at most {MAX_DELETED_AT_ONCE:,} are deleted at once.")
    taken: dict[type[Model], Rows] = {}
    found: dict[type[Model], Q] = {model: Q(pk__in=ids)}
    # The subqueries of a table name those of the tables before it, so each comes after all that lead to it.
    for parent in _by_dependence(model):
        taken[parent] = parent._base_manager.filter(found[parent])
        for field in _fields_to(parent):
            if field.remote_field.on_delete is models.CASCADE:
                child = field.model
                found[child] = found.get(child, Q()) | _points_to(field, taken[parent])
    unlinked, forbidding = {}, {}
    for parent, rows in taken.items():
        for field in _fields_to(parent):
            pointing = field.model._base_manager.filter(_points_to(field, rows))
            match field.remote_field.on_delete:
                case models.SET_NULL:
                    unlinked[field] = pointing
                case models.PROTECT:
                    forbidding[field] = pointing
                case models.RESTRICT:
                    # Unlike PROTECT, it lets go what is deleted by another way.
                    also_taken = taken.get(field.model)
                    forbidding[field] = (
                        pointing if also_taken is None else pointing.exclude(pk__in=also_taken.values("pk"))
                    )
    return Deletion(taken, unlinked, forbidding)


def _points_to(field: Key, rows: Rows) -> Q:
    return Q(**{f"{field.name}__in": rows.values(field.target_field.attname)})


def _by_dependence(model: type[Model]) -> list[type[Model]]:
    """Returns the model and all that a deletion of its rows cascades to, each after those that lead to it."""
    parents: dict[type[Model], set[type[Model]]] = {model: set()}
    waiting = [model]
    while waiting:
        parent = waiting.pop()
        for field in _fields_to(parent):
            if field.remote_field.on_delete is not models.CASCADE:
                continue
            if field.model not in parents:
                waiting.append(field.model)
            parents.setdefault(field.model, set()).add(parent)
    try:
        return list(TopologicalSorter(parents).static_order())
    except CycleError as error:
        raise NotImplementedError(f"A deletion from {model._meta.label} comes back to its own table.") from error


_FOLLOWED = (models.CASCADE, models.PROTECT, models.RESTRICT, models.SET_NULL, models.DO_NOTHING)


def _fields_to(model: type[Model]) -> Iterator[Key]:
    """Yields the foreign keys that lead to a model."""
    label = model._meta.label
    if model._meta.parents or any(hasattr(field, "bulk_related_objects") for field in model._meta.private_fields):
        raise NotImplementedError(f"{label} has parents or generic relations, which no plan of a deletion follows.")
    for relation in get_candidate_relations_to_delete(model._meta):
        field: Key = relation.field  # type: ignore[attr-defined]
        if field.remote_field.on_delete not in _FOLLOWED:
            raise NotImplementedError(f"{field} sets a value on delete, which no plan of a deletion does.")
        yield field
