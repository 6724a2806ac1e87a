"""search/results/topic_facet.py: the part of the tree of topics that a facet shows."""

from typing import Any

import pytest
from django.test import Client

from archive.models import Article, Topic, record_changes
from archive.search_port import no_progress
from search.index import drain
from search.results.topic_facet import choose_topics, grow_branches

PLACES = {"Elections": "Politics", "Ballots": "Elections", "Parties": "Politics", "Football": "Sport"}
COUNTS = {"Politics": 9, "Sport": 8, "Elections": 6, "Football": 5, "Ballots": 2, "Parties": 1}


def test_narrower_topics_are_under_their_broader_one_where_it_is_shown() -> None:
    shown = ["Politics", "Sport", "Elections", "Football", "Ballots"]
    assert grow_branches(shown, PLACES) == (
        ("Politics", (("Elections", (("Ballots", ()),)),)),
        ("Sport", (("Football", ()),)),
    )
    assert grow_branches(["Ballots", "Football"], PLACES) == (("Ballots", ()), ("Football", ()))


def test_chosen_topic_brings_what_is_next_to_it_and_its_branch_comes_first() -> None:
    shown = choose_topics(["Elections", "Sport"], ["Elections"], COUNTS, PLACES)
    assert shown == ["Elections", "Politics", "Ballots", "Sport"]
    assert grow_branches(shown, PLACES)[0] == ("Politics", (("Elections", (("Ballots", ()),)),))
    # What the index does not have is not shown, although the record has it.
    assert choose_topics(["Gone"], ["Gone"], COUNTS, {"Under it": "Gone", "Gone": "Above"}) == ["Gone"]


@pytest.mark.django_db
def test_page_shows_the_chosen_topic_with_its_narrower_ones(
    seed: Article, client: Client, django_assert_max_num_queries: Any
) -> None:
    politics = Topic.objects.create(name="Politics")
    elections = Topic.objects.create(name="Elections <b>", broader=politics)
    seed.topics.set([elections, Topic.objects.create(name="Parties", broader=politics)])
    record_changes([seed.pk])
    drain(no_progress)
    client.get("/", {"topic": "Politics"})  # opens the index
    with django_assert_max_num_queries(5):
        page = client.get("/", {"topic": "Politics"}).content.decode()
    facet = page.partition('data-facet="topic"')[2].partition("</details>")[0]
    assert facet.count("<li") == 3
    assert facet.index("Politics") < facet.rindex("<ul>") < facet.index("Elections &lt;b&gt;")
    assert facet.count('class="number w20">1<') == 3
    chip = client.get("/", {"filed": "Politics"}).content.decode()
    assert "Filed under" in chip
    assert 'data-facet="topic"' not in chip


@pytest.mark.django_db
def test_page_asks_once_what_is_hidden(
    seed: Article, client: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if a section were too long for a spreadsheet: the page counts those of the result.
    first = seed.sections.values_list("pk", flat=True)[0]
    monkeypatch.setattr("search.results.sections.find_long_sections", lambda *_: [first])
    client.get("/", {"q": "ceasefire"})
    with django_assert_max_num_queries(4):
        assert client.get("/", {"q": "ceasefire"}).context["answer"].total
