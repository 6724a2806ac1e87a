"""A section beside the results: what htmx gets of its page, and who may see it."""

import re
from typing import Any

import pytest
from django.test import Client

from archive.models import Article, Section
from search.index import engine
from search.results.name_spellings import name_table

from ..page_tools import entry, fetch, ingest_live_page, links

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(db: None) -> Article:
    words = "The bridge <b>opened</b>, says the half-built union."
    return ingest_live_page([entry("e1", words, heading="On the bridge")])


def test_htmx_gets_the_words_with_marks_and_the_page_has_the_same(live: Article, client: Client) -> None:
    address = live.sections.get().get_absolute_url()
    part, page = (fetch(client, f"{address}?q=bridge+OR+half-built", part=part) for part in (True, False))
    for html in (part, page):
        assert "On the <mark>bridge</mark>" in html
        assert "The <mark>bridge</mark> &lt;b&gt;opened&lt;/b&gt;, says the" in html
        assert '<mark><span class="unbroken">half-built</span></mark>' in html
    assert "<html" not in part
    assert "<h1" not in part
    assert "<mark>" not in fetch(client, address, part=True)
    # In a text from right to left a day before its month would go to the other end.
    assert re.search(r'<p class="meta" lang="en">\s*<span dir="ltr">', part)
    assert "HX-Request" in client.get(address)["Vary"]


def test_its_links_keep_the_search(live: Article, client: Client) -> None:
    section = live.sections.get()
    part = fetch(client, f"{section.get_absolute_url()}?q=bridge", part=True)
    assert f"{live.get_absolute_url()}?q=bridge" in [href.partition("#")[0] for href in links(part)]
    assert f"{section.get_absolute_url()}cite/?q=bridge" in links(part)
    assert live.url in links(part)
    for href in links(part):
        if href.startswith("/"):
            fetch(client, href.partition("#")[0])


def test_it_is_shown_to_those_who_may_see_the_page(live: Article, client: Client, settings: Any) -> None:
    address = live.sections.get().get_absolute_url()
    Article.objects.update(status="withheld")
    fetch(client, address, 404, part=True)
    Article.objects.update(status="usable")
    settings.LOGIN_TO_SEARCH = True
    assert client.get(address, headers={"HX-Request": "true"})["HX-Redirect"].startswith("/login/")
    assert Section.objects.count() == 1


def test_a_query_that_cannot_be_read_marks_nothing(live: Article, client: Client) -> None:
    part = fetch(client, f"{live.sections.get().get_absolute_url()}?q=a+w%2F0+b", part=True)
    assert "The bridge" in part
    assert "<mark>" not in part


def test_it_takes_few_queries(live: Article, client: Client, django_assert_max_num_queries: Any) -> None:
    address = f"{live.sections.get().get_absolute_url()}?q=bridge"
    name_table(engine())
    with django_assert_max_num_queries(10):
        client.get(address, headers={"HX-Request": "true"})
