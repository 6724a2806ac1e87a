"""An index over the times at which changes were indexed: each opening of the index asks for later ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0017_archive")]

    operations = [
        migrations.AddIndex(model_name="change", index=models.Index(fields=["done"], name="change_done")),
    ]
