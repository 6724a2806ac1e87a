"""Help texts and a label in plain words; the database does not change."""

import archive.models.columns
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0007_edits'),
    ]

    operations = [
        migrations.AlterField(
            model_name='article',
            name='note',
            field=models.TextField(blank=True, help_text="An editor's note: a correction, the reason of a withdrawal."),
        ),
        migrations.AlterField(
            model_name='article',
            name='published',
            field=models.DateTimeField(blank=True, help_text='UTC; empty if unknown.', null=True),
        ),
        migrations.AlterField(
            model_name='article',
            name='status',
            field=models.CharField(choices=[('usable', 'Usable'), ('withheld', 'Withheld: not shown until its sender releases it'), ('canceled', 'Cancelled: withdrawn by its sender')], default='usable', max_length=10),
        ),
        migrations.AlterField(
            model_name='article',
            name='updated',
            field=models.DateTimeField(blank=True, help_text='When the outlet last changed it, UTC.', null=True),
        ),
        migrations.AlterField(
            model_name='articleversion',
            name='note',
            field=models.TextField(blank=True, help_text="An editor's note: a correction, the reason of a withdrawal."),
        ),
        migrations.AlterField(
            model_name='articleversion',
            name='published',
            field=models.DateTimeField(blank=True, help_text='UTC; empty if unknown.', null=True),
        ),
        migrations.AlterField(
            model_name='articleversion',
            name='published_given',
            field=models.TextField(blank=True, help_text='The time of publication as written.'),
        ),
        migrations.AlterField(
            model_name='articleversion',
            name='sections_recorded',
            field=models.BooleanField(default=False, help_text='Its placements are exactly its sections; otherwise they are pieced together from other captures.'),
        ),
        migrations.AlterField(
            model_name='articleversion',
            name='status',
            field=models.CharField(choices=[('usable', 'Usable'), ('withheld', 'Withheld: not shown until its sender releases it'), ('canceled', 'Cancelled: withdrawn by its sender')], default='usable', max_length=10),
        ),
        migrations.AlterField(
            model_name='articleversion',
            name='updated',
            field=models.DateTimeField(blank=True, help_text='When the outlet last changed it, UTC.', null=True),
        ),
        migrations.AlterField(
            model_name='placement',
            name='withdrawn',
            field=models.BooleanField(default=False, help_text='The capture withdraws the entry.'),
        ),
        migrations.AlterField(
            model_name='sectionversion',
            name='note',
            field=models.TextField(blank=True, help_text='A note of the outlet about the entry: a correction.'),
        ),
        migrations.AlterField(
            model_name='source',
            name='zone',
            field=models.CharField(blank=True, help_text='For times without a zone, like Europe/London; by default UTC.', max_length=60, validators=[archive.models.columns.validate_zone], verbose_name='time zone'),
        ),
    ]
