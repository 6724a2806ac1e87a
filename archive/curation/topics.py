"""Changes of the tree of topics and of their other names: what is refused, and why.

The callers are in a transaction that has the write lock (`wait_to_write`), so that two moves at the same time cannot
make a circle together. `archive.topic_tree` reads the tree.
"""

from collections.abc import Iterable, Sequence

from django.utils import timezone

from ..errors import CurationError
from ..models import Topic, TopicName, is_shown
from ..same_names import fold_name
from ..topic_tree import MAX_LEVELS, TopicTree, filed_under, load_tree


def refuse_place(tree: TopicTree, pk: int, broader: int | None) -> str:
    """Returns why a topic cannot be narrower than another, as a sentence; empty if it can. None is the first level."""
    if broader is None:
        return ""
    name = tree.names[pk]
    if pk == broader:
        return f"“{name}” cannot be narrower than itself."
    if pk in tree.path_to(broader):
        path = " › ".join(tree.names[step] for step in tree.path_to(broader))
        return (
            f"“{name}” would be in a circle, since “{tree.names[broader]}” is under it: {path}. Move that topic first."
        )
    levels = len(tree.path_to(broader)) + tree.levels_under(pk)
    if levels > MAX_LEVELS:
        return f"“{name}” would be part of {levels} levels, and a tree can have {MAX_LEVELS}. Choose a broader place."
    return ""


def move_topics(topics: Sequence[Topic], broader: Topic | None) -> list[int]:
    """Moves topics, with all that are under them, below a broader topic or to the first level; returns which moved.

    Raises CurationError where one would be in a circle, or too deep. Reads the tree within the transaction.
    """
    tree = load_tree()
    target = broader.pk if broader else None
    for topic in topics:
        if topic.pk not in tree.names:
            raise CurationError(f"The topic “{topic}” was deleted. Open the tree again.")
        if target is not None and target not in tree.names:
            raise CurationError(f"The topic “{broader}” was deleted. Choose another one.")
        if refusal := refuse_place(tree, topic.pk, target):
            raise CurationError(refusal)
    moved = [topic for topic in topics if tree.broader[topic.pk] != target]
    for topic in moved:
        topic.broader = broader
        topic.save(update_fields=["broader"])
    return [topic.pk for topic in moved]


def articles_under(topics: Iterable[int], tree: TopicTree | None = None) -> list[int]:
    """Returns the articles filed under these topics or narrower ones, or with sections that are.

    Their documents have the names of the topics. Two queries.
    """
    tree = tree or load_tree()
    under = {step for pk in topics for step in tree.under(pk)}
    return sorted({article for _, article in filed_under(under)})


def narrower_of(topics: Iterable[int]) -> list[int]:
    """Returns the topics right below these that are none of these: those that `move_up` moves. One query."""
    ids = list(topics)
    return sorted(Topic.objects.filter(broader__in=ids).exclude(pk__in=ids).order_by().values_list("pk", flat=True))


def move_up(topics: Iterable[int]) -> None:
    """Moves what is right below these topics to where they are, or below the first broader one that is none of these.

    Then they can be deleted.
    """
    ids = set(topics)
    tree = load_tree()
    for topic in Topic.objects.filter(pk__in=narrower_of(ids)):
        above = (step for step in reversed(tree.path_to(topic.pk)[:-1]) if step not in ids)
        topic.broader_id = next(above, None)
        topic.save(update_fields=["broader"])


def merge_topics(kept: Topic, others: Sequence[Topic]) -> None:
    """Gives a topic what others have, and deletes them: their names, narrower topics, identifiers and notes.

    What is broader than the kept topic is merged into the place where that is. Raises CurationError where the tree
    would be too deep.
    """
    merged = {other.pk for other in others}
    tree = load_tree()

    def place_above(pk: int) -> int | None:
        return next((step for step in reversed(tree.path_to(pk)[:-1]) if step not in merged), None)

    path = tree.path_to(kept.pk)
    if kept.broader_id in merged:
        kept.broader_id = place_above(kept.pk)
        kept.save(update_fields=["broader"])
    for topic in Topic.objects.filter(broader__in=merged).exclude(pk__in={*merged, kept.pk}):
        topic.broader_id = place_above(topic.pk) if topic.pk in path else kept.pk
        topic.save(update_fields=["broader"])
    TopicName.objects.filter(topic__in=merged).update(topic=kept)
    known = list(dict.fromkeys(filter(None, (other.identifier for other in others))))
    matches = [match for other in others for match in other.matches]
    if not kept.identifier and known:
        source = next(other for other in others if other.identifier)
        kept.identifier, kept.scheme = known.pop(0), source.scheme
    kept.matches = sorted({*kept.matches, *known, *matches} - {kept.identifier})
    for name in ("note", "definition"):
        setattr(kept, name, getattr(kept, name) or next(filter(None, (getattr(other, name) for other in others)), ""))
    kept.curated = kept.curated or any(other.curated for other in others)
    # Their names find the kept topic, as its other names; not those that only articles have that may not be shown.
    seen = set(
        Topic.objects.filter(is_shown(timezone.now(), article="articles"), pk__in=merged).values_list("pk", flat=True)
    )
    names = [other.name for other in others if other.curated or other.pk in seen]
    Topic.objects.filter(pk__in=merged).delete()
    kept.save()
    TopicName.objects.bulk_create(TopicName(topic=kept, name=name) for name in names)
    tree = load_tree()
    depth = max(len(tree.path_to(pk)) for pk in tree.under(kept.pk))
    if depth > MAX_LEVELS:
        raise CurationError(
            f"The topics would have {depth} levels, and a tree can have {MAX_LEVELS}. Move some first."
        )


def find_conflicts(topics: Iterable[int]) -> dict[int, str]:
    """Returns why topics cannot be where they are, or have their names, once rows were put back. Two queries."""
    tree = load_tree()
    owners: dict[str, set[int]] = {}
    names = [*tree.names.items(), *TopicName.objects.values_list("topic", "name")]
    for topic, name in names:
        owners.setdefault(fold_name(name), set()).add(topic)
    conflicts = {}
    wanted = set(topics) & tree.names.keys()
    for topic in wanted:
        path = tree.path_to(topic)
        if tree.broader[path[0]] is not None:
            conflicts[topic] = "its broader topic is under it now"
        elif len(path) - 1 + tree.levels_under(topic) > MAX_LEVELS:
            conflicts[topic] = f"the tree would have more than {MAX_LEVELS} levels"
    for topic, name in names:
        if topic in wanted and len(owners[fold_name(name)]) > 1:
            conflicts.setdefault(topic, f"another topic has the name “{name}” now")
    return conflicts
