"""What staff without the right to see what is withheld can find out, or free, by what they ask of the admin."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from archive.models import (
    Article,
    ArticleVersion,
    Capture,
    Edit,
    IngestRun,
    Operation,
    Section,
    Source,
    Topic,
    Withholding,
)
from archive.operations import EDITED, operation
from archive.sight import visible
from tests.archive.admin.intake_page import curator, file, fire, send
from tests.archive.admin.plans import confirm_plan, is_plan
from tests.withheld_stories import E1, FIRST, U1, U2, W1, take_in

pytestmark = pytest.mark.django_db

EVERY = tuple(
    f"{act}_{model}"
    for act in ("change", "delete", "view")
    for model in ("article", "source", "topic", "capture", "problem", "edit", "ingestrun")
)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(curator(*EVERY, "add_ingestrun", "change_in_bulk", "merge_names"))
    return client


@pytest.fixture
def half_shown() -> Article:
    """An article that readers see, of which an earlier version is withheld."""
    take_in((W1, U2))
    return Article.objects.get()


@pytest.mark.parametrize(
    "asked",
    [
        "article/?withholdings__isnull=False",
        "article/?versions={version}",
        "article/?captures={capture}",
        "article/?external_id__startswith=story",
        "article/?url_key__contains=story",
        "article/?status_freed_to__lt=1",
        "source/?articles={article}",
        "topic/?articles={article}",
        "ingestrun/?captures={capture}",
        "capture/?repeated_by__isnull=True",
    ],
)
def test_lists_are_not_narrowed_down_by_what_they_do_not_show(
    staff: Client, admin_client: Client, half_shown: Article, asked: str
) -> None:
    numbers = {
        "article": half_shown.pk,
        "version": half_shown.versions.order_by("pk")[0].pk,
        "capture": Capture.objects.order_by("pk")[0].pk,
    }
    url = "/admin/archive/" + asked.format(**numbers)
    assert staff.get(url).status_code == 400
    assert admin_client.get(url).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "article/?status__exact=usable",
        "article/?topics__id__exact={topic}",
        "article/?source__kind__exact=outlet",
        "article/?id__in={article}",
        "article/?headline__contains=headlineu2",
        "capture/?run={run}",
        "problem/?run={run}",
        "problem/?article__isnull=True",
        "source/?kind__exact=outlet",
    ],
)
def test_lists_are_narrowed_down_by_what_they_show(staff: Client, half_shown: Article, asked: str) -> None:
    numbers = {"article": half_shown.pk, "topic": Topic.objects.all()[0].pk, "run": IngestRun.objects.all()[0].pk}
    assert staff.get("/admin/archive/" + asked.format(**numbers)).status_code == 200


def test_articles_of_a_run_are_those_of_which_its_captures_are_shown(staff: Client, half_shown: Article) -> None:
    runs = [version.capture.run_id for version in half_shown.versions.order_by("pk")]
    found = [staff.get(f"/admin/archive/article/?run={run}").context["cl"].result_count for run in runs]
    assert found == [0, 1]


def test_run_does_not_tell_that_an_article_has_a_hidden_version(staff: Client, half_shown: Article) -> None:
    run = half_shown.versions.order_by("pk")[1].capture.run_id
    [(version, _)] = staff.get(f"/admin/archive/ingestrun/{run}/change/").context["received"]
    assert not version.known


@pytest.mark.parametrize("hidden", ["withheld", "embargo"])
def test_preview_does_not_name_a_hidden_article(staff: Client, admin_client: Client, hidden: str) -> None:
    send(admin_client, file("a.json", fire()))
    article = Article.objects.get()
    article.headline = "Secret words"
    article.status = "withheld" if hidden == "withheld" else "usable"
    article.embargo = FIRST.replace(year=2099) if hidden == "embargo" else None
    article.save()
    assert "secret-words" in send(admin_client, file("a.json", fire()), step="preview").content.decode()
    page = send(staff, file("a.json", fire()), step="preview").content.decode()
    assert "secret-words" not in page
    assert "lready in the archive" not in page


def test_preview_names_an_article_that_is_shown(staff: Client) -> None:
    send(staff, file("a.json", fire()))
    assert "lready in the archive" in send(staff, file("a.json", fire()), step="preview").content.decode()


def test_merge_counts_the_articles_that_its_user_may_see(staff: Client) -> None:
    take_in((U1,), story="shown")
    take_in((U2,), story="hidden")
    hidden = Article.objects.get(external_id="hidden")
    hidden.source = Source.objects.get(name__endswith="u1")
    hidden.embargo = FIRST + timedelta(days=40_000)
    hidden.save()
    kept = Source.objects.create(name="Kept")
    take_in((W1,), story="third")
    Article.objects.filter(external_id="third").update(source=kept, status="usable")
    Withholding.objects.all().delete()
    picked = [kept.pk, Source.objects.get(name__endswith="u1").pk]
    response = staff.post(
        "/admin/archive/source/",
        {"action": "merge", "_selected_action": picked, "select_across": "0", "kept": kept.pk, "shown_count": 2},
    )
    assert Article.objects.filter(source=kept).count() == 3
    assert ["It got 1 article." in str(message) for message in get_messages(response.wsgi_request)] == [True]


def test_only_who_sees_what_is_withheld_can_free_it(staff: Client, admin_client: Client, half_shown: Article) -> None:
    def free(client: Client) -> None:
        sent = {"action": "set_fields", "_selected_action": [half_shown.pk], "select_across": "0", "shown_count": 1}
        values = {"status": "usable", "cleared": "embargo"}
        page = client.post("/admin/archive/article/", {**sent, **values}, follow=True)
        if is_plan(page):
            confirm_plan(client, page)

    page = staff.get(f"/admin/archive/article/{half_shown.pk}/change/")
    assert not {"status", "embargo"} & set(page.context["adminform"].form.fields)
    free(staff)
    assert Withholding.objects.exists()
    free(admin_client)
    assert not Withholding.objects.exists()


def test_what_a_run_received_is_not_looked_up_in_a_list_of_all() -> None:
    """For each of 10,000 captures, SQLite looked for 10,000 versions: 8 seconds for the page of a run."""
    user = curator("view_ingestrun")
    for model in (ArticleVersion, Section):
        sql = str(visible(model._default_manager.all(), user).query)
        assert f'"{model._meta.db_table}"."id" IN (' not in sql


def test_an_embargo_ends_while_the_server_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The conditions are made once for a process, and know the time of each query."""
    take_in((replace(E1, embargo=FIRST + timedelta(days=1)),))
    article = Article.objects.get()
    with operation(EDITED, user_name="ann", label="Edited") as act:
        act.watch(Article, [article.pk])
        article.byline = "Cy Roe"
        article.save()
    user = curator("view_article")
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(article),
        object_id=str(article.pk),
        object_repr="Story",
        action_flag=CHANGE,
    )
    models: tuple[type[Model], ...] = (
        Article,
        ArticleVersion,
        Capture,
        Section,
        Source,
        Topic,
        Edit,
        Operation,
        LogEntry,
    )
    for days, expected in ((0, 0), (2, 1), (0, 0)):
        now = FIRST + timedelta(days=days)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        counts = {model.__name__: visible(model._default_manager.all(), user).count() for model in models}
        assert counts == {model.__name__: expected for model in models} | {"Section": 2 * expected}
