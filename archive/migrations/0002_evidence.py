"""The database itself refuses to rewrite evidence: captures and versions take no UPDATE, whoever asks."""

from django.db import migrations

from archive.models.evidence_triggers import drop_functions, guard_tables, release_tables

TABLES = ("archive_capture", "archive_articleversion", "archive_sectionversion")
REFUSAL = "captures and versions are evidence and cannot be changed"


def forbid_updates(apps, schema_editor):
    guard_tables(schema_editor.connection, dict.fromkeys(TABLES, REFUSAL))


def allow_updates(apps, schema_editor):
    release_tables(schema_editor.connection, TABLES)


def take_back(apps, schema_editor):
    allow_updates(apps, schema_editor)
    drop_functions(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]
    operations = [migrations.RunPython(forbid_updates, take_back)]
