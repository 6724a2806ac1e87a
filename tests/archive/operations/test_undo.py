"""Every kind of operation: a search shows it, and its undo leaves database and index as they were before."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.copies import judge_not_the_same, merge_articles, with_other_addresses
from archive.curation import (
    EntryValues,
    Terms,
    add_withdrawals,
    end_withdrawals,
    give_source,
    join_entries,
    load_entry_order,
    mark_curated,
    merge,
    move_topics,
    pages_of,
    rows_of_split,
    save_places,
    set_entry,
    show_as_received,
    split_entry,
)
from archive.deletions import plan_deletion
from archive.ingest import plan_take_back
from archive.models import (
    Article,
    IngestRun,
    Name,
    NameType,
    Operation,
    Section,
    Source,
    SourceHost,
    Spelling,
    Statement,
    Topic,
    TopicName,
    Withdrawal,
    record_changes,
)
from archive.naming import keep_apart
from archive.operations import (
    ADD_SPELLING,
    ADDED,
    DECIDE_NAMES,
    DECIDE_STATEMENT,
    DELETED,
    EDITED,
    EDITED_TOGETHER,
    ENTRY_EDITED,
    FILE_UNDER,
    FILED,
    GIVEN_BY_ADDRESS,
    IMPORTED,
    JOINED,
    JUDGED_NOT_THE_SAME,
    KEEP_APART,
    KINDS,
    MERGE_NAMED,
    MERGED,
    MERGED_ARTICLES,
    MOVED,
    NAME_EDITED,
    NAME_SPLIT,
    NAMES_DECIDED,
    NAMES_KEPT_APART,
    NAMES_MERGED,
    REORDERED,
    RESTORE_FROM_TRASH,
    RESTORED,
    RESTORED_FROM_TRASH,
    SHOWN_AS_RECEIVED,
    SPELLING_ADDED,
    SPLIT,
    SPLIT_NAME,
    STATEMENT_DECIDED,
    TAKEN_BACK,
    TRASHED,
    UNDONE,
    WITHDRAWN,
    Act,
    Kind,
    UndoError,
    operation,
    plan_undo,
    undo,
)
from archive.search_port import no_progress
from search.index import sync
from tests.archive.naming import names
from tests.conftest import NOW

from .whole_archive import read_whole

ARTICLES: list[dict[str, Any]] = [
    {"headline": "Ferry sinks", "text": "The ferry sank.", "topics": ["Sea"], "source": "Courier", "id": "1"},
    {
        "headline": "Bridge opens",
        "text": "The bridge is open.\nA quay.\nA gull.",
        "topics": ["Roads", "Sea"],
        "source": "Herald",
    },
    {"headline": "Storm ahead", "text": "A storm comes.", "source": "Courier", "id": "3"},
    {
        "headline": "Tide",
        "sections": [{"heading": "High", "text": "High tide."}, {"heading": "Low", "text": "Low tide."}],
        "url": "https://herald.example/tide",
    },
]
Take = Callable[[Act], None]


def article(word: str) -> Article:
    return Article.objects.get(headline__startswith=word)


def carry_out(kind: Kind, take: Take, *, user_name: str = "ann") -> Operation:
    """Does something as an operation, and indexes it."""
    with operation(kind, user_name=user_name, label=kind.name) as act:
        take(act)
    sync.drain(no_progress)
    return act.operation


def set_field(word: str, **values: Any) -> Take:
    def take(act: Act) -> None:
        row = article(word)
        act.watch(Article, [row.pk])
        for name, value in values.items():
            setattr(row, name, value)
        mark_curated(row, list(values))
        row.save()

    return take


def add_topic(word: str, name: str) -> Take:
    def take(act: Act) -> None:
        row = article(word)
        act.watch(Article, [row.pk])
        row.topics.add(Topic.objects.get_or_create(name=name)[0])
        mark_curated(row, ["topics"])
        row.save()

    return take


def edit(act: Act) -> None:
    set_field("Ferry", headline="Ferry zebra", published=datetime(2020, 1, 2, tzinfo=UTC), published_precision="day")(
        act
    )


def edit_together(act: Act) -> None:
    act.watch(Article, Article.objects.values_list("pk", flat=True))
    for row in Article.objects.all():
        row.byline = "By Zebra"
        row.topics.set([Topic.objects.get(name="Roads")])
        mark_curated(row, ["byline", "topics"])
        row.save()


def add(act: Act) -> None:
    """A new topic, and an article that is filed under it."""
    topic = Topic.objects.create(name="Zebra")
    act.created(Topic, [topic.pk])
    add_topic("Ferry", "Zebra")(act)


def show_received(act: Act) -> None:
    row = Article.objects.get(headline="Zebra crossing")
    act.watch(Article, [row.pk])
    show_as_received(row)


def merge_topics(act: Act) -> None:
    kept, others = Topic.objects.get(name="Roads"), Topic.objects.filter(name="Sea")
    act.watch(Topic, Topic.objects.values_list("pk", flat=True))
    act.watch(Article, Article.objects.values_list("pk", flat=True))
    merge(kept, others, operation=act.operation)
    kept.name = "Zebra"
    kept.save()


def merge_sources(act: Act) -> None:
    kept, other = Source.objects.get(name="Herald"), Source.objects.get(name="Courier")
    act.watch(Source, [kept.pk, other.pk])
    act.watch(Article, Article.objects.filter(source=other).values_list("pk", flat=True))
    merge(kept, [other], operation=act.operation)


def delete_topic(act: Act) -> None:
    topic = Topic.objects.get(name="Sea")
    act.watch(Topic, [topic.pk])
    act.watch(Article, topic.articles.values_list("pk", flat=True))
    plan_deletion(Topic, [topic.pk]).carry_out()


def plant() -> None:
    """Puts Sea under Nature, which has another name."""
    nature = Topic.objects.create(name="Nature")
    TopicName.objects.create(topic=nature, name="Environment")
    Topic.objects.filter(name="Sea").update(broader=nature)
    record_changes(Article.objects.values_list("pk", flat=True))


def move(act: Act) -> None:
    act.watch(Topic, Topic.objects.filter(name="Sea").values_list("pk", flat=True))
    move_topics([Topic.objects.get(name="Sea")], Topic.objects.get(name="Roads"))


def bring_in(act: Act) -> None:
    """What an import does: topics that are there get another name and place, and new ones come."""
    sea = Topic.objects.get(name="Sea")
    act.watch(Topic, [sea.pk])
    water = Topic.objects.create(name="Water", curated=True, identifier="https://x.example/water")
    act.created(Topic, [water.pk])
    sea.name, sea.broader = "Seas", water
    sea.save()
    TopicName.objects.create(topic=sea, name="Zebra", kind="hidden")


def file_under(act: Act) -> None:
    ids = list(Article.objects.filter(headline__startswith="Storm").values_list("pk", flat=True))
    act.watch(Article, ids)
    FILE_UNDER.apply({"topic": Topic.objects.get(name="Roads").pk}, ids, act)


def split(act: Act) -> None:
    entry = Section.objects.select_related("current", "article").get(current__text__contains="quay")
    act.watch(Section, rows_of_split(entry))
    part, is_new = split_entry(entry, 1)
    assert is_new
    act.created(Section, [part])


def join(act: Act) -> None:
    order = load_entry_order(article("Tide").sections.all()).shown
    first, second = (Section.objects.select_related("current", "article").get(pk=pk) for pk in order[:2])
    act.watch(Section, rows_of_split(first) | rows_of_split(second))
    join_entries(first, second)


def trash(act: Act) -> None:
    act.watch(Article, [article("Storm").pk])
    Article.objects.filter(headline__startswith="Storm").update(trashed=act.operation.at)


def edit_entry(act: Act) -> None:
    entry = Section.objects.select_related("current").get(current__heading="High")
    act.watch(Section, [entry.pk])
    values = EntryValues("Zebra", datetime(2020, 1, 2, tzinfo=UTC), "day", True, "A note.")
    set_entry(entry, values, [Topic.objects.get(name="Roads").pk])


def reorder(act: Act) -> None:
    order = load_entry_order(article("Tide").sections.all())
    changes = order.changes_to_place(order.shown[-1], 1)
    act.watch(Section, changes)
    save_places(changes)


def take_back(act: Act) -> None:
    ids = list(plan_take_back(IngestRun.objects.get()).own.values_list("pk", flat=True))
    act.watch(Article, ids)
    Article.objects.filter(pk__in=ids).update(trashed=act.operation.at)


def give_by_address(act: Act) -> None:
    source = Source.objects.get(name="Herald")
    act.watch(Article, Article.objects.values_list("pk", flat=True))
    give_source(source, pages_of(source).ids)


def withdraw_storm(act: Act) -> None:
    act.watch(Article, [article("Storm").pk])
    add_withdrawals([article("Storm")], Terms("law"), user_name="ann")


def restore_storm(act: Act) -> None:
    act.watch(Article, [article("Storm").pk])
    end_withdrawals(Withdrawal.objects.all(), user_name="ann")


def restore_from_trash(act: Act) -> None:
    ids = [article("Storm").pk]
    act.watch(Article, ids)
    RESTORE_FROM_TRASH.apply({}, ids, act)


def merge_addresses(act: Act) -> None:
    merged, kept = article("Ferry").pk, article("Storm").pk
    act.watch(Article, [*with_other_addresses(merged), kept])
    merge_articles(merged, kept)


def keep_two_articles_apart(act: Act) -> None:
    first, second = article("Ferry").pk, article("Storm").pk
    act.watch(Article, [first, second])
    judge_not_the_same(first, second)


def name_somebody() -> None:
    """Makes names that two articles mention, with what hangs on them: kept apart, merged, a statement by one."""
    names.mention("Ferry", "ferry", label="The Ferry")
    names.mention("Storm", "storm", label="The Ferry")
    names.mention("Bridge", "bridge", label="Pont")
    names.mention("Bridge", "quay", label="Quai")
    names.state("Storm", "A storm comes.", speaker="storm")
    old = Name.objects.create(type=NameType.PERSON, label="Fähre", merged_into=Name.objects.get(label="The Ferry"))
    assert old.pk
    keep_apart(Name.objects.get(label="The Ferry"), Name.objects.get(label="Quai"))
    record_changes(Article.objects.values_list("pk", flat=True))


def numbers(*labels: str) -> list[int]:
    return [Name.objects.get(label=label).pk for label in labels]


def edit_name(act: Act) -> None:
    name = Name.objects.get(label="The Ferry")
    act.watch(Name, [name.pk])
    name.choose_label("Zebra")
    name.type, name.note, name.same_as = NameType.PLACE, "A note.", ["https://x.example/1"]
    name.save()


def merge_named(act: Act) -> None:
    MERGE_NAMED.carry_out({"names": numbers("Pont", "The Ferry"), "label": "Zebra"}, act)


def split_name(act: Act) -> None:
    spelling = Spelling.objects.get(text="storm")
    SPLIT_NAME.carry_out({"names": numbers("The Ferry"), "spellings": [spelling.pk], "rejected": True}, act)


# For each kind: what is done before, what is done, and what a search finds before and after.
SCENARIOS: dict[str, tuple[Callable[[], object], Take, str, int, int]] = {
    EDITED.name: (lambda: None, edit, "headline:zebra", 0, 1),
    ADDED.name: (lambda: None, add, "topic:zebra", 0, 1),
    EDITED_TOGETHER.name: (lambda: None, edit_together, 'byline:zebra topic:"Roads"', 0, 4),
    SHOWN_AS_RECEIVED.name: (
        lambda: carry_out(EDITED, set_field("Ferry", headline="Zebra crossing")),
        show_received,
        "headline:zebra",
        1,
        0,
    ),
    MERGED.name: (lambda: None, merge_topics, "topic:zebra", 0, 2),
    DELETED.name: (lambda: None, delete_topic, "topic:sea", 2, 0),
    GIVEN_BY_ADDRESS.name: (
        lambda: SourceHost.objects.create(source=Source.objects.get(name="Herald"), host="herald.example"),
        give_by_address,
        "source:Herald",
        1,
        2,
    ),
    ENTRY_EDITED.name: (lambda: None, edit_entry, "heading:zebra topic:Roads date:2020", 0, 1),
    REORDERED.name: (lambda: None, reorder, "low", 1, 1),
    SPLIT.name: (lambda: None, split, "text:bridge text:gull", 1, 0),
    JOINED.name: (lambda: None, join, "high low", 0, 1),
    TRASHED.name: (lambda: None, trash, "storm", 1, 0),
    RESTORED_FROM_TRASH.name: (lambda: carry_out(TRASHED, trash), restore_from_trash, "storm", 0, 1),
    TAKEN_BACK.name: (lambda: None, take_back, "storm", 1, 0),
    WITHDRAWN.name: (lambda: None, withdraw_storm, "storm", 1, 0),
    RESTORED.name: (lambda: carry_out(WITHDRAWN, withdraw_storm), restore_storm, "storm", 0, 1),
    MOVED.name: (plant, move, "topic:environment", 2, 0),
    IMPORTED.name: (lambda: None, bring_in, "topic:zebra topic:water", 0, 2),
    FILED.name: (lambda: None, file_under, "topic:=Roads", 1, 2),
    MERGED_ARTICLES.name: (lambda: None, merge_addresses, "ferry", 1, 0),
    JUDGED_NOT_THE_SAME.name: (lambda: None, keep_two_articles_apart, "ferry", 1, 1),
    NAME_EDITED.name: (name_somebody, edit_name, "place:zebra", 0, 2),
    NAMES_MERGED.name: (name_somebody, merge_named, "person:zebra", 0, 3),
    NAME_SPLIT.name: (name_somebody, split_name, 'person:"The Ferry"', 2, 1),
    NAMES_DECIDED.name: (
        name_somebody,
        lambda act: DECIDE_NAMES.carry_out({"names": numbers("Pont", "The Ferry"), "verdict": 2}, act),
        'person:"The Ferry"',
        2,
        0,
    ),
    NAMES_KEPT_APART.name: (
        name_somebody,
        lambda act: KEEP_APART.carry_out({"names": numbers("Pont", "The Ferry")}, act),
        "exact:ferry",
        1,
        1,
    ),
    SPELLING_ADDED.name: (
        name_somebody,
        lambda act: ADD_SPELLING.carry_out({"names": numbers("The Ferry"), "text": "Zebra"}, act),
        "exact:ferry",
        1,
        1,
    ),
    STATEMENT_DECIDED.name: (
        name_somebody,
        lambda act: DECIDE_STATEMENT.carry_out(
            {"statement": Statement.objects.get().pk, "names": numbers("Pont"), "verdict": 1}, act
        ),
        "speaker:Pont",
        0,
        1,
    ),
}


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(ARTICLES)


@pytest.fixture
def ingest(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[[dict[str, Any]], None]:
    """Ingests an article, a day after all others."""

    def ingest(article: dict[str, Any]) -> None:
        path = tmp_path / "later.jsonl"
        path.write_text(json.dumps(article))
        ingest_file(path, captured=NOW + timedelta(days=1))

    return ingest


UNDOABLE = [kind for kind in KINDS if kind is not UNDONE and not kind.final]


@pytest.mark.parametrize("kind", UNDOABLE, ids=lambda kind: kind.name)
def test_each_kind_is_found_and_undone_whole(archive: None, ask: Callable[..., Any], kind: Kind) -> None:
    prepare, take, query, found_before, found_after = SCENARIOS[kind.name]
    prepare()
    before = read_whole()
    assert ask(query).total == found_before
    done = carry_out(kind, take)
    after = read_whole()
    assert ask(query).total == found_after
    assert before != after
    plan = plan_undo(done)
    assert read_whole() == after
    assert (plan.conflicts, plan.restored) == ((), Operation.objects.get(pk=done.pk).touched)
    undone, conflicts = undo(done, user_name="ben")
    assert conflicts == ()
    assert read_whole() == before
    assert ask(query).total == found_before
    # The undo is an operation too: undone, all is as the first left it.
    undo(undone, user_name="ann")
    assert read_whole() == after
    done.refresh_from_db()
    assert done.undone_by is None


def test_sources_that_were_merged_are_taken_apart_with_the_documents_to_come(
    archive: None, ingest: Callable[..., Any]
) -> None:
    before = read_whole()
    done = carry_out(MERGED, merge_sources)
    ingest({"headline": "Turn of the tide", "text": "It does.", "source": "Courier"})
    assert article("Turn").source.name == "Herald"
    undo(done, user_name="ben")
    ingest({"headline": "Wind falls", "text": "It does.", "source": "Courier"})
    assert article("Wind").source.name == "Courier"
    # What came while they were one stays where it came.
    assert article("Turn").source.name == "Herald"
    assert read_whole()["archive.Source"] == before["archive.Source"]


def test_an_undo_says_what_was_changed_since_and_puts_back_the_rest(archive: None) -> None:
    done = carry_out(EDITED_TOGETHER, edit_together)
    carry_out(EDITED, set_field("Ferry", byline="By Yak"), user_name="cat")
    plan = plan_undo(done)
    (conflict,) = plan.conflicts
    assert plan.restored == 3
    assert str(conflict).startswith("“Ferry sinks”: changed again since: byline (cat, 20")
    _, conflicts = undo(done, user_name="ann")
    assert conflicts == plan.conflicts
    bylines = dict(Article.objects.values_list("headline", "byline"))
    assert bylines == {"Ferry sinks": "By Yak", "Bridge opens": "", "Storm ahead": "", "Tide": ""}
    with pytest.raises(UndoError, match="undone already, by ann"):
        undo(done, user_name="ann")


def test_edits_of_other_fields_do_not_prevent_an_undo(archive: None) -> None:
    first = carry_out(EDITED, set_field("Ferry", headline="Ferry raised"))
    carry_out(EDITED, set_field("Ferry", note="Corrected."))
    undo(first, user_name="ann")
    row = article("Ferry")
    assert (row.headline, row.note, row.curated_fields) == ("Ferry sinks", "Corrected.", ["note"])


def test_what_a_later_capture_said_is_shown_after_an_undo(archive: None, ingest: Callable[..., Any]) -> None:
    done = carry_out(EDITED, set_field("Ferry", headline="Ferry raised"))
    ingest({**ARTICLES[0], "headline": "Ferry sinks off Oslo"})
    assert article("Ferry").headline == "Ferry raised"
    undo(done, user_name="ann")
    assert article("Ferry").headline == "Ferry sinks off Oslo"


def test_a_merge_is_taken_apart_whole_or_not_at_all(archive: None) -> None:
    done = carry_out(MERGED, merge_topics)
    Topic.objects.create(name="sea")
    before = read_whole()
    with pytest.raises(UndoError) as caught:
        undo(done, user_name="ann")
    assert "another has its name now" in str(caught.value.conflicts[0])
    assert read_whole() == before


def test_a_merge_is_not_undone_into_the_open(archive: None) -> None:
    done = carry_out(MERGED_ARTICLES, merge_addresses)
    carry_out(WITHDRAWN, withdraw_storm)
    before = read_whole()
    with pytest.raises(UndoError) as caught:
        undo(done, user_name="ann")
    assert "which is hidden now" in str(caught.value.conflicts[0])
    assert read_whole() == before
    carry_out(RESTORED, restore_storm)
    undo(done, user_name="ann")
    assert article("Ferry").same_as is None


def test_a_merge_is_undone_if_what_opens_is_withdrawn_itself(archive: None) -> None:
    done = carry_out(MERGED_ARTICLES, merge_addresses)
    carry_out(WITHDRAWN, withdraw_storm)
    with operation(WITHDRAWN, user_name="ann", label="Withdrew the other address") as act:
        act.watch(Article, [article("Ferry").pk])
        add_withdrawals([article("Ferry")], Terms("law"), user_name="ann")
    undo(done, user_name="ann")
    assert article("Ferry").same_as is None
    assert article("Ferry").closed_until is not None


def test_a_move_is_not_undone_into_a_circle(archive: None) -> None:
    plant()
    done = carry_out(MOVED, move)
    with operation(MOVED, user_name="cat", label="Moved Nature") as act:
        act.watch(Topic, Topic.objects.filter(name="Nature").values_list("pk", flat=True))
        move_topics([Topic.objects.get(name="Nature")], Topic.objects.get(name="Sea"))
    with pytest.raises(UndoError) as caught:
        undo(done, user_name="ann")
    assert "“Sea”: its broader topic is under it now" in str(caught.value.conflicts[0])


def test_what_was_added_is_not_removed_once_it_is_used(archive: None) -> None:
    done = carry_out(ADDED, add)
    carry_out(EDITED, add_topic("Storm", "Zebra"))
    _, (conflict,) = undo(done, user_name="ann")
    assert str(conflict).startswith("“Zebra”: it is used since, by articles")
    assert [row.headline for row in Topic.objects.get(name="Zebra").articles.all()] == ["Storm ahead"]


def test_nothing_is_recorded_where_nothing_changes(archive: None) -> None:
    carry_out(EDITED, set_field("Ferry"))
    assert not Operation.objects.exists()
