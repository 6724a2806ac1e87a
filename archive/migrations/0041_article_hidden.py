from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0040_marks")]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                fields=["closed_until"], name="article_closed", condition=models.Q(("closed_until__isnull", False))
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                fields=["embargo"], name="article_embargo", condition=models.Q(("embargo__isnull", False))
            ),
        ),
    ]
