"""What readers do while a response is slow: the page shows the latest request, and loses nothing that they type.

No test waits for the clock: each delays responses until it releases them.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from .addresses import expect_address

pytestmark = pytest.mark.django_db(transaction=True)
# What htmx logs when it aborts a request.
ABORTED = ("htmx:afterRequest", "htmx:sendAbort")


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
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
    begin_with(articles)


class DelayedResponses:
    """The responses of the URLs that contain all of some words; each is delayed until its release."""

    def __init__(self, page: Page, *words: str) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(lambda address: all(word in address for word in words), lambda route: self._routes.append(route))

    def wait(self, count: int = 1) -> None:
        """Returns when the page has made `count` requests."""
        for _ in range(1000):
            if len(self._routes) >= count:
                return
            self._page.evaluate("() => new Promise(requestAnimationFrame)")
        raise AssertionError(f"{len(self._routes)} of {count} requests were made")

    def release(self, *numbers: int) -> None:
        """Sends these responses, or all, in this order; returns when the page has handled each."""
        for number in numbers or range(len(self._routes)):
            route = self._routes[number]
            route.fulfill(response=route.fetch())
            for _ in range(3):
                self._page.evaluate("() => new Promise(requestAnimationFrame)")


def search(page: Page, q: str) -> None:
    page.locator("#q").fill(q)
    page.locator("#q").press("Enter")


def test_letters_typed_after_enter_and_the_focus_are_kept(archive: None, open_page: Any) -> None:
    page = open_page("/?q=tug")
    delayed = DelayedResponses(page, "/?q=ferry")
    search(page, "ferry")
    delayed.wait()
    page.keyboard.type(" har")
    delayed.release()
    expect(page).to_have_title(re.compile("^ferry: "))
    expect(page.locator("#main")).not_to_have_attribute("aria-busy", "true")
    page.keyboard.type("bour")
    expect(page.locator("#q")).to_have_value("ferry harbour")


def test_letters_typed_while_a_filter_loads_are_kept(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    delayed = DelayedResponses(page, "kind=live")
    page.locator('[data-key="kind live"]').click()
    delayed.wait()
    page.locator("#q").press("End")
    page.keyboard.type(" har")
    delayed.release()
    expect(page.locator(".chip")).to_have_count(1)
    page.keyboard.type("bour")
    expect(page.locator("#q")).to_have_value("ferry harbour")


def test_letters_typed_while_more_sections_load_are_kept(archive: None, open_page: Any) -> None:
    page = open_page("/?q=sank")
    delayed = DelayedResponses(page, "/more/")
    page.locator(".more a").first.click()
    delayed.wait()
    page.locator("#q").press("End")
    delayed.release()
    expect(page.locator(".more a")).to_have_count(1)
    page.keyboard.type("j")
    expect(page.locator("#q")).to_have_value("sankj")


def test_late_filter_does_not_replace_a_later_search(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry", expected=ABORTED)
    delayed = DelayedResponses(page, "kind=live")
    page.locator('[data-key="kind live"]').click()
    delayed.wait()
    search(page, "tug")
    expect(page).to_have_title("tug: 6 articles – Cuttings")
    delayed.release()
    expect(page).to_have_title("tug: 6 articles – Cuttings")
    expect(page.locator("#count")).to_have_text("6 articles (6 sections)")
    expect_address(page, "/?q=tug")


def test_late_response_does_not_undo_going_back(archive: None, open_page: Any) -> None:
    page = open_page("/?q=tug", expected=ABORTED)
    search(page, "ferry")
    expect(page).to_have_title(re.compile("^ferry: "))
    delayed = DelayedResponses(page, "kind=live")
    page.locator('[data-key="kind live"]').click()
    delayed.wait()
    page.evaluate("history.back()")
    expect(page).to_have_title("tug: 6 articles – Cuttings")
    delayed.release()
    expect(page.locator("#count")).to_have_text("6 articles (6 sections)")
    expect(page.locator("#q")).to_have_value("tug")
    expect_address(page, "/?q=tug")


def test_more_sections_of_two_articles_load_at_once(archive: None, open_page: Any) -> None:
    page = open_page("/?q=sank")
    delayed = DelayedResponses(page, "/more/")
    for link in page.locator(".more a").all():
        link.click()
    delayed.wait(2)
    delayed.release()
    expect(page.locator(".entry")).to_have_count(8)


def test_later_of_two_chosen_values_wins(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry", expected=ABORTED)
    page.locator('[data-key="all source"]').click()
    values = page.get_by_role("dialog").locator(".choose")
    expect(values.nth(1)).to_be_visible()
    label = values.nth(1).locator(".label").inner_text()
    delayed = DelayedResponses(page, "source=")
    values.nth(0).click()
    delayed.wait()
    values.nth(1).click()
    delayed.wait(2)
    delayed.release(1, 0)
    expect(page.locator(".chip")).to_contain_text(label)


def test_order_of_all_values_survives_late_responses_and_a_new_filter(archive: None, open_page: Any) -> None:
    page = open_page("/?q=harbour", expected=ABORTED)
    page.locator('[data-key="all source"]').click()
    panel = page.get_by_role("dialog")
    delayed = DelayedResponses(page, "contains=let")
    panel.get_by_role("searchbox").fill("let 0")
    delayed.wait()
    panel.get_by_role("link", name="By name").click()
    delayed.wait(2)
    delayed.release(1, 0)
    expect(panel.locator('.switch [aria-current="true"]')).to_have_text("By name")
    expect(panel.locator(".value")).to_have_count(10)
    expect(panel.get_by_role("link", name="By name")).to_be_focused()
    expect_address(page, "/?q=harbour")
    panel.get_by_role("searchbox").fill("let 1")
    delayed.wait(3)
    delayed.release(2)
    expect(panel.locator(".value")).to_have_count(2)
    expect(panel.locator('.switch [aria-current="true"]')).to_have_text("By name")


def test_late_help_does_not_take_the_focus_from_the_box(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    delayed = DelayedResponses(page, "/help/")
    page.keyboard.press("?")
    page.keyboard.press("?")
    delayed.wait()
    page.keyboard.press("/")
    delayed.release(0)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.type("tug")
    expect(page.locator("#q")).to_have_value("tug")


def test_date_form_is_restored_after_a_selection_and_going_back(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    page.locator(".plot").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    page.get_by_label("From").fill("2025-05-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip")).to_contain_text("Published: since May 2025")


def test_page_missing_from_the_history_is_loaded_even_with_a_query_error(archive: None, open_page: Any) -> None:
    page = open_page("/?q=tug", expected=("400",))
    search(page, "ferry w/0 tug")
    expect(page.locator("#count")).to_have_text("This query cannot be read")
    search(page, "ferry")
    expect(page).to_have_title(re.compile("^ferry: "))
    page.evaluate("sessionStorage.removeItem('htmx-history-cache')")
    page.go_back()
    expect(page.locator("#count")).to_have_text("This query cannot be read")
    expect(page.locator("#q")).to_have_value("ferry w/0 tug")
