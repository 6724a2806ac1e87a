"""An address in the search of the admin's lists leads to its articles and captures, in any of its spellings."""

import re
from datetime import timedelta
from typing import cast

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import ingest_items
from archive.ingest.runs import start_run
from archive.items import ArticleItem, Hints, SectionItem, Status
from archive.models import Article, Capture
from archive.search_port import no_progress
from search.index import sync
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

# Story, the address that it states, the address that it came from, whether it may be shown.
RECEIVED = [
    ("ferry", "https://www.a.example/news/ferry-1", "https://m.a.example/live/ferry", "usable"),
    ("bridge", "https://a.example/bridge", "", "usable"),
    ("secret", "https://a.example/secret", "https://a.example/hidden", "withheld"),
]
SPELLINGS = {
    "ferry": [
        "https://a.example/live/ferry",
        "HTTP://WWW.A.EXAMPLE/live/ferry/?utm_source=x#top",
        "a.example/live/ferry",
    ],
    "bridge": ["https://www.a.example/bridge", "a.example/bridge?fbclid=1"],
    "secret": ["https://a.example/secret", "a.example/hidden/"],
}


@pytest.fixture(autouse=True)
def archive(db: None) -> None:
    run = start_run("test")
    for number, (story, url, address, status) in enumerate(RECEIVED):
        item = ArticleItem(
            headline=f"The {story}",
            sections=(SectionItem((f"Words of {story}.",)),),
            raw=story.encode(),
            media_type="text/plain",
            reader="test/1",
            source="Agency",
            external_id=story,
            url=url,
            address=address,
            status=cast(Status, status),
        )
        captured = CaptureTime(NOW + timedelta(hours=number), "test")
        list(ingest_items([item], Hints("test"), run=run, captured=captured))
    sync.drain(no_progress)


def listed(client: Client, model: str, q: str) -> set[int]:
    page = client.get(reverse(f"admin:archive_{model}_changelist"), {"q": q}).content.decode()
    return {int(number) for number in re.findall(rf"/archive/{model}/(\d+)/change/", page)}


@pytest.mark.parametrize("story", SPELLINGS)
def test_curator_finds_articles_and_captures_by_any_spelling(admin_client: Client, story: str) -> None:
    article = Article.objects.get(external_id=story)
    captures = set(Capture.objects.filter(articles=article).values_list("pk", flat=True))
    for written in SPELLINGS[story]:
        assert listed(admin_client, "article", written) == {article.pk}, written
        assert listed(admin_client, "capture", written) == captures, written


def test_staff_who_see_no_withheld_article_find_none_by_its_address(client: Client) -> None:
    staff = User.objects.create_user("lib", password="x", is_staff=True)
    names = ["view_capture", "change_article", "delete_article"]
    staff.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(staff)
    for written in SPELLINGS["secret"]:
        assert listed(client, "article", written) == set()
        assert listed(client, "capture", written) == set()
    (ferry,) = Capture.objects.filter(articles__external_id="ferry")
    assert listed(client, "capture", SPELLINGS["ferry"][0]) == {ferry.pk}
    assert listed(client, "article", SPELLINGS["bridge"][0]) == {Article.objects.get(external_id="bridge").pk}


def test_other_words_are_searched_as_before(admin_client: Client) -> None:
    assert listed(admin_client, "article", "ferry") == {Article.objects.get(external_id="ferry").pk}
    assert listed(admin_client, "capture", "absent") == set()
