"""Names and statements: marked with a key, listed beside the text and in results, each with its rule."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from archive.models import Article, Name, Section, Statement
from tests.annotated import annotate
from tests.conftest import SEED, BuildOnce

from .addresses import expect_address

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def annotated(build_once: BuildOnce, ingest_file: Callable[..., Any]) -> Article:
    def build() -> None:
        ingest_file(SEED)
        annotate()

    build_once("annotated seed", build)
    return Article.objects.get()


def test_a_key_marks_names_and_statements_and_the_choice_is_kept(annotated: Article, open_page: Any) -> None:
    page = open_page(f"{annotated.get_absolute_url()}?q=electricity")
    expect(page.locator("a.name")).to_have_count(0)
    page.keyboard.press("m")
    expect(page.locator("#marks")).to_have_attribute("aria-current", "true")
    page.wait_for_load_state("load")
    marks = page.locator("a.name").count()
    assert marks > 20
    # The matches are still there, and n goes to them.
    page.keyboard.press("n")
    expect(page.locator("#matches output")).to_have_text("1 of 2")
    page.reload()
    expect(page.locator("a.name")).to_have_count(marks)
    section = Section.objects.exclude(current__heading="").first()
    assert section
    page.goto(page.url.partition("/articles")[0] + section.get_absolute_url())
    expect(page.locator("h1 a.name").first).to_be_visible()
    page.keyboard.press("m")
    expect(page.locator("a.name")).to_have_count(0)


def test_a_statement_leads_to_its_speaker_and_back_by_keyboard(annotated: Article, open_page: Any) -> None:
    statement = Statement.objects.get(chain__source__text="RIA")
    page = open_page(f"{annotated.get_absolute_url()}?marks=on")
    note = page.locator(f'.statement-note a[href="#w{statement.pk}"]')
    note.focus()
    # What the browser shows of a title to a mouse, the page shows with the focus.
    content = note.evaluate("link => getComputedStyle(link, '::after').content")
    assert "RIA ← Yevgeny Balitsky" in content
    assert "by rule" in content
    page.keyboard.press("Enter")
    expect_address(page, f"#w{statement.pk}")
    entry = page.locator(f"#w{statement.pk}")
    expect(entry).to_be_visible()
    expect(entry.locator(".chain")).to_have_text("RIA ← Yevgeny Balitsky")
    entry.locator("a").first.focus()
    page.keyboard.press("Enter")
    expect_address(page, f"#q{statement.pk}")


def test_without_scripts_a_link_marks_them(annotated: Article, open_page: Any) -> None:
    page = open_page(annotated.get_absolute_url(), java_script_enabled=False)
    page.get_by_role("link", name="Names, statements, days").click()
    expect(page.locator("a.name").first).to_be_visible()
    page.get_by_text("Yevgeny Balitsky 2").click()
    expect(page.locator(".speakers details[open] li").first).to_be_visible()
    page.locator("details[open]").get_by_role("link", name="All about this name").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Yevgeny Balitsky")


def test_from_a_search_to_statements_to_a_name(annotated: Article, open_page: Any) -> None:
    page = open_page("/?q=electricity")
    page.get_by_role("link", name="Statements").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("statements (1 section)")
    page.locator(".how summary").first.click()
    expect(page.locator(".how p").first).to_contain_text("by rule")
    page.get_by_role("link", name="By speaker").click()
    expect(page.locator(".speaker-head").first).to_contain_text("statements")
    page.locator(".speaker-head").get_by_role("link", name="Yevgeny Balitsky").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Yevgeny Balitsky")
    expect(page.get_by_text("1 section mentions this name")).to_be_visible()


@pytest.mark.parametrize("name", ["article", "section", "statements", "speakers", "name", "statements by"])
def test_axe_finds_nothing_and_a_phone_needs_no_sideways_scrolling(
    annotated: Article, open_page: Any, find_barriers: Any, name: str
) -> None:
    section = Section.objects.exclude(current__heading="").earliest("pk")
    balitsky = Name.objects.get(label="Yevgeny Balitsky").pk
    addresses = {
        "article": f"{annotated.get_absolute_url()}?marks=on&q=russia",
        "section": f"{section.get_absolute_url()}?marks=on",
        "statements": "/?q=russia&show=statements",
        "speakers": "/?q=russia&show=speakers",
        "name": f"/names/{balitsky}/",
        "statements by": f"/names/{balitsky}/?show=by",
    }
    page = open_page(addresses[name], width=320, height=640)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("details:not([name])").evaluate_all("found => found.forEach(one => one.open = true)")
    page.locator(".speakers details").first.evaluate_all("found => found.forEach(one => one.open = true)")
    assert find_barriers(page) == []
