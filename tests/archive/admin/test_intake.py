"""The page on which curators add documents: previews, permissions, limits."""

import dataclasses
import gzip
import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from archive import reading, search_port
from archive.capture_files import store_bytes
from archive.formats import Limits
from archive.models import Article, Capture, IngestRun, Problem
from search.results.answers import Answer
from tests.conftest import SEED

from .intake_page import ADD, curator, file, fire, send, text_of

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]


def test_files_are_ingested_and_found(admin_client: Client, ask: Ask) -> None:
    response = send(admin_client, file("seed.txt", SEED.read_bytes()), file("fire.json", fire()))
    run = IngestRun.objects.get()
    assert response.headers["Location"] == reverse("admin:archive_ingestrun_change", args=[run.pk])
    assert (run.user, run.new, run.rejected) == (User.objects.get(), 2, 0)
    assert (run.origin, run.finished is not None) == ("upload of seed.txt, fire.json", True)
    assert set(Capture.objects.values_list("origin", flat=True)) == {"seed.txt", "fire.json"}
    assert ask("marbeck").articles == 1
    page = text_of(admin_client.get(response.headers["Location"]))
    assert "Ingested: 2 new, 0 changed, 0 unchanged, 0 rejected." in page
    assert "Fire in Marbeck" in page


def test_preview_stores_nothing_and_its_files_are_ingested_after_it(
    admin_client: Client, archive_home: Path, ask: Ask
) -> None:
    previewed = send(
        admin_client,
        file("fire.json", fire(text="A.\nB.", published="2025-06-02T14:30")),
        step="preview",
        zone="Europe/London",
    )
    page = text_of(previewed)
    assert "1 article read, 0 parts rejected; nothing is stored yet." in page
    assert re.search("Fire in Marbeck .*article · 1 section · Courier", page)
    assert "published 2025-06-02 13:30 UTC, to the minute" in page
    assert not IngestRun.objects.exists()
    token = previewed.context["upload"].token
    taken = admin_client.post(ADD, {"token": token, "step": "ingest previewed"}, follow=True)
    assert "Ingested: 1 new" in text_of(taken)
    assert Capture.objects.get().origin == "fire.json"
    assert f"{Article.objects.get().published:%H:%M}" == "13:30"
    assert ask("marbeck").articles == 1
    assert list((archive_home / "uploads").iterdir()) == []
    again = admin_client.post(ADD, {"token": token, "step": "ingest previewed"})
    assert again.status_code == 410
    assert "already ingested" in text_of(again)
    assert IngestRun.objects.count() == 1


def test_previewed_files_can_be_discarded(admin_client: Client, archive_home: Path) -> None:
    previewed = send(admin_client, file("fire.json", fire()), step="preview")
    discarded = admin_client.post(ADD, {"token": previewed.context["upload"].token, "step": "discard"}, follow=True)
    assert "the files were deleted" in text_of(discarded)
    assert list((archive_home / "uploads").iterdir()) == []
    assert not IngestRun.objects.exists()


def test_preview_of_another_user_cannot_be_ingested(admin_client: Client, client: Client) -> None:
    previewed = send(admin_client, file("fire.json", fire()), step="preview")
    client.force_login(curator("add_ingestrun"))
    response = client.post(ADD, {"token": previewed.context["upload"].token, "step": "ingest previewed"})
    assert response.status_code == 410
    assert not Article.objects.exists()


def test_a_pasted_text_is_a_document(admin_client: Client) -> None:
    text = "Harbour reopens\r\nShips came back to Marbeck on Tuesday.\r\n"
    url = "https://courier.example/harbour"
    admin_client.post(ADD, {"text": text, "url": url, "source": "Courier", "step": "ingest"})
    article = Article.objects.get()
    assert (article.headline, article.url, article.source.name) == ("Harbour reopens", url, "Courier")
    capture = Capture.objects.get()
    assert capture.path.read_bytes() == text.encode()
    assert capture.origin.startswith("text pasted 20")


def test_two_pasted_texts_of_one_headline_are_two_articles(admin_client: Client) -> None:
    for words in ("Rain fell on Monday.", "The sun shone on Tuesday."):
        admin_client.post(ADD, {"text": f"The weather\n{words}\n", "step": "ingest"})
    assert Article.objects.count() == 2


def test_options_are_hints(admin_client: Client) -> None:
    options = {"captured": "2025-06-03", "published": "2025-06-02", "source": "Gazette", "url": "https://g.example/a"}
    send(admin_client, file("a.txt", "Harbour reopens\nShips came back.\n"), **options)
    article = Article.objects.get()
    assert (article.source.name, article.url, article.published_precision) == ("Gazette", "https://g.example/a", "day")
    assert Capture.objects.get().captured_rule == "given to the day"


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"captured": "soon"}, "captured", "is no date"),
        ({"captured": "2999-01-01"}, "captured", "still to come"),
        ({"published": "2025-02-31"}, "published", "no possible date"),
        ({"url": "courier.example"}, "url", "no web address"),
        ({"zone": "Mars/Base"}, "zone", "no time zone"),
        ({"source": "x" * 201}, "source", "at most 200 characters"),
        ({"source": "x" * 5000}, "source", "at most 2000 characters"),
        ({"source": "a\x00b"}, "source", "Null characters"),
        ({"url": "https://g.example/a", "text": "Fire\nA fire.\n"}, "url", "give one file with it"),
    ],
)
@pytest.mark.parametrize("step", ["preview", "ingest"])
def test_wrong_option_is_reported_at_its_field(
    admin_client: Client, fields: dict[str, str], field: str, message: str, step: str
) -> None:
    response = send(admin_client, file("fire.json", fire()), step=step, **fields)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    page = response.content.decode()
    assert message in page
    [tag] = re.findall(rf'<input[^>]* id="id_{field}"[^>]*>', page)
    assert 'aria-invalid="true"' in tag
    assert "autofocus" in tag
    assert f"id_{field}_error" in tag
    assert not IngestRun.objects.exists()


def test_form_without_documents_is_refused(admin_client: Client) -> None:
    response = admin_client.post(ADD, {"text": "  \n", "step": "ingest"})
    assert response.status_code == 400
    assert "Choose a file, or paste a text below." in text_of(response)


def test_broken_file_stops_no_other(admin_client: Client) -> None:
    files = [
        file("empty.txt", b""),
        file("a.bin", b"\x00\x01\x02" * 99),
        file("fire.json", fire()),
        file("b.gz", b"\x1f\x8b\x08x"),
    ]
    run_page = admin_client.get(send(admin_client, *files).headers["Location"])
    run = IngestRun.objects.get()
    assert (run.new, run.rejected) == (1, 3)
    page = text_of(run_page)
    assert "Rejected : the file is empty empty.txt" in page
    assert [problem.origin for problem in Problem.objects.all()] == ["empty.txt", "a.bin", "b.gz"]


def packed(**files: bytes) -> bytes:
    packed_file = io.BytesIO()
    with zipfile.ZipFile(packed_file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed_file.getvalue()


def warc(content: bytes) -> bytes:
    payload = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + content
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://courier.example/fire\r\n"
        "WARC-Date: 2024-05-01T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload + b"\r\n\r\n"


PAGE = (
    "<html><head><title>Fire in Marbeck</title></head><body><article><h1>Fire in Marbeck</h1>"
    + "".join(f"<p>Paragraph {number} tells what the crews did at the quay that night.</p>" for number in range(9))
    + "</article></body></html>"
).encode()


@pytest.mark.parametrize("step", ["preview", "ingest"])
def test_containers_are_opened(admin_client: Client, step: str) -> None:
    files = [file("a.zip", packed(**{"in/fire.json": json.dumps(fire()).encode()})), file("b.warc", warc(PAGE))]
    response = send(admin_client, *files, step=step)
    if step == "preview":
        assert "2 articles read" in text_of(response)
        assert "in/fire.json" in text_of(response)
        assert "captured 2024-05-01 10:00 UTC (as the web archive gives it)" in text_of(response)
    else:
        assert IngestRun.objects.get().new == 2
        assert set(Capture.objects.values_list("origin", flat=True)) == {"a.zip", "b.warc"}


@pytest.mark.slow
@pytest.mark.parametrize("step", ["preview", "ingest"])
@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(b" " * 20_000_000),
        gzip.compress(gzip.compress(b"\0" * 20_000_000)),
        packed(a=b" " * 20_000_000),
        gzip.compress(warc(b" " * 20_000_000)),
    ],
    ids=["gzip", "gzip twice", "zip", "warc"],
)
def test_bombs_are_refused(admin_client: Client, monkeypatch: pytest.MonkeyPatch, bomb: bytes, step: str) -> None:
    limits = Limits(free_unpacked_bytes=2_000_000)
    monkeypatch.setattr(reading, "read", partial(reading.read, limits=limits))
    response = send(admin_client, file("bomb", bomb), file("fire.json", fire()), step=step)
    if step == "preview":
        assert re.search("1 article read, [1-9] parts? rejected", text_of(response))
    else:
        run = IngestRun.objects.get()
        assert run.new == 1
        assert run.rejected


# Permissions


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_ingests_without_the_permission(client: Client, method: str) -> None:
    class NotRead(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("the body was read")

    def ask() -> Any:
        if method == "get":
            return client.get(ADD)
        unread = {"wsgi.input": NotRead(), "CONTENT_LENGTH": "99"}
        return client.generic("POST", ADD, b"-", MULTIPART_CONTENT, **unread)  # type: ignore[arg-type]

    assert ask().headers["Location"].startswith("/admin/login/")
    client.force_login(User.objects.create_user("reader", password="x"))
    assert ask().headers["Location"].startswith("/admin/login/")
    client.force_login(curator("view_ingestrun", "change_article", "view_article"))
    assert ask().status_code == 403


def test_button_is_shown_to_users_who_may_ingest(client: Client, admin_client: Client) -> None:
    pages = [reverse("admin:index"), reverse("admin:archive_ingestrun_changelist")]
    client.force_login(curator("view_ingestrun"))
    for page in pages:
        assert "Add documents" in admin_client.get(page).content.decode()
        assert "Add documents" not in client.get(page).content.decode()


def test_users_who_may_ingest_see_their_own_runs(client: Client) -> None:
    client.force_login(curator("add_ingestrun"))
    location = send(client, file("fire.json", fire()), file("empty.txt", b"")).headers["Location"]
    page = text_of(client.get(location))
    assert "Fire in Marbeck" in page
    assert "the file is empty" in page
    client.force_login(curator("add_ingestrun", name="other"))
    assert client.get(location).status_code == 403


def test_csrf_token_is_required() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(curator("add_ingestrun"))
    assert send(client, file("fire.json", fire())).status_code == 403
    page = client.get(ADD).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    assert send(client, file("fire.json", fire()), csrfmiddlewaretoken=token[1]).status_code == 302
    assert Article.objects.count() == 1


# Limits


def test_an_upload_that_is_too_long_is_refused_unread(admin_client: Client, settings: Any) -> None:
    settings.UPLOAD_BYTES = 1024 * 1024
    response = send(admin_client, file("large.txt", b"x" * 1024 * 1024))
    assert response.status_code == 413
    page = text_of(response)
    assert "has 1.0 MiB; at most 1 are allowed." in page
    assert "manage.py ingest" in page
    assert not IngestRun.objects.exists()


def test_too_many_files_are_refused(admin_client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    response = send(admin_client, *(file(f"{number}.json", fire(id=str(number))) for number in range(3)))
    assert response.status_code == 400
    assert "At most 2 files" in text_of(response)
    assert not Article.objects.exists()


def test_a_pasted_text_that_is_too_long_is_refused(admin_client: Client) -> None:
    response = admin_client.post(ADD, {"text": "word " * 600_000, "step": "ingest"})
    assert response.status_code == 400
    assert "save it as a file" in text_of(response)


def test_a_form_of_a_thousand_fields_is_refused(admin_client: Client) -> None:
    response = admin_client.post(ADD, {**{f"f{number}": "" for number in range(1001)}, "step": "ingest"})
    assert response.status_code == 400


@pytest.mark.parametrize("left", [0.2, 0.5, 0.9, 0.999])
def test_upload_that_broke_off_ingests_nothing(admin_client: Client, left: float) -> None:
    files = [file("a.json", fire()), file("b.txt", "Flood\n" + "Water rose.\n" * 500)]
    body = encode_multipart(BOUNDARY, {"file": files, "source": "Courier", "step": "ingest"})
    cut = body[: int(len(body) * left)]
    # gunicorn gives what came and then the end, however long the body was to be.
    sent = {"wsgi.input": io.BytesIO(cut), "CONTENT_LENGTH": str(len(body))}
    response = admin_client.generic("POST", ADD, b"-", MULTIPART_CONTENT, **sent)  # type: ignore[arg-type]
    assert response.status_code == 400
    assert "did not arrive complete" in text_of(response)
    assert not IngestRun.objects.exists()


def test_a_connection_that_breaks_is_no_error_of_the_archive(admin_client: Client) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the client went away")

    sent = {"wsgi.input": Broken(), "CONTENT_LENGTH": "999"}
    response = admin_client.generic("POST", ADD, b"-", MULTIPART_CONTENT, **sent)  # type: ignore[arg-type]
    assert "could not be received" in text_of(response)
    assert not IngestRun.objects.exists()


def body_named(name: str) -> bytes:
    """Returns a body whose one file has this name, byte for byte."""
    lines = [
        f"--{BOUNDARY}",
        f'Content-Disposition: form-data; name="file"; filename="{name}"',
        "Content-Type: text/plain",
        "",
        json.dumps(fire()),
        f"--{BOUNDARY}",
        'Content-Disposition: form-data; name="step"',
        "",
        "ingest",
        f"--{BOUNDARY}--",
        "",
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\lib\\page.html", "page.html"),
        ("a\u202egnp.html", "agnp.html"),
        ("a\x1b[31m\x07b.html", "a[31mb.html"),
        ("Ünï 北京.html", "Ünï 北京.html"),
        ("<script>alert(1)<b>.html", "<script>alert(1)<b>.html"),
        ("%2e%2e%2fetc.html", "%2e%2e%2fetc.html"),
        ("x" * 500, "x" * 255),
    ],
)
def test_no_name_is_trusted(admin_client: Client, name: str, origin: str) -> None:
    response = admin_client.generic("POST", ADD, body_named(name), MULTIPART_CONTENT)
    assert Capture.objects.get().origin == origin
    page = admin_client.get(response.headers["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_a_name_of_ten_thousand_letters_is_refused(admin_client: Client) -> None:
    response = admin_client.generic("POST", ADD, body_named("x" * 10_000), MULTIPART_CONTENT)
    assert response.status_code == 400
    assert not Article.objects.exists()


def test_words_of_documents_are_escaped(admin_client: Client) -> None:
    evil = "<script>alert(1)</script>"
    files = [
        file(f"{evil}.json", fire(headline=evil, source=evil, published=evil)),
        file("x.jsonl", f'{{"{evil}": 1}}\n'),
    ]
    previewed = send(admin_client, *files, step="preview")
    assert evil not in previewed.content.decode()
    assert "&lt;script&gt;alert(1)" in previewed.content.decode()
    token = previewed.context["upload"].token
    assert (
        evil not in admin_client.post(ADD, {"token": token, "step": "ingest previewed"}, follow=True).content.decode()
    )


def test_ingest_that_cannot_be_indexed_warns(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(progress: object) -> int:
        raise search_port.SearchPortError("the index is being built")

    monkeypatch.setattr(search_port, "_registered", [dataclasses.replace(search_port.get_search_port(), sync=fail)])
    response = send(admin_client, file("fire.json", fire()))
    page = text_of(admin_client.get(response.headers["Location"]))
    assert "the index is being built" in page
    assert "Ingested: 1 new" in page


def test_full_disk_stops_the_upload_and_the_message_says_where(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store(raw: bytes, sha256: str) -> Path:
        if b"Flood" in raw:
            raise OSError(28, "No space left on device")
        return store_bytes(raw, sha256)

    monkeypatch.setattr("archive.ingest.recording.store_bytes", store)
    response = send(admin_client, file("a.json", fire()), file("b.json", fire(id="2", headline="Flood")))
    page = text_of(admin_client.get(response.headers["Location"]))
    assert "Stopped at b.json" in page
    assert "No space left on device" in page
    assert "Ingested: 1 new" in page
    assert IngestRun.objects.get().finished is None


def test_opening_the_page_deletes_old_uploads(admin_client: Client, archive_home: Path) -> None:
    send(admin_client, file("fire.json", fire()), step="preview")
    [folder] = (archive_home / "uploads").iterdir()
    os.utime(folder, (0, 0))
    admin_client.get(ADD)
    assert list((archive_home / "uploads").iterdir()) == []
