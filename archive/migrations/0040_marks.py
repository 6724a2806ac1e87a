from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0039_names_shown")]

    operations = [
        migrations.AddField(
            model_name="annotation", name="mark", field=models.PositiveIntegerField(db_default=0, default=0)
        ),
    ]
