"""archive/curation/topics.py: moves and merges of topics, and what their other names find."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q

from archive.curation import articles_under, merge, move_topics
from archive.curation.names import find_topic
from archive.errors import CurationError
from archive.models import Article, Section, Topic, TopicName
from archive.operations import MERGED, operation, undo
from archive.topic_tree import MAX_LEVELS, count_articles, load_tree

pytestmark = pytest.mark.django_db


def plant(*paths: str) -> dict[str, Topic]:
    """Makes topics from paths like "A > B > C"; returns them by name."""
    topics: dict[str, Topic] = {}
    for path in paths:
        above = None
        for name in path.split(" > "):
            if name not in topics:
                topics[name] = Topic.objects.create(name=name, broader=above)
            above = topics[name]
    return topics


def paths() -> list[str]:
    tree = load_tree()
    return sorted(" > ".join(tree.names[step] for step in tree.path_to(pk)) for pk in tree.names)


def test_topic_moves_with_all_that_is_under_it() -> None:
    topics = plant("A > B > C", "D")
    assert move_topics([topics["B"]], topics["D"]) == [topics["B"].pk]
    assert paths() == ["A", "D", "D > B", "D > B > C"]
    assert move_topics([topics["B"], topics["C"]], None) == [topics["B"].pk, topics["C"].pk]
    assert paths() == ["A", "B", "C", "D"]


@pytest.mark.parametrize("target", ["A", "B", "C"])
def test_move_into_a_circle_is_refused_with_the_path(target: str) -> None:
    topics = plant("A > B > C")
    with pytest.raises(CurationError, match=r"narrower than itself|circle.*A › B"):
        move_topics([topics["A"]], topics[target])
    assert paths() == ["A", "A > B", "A > B > C"]


def test_second_of_two_moves_that_make_a_circle_together_is_refused() -> None:
    topics = plant("A", "B")
    # Both curators read the topics before either moved one.
    move_topics([Topic.objects.get(name="A")], Topic.objects.get(name="B"))
    with pytest.raises(CurationError, match="circle"):
        move_topics([topics["B"]], topics["A"])


def test_move_of_a_deleted_topic_says_so() -> None:
    topics = plant("A", "B")
    Topic.objects.filter(name="B").delete()
    with pytest.raises(CurationError, match="“B” was deleted"):
        move_topics([topics["A"]], topics["B"])


def test_tree_has_a_deepest_level() -> None:
    topics = plant(" > ".join(f"T{level}" for level in range(MAX_LEVELS)), "X > Y")
    with pytest.raises(CurationError, match=f"{MAX_LEVELS + 1} levels"):
        move_topics([topics["X"]], topics[f"T{MAX_LEVELS - 2}"])
    move_topics([topics["X"]], topics[f"T{MAX_LEVELS - 3}"])


@pytest.mark.parametrize("name", ["Élections", "éLECTIONS", "Ballots", "BALLOTS", "Straße"])
def test_name_belongs_to_one_topic_in_any_case(name: str) -> None:
    broader = Topic.objects.create(name="Élections")
    TopicName.objects.create(topic=broader, name="Ballots")
    TopicName.objects.create(topic=broader, name="straße")
    with pytest.raises(ValidationError, match=r"There is a topic|another name of"):
        Topic(name=name, broader=broader).clean()
    with pytest.raises(ValidationError, match=r"There is a topic|another name of"):
        TopicName(topic=Topic.objects.create(name="Other"), name=name).clean()
    assert find_topic(name) == broader


def test_merge_takes_names_and_narrower_topics_along() -> None:
    topics = plant("A > B > C > E", "A > D", "X > Y")
    TopicName.objects.create(topic=topics["A"], name="Alpha")
    Topic.objects.filter(name="X").update(identifier="https://x.example/x", note="What X is.", curated=True)
    Topic.objects.filter(name="A").update(curated=True)
    before = [*Topic.objects.values(), *TopicName.objects.values()]
    with operation(MERGED, user_name="ada", label="Merged") as act:
        act.watch(Topic, Topic.objects.values_list("pk", flat=True))
        merge(Topic.objects.get(name="C"), list(Topic.objects.filter(name__in=["A", "X"])), operation=act.operation)
    # What was broader than the kept topic stays broader; the rest is narrower than it now.
    assert paths() == ["B", "B > C", "B > C > D", "B > C > E", "B > C > Y"]
    kept = Topic.objects.get(name="C")
    assert sorted(kept.other_names.values_list("name", flat=True)) == ["A", "Alpha", "X"]
    assert (kept.identifier, kept.note) == ("https://x.example/x", "What X is.")
    assert find_topic("alpha") == find_topic("x") == kept
    undo(act.operation, user_name="ada")
    assert [*Topic.objects.values(), *TopicName.objects.values()] == before


def test_articles_count_once_for_a_topic_and_all_its_narrower_ones(seed: Article) -> None:
    topics = plant("A > B > C", "D > E")
    seed.topics.set([topics["B"], topics["C"]])
    Section.objects.get(article=seed, position=1).topics.add(topics["E"])
    tree = load_tree()
    counts = count_articles(tree, tree.names, Q())
    of = {
        name: (counts.filed.get(topic.pk, 0), counts.with_narrower.get(topic.pk, 0)) for name, topic in topics.items()
    }
    assert of == {"A": (0, 1), "B": (1, 1), "C": (1, 1), "D": (0, 1), "E": (1, 1)}
    assert articles_under([topics["A"].pk]) == [seed.pk]
    assert articles_under([topics["D"].pk]) == [seed.pk]
    assert articles_under([Topic.objects.create(name="F").pk]) == []
