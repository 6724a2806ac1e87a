"""search/results/corrections.py: what is offered instead of a query that finds little."""

import html
import re
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from django.test import Client
from django.utils import timezone

from search.engines.contract import QueryLimitError
from search.results import advice
from search.results.answers import Answer
from search.results.corrections import did_you_mean, parts_without_hits

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    texts = ["Zelensky spoke of sanctions in Kyiv. यूक्रेन में नौका।"] * 12 + [
        "Zelenski wrote once.",
        "A sanctiom in Marbeck.",
    ]
    begin_with({"headline": f"Report {number}", "text": text} for number, text in enumerate(texts))


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
        ("“zelenskyy” OR zelenskyy’s", "“zelenskyy” OR zelensky’s"),
        ("zelenskyy OR source:zelenskyy", "zelensky OR source:zelenskyy"),
        ("text:zelenskyy (zelenskyy)", "text:zelensky (zelensky)"),
        ('"zelenskyy"', None),
        ("NOT zelenskyy", None),
        ("date:2025", None),
    ],
)
def test_rare_word_is_replaced_by_a_similar_frequent_one(ask: Ask, q: str, expected: str | None) -> None:
    found = did_you_mean(ask(q), now=timezone.now())
    assert (found.question.q if found else None) == expected
    assert not found or found.total == ask(found.question.q).total


def test_parts_that_find_nothing_alone_are_named(ask: Ask) -> None:
    assert parts_without_hits(ask("kyiv zebra source:nowhere")) == ["zebra", "source:nowhere"]
    assert parts_without_hits(ask("kyiv marbeck")) == []
    assert parts_without_hits(ask("kyiv")) == []


def test_correction_that_finds_nothing_either_is_not_offered(client: Client) -> None:
    assert "Did you mean" in client.get("/", {"q": "kyiv zelenskyy"}).content.decode()
    page = client.get("/", {"q": "kyiv zelenskyy zebra"}).content.decode()
    assert "Did you mean" not in page
    assert 'Not in the archive: <code dir="auto">zelenskyy</code>, <code dir="auto">zebra</code>.' in page


def test_failing_correction_is_shown_like_a_failing_query(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise QueryLimitError("too wide")

    monkeypatch.setattr(advice, "parts_without_hits", fail)
    response = client.get("/", {"q": "kyiv zebra"})
    assert response.status_code == 400
    assert "too wide" in response.content.decode()


@pytest.mark.parametrize(
    "q", ["kyiv zebra or marbeck", "what did zelensky say in marbeck?", "kyiv zelenskyy xylophone"]
)
@pytest.mark.parametrize("narrowed", ["", "&kind=live", "&date=2001"])
def test_every_question_offered_without_hits_has_a_count_and_finds_as_much(
    client: Client, q: str, narrowed: str
) -> None:
    page = client.get(f"/?q={quote_plus(q)}{narrowed}").content.decode()
    main = page[page.index('id="count"') : page.index("</main>")]
    assert "No results" in main
    main = re.sub(r'(?s)<ul class="chips".*?</ul>|<section class="timeline".*?</section>', "", main)
    offered = re.findall(r'<a href="([^"]*)"[^>]*>(?:(?!</a>).)*</a>( \(([\d,]+)\))?', main)
    links = [(html.unescape(url), count) for url, _, count in offered if url.startswith("?")]
    assert links
    for url, count in links:
        assert count, url
        found = client.get("/" + url).context["answer"]
        assert found.total == int(count.replace(",", "")) > 0
