"""Which articles texts of names, spellings and statements are in: those that a decision about them touches."""

from collections.abc import Iterable
from typing import Any

from ..batches import in_parts
from ..models import Mention, Spelling, Statement, StatementLink

# The ids are parameters of a statement.
_BATCH_ROWS = 500
# What leads from a text to a spelling, and back to its article.
_USES: tuple[tuple[Any, str, str], ...] = (
    (Mention, "spelling", "version__section__article"),
    (Statement, "speaker", "version__section__article"),
    (StatementLink, "source", "statement__version__section__article"),
)


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


def articles_of_names(ids: Iterable[int]) -> set[int]:
    """Returns the articles in which a spelling of one of these names stands."""
    return articles_of_spellings(
        pk
        for some in in_parts(sorted(set(ids)), size=_BATCH_ROWS)
        for pk in Spelling.objects.filter(name__in=some).values_list("pk", flat=True)
    )


def articles_of_statements(ids: Iterable[int]) -> set[int]:
    """Returns the articles that have one of these statements."""
    return {
        article
        for some in in_parts(sorted(set(ids)), size=_BATCH_ROWS)
        for article in Statement.objects.filter(pk__in=some)
        .order_by()
        .values_list("version__section__article", flat=True)
    }
