"""Captures become receipts: the same bytes may be received often. Revisits that wait, and pages that are gone."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

# SQLite rebuilds a table to add a column, and its triggers are lost with the old table.
_evidence = import_module("archive.migrations.0002_evidence")
_placements = import_module("archive.migrations.0005_placements")


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0010_section_version_length'),
    ]

    operations = [
        migrations.RunPython(_evidence.allow_updates, _evidence.forbid_updates),
        migrations.RunPython(
            _placements.allow_updates("archive_placement"), _placements.forbid_updates("archive_placement")
        ),
        migrations.AddField(
            model_name='articleversion',
            name='more_pages',
            field=models.BooleanField(help_text='Whether another page follows; empty where unknown.', null=True),
        ),
        migrations.AddField(
            model_name='articleversion',
            name='page_number',
            field=models.PositiveSmallIntegerField(help_text='Which page this is, from 1, of an article on several pages.', null=True),
        ),
        migrations.AddField(
            model_name='capture',
            name='address_key',
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=2000),
        ),
        migrations.AddField(
            model_name='capture',
            name='payload_digest',
            field=models.CharField(blank=True, db_index=True, help_text='The digest by which a web archive knows the bytes.', max_length=100),
        ),
        migrations.AddField(
            model_name='capture',
            name='repeats',
            field=models.ForeignKey(blank=True, help_text='The capture with the same bytes that gave the article its version.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeated_by', to='archive.capture'),
        ),
        migrations.AlterField(
            model_name='capture',
            name='sha256',
            field=models.CharField(db_index=True, max_length=64, verbose_name='SHA-256'),
        ),
        migrations.AddField(
            model_name='placement',
            name='key',
            field=models.CharField(blank=True, help_text="The outlet's id of the entry in this capture, where it is another.", max_length=300),
        ),
        migrations.CreateModel(
            name='WaitingRevisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.TextField()),
                ('locator', models.TextField()),
                ('address', models.TextField()),
                ('captured', models.DateTimeField()),
                ('payload_digest', models.CharField(blank=True, db_index=True, max_length=100)),
                ('refers_to_address', models.TextField(blank=True)),
                ('refers_to_key', models.CharField(blank=True, db_index=True, max_length=2000)),
                ('refers_to_captured', models.DateTimeField(null=True)),
                ('problem', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='archive.problem')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='archive.ingestrun')),
            ],
        ),
        migrations.CreateModel(
            name='AddressGone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_key', models.CharField(db_index=True, max_length=2000)),
                ('address', models.TextField()),
                ('status', models.PositiveSmallIntegerField()),
                ('captured', models.DateTimeField()),
                ('origin', models.TextField()),
                ('locator', models.TextField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='archive.ingestrun')),
            ],
            options={
                'ordering': ['captured', 'id'],
                'constraints': [models.UniqueConstraint(fields=('address_key', 'captured', 'status'), name='address_gone_once_a_time')],
            },
        ),
        migrations.RunPython(_evidence.forbid_updates, _evidence.allow_updates),
        migrations.RunPython(
            _placements.forbid_updates("archive_placement"), _placements.allow_updates("archive_placement")
        ),
    ]
