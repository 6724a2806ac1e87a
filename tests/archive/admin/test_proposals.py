"""Proposals to merge two articles, as curators see and decide them, and what readers find afterwards."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from archive.admin import proposals
from archive.copies import Proposal, ProposedPair, find_pairs, load_proposals
from archive.curation import Terms, mark_curated
from archive.models import Article, Operation
from archive.operations import EDITED, delete_for_good, operation, undo, withdraw
from archive.search_port import no_progress
from search.articles import capture_name
from search.index import drain, verify
from tests.archive.likeness.stories import story
from tests.conftest import NOW
from tests.withheld_stories import FAR

STORY = story(1, words=40)
URL = "/admin/archive/copyjudgement/"


def article(headline: str, url: str, paragraphs: list[str], **values: Any) -> dict[str, Any]:
    return {
        "headline": headline,
        "url": url,
        "source": "The Courier",
        "published": "2025-03-01T10:00:00Z",
        "sections": [{"text": "\n".join(paragraphs)}],
        **values,
    }


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(
        [
            article("Storm <b>", "https://courier.example/storm", STORY),
            article("Storm in print", "https://courier.example/print/7", [*STORY, "Corrected <i>since</i>."]),
            article("Storm elsewhere", "https://herald.example/storm", STORY, source="The Herald"),
            article("Storm again", "https://courier.example/8", STORY, published="2025-03-20T10:00:00Z"),
            article("Storm, shorter", "https://courier.example/9", STORY[:5]),
        ]
    )


def of(headline: str) -> Article:
    return Article.objects.get(headline=headline)


def test_start_page_has_the_pairs_as_a_task(admin_client: Client) -> None:
    assert "Pair of copies to judge" in admin_client.get("/admin/").content.decode()
    decide(admin_client, "apart")
    assert "copies to judge" not in admin_client.get("/admin/").content.decode()


def proposed() -> list[Proposal]:
    return load_proposals(find_pairs(NOW), NOW)


def decide(client: Client, decision: str, *, commit: Any = None) -> str:
    first, second = of("Storm <b>"), of("Storm in print")
    values = {"decision": decision, "article": first.pk, "other": second.pk}
    page = client.post(URL, values, follow=True).content.decode()
    drain(no_progress)
    return page


def curator(*rights: str) -> Client:
    user = User.objects.create_user("cleo", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(user)
    return client


def test_one_article_at_two_addresses_is_proposed_and_nothing_else() -> None:
    assert [(found.article.headline, found.other.headline) for found in proposed()] == [
        ("Storm <b>", "Storm in print")
    ]


def test_articles_are_loaded_for_one_page_of_many_pairs(
    admin_client: Client, ingest_file: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = [article(f"Copy {number}", f"https://courier.example/copy/{number}", STORY) for number in range(3)]
    (tmp_path / "copies.jsonl").write_text("".join(json.dumps(copy) + "\n" for copy in copies))
    ingest_file(tmp_path / "copies.jsonl")
    drain(no_progress)
    with CaptureQueriesContext(connection) as captured:
        assert len(find_pairs(NOW)) == 10
    assert len(captured) == 1
    assert "headline" not in captured[0]["sql"]
    loaded: list[int] = []

    def load(pairs: Sequence[ProposedPair], now: datetime) -> list[Proposal]:
        loaded.append(len(pairs))
        return load_proposals(pairs, now)

    monkeypatch.setattr(proposals, "load_proposals", load)
    monkeypatch.setattr(proposals, "_PER_PAGE", 4)
    page = admin_client.get(URL, {"p": "3"}).content.decode()
    assert "10 proposals" in page
    assert "Page 3 of 3" in page
    assert loaded == [2]


def test_both_are_side_by_side_with_what_differs(admin_client: Client) -> None:
    page = admin_client.get(URL).content.decode()
    assert "1 proposal" in page
    assert "<bdi>Storm &lt;b&gt;</bdi>" in page
    assert "<ins>Corrected &lt;i&gt;since&lt;/i&gt;.</ins>" in page
    assert page.count(STORY[3]) == 2


def test_a_merged_article_leads_to_the_other_and_keeps_its_captures(admin_client: Client, client: Client) -> None:
    merged, kept = of("Storm in print"), of("Storm <b>")
    section = merged.sections.get()
    assert "Operations can undo it" in decide(admin_client, "first")
    assert proposed() == []
    response = client.get(merged.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, kept.get_absolute_url())
    assert client.get(f"/articles/{merged.pk}/").status_code == 301
    # What was cited is still there, word for word.
    capture = f"?capture={capture_name(merged.versions.get().capture)}"
    assert "Corrected" in client.get(merged.get_absolute_url() + capture).content.decode()
    assert client.get(section.get_absolute_url()).status_code == 200
    page = client.get(kept.get_absolute_url()).content.decode()
    assert "Captured at another address" in page
    assert f'href="{merged.get_absolute_url()}{capture}"' in page
    assert "</mark> in print" not in client.get("/", {"q": "storm"}).content.decode()
    assert f"/articles/{merged.pk}/" not in client.get("/sitemap.xml").content.decode()
    assert verify(no_progress).clean
    undo(Operation.objects.get(), user_name="ben")
    drain(no_progress)
    assert client.get(merged.get_absolute_url()).status_code == 200
    assert "</mark> in print" in client.get("/", {"q": "storm"}).content.decode()
    assert len(proposed()) == 1


def test_addresses_of_a_merged_article_lead_to_the_last_one_kept(admin_client: Client, client: Client) -> None:
    decide(admin_client, "first")
    values = {"decision": "second", "article": of("Storm <b>").pk, "other": of("Storm again").pk}
    admin_client.post(URL, values)
    assert client.get(of("Storm in print").get_absolute_url())["Location"] == of("Storm again").get_absolute_url()


HIDDEN: dict[str, tuple[Callable[[Article], Any], int]] = {
    "withdrawn": (lambda kept: withdraw([kept], Terms("law"), user_name="ben"), 451),
    "its section withdrawn": (lambda kept: withdraw([kept.sections.get()], Terms("law"), user_name="ben"), 301),
    "in the trash": (lambda kept: edit(kept, trashed=NOW), 404),
    "withheld": (lambda kept: edit(kept, status="withheld"), 404),
    "under embargo": (lambda kept: edit(kept, embargo=FAR), 404),
}


def edit(article: Article, **values: Any) -> None:
    with operation(EDITED, user_name="ben", label="Edited") as act:
        act.watch(Article, [article.pk])
        mark_curated(article, values)
        for name, value in values.items():
            setattr(article, name, value)
        article.save()


@pytest.mark.parametrize("act", HIDDEN)
def test_another_address_is_closed_with_its_article(admin_client: Client, client: Client, act: str) -> None:
    merged, kept = of("Storm in print"), of("Storm <b>")
    decide(admin_client, "first")
    capture = f"{merged.get_absolute_url()}?capture={capture_name(merged.versions.get().capture)}"
    pages = [capture, f"/articles/{merged.pk}/captures/", f"/articles/{merged.pk}/cite/"]
    pages += [merged.sections.get().get_absolute_url()]
    assert [client.get(page).status_code for page in pages] == [200] * 4
    hide, status = HIDDEN[act]
    hide(kept)
    assert {client.get(page).status_code for page in pages} == {404 if status == 301 else status}
    assert client.get(merged.get_absolute_url()).status_code == status
    assert not any("Storm in print" in client.get(page).content.decode() for page in pages)
    undo(Operation.objects.order_by("pk").last() or Operation(), user_name="ben")
    assert [client.get(page).status_code for page in pages] == [200] * 4


def test_another_address_is_deleted_for_good_with_its_article(admin_client: Client, client: Client) -> None:
    merged, kept = of("Storm in print"), of("Storm <b>")
    decide(admin_client, "first")
    edit(kept, trashed=NOW)
    assert delete_for_good([kept.pk], user_name="ben") == 2
    assert client.get(f"/articles/{merged.pk}/").status_code == 410


def test_articles_judged_not_the_same_are_proposed_no_more(admin_client: Client) -> None:
    decide(admin_client, "apart")
    assert proposed() == []
    assert "There are no proposals" in admin_client.get(URL).content.decode()
    assert Operation.objects.get().label.startswith("Judged “Storm <b>” to be two")


def test_a_second_press_of_the_button_changes_nothing(admin_client: Client) -> None:
    decide(admin_client, "first")
    assert "merged or moved to the trash since" in decide(admin_client, "first")
    assert Operation.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"decision": "first", "article": "x", "other": "2"},
        {"decision": "other", "article": "1", "other": "2"},
        {"decision": "first", "article": "999", "other": "1"},
        {"decision": "first", "article": "9" * 30, "other": "1"},
    ],
)
def test_a_broken_form_changes_nothing(admin_client: Client, values: dict[str, str]) -> None:
    page = admin_client.post(URL, values, follow=True).content.decode()
    assert "Nothing was done" in page
    assert not Article.objects.exclude(same_as=None).exists()


def test_only_those_who_may_see_judge_and_merge() -> None:
    assert curator("view_source").get(URL).status_code == 403
    viewer = curator_again("view_article")
    assert "Merge, keep" not in viewer.get(URL).content.decode()
    values = {"decision": "apart", "article": of("Storm <b>").pk, "other": of("Storm in print").pk}
    assert viewer.post(URL, values).status_code == 403
    editor = curator_again("view_article", "change_article")
    assert editor.post(URL, {**values, "decision": "first"}).status_code == 403
    assert editor.post(URL, values).status_code == 302


def curator_again(*rights: str) -> Client:
    User.objects.filter(username="cleo").delete()
    return curator(*rights)


def test_hidden_articles_are_not_proposed(admin_client: Client) -> None:
    Article.objects.filter(headline="Storm in print").update(status="withheld")
    assert proposed() == []
    assert reverse("admin:archive_copyjudgement_changelist") == URL
