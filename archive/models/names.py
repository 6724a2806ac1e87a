"""Names: persons, places and organisations; how each is spelt; and where a text mentions one.

A mention leads to a spelling, and a spelling to a name. So a curator who merges two names moves spellings, never
mentions. What rules found is made again by `archive.annotating`; which name a spelling is of, and what curators
decided, stays.
"""

import unicodedata
from typing import Any, ClassVar, NamedTuple

from django.db import models

from ..annotate import sound_key
from .annotations import AnnotationRule
from .sections import SectionVersion

# Longer runs of capitalised words are no names.
MAX_SPELLING_CHARS = 200
# Folding makes up to three letters of one.
_MAX_FOLDED_CHARS = 3 * MAX_SPELLING_CHARS

_SAME_SIGNS = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"})
# The first word of the Unicode name of a letter, and the code of its script (ISO 15924).
_SCRIPTS = {
    "LATIN": "Latn",
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "ARABIC": "Arab",
    "HEBREW": "Hebr",
    "CJK": "Hani",
    "HIRAGANA": "Hira",
    "KATAKANA": "Kana",
    "HANGUL": "Hang",
    "GEORGIAN": "Geor",
    "ARMENIAN": "Armn",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "TAMIL": "Taml",
    "THAI": "Thai",
    "ETHIOPIC": "Ethi",
}
_UNKNOWN_SCRIPT = "Zyyy"


def fold_name(text: str) -> str:
    """Returns what equal spellings share: without case, with plain apostrophes and hyphens, and single blanks."""
    return " ".join(text.translate(_SAME_SIGNS).casefold().split())


def script_of(text: str) -> str:
    """Returns the code of the script of the first letter (ISO 15924); Zyyy where it is none that the table has."""
    letter = next(filter(str.isalpha, text), "")
    first_word = unicodedata.name(letter, "").partition(" ")[0] if letter else ""
    return _SCRIPTS.get(first_word, _UNKNOWN_SCRIPT)


class NameType(models.IntegerChoices):
    """What a name is of."""

    PERSON = 1, "Person"
    PLACE = 2, "Place"
    ORGANISATION = 3, "Organisation"


# As a range: of a list of digits, Django cannot read the table of SQLite.
_HAS_KNOWN_TYPE = models.Q(type__gte=min(NameType), type__lte=max(NameType))


class Verdict(models.IntegerChoices):
    """What a curator decided of something that a rule found; null as long as nobody has."""

    ACCEPTED = 1, "Accepted"
    REJECTED = 2, "Rejected"


def not_rejected(path: str = "") -> models.Q:
    """Returns the condition that no curator rejected a row; `path` is the lookup to it. Readers see no other."""
    column = f"{path}__verdict" if path else "verdict"
    return models.Q(**{f"{column}__isnull": True}) | models.Q(**{column: Verdict.ACCEPTED})


def is_named(path: str = "") -> models.Q:
    """Returns the condition that readers meet a name: it is shown, and nobody rejected it; `path` leads to it."""
    return not_rejected(path) & models.Q(**{f"{path}__shown" if path else "shown": True})


class Name(models.Model):
    """A person, a place or an organisation. `label` is how the archive writes it.

    `own_label` is how it is to be written. As long as only hidden texts have that, and no curator chose it, `label` is
    another spelling, and no spelling of a hidden text. `archive.models.shown_names` sets `label` and `shown`.

    One that was merged has no spellings any more: they are of the name that it was merged into, to which its number
    leads. `type` is what the name is of, whatever the rules took its spellings for.
    """

    type = models.PositiveSmallIntegerField(choices=NameType)
    label = models.CharField(max_length=MAX_SPELLING_CHARS)
    own_label = models.CharField(
        max_length=MAX_SPELLING_CHARS,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="How it is to be written.",
    )
    label_chosen = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="Whether a curator chose how it is written."
    )
    shown = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="Whether one of its spellings is shown."
    )
    note = models.TextField(blank=True)
    gazetteer = models.CharField(
        max_length=MAX_SPELLING_CHARS,
        blank=True,
        editable=False,
        help_text="The label of the place in the gazetteer, by which its other forms join it.",
    )
    same_as = models.JSONField(default=list, blank=True, help_text="Web addresses of the same, such as in Wikidata.")
    verdict = models.PositiveSmallIntegerField(
        choices=Verdict, null=True, blank=True, help_text="What a curator decided; empty as long as nobody has."
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged", db_index=False
    )
    mentioned = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="As last counted: it orders lists."
    )

    class Meta:
        # Names are never added or deleted by hand: texts have them.
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["gazetteer"], name="name_gazetteer", condition=~models.Q(gazetteer="")),
            models.Index("merged_into", name="name_merged", condition=models.Q(merged_into__isnull=False)),
            models.Index(models.F("mentioned").desc(), "id", name="name_mentioned"),
            models.Index(
                models.F("mentioned").desc(),
                "id",
                name="name_undecided",
                condition=models.Q(verdict__isnull=True, merged_into__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=_HAS_KNOWN_TYPE, name="name_type_known"),
            models.CheckConstraint(condition=~models.Q(label=""), name="name_has_a_label"),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, **options: Any) -> None:
        """Saves it. One without a label of its own is to be written as it is."""
        if not self.own_label:
            self.own_label = self.label
        super().save(**options)

    def choose_label(self, label: str) -> None:
        """Writes it as a curator chose, whatever texts have it."""
        self.label = self.own_label = label
        self.label_chosen = True


class Spelling(models.Model):
    """A form in which texts have a name. Rules make it with a name of its own, or add it to one that agrees.

    `folded` is what equal spellings share, `sound` the key by which similar ones are found. `type` is what the rules
    take it for, and so a part of how they know it again. `curated` says that a curator decided which name it is of;
    `shown`, that a text which every reader may see has it, and not only a short form that another section explains.
    """

    type = models.PositiveSmallIntegerField(choices=NameType)
    text = models.CharField(max_length=MAX_SPELLING_CHARS)
    folded = models.CharField(max_length=_MAX_FOLDED_CHARS, editable=False)
    script = models.CharField(max_length=4, help_text="ISO 15924.")
    language = models.CharField(max_length=20, blank=True, help_text="Of the text that first had it, BCP 47.")
    sound = models.CharField(max_length=_MAX_FOLDED_CHARS, editable=False)
    name = models.ForeignKey(Name, models.PROTECT, related_name="spellings")
    curated = models.BooleanField(
        default=False, db_default=False, help_text="Whether a curator decided which name it is of."
    )
    shown = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="Whether a text that is shown has it."
    )

    class Meta:
        default_permissions: ClassVar = ()
        constraints = [
            # The text first: it is asked for without the type too.
            models.UniqueConstraint(fields=["folded", "type"], name="spelling_unique"),
            models.CheckConstraint(condition=_HAS_KNOWN_TYPE, name="spelling_type_known"),
        ]
        indexes = [models.Index(fields=["sound"], name="spelling_sound")]

    def __str__(self) -> str:
        return self.text


class SpellingColumns(NamedTuple):
    """What of a spelling follows from its text."""

    type: NameType
    text: str
    folded: str
    script: str
    language: str
    sound: str


def spelling_columns(kind: NameType, text: str, language: str = "") -> SpellingColumns:
    """Returns the columns of a spelling; `text` has at most MAX_SPELLING_CHARS characters and single blanks."""
    sound = sound_key(text)[:MAX_SPELLING_CHARS]
    return SpellingColumns(kind, text, fold_name(text), script_of(text), language, sound)


def make_spelling(kind: NameType, text: str, language: str = "") -> Spelling:
    """Returns a new spelling that is of no name yet and is not saved; `text` as `spelling_columns` takes it."""
    return Spelling(**spelling_columns(kind, text, language)._asdict())


class Mention(models.Model):
    """A name in the text of a section version. The places are code points in `archive.annotating.annotated_text`.

    `spelling` is that of the fullest form of the name in the text. It is `joined` where the text has a short form
    alone, and another section of the same capture the full name.
    """

    version = models.ForeignKey(SectionVersion, models.CASCADE, related_name="mentions")
    spelling = models.ForeignKey(Spelling, models.PROTECT, related_name="mentions")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    in_heading = models.BooleanField()
    joined = models.BooleanField(default=False)
    rule = models.ForeignKey(AnnotationRule, models.PROTECT, related_name="+", db_index=False)
    confidence_percent = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"Mention at {self.start} in version {self.version_id}"
