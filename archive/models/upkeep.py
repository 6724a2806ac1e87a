"""Long work on the archive as a whole that somebody asked for. `archive.upkeep` does it."""

from typing import ClassVar

from django.db import models


class Upkeep(models.Model):
    """One piece of such work: what, for whom, how far it is, and what it found."""

    class Kind(models.TextChoices):
        UPDATE = "update", "Update of the index"
        REBUILD = "rebuild", "Rebuild of the index"
        CAPTURES = "captures", "Check of the captures"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"

    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    requested = models.DateTimeField()
    requested_by = models.CharField(max_length=150)
    finished = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    cursor = models.CharField(max_length=100, blank=True, help_text="Where the next part of the work begins.")
    found = models.JSONField(default=dict, help_text="Faults by kind: how many, and the first of them.")
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        default_permissions: ClassVar = ()
        permissions: ClassVar = [("maintain_archive", "Can update and rebuild the index and check the captures")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["update", "rebuild", "captures"]), name="upkeep_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "finished", "failed", "stopped"]),
                name="upkeep_state_known",
            ),
            # Two people who press the same button ask for the same work.
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(state__in=["waiting", "running"]), name="upkeep_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.requested:%Y-%m-%d %H:%M} UTC"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done, or to be finished."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
