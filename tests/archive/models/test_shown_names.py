"""A name is written as texts have it that are shown: no word of a hidden text is in its label or its spellings."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from archive.models import Article, Edit, Name, Operation, PublishingStatus, Spelling, follow_spellings, record_changes
from archive.operations import (
    DECIDE_STATEMENT,
    EDITED,
    KEEP_APART,
    NAME_EDITED,
    NAMES_KEPT_APART,
    STATEMENT_DECIDED,
    delete_for_good,
    operation,
    undo,
)
from archive.search_port import no_progress
from archive.sight import visible
from search.index import shown_index, sync
from search.query import Everything
from search.results import Question, answer_question
from tests.archive.naming import names

pytestmark = pytest.mark.django_db

# Each has another spelling of one name.
SPELLINGS = {"Ferry": "Andriy Yermak", "Bridge": "Andrij Jermak", "Storm": "Andrei Ermak"}
ARTICLES = [{"headline": headline, "text": f"First.\n{text} spoke."} for headline, text in SPELLINGS.items()]


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(ARTICLES)
    name, *others = [names.mention(headline, text) for headline, text in SPELLINGS.items()]
    for other in others:
        Spelling.objects.filter(name=other).update(name=name)
        other.delete()
    record_changes(Article.objects.values_list("pk", flat=True))
    sync.drain(no_progress)


def hide(headline: str, **columns: object) -> Operation:
    return change(headline, **(columns or {"status": PublishingStatus.WITHHELD}))


def show(headline: str) -> Operation:
    return change(headline, status=PublishingStatus.USABLE, embargo=None, trashed=None)


def change(headline: str, **columns: object) -> Operation:
    article = Article.objects.get(headline=headline)
    with operation(EDITED, user_name="ann", label="x") as act:
        act.watch(Article, [article.pk])
        fields = sorted(columns.keys() & {"status", "embargo"})
        Article.objects.filter(pk=article.pk).update(
            **columns, curated_fields=sorted({*article.curated_fields, *fields})
        )
    return act.operation


def written() -> str:
    return Name.objects.get().label


def facet() -> list[tuple[str, int]]:
    answer = answer_question(Question(), now=timezone.now(), facets=("person",), facet_limit=9)
    return list(answer.facets["person"])


def page(number: int) -> str:
    return Client().get(f"/names/{number}/").content.decode()


@pytest.mark.usefixtures("archive")
def test_name_whose_label_is_hidden_is_written_as_a_shown_text_has_it_until_that_is_undone() -> None:
    done = hide("Ferry")
    assert written() == "Andrij Jermak"
    assert Name.objects.get().own_label == "Andriy Yermak"
    sync.drain(no_progress)
    assert facet() == [("Andrij Jermak", 2)]
    undo(done, user_name="ann")
    sync.drain(no_progress)
    assert written() == "Andriy Yermak"
    assert facet() == [("Andriy Yermak", 3)]
    assert sync.verify(no_progress).clean


@pytest.mark.usefixtures("archive")
def test_index_that_is_kept_by_another_process_shows_no_label_that_is_hidden() -> None:
    hide("Ferry")
    assert facet() == []
    assert shown_index().count(Everything()) == 0
    sync.drain(no_progress)
    assert facet() == [("Andrij Jermak", 2)]


@pytest.mark.usefixtures("archive")
def test_name_follows_an_embargo_that_ends() -> None:
    end = timezone.now() + timedelta(days=1)
    hide("Ferry", embargo=end)
    sync.drain(no_progress)
    assert written() == "Andrij Jermak"
    Article.objects.filter(headline="Ferry").update(embargo=timezone.now() - timedelta(days=1))
    record_changes(Article.objects.filter(headline="Ferry").values_list("pk", flat=True))
    sync.drain(no_progress)
    assert facet() == [("Andriy Yermak", 3)]


@pytest.mark.usefixtures("archive")
def test_label_that_a_curator_chose_stays() -> None:
    name = Name.objects.get()
    with operation(NAME_EDITED, user_name="ann", label="x") as act:
        act.watch(Name, [name.pk])
        name.choose_label("The chief")
        name.save()
    hide("Ferry")
    assert written() == "The chief"
    undo(act.operation, user_name="ann")
    assert written() == "Andrij Jermak"
    show("Ferry")
    sync.drain(no_progress)
    assert written() == "Andriy Yermak"


@pytest.mark.usefixtures("archive")
def test_name_of_hidden_texts_alone_is_not_there_for_readers() -> None:
    name = Name.objects.get()
    for headline in SPELLINGS:
        hide(headline)
    assert Client().get(f"/names/{name.pk}/").status_code == 404
    assert not visible(Name.objects.all(), AnonymousUser()).exists()
    assert not visible(Spelling.objects.all(), AnonymousUser()).exists()
    sync.drain(no_progress)
    assert facet() == []
    show("Storm")
    sync.drain(no_progress)
    assert written() == "Andrei Ermak"
    assert facet() == [("Andrei Ermak", 1)]


@pytest.mark.usefixtures("archive")
def test_short_form_does_not_show_the_full_name_of_a_hidden_section() -> None:
    spelling = Spelling.objects.get(text="Andriy Yermak")
    spelling.mentions.update(joined=True)
    follow_spellings({spelling.pk})
    record_changes(Article.objects.values_list("pk", flat=True))
    sync.drain(no_progress)
    assert facet() == [("Andrij Jermak", 3)]
    assert "Andriy" not in page(Name.objects.get().pk)


@pytest.mark.usefixtures("archive")
def test_what_is_deleted_for_good_spells_no_name() -> None:
    article = Article.objects.filter(headline="Ferry")
    hide("Ferry", trashed=timezone.now())
    delete_for_good(article.values_list("pk", flat=True), user_name="ann")
    sync.drain(no_progress)
    assert facet() == [("Andrij Jermak", 2)]


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("seed", range(3))
def test_no_history_of_hiding_and_showing_shows_a_word_that_only_hidden_texts_have(seed: int) -> None:
    chance = random.Random(seed)
    hidden: set[str] = set()
    done: list[tuple[Operation, set[str]]] = []
    name = Name.objects.get()
    for _ in range(6):
        if done and chance.random() < 0.3:
            last, hidden = done.pop()
            undo(last, user_name="ann")
        else:
            headline = chance.choice(sorted(SPELLINGS))
            done.append(((show if headline in hidden else hide)(headline), set(hidden)))
            hidden ^= {headline}
        if chance.random() < 0.6:
            sync.drain(no_progress)
        secret = {word for headline in hidden for word in SPELLINGS[headline].split()}
        seen = page(name.pk) + str(facet()) + str(visible(Name.objects.all(), AnonymousUser()))
        assert not {word for word in secret if word in seen}
    sync.drain(no_progress)
    assert sync.verify(no_progress).clean
    shown = [text for headline, text in SPELLINGS.items() if headline not in hidden]
    assert [label for label, _ in facet()] == shown[:1]


@pytest.mark.usefixtures("archive")
def test_hiding_an_article_takes_few_queries_for_any_number_of_names() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            record_changes([article.pk])
        return len(context)

    article = Article.objects.get(headline="Ferry")
    version = article.sections.get().current
    assert version is not None
    names.mention_many(version, [f"Person {number}" for number in range(300)])
    before = queries()
    Article.objects.filter(pk=article.pk).update(status=PublishingStatus.WITHHELD)
    assert queries() <= before + 20
    assert Name.objects.filter(shown=True).count() == 1


@pytest.mark.usefixtures("archive")
def test_what_was_done_with_a_name_is_not_told_once_one_of_its_spellings_is_hidden() -> None:
    other = Name.objects.create(type=Name.objects.get().type, label="Olena Kovalenko")
    names.mention("Storm", "spoke", label="Olena Kovalenko")
    with operation(NAMES_KEPT_APART, user_name="ann", label="x") as act:
        KEEP_APART.carry_out({"names": [other.pk, Name.objects.get(label="Andriy Yermak").pk]}, act)
    statement = names.state("Bridge", "First.")
    with operation(STATEMENT_DECIDED, user_name="ann", label="x") as decided:
        parameters = {"statement": statement.pk, "names": [Name.objects.get(label="Andriy Yermak").pk], "verdict": 1}
        DECIDE_STATEMENT.carry_out(parameters, decided)
    reader = AnonymousUser()
    assert {act.operation, decided.operation} <= set(visible(Operation.objects.all(), reader))
    assert "Andriy Yermak" in set(visible(Edit.objects.all(), reader).values_list("new", flat=True))
    hide("Ferry")
    assert not {act.operation, decided.operation} & set(visible(Operation.objects.all(), reader))
    assert "Andriy Yermak" not in str(visible(Edit.objects.all(), reader).values_list("label", "old", "new"))
