"""What curators decide of names and statements, and that rules leave it as it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.annotating import sweep_unused
from archive.errors import CurationError
from archive.models import (
    Annotation,
    Change,
    Name,
    NameJudgement,
    NameType,
    Spelling,
    Statement,
    Verdict,
    follow_names,
)
from archive.naming import add_spelling, keep_apart, merge_into, split_off, state_of
from archive.operations import DECIDE_NAMES, DECIDE_STATEMENT, MERGE_NAMED, SPLIT_NAME, operation, undo
from tests.annotated import annotate

from . import names

ARTICLES = [
    {"headline": "Ferry", "text": "Ann Lee spoke. Anne Lee left."},
    {"headline": "Bridge", "text": "Anna Li waits for Bob Roe."},
]


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(ARTICLES)
    names.mention("Ferry", "Ann Lee")
    names.mention("Ferry", "Anne Lee")
    names.mention("Bridge", "Anna Li")
    names.mention("Bridge", "Bob Roe")


def of(label: str) -> Name:
    return Name.objects.get(label=label)


def do(act: Any, **parameters: Any) -> Any:
    with operation(act.kind, user_name="ann", label="") as recorded:
        act.carry_out(parameters, recorded)
    return recorded.operation


def test_a_merge_moves_spellings_and_leads_old_numbers_to_the_kept_name() -> None:
    ann, anne, anna = of("Ann Lee"), of("Anne Lee"), of("Anna Li")
    do(MERGE_NAMED, names=[anne.pk, anna.pk])
    do(MERGE_NAMED, names=[ann.pk, anne.pk], label="Ann  Lee (minister)")
    ann.refresh_from_db()
    assert ann.label == "Ann Lee (minister)"
    assert {spelling.text for spelling in ann.spellings.all()} == {"Ann Lee", "Anne Lee", "Anna Li"}
    assert set(Name.objects.filter(merged_into=ann).values_list("label", flat=True)) == {"Anne Lee", "Anna Li"}
    assert Change.objects.filter(done=None).values("article_id").distinct().count() == 2


def test_names_that_are_kept_apart_are_not_merged_and_stay_apart_after_another_merge() -> None:
    ann, anne, anna = of("Ann Lee"), of("Anne Lee"), of("Anna Li")
    keep_apart(anna, ann)
    with pytest.raises(CurationError, match="never to be the same"):
        merge_into(ann, [anna])
    do(MERGE_NAMED, names=[anne.pk, ann.pk])
    assert NameJudgement.objects.values_list("name", "other").get() == (anne.pk, anna.pk)


@pytest.mark.parametrize(
    ("labels", "message"),
    [(("Ann Lee",), "two names"), (("Ann Lee", "Bob Roe"), "rejected"), (("Ann Lee",) * 2, "two")],
)
def test_what_cannot_be_merged_is_refused(labels: tuple[str, ...], message: str) -> None:
    Name.objects.filter(label="Bob Roe").update(verdict=Verdict.REJECTED)
    kept, *others = [of(label) for label in labels]
    with pytest.raises(CurationError, match=message):
        merge_into(kept, others)


def test_a_merge_of_what_was_merged_meanwhile_is_refused() -> None:
    do(MERGE_NAMED, names=[of("Ann Lee").pk, of("Anne Lee").pk])
    with pytest.raises(CurationError, match="merged since"):
        merge_into(of("Anna Li"), [of("Anne Lee")])


def test_a_split_gives_spellings_a_name_of_their_own() -> None:
    ann, anne = of("Ann Lee"), of("Anne Lee")
    do(MERGE_NAMED, names=[ann.pk, anne.pk])
    new, _ = split_off(ann, list(Spelling.objects.filter(text="Ann Lee")))
    follow_names([ann.pk, new.pk])
    ann.refresh_from_db()
    assert (new.label, ann.label) == ("Ann Lee", "Anne Lee")
    assert NameJudgement.objects.filter(name=ann, other=new).exists()
    with pytest.raises(CurationError, match="Leave at least one"):
        split_off(ann, list(ann.spellings.all()))
    with pytest.raises(CurationError, match="of this name"):
        split_off(ann, list(new.spellings.all()))


def test_what_is_rejected_is_annotated_again_and_stays_rejected() -> None:
    done = do(DECIDE_NAMES, names=[of("Bob Roe").pk], verdict=Verdict.REJECTED)
    waiting = Annotation.objects.filter(rules=0, version__section__article__headline="Bridge")
    assert waiting.count() == 1
    assert not Annotation.objects.exclude(rules=0).filter(version__section__article__headline="Bridge").exists()
    Annotation.objects.update(rules=9)
    undo(done, user_name="ann")
    assert Annotation.objects.filter(rules=0).count() == 1


def test_what_is_accepted_is_not_annotated_again() -> None:
    before = Annotation.objects.filter(rules=0).count()
    do(DECIDE_NAMES, names=[of("Bob Roe").pk], verdict=Verdict.ACCEPTED)
    assert Annotation.objects.filter(rules=0).count() == before


def test_spellings_on_which_somebody_decided_survive_texts_that_have_them() -> None:
    ann = of("Ann Lee")
    add_spelling(ann, "А́нна Ли", "ru")
    do(MERGE_NAMED, names=[ann.pk, of("Anne Lee").pk])
    do(SPLIT_NAME, names=[ann.pk], spellings=[Spelling.objects.get(text="Anne Lee").pk], rejected=True)
    for name in Name.objects.all():
        for spelling in name.spellings.all():
            spelling.mentions.all().delete()
    sweep_unused()
    assert set(Spelling.objects.values_list("text", flat=True)) == {"Ann Lee", "Anne Lee", "А́нна Ли"}
    assert Spelling.objects.get(text="Anne Lee").name.verdict == Verdict.REJECTED


@pytest.mark.parametrize(
    ("text", "message"), [("ANN LEE", "already"), ("bob  roe", "Merge the two"), ("—", "letter"), ("x" * 201, "201")]
)
def test_a_variant_that_cannot_be_is_refused(text: str, message: str) -> None:
    with pytest.raises(CurationError, match=message):
        add_spelling(of("Ann Lee"), text)


def test_a_name_of_another_type_keeps_what_rules_know_it_by() -> None:
    name = of("Bob Roe")
    name.type = NameType.ORGANISATION
    name.save()
    assert name.spellings.get().type == NameType.PERSON


def test_the_speaker_of_a_statement_is_corrected() -> None:
    statement = names.state("Bridge", "waits", speaker="Bob Roe")
    done = do(DECIDE_STATEMENT, statement=statement.pk, names=[of("Anna Li").pk], verdict=Verdict.ACCEPTED)
    statement.refresh_from_db()
    assert (str(statement.speaker), statement.verdict) == ("Anna Li", Verdict.ACCEPTED)
    assert "waits" in done.edits.first().label
    do(DECIDE_STATEMENT, statement=statement.pk, names=[], verdict=Verdict.REJECTED)
    assert Statement.objects.get().verdict == Verdict.REJECTED


def test_the_state_of_rows_is_another_after_each_decision() -> None:
    ann, anne = of("Ann Lee"), of("Anne Lee")
    statement = names.state("Ferry", "spoke", speaker="Ann Lee")
    states = [state_of([ann, anne]), state_of([anne, ann]), state_of([statement])]
    assert states[0] == states[1]
    do(DECIDE_NAMES, names=[ann.pk], verdict=Verdict.ACCEPTED)
    do(DECIDE_STATEMENT, statement=statement.pk, names=[], verdict=Verdict.ACCEPTED)
    assert state_of([of("Ann Lee"), anne]) != states[0]
    assert state_of([Statement.objects.get()]) != states[2]


def test_what_was_rejected_does_not_come_back_with_texts_that_are_read_again(
    ingest_file: Callable[..., Any], tmp_path: Path
) -> None:
    def ingest(key: str, text: str) -> None:
        path = tmp_path / f"{key}.jsonl"
        path.write_text(json.dumps({"id": key, "source": "Courier", "headline": key, "text": text}))
        ingest_file(path)
        annotate()

    ingest("1", "Minister Andriy Yermak spoke. Mr Yermak said that the bridge was shut.")
    do(DECIDE_NAMES, names=[of("Andriy Yermak").pk], verdict=Verdict.REJECTED)
    annotate()
    ingest("2", "Minister Andriy Yermak left.")
    # Another spelling is another question.
    ingest("3", "Minister Andrii Yermak left.")
    found = dict(Spelling.objects.filter(text__endswith="Yermak").values_list("text", "name__verdict"))
    assert found == {"Andriy Yermak": Verdict.REJECTED, "Andrii Yermak": None}


def test_spellings_to_come_join_the_name_that_another_was_merged_into(
    ingest_file: Callable[..., Any], tmp_path: Path
) -> None:
    do(MERGE_NAMED, names=[of("Bob Roe").pk, of("Ann Lee").pk])
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "1", "source": "Courier", "headline": "Quay", "text": "Minister Ann Ley left."}))
    ingest_file(path)
    annotate()
    assert {str(spelling.name) for spelling in Spelling.objects.filter(text__startswith="Ann Le")} == {"Bob Roe"}
