"""Statements: who said what, through whom it came; and the days that texts speak of. Found by rules.

`archive.annotating` writes the rows and makes them again. All places are code points, as in Mention.
"""

from typing import ClassVar

from django.db import models

from .annotations import AnnotationRule, annotated_text
from .names import Mention, Spelling, Verdict
from .sections import SectionVersion

# A statement by a rule of which fewer are right waits for a person, and is marked as doubtful.
DOUBTFUL_BELOW_PERCENT = 70


class StatementKind(models.IntegerChoices):
    """How a text has what was said: in quotation marks, partly, or in its own words."""

    DIRECT = 1, "direct"
    MIXED = 2, "mixed"
    INDIRECT = 3, "indirect"


class LinkKind(models.IntegerChoices):
    """How a statement came from one to the next."""

    SPOKEN_TO = 1, "told"
    REPORTED = 2, "reported"
    CITING = 3, "citing"
    STATEMENT = 4, "statement"
    POSTED = 5, "posted"
    ANONYMOUS = 6, "anonymous"


class Statement(models.Model):
    """What somebody said. `content` are its pieces in order, `hedges` words of distance: pairs of start and end.

    `speaker_start` and `speaker_end` have the whole noun phrase, `name_start` and `name_end` the name that a pronoun
    stands for. `speaker` is null where no name is known.
    """

    version = models.ForeignKey(SectionVersion, models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField(help_text="In the order of the text, from 1.")
    kind = models.PositiveSmallIntegerField(choices=StatementKind)
    content = models.JSONField()
    cue_start = models.PositiveIntegerField(null=True)
    cue_end = models.PositiveIntegerField(null=True)
    speaker_start = models.PositiveIntegerField(null=True)
    speaker_end = models.PositiveIntegerField(null=True)
    name_start = models.PositiveIntegerField(null=True)
    name_end = models.PositiveIntegerField(null=True)
    speaker = models.ForeignKey(Spelling, models.PROTECT, null=True, related_name="statements", db_index=False)
    hedges = models.JSONField(default=list)
    rule = models.ForeignKey(AnnotationRule, models.PROTECT, related_name="+", db_index=False)
    confidence_percent = models.PositiveSmallIntegerField()
    verdict = models.PositiveSmallIntegerField(
        choices=Verdict, null=True, help_text="What a curator decided: then the rules leave it as it is."
    )

    class Meta:
        ordering = ["version", "number"]
        default_permissions: ClassVar = ()
        indexes = [
            # Many have no speaker that is known by name.
            models.Index(fields=["speaker"], name="statement_speaker", condition=models.Q(speaker__isnull=False)),
            models.Index(fields=["version"], name="statement_decided", condition=models.Q(verdict__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Statement {self.number} of version {self.version_id}"

    @property
    def words(self) -> str:
        """What was said: the pieces of its content."""
        text = annotated_text(self.version.heading, self.version.text)
        return " … ".join(text[start:end] for start, end in self.content)


class StatementLink(models.Model):
    """A step on the way of a statement from its speaker to the text; the first is nearest to the speaker.

    `source_start` and `source_end` are null where the text names nobody, `source` where no name is known.
    """

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="chain")
    position = models.PositiveSmallIntegerField(help_text="From 0.")
    kind = models.PositiveSmallIntegerField(choices=LinkKind)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    source_start = models.PositiveIntegerField(null=True)
    source_end = models.PositiveIntegerField(null=True)
    source = models.ForeignKey(Spelling, models.PROTECT, null=True, related_name="links", db_index=False)

    class Meta:
        ordering = ["statement", "position"]
        default_permissions: ClassVar = ()
        indexes = [
            models.Index(fields=["source"], name="link_source", condition=models.Q(source__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Link {self.position} of statement {self.statement_id}"


def unused_spellings() -> models.QuerySet[Spelling]:
    """Returns the spellings that no text has: of no mention, no speaker, and nobody on the way of a statement."""
    used = ((Mention, "spelling"), (Statement, "speaker"), (StatementLink, "source"))
    unused = (~models.Exists(table._default_manager.filter(**{path: models.OuterRef("pk")})) for table, path in used)
    return Spelling.objects.filter(*unused)


class DayPrecision(models.IntegerChoices):
    """How exactly a text names days."""

    DAY = 1, "day"
    WEEKEND = 2, "weekend"
    WEEK = 3, "week"
    MONTH = 4, "month"
    QUARTER = 5, "quarter"
    HALF = 6, "half"
    YEAR = 7, "year"
    DECADE = 8, "decade"
    RANGE = 9, "range"
    SEASON = 10, "season"


class DayMention(models.Model):
    """The days that an expression speaks of: from `earliest` to `latest`, both included."""

    version = models.ForeignKey(SectionVersion, models.CASCADE, related_name="day_mentions")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    earliest = models.DateField()
    latest = models.DateField()
    precision = models.PositiveSmallIntegerField(choices=DayPrecision)
    rule = models.ForeignKey(AnnotationRule, models.PROTECT, related_name="+", db_index=False)
    confidence_percent = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"{self.earliest} to {self.latest} at {self.start} in version {self.version_id}"
