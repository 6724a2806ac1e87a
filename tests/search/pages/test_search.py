"""The pages as a browser without JavaScript gets them."""

import csv
import html
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from archive.models import Article, Section
from archive.search_port import no_progress
from archive.security import CONTENT_SECURITY_POLICY
from search.articles import article_view
from search.exports import ExportOptions
from search.index import sync

from ..page_tools import fetch, links

pytestmark = pytest.mark.django_db


def test_seed_is_found_by_its_headline_and_marked(seed: Article, client: Client) -> None:
    page = fetch(client, "/?q=prisoner+exchange")
    assert "new <mark>prisoner</mark> <mark>exchange</mark> after talks" in page
    # Its three entries share the headline; the one that says it is the hit.
    assert "1 article (1 section)" in page
    assert "a new <mark>exchange</mark> of <mark>prisoners</mark> of war" in page


def test_phrase_finds_the_second_section_alone(seed: Article, client: Client) -> None:
    page = fetch(client, "/?q=" + quote('"nuclear power plant"'))
    assert "Zaporizhzhia <mark>nuclear power plant</mark>, TASS" in page
    assert "1 article (1 section)" in page
    assert "Russia-held Zaporizhzhia without electricity" in page


def test_every_link_of_a_result_works(seed: Article, client: Client) -> None:
    page = fetch(client, "/?q=talks+OR+shelling&source=Unknown+source&not-topic=none")
    followed = [href for href in links(page) if href.startswith(("/", "?")) and not href.startswith("/admin")]
    assert len(followed) > 15
    for href in followed:
        response = client.get(href if href.startswith("/") else "/" + href, follow=True)
        assert response.status_code == 200, href
        assert response.getvalue(), href


def test_chips_remove_a_filter(seed: Article, client: Client) -> None:
    page = fetch(client, "/?q=talks&kind=live&not-source=Elsewhere")
    assert "Kind: <bdi>Live page</bdi>" in page
    assert "not Source: <bdi>Elsewhere</bdi>" in page
    assert "?q=talks&not-source=Elsewhere" in links(page)
    assert "?q=talks" in links(page)


def test_empty_result_offers_broader_questions(seed: Article, client: Client) -> None:
    page = fetch(client, "/?q=prisoner+zebra&kind=article")
    assert "No results" in page
    assert "1 article" in fetch(client, "/?q=prisoner+OR+zebra")
    assert "?q=prisoner+OR+zebra" in links(page)
    # What finds nothing either is not offered.
    assert "?q=prisoner+OR+zebra&kind=article" not in links(page)
    assert "?q=prisoner" in links(fetch(client, "/?q=prisoner&kind=article"))


def test_unreadable_query_is_a_400_with_a_usable_page(seed: Article, client: Client) -> None:
    page = fetch(client, "/?q=peace+w%2F0+talks", status=400)
    assert "at character 7" in page
    assert 'value="peace w/0 talks"' in page


def test_too_many_filters_are_refused_and_none_is_dropped(seed: Article, client: Client) -> None:
    parameters = {"q": "russia", "not-byline": [f"Reporter {number}" for number in range(60)]}
    for path in ("/", "/values/source/", "/feed.atom", "/export.csv"):
        response = client.get(path, parameters)
        assert response.status_code == 400
        assert "filters have 60 values" in response.content.decode()
    page = client.get("/", parameters).content.decode()
    assert page.count('name="not-byline"') == 60
    assert "/?q=russia" in links(page)
    # No link repeats them all but the feed's, in the head.
    assert page.count("Reporter+59") == 1
    article = client.get(seed.get_absolute_url(), parameters).content.decode()
    assert "<mark" in article


def test_notes_say_how_the_query_was_read(seed: Article, client: Client) -> None:
    assert "is not closed" in fetch(client, "/?q=" + quote('"prisoner exchange'))


def test_unusable_index_is_a_503_that_names_the_cure(
    seed: Article, client: Client, admin_client: Client, archive_home: Path
) -> None:
    (archive_home / "index" / "current").write_text("nothing-here")
    for reader in (client, admin_client):
        page = fetch(reader, "/?q=talks", status=503)
        assert "manage.py" not in page
    # Who may rebuild it is led to the button.
    assert 'href="/admin/' in page


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=60) | st.text(alphabet='ab "()-:*?~/!ANDORT“”\x00', max_size=40))
def test_any_text_is_answered(seed: Article, client: Client, q: str) -> None:
    response = client.get("/", {"q": q.encode("utf-8", "surrogatepass")})
    assert response.status_code in (200, 400)


def test_markup_in_a_text_is_shown_and_not_run(
    ingest_file: Callable[..., Any], client: Client, tmp_path: Path
) -> None:
    text = {"headline": "<script>alert(1)</script>", "text": "A <b>bold</b> fire & more.", "byline": "<i>x</i>"}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({**text, "sections": [{"heading": "<u>h</u>", "text": text["text"]}]}) + "\n")
    ingest_file(path)
    sync.drain(no_progress)
    article = Article.objects.get()
    for address in ("/?q=bold+fire", article.get_absolute_url() + "?q=bold"):
        page = fetch(client, address)
        for raw in ("<script>", "<b>", "<i>", "<u>"):
            assert raw not in page
        assert re.search(r"<mark[^>]*>bold</mark>", page)


def test_article_page_shows_each_section_with_anchor_and_permalink(seed: Article, client: Client) -> None:
    page = fetch(client, seed.get_absolute_url() + "?q=nuclear")
    for section in Section.objects.all():
        assert f'id="{section.anchor}"' in page
        assert f"{section.get_absolute_url()}?q=nuclear" in links(page)
    assert '<mark id="m1">nuclear</mark>' in page


def test_article_page_is_shown_unmarked_where_marking_takes_too_long(
    seed: Article, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_view, "TIME_LIMIT_SECONDS", -1)
    page = client.get(seed.get_absolute_url(), {"q": "russia"}).content.decode()
    assert "Matches are not highlighted. The query took longer" in page
    assert "nuclear power plant" in page
    assert "<mark>" not in page
    assert "not highlighted" not in client.get(seed.get_absolute_url()).content.decode()


def test_url_of_an_article_survives_a_new_headline(seed: Article, client: Client) -> None:
    response = client.get(f"/articles/{seed.pk}-an-older-headline/?q=peace")
    assert response.status_code == 301
    assert response["Location"] == seed.get_absolute_url() + "?q=peace"
    assert client.get("/articles/999-x/").status_code == 404


@pytest.mark.parametrize("restriction", [{"status": "withheld"}, {"embargo": "2999-01-01T00:00Z"}])
def test_withheld_article_is_shown_to_curators_alone(
    seed: Article, client: Client, restriction: dict[str, str]
) -> None:
    Article.objects.update(**restriction)
    fetch(client, seed.get_absolute_url(), 404)
    client.force_login(User.objects.create_user("reader"))
    fetch(client, seed.get_absolute_url(), 404)
    client.force_login(User.objects.create_superuser("curator"))
    assert "only curators can see this page" in fetch(client, seed.get_absolute_url())
    assert client.get(seed.get_absolute_url())["Cache-Control"] == "private"


def test_article_page_shows_notes_and_withdrawals(seed: Article, client: Client) -> None:
    Article.objects.update(status="canceled", note="Withdrawn: <wrong> date.")
    Section.objects.filter(position=1).update(withdrawn=True, gone=seed.captures.get())
    page = fetch(client, seed.get_absolute_url())
    assert "Withdrawn by its sender" in page
    assert "Withdrawn: &lt;wrong&gt; date." in page
    assert page.count("withdrawn by the outlet") == 1


def test_login_only_search_shows_nothing_to_strangers(seed: Article, client: Client, settings: Any) -> None:
    settings.LOGIN_TO_SEARCH = True
    for address in ("/?q=peace", seed.get_absolute_url(), "/export.csv?q=peace"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/login/?next=")
    client.force_login(User.objects.create_user("reader", password="x"))
    assert client.get("/?q=peace").status_code == 200
    assert client.get("/export.csv?q=peace")["Cache-Control"] == "private"


@pytest.mark.parametrize("address", ["/", "/login/", "/admin/login/", "/nowhere/"])
def test_every_response_has_the_content_security_policy(seed: Article, client: Client, address: str) -> None:
    assert client.get(address)["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_pages_have_no_inline_script_or_style(seed: Article, client: Client) -> None:
    for address in (
        "/",
        "/?q=talks",
        "/?q=zebra",
        seed.get_absolute_url(),
        seed.sections.all()[0].get_absolute_url(),
        "/login/",
    ):
        page = fetch(client, address)
        for script in re.findall(r"<script[^>]*>", page):
            assert ' src="/static/' in script or script == '<script type="application/ld+json">'
        assert "style=" not in page
        assert "<style" not in page


def test_export_has_every_section_and_its_evidence(seed: Article, client: Client) -> None:
    response = client.get("/export.jsonl?q=russia")
    rows = [json.loads(line) for line in response.getvalue().decode().splitlines()]
    assert {row["section"] for row in rows} == set(Section.objects.values_list("pk", flat=True))
    assert rows[0]["permalink"] == f"http://testserver/sections/{rows[0]['section']}/?version=1"
    assert rows[0]["capture_sha256"] == seed.captures.get().sha256
    assert response["Content-Disposition"].startswith('attachment; filename="cuttings-russia-')


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(
    ingest_file: Callable[..., Any], client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"headline": "=HYPERLINK(1)", "text": "+1 goal.", "byline": "@x", "topics": ["-a", "b"]}\n')
    ingest_file(path)
    sync.drain(no_progress)
    content = client.get("/export.csv?q=").getvalue().decode()
    assert content.startswith("\ufeff")
    row = next(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    assert list(row) == list(ExportOptions().chosen_fields)
    assert [row[name] for name in ("headline", "text", "byline", "topics")] == [
        "'=HYPERLINK(1)",
        "'+1 goal.",
        "'@x",
        "'-a; b",
    ]


def test_export_of_an_unreadable_query_is_an_error_and_no_file(seed: Article, client: Client) -> None:
    response = client.get("/export.csv?q=peace+w%2F0+talks")
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/plain")
    assert client.get("/export.doc?q=x").status_code == 404


@pytest.mark.parametrize("q", ['""', "§", "?", "😀", 'source:""'])
@pytest.mark.parametrize("address", ["/", "/feed.atom", "/export.csv", "/export.jsonl"])
def test_query_with_nothing_to_search_for_is_an_error_and_never_the_whole_archive(
    seed: Article, client: Client, address: str, q: str
) -> None:
    response = client.get(address, {"q": q})
    assert response.status_code == 400
    assert "nothing to search for" in html.unescape(response.content.decode())
