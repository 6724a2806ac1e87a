import re

from django.db import migrations, models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

_BATCH = 500


def mark_shown(apps, schema_editor):
    """Notes which spellings texts have that are shown, and how names are written where their labels are none of these."""
    spellings = apps.get_model("archive", "Spelling").objects
    names = apps.get_model("archive", "Name").objects
    now = timezone.now()
    for pk in _in_parts(spellings.filter(Exists(_shown_mentions(apps, now))).order_by("pk").values_list("pk", flat=True)):
        spellings.filter(pk__in=pk).update(shown=True)
    names.update(own_label=F("label"))
    shown = spellings.filter(name=OuterRef("pk"), shown=True)
    names.filter(Exists(shown)).update(shown=True)
    own = spellings.filter(name=OuterRef("pk"), text=OuterRef("label"))
    written_otherwise = names.filter(~Exists(own), ~Q(gazetteer=F("label")), merged_into=None)
    written_otherwise.update(label_chosen=True)
    _write_otherwise(apps, names.filter(~Exists(shown.filter(text=OuterRef("label"))), ~Q(gazetteer=F("label"))))


def _shown_mentions(apps, now):
    """Returns the mentions in texts that every reader may see, of the spelling of the query around it."""
    mentions, placements, withholdings = (
        apps.get_model("archive", name).objects for name in ("Mention", "Placement", "Withholding")
    )
    withheld = withholdings.filter(Q(by_status=True) | Q(until__gt=now), version=OuterRef("article_version"))
    article = "article_version__article__"
    placed = placements.filter(
        ~Exists(withheld),
        _is_past(f"{article}embargo", now),
        _is_past(f"{article}closed_until", now),
        ~Q(**{f"{article}status": "withheld"}),
        version=OuterRef("version"),
        **{f"{article}trashed__isnull": True},
    )
    is_open = _is_past("version__section__closed_until", now)
    return mentions.filter(Exists(placed), is_open, spelling=OuterRef("pk"), joined=False)


def _is_past(column, now):
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": now})


def _write_otherwise(apps, names):
    """Writes names as most texts have them that are shown, and has the articles with them indexed again."""
    spellings = apps.get_model("archive", "Spelling").objects
    changes = apps.get_model("archive", "Change").objects
    articles = set()
    for name in names.filter(shown=True, label_chosen=False):
        label = name.gazetteer
        if not label:
            found = spellings.filter(name=name, shown=True).annotate(found=Count("mentions"))
            label = found.order_by("-found", "pk").values_list("text", flat=True)[0]
        if _fold(label) == _fold(name.label):
            continue
        name.label = label
        name.save(update_fields=["label"])
        for path in ("mentions", "statements", "links__statement"):
            of_name = spellings.filter(name=name, **{f"{path}__isnull": False}).order_by()
            articles.update(of_name.values_list(f"{path}__version__section__article", flat=True).distinct())
    now = timezone.now()
    changes.bulk_create(
        changes.model(article_id=pk, created=now, due=now, hides=True, renames=True) for pk in sorted(articles)
    )


def _fold(text):
    return re.sub(r"\s+", " ", text.casefold())


def _in_parts(query):
    ids = list(query)
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


class Migration(migrations.Migration):
    dependencies = [("archive", "0038_names_decided")]

    operations = [
        migrations.AddField(
            model_name="name",
            name="own_label",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="How it is to be written.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="name",
            name="label_chosen",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, help_text="Whether a curator chose how it is written."
            ),
        ),
        migrations.AddField(
            model_name="name",
            name="shown",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, help_text="Whether one of its spellings is shown."
            ),
        ),
        migrations.AddField(
            model_name="spelling",
            name="shown",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, help_text="Whether a text that is shown has it."
            ),
        ),
        migrations.AddField(
            model_name="change", name="renames", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunPython(mark_shown, migrations.RunPython.noop),
    ]
