"""What curators changed, which the database itself refuses to rewrite, as it does evidence."""

from django.db import migrations, models

from archive.models.evidence_triggers import guard_tables, release_tables

TABLE = "archive_edit"
REFUSAL = "what curators changed is kept as it was"


def forbid_updates(apps, schema_editor):
    guard_tables(schema_editor.connection, {TABLE: REFUSAL})


def allow_updates(apps, schema_editor):
    release_tables(schema_editor.connection, [TABLE])


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0006_earlier_placements'),
    ]

    operations = [
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('user_name', models.CharField(max_length=150, verbose_name='by')),
                ('subject', models.CharField(choices=[('article', 'Article'), ('source', 'Source'), ('topic', 'Topic')], max_length=10)),
                ('subject_id', models.BigIntegerField()),
                ('label', models.TextField(help_text='The headline or name, as it was before.', verbose_name='of')),
                ('how', models.CharField(max_length=60)),
                ('field', models.CharField(blank=True, max_length=60)),
                ('old', models.TextField(blank=True, verbose_name='was')),
                ('new', models.TextField(blank=True, verbose_name='became')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['subject', 'subject_id'], name='edit_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('subject__in', ['article', 'source', 'topic'])), name='edit_subject_known')],
            },
        ),
        migrations.RunPython(forbid_updates, allow_updates),
    ]
