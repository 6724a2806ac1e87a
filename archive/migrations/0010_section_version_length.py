"""An index of the length of texts, to find those that are too long for a spreadsheet."""

from django.db import migrations, models
from django.db.models.functions import Length


class Migration(migrations.Migration):
    dependencies = [("archive", "0009_section_changed")]

    operations = [
        migrations.AddIndex("sectionversion", models.Index(Length("text"), name="section_version_length")),
    ]
