"""What the archive has withdrawn from readers: whole articles and single sections, why, and until when.

A row is kept once its article is restored, and where the article is deleted: the rows are the register of withdrawals.
Queries read `closed_until` of the article or section, which `archive.curation` sets from the withdrawals in force.
"""

from datetime import UTC, datetime

from django.db import models

from .articles import Article
from .sections import Section

# What is withdrawn until somebody restores it is closed until then.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


class Withdrawal(models.Model):
    """One decision to withdraw an article, or one of its sections, from readers.

    Several may be in force for the same article or section: it is shown again once none is.
    """

    class Reason(models.TextChoices):
        LAW = "law", "Law or court order"
        REQUEST = "request", "Takedown request"
        ERROR = "error", "Error"
        EMBARGO = "embargo", "Broken embargo"
        OTHER = "other", "Another reason"

    # Without a constraint: the row outlives them. A query must not join them, since a join would lose such a row.
    article = models.ForeignKey(Article, models.DO_NOTHING, db_constraint=False, related_name="withdrawals")
    section = models.ForeignKey(
        Section, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="withdrawals"
    )
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.TextField("public note", blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text="UTC; empty: until somebody restores it.")
    headline_shown = models.BooleanField("headline may be shown", default=False)
    at = models.DateTimeField("withdrawn at", db_index=True)
    user_name = models.CharField("withdrawn by", max_length=150)
    restored = models.DateTimeField("restored at", null=True, blank=True)
    restored_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        # Who may withdraw articles sees the withdrawals, and nobody changes them.
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=["law", "request", "error", "embargo", "other"]),
                name="withdrawal_reason_known",
            )
        ]

    def __str__(self) -> str:
        return f"Withdrawal {self.pk} of {self.subject}"

    @property
    def subject(self) -> str:
        """What is withdrawn, by its number: a headline may be withdrawn too."""
        article = f"article {self.article_id}"
        return f"section {self.section_id} of {article}" if self.section_id else article

    @property
    def in_words(self) -> str:
        """What is withdrawn, why, and until when, in one line."""
        until = f" until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else ""
        return f"{self.subject}{until}: {self.reason_in_sentence}"

    @property
    def reason_in_sentence(self) -> str:
        """The reason as it is written within a sentence."""
        label = str(self.Reason(self.reason).label)
        return label[0].lower() + label[1:]

    @property
    def by_law(self) -> bool:
        """Whether it was withdrawn for legal reasons, which HTTP has a status of its own for (RFC 7725)."""
        return self.reason == self.Reason.LAW

    def is_in_force(self, now: datetime) -> bool:
        """Whether it closes its article or section. `in_force` is the same as a condition."""
        return self.restored is None and (self.until is None or self.until > now)


def in_force(now: datetime) -> models.Q:
    """Returns the condition that a withdrawal closes its article or section."""
    return models.Q(restored__isnull=True) & (models.Q(until__isnull=True) | models.Q(until__gt=now))


def is_closed(now: datetime, *, path: str = "") -> models.Q:
    """Returns the condition that the archive has closed an article or a section: the opposite of `is_open`."""
    return models.Q(**{f"{path}closed_until__gt": now})


def closed_sections(now: datetime) -> models.QuerySet[Section]:
    """Returns the sections that the archive has withdrawn from readers. Most archives have few of them, if any."""
    return Section.objects.filter(is_closed(now))


def withdrawn_words(now: datetime) -> tuple[models.Q, models.Q]:
    """Returns the conditions that a placement has words that are withdrawn: of a section, or of none.

    Words of no section, like those of a summary, may be among those of any: where a section of the article is
    withdrawn, so are they. Two conditions, since a database looks each of them up by an index, and not both at once.
    """
    closed = closed_sections(now).order_by()
    of_none = models.Q(
        ~models.Q(heading="", text=""), section__isnull=True, article_version__article__in=closed.values("article")
    )
    return models.Q(section__in=closed.values("pk")), of_none
