"""Generated queries on a generated archive: the cluster finds and counts exactly what the embedded engine does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archive.times import OutletTime
from search.engines.contract import Document, EngineError, Filter, QueryLimitError, Request, Sort
from search.engines.opensearch import OpenSearchEngine
from search.engines.statements import SaidText
from search.engines.whoosh import WhooshEngine
from search.query import Node, QueryError, parse

from ...generated import make_query
from .conftest import MakeEngine

SECTIONS = 600
QUERIES = 300
NOW = datetime(2016, 11, 20, 12, tzinfo=UTC)
WORDS = (
    *"the to of and a in that s said is for on he it with as president people government immigration".split(),
    *"immigrant trump police talks talk talking peace sanctions exchange exchanges US us U.S. women woman".split(),
    *"prewar pre-war Zelensky cease-fire ceasefire well-being O'Brien Zürich Zuerich İstanbul Москва 北京".split(),
    *("القوات", "F-16s", "12 000", "15 000", "3.5", "1,000", "2016", "none", "co", "recent", "an", "and", "don’t"),
    *("Köln", "National.\n", "Ion."),
)
NAMES = ("Ada Møller", "Moeller, Bo", "Bo Reed", "al-Møller", "The Globe")
SORTS: tuple[Sort, ...] = ("newest", "oldest", "captured")
FACETS = ("source", "topic", "byline", "kind", "person")
MODES: tuple[dict[str, Any], ...] = (
    {},
    {"by_article": True},
    {"by_article": True, "fold": "group"},
    {"unit": "article"},
    {"leads": True, "filters": (Filter("kind", ("live",)),)},
)


def _text(chance: Random, most: int) -> str:
    words = [chance.choice(WORDS) for _ in range(chance.randint(0, most))]
    return " ".join(f"{word}{chance.choice(('', '', '', '', '.', ',', '.' + chr(10)))}" for word in words)


def _date(chance: Random) -> OutletTime | datetime | None:
    zone = timezone(timedelta(minutes=chance.choice((0, 60, -300, 345))))
    at = datetime(2016, 11, 1, tzinfo=zone) + timedelta(minutes=chance.randint(0, 40_000))
    day = at.replace(hour=0, minute=0)
    vague = (OutletTime(day, "day"), OutletTime(day.replace(day=1), "month"))
    return chance.choice((at, at, at, *vague, OutletTime(day.replace(month=1, day=1), "year"), None))


def _said(chance: Random, text: str) -> Iterator[SaidText]:
    for _ in range(chance.choice((0, 0, 1, 2))):
        start = chance.randint(0, len(text))
        yield SaidText((("text", start, start + chance.randint(5, 60)),), (chance.choice(NAMES),))


def make_documents(chance: Random, count: int) -> list[Document]:
    """Returns sections of articles and live pages, with values in all kinds of fields."""
    documents: list[Document] = []
    article = 0
    while len(documents) < count:
        article += 1
        live = chance.random() < 0.4
        shared: dict[str, Any] = {
            "headline": _text(chance, 6),
            "standfirst": _text(chance, 8),
            "kind": "live" if live else "article",
            "source": chance.choice(("CNN", "Fox News", "NPR", "")),
            "topic": tuple(chance.sample(("immigration", "War", "Trade"), chance.randint(0, 2))),
            "lang": chance.choice(("en", "en-GB", "")),
            "byline": tuple(chance.sample(NAMES, chance.randint(0, 2))),
            "group": str(chance.randint(1, article)) if chance.random() < 0.3 else "",
            "url": (f"news.example/{chance.choice(('2016/trump', 'live/peace-talks', 'a'))}/{article}",),
        }
        for _ in range(chance.randint(1, 6) if live else 1):
            text = _text(chance, 40)
            said = tuple(_said(chance, text))
            own: dict[str, Any] = {
                "heading": _text(chance, 4),
                "text": text,
                "date": _date(chance),
                "captured": NOW - timedelta(hours=chance.randint(0, 900)),
                "person": tuple(chance.sample(NAMES, chance.randint(0, 2))),
                "speaker": tuple({name for statement in said for name in statement.speaker}),
                "event": ((date(2016, 11, chance.randint(1, 9)), date(2016, 11, chance.randint(9, 29))),),
            }
            number = len(documents) + 1
            changed = NOW - timedelta(seconds=chance.randint(0, 99_999))
            documents.append(Document(number, article, shared | own, f"state {number}", changed, said))
    return documents


def make_trees(chance: Random, count: int) -> Iterator[Node]:
    """Yields the trees of generated queries, some of them within said()."""
    made = 0
    while made < count:
        query = make_query(chance)
        if chance.random() < 0.1:
            query = f"said({query})"
        try:
            tree = parse(query, now=NOW).tree
        except QueryError:
            continue
        if tree is not None:
            made += 1
            yield tree


def compare(cluster: OpenSearchEngine, embedded: WhooshEngine, request: Request) -> bool:
    """Compares two answers to a request. Returns False if the embedded engine refuses it."""
    try:
        expected = embedded.search(request)
    except QueryLimitError:
        return False
    found = cluster.search(request)
    plain = {"hits": (), "expansions": ()}
    assert replace(found, **plain) == replace(expected, **plain)  # type: ignore[arg-type]
    assert [replace(hit, score=0) for hit in found.hits] == [replace(hit, score=0) for hit in expected.hits]
    assert found.expansions == expected.expansions
    assert list(cluster.scan(request)) == list(embedded.scan(request))
    return True


@pytest.mark.slow
def test_generated_queries_find_and_count_the_same(make_engine: MakeEngine, tmp_path: Path) -> None:
    chance = Random(20161108)  # the same queries in each run
    documents = make_documents(chance, SECTIONS)
    cluster, embedded = make_engine("generated"), WhooshEngine(tmp_path / "index")
    for engine in (cluster, embedded):
        engine.rebuild(documents[:-50])
        with engine.write() as batch:
            for article in {document.article_id for document in documents[-50:]}:
                batch.delete_article(article)
            for document in documents:
                if document.article_id in {other.article_id for other in documents[-50:]}:
                    batch.add(document)
    compared = 0
    for number, tree in enumerate(make_trees(chance, QUERIES)):
        mode = MODES[number % len(MODES)]
        sort = chance.choice(SORTS)
        request = Request(tree, facets=FACETS, histogram="auto", sort=sort, limit=10, time_limit_seconds=60, **mode)
        try:
            compared += compare(cluster, embedded, request)
        except (AssertionError, EngineError) as error:
            raise AssertionError(f"query {number}, {request}") from error
    assert compared > QUERIES * 0.9
