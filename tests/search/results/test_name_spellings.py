"""search/results/name_spellings.py: names are found by all of their spellings, and the page says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from archive.annotate import sound_key
from archive.items import SectionItem
from archive.models import FOREVER, Article, Name, NameType, Section, Spelling, Verdict, fold_name, record_changes
from archive.operations import ADD_SPELLING, SPELLING_ADDED, operation, undo
from archive.search_port import no_progress
from archive.times import parse_moment
from search.engines.contract import Filter
from search.index import shown_index, sync
from search.results import Answer, answer_question, suggest
from search.results.corrections import did_you_mean
from search.results.name_spellings import name_table
from search.results.question import Question
from tests.annotated import annotate
from tests.archive.ingest.documents import record_live
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

Ask = Callable[..., Answer]


def entry(key: str, text: str) -> SectionItem:
    return SectionItem((text,), key=key, published=parse_moment(f"2025-06-1{key}T10:00Z"))


@pytest.fixture
def kyiv() -> Name:
    """A place with two spellings, each in an entry; and a spelling that no text has."""
    record_live(entry("0", "Rain fell in Kyiv on Monday."), entry("1", "Snow fell in Kiev on Tuesday."))
    annotate()
    name = Name.objects.get(label="Kyiv")
    other = Spelling.objects.get(text="Kiev").name
    Spelling.objects.filter(name=other).update(name=name, curated=True)
    if other.pk != name.pk:
        other.delete()
    Spelling.objects.create(
        type=NameType.PLACE, text="Київ", folded=fold_name("Київ"), script="Cyrl", sound="", name=name, curated=True
    )
    update()
    return name


def update() -> None:
    record_changes(Article.objects.values_list("pk", flat=True))
    sync.drain(no_progress)


def ask(q: str, **options: Any) -> Answer:
    return answer_question(Question(q, grouped=False, **options), now=NOW)


@pytest.mark.usefixtures("kyiv")
@pytest.mark.parametrize(
    ("q", "total"),
    [
        ("place:Kiev", 2),
        ('place:"kyiv"', 2),
        ("place:Київ", 2),
        ("place:ки*", 2),
        ("place:kieb~", 2),
        ("exact:place:Kiev", 0),
        ("exact:place:Kyiv", 2),
        ("Kiev", 2),
        ("Kyiv", 2),
        ("київ", 2),
        ('"Kiev"', 1),
        ("exact:Kiev", 1),
        ("exact:(Kiev OR Київ)", 1),
        ("Kiev w/9 snow", 1),
        ("Kyiv w/9 snow", 1),
        ("snow NOT Kyiv", 0),
        ("NOT place:Kiev", 0),
        ("text:Kyiv", 2),
        ("headline:Kyiv", 0),
        ("person:Kiev", 0),
    ],
)
def test_name_is_found_by_all_of_its_spellings(q: str, total: int) -> None:
    assert ask(q).total == total


@pytest.mark.usefixtures("kyiv")
def test_note_names_the_other_spellings_and_searches_the_word_alone(client: Client) -> None:
    answer = ask("Kiev snow")
    assert answer.parsed_query.canonical == "Kiev AND snow"
    (note,) = answer.parsed_query.notes
    assert note.message == "“Kiev” was also searched as Kyiv and Київ, other spellings of the name."
    assert note.suggested_query == "exact:Kiev AND snow"
    assert ask(note.suggested_query).parsed_query.notes == ()
    page = client.get("/", {"q": "Kiev snow"}).content.decode()
    assert "other spellings of the name" in page
    assert "exact%3AKiev" in page


@pytest.mark.usefixtures("kyiv")
def test_value_has_one_label_and_its_count_is_that_of_the_search() -> None:
    counted = answer_question(Question("*", grouped=False), now=NOW, facets=("place",)).facets["place"]
    assert counted == (("Kyiv", 2),)
    assert ask("*", filters=(Filter("place", ("Kyiv",)),)).total == 2


def test_word_that_names_two_things_is_searched_as_it_is(kyiv: Name) -> None:
    record_live(entry("0", "Rain fell in Kyiv."), entry("1", "Snow fell in Kiev."), entry("2", "Hugo Kiev left."))
    annotate()
    Name.objects.filter(spellings__text="Hugo Kiev").update(label="Kiev")
    update()
    assert ask("Kiev").parsed_query.notes == ()
    assert ask("place:Kiev").total == 2
    assert ask("Kyiv").parsed_query.notes


def test_spelling_in_hidden_words_alone_is_known_to_nobody(kyiv: Name) -> None:
    Section.objects.filter(key="1").update(closed_until=FOREVER)
    # The index still has it.
    record_changes(Article.objects.values_list("pk", flat=True))
    assert ask("Kyiv").parsed_query.notes == ()
    sync.drain(no_progress)
    (note,) = ask("Kyiv").parsed_query.notes
    assert "Kiev" not in note.message
    assert ask("place:Kiev").total == 0


def test_spelling_that_a_curator_adds_is_found_with_the_next_state_of_the_index(kyiv: Name) -> None:
    assert ask("place:Kyjiw").total == 0
    with operation(SPELLING_ADDED, user_name="ann", label="x") as act:
        ADD_SPELLING.carry_out({"names": [kyiv.pk], "text": "Kyjiw"}, act)
    sync.drain(no_progress)
    assert ask("place:Kyjiw").total == 2
    undo(act.operation, user_name="ann")
    sync.drain(no_progress)
    assert ask("place:Kyjiw").total == 0


def test_name_that_a_curator_rejects_has_no_spellings(kyiv: Name) -> None:
    Name.objects.filter(pk=kyiv.pk).update(verdict=Verdict.REJECTED)
    update()
    assert ask("Kiev").total == 1
    assert ask("place:Kiev").total == 0


@pytest.mark.usefixtures("kyiv")
def test_table_costs_no_query_once_it_is_made(django_assert_num_queries: Any) -> None:
    index = shown_index()
    name_table(index)
    with django_assert_num_queries(0):
        Question("Kiev OR Kyiv OR place:Київ").parse(NOW + timedelta(days=1), index=index)


@pytest.mark.usefixtures("kyiv")
@pytest.mark.parametrize("typed", ["Ky", "Kie", "ки", "place:kie", 'place:"Ки'])
def test_name_is_suggested_by_any_of_its_spellings(typed: str) -> None:
    (suggestion,) = suggest(typed, now=NOW)["place"]
    assert (suggestion.text, suggestion.count) == ("Kyiv", 2)
    assert suggestion.q == 'place:"Kyiv"'


def test_name_in_hidden_words_alone_is_not_suggested(kyiv: Name) -> None:
    Section.objects.update(closed_until=FOREVER)
    update()
    assert not suggest("Ky", now=NOW)


def test_name_that_sounds_alike_is_offered_for_a_word_that_is_nowhere() -> None:
    record_live(entry("0", '"It is over," Olena Shevchenko said. "Yes," Mr Shevchenko said.'))
    annotate()
    Spelling.objects.filter(text__contains="Shevchenko").update(sound=sound_key("Shevchenko"))
    for typed in ("Шевченко", "Ševčenko"):
        answer = ask(typed)
        assert answer.total == 0
        offered = did_you_mean(answer, now=NOW)
        assert offered is not None, typed
        assert "shevchenko" in offered.question.q.lower()
        assert offered.total == 1
