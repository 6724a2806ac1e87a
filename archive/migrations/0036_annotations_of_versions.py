from django.db import migrations


def add_pending(apps, schema_editor):
    """Notes each version as still to be annotated; `manage.py annotate` or the server does it."""
    version = apps.get_model("archive", "SectionVersion")._meta.db_table
    annotation = apps.get_model("archive", "Annotation")._meta.db_table
    schema_editor.execute(
        f"INSERT INTO {annotation} (version_id, rules, fault) SELECT id, 0, '' FROM {version}"
    )


class Migration(migrations.Migration):
    dependencies = [("archive", "0035_annotations")]

    operations = [migrations.RunPython(add_pending, migrations.RunPython.noop)]
