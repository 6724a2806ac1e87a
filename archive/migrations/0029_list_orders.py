"""Indexes in the orders of lists: sections by article and place, articles by status and time of publication."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('archive', '0028_edits_of_entries'),
    ]

    operations = [
        migrations.AlterField(
            model_name='section',
            name='article',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='archive.article'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['status', 'published'], name='article_by_status'),
        ),
        migrations.AddIndex(
            model_name='section',
            index=models.Index(fields=['-article', 'position'], name='section_in_order'),
        ),
    ]
