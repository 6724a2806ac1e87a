"""Which articles texts of names and statements are in: those that a decision, or another label, touches."""

from collections.abc import Iterable

from django.db import transaction

from ..batches import in_parts
from ..models import (
    Spelling,
    Statement,
    articles_of_spellings,
    follow_spellings,
    spellings_in,
    wait_to_write,
)

# The ids are parameters of a statement.
_BATCH_ROWS = 500


def show_names(article_ids: Iterable[int]) -> set[int]:
    """Follows articles of which something may be shown again; returns those in which a name is written otherwise now.

    One query for each 500 articles where they have no spelling that is hidden, else one transaction.
    """
    hidden = spellings_in(article_ids, shown=False)
    if not hidden:
        return set()
    with transaction.atomic():
        wait_to_write()
        return follow_spellings(hidden)


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
