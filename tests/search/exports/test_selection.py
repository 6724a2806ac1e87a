"""search/exports/selection.py: the rows of an export are the hits of the page, in its order."""

import json
import random
from collections.abc import Callable
from itertools import groupby

import feedparser
import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from archive.models import Section
from search.exports import ExportOptionError, ExportOptions
from search.index import engine
from search.results import Question, answer_question

from .archive_of_storms import WORDS, articles, find, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(articles())


def random_questions(count: int) -> list[Question]:
    chance = random.Random(15)
    forms = ("{0}", "{0} {1}", "{0} OR {1}", '"the {0}"', "{0} NOT {1}", "headline:{0}", "kind:live", "", "stor*")
    return [
        Question(
            q=chance.choice(forms).format(*chance.sample(WORDS, 2)),
            unit=chance.choice(("section", "article")),
            grouped=chance.random() < 0.5,
            sort=chance.choice(("", "newest", "oldest", "captured", "relevance")),
            dates=chance.choice(("", "", "2024-08-01..2024-08-02")),
        )
        for _ in range(count)
    ]


def pages_of(question: Question) -> list[tuple[int, list[int]]]:
    """Returns the articles of all pages of a result with the sections that each row has, at most three."""
    found = []
    for page in range(1, 20):
        answer = answer_question(question.with_page(page), now=timezone.now())
        found += [(row.article.pk, [section.section.pk for section in row.sections]) for row in answer.rows]
        if page >= answer.pages:
            return found
    raise AssertionError


def command_options(question: Question) -> list[str]:
    options = ["--words-in", question.unit, "--list", "articles" if question.grouped else "sections"]
    return options + (["--sort", question.sort] if question.sort else [])


def test_page_command_file_and_atom_have_the_same_hits_in_the_same_order(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    hits = 0
    for question in random_questions(50):
        listed = pages_of(question)
        rows = rows_of(find(question=question))
        sections, articles = [row["section"] for row in rows], [row["article"] for row in rows]
        if question.lists_articles:
            # Article by article, each with its sections from the best.
            of_article = {number: list(group) for number, group in groupby(rows, key=lambda row: row["article"])}
            assert list(of_article) == list(dict.fromkeys(articles)) == [number for number, _ in listed], question
            assert [sorted(row["section"] for row in of_article[number][:3]) for number in of_article] == [
                sorted(best) for _, best in listed
            ]
        else:
            assert sections == [best[0] for _, best in listed], question
        of_articles = rows_of(find(question=question, unit="article"))
        grouped = [number for number, _ in pages_of(question.with_grouping(grouped=True))]
        assert [row["article"] for row in of_articles] == grouped
        download = client.get(f"/export.jsonl{question.to_querystring()}").getvalue().decode().splitlines()
        assert [json.loads(line)["section"] for line in download] == sections
        atom = feedparser.parse(client.get(f"/export.atom{question.to_querystring()}").getvalue())
        assert [int(entry.id.rpartition(":")[2]) for entry in atom.entries] == sections
        if not question.dates:
            call_command("export", question.q, "--format", "jsonl", *command_options(question))
            printed = capsys.readouterr().out.splitlines()
            assert [json.loads(line)["section"] for line in printed] == sections
        hits += len(listed)
    assert hits > 200


@pytest.mark.parametrize(("q", "counts"), [("storm kind:live", {4, 5}), ("lighthouse", {0})])
def test_rows_of_articles_count_their_matches(q: str, counts: set[int]) -> None:
    question = Question(q=q)
    matches = {row.article.pk: row.matched for row in answer_question(question, now=timezone.now()).rows}
    assert set(matches.values()) == counts
    rows = rows_of(find(question=question, unit="article"))
    assert {row["article"]: row["matches"] for row in rows} == matches
    for row in rows:
        sections = Section.objects.filter(article=row["article"]).select_related("current")
        assert row["text"] == "\n\n".join(f"{section.heading}\n{section.text}" for section in sections)
    short = rows_of(find(question=question, unit="article", text="passages"))
    for row, whole in zip(short, rows, strict=True):
        # The lead stands for an article that is found by its headline alone.
        assert len(row["text"].split("\n\n")) == min(max(row["matches"], 1), 3)
        assert set(row["text"].split("\n\n")) <= set(whole["text"].split("\n\n"))


def test_first_rows_are_those_of_the_whole() -> None:
    for options in ({}, {"unit": "article"}):
        whole = rows_of(find(**options))
        assert len(whole) > 3
        export = find(first=3, **options)
        assert rows_of(export) == whole[:3]
        assert export.total == 3
        assert rows_of(find(first=10_000, **options)) == whole


def test_picked_hits_are_in_the_order_of_the_page() -> None:
    whole = rows_of(find())
    chosen = [whole[4], whole[1], whole[2]]
    picked = tuple(f"s{row['section']}" for row in chosen)
    assert rows_of(find(picked=picked)) == [whole[1], whole[2], whole[4]]
    article = whole[-1]["article"]
    rows = rows_of(find(picked=(f"a{article}", picked[0])))
    assert rows == [row for row in whole if row["article"] == article or row == whole[4]]
    articles = rows_of(find(picked=(f"a{article}", picked[0]), unit="article"))
    assert [row["article"] for row in articles] == list(dict.fromkeys(row["article"] for row in rows))
    separate = Question(q="storm", grouped=False)
    order = [row["section"] for row in rows_of(find(question=separate))]
    found = [row["section"] for row in rows_of(find(question=separate, picked=picked))]
    assert found == [number for number in order if f"s{number}" in picked]


def test_picked_hits_that_are_no_hits_any_more_are_rows_without_words() -> None:
    other = next(row for row in rows_of(find(question="council")) if "storm" not in json.dumps(row).lower())
    here = rows_of(find())[0]
    picked = (f"s{other['section']}", f"s{here['section']}", "a99", "s98")
    export = find(picked=picked)
    first, *missing = rows_of(export)
    assert first == here
    assert export.total == 4
    assert [(row["section"], row["article"]) for row in missing] == [(other["section"], 0), (0, 99), (98, 0)]
    for row in missing:
        assert row["tombstone"] == "Not in this result any more."
        assert {name for name, value in row.items() if value} <= {"section", "article", "permalink", "tombstone"}
    of_articles = rows_of(find(picked=picked, unit="article"))
    assert [row["tombstone"] for row in of_articles] == [
        "",
        f"Section {other['section']}: not in this result any more.",
        "Not in this result any more.",
        "Section 98: not in this result any more.",
    ]


def test_export_names_the_state_of_the_index() -> None:
    assert find().selection.generation == engine().state()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("rows=page", "There is no unit of rows 'page'. Choose one of: section, article, statement."),
        ("text=half", "There is no text 'half'. Choose one of: full, passages."),
        ("fields=headline,colour", "There is no field 'colour'. The fields are: section, article, headline,"),
        ("rows=article&fields=heading", "There is no field 'heading' of an article."),
        ("fields=matches", "There is no field 'matches'"),
        ("first=0", "'0' is no number of rows."),
        ("first=-3", "'-3' is no number of rows."),
        ("first=many", "'many' is no number of rows."),
        ("first=٣", "is no number of rows."),
        ("pick=12", "'12' is no hit."),
        ("pick=a12,s0", "'s0' is no hit."),
        ("pick=" + ",".join(f"s{number}" for number in range(1, 502)), "501 hits are picked"),
    ],
)
def test_an_option_that_does_not_exist_is_an_error_that_names_those_that_do(
    parameters: str, message: str, client: Client
) -> None:
    with pytest.raises(ExportOptionError) as error:
        ExportOptions.from_parameters(QueryDict(parameters))
    assert message in str(error.value)
    response = client.get(f"/export.csv?q=storm&{parameters}")
    assert response.status_code == 400
    assert message in response.content.decode()


@pytest.mark.parametrize(
    "options",
    [
        ExportOptions(),
        ExportOptions("article", ("text", "headline"), "passages", 12, ("a1", "s2")),
        ExportOptions(fields=("url",), first=1),
    ],
)
def test_options_are_read_back_from_their_address(options: ExportOptions) -> None:
    assert ExportOptions.from_parameters(QueryDict(options.to_parameters())) == options


def test_fields_are_written_in_the_order_in_which_they_are_chosen(client: Client) -> None:
    content = client.get("/export.csv?q=storm&fields=text,headline&fields=section&first=1").getvalue().decode()
    assert content.startswith("\ufefftext,headline,section\r\n")
    assert list(rows_of(find(fields=("url", "article"), unit="article"))[0]) == ["url", "article"]
    default = ",".join(ExportOptions().chosen_fields)
    assert ExportOptions.from_parameters(QueryDict(f"fields={default}")) == ExportOptions()
