"""The pages of the admin that withdraw and restore, as a librarian uses them."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from archive.models import Article, Operation, Section, Withdrawal
from archive.search_port import no_progress
from search.index import sync
from tests.withheld_stories import U1, U2, take_in

pytestmark = pytest.mark.django_db


def sign_in(*codenames: str) -> Client:
    user = User.objects.create_user("ada", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def librarian() -> Client:
    return sign_in("withdraw_article", "view_hidden", "view_article", "view_section")


@pytest.fixture
def article() -> Article:
    take_in((U1, U2), kind="live")
    sync.drain(no_progress)
    return Article.objects.get()


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_an_article_is_withdrawn_and_restored(librarian: Client, client: Client, article: Article) -> None:
    form = reverse("admin:withdraw_article", args=[article.pk])
    assert form in librarian.get(article.get_absolute_url()).content.decode()
    assert form in librarian.get(reverse("admin:archive_article_change", args=[article.pk])).content.decode()
    shown = words(librarian.get(form))
    assert "3 sections" in shown
    assert "2 captures whose bytes nobody may download" in shown
    answer = librarian.post(form, {"reason": "law", "note": "By order of the court."}, follow=True)
    assert "Withdrawn from readers: article" in words(answer)
    assert client.get(article.get_absolute_url()).status_code == 451
    row = Withdrawal.objects.get()
    assert (row.user_name, row.reason, row.note) == ("ada", "law", "By order of the court.")
    listed = words(librarian.get(reverse("admin:archive_withdrawal_changelist")))
    assert article.headline in listed
    assert "until restored" in listed
    restored = librarian.post(reverse("admin:restore_withdrawal", args=[row.pk]), follow=True)
    assert "Restored: article" in words(restored)
    assert client.get(article.get_absolute_url()).status_code == 200
    again = librarian.post(reverse("admin:restore_withdrawal", args=[row.pk]), follow=True)
    assert "ada restored it on" in words(again)
    assert [operation.kind for operation in Operation.objects.order_by("pk")] == ["withdrawn", "restored"]


def test_a_section_is_withdrawn_from_its_page(librarian: Client, client: Client, article: Article) -> None:
    section = article.sections.order_by("position")[1]
    form = reverse("admin:withdraw_section", args=[section.pk])
    assert form in librarian.get(section.get_absolute_url()).content.decode()
    assert form in librarian.get(reverse("admin:archive_section_change", args=[section.pk])).content.decode()
    librarian.post(form, {"reason": "error"})
    assert client.get(section.get_absolute_url()).status_code == 410
    assert "An entry was withdrawn on" in words(client.get(article.get_absolute_url()))
    assert section.heading in words(librarian.get(article.get_absolute_url()))


def test_sections_with_the_same_words_are_named(librarian: Client, article: Article) -> None:
    take_in((U1,), story="copy")
    copy = Section.objects.exclude(article=article.pk).order_by("position")[0]
    section = Section.objects.filter(article=article.pk).order_by("position")[0]
    shown = librarian.get(reverse("admin:withdraw_section", args=[section.pk])).content.decode()
    assert reverse("admin:withdraw_section", args=[copy.pk]) in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "This field is required"),
        ({"reason": "x" * 100_000}, "Choose a reason from the list."),
        ({"reason": "law", "note": "x" * 100_000}, "has 100,000 characters; at most 2,000"),
        ({"reason": "law", "note": "a\x00b"}, "Null characters are not allowed"),
        ({"reason": "law", "note": "a\u202eb"}, "U+202E"),
        ({"reason": "law", "until": "2020-01-01T00:00"}, "is past"),
        ({"reason": "law", "until": "soon"}, "Enter a valid date/time"),
        ({"reason": "law", "until": "9999-12-31T00:00"}, "too far ahead"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_beside_its_field(
    librarian: Client, article: Article, sent: dict[str, str], said: str
) -> None:
    response = librarian.post(reverse("admin:withdraw_article", args=[article.pk]), sent)
    assert (response.status_code, Withdrawal.objects.count()) == (400, 0)
    assert said in words(response)


def test_withdrawing_twice_says_who_did_it_first(librarian: Client, article: Article) -> None:
    form = reverse("admin:withdraw_article", args=[article.pk])
    librarian.post(form, {"reason": "law"})
    second = librarian.post(form, {"reason": "law"})
    assert "ada withdrew it for this reason on" in words(second)
    assert Withdrawal.objects.count() == 1


@pytest.mark.parametrize("name", ["withdraw_article", "withdraw_section", "restore_withdrawal"])
def test_each_page_needs_the_permission(article: Article, name: str) -> None:
    client = sign_in("change_article", "view_article", "view_section", "view_hidden")
    pk = Section.objects.latest("pk").pk if name == "withdraw_section" else article.pk
    for send in (client.get, client.post):
        assert send(reverse(f"admin:{name}", args=[pk])).status_code == 403
    assert client.get(reverse("admin:archive_withdrawal_changelist")).status_code == 403
    assert "Withdraw this" not in client.get(article.get_absolute_url()).content.decode()


def test_who_sees_no_hidden_articles_withdraws_what_is_shown(article: Article) -> None:
    client = sign_in("withdraw_article")
    form = reverse("admin:withdraw_article", args=[article.pk])
    client.post(form, {"reason": "request"})
    assert Withdrawal.objects.count() == 1
    assert client.get(form).status_code == 404
    listed = words(client.get(reverse("admin:archive_withdrawal_changelist")))
    assert f"Article {article.pk}" in listed
    assert article.headline not in listed
