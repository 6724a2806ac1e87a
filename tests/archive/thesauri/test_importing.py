"""archive/thesauri: imports with a look before, and exports that come back exactly."""

from typing import Any

import pytest

from archive.errors import CurationError
from archive.models import Article, Edit, Operation, Topic, TopicName, record_changes
from archive.operations import plan_undo, undo
from archive.search_port import no_progress
from archive.thesauri import carry_out, load_concepts, plan_import, read_thesaurus, write_thesaurus
from archive.topic_tree import load_tree
from search.index import drain
from tests.archive.operations.whole_archive import read_whole

from .vocabularies import LEVELS, SUBJECT_HEADINGS, media_topics_turtle

pytestmark = pytest.mark.django_db


def bring_in(text: str, name: str = "x.ttl", **options: Any) -> Operation:
    return carry_out(read_thesaurus(text.encode(), name, **options), user_name="ann", label="Imported x")[0]


def read_topics() -> list[Any]:
    rows = Topic.objects.order_by("name").values(
        "name", "broader__name", "note", "definition", "identifier", "scheme", "matches"
    )
    return [
        *rows,
        *TopicName.objects.order_by("topic__name", "name").values("topic__name", "name", "kind", "language"),
    ]


def test_a_vocabulary_like_the_media_topics_is_brought_in_once_and_undone_whole(
    seed: Article, django_assert_max_num_queries: Any
) -> None:
    kept = Topic.objects.create(name="Harbour trade 21".swapcase())
    seed.topics.set([kept])
    record_changes([seed.pk])
    before = read_whole()
    thesaurus = read_thesaurus(media_topics_turtle().encode(), "topics.ttl")
    with django_assert_max_num_queries(4):
        plan = plan_import(thesaurus)
    assert (len(plan.new), plan.same, plan.refused) == (sum(LEVELS), 0, [])
    with django_assert_max_num_queries(120):
        done, _ = carry_out(thesaurus, user_name="ann", label="Imported", shown=plan.digest)
    tree = load_tree()
    assert (len(tree.narrower[None]), tree.levels) == (18, 5)
    again = plan_import(thesaurus)
    assert (again.new, again.changed, again.same) == ([], [], sum(LEVELS))
    assert Edit.objects.filter(operation=done, how="added").count() == sum(LEVELS)
    assert plan_undo(done).conflicts == ()
    undo(done, user_name="ben")
    assert read_whole() == before


def test_import_meets_topics_that_are_there(seed: Article, ask: Any) -> None:
    law = Topic.objects.create(name="LAW", note="Ours.")
    courts = Topic.objects.create(name="Courts")
    other = Topic.objects.create(name="Weather")
    TopicName.objects.create(topic=other, name="Sea")
    TopicName.objects.create(topic=other, name="Tribunals")
    seed.topics.set([courts])
    record_changes([seed.pk])
    plan = plan_import(read_thesaurus(SUBJECT_HEADINGS.encode(), "x.ttl"))
    assert ("Sea", "“Sea” is another name of the topic “Weather”") in plan.refused
    changes = {planned.concept.name: planned.changes for planned in plan.changed}
    assert ("name", "LAW", "Law") in changes["Law"]
    assert ("broader topic", "", "Law") in changes["Courts"]
    assert any("“Tribunals” is one of “Weather”" in remark for _, remark in plan.remarks)
    assert any("neither in the file nor here" in remark for _, remark in plan.remarks)
    bring_in(SUBJECT_HEADINGS)
    drain(no_progress)
    law.refresh_from_db()
    assert (law.name, law.note) == ("Law", "Ours.")
    assert ask("topic:recht").total == 1
    assert ask('topic:="Law"').total == 0


def test_plan_that_changed_since_the_look_is_not_carried_out(db: None) -> None:
    thesaurus = read_thesaurus(SUBJECT_HEADINGS.encode(), "x.ttl")
    shown = plan_import(thesaurus).digest
    Topic.objects.create(name="courts")
    with pytest.raises(CurationError, match="Look again"):
        carry_out(thesaurus, user_name="ann", label="Imported", shown=shown)
    assert Topic.objects.count() == 1
    assert not Operation.objects.exists()


def test_names_are_passed_round_among_topics_that_the_file_names_by_identifier(db: None) -> None:
    for number, name in enumerate("ABC"):
        Topic.objects.create(name=name, identifier=f"https://x.example/{number}")
    bring_in("name,identifier\nB,https://x.example/0\nC,https://x.example/1\nA,https://x.example/2\n", "x.csv")
    assert list(Topic.objects.order_by("identifier").values_list("name", flat=True)) == ["B", "C", "A"]


def test_circle_with_a_topic_outside_the_file_is_broken_and_said(db: None) -> None:
    above = Topic.objects.create(name="Above")
    Topic.objects.create(name="Below", broader=Topic.objects.create(name="Middle", broader=above))
    plan = plan_import(read_thesaurus(b"name,broader\nAbove,Below\n", "x.csv"))
    assert any("in a circle" in remark for _, remark in plan.remarks)
    assert plan.same == 1


@pytest.mark.parametrize("format_name", ["turtle", "rdf-xml", "csv"])
def test_what_is_exported_comes_back_exactly(db: None, format_name: str) -> None:
    bring_in(SUBJECT_HEADINGS)
    odd = Topic.objects.create(name='Odd; "name" [x] <&> é\\', note="Two\nlines", definition="d; [e]", curated=True)
    Topic.objects.create(name="Wahl", broader=odd, curated=True)
    for name, kind, language in (("a;b\\c", "other", ""), ("x [de]", "other", "fr"), ("[y]", "hidden", "")):
        TopicName.objects.create(topic=odd, name=name, kind=kind, language=language)
    expected = read_topics()
    written = write_thesaurus(load_concepts(load_tree()), format_name)
    thesaurus = read_thesaurus(written, f"x.{format_name[:3]}")
    assert plan_import(thesaurus).same == Topic.objects.count()
    assert (thesaurus.refused, thesaurus.remarks) == ((), ())
    TopicName.objects.all().delete()
    Topic.objects.all().delete()
    carry_out(thesaurus, user_name="ann", label="Imported")
    found = read_topics()
    assert found == expected


@pytest.mark.parametrize("format_name", ["turtle", "csv"])
def test_exported_branch_comes_back_to_its_place(db: None, format_name: str) -> None:
    bring_in("name,broader\nTop,\nMiddle,Top\nLow,Middle\n", "x.csv")
    tree = load_tree()
    middle = next(pk for pk, name in tree.names.items() if name == "Middle")
    written = write_thesaurus(load_concepts(tree, tree.under(middle)), format_name)
    plan = plan_import(read_thesaurus(written, f"x.{format_name[:3]}"))
    assert (plan.same, plan.remarks) == (2, [])
