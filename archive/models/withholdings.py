"""Which versions may not be shown, and the conditions by which every query leaves them out.

The rules are in `archive.withholding`; the rows follow from versions and from what curators freed, and are no
evidence. Most archives have few of them, if any.
"""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q

from ..withholding import Reason
from .articles import Article, ArticleVersion, is_hidden, is_open, is_shown
from .sections import Placement, Section


class Withholding(models.Model):
    """A version that its sender withholds, or has under embargo, and that nobody has freed."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="withholdings")
    version = models.OneToOneField(ArticleVersion, models.CASCADE, related_name="withholding")
    by_status = models.BooleanField(help_text="Withheld until its sender or a curator frees it.")
    until = models.DateTimeField(null=True, help_text="The end of its embargo, UTC.")
    left_out = models.BooleanField(
        null=True,
        help_text="Whether what is current of the article leaves the version out; empty until it is settled.",
    )

    def __str__(self) -> str:
        return f"{self.version} is withheld"

    @property
    def reason(self) -> Reason:
        return Reason(self.by_status, self.until)


def withheld_at(now: datetime, *, path: str = "") -> Q:
    """Returns the condition that a withholding applies; `path` is the lookup to it (see `Reason.applies_at`)."""
    prefix = f"{path}__" if path else ""
    return Q(**{f"{prefix}by_status": True}) | Q(**{f"{prefix}until__gt": now})


def shown_articles(now: datetime) -> models.QuerySet[Article]:
    """Returns the articles that every reader may see."""
    return Article.objects.filter(is_shown(now))


def shown_versions(now: datetime) -> models.QuerySet[ArticleVersion]:
    """Returns the versions that every reader may see: neither they nor their articles are withheld."""
    return ArticleVersion.objects.filter(is_version_shown(now))


def is_version_shown(now: datetime) -> Q:
    """Returns the condition that every reader may see a version of an article."""
    withheld = Withholding.objects.filter(withheld_at(now), version=OuterRef("pk"))
    return Q(is_shown(now, article="article"), ~Exists(withheld))


def shown_sections(now: datetime) -> models.QuerySet[Section]:
    """Returns the sections whose current words every reader may see, by themselves and not in another section.

    Cheap where nothing is withheld.
    """
    return Section.objects.filter(is_section_shown(now), shown_in__isnull=True)


def count_shown_sections(now: datetime) -> int:
    """Returns how many sections `shown_sections` has, of those with words. Four queries.

    All are counted by an index, and what is hidden, which is little, by what hides it.
    """
    sections = Section.objects.filter(current__isnull=False).order_by()
    hidden = Article.objects.filter(is_hidden(now)).values("pk")
    withheld = Withholding.objects.filter(withheld_at(now)).values("article")
    by_themselves = sections.filter(shown_in__isnull=True)
    partly = by_themselves.filter(Q(closed_until__gt=now) | Q(article__in=withheld)).exclude(article__in=hidden)
    in_part = partly.exclude(has_shown_words(now)).count()
    elsewhere = sections.filter(shown_in__isnull=False).count()
    return sections.count() - elsewhere - by_themselves.filter(article__in=hidden).count() - in_part


def is_section_shown(now: datetime) -> Q:
    """Returns the condition that every reader may see the current words of a section."""
    return Q(is_shown(now, article="article"), has_shown_words(now))


def has_shown_words(now: datetime) -> Q:
    """Returns the condition that the current words of a section may be shown, as far as it is not its article's.

    They are in a version of the article that may be shown, and the archive has not closed the section.
    """
    return is_open(now) & has_usable_words(now)


def has_usable_words(now: datetime) -> Q:
    """Returns the condition that the current words of a section are in a version of its article that may be shown."""
    applying = Withholding.objects.filter(withheld_at(now))
    placed = Placement.objects.filter(
        ~Exists(applying.filter(version=OuterRef("article_version"))), version=OuterRef("current")
    )
    return ~Exists(applying.filter(article=OuterRef("article"))) | Exists(placed)


def hidden_words(article: Article, now: datetime) -> frozenset[int]:
    """Returns the section versions of an article that no version which may be shown has.

    One query; two where something of the article is withheld.
    """
    withheld = Withholding.objects.filter(withheld_at(now), article=article)
    ids = list(withheld.values_list("version", flat=True))
    if not ids:
        return frozenset()
    placements = Placement.objects.filter(article_version__article=article, version__isnull=False)
    rows = placements.order_by().values_list("version", "article_version")
    shown, all_words = set(), set()
    for words, version in rows:
        all_words.add(words)
        if version not in ids:
            shown.add(words)
    return frozenset(all_words - shown)
