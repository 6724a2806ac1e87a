"""Curation: what a librarian sets reaches search, what is evidence stays."""

import dataclasses
import html
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from lxml.html import fromstring

from archive import search_port
from archive.current_values import zone_of
from archive.models import Article, Capture, Change, Problem, Section, Source, Topic
from archive.models.articles import UNKNOWN_SOURCE
from search.results.answers import Answer
from tests.conftest import SEED

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
Commit = Callable[..., Any]


def form_of(article: Article, **changes: object) -> dict[str, object]:
    """Returns what the article's form posts, with changes."""
    return {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "source": article.source_id,
        "kind": article.kind,
        "topics": [topic.pk for topic in article.topics.all()],
        "byline": article.byline,
        "url": article.url,
        "language": article.language,
        "published_0": "",
        "published_1": "",
        "published_precision": "",
        "updated_0": "",
        "updated_1": "",
        "status": article.status,
        "embargo_0": "",
        "embargo_1": "",
        "note": article.note,
        "sections-TOTAL_FORMS": "0",
        "sections-INITIAL_FORMS": "0",
        **changes,
    }


@pytest.fixture
def save(admin_client: Client, django_capture_on_commit_callbacks: Commit) -> Callable[..., Any]:
    def save(article: Article, **changes: object) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            url = reverse("admin:archive_article_change", args=[article.pk])
            response = admin_client.post(url, form_of(article, **changes), follow=True)
        article.refresh_from_db()
        return response

    return save


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


def test_article_that_a_curator_withholds_is_found_no_more(seed: Article, save: Callable[..., Any], ask: Ask) -> None:
    save(seed, status="withheld", note="Taken down at the request of the court.")
    seed.refresh_from_db()
    assert seed.curated_fields == ["note", "status"]
    assert ask("prisoner").total == 0
    save(seed, status="usable")
    assert ask("prisoner").total > 0


def test_topic_given_to_an_article_can_be_searched(seed: Article, save: Callable[..., Any], ask: Ask) -> None:
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
def test_time_that_cannot_be_is_refused(seed: Article, save: Callable[..., Any], day: str, message: str) -> None:
    for name in ("published", "updated"):
        times = {f"{name}_0": day, f"{name}_1": "18:00:00", f"{name}_precision": "day"}
        response = save(seed, **times)
        assert response.status_code == 200
        assert message in response.content.decode()
    seed.refresh_from_db()
    assert (seed.published, seed.updated) == (None, None)


def test_scheme_of_an_address_may_be_in_capitals(seed: Article, save: Callable[..., Any]) -> None:
    save(seed, url="HTTPS://courier.example/Fire")
    assert seed.url == "https://courier.example/Fire"
    assert b"Enter a valid URL." in save(seed, url="HTTPS:/courier.example/Fire").content


def test_what_is_undated_stands_after_all_dates(seed: Article, admin_client: Client) -> None:
    dated = Article.objects.create(
        source=seed.source, headline="Quokka", published=datetime(2025, 6, 2, tzinfo=UTC), published_precision="day"
    )
    url = reverse("admin:archive_article_changelist")
    for order, found in (("", [dated, seed]), ("4", [seed, dated]), ("-4", [dated, seed])):
        listing = admin_client.get(url, {"o": order} if order else {}).context["cl"]
        assert list(listing.result_list) == found, order


def test_what_was_received_can_be_shown_again(
    seed: Article,
    save: Callable[..., Any],
    admin_client: Client,
    ask: Ask,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    save(seed, headline="Quokka", published_0="2025-06-02", published_1="18:00:00", published_precision="day")
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(
            reverse("admin:archive_article_changelist"),
            {"action": "show_as_received", "_selected_action": [seed.pk]},
        )
    seed.refresh_from_db()
    assert seed.headline.startswith("Ukraine-Russia war latest")
    assert (seed.published, seed.published_precision, seed.curated_fields) == (None, "", [])
    assert ask("headline:quokka").total == 0


def test_what_no_capture_says_is_taken_back_too(seed: Article, save: Callable[..., Any], admin_client: Client) -> None:
    source = Source.objects.create(name="Courier")
    embargo = {"embargo_0": "2125-06-02", "embargo_1": "18:00:00"}
    dated = {"updated_0": "2025-06-02", "updated_1": "18:00:00"}
    words = {"byline": "Cy Roe", "url": "https://courier.example/a", "language": "en", "note": "Checked."}
    save(seed, source=source.pk, status="withheld", **words, **embargo, **dated)
    assert len(seed.curated_fields) == 8
    data = {"action": "show_as_received", "_selected_action": [seed.pk]}
    admin_client.post(reverse("admin:archive_article_changelist"), data)
    seed.refresh_from_db()
    assert (seed.source.name, seed.status, seed.embargo, seed.updated) == ("Unknown source", "usable", None, None)
    assert [getattr(seed, name) for name in words] == ["", "", "", ""]
    assert seed.curated_fields == []


def test_renamed_source_reaches_its_articles(
    seed: Article, admin_client: Client, ask: Ask, django_capture_on_commit_callbacks: Commit
) -> None:
    url = reverse("admin:archive_source_change", args=[seed.source_id])
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(url, {"name": "Marbeck Courier", "kind": "outlet", "homepage": "", "note": ""})
    assert ask('source:"marbeck courier"').articles == 1


def test_topics_are_offered_in_the_order_of_their_names(seed: Article, admin_client: Client) -> None:
    for name in ("Ports", "Ferries", "Bridges"):
        Topic.objects.create(name=name)
    asked = {"app_label": "archive", "model_name": "article", "field_name": "topics", "term": "r"}
    offered = admin_client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [one["text"] for one in offered] == ["Bridges", "Ferries", "Ports"]


def test_deleted_topic_leaves_the_index(
    seed: Article, admin_client: Client, ask: Ask, django_capture_on_commit_callbacks: Commit
) -> None:
    topic = Topic.objects.create(name="Doomed")
    seed.topics.add(topic)
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(reverse("admin:archive_topic_delete", args=[topic.pk]), {"post": "yes"})
    assert not Topic.objects.exists()
    assert not Change.objects.filter(done=None).exists()


@pytest.mark.parametrize("way", ["page", "action"])
def test_deleted_article_leaves_the_index_and_its_bytes_stay(
    seed: Article, admin_client: Client, ask: Ask, django_capture_on_commit_callbacks: Commit, way: str
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        if way == "page":
            admin_client.post(reverse("admin:archive_article_delete", args=[seed.pk]), {"post": "yes"})
        else:
            data = {"action": "delete_selected", "_selected_action": [seed.pk], "post": "yes"}
            admin_client.post(reverse("admin:archive_article_changelist"), data)
    assert not Article.objects.exists()
    assert ask("").total == 0
    assert Capture.objects.get().path.read_bytes() == SEED.read_bytes()


def test_search_box_asks_the_index(seed: Article, admin_client: Client) -> None:
    url = reverse("admin:archive_article_changelist")
    assert seed.headline in admin_client.get(url, {"q": '"nuclear power plant"'}).content.decode()
    assert seed.headline not in admin_client.get(url, {"q": "zebra"}).content.decode()
    assert "must be from 1 to 250 words" in admin_client.get(url, {"q": "peace w/0 talks"}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_save_that_cannot_be_indexed_is_saved_and_says_so(
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


def test_every_page_opens(seed: Article, admin_client: Client, take_in: Callable[..., Any], tmp_path: Any) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{}\n")
    take_in(broken)
    for model in ("article", "source", "topic", "capture", "ingestrun", "problem"):
        listing = admin_client.get(reverse(f"admin:archive_{model}_changelist"))
        assert listing.status_code == 200, model
    shown = (("article", seed), ("capture", Capture.objects.get()), ("ingestrun", Problem.objects.get().run))
    for name, pk in ((name, row.pk) for name, row in shown):
        page = admin_client.get(reverse(f"admin:archive_{name}_change", args=[pk]))
        assert page.status_code == 200, name
    assert "3 of 3 sections" in admin_client.get(reverse("admin:index")).content.decode()


def test_article_page_has_its_sections_in_few_queries(
    seed: Article, admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    url = reverse("admin:archive_article_change", args=[seed.pk])
    with django_assert_max_num_queries(20):
        page = admin_client.get(url).content.decode()
    for section in Section.objects.all():
        assert section.get_absolute_url() in page


def test_capture_is_a_download_that_no_browser_opens(seed: Article, admin_client: Client) -> None:
    response = admin_client.get(reverse("admin:archive_capture_bytes", args=[Capture.objects.get().pk]))
    assert b"".join(response.streaming_content) == SEED.read_bytes()  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_capture_needs_the_permission_to_see_it(seed: Article, client: Client) -> None:
    url = reverse("admin:archive_capture_bytes", args=[Capture.objects.get().pk])
    assert client.get(url).status_code == 302
    librarian = User.objects.create_user("lib", password="x", is_staff=True)
    client.force_login(librarian)
    assert client.get(url).status_code == 403
    librarian.user_permissions.add(Permission.objects.get(codename="view_capture"))
    response = client.get(url)
    assert response.status_code == 200
    response.close()


def test_problem_names_its_article_to_those_who_may_see_it(seed: Article, client: Client) -> None:
    problem = seed.versions.get().capture.run.problems.create(level="note", origin="a.txt", reason="odd", article=seed)
    librarian = User.objects.create_user("lib", password="x", is_staff=True)
    client.force_login(librarian)
    pages = [
        reverse("admin:archive_problem_changelist"),
        reverse("admin:archive_problem_change", args=[problem.pk]),
    ]
    for codename, named in (("view_problem", False), ("view_article", True)):
        librarian.user_permissions.add(Permission.objects.get(codename=codename))
        for page in pages:
            told = client.get(page).content.decode()
            assert "a.txt" in told
            assert ("Ukraine-Russia war latest" in told) == named


@pytest.mark.parametrize("model", ["capture", "ingestrun", "problem"])
def test_evidence_and_its_intake_are_read_only(seed: Article, admin_client: Client, model: str) -> None:
    if model != "ingestrun":  # whose "add" is the page that takes in documents
        assert admin_client.get(reverse(f"admin:archive_{model}_add")).status_code == 403
    run = Capture.objects.get().run
    problem = Problem.objects.create(run=run, level="note", origin="a.txt", reason="kept")
    pk = {"capture": Capture.objects.get().pk, "ingestrun": run.pk, "problem": problem.pk}[model]
    for action in ("delete", "change"):
        url = reverse(f"admin:archive_{model}_{action}", args=[pk])
        assert admin_client.post(url, {"post": "yes"}).status_code == 403


def test_source_with_articles_cannot_be_deleted(seed: Article, admin_client: Client) -> None:
    admin_client.post(reverse("admin:archive_source_delete", args=[seed.source_id]), {"post": "yes"})
    assert Source.objects.filter(pk=seed.source_id).exists()


# A page that was opened before something else was saved


@pytest.fixture
def page_of(admin_client: Client) -> Callable[[Article], dict[str, Any]]:
    """Opens an article's page and returns what a browser would send of it."""

    def page_of(article: Article) -> dict[str, Any]:
        page = admin_client.get(reverse("admin:archive_article_change", args=[article.pk])).content.decode()
        form = next(one for one in fromstring(page).forms if one.get("id") == "article_form")
        sent: dict[str, Any] = {}
        for name, value in form.form_values():
            sent.setdefault(name, []).append(value.replace("\n", "\r\n"))
        return {**sent, "_save": "Save"}

    return page_of


def test_page_that_was_opened_before_a_capture_takes_nothing_of_it_back(
    receive: Callable[..., Article], page_of: Callable[..., dict[str, Any]], admin_client: Client
) -> None:
    article = receive(published="2025-06-02", byline="A. Bell")
    sent = page_of(article)
    topic = Topic.objects.create(name="Ports")
    receive(
        headline="Huge fire",
        text="It spreads.",
        published="2025-06-02T10:00Z",
        byline="B. Carr",
        topics=["Fires", "Docks"],
    )
    admin_client.post(reverse("admin:archive_article_change", args=[article.pk]), {**sent, "byline": "C. Dee"})
    article.refresh_from_db()
    assert article.curated_fields == ["byline"]
    assert (article.headline, article.byline) == ("Huge fire", "C. Dee")
    assert f"{article.published:%H:%M}" == "10:00"
    assert [one.name for one in article.topics.all()] == ["Docks", "Fires"]
    admin_client.post(
        reverse("admin:archive_article_change", args=[article.pk]),
        {**sent, "topics": [topic.pk], "published_precision": "month"},
    )
    article.refresh_from_db()
    assert article.curated_fields == ["byline", "published", "topics"]
    assert (article.headline, article.byline) == ("Huge fire", "C. Dee")
    assert (f"{article.published:%H:%M}", article.published_precision) == ("00:00", "month")
    assert article.topics.get() == topic


def test_page_that_is_saved_as_it_is_changes_nothing(
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


def test_page_with_an_error_still_knows_what_it_showed(
    receive: Callable[..., Article], page_of: Callable[..., dict[str, Any]], admin_client: Client
) -> None:
    article = receive()
    sent = page_of(article)
    url = reverse("admin:archive_article_change", args=[article.pk])
    assert "Enter a valid URL" in admin_client.post(url, {**sent, "url": "x"}).content.decode()
    assert "This field is required" in admin_client.post(url, {**sent, "headline": " "}).content.decode()


# Sources and topics that were renamed

FIRE = {"id": "7", "source": "courier.example", "headline": "Fire", "text": "A fire.", "topics": ["Fires"]}


@pytest.fixture
def receive(take_in: Callable[..., Any], tmp_path: Path) -> Callable[..., Article]:
    """Takes in FIRE with these changes and returns the article that it is."""

    def receive(**changes: object) -> Article:
        path = tmp_path / "given.json"
        path.write_text(json.dumps({**FIRE, **changes}))
        return Article.objects.get(pk=take_in(path)[0].article_id)

    return receive


@pytest.fixture
def rename(admin_client: Client) -> Callable[..., Any]:
    def rename(one: Source | Topic, name: str) -> Any:
        kept = {"kind": "outlet", "homepage": "", "zone": ""} if isinstance(one, Source) else {}
        url = reverse(f"admin:archive_{one._meta.model_name}_change", args=[one.pk])
        return admin_client.post(url, {"name": name, "note": "", **kept})

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


def test_clock_of_a_renamed_source_goes_on(receive: Callable[..., Article], rename: Callable[..., Any]) -> None:
    source = receive().source
    rename(source, "The Courier")
    Source.objects.update(zone="Europe/Paris")
    article = receive(id="8", published="2025-06-02T14:30")
    assert f"{article.published:%H:%M}" == "12:30"
    assert zone_of("courier.example") == "Europe/Paris"


def test_name_that_a_curator_gave_and_took_back_is_another_source(
    receive: Callable[..., Article], rename: Callable[..., Any]
) -> None:
    source = receive().source
    for name in ("Gazette", "COURIER.example", "Courier.example", "The Courier"):
        rename(source, name)
        source.refresh_from_db()
    assert receive(id="8", source="Gazette").source.name == "Gazette"
    assert receive(id="9").source == source


def test_source_of_the_old_name_that_a_curator_makes_has_it(
    receive: Callable[..., Article], rename: Callable[..., Any]
) -> None:
    source = receive().source
    rename(source, "The Courier")
    made = Source.objects.create(name="Courier.example")
    assert receive(id="8").source == made
    made.articles.all().delete()
    made.delete()
    assert receive(id="9").source == source


def test_what_has_no_source_is_not_of_one_that_was_called_unknown(
    receive: Callable[..., Article], rename: Callable[..., Any]
) -> None:
    source = receive(source="").source
    rename(source, "The Courier")
    assert receive(id="8", source="").source.name == UNKNOWN_SOURCE


@pytest.mark.parametrize(("model", "name"), [(Source, "courier.example"), (Topic, "Fires")])
def test_name_that_another_has_is_refused_with_the_cure(
    receive: Callable[..., Article], rename: Callable[..., Any], model: type[Source | Topic], name: str
) -> None:
    receive()
    other = model._default_manager.create(name="Other")
    page = rename(other, name.upper()).content.decode()
    assert f"There is a {model._meta.verbose_name} “{name}” already." in html.unescape(page)
    assert "Constraint" not in page
