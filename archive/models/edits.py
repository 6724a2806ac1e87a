"""The changes by curators, field by field. Written once, like evidence.

Edits are what people read of an operation. They have names and plain numbers of users and rows, no foreign keys: they
outlive the user who made the change, and the changed row.
"""

from typing import ClassVar

from django.db import models

from .captures import ImmutableModel
from .operations import Operation


class Edit(ImmutableModel):
    """One field of an article, section, source, topic, name or statement: who changed it, when, how, and what it was.

    Values are as people read them; a deletion has one row, without a field.
    """

    REFUSAL: ClassVar[str] = "what curators changed is kept as it was"

    class Subject(models.TextChoices):
        ARTICLE = "article", "Article"
        SOURCE = "source", "Source"
        TOPIC = "topic", "Topic"
        SECTION = "section", "Section"
        NAME = "name", "Name"
        SPELLING = "spelling", "Spelling"
        STATEMENT = "statement", "Statement"

    operation = models.ForeignKey(Operation, models.PROTECT, null=True, related_name="edits")
    at = models.DateTimeField(db_index=True)
    user_name = models.CharField("by", max_length=150)
    subject = models.CharField(max_length=10, choices=Subject)
    subject_id = models.BigIntegerField()
    label = models.TextField("of", help_text="The headline or name, as it was before.")
    how = models.CharField(max_length=60)
    field = models.CharField(max_length=60, blank=True)
    old = models.TextField("was", blank=True)
    new = models.TextField("became", blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "subject_id"], name="edit_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    subject__in=["article", "source", "topic", "section", "name", "spelling", "statement"]
                ),
                name="edit_subject_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.field or self.how}"
