"""Which sections each capture held, in which order and version: evidence like the versions, and guarded likewise."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from archive.models.evidence_triggers import guard_tables, release_tables

# SQLite makes a table anew to add a column, and its triggers are lost with the old one.
_evidence = import_module("archive.migrations.0002_evidence")


def forbid_updates(table):
    """Returns the step that has the database refuse to rewrite one table."""
    return lambda apps, schema_editor: guard_tables(schema_editor.connection, {table: _evidence.REFUSAL})


def allow_updates(table):
    """Returns the step that takes it back."""
    return lambda apps, schema_editor: release_tables(schema_editor.connection, [table])


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
