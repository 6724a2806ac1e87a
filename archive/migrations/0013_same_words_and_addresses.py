"""Keys of addresses without more parameters that track readers, and hashes of words without what nobody sees.

Both are made from what the record keeps, so that what comes in next is recognised. Two articles may get the same key
here: they stay two, and the older is found at the address, as before.
"""

from importlib import import_module

from django.db import IntegrityError, migrations, transaction

from archive.ingest import without_tracking
from archive.items import SectionItem

_evidence = import_module("archive.migrations.0002_evidence")
_placements = import_module("archive.migrations.0005_placements")
_GONE = "archive_addressgone"

_KEYS = (("Article", "url_key"), ("Capture", "address_key"), ("WaitingRevisit", "refers_to_key"))
_CHUNK_ROWS = 500


def key_of(key):
    """Returns the key of an address as it is made now, from a key as it was made before."""
    address, mark, fragment = key.partition("#")
    return without_tracking(address) + mark + fragment


def fill(apps, schema_editor):
    for name, field in _KEYS:
        rows = apps.get_model("archive", name).objects.filter(**{f"{field}__contains": "?"})
        _rewrite(rows, field, lambda row, field=field: key_of(getattr(row, field)))
    for row in apps.get_model("archive", "AddressGone").objects.filter(address_key__contains="?"):
        if key_of(row.address_key) != row.address_key:
            row.address_key = key_of(row.address_key)
            try:
                with transaction.atomic():
                    row.save(update_fields=["address_key"])
            except IntegrityError:  # the same answer is known at the shorter address
                continue
    versions = apps.get_model("archive", "SectionVersion").objects.all()
    _rewrite(versions, "words_sha256", lambda row: SectionItem(tuple(row.text.split("\n")), row.heading).words_sha256)
    if schema_editor.connection.vendor == "postgresql":
        # PostgreSQL guards no table that has rows to check still.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def _rewrite(rows, field, value_of):
    """Gives rows the value of a field that they would get now; rows that have it already are not written."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:_CHUNK_ROWS]):
        changed = []
        for row in chunk:
            value = value_of(row)
            if value != getattr(row, field):
                setattr(row, field, value)
                changed.append(row)
        rows.model.objects.bulk_update(changed, [field], batch_size=_CHUNK_ROWS)
        last = chunk[-1].pk


class Migration(migrations.Migration):
    dependencies = [("archive", "0012_outlet_offsets")]

    operations = [
        migrations.RunPython(_evidence.allow_updates, _evidence.forbid_updates),
        migrations.RunPython(
            _placements.allow_updates(_GONE), _placements.forbid_updates(_GONE)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(
            _placements.forbid_updates(_GONE), _placements.allow_updates(_GONE)
        ),
        migrations.RunPython(_evidence.forbid_updates, _evidence.allow_updates),
    ]
