"""Articles in the admin: edits reach search, other fields stay as received."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml.html import fromstring

from archive import search_port
from archive.models import Article, Capture, Change, Source, Topic
from search.results.answers import Answer
from tests.conftest import SEED

from .article_form import form_of
from .plans import confirm_plan

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
Commit = Callable[..., Any]


def test_edited_headline_shows_in_the_next_search(seed: Article, save: Callable[..., Any], ask: Ask) -> None:
    assert ask("headline:quokka").total == 0
    save(seed, headline="Quokka exchange in Istanbul")
    assert ask("headline:quokka").rows[0].article == seed
    assert seed.curated_fields == ["headline"]
    assert seed.versions.get().headline.startswith("Ukraine-Russia war latest")


def test_saving_without_a_change_indexes_nothing(seed: Article, save: Callable[..., Any]) -> None:
    before = Change.objects.count()
    save(seed)
    assert Change.objects.count() == before
    assert seed.curated_fields == []


def test_withheld_article_is_no_longer_found(seed: Article, save: Callable[..., Any], ask: Ask) -> None:
    save(seed, status="withheld", note="Taken down at the request of the court.")
    seed.refresh_from_db()
    assert seed.curated_fields == ["note", "status"]
    assert ask("prisoner").total == 0
    save(seed, status="usable")
    assert ask("prisoner").total > 0


def test_topic_added_to_an_article_can_be_searched(seed: Article, save: Callable[..., Any], ask: Ask) -> None:
    topic = Topic.objects.create(name="Prisoners of war")
    save(seed, topics=[topic.pk])
    assert ask('topic:"prisoners of war"').articles == 1


def test_date_needs_its_precision_and_says_who_set_it(seed: Article, save: Callable[..., Any], ask: Ask) -> None:
    response = save(seed, published_0="2025-06-02", published_1="18:00:00")
    assert b"Give the time of publication and its precision, or neither." in response.content
    save(seed, published_0="2025-06-02", published_1="18:00:00", published_precision="minute")
    assert seed.published_rule == "set by a curator"
    assert ask("date:2025-06-02").articles == 1


@pytest.mark.parametrize(
    ("day", "message"), [("0205-06-02", "before the first newspaper (1605)"), ("2205-06-02", "still to come")]
)
def test_impossible_time_is_refused(seed: Article, save: Callable[..., Any], day: str, message: str) -> None:
    for name in ("published", "updated"):
        times = {f"{name}_0": day, f"{name}_1": "18:00:00", f"{name}_precision": "day"}
        response = save(seed, **times)
        assert response.status_code == 200
        assert message in response.content.decode()
    seed.refresh_from_db()
    assert (seed.published, seed.updated) == (None, None)


@pytest.mark.parametrize("name", ["headline", "standfirst", "byline", "note"])
def test_value_without_end_is_refused(seed: Article, save: Callable[..., Any], name: str) -> None:
    response = save(seed, **{name: "x" * 100_000})
    assert "This has 100,000 characters; at most " in response.content.decode()
    seed.refresh_from_db()
    assert len(getattr(seed, name)) < 1000


def test_long_value_that_was_received_stays(seed: Article, save: Callable[..., Any]) -> None:
    seed.headline = "x" * 2000
    seed.save()
    save(seed, byline="Cy Roe")
    seed.refresh_from_db()
    assert (len(seed.headline), seed.byline) == (2000, "Cy Roe")


def test_scheme_of_an_address_may_be_in_capitals(seed: Article, save: Callable[..., Any]) -> None:
    save(seed, url="HTTPS://courier.example/Fire")
    assert seed.url == "https://courier.example/Fire"
    assert b"Enter a valid URL." in save(seed, url="HTTPS:/courier.example/Fire").content


def test_undated_articles_come_last(seed: Article, admin_client: Client) -> None:
    dated = Article.objects.create(
        source=seed.source, headline="Quokka", published=datetime(2025, 6, 2, tzinfo=UTC), published_precision="day"
    )
    url = reverse("admin:archive_article_changelist")
    for order, found in (("", [dated, seed]), ("4", [seed, dated]), ("-4", [dated, seed])):
        listing = admin_client.get(url, {"o": order} if order else {}).context["cl"]
        assert list(listing.result_list) == found, order


def test_article_can_be_shown_as_received(
    seed: Article,
    save: Callable[..., Any],
    admin_client: Client,
    ask: Ask,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    save(seed, headline="Quokka", published_0="2025-06-02", published_1="18:00:00", published_precision="day")
    with django_capture_on_commit_callbacks(execute=True):
        data = {"action": "show_as_received", "_selected_action": [seed.pk]}
        page = admin_client.post(reverse("admin:archive_article_changelist"), data, follow=True)
        assert "Quokka" in page.content.decode()
        confirm_plan(admin_client, page)
    seed.refresh_from_db()
    assert seed.headline.startswith("Ukraine-Russia war latest")
    assert (seed.published, seed.published_precision, seed.curated_fields) == (None, "", [])
    assert ask("headline:quokka").total == 0


def test_showing_as_received_clears_values_that_no_capture_has(
    seed: Article, save: Callable[..., Any], admin_client: Client
) -> None:
    source = Source.objects.create(name="Courier")
    embargo = {"embargo_0": "2125-06-02", "embargo_1": "18:00:00"}
    dated = {"updated_0": "2025-06-02", "updated_1": "18:00:00"}
    words = {"byline": "Cy Roe", "url": "https://courier.example/a", "language": "en", "note": "Checked."}
    save(seed, source=source.pk, status="withheld", **words, **embargo, **dated)
    assert len(seed.curated_fields) == 8
    data = {"action": "show_as_received", "_selected_action": [seed.pk]}
    confirm_plan(admin_client, admin_client.post(reverse("admin:archive_article_changelist"), data, follow=True))
    seed.refresh_from_db()
    assert (seed.source.name, seed.status, seed.embargo, seed.updated) == ("Unknown source", "usable", None, None)
    assert [getattr(seed, name) for name in words] == ["", "", "", ""]
    assert seed.curated_fields == []


@pytest.mark.parametrize("way", ["page", "action"])
def test_article_in_the_trash_leaves_the_index_and_its_bytes_stay(
    seed: Article, admin_client: Client, ask: Ask, django_capture_on_commit_callbacks: Commit, way: str
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        if way == "page":
            admin_client.post(reverse("admin:archive_article_delete", args=[seed.pk]), {"post": "yes"})
        else:
            data = {"action": "move_to_trash", "_selected_action": [seed.pk]}
            page = admin_client.post(reverse("admin:archive_article_changelist"), data, follow=True)
            confirm_plan(admin_client, page)
    assert Article.objects.get().trashed
    assert ask("").total == 0
    assert Capture.objects.get().path.read_bytes() == SEED.read_bytes()


def test_search_box_asks_the_index(seed: Article, admin_client: Client) -> None:
    url = reverse("admin:archive_article_changelist")
    assert seed.headline in admin_client.get(url, {"q": '"nuclear power plant"'}).content.decode()
    assert seed.headline not in admin_client.get(url, {"q": "zebra"}).content.decode()
    assert "must be from 1 to 250 words" in admin_client.get(url, {"q": "peace w/0 talks"}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_save_that_cannot_be_indexed_is_kept_with_a_warning(
    seed: Article, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(progress: object) -> int:
        raise search_port.SearchPortError("the index is being built")

    monkeypatch.setattr(search_port, "_registered", [dataclasses.replace(search_port.get_search_port(), sync=fail)])
    url = reverse("admin:archive_article_change", args=[seed.pk])
    response = admin_client.post(url, form_of(seed, headline="Quokka"), follow=True)
    seed.refresh_from_db()
    assert seed.headline == "Quokka"
    assert b"the index is being built" in response.content
    assert Change.objects.filter(done=None).count() == 1


@pytest.fixture
def page_of(admin_client: Client) -> Callable[[Article], dict[str, Any]]:
    """Opens an article's page and returns what a browser would send of it."""

    def page_of(article: Article) -> dict[str, Any]:
        page = admin_client.get(reverse("admin:archive_article_change", args=[article.pk])).content.decode()
        form = next(form for form in fromstring(page).forms if form.get("id") == "article_form")
        sent: dict[str, Any] = {}
        for name, value in form.form_values():
            sent.setdefault(name, []).append(value.replace("\n", "\r\n"))
        return {**sent, "_save": "Save"}

    return page_of


def test_page_opened_before_a_capture_does_not_undo_it(
    receive: Callable[..., Article], page_of: Callable[..., dict[str, Any]], admin_client: Client
) -> None:
    article = receive(published="2025-06-02", byline="A. Bell")
    sent = page_of(article)
    receive(
        headline="Huge fire",
        text="It spreads.",
        published="2025-06-02T10:00Z",
        topics=["Fires", "Docks"],
    )
    admin_client.post(reverse("admin:archive_article_change", args=[article.pk]), {**sent, "byline": "C. Dee"})
    article.refresh_from_db()
    assert article.curated_fields == ["byline"]
    assert (article.headline, article.byline) == ("Huge fire", "C. Dee")
    assert f"{article.published:%H:%M}" == "10:00"
    assert [topic.name for topic in article.topics.all()] == ["Docks", "Fires"]


def test_page_saved_without_edits_changes_nothing(
    receive: Callable[..., Article], page_of: Callable[..., dict[str, Any]], admin_client: Client
) -> None:
    article = receive(standfirst="One line.\nAnother line.", published="2025-06-02T10:00:01.5Z", byline="A. Bell")
    admin_client.post(reverse("admin:archive_article_change", args=[article.pk]), page_of(article))
    article.refresh_from_db()
    assert (article.curated_fields, article.standfirst) == ([], "One line.\nAnother line.")
    assert article.published is not None
    assert article.published.microsecond == 500_000
    sent = {**page_of(article), "note": "One line.\r\nAnother line."}
    admin_client.post(reverse("admin:archive_article_change", args=[article.pk]), sent)
    article.refresh_from_db()
    assert (article.curated_fields, article.note) == (["note"], "One line.\nAnother line.")


def test_page_with_an_error_keeps_the_values_that_it_showed(
    receive: Callable[..., Article], page_of: Callable[..., dict[str, Any]], admin_client: Client
) -> None:
    article = receive()
    sent = page_of(article)
    url = reverse("admin:archive_article_change", args=[article.pk])
    assert "Enter a valid URL" in admin_client.post(url, {**sent, "url": "x"}).content.decode()
    assert "This field is required" in admin_client.post(url, {**sent, "headline": " "}).content.decode()


def test_live_page_of_many_sections_can_be_opened_and_saved(
    receive: Callable[..., Article],
    page_of: Callable[..., dict[str, Any]],
    admin_client: Client,
    django_assert_max_num_queries: Any,
) -> None:
    entries = [{"id": str(number), "text": f"Entry {number}."} for number in range(600)]
    article = receive(kind="live", text="", sections=entries)
    url = reverse("admin:archive_article_change", args=[article.pk])
    with django_assert_max_num_queries(16):
        page = admin_client.get(url).content.decode()
    assert page.count('<li id="e') == 500
    assert len(page) < 300_000
    assert f'href="{reverse("admin:archive_section_changelist")}?article={article.pk}"' in page
    answer = admin_client.post(url, {**page_of(article), "byline": "C. Dee"})
    assert answer.status_code == 302
    article.refresh_from_db()
    assert article.byline == "C. Dee"
    assert article.sections.count() == 600
