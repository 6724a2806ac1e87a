"""The pages of articles, sections and citations, as a browser without JavaScript gets them."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from archive.models import Article, Section, Topic
from search.index import engine
from search.outputs.citations import CITATIONS
from search.results.name_spellings import name_table
from search.results.question import Question
from tests.conftest import BuildOnce

from ..page_tools import entry, fetch, ingest_live_page, links

pytestmark = pytest.mark.django_db

BRIDGE = entry("b", "A bridge opened.\nBuses crossed the bridge.", at="09:00", heading="On the bridge")
TALKS = entry("t", "Ministers met.", at="10:30", heading="Talks resume", key_event=True, byline="Cy Roe")


def make_live() -> None:
    """Two entries, the newest on top; the lower entry changed twice."""
    changed = entry("b", "A bridge opened.\nTwelve buses crossed the bridge.", at="09:00", heading="On the bridge")
    last = entry("b", "A bridge opened.\nTwenty buses crossed the bridge.", at="09:00", heading="On the bridge")
    ingest_live_page([TALKS, BRIDGE], [TALKS, changed], [TALKS, last])


@pytest.fixture
def live(build_once: BuildOnce) -> Article:
    build_once(make_live, make_live)
    return Article.objects.get()


@pytest.fixture
def bridge(live: Article) -> Section:
    return live.sections.get(key="b")


# --- the article ---


@pytest.mark.parametrize("written", ["", "-another-headline"])
def test_url_without_the_current_headline_redirects_to_it(client: Client, live: Article, written: str) -> None:
    response = client.get(f"/articles/{live.pk}{written}/?q=bridge")
    assert (response.status_code, response["Location"]) == (301, f"{live.get_absolute_url()}?q=bridge")


def test_matches_link_to_their_neighbours_in_a_circle(live: Article, client: Client) -> None:
    page = fetch(client, live.get_absolute_url() + "?q=bridge")
    assert re.findall(r'<mark id="(m\d)">(\w+)</mark>', page) == [("m1", "bridge"), ("m2", "bridge"), ("m3", "bridge")]
    steps = re.findall(r'<span class="step".*?href="#(m\d)".*?(\d/\d).*?href="#(m\d)"', page)
    assert steps == [("m3", "1/3", "m2"), ("m1", "2/3", "m3"), ("m2", "3/3", "m1")]
    assert '3<span class="wide-only"> matches</span>' in page


def test_section_list_shows_matches_and_key_events(live: Article, client: Client) -> None:
    rail = fetch(client, live.get_absolute_url() + "?q=bridge").split('<nav class="rail"')[1].split("</nav>")[0]
    first, second = re.findall(r'<li class="(.*?)">(.*?)</li>', rail)
    assert first[0] == "key"
    assert "Key event: " in first[1]
    assert '<span class="count">' not in first[1]
    assert second[0].strip() == "has-matches"
    assert '<span class="count">3<' in second[1]
    assert ">2 Jun 09:00</time>" in second[1]


def test_topics_of_an_entry_are_beside_it_and_lead_to_a_search(live: Article, bridge: Section, client: Client) -> None:
    bridge.topics.add(Topic.objects.create(name="Roads & <bridges>"))
    page = fetch(client, live.get_absolute_url())
    assert page.count("topics given by a curator: <a") == 1
    entry_of_bridge = page.split(f'id="{bridge.anchor}"')[1].split("</section>")[0]
    assert "Roads &amp; &lt;bridges&gt;</a>" in entry_of_bridge
    (address,) = (href for href in links(entry_of_bridge) if "Roads" in href)
    assert client.get(address).status_code == 200
    capture = fetch(client, f"{live.get_absolute_url()}?capture={live.captures.latest('pk').sha256}")
    assert "topics given" not in capture


def test_order_is_in_the_url_beside_the_question(live: Article, client: Client) -> None:
    anchors = [section.anchor for section in live.sections.order_by("position")]
    url = live.get_absolute_url()
    page = fetch(client, url + "?q=bridge&kind=live")
    assert re.findall(r'<section id="(s\d+)"', page) == anchors
    oldest = f"{url}?q=bridge&kind=live&order=oldest"
    assert oldest in links(page)
    page = fetch(client, oldest)
    assert re.findall(r'<section id="(s\d+)"', page) == anchors[::-1]
    assert f"{url}?q=bridge&kind=live" in links(page)


def test_link_to_the_results_keeps_the_question_and_the_place(live: Article, client: Client) -> None:
    question = "?q=bridge+OR+talks&not-source=Elsewhere&kind=live&sort=newest&page=3"
    page = fetch(client, live.get_absolute_url() + question)
    assert f"/{question}#a{live.pk}" in links(page)
    assert "Results" not in re.sub(r"<[^>]+>", "", fetch(client, live.get_absolute_url()))


def test_unreadable_query_shows_the_article_unmarked(live: Article, client: Client) -> None:
    page = fetch(client, live.get_absolute_url() + "?q=peace+w%2F0+talks")
    assert "<mark" not in page
    assert "Nothing to highlight" in page


def test_plain_article_has_no_order_switch_and_no_section_list(
    ingest_file: Any, client: Client, tmp_path: Any
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"headline": "Fire", "text": "It burned.\\nIt went out."}\n')
    ingest_file(path)
    page = fetch(client, Article.objects.get().get_absolute_url())
    assert 'class="rail"' not in page
    assert "Oldest first" not in page
    assert 'class="section plain"' in page


def test_text_has_its_own_language_and_direction(live: Article, client: Client) -> None:
    Article.objects.update(language="ar", headline="محادثات السلام")
    page = fetch(
        client, live.get_absolute_url().replace(live.get_absolute_url(), Article.objects.get().get_absolute_url())
    )
    assert '<article class="page" lang="ar">' in page
    assert '<h1 dir="auto">محادثات السلام</h1>' in page
    Article.objects.update(language='"><b>')
    assert '<article class="page" lang="">' in fetch(client, Article.objects.get().get_absolute_url())


# --- the section ---


def test_permalink_shows_the_current_section(bridge: Section, client: Client) -> None:
    assert bridge.get_absolute_url() == f"/sections/{bridge.pk}/"
    page = fetch(client, bridge.get_absolute_url())
    assert "Twenty buses crossed" in page
    assert f"{bridge.article.get_absolute_url()}#{bridge.anchor}" in links(page)
    assert "has changed since" not in page


def test_version_shows_the_cited_text_and_whether_it_changed_since(bridge: Section, client: Client) -> None:
    page = fetch(client, f"{bridge.get_absolute_url()}?version=1")
    assert '<p dir="auto">Buses crossed the bridge.</p>' in page
    assert "The section has changed since" in page
    page = fetch(client, f"{bridge.get_absolute_url()}?version=3")
    assert "The section has not changed since" in page


def test_capture_shows_the_version_in_it(bridge: Section, client: Client) -> None:
    for capture, words in zip(
        bridge.article.captures.order_by("captured"), ("Buses", "Twelve", "Twenty"), strict=True
    ):
        for sha256 in (capture.sha256, capture.sha256[:12].upper()):
            assert f'<p dir="auto">{words}' in fetch(client, f"{bridge.get_absolute_url()}?capture={sha256}")
    talks = bridge.article.sections.get(key="t")
    assert "version 1" in fetch(client, f"{talks.get_absolute_url()}?capture={capture.sha256}")


def test_changes_between_versions_are_marked_and_named(bridge: Section, client: Client) -> None:
    page = fetch(client, f"{bridge.get_absolute_url()}?version=2&against=1")
    assert '<del><span class="hidden"> [removed: </span>Buses<span class="hidden"> end] </span></del>' in page
    assert '<ins><span class="hidden"> [added: </span>Twelve buses<span class="hidden"> end] </span></ins>' in page


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("version=4", "has no version &#x27;4&#x27;"),
        ("version=0", "there are 3 versions"),
        ("version=x%00", "has no version"),
        ("version=2&against=9", "has no version"),
        ("capture=abcdef", "No capture of this page"),
        ("capture=" + "0" * 64, "No capture of this page"),
    ],
)
def test_unknown_version_is_a_404_that_lists_the_versions(
    bridge: Section, client: Client, parameters: str, message: str
) -> None:
    page = fetch(client, f"{bridge.get_absolute_url()}?{parameters}", 404)
    assert message in page
    assert "Twenty buses crossed" in page
    assert f"{bridge.get_absolute_url()}?version=1" in links(page)
    assert client.get(f"{bridge.get_absolute_url()}cite.ris?{parameters}").status_code == 404


def test_every_link_works(bridge: Section, client: Client) -> None:
    for address in (bridge.article.get_absolute_url() + "?q=bridge", bridge.get_absolute_url()):
        for href in links(fetch(client, address)):
            if href.startswith("/") and not href.startswith("/admin"):
                assert client.get(href).status_code == 200, href


# --- citations ---


@pytest.mark.parametrize("name", CITATIONS)
def test_citations_are_downloaded_as_files(bridge: Section, client: Client, name: str) -> None:
    for address in (f"{bridge.get_absolute_url()}cite.{name}?version=2", f"/articles/{bridge.article_id}/cite.{name}"):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"] == f"{CITATIONS[name].media_type}; charset=utf-8"
        assert response["Content-Disposition"].startswith('attachment; filename="cuttings-')
        assert "courier.example" in response.content.decode()
    assert client.get(f"{bridge.get_absolute_url()}cite.doc").status_code == 404


def test_citation_links_to_the_cited_text(bridge: Section, client: Client) -> None:
    (item,) = json.loads(client.get(f"{bridge.get_absolute_url()}cite.csl?version=2").content)
    assert item["archive_location"] == f"http://testserver{bridge.get_absolute_url()}?version=2"
    assert "Twelve buses" in fetch(client, item["archive_location"])
    assert bridge.versions.get(number=2).capture.sha256 in item["note"]
    assert item["author"] == [{"literal": "Ada Example"}, {"literal": "Ben Poe"}]


def test_page_of_citations_shows_every_format(live: Article, client: Client) -> None:
    page = fetch(client, f"/articles/{live.pk}/cite/")
    for name, form in CITATIONS.items():
        assert form.label in page
        assert f"/articles/{live.pk}/cite.{name}" in links(page)


# --- other tools ---


@pytest.mark.parametrize("address", ["article", "section"])
def test_head_has_what_reference_managers_read(bridge: Section, client: Client, address: str) -> None:
    page = fetch(client, (bridge.article if address == "article" else bridge).get_absolute_url())
    head = page.split("</head>")[0]
    assert head.count('<meta name="citation_author"') == 2
    assert '<meta name="citation_journal_title" content="The Courier">' in head
    assert '<meta name="DC.source" content="https://courier.example/live?a=1&amp;b=2">' in head
    described = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert described["@type"] == ("LiveBlogPosting" if address == "article" else "NewsArticle")


# --- who may see it ---

PAGES = ("/articles/{article}-x/", "/articles/{article}/cite/", "/articles/{article}/cite.ris", "/sections/{section}/",
         "/sections/{section}/?version=1", "/sections/{section}/cite.csl", "/articles/{article}-x/?capture={capture}",
         "/articles/{article}-x/?against={capture}", "/articles/{article}/captures/",
         "/articles/{article}/cite/?capture={capture}", "/articles/{article}/cite.ris?capture={capture}")  # fmt: skip


def fill(address: str, section: Section) -> str:
    capture = section.article.captures.earliest("captured").sha256
    return address.format(article=section.article_id, section=section.pk, capture=capture)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("restriction", [{"status": "withheld"}, {"embargo": "2999-01-01T00:00Z"}])
def test_withheld_articles_are_shown_to_curators_alone(
    bridge: Section, client: Client, restriction: dict[str, str], address: str
) -> None:
    Article.objects.update(**restriction)
    address = fill(address, bridge)
    assert client.get(address).status_code == 404
    client.force_login(User.objects.create_user("reader"))
    assert client.get(address).status_code == 404
    client.force_login(User.objects.create_superuser("curator"))
    assert client.get(address, follow=True).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_login_only_archive_shows_nothing_to_strangers(
    bridge: Section, client: Client, settings: Any, address: str
) -> None:
    settings.LOGIN_TO_SEARCH = True
    response = client.get(fill(address, bridge))
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=")


@pytest.mark.parametrize(
    "address", ["/articles/999/cite/", "/articles/999/cite.ris", "/sections/999/", "/sections/999/cite.ris"]
)
def test_unknown_article_or_section_is_a_404(db: None, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_pages_take_twelve_queries_at_most(bridge: Section, client: Client) -> None:
    # Asks the record whether the index is its own, and for its table of spellings.
    name_table(engine())
    for address in (
        bridge.article.get_absolute_url() + Question(q="bridge").to_querystring(),
        bridge.get_absolute_url(),
    ):
        with CaptureQueriesContext(connection) as queries:
            fetch(client, address)
        assert len(queries) <= 12, [query["sql"] for query in queries]


def test_section_can_be_read_without_a_usable_index(bridge: Section, client: Client, archive_home: Any) -> None:
    (archive_home / "index" / "current").write_text("nothing-here")
    page = fetch(client, bridge.get_absolute_url())
    assert "Twenty buses crossed" in page
    assert "cannot be looked up now" in page
