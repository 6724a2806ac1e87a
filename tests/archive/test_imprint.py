"""The archive's name, a line about it and its contact: on pages, in feeds, in citations, in the admin."""

from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from archive.error_pages import server_error
from archive.imprint import Imprint
from archive.models import Article, Section

NAME = "Harbour <b>Post</b> & library"
SHOWN = "Harbour &lt;b&gt;Post&lt;/b&gt; &amp; library"
CONTACT = "library@harbour.example"


@pytest.fixture
def named(settings: Any) -> None:
    settings.ARCHIVE_NAME = NAME
    settings.ARCHIVE_ABOUT = "Cuttings since <i>1903</i>."
    settings.ARCHIVE_CONTACT = CONTACT


@pytest.mark.django_db
def test_every_page_has_the_name_as_plain_text(seed: Article, client: Client, named: None) -> None:
    section = Section.objects.latest("pk")
    addresses = (
        "/",
        "/?q=peace",
        "/?q=a+w%2F0+b",
        "/help/",
        "/values/source/",
        seed.get_absolute_url(),
        section.get_absolute_url(),
        reverse("captures", args=[seed.pk]),
        reverse("article-citations", args=[seed.pk]),
        "/login/",
        "/nowhere/",
    )
    for address in addresses:
        page = client.get(address).content.decode()
        title = page.partition("<title>")[2].partition("</title>")[0]
        assert title.endswith(SHOWN), address
        assert f">{SHOWN}</{'h1' if address == '/' else 'a'}>" in page, address
        assert f'<a href="mailto:{CONTACT}" dir="auto">{CONTACT}</a>' in page, address
        assert "Cuttings</" not in page, address
        assert "<b>Post" not in page, address
    part = client.get("/?q=peace", headers={"HX-Request": "true"}).content.decode()
    assert part.partition("</title>")[0].endswith(f" – {SHOWN}")


@pytest.mark.django_db
def test_the_admin_and_pages_of_failures_have_the_name(client: Client, rf: Any, named: None) -> None:
    client.force_login(User.objects.create_superuser("editor"))
    page = client.get(reverse("admin:index")).content.decode()
    assert f"{SHOWN}: curation" in page
    assert "Cuttings" not in page
    failure = server_error(rf.get("/")).content.decode()
    assert f"Server error – {SHOWN}" in failure
    assert f'<a href="mailto:{CONTACT}">{CONTACT}</a>' in failure


@pytest.mark.django_db
def test_feeds_citations_and_browsers_have_the_name(seed: Article, client: Client, named: None) -> None:
    feed = ElementTree.fromstring(client.get("/feed.atom?q=peace").content)  # noqa: S314
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.findtext(f"{atom}title") == f"peace – {NAME}"
    assert feed.findtext(f"{atom}author/{atom}name") == NAME
    browser = ElementTree.fromstring(client.get("/opensearch.xml").content)  # noqa: S314
    texts = {child.tag.partition("}")[2]: child.text for child in browser}
    assert texts["ShortName"] == "Harbour"
    assert texts["LongName"] == NAME
    assert texts["Description"] == "Cuttings since <i>1903</i>."
    assert texts["Contact"] == CONTACT
    csl = client.get(reverse("article-citation", args=[seed.pk, "csl"])).json()
    assert csl[0]["archive"] == NAME
    assert f"Archived in {NAME}, captured" in csl[0]["note"]
    export = client.get("/export.csv?q=peace")
    assert 'filename="harbour-b-post-b-library-peace-' in export["Content-Disposition"]


@pytest.mark.django_db
def test_an_archive_without_a_contact_names_none(client: Client) -> None:
    assert "Contact" not in client.get("/help/").content.decode()


@pytest.mark.parametrize(
    ("contact", "url"),
    [
        ("library@post.example", "mailto:library@post.example"),
        ("https://post.example/library?a=b", "https://post.example/library?a=b"),
        ("Library desk, extension 4412", ""),
        ("javascript:alert(1)", ""),
        ("mail library@post.example", ""),
        ("a@b", ""),
        ("https://", ""),
        ("", ""),
    ],
)
def test_addresses_become_links_and_words_do_not(contact: str, url: str) -> None:
    assert Imprint("x", "", contact).contact_url == url
