"""Sources in the admin: other names, addresses, codes; and articles that get the source of their address."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from archive.admin.sources import unknown_source_task
from archive.curation import BY_ADDRESS
from archive.models import UNKNOWN_SOURCE, Article, Edit, Source, SourceHost, SourceName
from search.results.answers import Answer

from .intake_page import curator, text_of
from .source_form import source_fields

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
Commit = Callable[..., Any]
NO_SOURCE = {"source": "", "topics": []}


@pytest.fixture
def save_source(admin_client: Client) -> Callable[..., Any]:
    def save_source(source: Source, **changes: Any) -> Any:
        url = reverse("admin:archive_source_change", args=[source.pk])
        response = admin_client.post(url, source_fields(source, **changes))
        return html.unescape(response.content.decode())

    return save_source


def test_names_and_addresses_are_saved_with_their_source(save_source: Callable[..., Any]) -> None:
    source = Source.objects.create(name="Courier")
    save_source(
        source,
        names=["The Daily Courier"],
        hosts=["https://www.Courier.example/", "пример.рф"],
        country="NO",
        languages="EN, pt-br en",
        ownership="A trust.",
    )
    source.refresh_from_db()
    assert (source.country, source.country_name, source.languages) == ("NO", "Norway", "en, pt-BR")
    assert list(source.other_names.values_list("name", flat=True)) == ["The Daily Courier"]
    assert [str(host) for host in source.hosts.all()] == ["courier.example", "пример.рф"]
    edits = dict(Edit.objects.values_list("field", "new"))
    assert edits["other names"] == "The Daily Courier"
    assert edits["addresses"] == "courier.example, пример.рф"
    assert edits["languages"] == "en, pt-BR"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"names": ["GAZETTE"]}, "There is a source “Gazette”. Merge the two, or choose another."),
        ({"names": ["courier"]}, "There is a source “Courier”. It has that name already."),
        ({"names": ["gaz"]}, "“Gazette” is also known as “Gaz”."),
        ({"names": [UNKNOWN_SOURCE.upper()]}, "Documents without a source have that name."),
        ({"name": "GAZ"}, "“Gazette” is also known as “Gaz”."),
        ({"hosts": ["www.gazette.example"]}, "gazette.example is an address of “Gazette” already."),
        ({"hosts": ["co.uk"]}, "belongs to many"),
        ({"languages": "en, klingonish"}, "is no code of a language"),
        ({"country": "ZZ"}, "not one of the available choices"),
    ],
)
def test_a_wrong_value_is_refused_with_the_reason(
    save_source: Callable[..., Any], changes: dict[str, Any], reason: str
) -> None:
    gazette = Source.objects.create(name="Gazette")
    SourceName.objects.create(source=gazette, name="Gaz")
    SourceHost.objects.create(source=gazette, host="gazette.example")
    source = Source.objects.create(name="Courier")
    assert reason in save_source(source, **changes)
    source.refresh_from_db()
    assert (source.name, source.other_names.count(), source.hosts.count()) == ("Courier", 0, 0)


def test_articles_at_an_address_of_the_source_are_shown_and_get_it(
    receive: Callable[..., Article], admin_client: Client, ask: Ask, django_capture_on_commit_callbacks: Commit
) -> None:
    article = receive(**NO_SOURCE, url="https://live.courier.example/fire")
    other = receive(**NO_SOURCE, id="8", url="https://notcourier.example/flood", headline="Flood")
    curated = receive(**NO_SOURCE, id="9", url="https://courier.example/storm", headline="Storm")
    Article.objects.filter(pk=curated.pk).update(curated_fields=["source"])
    source = Source.objects.create(name="Courier")
    SourceHost.objects.create(source=source, host="courier.example")
    assert "1 article lies at an address" in text_of(
        admin_client.get(reverse("admin:archive_source_change", args=[source.pk]))
    )
    url = reverse("admin:archive_source_pages", args=[source.pk])
    page = text_of(admin_client.get(url))
    assert "1 article would get the source" in page
    assert "1 would not: a curator has set the source of the article Storm" in page
    assert "have changed" in text_of(admin_client.post(url, {"shown": "2"}))
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 article got the source Courier." in text_of(admin_client.post(url, {"shown": "1"}, follow=True))
    article.refresh_from_db()
    assert (article.source, article.source_rule, article.curated_fields) == (source, BY_ADDRESS, [])
    assert {Article.objects.get(pk=pk).source.name for pk in (other.pk, curated.pk)} == {UNKNOWN_SOURCE}
    assert ask("source:Courier").articles == 1
    edit = Edit.objects.get(subject="article", subject_id=article.pk)
    assert (edit.old, edit.new) == (UNKNOWN_SOURCE, "Courier")
    page = admin_client.get(article.get_absolute_url()).content.decode()
    assert f"<bdi>Courier</bdi> <small>{BY_ADDRESS}</small>" in page


def test_who_may_not_change_articles_gives_them_no_source(receive: Callable[..., Article], client: Client) -> None:
    receive(**NO_SOURCE, url="https://courier.example/fire")
    source = Source.objects.create(name="Courier")
    SourceHost.objects.create(source=source, host="courier.example")
    client.force_login(curator("view_source", "change_source", "view_hidden"))
    assert client.get(reverse("admin:archive_source_change", args=[source.pk])).context["page_count"] == 0
    assert client.post(reverse("admin:archive_source_pages", args=[source.pk]), {"shown": "1"}).status_code == 403


def test_merged_sources_keep_names_addresses_and_codes(admin_client: Client) -> None:
    kept, other = Source.objects.create(name="Courier"), Source.objects.create(name="Wire", country="NO")
    SourceName.objects.create(source=other, name="The Wire")
    SourceHost.objects.create(source=other, host="wire.example")
    merged = {"action": "merge", "_selected_action": [kept.pk, other.pk], "kept": kept.pk, "shown_count": "2"}
    admin_client.post(reverse("admin:archive_source_changelist"), merged)
    kept.refresh_from_db()
    assert (kept.country, kept.other_names.get().name, kept.hosts.get().host) == ("NO", "The Wire", "wire.example")


def test_articles_without_a_source_are_counted_and_listed(
    receive: Callable[..., Article], admin_client: Client, rf: Any, admin_user: Any
) -> None:
    request = rf.get("/")
    request.user = admin_user
    assert unknown_source_task(request) == (0, "")
    receive(**NO_SOURCE)
    receive(id="8", headline="Flood")
    count, address = unknown_source_task(request)
    assert count == 1
    page = text_of(admin_client.get(address))
    assert "Fire" in page
    assert "Flood" not in page
