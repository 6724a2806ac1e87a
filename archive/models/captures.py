"""Captures, the runs that received them, and the problems that a run met. Captures never change."""

from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from ..errors import ArchiveError
from ..problem_kinds import MAX_KIND_CHARS, kind_of


class ImmutableError(ArchiveError):
    """An attempt to change evidence."""


class ImmutableModel(models.Model):
    """A row that is written once. The database refuses an UPDATE too, with REFUSAL as its message (a trigger)."""

    REFUSAL: ClassVar[str] = "captures and versions are evidence and cannot be changed"

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableError(f"{self._meta.label} {self.pk} is evidence and cannot be changed.")
        super().save(*args, **kwargs)


class IngestRun(models.Model):
    """One call of ingest: when, which documents, by whom, and the counts of the results."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        STOPPED = "stopped", "Stopped early"
        KILLED = "killed", "Killed"

    started = models.DateTimeField()
    finished = models.DateTimeField(null=True, blank=True, help_text="Empty: still running, or ended early.")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    origin = models.TextField(help_text="The paths or the upload that was ingested.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    options = models.JSONField(default=dict, editable=False, help_text="The options as they were entered, by name.")
    retries = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="retried_by",
        help_text="The run of which this one tries again what was rejected.",
    )
    # Of an upload that the server ingests beside its pages.
    upload = models.CharField(max_length=64, blank=True, editable=False)
    file_count = models.PositiveIntegerField(default=0, editable=False)
    files_done = models.PositiveIntegerField(default=0, editable=False)
    stop_requested = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "finished", "stopped", "killed"]),
                name="run_state_known",
            )
        ]

    def __str__(self) -> str:
        return f"Run {self.pk} of {self.started:%Y-%m-%d %H:%M}"


class Problem(models.Model):
    """A part of a document that a run rejected, or kept without a detail."""

    class Level(models.TextChoices):
        REJECTED = "rejected", "Rejected"
        NOTE = "note", "Kept, with a note"

    run = models.ForeignKey(IngestRun, models.CASCADE, related_name="problems")
    level = models.CharField(max_length=8, choices=Level)
    origin = models.TextField()
    locator = models.TextField(blank=True, help_text="Where in the origin: a line, a record.")
    reason = models.TextField()
    kind = models.CharField(
        max_length=MAX_KIND_CHARS, default="", editable=False, help_text="The reason without its details."
    )
    closed = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When a later run or a curator settled it, UTC."
    )
    article = models.ForeignKey("archive.Article", models.SET_NULL, null=True, blank=True, related_name="problems")
    # The file in which something was rejected, if its bytes are kept: see `archive.rejected_files`.
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False, db_index=True)
    size_bytes = models.PositiveBigIntegerField(null=True, editable=False)
    solved_by = models.ForeignKey(
        IngestRun, models.SET_NULL, null=True, editable=False, related_name="solved", help_text="The run that read it."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(level__in=["rejected", "note"]), name="problem_level_known")
        ]
        # Open problems are counted by kind without their rows.
        indexes = [
            models.Index(fields=["level", "kind"], name="problem_open", condition=models.Q(closed__isnull=True))
        ]

    def __str__(self) -> str:
        return ": ".join(part for part in (self.origin, self.locator, self.reason) if part)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.kind = kind_of(self.reason)
        super().save(*args, **kwargs)


# The rule of a time of capture that nobody knows better: the file does not say when it was received.
INGEST_TIME_RULE = "time of ingest"

# PostgreSQL indexes rows of at most 2,704 bytes; `archive.ingest` makes no longer key.
_MAX_KEY_CHARS = 2000


class Capture(ImmutableModel):
    """A receipt: these bytes, from this address, at this time. The bytes are stored once, by their SHA-256.

    A capture gives its article a version, except where its bytes were what the article said already: then it
    `repeats` the capture with the version.
    """

    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    origin = models.TextField(help_text="The path or address that the bytes came from.")
    locator = models.TextField(blank=True, help_text="Where in the origin: a line, a record.")
    address_key = models.CharField(max_length=_MAX_KEY_CHARS, blank=True, editable=False, db_index=True)
    payload_digest = models.CharField(
        max_length=100, blank=True, db_index=True, help_text="The digest by which a web archive knows the bytes."
    )
    captured = models.DateTimeField(db_index=True)
    captured_rule = models.CharField(max_length=60, help_text="How the time of capture is known.")
    reader = models.CharField(max_length=40, help_text="The format that read the bytes.")
    run = models.ForeignKey(IngestRun, models.PROTECT, related_name="captures")
    repeats = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repeated_by",
        help_text="The capture with the same bytes that gave the article its version.",
    )

    # Set by `archive.history` and `search.articles`: when these bytes were received, without other bytes in between,
    # and whether an earlier capture of the article has the same bytes.
    received: tuple[datetime, ...] = ()
    is_return: bool = False

    class Meta:
        ordering = ["-captured", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="capture_sha256_is_hex")
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} of {self.captured:%Y-%m-%d %H:%M} UTC"

    @property
    def path(self) -> Path:
        """The path of the bytes."""
        return capture_path(self.sha256)

    @property
    def first_received(self) -> datetime:
        """When the bytes were first received; the time of the capture itself where that is not loaded."""
        return self.received[0] if self.received else self.captured

    @property
    def seen_again(self) -> tuple[datetime, ...]:
        """When the bytes were received again after `first_received`."""
        return self.received[1:]


class WaitingRevisit(models.Model):
    """A record of a web archive that repeats a payload which the archive has not received yet.

    It becomes a capture, and its row goes, when the record that it refers to is ingested.
    """

    run = models.ForeignKey(IngestRun, models.CASCADE, related_name="+")
    problem = models.OneToOneField(Problem, models.CASCADE, related_name="+")
    origin = models.TextField()
    locator = models.TextField()
    address = models.TextField()
    captured = models.DateTimeField()
    payload_digest = models.CharField(max_length=100, blank=True, db_index=True)
    refers_to_address = models.TextField(blank=True)
    refers_to_key = models.CharField(max_length=_MAX_KEY_CHARS, blank=True, db_index=True)
    refers_to_captured = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.address} of {self.captured:%Y-%m-%d %H:%M} UTC"


class AddressGone(ImmutableModel):
    """An answer of a server that a page is no longer at its address: HTTP status 404 or 410. Never changed."""

    address_key = models.CharField(max_length=_MAX_KEY_CHARS, db_index=True)
    address = models.TextField()
    status = models.PositiveSmallIntegerField()
    captured = models.DateTimeField()
    origin = models.TextField()
    locator = models.TextField()
    run = models.ForeignKey(IngestRun, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["captured", "id"]
        constraints = [
            models.UniqueConstraint(fields=["address_key", "captured", "status"], name="address_gone_once_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: status {self.status} on {self.captured:%Y-%m-%d %H:%M} UTC"


def capture_path(sha256: str) -> Path:
    """Returns the path of the bytes of a capture, stored or not: captures/ab/cd/abcd..."""
    return Path(settings.CAPTURES_DIR) / sha256[:2] / sha256[2:4] / sha256
