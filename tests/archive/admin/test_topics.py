"""archive/admin/topics.py: the tree of topics, their other names, and moves with a look before."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from archive.admin import indexing
from archive.models import Article, Edit, Operation, Topic, TopicName, pending_changes
from archive.topic_tree import load_tree
from search.results import suggest

pytestmark = pytest.mark.django_db

TREE = "/admin/archive/topic/tree/"


def plant(roots: int, *, width: int, levels: int) -> None:
    """Makes a tree of topics, level by level."""
    above = [Topic.objects.create(name=f"R{number}", curated=True) for number in range(roots)]
    for level in range(1, levels):
        made = [Topic(name=f"{topic.name}.{n}", broader=topic, curated=True) for topic in above for n in range(width)]
        above = Topic.objects.bulk_create(made)
        assert level < levels


def move(client: Client, topics: list[Topic], broader: Topic | None, **sent: str) -> Any:
    query = "&".join(f"topic={topic.pk}" for topic in topics)
    return client.post(
        f"{reverse('admin:archive_topic_move')}?{query}", {"broader": broader.pk if broader else "", **sent}
    )


def test_tree_shows_counts_alone_and_with_narrower_in_two_queries(
    seed: Article, admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    plant(17, width=2, levels=5)
    leaf = Topic.objects.get(name="R3.1.1.0.1")
    seed.topics.set([leaf, Topic.objects.get(name="R3.1"), Topic.objects.create(name="<b>Alone</b>")])
    with django_assert_max_num_queries(5):
        page = admin_client.get(TREE).content.decode()
    assert "528 topics on 5 levels, 18 of them on the first" in page
    total = Topic.objects.count()
    assert total == 528
    assert page.count('class="name"') == total
    # Screen readers do not reach what is within a summary.
    assert all("<a" not in summary.partition("</summary>")[0] for summary in page.split("<summary")[1:])
    assert "&lt;b&gt;Alone&lt;/b&gt;" in page
    assert "<b>Alone" not in page
    row = page.partition(">R3<")[2].partition("<details")[0]
    assert '1<span class="visually-hidden"> article with narrower topics' in row
    assert 'class="alone">0<' in row
    under = load_tree().names
    number = next(pk for pk, name in under.items() if name == "R3")
    found = admin_client.get(f"/admin/archive/article/?under={number}").content.decode()
    assert seed.headline[:20] in found


def test_large_tree_shows_its_first_levels_and_leads_to_the_rest(admin_client: Client) -> None:
    plant(3, width=30, levels=3)
    Topic.objects.bulk_create(
        Topic(name=f"deep {number}", broader=Topic.objects.get(name="R0.0.0"), curated=True) for number in range(2)
    )
    Topic.objects.bulk_create(Topic(name=f"more {number}", curated=True) for number in range(200))
    page = admin_client.get(TREE).content.decode()
    assert ">deep 0<" not in page
    assert "30 under it" in page or "32 under it" in page
    number = Topic.objects.get(name="R0").pk
    branch = admin_client.get(f"{TREE}?under={number}").content.decode()
    assert ">deep 0<" in branch
    assert ">R1<" not in branch
    assert admin_client.get(f"{TREE}?under=99999999999999999999x").status_code == 200


def test_move_shows_what_it_would_do_and_then_does_it(seed: Article, admin_client: Client) -> None:
    plant(2, width=2, levels=3)
    topic, target = Topic.objects.get(name="R0.1"), Topic.objects.get(name="R1.0")
    seed.topics.set([Topic.objects.get(name="R0.1.0")])
    look = move(admin_client, [topic], target)
    page = look.content.decode()
    assert "with 2 topics under it" in page
    assert "1 article is indexed again" in page
    assert load_tree().broader[topic.pk] != target.pk
    done = move(admin_client, [topic], target, look=look.context["look"]["digest"])
    assert done.status_code == 302
    assert load_tree().broader[topic.pk] == target.pk
    operation = Operation.objects.get()
    assert operation.label == "Moved “R0.1” under “R1.0”"
    edit = Edit.objects.get(subject="topic")
    assert (edit.field, edit.old, edit.new, edit.how) == ("broader topic", "R0", "R1.0", "moved")
    assert admin_client.get("/", {"topic": "R1"}).context["answer"].total == 1
    assert admin_client.get("/", {"topic": "R0"}).context["answer"].total == 0


def test_broader_topic_is_written_where_no_script_fills_the_list(admin_client: Client) -> None:
    plant(2, width=1, levels=2)
    topic, target = Topic.objects.get(name="R0.0"), Topic.objects.get(name="R1")
    TopicName.objects.create(topic=target, name="Polls")
    page = move(admin_client, [topic], None, broader_written="No such").content.decode()
    assert "No topic has this name" in page
    page = move(admin_client, [topic], topic, broader_written=" polls ").content.decode()
    assert "<ins><bdi>R1</bdi> &rsaquo; <bdi>R0.0</bdi></ins>" in page
    assert 'name="broader_written" value="R1"' in page
    # An empty name is the first level, whatever the list says.
    assert "<ins><bdi>R0.0</bdi></ins>" in move(admin_client, [topic], target, broader_written="").content.decode()


def test_many_articles_are_indexed_beside_the_request(
    seed: Article, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "MAX_INDEXED_AT_ONCE", 0)
    # As if another process followed the record.
    monkeypatch.setattr(indexing, "is_locked", lambda path: True)
    topic = Topic.objects.create(name="Elections", curated=True)
    seed.topics.set([topic])
    look = move(admin_client, [topic], Topic.objects.create(name="Politics", curated=True))
    digest = look.context["look"]["digest"]
    move(admin_client, [topic], Topic.objects.get(name="Politics"), look=digest)
    assert "1 article is indexed again meanwhile" in admin_client.get(TREE).content.decode()
    assert pending_changes().count() == 1


@pytest.mark.parametrize("target", ["R0", "R0.1", "R0.1.0"])
def test_move_into_a_circle_is_refused_before_and_after_the_look(admin_client: Client, target: str) -> None:
    plant(2, width=2, levels=3)
    root = Topic.objects.get(name="R0")
    page = move(admin_client, [root], Topic.objects.get(name=target)).content.decode()
    assert "Nothing was moved" in page
    assert "narrower than itself" in page or "would be in a circle" in page
    # Another curator moved the target under the topic since the look.
    other = Topic.objects.get(name="R1")
    digest = move(admin_client, [root], other).context["look"]["digest"]
    Topic.objects.filter(pk=other.pk).update(broader=root)
    again = move(admin_client, [root], other, look=digest).content.decode()
    assert "would be in a circle" in again
    assert load_tree().broader[root.pk] is None


def test_move_that_changed_since_the_look_is_shown_again(seed: Article, admin_client: Client) -> None:
    plant(2, width=1, levels=2)
    topic, target = Topic.objects.get(name="R0.0"), Topic.objects.get(name="R1")
    digest = move(admin_client, [topic], target).context["look"]["digest"]
    seed.topics.set([topic])
    again = move(admin_client, [topic], target, look=digest)
    assert again.status_code == 200
    assert load_tree().names[load_tree().broader[topic.pk] or 0] == "R0"
    assert "1 article is indexed again" in again.content.decode()


def save(client: Client, topic: Topic | None, names: list[tuple[str, ...]], **fields: str) -> Any:
    """Saves the form of a topic with rows of other names: the name, and the number of the row that has it."""
    stored = [row for row in names if len(row) > 1]
    data = {
        "name": topic.name if topic else "New",
        "note": "",
        "definition": "",
        "identifier": "",
        "other_names-TOTAL_FORMS": str(len(names)),
        "other_names-INITIAL_FORMS": str(len(stored)),
        **fields,
    }
    for number, row in enumerate([*stored, *(row for row in names if len(row) == 1)]):
        data |= {f"other_names-{number}-{name}": value for name, value in (("name", row[0]), ("kind", "other"))}
        data[f"other_names-{number}-id"] = row[1] if len(row) > 1 else ""
        data[f"other_names-{number}-topic"] = str(topic.pk) if topic else ""
    address = reverse("admin:archive_topic_change", args=[topic.pk]) if topic else reverse("admin:archive_topic_add")
    return client.post(address, data)


def test_other_names_are_edited_in_place_and_find_at_once(seed: Article, admin_client: Client) -> None:
    topic = Topic.objects.create(name="Elections")
    seed.topics.set([topic])
    assert save(admin_client, topic, [("Ballots",), ("Polls",)]).status_code == 302
    assert admin_client.get("/", {"q": "topic:ballots"}).context["answer"].total == 1
    rows = [(name.name, str(name.pk)) for name in topic.other_names.order_by("pk")]
    assert save(admin_client, topic, [rows[1], ("Votes", rows[0][1])]).status_code == 302
    assert sorted(topic.other_names.values_list("name", flat=True)) == ["Polls", "Votes"]
    assert [edit.field for edit in Edit.objects.filter(subject="topic")] == ["other names"] * 2


def test_hidden_names_find_and_are_not_suggested(seed: Article, admin_client: Client) -> None:
    topic = Topic.objects.create(name="Elections")
    TopicName.objects.create(topic=topic, name="Balots", kind=TopicName.Kind.HIDDEN)
    seed.topics.set([topic])
    save(admin_client, topic, [("Ballots",)], name="Votes")
    now = timezone.now()
    assert admin_client.get("/", {"q": "topic:balots"}).context["answer"].total == 1
    for typed in ("ball", "topic:bal"):
        assert [suggestion.text for suggestion in suggest(typed, now=now)["topic"]] == ["Ballots"]
    assert "topic" not in suggest("balo", now=now)


@pytest.mark.parametrize("name", ["elections", "SPORT", "football", "votes"])
def test_name_of_another_topic_is_refused_with_a_clear_answer(admin_client: Client, name: str) -> None:
    topic, sport = Topic.objects.create(name="Elections"), Topic.objects.create(name="Sport")
    TopicName.objects.create(topic=sport, name="Football")
    response = save(admin_client, topic, [(name,), ("Votes",)])
    assert response.status_code == 200
    assert any(
        words in response.content.decode() for words in ("already", "the topic itself", "another name", "twice")
    )
    assert not topic.other_names.exists()


def test_new_topic_may_not_be_called_like_its_broader_one(admin_client: Client) -> None:
    broader = Topic.objects.create(name="Élections")
    response = save(admin_client, None, [], name="ÉLECTIONS", broader=str(broader.pk))
    assert "There is a topic “Élections” already" in response.content.decode()
    assert save(admin_client, None, [], name="Ballots", broader=str(broader.pk)).status_code == 302
    added = Topic.objects.get(name="Ballots")
    assert (added.broader, added.curated) == (broader, True)


def test_tree_and_moves_need_the_permissions(client: Client) -> None:
    plant(1, width=1, levels=2)
    topic = Topic.objects.get(name="R0.0")
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_topic"))
    client.force_login(user)
    page = client.get(TREE).content.decode()
    assert ">R0.0<" in page
    assert "topic/move" not in page
    assert move(client, [topic], None).status_code == 403
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert client.get(TREE).status_code == 403


def test_user_sees_no_topic_of_hidden_articles_alone(seed: Article, client: Client) -> None:
    seed.topics.set([Topic.objects.create(name="Hiddenheading", broader=Topic.objects.create(name="R", curated=True))])
    Article.objects.update(status="withheld")
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_topic"))
    client.force_login(user)
    page = client.get(TREE).content.decode()
    assert ">R<" in page
    assert "Hiddenheading" not in page
