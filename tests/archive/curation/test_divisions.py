"""Entries that curators split and join: what is shown, found and withdrawn, and what later captures change."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from archive.curation import CurationError, Terms, boundaries_of, join_entries, rows_of_split, split_entry
from archive.models import Article, Operation, Section, SectionVersion
from archive.operations import JOINED, SPLIT, operation, undo
from archive.operations import withdraw as withdraw_targets
from archive.search_port import no_progress
from search.index import sync
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

LEAD, MIDDLE, END = "The ferry left.", "A quokka swam.", "The harbour closed."
OTHER = "Rain fell on the pier."


@pytest.fixture
def receive(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., Article]:
    """Ingests a live page of two entries, on another day each time."""
    days = iter(range(100))

    def receive(*paragraphs: str, others: Iterable[str] = ("b",)) -> Article:
        entries = [{"id": "a", "heading": "Sea", "text": "\n".join(paragraphs)}] if paragraphs else []
        entries += [
            {"id": key, "heading": f"Note {key}", "text": OTHER if key == "b" else f"Words of {key}."}
            for key in others
        ]
        about = {"id": "live", "source": "courier.example", "headline": "Live page", "kind": "live"}
        path = tmp_path / "live.json"
        path.write_text(json.dumps({**about, "sections": entries}))
        outcome = ingest_file(path, captured=NOW + timedelta(days=next(days)))[0]
        sync.drain(no_progress)
        return Article.objects.get(pk=outcome.article_id)

    return receive


@pytest.fixture
def live(receive: Callable[..., Article]) -> Article:
    return receive(LEAD, MIDDLE, END)


def entry(key: str) -> Section:
    return Section.objects.select_related("article__source", "current").get(key=key)


def split(section: Section, place: int) -> tuple[Section, Operation]:
    with operation(SPLIT, user_name="ann", label="Split") as act:
        act.watch(Section, rows_of_split(section))
        pk, is_new = split_entry(section, place)
        if is_new:
            act.created(Section, [pk])
    sync.drain(no_progress)
    assert sync.verify(no_progress).clean
    return Section.objects.select_related("article__source", "current").get(pk=pk), act.operation


def join(first: Section, second: Section) -> Operation:
    with operation(JOINED, user_name="ann", label="Joined") as act:
        act.watch(Section, rows_of_split(first) | rows_of_split(second))
        join_entries(first, second)
    sync.drain(no_progress)
    assert sync.verify(no_progress).clean
    return act.operation


def texts(article: Article) -> list[list[str]]:
    """Returns the paragraphs of each entry that is shown, in their order."""
    rows = article.sections.filter(shown_in=None).select_related("current").order_by("position", "pk")
    return [row.paragraphs for row in rows]


def test_split_entry_is_found_in_parts_and_what_was_received_stays(
    live: Article, ask: Callable[..., Any], client: Client
) -> None:
    versions = list(SectionVersion.objects.values())
    part, _ = split(entry("a"), 1)
    assert texts(live) == [[LEAD], [MIDDLE, END], [OTHER]]
    assert ask("ferry quokka", unit="section").total == 0
    assert ask("quokka harbour", unit="section").total == 1
    assert list(SectionVersion.objects.values()) == versions
    page = client.get(part.get_absolute_url()).content.decode()
    assert MIDDLE in page
    assert LEAD not in page
    assert "Extent set by a curator: paragraphs 2 to 3 of 3 of version 1; as received: <bdi>“3 paragraphs”" in page
    received = client.get(f"{part.get_absolute_url()}?version=1").content.decode()
    assert LEAD in received
    assert MIDDLE in received
    assert LEAD in client.get(entry("a").get_absolute_url()).content.decode()


def test_parts_are_cited_and_exported_as_a_curators(live: Article, client: Client) -> None:
    part, _ = split(entry("a"), 2)
    citation = client.get(f"{part.get_absolute_url()}cite.text").content.decode()
    assert f"/sections/{part.pk}/" in citation
    assert "extent “paragraph 3 of 3 of version 1”" in citation
    (line,) = b"".join(client.get("/export.jsonl?q=harbour").streaming_content).splitlines()  # type: ignore[attr-defined]
    row = json.loads(line)
    assert (row["text"], row["curated"]) == (END, ["heading", "extent"])


def test_entry_is_split_again_from_any_side_and_the_parts_stay_in_their_order(live: Article, client: Client) -> None:
    last, _ = split(entry("a"), 2)
    middle, _ = split(entry("a"), 1)
    page = client.get(live.get_absolute_url()).content.decode()
    assert page.index(LEAD) < page.index(MIDDLE) < page.index(END) < page.index(OTHER)
    assert (middle.text, last.text) == (MIDDLE, END)


def test_joined_entry_is_found_in_the_first_and_its_permalink_leads_there(
    live: Article, ask: Callable[..., Any], client: Client
) -> None:
    join(entry("a"), entry("b"))
    assert texts(live) == [[LEAD, MIDDLE, END, "Note b", OTHER]]
    assert ask("ferry pier", unit="section").total == 1
    response = client.get(entry("b").get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, entry("a").get_absolute_url())
    assert OTHER in client.get(f"{entry('b').get_absolute_url()}?version=1").content.decode()
    page = client.get(entry("a").get_absolute_url()).content.decode()
    assert "paragraphs 1 to 3 of 3 of version 1, then those of entries that a curator joined to it" in page


def test_parts_are_joined_again_and_released_with_the_same_permalink(live: Article) -> None:
    part, _ = split(entry("a"), 1)
    join(entry("a"), part)
    assert texts(live) == [[LEAD, MIDDLE, END], [OTHER]]
    again, _ = split(entry("a"), 1)
    assert again == part
    assert texts(live) == [[LEAD], [MIDDLE, END], [OTHER]]


def test_joined_entry_is_split_where_no_entry_began(live: Article) -> None:
    join(entry("a"), entry("b"))
    part, _ = split(entry("a"), 2)
    assert texts(live) == [[LEAD, MIDDLE], [END, "Note b", OTHER]]
    assert part.text == "\n".join([END, "Note b", OTHER])


def test_no_entry_is_split_before_its_first_paragraph_or_past_its_end(live: Article) -> None:
    assert [boundary.place for boundary in boundaries_of(entry("a"))] == [1, 2]
    for place in (0, 3, -1):
        with pytest.raises(CurationError):
            split_entry(entry("a"), place)


def test_division_stays_where_its_paragraph_is_still_there(live: Article, receive: Callable[..., Article]) -> None:
    part, _ = split(entry("a"), 2)
    receive("Added above.", LEAD, END, "Added below.", others=("c", "b"))
    part.refresh_from_db()
    assert part.text == f"{END}\nAdded below."
    assert entry("a").text == f"Added above.\n{LEAD}"
    assert Section.objects.filter(part_of=None).count() == 3


def test_division_falls_back_to_what_was_received_and_returns_with_its_paragraph(
    live: Article, receive: Callable[..., Article], client: Client
) -> None:
    part, _ = split(entry("a"), 2)
    receive(LEAD, MIDDLE, "Something else.")
    assert texts(live) == [[LEAD, MIDDLE, "Something else."], [OTHER]]
    assert client.get(part.get_absolute_url())["Location"] == entry("a").get_absolute_url()
    receive(LEAD, MIDDLE, END)
    assert texts(live) == [[LEAD, MIDDLE], [END], [OTHER]]


def test_entry_that_is_gone_from_its_page_is_not_joined_any_more(receive: Callable[..., Article]) -> None:
    receive(LEAD, MIDDLE, END, others=("b", "c"))
    join(entry("a"), entry("b"))
    receive(LEAD, MIDDLE, END, others=("c",))
    assert entry("a").text == "\n".join([LEAD, MIDDLE, END])
    assert entry("b").shown_in_id is None


def test_late_capture_leaves_a_division(live: Article, ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    split(entry("a"), 1)
    about = {"id": "live", "source": "courier.example", "headline": "Live page", "kind": "live"}
    sections = [{"id": "a", "heading": "Sea", "text": "Before."}]
    (tmp_path / "late.json").write_text(json.dumps({**about, "sections": sections}))
    ingest_file(tmp_path / "late.json", captured=NOW - timedelta(days=9))
    assert texts(live) == [[LEAD], [MIDDLE, END], [OTHER]]


def test_split_is_undone_after_a_later_capture(live: Article, receive: Callable[..., Article]) -> None:
    _, done = split(entry("a"), 1)
    receive(LEAD, MIDDLE, END, others=("c", "b"))
    undo(done, user_name="ben")
    assert entry("a").text == "\n".join([LEAD, MIDDLE, END])
    assert not Section.objects.exclude(part_of=None)


@pytest.mark.parametrize("withdrawn", ["entry", "part", "joined"])
def test_what_shares_words_is_withdrawn_together(live: Article, client: Client, withdrawn: str) -> None:
    part, _ = split(entry("a"), 1)
    join(part, entry("b"))
    part = Section.objects.select_related("article").get(pk=part.pk)
    target = {"entry": entry("a"), "part": part, "joined": entry("b")}[withdrawn]
    withdraw_targets([target], Terms(reason="law"), user_name="ann")
    sync.drain(no_progress)
    for section in (entry("a"), part, entry("b")):
        for parameters in ("", "?version=1"):
            assert client.get(f"{section.get_absolute_url()}{parameters}", follow=True).status_code == 451
    page = client.get(live.get_absolute_url()).content.decode()
    for words in (LEAD, MIDDLE, END, OTHER):
        assert words not in page
