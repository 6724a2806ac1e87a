"""Where statements speak of the days that a query asks for by `event:`, in their words.

Results and articles mark the same places in the words of sections. Used within `search.annotations`.
"""

from collections.abc import Iterable, Mapping, Sequence

from archive.models import SectionVersion, annotated_text

from ..query import Node
from ..results import find_days
from .statements import Span, StatementView, place_in_words


def load_statement_days(tree: Node, statements: Iterable[StatementView]) -> Mapping[int, Sequence[Span]]:
    """Returns the places in the words of statements, by their numbers. Two queries with `event:`, none for others."""
    shown = list(statements)
    days = find_days(tree, {statement.version for statement in shown})
    versions = SectionVersion.objects.filter(pk__in=list(days)).order_by()
    rows = versions.values_list("pk", "heading", "text") if days else ()
    texts = {pk: annotated_text(heading, text) for pk, heading, text in rows}
    return {
        statement.pk: [
            place
            for day in days[statement.version]
            if (place := place_in_words(texts[statement.version], statement.pieces, day))
        ]
        for statement in shown
        if statement.version in texts
    }
