"""search/results/answers.py: questions to a small archive of known articles."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.annotating import catch_up, flow
from archive.models import Article, Source
from archive.search_port import no_progress
from search.engines.contract import Filter
from search.fields import FACET_NAMES
from search.index import sync
from search.query.parsed import QueryError
from search.results.answers import Answer, find_articles, load_more_rows
from search.results.question import Question
from tests.annotated import FinderHere

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)

ARTICLES: list[dict[str, Any]] = [
    {
        "id": "1",
        "source": "Marbeck Courier",
        "headline": "Harbour fire",
        "published": "2025-06-02",
        "topics": ["Fires", "Harbour"],
        "sections": [
            {"heading": "Crews", "text": "Crews fought the fire all night."},
            {"heading": "Ferries", "text": "No ferries ran. The port waits."},
        ],
    },
    {
        "id": "2",
        "source": "Marbeck Courier",
        "headline": "Ferry talks",
        "published": "2025-05-20",
        "topics": ["Harbour"],
        "text": "Talks on ferries were prolonged. The nuclear-capable ship left for Zürich.",
    },
    {"id": "3", "source": "Other Gazette", "headline": "Council budget", "kind": "live", "text": "No fire this year."},
]


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(ARTICLES)


def headlines(answer: Answer) -> list[str]:
    return sorted({row.article.headline for row in answer.rows})


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("", ["Council budget", "Ferry talks", "Harbour fire"]),
        ("fire", ["Council budget", "Harbour fire"]),
        ("FIRES", ["Council budget", "Harbour fire"]),
        ('"fires"', []),
        ("fire ferries", ["Harbour fire"]),
        ("crews waits", []),
        ("fire -harbour", ["Council budget"]),
        ("talks OR budget", ["Council budget", "Ferry talks"]),
        ('"fought the fire"', ["Harbour fire"]),
        ('"fire the fought"', []),
        ("nuclear-capable", ["Ferry talks"]),
        ("capable", ["Ferry talks"]),
        ("zurich", ["Ferry talks"]),
        ("headline:fire", ["Harbour fire"]),
        ("heading:crews", ["Harbour fire"]),
        ("source:(gazet OR “other gazette”)", ["Council budget"]),
        ("source:courier", ["Ferry talks", "Harbour fire"]),
        ("source:“courier”", []),
        ("topic:harbour -source:gazette", ["Ferry talks", "Harbour fire"]),
        ('source:"MARBECK COURIER" topic:harbour', ["Ferry talks", "Harbour fire"]),
        ("kind:live", ["Council budget"]),
        ("date:2025-06", ["Harbour fire"]),
        ("date:2025-05-01..2025-05-31", ["Ferry talks"]),
        ("NOT date:>=2000", ["Council budget"]),
        ("year:2025", ["Ferry talks", "Harbour fire"]),
    ],
)
def test_queries_find_their_articles(ask: Ask, q: str, expected: list[str]) -> None:
    assert headlines(ask(q)) == expected


def test_article_matches_if_its_sections_together_do(ask: Ask) -> None:
    assert headlines(ask("crews waits", unit="article")) == ["Harbour fire"]
    assert headlines(ask("fire -waits", unit="article")) == ["Council budget"]


def test_counts_and_facets_are_exact(ask: Ask) -> None:
    found = ask("fire OR ferries", facets=("source", "topic", "month"))
    assert (found.total, found.sections, found.articles) == (3, 4, 3)
    assert dict(found.facets["source"]) == {"Marbeck Courier": 2, "Other Gazette": 1}
    assert found.facets["topic"] == (("Harbour", 2), ("Fires", 1))
    by_section = ask("fire OR ferries", facets=("source",), by_article=False)
    assert by_section.total == 4
    assert dict(by_section.facets["source"]) == {"Marbeck Courier": 3, "Other Gazette": 1}


def test_filter_narrows_the_counts_of_other_facets_only(ask: Ask) -> None:
    chosen = ask("", filters=(Filter("source", ("Other Gazette",)),), facets=("source", "topic"))
    assert headlines(chosen) == ["Council budget"]
    assert len(chosen.facets["source"]) == 2
    assert chosen.facets["topic"] == ()
    excluded = ask("", filters=(Filter("source", (), ("Other Gazette",)),))
    assert headlines(excluded) == ["Ferry talks", "Harbour fire"]


def test_order_by_date_puts_undated_articles_last(ask: Ask) -> None:
    assert ask("", sort="newest").rows[0].article.headline == "Harbour fire"
    oldest = [row.article.headline for row in ask("", sort="oldest").rows]
    assert oldest == ["Ferry talks", "Harbour fire", "Council budget"]


def test_pages_never_repeat_or_drop_a_hit(ask: Ask) -> None:
    seen = [
        row.sections[0].section.pk
        for page in (1, 2, 3, 4, 5)
        for row in ask("", page=page, limit=1, by_article=False).rows
    ]
    assert len(seen) == len(set(seen)) == 4


def test_matches_are_marked(ask: Ask) -> None:
    row = ask("fires crews").rows[0]
    assert [piece.text for piece in row.headline if piece.matched] == ["fire"]
    assert [piece.text for piece in row.sections[0].heading if piece.matched] == ["Crews"]
    assert [piece.text for piece in row.sections[0].snippet.pieces if piece.matched] == ["Crews", "fire"]


def test_the_passage_of_an_article_is_the_best_prose_of_its_best_sections(
    ask: Ask, ingest_file: Callable[..., Any], tmp_path: Path
) -> None:
    menu = "JUST WATCHED Zeppelin Over Marbeck Replay More Videos ... MUST WATCH Zeppelin Zeppelin Zeppelin 01:19"
    prose = "A zeppelin was seen over the harbour by the people on the pier on Monday."
    sections = [{"heading": "Zeppelin", "text": menu}, {"text": prose}, {"text": "The zeppelin, again."}]
    path = tmp_path / "zeppelin.jsonl"
    path.write_text(json.dumps({"id": "9", "headline": "Zeppelin", "kind": "live", "sections": sections}) + "\n")
    ingest_file(path)
    sync.drain(no_progress)
    (row,) = ask("zeppelin").rows
    assert row.matched == 3
    assert "".join(piece.text for piece in row.best.snippet.pieces) == prose
    further, left_out = load_more_rows(Question(q="zeppelin"), row.article.pk, now=NOW)
    assert ({row.best.section, *(other.section for other in further)}, left_out) == (
        set(row.article.sections.all()),
        0,
    )
    assert len(further) == 2


def test_a_list_has_no_passages(ask: Ask) -> None:
    assert ask("fire", view="list").rows[0].best.snippet.pieces == ()


def test_an_answer_takes_three_database_queries(ask: Ask, django_assert_num_queries: Any) -> None:
    ask("fire")
    with django_assert_num_queries(3):
        ask("fire", facets=("source", "kind"))


def test_articles_are_found_once_and_best_first() -> None:
    assert find_articles("harbour", 10)[0] == Article.objects.get(headline="Harbour fire").pk
    assert len(find_articles("harbour OR ferries", 10)) == 2
    assert len(find_articles("harbour OR ferries", 1)) == 1
    with pytest.raises(QueryError):
        find_articles("peace w/0 talks", 10)


@pytest.fixture
def spelled(ingest_file: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More articles, with values that differ in case, accents and separators only, and with signs of the syntax."""
    monkeypatch.setattr(flow, "Finder", FinderHere)
    topics = (["white_house", "White House"], ["WHITE-HOUSE"], ['The "Wall"', "or"], ["none", "*"], ["w/5", "-x", "Ö"])
    languages = ("en", "en-GB", "EN_us", "de", "pt-BR")
    quote = '"Rain," Andriy Yermak told Reuters in Kyiv.\n'
    copied = quote + " ".join(f"word{number}" for number in range(60))
    texts = (copied, copied, "Words.", "Words.", "Words.")
    bylines = ("Associated Press", *["By Ada Reed and Bo"] * 4)
    rows = [
        {
            "id": f"s{number}",
            "source": "Spelled Post",
            "headline": f"Spelled {number}",
            "text": text,
            "topics": of,
            "language": language,
            "byline": byline,
        }
        for number, (of, language, text, byline) in enumerate(zip(topics, languages, texts, bylines, strict=True))
    ]
    Source.objects.create(name="Spelled Post", country="GB")
    path = tmp_path / "spelled.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    ingest_file(path)
    catch_up(no_progress)
    sync.drain(no_progress)


@pytest.mark.usefixtures("spelled")
@pytest.mark.parametrize("unit", ["section", "article"])
def test_click_on_a_value_finds_what_its_facet_counts(ask: Ask, unit: str) -> None:
    answer = ask("", unit=unit, facets=FACET_NAMES)
    for name, values in answer.facets.items():
        assert values
        for value, count in values:
            chosen = ask("", unit=unit, filters=(Filter(name, (value,)),))
            assert chosen.total == count, (name, value)
            excluded = ask("", unit=unit, filters=(Filter(name, excluded=(value,)),))
            assert excluded.total == answer.total - count, (name, value)


@pytest.mark.usefixtures("spelled")
@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        ('topic:"white house"', [0, 1]),
        ("topic:white", [0, 1]),
        ("topic:(white house)", [0, 1]),
        ("topic:white-house", [0, 1]),
        ("topic:whit*", [0, 1]),
        ("topic:wite~", [0, 1]),
        ('topic:"none"', [3]),
        ("topic:o", [4]),
        ("lang:english", [0, 1, 2]),
        ('lang:"English"', [0]),
        ("language:(german OR portuguese)", [3, 4]),
        ("la=brazilian", [4]),
        ("lang:br", []),
        ("topic:white NOT lang:british", [0]),
    ],
)
def test_values_are_found_however_they_are_spelled(ask: Ask, q: str, numbers: list[int]) -> None:
    assert headlines(ask(f"({q}) headline:spelled")) == [f"Spelled {number}" for number in numbers]


@pytest.mark.usefixtures("spelled")
def test_expansion_is_listed_where_it_says_more_than_its_term(ask: Ask) -> None:
    assert ask("kind:live lang:de topic:ö").expansions == ()
    (expansion,) = ask("lang:english").expansions
    assert dict(expansion.forms) == {"en": 1, "en-GB": 1, "EN_us": 1}
    assert [expansion.total for expansion in ask("lang:absent").expansions] == [0]
