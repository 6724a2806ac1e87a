"""Versions that may not be shown, each by its own status and embargo.

They are settled by the rules of `archive.withholding` once the tables are there (see `archive.apps`). Whatever a
curator freed before stays freed.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Max, Q
from django.utils import timezone

_CHUNK_ROWS = 500


def fill(apps, schema_editor):
    Article, Version, Withholding, Capture, Change = (
        apps.get_model("archive", name) for name in ("Article", "ArticleVersion", "Withholding", "Capture", "Change")
    )
    now = timezone.now()
    last = Capture.objects.aggregate(last=Max("pk"))["last"] or 0
    withheld = Version.objects.filter(Q(status="withheld") | Q(embargo__gt=now))
    articles = Article.objects.filter(pk__in=withheld.values("article")).order_by("pk")
    for article in articles.iterator(chunk_size=_CHUNK_ROWS):
        if "status" in article.curated_fields and article.status != "withheld":
            article.status_freed_to = last
        if "embargo" in article.curated_fields:
            article.embargo_freed_to = last
        article.save(update_fields=["status_freed_to", "embargo_freed_to"])
        Change.objects.create(article_id=article.pk, created=now, due=now, hides=True)
    Withholding.objects.bulk_create(
        (
            Withholding(
                article_id=version.article_id,
                version_id=version.pk,
                by_status=version.status == "withheld",
                until=version.embargo,
            )
            for version in withheld.order_by("pk")
        ),
        batch_size=_CHUNK_ROWS,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0014_wrong_passwords'),
    ]

    operations = [
        migrations.CreateModel(
            name='Withholding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_status', models.BooleanField(help_text='Withheld until its sender or a curator frees it.')),
                ('until', models.DateTimeField(help_text='The end of its embargo, UTC.', null=True)),
                ('left_out', models.BooleanField(help_text='Whether what is current of the article leaves the version out; empty until it is settled.', null=True)),
            ],
        ),
        migrations.AddField(
            model_name='article',
            name='embargo_freed_to',
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='article',
            name='status_freed_to',
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='change',
            name='hides',
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('done__isnull', True), ('hides', True)), fields=['article_id'], name='change_hiding'),
        ),
        migrations.AddField(
            model_name='withholding',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='withholdings', to='archive.article'),
        ),
        migrations.AddField(
            model_name='withholding',
            name='version',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='withholding', to='archive.articleversion'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
