"""How each run ended. What is known of the runs before is only whether they came to their end."""

from typing import Any

from django.db import migrations, models

STATES = [("running", "Running"), ("finished", "Finished"), ("stopped", "Stopped early"), ("killed", "Killed")]


def set_states(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("archive", "IngestRun").objects
    runs.filter(finished__isnull=False).update(state="finished")
    runs.filter(finished__isnull=True).update(state="stopped")


class Migration(migrations.Migration):
    dependencies = [("archive", "0015_withholdings")]

    operations = [
        migrations.AddField(
            model_name="ingestrun",
            name="state",
            field=models.CharField(choices=STATES, default="running", max_length=8),
        ),
        migrations.RunPython(set_states, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="ingestrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["running", "finished", "stopped", "killed"])),
                name="run_state_known",
            ),
        ),
    ]
