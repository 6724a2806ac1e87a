"""A person's exports in a real browser: by keyboard, without scripts, on a phone; and axe finds no barrier."""

from typing import Any

from django.contrib.auth.models import User
from playwright.sync_api import expect

from archive.models import Article, record_changes
from archive.search_port import no_progress
from search.index import sync

PASSWORD = "open-sesame-1"


def test_exports_are_listed_compared_and_deleted_by_keyboard_without_scripts(seed: Article, open_page: Any) -> None:
    User.objects.create_user("reader", password=PASSWORD)
    page = open_page("/login/?next=/exports/", width=320, java_script_enabled=False)
    page.get_by_label("Name", exact=True).fill("reader")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have no exports yet.")).to_be_visible()
    origin = page.url.removesuffix("/exports/")
    assert page.request.get(f"{origin}/export.csv?q=russia&first=3").ok
    page.get_by_role("link", name="Exports").press("Enter")
    expect(page.get_by_text("the first 3 rows")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    with page.expect_download() as download:
        page.get_by_role("link", name="Run again").press("Enter")
    assert download.value.suggested_filename.endswith(".csv")
    seed.status = "withheld"
    seed.save()
    record_changes([seed.pk])
    sync.drain(no_progress)
    page.get_by_role("link", name="What changed").last.press("Enter")
    expect(page.get_by_text("Not shown any more.")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    targets = page.locator(".exports a").evaluate_all(
        "links => links.map(link => link.getBoundingClientRect().height)"
    )
    assert min(targets) >= 24
    page.get_by_role("link", name="Delete").press("Enter")
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page).to_have_url(f"{origin}/exports/")
    expect(page.get_by_role("link", name="Run again")).to_have_count(1)


def test_axe_finds_nothing_on_the_pages_of_exports(seed: Article, open_page: Any, find_barriers: Any) -> None:
    User.objects.create_user("reader", password=PASSWORD)
    page = open_page("/login/?next=/exports/", width=320)
    page.get_by_label("Name", exact=True).fill("reader")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Exports")).to_be_visible()
    assert page.request.get(page.url.replace("/exports/", "/export.csv?q=russia&first=3")).ok
    page.reload()
    barriers = find_barriers(page)
    page.get_by_role("link", name="What changed").click()
    barriers += find_barriers(page)
    page.get_by_role("link", name="Delete").click()
    assert barriers + find_barriers(page) == []
