"""Long work on the archive that people ask for; problems with their kinds, and the time at which they were settled."""

from django.db import migrations, models

from archive.problem_kinds import kind_of

_RECEIVED = "a revisit; its payload was received later"
_CHUNK = 2000


def find_kinds(apps, schema_editor):
    """Gives each problem its kind; those whose payload was received since are settled."""
    problem_table = apps.get_model("archive", "Problem")
    last = 0
    while rows := list(problem_table.objects.filter(pk__gt=last).select_related("run").order_by("pk")[:_CHUNK]):
        for row in rows:
            row.kind = kind_of(row.reason)
            row.closed = (row.run.finished or row.run.started) if row.reason.startswith(_RECEIVED) else None
        problem_table.objects.bulk_update(rows, ["kind", "closed"], batch_size=200)
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ('archive', '0023_sources'),
    ]

    operations = [
        migrations.CreateModel(
            name='Upkeep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('update', 'Update of the index'), ('rebuild', 'Rebuild of the index'), ('captures', 'Check of the captures')], max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('finished', 'Finished'), ('failed', 'Failed'), ('stopped', 'Stopped')], default='waiting', max_length=10)),
                ('requested', models.DateTimeField()),
                ('requested_by', models.CharField(max_length=150)),
                ('finished', models.DateTimeField(null=True)),
                ('done', models.PositiveBigIntegerField(default=0)),
                ('total', models.PositiveBigIntegerField(default=0)),
                ('cursor', models.CharField(blank=True, help_text='Where the next part of the work begins.', max_length=100)),
                ('found', models.JSONField(default=dict, help_text='Faults by kind: how many, and the first of them.')),
                ('message', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-id'],
                'permissions': [('maintain_archive', 'Can update and rebuild the index and check the captures')],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='problem',
            name='closed',
            field=models.DateTimeField(blank=True, editable=False, help_text='When a later run or a curator settled it, UTC.', null=True),
        ),
        migrations.AddField(
            model_name='problem',
            name='kind',
            field=models.CharField(default='', editable=False, help_text='The reason without its details.', max_length=160),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(condition=models.Q(('closed__isnull', True)), fields=['level', 'kind'], name='problem_open'),
        ),
        migrations.AddConstraint(
            model_name='upkeep',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['update', 'rebuild', 'captures'])), name='upkeep_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='upkeep',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'finished', 'failed', 'stopped'])), name='upkeep_state_known'),
        ),
        migrations.AddConstraint(
            model_name='upkeep',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('kind',), name='upkeep_once_at_a_time'),
        ),
        migrations.RunPython(find_kinds, migrations.RunPython.noop, elidable=True),
    ]
