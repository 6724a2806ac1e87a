"""What curators are asked of names and statements, and which names they keep apart.

NameJudgement is theirs. Proposals follow from what texts name, and `archive.naming` makes them again.
"""

from typing import ClassVar

from django.db import models

from .names import Name


class NameJudgement(models.Model):
    """A curator's judgement that two names are never the same; `name` has the lower number."""

    name = models.ForeignKey(Name, models.CASCADE, related_name="+")
    other = models.ForeignKey(Name, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "other"], name="names_judged_once")]
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"Names {self.name_id} and {self.other_id} are never the same"


class Proposal(models.Model):
    """A question to curators: whether two names are the same, or whether a statement is right.

    It has plain numbers, since statements that the rules make again get others: `subject` is the name that is less
    often mentioned, or the statement, `other` the other name. `weight` says how much it matters.
    """

    class Kind(models.IntegerChoices):
        MERGE = 1, "Merge"
        STATEMENT = 2, "Statement"

    kind = models.PositiveSmallIntegerField(choices=Kind)
    subject = models.BigIntegerField()
    other = models.BigIntegerField(default=0)
    weight = models.PositiveBigIntegerField()

    class Meta:
        default_permissions: ClassVar = ()
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "other"], name="proposed_once")]
        indexes = [models.Index("kind", models.F("weight").desc(), "id", name="proposal_order")]

    def __str__(self) -> str:
        return f"Proposal {self.pk}: {self.Kind(self.kind).label} {self.subject}"
