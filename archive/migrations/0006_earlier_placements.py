"""The placements of captures from before they were kept, as far as the record tells them.

Exactly known are the sections of an article's first capture (they were made in its order) and of its latest (it left
their positions). Of one between them it is known which versions came with it, not what else it still had: its
placements are those that had come by then and had not gone for good, in the order of now, and it is not marked as
recorded. Of a part that came after the whole nothing is known.
"""

from importlib import import_module

from django.db import migrations

_placements = import_module("archive.migrations.0005_placements")
_allow = _placements.allow_updates("archive_articleversion")
_forbid = _placements.forbid_updates("archive_articleversion")


def fill(apps, schema_editor):
    articles = apps.get_model("archive", "Article").objects.order_by("pk").values_list("pk", flat=True)
    last = 0
    while chunk := list(articles.filter(pk__gt=last)[:500]):
        placements, recorded = [], []
        for article in chunk:
            for version, known, placed in _placed(apps, article):
                placements += placed
                recorded += [version] if known else []
        apps.get_model("archive", "ArticleVersion").objects.filter(pk__in=recorded).update(sections_recorded=True)
        apps.get_model("archive", "Placement").objects.bulk_create(placements, batch_size=1000)
        last = chunk[-1]


def empty(apps, schema_editor):
    apps.get_model("archive", "Placement").objects.all().delete()


def _placed(apps, article):
    """Yields the id of each version of an article that was not a part after the whole, with what it held."""
    model = apps.get_model("archive", "Placement")
    received = apps.get_model("archive", "ArticleVersion").objects.filter(article_id=article).order_by("id")
    versions = list(received.values_list("id", "capture_id", "capture__captured", "partial"))
    kept = [one for number, one in enumerate(versions) if not one[3] or all(before[3] for before in versions[:number])]
    if not kept:
        return
    words = apps.get_model("archive", "SectionVersion").objects.filter(section__article_id=article).order_by("id")
    texts = list(words.values_list("id", "section_id", "capture_id", "capture__captured"))
    held = apps.get_model("archive", "Section").objects.filter(article_id=article, current__isnull=False)
    sections = list(
        held.order_by("position", "id").values_list(
            "id", "current_id", "gone_id", "gone__captured", "withdrawn", "current__updated"
        )
    )
    updated = {section[1]: section[5] for section in sections}
    latest = max(kept, key=lambda one: (one[2], one[0]))
    for version in kept:
        pk, capture, captured, _ = version
        came = {}
        for text, section, text_capture, text_captured in sorted(texts, key=lambda one: (one[3], one[2])):
            if (text_captured, text_capture) <= (captured, capture):
                came[section] = text
        if version is latest:
            found = [(one[0], one[1], one[4]) for one in sections if one[2] is None or one[2] == capture and one[4]]
            # A withdrawn entry may have been left out altogether since.
            known = not any(one[4] for one in sections)
        elif version is versions[0]:
            first = {section: text for text, section, text_capture, _ in texts if text_capture == capture}
            taken_back = {one[0] for one in sections if one[4] and one[2] == capture}
            found = [(section, text, section in taken_back) for section, text in sorted(first.items())]
            known = True
        else:
            found = [
                (one[0], came[one[0]], False)
                for one in sections
                if one[0] in came and (one[2] is None or (one[3], one[2]) > (captured, capture))
            ]
            known = False
        yield (
            pk,
            known,
            [
                model(
                    article_version_id=pk,
                    position=position,
                    section_id=section,
                    version_id=text,
                    withdrawn=withdrawn,
                    updated=updated.get(text),
                )
                for position, (section, text, withdrawn) in enumerate(found)
            ],
        )


class Migration(migrations.Migration):
    # Apart from the migration that makes the table: PostgreSQL alters none that has rows to check still.

    dependencies = [
        ('archive', '0005_placements'),
    ]

    operations = [
        migrations.RunPython(_allow, _forbid),
        migrations.RunPython(fill, empty),
        migrations.RunPython(_forbid, _allow),
    ]
