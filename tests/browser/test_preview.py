"""The column that reads the chosen section beside the results: on wide screens, with JavaScript, by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)
WIDE = {"width": 1600, "height": 900}
# The bars of the timeline have their table beside them.
SMALL_TARGETS = """(root) => [...document.querySelectorAll(`${root} a, ${root} button, ${root} input`)]
    .filter((element) => element.checkVisibility() && !element.closest("svg, .snippet, .hidden"))
    .map((element) => [element.textContent.trim(), element.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.height < 24 || box.width < 24))
    .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"""


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    articles: list[dict[str, Any]] = [
        {
            "id": f"a{number}",
            "headline": f"Ferry news {number}",
            "text": f"The ferry sails to port {number}.\n" + "Passengers waited at the quay. " * 12,
            "source": f"Outlet {number % 3}",
            "published": f"2025-06-{30 - number:02}",
            "url": f"https://outlet.example/{number}",
        }
        for number in range(9)
    ]
    begin_with(articles)


def watch(page: Page) -> list[str]:
    """Returns the list of the sections that the page asks for, from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/sections/" in request.url else None)
    return asked


def test_the_column_follows_the_keys_while_the_list_keeps_the_focus(
    archive: None, open_page: Any, find_barriers: Any
) -> None:
    page = open_page("/?q=ferry&sort=newest", **WIDE)
    column = page.get_by_role("complementary", name="Chosen section")
    expect(column).to_contain_text("The ferry sails to port 0.")
    expect(column.locator("mark").first).to_have_text("Ferry")
    expect(column).to_contain_text("1 of 9 articles")
    expect(column.get_by_role("link", name="Original")).to_have_attribute("href", "https://outlet.example/0")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(column).to_contain_text("The ferry sails to port 1.")
    expect(page.locator(".hit h2 a").nth(1)).to_be_focused()
    expect(page.locator(".hit[data-chosen]")).to_contain_text("Ferry news 1")
    page.keyboard.press("k")
    expect(column).to_contain_text("The ferry sails to port 0.")
    assert find_barriers(page) == []
    assert page.evaluate(SMALL_TARGETS, ".preview") == []

    # Citations open in place, and the focus comes back.
    page.keyboard.press("c")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="Cite")).to_be_visible()
    expect(panel).to_contain_text("Ferry news 0")
    page.keyboard.press("Escape")
    expect(page.locator(".hit h2 a").first).to_be_focused()
    expect(page).to_have_url(page.url)

    # By mouse: the arrows of the column, and a click beside the links of a row.
    column.get_by_role("button", name="Next result").click()
    expect(column).to_contain_text("2 of 9 articles")
    page.locator(".hit .snippet").nth(3).click()
    expect(column).to_contain_text("The ferry sails to port 3.")
    box = column.bounding_box()
    page.evaluate("scrollTo(0, 400)")
    assert column.bounding_box()["width"] == box["width"]

    # A filter brings other results, and the column their first; going back brings the first ones.
    page.locator('[data-key="source Outlet 2"]').click()
    expect(column).to_contain_text("1 of 3 articles")
    expect(column).to_contain_text("The ferry sails to port 2.")
    page.go_back()
    expect(column).to_contain_text("of 9 articles")
    expect(page.locator(".preview")).to_have_count(1)
    page.locator(".hit h2 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")


def test_only_the_section_where_people_stop_is_shown(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry&sort=newest", **WIDE)
    column = page.locator(".preview")
    expect(column).to_contain_text("port 0.")
    asked = watch(page)
    for _ in range(6):
        page.keyboard.press("j")
    expect(column).to_contain_text("port 5.")
    assert len(asked) < 5

    # An answer that comes late does not replace a later one.
    waiting: list[Any] = []
    page.route("**/sections/**", lambda route: waiting.append(route) if not waiting else route.continue_())
    page.keyboard.press("j")
    expect(column).to_have_attribute("aria-busy", "true")
    page.keyboard.press("j")
    expect(column).to_contain_text("port 7.")
    waiting[0].abort()
    expect(column).to_contain_text("8 of 9 articles")
    expect(column).to_contain_text("port 7.")


def test_a_section_that_cannot_be_loaded_says_so(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry&sort=newest", **WIDE, expected=("404",))
    expect(page.locator(".preview")).to_contain_text("port 0.")
    page.route("**/sections/**", lambda route: route.fulfill(status=404, body="gone"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".preview")).to_contain_text("cannot be shown here")


def test_narrower_screens_load_nothing_and_cite_by_the_same_key(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry&sort=newest", width=1499)
    asked = watch(page)
    page.keyboard.press("j")
    expect(page.locator(".hit h2 a").first).to_be_focused()
    expect(page.locator(".preview")).to_have_count(0)
    assert asked == []
    page.keyboard.press("c")
    expect(page.get_by_role("dialog").get_by_role("heading", name="Cite")).to_be_visible()
    page.keyboard.press("Escape")
    page.set_viewport_size(WIDE)
    expect(page.locator(".preview")).to_contain_text("port 0.")
    page.set_viewport_size({"width": 1499, "height": 900})
    expect(page.locator(".preview")).to_have_count(0)


def test_without_scripts_the_results_use_the_width(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry", java_script_enabled=False, **WIDE)
    expect(page.locator(".preview")).to_have_count(0)
    rows, main = page.locator(".answer").bounding_box(), page.locator("main").bounding_box()
    assert rows["x"] + rows["width"] > main["x"] + main["width"] - 40
