"""When the archive last changed each section: for those from before, the time of the ingest or edit that did it."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.utils import timezone


def fill(apps, schema_editor):
    sections = apps.get_model("archive", "Section").objects
    # Without the order of the model, which joins the sections again, so that the reference to the outer ones is lost.
    versions = apps.get_model("archive", "SectionVersion").objects.filter(pk=OuterRef("current_id")).order_by()
    captures = apps.get_model("archive", "Capture").objects.filter(pk=OuterRef("gone_id")).order_by()
    edits = apps.get_model("archive", "Edit").objects.filter(subject="article", subject_id=OuterRef("article_id"))
    # The last of the three is the time: each step replaces an earlier one.
    for rows, time in (
        (sections.filter(current__isnull=False), versions.values("capture__run__started")),
        (sections.filter(gone__isnull=False), captures.values("run__started")),
        (sections.all(), edits.order_by("-at").values("at")[:1]),
    ):
        later = rows.annotate(last=Subquery(time)).filter(last__isnull=False)
        later.exclude(changed__gte=models.F("last")).update(changed=Subquery(time))
    sections.filter(changed__isnull=True).update(changed=timezone.now())
    if schema_editor.connection.vendor == "postgresql":
        # PostgreSQL alters no table that has rows to check still.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [("archive", "0008_help_texts")]

    operations = [
        migrations.AddField("section", "changed", models.DateTimeField(editable=False, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "section",
            "changed",
            models.DateTimeField(
                default=timezone.now,
                editable=False,
                help_text="When the archive took it in or last changed what it shows of it.",
            ),
        ),
    ]
