"""Puts rows back as they were before an operation. For `undoing` alone.

A row is put back only if it is as the operation left it. What captures derive is no curator's: of an article, only the
fields that curators set are compared, as `Article.curated_fields` says.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model, UniqueConstraint

from ..curation import curated_field_of
from ..deletions import plan_deletion
from ..models import Article, OperationRow
from .images import BATCH_ROWS, Image, as_values, read_rows
from .subjects import SUBJECTS

_CURATED = "curated_fields"


class Restoring:
    """One attempt to put rows back. `run` returns the reason of each article, source or topic that prevents it."""

    def __init__(self, rows: Sequence[OperationRow]) -> None:
        self._rows: dict[str, list[OperationRow]] = defaultdict(list)
        for row in rows:
            self._rows[row.table].append(row)
        self._conflicts: dict[tuple[str, int], str] = {}
        self.articles = {row.subject_id for row in rows if row.subject == Article._meta.model_name}

    def run(self) -> Mapping[tuple[str, int], str]:
        """Puts the rows back; where it returns conflicts, the caller rolls back."""
        tables = [(table.model, self._rows[table.model._meta.label_lower]) for table in _tables()]
        now = {model: read_rows(model, [row.row for row in rows]) for model, rows in tables if rows}
        for model, rows in reversed(tables):
            self._remove(model, [row for row in rows if row.before is None], now.get(model, {}))
        for model, rows in tables:
            self._set_back(model, [row for row in rows if row.before and row.after], now.get(model, {}))
        for model, rows in tables:
            self._make_again(model, [row for row in rows if row.after is None], now.get(model, {}))
        return self._conflicts

    def _refuse(self, row: OperationRow, reason: str) -> None:
        self._conflicts.setdefault((row.subject, row.subject_id), reason)

    def _remove(self, model: type[Model], rows: Sequence[OperationRow], now: Mapping[int, Image]) -> None:
        """Removes rows that the operation made, unless something uses them since."""
        numbers = []
        for row in rows:
            current = now.get(row.row)
            if current is not None and any(current.get(name) != value for name, value in (row.after or {}).items()):
                self._refuse(row, f"the {model._meta.verbose_name} that it added was changed since")
            elif current is not None:
                numbers.append(row.row)
        if not numbers:
            return
        if model not in SUBJECTS:
            model._base_manager.filter(pk__in=numbers).delete()
            return
        plan = plan_deletion(model, numbers)
        others = {table: count for table, count in plan.count().items() if table is not model}
        users = [_plain_name(table) for table in others]
        users += [_plain_name(field.model) for field in plan.protected()]
        users += [
            str(field.model._meta.verbose_name_plural) for field, linked in plan.unlinked.items() if linked.exists()
        ]
        if users:
            for row in rows:
                self._refuse(row, f"it is used since, by {', '.join(users)}")
            return
        plan.carry_out()

    def _set_back(self, model: type[Model], rows: Sequence[OperationRow], now: Mapping[int, Image]) -> None:
        """Sets columns that the operation changed to what they were."""
        restored = []
        for row in rows:
            current = now.get(row.row)
            if current is None:
                self._refuse(row, "it was deleted since")
                continue
            before, after = row.before or {}, row.after or {}
            if model is Article:
                before, changed_since = _article_before(before, after, current)
            else:
                changed_since = [
                    name for name, value in after.items() if current.get(name) not in (value, before[name])
                ]
            if changed_since:
                names = ", ".join(_label(model, name) for name in changed_since)
                self._refuse(row, f"changed again since: {names}")
                continue
            restored.append((row, before))
        self._update(model, restored)

    def _update(self, model: type[Model], restored: Sequence[tuple[OperationRow, Image]]) -> None:
        instances = model._base_manager.in_bulk([row.row for row, _ in restored])
        by_columns: dict[tuple[str, ...], list[Model]] = defaultdict(list)
        for row, image in restored:
            instance = instances[row.row]
            for name, value in as_values(model, image).items():
                setattr(instance, name, value)
            if reason := _reason_against(instance, image):
                self._refuse(row, reason)
            by_columns[tuple(sorted(image))].append(instance)
        for names, changed in by_columns.items():
            fields = [name for name in names if name in {field.attname for field in model._meta.concrete_fields}]
            if fields:
                model._base_manager.bulk_update(changed, fields, batch_size=BATCH_ROWS)

    def _make_again(self, model: type[Model], rows: Sequence[OperationRow], now: Mapping[int, Image]) -> None:
        """Makes rows again that the operation removed, with their numbers."""
        missing = [row for row in rows if row.row not in now]
        instances = []
        lost = _lost_targets(model, [row.before or {} for row in missing])
        for row in missing:
            image = row.before or {}
            gone = [name for name, numbers in lost.items() if image.get(name) in numbers]
            instance = model(**as_values(model, image))
            if gone:
                self._refuse(row, f"its {_label(model, gone[0])} is not there any more")
            elif not model._meta.auto_created and (reason := _reason_against(instance, image)):
                self._refuse(row, reason)
            else:
                instances.append(instance)
        # Somebody may have given an article the same topic since: then it has it already.
        model._base_manager.bulk_create(
            instances, batch_size=BATCH_ROWS, ignore_conflicts=bool(model._meta.auto_created)
        )


def _tables() -> list[Any]:
    """Returns the tables, parents first."""
    return [table for subject in SUBJECTS.values() for table in subject.tables]


def _article_before(before: Image, after: Image, current: Image) -> tuple[Image, list[str]]:
    """Returns the columns to set of an article, and those that a curator changed since.

    What is no curator's follows from captures: it is neither compared nor, where captures came since, kept.
    """
    was_before, was_after = (set(image.get(_CURATED, current[_CURATED])) for image in (before, after))
    is_now = set(current[_CURATED])
    restored: dict[str, Any] = {}
    changed_since = []
    for name, value in before.items():
        if name == _CURATED:
            restored[name] = sorted((is_now - (was_after - was_before)) | (was_before - was_after))
            continue
        field = curated_field_of(name)
        if (field in is_now) == (field in was_after):
            is_derived = field not in is_now and field in was_before
            if not is_derived and current.get(name) not in (after[name], value):
                changed_since.append(name)
            restored[name] = value
        elif field in is_now:
            changed_since.append(name)
        elif field in was_before:
            restored[name] = value
    return restored, changed_since


def _lost_targets(model: type[Model], images: Iterable[Image]) -> dict[str, set[Any]]:
    """Returns the numbers of rows that these rows need and that are not there, by the column that names them."""
    images = list(images)
    lost = {}
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey):
            continue
        wanted = {image[field.attname] for image in images if image.get(field.attname) is not None}
        target = field.related_model
        present = set(read_rows(target, wanted))
        own = {image[model._meta.pk.attname] for image in images} if target is model else set()
        lost[field.attname] = wanted - present - own
    return {name: numbers for name, numbers in lost.items() if numbers}


def _reason_against(instance: Model, changed: Image) -> str:
    """Returns why a row cannot be as it was: another has taken its name, or its number at the outlet."""
    names = {field.name for field in instance._meta.concrete_fields if field.attname in changed}
    for constraint in instance._meta.constraints:
        if not isinstance(constraint, UniqueConstraint):
            continue
        fields = set(constraint.fields) or {
            reference for expression in constraint.expressions for reference in _names_in(expression)
        }
        if not fields & names:
            continue
        try:
            constraint.validate(type(instance), instance)
        except ValidationError:
            return f"another has its {', '.join(sorted(fields))} now"
    return ""


def _names_in(expression: Any) -> list[str]:
    return [node.name for node in expression.flatten() if hasattr(node, "name") and isinstance(node.name, str)]


def _plain_name(model: type[Model]) -> str:
    """Returns what people call the rows of a table; links between articles and topics are articles."""
    owner: Any = model._meta.auto_created or model
    return str(owner._meta.verbose_name_plural)


def _label(model: type[Model], column: str) -> str:
    field = next((field for field in model._meta.concrete_fields if field.attname == column), None)
    return str(field.verbose_name) if field else column
