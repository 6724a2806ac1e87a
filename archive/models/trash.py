"""What was deleted for good: the numbers that articles and sections had, so that their addresses can say so."""

from typing import ClassVar

from django.db import models

from .captures import ImmutableModel


class DeletedNumber(ImmutableModel):
    """The number of an article or section that was deleted for good: when, and by whom. It is not given again."""

    REFUSAL: ClassVar[str] = "what was deleted is on record as it was"

    class Kind(models.TextChoices):
        ARTICLE = "article", "Article"
        SECTION = "section", "Section"

    kind = models.CharField(max_length=8, choices=Kind)
    number = models.BigIntegerField()
    at = models.DateTimeField()
    user_name = models.CharField(max_length=150)

    class Meta:
        default_permissions: ClassVar = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="deleted_number_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["article", "section"]), name="deleted_number_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}, deleted on {self.at:%Y-%m-%d %H:%M} UTC"
