"""The outlet's id as each capture gave it, whether that was but a part of the article, and keys of addresses anew."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from archive.ingest import address_key

# SQLite makes a table anew to add a column, and its triggers are lost with the old one.
_evidence = import_module("archive.migrations.0002_evidence")


def fill(apps, schema_editor):
    """Gives the versions there are the id of their article, and the articles their address by the rules of now."""
    article, version = apps.get_model("archive", "Article"), apps.get_model("archive", "ArticleVersion")
    ids = article.objects.filter(pk=OuterRef("article"))
    version.objects.update(external_id=Subquery(ids.values("external_id")[:1]))
    changed = []
    for one in article.objects.exclude(url="").only("url", "url_key", "external_id").iterator(chunk_size=1000):
        key = address_key(one.url, one.external_id)
        if key != one.url_key:
            one.url_key = key
            changed.append(one)
    article.objects.bulk_update(changed, ["url_key"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0003_statuses'),
    ]

    operations = [
        migrations.RunPython(_evidence.allow_updates, _evidence.forbid_updates),
        migrations.AddField(
            model_name='articleversion',
            name='external_id',
            field=models.CharField(blank=True, db_index=True, max_length=300, verbose_name="outlet's id"),
        ),
        migrations.AddField(
            model_name='articleversion',
            name='partial',
            field=models.BooleanField(default=False, help_text='Not all of its words: the summary of a feed, a page that was cut off.'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(_evidence.forbid_updates, _evidence.allow_updates),
    ]
