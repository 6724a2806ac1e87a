"""search/exports/dossier.py: the HTML file, read by lxml.html."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import lxml.html
import pytest
from django.utils import timezone

from archive.models import Article, Section
from search.engines import ClientGoneError
from search.exports import FORMATS, ExportOptions, contract, dossier, make_export
from search.exports.reading import one_line
from search.results import Question

pytestmark = pytest.mark.django_db

# What a file may consist of, so that no text of the archive becomes an element.
ELEMENTS = frozenset(
    "html head meta title style body a header p h1 h2 h3 h4 h5 dl dt dd nav ol ul li span small bdi main div article "
    "section mark i".split()
)


def read_html(text: str) -> Any:
    return lxml.html.document_fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))


def words_of(element: Any) -> str:
    return one_line(element.text_content())


@pytest.mark.parametrize("unit", ["section", "article"])
def test_file_has_every_section_with_all_of_its_words(difficult: None, written: Callable[..., str], unit: str) -> None:
    page = read_html(written("html", unit=unit))
    assert {element.tag for element in page.iter("*")} <= ELEMENTS
    for section in Section.objects.select_related("current"):
        (element,) = page.xpath(f"//section[@id='s{section.pk}']")
        paragraphs = [words_of(paragraph) for paragraph in element.xpath("./p[@dir]")]
        assert paragraphs == list(filter(None, map(one_line, section.paragraphs)))
        assert [words_of(heading) for heading in element.xpath("./header/*[@class='heading']")] == (
            [one_line(section.heading)] if section.heading else []
        )
    headlines = [words_of(heading.find("bdi")) for heading in page.iterfind(".//*[@class='headline']")]
    assert sorted(headlines) == sorted(map(one_line, Article.objects.values_list("headline", flat=True)))


def test_sections_have_the_order_of_the_export(difficult: None, written: Callable[..., str]) -> None:
    for question in (Question(), Question(grouped=False, sort="newest")):
        lines = written("csv", question=question, fields=("section",)).split("\r\n")[1:-1]
        page = read_html(written("html", question=question))
        assert [element.get("id") for element in page.iter("section")] == [f"s{number}" for number in lines]


def test_file_needs_no_network_and_runs_nothing(difficult: None, written: Callable[..., str]) -> None:
    page = read_html(written("html"))
    (style,) = page.iter("style")
    policy = page.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    digest = b64encode(sha256(style.text.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert not re.search(r"url\(|@import|expression", style.text)
    names = {name for element in page.iter("*") for name in element.attrib}
    assert names <= set("lang charset http-equiv content name class href dir id rel".split())
    for link in page.iter("a"):
        assert re.match(r"#|https?://", link.get("href"))
        assert link.get("href").startswith("#") or link.get("rel") == "noopener noreferrer nofollow"


def test_title_ends_neither_the_title_nor_the_style(difficult: None, written: Callable[..., str]) -> None:
    page = read_html(written("html", 'ferry OR "</title></style><b>\\\u202e"'))
    assert {element.tag for element in page.iter("*")} <= ELEMENTS
    assert words_of(page.find(".//h1")).startswith('Search: ferry OR "</title></style><b>\\')


def test_matches_are_marked_and_links_lead_somewhere(difficult: None, written: Callable[..., str]) -> None:
    page = read_html(written("html"))
    marked = [words_of(mark).casefold() for mark in page.iterfind(".//main//mark")]
    assert set(marked) == {"ferry"}
    assert len(marked) > Section.objects.count()
    ids = [element.get("id") for element in page.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    targets = [link.get("href")[1:] for link in page.iter("a") if link.get("href").startswith("#")]
    assert set(targets) <= set(ids)
    assert {f"a{number}" for number in range(1, Article.objects.count() + 1)} <= set(targets)


def test_citation_is_under_each_row_with_permalink_and_hash(difficult: None, written: Callable[..., str]) -> None:
    page = read_html(written("html"))
    for section in Section.objects.select_related("current__capture"):
        (citation,) = page.xpath(f"//section[@id='s{section.pk}']/div[@class='citation']")
        permalink = f"https://archive.example/sections/{section.pk}/?version=1"
        assert citation.xpath("string(.//a/@href)") == words_of(citation.find(".//a")) == permalink
        assert section.current
        assert section.current.capture.sha256 in words_of(citation)
    articles = read_html(written("html", unit="article"))
    assert len(articles.xpath("//article/div[@class='citation']")) == Article.objects.count()


def test_large_result_is_in_parts_each_with_its_contents(
    difficult: None, written: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier, "PART_ARTICLES", 2)
    page = read_html(written("html"))
    contents = page.xpath("/html/body/nav//a/@href")
    assert contents == ["#p1", "#p3"]
    assert [words_of(part.find("h2")) for part in page.iterfind(".//div[@class='part']")] == [
        "Articles 1 to 2",
        "Articles 3 to 3",
    ]
    for part in page.iterfind(".//div[@class='part']"):
        assert part.xpath("./nav//a/@href") == [f"#{article.get('id')}" for article in part.iterfind("article")]


def test_what_curators_set_is_marked_as_theirs(difficult: None, written: Callable[..., str]) -> None:
    article = Article.objects.get(headline="Undated ferry")
    article.headline, article.curated_fields = "Dated <ferry>", ["headline"]
    article.save()
    page = read_html(written("html", "text:ferry kind:article"))
    (found,) = (item for item in page.iter("article") if "Dated" in words_of(item.find("header/h2")))
    assert words_of(found.find("ul")) == "Headline set by a curator; as received: “Undated ferry”"
    assert "Set by curators of this archive, not received: headline “Dated <ferry>”." in words_of(found)


def test_what_is_withdrawn_has_no_words(difficult: None, written: Callable[..., str]) -> None:
    article = Article.objects.get(headline="Undated ferry")
    article.status, article.note = "canceled", "Kill: <wrong>"
    article.save()
    section = article.sections.get()
    for unit, name in (("section", f"Section {section.pk}"), ("article", f"Article {article.pk}")):
        text = written("html", unit=unit)
        assert "Undated" not in text
        (found,) = (item for item in read_html(text).iter("article") if "Withdrawn" in words_of(item))
        assert f"{name}: Withdrawn by its outlet." in words_of(found)
        assert words_of(found.find("ul")) == "Note: Kill: <wrong>"


def test_picked_hits_that_are_missing_have_their_own_names(difficult: None, written: Callable[..., str]) -> None:
    page = read_html(written("html", picked=("a998", "s99", "a999")))
    assert [words_of(line) for line in page.iterfind(".//section//p[@class='tombstone']")] == [
        f"{name}: Not in this result any more." for name in ("Article 998", "Section 99", "Article 999")
    ]
    assert [section.get("id") for section in page.iter("section")] == [None, "s99", None]


def test_passages_are_marked(difficult: None, written: Callable[..., str]) -> None:
    page = read_html(written("html", "long", text="passages"))
    (paragraph,) = page.xpath("//section/p[@dir]")
    assert len(words_of(paragraph)) < 300
    assert paragraph.find("mark") is not None
    assert "passages around the matches" in words_of(page.find(".//dl"))


def test_head_of_an_article_has_the_direction_of_its_headline(difficult: None, written: Callable[..., str]) -> None:
    Article.objects.filter(headline="Undated ferry").update(headline="מעבורת ferry", url="https://a.example/he")
    page = read_html(written("html"))
    heads = {words_of(head.find("h2/bdi")): head for head in page.iterfind(".//article/header")}
    assert heads["מעבורת ferry"].get("dir") == "rtl"
    assert heads["מעבורת ferry"].find("p[@class='address']/bdi").get("dir") == "ltr"
    assert heads["Ferry, in two lines"].get("dir") is None


def test_empty_result_is_a_whole_file(difficult: None, written: Callable[..., str]) -> None:
    page = read_html(written("html", "zebra"))
    assert words_of(page.find(".//main")) == "Nothing in the archive matches."
    assert page.find(".//nav") is None


def test_reader_who_goes_away_ends_the_list_of_contents(difficult: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "CHUNK_SECTIONS", 1)
    looks: list[int] = []

    def watch(rows: int) -> bool:
        looks.append(rows)
        return len(looks) < 3

    export = make_export(FORMATS["html"], Question(q="ferry"), ExportOptions(), site_url="", now=timezone.now())
    pieces = replace(export, watch=watch).write()
    assert next(pieces).startswith(b"<!doctype html>")
    with pytest.raises(ClientGoneError):
        next(pieces)
    assert looks == [0, 0, 0]
