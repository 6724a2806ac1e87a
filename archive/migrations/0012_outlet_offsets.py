"""The offsets of the clocks by which outlets wrote their times, as far as the times as written show them."""

import re
from datetime import timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

from django.db import migrations, models

import archive.models.columns

_placements = import_module("archive.migrations.0005_placements")
_EVIDENCE = ("archive_articleversion", "archive_sectionversion")
_CHUNK_ROWS = 500

# The offset of a time of day: after its digits, as a number or a name that means the same everywhere.
_OFFSET = re.compile(
    r"(?:\d:\d\d|T\d{4}(?:\d\d)?)(?:[:.,]\d+)*(?:\s*[ap]\.?m\.?)?\s*(?:\(?(?:GMT|UTC)?(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?"
    r"|\(?(?P<name>[A-Za-z]{1,4})\b)",
    re.IGNORECASE,
)
_NAMED_MINUTES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt"), 0),
    **{"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420},
    **{"cet": 60, "cest": 120, "mez": 60, "mesz": 120, "aest": 600, "aedt": 660, "awst": 480, "jst": 540},
}
_READ_AS = "as given; no zone, read as "
_EXACT = ("minute", "second")


def offset_of(given, rule, precision, at):
    """Returns the offset of a time as written, in minutes; None if neither the text nor the rule shows it."""
    if precision not in _EXACT:
        return None
    zone = rule.removeprefix(_READ_AS)
    if zone not in (rule, "UTC"):
        return round(at.astimezone(ZoneInfo(zone)).utcoffset() / timedelta(minutes=1))
    match = _OFFSET.search(given)
    if match is None:
        return None
    if match["name"]:
        return _NAMED_MINUTES.get(match["name"].lower())
    minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
    return None if minutes > 14 * 60 else -minutes if match["sign"] == "-" else minutes


def fill(apps, schema_editor):
    article_model = apps.get_model("archive", "Article")
    for name in ("ArticleVersion", "SectionVersion"):
        rows = apps.get_model("archive", name).objects.filter(published_precision__in=_EXACT).order_by("pk")
        last = 0
        while chunk := list(rows.filter(pk__gt=last)[:_CHUNK_ROWS]):
            for row in chunk:
                row.published_offset = offset_of(
                    row.published_given, row.published_rule, row.published_precision, row.published
                )
            known = [row for row in chunk if row.published_offset is not None]
            type(chunk[0]).objects.bulk_update(known, ["published_offset"], batch_size=_CHUNK_ROWS)
            if name == "ArticleVersion":
                for row in known:
                    # What a curator has set has another rule.
                    article_model.objects.filter(
                        pk=row.article_id, published=row.published, published_rule=row.published_rule
                    ).update(published_offset=row.published_offset)
            last = chunk[-1].pk


def _offset():
    return models.SmallIntegerField(
        blank=True, editable=False, help_text='Minutes ahead of UTC, as written; empty if not written.', null=True
    )


class Migration(migrations.Migration):
    dependencies = [
        ('archive', '0011_receipts'),
    ]

    operations = [
        *(
            migrations.AddField(model_name=model, name=f'{time}_offset', field=_offset())
            for model in ('article', 'articleversion', 'sectionversion')
            for time in ('published', 'updated')
        ),
        migrations.AlterField(
            model_name='source',
            name='zone',
            field=models.CharField(
                blank=True,
                help_text='For times without a zone and the days of times without an offset, like Europe/London; '
                'by default UTC.',
                max_length=60,
                validators=[archive.models.columns.validate_zone],
                verbose_name='time zone',
            ),
        ),
        *(migrations.RunPython(_placements.allow_updates(table), migrations.RunPython.noop) for table in _EVIDENCE),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(migrations.RunPython(_placements.forbid_updates(table), migrations.RunPython.noop) for table in _EVIDENCE),
    ]
