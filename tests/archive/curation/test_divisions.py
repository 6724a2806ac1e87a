"""Entries that curators split and join: what is shown, found and withdrawn, and what later captures change."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from archive.curation import CurationError, Terms, boundaries_of, join_entries, split_entry
from archive.models import Article, Operation, Section, SectionVersion, Topic, Withdrawal
from archive.operations import JOINED, SPLIT, UndoError, operation, record_join, record_split, restore, undo
from archive.operations import withdraw as withdraw_targets
from archive.search_port import no_progress
from search.index import sync
from search.results.answers import answer_question
from search.results.question import Question
from tests.conftest import NOW
from tests.withheld_stories import W1, take_in

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
        pk = record_split(act, section, place)
    sync.drain(no_progress)
    assert sync.verify(no_progress).clean
    return Section.objects.select_related("article__source", "current").get(pk=pk), act.operation


def join(first: Section, second: Section) -> Operation:
    with operation(JOINED, user_name="ann", label="Joined") as act:
        record_join(act, first, second)
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
    stated = "Extent set by a curator: paragraphs 2 to 3 of 3 of version 1<"
    assert stated in page
    assert stated in client.get(live.get_absolute_url()).content.decode()
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
    assert "moved by a curator" not in page


def test_joined_entry_is_found_in_the_first_and_its_permalink_leads_there(
    live: Article, ask: Callable[..., Any], client: Client
) -> None:
    join(entry("a"), entry("b"))
    assert texts(live) == [[LEAD, MIDDLE, END, "Note b", OTHER]]
    assert ask("ferry pier", unit="section").total == 1
    response = client.get(entry("b").get_absolute_url())
    assert (response.status_code, response["Location"]) == (
        302,
        f"{entry('a').get_absolute_url()}?from={entry('b').pk}",
    )
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
    assert client.get(part.get_absolute_url())["Location"] == f"{entry('a').get_absolute_url()}?from={part.pk}"
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


def test_what_was_withdrawn_together_is_not_taken_apart(live: Article, client: Client) -> None:
    done = join(entry("a"), entry("b"))
    withdraw_targets([entry("a")], Terms(reason="law"), user_name="ann")
    for place in (1, 3):
        with pytest.raises(CurationError, match="Restore it first"):
            split_entry(entry("a"), place)
    with pytest.raises(UndoError) as refused:
        undo(done, user_name="ann")
    assert "restore that first" in str(refused.value.conflicts[0])
    assert client.get(entry("b").get_absolute_url(), follow=True).status_code == 451
    assert entry("b").is_closed(NOW)
    restore_all()
    undo(done, user_name="ann")
    assert texts(live) == [[LEAD, MIDDLE, END], [OTHER]]


def restore_all() -> None:
    rows = list(Withdrawal.objects.filter(restored=None))
    restore(rows, user_name="ann")
    sync.drain(no_progress)


@pytest.mark.parametrize("withdrawn", ["entry", "part"])
def test_split_is_not_undone_while_a_part_is_withdrawn(live: Article, client: Client, withdrawn: str) -> None:
    part, done = split(entry("a"), 1)
    withdraw_targets([entry("a") if withdrawn == "entry" else part], Terms(reason="law"), user_name="ann")
    with pytest.raises(UndoError):
        undo(done, user_name="ann")
    assert client.get(entry("a").get_absolute_url()).status_code == 451
    restore_all()
    undo(done, user_name="ann")
    assert client.get(entry("a").get_absolute_url()).status_code == 200
    assert texts(live) == [[LEAD, MIDDLE, END], [OTHER]]


def test_entry_of_which_the_first_is_gone_may_be_joined_by_others(receive: Callable[..., Article]) -> None:
    receive(LEAD, others=("b", "c"))
    join(entry("a"), entry("b"))
    live = receive(others=("b", "c"))
    join(entry("b"), entry("c"))
    assert entry("b").text == "\n".join([OTHER, "Note c", "Words of c."])
    assert entry("c").shown_in_id == entry("b").pk
    receive(LEAD, others=("b", "c"))
    assert texts(live) == [[LEAD], [OTHER, "Note c", "Words of c."]]


def test_withheld_words_are_joined_with_none() -> None:
    take_in((W1,), kind="live")
    lead, other = Section.objects.select_related("article", "current").order_by("position")
    with pytest.raises(CurationError, match="withheld"):
        join_entries(lead, other)


@pytest.mark.parametrize(
    ("received", "shown"),
    [
        ((MIDDLE, LEAD, END), [[MIDDLE, LEAD, END]]),
        ((END, MIDDLE, LEAD), [[END], [MIDDLE, LEAD]]),
        ((LEAD, END), [[LEAD, END]]),
        ((LEAD, MIDDLE, MIDDLE, END), [[LEAD], [MIDDLE, MIDDLE, END]]),
        ((MIDDLE,), [[MIDDLE]]),
        ((LEAD, MIDDLE), [[LEAD], [MIDDLE]]),
    ],
)
def test_part_begins_where_its_paragraph_is_in_a_later_capture(
    live: Article, receive: Callable[..., Article], received: tuple[str, ...], shown: list[list[str]]
) -> None:
    split(entry("a"), 1)
    receive(*received)
    assert texts(live) == [*shown, [OTHER]]
    assert sync.verify(no_progress).clean


def test_part_whose_words_stay_is_not_new_to_readers(live: Article, receive: Callable[..., Article]) -> None:
    part, _ = split(entry("a"), 2)
    receive("Added above.", LEAD, MIDDLE, END)
    before, part = part, Section.objects.get(pk=part.pk)
    assert part.current_id != before.current_id
    assert part.changed == before.changed


def test_paragraph_that_stands_twice_begins_the_part_at_its_second_place(receive: Callable[..., Article]) -> None:
    live = receive(LEAD, MIDDLE, LEAD, END)
    split(entry("a"), 2)
    assert texts(live) == [[LEAD, MIDDLE], [LEAD, END], [OTHER]]


def test_entry_of_one_paragraph_has_no_place_to_be_split(receive: Callable[..., Article]) -> None:
    receive(LEAD)
    assert boundaries_of(entry("a")) == []


def test_part_has_the_values_of_the_entry_and_keeps_its_own(live: Article, ask: Callable[..., Any]) -> None:
    section = entry("a")
    section.curated_heading, section.curated_note, section.curated_key_event = "Two events", "Checked.", True
    section.save()
    section.topics.add(Topic.objects.create(name="Ships"))
    part, _ = split(entry("a"), 1)
    assert (part.heading, part.shown.note, part.shown.key_event) == ("", "Checked.", True)
    assert ask("topic:Ships quokka", unit="section").total == 1
    assert entry("a").heading == "Two events"


def test_joined_entries_are_found_by_the_topics_of_both(
    live: Article, ask: Callable[..., Any], client: Client
) -> None:
    entry("a").topics.add(Topic.objects.create(name="Ships"))
    entry("b").topics.add(Topic.objects.create(name="Weather"))
    joined = join(entry("a"), entry("b"))
    assert [ask(f"topic:{topic} ferry pier", unit="section").total for topic in ("Ships", "Weather")] == [1, 1]
    assert ">Weather</a>" in client.get(live.get_absolute_url()).content.decode()
    undo(joined, user_name="ben")
    sync.drain(no_progress)
    assert ask("topic:Weather ferry", unit="section").total == 0
    assert ask("topic:Weather pier", unit="section").total == 1


def days(q: str = "") -> dict[str, int]:
    """How many sections the timeline counts on each day."""
    answer = answer_question(Question(q=q), now=NOW, histogram="day", by_article=False)
    assert answer.histogram is not None
    return {f"{start:%d}": count for start, count in answer.histogram.buckets if count}


def test_timeline_counts_each_part_on_the_day_of_its_entry(live: Article) -> None:
    for key, day in (("a", 1), ("b", 2)):
        at = datetime(2025, 6, day, 9, tzinfo=UTC)
        Section.objects.filter(key=key).update(curated_published=at, curated_precision="minute")
    part, _ = split(entry("a"), 1)
    sync.rebuild(no_progress)
    assert days() == {"01": 2, "02": 1}
    joined = join(part, entry("b"))
    assert days() == {"01": 2}
    assert days("rain") == {"01": 1}
    undo(joined, user_name="ben")
    sync.drain(no_progress)
    assert days("rain") == {"02": 1}


def test_sitemap_has_the_article_once_however_its_entries_are_divided(
    live: Article, client: Client, settings: Any
) -> None:
    settings.LET_ROBOTS_IN = True

    def sitemap() -> str:
        return b"".join(client.get("/sitemap-1.xml").streaming_content).decode()  # type: ignore[attr-defined]

    before = sitemap()
    assert before.count("<loc>") == 1
    part, _ = split(entry("a"), 1)
    join(part, entry("b"))
    assert sitemap() == before


def test_each_word_is_in_one_place_wherever_readers_look(
    live: Article, ask: Callable[..., Any], client: Client
) -> None:
    part, _ = split(entry("a"), 1)
    join(part, entry("b"))
    page = client.get(live.get_absolute_url()).content.decode()
    assert [page.count(f">{words}</p>") for words in (LEAD, MIDDLE, END, OTHER)] == [1, 1, 1, 1]
    for word in ("ferry", "quokka", "harbour", "rain"):
        assert ask(word, unit="section").total == 1, word
        feed = client.get(f"/feed.atom?q={word}").content.decode()
        assert feed.count("<entry>") == 1, word
    assert ask("kind:live", unit="section").sections == 2


def test_permalink_of_a_joined_entry_leads_to_where_it_is_shown_and_says_so(live: Article, client: Client) -> None:
    join(entry("a"), entry("b"))
    page = client.get(entry("b").get_absolute_url(), follow=True).content.decode()
    assert "an entry that a curator joined to this one" in page
    assert f'{entry("b").get_absolute_url()}?version=1">As it was received' in page
    for number in ("2x", str(entry("a").pk), "99", "9" * 30, "²"):
        other = client.get(entry("a").get_absolute_url(), {"from": number}).content.decode()
        assert "The address that you followed" not in other
    citation = client.get(f"{entry('b').get_absolute_url()}cite.text", follow=True).content.decode()
    assert f"/sections/{entry('a').pk}/" in citation
