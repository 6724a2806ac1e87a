"""A curator's walk from the start page of the admin to an article and back, and work that goes on beside the page."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from archive.models import Article, Capture, IngestRun, Problem, Source, Topic
from archive.models.captures import capture_path
from archive.upkeep import work_on

pytestmark = pytest.mark.django_db(transaction=True)


def test_curator_goes_from_what_is_to_be_done_to_an_article_and_back(
    seed: Article, open_page: Any, find_barriers: Any
) -> None:
    User.objects.create_superuser("admin", password="a long one for this test")
    Article.objects.update(source=Source.objects.get_or_create(name="Unknown source")[0])
    seed.topics.add(Topic.objects.create(name="Talks"))
    problem = {"run": IngestRun.objects.get(), "origin": "a.json", "level": "rejected"}
    Problem.objects.create(reason="'x' is no date", **problem)
    page = open_page("/admin/", expected=("Password forms should have",), width=320)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("a long one for this test")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="To do")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.set_viewport_size({"width": 1280, "height": 900})
    assert find_barriers(page, "body") == []
    home = page.url
    page.get_by_role("link", name="1 Article of an unknown source").click()
    expect(page.get_by_text("Remove the filter Source: Unknown source")).to_be_visible()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_role("link", name="Live page", exact=True).click()
    page.get_by_role("link", name=seed.headline, exact=True).click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_in_viewport()
    assert find_barriers(page, "#content") == []
    page.go_back()
    expect(page.get_by_text("Remove the filter Kind: Live page")).to_be_visible()
    # The bytes of a capture are lost: a check finds it while the page shows how far it is.
    capture_path(Capture.objects.get().sha256).unlink()
    page.goto(home)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("progressbar", name="Check of the captures")).to_be_visible()
    assert work_on()
    page.get_by_role("link", name="1 Captures without a file").click()
    expect(page.get_by_text("Remove the filter Fault of the bytes: without a file")).to_be_visible()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
