"""What librarians do in a browser: add documents, and see who changed what."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from archive.models import Article, Source

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long one for this test"
WIDTHS = {"wide": 1280, "phone": 320}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Three files: complete; partly broken; and empty, with a name of the maximum length."""
    good, broken, empty = tmp_path / "fire.json", tmp_path / "broken.jsonl", tmp_path / f"{'x' * 240}.txt"
    good.write_text(json.dumps({"headline": "Fire in Marbeck", "text": "A quokka fled.", "source": "The Courier"}))
    broken.write_text('{"headline": "Flood", "text": "Water.", "published": "2025-02-31"}\n[]\n')
    empty.write_text("")
    return [str(path) for path in (good, broken, empty)]


@pytest.fixture
def sign_in(open_page: Any) -> Any:
    def sign_in(**options: Any) -> Page:
        User.objects.create_superuser("admin", password=PASSWORD)
        page: Page = open_page("/admin/", expected=("400 (Bad Request)",), **options)
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        return page

    return sign_in


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_files_are_previewed_ingested_and_found(sign_in: Any, files: list[str], script: bool) -> None:
    page = sign_in(java_script_enabled=script)
    page.get_by_role("link", name="Add documents").click()
    page.get_by_label("Files").set_input_files(files)
    page.get_by_label("Source").fill("Gazette")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("2 articles read, 2 parts rejected; nothing is stored yet.")).to_be_visible()
    expect(page.get_by_text("the file is empty")).to_be_visible()
    page.get_by_role("button", name="Ingest").click()
    expect(page.get_by_text("Ingested: 2 new, 0 changed, 0 unchanged, 2 rejected.")).to_be_visible()
    page.get_by_role("link", name="Fire in Marbeck", exact=True).click()
    expect(page.get_by_role("heading", name="Fire in Marbeck")).to_be_visible()
    page.goto(page.url.split("/articles/")[0] + "/?q=quokka")
    expect(page.locator(".hit h2")).to_have_text("Fire in Marbeck")


def test_invalid_field_has_the_focus_and_its_error(sign_in: Any, files: list[str]) -> None:
    page = sign_in()
    page.get_by_role("link", name="Add documents").click()
    page.get_by_label("Files").set_input_files(files[0])
    page.get_by_label("Captured").fill("soon")
    page.get_by_role("button", name="Ingest now").click()
    expect(page.get_by_label("Captured")).to_be_focused()
    described = page.get_by_label("Captured").evaluate(
        "field => field.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent)"
    )
    assert any("'soon' is no date" in text for text in described)
    assert any("by default now" in text for text in described)


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    sign_in: Any, files: list[str], find_barriers: Any, width: str
) -> None:
    page = sign_in(width=WIDTHS[width])

    def look_over() -> None:
        # What stands around it is Django's.
        assert find_barriers(page, "#content") == []
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width]

    page.get_by_role("link", name="Add documents").click()
    look_over()
    page.get_by_label("Captured").fill("soon")
    page.get_by_role("button", name="Ingest now").click()
    look_over()
    page.get_by_label("Captured").fill("")
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Preview").click()
    look_over()
    page.get_by_role("button", name="Ingest").click()
    expect(page.get_by_text("Ingested: 2 new")).to_be_visible()
    look_over()


@pytest.mark.parametrize("width", WIDTHS)
def test_history_shows_an_edit_to_everyone(seed: Article, sign_in: Any, find_barriers: Any, width: str) -> None:
    page = sign_in(width=WIDTHS[width])
    address = f"{page.url}archive/article/{seed.pk}"
    page.goto(f"{address}/change/")
    page.locator("#id_byline").fill("Cy Roe " * 40)
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{address}/history/")
    expect(page.locator("ins")).to_contain_text("Cy Roe")
    assert find_barriers(page, "#content") == []
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width]


def choose_all(page: Page, of: str, action: str) -> None:
    page.goto(page.url.partition("/admin/")[0] + f"/admin/archive/{of}/")
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option(action)
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", name="selected", exact=False).last).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_fields_of_many_articles_are_set(seed: Article, sign_in: Any, find_barriers: Any, width: str) -> None:
    page = sign_in(width=WIDTHS[width])

    def look_over() -> list[str]:
        # The boxes that complete names are those of all of Django's admin.
        return [barrier for barrier in find_barriers(page, "#content") if "select2" not in barrier]

    choose_all(page, "article", "set_fields")
    assert look_over() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    page.get_by_role("button", name="Set for all").click()
    expect(page.get_by_text("Nothing is set.")).to_be_visible()
    assert look_over() == []
    page.get_by_label("Byline").first.fill("Ada Lane")
    page.get_by_role("button", name="Set for all").click()
    expect(page.get_by_text("1 of 1 articles were changed.")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_sources_are_merged(seed: Article, sign_in: Any, find_barriers: Any, width: str) -> None:
    Source.objects.create(name="The Courier")
    page = sign_in(width=WIDTHS[width])
    choose_all(page, "source", "merge")
    assert find_barriers(page, "#content") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    page.get_by_label("The Courier").check()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("2 sources were merged into The Courier. It got 1 article.")).to_be_visible()
