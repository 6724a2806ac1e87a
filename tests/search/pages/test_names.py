"""The page of a name: its spellings, its mentions, its statements, and what it is named with."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from archive.curation import Terms
from archive.models import Article, Name, Spelling, Verdict
from archive.operations import withdraw
from archive.search_port import no_progress
from search.index import sync
from tests.annotated import annotate

pytestmark = pytest.mark.django_db

TALKS = 'Andriy Yermak met Maria Braun in Kyiv.\n"Kyiv waits for an answer," Andriy Yermak told Reuters.'
LATER = '"Andriy Yermak is right," said Maria Braun.'
OTHER = "Maria Braun was in Oslo, where nobody spoke."


@pytest.fixture
def talks(begin_with: Callable[..., None]) -> None:
    begin_with(
        [
            {
                "headline": f"Talks {number}",
                "text": text,
                "source": "Courier",
                "published": f"2025-06-0{number}T10:00Z",
            }
            for number, text in enumerate((TALKS, LATER, OTHER), start=1)
        ]
    )
    annotate()


def number_of(label: str) -> int:
    return Name.objects.get(label=label).pk


def page_of(client: Client, label: str, parameters: str = "") -> str:
    return client.get(f"/names/{number_of(label)}/{parameters}").content.decode()


def test_it_shows_mentions_statements_and_company(client: Client, talks: None) -> None:
    page = page_of(client, "Andriy Yermak")
    assert "<title>Andriy Yermak" in page
    assert re.search(r">2 sections</a> mention this name", page)
    assert re.search(r'Statements by Andriy Yermak <span class="number">1<', page)
    assert re.search(r'Statements that name Andriy Yermak <span class="number">1<', page)
    assert "Andriy Yermak is right" in page
    assert '<svg width="100%"' in page
    assert '<bdi lang="en">Andriy Yermak</bdi> <small>Latin, en</small>' in page
    assert page.count('<p class="about" lang="en"><span>') == 2


def test_each_number_is_that_of_the_search_it_leads_to(client: Client, talks: None) -> None:
    for label in ("Andriy Yermak", "Maria Braun", "Kyiv"):
        page = page_of(client, label)
        links = re.findall(r'href="(/\?[^"]*)"><bdi>[^<]*</bdi> <span class="number">([\d,]+)<', page)
        links += re.findall(r'href="(/\?[^"]*)">([\d,]+) section', page)
        assert len(links) > 1
        for address, count in links:
            result = client.get(address.replace("&amp;", "&")).content.decode()
            assert re.search(rf"<h1[^>]*>{count} section", result), address


def test_names_of_its_own_type_are_counted_with_it(client: Client, talks: None) -> None:
    assert re.search(r'<bdi>Maria Braun</bdi> <span class="number">2<', page_of(client, "Andriy Yermak"))
    assert "Oslo" not in page_of(client, "Andriy Yermak")


def test_all_statements_have_pages(client: Client, talks: None) -> None:
    page = page_of(client, "Andriy Yermak", "?show=by")
    assert page.count('<li class="hit"') == 1
    assert "Kyiv waits" in page
    assert "Andriy Yermak is right" in page_of(client, "Andriy Yermak", "?show=naming")
    assert "There is nothing on this page" in page_of(client, "Andriy Yermak", "?show=by&page=2")


def test_what_is_hidden_shows_nothing(client: Client, talks: None) -> None:
    oslo, yermak = number_of("Oslo"), number_of("Andriy Yermak")
    assert client.get(f"/names/{oslo}/").status_code == 200
    withdraw(Article.objects.filter(headline__in=["Talks 3", "Talks 1"]), Terms("request"), user_name="editor")
    assert client.get(f"/names/{oslo}/").status_code == 404
    page = client.get(f"/names/{yermak}/").content.decode()
    assert re.search(r">1 section</a> mentions this name", page)
    assert re.search(r'Statements by Andriy Yermak <span class="number">0<', page)
    assert "Kyiv" not in page


def test_a_spelling_that_only_hidden_words_have_is_not_shown(client: Client, talks: None) -> None:
    kyiv = Name.objects.get(label="Kyiv")
    oslo = Spelling.objects.get(text="Oslo")
    Spelling.objects.filter(pk=oslo.pk).update(name=kyiv, curated=True)
    added = Spelling.objects.create(
        name=kyiv, type=kyiv.type, text="Київ", folded="київ", script="Cyrl", sound="kiv", curated=True
    )
    assert "Oslo" in page_of(client, "Kyiv")
    withdraw([Article.objects.get(headline="Talks 3")], Terms("request"), user_name="editor")
    page = page_of(client, "Kyiv")
    assert "Oslo" not in page
    assert f"{added.text}</bdi> <small>Cyrillic" in page


def test_a_rejected_name_has_no_page_and_a_merged_one_leads_on(client: Client, talks: None) -> None:
    Name.objects.filter(label="Oslo").update(verdict=Verdict.REJECTED)
    assert client.get(f"/names/{number_of('Oslo')}/").status_code == 404
    kept = Name.objects.get(label="Maria Braun")
    other = Name.objects.create(type=kept.type, label="M. Braun", merged_into=kept)
    response = client.get(f"/names/{other.pk}/")
    assert (response.status_code, response.headers["Location"]) == (302, f"/names/{kept.pk}/")
    withdraw(Article.objects.all(), Terms("request"), user_name="editor")
    assert client.get(f"/names/{other.pk}/").status_code == 404
    assert client.get("/names/999999/").status_code == 404


def test_names_that_are_written_the_same_are_told_apart(client: Client, talks: None) -> None:
    other = Name.objects.create(type=1, label="Andriy Yermak")
    spelling = Spelling.objects.get(text="Maria Braun")
    Spelling.objects.filter(pk=spelling.pk).update(name=other)
    sync.drain(no_progress)
    page = client.get(f"/names/{Name.objects.filter(label='Andriy Yermak').earliest('pk').pk}/").content.decode()
    assert f'<a href="/names/{other.pk}/">' in page
    # The statement of the other is not its own.
    assert re.search(r'Statements by Andriy Yermak <span class="number">1<', page)


def test_addresses_and_words_are_escaped(client: Client, talks: None) -> None:
    Name.objects.filter(label="Oslo").update(
        note="<script>1</script>", same_as=["https://www.wikidata.org/wiki/Q585?a=<b>", "javascript:alert(1)"]
    )
    page = page_of(client, "Oslo")
    assert "<script>1" not in page
    assert 'href="https://www.wikidata.org/wiki/Q585?a=&lt;b&gt;"' in page
    assert "javascript:" not in page


def test_a_page_takes_no_more_queries_for_more_mentions(
    client: Client, talks: None, django_assert_max_num_queries: Any
) -> None:
    for label in ("Kyiv", "Andriy Yermak", "Maria Braun"):
        with django_assert_max_num_queries(27):
            page_of(client, label)
