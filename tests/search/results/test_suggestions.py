"""search/results/suggestions.py: what is offered while a query is typed."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command

from archive.curation import mark_curated
from archive.models import Article, PublishingStatus
from archive.search_port import no_progress
from search.engines.contract import Request
from search.index import sync
from search.index.current import engine
from search.query.parser import MAX_QUERY_CHARS, parse
from search.query.tree import Keyword, Node, Phrase, Word
from search.results.suggestions import Suggestion, suggest
from tests.conftest import NOW

from ..generated import make_query

pytestmark = pytest.mark.django_db

ARTICLES = [
    ("Prisoner exchange agreed", "The Independent", "2025-06-02", ["prisoner exchange"], "Ada Møller"),
    ("Prisoners “exchanged” at last*", "Independent Press", "2025-06-03", ["War"], "Bo"),
    ("Exchange rates near5 a low", "Die Zürcher", "2025-06-01", [], 'John "Jack" Smith'),
    ("Talks near Zürich", "CNN", "2025-06-04", ["war and peace", "or"], "Zadie"),
]

# The headlines as they can be written in a query.
PLAIN = [(re.sub("[“”*]", "", headline), *rest) for headline, *rest in ARTICLES]


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    names = ("headline", "source", "published", "topics", "byline")
    begin_with({**dict(zip(names, row, strict=True)), "text": f"Words of {row[0]}."} for row in ARTICLES)


def offered(q: str, **options: Any) -> dict[str, list[str]]:
    """Returns the queries of the suggestions, by kind."""
    return {
        kind: [suggestion.q for suggestion in suggestions]
        for kind, suggestions in suggest(q, now=NOW, **options).items()
    }


def test_word_is_completed_to_headlines_values_and_words() -> None:
    assert offered("z") == {
        "headline": ['headline:"Talks near Zürich"'],
        "source": ['source:"Die Zürcher"'],
        "byline": ['byline:"Zadie"'],
        "word": ["zurich"],
    }
    assert offered("EXCH") == {
        "headline": [
            'headline:"Prisoners exchanged at last"',
            'headline:"Prisoner exchange agreed"',
            'headline:"Exchange rates near5 a low"',
        ],
        "topic": ['topic:"prisoner exchange"'],
        "word": ["exchange", "exchanged"],
    }


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("lang:eng", [("English", 'lang:"en"', 1), ("British English", 'lang:"en-GB"', 1)]),
        ("la=brit", [("British English", 'la="en-GB"', 1)]),
        ("lang:anglais", [("English", 'lang:"en"', 1), ("British English", 'lang:"en-GB"', 1)]),
        ("kind:story", [("Article", 'kind:"article"', 6)]),
        ("month:ju", [("June 2025", 'month:"2025-06"', 4)]),
        ("topic:white-h", [("white_house", 'topic:"white_house"', 2)]),
        ("topic:white_", [("white_house", 'topic:"white_house"', 2)]),
    ],
)
def test_codes_are_suggested_by_their_names(
    ingest_file: Callable[..., Any], tmp_path: Path, q: str, expected: list[tuple[str, str, int]]
) -> None:
    path = tmp_path / "languages.jsonl"
    rows = [
        {"headline": "One", "text": "A.", "language": "en", "topics": ["white_house"]},
        {"headline": "Two", "text": "B.", "language": "en-GB", "topics": ["White-House", "white_house"]},
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    ingest_file(path)
    sync.drain(no_progress)
    (suggestions,) = suggest(q, now=NOW).values()
    assert [(suggestion.text, suggestion.q, suggestion.count) for suggestion in suggestions] == expected


def test_suggestion_has_its_kind_article_and_count() -> None:
    article = Article.objects.get(headline__startswith="Talks")
    assert suggest("talks zur", now=NOW)["headline"] == (
        Suggestion("headline", "Talks near Zürich", 'headline:"Talks near Zürich"', 1, article.pk, article.time),
    )
    # The query matches any form: two headlines have exchange, a third has exchanged.
    assert suggest("exch", now=NOW)["word"][0] == Suggestion("word", "exchange", "exchange", 3)


@pytest.mark.parametrize(
    ("q", "counts"),
    [
        ("text:exch", {"exchange": 3, "exchanged": 3}),
        ("headline:prisoner", {"prisoners": 2}),
        ("headline:wor", {}),  # in the texts alone
        ('"exch', {"exchange": 2, "exchanged": 1}),
        ('"prisoner exch', {"exchange": None, "exchanged": None}),
        ('headline:"exch', {"exchange": None, "exchanged": None}),
        ("hlead:exch", {"exchange": None, "exchanged": None}),
        ("at-las", {"last": None}),
    ],
)
def test_count_of_a_word_is_exact_or_missing(q: str, counts: Mapping[str, int | None]) -> None:
    assert {suggestion.text: suggestion.count for suggestion in suggest(q, now=NOW).get("word", ())} == counts


def test_word_that_would_be_tokenized_otherwise_is_not_offered(
    ingest_file: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "half.jsonl"
    path.write_text(json.dumps({"headline": "Soup", "text": "½ cup 1234 stirred"}), encoding="utf-8")
    ingest_file(path)
    sync.drain(no_progress)
    assert offered("1")["word"] == ["1234"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("prisoner exch", {"topic": ['topic:"prisoner exchange"'], "word": ["prisoner exchange", "prisoner exchanged"],
                           "headline": [f'headline:"{row[0]}"' for row in PLAIN[1::-1]]}),
        ("agreed prisone", {"headline": ['headline:"Prisoner exchange agreed"']}),
        ("x OR the ind", {"source": ['x OR source:"The Independent"', 'x OR the source:"Independent Press"']}),
        ("independent ", {"source": ['source:"Independent Press"']}),
        ("source:inde", {"source": ['source:"Independent Press"', 'source:"The Independent"']}),
        ("peace -source:c", {"source": ['peace -source:"CNN"']}),
        ("source:(x OR zur", {"source": ['source:(x OR "Die Zürcher"']}),
        ("topic:", {"topic": ['topic:"or"', 'topic:"prisoner exchange"', 'topic:"War"', 'topic:"war and peace"']}),
        ('topic:"pris', {"topic": ['topic:"prisoner exchange"']}),
        ("headline:rat", {"headline": ['headline:"Exchange rates near5 a low"'], "word": ["headline:rates"]}),
        ('"at las', {"headline": ['headline:"Prisoners exchanged at last"'], "word": ['"at last"']}),
        ("-agr", {"word": ["-agreed"]}),
        ("talks w/5 near", {"word": ['talks w/5 "near5"']}),
        ("exchanged-at-las", {"headline": ['headline:"Prisoners exchanged at last"'], "word": ["exchanged-at-last"]}),
        ("lang:e", {}),
        ("date:2025", {}),
        ("agreed", {"headline": ['headline:"Prisoner exchange agreed"']}),
        ("exchang*", {}),
        ("", {}),
        ("peace w/0 tal", {}),
    ],
)  # fmt: skip
def test_suggestions_depend_on_what_comes_before(q: str, expected: Mapping[str, list[str]]) -> None:
    found = offered(q)
    assert {kind: found.get(kind, []) for kind in expected} == expected
    assert bool(found) == bool(expected)


def test_value_with_quotation_marks_is_not_offered() -> None:
    assert offered("byline:john") == {}


def test_edited_headline_is_offered_as_it_is_now() -> None:
    article = Article.objects.get(headline__startswith="Talks")
    article.headline = "Quokkas near Zürich"
    mark_curated(article, ["headline"])
    article.save()
    call_command("index", "verify", "--repair")
    assert offered("quok")["headline"] == ['headline:"Quokkas near Zürich"']
    assert "headline" not in offered("talks")


def test_withheld_headline_is_not_offered() -> None:
    Article.objects.filter(headline__startswith="Talks").update(status=PublishingStatus.WITHHELD)
    assert "headline" not in offered("talks")


def test_limit_applies_to_each_kind() -> None:
    assert offered("exch", limit=1) == {
        "headline": ['headline:"Prisoners exchanged at last"'],
        "topic": ['topic:"prisoner exchange"'],
        "word": ["exchange"],
    }


def test_every_suggestion_can_be_read_and_finds_its_count() -> None:
    chance = Random(7)
    words = ["pris", "exch", "zur", "near", "o", "a", "in", "wa", "source:", 'topic:"w', "by=z", "headline:ex"]
    for _ in range(400):
        q = make_query(chance) if chance.random() < 0.5 else ""
        q = f"{q[: chance.randint(0, len(q))]} {' '.join(chance.choices(words, k=chance.randint(1, 3)))}"
        for kind, suggestions in suggest(q, now=NOW).items():
            for suggestion in suggestions:
                leaf = last_leaf(parse(suggestion.q, now=NOW).tree)
                assert suggestion.kind == kind
                if kind == "word":
                    assert isinstance(leaf, Word | Phrase)
                    assert leaf.text.lower().endswith(suggestion.text)
                    assert suggestion.count in (None, engine().search(Request(leaf)).total)
                    assert suggestion.count != 0
                elif kind == "headline":
                    assert isinstance(leaf, Phrase)
                    found = engine().search(Request(leaf))
                    assert suggestion.article_id in [hit.article_id for hit in found.hits]
                else:
                    assert isinstance(leaf, Keyword)
                    assert engine().search(Request(leaf)).total == suggestion.count


def last_leaf(node: Node) -> Any:
    """Returns the last leaf of a query."""
    match node:
        case _ if hasattr(node, "parts"):
            return last_leaf(node.parts[-1])
        case _ if hasattr(node, "part"):
            return last_leaf(node.part)
        case _ if hasattr(node, "right"):
            return last_leaf(node.right)
    return node


def test_query_that_is_too_long_is_not_offered() -> None:
    q = '"' + "a " * 1980 + '" talk'
    q = " " * (MAX_QUERY_CHARS - len(q) - 1) + q
    assert offered(q) == {"word": [q + "s"]}
    assert offered(" " + q) == {}


def test_command_prints_suggestions(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("search", "--suggest", "agr")
    shown = capsys.readouterr().out
    assert "word\n  agreed (1): agreed\n" in shown
    assert 'headline\n  Prisoner exchange agreed, 2025-06-02 (1): headline:"Prisoner exchange agreed"\n' in shown
    call_command("search", "--suggest", "agr", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["word"] == [{"text": "agreed", "query": "agreed", "count": 1}]
    assert found["headline"][0]["published"] == "2025-06-02"
    call_command("search", "--suggest", "hlead:agr")
    assert "word\n  agreed: hlead:agreed\n" in capsys.readouterr().out
