"""In a browser: a user is added and sets a password; of two curators, the second is shown what the first changed."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from archive.models import Topic
from archive.operations import EDITED, operation

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long one for this test"


@pytest.fixture
def sign_in(open_page: Any) -> Any:
    def sign_in(**options: Any) -> Page:
        User.objects.create_superuser("admin", password=PASSWORD)
        page: Page = open_page("/admin/", expected=("Password forms should have",), **options)
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        return page

    return sign_in


def test_user_is_added_and_signs_in(sign_in: Any, open_page: Any, find_barriers: Any, live_server: Any) -> None:
    page = sign_in()
    page.goto(f"{live_server.url}/admin/auth/user/add/")
    page.get_by_label("Name", exact=False).first.fill("ada")
    page.locator("input[value=Curator]").check()
    barriers = find_barriers(page, "#content")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    barriers += find_barriers(page, "#content")
    link = page.locator("#link-address").inner_text().removeprefix(live_server.url)
    page.context.clear_cookies()
    other = open_page(link)
    expect(other.get_by_role("heading", name="Set your password")).to_be_visible()
    barriers += find_barriers(other, "#main")
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_label("The password once more").fill(PASSWORD)
    other.keyboard.press("Enter")
    other.get_by_role("link", name="Sign in").last.click()
    other.get_by_label("Name").fill("ada")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("link", name="Curate")).to_be_visible()
    assert barriers == []


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_second_curator_chooses(sign_in: Any, find_barriers: Any, live_server: Any, script: bool) -> None:
    topic = Topic.objects.create(name="Ports", note="Harbours.")
    page = sign_in(java_script_enabled=script)
    page.goto(f"{live_server.url}/admin/archive/topic/{topic.pk}/change/")
    page.get_by_label("Note").fill("Sea ports.")
    with operation(EDITED, user_name="ben", label="Edited Ports") as act:
        act.watch(Topic, [topic.pk])
        topic.note = "River ports."
        topic.save()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Changed by somebody else too")).to_be_visible()
    expect(page.locator(".who")).to_contain_text("ben")
    if script:
        assert find_barriers(page, ".conflicts") == []
    # By keyboard: the first choice, then the second.
    page.get_by_role("radio", name="Keep what is there now").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    topic.refresh_from_db()
    assert topic.note == "Sea ports."
