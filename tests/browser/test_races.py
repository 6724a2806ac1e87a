"""What the reader does while an answer is slow: what was asked for last is shown, and nothing typed is lost.

No answer is waited for by the clock: each is held until the test lets it go.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from archive.search_port import no_progress
from search.index import sync

pytestmark = pytest.mark.django_db(transaction=True)
# What htmx says on the console of an answer that is wanted no more.
GIVEN_UP = ("htmx:afterRequest", "htmx:sendAbort")


@pytest.fixture
def archive(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    entries = [{"id": str(number), "heading": f"Entry {number}", "text": "A ferry sank."} for number in range(5)]
    articles: list[dict[str, Any]] = [
        {"headline": f"{port}, live", "kind": "live", "source": port, "published": "2025-06-03", "sections": entries}
        for port in ("North Quay", "South Quay")
    ]
    articles += [
        {
            "headline": f"Harbour news {number}",
            "text": "The ferry sails." if number % 2 else "The ferry sails past the tug.",
            "source": f"Outlet {number:02}",
            "published": f"2025-0{4 + number % 2}-02",
        }
        for number in range(12)
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest_file(path)
    sync.drain(no_progress)


class Held:
    """Answers of the addresses that have some words in them, none of which comes until it is let go."""

    def __init__(self, page: Page, *words: str) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(lambda address: all(word in address for word in words), lambda route: self._routes.append(route))

    def wait(self, count: int = 1) -> None:
        """Returns when so many are asked for."""
        for _ in range(1000):
            if len(self._routes) >= count:
                return
            self._page.evaluate("() => new Promise(requestAnimationFrame)")
        raise AssertionError(f"{len(self._routes)} of {count} were asked for")

    def let_go(self, *numbers: int) -> None:
        """Gives these answers, or all, in this order, and returns when the page has had each."""
        for number in numbers or range(len(self._routes)):
            route = self._routes[number]
            route.fulfill(response=route.fetch())
            for _ in range(3):
                self._page.evaluate("() => new Promise(requestAnimationFrame)")


def search(page: Page, q: str) -> None:
    page.locator("#q").fill(q)
    page.locator("#q").press("Enter")


def test_letters_typed_after_enter_are_kept_and_so_is_the_focus(archive: None, open_page: Any) -> None:
    page = open_page("/?q=tug")
    held = Held(page, "/?q=ferry")
    search(page, "ferry")
    held.wait()
    page.keyboard.type(" har")
    held.let_go()
    expect(page).to_have_title("ferry – Cuttings")
    expect(page.locator("#main")).not_to_have_attribute("aria-busy", "true")
    page.keyboard.type("bour")
    expect(page.locator("#q")).to_have_value("ferry harbour")


def test_letters_typed_while_a_filter_is_under_way_are_kept(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    held = Held(page, "kind=live")
    page.locator('[data-key="kind live"]').click()
    held.wait()
    page.locator("#q").press("End")
    page.keyboard.type(" har")
    held.let_go()
    expect(page.locator(".chip")).to_have_count(1)
    page.keyboard.type("bour")
    expect(page.locator("#q")).to_have_value("ferry harbour")


def test_letters_typed_while_more_of_a_page_is_under_way_are_kept(archive: None, open_page: Any) -> None:
    page = open_page("/?q=sank")
    held = Held(page, "/more/")
    page.locator(".more a").first.click()
    held.wait()
    page.locator("#q").press("End")
    held.let_go()
    expect(page.locator(".more a")).to_have_count(1)
    page.keyboard.type("j")
    expect(page.locator("#q")).to_have_value("sankj")


def test_a_filter_that_answers_late_does_not_take_the_place_of_a_later_search(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry", expected=GIVEN_UP)
    held = Held(page, "kind=live")
    page.locator('[data-key="kind live"]').click()
    held.wait()
    search(page, "tug")
    expect(page).to_have_title("tug – Cuttings")
    held.let_go()
    expect(page).to_have_title("tug – Cuttings")
    expect(page.locator("#count")).to_have_text("6 sections in 6 articles")
    assert page.url.endswith("/?q=tug")


def test_an_answer_that_comes_late_does_not_undo_back(archive: None, open_page: Any) -> None:
    page = open_page("/?q=tug", expected=GIVEN_UP)
    search(page, "ferry")
    expect(page).to_have_title("ferry – Cuttings")
    held = Held(page, "kind=live")
    page.locator('[data-key="kind live"]').click()
    held.wait()
    page.evaluate("history.back()")
    expect(page).to_have_title("tug – Cuttings")
    held.let_go()
    expect(page.locator("#count")).to_have_text("6 sections in 6 articles")
    expect(page.locator("#q")).to_have_value("tug")
    assert page.url.endswith("/?q=tug")


def test_the_rest_of_two_articles_opens_at_once(archive: None, open_page: Any) -> None:
    page = open_page("/?q=sank")
    held = Held(page, "/more/")
    for link in page.locator(".more a").all():
        link.click()
    held.wait(2)
    held.let_go()
    expect(page.locator(".entry")).to_have_count(10)


def test_of_two_values_chosen_the_later_one_holds(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry", expected=GIVEN_UP)
    page.locator('[data-key="all source"]').click()
    values = page.get_by_role("dialog").locator(".choose")
    expect(values.nth(1)).to_be_visible()
    label = values.nth(1).locator(".label").inner_text()
    held = Held(page, "source=")
    values.nth(0).click()
    held.wait()
    values.nth(1).click()
    held.wait(2)
    held.let_go(1, 0)
    expect(page.locator(".chip")).to_contain_text(label)


def test_the_order_of_all_values_goes_with_what_is_typed_and_outlasts_it(archive: None, open_page: Any) -> None:
    page = open_page("/?q=harbour", expected=GIVEN_UP)
    page.locator('[data-key="all source"]').click()
    panel = page.get_by_role("dialog")
    held = Held(page, "contains=let")
    panel.get_by_role("searchbox").fill("let 0")
    held.wait()
    panel.get_by_role("link", name="By name").click()
    held.wait(2)
    held.let_go(1, 0)
    expect(panel.locator('.switch [aria-current="true"]')).to_have_text("By name")
    expect(panel.locator(".value")).to_have_count(10)
    expect(panel.get_by_role("link", name="By name")).to_be_focused()
    assert page.url.endswith("/?q=harbour")
    panel.get_by_role("searchbox").fill("let 1")
    held.wait(3)
    held.let_go(2)
    expect(panel.locator(".value")).to_have_count(2)
    expect(panel.locator('.switch [aria-current="true"]')).to_have_text("By name")


def test_help_that_comes_late_leaves_the_box_alone(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    held = Held(page, "/help/")
    page.keyboard.press("?")
    page.keyboard.press("?")
    held.wait()
    page.keyboard.press("/")
    held.let_go(0)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.type("tug")
    expect(page.locator("#q")).to_have_value("tug")


def test_the_form_of_dates_is_whole_after_a_drag_and_the_way_back(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    page.locator(".plot").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    page.get_by_text("Dates and counts").click()
    page.get_by_label("From").fill("2025-05-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip")).to_contain_text("Published: 1 May 2025 to")


def test_what_the_history_has_not_kept_is_loaded_even_where_it_cannot_be_read(archive: None, open_page: Any) -> None:
    page = open_page("/?q=tug", expected=("400",))
    search(page, "ferry w/0 tug")
    expect(page.locator("#count")).to_have_text("This query cannot be read")
    search(page, "ferry")
    expect(page).to_have_title("ferry – Cuttings")
    page.evaluate("sessionStorage.removeItem('htmx-history-cache')")
    page.go_back()
    expect(page.locator("#count")).to_have_text("This query cannot be read")
    expect(page.locator("#q")).to_have_value("ferry w/0 tug")
