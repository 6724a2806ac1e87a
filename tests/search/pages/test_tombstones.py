"""What readers get at the addresses of what the archive has withdrawn, and in the register."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from archive.curation import Terms
from archive.models import Article, Section, Withdrawal
from archive.operations import restore, withdraw
from archive.search_port import no_progress
from search.index import sync
from tests.withheld_stories import FAR, U1, U2, take_in

pytestmark = pytest.mark.django_db

NOTE = "By order of the court of Oslo."


@pytest.fixture
def article() -> Article:
    take_in((U1, U2), kind="live")
    sync.drain(no_progress)
    return Article.objects.get()


def addresses_of(article: Article) -> list[str]:
    section = article.sections.order_by("position")[0]
    capture = article.captures.order_by("pk")[0].sha256[:16]
    other = article.captures.order_by("pk")[1].sha256[:16]
    return [
        article.get_absolute_url(),
        f"/articles/{article.pk}/",
        f"/articles/{article.pk}-x/",
        f"/articles/{article.pk}/?capture={capture}",
        f"/articles/{article.pk}/?capture={capture}&against={other}",
        f"/articles/{article.pk}/captures/",
        f"/articles/{article.pk}/more/",
        f"/articles/{article.pk}/cite/",
        f"/articles/{article.pk}/cite.csl",
        section.get_absolute_url(),
        f"{section.get_absolute_url()}?version=1",
        f"{section.get_absolute_url()}?version=2&against=1",
        f"{section.get_absolute_url()}cite/",
        f"{section.get_absolute_url()}cite.bibtex",
    ]


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize(("reason", "status"), [("law", 451), ("request", 410), ("error", 410), ("embargo", 410)])
def test_every_address_of_a_withdrawn_article_has_its_tombstone(
    client: Client, article: Article, reason: str, status: int
) -> None:
    addresses = addresses_of(article)
    withdraw([article], Terms(reason, note=NOTE), user_name="ada")
    for address in addresses:
        response = client.get(address)
        assert response.status_code == status, address
        assert NOTE in words(response), address
        assert "ada" not in words(response).split(), address
        assert article.headline not in words(response), address
        assert response.headers["Cache-Control"] == "no-cache", address
        assert ("blocked-by" in response.headers.get("Link", "")) == (status == 451), address


def test_the_headline_is_shown_where_all_withdrawals_allow_it(client: Client, article: Article) -> None:
    (first,) = withdraw([article], Terms("error", headline_shown=True), user_name="ada")
    assert article.headline in words(client.get(article.get_absolute_url()))
    withdraw([article], Terms("law"), user_name="ada")
    response = client.get(article.get_absolute_url())
    assert response.status_code == 451
    assert article.headline not in words(response)
    restore([first], user_name="ada")
    assert client.get(article.get_absolute_url()).status_code == 451


@pytest.mark.parametrize("accept", ["application/json", "text/plain", "application/json, text/plain;q=0.5"])
def test_programs_get_lines_of_text(client: Client, article: Article, accept: str) -> None:
    withdraw([article], Terms("law", note=NOTE), user_name="ada")
    response = client.get(article.get_absolute_url(), headers={"accept": accept})
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines()[0] == "The archive has withdrawn this live page."
    assert NOTE in response.content.decode()
    # A file is for programs, unless a browser opens it.
    file = f"/articles/{article.pk}/cite.csl"
    assert client.get(file).headers["Content-Type"] == "text/plain; charset=utf-8"
    assert b"<h1>" in client.get(file, headers={"accept": "text/html,*/*;q=0.8"}).content


@pytest.mark.parametrize(
    "hiding", [{"status": "withheld"}, {"embargo": FAR}, {"trashed": FAR}], ids=["withheld", "embargo", "trash"]
)
def test_what_is_hidden_anyway_is_not_found(client: Client, article: Article, hiding: dict[str, Any]) -> None:
    withdraw([article], Terms("law", headline_shown=True), user_name="ada")
    Article.objects.filter(pk=article.pk).update(**hiding)
    for address in addresses_of(article):
        assert client.get(address).status_code == 404, address


def test_a_page_says_what_was_withdrawn_in_its_place(client: Client, article: Article) -> None:
    section = article.sections.get(key="lead")
    withdraw([section], Terms("request", note=NOTE), user_name="ada")
    sync.drain(no_progress)
    for capture in ("", *article.captures.values_list("sha256", flat=True)):
        page = client.get(article.get_absolute_url(), {"capture": capture}).content.decode()
        assert f'<section id="s{section.pk}" class="section gone">' in page
        assert "An entry was withdrawn on" in page
        assert ": takedown request." in page
        assert "Everybody heard" not in page
    tombstone = client.get(section.get_absolute_url())
    assert tombstone.status_code == 410
    assert article.headline in words(tombstone)
    shas = list(article.captures.order_by("pk").values_list("sha256", flat=True))
    compared = words(client.get(article.get_absolute_url(), {"capture": shas[1], "against": shas[0]}))
    assert "1 section is withdrawn by the archive, and left out of the comparison." in compared
    listed = words(client.get(f"/articles/{article.pk}/captures/"))
    assert "1 section," in listed
    assert "2 entries" in words(client.get(article.get_absolute_url()))


def test_it_comes_back_by_itself(client: Client, article: Article) -> None:
    (row,) = withdraw([article], Terms("error", until=timezone.now() + timedelta(days=1)), user_name="ada")
    past = timezone.now() - timedelta(minutes=1)
    Withdrawal.objects.filter(pk=row.pk).update(until=past)
    Article.objects.filter(pk=article.pk).update(closed_until=past)
    assert client.get(article.get_absolute_url()).status_code == 200


class TestRegister:
    def test_it_is_for_those_who_withdraw_unless_it_is_public(
        self, client: Client, article: Article, settings: Any
    ) -> None:
        withdraw([article], Terms("law", note=NOTE), user_name="ada")
        assert client.get("/withdrawals/").status_code == 302
        client.force_login(User.objects.create_user("reader"))
        assert client.get("/withdrawals/").status_code == 403
        User.objects.get().user_permissions.add(Permission.objects.get(codename="withdraw_article"))
        client.force_login(User.objects.get())
        assert NOTE in words(client.get("/withdrawals/"))
        client.logout()
        settings.REGISTER_IS_PUBLIC = True
        shown = client.get("/withdrawals/")
        assert NOTE in words(shown)
        assert article.headline not in words(shown)
        assert "ada" not in words(shown).split()
        assert '<a href="/withdrawals/">' in client.get("/help/").content.decode()

    def test_it_names_what_may_be_named(self, client: Client, article: Article, settings: Any) -> None:
        settings.REGISTER_IS_PUBLIC = True
        section = article.sections.get(key="lead")
        withdraw([section], Terms("error"), user_name="ada")
        (shown,) = withdraw([article], Terms("error", headline_shown=True), user_name="ada")
        page = words(client.get("/withdrawals/"))
        assert article.headline in page
        assert section.heading not in page
        withdraw([article], Terms("law"), user_name="ada")
        page = client.get("/withdrawals/").content.decode()
        assert article.headline not in page
        assert f"Article {article.pk}" in page
        assert "headline" not in page
        restore([shown], user_name="ada")
        assert "restored" in words(client.get("/withdrawals/"))

    def test_it_is_paged_with_few_queries(
        self, client: Client, article: Article, settings: Any, django_assert_max_num_queries: Any
    ) -> None:
        settings.REGISTER_IS_PUBLIC = True
        at = timezone.now()
        Withdrawal.objects.bulk_create(
            Withdrawal(article=article, reason="law", at=at, user_name="ada", restored=at) for _ in range(120)
        )
        with django_assert_max_num_queries(6):
            page = client.get("/withdrawals/?page=2").content.decode()
        assert "Page 2 of 3" in page
        assert page.count("<li>") == 50

    def test_rows_of_deleted_articles_stay(self, client: Client, article: Article, settings: Any) -> None:
        settings.REGISTER_IS_PUBLIC = True
        withdraw([article], Terms("law", headline_shown=True), user_name="ada")
        Article.objects.all().delete()
        assert f"Article {article.pk}" in words(client.get("/withdrawals/"))
        assert client.get(f"/articles/{article.pk}/").status_code == 451
        assert not Section.objects.exists()
