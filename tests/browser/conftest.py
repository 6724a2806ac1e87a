"""A real Chromium, driven by Playwright, against a server of the test's own.

Where there is no Chromium the tests are skipped and say so; continuous integration has one, and fails without.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

# A server, a browser and their test may share a busy core.
expect.set_options(timeout=20_000)
Scheme = Literal["light", "dark"]
DOCS = Path(settings.BASE_DIR) / "docs"
_PASSWORD = "a long one for this test"
# htmx reports a request that ends because the reader leaves the page, once by each of these names.
_LEFT_PAGE = ("htmx:sendAbort", "htmx:afterRequest")
# Chromium's sandbox needs a user other than root; the rest keeps it from looking for its makers' servers.
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine; .ci/run installs it")
        pytest.skip("no Chromium on this machine: install the package chromium to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


class Windows:
    """One browser window for each set of options of a context: to open one takes longer than to load ten pages.

    A test has tabs of its own. Afterwards the window forgets cookies, permissions, storage, and what pages loaded.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._first_tabs: dict[str, Page] = {}

    def open_tab(self, options: dict[str, Any]) -> Page:
        key = repr(sorted(options.items()))
        if key not in self._first_tabs:
            # The window closes with its last tab, so the first one stays.
            self._first_tabs[key] = self._browser.new_context(**options).new_page()
        return self._first_tabs[key].context.new_page()

    @staticmethod
    def forget(context: BrowserContext, origin: str) -> None:
        """Closes the tabs of a test, and removes what pages of `origin` left in the browser."""
        first, *tabs = context.pages
        for tab in tabs:
            tab.close()
        context.clear_cookies()
        context.clear_permissions()
        devtools = context.new_cdp_session(first)
        devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        devtools.send("Network.clearBrowserCache")
        devtools.detach()


@pytest.fixture(scope="session")
def windows(chromium: Browser) -> Windows:
    return Windows(chromium)


@pytest.fixture
def open_page(windows: Windows, live_server: Any) -> Iterator[Any]:
    """Opens a page of the live server; any message on the console (a blocked script, a missing file) is a failure.

    But for those that have one of the `expected` words: a page that is an error says so on the console. A request of
    htmx that fails is reported by a name of its own, besides those that are left out here.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        address: str,
        *,
        width: int = 1280,
        height: int = 900,
        color_scheme: Scheme = "light",
        permissions: Sequence[str] = (),
        expected: Sequence[str] = (),
        **options: Any,
    ) -> Page:
        def complain(text: str) -> None:
            if not any(word in text for word in (*expected, *_LEFT_PAGE)):
                complaints.append(text)

        page = windows.open_tab(options)
        contexts.append(page.context)
        page.context.grant_permissions(list(permissions))
        page.emulate_media(color_scheme=color_scheme)
        page.set_viewport_size({"width": width, "height": height})
        page.on("console", lambda message: complain(message.text))
        page.on("pageerror", lambda error: complain(str(error)))
        page.goto(live_server.url + address)
        focused = page.locator("[autofocus]")
        if focused.count():
            # Chromium gives the focus with the first frame, and complains if a test typed before it.
            expect(focused.first).to_be_focused()
        return page

    yield open_page
    for context in contexts:
        windows.forget(context, live_server.url)
    assert complaints == []


@pytest.fixture
def sign_in(open_page: Any) -> Callable[..., Page]:
    """Opens a page of the admin after signing in."""

    def sign_in(address: str, **options: Any) -> Page:
        User.objects.create_superuser("admin", password=_PASSWORD)
        page: Page = open_page(f"/admin/login/?next={address}", expected=("Password forms should have",), **options)
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(_PASSWORD)
        page.get_by_role("button", name="Log in").click()
        return page

    return sign_in


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Any:
    """Saves a page as a picture in docs/, when --pictures asks for it."""

    def picture(page: Page, name: str) -> None:
        if request.config.getoption("--pictures"):
            DOCS.mkdir(exist_ok=True)
            page.screenshot(path=DOCS / f"{name}.png")

    return picture


@pytest.fixture
def find_barriers() -> Any:
    """Returns what axe finds wrong with a page, or `within` a part of it: each rule, and what breaks it.

    Looks at everything in the light theme, and again in the dark one at what a theme can change: contrast.
    """
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    themes: dict[Scheme, Any] = {
        "light": tags,
        "dark": {"type": "rule", "values": ["color-contrast"]},
    }

    def find_barriers(page: Page, within: str | None = None) -> list[str]:
        barriers = []
        for theme, rules in themes.items():
            page.emulate_media(color_scheme=theme)
            # The admin's colours fade from one theme to the other.
            page.evaluate("document.getAnimations().forEach(one => one.finish())")
            # Around a part stands the admin, whose sheets import others: to read those axe writes styles, in vain.
            # Without the examples of what is right, which are most of an answer, axe takes half the time.
            options = {"runOnly": rules, "preload": within is None, "resultTypes": ["violations"]}
            barriers += [
                f"{theme}, {rule['id']}: {node['html'][:160]} ({node['failureSummary']})"
                for rule in Axe().run(page, context=within, options=options).response["violations"]
                for node in rule["nodes"]
            ]
        return barriers

    return find_barriers
