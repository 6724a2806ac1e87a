"""What waits for curators: in which order, for whom, and how it goes once it is decided."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from archive.models import Article, Name, NameType, PublishingStatus, Statement, Verdict, record_changes
from archive.naming import (
    MERGES,
    NAMES,
    STATEMENTS,
    Cursor,
    count_mentions,
    count_proposed,
    keep_apart,
    merge_into,
    page_of,
    passages_of,
    proposals,
    view_statement,
    weigh,
)

from . import names

ARTICLES = [
    {"headline": "Ferry", "text": "First.\nAnn Lee spoke, said Bob Roe.\nLast."},
    {"headline": "Bridge", "text": "Anna Li waits for Bob Roe in Kyiv."},
    {"headline": "Storm", "text": "Ann Lee went to Kiev with Hid Den and Hed Den. Anne Lee too."},
]


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(ARTICLES)
    for headline, text in (("Ferry", "Ann Lee"), ("Ferry", "Bob Roe"), ("Bridge", "Anna Li"), ("Bridge", "Bob Roe")):
        names.mention(headline, text)
    names.mention("Storm", "Ann Lee")
    names.mention("Bridge", "Kyiv", kind=NameType.PLACE)
    names.mention("Storm", "Kiev", kind=NameType.PLACE)
    names.mention("Storm", "Hid Den")
    names.mention("Storm", "Hed Den")
    names.state("Ferry", "Ann Lee spoke", speaker="Bob Roe")
    names.state("Storm", "went to Kiev", speaker="")
    names.state("Bridge", "waits", speaker="Anna Li", percent=90)
    weigh()


@pytest.fixture
def everybody() -> Any:
    return User(username="ed", is_superuser=True)


def hide_storm() -> None:
    storm = Article.objects.filter(headline="Storm")
    storm.update(status=PublishingStatus.WITHHELD)
    record_changes(storm.values_list("pk", flat=True))


def labels(kind: str, user: Any) -> list[str]:
    return [" / ".join(map(written, row)) for row in page_of(kind, user, None).rows]


def written(row: Name | Statement) -> str:
    return row.words if isinstance(row, Statement) else row.label


def test_names_that_sound_alike_are_proposed_and_the_most_mentioned_first(everybody: Any) -> None:
    assert labels(MERGES, everybody) == ["Kyiv / Kiev", "Hid Den / Hed Den", "Ann Lee / Anna Li"]
    assert labels(NAMES, everybody)[:2] == ["Ann Lee", "Bob Roe"]
    assert labels(STATEMENTS, everybody) == ["Ann Lee spoke", "went to Kiev"]


def test_what_was_decided_is_not_proposed_any_more(everybody: Any) -> None:
    of = {name.label: name for name in Name.objects.all()}
    keep_apart(of["Kyiv"], of["Kiev"])
    merge_into(of["Ann Lee"], [of["Anna Li"]])
    Name.objects.filter(label="Hed Den").update(verdict=Verdict.REJECTED)
    Statement.objects.update(verdict=Verdict.ACCEPTED)
    for again in (False, True):
        assert [labels(kind, everybody) for kind in (MERGES, STATEMENTS)] == [[], []]
        assert {"Hed Den", "Anna Li"} & set(labels(NAMES, everybody)) == set()
        if not again:
            weigh()


def test_who_is_kept_apart_from_the_first_is_proposed_to_the_next(everybody: Any) -> None:
    names.mention("Storm", "Anne Lee")
    of = {name.label: name for name in Name.objects.all()}
    keep_apart(of["Ann Lee"], of["Anna Li"])
    weigh()
    assert {"Ann Lee / Anne Lee", "Anna Li / Anne Lee"} & set(labels(MERGES, everybody)) == {"Ann Lee / Anne Lee"}
    keep_apart(of["Ann Lee"], of["Anne Lee"])
    weigh()
    assert "Anna Li / Anne Lee" in labels(MERGES, everybody)


def test_names_of_hidden_articles_are_proposed_to_those_alone_who_see_them(everybody: Any) -> None:
    hide_storm()
    other = AnonymousUser()
    assert labels(MERGES, other) == ["Ann Lee / Anna Li"]
    assert set(labels(NAMES, other)) == {"Ann Lee", "Anna Li", "Bob Roe", "Kyiv"}
    assert labels(STATEMENTS, other) == ["Ann Lee spoke"]
    assert [count_proposed(kind, other) for kind in (MERGES, NAMES, STATEMENTS)] == [(1, True), (4, True), (1, True)]
    ann = Name.objects.get(label="Ann Lee").pk
    assert count_mentions("spelling__name", [ann], other) == {ann: 1}
    assert count_mentions("spelling__name", [ann], everybody) == {ann: 2}
    assert [passage.version.section.article.headline for passage in passages_of(ann, other)] == ["Ferry"]


@pytest.mark.parametrize("kind", [MERGES, NAMES, STATEMENTS])
def test_pages_have_every_row_once(everybody: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = labels(kind, everybody)
    monkeypatch.setattr(proposals, "PAGE_PROPOSALS", 1)

    def pages() -> Iterable[str]:
        cursor: Cursor | None = None
        while True:
            page = page_of(kind, everybody, cursor)
            yield from (" / ".join(map(written, row)) for row in page.rows)
            if page.next is None:
                return
            cursor = Cursor.read(str(page.next))
            assert cursor == page.next

    assert list(pages()) == whole


@pytest.mark.parametrize("text", ["", "x", "1", "1-", "-1", "1-x", "²-1", "1" * 30 + "-1"])
def test_an_odd_cursor_is_none(text: str) -> None:
    assert Cursor.read(text) is None


def test_a_passage_has_the_words_around_the_mention(everybody: Any) -> None:
    passage = passages_of(Name.objects.get(label="Bob Roe").pk, everybody)[-1]
    assert (passage.before, passage.marked, passage.after) == ("Ann Lee spoke, said ", "Bob Roe", ".")
    assert (passage.rule, passage.percent) == ("after a title", 90)


def test_a_statement_is_shown_in_its_paragraph_alone() -> None:
    (statement, *_) = Statement.objects.order_by("pk")
    statement.speaker_start, statement.speaker_end = statement.content[0][1] + 7, statement.content[0][1] + 14
    view = view_statement(statement)
    assert [(run.text, run.kind) for run in view.paragraphs[0]] == [
        ("Ann Lee spoke", "content"),
        (", said ", ""),
        ("Bob Roe", "speaker"),
        (".", ""),
    ]
    assert len(view.paragraphs) == 1
