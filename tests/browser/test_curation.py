"""What librarians do in a browser: add documents, and see who changed what."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from archive.models import Article, Capture, Source, record_changes

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long one for this test"
WIDTHS = {"wide": 1280, "phone": 320}
TABLES = ("article", "capture", "edit", "ingestrun", "problem", "section", "source", "topic")


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
        page: Page = open_page("/admin/", expected=("400 (Bad Request)", "Password forms should have"), **options)
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        return page

    return sign_in


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_files_are_previewed_ingested_and_found(sign_in: Any, files: list[str], script: bool) -> None:
    page = sign_in(java_script_enabled=script)
    page.get_by_role("link", name="Add documents").click()
    page.get_by_label("Files:", exact=True).set_input_files(files)
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
    page.get_by_label("Files:", exact=True).set_input_files(files[0])
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
    expect(page.get_by_text("Nothing was ingested.")).to_be_visible()
    look_over()
    page.get_by_label("Captured").fill("")
    page.get_by_label("Files:", exact=True).set_input_files(files)
    page.get_by_role("button", name="Preview").click()
    # The files are sent in parts first: the page of before stays until they have arrived.
    expect(page.get_by_text("2 articles read, 2 parts rejected; nothing is stored yet.")).to_be_visible()
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
    assert width == "wide" or find_barriers(page, "#content") == []
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width]


def choose_all(page: Page, of: str, action: str) -> None:
    page.goto(page.url.partition("/admin/")[0] + f"/admin/archive/{of}/")
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option(action)
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", name="selected", exact=False).last).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_fields_of_many_articles_are_set(seed: Article, sign_in: Any, find_barriers: Any, width: str) -> None:
    Article.objects.filter(pk=seed.pk).update(headline="A word without an end: " + "x" * 200)
    page = sign_in(width=WIDTHS[width])

    def look_over() -> list[str]:
        return [] if width == "wide" else list(find_barriers(page, "#content"))

    choose_all(page, "article", "set_fields")
    assert look_over() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    page.get_by_role("button", name="Look first").click()
    expect(page.get_by_text("Nothing is set.")).to_be_visible()
    assert look_over() == []
    page.get_by_label("Byline").first.fill("Ada Lane")
    page.get_by_role("button", name="Look first").click()
    expect(page.get_by_text("1 of 1 article would be changed.")).to_be_visible()
    assert look_over() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    page.get_by_role("button", name="Change 1 article", exact=True).click()
    expect(page.get_by_text("1 of 1 done")).to_be_visible()
    assert look_over() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    assert Article.objects.get(pk=seed.pk).byline == "Ada Lane"


@pytest.mark.parametrize("width", WIDTHS)
def test_sources_are_merged(seed: Article, sign_in: Any, find_barriers: Any, width: str) -> None:
    Source.objects.create(name="The Courier")
    page = sign_in(width=WIDTHS[width])
    choose_all(page, "source", "merge")
    assert width == "wide" or find_barriers(page, "#content") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    page.get_by_label("The Courier").check()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("2 sources were merged into The Courier. It got 1 article.")).to_be_visible()


def test_pages_of_the_admin_have_no_barriers_and_tables_scroll_by_themselves(
    seed: Article, sign_in: Any, find_barriers: Any, files: list[str], ingest_file: Any
) -> None:
    ingest_file(Path(files[1]))
    page = sign_in(width=WIDTHS["phone"])
    admin, run = page.url, Capture.objects.all()[0].run_id
    # One page of each kind for axe, which takes a second for each; the width is that of all lists.
    looked_over = [
        f"archive/article/?source__id__exact={seed.source_id}&find-source=u",
        f"archive/section/?article={seed.pk}&q=zebra",
        f"archive/article/{seed.pk}/change/",
        f"archive/article/{seed.pk}/delete/",
        f"archive/source/{seed.source_id}/delete/",
        f"archive/ingestrun/{run}/change/",
        "",
        "auth/user/1/change/",
    ]
    barriers, wide = [], []
    for address in [*(f"archive/{table}/" for table in TABLES), "password_change/", *looked_over]:
        page.goto(admin + address)
        width = page.evaluate("document.documentElement.scrollWidth")
        wide += [(address, width)] if width > WIDTHS["phone"] else []
        if address in looked_over:
            barriers += [(address, barrier) for barrier in find_barriers(page, "body")]
    assert wide == []
    assert barriers == []


def test_filters_are_opened_and_removed_by_keyboard_without_scripts(seed: Article, sign_in: Any) -> None:
    page = sign_in(java_script_enabled=False)
    page.goto(page.url + "archive/article/")
    headline = page.locator("#result_list .field-headline").first.bounding_box()
    assert headline["width"] >= 24 * 16
    page.locator("#changelist-filter summary").focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.get_by_label("Part of a name (source)").fill("unknown")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Unknown source").click()
    expect(page.get_by_role("heading", name="Articles 1")).to_be_visible()
    page.get_by_role("link", name="Remove the filter Source: Unknown source").click()
    assert "source" not in page.url
    page.get_by_role("link", name=re.compile("^Sections: 3")).click()
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    # The last column is in sight.
    last = page.locator("#result_list thead th").last.bounding_box()
    assert last["x"] + last["width"] <= WIDTHS["wide"]


def test_no_button_of_the_first_page_covers_the_warning_of_the_index(seed: Article, sign_in: Any) -> None:
    record_changes([seed.pk])
    page = sign_in()
    expect(page.get_by_role("link", name="Add documents")).to_be_visible()
    for width in (320, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        warning = page.locator("#upkeep .notice").bounding_box()
        buttons = {button.inner_text(): button.bounding_box() for button in page.locator("#content .button").all()}
        assert {"Add documents", "Update the index", "Rebuild the index"} <= buttons.keys()
        covering = [name for name, button in buttons.items() if overlap(warning, button)]
        assert covering == [], width


def overlap(area: Any, other: Any) -> bool:
    """Whether two areas of a page have a part in common."""
    return all(
        area[start] < other[start] + other[size] and other[start] < area[start] + area[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_long_names_leave_every_column_of_articles_in_sight(seed: Article, sign_in: Any) -> None:
    Source.objects.filter(pk=seed.source_id).update(name="The Committee of Reporters for the Freedom of the Press")
    page = sign_in()
    page.goto(page.url + "archive/article/")
    last = page.locator("#result_list thead th").last.bounding_box()
    assert last["x"] + last["width"] <= WIDTHS["wide"]
