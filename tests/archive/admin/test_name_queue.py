"""Names and statements as curators see them, decide on them and take it back; and what two at once are told."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from archive.models import (
    Article,
    Name,
    NameJudgement,
    NameType,
    Operation,
    PublishingStatus,
    Spelling,
    Statement,
    record_changes,
)
from archive.naming import state_of, weigh
from archive.operations import undo
from archive.search_port import no_progress
from search.index import drain
from tests.archive.naming import names

from .clients import client_of

QUEUE, LIST = "/admin/archive/name/queue/", "/admin/archive/name/"
ARTICLES: list[dict[str, Any]] = [
    {"headline": "Ferry", "text": "First.\nAnn Lee <b>spoke</b> of it, said Bob Roe.\nLast."},
    {"headline": "Bridge", "text": "Kyiv waits for Bob Roe, and Ann Lee."},
    {"headline": "Storm", "text": "Kiev has Hid Den."},
]


@pytest.fixture(autouse=True)
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(ARTICLES)
    for headline, text in (("Ferry", "Ann Lee"), ("Ferry", "Bob Roe"), ("Bridge", "Bob Roe"), ("Storm", "Hid Den")):
        names.mention(headline, text)
    names.mention("Bridge", "Kyiv", kind=NameType.PLACE)
    names.mention("Storm", "Kiev", kind=NameType.PLACE)
    names.state("Ferry", "Ann Lee <b>spoke</b> of it", speaker="Ann Lee")
    weigh()


@pytest.fixture
def librarian() -> Client:
    return client_of("Librarian")


@pytest.fixture
def curator() -> Client:
    return client_of("Curator")


def of(label: str) -> Name:
    return Name.objects.get(label=label)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def send(client: Client, kind: str, *rows: Name | Statement, decision: str, **values: Any) -> str:
    sent = {"item": "-".join(str(row.pk) for row in rows), "seen": state_of(rows), "decision": decision, **values}
    page = client.post(f"{QUEUE}?kind={kind}", sent, follow=True).content.decode()
    drain(no_progress)
    return str(page)


def test_the_start_page_leads_to_the_queue_with_its_number(curator: Client) -> None:
    page = text_of(curator, "/admin/")
    assert QUEUE in page
    assert "Names and statements to decide on" in page


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("merges", ("Kyiv", "Kiev", "waits for Bob Roe", "has Hid Den")),
        ("names", ("Bob Roe", "of it, said", "found by rule: after a title (right in 90%)")),
        ("statements", ("Speaker:", "<mark>Ann Lee &lt;b&gt;spoke&lt;/b&gt; of it</mark>, said Bob Roe.")),
    ],
)
def test_each_is_shown_with_its_evidence(librarian: Client, kind: str, shown: tuple[str, ...]) -> None:
    page = text_of(librarian, f"{QUEUE}?kind={kind}")
    assert [words for words in shown if words not in page] == []


def test_a_merge_is_found_in_the_next_search_and_its_undo_takes_it_back(
    librarian: Client, ask: Callable[..., Any]
) -> None:
    record_changes(Article.objects.values_list("pk", flat=True))
    page = send(librarian, "merges", of("Kyiv"), of("Kiev"), decision="accept")
    assert "Merged “Kiev” into “Kyiv”. Operations can undo it." in page
    assert ask("place:Kyiv").total == 2
    old = Name.objects.get(label="Kiev")
    assert librarian.get(f"{LIST}{old.pk}/change/")["Location"] == f"{LIST}{of('Kyiv').pk}/change/"
    undo(Operation.objects.latest("pk"), user_name="cleo")
    drain(no_progress)
    assert ask("place:Kyiv").total == 1
    assert ask("place:Kiev").total == 1


def test_the_second_of_two_curators_is_told_and_changes_nothing(librarian: Client) -> None:
    rows = of("Kyiv"), of("Kiev")
    seen = state_of(rows)
    send(client_of("Curator", "ben"), "names", of("Kyiv"), decision="reject")
    page = send(librarian, "merges", *rows, decision="accept", seen=seen)
    assert "Somebody else decided while this page was open: ben, " in page
    assert not Name.objects.exclude(merged_into=None).exists()
    statement = Statement.objects.get()
    seen = state_of([statement])
    send(client_of("Curator", "dan"), "statements", statement, decision="accept")
    assert "open: dan, " in send(librarian, "statements", statement, decision="reject", seen=seen)
    assert Statement.objects.get().get_verdict_display() == "Accepted"


def test_never_the_same_and_rejected_names_wait_no_more(curator: Client, ask: Callable[..., Any]) -> None:
    send(curator, "merges", of("Kyiv"), of("Kiev"), decision="reject")
    assert NameJudgement.objects.count() == 1
    assert "Nothing waits here" in text_of(curator, f"{QUEUE}?kind=merges")
    send(curator, "names", of("Bob Roe"), decision="reject")
    assert ask("person:Bob").total == 0
    assert "Rejected" in text_of(curator, f"{LIST}?decided=rejected")


def test_curators_do_not_merge(curator: Client) -> None:
    page = text_of(curator, f"{QUEUE}?kind=merges")
    assert "Never the same" in page
    assert "Merge into the first" not in page
    sent = {"item": f"{of('Kyiv').pk}-{of('Kiev').pk}", "seen": "", "decision": "accept"}
    assert curator.post(f"{QUEUE}?kind=merges", sent).status_code == 403


@pytest.mark.parametrize("written", ["bob roe", "number", ""])
def test_the_speaker_is_corrected_by_choice_spelling_or_number(
    curator: Client, ask: Callable[..., Any], written: str
) -> None:
    bob = of("Bob Roe")
    values = {"speaker": bob.pk} if not written else {"written": str(bob.pk) if written == "number" else written}
    page = send(curator, "statements", Statement.objects.get(), decision="correct", **values)
    assert "Corrected the speaker of “Ann Lee" in page
    assert ask('speaker:"Bob Roe"').total == 1


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"item": "x"},
        {"item": "1-2-3", "decision": "accept"},
        {"item": "9" * 18, "decision": "accept"},
        {"decision": "correct", "written": "Nobody"},
        {"decision": "burn"},
    ],
)
@pytest.mark.parametrize("kind", ["merges", "names", "statements", "odd"])
def test_an_odd_form_changes_nothing(librarian: Client, kind: str, sent: dict[str, str]) -> None:
    row = Statement.objects.get() if kind == "statements" else of("Kyiv")
    values = {"item": str(row.pk), "next": "kind=odd\r\nX: y&%ff", **sent}
    assert librarian.post(f"{QUEUE}?kind={kind}&after=x-1", values, follow=True).status_code == 200
    assert not Operation.objects.exists()


def test_what_is_hidden_is_not_shown_to_curators(curator: Client) -> None:
    Article.objects.filter(headline="Storm").update(status=PublishingStatus.WITHHELD)
    record_changes([Article.objects.get(headline="Storm").pk])
    hidden = of("Hid Den")
    for url in (LIST, f"{LIST}?q=hid", QUEUE, f"{QUEUE}?kind=names", f"{QUEUE}?kind=names&item={hidden.pk}"):
        assert "Hid Den" not in text_of(curator, url).replace('value="hid"', ""), url
    assert "Nothing waits here" in text_of(curator, f"{QUEUE}?kind=merges")
    assert curator.get(f"{LIST}{hidden.pk}/change/").status_code != 200


@pytest.mark.parametrize("query", ["kyiv", "КИЇВ", "kie"])
def test_a_name_is_found_by_any_variant(librarian: Client, query: str) -> None:
    send(librarian, "merges", of("Kyiv"), of("Kiev"), decision="accept")
    librarian.post(
        f"{LIST}{of('Kyiv').pk}/spellings/", {"decision": "add", "text": "Київ", "seen": state_of([of("Kyiv")])}
    )
    page = text_of(librarian, f"{LIST}?q={query}")
    assert f"{LIST}{of('Kyiv').pk}/change/" in page
    assert "Kiev, Київ" in page
    assert "Ann Lee" not in page


def spellings(client: Client, name: Name, decision: str, **values: Any) -> str:
    sent = {"decision": decision, "seen": state_of([name]), **values}
    return str(client.post(f"{LIST}{name.pk}/spellings/", sent, follow=True).content.decode())


def test_spellings_are_confirmed_split_off_and_rejected(librarian: Client) -> None:
    kyiv, bob = of("Kyiv"), of("Bob Roe")
    send(librarian, "merges", kyiv, of("Kiev"), decision="accept")
    kiev = Spelling.objects.get(text="Kiev")
    assert "choose spellings" in spellings(librarian, kyiv, "split")
    assert "It was so already" in spellings(librarian, kyiv, "confirm", spelling=kiev.pk)
    assert "Confirmed “Bob Roe”" in spellings(librarian, bob, "confirm", spelling=bob.spellings.get().pk)
    assert "choose spellings" in spellings(librarian, bob, "split", spelling=kiev.pk)
    assert "Rejected “Kiev”" in spellings(librarian, kyiv, "no name", spelling=kiev.pk)
    kiev.refresh_from_db()
    assert (kiev.name.label, kiev.name.get_verdict_display()) == ("Kiev", "Rejected")
    assert "Accepted “Bob Roe”" in spellings(librarian, bob, "accept")
    assert "Somebody else decided" in spellings(librarian, bob, "reject", seen="old")
    assert "Took back" in spellings(librarian, of("Bob Roe"), "take back")


def form_of(name: Name, **values: Any) -> dict[str, Any]:
    shown = {"label": name.label, "type": name.type, "note": name.note, "same_as": "\n".join(name.same_as)}
    return {**shown, **{f"initial-{field}": value for field, value in shown.items()}, **values}


def test_a_name_is_edited_with_addresses_and_the_edit_is_undone(librarian: Client, ask: Callable[..., Any]) -> None:
    name = of("Bob Roe")
    address = "https://www.wikidata.org/wiki/Q1"
    values = form_of(
        name, label="Bob  Roe (sailor)", type=NameType.ORGANISATION, same_as=f"{address}\r\n\r\n{address}"
    )
    assert librarian.post(f"{LIST}{name.pk}/change/", values).status_code == 302
    name.refresh_from_db()
    assert (name.label, name.type, name.same_as) == ("Bob Roe (sailor)", NameType.ORGANISATION, [address])
    drain(no_progress)
    assert ask('org:"Bob Roe (sailor)"').total == 2
    assert "Bob Roe (sailor)" in text_of(librarian, f"{LIST}{name.pk}/history/")
    undo(Operation.objects.latest("pk"), user_name="cleo")
    assert of("Bob Roe").same_as == []


@pytest.mark.parametrize(
    ("field", "value"), [("same_as", "javascript:alert(1)"), ("same_as", "x\n" * 30), ("label", " - "), ("type", "9")]
)
def test_odd_values_are_refused(librarian: Client, field: str, value: str) -> None:
    name = of("Bob Roe")
    response = librarian.post(f"{LIST}{name.pk}/change/", form_of(name, **{field: value}))
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()


def test_two_at_the_form_of_a_name_choose(librarian: Client) -> None:
    name = of("Bob Roe")
    values = form_of(name, label="Robert Roe")
    name.choose_label("Rob Roe")
    name.save()
    page = librarian.post(f"{LIST}{name.pk}/change/", values).content.decode()
    assert "Changed by somebody else too" in page
    assert Name.objects.filter(label="Rob Roe").exists()


def test_many_names_are_merged_on_the_page_that_shows_them(librarian: Client) -> None:
    ids = [of("Ann Lee").pk, of("Bob Roe").pk]
    response = librarian.post(LIST, {"action": "merge", "_selected_action": ids})
    page = text_of(librarian, response["Location"])
    assert "of it, said" in page
    rows = Name.objects.filter(pk__in=ids)
    sent = {"kept": ids[1], "label": "Roe", "seen": state_of(rows)}
    librarian.post(response["Location"], sent)
    assert {spelling.text for spelling in of("Roe").spellings.all()} == {"Ann Lee", "Bob Roe"}
    assert librarian.get(response["Location"])["Location"] == LIST


def test_names_of_many_articles_are_decided_beside_the_request(
    librarian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.admin import acts, name_acts

    begun: list[Operation] = []
    for module in (acts, name_acts):
        monkeypatch.setattr(module, "MAX_AT_ONCE", 1)
    monkeypatch.setattr(acts, "do_act", begun.append)
    page = send(librarian, "names", of("Bob Roe"), decision="reject")
    assert "2 articles are brought up to date meanwhile" in page
    assert [operation.state for operation in begun] == ["waiting"]
    assert "Bob" not in begun[0].label


@pytest.fixture
def few_queries(django_assert_max_num_queries: Any) -> Iterator[None]:
    with django_assert_max_num_queries(40):
        yield


def test_pages_ask_few_queries(few_queries: None, librarian: Client) -> None:
    text_of(librarian, f"{QUEUE}?kind=merges")
