"""Which section versions were annotated, by which rules, and with which day. `archive.annotating` writes the rows."""

from typing import ClassVar

from django.db import models

from .sections import SectionVersion


def annotated_text(heading: str, text: str) -> str:
    """Returns the text that places in annotations refer to: the heading, if there is one, and the paragraphs."""
    return f"{heading}\n{text}" if heading and text else heading or text


class DayOrigin(models.IntegerChoices):
    """Whose day it is that a text was read against."""

    SECTION = 1, "the section's own"
    ARTICLE = 2, "that of the article"
    CAPTURE = 3, "that of the capture, since the outlet does not say it"


class AnnotationRule(models.Model):
    """A rule that found something, in the words that a page prints. Each is stored once, since it finds thousands."""

    id = models.SmallAutoField(primary_key=True)
    words = models.CharField(max_length=200, unique=True)

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.words


class Annotation(models.Model):
    """How far a section version is annotated. Made with the version, so that none is forgotten.

    `rules` is the version of the rules that made its rows; 0 where they are still to be made, or made again. `mark`
    counts how often that was asked for: what was begun before the last time does not end the waiting.
    """

    version = models.OneToOneField(SectionVersion, models.CASCADE, primary_key=True, related_name="annotation")
    rules = models.PositiveSmallIntegerField(default=0)
    mark = models.PositiveIntegerField(default=0, db_default=0)
    day = models.DateField(null=True, help_text="The day against which words like “yesterday” were read.")
    day_of = models.PositiveSmallIntegerField(choices=DayOrigin, null=True)
    fault = models.TextField(blank=True, help_text="Why the rules found nothing: they failed.")

    class Meta:
        default_permissions: ClassVar = ()
        indexes = [
            models.Index(fields=["rules"], name="annotation_rules"),
            # Few fail.
            models.Index(fields=["version"], name="annotation_failed", condition=~models.Q(fault="")),
        ]

    def __str__(self) -> str:
        return f"Annotation of version {self.version_id} by rules {self.rules}"
