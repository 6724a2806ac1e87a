"""The page of exports and hits that are picked by hand, in a browser: by keyboard, and without JavaScript."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Page, expect

from archive.search_port import no_progress
from search.index import sync
from search.pages.slots import EXPORT_SLOTS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    articles: list[dict[str, Any]] = [
        {"headline": f"Ferry {number}", "text": "A ferry sails.", "published": f"2025-06-{number + 1:02}"}
        for number in range(24)
    ]
    articles.append({"headline": "غرق العبّارة ferry", "text": "العبّارة ferry", "language": "ar"})
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest_file(path)
    sync.drain(no_progress)


def headlines(download: Download) -> list[str]:
    text = Path(download.path()).read_text("utf-8-sig")
    return [row["headline"] for row in csv.DictReader(io.StringIO(text, newline=""))]


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(60):
        if page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {selector}")


def test_panel_by_keyboard_alone(archive: None, open_page: Any, find_barriers: Any) -> None:
    page = open_page("/?q=ferry&sort=oldest", expected=("400", "429"))
    results = page.url
    menu = page.locator(".outputs summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Export")
    coming, address = panel.locator(".coming"), panel.locator("#export-address")
    expect(coming).to_contain_text("25 rows")
    # Another format: the rows, the size and the address follow at once, and are read.
    tab_to(page, "[name=format]")
    page.keyboard.press("ArrowDown")
    expect(address).to_contain_text("/export.xlsx?q=ferry&sort=oldest")
    page.keyboard.press("ArrowUp")
    expect(address).to_contain_text("/export.csv?q=ferry&sort=oldest")
    tab_to(page, "#export-first")
    page.keyboard.type("3")
    expect(coming).to_contain_text("3 rows")
    expect(panel.get_by_role("status").first).to_contain_text("3 rows")
    # Fields: out with some, and one further up.
    for name in ("section", "article"):
        tab_to(page, f"#field-{name}")
        page.keyboard.press("Space")
        expect(page.locator(f"#field-{name}")).not_to_be_checked()
        expect(address).to_contain_text("fields=")
    expect(page.locator("#field-article")).to_be_focused()
    tab_to(page, "#up-heading")
    page.keyboard.press("Enter")
    expect(address).to_contain_text("fields=heading,headline,text")
    expect(page.locator("#up-heading")).to_be_focused()
    expect(panel.locator("#field-heading")).to_be_checked()
    # What cannot be is said, and the panel is still usable.
    page.locator("#export-first").fill("0")
    expect(panel.get_by_role("alert")).to_contain_text("'0' is no number of rows")
    page.locator("#export-first").fill("2")
    expect(coming).to_contain_text("2 rows")
    expect(page).to_have_url(results)
    assert find_barriers(page, ".panel") == []
    page.emulate_media(color_scheme="light")
    with page.expect_download() as downloading:
        page.locator(".download").press("Enter")
    assert headlines(downloading.value) == ["Ferry 0", "Ferry 1"]
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    # In a line of the menu: all of the result at once.
    menu.press("Enter")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV for spreadsheets").click()
    assert len(headlines(downloading.value)) == 25
    # No file but a reason, which is read on a page and not saved as a file.
    with EXPORT_SLOTS.take("127.0.0.1"), EXPORT_SLOTS.take("127.0.0.1"):
        page.get_by_role("link", name="CSV for spreadsheets").click()
        expect(page.get_by_role("heading", name="Too many files at once")).to_be_visible()
    page.go_back()
    expect(page.locator(".hit").first).to_be_visible()


def test_hits_are_picked_over_pages_and_exported_in_their_order(
    archive: None, open_page: Any, find_barriers: Any
) -> None:
    page = open_page("/?q=ferry&sort=oldest")
    boxes, export = page.locator(".hit > input"), page.locator(".export-picks")
    expect(export).to_be_hidden()
    # With the keys: x at a hit, Space on its box.
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(boxes.nth(0)).to_be_checked()
    expect(page.locator("#announcement")).to_have_text("1 hit is picked.")
    expect(export).to_have_text("Export this hit")
    page.keyboard.press("x")
    expect(boxes.nth(0)).not_to_be_checked()
    boxes.nth(5).focus()
    page.keyboard.press("Space")
    # With the mouse: from one to another.
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator(".hit > input:checked")).to_have_count(4)
    expect(page.locator("#announcement")).to_have_text("4 hits are picked.")
    boxes.nth(3).click()
    expect(export).to_be_in_viewport()
    assert page.evaluate("getSelection().isCollapsed")
    # Another page, another order, and the page loaded again.
    page.locator(".pages a").last.click()
    expect(page.locator(".hit")).to_have_count(5)
    expect(page.locator(".hit > input:checked")).to_have_count(0)
    expect(export).to_have_text("Export these 3")
    boxes.nth(0).check()
    page.reload()
    expect(boxes.nth(0)).to_be_checked()
    page.go_back()
    expect(page.locator(".hit > input:checked")).to_have_count(3)
    expect(export).to_have_text("Export these 4")
    # At the end of the page, where the bar has its own place: elsewhere it may cover half of a box, by chance.
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    assert find_barriers(page) == []
    page.emulate_media(color_scheme="light")
    # On a phone the bar lies within the page.
    page.set_viewport_size({"width": 320, "height": 640})
    box = page.locator(".picks-bar").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    page.set_viewport_size({"width": 1280, "height": 900})
    export.click()
    panel = page.get_by_role("dialog", name="Export")
    expect(panel.locator(".hint").first).to_contain_text("4 picked hits of ferry")
    expect(panel.locator(".coming")).to_contain_text("4 rows")
    with page.expect_download() as downloading:
        panel.locator(".download").click()
    assert headlines(downloading.value) == ["Ferry 2", "Ferry 4", "Ferry 5", "Ferry 20"]
    assert downloading.value.suggested_filename.startswith("cuttings-ferry-picked-")
    panel.get_by_role("link", name="Export all hits instead").click()
    expect(panel.locator(".coming")).to_contain_text("25 rows")
    page.keyboard.press("Escape")
    expect(export).to_be_focused()
    page.get_by_role("button", name="Pick all on this page").click()
    expect(export).to_have_text("Export these 21")
    expect(export).to_be_focused()
    # No more than may be.
    page.locator(".picks-bar").evaluate("(bar) => { bar.dataset.max = 21; }")
    page.locator(".pages a").last.click()
    expect(page.locator(".hit")).to_have_count(5)
    page.locator(".picks-bar").evaluate("(bar) => { bar.dataset.max = 21; }")
    boxes.nth(3).click()
    expect(boxes.nth(3)).not_to_be_checked()
    expect(page.locator(".picks-full")).to_have_text("At most 21 hits can be picked.")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".hit > input:checked")).to_have_count(0)
    expect(page.get_by_role("button", name="Pick all on this page")).to_be_focused()
    # Another search has its own.
    boxes.nth(1).check()
    page.goto(page.url.split("?")[0] + "?q=sails")
    expect(page.locator(".hit > input:checked")).to_have_count(0)
    page.emulate_media(media="print")
    expect(boxes.first).to_be_hidden()
    expect(page.locator(".picks-bar")).to_be_hidden()


def test_picking_and_exporting_without_javascript(archive: None, open_page: Any) -> None:
    phone = {"width": 320, "height": 700, "has_touch": True}
    page = open_page("/?q=ferry&sort=oldest", java_script_enabled=False, expected=("400",), **phone)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator(".hit > input").nth(4).tap()
    page.locator(".hit > input").nth(1).tap()
    page.get_by_role("button", name="Export the picked hits").click()
    expect(page.locator(".exporting .hint").first).to_contain_text("2 picked hits of ferry")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for name in ("section", "article"):
        page.locator(f"#field-{name}").uncheck()
    page.get_by_role("radio", name="A row for each article").check()
    page.get_by_role("button", name="Update", exact=True).click()
    page.get_by_role("button", name="Move text up").click()
    expect(page.locator("#up-text")).to_be_visible()
    assert "rows=article&fields=text,headline," in page.url.replace("%2C", ",")
    with page.expect_download() as downloading:
        page.locator(".download").click()
    assert headlines(downloading.value) == ["Ferry 1", "Ferry 4"]
    page.locator("#export-first").fill("x")
    page.locator("#export-first").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("'x' is no number of rows")
    page.get_by_role("link", name="Export all hits instead").click()
    expect(page.locator(".coming")).to_contain_text("25 rows")


def test_the_page_of_exports_keeps_its_options_in_its_address(
    archive: None, open_page: Any, find_barriers: Any, picture: Any
) -> None:
    page = open_page("/export/?q=العبّارة&rows=article")
    expect(page.locator(".coming")).to_contain_text("1 row,")
    page.get_by_role("radio", name="Passages around the matches").check()
    page.wait_for_url("**text=passages")
    page.locator("#field-url").uncheck()
    page.wait_for_url("**fields=article,headline,**")
    page.get_by_role("button", name="Default fields").click()
    page.wait_for_url("**text=passages")
    # What has scrolled under the bar would be measured as beside its buttons.
    page.evaluate("scrollTo(0, 0)")
    assert find_barriers(page) == []
    page.emulate_media(color_scheme="light")
    picture(page, "exports")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    with page.expect_download() as downloading:
        page.locator(".download").click()
    assert downloading.value.suggested_filename.startswith("cuttings-العبّارة-")
