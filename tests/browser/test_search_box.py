"""The search box: a line for short queries, several lines for long ones, which get a short address."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from archive.models import Article

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = "prisoner OR " + " OR ".join(f"Surname{number}" for number in range(120))


def test_long_query_is_shown_in_lines_and_gets_a_short_address(
    seed: Article, open_page: Any, find_barriers: Any
) -> None:
    page = open_page("/?sort=newest")
    box = page.locator("#q")
    box.fill("prisoner")
    height = box.bounding_box()["height"]
    box.press("Shift+Enter")
    expect(page.locator("textarea#q")).to_be_focused()
    box.press_sequentially("exchange")
    expect(box).to_have_value("prisoner\nexchange")
    assert box.bounding_box()["height"] > 1.4 * height
    box.fill(NAMES)
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?query=[0-9a-f]{32}&sort=newest$"))
    expect(page.locator("textarea#q")).to_have_value(NAMES)
    expect(page.locator(".hit").first).to_be_visible()
    assert find_barriers(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    box.fill("prisoner")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?q=prisoner&sort=newest$"))


def test_long_query_works_without_scripts(seed: Article, open_page: Any) -> None:
    page = open_page("/", java_script_enabled=False)
    page.locator("#q").fill(NAMES)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile(r"/\?query=[0-9a-f]{32}$"))
    expect(page.locator("textarea#q")).to_have_value(NAMES)
    expect(page.locator(".hit").first).to_be_visible()
