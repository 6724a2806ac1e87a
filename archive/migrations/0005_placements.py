"""Which sections each capture held, in which order and version: evidence like the versions, and guarded likewise."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

# SQLite makes a table anew to add a column, and its triggers are lost with the old one.
_evidence = import_module("archive.migrations.0002_evidence")


def forbid_updates(table):
    """Returns the step that has the database refuse to rewrite one table; the function it needs is there."""

    def forbid(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            does = "FOR EACH ROW EXECUTE FUNCTION archive_refuse_update()"
        else:
            does = f"BEGIN SELECT RAISE(ABORT, '{_evidence.REFUSAL}'); END"
        schema_editor.execute(f"CREATE TRIGGER {table}_immutable BEFORE UPDATE ON {table} {does}")

    return forbid


def allow_updates(table):
    """Returns the step that takes it back."""

    def allow(apps, schema_editor):
        on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_immutable{on_table}")

    return allow


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0004_parts'),
    ]

    operations = [
        migrations.RunPython(_evidence.allow_updates, _evidence.forbid_updates),
        migrations.AddField(
            model_name='articleversion',
            name='sections_recorded',
            field=models.BooleanField(default=False, help_text='Its placements are its sections in its order; else they are pieced together, as far as that goes.'),
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(help_text="The capture's order, from 0.")),
                ('withdrawn', models.BooleanField(default=False, help_text='The capture says that the entry was taken back.')),
                ('updated', models.DateTimeField(blank=True, null=True)),
                ('heading', models.TextField(blank=True)),
                ('text', models.TextField(blank=True)),
                ('article_version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='archive.articleversion')),
                ('section', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='archive.section')),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='archive.sectionversion')),
            ],
            options={
                'ordering': ['article_version', 'position'],
                'constraints': [
                    models.UniqueConstraint(fields=('article_version', 'position'), name='placement_position_once_a_capture'),
                    models.UniqueConstraint(fields=('article_version', 'section'), name='placement_section_once_a_capture'),
                    models.CheckConstraint(condition=models.Q(('version__isnull', True), models.Q(('heading', ''), ('section__isnull', False), ('text', '')), _connector='OR'), name='placement_words_stand_once'),
                ],
            },
        ),
        migrations.RunPython(_evidence.forbid_updates, _evidence.allow_updates),
        migrations.RunPython(forbid_updates("archive_placement"), allow_updates("archive_placement")),
    ]
