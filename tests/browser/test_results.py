"""The results page in a browser: by keyboard, by links without JavaScript, to assistive technology, on a phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .addresses import expect_address

pytestmark = pytest.mark.django_db(transaction=True)
STATES = {
    "home": "/",
    "results": "/?q=ferry",
    "narrowed": "/?q=ferry&source=Outlet+1&not-kind=live&date=2025-06&list=sections",
    "folded": "/?q=ferry&fold=copies&sort=oldest",
    "nothing": "/?q=zebra+ferry&kind=live",
    "unreadable": "/?q=peace+w%2F0+talks",
    "all values": "/values/source/?q=ferry",
    "help": "/help/",
}


PASSAGE = "On Monday the ferry left the harbour of Marbeck with some forty people on board, as it does every week. "


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    articles: list[dict[str, Any]] = [
        {
            "id": f"a{number}",
            "headline": f"Ferry news {number}",
            "text": f"The ferry sails. {PASSAGE * 3} " + ("Unbreakable" * 20 if number == 40 else ""),
            "byline": f"Writer {number % 5} and Another Writer",
            "source": f"Outlet {number % 12}",
            "published": f"2025-0{4 + number // 12 % 3}-0{1 + number % 4}",
        }
        for number in range(44)
    ]
    articles += [
        {
            "headline": "Harbour, live",
            "kind": "live",
            "source": "Outlet 1",
            "published": "2025-06-03T06:00:00Z",
            "sections": [
                {"id": str(number), "heading": f"Entry {number}", "text": "A ferry sank.", "published": moment}
                for number in range(8)
                for moment in [f"2025-06-03T{number + 6:02}:30:00Z"]
            ],
        },
        {"headline": "غرق العبّارة ferry", "text": "العبّارة ferry في الميناء", "language": "ar", "source": "الجريدة"},
        {"headline": "渡轮 ferry 沉没", "text": "渡轮" * 200 + " ferry", "language": "zh", "source": "报纸"},
    ]
    begin_with(articles)


def tab_to(page: Page, selector: str, *, limit: int = 120) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(limit):
        if page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {selector}")


def test_search_facets_and_article_work_by_keyboard_alone(archive: None, open_page: Any) -> None:
    page = open_page("/?q=harbour")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("ferry")
    page.keyboard.press("Enter")
    expect(page).to_have_title("ferry: 47 articles – Cuttings")
    # From one result to the next, the heading gets the focus.
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_be_focused()
    expect(page.locator("#count")).to_have_text("47 articles (54 sections)")

    # A facet: the focus stays on it, and the count is announced.
    tab_to(page, '[data-key="source Outlet 1"]')
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_contain_text("Source: Outlet 1")
    expect(page.locator('[data-key="source Outlet 1"]')).to_be_focused()
    expect(page.locator("#announcement")).to_have_text("5 articles (12 sections)")
    assert "source=Outlet+1" in page.url

    # Out with the live pages.
    tab_to(page, '[data-key="not kind live"]')
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(3)
    expect(page.locator("#count")).to_have_text("4 articles (4 sections)")

    # The timeline, two months at once.
    page.locator(".plot").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".plot output")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(4)
    assert "date=" in page.url
    narrowed = page.url

    # To a hit, into it, and back to the same.
    page.keyboard.press("j")
    expect(page.locator(".hit h2 a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")
    page.go_back()
    expect(page).to_have_url(narrowed)
    expect(page.locator(".chip")).to_have_count(4)
    expect(page.locator("#q")).to_have_value("ferry")


def test_filters_and_results_are_a_few_tab_stops_away(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the results")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the filters")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('filters').contains(document.activeElement)")
    page.get_by_role("link", name="Skip to the results").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('.answer').contains(document.activeElement)")
    # On a phone the filters are behind a button.
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("link", name="Skip to the filters").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Filters")).to_be_focused()


def test_rows_are_dense_and_line_up(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    in_view = """() => [...document.querySelectorAll(".hit")].filter(
        (hit) => hit.querySelector(".snippet mark") && hit.getBoundingClientRect().bottom <= innerHeight).length"""
    assert page.evaluate(in_view) >= 5
    for column in (".when", ".found", ".source"):
        edges = page.locator(f".hit {column}").evaluate_all("(all) => all.map((e) => e.getBoundingClientRect().left)")
        assert len(edges) == 20
        assert len(set(edges)) == 1
    page.goto(page.url + "&view=list")
    lines = page.locator(".hit").evaluate_all("(all) => all.map((e) => e.getBoundingClientRect().height)")
    assert max(lines) < 62
    page.goto(page.url + "&list=sections")
    sources = page.locator(".hit .source").evaluate_all("(all) => all.map((e) => e.getBoundingClientRect().height)")
    assert max(sources) < 30
    page.goto(page.url.replace("view=list&list=sections", "list=sections&kind=live"))
    sizes = page.evaluate("""() => [".hit h2", ".when", ".of"].map(
        (name) => parseFloat(getComputedStyle(document.querySelector(name)).fontSize))""")
    assert sizes[0] > sizes[2]
    assert sizes[1] > sizes[2]


def test_long_headlines_and_chosen_values_keep_their_place(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry&source=Outlet+1")
    headline = page.locator(".hit h2 a").first
    headline.evaluate("(link) => { link.textContent = 'Harbour ferry '.repeat(80); }")
    assert headline.bounding_box()["height"] < 100
    rights = page.locator("#filters .value .number").evaluate_all(
        "(all) => all.map((number) => Math.round(number.getBoundingClientRect().right))"
    )
    assert len(set(rights)) == 1


def test_the_menus_above_the_rows(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry", permissions=["clipboard-read", "clipboard-write"])
    sort, view = page.locator('summary[data-key="menu Sort"]'), page.locator('summary[data-key="menu View"]')
    expect(sort).to_have_text("Sort: relevance")
    tops = page.locator(".tools summary, .tools > .outputs > *").evaluate_all(
        "(all) => all.map((e) => Math.round(e.getBoundingClientRect().top))"
    )
    assert max(tops) - min(tops) < 8
    # With less room the labels stand above the values, which are still on one line.
    for width in (1500, 1920, 768):
        page.set_viewport_size({"width": width, "height": 900})
        bottoms = page.locator(".tools summary, .tools > .outputs > *").evaluate_all(
            "(all) => all.map((e) => Math.round(e.getBoundingClientRect().bottom))"
        )
        assert max(bottoms) - min(bottoms) < 8, width
    page.set_viewport_size({"width": 320, "height": 640})
    expect(page.locator(".menu-label").first).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 900})
    # One is open at a time; Escape closes it, and so does a click elsewhere.
    sort.click()
    expect(page.get_by_role("link", name="oldest first")).to_be_visible()
    view.click()
    expect(page.locator(".menu[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".menu[open]")).to_have_count(0)
    expect(view).to_be_focused()
    sort.click()
    page.locator(".count").click()
    expect(page.locator(".menu[open]")).to_have_count(0)
    # A choice keeps the focus on its menu.
    sort.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="oldest first").focus()
    page.keyboard.press("Enter")
    expect(sort).to_have_text("Sort: oldest first")
    expect(sort).to_be_focused()
    expect_address(page, "/?q=ferry&sort=oldest")
    page.get_by_text("Export", exact=True).click()
    expect(page.get_by_role("link", name="CSV for spreadsheets")).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_filters_stay_in_view_and_as_they_were_left(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry", height=420)
    kind = page.locator('.facet[data-facet="kind"]')
    kind.locator("summary").click()
    column = page.locator("#filters")
    column.evaluate("(column) => column.scrollTo(0, 160)")
    page.evaluate("scrollTo(0, 900)")
    assert page.evaluate("document.getElementById('filters').getBoundingClientRect().top") == 0
    page.locator('[data-key="source Outlet 2"]').click()
    expect(page.locator("#count")).to_contain_text("4 articles")
    assert column.evaluate("(column) => column.scrollTop") == 160
    expect(kind).not_to_have_attribute("open", "")
    page.reload()
    expect(kind).not_to_have_attribute("open", "")
    expect(page.locator('.facet[data-facet="source"]')).to_have_attribute("open", "")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_filters_are_a_sheet_on_a_phone(archive: None, open_page: Any, scripts: bool) -> None:
    page = open_page("/?q=ferry", width=360, height=740, has_touch=True, java_script_enabled=scripts)
    sheet = page.locator("#filters")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="Filters").tap()
    expect(sheet).to_be_visible()
    page.locator('[data-key="kind live"]').tap()
    expect(page.locator("#count")).to_have_text("1 article (8 sections)")
    if scripts:
        expect(sheet).to_be_visible()
        page.get_by_role("button", name="Show 1 article").tap()
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_everything_to_press_is_large_enough(archive: None, open_page: Any, width: int) -> None:
    page = open_page("/?q=ferry&not-source=Outlet+2&date=2025", width=width)
    too_small = """() => [...document.querySelectorAll("main :is(a, button, summary, input)")].filter((target) => {
        const { width, height } = target.getBoundingClientRect();
        return target.checkVisibility() && !target.closest("svg") && (width < 24 || height < 24);
    }).map((target) => target.outerHTML)"""
    assert page.evaluate(too_small) == []
    if width == 320:
        page.locator(".open-filters").click()
    page.locator('summary[data-key="menu Sort"]').evaluate("(summary) => summary.click()")
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    assert page.evaluate(too_small) == []


def test_pages_and_history_keep_address_box_and_title(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry&sort=newest")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Page 2").click()
    expect(page).to_have_title("ferry: 47 articles, page 2 – Cuttings")
    expect_address(page, "&page=2")
    expect(page.locator("ol.hits")).to_have_attribute("start", "21")
    page.go_back()
    expect(page).to_have_title("ferry: 47 articles – Cuttings")
    expect(page.locator("ol.hits")).to_have_attribute("start", "1")
    page.locator("#q").fill("sank")
    page.locator("#q").press("Enter")
    expect(page.locator("#count")).to_have_text("1 article (8 sections)")
    page.go_back()
    expect(page.locator("#q")).to_have_value("ferry")


def test_the_rest_of_a_live_page_opens_in_place(archive: None, open_page: Any) -> None:
    page = open_page("/?q=sank")
    page.get_by_role("link", name="7 more sections Harbour, live").click()
    expect(page.locator(".entry")).to_have_count(7)
    expect(page.locator(".entry a").first).to_be_focused()
    expect_address(page, "/?q=sank")
    page.locator(".entry h3 a").nth(6).click()
    assert "?q=sank#s" in page.url


def test_all_values_open_over_the_results_and_narrow_them(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    page.locator('[data-key="all source"]').click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="Source")).to_be_visible()
    expect(panel.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("let 11")
    expect(panel.locator(".value")).to_have_count(1)
    expect_address(page, "/?q=ferry")
    panel.get_by_role("link", name="Outlet 11 3").click()
    expect(panel).to_be_hidden()
    expect(page.locator(".chip")).to_contain_text("Outlet 11")
    expect_address(page, "&source=Outlet+11")


def test_a_drag_over_the_timeline_selects_a_span(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    frame = page.locator(".plot").bounding_box()
    page.mouse.move(frame["x"] + 2, frame["y"] + 20)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + 20, steps=4)
    expect(page.locator(".plot .shade")).to_have_count(1)
    page.mouse.up()
    expect(page.locator(".chip")).to_contain_text("Published: 1 April 2025 to")
    page.locator('[data-key="timeline clear"]').click()
    expect(page.locator(".chip")).to_have_count(0)


def test_suggestions_are_a_combobox(archive: None, open_page: Any) -> None:
    page = open_page("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("ferr")
    expect(page.get_by_role("listbox")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    option = page.get_by_role("option").first
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("ferr")
    box.press("y")
    page.get_by_role("option").filter(has_text="Outlet").or_(page.get_by_role("option")).first.click()
    expect(page.locator(".hit").first).to_be_visible()
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_letters_that_have_no_suggestions_yet_are_kept(archive: None, open_page: Any) -> None:
    page = open_page("/")
    box = page.get_by_role("combobox")
    box.press("f")
    expect(page.get_by_role("listbox")).to_be_visible()
    # No answer comes for more letters: the options stay those of the first.
    page.route("**/suggest?**", lambda route: None)
    box.press("ArrowDown")
    box.press_sequentially("e")
    written = box.input_value()
    assert written != "fe"
    assert written.endswith("e")
    expect(page.locator('[role=option][aria-selected="true"]')).to_have_count(0)
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert box.input_value() == written


def test_single_keys_show_help_and_can_be_turned_off(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry")
    page.keyboard.press("?")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="Search help")).to_be_visible()
    panel.get_by_label("single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(panel).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator(".hit h2 a").first).not_to_be_focused()


def test_without_scripts_the_same_goes_by_links(archive: None, open_page: Any) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_role("searchbox").fill("ferry")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Fold copies").click()
    expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ articles without copies \(47 with copies, "))
    expect(page.locator(".folded").first).to_be_visible()
    page.get_by_role("link", name="Remove the filter Copies: folded").click()
    page.locator('[data-key="source Outlet 1"]').click()
    page.locator('[data-key="not kind live"]').click()
    expect(page.locator("#count")).to_have_text("4 articles (4 sections)")
    page.get_by_label("From").fill("2025-04-01")
    page.get_by_label("To", exact=True).fill("2025-05-31")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip")).to_have_count(4)
    page.locator('summary[data-key="menu View"]').click()
    page.locator('.menu[open] [data-key="menu View"]').filter(has_text="list").click()
    expect_address(page, "&date=2025-04-01..2025-05-31&view=list")
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    page.get_by_role("link", name="Zoom out").click()
    expect(page.locator(".chip").last).to_contain_text("Clear all")
    page.get_by_role("link", name="Clear all").click()
    page.locator(".plot a").first.click()
    expect(page.locator(".chip")).to_contain_text("Published")
    page.go_back()
    page.get_by_role("link", name="All 14").click()
    page.get_by_label("Contains").fill("报")
    page.get_by_role("button", name="Filter").click()
    page.locator(".value .choose").click()
    expect(page.locator("#count")).to_have_text("1 article (1 section)")
    page.locator(".hit h2 a").click()
    page.wait_for_url("**/articles/**")
    page.goto(page.url.split("/articles")[0] + "/?q=sank")
    page.get_by_role("link", name="7 more sections Harbour, live").click()
    page.wait_for_url("**/articles/**")


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_and_a_phone_needs_no_sideways_scrolling(
    archive: None, open_page: Any, find_barriers: Any, state: str
) -> None:
    page = open_page(STATES[state], width=320, height=640, expected=("400",) if state == "unreadable" else ())
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.set_viewport_size({"width": 1280, "height": 900})
    assert find_barriers(page) == []


def test_axe_finds_nothing_in_open_parts_either(archive: None, open_page: Any, find_barriers: Any) -> None:
    page = open_page("/?q=ferry")
    page.get_by_text("Articles by day").click()
    page.get_by_role("combobox").fill("fe")
    page.get_by_role("combobox").press_sequentially("rr")
    expect(page.get_by_role("option").first).to_be_visible()
    assert find_barriers(page) == []
    page.get_by_role("combobox").press("Escape")
    page.locator('[data-key="all source"]').click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert find_barriers(page) == []


def test_each_text_runs_in_its_direction(archive: None, open_page: Any) -> None:
    page = open_page("/?q=ferry&unit=article&source=الجريدة")
    assert page.evaluate("getComputedStyle(document.querySelector('.hit h2')).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.querySelector('.tools')).direction") == "ltr"
