"""What a withdrawal would hide, and what it would leave: for the page on which a curator decides."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from ..models import ArticleVersion, Capture, Placement, Section, SectionVersion
from .divisions import find_kin
from .withdrawals import Target

# Of the sections elsewhere that have the same words, so many are named.
_MAX_NAMED = 20


@dataclass(frozen=True)
class Effects:
    """What is hidden, as counts with their names; and sections of other articles that keep the same words."""

    hidden: tuple[tuple[int, str], ...]
    left: tuple[Section, ...]
    left_count: int


def find_effects(target: Target) -> Effects:
    """Returns what the withdrawal of an article or section hides. Eight queries."""
    if isinstance(target, Section):
        # What shares words with it is hidden too.
        sections = Section.objects.filter(pk__in=find_kin([target.pk])[target.pk])
        placed = Placement.objects.filter(section__in=sections.order_by().values("pk")).order_by()
        captures = Capture.objects.filter(article_versions__in=placed.values("article_version"))
        article_id = target.article_id
    else:
        sections = Section.objects.filter(article=target.pk)
        captures = Capture.objects.filter(article_versions__article=target.pk)
        article_id = target.pk
    versions = SectionVersion.objects.filter(section__in=sections.order_by().values("pk"))
    same_bytes = captures.order_by().values("sha256")
    others = ArticleVersion.objects.filter(capture__sha256__in=same_bytes).exclude(article=article_id).order_by()
    words = SectionVersion.objects.filter(words_sha256__in=versions.order_by().values("words_sha256"))
    elsewhere = Section.objects.filter(
        ~Q(pk__in=sections.order_by().values("pk")), pk__in=words.order_by().values("section")
    )
    left = elsewhere.select_related("article", "current").order_by("-article", "position")
    counts = (
        (sections.count(), "section"),
        (versions.count(), "version of their texts"),
        (captures.values("pk").distinct().count(), "capture whose bytes nobody may download"),
        (others.values("article").distinct().count(), "other article that came with the same bytes"),
    )
    return Effects(tuple(_plural(counts)), tuple(left[:_MAX_NAMED]), elsewhere.count())


_PLURALS = {
    "section": "sections",
    "version of their texts": "versions of their texts",
    "capture whose bytes nobody may download": "captures whose bytes nobody may download",
    "other article that came with the same bytes": "other articles that came with the same bytes",
}


def _plural(counts: tuple[tuple[int, str], ...]) -> Iterator[tuple[int, str]]:
    for count, name in counts:
        if count:
            yield count, name if count == 1 else _PLURALS[name]
