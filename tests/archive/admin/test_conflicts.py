"""Two curators at the same page: the second is shown what the first changed, and nothing is overwritten blindly."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml.html import HtmlElement, fromstring

from archive.models import Article, Edit, Source, Topic

from .clients import client_of

pytestmark = pytest.mark.django_db
Row = Article | Source | Topic


@pytest.fixture
def ada(db: None) -> Client:
    return client_of("Librarian", "ada")


@pytest.fixture
def ben(db: None) -> Client:
    return client_of("Librarian", "ben")


def page_of(row: Row) -> str:
    return reverse(f"admin:archive_{row._meta.model_name}_change", args=[row.pk])


def fields_of(page: HtmlElement) -> dict[str, Any]:
    """Returns what a browser would send of the form of a page."""
    (form,) = (form for form in page.forms if str(form.get("id", "")).endswith("_form"))
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent


class Opened:
    """A page that somebody opened, as a browser has it."""

    def __init__(self, client: Client, row: Row, page: HtmlElement | None = None) -> None:
        self.client, self.row = client, row
        self.page = fromstring(client.get(page_of(row)).content) if page is None else page
        self.fields = fields_of(self.page)

    def save(self, **changes: Any) -> "Opened":
        response = self.client.post(page_of(self.row), {**self.fields, **changes})
        self.status = response.status_code
        if self.status == 302:
            text = self.client.get(response["Location"]).content.decode()
            return Opened.shown(fromstring(text), 302)
        page = fromstring(response.content)
        if self.status != 200:
            return Opened.shown(page, self.status)
        opened = Opened(self.client, self.row, page)
        opened.status = 200
        return opened

    @classmethod
    def shown(cls, page: HtmlElement, status: int) -> "Opened":
        opened = cls.__new__(cls)
        opened.page, opened.status = page, status
        return opened

    @property
    def text(self) -> str:
        return " ".join(self.page.text_content().split())

    @property
    def asked(self) -> list[str]:
        return list(self.page.xpath("//input[@name='conflict']/@value"))


@pytest.fixture
def article(receive: Callable[..., Article]) -> Article:
    return receive(byline="Cy Roe", published="2025-06-02T14:30:00Z")


def test_second_is_shown_both_values_and_who_set_the_other(article: Article, ada: Client, ben: Client) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    assert first.save(headline="Fire at the quay").status == 302
    answer = second.save(headline="Blaze at the quay")
    assert (answer.status, answer.asked) == (200, ["headline"])
    for words in ("ada,", "Fire became Fire at the quay", "what is there now: Fire at the quay", "Blaze at the quay"):
        assert words in answer.text
    article.refresh_from_db()
    assert article.headline == "Fire at the quay"
    assert answer.page.xpath("//textarea[@name='headline']")[0].text.strip() == "Blaze at the quay"


@pytest.mark.parametrize(("choice", "kept"), [("mine", "Blaze"), ("theirs", "Fire at the quay")])
def test_choice_of_the_second_is_saved(article: Article, ada: Client, ben: Client, choice: str, kept: str) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(headline="Fire at the quay")
    answer = second.save(headline="Blaze", byline="Di Fox").save(**{"choice-headline": choice})
    assert answer.status == 302
    article.refresh_from_db()
    assert (article.headline, article.byline) == (kept, "Di Fox")
    last = Edit.objects.filter(field="headline").first()
    assert last
    assert (last.user_name, last.old) == (("ben", "Fire at the quay") if choice == "mine" else ("ada", "Fire"))


def test_saving_again_without_a_choice_changes_nothing(article: Article, ada: Client, ben: Client) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(headline="Fire at the quay")
    answer = second.save(headline="Blaze")
    for _ in range(2):
        answer = answer.save()
        assert (answer.status, answer.asked) == (200, ["headline"])
    article.refresh_from_db()
    assert article.headline == "Fire at the quay"
    assert answer.save(headline="Fire at the quay").status == 302


def test_third_change_during_the_choice_is_shown_too(article: Article, ada: Client, ben: Client) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(headline="Fire at the quay")
    answer = second.save(headline="Blaze")
    Opened(ada, article).save(headline="Fire at the mill")
    answer = answer.save(**{"choice-headline": "mine"})
    assert (answer.status, answer.asked) == (200, ["headline"])
    assert "Fire at the quay became Fire at the mill" in answer.text
    article.refresh_from_db()
    assert article.headline == "Fire at the mill"
    assert answer.save(**{"choice-headline": "mine"}).status == 302


def test_fields_that_one_of_them_changed_are_no_conflict(article: Article, ada: Client, ben: Client) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(headline="Fire at the quay", standfirst="By the sea.")
    answer = second.save(byline="Di Fox")
    assert answer.status == 302
    assert (
        "Headline was changed from “Fire” to “Fire at the quay” while you edited, by ada; that is kept." in answer.text
    )
    article.refresh_from_db()
    assert (article.headline, article.standfirst, article.byline) == ("Fire at the quay", "By the sea.", "Di Fox")


def test_same_change_by_both_is_no_conflict(article: Article, ada: Client, ben: Client) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(headline="Fire at the quay")
    assert second.save(headline="Fire at the quay").status == 302


def test_second_press_of_the_button_changes_nothing_more(article: Article, ada: Client) -> None:
    topic = Topic.objects.create(name="Ports")
    page = Opened(ada, article)
    changes = {"headline": "Fire at the quay", "topics": [topic.pk], "published_1": "15:00"}
    assert page.save(**changes).status == 302
    edits = Edit.objects.count()
    answer = page.save(**changes)
    assert (answer.status, Edit.objects.count()) == (302, edits)
    assert "while you edited" not in answer.text


def test_capture_that_changed_the_same_field_is_shown(
    article: Article, receive: Callable[..., Article], ben: Client
) -> None:
    page = Opened(ben, article)
    receive(headline="Fire is out", text="It is out.", published="2025-06-02T14:30:00Z")
    answer = page.save(headline="Blaze", byline="Di Fox")
    assert answer.asked == ["headline"]
    assert "It was Fire when you opened the page." in answer.text
    assert answer.save(**{"choice-headline": "theirs"}).status == 302
    article.refresh_from_db()
    assert (article.headline, article.byline, article.curated_fields) == ("Fire is out", "Di Fox", ["byline"])


@pytest.mark.parametrize(
    ("choice", "kept"), [("theirs", ("2025-06-03 14:30", "second")), ("mine", ("2025-06-02 14:30", "day"))]
)
def test_time_and_its_precision_are_one_choice(
    article: Article, ada: Client, ben: Client, choice: str, kept: tuple[str, str]
) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(published_0="2025-06-03")
    answer = second.save(published_precision="day")
    assert answer.asked == ["published"]
    assert answer.save(**{"choice-published": choice}).status == 302
    article.refresh_from_db()
    assert (f"{article.published:%Y-%m-%d %H:%M}", article.published_precision) == kept


def test_topics_that_both_changed_are_a_conflict_and_named(article: Article, ada: Client, ben: Client) -> None:
    ports, storms = Topic.objects.create(name="Ports"), Topic.objects.create(name="Storms")
    fires = article.topics.get()
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(topics=[fires.pk, ports.pk])
    answer = second.save(topics=[storms.pk])
    assert answer.asked == ["topics"]
    assert "what is there now: Fires, Ports" in answer.text
    assert "what I entered: Storms" in answer.text
    assert answer.save(**{"choice-topics": "mine"}).status == 302
    assert list(article.topics.all()) == [storms]


def test_topic_and_source_that_are_gone_meanwhile_are_no_error(article: Article, ada: Client, ben: Client) -> None:
    second = Opened(ben, article)
    other = Source.objects.create(name="The Courier")
    old = article.source
    Opened(ada, article).save(source=other.pk)
    old.delete()
    article.topics.get().delete()
    assert second.save(byline="Di Fox").status == 302
    article.refresh_from_db()
    assert (article.source, article.byline, list(article.topics.all())) == (other, "Di Fox", [])


def test_what_the_page_showed_survives_an_error(article: Article, ben: Client) -> None:
    topic = Topic.objects.create(name="Ports")
    article.topics.clear()
    page = Opened(ben, article)
    answer = page.save(url="not an address", topics=[topic.pk], published_0="2025-06-03", byline="")
    assert answer.status == 200
    assert answer.save(url="").status == 302
    article.refresh_from_db()
    assert (list(article.topics.all()), f"{article.published:%d}", article.byline) == ([topic], "03", "")


def test_field_that_the_other_changed_is_shown_when_the_page_comes_back(
    article: Article, ada: Client, ben: Client
) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(headline="Fire at the quay")
    answer = second.save(url="not an address")
    assert "Changed while you edited, and kept" in answer.text
    assert answer.page.xpath("//textarea[@name='headline']")[0].text.strip() == "Fire at the quay"
    assert answer.save(url="").status == 302
    article.refresh_from_db()
    assert article.headline == "Fire at the quay"


@pytest.mark.parametrize("model", [Source, Topic])
def test_sources_and_topics_are_shown_as_articles_are(model: Any, ada: Client, ben: Client) -> None:
    row = model._default_manager.create(name="Courier", note="Daily.")
    first, second, third = (Opened(client, row) for client in (ada, ben, ben))
    first.save(name="The Courier", note="Weekly.")
    answer = second.save(name="Courier of Marbeck")
    assert answer.asked == ["name"]
    assert "Daily. became Weekly." in answer.text
    assert answer.save(**{"choice-name": "mine"}).status == 302
    assert third.save().status == 302
    row.refresh_from_db()
    assert (str(row), row.note) == ("Courier of Marbeck", "Weekly.")


@pytest.mark.parametrize("model", [Source, Topic])
def test_page_of_what_was_deleted_meanwhile_shows_what_was_entered(model: Any, ada: Client, ben: Client) -> None:
    row = model._default_manager.create(name="Courier", note="Daily.")
    page = Opened(ben, row)
    delete = reverse(f"admin:archive_{model._meta.model_name}_delete", args=[row.pk])
    assert ada.post(delete, {"post": "yes"}).status_code == 302
    answer = page.save(note="A note of many words.")
    assert answer.status == 410
    for words in ("Nothing was saved", "A note of many words.", "deleted, by ada"):
        assert words in answer.text
    again = ada.post(delete, {"post": "yes"}, follow=True)
    assert "is not there any more" in again.content.decode()


def test_page_of_what_became_hidden_meanwhile_names_nobody(article: Article, ada: Client) -> None:
    cy = client_of("Curator", "cy")
    page = Opened(cy, article)
    Opened(ada, article).save(status="withheld")
    answer = page.save(byline="Di Fox")
    assert answer.status == 410
    assert "Di Fox" in answer.text
    assert "ada" not in answer.text
    article.refresh_from_db()
    assert article.byline == "Cy Roe"


def test_words_of_others_are_escaped(article: Article, ada: Client, ben: Client) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(headline="<b>Fire</b><script>alert(1)</script>")
    answer = second.save(headline="<i>Blaze</i>")
    assert not answer.page.xpath("//section[contains(@class, 'conflicts')]//*[self::b or self::i or self::script]")


@pytest.mark.parametrize("opened", ["", "x", "-1", "9" * 30])
def test_page_with_a_broken_number_of_edits_still_works(
    article: Article, ada: Client, ben: Client, opened: str
) -> None:
    first, second = Opened(ada, article), Opened(ben, article)
    first.save(headline="Fire at the quay")
    assert second.save(headline="Blaze", opened=opened).asked == ["headline"]
