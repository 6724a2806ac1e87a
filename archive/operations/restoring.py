"""Puts rows back as they were before an operation. For `undoing` alone.

A row is put back only if it is as the operation left it. What captures derive is no curator's: of an article, only the
fields that curators set are compared, as `Article.curated_fields` says.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model, UniqueConstraint
from django.utils import timezone

from ..curation import curated_field_of, find_conflicts, hidden_as_another_address
from ..deletions import plan_deletion
from ..models import Article, Name, OperationRow, Section, Spelling, Topic, is_closed
from .images import BATCH_ROWS, Image, as_values, read_rows
from .subjects import SUBJECTS

_CURATED = "curated_fields"
# A person has to decide about the words that both have.
_WOULD_OPEN = "it has the words of the article that it was merged with, which is hidden now; withdraw it first"
_WOULD_OPEN_ENTRY = "it is withdrawn from readers with all that shares its words; restore that first"
_LINKS_TO_OWN_TABLE: Mapping[type[Model], str] = {Topic: "broader_id", Section: "joined_to_id"}
# What always leads to a row of another table goes back to the former one before rows are removed.
_LINKS_TO_OTHERS: Mapping[type[Model], str] = {Spelling: "name_id"}
# The columns that captures set of what curators added: a part of an entry is where the entry is.
_BY_CAPTURES: Mapping[type[Model], frozenset[str]] = {
    Section: frozenset({"position", "current_id", "gone_id", "withdrawn", "changed"})
}


class Restoring:
    """One attempt to put rows back: `check` reads, `write` writes.

    Both return the reason of each article, source or topic that prevents it. Where there are any after `write`, the
    caller rolls back.
    """

    def __init__(self, rows: Sequence[OperationRow]) -> None:
        self._rows: dict[str, list[OperationRow]] = defaultdict(list)
        for row in rows:
            self._rows[row.table].append(row)
        self._conflicts: dict[tuple[str, int], str] = {}
        self._removed: dict[type[Model], list[OperationRow]] = defaultdict(list)
        self._set_back: dict[type[Model], list[tuple[OperationRow, Image]]] = defaultdict(list)
        self._made_again: dict[type[Model], list[OperationRow]] = defaultdict(list)
        self.articles = {row.subject_id for row in rows if row.subject == Article._meta.model_name}

    def check(self) -> Mapping[tuple[str, int], str]:
        """Compares the rows with what the operation left. A query for each 500 rows of a table."""
        for model in _models():
            rows = self._rows[model._meta.label_lower]
            now = read_rows(model, [row.row for row in rows]) if rows else {}
            for row in rows:
                self._check(model, row, now.get(row.row))
        self._keep_closed()
        return self._conflicts

    def write(self) -> Mapping[tuple[str, int], str]:
        """Puts the rows back that were checked: those that depend on others last, where they are made again."""
        # What a row leaves is not kept by it, if it is to be removed.
        for model, column in _LINKS_TO_OWN_TABLE.items():
            leaving = [row.row for row, before in self._set_back[model] if column in before]
            for start in range(0, len(leaving), BATCH_ROWS):
                model._base_manager.filter(pk__in=leaving[start : start + BATCH_ROWS]).update(**{column: None})
        for model, column in _LINKS_TO_OTHERS.items():
            for row, before in self._set_back[model]:
                if column in before:
                    model._base_manager.filter(pk=row.row).update(**{column: before[column]})
        for model in reversed(_models()):
            self._remove(model)
        for model in _models():
            self._update(model)
        for model in _models():
            self._make_again(model)
        topics = [row for table in _topic_tables() for row in self._rows[table]]
        conflicts = find_conflicts({row.subject_id for row in topics}) if topics else {}
        for row in topics:
            if row.subject_id in conflicts:
                self._refuse(row, conflicts[row.subject_id])
        return self._conflicts

    def _refuse(self, row: OperationRow, reason: str) -> None:
        self._conflicts.setdefault((row.subject, row.subject_id), reason)

    def _check(self, model: type[Model], row: OperationRow, current: Image | None) -> None:
        before, after = row.before, row.after
        if before is None:
            own = {name: value for name, value in (after or {}).items() if name not in _BY_CAPTURES.get(model, ())}
            if current is not None and any(current.get(name) != value for name, value in own.items()):
                self._refuse(row, f"the {model._meta.verbose_name} that it added was changed since")
            elif current is not None:
                self._removed[model].append(row)
        elif after is None:
            if current is None:
                self._made_again[model].append(row)
        elif current is None:
            self._refuse(row, "it was deleted since")
        else:
            if model is Article:
                before, changed_since = _article_before(before, after, current)
            else:
                changed_since = [name for name in after if current.get(name) not in (after[name], before[name])]
            if changed_since:
                names = ", ".join(_label(model, name) for name in changed_since)
                self._refuse(row, f"changed again since: {names}")
            self._set_back[model].append((row, before))

    def _keep_closed(self) -> None:
        """Refuses to take apart what was merged or joined if that would open words that are hidden with the other."""
        parted = {row.row: row for row, before in self._set_back[Article] if "same_as_id" in before}
        for pk in hidden_as_another_address(parted, timezone.now()) if parted else ():
            self._refuse(parted[pk], _WOULD_OPEN)
        joined = [row for row, _ in self._set_back[Section] if row.after and row.after.get("joined_to_id")]
        divided = {row.row: row for row in (*joined, *self._removed[Section])}
        closed = Section.objects.filter(is_closed(timezone.now()), pk__in=divided)
        for pk in closed.order_by().values_list("pk", flat=True):
            self._refuse(divided[pk], _WOULD_OPEN_ENTRY)

    def _remove(self, model: type[Model]) -> None:
        """Removes rows that the operation made, unless something uses them since."""
        numbers = [row.row for row in self._removed[model]]
        if not numbers:
            return
        if model not in SUBJECTS:
            model._base_manager.filter(pk__in=numbers).delete()
            return
        plan = plan_deletion(model, numbers)
        users = [_plain_name(table) for table in plan.count() if table is not model]
        users += [_plain_name(field.model) for field in plan.protected()]
        users += [_plain_name(field.model) for field, pointing in plan.unlinked.items() if pointing.exists()]
        if not users:
            plan.carry_out()
        for row in self._removed[model] if users else ():
            self._refuse(row, f"it is used since, by {', '.join(users)}")

    def _update(self, model: type[Model]) -> None:
        """Sets columns that the operation changed to what they were: one statement for 500 rows of the same values."""
        restored = self._set_back[model]
        instances = model._base_manager.in_bulk([row.row for row, _ in restored])
        alike: dict[str, tuple[dict[str, Any], list[int]]] = {}
        for row, image in restored:
            values = as_values(model, image)
            instance = instances[row.row]
            for name, value in values.items():
                setattr(instance, name, value)
            if reason := _reason_against(instance, image):
                self._refuse(row, reason)
            elif values:
                alike.setdefault(json.dumps(image, sort_keys=True), (values, []))[1].append(row.row)
        for values, numbers in alike.values():
            for start in range(0, len(numbers), BATCH_ROWS):
                model._base_manager.filter(pk__in=numbers[start : start + BATCH_ROWS]).update(**values)

    def _make_again(self, model: type[Model]) -> None:
        """Makes rows again that the operation removed, with their numbers."""
        rows = self._made_again[model]
        is_link = bool(model._meta.auto_created)
        instances = []
        lost = _lost_targets(model, [row.before or {} for row in rows])
        for row in rows:
            image = row.before or {}
            gone = [name for name, numbers in lost.items() if image.get(name) in numbers]
            instance = model(**as_values(model, image))
            if isinstance(instance, Name):
                # Its label follows once its spellings are back.
                instance.label = instance.own_label
            if gone:
                self._refuse(row, f"its {_label(model, gone[0])} is not there any more")
            elif not is_link and (reason := _reason_against(instance, image)):
                self._refuse(row, reason)
            else:
                instances.append(instance)
        # Somebody may have given an article the same topic since: then it has it already.
        model._base_manager.bulk_create(instances, batch_size=BATCH_ROWS, ignore_conflicts=is_link)


def _models() -> list[type[Model]]:
    """Returns the models of all tables, parents first."""
    return [table.model for subject in SUBJECTS.values() for table in subject.tables]


def _topic_tables() -> list[str]:
    return [table.model._meta.label_lower for table in SUBJECTS[Topic].tables]


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
