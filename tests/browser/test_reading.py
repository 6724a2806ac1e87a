"""A person's way through an article: from a hit, by the matches, to a citation, and back to the same place."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from archive.models import Article
from tests.search.page_tools import entry, ingest_live_page

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = (
    "Negotiators crossed the bridge again this hour. They said little, and left by another way.\n"
    "A witness on the far side counted the coaches that waited for them, and the lorries behind. "
    "Nobody had told the drivers for how long they would stand there, or what they would carry when they left."
)
HEADINGS = ("Ministers leave by another way", "What is known of the talks", "Crowds wait in the rain", "In pictures")


@pytest.fixture
def live(db: None) -> Article:
    """A live page of 21 entries, newest on top; the oldest changed once."""
    entries = [
        entry(
            f"e{hour}",
            WORDS,
            at=f"{hour % 24:02d}:{hour:02d}",
            heading=f"{HEADINGS[hour % 4]} ({hour})",
            key_event=hour % 5 == 1,
        )
        for hour in reversed(range(4, 24))
    ]
    first = entry("e1", "Ten buses waited.", at="01:00", heading="Dawn")
    changed = entry("e1", "Twelve buses waited.", at="01:00", heading="Dawn")
    return ingest_live_page([*entries, first], [*entries, changed])


def in_view(page: Page, selector: str) -> bool:
    return bool(
        page.evaluate(
            "selector => { const {top, bottom} = document.querySelector(selector).getBoundingClientRect();"
            " return top >= 0 && bottom <= innerHeight }",
            selector,
        )
    )


def test_from_a_hit_through_the_matches_and_back_by_keyboard(live: Article, open_page: Any) -> None:
    page = open_page("/?q=bridge&kind=live&sort=newest")
    results = page.url
    page.locator(".hit h2 a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")
    count = page.locator("#matches output")
    expect(count).to_have_text("20 matches")
    for number in (1, 2, 3):
        page.keyboard.press("n")
        expect(count).to_have_text(f"{number} of 20")
        assert page.url.endswith(f"#m{number}")
        assert in_view(page, f"#m{number}")
    page.keyboard.press("p")
    expect(count).to_have_text("2 of 20")
    page.get_by_role("link", name="Previous match").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(count).to_have_text("20 of 20")
    expect(page.get_by_role("link", name="Previous match")).to_be_focused()
    # Stepping through matches adds nothing to the history: going back leads to the results.
    page.go_back()
    assert page.url == results
    page.go_forward()
    page.get_by_role("link", name="Results").click()
    assert page.url == f"{results}#a{live.pk}"


def test_without_scripts_each_match_leads_to_the_next(live: Article, open_page: Any) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=bridge", java_script_enabled=False)
    page.get_by_role("link", name="Next match").click()
    for number in (1, 2, 3):
        assert page.url.endswith(f"#m{number}")
        expect(page.get_by_role("group", name=f"Match {number} of 20")).to_be_visible()
        page.get_by_role("group", name=f"Match {number} of 20").get_by_role("link", name="Next match").click()
    page.get_by_role("link", name="Results").click()
    assert page.url.endswith(f"/?q=bridge#a{live.pk}")


def test_keys_are_words_in_the_box_and_can_be_turned_off(live: Article, open_page: Any) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=bridge")
    page.get_by_role("combobox").fill("")
    page.get_by_role("combobox").press_sequentially("pn")
    expect(page.get_by_role("combobox")).to_have_value("pn")
    expect(page.locator("#matches output")).to_have_text("20 matches")
    page.evaluate("localStorage.setItem('cuttings-keys', 'off')")
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(page.locator("#matches output")).to_have_text("20 matches")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_order_and_an_earlier_version(live: Article, open_page: Any, scripts: bool) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=buses", java_script_enabled=scripts)
    expect(page.locator("section.section h3").first).to_have_text("In pictures (23)")
    page.get_by_role("link", name="Oldest first").click()
    expect(page.locator("section.section h3").first).to_have_text("Dawn")
    expect(page.locator("mark")).to_have_text(["buses"])
    page.get_by_role("link", name="Changes in version 2 of Dawn").click()
    expect(page.locator(".section del")).to_contain_text("Ten")
    expect(page.locator(".section ins")).to_contain_text("Twelve")
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page.locator(".section p")).to_have_text(["Ten buses waited."])
    expect(page.get_by_text("The section has changed since")).to_be_visible()
    page.get_by_role("link", name="Read in the article").click()
    expect(page.locator("section:target h3")).to_have_text("Dawn")


def test_rail_follows_the_reader_and_shows_what_is_asked_for(live: Article, open_page: Any) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=buses")
    rail = page.get_by_role("navigation", name="Sections")
    expect(rail.get_by_role("listitem")).to_have_count(21)
    rail.get_by_label("Key events").check()
    expect(rail.get_by_role("listitem").filter(visible=True)).to_have_count(4)
    rail.get_by_label("Key events").uncheck()
    rail.get_by_label("With matches").check()
    expect(rail.get_by_role("listitem").filter(visible=True)).to_have_count(1)
    rail.get_by_role("link", name="Dawn").click()
    expect(rail.locator("[aria-current]")).to_contain_text("Dawn")
    rail.get_by_label("With matches").uncheck()
    page.mouse.move(400, 400)
    page.mouse.wheel(0, -100_000)
    expect(rail.locator("[aria-current]")).to_contain_text("In pictures (23)")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_rail_lies_over_the_page_of_a_phone(live: Article, open_page: Any, scripts: bool) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=bridge", width=320, height=640, java_script_enabled=scripts)
    rail = page.locator("#rail")
    expect(rail).to_be_hidden()
    page.get_by_role("button", name="Sections").click()
    expect(rail).to_be_visible()
    rail.get_by_role("link", name="Crowds wait in the rain (22)").click()
    assert page.url.endswith(live.sections.get(key="e22").anchor)
    if scripts:
        expect(rail).to_be_hidden()
        assert in_view(page, "section:target h3")


def test_citation_is_copied(live: Article, open_page: Any) -> None:
    page = open_page(live.sections.get(key="e1").get_absolute_url(), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("BibTeX").click()
    page.get_by_role("button", name="Copy BibTeX").click()
    expect(page.locator("#copy-status")).to_have_text("BibTeX copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#cite-bibtex").text_content()
    assert copied.startswith("@misc{cuttings-section-")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download BibTeX").click()
    assert download.value.suggested_filename.endswith("-2.bib")


def test_printed_page_is_the_text_and_its_record(live: Article, open_page: Any) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=buses")
    page.emulate_media(media="print")
    for selector in (".toolbar", ".rail", ".search-box", ".section-links"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Captured").first).to_be_visible()
