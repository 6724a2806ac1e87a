"""The results page: its parts, what htmx gets of it, and its links."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import html

from archive.models import Article, Section
from archive.search_port import no_progress
from search.fields import FACET_NAMES, PAGE_FACETS
from search.index import sync
from search.query.guide import KEYBOARD_SHORTCUTS, SYNTAX
from search.results.question import PAGE_SIZE

from ..page_tools import fetch

pytestmark = pytest.mark.django_db
SHORT, LONG = 45, 13


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    """Short articles on two days, one live page, and one article without a date."""
    articles: list[dict[str, Any]] = [
        {
            "id": f"a{number}",
            "headline": f"Ferry news {number}",
            "text": "The ferry sails.",
            "source": f"Outlet {number % 12}",
            "topics": ["ports_and_harbours"],
            "published": f"2025-06-0{1 + number % 2 * 2}",
        }
        for number in range(SHORT)
    ]
    articles.append(
        {
            "headline": "Harbour, live",
            "kind": "live",
            "published": "2025-06-03T06:00:00Z",
            "sections": [
                {
                    "id": str(number),
                    "heading": f"Entry {number}",
                    "text": "A ferry sank.",
                    "published": f"2025-06-03T{number + 6:02}:30:00Z",
                    "byline": "A. Writer",
                }
                for number in range(LONG)
            ],
        }
    )
    articles.append({"headline": "العبّارة 渡轮", "text": "Ferry " + "x" * 300, "language": "ar"})
    begin_with(articles)


def hrefs(page: str, pattern: str) -> list[str]:
    return [unescape(found) for found in re.findall(rf'href="({pattern})"', page)]


@pytest.mark.parametrize(
    ("parameters", "unit", "count"),
    [("", "Articles", 1), ("&list=sections", "Sections", LONG), ("&unit=article", "Articles", 1)],
)
def test_timeline_says_what_it_counts(archive: None, client: Client, parameters: str, unit: str, count: int) -> None:
    page = fetch(client, f"/?q=ferry&kind=live&date=2025-06{parameters}")
    assert f'<th scope="col">{unit}</th>' in page
    rows = re.findall(r'<th scope="row"><a href="([^"]+)">3 June 2025</a></th><td>(\d+)</td>', page)
    assert [int(counted) for _, counted in rows] == [count]
    # What it counts is what it leads to.
    narrowed = fetch(client, "/" + unescape(rows[0][0]))
    assert f'tabindex="-1">{count} {unit.lower() if count > 1 else unit.lower()[:-1]} (' in narrowed


def test_htmx_gets_the_part_with_its_title_and_everyone_else_the_page(archive: None, client: Client) -> None:
    page, part = fetch(client, "/?q=ferry"), fetch(client, "/?q=ferry", part=True)
    assert page.startswith("<!doctype html>")
    assert "<title>ferry: 47 articles – Cuttings</title>" in page
    assert "<title>ferry: 47 articles – Cuttings</title>" in part
    assert "<html" not in part
    assert 'id="search-form"' not in part
    for own in ('class="timeline"', 'class="hits"', 'id="filters"', 'id="count"'):
        assert own in part
    assert 'id="answer-time" hx-swap-oob="true"' in part
    assert "HX-Request" in client.get("/?q=ferry")["Vary"]
    assert "This query cannot be read" in fetch(client, "/?q=a+w%2F0+b", status=400, part=True)


@pytest.mark.parametrize(
    "shape", ["", "&list=sections", "&unit=article", "&sort=oldest", "&list=sections&sort=newest"]
)
def test_pages_never_repeat_or_drop_a_hit(archive: None, client: Client, shape: str) -> None:
    seen: list[str] = []
    page = 1
    while (body := fetch(client, f"/?q=ferry{shape}&page={page}")) and "There is no page" not in body:
        seen += re.findall(r'<h2 [^>]*dir="auto"><a href="(/articles/[^"]*)"', body)
        page += 1
    hits = [re.sub(r"page=\d+", "", unescape(address)).replace("?&", "?").rstrip("&") for address in seen]
    hits = [re.sub(r"[?&](?=#|$)", "", address) for address in hits]
    expected = SHORT + 1 + (LONG if "list" in shape else 1)
    assert len(hits) == len(set(hits)) == expected
    assert page - 1 == -(-expected // PAGE_SIZE)


def test_the_rest_of_an_article_opens_in_place_and_links_without_scripts(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=ferry+sank")
    (more,) = re.findall(rf'href="([^"]*)"[^>]*>{LONG - 1} more sections<', page)
    part = fetch(client, unescape(more), part=True)
    shown = set(re.findall(r"#(s\d+)", page))
    rest = set(re.findall(r"#(s\d+)", part))
    assert len(shown) == 1
    assert rest == {section.anchor for section in Section.objects.filter(article__kind="live")} - shown
    assert client.get(unescape(more)).status_code == 302
    assert "No more sections" in fetch(client, unescape(more).replace("sank", "zebra"), part=True)
    for nowhere in ("99999", "9" * 20):
        assert client.get(f"/articles/{nowhere}/more/?q=ferry").status_code == 404
        fetch(client, f"/articles/{nowhere}/more/?q=ferry", status=404, part=True)


def test_hits_show_time_byline_and_withdrawal(archive: None, client: Client) -> None:
    live = Article.objects.get(kind="live")
    sections = list(live.sections.order_by("position"))
    Section.objects.filter(pk=sections[0].pk).update(gone=live.captures.get(), withdrawn=True)
    page = fetch(client, "/?q=heading%3A0+OR+heading%3A1&list=sections")
    assert '<time datetime="2025-06-03T06:30:00Z">3 June 2025, 06:30 UTC</time>' in page
    assert "A. Writer" in page
    assert "Live page" in page
    assert page.count("Withdrawn by the outlet") == 1


def test_hit_links_to_its_article_with_the_question(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=sank&kind=live&sort=newest")
    live = Article.objects.get(kind="live")
    last = live.sections.order_by("position").last()
    assert last
    assert f"{live.get_absolute_url()}?q=sank&kind=live&sort=newest#{last.anchor}" in hrefs(page, '/articles/[^"]*')


def test_bar_narrows_to_the_number_it_shows(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=ferry&list=sections")
    table = re.findall(r'<a href="(\?[^"]*date=[^"]*)">([^<]*)</a></th><td>([\d,]+)</td>', page)
    assert sum(int(count) for _, _, count in table) == SHORT + LONG
    assert "1 undated" in page
    for address, label, count in table:
        narrowed = fetch(client, "/" + unescape(address))
        assert f"{count} section" in narrowed
        assert f"Published: <bdi>{label}</bdi>" in narrowed
        for name in ("Earlier", "Later", "Zoom out", "Clear"):
            assert f">{name}<" in narrowed
    assert "2 June 2025</th><td>0</td>" in fetch(client, "/?q=ferry&from=2025-06-01&to=2025-06-30")


def test_facets_count_what_a_click_finds(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=ferry&source=Outlet+1")
    pattern = r'class="choose" href="([^"]*)"[^>]*>.*?<span class="number w\d+">([\d,]+)</span>'
    values = re.findall(pattern, page, re.DOTALL)
    assert len(values) > 8
    for address, count in values[1:]:
        found = fetch(client, unescape(address))
        if "source=Outlet+1" in address and address.count("source=") == 1:
            assert f"{count} article" in found
    assert ">All 13<" in page
    assert "ports_<wbr>and_<wbr>harbours" in page
    assert 'aria-label="Exclude ports_and_harbours"' in page
    (without,) = hrefs(page, '[^"]*not-source=Outlet[+]2[^"]*')
    assert "not Source: <bdi>Outlet 2</bdi>" in fetch(client, without)


def test_all_values_have_a_page_with_a_filter(archive: None, client: Client) -> None:
    page = fetch(client, "/values/source/?q=ferry&contains=let+1&order=name")
    assert re.findall(r'class="label" dir="auto">([^<]*)<', page) == ["Outlet 1", "Outlet 10", "Outlet 11"]
    assert fetch(client, "/values/source/?q=ferry", part=True).count('class="choose"') == 13
    assert "No value contains" in fetch(client, "/values/source/?q=ferry&contains=%3Cb%3E")
    for name in FACET_NAMES:
        fetch(client, f"/values/{name}/?q=ferry")
    fetch(client, "/values/headline/?q=ferry", status=404)
    assert "cannot be read" in fetch(client, "/values/source/?q=a+w%2F0+b", status=400)


@pytest.mark.parametrize(
    "address",
    [
        "/?q=",
        "/?q=ferry",
        "/?q=ferry&list=sections&page=2",
        "/?q=ferry&unit=article&date=2025-06&per-page=100",
        "/?q=ferry&not-source=Outlet+1&date=none&view=list",
        "/?q=fery",
        "/values/byline/?q=ferry",
        "/suggest?as=options&q=ferry",
    ],
)
def test_a_page_takes_six_queries_at_most(
    archive: None, client: Client, address: str, django_assert_max_num_queries: Any
) -> None:
    client.get(address)
    with django_assert_max_num_queries(6):
        response = client.get(address)
    assert len(response.content) < 120_000


@pytest.mark.parametrize(
    ("parameters", "noun", "total", "other"),
    [
        ("", "article", SHORT + 2, SHORT + LONG + 1),
        ("&unit=article", "article", SHORT + 2, SHORT + LONG + 1),
        ("&list=sections", "section", SHORT + LONG + 1, SHORT + 2),
        ("&unit=article&list=sections", "article", SHORT + 2, SHORT + LONG + 1),
    ],
)
def test_one_unit_is_counted_everywhere_and_named(
    archive: None, client: Client, parameters: str, noun: str, total: int, other: int
) -> None:
    page = fetch(client, f"/?q=ferry{parameters}")
    also = {"article": "section", "section": "article"}[noun]
    assert f'tabindex="-1">{total} {noun}s ({other} {also}s)<' in page
    assert f"<title>ferry: {total} {noun}s – Cuttings</title>" in page
    assert f'<span class="unit">{noun}s</span>' in page
    assert f"{noun.capitalize()}s by day" in page
    # Each facet with one value for each article has all of them, and so have the timeline and what is undated.
    assert _numbers(page, "kind") == total
    assert _numbers(page, "date") == total
    timeline = [int(count) for count in re.findall(r"</th><td>(\d+)</td>", page)]
    assert sum(timeline) + 1 == total
    # What a value counts is what it finds.
    (address,) = hrefs(page, '[^"]*kind=live[^"]*')[:1]
    live = LONG if noun == "section" else 1
    assert f'tabindex="-1">{live} {noun}' in fetch(client, address)


def _numbers(page: str, name: str) -> int:
    """Returns the sum of the counts beside the values of a filter."""
    pattern = rf'data-key="{name} (?!\d+-)[^"]*"[^>]*>.*?<span class="number w\d+">(\d+)</span>'
    return sum(int(count) for count in re.findall(pattern, page))


def test_the_menus_have_links_that_keep_the_rest_of_the_question(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=ferry&kind=article&sort=oldest&view=list&per-page=50")
    for target in (
        "?q=ferry&unit=article&kind=article&sort=oldest&view=list&per-page=50",
        "?q=ferry&list=sections&kind=article&sort=oldest&view=list&per-page=50",
        "?q=ferry&kind=article&sort=captured&view=list&per-page=50",
        "?q=ferry&kind=article&sort=oldest&per-page=50",
        "?q=ferry&kind=article&sort=oldest&view=list&per-page=100",
    ):
        assert target in hrefs(page, '[^"]*')
    for label, current in (("All words in", "one section"), ("Sort", "oldest first"), ("View", "list")):
        assert f'{label}<span class="colon">: </span></span><strong>{current}</strong>' in page
    assert 'class="snippet"' not in page
    # Articles are opened with the view, so that the way back leads to the same page.
    assert all("view=list&per-page=50" in address for address in hrefs(page, '/articles/[^"]*'))


def test_pages_follow_their_size(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=ferry&page=2")
    assert 'start="21"' in page
    assert "?q=ferry&per-page=50" in hrefs(page, '[^"]*')
    assert fetch(client, "/?q=ferry&per-page=50").count('class="hit"') == SHORT + 2
    assert "There is no page 2; the last is" in fetch(client, "/?q=ferry&per-page=50&page=2")
    assert "?q=ferry&page=2&per-page=20" not in hrefs(fetch(client, "/?q=ferry&per-page=20"), '[^"]*')


def test_undated_is_a_filter(archive: None, client: Client) -> None:
    (undated, *_) = hrefs(fetch(client, "/?q=ferry"), '[^"]*date=none')
    page = fetch(client, "/" + undated.removeprefix("/"))
    assert 'tabindex="-1">1 article (1 section)<' in page
    assert "Published: <bdi>undated</bdi>" in page
    # The years stay, with their counts, and lead out of it.
    assert "/?q=ferry&date=2025" in hrefs(page, '[^"]*')
    assert client.get("/export.jsonl?q=ferry&date=none").getvalue().count(b"\n") == 1
    assert client.get("/feed.atom?q=ferry&date=none").getvalue().count(b"<entry>") == 1


def test_a_date_that_cannot_be_read_is_named_and_kept_in_its_box(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=ferry&from=2025-02-30&to=%3Cb%3E")
    assert "From: 2025-02-30 is not in the calendar." in page
    assert 'value="2025-02-30"' in page
    assert 'value="&lt;b&gt;"' in page
    assert 'tabindex="-1">47 articles' in page
    assert "day before the month" in fetch(client, "/?q=ferry&from=3/6/2025")


def test_excluded_values_have_a_section_of_their_own(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=ferry&not-source=Outlet+1&not-kind=live")
    excluded = page[page.index('data-facet="excluded"') : page.index('data-facet="source"')]
    assert hrefs(excluded, '[^"]*') == ["?q=ferry&not-kind=live", "?q=ferry&not-source=Outlet+1"]
    assert 'data-key="source Outlet 1"' not in page
    assert 'data-facet="excluded"' not in fetch(client, "/?q=ferry")


def names_of(rows: str, tag: str) -> list[str]:
    """Returns the names of elements as assistive technology reads them."""
    tree = html.fragment_fromstring(rows, create_parent="div")
    texts = {element.get("id"): element.text_content().strip() for element in tree.iter() if element.get("id")}
    names = []
    for element in tree.iter(tag):
        labels = element.get("aria-labelledby")
        names.append(" ".join(texts[label] for label in labels.split()) if labels else element.text_content().strip())
    return names


def test_links_to_different_places_have_different_names(
    archive: None, client: Client, ingest_file: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "b.jsonl"
    sections = [{"text": f"A tug came, number {number}."} for number in range(4)]
    articles = [{"id": f"b{n}", "headline": "Tugs", "source": f"Post {n}", "sections": sections} for n in range(2)]
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest_file(path)
    sync.drain(no_progress)
    for shape, count in (("", 4), ("&list=sections", 8), ("&view=list", 4), ("&list=sections&view=list", 8)):
        page = fetch(client, f"/?q=tug{shape}")
        rows = page[page.index('<ol class="hits') : page.index("</ol>")]
        names = names_of(rows, "a")
        assert len(set(names)) == len(names) == count
        # A box is named by the heading of its hit.
        boxes = names_of(rows, "input")
        assert len(set(boxes)) == len(boxes) == rows.count('class="hit"')
        assert set(boxes) <= set(names)
    names = []
    for article in Article.objects.filter(headline="Tugs"):
        part = fetch(client, f"/articles/{article.pk}/more/?q=tug", part=True)
        names += [re.sub(r"<[^>]*>", "", name) for name in re.findall(r"<h3[^>]*>(.*?)</h3>", part)]
    assert len(names) == len(set(names)) == 6
    assert any(re.fullmatch(r"Section \d of Tugs, Post 1", name) for name in names)


def test_sections_by_themselves_show_their_heading_and_time_first(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=heading:3+sank&list=sections")
    row = page[page.index('<li class="hit"') : page.index("</ol>")]
    text = " ".join(re.sub(r"<[^>]*>", " ", row).split())
    assert text.startswith("3 June 2025, 09:30 UTC Unknown source A. Writer Entry 3 Live page Harbour, live")


def test_a_page_of_a_hundred_rows_is_bounded_too(
    archive: None, client: Client, ingest_file: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "b.jsonl"
    text = "The tug came in at six, and nobody on it had seen the storm that night. " * 9
    articles = [{"headline": f"Tug number {n} of the harbour comes home at last", "text": text} for n in range(100)]
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest_file(path)
    sync.drain(no_progress)
    page = fetch(client, "/?q=tug&per-page=100")
    assert page.count('class="hit"') == 100
    assert len(page.encode()) < 120_000


def test_new_query_keeps_filters_and_order(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=ferry&kind=live&not-source=x&date=2025-06&list=sections&sort=oldest")
    kept = re.findall(r'<input type="hidden" form="search-form" name="([^"]*)" value="([^"]*)">', page)
    assert kept == [
        ("list", "sections"),
        ("not-source", "x"),
        ("kind", "live"),
        ("date", "2025-06"),
        ("sort", "oldest"),
    ]


def test_pages_say_their_language_and_direction(archive: None, client: Client) -> None:
    page = fetch(client, "/?q=渡轮")
    assert re.search(r'<li class="hit"[^>]* lang="ar">', page)
    assert re.search(r'<h2 [^>]*dir="auto">', page)


def test_help_has_every_row_of_the_tables_and_its_examples_run(seed: Article, client: Client) -> None:
    page = fetch(client, "/help/")
    assert page.count("<kbd>") == len(KEYBOARD_SHORTCUTS)
    examples = hrefs(page, '/[?]q=[^"]*')
    assert len(examples) == sum(len(row.examples) for row in SYNTAX)
    for example in examples:
        fetch(client, example)
    for name in PAGE_FACETS:
        assert f"<code>{name}:</code>" in page
