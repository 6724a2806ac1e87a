"""A person's way through the captures of an article: back in time, what changed, any two compared, and cited."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from archive.models import Article
from tests.conftest import BuildOnce
from tests.search.page_tools import entry, ingest_live_page

pytestmark = pytest.mark.django_db(transaction=True)

TALKS = entry("t", "Ministers met.", at="10:30", heading="Talks resume")
RAIN = entry("r", "It rains.", at="08:00", heading="Rain")


def make_live() -> None:
    """Three captures: an entry is changed, another comes, and one is not shown any more."""
    ingest_live_page([entry("b", "Ten buses crossed.", at="09:00", heading="On the bridge"), RAIN])
    changed = entry("b", "Twelve buses crossed.", at="09:00", heading="On the bridge")
    ingest_live_page([TALKS, changed, RAIN], [TALKS, changed], captured_from=1, headline="Talks: no deal yet")


@pytest.fixture
def live(build_once: BuildOnce) -> Article:
    build_once(make_live, make_live)
    return Article.objects.get()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_back_in_time_and_on_again_by_keyboard(live: Article, open_page: Any, scripts: bool) -> None:
    page = open_page(live.get_absolute_url(), java_script_enabled=scripts)
    notice = page.get_by_role("region", name="This capture")
    page.get_by_text("3 captures").focus()
    page.keyboard.press("Enter")
    page.locator(".capture-list a").nth(2).focus()
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("This is capture 2 of 3. The latest is")
    expect(page.locator("section.section h3")).to_have_text(["Talks resume", "On the bridge", "Rain"])
    page.get_by_role("link", name="Previous capture").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Talks live: ministers meet")
    expect(page.locator("section.section p:not(.meta)")).to_have_text(["Ten buses crossed.", "It rains."])
    page.get_by_role("link", name="Next capture").click()
    page.get_by_role("link", name="Changes in this capture").click()
    expect(page.get_by_text("Headline changed, 1 section new, 1 changed, 1 unchanged.")).to_be_visible()
    expect(page.locator(".is-changed p del")).to_contain_text("Ten")
    expect(page.locator(".is-changed p ins")).to_contain_text("Twelve")
    page.get_by_role("link", name="Next change").click()
    expect(page.get_by_text("1 section not shown, 2 unchanged.")).to_be_visible()
    page.get_by_role("link", name="Current version").click()
    expect(notice).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_any_two_are_compared(live: Article, open_page: Any, scripts: bool) -> None:
    page = open_page(f"/articles/{live.pk}/captures/", java_script_enabled=scripts)
    page.locator("input[name=against]").last.check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Headline changed, 1 section new, 1 changed, 1 not shown.")).to_be_visible()
    page.get_by_role("link", name="Reverse the comparison").click()
    expect(page.locator(".is-new h2")).to_have_text("Rain")


def test_times_are_the_readers_on_request_with_utc_on_hover(live: Article, open_page: Any) -> None:
    sha256 = live.captures.earliest("captured").sha256
    page = open_page(f"{live.get_absolute_url()}?capture={sha256}", timezone_id="Europe/Berlin")
    captured = page.locator(".capture-time strong time")
    expect(captured).to_have_text("2 June 2025, 12:00 UTC")
    page.get_by_role("button", name="Local time").click()
    expect(captured).to_have_text("2 June 2025, 14:00 CEST")
    expect(captured).to_have_attribute("title", "2 June 2025, 12:00 UTC")


def test_printed_capture_says_which_it_is(live: Article, open_page: Any) -> None:
    sha256 = live.captures.earliest("captured").sha256
    page = open_page(f"{live.get_absolute_url()}?capture={sha256}")
    page.emulate_media(media="print")
    expect(page.get_by_text("As captured")).to_be_visible()
    expect(page.get_by_text(sha256)).to_be_visible()
    expect(page.get_by_role("navigation", name="Captures")).to_be_hidden()
    page.goto(page.url + "&against=" + live.captures.latest("captured").sha256)
    expect(page.locator(".is-changed del").first).to_be_visible()
    expect(page.get_by_text("Changes from the capture of")).to_be_visible()


def test_capture_is_cited_and_its_address_is_the_capture(live: Article, open_page: Any) -> None:
    sha256 = live.captures.earliest("captured").sha256
    page = open_page(f"{live.get_absolute_url()}?capture={sha256}")
    page.get_by_role("link", name="Cite", exact=True).first.click()
    expect(page.locator("#cite-text")).to_contain_text("captured 2 June 2025, 12:00 UTC")
    expect(page.locator("#cite-text")).to_contain_text(sha256)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Chicago").click()
    assert download.value.suggested_filename == f"cuttings-article-{live.pk}-{sha256[:8]}.txt"


def test_curator_has_the_bytes(live: Article, open_page: Any) -> None:
    User.objects.create_superuser("admin", password="a long enough passphrase")
    sha256 = live.captures.earliest("captured").sha256
    page = open_page(f"/login/?next={live.get_absolute_url()}?capture={sha256}")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("a long enough passphrase")
    page.get_by_role("button", name="Sign in").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="original bytes").click()
    assert download.value.suggested_filename == f"{sha256}.bin"
