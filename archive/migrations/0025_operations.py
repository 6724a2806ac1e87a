"""Operations, and the edits of before as rows of operations: those of one moment by one user were one act."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count, Min

from archive.models.evidence_triggers import guard_tables, release_tables

EDITS = "archive_edit"
REFUSALS = {
    EDITS: "what curators changed is kept as it was",
    "archive_operationrow": "what an operation changed is kept as it was",
}
_MAX_LABEL_CHARS = 200


def gather_edits(apps, schema_editor):
    Edit, Operation = apps.get_model("archive", "Edit"), apps.get_model("archive", "Operation")
    acts = Edit.objects.order_by("at", "user_name").values("at", "user_name")
    for act in acts.annotate(first=Min("pk"), touched=Count("subject_id", distinct=True)).iterator():
        first = Edit.objects.get(pk=act["first"])
        operation = Operation.objects.create(
            kind=first.how,
            label=f"{first.how.capitalize()}: “{first.label[:_MAX_LABEL_CHARS]}”",
            user_name=act["user_name"],
            at=act["at"],
            touched=act["touched"],
            finished=act["at"],
        )
        Edit.objects.filter(at=act["at"], user_name=act["user_name"]).update(operation=operation)


def release(apps, schema_editor):
    release_tables(schema_editor.connection, REFUSALS)


def guard(apps, schema_editor):
    guard_tables(schema_editor.connection, REFUSALS)


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0024_upkeep'),
    ]

    operations = [
        migrations.RunPython(release, guard),
        migrations.CreateModel(
            name='Operation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('label', models.TextField(help_text='What was done, in words.', verbose_name='what')),
                ('user_name', models.CharField(max_length=150, verbose_name='by')),
                ('at', models.DateTimeField(db_index=True)),
                ('state', models.CharField(choices=[('planned', 'Planned: not confirmed yet'), ('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('stopped', 'Stopped'), ('failed', 'Failed')], default='done', max_length=8)),
                ('touched', models.PositiveIntegerField(default=0, help_text='How many articles, sources or topics.', verbose_name='changed')),
                ('capture_to', models.PositiveBigIntegerField(default=0, help_text='The last capture that came before it.')),
                ('plan', models.JSONField(editable=False, null=True)),
                ('total', models.PositiveIntegerField(default=0, editable=False)),
                ('position', models.PositiveIntegerField(default=0, editable=False)),
                ('refused', models.JSONField(default=list, editable=False)),
                ('stop_asked', models.BooleanField(default=False, editable=False)),
                ('finished', models.DateTimeField(editable=False, null=True)),
                ('message', models.TextField(blank=True, editable=False, help_text='Why it stopped or failed.')),
                ('undoes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undoings', to='archive.operation')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='archive.operation')),
            ],
            options={
                'ordering': ['-id'],
                'permissions': [('undo_operation', 'Can undo operations of others')],
            },
        ),
        migrations.AddField(
            model_name='edit',
            name='operation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='edits', to='archive.operation'),
        ),
        migrations.CreateModel(
            name='OperationRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(help_text='The model, as app.model.', max_length=100)),
                ('row', models.BigIntegerField()),
                ('subject', models.CharField(help_text='The model of the article, source or topic.', max_length=20)),
                ('subject_id', models.BigIntegerField()),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='archive.operation')),
            ],
            options={
                'ordering': ['id'],
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='operation',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['state'], name='operation_unfinished'),
        ),
        migrations.AddIndex(
            model_name='operationrow',
            index=models.Index(fields=['subject', 'subject_id'], name='operation_row_of'),
        ),
        migrations.RunPython(gather_edits, migrations.RunPython.noop),
        migrations.RunPython(guard, release),
    ]
