"""The form of a source in the admin, with its other names and addresses, as a browser sends it."""

from collections.abc import Sequence
from typing import Any

from archive.models import Source

_FIELDS = ("name", "kind", "homepage", "zone", "country", "languages", "ownership", "note")


def source_fields(
    source: Source, *, names: Sequence[str] = (), hosts: Sequence[str] = (), **changes: str
) -> dict[str, Any]:
    """Returns the fields of the form: those of the source with changes, and rows for names and addresses to add."""
    fields: dict[str, Any] = {name: getattr(source, name) for name in _FIELDS} | changes
    for prefix, column, new in (("other_names", "name", names), ("hosts", "host", hosts)):
        stored = list(getattr(source, prefix).all()) if source.pk else []
        fields |= {f"{prefix}-TOTAL_FORMS": len(stored) + len(new), f"{prefix}-INITIAL_FORMS": len(stored)}
        for number, row in enumerate(stored):
            fields |= {f"{prefix}-{number}-id": row.pk, f"{prefix}-{number}-source": source.pk}
            fields[f"{prefix}-{number}-{column}"] = str(row)
        for number, text in enumerate(new, start=len(stored)):
            fields |= {f"{prefix}-{number}-{column}": text, f"{prefix}-{number}-source": source.pk or ""}
    return fields
