"""A person's way through an article: from a hit, by the matches, to a citation, and back to the same place."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from archive.models import Article
from archive.times import parse_moment
from tests.conftest import BuildOnce
from tests.search.page_tools import entry, ingest_live_page

from .addresses import expect_address

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = (
    "Negotiators crossed the bridge again this hour. They said little, and left by another way.\n"
    "A witness on the far side counted the coaches that waited for them, and the lorries behind. "
    "Nobody had told the drivers for how long they would stand there, or what they would carry when they left."
)
HEADINGS = ("Ministers leave by another way", "What is known of the talks", "Crowds wait in the rain", "In pictures")


def make_live() -> None:
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
    ingest_live_page([*entries, first], [*entries, changed])


@pytest.fixture
def live(build_once: BuildOnce) -> Article:
    build_once(make_live, make_live)
    return Article.objects.get()


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
        expect_address(page, f"#m{number}")
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
    expect(page).to_have_url(results)
    page.go_forward()
    page.get_by_role("link", name="Results").click()
    expect(page).to_have_url(f"{results}#a{live.pk}")


def test_without_scripts_each_match_leads_to_the_next(live: Article, open_page: Any) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=bridge", java_script_enabled=False)
    page.get_by_role("link", name="Next match").click()
    for number in (1, 2, 3):
        expect_address(page, f"#m{number}")
        expect(page.get_by_role("group", name=f"Match {number} of 20")).to_be_visible()
        page.get_by_role("group", name=f"Match {number} of 20").get_by_role("link", name="Next match").click()
    page.get_by_role("link", name="Results").click()
    expect_address(page, f"/?q=bridge#a{live.pk}")


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
    expect_address(page, live.sections.get(key="e22").anchor)
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
    # Word processors get the italics of a style, too.
    page.get_by_text("APA").click()
    page.get_by_role("button", name="Copy APA").click()
    expect(page.locator("#copy-status")).to_have_text("APA copied.")
    types = "async type => (await (await navigator.clipboard.read())[0].getType(type)).text()"
    assert page.evaluate(types, "text/plain") == page.locator("#cite-apa").text_content()
    assert "<i>" in page.evaluate(types, "text/html")


def test_printed_page_is_the_text_and_its_record(live: Article, open_page: Any) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=buses")
    page.emulate_media(media="print")
    for selector in (".toolbar", ".rail", ".search-box", ".section-links"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Captured").first).to_be_visible()


# --- the head of a live page, and its days ---

HEADLINE = "UK riots LIVE: Plymouth stand-off sees far-right protesters 'throw stones' as 3 officers are injured"


def make_long_live() -> None:
    """A live page as they are: a long headline, a lead of five paragraphs, entries of three days."""
    lead = entry("lead", "\n".join(f"{WORDS.splitlines()[0]} Paragraph {number}." for number in range(5)))
    entries = [
        entry(
            f"d{day}h{hour}",
            WORDS if hour != 10 else f"{WORDS} The stand-off at the mosque went on.",
            heading=f"Entry of day {day} at {hour}",
            published=parse_moment(f"2025-06-{day:02}T{hour}:00+01:00"),
            key_event=hour == 12,
        )
        for day in (4, 3, 2)
        for hour in (13, 12, 11, 10)
    ]
    standfirst = "Violence has erupted in the city centre this evening after a demonstration was met with others. " * 2
    ingest_live_page([lead, *entries], headline=HEADLINE, standfirst=standfirst)


@pytest.fixture
def long_live(build_once: BuildOnce) -> Article:
    build_once(make_long_live, make_long_live)
    return Article.objects.get()


def bottom_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("one => one.getBoundingClientRect().bottom"))


def test_first_entry_is_seen_without_scrolling(long_live: Article, open_page: Any) -> None:
    page = open_page(long_live.get_absolute_url())
    assert page.locator("h1").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") <= 32
    assert bottom_of(page, ".day .section p:not(.meta)") <= 900
    expect(page.locator(".overview")).to_contain_text("12 entries")
    expect(page.locator(".overview")).to_contain_text("2–4 June 2025")
    expect(page.locator(".overview")).to_contain_text("3 key events")
    assert page.locator(".overview a").all_inner_texts() == ["Original", "Cite", "Captures"]
    # The same on a phone is more than one screen, but nothing is wider than it.
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for selector in (".overview a", ".day > summary", ".find button", ".toggle", ".order a", ".section-links a"):
        for box in page.locator(selector).evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())"):
            assert box["height"] >= 24 or selector in (".section-links a", ".overview a"), selector
    # No line breaks inside a hyphenated word, however wide the page is.
    for width in range(320, 420, 7):
        page.set_viewport_size({"width": width, "height": 640})
        broken = page.locator(".unbroken").evaluate_all(
            "all => all.filter(one => one.getClientRects().length > 1).length"
        )
        assert broken == 0, width


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_days_fold_by_keyboard_and_their_heads_stay_in_sight(
    long_live: Article, open_page: Any, scripts: bool
) -> None:
    page = open_page(long_live.get_absolute_url(), java_script_enabled=scripts)
    heads = page.locator(".day > summary")
    assert [text.split(" 2025")[0] for text in heads.all_inner_texts()] == [
        "Wednesday 4 June", "Tuesday 3 June", "Monday 2 June"]  # fmt: skip
    entry_of_day = page.get_by_role("heading", name="Entry of day 3 at 10")
    entry_of_day.scroll_into_view_if_needed()
    page.mouse.wheel(0, 200)
    expect(heads.nth(1)).to_be_in_viewport()
    heads.nth(1).focus()
    page.keyboard.press("Enter")
    expect(entry_of_day).to_be_hidden()
    # A link to an entry of a folded day opens it.
    if scripts:
        page.get_by_role("navigation", name="Sections").get_by_role("link", name="Entry of day 3 at 10").click()
        expect(entry_of_day).to_be_visible()
        assert in_view(page, "section:target h3")
        # The head of the day does not cover the entry.
        assert heads.nth(1).evaluate("one => one.getBoundingClientRect().bottom") <= page.locator(
            "section:target h3"
        ).evaluate("one => one.getBoundingClientRect().top")


def test_going_back_finds_days_as_they_were_left(long_live: Article, open_page: Any) -> None:
    page = open_page(long_live.get_absolute_url())
    page.locator(".day > summary").nth(0).click()
    page.get_by_text("4 more paragraphs of the lead").click()
    page.get_by_role("link", name="Cite Entry of day 3 at 12").evaluate("one => location.assign(one.href)")
    page.wait_for_url("**/cite/")
    page.go_back()
    expect(page.get_by_text("Paragraph 4.")).to_be_visible()
    expect(page.get_by_role("heading", name="Entry of day 4 at 10")).to_be_hidden()
    expect(page.get_by_role("heading", name="Entry of day 3 at 10")).to_be_visible()
    # A search hit in a folded day opens it.
    page.goto(page.url + f"?q=mosque#{long_live.sections.get(key='d4h10').anchor}")
    expect(page.get_by_role("heading", name="Entry of day 4 at 10")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_entries_are_filtered_by_keyboard(long_live: Article, open_page: Any, scripts: bool) -> None:
    page = open_page(f"{long_live.get_absolute_url()}?q=bridge", java_script_enabled=scripts)
    page.get_by_role("searchbox", name="Show entries with these words").fill("mosque")
    page.keyboard.press("Enter")
    expect(page.locator(".found strong")).to_have_text("3 of 12 entries")
    expect(page.locator("section.section h3")).to_have_text([f"Entry of day {day} at 10" for day in (4, 3, 2)])
    expect(page.locator("mark", has_text="mosque")).to_have_count(3)
    page.locator(".toggle:not(#marks)").click()
    expect(page.locator(".found strong")).to_have_text("0 of 12 entries")
    page.locator(".found").get_by_role("link", name="Show all").click()
    expect(page.locator("section.section h3")).to_have_count(12)
    if scripts:
        # An entry that the filter leaves out is shown among all.
        page.goto(f"{page.url}&find=mosque#{long_live.sections.get(key='d2h12').anchor}")
        expect(page.locator("section:target h3")).to_have_text("Entry of day 2 at 12")


# --- along the result, and citations in place ---


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_one_hit_to_the_next_and_back_from_any_page(long_live: Article, open_page: Any, scripts: bool) -> None:
    other = entry("o", "Another bridge.", heading="Elsewhere", at="09:00")
    ingest_live_page([other], source="Herald", headline="Elsewhere", url="", external_id="other")
    page = open_page("/?q=bridge&sort=oldest", java_script_enabled=scripts)
    results = page.url
    page.locator(".hit h2 a").first.click()
    place = page.locator(".visit .place")
    expect(place).to_have_text("1 of 2 articles")
    if scripts:
        # The key works once the scripts have run.
        page.wait_for_load_state()
        page.keyboard.press("j")
    else:
        page.get_by_role("link", name="Next result").click()
    expect(place).to_have_text("2 of 2 articles")
    headline = page.get_by_role("heading", level=1).inner_text()
    page.locator(".section .permalink").first.click()
    expect(place).to_have_text("2 of 2 articles")
    page.get_by_role("link", name="Read in the article").click()
    page.get_by_role("link", name="Captures").first.click()
    expect(place).to_have_text("2 of 2 articles")
    page.get_by_role("link", name="Results").click()
    assert page.url.startswith(results)
    expect(page.locator(".hit:target h2")).to_have_text(headline)


def test_citations_open_in_place_and_give_the_focus_back(live: Article, open_page: Any, find_barriers: Any) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=bridge", permissions=["clipboard-read", "clipboard-write"])
    address = page.url
    link = page.get_by_role("link", name="Cite Dawn")
    link.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Cite Dawn")
    expect(panel.locator("#cite-text")).to_contain_text("Dawn")
    assert find_barriers(page) == []
    page.emulate_media(color_scheme="light")
    panel.get_by_role("button", name="Copy Chicago").click()
    expect(panel.locator("#copy-status")).to_have_text("Chicago copied.")
    assert page.evaluate("navigator.clipboard.readText()") == panel.locator("#cite-text").text_content()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()
    expect(page).to_have_url(address)
    # For the article, too; a click with Control still opens the page of citations.
    page.locator(".overview").get_by_role("link", name="Cite").click()
    expect(page.get_by_role("dialog").locator("#cite-text")).to_contain_text("Talks live")


def test_without_scripts_citations_have_a_page(live: Article, open_page: Any) -> None:
    page = open_page(f"{live.get_absolute_url()}?q=bridge", java_script_enabled=False)
    page.get_by_role("link", name="Cite Dawn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dawn")
    expect(page.locator("#cite-text")).to_contain_text("Dawn")
    page.get_by_role("link", name="Read this section").click()
    expect(page.locator(".section.alone")).to_contain_text("Twelve buses")
    expect(page.locator(".visit .back")).to_be_visible()


def test_going_back_finds_opened_sections_of_the_results(live: Article, open_page: Any) -> None:
    page = open_page("/?q=bridge")
    results = page.url
    page.locator(".more a").click()
    opened = page.locator(".hit").get_by_role("link", name="In pictures (7)")
    expect(opened).to_be_visible()
    expect(page).to_have_url(results)
    opened.click()
    page.wait_for_url("**/articles/**")
    page.go_back()
    page.wait_for_url(results)
    expect(page.locator(".hit").get_by_role("link", name="In pictures (7)")).to_be_visible()


def test_text_from_right_to_left_and_what_stands_around_it(db: None, open_page: Any) -> None:
    article = ingest_live_page(
        [
            entry("a", "وقالت الوزارة إن المحادثات مستمرة. (Reuters)", at="12:00", heading="محادثات السلام مستمرة"),
            entry("b", "The stand-off went on.", at="11:00", heading="A stand-off"),
        ],
        headline="مباشر: الوزراء يلتقون عند الجسر",
        language="ar",
    )
    page = open_page(article.get_absolute_url(), width=768)
    right = "one => Math.round(one.getBoundingClientRect().right)"
    edge = page.locator("article").evaluate(right)
    # The headline and what is known of it begin at the same edge; so does each entry with its own.
    assert page.locator(".section[dir=rtl] > .meta a").first.evaluate(right) == edge
    assert page.locator("header .about > :first-child").evaluate(right) == edge
    left = "one => Math.round(one.getBoundingClientRect().left)"
    english = page.locator(".section:not([dir])")
    assert english.locator(".meta a").first.evaluate(left) == english.locator("h3").evaluate(left)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_facts_that_wrap_keep_their_first_letters(live: Article, open_page: Any) -> None:
    page = open_page(live.get_absolute_url(), width=240)
    left_of_lines = """list => {
        const range = document.createRange();
        range.selectNodeContents(list);
        return Math.min(...[...range.getClientRects()].filter(({ height }) => height).map(({ left }) => left));
    }"""
    captured = page.locator(".overview li", has_text="captured")
    assert captured.bounding_box()["height"] > 1.5 * page.locator(".overview li").first.bounding_box()["height"]
    start = page.locator(".byline").first.bounding_box()["x"]
    assert captured.evaluate(left_of_lines) >= start


def test_paper_shows_what_is_folded(long_live: Article, open_page: Any) -> None:
    page = open_page(long_live.get_absolute_url())
    page.locator(".day > summary").nth(1).click()
    page.emulate_media(media="print")
    height = "one => one.getBoundingClientRect().height"
    assert page.get_by_text("Paragraph 4.").evaluate(height) > 0
    assert page.get_by_role("heading", name="Entry of day 3 at 10", include_hidden=True).evaluate(height) > 0
    expect(page.locator(".entry-controls")).to_be_hidden()
