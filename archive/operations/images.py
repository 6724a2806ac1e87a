"""Rows of tables as JSON and back: what an operation keeps of a row before and after."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Model

# The columns of a row by their names in the database, with times in ISO 8601.
Image = Mapping[str, Any]
# The number of the subject that a row belongs to, and the row.
OwnedImage = tuple[int, Image]

# They follow from other rows, and are set again after each operation or beside it: until when articles and sections
# are closed, what is shown of entries that are split or joined, how often names are mentioned, whether readers meet
# them, and how they are written while their own labels are hidden.
_DERIVED = frozenset({"closed_until", "shown_in_id", "divided_text", "mentioned", "label", "shown"})

# The ids are parameters of a statement.
BATCH_ROWS = 500


def read_images(model: type[Model], path: str, subject_ids: Iterable[int]) -> dict[int, OwnedImage]:
    """Returns the rows of a table that belong to these subjects, to which `path` leads; by their numbers.

    One query for each 500.
    """
    ids = sorted(subject_ids)
    number = _pk(model)
    columns = [field.attname for field in model._meta.concrete_fields if field.attname not in _DERIVED]
    found: dict[int, OwnedImage] = {}
    for start in range(0, len(ids), BATCH_ROWS):
        rows = model._base_manager.filter(**{f"{path}__in": ids[start : start + BATCH_ROWS]})
        for row in rows.annotate(of_subject=F(path)).values("of_subject", *columns):
            subject_id = row.pop("of_subject")
            found[row[number]] = (subject_id, {name: _as_json(value) for name, value in row.items()})
    return found


def read_rows(model: type[Model], numbers: Iterable[int]) -> dict[int, Image]:
    """Returns rows by their numbers. One query for each 500."""
    return {number: image for number, (_, image) in read_images(model, "pk", numbers).items()}


def differing(before: Image | None, after: Image | None) -> tuple[Image | None, Image | None]:
    """Returns the columns that differ, before and after; a row that is missing on one side is whole on the other."""
    if before is None or after is None:
        return before, after
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def as_values(model: type[Model], image: Image) -> dict[str, Any]:
    """Returns the values of columns, as attributes of an instance have them.

    Columns that the table no longer has are left out.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: _from_json(fields[name], value) for name, value in image.items() if name in fields}


def _from_json(field: Any, value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) and _is_time(field) else value


def _is_time(field: Any) -> bool:
    return bool(field.get_internal_type() == "DateTimeField")


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _pk(model: type[Model]) -> str:
    return str(model._meta.pk.attname)
