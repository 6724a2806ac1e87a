"""Where a browser is: it may still be on its way when a key is up or a click is done."""

import re

from playwright.sync_api import Page, expect


def expect_address(page: Page, ending: str) -> None:
    """Waits until the address of a page has this ending; fails if it does not come to that."""
    expect(page).to_have_url(re.compile(re.escape(ending) + "$"))
