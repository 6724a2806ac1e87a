"""Operations: the acts of curators, each with the rows that it changed, column by column, before and after.

An operation names its user and its rows by plain names and numbers, no foreign keys: it outlives both.
`archive.operations` writes and undoes them.
"""

from typing import ClassVar

from django.db import models

from .captures import ImmutableModel


class Operation(models.Model):
    """One act of a curator: an edit, a bulk act, a merge, a withdrawal, a deletion, or the undoing of another."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned: not confirmed yet"
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        FAILED = "failed", "Failed"

    kind = models.CharField(max_length=60)
    label = models.TextField("what", help_text="What was done, in words.")
    user_name = models.CharField("by", max_length=150)
    at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=8, choices=State, default=State.DONE)
    touched = models.PositiveIntegerField("changed", default=0, help_text="How many articles, sources or topics.")
    capture_to = models.PositiveBigIntegerField(default=0, help_text="The last capture that came before it.")
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="undoings")
    undone_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    # Of an act in batches: what is done to which rows, how many of them are done, and what was left as it is and why.
    plan = models.JSONField(null=True, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    refused = models.JSONField(default=list, editable=False)
    stop_asked = models.BooleanField(default=False, editable=False)
    finished = models.DateTimeField(null=True, editable=False)
    message = models.TextField(blank=True, editable=False, help_text="Why it stopped or failed.")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["state"], name="operation_unfinished", condition=models.Q(state__in=["waiting", "running"])
            )
        ]
        permissions = [("undo_operation", "Can undo operations of others")]

    def __str__(self) -> str:
        return self.label


GOES_ON = models.Q(state__in=[Operation.State.WAITING, Operation.State.RUNNING])
# It ended before its end, and nobody has decided yet whether it is finished or undone.
IS_HALF_DONE = models.Q(state__in=[Operation.State.STOPPED, Operation.State.FAILED], undone_by=None)


class OperationRow(ImmutableModel):
    """One row of a table that an operation changed, of one article, source or topic.

    `before` and `after` have the columns that differ, as JSON; a row that was not there before, or after, has null
    there and all its columns on the other side.
    """

    REFUSAL: ClassVar[str] = "what an operation changed is kept as it was"

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="rows")
    table = models.CharField(max_length=100, help_text="The model, as app.model.")
    row = models.BigIntegerField()
    subject = models.CharField(max_length=20, help_text="The model of the article, source or topic.")
    subject_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject", "subject_id"], name="operation_row_of")]
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"{self.table} {self.row} in {self.operation}"
