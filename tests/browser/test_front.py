"""The first page in a browser: by keyboard, without JavaScript, to assistive technology, on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .test_preview import SMALL_TARGETS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    articles: list[dict[str, Any]] = [
        {
            "id": f"a{number}",
            "headline": f"Harbour ferry returns {'after the long storm ' * (number % 4)}{number}",
            "text": "The harbour ferry sails.",
            "source": f"Outlet {number % 14} of the {'Donaudampfschifffahrt' * (number == 3)}",
            "topics": ["Shipping"],
            "published": f"2025-0{4 + number % 3}-0{1 + number % 4}",
        }
        for number in range(30)
    ]
    articles += [
        {"id": "old", "headline": "Harbour opened", "text": "A harbour.", "published": "1903-05-01"},
        {"id": "rtl", "headline": "غرق العبّارة", "text": "العبّارة", "language": "ar", "source": "الجريدة"},
        {
            "id": "live",
            "headline": "Storm, live",
            "kind": "live",
            "published": "2025-06-03T06:00:00Z",
            "sections": [{"id": "1", "heading": "Entry", "text": "Wind.", "published": "2025-06-03T07:00:00Z"}],
        },
    ]
    begin_with(articles)


def test_a_search_begins_by_keyboard_with_a_span_of_time(archive: None, open_page: Any, find_barriers: Any) -> None:
    page = open_page("/", width=320, height=640)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate(SMALL_TARGETS, "main") == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert find_barriers(page) == []
    page.keyboard.press("/")
    page.keyboard.type("ferry")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    for key in ("Tab", "Tab"):
        page.keyboard.press(key)
    expect(page.get_by_label("Published from")).to_be_focused()
    page.keyboard.type("May 2025")
    page.keyboard.press("Tab")
    page.keyboard.type("2025-06-30")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_contain_text("20 articles")
    # An empty box leads back here, as a whole page.
    page.locator("[class~=chip]").first.click()
    expect(page.locator("[class~=chip]")).to_have_count(0)
    page.locator("#q").fill("")
    page.locator("#q").press("Enter")
    expect(page.get_by_role("heading", name="Latest in the archive")).to_be_visible()
    expect(page.locator(".site-header .brand")).to_have_count(0)

    # The timeline, by drag.
    frame = page.locator(".plot").bounding_box()
    page.mouse.move(frame["x"] + 2, frame["y"] + 20)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.locator(".chip")).to_contain_text("Published")
    page.go_back()
    expect(page.get_by_role("heading", name="Latest in the archive")).to_be_visible()


def test_without_scripts_the_first_page_leads_everywhere(archive: None, open_page: Any) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_label("Published from").fill("2025-06")
    page.get_by_role("searchbox").fill("harbour")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#count")).to_contain_text("10 articles")
    page.go_back()
    page.get_by_role("link", name="1 article before").click()
    expect(page.locator("#count")).to_contain_text("1 article")
    page.go_back()
    page.locator(".try a").first.click()
    expect(page.locator(".hit").first).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="All 33 articles, newest first").click()
    expect(page.locator("#count")).to_contain_text("33 articles")


def test_an_empty_archive_has_no_barriers(db: None, open_page: Any, find_barriers: Any) -> None:
    page = open_page("/", width=320, height=640)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    expect(page.get_by_role("heading", name="The archive is empty")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert find_barriers(page) == []
