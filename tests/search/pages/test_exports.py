"""search/pages/exports.py: the page that offers exports, and downloads."""

import json
import re
from collections.abc import Callable
from html import unescape
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from django.test import Client

from archive.models import Article, Section
from search.exports import DEFAULT_FIELDS, FORMATS, contract
from search.exports import rows as rows_module

pytestmark = pytest.mark.django_db
NO_HTMX: dict[str, Any] = {}
HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    articles: list[dict[str, Any]] = [
        {"headline": f"Ferry {number}", "text": "A ferry sails.", "published": f"2025-06-{number + 1:02}"}
        for number in range(12)
    ]
    entries = [{"id": str(number), "text": f"Ferry, entry {number}."} for number in range(5)]
    articles.append({"headline": "Harbour", "kind": "live", "sections": entries, "published": "2025-07"})
    begin_with(articles)


def fetch(client: Client, address: str, *, status: int = 200, **headers: Any) -> str:
    response: Any = client.get(address, **headers)
    assert response.status_code == status, response.content
    return unescape(response.content.decode())


def file_address(page: str) -> str:
    found = re.search(r'class="download" href="([^"]+)"', page)
    assert found
    return found[1]


def checked(page: str) -> list[tuple[str, str]]:
    """Returns the names and values of the fields of the form as a browser sends them, without its hidden ones."""
    boxes = re.findall(r'<input type="(?:radio|checkbox)" name="(\w+)" value="(\w+)"[^>]* checked', page)
    first = re.search(r'name="first" value="([^"]*)"', page)
    assert first
    return [*boxes, ("first", first[1])]


COMING = [
    ("", "17 rows"),
    ("&rows=article", "13 rows"),
    ("&first=1", "1 row<"),
    ("&first=1,0", "10 rows"),
    ("&text=passages&format=jsonl", "17 rows"),
    ("&kind=live", "5 rows"),
    ("&list=sections&sort=oldest", "17 rows"),
]


def test_page_says_what_will_come_and_the_file_has_it(client: Client) -> None:
    for options, rows in COMING:
        page = fetch(client, f"/export/?q=ferry{options}")
        assert rows in page
        address = file_address(page)
        response: Any = client.get(address)
        content = response.getvalue()
        said = re.search(r"</strong>, ([\d.]+)\xa0(bytes|KB)", page)
        assert said
        assert float(said[1]) * {"bytes": 1, "KB": 1024}[said[2]] == pytest.approx(len(content), rel=0.05)
        assert f"http://testserver{address}" in page
        # What the page shows is what the file is asked for.
        asked = dict(parse_qsl(urlsplit(address).query))
        shown = dict(pair for pair in checked(page) if pair[0] != "fields")
        assert (asked.get("rows", "section"), asked.get("text", "full")) == (shown["rows"], shown["text"])
        assert asked.get("first", "") == shown["first"]
        assert f"export.{shown['format']}" in address


def test_every_format_is_offered_in_a_group_with_its_purpose(client: Client) -> None:
    page = fetch(client, "/export/?q=ferry")
    results = fetch(client, "/?q=ferry")
    for name, chosen in FORMATS.items():
        assert (f'href="/export.{name}?q=ferry">' in results) is chosen.is_quick
        assert re.search(rf'name="format" value="{name}"[^>]*> <span>{chosen.label} <small>{chosen.purpose}<', page)
        assert f'value="{name}" checked' in fetch(client, f"/export/?q=ferry&format={name}")


def test_fields_are_chosen_and_ordered_without_scripts(client: Client) -> None:
    def send(page: str, *pressed: tuple[str, str], without: str = "") -> str:
        """Sends the form as a browser does, and returns the page that it leads to."""
        hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.split("export-form", 1)[1])
        sent = [*hidden, *(pair for pair in checked(page) if pair[1] != without), *pressed]
        query = "&".join(f"{name}={quote(value)}" for name, value in sent)
        response: Any = client.get(f"/export/?{query}")
        assert response.status_code == 302
        assert not any(f"{name}=" in response["Location"] for name in ("boxes", "up", "down", "reset"))
        return fetch(client, response["Location"])

    def fields(page: str) -> list[str]:
        return [value for name, value in checked(page) if name == "fields"]

    page = fetch(client, "/export/?q=ferry&fields=url,headline,text")
    assert fields(page) == ["url", "headline", "text"]
    assert 'value="url" id="up-url" aria-label="Move url up" title="Up" aria-disabled="true"' in page
    page = send(page, ("down", "url"))
    assert fields(page) == ["headline", "url", "text"]
    assert "fields=headline,url,text" in file_address(page)
    # At an end a button does nothing.
    assert fields(send(page, ("down", "text"))) == ["headline", "url", "text"]
    assert fields(send(page, ("up", "text"))) == ["headline", "text", "url"]
    page = send(page, without="url")
    assert fields(page) == ["headline", "text"]
    page = send(page, ("reset", "fields"))
    assert fields(page) == list(DEFAULT_FIELDS["section"])
    assert "fields=" not in file_address(page)
    # A field that is taken out and put back keeps its place.
    assert fields(send(send(page, without="source"), ("fields", "source"))) != fields(page)
    names = re.findall(r'name="fields" value="(\w+)"', send(page, without="source"))
    assert names == re.findall(r'name="fields" value="(\w+)"', page)


def test_fields_survive_another_unit_of_rows_and_back(client: Client) -> None:
    def choose(page: str, unit: str, *others: tuple[str, str], without: str = "") -> str:
        hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.split("export-form", 1)[1])
        sent = [*hidden, *(pair for pair in checked(page) if pair[0] != "rows" and pair[1] != without)]
        query = "&".join(f"{name}={quote(value)}" for name, value in [*sent, ("rows", unit), *others])
        response: Any = client.get(f"/export/?{query}")
        return fetch(client, response["Location"])

    def fields(page: str) -> list[str]:
        return [value for name, value in checked(page) if name == "fields"]

    page = fetch(client, "/export/?q=ferry&fields=section,url,version,text,key_event,headline")
    page = choose(page, "article")
    assert fields(page) == ["url", "text", "headline"]
    assert file_address(page) == "/export.csv?q=ferry&rows=article&fields=url,text,headline"
    # Other options in between, and formats that have no fields.
    page = choose(choose(page, "article", ("format", "ris")), "article", ("text", "passages"), ("format", "csv"))
    page = choose(choose(page, "article", ("fields", "matches")), "article", without="url")
    page = choose(page, "section")
    assert fields(page) == ["section", "version", "text", "key_event", "headline"]
    assert "matches" not in file_address(page)
    assert fields(choose(page, "article")) == ["text", "headline", "matches"]
    page = choose(choose(page, "article", ("reset", "fields")), "section")
    assert fields(page) == list(DEFAULT_FIELDS["section"])
    # From the default fields without some of them, to the others and back.
    page = choose(choose(fetch(client, "/export/?q=ferry"), "article"), "article", without="url")
    assert "aside=default" not in file_address(page)
    page = choose(page, "section")
    assert [name for name in fields(page) if name != "standfirst"] == [
        name for name in DEFAULT_FIELDS["section"] if name != "url"
    ]
    page = choose(page, "article")
    assert fields(page) == [name for name in DEFAULT_FIELDS["article"] if name != "url"]
    assert fields(fetch(client, "/export/?q=ferry&rows=article&aside=no,section")) == list(DEFAULT_FIELDS["article"])


def test_browser_gets_a_page_where_there_is_no_file(client: Client) -> None:
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    for address, status, reason in (
        ("/export.xlsx?q=ferry&first=0", 400, "'0' is no number of rows"),
        ("/export.package?q=ferry&contents=x", 400, "no format 'x' in a package"),
        ("/export.package?q=ferry&captures=1", 403, "for users who may download them"),
        ("/export.csv?q=peace+w%2F0+talks", 400, "cannot be read"),
    ):
        page = fetch(client, address, status=status, HTTP_ACCEPT=browser)
        assert page.count(reason) == 1
        assert "<h1" in page
        response = client.get(address)
        assert (response.status_code, response["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert 'value="xlsx" checked' in fetch(client, "/export.xlsx?q=ferry&first=0", status=400, HTTP_ACCEPT=browser)


def test_options_of_a_package_are_offered_and_kept(client: Client, admin_client: Client) -> None:
    page = fetch(client, "/export/?q=ferry&format=package")
    assert ("contents", "csv") in checked(page)
    assert 'name="captures"' not in page
    assert "contents=" not in file_address(page)
    page = fetch(client, "/export/?q=ferry&format=package&contents=csv,ris")
    assert [value for name, value in checked(page) if name == "contents"] == ["csv", "ris"]
    assert "/export.package?q=ferry&contents=csv,ris" in file_address(page)
    # Another format does not use them, and keeps them.
    page = fetch(client, "/export/?q=ferry&contents=csv,ris")
    assert file_address(page) == "/export.csv?q=ferry"
    assert 'type="hidden" name="contents" value="csv,ris"' in page
    # The bytes of captures are for users who may download them.
    address = "/export/?q=ferry&format=package&captures=1"
    assert "for users who may download them" in fetch(client, address, status=400)
    page = fetch(admin_client, address)
    assert ("captures", "1") in checked(page)
    assert "and the captures" in page
    assert "captures=1" in file_address(page)
    assert "There is no format 'x' in a package" in fetch(
        client, "/export/?q=ferry&format=package&contents=x", status=400
    )


def test_other_rows_keep_the_fields_that_they_have(client: Client) -> None:
    page = fetch(client, "/export/?q=ferry&boxes=section&fields=heading&fields=url&rows=article", **HTMX)
    assert "fields=url" in file_address(page)
    # So do those that a format without fields keeps for the next one.
    page = fetch(client, "/export/?q=ferry&format=ris&fields=heading,url")
    assert 'name="fields" value="heading,url"' in page
    assert "fields=" not in file_address(page)
    assert 'name="boxes" value="section"' in page
    every = "&".join(f"fields={name}" for name in DEFAULT_FIELDS["section"])
    page = fetch(client, f"/export/?q=ferry&boxes=section&{every}&rows=article", **HTMX)
    assert "fields=" not in file_address(page)


IMPOSSIBLE = [
    ("format=xls", "There is no format 'xls'. The formats are: csv, "),
    ("fields=headline,nope", "There is no field 'nope'. The fields are: section, article, "),
    ("rows=article&fields=heading", "There is no field 'heading' of an article. The fields are: article, "),
    ("rows=page", "There is no unit of rows 'page'. Choose one of: section, article, statement."),
    ("text=half", "There is no text 'half'. Choose one of: full, passages."),
    ("first=0", "'0' is no number of rows."),
    ("first=-3", "'-3' is no number of rows."),
    ("pick=12", "'12' is no hit."),
    ("pick=" + ",".join(f"a{number + 1}" for number in range(501)), "501 hits are picked"),
]


def test_what_cannot_be_is_named_and_the_page_stays_usable(client: Client) -> None:
    for (options, message), headers in product(IMPOSSIBLE, (NO_HTMX, HTMX)):
        page = fetch(client, f"/export/?q=ferry&{options}", status=400, **headers)
        assert message in page
        assert 'role="alert"' in page
        assert 'class="download"' not in page
        assert 'name="q" value="ferry"' in page
        assert [name for name, _ in checked(page) if name in ("format", "rows", "text")] == ["format", "rows", "text"]
    for options, message in IMPOSSIBLE[1:]:
        response = client.get(f"/export.csv?q=ferry&{options}")
        assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
        assert message in response.content.decode()


def test_unknown_format_in_an_address_leads_to_those_that_exist(client: Client) -> None:
    for name in ("xls", "doc", "csv.zip", "CSV", "..", "<b>"):
        address = f"/export.{quote(name)}?q=ferry&date=2025-06&first=3"
        page = fetch(client, address, status=404, HTTP_ACCEPT="text/html,application/xhtml+xml,*/*;q=0.8")
        assert f"There is no format '{name}'. The formats are: csv, " in page
        assert 'name="q" value="ferry"' in page
        assert 'name="date" value="2025-06"' in page
        assert 'name="first" value="3"' in page
        response = client.get(address, HTTP_ACCEPT="*/*")
        assert (response.status_code, response["Content-Type"]) == (404, "text/plain; charset=utf-8")
        assert client.head(address).status_code == 404


def test_zero_hits_are_said_and_give_a_valid_file(client: Client) -> None:
    page = fetch(client, "/export/?q=zebra")
    assert "0 rows" in page
    assert "Nothing is found." in page
    response: Any = client.get(file_address(page))
    assert response.getvalue().count(b"\r\n") == 1


def test_picked_hits_are_counted_and_those_that_are_missing_named(client: Client) -> None:
    articles = [f"a{article.pk}" for article in Article.objects.filter(headline__startswith="Ferry")[:3]]
    page = fetch(client, f"/export/?q=ferry&pick={articles[0]}&pick={articles[2]},s999999", **HTMX)
    assert "3 picked hits of" in page
    assert "3 rows" in page
    assert "1 of the picked hits is not in this result any more" in page
    assert ">section 999999</a>" in page
    assert f"pick={articles[0]},{articles[2]},s999999" in file_address(page)
    # The first of very many.
    many = fetch(client, "/export/?q=ferry&pick=" + ",".join(f"s{99000 + number}" for number in range(300)))
    assert "300 of the picked hits are not in this result any more" in many
    assert many.count('<a href="/sections/99') == 20
    assert "and others, which the file names." in many
    assert 'href="/export/?q=ferry"' in page
    # Without htmx to an address that says the same once.
    response = client.get(f"/export/?q=ferry&pick={articles[0]}&pick={articles[2]}")
    assert (response.status_code, unquote(response["Location"])) == (
        302,
        f"/export/?q=ferry&pick={articles[0]},{articles[2]}",
    )
    # In the order of the page, whatever their order here.
    listed = [row["headline"] for row in rows(client, "/export.jsonl?q=ferry&sort=oldest")]
    picked = [row["headline"] for row in rows(client, f"/export.jsonl?q=ferry&sort=oldest&pick={','.join(articles)}")]
    assert picked == [headline for headline in listed if headline in picked]
    assert len(picked) == 3


def rows(client: Client, address: str) -> list[dict[str, Any]]:
    response: Any = client.get(address)
    return [json.loads(line) for line in response.getvalue().decode().splitlines()]


def test_panel_over_results_leaves_their_address_and_the_page_has_its_own(client: Client) -> None:
    over = client.get("/export/?q=ferry&first=3", HTTP_HX_CURRENT_URL="http://testserver/?q=ferry", **HTMX)
    assert "HX-Replace-Url" not in over
    assert "<html" not in over.content.decode()
    alone = client.get("/export/?q=ferry&first=3", HTTP_HX_CURRENT_URL="http://testserver/export/?q=ferry", **HTMX)
    assert alone["HX-Replace-Url"] == "/export/?q=ferry&first=3"


def test_query_that_cannot_be_read_is_an_error_on_the_page(client: Client) -> None:
    assert "cannot be read" in fetch(client, "/export/?q=peace+w%2F0+talks", status=400)
    assert client.head("/export/?q=ferry").status_code == 200
    assert client.post("/export/?q=ferry").status_code == 405


def test_page_needs_the_login_that_search_needs(client: Client, settings: Any) -> None:
    settings.LOGIN_TO_SEARCH = True
    for address in ("/export/?q=ferry", "/export.csv?q=ferry", "/export.xls?q=ferry"):
        response = client.get(address)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/login/")


def test_page_takes_few_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(25):
        client.get("/export/?q=ferry")


FILE_NAMES = [
    ("ferry", "cuttings-ferry-", ""),
    ("", "cuttings-all-", ""),
    ("*", "cuttings-search-", ""),
    ("غرق", "cuttings-", "cuttings-غرق-"),
    ("café", "cuttings-cafe-", "cuttings-café-"),
    ('"../x\r\ny"', "cuttings-x-y-", ""),
    ("\u202ecsv.exe", "cuttings-csv-exe-", ""),
]


def test_file_is_named_after_its_query(client: Client) -> None:
    for q, plain, encoded in FILE_NAMES:
        header = client.head("/export.csv", {"q": q})["Content-Disposition"]
        match = re.fullmatch(r'attachment; filename="([\w.-]+)"(?:; filename\*=UTF-8\'\'([\w.%-]+))?', header)
        assert match, header
        assert re.fullmatch(re.escape(plain) + r"\d{4}-\d\d-\d\d\.csv", match[1])
        assert bool(match[2]) == bool(encoded)
        if encoded:
            assert unquote(match[2]).startswith(encoded)


def test_file_of_picked_hits_says_so(client: Client) -> None:
    section = Section.objects.all()[0].pk
    header = client.get("/export.csv", {"q": "ferry", "pick": f"s{section}"})["Content-Disposition"]
    assert "cuttings-ferry-picked-" in header


def test_download_that_fails_midway_does_not_end_as_if_it_were_whole(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "PIECE_BYTES", 1)
    load = rows_module.load_sections
    calls = []

    def fail(*args: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise OSError("the disk is gone")
        return load(*args, **options)

    monkeypatch.setattr(contract, "load_sections", fail)
    monkeypatch.setattr(contract, "CHUNK_SECTIONS", 4)
    response: Any = client.get("/export.csv?q=ferry")
    assert "Content-Length" not in response
    with pytest.raises(OSError, match="the disk is gone"):
        list(response.streaming_content)
