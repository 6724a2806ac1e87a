"""The entries of a live page that have some words, or are key events, out of all its parts."""

import re

import pytest
from django.test import Client

from archive.models import Article
from archive.search_port import no_progress
from archive.times import parse_moment
from search.articles import parts as parts_module
from search.index import sync
from tests.conftest import BuildOnce

from ..page_tools import entry, fetch, ingest_live_page, links

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MAX_PART_SECTIONS", 3)


def make_live() -> None:
    """A lead and nine entries, in parts of three. Every third is a key event; the headline has "ministers"."""
    lead = entry("lead", "Buses, ministers and a bridge.\nThe day so far.\nWhat comes next.\nWho is who.")
    entries = [
        entry(
            f"e{number}",
            f"Entry {number}. " + ("Buses crossed the bridge." if number % 2 else "A stand-off at the mosque."),
            at=f"{number + 9:02}:00",
            heading="Ministers speak" if number == 4 else f"Hour {number}",
            key_event=number % 3 == 0,
        )
        for number in range(9, 0, -1)
    ]
    ingest_live_page([lead, *entries])


@pytest.fixture
def live(build_once: BuildOnce) -> Article:
    build_once(make_live, make_live)
    return Article.objects.get()


def shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<p dir="auto">Entry (\d)\.', page)]


def count_of(page: str) -> str:
    """Returns what the page says of the choice of its entries."""
    found = re.search(r'<p class="found".*?</p>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", found[0]).split()) if found else ""


@pytest.mark.parametrize(
    ("parameters", "expected", "count"),
    [
        ("find=buses", [9, 7, 5], "5 of 9 entries with buses Show all"),
        ("find=buses&part=2", [3, 1], "5 of 9 entries with buses Show all"),
        ("find=buses&order=oldest", [1, 3, 5], "5 of 9 entries with buses Show all"),
        # In the headline, too, which does not make all entries have it.
        ("find=ministers", [4], "1 of 9 entries with ministers Show all"),
        ("find=speak+mosque", [4], "1 of 9 entries with speak mosque Show all"),
        ("find=buses+NOT+9", [7, 5, 3], "4 of 9 entries with buses NOT 9 Show all"),
        ("find=crossed+w/3+bridge", [9, 7, 5], "5 of 9 entries with crossed w/3 bridge Show all"),
        ("find=%22stand-off+at%22", [8, 6, 4], "4 of 9 entries with &quot;stand-off at&quot; Show all"),
        ("only=key-events", [9, 6, 3], "3 of 9 entries key events only Show all"),
        ("find=buses&only=key-events", [9, 3], "2 of 9 entries with buses, key events only Show all"),
        ("find=zebra", [], "0 of 9 entries with zebra Show all"),
        ("", [9, 8], ""),
        ("only=nothing", [9, 8], ""),
    ],
)
def test_entries_are_chosen_out_of_all_parts(
    live: Article, client: Client, parameters: str, expected: list[int], count: str
) -> None:
    page = fetch(client, f"{live.get_absolute_url()}?{parameters}")
    assert shown(page) == expected
    assert count_of(page) == count


def test_the_words_that_were_looked_for_are_marked_beside_those_of_the_search(live: Article, client: Client) -> None:
    page = fetch(client, f"{live.get_absolute_url()}?q=entry&find=mosque")
    assert set(re.findall(r'<mark id="m\d+">(\w+)</mark>', page)) == {"Entry", "mosque"}


def test_a_filter_that_cannot_be_read_shows_all_entries_and_says_so(live: Article, client: Client) -> None:
    page = fetch(client, f"{live.get_absolute_url()}?find=buses+w/0+bridge")
    assert shown(page) == [9, 8]
    assert "All entries are shown." in page
    assert 'aria-invalid="true"' in page


def test_an_index_that_fails_shows_all_entries_and_says_so(
    live: Article, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.articles.entry_search.TIME_LIMIT_SECONDS", -1)
    page = fetch(client, f"{live.get_absolute_url()}?find=buses")
    assert shown(page) == [9, 8]
    assert "took longer" in page


def test_the_filter_keeps_the_search_and_the_order(live: Article, client: Client) -> None:
    page = fetch(client, f"{live.get_absolute_url()}?q=entry&page=2&order=oldest&find=buses")
    form = page.partition('<form class="find"')[2].partition("</form>")[0]
    assert re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', form) == [
        ("q", "entry"),
        ("page", "2"),
        ("order", "oldest"),
    ]
    assert f"{live.get_absolute_url()}?q=entry&page=2&order=oldest&find=buses&only=key-events" in links(page)
    assert f"{live.get_absolute_url()}?q=entry&page=2&order=oldest&part=2&find=buses" in links(page)
    assert f'<link rel="canonical" href="{live.get_absolute_url()}">' in page


def test_a_capture_is_filtered_by_key_events_alone(live: Article, client: Client) -> None:
    sha256 = live.captures.get().sha256[:16]
    page = fetch(client, f"{live.get_absolute_url()}?capture={sha256}&find=buses")
    assert shown(page) == [9, 8]
    assert '<form class="find"' not in page
    page = fetch(client, f"{live.get_absolute_url()}?capture={sha256}&only=key-events")
    assert shown(page) == [9, 6, 3]


def test_an_entry_that_was_edited_is_found_by_its_new_words(live: Article, client: Client) -> None:
    ingest_live_page([entry("e9", "Entry 9. A zebra.", at="18:00", heading="Hour 9")], captured_from=2)
    sync.drain(no_progress)
    assert shown(fetch(client, f"{live.get_absolute_url()}?find=zebra")) == [9]


class TestOverview:
    def test_it_counts_the_whole_page_whatever_is_shown(self, live: Article, client: Client) -> None:
        for parameters in ("", "?part=3", "?find=mosque", "?order=oldest", "?only=key-events&part=9"):
            page = fetch(client, live.get_absolute_url() + parameters)
            overview = page.partition('<ul class="overview"')[2].partition("</ul>")[0]
            assert re.findall(r"<li>(.*?)</li>", overview)[:3] == ["9 entries", "2 June 2025", "3 key events"]

    def test_a_long_lead_is_folded_after_its_first_paragraph(self, live: Article, client: Client) -> None:
        page = fetch(client, live.get_absolute_url())
        assert "3 more paragraphs of the lead" in page
        assert 'id="lead-rest">' in page
        # A match in it is not hidden.
        assert 'id="lead-rest" open>' in fetch(client, live.get_absolute_url() + "?q=%22who+is+who%22")

    def test_days_are_those_of_the_outlet_and_counted(self, client: Client) -> None:
        article = ingest_live_page(
            [
                entry("c", "Late.", heading="C", published=parse_moment("2025-06-03T00:30+02:00")),
                entry("b", "Undated.", heading="B"),
                entry("a", "Early.", heading="A", published=parse_moment("2025-06-02T23:30+02:00")),
            ]
        )
        page = fetch(client, article.get_absolute_url())
        days = re.findall(
            r'<details class="day" id="([\w-]+)" open>.*?<summary.*?<time.*?>(.*?)</time>', page, re.DOTALL
        )
        assert days == [("day-2025-06-03", "Tuesday 3 June 2025"), ("day-2025-06-02", "Monday 2 June 2025")]
        assert "2 entries" in page.partition("day-2025-06-02")[0]
        assert "<small>UTC+02:00</small>" in page
