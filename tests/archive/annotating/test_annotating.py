"""Section versions get their names, statements and days; again, without loss of what curators decided."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from django.core.management import call_command

from archive.annotate import Precision
from archive.annotate.spans import LinkKind as LinkWord
from archive.annotate.spans import NameType as TypeWord
from archive.annotate.spans import StatementKind as KindWord
from archive.annotating import (
    annotated_text,
    catch_up,
    count_known,
    flow,
    mark_all,
    mark_articles,
    storing,
    sweep_unused,
    work_on,
)
from archive.annotating.loading import TYPES
from archive.finding import Finder, FinderError, Found, Task
from archive.items import SectionItem
from archive.models import (
    Annotation,
    Article,
    Change,
    DayMention,
    DayOrigin,
    IngestRun,
    Mention,
    Name,
    Problem,
    SectionVersion,
    Source,
    Spelling,
    Statement,
    StatementLink,
    Verdict,
    script_of,
)
from archive.operations import EDITED, operation
from archive.search_port import no_progress
from archive.times import parse_moment
from tests.annotated import FinderHere
from tests.conftest import SEED

from ..ingest.documents import record_live

pytestmark = pytest.mark.django_db
WITHOUT_CLOCK = replace(parse_moment("2025-06-05T23:30Z"), offset=None)
TABLES = (Name, Spelling, Mention, Statement, StatementLink, DayMention, Annotation)


@pytest.fixture(autouse=True)
def rules_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "Finder", FinderHere)


def rows() -> dict[str, list[Any]]:
    """Returns the rows of all tables, without how often their texts were marked."""
    return {
        model.__name__: [
            {column: value for column, value in row.items() if column != "mark"}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in TABLES
    }


def entry(key: str, *paragraphs: str, **values: Any) -> SectionItem:
    return SectionItem(paragraphs, key=key, published=parse_moment(f"2025-06-1{key}T10:00Z"), **values)


def mentioned(version: SectionVersion) -> list[tuple[str, str]]:
    text = annotated_text(version.heading, version.text)
    mentions = version.mentions.order_by("start").select_related("spelling")
    return [(text[mention.start : mention.end], mention.spelling.text) for mention in mentions]


YERMAK = entry("0", '"The bridge is shut," Andriy Yermak told the Courier yesterday.', heading="Kyiv waits")


def test_versions_get_what_the_rules_find_and_again_the_same() -> None:
    record_live(YERMAK)
    assert count_known().waiting == 1
    assert catch_up(no_progress) == []
    version = SectionVersion.objects.get()
    assert ("Andriy Yermak", "Andriy Yermak") in mentioned(version)
    assert [mention.in_heading for mention in version.mentions.order_by("start")][:2] == [True, False]
    statement = version.statements.get()
    text = annotated_text(version.heading, version.text)
    assert "The bridge is shut" in "".join(text[start:end] for start, end in statement.content)
    assert statement.speaker is not None
    assert statement.speaker.text == "Andriy Yermak"
    day = version.day_mentions.get()
    assert (day.earliest, day.latest) == (date(2025, 6, 9), date(2025, 6, 9))
    before = rows()
    mark_all()
    Change.objects.all().delete()
    catch_up(no_progress)
    assert rows() == before
    assert not Change.objects.exists()


def test_mark_that_comes_while_a_text_is_at_work_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    class MarkedMeanwhile(FinderHere):
        def submit(self, task: Task) -> None:
            super().submit(task)
            mark_articles(Article.objects.values_list("pk", flat=True))

    record_live(YERMAK)
    with monkeypatch.context() as patched:
        patched.setattr(flow, "Finder", MarkedMeanwhile)
        catch_up(no_progress)
    assert mentioned(SectionVersion.objects.get())
    assert count_known().waiting == 1
    catch_up(no_progress)
    assert count_known().waiting == 0


def test_what_changed_is_indexed_again() -> None:
    record_live(YERMAK)
    Change.objects.all().delete()
    catch_up(no_progress)
    assert Change.objects.filter(article_id=Article.objects.get().pk).count() == 1


def test_short_form_gets_the_full_name_of_another_section_in_whatever_order() -> None:
    record_live(entry("1", "Mr Yermak left for Paris."), YERMAK)
    catch_up(no_progress)
    short = SectionVersion.objects.get(section__key="1")
    assert ("Yermak", "Andriy Yermak") in mentioned(short)
    assert [mention.joined for mention in short.mentions.filter(spelling__text="Andriy Yermak")] == [True]
    record_live(entry("1", "Mr Yermak left for Paris."), entry("2", "Mr Yermak is back."), YERMAK)
    catch_up(no_progress)
    assert ("Yermak", "Andriy Yermak") in mentioned(SectionVersion.objects.get(section__key="2"))


def test_name_that_a_later_capture_brings_is_not_given_to_an_earlier_text() -> None:
    record_live(entry("1", "Mr Yermak left for Paris."))
    catch_up(no_progress)
    record_live(entry("1", "Mr Yermak left for Paris."), YERMAK)
    mark_all()
    catch_up(no_progress)
    assert ("Yermak", "Yermak") in mentioned(SectionVersion.objects.get(section__key="1"))


def test_spellings_of_one_person_have_one_name() -> None:
    record_live(
        entry("1", "Volodymyr Zelensky spoke in Kyiv. George Bush was there."),
        entry("2", "Volodymyr Zelenskyy spoke in Kiev. George Bosch was there."),
    )
    catch_up(no_progress)
    names = {spelling.text: spelling.name_id for spelling in Spelling.objects.all()}
    assert names["Volodymyr Zelensky"] == names["Volodymyr Zelenskyy"]
    assert names["George Bush"] != names["George Bosch"]
    assert not Name.objects.filter(spellings=None).exists()


def test_forms_of_one_place_have_one_name_in_whatever_order() -> None:
    record_live(entry("1", "The sign says Київ. They left Kharkov by train."))
    catch_up(no_progress)
    record_live(entry("1", "They came to Kiev."), entry("2", "It rains in Kharkiv, in Kyiv and in Lviv."))
    catch_up(no_progress)
    names = {name.label: {row.text for row in name.spellings.all()} for name in Name.objects.all()}
    assert names == {"Kyiv": {"Київ", "Kiev", "Kyiv"}, "Kharkov": {"Kharkov", "Kharkiv"}, "Lviv": {"Lviv"}}


def test_decisions_of_curators_stay() -> None:
    record_live(YERMAK, entry("1", "Volodymyr Zelensky left Kiev. Ada Bell said nobody was hurt."))
    catch_up(no_progress)
    kyiv, kiev = (Spelling.objects.get(text=text) for text in ("Kyiv", "Kiev"))
    Spelling.objects.filter(pk=kiev.pk).update(name=kyiv.name_id)
    Name.objects.filter(pk=kyiv.name_id).update(verdict=Verdict.ACCEPTED)
    Name.objects.filter(spellings=None).delete()
    statement = Statement.objects.get(version__section__key="0")
    Statement.objects.filter(pk=statement.pk).update(verdict=Verdict.REJECTED, speaker=None)
    before = rows()
    mark_all()
    catch_up(no_progress)
    assert rows() == before


def test_a_change_of_the_rules_replaces_what_they_found(monkeypatch: pytest.MonkeyPatch) -> None:
    record_live(YERMAK)
    catch_up(no_progress)
    for module in ("archive.annotating.flow", "archive.annotating.loading", "archive.annotating.storing"):
        monkeypatch.setattr(f"{module}.RULES_VERSION", 1000)
    monkeypatch.setattr("archive.finding.tasks.find_names", lambda text, language: [])
    assert count_known().waiting == 1
    assert work_on()
    assert not work_on()
    assert count_known().waiting == 0
    assert not Mention.objects.exists()
    assert sweep_unused() > 0
    assert not Spelling.objects.filter(statements=None).exists()


@pytest.mark.parametrize(
    ("published", "zone", "expected", "origin"),
    [
        ({"published": parse_moment("2025-06-05T23:30Z")}, "", date(2025, 6, 5), DayOrigin.ARTICLE),
        (
            {"published": replace(parse_moment("2025-06-05T23:30Z"), offset=None)},
            "Europe/Kyiv",
            date(2025, 6, 6),
            DayOrigin.ARTICLE,
        ),
        ({"published": parse_moment("2025-06")}, "", date(2025, 6, 10), DayOrigin.CAPTURE),
        ({"published": parse_moment("2024")}, "", date(2024, 12, 31), DayOrigin.CAPTURE),
        ({"published": parse_moment("2024-02")}, "", date(2024, 2, 29), DayOrigin.CAPTURE),
        ({}, "Pacific/Auckland", date(2025, 6, 11), DayOrigin.CAPTURE),
    ],
)
def test_texts_are_read_against_the_day_of_their_outlet(
    published: dict[str, Any], zone: str, expected: date, origin: DayOrigin
) -> None:
    Source.objects.create(name="Courier", zone=zone)
    record_live(SectionItem(("It rained yesterday.",), key="1"), source="Courier", **published)
    catch_up(no_progress)
    annotation = Annotation.objects.get()
    assert (annotation.day, annotation.day_of) == (expected, origin)


def test_text_waits_again_when_a_curator_changes_its_day() -> None:
    record_live(SectionItem(("It rained yesterday.",), key="1"), published=parse_moment("2025-06-05"))
    catch_up(no_progress)
    article = Article.objects.get()
    for values, waiting in (({"note": "Checked."}, 0), ({"published": parse_moment("2025-06-03").at}, 1)):
        with operation(EDITED, user_name="ada", label="Edited") as act:
            act.watch(Article, [article.pk])
            Article.objects.filter(pk=article.pk).update(**values, curated_fields=list(values))
        assert count_known().waiting == waiting
    catch_up(no_progress)
    assert DayMention.objects.get().earliest == date(2025, 6, 2)


def failing(task: Task) -> list[Found]:
    return [Found(text.version, [], [], [], "ValueError: no such day") for text in task.texts]


def test_a_rule_that_fails_is_a_problem_of_the_run_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FinderHere, "submit", lambda self, task: self.done.append((task, failing(task))))
    call_command("ingest", str(SEED), verbosity=0)
    assert Article.objects.count() == 1
    assert count_known().failed == SectionVersion.objects.count() == count_known().annotated
    problems = Problem.objects.filter(level=Problem.Level.NOTE, article=Article.objects.get())
    assert {problem.reason.rpartition(": ")[2] for problem in problems} == {"no such day"}


def test_ingest_goes_on_where_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(self: FinderHere, task: Task) -> None:
        raise FinderError("no process")

    with monkeypatch.context() as context:
        context.setattr(FinderHere, "submit", submit)
        call_command("ingest", str(SEED), verbosity=0)
    assert IngestRun.objects.get().state == IngestRun.State.FINISHED
    assert count_known().waiting == SectionVersion.objects.count()
    call_command("annotate", "--stale", verbosity=0)
    assert count_known().waiting == 0


def test_ingest_annotates_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "Finder", Finder)
    call_command("ingest", str(SEED), verbosity=0)
    assert count_known().waiting == 0
    assert Spelling.objects.filter(text="Yevgeny Balitsky").exists()
    by_process = rows()
    for model in (StatementLink, Statement, Mention, DayMention):
        model._default_manager.all().delete()
    monkeypatch.setattr(flow, "Finder", FinderHere)
    mark_all()
    catch_up(no_progress)
    without_number = [
        {model: [{**row, "id": 0, "statement_id": 0} for row in values] for model, values in known.items()}
        for known in (by_process, rows())
    ]
    assert without_number[0] == without_number[1]


def test_queries_do_not_grow_with_the_texts(django_assert_max_num_queries: Any) -> None:
    record_live(*(entry(str(key), f"Ada Bell {key} and Andriy Yermak met in Kyiv on Monday.") for key in range(9)))
    with django_assert_max_num_queries(40):
        catch_up(no_progress)
    assert Mention.objects.count() >= 18


def test_what_nobody_names_any_more_goes_with_the_article() -> None:
    record_live(YERMAK)
    catch_up(no_progress)
    Article.objects.get().delete()
    assert not Mention.objects.exists()
    assert sweep_unused() > 0
    assert (Name.objects.count(), Spelling.objects.count()) == (0, 0)


def test_the_record_has_every_kind_that_the_rules_know() -> None:
    assert storing._PRECISIONS.keys() == set(get_args(Precision))
    assert storing._KINDS.keys() == set(get_args(KindWord))
    assert storing._LINK_KINDS.keys() == set(get_args(LinkWord))
    assert TYPES.keys() == set(get_args(TypeWord))


@pytest.mark.parametrize(
    ("text", "script"), [("Kyiv", "Latn"), ("«Київ»", "Cyrl"), ("北京", "Hani"), ("2025", "Zyyy"), ("", "Zyyy")]
)
def test_script_is_that_of_the_first_letter(text: str, script: str) -> None:
    assert script_of(text) == script
