"""Statuses, embargoes, notes, key events and withdrawals; and the zone in which a source writes its times."""

from importlib import import_module

import django.utils.timezone
from django.db import migrations, models

import archive.models.columns

# SQLite makes a table anew to add a column, and its triggers are lost with the old one.
_evidence = import_module("archive.migrations.0002_evidence")


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0002_evidence'),
    ]

    operations = [
        migrations.RunPython(_evidence.allow_updates, _evidence.forbid_updates),
        migrations.AddField(
            model_name='article',
            name='embargo',
            field=models.DateTimeField(blank=True, help_text='Not shown before this time, UTC.', null=True),
        ),
        migrations.AddField(
            model_name='article',
            name='note',
            field=models.TextField(blank=True, help_text='What an editor says about it: a correction, why it was withdrawn.'),
        ),
        migrations.AddField(
            model_name='article',
            name='status',
            field=models.CharField(choices=[('usable', 'Usable'), ('withheld', 'Withheld: not shown until its sender says so'), ('canceled', 'Cancelled: withdrawn by its sender')], default='usable', max_length=10),
        ),
        migrations.AddField(
            model_name='articleversion',
            name='embargo',
            field=models.DateTimeField(blank=True, help_text='Not shown before this time, UTC.', null=True),
        ),
        migrations.AddField(
            model_name='articleversion',
            name='note',
            field=models.TextField(blank=True, help_text='What an editor says about it: a correction, why it was withdrawn.'),
        ),
        migrations.AddField(
            model_name='articleversion',
            name='status',
            field=models.CharField(choices=[('usable', 'Usable'), ('withheld', 'Withheld: not shown until its sender says so'), ('canceled', 'Cancelled: withdrawn by its sender')], default='usable', max_length=10),
        ),
        migrations.AddField(
            model_name='change',
            name='due',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name='section',
            name='withdrawn',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='sectionversion',
            name='key_event',
            field=models.BooleanField(default=False, help_text='The outlet marks the entry as a key event.'),
        ),
        migrations.AddField(
            model_name='sectionversion',
            name='note',
            field=models.TextField(blank=True, help_text='What the outlet says about the entry: a correction.'),
        ),
        migrations.AddField(
            model_name='sectionversion',
            name='updated',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='source',
            name='zone',
            field=models.CharField(blank=True, help_text='Whose clock its times show that come without a zone, like Europe/London; else UTC.', max_length=60, validators=[archive.models.columns.validate_zone], verbose_name='time zone'),
        ),
        migrations.AlterField(
            model_name='capture',
            name='locator',
            field=models.TextField(blank=True, help_text='Where in the origin: a line, a record.'),
        ),
        migrations.AlterField(
            model_name='problem',
            name='locator',
            field=models.TextField(blank=True, help_text='Where in the origin: a line, a record.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['usable', 'withheld', 'canceled'])), name='article_status_known'),
        ),
        migrations.RunPython(_evidence.forbid_updates, _evidence.allow_updates),
    ]
