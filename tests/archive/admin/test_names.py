"""Sources and topics in the admin: renamed, deleted, completed; and what documents with a former name get."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from archive.curation import known_source
from archive.models import UNKNOWN_SOURCE, Article, Change, Source, Topic
from search.results.answers import Answer

from .source_form import source_fields

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
Commit = Callable[..., Any]


@pytest.fixture
def rename(admin_client: Client) -> Callable[..., Any]:
    def rename(row: Source | Topic, name: str) -> Any:
        url = reverse(f"admin:archive_{row._meta.model_name}_change", args=[row.pk])
        no_rows = {"other_names-TOTAL_FORMS": 0, "other_names-INITIAL_FORMS": 0}
        fields = source_fields(row, name=name) if isinstance(row, Source) else {"name": name, "note": "", **no_rows}
        return admin_client.post(url, fields)

    return rename


def names_of(model: type[Source | Topic]) -> list[str]:
    return list(model._default_manager.order_by("name").values_list("name", flat=True))


def test_renamed_source_and_topic_are_not_brought_back_by_captures(
    receive: Callable[..., Article], rename: Callable[..., Any]
) -> None:
    article = receive()
    rename(article.source, "The Courier")
    rename(article.topics.get(), "Blazes")
    assert receive(text="A large fire.").source.name == "The Courier"
    other = receive(id="8", source="COURIER.example", headline="Flood", text="A flood.")
    assert (other.source.name, other.topics.get().name) == ("The Courier", "Blazes")
    rename(article.source, "Courier of Marbeck")
    assert receive(text="A huge fire.").source.name == "Courier of Marbeck"
    assert names_of(Source) == ["Courier of Marbeck"]
    assert names_of(Topic) == ["Blazes"]


def test_renamed_source_keeps_its_time_zone(receive: Callable[..., Article], rename: Callable[..., Any]) -> None:
    source = receive().source
    rename(source, "The Courier")
    Source.objects.update(zone="Europe/Paris")
    article = receive(id="8", published="2025-06-02T14:30")
    assert f"{article.published:%H:%M}" == "12:30"
    known = known_source("courier.example")
    assert known is not None
    assert known.zone == "Europe/Paris"


def test_name_that_a_curator_gave_and_took_back_is_another_source(
    receive: Callable[..., Article], rename: Callable[..., Any]
) -> None:
    source = receive().source
    for name in ("Gazette", "COURIER.example", "Courier.example", "The Courier"):
        rename(source, name)
        source.refresh_from_db()
    assert receive(id="8", source="Gazette").source.name == "Gazette"
    assert receive(id="9").source == source


def test_new_source_with_the_former_name_gets_its_documents(
    receive: Callable[..., Article], rename: Callable[..., Any]
) -> None:
    source = receive().source
    rename(source, "The Courier")
    made = Source.objects.create(name="Courier.example")
    assert receive(id="8").source == made
    made.articles.all().delete()
    made.delete()
    assert receive(id="9").source == source


def test_renamed_unknown_source_gets_no_documents_without_a_source(
    receive: Callable[..., Article], rename: Callable[..., Any]
) -> None:
    source = receive(source="").source
    rename(source, "The Courier")
    assert receive(id="8", source="").source.name == UNKNOWN_SOURCE


@pytest.mark.parametrize(("model", "name"), [(Source, "courier.example"), (Topic, "Fires")])
def test_duplicate_name_is_refused_with_the_cure(
    receive: Callable[..., Article], rename: Callable[..., Any], model: type[Source | Topic], name: str
) -> None:
    receive()
    other = model._default_manager.create(name="Other")
    page = rename(other, name.upper()).content.decode()
    assert f"There is a {model._meta.verbose_name} “{name}” already." in html.unescape(page)
    assert "Constraint" not in page


def test_renamed_source_reaches_its_articles(
    seed: Article, admin_client: Client, ask: Ask, django_capture_on_commit_callbacks: Commit
) -> None:
    url = reverse("admin:archive_source_change", args=[seed.source_id])
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(url, source_fields(seed.source, name="Marbeck Courier"))
    assert ask('source:"marbeck courier"').articles == 1


def test_topics_are_offered_in_the_order_of_their_names(seed: Article, admin_client: Client) -> None:
    for name in ("Ports", "Ferries", "Bridges"):
        Topic.objects.create(name=name)
    asked = {"app_label": "archive", "model_name": "article", "field_name": "topics", "term": "r"}
    offered = admin_client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [entry["text"] for entry in offered] == ["Bridges", "Ferries", "Ports"]


def test_deleted_topic_leaves_the_index(
    seed: Article, admin_client: Client, ask: Ask, django_capture_on_commit_callbacks: Commit
) -> None:
    topic = Topic.objects.create(name="Doomed")
    seed.topics.add(topic)
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(reverse("admin:archive_topic_delete", args=[topic.pk]), {"post": "yes"})
    assert not Topic.objects.exists()
    assert not Change.objects.filter(done=None).exists()


def test_source_with_articles_cannot_be_deleted(seed: Article, admin_client: Client) -> None:
    admin_client.post(reverse("admin:archive_source_delete", args=[seed.source_id]), {"post": "yes"})
    assert Source.objects.filter(pk=seed.source_id).exists()
