"""Changes of the tree of topics and of their other names: what is refused, and why.

The callers are in a transaction that has the write lock (`wait_to_write`), so that two moves at the same time cannot
make a circle together. `archive.topic_tree` reads the tree.
"""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError

from ..errors import CurationError
from ..models import Article, Section, Topic, TopicName, fold_name
from ..topic_tree import MAX_LEVELS, TopicTree, load_tree


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
    filed = Article.topics.through.objects.filter(topic__in=under).order_by()
    of_sections = Section.topics.through.objects.filter(topic__in=under).order_by()
    return sorted({*filed.values_list("article", flat=True), *of_sections.values_list("section__article", flat=True)})


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
    Topic.objects.filter(pk__in=merged).delete()
    kept.save()
    # Their names find the kept topic, as its other names.
    TopicName.objects.bulk_create(TopicName(topic=kept, name=other.name) for other in others)
    tree = load_tree()
    depth = max(len(tree.path_to(pk)) for pk in tree.under(kept.pk))
    if depth > MAX_LEVELS:
        raise CurationError(
            f"The topics would have {depth} levels, and a tree can have {MAX_LEVELS}. Move some first."
        )


def check_names(names: Iterable[TopicName]) -> None:
    """Raises ValidationError where two of the names, or one of them and a name in the archive, are the same."""
    seen: dict[str, str] = {}
    for name in names:
        fold = fold_name(name.name)
        if fold in seen:
            raise ValidationError({"name": f"The name “{name.name}” is there twice."})
        seen[fold] = name.name
        name.clean()
