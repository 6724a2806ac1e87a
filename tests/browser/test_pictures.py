"""The pages that the README and the docs show; `--pictures` takes the pictures again."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from archive.models import Article

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("scheme", ["light", "dark"]),
]


@pytest.fixture
def flood(db: None) -> Article:
    """Returns a live page of two captures from the archive as `make run` fills it at first."""
    call_command("start", no_serve=True, stdout=StringIO(), stderr=StringIO())
    return Article.objects.get(headline__startswith="Brackenford flood live")


def test_results_look_as_in_the_readme(flood: Article, open_page: Any, picture: Any, scheme: str) -> None:
    page = open_page("/?q=water+OR+bridges", height=985, color_scheme=scheme)
    expect(page.locator(".hit").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui")
    picture(page, f"search-{scheme}")


def test_article_looks_as_in_the_docs(flood: Article, open_page: Any, picture: Any, scheme: str) -> None:
    page = open_page(f"{flood.get_absolute_url()}?q=water+OR+bridges", height=860, color_scheme=scheme)
    page.keyboard.press("n")
    expect(page.locator("#matches output")).to_contain_text("1 of ")
    page.evaluate("scrollTo(0, 0)")
    picture(page, f"article-{scheme}")


def test_changes_look_as_in_the_readme(flood: Article, open_page: Any, picture: Any, scheme: str) -> None:
    before = flood.captures.earliest("captured").sha256
    page = open_page(f"{flood.get_absolute_url()}?against={before}", height=1180, color_scheme=scheme)
    expect(page.get_by_text("Headline changed, 2 sections new, 1 changed, 1 withdrawn")).to_be_visible()
    picture(page, f"changes-{scheme}")
