"""search/results/corrections.py: what is offered instead of a query that finds little."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from archive.search_port import no_progress
from search.engines.contract import QueryLimitError
from search.index import sync
from search.pages import search as views
from search.results.answers import Answer
from search.results.corrections import did_you_mean, parts_without_hits

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def archive(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    texts = ["Zelensky spoke of sanctions in Kyiv. यूक्रेन में नौका।"] * 12 + [
        "Zelenski wrote once.",
        "A sanctiom in Marbeck.",
    ]
    lines = (json.dumps({"headline": f"Report {number}", "text": text}) for number, text in enumerate(texts))
    path.write_text("\n".join(lines))
    ingest_file(path)
    sync.drain(no_progress)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("Zelenskyy", "zelensky"),
        ("zelenksy", "zelensky"),
        ("zelenski", None),  # one stem with Zelensky
        ("sanctiom", "sanctions"),
        ("santcions Kyiv", "sanctions Kyiv"),
        ("Zelensky", None),
        ("sanction", None),
        ("marbeck", None),
        ("kiv", None),
        ("xylophone", None),
        ("यूकरेन", "यूक्रेन"),
        ("यूक्रन यूक्रनी", "यूक्रेन यूक्रेन"),
        ("“zelenskyy” zelenskyy’s", "“zelenskyy” zelensky’s"),
        ("zelenskyy source:zelenskyy", "zelensky source:zelenskyy"),
        ("text:zelenskyy (zelenskyy)", "text:zelensky (zelensky)"),
        ('"zelenskyy"', None),
        ("NOT zelenskyy", None),
        ("date:2025", None),
    ],
)
def test_rare_word_is_replaced_by_a_similar_frequent_one(ask: Ask, q: str, expected: str | None) -> None:
    found = did_you_mean(ask(q))
    assert (found.q if found else None) == expected


def test_parts_that_find_nothing_alone_are_named(ask: Ask) -> None:
    assert parts_without_hits(ask("kyiv zebra source:nowhere")) == ["zebra", "source:nowhere"]
    assert parts_without_hits(ask("kyiv marbeck")) == []
    assert parts_without_hits(ask("kyiv")) == []


def test_page_offers_both(client: Client) -> None:
    page = client.get("/", {"q": "kyiv zelenskyy zebra"}).content.decode()
    assert 'Did you mean <a href="?q=kyiv+zelensky+zebra"' in page
    assert 'Not in the archive: <code dir="auto">zelenskyy</code>, <code dir="auto">zebra</code>.' in page


def test_failing_correction_is_shown_like_a_failing_query(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise QueryLimitError("too wide")

    monkeypatch.setattr(views, "parts_without_hits", fail)
    response = client.get("/", {"q": "kyiv zebra"})
    assert response.status_code == 400
    assert "too wide" in response.content.decode()
