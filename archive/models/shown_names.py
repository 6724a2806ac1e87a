"""Which names readers may meet, and how these are written: kept in step with the texts that are shown.

A word that only hidden texts have must not show through the label of a name, or its list of spellings. So each
spelling knows whether a text that every reader may see has it, and each name whether one of its spellings is such.
What hides a text calls `hide_names` in its transaction, by `record_changes`. One that is shown again is followed
before it is indexed (`archive.naming.show_names`); until then, readers see too little and not too much.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from ..batches import in_parts
from .articles import is_open
from .names import Mention, Name, Spelling, fold_name
from .sections import Placement
from .statements import Statement, StatementLink
from .withholdings import shown_versions

# The ids are parameters of a statement.
_BATCH_ROWS = 500
# What leads from a text to a spelling, and back to its article.
_USES: tuple[tuple[Any, str, str], ...] = (
    (Mention, "spelling", "version__section__article"),
    (Statement, "speaker", "version__section__article"),
    (StatementLink, "source", "statement__version__section__article"),
)


def is_in_shown_words(now: datetime, *, path: str = "") -> Q:
    """Returns the condition that readers may see a version of a section: it is not withdrawn, and its article has it.

    `path` is the lookup that leads to it, with `__`.
    """
    placed = Placement.objects.filter(version=OuterRef(f"{path}pk"), article_version__in=shown_versions(now))
    return Q(Exists(placed), is_open(now, path=f"{path}section__"))


def articles_of_spellings(ids: Iterable[int]) -> set[int]:
    """Returns the articles in which one of these spellings stands, speaks or passes something on.

    Three queries for each 500 spellings, by indexes.
    """
    return {
        article
        for some in in_parts(sorted(set(ids)), size=_BATCH_ROWS)
        for model, path, article_path in _USES
        for article in model.objects.filter(**{f"{path}__in": some})
        .order_by()
        .values_list(article_path, flat=True)
        .distinct()
    }


def spellings_of_articles(article_ids: Iterable[int]) -> set[int]:
    """Returns the spellings that anything in these articles has, shown or not. Three queries for each 500 articles."""
    return {
        spelling
        for some in in_parts(sorted(set(article_ids)), size=_BATCH_ROWS)
        for model, path, article_path in _USES
        for spelling in model.objects.filter(**{f"{article_path}__in": some, f"{path}__isnull": False})
        .order_by()
        .values_list(path, flat=True)
        .distinct()
    }


def hide_names(article_ids: Iterable[int]) -> set[int]:
    """Follows articles of which something was hidden; returns those in which a name is written otherwise now.

    Call it in the transaction that hides. Two queries for each 500 articles where no spelling was hidden with them,
    some ten more else.
    """
    return follow_spellings(spellings_in(article_ids, shown=True))


def spellings_in(article_ids: Iterable[int], *, shown: bool) -> set[int]:
    """Returns the spellings that texts of these articles have: those that are shown, or those that are not.

    One query for each 500 articles.
    """
    mentions = Mention.objects.filter(joined=False, spelling__shown=shown).order_by()
    return {
        pk
        for some in in_parts(sorted(set(article_ids)), size=_BATCH_ROWS)
        for pk in mentions.filter(version__section__article__in=some).values_list("spelling", flat=True).distinct()
    }


def follow_spellings(ids: Collection[int]) -> set[int]:
    """Looks again whether these spellings are shown; returns the articles that have to be indexed again for it."""
    now = timezone.now()
    mentions = Mention.objects.filter(is_in_shown_words(now, path="version__"), joined=False)
    has_text = Exists(mentions.filter(spelling=OuterRef("pk")))
    changed: set[int] = set()
    names: set[int] = set()
    for some in in_parts(sorted(ids), size=_BATCH_ROWS):
        rows = Spelling.objects.filter(pk__in=some).annotate(has_text=has_text).order_by()
        found = [row for row in rows.values_list("pk", "name", "shown", "has_text") if row[2] != row[3]]
        for shown in (True, False):
            if flipped := [pk for pk, _, _, has in found if has is shown]:
                Spelling.objects.filter(pk__in=flipped).update(shown=shown)
                changed.update(flipped)
        names |= {name for _, name, _, _ in found}
    return articles_of_spellings(changed) | follow_names(names) if changed else set()


class _Row(NamedTuple):
    """A name as it is stored."""

    pk: int
    label: str
    own_label: str
    is_chosen: bool
    gazetteer: str
    shown: bool


# A spelling that is shown: its number, as texts have it, and folded.
_Shown = tuple[int, str, str]


def follow_names(ids: Iterable[int]) -> set[int]:
    """Sets of names whether they are shown, and how they are written; returns the articles to index again for it.

    Two queries for each 500 names, and one for each kind of change.
    """
    articles: set[int] = set()
    for some in in_parts(sorted(set(ids)), size=_BATCH_ROWS):
        columns = ("pk", "label", "own_label", "label_chosen", "gazetteer", "shown")
        names = [_Row(*row) for row in Name.objects.filter(pk__in=some).values_list(*columns)]
        spelt: defaultdict[int, list[_Shown]] = defaultdict(list)
        rows = Spelling.objects.filter(name__in=some, shown=True).order_by("pk")
        for name, pk, text, folded in rows.values_list("name", "pk", "text", "folded"):
            spelt[name].append((pk, text, folded))
        articles |= _save_labels(names, spelt) | _save_shown(names, spelt)
    return articles


def _save_labels(names: Iterable[_Row], spelt: Mapping[int, Sequence[_Shown]]) -> set[int]:
    labels = _labels_of(names, spelt)
    changed = {name.pk: labels[name.pk] for name in names if labels[name.pk] != name.label}
    if not changed:
        return set()
    Name.objects.bulk_update([Name(pk=pk, label=label) for pk, label in changed.items()], ["label"])
    return articles_of_spellings(Spelling.objects.filter(name__in=list(changed)).values_list("pk", flat=True))


def _save_shown(names: Iterable[_Row], spelt: Mapping[int, Sequence[_Shown]]) -> set[int]:
    changed = [name.pk for name in names if name.shown != (name.pk in spelt)]
    for shown in (True, False):
        if some := [pk for pk in changed if (pk in spelt) is shown]:
            Name.objects.filter(pk__in=some).update(shown=shown)
    # Short forms that are shown, and speakers that curators gave, lead to names by spellings that are not.
    others = Spelling.objects.filter(name__in=changed, shown=False).values_list("pk", flat=True)
    return articles_of_spellings(others) if changed else set()


def _labels_of(names: Iterable[_Row], spelt: Mapping[int, Sequence[_Shown]]) -> dict[int, str]:
    """Returns how names are written: as their own labels say where readers may know these, else as they are.

    Where that may not be shown either: as the gazetteer has it, or as most of the texts.
    """
    labels = {}
    open_names = []
    for name in names:
        own = name.own_label or name.label
        folded = {row[2] for row in spelt.get(name.pk, ())}
        if name.is_chosen or not folded or own == name.gazetteer or fold_name(own) in folded:
            labels[name.pk] = own
        elif name.label and (name.label == name.gazetteer or fold_name(name.label) in folded):
            labels[name.pk] = name.label
        elif name.gazetteer:
            labels[name.pk] = name.gazetteer
        else:
            open_names.append(name.pk)
    if open_names:
        counts = _count_mentions([row[0] for pk in open_names for row in spelt[pk]])
        for pk in open_names:
            # The first of several that are as frequent.
            labels[pk] = max(spelt[pk], key=lambda row: (counts.get(row[0], 0), -row[0]))[1]
    return labels


def _count_mentions(spellings: Sequence[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for some in in_parts(spellings, size=_BATCH_ROWS):
        rows = Mention.objects.filter(spelling__in=some).order_by().values_list("spelling")
        counts |= dict(rows.annotate(found=Count("pk")))
    return counts
