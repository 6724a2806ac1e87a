"""Long queries behind short addresses: stored once, found again, dropped by their use, never lost in silence."""

import re
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import OperationalError
from django.db.models import QuerySet
from django.test import Client, override_settings
from django.utils import timezone

from archive.models import Article
from search.models import LongQuery
from search.query import MAX_QUERY_CHARS
from search.results import Question, UnknownQueryError, long_queries
from search.results.long_queries import MAX_ADDRESS_QUERY_CHARS, digest_of, find_query, keep_queries

pytestmark = pytest.mark.django_db

# The names of 600 people, and a word of the seed.
NAMES = "prisoner OR " + " OR ".join(f"Surname{number}" for number in range(600))
LONG = NAMES[:MAX_QUERY_CHARS].rsplit(" OR ", 1)[0]
SHORT = f"/?query={digest_of(LONG)}"


def test_long_query_is_found_by_its_digest_and_stored_once() -> None:
    keep_queries([LONG, "short", "x" * (MAX_QUERY_CHARS + 1)])
    keep_queries([LONG])
    assert [stored.text for stored in LongQuery.objects.all()] == [LONG]
    assert find_query(digest_of(LONG)) == find_query(digest_of(LONG).upper()) == LONG
    for unknown in (digest_of("another"), digest_of(LONG) + "00", digest_of(LONG)[:-1], "", "\0", "ä" * 32):
        with pytest.raises(UnknownQueryError):
            find_query(unknown)


def test_question_has_the_short_address_and_comes_back_from_it() -> None:
    question = Question(q=LONG, sort="newest", page=3)
    querystring = question.to_querystring()
    assert querystring == f"?query={digest_of(LONG)}&sort=newest&page=3"
    assert Question(q="x" * MAX_ADDRESS_QUERY_CHARS).to_querystring().startswith("?q=xx")
    keep_queries([LONG])
    assert Client().get("/" + querystring).context["question"] == question


def test_queries_that_were_used_longest_ago_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_queries, "MAX_LONG_QUERIES", 3)
    texts = [f"{letter} {LONG}"[:MAX_QUERY_CHARS] for letter in "abcd"]
    for age, text in zip((9, 8, 7), texts, strict=False):
        keep_queries([text])
        LongQuery.objects.filter(pk=digest_of(text)).update(last_used=timezone.now() - timedelta(days=age))
    find_query(digest_of(texts[0]))
    keep_queries([texts[3]])
    assert set(LongQuery.objects.values_list("text", flat=True)) == {texts[0], texts[2], texts[3]}


def test_query_is_answered_where_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_queries([LONG])
    LongQuery.objects.update(last_used=timezone.now() - timedelta(days=9))

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(QuerySet, "update", fail)
    assert find_query(digest_of(LONG)) == LONG


@pytest.mark.parametrize("method", ["get", "post"])
def test_long_query_is_sent_on_to_its_short_address(seed: Article, client: Client, method: str) -> None:
    response = getattr(client, method)("/", {"q": LONG, "kind": "live", "sort": "newest"})
    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"?query={digest_of(LONG)}&kind=live&sort=newest",
    )


def test_posted_form_needs_no_token_and_a_short_query_stays_readable(seed: Article) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/", {"q": "prisoner\r\nexchange"}).headers["Location"] == "?q=prisoner%0Aexchange"
    assert client.post("/", {"q": LONG}).headers["Location"] == SHORT[1:]
    assert client.put("/").status_code == 405


def test_every_link_of_a_long_query_leads_to_the_same_question(seed: Article, client: Client) -> None:
    client.post("/", {"q": LONG})
    response = client.get(SHORT)
    page = response.content.decode()
    assert response.context["answer"].total
    assert f'<textarea id="q" name="q" rows="3" autocomplete="off" spellcheck="false" dir="auto">{LONG}<' in page
    assert len(page) < 120_000
    links = {unescape(url) for url in re.findall(r'(?:href|hx-get)="([^"]*\?[^"]*)"', page)}
    of_question = {url for url in links if "query=" in url}
    assert len(of_question) > 10
    kinds = ("/feed", "/export", "/articles")
    assert {kind for url in of_question for kind in kinds if url.startswith(kind)} == set(kinds)
    assert not [url for url in links if "Surname" in url]
    for url in sorted(of_question):
        followed = client.get(url if url.startswith("/") else f"/{url}")
        assert followed.status_code == 200
        question = followed.context["question"] if followed.context else None
        assert question is None or question.q == LONG
        # An export keeps its slot until it is read to its end.
        assert followed.getvalue()
    for path in ("/feed.atom", "/export.csv"):
        followed = client.get(path, {"q": LONG})
        assert followed.status_code == 200
        assert b"prisoner" in b"".join(followed)


def test_question_that_a_long_query_suggests_is_stored(seed: Article, client: Client) -> None:
    text = "(prisoner OR " + " OR ".join(f"Surname{number}" for number in range(60)) + ') "zebra" or else'
    keep_queries([text])
    page = client.get(Question(q=text).to_querystring().replace("?", "/?")).content.decode()
    offered = [unescape(url) for url in re.findall(r'<li><a href="(\?query=[^"]*)"', page)]
    assert offered
    for url in offered:
        assert client.get("/" + url).context["answer"].total


def test_unknown_address_is_404_with_the_cure(seed: Article, client: Client) -> None:
    for url in ("/", "/feed.atom", "/export.csv", "/values/kind/", seed.get_absolute_url()):
        response = client.get(url, {"query": digest_of("never asked"), "sort": "newest"})
        assert response.status_code == 404
        page = response.content.decode()
        assert "No search is stored under" in page
        assert "Write the query into the search box again" in page
        assert f'<a href="{url}">This page without the search</a>' in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_longer_query_is_an_error_with_the_text_still_in_the_box(seed: Article, client: Client, method: str) -> None:
    response = getattr(client, method)("/", {"q": "ferry " * 1500})
    assert response.status_code == 400
    page = response.content.decode()
    assert "the query has 8,999 characters" in page
    assert ("ferry " * 1500).strip() + "</textarea>" in page
    assert not LongQuery.objects.exists()


def test_closed_archive_stores_nothing_before_the_login(seed: Article, client: Client) -> None:
    with override_settings(LOGIN_TO_SEARCH=True):
        assert client.post("/", {"q": LONG}).headers["Location"].startswith("/login/")
        assert client.get(SHORT).headers["Location"].startswith("/login/")
        assert not LongQuery.objects.exists()
        client.force_login(User.objects.create_user("reader"))
        assert client.post("/", {"q": LONG}).headers["Location"] == SHORT[1:]


def test_command_answers_a_long_query(seed: Article) -> None:
    out = StringIO()
    call_command("search", LONG, stdout=out)
    assert re.search(r"\d sections? in", out.getvalue())
