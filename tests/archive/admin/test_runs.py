"""The page of a run: its articles and problems."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from archive.models import Article

from .intake_page import curator, file, fire, send, text_of

pytestmark = pytest.mark.django_db


def test_run_distinguishes_new_changed_and_known_articles(admin_client: Client) -> None:
    send(admin_client, file("a.jsonl", "\n".join(json.dumps(fire(id=key, headline=f"Fire {key}")) for key in "abc")))
    changed = [fire(id="a", headline="Fire a", text="It is out."), fire(id="b", headline="Fire b", topics=[])]
    lines = [*changed, fire(id="c", headline="Fire c"), fire(id="d", headline="Fire d")]
    page = text_of(
        admin_client.get(send(admin_client, file("b.jsonl", "\n".join(map(json.dumps, lines)))).headers["Location"])
    )
    assert re.search(r"Fire a \( curate \) changed , 1 section new or changed", page)
    assert re.search(r"Fire b \( curate \) received again , no section changed", page)
    assert re.search(r"Fire d \( curate \) new , 1 section received", page)
    assert "Fire c" not in page


def test_withheld_articles_are_listed_for_users_who_may_see_them(client: Client, admin_client: Client) -> None:
    client.force_login(curator("view_ingestrun"))
    withheld = {
        "uri": "urn:1",
        "type": "text",
        "headline": "Budget leaked",
        "pubstatus": "withheld",
        "body_text": "Word.",
    }
    location = send(admin_client, file("a.json", withheld), file("b.json", fire())).headers["Location"]
    assert "Budget leaked" in text_of(admin_client.get(location))
    page = text_of(client.get(location))
    assert "Fire in Marbeck" in page
    assert "Budget leaked" not in page


def test_run_lists_some_and_leads_to_all(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("archive.admin.runs.MAX_LISTED", 3)
    lines = [json.dumps(fire(id=str(number), headline=f"Fire {number}")) for number in range(5)] + ["[]"] * 4
    location = send(admin_client, file("a.jsonl", "\n".join(lines))).headers["Location"]
    send(admin_client, file("b.json", fire(id="other", headline="Flood")))
    with django_assert_max_num_queries(16):
        response = admin_client.get(location)
    page = text_of(response)
    assert "The first 3 of 5 are shown" in page
    assert "and 1 more of this kind: list all of them" in page
    links = re.findall(r'href="(/admin/archive/(?:article|problem)/\?[^"]*)"', response.content.decode())
    of_kind, problems, articles = (admin_client.get(html.unescape(link)).content.decode() for link in links)
    assert "4 problems" in of_kind
    assert "5 articles" in articles
    assert "Flood" not in articles
    assert "4 problems" in problems


def test_run_explains_that_an_earlier_run_received_the_same_bytes(admin_client: Client) -> None:
    send(admin_client, file("a.json", fire()))
    Article.objects.get().delete()
    page = text_of(admin_client.get(send(admin_client, file("a.json", fire())).headers["Location"]))
    assert "Ingested: 1 new" in page
    assert "An earlier run received the same bytes first" in page
    assert "was in the archive, or was rejected" not in page


@pytest.mark.parametrize("run", ["0", "x", "-1", "9" * 30, "١"])
def test_impossible_run_in_the_address_is_no_error(admin_client: Client, run: str) -> None:
    assert admin_client.get(reverse("admin:archive_article_changelist"), {"run": run}).status_code == 200


def test_run_that_does_not_exist_redirects(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:archive_ingestrun_change", args=[99])).status_code == 302
