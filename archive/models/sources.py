"""Sources and topics: named rows that articles have. Their names are unique in any case.

Both may have other names, which find them; a name belongs to one source and to one topic, whether it is its name or
another name. Topics are a tree: each has at most one broader topic. A source may have hosts: a page that names no
source gets that of its address. `archive.curation` keeps these rules.
"""

from contextlib import suppress
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from ..hosts import MAX_HOST_CHARS, HostError, read_host, show_host
from ..same_names import fold_name
from .codes import country_names, read_languages, validate_country, validate_languages
from .columns import WEB_URL, validate_zone

# The source of documents that name none.
UNKNOWN_SOURCE = "Unknown source"


def with_name(table: "type[Source | SourceName | Topic | TopicName]", name: str) -> models.QuerySet[Any]:
    """Returns the rows with a name, in any case: at most one. Two queries for a new name beyond ASCII.

    Lower case, as in the constraint; `iexact` compares in upper case, where İ differs from I. SQLite folds only ASCII.
    """
    rows = table._default_manager.alias(folded=Lower("name"))
    found = rows.filter(folded=Lower(models.Value(name)))
    if name.isascii() or found.exists():
        return found
    fold = fold_name(name)
    names = table._default_manager.values_list("pk", "name")
    return rows.filter(pk__in=[pk for pk, other in names.iterator() if fold_name(other) == fold])


def _check_name(named: "Source | Topic") -> None:
    """Raises ValidationError where another source or topic has the name, in any case."""
    other = with_name(type(named), named.name).exclude(pk=named.pk).first()
    kind = named._meta.verbose_name
    if other:
        cure = f"Give its articles this {kind}, or choose another name."
        raise ValidationError({"name": f"There is a {kind} “{other.name}” already. {cure}"})


class Source(models.Model):
    """Who published: an outlet, an agency, an official channel."""

    class Kind(models.TextChoices):
        OUTLET = "outlet", "Outlet"
        AGENCY = "agency", "Agency"
        CHANNEL = "channel", "Official channel"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OUTLET)
    homepage = models.CharField(max_length=500, blank=True, validators=[WEB_URL])
    zone = models.CharField(
        "time zone",
        max_length=60,
        blank=True,
        validators=[validate_zone],
        help_text="For times without a zone and the days of times without an offset, like Europe/London; by default "
        "UTC.",
    )
    country = models.CharField(
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text="Where it is based: ISO 3166, two letters, like GB.",
    )
    languages = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_languages],
        help_text="In which it publishes: BCP 47, with commas between, like en, pt-BR.",
    )
    ownership = models.TextField(
        "ownership or leaning", blank=True, help_text="Who owns, controls or funds it, and where it stands."
    )
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="source_name_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="source_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["outlet", "agency", "channel"]), name="source_kind_known"
            ),
        ]
        permissions: ClassVar = [("merge_names", "Can merge sources or topics")]

    def __str__(self) -> str:
        return self.name

    @property
    def country_name(self) -> str:
        """The name of its country in English; empty if it has none."""
        return country_names().get(self.country, "")

    def clean_fields(self, exclude: Any = None) -> None:
        self.country = self.country.strip().upper()
        super().clean_fields(exclude)

    def clean(self) -> None:
        """Writes codes as usual. Refuses a name that another source has, with a message for people."""
        with suppress(ValidationError):  # the field itself reports a wrong code
            self.languages = read_languages(self.languages)
        _check_name(self)
        other = with_name(SourceName, self.name).exclude(source=self.pk).select_related("source").first()
        if other:
            raise ValidationError({"name": f"“{other.source}” is also known as “{other.name}”. Choose another name."})


class SourceName(models.Model):
    """Another name of a source, such as "Auntie": documents with it get the source."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=200)

    class Meta:
        verbose_name = "other name"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="other_name_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="other_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses a name that a source has already, with a message for people."""
        if self.name.lower() == UNKNOWN_SOURCE.lower():
            raise ValidationError({"name": "Documents without a source have that name. Choose another."})
        if source := with_name(Source, self.name).first():
            cure = "It has that name already." if source.pk == self.source_id else "Merge the two, or choose another."
            raise ValidationError({"name": f"There is a source “{source.name}”. {cure}"})
        others = with_name(SourceName, self.name).exclude(pk=self.pk).select_related("source")
        if other := others.first():
            raise ValidationError({"name": f"“{other.source}” is also known as “{other.name}”. Choose another name."})


class SourceHost(models.Model):
    """A host, or a part of it, whose pages are those of a source, subdomains with it: see `archive.hosts`."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="hosts")
    host = models.CharField(
        max_length=MAX_HOST_CHARS,
        unique=True,
        help_text="Like example.com, or example.com/news for a part of it. Subdomains are included.",
    )

    class Meta:
        verbose_name = "address"
        verbose_name_plural = "addresses"
        ordering = ["host"]
        constraints = [models.CheckConstraint(condition=~models.Q(host=""), name="source_host_is_not_empty")]

    def __str__(self) -> str:
        return show_host(self.host)

    def clean(self) -> None:
        """Refuses to make an address that of no source."""
        if self.source_id and self.source.name == UNKNOWN_SOURCE:
            raise ValidationError({"host": "Pages of the unknown source have any address. Give it to a source."})

    def clean_fields(self, exclude: Any = None) -> None:
        """Writes the host as addresses have it, so that one that is there already is recognised."""
        super().clean_fields(exclude)
        try:
            self.host = read_host(self.host)
        except HostError as error:
            raise ValidationError({"host": str(error)}) from None
        others = SourceHost.objects.exclude(pk=self.pk).filter(host=self.host).select_related("source")
        if other := others.first():
            raise ValidationError({"host": f"{other} is an address of “{other.source}” already."})


class Topic(models.Model):
    """A subject heading, given by a curator or received with the article.

    `identifier`, `scheme` and `matches` are the addresses by which other archives know it, as a thesaurus gives them.
    """

    name = models.CharField(max_length=200)
    # Narrower topics are not lost with their broader one: they are moved first, or deleted along with it.
    broader = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="narrower", verbose_name="broader topic"
    )
    note = models.TextField("scope note", blank=True, help_text="What belongs under this heading, and what does not.")
    definition = models.TextField(blank=True)
    identifier = models.CharField(
        max_length=500, blank=True, help_text="The address (URI) of the concept in the thesaurus it came from."
    )
    scheme = models.CharField(max_length=500, blank=True, editable=False)
    # A curator added it, so its name is not known from articles alone, which may be hidden.
    curated = models.BooleanField(default=False, editable=False)
    matches = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="topic_name_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="topic_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(broader__isnull=True) | ~models.Q(broader=models.F("id")),
                name="topic_not_its_own_broader",
            ),
            models.UniqueConstraint(
                fields=["identifier"], condition=~models.Q(identifier=""), name="topic_identifier_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses a name that a topic has already, with a message for people, before the constraint does."""
        _check_name(self)
        other = with_name(TopicName, self.name).exclude(topic=self.pk).select_related("topic").first()
        if other:
            raise ValidationError({"name": f"“{other.name}” is another name of the topic “{other.topic}”."})


class TopicName(models.Model):
    """Another name of a topic, which finds it. `language` is its BCP 47 code, or empty."""

    class Kind(models.TextChoices):
        OTHER = "other", "Other name"
        TRANSLATED = "translated", "Name in another language"
        HIDDEN = "hidden", "Hidden: finds, and is not shown"

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    language = models.CharField(max_length=20, blank=True)

    # The fields by which two names are the same.
    VALUES: ClassVar[tuple[str, ...]] = ("name", "kind", "language")

    class Meta:
        verbose_name = "other name"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="topicname_name_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="topicname_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["other", "translated", "hidden"]), name="topicname_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses a name that a topic has already."""
        if topic := with_name(Topic, self.name).first():
            is_own = topic.pk == self.topic_id
            raise ValidationError(
                {"name": "This is the name of the topic itself." if is_own else f"There is a topic “{topic}” already."}
            )
        other = with_name(TopicName, self.name).exclude(pk=self.pk).select_related("topic").first()
        if other and other.topic_id != self.topic_id:
            raise ValidationError({"name": f"“{other.name}” is another name of the topic “{other.topic}”."})
        if other:
            raise ValidationError({"name": f"The topic has the name “{other.name}” already."})
