"""Deletions: what is counted is what goes, by the rules of Django, and in few statements."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.contrib.auth.models import Group, User
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml.html import fromstring

from archive.admin_sight import PLAIN_NAMES
from archive.deletions import MAX_DELETED_AT_ONCE, plan_deletion
from archive.models import Article, Capture, Placement, Problem, Section, Source, Topic, shown_sections
from tests.archive.admin.intake_page import curator
from tests.withheld_stories import U1, U2, W1, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def live_page(ingest_file: Callable[..., Any], tmp_path: Path) -> Article:
    """A live page of 300 sections, captured twice, with a topic and a problem."""
    path = tmp_path / "live.json"
    entries = [{"id": str(number), "text": f"Entry {number}."} for number in range(300)]
    page = {"id": "live", "kind": "live", "headline": "Fire", "source": "Courier", "topics": ["Fires"]}
    path.write_text(json.dumps({**page, "sections": entries}))
    ingest_file(path)
    path.write_text(json.dumps({**page, "sections": [{"id": "0", "text": "It is out."}, *entries[1:]]}))
    ingest_file(path)
    article = Article.objects.get()
    run = article.captures.all()[0].run
    Problem.objects.create(run=run, level="note", origin="live.json", reason="no time", article=article)
    return article


def rows_of_all_tables() -> dict[Any, int]:
    return {model: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}


def test_exactly_what_was_counted_is_deleted(live_page: Article, django_assert_max_num_queries: Any) -> None:
    take_in((W1, U2), story="other")
    before = rows_of_all_tables()
    plan = plan_deletion(Article, [live_page.pk])
    counted = plan.count()
    # Whatever the number of sections.
    with django_assert_max_num_queries(21):
        assert plan.carry_out() == counted
    after = rows_of_all_tables()
    assert {model: before[model] - after[model] for model in before if before[model] != after[model]} == counted
    assert (counted[Section], counted[Placement]) == (300, 600)
    assert Problem.objects.get().article is None
    assert Capture.objects.filter(origin__endswith="live.json").count() == 2


@pytest.mark.parametrize("model", [Article, Source, Topic, Capture, User])
def test_counts_and_protection_are_those_of_django(live_page: Article, admin_user: User, model: Any) -> None:
    take_in((W1, U2), story="other")
    for row in model.objects.all():
        collector = NestedObjects(using="default", origin=row)
        collector.collect([row])
        plan = plan_deletion(model, [row.pk])
        assert bool(plan.protected()) == bool(collector.protected)
        if not collector.protected:
            assert plan.count() == {kind: len(found) for kind, found in collector.model_objs.items()}  # type: ignore[comparison-overlap]
        else:
            assert {row for rows in plan.protected().values() for row in rows} == collector.protected


def test_what_others_need_is_not_deleted(live_page: Article) -> None:
    with pytest.raises(ProtectedError, match="articles need"):
        plan_deletion(Source, [live_page.source_id]).carry_out()
    assert Source.objects.filter(pk=live_page.source_id).exists()


def test_every_table_of_the_admin_can_be_planned() -> None:
    for model in admin.site._registry:
        plan_deletion(model, [])
    with pytest.raises(ValueError, match="at most 5,000"):
        plan_deletion(Article, range(MAX_DELETED_AT_ONCE + 1))


def test_confirmation_counts_and_names_the_first(
    live_page: Article, admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    url = reverse("admin:archive_article_delete", args=[live_page.pk])
    with django_assert_max_num_queries(27):
        page = admin_client.get(url).content.decode()
    assert len(page) < 20_000
    for text in ("<td>300</td>", "<td>600</td>", "It is moved to the trash", "Delete this article?"):
        assert text in page
    protected = admin_client.get(reverse("admin:archive_source_delete", args=[live_page.source_id])).content.decode()
    assert (
        f'<bdi><a href="/admin/archive/article/?source__id__exact={live_page.source_id}">1 article</a></bdi>'
        in protected
    )
    assert 'value="Delete"' not in protected


def counted_on(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="counted" value="')[1:]]


def test_nothing_is_deleted_that_the_page_did_not_count(live_page: Article, admin_client: Client) -> None:
    url, data = reverse("admin:archive_article_delete", args=[live_page.pk]), {"post": "yes"}
    page = admin_client.get(url).content.decode()
    counted = counted_on(page)
    assert "sections: 300" in counted
    Section.objects.create(article=live_page, position=300, key="late")
    answer = admin_client.post(url, {**data, "counted": counted})
    assert "The archive has changed" in answer.content.decode()
    assert Article.objects.count() == 1
    Section.objects.get(key="late").delete()
    assert admin_client.post(url, {**data, "counted": counted}).status_code == 302
    assert not Article.objects.filter(trashed=None).exists()


def test_whole_list_is_deleted_by_its_query(admin_client: Client) -> None:
    topics = [Topic.objects.create(name=name) for name in ("Fires", "Floods")]
    url = reverse("admin:archive_topic_changelist")
    data = {"action": "delete_selected", "select_across": "1", "_selected_action": str(topics[0].pk)}
    page = admin_client.post(url, data).content.decode()
    assert page.count('name="_selected_action"') == 1
    assert "topics: 2" in counted_on(page)
    admin_client.post(url, {**data, "post": "yes", "counted": counted_on(page)})
    assert not Topic.objects.exists()


@pytest.mark.parametrize("right", ["view_hidden", "view_source"])
@pytest.mark.parametrize("action", ["delete_selected", "merge"])
def test_a_list_with_as_many_other_rows_is_shown_again(client: Client, action: str, right: str) -> None:
    client.force_login(curator(right, "delete_topic", "change_topic", "add_topic", "merge_names"))
    url = reverse("admin:archive_topic_changelist")
    for name in ("Fires", "Floods"):
        Topic.objects.create(name=name, curated=True)
    first = Topic.objects.get(name="Fires").pk
    data = {"action": action, "select_across": "1", "_selected_action": str(first)}
    page = fromstring(client.post(url, data).content)
    shown = {field.get("name"): field.get("value") for field in page.xpath("//main//form//input[@type='hidden']")}
    Topic.objects.create(name="Storms", curated=True)
    Topic.objects.get(name="Floods").delete()
    kept = Topic.objects.get(name="Storms").pk
    answer = client.post(url, {**data, **shown, "post": "yes", "kept": str(kept)})
    assert "has changed" in answer.content.decode()
    assert Topic.objects.count() == 2


def test_sections_go_only_with_their_article(live_page: Article, client: Client, admin_client: Client) -> None:
    section = Section.objects.all()[0]
    assert (
        admin_client.post(reverse("admin:archive_section_delete", args=[section.pk]), {"post": "yes"}).status_code
        == 403
    )
    data = {"action": "delete_selected", "_selected_action": str(section.pk), "post": "yes"}
    admin_client.post(reverse("admin:archive_section_changelist"), data)
    assert Section.objects.count() == 300
    client.force_login(curator("view_article", "delete_article"))
    client.post(reverse("admin:archive_article_delete", args=[live_page.pk]), {"post": "yes"})
    assert not shown_sections(timezone.now()).exists()


def test_confirmation_leads_to_the_list_of_exactly_what_forbids_it(live_page: Article, admin_client: Client) -> None:
    take_in((U1,), story="other")
    url = reverse("admin:archive_source_changelist")
    ids = list(Source.objects.values_list("pk", flat=True))
    assert len(ids) == 2
    page = admin_client.post(url, {"action": "delete_selected", "_selected_action": ids}).content.decode()
    link = page.partition('<bdi><a href="')[2].partition('"')[0]
    assert f">{admin_client.get(link).context['cl'].result_count} articles</a>" in page


def test_every_count_has_a_name_in_plain_words() -> None:
    """Django's own names of tables without a list speak of relationships and of classes."""
    lists = set(admin.site._registry)
    taken = {table for model in (Article, Source, Topic, User, Group) for table in plan_deletion(model, []).taken}
    assert {table._meta.label_lower for table in taken - lists} == set(PLAIN_NAMES)
