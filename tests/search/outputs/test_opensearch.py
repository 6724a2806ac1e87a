"""search/outputs/opensearch.py: the archive as a search engine of browsers."""

from xml.etree import ElementTree

import pytest
from django.test import Client

from archive.models import Article

pytestmark = pytest.mark.django_db
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def test_browser_can_add_the_archive(client: Client) -> None:
    response = client.get("/opensearch.xml")
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    description = ElementTree.fromstring(response.content)  # noqa: S314
    assert 0 < len(description.findtext(f"{OPENSEARCH}ShortName") or "") <= 16
    templates = {url.get("type"): url.get("template") for url in description.findall(f"{OPENSEARCH}Url")}
    assert templates["text/html"] == "http://testserver/?q={searchTerms}&page={startPage?}"
    assert templates["application/x-suggestions+json"] == "http://testserver/suggest?q={searchTerms}"
    for kind in ("text/html", "application/x-suggestions+json", "application/atom+xml"):
        url = (templates[kind] or "").replace("{searchTerms}", "peace").replace("{startPage?}", "1")
        assert client.get(url.removeprefix("http://testserver")).status_code == 200


def test_suggestions_are_those_of_browsers_and_of_the_search_box(seed: Article, client: Client) -> None:
    response = client.get("/suggest?q=russ")
    assert response["Content-Type"] == "application/x-suggestions+json"
    q, queries, descriptions, urls = response.json()
    assert q == "russ"
    assert "russia" in queries
    assert len(queries) == len(descriptions) == len(urls)
    assert urls[queries.index("russia")] == "http://testserver/?q=russia"
    options = client.get("/suggest?as=options&q=russ").content.decode()
    assert 'data-q="russia"' in options
    assert 'class="number"' in options
    options = client.get("/suggest?as=options&q=hlead:russ").content.decode()
    assert 'data-q="hlead:russia"' in options
    assert 'class="number"' not in options
    assert client.get("/suggest").json() == ["", [], [], []]
    assert client.get("/suggest?q=%00%20" + "x" * 9000).status_code == 200
