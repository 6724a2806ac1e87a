"""The topics of the archive as concepts. Used within `archive.thesauri`."""

from collections.abc import Iterable

from ..models import Topic, TopicName
from ..topic_tree import TopicTree
from .contract import Concept, Label


def load_concepts(tree: TopicTree, topics: Iterable[int] | None = None) -> list[Concept]:
    """Returns topics of a tree, or all, as concepts: broader before narrower.

    Of a branch, the first has its broader topic outside. Two queries.
    """
    wanted = set(tree.names if topics is None else topics)
    ordered = [pk for root in tree.narrower.get(None, ()) for pk in tree.under(root) if pk in wanted]
    rows = Topic.objects.in_bulk()
    labels: dict[int, list[Label]] = {}
    for topic, name, kind, language in TopicName.objects.order_by("name", "pk").values_list(
        "topic", "name", "kind", "language"
    ):
        labels.setdefault(topic, []).append(Label(name, kind, language))
    keys = {pk: row.identifier or row.name for pk, row in rows.items()}
    concepts = []
    for pk in ordered:
        row, above = rows[pk], tree.broader[pk]
        concepts.append(
            Concept(
                key=keys[pk],
                name=row.name,
                broader=keys[above] if above in wanted else "",
                outside=keys[above] if above is not None and above not in wanted else "",
                labels=tuple(labels.get(pk, ())),
                note=row.note,
                definition=row.definition,
                identifier=row.identifier,
                scheme=row.scheme,
                matches=tuple(row.matches),
            )
        )
    return concepts
