"""Articles with many sections, which are shown in parts."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from archive.models import Article, Section
from archive.prepared_queries import PreparedQuery
from search.articles import comparison as comparison_module
from search.articles import parts as parts_module
from search.articles import sections as sections_of_articles
from search.articles.parts import PartChoice, captured_part, current_part
from search.articles.sections import Viewer
from search.results import answers as answers_module
from search.results import sections as sections_module
from tests.conftest import NOW

from ..page_tools import entry, fetch, ingest_live_page, links

pytestmark = pytest.mark.django_db

PART_SECTIONS = 3


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (parts_module, sections_module):
        monkeypatch.setattr(module, "MAX_PART_SECTIONS", PART_SECTIONS)
    # The number is in the SQL that is kept.
    monkeypatch.setattr(answers_module, "_FOR_ROWS", PreparedQuery(answers_module._sections_for_rows))


def live_page(count: int, *, newest_on_top: bool = True) -> Article:
    """Ingests a live page of so many entries; entry number N is published N minutes after ten."""
    numbers = range(count, 0, -1) if newest_on_top else range(1, count + 1)
    entries = [entry(f"e{number}", f"Entry number{number} of the day.", at=f"10:{number:02}") for number in numbers]
    return ingest_live_page(entries)


def shown(page: str) -> list[int]:
    """Returns the numbers of the entries in the text of a page, in its order."""
    return [
        int(part.split(" ")[0])
        for part in page.partition('<nav class="rail"')[0].split('<p dir="auto">Entry number')[1:]
    ]


def address_of(article: Article, parameters: str = "") -> str:
    return article.get_absolute_url() + parameters


def section_of(article: Article, number: int) -> Section:
    return article.sections.get(key=f"e{number}")


class TestPages:
    @pytest.mark.parametrize(
        ("parameters", "expected", "place"),
        [
            ("", [8, 7, 6], "Sections 1–3 of 8"),
            ("?part=1", [8, 7, 6], "Sections 1–3 of 8"),
            ("?part=2", [5, 4, 3], "Sections 4–6 of 8"),
            ("?part=3", [2, 1], "Sections 7–8 of 8"),
            ("?part=4", [2, 1], "Sections 7–8 of 8"),
            ("?part=99999999999", [2, 1], "Sections 7–8 of 8"),
            ("?part=0", [8, 7, 6], "Sections 1–3 of 8"),
            ("?part=-1", [8, 7, 6], "Sections 1–3 of 8"),
            ("?part=x", [8, 7, 6], "Sections 1–3 of 8"),
            ("?section=0", [8, 7, 6], "Sections 1–3 of 8"),
            ("?section=999999999999", [8, 7, 6], "Sections 1–3 of 8"),
            ("?order=oldest", [1, 2, 3], "Sections 1–3 of 8"),
            ("?order=oldest&part=3", [7, 8], "Sections 7–8 of 8"),
        ],
    )
    def test_a_page_shows_one_part_and_says_which(
        self, client: Client, parameters: str, expected: list[int], place: str
    ) -> None:
        page = fetch(client, address_of(live_page(8), parameters))
        assert shown(page) == expected
        assert page.partition('<nav class="rail"')[0].count(place) == 2

    def test_every_entry_is_in_one_part(self, client: Client) -> None:
        article = live_page(8)
        pages = [fetch(client, address_of(article, f"?part={number}")) for number in (1, 2, 3)]
        assert [number for page in pages for number in shown(page)] == [*range(8, 0, -1)]

    @pytest.mark.parametrize("order", ["", "&order=oldest"])
    def test_a_section_is_shown_in_the_part_that_has_it(self, client: Client, order: str) -> None:
        article = live_page(8)
        for number in range(1, 9):
            section = section_of(article, number)
            page = fetch(client, address_of(article, f"?section={section.pk}{order}"))
            assert number in shown(page)
            assert f'id="{section.anchor}"' in page

    def test_an_article_of_as_many_sections_as_a_part_has_none(self, client: Client) -> None:
        page = fetch(client, address_of(live_page(PART_SECTIONS), "?part=2"))
        assert len(shown(page)) == PART_SECTIONS
        assert "Sections 1" not in page

    def test_a_capture_is_shown_in_parts(self, client: Client) -> None:
        entries = [entry(f"e{number}", f"Entry number{number} of the day.") for number in range(5)]
        article = ingest_live_page(entries, entries[:4])
        capture = article.captures.order_by("captured")[0]
        address = address_of(article, f"?capture={capture.sha256[:16]}")
        assert shown(fetch(client, address)) == [0, 1, 2]
        assert shown(fetch(client, f"{address}&part=2")) == [3, 4]
        section = section_of(article, 4)
        assert shown(fetch(client, f"{address}&section={section.pk}")) == [3, 4]

    def test_parts_link_to_each_other_and_keep_the_search_and_the_order(self, client: Client) -> None:
        article = live_page(14)
        page = fetch(client, address_of(article, "?q=entry&order=oldest&part=3"))
        for number in (1, 2, 4, 5):
            part = f"&part={number}" if number > 1 else ""
            assert address_of(article, f"?q=entry&order=oldest{part}") in links(page)
        assert 'rel="prev"' in page
        assert 'rel="next"' in page

    def test_every_link_works(self, client: Client) -> None:
        article = live_page(7)
        for parameters in ("", "?part=2&q=number3", f"?section={section_of(article, 1).pk}"):
            for link in links(fetch(client, address_of(article, parameters))):
                if link.startswith("/"):
                    assert client.get(link).status_code in (200, 302), link

    @pytest.mark.parametrize(
        ("parameters", "canonical"),
        [("", ""), ("?part=2", "?part=2"), ("?q=entry&part=2", "?part=2"), ("?part=2&order=oldest", "")],
    )
    def test_the_canonical_address_of_a_part_is_its_own(self, client: Client, parameters: str, canonical: str) -> None:
        article = live_page(8)
        page = fetch(client, address_of(article, parameters))
        assert f'<link rel="canonical" href="{address_of(article, canonical)}">' in page

    def test_a_part_with_a_section_is_canonical_under_its_number(self, client: Client) -> None:
        article = live_page(8)
        page = fetch(client, address_of(article, f"?section={section_of(article, 5).pk}"))
        assert f'<link rel="canonical" href="{address_of(article, "?part=2")}">' in page

    def test_the_list_of_sections_and_schema_org_have_the_part_alone(self, client: Client) -> None:
        page = fetch(client, address_of(live_page(8), "?part=2"))
        rail = page.partition('<nav class="rail"')[2].partition("</nav>")[0]
        assert [number for number in range(1, 9) if f"number{number} " in rail] == [3, 4, 5]
        assert page.count('"BlogPosting"') == PART_SECTIONS


class TestMatches:
    def test_matches_of_other_parts_are_counted_and_linked(self, client: Client) -> None:
        article = live_page(14)
        page = fetch(client, address_of(article, "?q=number14+OR+number6+OR+number1&part=2"))
        assert "3 of these 14 sections found by the search" in page
        query = "?q=number14+OR+number6+OR+number1"
        assert address_of(article, query) in links(page)
        assert address_of(article, f"{query}&part=3") in links(page)

    def test_a_query_that_cannot_be_read_shows_the_part(self, client: Client) -> None:
        page = fetch(client, address_of(live_page(8), "?q=%28&part=2"))
        assert shown(page) == [5, 4, 3]
        assert "Matches in other sections are not known" in page

    def test_a_page_without_a_search_asks_nothing_of_the_index(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        article = live_page(8)

        def fail() -> None:
            raise AssertionError("the index was asked")

        monkeypatch.setattr("search.pages.articles.shown_index", fail)
        assert "found by the search" not in fetch(client, address_of(article))


class TestLinks:
    def test_results_link_to_the_part_that_has_the_section(self, client: Client) -> None:
        article = live_page(8)
        section = section_of(article, 2)
        found = links(fetch(client, "/?q=number2"))
        assert address_of(article, f"?q=number2&section={section.pk}#{section.anchor}") in found

    def test_permalinks_lead_to_the_part_that_has_the_section(self, client: Client) -> None:
        article = live_page(8)
        section = section_of(article, 2)
        page = fetch(client, section.get_absolute_url())
        assert address_of(article, f"?section={section.pk}#{section.anchor}") in links(page)

    def test_links_to_short_articles_name_no_section(self, client: Client) -> None:
        article = live_page(PART_SECTIONS)
        section = section_of(article, 2)
        assert address_of(article, f"#{section.anchor}") in links(fetch(client, section.get_absolute_url()))
        assert address_of(article, f"?q=number2#{section.anchor}") in links(fetch(client, "/?q=number2"))


class TestWork:
    def test_four_queries_load_a_part_and_two_a_whole_article(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        article = live_page(8)
        with django_assert_num_queries(4):
            current_part(article, "outlet", PartChoice(2), viewer=Viewer(NOW))
        short = ingest_live_page([entry("1", "A."), entry("2", "B.")], source="Other", url="", external_id="")
        with django_assert_num_queries(2):
            current_part(short, "oldest", viewer=Viewer(NOW))

    @pytest.mark.parametrize("order", ["outlet", "oldest"])
    def test_the_text_of_a_part_alone_is_loaded(self, monkeypatch: pytest.MonkeyPatch, order: Any) -> None:
        article = live_page(30)
        loaded: list[int] = []
        place = sections_of_articles.place_current

        def counted(article: Article, section: Section, **options: Any) -> Any:
            loaded.append(section.pk)
            return place(article, section, **options)

        monkeypatch.setattr(parts_module, "place_current", counted)
        current_part(article, order, PartChoice(5), viewer=Viewer(NOW))
        assert len(loaded) <= 2 * PART_SECTIONS + 1

    def test_an_article_without_sections_is_one_part(self) -> None:
        article = live_page(1)
        version = article.versions.get()
        version.placements.all()._raw_delete("default")
        part = captured_part(article, version, "oldest", PartChoice(7, 3), viewer=Viewer(NOW))
        assert (part.sections, part.total, part.count, part.number) == ((), 0, 1, 1)


def test_whole_articles_are_cited_and_exported(client: Client) -> None:
    article = live_page(8)
    assert "Talks live" in fetch(client, f"/articles/{article.pk}/cite/")
    rows = fetch(client, "/export.csv?q=entry")
    assert all(f"number{number} " in rows for number in range(1, 9))


class TestComparison:
    @pytest.fixture(autouse=True)
    def small_comparisons(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(comparison_module, "MAX_PART_SECTIONS", PART_SECTIONS)
        monkeypatch.setattr(comparison_module, "MAX_LISTED", 2)

    def compared(self, changed: set[int], count: int = 12) -> tuple[Article, str]:
        """Ingests two captures in which these of so many entries differ; returns the URL of their comparison."""
        before, after = (
            [
                entry(f"e{number}", f"Entry number{number} {word if number in changed else 'as it was'}.")
                for number in range(count)
            ]
            for word in ("early", "late")
        )
        article = ingest_live_page(before, after)
        first, second = (capture.sha256[:16] for capture in article.captures.order_by("captured"))
        return article, address_of(article, f"?capture={second}&against={first}")

    def test_changes_are_shown_in_parts_and_counted_in_all(self, client: Client) -> None:
        _, address = self.compared({0, 2, 4, 6, 8, 10, 11})
        pages = [fetch(client, f"{address}&part={number}") for number in (1, 2, 3, 9)]
        found = [
            [int(n) for n in re.findall(r'class="section is-changed".*?number(\d+) ', page, re.DOTALL)]
            for page in pages
        ]
        assert found == [[0, 2, 4], [6, 8, 10], [11], [11]]
        assert all("7 sections changed, 5 unchanged" in page for page in pages)
        assert "Changes 4–6 of 7" in pages[1]
        assert f"{address}&part=3" in links(pages[1])

    def test_of_many_unchanged_sections_the_first_are_listed(self, client: Client) -> None:
        _, address = self.compared({0, 9})
        page = fetch(client, address)
        assert "8 sections unchanged" in page
        assert "6 of them are not listed." in page
        assert "number1 as it was" in page
        assert "number3 as it was" not in page

    def test_links_to_the_captures_name_the_section(self, client: Client) -> None:
        article, address = self.compared({0})
        section = section_of(article, 1)
        found = [link for link in links(fetch(client, address)) if link.endswith(f"#{section.anchor}")]
        assert found
        assert all(f"&section={section.pk}#" in link for link in found)
        assert shown(fetch(client, found[0].partition("#")[0]))[:1] == [0]

    def test_the_texts_that_are_shown_alone_are_loaded(self, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
        _, address = self.compared(set(range(30)), 40)
        loaded: list[object] = []
        place = sections_of_articles.place_in_capture

        def counted(*row: Any, **options: Any) -> Any:
            loaded.append(row)
            return place(*row, **options)

        monkeypatch.setattr(comparison_module, "place_in_capture", counted)
        fetch(client, f"{address}&part=2")
        assert len(loaded) <= 2 * (PART_SECTIONS + 2)
