"""search/pages/recorded_exports.py: a person's exports, run again, compared with now, deleted; and nobody else's."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.signals import request_finished
from django.db import OperationalError, close_old_connections
from django.test import Client, RequestFactory
from django.urls import reverse

from archive.models import Article, Operation, Section, record_changes
from archive.operations import undo
from archive.search_port import no_progress
from search.exports.recorded import recording
from search.index import sync
from search.models import RecordedExport
from search.pages import exports, recorded_exports
from tests.conftest import NOW
from tests.search.exports.changing import edit, edit_heading, split

pytestmark = pytest.mark.django_db

LIVE: dict[str, Any] = {
    "id": "live-1",
    "kind": "live",
    "headline": "Stormheadline live",
    "source": "Example Gazette",
    "topics": ["Weather"],
    "sections": [
        {"id": f"e{number}", "heading": f"Headingword {number}", "text": f"The storm reached textword {number}."}
        for number in range(6)
    ],
}


@pytest.fixture
def take_in(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., None]:
    def take_in(*articles: dict[str, Any], **hints: Any) -> None:
        path = tmp_path / "in.jsonl"
        path.write_text("".join(json.dumps(article) + "\n" for article in articles))
        ingest_file(path, **hints)
        sync.drain(no_progress)

    return take_in


@pytest.fixture
def reader(client: Client, take_in: Callable[..., None]) -> Client:
    """A signed-in reader of an archive with a live page of six entries."""
    take_in(LIVE)
    client.force_login(User.objects.create_user("reader"))
    return client


def export(client: Client, q: str = "storm", *, kind: str = "csv", **parameters: str) -> RecordedExport:
    """Exports as the client does, and returns what was recorded last."""
    assert client.get(f"/export.{kind}", {"q": q, **parameters}).getvalue()
    return RecordedExport.objects.latest("pk")


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    return str(response.content.decode())


def changes(client: Client, record: RecordedExport) -> str:
    return page(client, reverse("recorded-export", args=[record.pk]))


# --- what is recorded ---


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx", "html", "package"])
def test_an_export_is_recorded_with_what_was_asked_for(reader: Client, kind: str) -> None:
    size = len(reader.get(f"/export.{kind}?q=storm&sort=oldest&first=3").getvalue())
    record = RecordedExport.objects.get()
    assert (record.format, record.unit, record.row_count, record.size_bytes) == (kind, "section", 3, size)
    address = reader.get("/exports/").context["exports"][0].file_url
    assert address == f"/export.{kind}?q=storm&sort=oldest&first=3"
    assert "Nothing changed since: 3 sections as before." in changes(reader, record)


def test_visitors_leave_no_record_and_find_no_page(client: Client, take_in: Callable[..., None]) -> None:
    take_in(LIVE)
    assert client.get("/export.csv?q=storm").getvalue()
    assert not RecordedExport.objects.exists()
    response = client.get("/exports/")
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/exports/")
    assert 'href="/exports/"' not in client.get("/").content.decode()


@pytest.fixture
def open_connections() -> Iterator[None]:
    """Leaves the database open where an answer is closed outside a client: the test is in a transaction."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


@pytest.mark.usefixtures("open_connections")
def test_what_was_broken_off_is_not_recorded(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().get("/export.csv", {"q": "storm"})
    request.user = User.objects.get()
    response: Any = exports.export(request, "csv")
    next(iter(response))
    response.close()
    assert not RecordedExport.objects.exists()
    monkeypatch.setattr("search.pages.exports.is_reader_gone", lambda request: True)
    reader.get("/export.csv?q=storm").getvalue()
    assert not RecordedExport.objects.exists()


def test_no_word_of_the_archive_is_recorded(reader: Client) -> None:
    record = export(reader, "storm")
    assert "textword" not in repr([getattr(record, field.name) for field in RecordedExport._meta.concrete_fields])
    assert len(bytes(record.listing or b"")) < 200


def test_the_last_exports_of_each_person_are_kept(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_RECORDED", 2)
    other = Client()
    other.force_login(User.objects.create_user("other"))
    kept = [export(other), *(export(reader) for _ in range(3))]
    assert set(RecordedExport.objects.all()) == {kept[0], *kept[2:]}


def test_long_lists_are_counted_and_not_compared(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_LISTED_SECTIONS", 5)
    record = export(reader)
    assert (record.listing, record.row_count) == (None, 6)
    assert "too many sections to be compared" in changes(reader, record)


def test_an_archive_that_cannot_be_written_exports_all_the_same(
    reader: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**values: Any) -> None:
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(RecordedExport.objects, "create", refuse)
    assert reader.get("/export.csv?q=storm").getvalue().count(b"\r\n") == 7
    assert "An export could not be recorded" in caplog.text


# --- whose they are ---


def test_nobody_else_sees_an_export(reader: Client) -> None:
    record = export(reader, "storm")
    chief = Client()
    chief.force_login(User.objects.create_superuser("chief"))
    for client in (chief, Client()):
        for name in ("recorded-export", "delete-export"):
            address = reverse(name, args=[record.pk])
            assert client.get(address).status_code in (302, 404)
            assert client.post(address).status_code in (302, 404, 405)
    assert "storm" not in page(chief, "/exports/")
    assert RecordedExport.objects.filter(pk=record.pk).exists()


def test_an_export_is_deleted_after_a_question_and_with_a_token(reader: Client) -> None:
    record = export(reader)
    address = reverse("delete-export", args=[record.pk])
    assert "Delete this export?" in page(reader, address)
    assert RecordedExport.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="reader"))
    assert strict.post(address).status_code == 403
    assert reader.post(address)["Location"] == "/exports/"
    assert not RecordedExport.objects.exists()
    assert "You have no exports yet" in page(reader, "/exports/")


def test_exports_go_with_their_person(reader: Client) -> None:
    export(reader)
    User.objects.get(username="reader").delete()
    assert not RecordedExport.objects.exists()


# --- the list ---


def test_the_list_is_paged_with_few_queries(reader: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(recorded_exports._PAGE_RECORDS + 1):
        export(reader, f"storm {number}")
    with django_assert_max_num_queries(6):
        first = page(reader, "/exports/")
    assert "Page 1 of 2" in first
    assert "storm 20" in first
    assert "storm 0<" in page(reader, "/exports/?part=2")
    assert page(reader, "/exports/?part=x").count("Run again") == recorded_exports._PAGE_RECORDS


def test_long_queries_run_again_by_their_short_address(reader: Client) -> None:
    q = " OR ".join(["storm", *(f"word{number}" for number in range(100))])
    export(reader, q)
    (shown,) = reader.get("/exports/").context["exports"]
    assert "query=" in shown.file_url
    assert reader.get(shown.file_url).getvalue().count(b"\r\n") == 7


def test_filters_and_options_are_named(reader: Client) -> None:
    export(reader, "storm", source="Example Gazette", first="2", text="passages", rows="article")
    shown = page(reader, "/exports/")
    for words in ("Example Gazette", "1 article", "the first 2 rows", "passages"):
        assert words in shown


def test_what_cannot_be_asked_again_says_why(reader: Client) -> None:
    record = export(reader)
    RecordedExport.objects.update(options=[["fields", "section,colour"]])
    assert "There is no field &#x27;colour&#x27;" in page(reader, "/exports/")
    assert "This export cannot be compared" in changes(reader, record)
    RecordedExport.objects.update(options=[], format="docx")
    assert "There is no format &#x27;docx&#x27; any more" in page(reader, "/exports/")


# --- what changed ---


def test_changes_since_are_named_with_their_reasons(reader: Client, take_in: Callable[..., None]) -> None:
    record = export(reader)

    def edited() -> dict[str, Any]:
        live = deepcopy(LIVE)
        live["sections"][0]["text"] += " It was worse."
        live["sections"][1]["heading"], live["sections"][1]["text"] = "Calm", "All is calm."
        live["sections"].append({"id": "e9", "heading": "Newheading", "text": "Another storm."})
        return live

    take_in(edited(), captured=NOW + timedelta(days=1))
    response = reader.get(reverse("recorded-export", args=[record.pk]))
    shown = response.content.decode()
    assert [group.total for group in response.context["groups"]] == [1, 1, 1]
    assert "New in the archive: capture of 11 June 2025, 12:00 UTC." in shown
    assert "New capture of 11 June 2025, 12:00 UTC: words (version 1, now 2)." in shown
    assert "No longer matches: new capture of 11 June 2025, 12:00 UTC." in shown
    assert "Newheading" in shown
    edit(Article.objects.get(), headline="Another headline")
    assert "Edited by a curator: headline." in changes(reader, record)


def test_an_entry_of_which_the_heading_alone_was_edited_is_named(reader: Client) -> None:
    record = export(reader)
    edit_heading(Section.objects.get(current__heading="Headingword 3"), "Renamed")
    response = reader.get(reverse("recorded-export", args=[record.pk]))
    assert [group.total for group in response.context["groups"]] == [0, 1, 0]
    assert "Edited by a curator: heading." in response.content.decode()
    assert "5 sections as before" in response.content.decode()


def test_what_was_edited_and_taken_back_is_no_change(reader: Client, take_in: Callable[..., None]) -> None:
    live = deepcopy(LIVE)
    live["sections"][5] |= {"heading": "Twoparagraphs", "text": "The storm came.\nThe storm went."}
    take_in(live, captured=NOW + timedelta(days=1))
    record = export(reader)
    article, entry = Article.objects.get(), Section.objects.get(current__heading="Headingword 3")
    edit_heading(entry, "Renamed")
    assert "Edited by a curator: heading." in changes(reader, record)
    undo(Operation.objects.latest("pk"), user_name="ben")
    assert "Nothing changed since: 6 sections as before." in changes(reader, record)
    edit(article, headline="Another headline")
    assert "Edited by a curator: headline." in changes(reader, record)
    undo(Operation.objects.latest("pk"), user_name="ben")
    assert "Nothing changed since: 6 sections as before." in changes(reader, record)
    undo(split(Section.objects.get(current__heading="Twoparagraphs"), 1)[1], user_name="ben")
    assert "Nothing changed since: 6 sections as before." in changes(reader, record)
    # Without an undo, as well: what differs in the end is named, and no more.
    edit_heading(entry, "Renamed")
    edit_heading(entry, None)
    assert "Nothing changed since: 6 sections as before." in changes(reader, record)
    article.refresh_from_db()
    edit(article, headline="Another headline", byline="Cy Roe")
    edit(article, headline=LIVE["headline"])
    assert "Edited by a curator: byline." in changes(reader, record)


@pytest.mark.parametrize("unit", ["section", "article"])
@pytest.mark.parametrize("text", ["full", "passages"])
def test_rows_of_each_kind_are_compared_with_themselves(reader: Client, unit: str, text: str) -> None:
    """Also those of articles that their headline alone found."""
    for q in ("storm", "stormheadline", 'heading:"Headingword 3"'):
        assert "Nothing changed" in changes(reader, export(reader, q, rows=unit, text=text))


def test_picked_hits_are_compared(reader: Client) -> None:
    first = Section.objects.earliest("pk")
    record = export(reader, pick=f"s{first.pk},s999999")
    assert "Nothing changed since: 1 section as before." in changes(reader, record)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "withheld"}, "Not shown any more."),
        ({"embargo": NOW.replace(year=2099)}, "Not shown any more."),
        ({"status": "canceled"}, "Withdrawn by its outlet."),
    ],
    ids=["withheld", "embargo", "withdrawn"],
)
def test_no_word_of_what_is_hidden_now_is_on_the_pages(values: dict[str, Any], reason: str, reader: Client) -> None:
    record = export(reader)
    edit(Article.objects.get(), **values)
    for client in (reader, reader_who_sees_all(reader)):
        shown = changes(client, record)
        assert reason in shown
        for hidden in ("Headingword", "textword", "Stormheadline"):
            assert hidden not in shown + page(client, "/exports/")


def reader_who_sees_all(reader: Client) -> Client:
    user = User.objects.get(username="reader")
    user.user_permissions.set(Permission.objects.filter(codename="view_hidden"))
    return reader


def test_what_was_deleted_is_said_without_its_words(reader: Client) -> None:
    record = export(reader)
    article = Article.objects.get()
    pk = article.pk
    article.delete()
    record_changes([pk])
    sync.drain(no_progress)
    shown = changes(reader, record)
    assert shown.count("Deleted from the archive.") == 6
    assert "Headingword" not in shown


def test_a_long_list_of_changes_counts_all_of_them(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    record = export(reader)
    monkeypatch.setattr(recorded_exports, "MAX_LISTED", 2)
    edit(Article.objects.get(), status="withheld")
    shown = changes(reader, record)
    assert "<strong>6</strong> gone" in shown
    assert "The first 2 of 6 sections." in shown
    assert shown.count("Not shown any more.") == 2


def test_comparison_takes_few_queries(reader: Client, django_assert_max_num_queries: Any) -> None:
    record = export(reader)
    edit(Article.objects.get(), status="withheld")
    with django_assert_max_num_queries(16):
        changes(reader, record)
