"""Topics in a browser: their tree, moves with a look before, other names; and filing results and picked hits."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from archive.models import Article, Topic, TopicName, record_changes
from archive.search_port import no_progress
from search.index import drain

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLES = [
    {"headline": f"Harbour {name}", "text": f"The quokka of the {name} harbour fled.", "source": "Courier"}
    for name in ("north", "south", "west")
]


@pytest.fixture
def topics(begin_with: Callable[..., None]) -> dict[str, Topic]:
    """Articles, the first of them under the narrowest of three topics, and a topic beside these."""
    begin_with(ARTICLES)
    made: dict[str, Topic] = {}
    for name, broader in (("Politics", None), ("Elections", "Politics"), ("Ballots", "Elections"), ("Places", None)):
        made[name] = Topic.objects.create(name=name, broader=made[broader] if broader else None, curated=True)
    TopicName.objects.create(topic=made["Places"], name="Sites")
    first = Article.objects.order_by("pk")[0]
    first.topics.set([made["Ballots"]])
    record_changes([first.pk])
    drain(no_progress)
    return made


def choose(page: Page, typed: str, name: str) -> None:
    """Chooses a topic with the keyboard alone."""
    page.locator(".select2-selection").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".select2-search__field")).to_be_focused()
    page.keyboard.type(typed)
    # The list has all topics until the answer comes, and Enter takes the first.
    expect(page.locator(".select2-results__option")).to_have_text([name])
    page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [1280, 320])
def test_topic_is_moved_and_gets_another_name(
    sign_in: Any, find_barriers: Any, topics: dict[str, Topic], width: int
) -> None:
    page = sign_in("/admin/archive/topic/tree/", width=width)
    barriers = find_barriers(page, "#content")
    fold = page.locator("summary", has_text="Narrower topics of Elections")
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Ballots", exact=True)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Ballots", exact=True)).to_be_visible()
    edges = page.locator(".topic-tree .together").evaluate_all(
        "all => all.map(at => at.getBoundingClientRect().right)"
    )
    assert len(edges) == 3
    assert width == 320 or max(edges) - min(edges) < 1

    page.get_by_role("link", name="Move Elections").click()
    choose(page, "sit", "Places")
    barriers += find_barriers(page, "#content")
    page.get_by_role("button", name="Look at the move").press("Enter")
    expect(page.locator("ins")).to_have_text("Places › Elections")
    expect(page.get_by_text("1 article is indexed again.")).to_be_visible()
    barriers += find_barriers(page, "#content")
    page.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.get_by_text("1 topic moved under “Places”.")).to_be_visible()

    page.get_by_role("link", name="Ballots", exact=True).click()
    rows = page.locator("tr.form-row:not(.empty-form)")
    rows.last.get_by_label("Name").fill("Polls")
    page.get_by_text("Add another Other name").press("Enter")
    rows.last.get_by_label("Name").fill("Balots")
    rows.last.get_by_label("Kind").select_option("hidden")
    barriers += find_barriers(page, "#content")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert dict(topics["Ballots"].other_names.values_list("name", "kind")) == {"Polls": "other", "Balots": "hidden"}
    assert barriers == []


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_results_and_picked_hits_are_filed(
    sign_in: Any, find_barriers: Any, live_server: Any, topics: dict[str, Topic], script: bool
) -> None:
    def file(name: str) -> None:
        if script:
            choose(page, name[:4].lower(), name)
            barriers.extend(find_barriers(page, "#content"))
        else:
            page.get_by_label("Whole name of the topic").fill(name.upper())
        page.get_by_role("button", name="Look first").click()
        if script:
            barriers.extend(find_barriers(page, "#content"))
        page.locator("button[value=confirm]").click()
        expect(page.get_by_role("heading", name="Operation", exact=True)).to_be_visible()

    barriers: list[str] = []
    page = sign_in("/%3Fq%3Dquokka", java_script_enabled=script)
    page.get_by_role("link", name="File under…").click()
    expect(page.get_by_text("3 articles: “quokka”.")).to_be_visible()
    file("Places")
    assert topics["Places"].articles.count() == 3

    page.goto(f"{live_server.url}/?q=quokka")
    page.locator(".hit > input").nth(0).check()
    page.locator(".hit > input").nth(2).check()
    page.locator("button.file-picks").press("Enter")
    expect(page.get_by_text("2 articles: the picked hits.")).to_be_visible()
    file("Politics")
    assert topics["Politics"].articles.count() == 2
    assert barriers == []
