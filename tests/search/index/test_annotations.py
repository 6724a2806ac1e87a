"""search/index/annotations.py: names, speakers and days as values of documents."""

from collections.abc import Callable, Iterable
from datetime import date

import pytest
from django.test import Client

from archive.annotating import catch_up, flow, mark_all
from archive.items import SectionItem
from archive.models import (
    Article,
    DayMention,
    Mention,
    Name,
    NameType,
    Section,
    Spelling,
    Statement,
    Verdict,
    record_changes,
)
from archive.operations import JOINED, MERGE_NAMED, SPLIT, operation, record_join, record_split, undo
from archive.search_port import no_progress
from archive.times import parse_moment
from search.engines import Document
from search.index import sync
from search.index.current import engine
from search.index.documents import build_documents
from search.query.parser import parse
from search.results.answers import answer_question
from search.results.question import Question
from tests.annotated import FinderHere
from tests.archive.ingest.documents import record_live
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "Finder", FinderHere)


def record(*paragraphs: str, heading: str = "") -> Section:
    record_live(SectionItem(paragraphs, heading=heading, key="1", published=parse_moment("2025-06-10T10:00Z")))
    catch_up(no_progress)
    return Section.objects.get()


def documents() -> list[Document]:
    return list(build_documents(Article.objects.values_list("pk", flat=True)))


def values(document: Document, *names: str) -> list[object]:
    return [document.values[name] for name in names]


def found(written: str) -> int:
    sync.drain(no_progress)
    return engine().count(parse(written, now=NOW).tree)


YERMAK = '"The bridge is shut," Andriy Yermak told Reuters yesterday.'


def test_document_has_who_is_named_who_speaks_through_whom_and_of_which_days() -> None:
    record(YERMAK, heading="Kyiv waits")
    (document,) = documents()
    assert values(document, "person", "place", "speaker", "via") == [
        ("Andriy Yermak",),
        ("Kyiv",),
        ("Andriy Yermak",),
        ("Reuters",),
    ]
    assert found("person:yermak speaker:yermak via:reuters place:kyiv") == 1
    assert found("event:2025-06-09") == found("event:2025-06") == found("event:..2025-06-09") == 1
    assert found("event:2025-06-10..") == found("event:none") == 0
    assert sync.verify(no_progress).clean


def test_what_a_curator_rejected_has_no_value() -> None:
    section = record(YERMAK)
    assert found("person:yermak") == 1
    Name.objects.filter(label="Reuters").update(verdict=Verdict.REJECTED)
    record_changes([section.article_id])
    assert found("org:reuters") == found("via:reuters") == 0
    assert found("speaker:yermak") == 1
    Statement.objects.update(verdict=Verdict.REJECTED)
    record_changes([section.article_id])
    assert found("speaker:yermak") == 0
    assert found("person:yermak") == 1
    assert sync.verify(no_progress).clean


def test_heading_that_a_curator_wrote_names_nobody() -> None:
    section = record(YERMAK, heading="Kyiv waits")
    Section.objects.filter(pk=section.pk).update(curated_heading="The city waits")
    (document,) = documents()
    assert values(document, "person", "place") == [("Andriy Yermak",), ()]


def test_parts_of_a_split_entry_have_the_names_of_their_own_paragraphs() -> None:
    section = record("Rain fell in Kyiv on Monday.", YERMAK)
    with operation(SPLIT, user_name="x", label="x") as act:
        record_split(act, section, 1)
    first, second = documents()
    assert values(first, "place", "person", "speaker") == [("Kyiv",), (), ()]
    assert values(second, "place", "person", "speaker") == [(), ("Andriy Yermak",), ("Andriy Yermak",)]
    assert len(set(event_days([first]))) == len(set(event_days([second]))) == 1


def test_joined_entry_has_the_names_and_statements_of_both_where_they_stand_in_it() -> None:
    times = {number: parse_moment(f"2025-06-1{number}T10:00Z") for number in (1, 2)}
    record_live(
        SectionItem((YERMAK,), heading="Kyiv waits", key="1", published=times[1]),
        SectionItem(("Rain fell in Kharkiv.", '"We wait," Olena Kovalenko said.'), key="2", published=times[2]),
    )
    catch_up(no_progress)
    first, second = Section.objects.order_by("key")
    with operation(JOINED, user_name="x", label="x") as act:
        record_join(act, *sorted((first, second), key=lambda section: section.position))
    (document,) = documents()
    assert values(document, "place", "person") == [("Kharkiv", "Kyiv"), ("Andriy Yermak", "Olena Kovalenko")]
    text = str(document.values["text"])
    said = {statement.speaker: text[slice(*statement.pieces[0][1:])] for statement in document.statements}
    assert "The bridge is shut" in said["Andriy Yermak",]
    assert "We wait" in said["Olena Kovalenko",]
    assert found('said("we wait") by:kovalenko') == found('said("bridge is shut") by:yermak') == 1
    assert found('said("we wait") by:yermak') == 0
    page = Client().get(f"{first.article.get_absolute_url()}?marks=on").content.decode()
    assert page.count('class="name person"') >= 2
    assert "Olena Kovalenko (person)" in page
    assert "Andriy Yermak (person)" in page
    undo(act.operation, user_name="x")
    assert sorted(document.values["place"] for document in documents()) == [("Kharkiv",), ("Kyiv",)]  # type: ignore[type-var]


def test_verify_finds_a_lost_value_and_a_rebuild_brings_the_same() -> None:
    section = record(YERMAK, heading="Kyiv waits")
    assert found("person:yermak speaker:yermak via:reuters place:kyiv event:2025-06-09") == 1
    before = list(engine().fingerprints())
    section.versions.get().mentions.filter(spelling__text="Kyiv").delete()
    assert sync.verify(no_progress).stale == (section.pk,)
    mark_all()
    catch_up(no_progress)
    sync.rebuild(no_progress)
    assert sync.verify(no_progress).clean
    assert list(engine().fingerprints()) == before
    Statement.objects.update(speaker=None)
    assert sync.verify(no_progress).stale == (section.pk,)


def event_days(of: Iterable[Document]) -> list[object]:
    return [days for document in of for days in document.values["event"]]  # type: ignore[union-attr]


def counts(field: str = "person") -> dict[str, int]:
    """Returns the values of a facet with their counts, as the next search has them."""
    sync.drain(no_progress)
    return dict(answer_question(Question(), now=NOW, facets=(field,)).facets[field])


def test_a_merge_shows_in_the_next_search_and_its_undo_takes_it_back() -> None:
    record(YERMAK, "Minister Volodymyr Zelensky left.")
    before = counts()
    assert before == {"Andriy Yermak": 1, "Volodymyr Zelensky": 1}
    kept, merged = (Name.objects.get(label=label).pk for label in ("Volodymyr Zelensky", "Andriy Yermak"))
    with operation(MERGE_NAMED.kind, user_name="x", label="x") as act:
        MERGE_NAMED.carry_out({"names": [kept, merged]}, act)
    assert (counts(), counts("speaker")) == ({"Volodymyr Zelensky": 1}, {"Volodymyr Zelensky": 1})
    assert found('speaker:="Volodymyr Zelensky"') == 1
    assert found('speaker:="Andriy Yermak"') == 0
    undo(act.operation, user_name="x")
    assert (counts(), counts("speaker")) == (before, {"Andriy Yermak": 1})
    assert found('speaker:="Volodymyr Zelensky"') == 0
    assert found('speaker:="Andriy Yermak"') == 1
    assert sync.verify(no_progress).clean


@pytest.mark.parametrize(
    "change",
    [
        lambda: Name.objects.filter(label="Andriy Yermak").update(label="Andrii Yermak"),
        lambda: Name.objects.filter(label="Kyiv").update(verdict=Verdict.REJECTED),
        lambda: Mention.objects.filter(spelling__text="Kyiv").delete(),
        lambda: Statement.objects.update(verdict=Verdict.REJECTED),
        lambda: Statement.objects.update(content=[[0, 4]]),
        lambda: DayMention.objects.update(latest=date(2025, 6, 30)),
    ],
    ids=["label", "rejected name", "mention", "rejected statement", "content", "days"],
)
def test_verify_finds_annotations_of_which_the_index_does_not_know(change: Callable[[], object]) -> None:
    section = record(YERMAK, heading="Kyiv waits")
    sync.drain(no_progress)
    assert sync.verify(no_progress).clean
    change()
    report = sync.verify(no_progress)
    assert report.stale == (section.pk,)
    assert sync.repair(report, no_progress) == 1
    assert sync.verify(no_progress).clean
    repaired = {field: counts(field) for field in ("person", "place", "org", "speaker", "via")}
    sync.rebuild(no_progress)
    assert {field: counts(field) for field in repaired} == repaired


def test_document_is_another_where_a_statement_has_another_number_or_speaker() -> None:
    record(YERMAK)
    (before,) = documents()
    (statement,) = before.statements
    assert statement.number == Statement.objects.get().pk
    assert statement.by == Name.objects.get(label="Andriy Yermak").pk
    other = Name.objects.create(type=NameType.PERSON, label="Andriy Yermak", shown=True)
    Spelling.objects.filter(name=statement.by).update(name=other)
    (after,) = documents()
    assert after.values == before.values
    assert after.statements[0].by == other.pk
    assert after.fingerprint != before.fingerprint


def test_statement_knows_the_names_that_stand_in_its_words() -> None:
    record('"Kyiv waits for Reuters," Andriy Yermak said in Odesa.')
    (document,) = documents()
    (statement,) = document.statements
    assert statement.naming == (Name.objects.get(label="Kyiv").pk, Name.objects.get(label="Reuters").pk)
