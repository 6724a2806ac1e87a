"""A person's way through the pages: search, narrow, read, go back, curate."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from archive.models import Article

from .addresses import expect_address

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long enough passphrase"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_search_narrow_read_and_go_back(seed: Article, open_page: Any, scripts: bool) -> None:
    page = open_page("/", java_script_enabled=scripts)
    page.locator("#q").fill("prisoner exchange")
    page.locator("#q").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 article (1 section)")
    expect(page.locator(".hit h2 mark")).to_have_text(["prisoner", "exchange"])
    page.get_by_role("complementary").get_by_role("link", name="Live page").first.click()
    expect(page.locator(".chip")).to_contain_text("Kind: Live page")
    results = page.url
    page.locator(".hit h2 a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ukraine-Russia war latest")
    expect(page.locator("article section")).to_have_count(3)
    page.go_back()
    expect(page).to_have_url(results)
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_phrase_is_found_in_the_second_section(seed: Article, open_page: Any) -> None:
    page = open_page("/?q=%22nuclear+power+plant%22")
    expect(page.locator(".snippet mark")).to_have_text(["nuclear power plant"])
    page.get_by_role("link", name="Russia-held Zaporizhzhia without electricity").click()
    expect_address(page, f"#{seed.sections.all()[1].anchor}")
    expect(page.locator("section:target mark")).to_have_text(["nuclear power plant"])


def test_keyboard_alone_reaches_the_first_hit(seed: Article, open_page: Any) -> None:
    page = open_page("/?q=prisoner")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the results")).to_be_focused()
    page.keyboard.press("Enter")
    # Past the tabs, the menus and the links of the result.
    for _ in range(14):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.hit h2') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")


@pytest.mark.parametrize("address", ["/", "/?q=prisoner+OR+talks&kind=live", "/?q=zebra", "article", "/login/"])
def test_phone_needs_no_sideways_scrolling(seed: Article, open_page: Any, address: str) -> None:
    page = open_page(seed.get_absolute_url() if address == "article" else address, width=320, height=640)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_headline_edited_in_the_admin_shows_in_the_next_search(seed: Article, open_page: Any) -> None:
    User.objects.create_superuser("admin", password=PASSWORD)
    page = open_page("/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("3 sections can be found")).to_be_visible()
    page.goto(page.url + f"archive/article/{seed.pk}/change/")
    page.locator("#id_headline").fill("Quokka exchange in Istanbul")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".success")).to_contain_text("was changed successfully")
    page.get_by_role("link", name="Search").click()
    page.locator("#q").fill("quokka")
    page.locator("#q").press("Enter")
    expect(page.locator(".hit h2")).to_have_text("Quokka exchange in Istanbul")
