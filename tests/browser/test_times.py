"""Times on the clock of the outlet, and in the reader's zone when asked for."""

from typing import Any

import pytest
from playwright.sync_api import expect

from archive.models import Article
from archive.times import parse_moment
from tests.search.page_tools import entry, ingest_live_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def live(db: None) -> Article:
    """A page that is known to the day, with an entry that is known to the minute."""
    return ingest_live_page([entry("b", "Buses left.", at="23:30", heading="Night"), entry("a", "Buses came.")])


def test_times_are_the_outlets_unless_the_reader_wants_their_own(live: Article, open_page: Any) -> None:
    page = open_page(live.get_absolute_url(), timezone_id="Europe/Berlin")
    entry_time = page.locator("section .permalink").first
    expect(entry_time).to_have_text("23:30")
    expect(page.locator(".day summary")).to_contain_text("UTC")
    page.get_by_role("button", name="Local time").click()
    expect(entry_time).to_have_text("3 June 2025, 01:30 CEST")
    expect(entry_time).to_have_attribute("title", "Monday 2 June 2025, 23:30 UTC")
    expect(page.locator(".about time")).to_have_text("2 June 2025")
    expect(page.locator(".rail time")).to_have_text("3 Jun 01:30")
    expect(page.get_by_text("Times are in your time zone (Europe/Berlin).")).to_be_visible()


def test_the_clock_of_the_outlet_is_named(db: None, open_page: Any) -> None:
    section = entry("a", "Buses came.", published=parse_moment("2025-01-01T08:15+13:00"))
    page = open_page(ingest_live_page([section]).get_absolute_url(), timezone_id="Europe/Berlin")
    expect(page.locator("section .permalink").first).to_have_text("08:15")
    expect(page.locator(".day summary")).to_have_text("Wednesday 1 January 2025 1 entry UTC+13:00")
    page.get_by_role("button", name="Local time").click()
    expect(page.locator("section .permalink").first).to_have_text("31 December 2024, 20:15 CET")


def test_the_choice_is_remembered(live: Article, open_page: Any) -> None:
    page = open_page(live.get_absolute_url(), timezone_id="America/New_York")
    entry_time = page.locator("section .permalink").first
    page.get_by_role("button", name="Local time").click()
    expect(entry_time).to_have_text("2 June 2025, 19:30 GMT-4")
    expect(page.get_by_role("button", name="Local time")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(entry_time).to_have_text("2 June 2025, 19:30 GMT-4")
    page.get_by_role("button", name="Outlet’s time").click()
    expect(entry_time).to_have_text("23:30")


def test_without_scripts_times_are_the_outlets_and_say_so(live: Article, open_page: Any) -> None:
    page = open_page(live.get_absolute_url(), timezone_id="Europe/Berlin", java_script_enabled=False)
    expect(page.locator("section .permalink").first).to_have_text("23:30")
    expect(page.locator(".day summary")).to_contain_text("Monday 2 June 2025")
    expect(page.get_by_text("Times are those of the outlets.")).to_be_visible()
    expect(page.get_by_role("button", name="Outlet’s time")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_moves_when_times_become_the_readers(live: Article, open_page: Any, width: int) -> None:
    page = open_page("/login/", width=width, timezone_id="America/New_York")
    page.evaluate("localStorage.setItem('cuttings-times', 'local')")
    page.goto(page.url.replace("/login/", f"{live.get_absolute_url()}?q=buses"))
    shift = page.evaluate(
        "new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach(one => sum +="
        " one.value)).observe({type: 'layout-shift', buffered: true}); requestAnimationFrame(() =>"
        " requestAnimationFrame(() => setTimeout(() => done(sum)))) })"
    )
    assert shift == 0
