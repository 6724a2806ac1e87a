"""No barrier that axe can find, in light and dark, on a phone and on a wide screen; no sideways scrolling."""

from typing import Any

import pytest

from archive.models import Article
from tests.conftest import BuildOnce
from tests.search.page_tools import entry, ingest_live_page

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
PAGES = {
    "article": "{article}?q=bridge&order=oldest",
    "article opened by itself": "{article}",
    "section": "{section}",
    "version": "{section}?version=1",
    "changes": "{section}?version=2&against=1",
    "no such version": "{section}?version=9",
    "citations": "/articles/{pk}/cite/",
    "capture": "{article}?capture={first}&q=bridge",
    "latest capture": "{article}?capture={last}",
    "no such capture": "{article}?capture=00000000",
    "captures compared": "{article}?capture={last}&against={first}",
    "captures": "/articles/{pk}/captures/",
    "citations of a capture": "/articles/{pk}/cite/?capture={first}",
    "login": "/login/",
    "not found": "/nowhere/",
}


def make_live() -> None:
    """A live page with all that an entry can have: key event, note, versions, withdrawal, long and foreign words."""
    entries = [
        entry("d", "وقالت الوزارة إن المحادثات مستمرة.", at="12:00", heading="محادثات السلام"),
        entry("c", f"{LONG} bridge", at="11:00", heading=LONG, byline="Cy Roe", note="Corrected: the bridge's name."),
        entry("b", "The bridge opened.", at="10:00", heading="On the bridge", key_event=True),
        entry("a", "Ten buses waited.", heading="Dawn"),
    ]
    later = [
        *entries[:2],
        entry("b", "", withdrawn=True),
        entry("a", "Twelve buses waited at the bridge.", heading="Dawn"),
    ]
    ingest_live_page([entry("x", "Another bridge, other buses.")], source="The Herald", url="")
    ingest_live_page(entries, later, byline=LONG)


@pytest.fixture
def live(build_once: BuildOnce) -> Article:
    build_once(make_live, make_live)
    return Article.objects.get(source__name="The Courier")


def address_of(name: str, live: Article) -> str:
    section = live.sections.get(key="a").get_absolute_url()
    first, last = live.captures.order_by("captured").values_list("sha256", flat=True)
    return PAGES[name].format(article=live.get_absolute_url(), section=section, pk=live.pk, first=first, last=last)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_a_phone_needs_no_sideways_scrolling(
    live: Article, open_page: Any, find_barriers: Any, name: str
) -> None:
    # The browser complains of pages that are errors.
    expected = ("404 (Not Found)",) if name.startswith(("no ", "not ")) else ()
    page = open_page(address_of(name, live), width=320, height=640, expected=expected)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("details:not([name])").evaluate_all("found => found.forEach(one => one.open = true)")
    assert find_barriers(page) == []


def test_axe_finds_nothing_on_a_phone_with_the_rail_open(live: Article, open_page: Any, find_barriers: Any) -> None:
    page = open_page(address_of("article", live), width=320, height=640)
    assert find_barriers(page) == []
    page.get_by_role("button", name="Sections").click()
    assert find_barriers(page) == []
