"""A real Chromium, driven by Playwright, against a server of the test's own.

Where there is no Chromium the tests are skipped and say so; continuous integration has one, and fails without.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

# A server, a browser and their test may share a busy core.
expect.set_options(timeout=20_000)
DOCS = Path(settings.BASE_DIR) / "docs"
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


@pytest.fixture
def open_page(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """Opens a page of the live server; any message on the console (a blocked script, a missing file) is a failure.

    But for those that have one of the `expected` words: a page that is an error says so on the console.
    """
    contexts = []
    complaints: list[str] = []

    def open_page(
        address: str, *, width: int = 1280, height: int = 900, expected: tuple[str, ...] = (), **options: Any
    ) -> Page:
        def complain(text: str) -> None:
            if not any(word in text for word in expected):
                complaints.append(text)

        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complain(message.text))
        page.on("pageerror", lambda error: complain(str(error)))
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


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
    themes: dict[Literal["light", "dark"], Any] = {
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
            options = {"runOnly": rules, "preload": within is None}
            barriers += [
                f"{theme}, {rule['id']}: {node['html'][:160]} ({node['failureSummary']})"
                for rule in Axe().run(page, context=within, options=options).response["violations"]
                for node in rule["nodes"]
            ]
        return barriers

    return find_barriers
