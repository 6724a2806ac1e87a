"""What curators do and take back in a browser: many articles at once, withdrawals, runs, and pairs of copies."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from archive.models import Article, Name, NameType
from archive.naming import weigh
from tests.archive.likeness.stories import story
from tests.archive.naming import names

pytestmark = pytest.mark.django_db(transaction=True)
# Both themes are looked at by `find_barriers`; what stands around the content is looked at in other tests.
CONTENT = "#content"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def press_key(page: Page, key: str) -> None:
    # The module that knows the keys runs before a page has loaded.
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def test_many_are_changed_after_a_look_and_the_change_is_undone(
    begin_with: Callable[..., None], sign_in: Callable[..., Page], find_barriers: Any
) -> None:
    begin_with([{"headline": f"Ferry {number}", "text": "It sailed.", "byline": "Cy Roe"} for number in range(3)])
    page = sign_in("/admin/archive/article/")
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option("set_fields")
    press(page, "Go")
    page.get_by_role("textbox", name="Byline").fill("Ann Author")
    press(page, "Look first")
    expect(page.get_by_text("3 of 3 articles would be changed.")).to_be_visible()
    assert find_barriers(page, CONTENT) == []
    press(page, "Change 3 articles")
    expect(page.get_by_text("3 of 3 done")).to_be_visible()
    expect(page.get_by_role("cell", name="Ann Author")).to_have_count(3)
    assert find_barriers(page, CONTENT) == []
    # By keyboard alone.
    page.get_by_role("link", name="Undo…").press("Enter")
    expect(page.get_by_text("would be put back as they were before")).to_be_visible()
    assert find_barriers(page, CONTENT) == []
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone.", exact=True)).to_be_visible()
    assert set(Article.objects.values_list("byline", flat=True)) == {"Cy Roe"}


def test_a_withdrawn_article_is_a_tombstone_until_it_is_restored(
    begin_with: Callable[..., None], sign_in: Callable[..., Page], open_page: Any, find_barriers: Any
) -> None:
    begin_with([{"headline": "Ferry sinks", "text": "The ferry sank."}])
    article = Article.objects.get()
    page = sign_in(article.get_absolute_url(), height=800)
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_label("Reason").select_option("law")
    page.get_by_label("Public note").fill("By order of the court.")
    shown = page.get_by_label("The headline may still be shown")
    shown.focus()
    # No bar of buttons covers it.
    assert shown.evaluate(
        "box => { const {x, y, width, height} = box.getBoundingClientRect();"
        " return document.elementFromPoint(x + width / 2, y + height / 2) === box }"
    )
    shown.press("Space")
    assert find_barriers(page, CONTENT) == []
    press(page, "Withdraw")
    expect(page.get_by_text("Withdrawn from readers")).to_be_visible()
    assert find_barriers(page, CONTENT) == []
    # In a window of its own, which nobody has signed in to.
    visitor = open_page(article.get_absolute_url(), width=320, locale="en-GB", expected=("451",))
    expect(visitor.get_by_role("heading", name="The archive has withdrawn this article")).to_be_visible()
    expect(visitor.get_by_text("Ferry sinks")).to_be_visible()
    expect(visitor.get_by_text("By order of the court.")).to_be_visible()
    expect(visitor.get_by_text("The ferry sank.")).to_have_count(0)
    assert find_barriers(visitor) == []
    press(page, "Restore")
    expect(page.get_by_text("Restored: ")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("The ferry sank.")).to_be_visible()


DROP = """([selector, files]) => {
    const dropped = new DataTransfer();
    for (const [name, text] of files) dropped.items.add(new File([text], name));
    const options = {bubbles: true, cancelable: true, dataTransfer: dropped};
    for (const kind of ["dragenter", "dragover", "drop"])
        document.querySelector(selector).dispatchEvent(new DragEvent(kind, options));
}"""


def test_dropped_files_are_sent_with_their_progress_and_their_run_is_taken_back(
    db: None, sign_in: Callable[..., Page], find_barriers: Any
) -> None:
    page = sign_in("/admin/archive/ingestrun/add/")
    files = [(f"{name}.json", json.dumps({"headline": name, "text": "It burnt."})) for name in ("Barn", "Mill")]
    expect(page.locator("#drop")).to_be_visible()
    page.evaluate(DROP, ["#drop", files])
    expect(page.get_by_role("status")).to_have_text(re.compile("^2 files chosen"))
    expect(page.locator("#chosen-files li")).to_have_count(2)
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/parts/", hold_first)
    press(page, "Ingest now")
    page.wait_for_function("() => document.getElementById('stop-sending').checkVisibility()")
    expect(page.get_by_role("progressbar", name="Sent of all files")).to_be_visible()
    assert find_barriers(page, CONTENT) == []
    held[0].continue_()
    expect(page.get_by_text("Ingested: 2 new, 0 changed, 0 unchanged, 0 rejected.")).to_be_visible()
    assert find_barriers(page, CONTENT) == []
    page.get_by_role("link", name="Take back").click()
    expect(page.get_by_role("heading", name="2 articles would go to the trash")).to_be_visible()
    assert find_barriers(page, CONTENT) == []
    press(page, "Take back 2 articles")
    expect(page.get_by_text("2 articles moved to the trash.")).to_be_visible()
    assert not Article.objects.filter(trashed=None).exists()


def test_two_addresses_of_an_article_are_compared_and_merged(
    begin_with: Callable[..., None], sign_in: Callable[..., Page], find_barriers: Any
) -> None:
    paragraphs = story(1, words=40)
    about = {"source": "The Courier", "published": "2025-03-01T10:00:00Z"}
    begin_with(
        [
            {"headline": "Storm", "url": "https://courier.example/storm", "text": "\n".join(paragraphs), **about},
            {
                "headline": "Storm in print",
                "url": "https://courier.example/7",
                "text": "\n".join([*paragraphs, "Corrected since."]),
                **about,
            },
        ]
    )
    page = sign_in("/admin/")
    page.get_by_role("link", name="1 Pair of copies to judge").click()
    sides = page.get_by_role("group", name="Both articles side by side")
    expect(sides.get_by_role("columnheader")).to_have_text([re.compile("^Storm"), re.compile("^Storm in print")])
    expect(sides.locator("ins")).to_have_text("Corrected since.")
    assert find_barriers(page, CONTENT) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    press(page, "Merge, keep the left")
    expect(page.get_by_text("There are no proposals.")).to_be_visible()
    merged = Article.objects.get(headline="Storm in print")
    page.goto(page.url.partition("/admin/")[0] + merged.get_absolute_url())
    expect(page.get_by_role("heading", name="Storm", exact=True)).to_be_visible()


def test_what_rules_found_is_decided_on_by_keys(
    begin_with: Callable[..., None], sign_in: Callable[..., Page], find_barriers: Any
) -> None:
    begin_with([{"headline": "Ferry", "text": "Ann Lee spoke."}, {"headline": "Bridge", "text": "Kyiv and Kiev."}])
    names.mention("Ferry", "Ann Lee")
    names.mention("Bridge", "Kyiv", kind=NameType.PLACE)
    names.mention("Bridge", "Kiev", kind=NameType.PLACE)
    names.state("Ferry", "spoke", speaker="Ann Lee")
    weigh()
    page = sign_in("/admin/archive/name/queue/", height=700)
    expect(page.get_by_role("heading", name="Are these the same?")).to_be_visible()
    assert find_barriers(page, CONTENT) == []
    press_key(page, "a")
    expect(page.get_by_text("Merged “Kiev” into “Kyiv”.")).to_be_visible()
    page.get_by_role("link", name="Names").last.click()
    waiting = page.get_by_role("heading", level=3)
    expect(waiting).to_have_text("Ann Lee")
    press_key(page, "s")
    expect(waiting).to_have_text("Kyiv")
    assert find_barriers(page, CONTENT) == []
    press_key(page, "a")
    expect(page.get_by_text("Accepted “Kyiv”.")).to_be_visible()
    page.get_by_role("link", name="Statements 1").click()
    expect(page.get_by_role("heading", name="Who said this?")).to_be_visible()
    press_key(page, "c")
    expect(page.get_by_label("Named in the text")).to_be_focused()
    assert find_barriers(page, CONTENT) == []
    # In a field, a key is a letter.
    page.get_by_label("Or another name").press_sequentially("ar")
    expect(page.get_by_label("Or another name")).to_have_value("ar")
    page.get_by_role("heading", name="Who said this?").click()
    press_key(page, "a")
    expect(page.get_by_text("Accepted the statement “spoke”.")).to_be_visible()
    page.goto(page.url.partition("queue")[0] + f"{Name.objects.get(label='Kyiv').pk}/change/")
    expect(page.get_by_role("row", name="Kiev")).to_be_visible()
    assert find_barriers(page, CONTENT) == []
