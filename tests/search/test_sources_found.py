"""Articles are found by what curators set of their source: its country and its kind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from archive.models import Source
from archive.operations import EDITED, operation, undo
from archive.search_port import no_progress
from search.engines import Filter
from search.index import drain, verify
from search.results.facets import value_label

pytestmark = pytest.mark.usefixtures("empty_index")

SOURCES = {
    "Kyiv Post": ("UA", "outlet"),
    "Wire": ("GB", "agency"),
    "Ministry": ("US", "channel"),
    "Blog": ("", "outlet"),
}


@pytest.fixture(autouse=True)
def archive(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    for name, (country, kind) in SOURCES.items():
        Source.objects.create(name=name, country=country, kind=kind)
    path = tmp_path / "a.jsonl"
    articles = [{"id": name, "headline": name, "text": "A ferry sank.", "source": name} for name in SOURCES]
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest_file(path)
    drain(no_progress)


def found(ask: Callable[..., Any], q: str, **options: Any) -> list[str]:
    return sorted(row.article.headline for row in ask(q, **options).rows)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country:UA", ["Kyiv Post"]),
        ("country:ukraine", ["Kyiv Post"]),
        ("nation:Україна", ["Kyiv Post"]),
        ("country:gb", ["Wire"]),
        ("country:uk", ["Wire"]),
        ('country:"united kingdom"', ["Wire"]),
        ("country:united", ["Ministry", "Wire"]),
        ("country:us", ["Ministry"]),
        # A word of "Estados Unidos de América", and the code of another country.
        ("country:de", []),
        ("country:none", ["Blog"]),
        ("country:*", ["Kyiv Post", "Ministry", "Wire"]),
        ("country:(ukraine OR gb) ferry", ["Kyiv Post", "Wire"]),
        ("source-kind:agency", ["Wire"]),
        ("SOURCE-KIND:wire", ["Wire"]),
        ('source-kind:="official channel"', ["Ministry"]),
        ("outlet-kind:(agency OR channel)", ["Ministry", "Wire"]),
        ("-source-kind:outlet", ["Ministry", "Wire"]),
        ("source-kind:outlet source:blog", ["Blog"]),
    ],
)
def test_articles_are_found_by_country_and_kind_of_their_source(
    ask: Callable[..., Any], query: str, expected: list[str]
) -> None:
    assert found(ask, query) == expected


def test_both_are_facets_with_names(ask: Callable[..., Any], client: Client) -> None:
    facets = ask("ferry", facets=("country", "source-kind")).facets
    assert dict(facets["country"]) == {"UA": 1, "GB": 1, "US": 1}
    assert dict(facets["source-kind"]) == {"outlet": 2, "agency": 1, "channel": 1}
    assert found(ask, "ferry", filters=(Filter("country", ("UA", "US")),)) == ["Kyiv Post", "Ministry"]
    page = client.get("/values/country/?q=ferry").content.decode()
    assert "United Kingdom" in page
    assert "Official channel" in client.get("/values/source-kind/?q=ferry").content.decode()
    assert "Official channel" in client.get("/?source-kind=channel").content.decode()
    assert [value_label("country", code) for code in ("GB", "xx")] == ["United Kingdom", "xx"]


def test_a_change_of_a_source_is_a_change_of_its_articles(ask: Callable[..., Any]) -> None:
    source = Source.objects.get(name="Blog")
    with operation(EDITED, user_name="ada", label="Edited “Blog”") as act:
        act.watch(Source, [source.pk])
        source.country, source.kind = "FR", "channel"
        source.save()
    drain(no_progress)
    assert found(ask, "country:france source-kind:channel") == ["Blog"]
    undo(act.operation, user_name="ada")
    drain(no_progress)
    assert found(ask, "country:france") == []
    assert found(ask, "country:none source-kind:outlet") == ["Blog"]
    assert verify(no_progress).clean
