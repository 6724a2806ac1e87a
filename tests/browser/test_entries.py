"""The entries of an article as a curator edits them: 400 on a page, with scripts and without, by keyboard."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from archive.models import Article

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def live(ingest_file: Callable[..., Any], tmp_path: Path) -> Article:
    path = tmp_path / "live.json"
    sections = [
        {
            "id": str(number),
            "heading": f"Entry {number}",
            "text": f"What happened at {number}.\nMore of it.",
            "published": f"2025-06-02T{number // 60:02}:{number % 60:02}:00Z",
        }
        for number in range(400)
    ]
    about = {"id": "live", "source": "courier.example", "headline": "Storm live", "kind": "live"}
    path.write_text(json.dumps({**about, "sections": sections}))
    return Article.objects.get(pk=ingest_file(path)[0].article_id)


@pytest.fixture
def open_entries(sign_in: Callable[..., Page], live: Article) -> Callable[..., Page]:
    """Opens the page of the article in the admin, with its entries."""

    def open_entries(**options: Any) -> Page:
        page = sign_in(reverse("admin:archive_article_change", args=[live.pk]), **options)
        expect(page.locator("#entries li")).to_have_count(400)
        return page

    return open_entries


def test_entry_is_edited_in_its_place_by_keyboard_beside_what_readers_see(
    open_entries: Callable[..., Page], find_barriers: Any
) -> None:
    page = open_entries()
    row = page.locator("#entries li").nth(1)
    row.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Heading")).to_be_focused()
    seen = page.get_by_label("What readers see")
    expect(seen).to_contain_text("More of it.")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Storm at its height")
    row.get_by_label("Key event").check()
    row.get_by_role("button", name="Save entry").press("Enter")
    expect(row.get_by_role("status")).to_have_text("Saved.")
    expect(row).to_contain_text("Heading, key event set by a curator")
    expect(row.get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(seen).to_contain_text("Heading set by a curator; as received: “Entry 1”")
    assert find_barriers(page, "#entries") == []
    row.get_by_role("button", name="Show heading as received").press("Enter")
    expect(row.get_by_role("status")).to_have_text("Saved.")
    expect(row.get_by_role("link")).to_have_text("Entry 1 Edit")
    expect(row).to_contain_text("Key event set by a curator")


def test_entries_are_moved_and_edited_without_scripts_on_a_phone(
    open_entries: Callable[..., Page], find_barriers: Any
) -> None:
    page = open_entries(width=320, java_script_enabled=False)
    page.get_by_role("button", name="Move up: Entry 2", exact=True).click()
    names = page.locator("#entries .name")
    expect(names.nth(1)).to_have_text("Entry 2")
    expect(page.locator("#entries li").nth(1)).to_contain_text("Moved by a curator")
    page.locator("#entries li").nth(1).get_by_role("link").click()
    page.get_by_label("Note").fill("Corrected by the archive.")
    page.get_by_role("button", name="Save entry").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("What readers see")).to_contain_text("Corrected by the archive.")
    page.get_by_label("Place").fill("400")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(names.nth(399)).to_have_text("Entry 2")


def test_page_of_an_entry_has_no_barriers_and_does_not_scroll_sideways(
    sign_in: Callable[..., Page], live: Article, find_barriers: Any
) -> None:
    entry = live.sections.order_by("position")[200]
    page = sign_in(reverse("admin:archive_article_entry", args=[live.pk, entry.pk]), width=320)
    expect(page.get_by_label("What readers see")).to_contain_text("What happened at 200.")
    assert find_barriers(page, "#content") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_entry_is_split_found_by_itself_joined_and_put_back(
    sign_in: Callable[..., Page], live: Article, find_barriers: Any, live_server: Any
) -> None:
    first = live.sections.order_by("position")[0]
    page = sign_in(reverse("admin:archive_article_entry", args=[live.pk, first.pk]), width=320)
    page.get_by_role("link", name="Split or join…").press("Enter")
    expect(page.get_by_role("heading", name="Split or join an entry")).to_be_visible()
    assert find_barriers(page, "#content") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="before paragraph 2").press("Enter")
    expect(page.get_by_label("Second part")).to_contain_text("More of it.")
    assert find_barriers(page, "#content") == []
    page.get_by_role("button", name="Split").press("Enter")
    page.get_by_label("Heading").fill("Quokka")
    page.get_by_role("button", name="Save entry").click()
    expect(page.get_by_label("What readers see")).to_contain_text("paragraph 2 of 2 of version 1")
    page.goto(f"{live_server.url}/?q=heading:quokka")
    expect(page.locator("main")).to_contain_text("More of it.")
    expect(page.locator("main")).not_to_contain_text("What happened at 0.")
    page.goto(live_server.url + reverse("admin:archive_article_divide", args=[live.pk, first.pk]))
    page.get_by_role("link", name="Join with the next entry").press("Enter")
    assert find_barriers(page, "#content") == []
    page.get_by_role("button", name="Join").press("Enter")
    expect(page.get_by_label("What readers see")).to_contain_text("More of it.")
    page.goto(f"{live_server.url}/?q=heading:quokka")
    expect(page.locator("#count")).to_have_text("No results")
    page.goto(f"{live_server.url}/admin/archive/operation/")
    page.get_by_role("link", name="Joined").click()
    page.get_by_role("link", name="Undo…").press("Enter")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone.", exact=True)).to_be_visible()
    page.goto(f"{live_server.url}/?q=heading:quokka")
    expect(page.locator("main")).to_contain_text("More of it.")
