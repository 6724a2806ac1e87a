"""Documents taken in from the browser, and the run that says what became of them."""

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
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from archive import formats, search_port
from archive.formats import Limits
from archive.ingest.evidence import store_bytes
from archive.models import Article, Capture, IngestRun, Problem
from search.results.answers import Answer
from tests.conftest import SEED

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
ADD = "/admin/archive/ingestrun/add/"


def file(name: str, content: bytes | str | dict[str, Any] | list[Any]) -> SimpleUploadedFile:
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def fire(**keys: Any) -> dict[str, Any]:
    return {"headline": "Fire in Marbeck", "text": "A fire.", "source": "Courier", "id": "1", **keys}


def send(client: Client, *files: SimpleUploadedFile, step: str = "take", **fields: str) -> Any:
    return client.post(ADD, {**fields, "file": list(files), "step": step})


def curator(*codenames: str, name: str = "lib") -> User:
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def text_of(response: Any) -> str:
    """Returns what a page says, without its tags and with single spaces."""
    main = response.content.decode().partition('id="content')[2]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def test_files_are_taken_in_and_found(admin_client: Client, ask: Ask) -> None:
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


def test_a_look_stores_nothing_and_its_files_are_taken_in_after_it(
    admin_client: Client, archive_home: Path, ask: Ask
) -> None:
    looked = send(
        admin_client,
        file("fire.json", fire(text="A.\nB.", published="2025-06-02T14:30")),
        step="look",
        zone="Europe/London",
    )
    page = text_of(looked)
    assert "1 article read, 0 parts rejected; nothing is stored yet." in page
    assert re.search("Fire in Marbeck .*article · 1 section · Courier", page)
    assert "published 2025-06-02 13:30 UTC, to the minute" in page
    assert not IngestRun.objects.exists()
    token = looked.context["held"].token
    taken = admin_client.post(ADD, {"token": token, "step": "take held"}, follow=True)
    assert "Ingested: 1 new" in text_of(taken)
    assert Capture.objects.get().origin == "fire.json"
    assert f"{Article.objects.get().published:%H:%M}" == "13:30"
    assert ask("marbeck").articles == 1
    assert list((archive_home / "uploads").iterdir()) == []
    again = admin_client.post(ADD, {"token": token, "step": "take held"})
    assert again.status_code == 410
    assert "already ingested" in text_of(again)
    assert IngestRun.objects.count() == 1


def test_what_was_looked_at_can_be_left(admin_client: Client, archive_home: Path) -> None:
    looked = send(admin_client, file("fire.json", fire()), step="look")
    left = admin_client.post(ADD, {"token": looked.context["held"].token, "step": "leave"}, follow=True)
    assert "the files were deleted" in text_of(left)
    assert list((archive_home / "uploads").iterdir()) == []
    assert not IngestRun.objects.exists()


def test_nobody_takes_in_what_another_looked_at(admin_client: Client, client: Client) -> None:
    looked = send(admin_client, file("fire.json", fire()), step="look")
    client.force_login(curator("add_ingestrun"))
    response = client.post(ADD, {"token": looked.context["held"].token, "step": "take held"})
    assert response.status_code == 410
    assert not Article.objects.exists()


def test_a_pasted_text_is_a_document(admin_client: Client) -> None:
    text = "Harbour reopens\r\nShips came back to Marbeck on Tuesday.\r\n"
    url = "https://courier.example/harbour"
    admin_client.post(ADD, {"text": text, "url": url, "source": "Courier", "step": "take"})
    article = Article.objects.get()
    assert (article.headline, article.url, article.source.name) == ("Harbour reopens", url, "Courier")
    capture = Capture.objects.get()
    assert capture.path.read_bytes() == text.encode()
    assert capture.origin.startswith("text pasted 20")


def test_two_pasted_texts_of_one_headline_are_two_articles(admin_client: Client) -> None:
    for words in ("Rain fell on Monday.", "The sun shone on Tuesday."):
        admin_client.post(ADD, {"text": f"The weather\n{words}\n", "step": "take"})
    assert Article.objects.count() == 2


def test_what_is_said_is_a_hint(admin_client: Client) -> None:
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
@pytest.mark.parametrize("step", ["look", "take"])
def test_what_cannot_be_meant_is_told_at_its_field(
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


def test_nothing_to_take_in_is_told(admin_client: Client) -> None:
    response = admin_client.post(ADD, {"text": "  \n", "step": "take"})
    assert response.status_code == 400
    assert "Choose a file, or paste a text below." in text_of(response)


def test_a_file_that_is_broken_stops_no_other(admin_client: Client) -> None:
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
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


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


@pytest.mark.parametrize("step", ["look", "take"])
def test_containers_are_opened(admin_client: Client, step: str) -> None:
    files = [file("a.zip", packed(**{"in/fire.json": json.dumps(fire()).encode()})), file("b.warc", warc(PAGE))]
    response = send(admin_client, *files, step=step)
    if step == "look":
        assert "2 articles read" in text_of(response)
        assert "in/fire.json" in text_of(response)
        assert "captured 2024-05-01 10:00 UTC (as the web archive gives it)" in text_of(response)
    else:
        assert IngestRun.objects.get().new == 2
        assert set(Capture.objects.values_list("origin", flat=True)) == {"a.zip", "b.warc"}


@pytest.mark.parametrize("step", ["look", "take"])
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
    monkeypatch.setattr(formats, "read", partial(formats.read, limits=limits))
    response = send(admin_client, file("bomb", bomb), file("fire.json", fire()), step=step)
    if step == "look":
        assert re.search("1 article read, [1-9] parts? rejected", text_of(response))
    else:
        run = IngestRun.objects.get()
        assert run.new == 1
        assert run.rejected


# Permissions


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_without_the_permission_takes_in(client: Client, method: str) -> None:
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


def test_button_is_for_those_who_may(client: Client, admin_client: Client) -> None:
    pages = [reverse("admin:index"), reverse("admin:archive_ingestrun_changelist")]
    client.force_login(curator("view_ingestrun"))
    for page in pages:
        assert "Add documents" in admin_client.get(page).content.decode()
        assert "Add documents" not in client.get(page).content.decode()


def test_who_may_take_in_sees_the_runs_of_their_own(client: Client) -> None:
    client.force_login(curator("add_ingestrun"))
    location = send(client, file("fire.json", fire()), file("empty.txt", b"")).headers["Location"]
    page = text_of(client.get(location))
    assert "Fire in Marbeck" in page
    assert "the file is empty" in page
    client.force_login(curator("add_ingestrun", name="other"))
    assert client.get(location).status_code == 403


def test_token_against_forgery_is_asked_for() -> None:
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
    assert "has 1.0 MiB, and may have 1." in page
    assert "manage.py ingest" in page
    assert not IngestRun.objects.exists()


def test_too_many_files_are_refused(admin_client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    response = send(admin_client, *(file(f"{number}.json", fire(id=str(number))) for number in range(3)))
    assert response.status_code == 400
    assert "At most 2 files" in text_of(response)
    assert not Article.objects.exists()


def test_a_pasted_text_that_is_too_long_is_refused(admin_client: Client) -> None:
    response = admin_client.post(ADD, {"text": "word " * 600_000, "step": "take"})
    assert response.status_code == 400
    assert "save it as a file" in text_of(response)


def test_a_form_of_a_thousand_fields_is_refused(admin_client: Client) -> None:
    response = admin_client.post(ADD, {**{f"f{number}": "" for number in range(1001)}, "step": "take"})
    assert response.status_code == 400


@pytest.mark.parametrize("left", [0.2, 0.5, 0.9, 0.999])
def test_an_upload_that_broke_off_takes_in_nothing(admin_client: Client, left: float) -> None:
    files = [file("a.json", fire()), file("b.txt", "Flood\n" + "Water rose.\n" * 500)]
    body = encode_multipart(BOUNDARY, {"file": files, "source": "Courier", "step": "take"})
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
        "take",
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


def test_what_documents_say_is_escaped(admin_client: Client) -> None:
    evil = "<script>alert(1)</script>"
    given = [
        file(f"{evil}.json", fire(headline=evil, source=evil, published=evil)),
        file("x.jsonl", f'{{"{evil}": 1}}\n'),
    ]
    looked = send(admin_client, *given, step="look")
    assert evil not in looked.content.decode()
    assert "&lt;script&gt;alert(1)" in looked.content.decode()
    token = looked.context["held"].token
    assert evil not in admin_client.post(ADD, {"token": token, "step": "take held"}, follow=True).content.decode()


def test_what_cannot_be_indexed_is_taken_in_and_says_so(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(progress: object) -> int:
        raise search_port.SearchPortError("the index is being built")

    monkeypatch.setattr(search_port, "_finder", [dataclasses.replace(search_port.finder(), sync=fail)])
    response = send(admin_client, file("fire.json", fire()))
    page = text_of(admin_client.get(response.headers["Location"]))
    assert "the index is being built" in page
    assert "Ingested: 1 new" in page


def test_an_upload_that_the_disk_does_not_take_is_told_with_what_was_kept(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(raw: bytes, sha256: str) -> Path:
        if b"Flood" in raw:
            raise OSError(28, "No space left on device")
        return store_bytes(raw, sha256)

    monkeypatch.setattr("archive.ingest.recording.store_bytes", keep)
    response = send(admin_client, file("a.json", fire()), file("b.json", fire(id="2", headline="Flood")))
    page = text_of(admin_client.get(response.headers["Location"]))
    assert "Stopped at b.json" in page
    assert "No space left on device" in page
    assert "Ingested: 1 new" in page
    assert IngestRun.objects.get().finished is None


# The run's page


def test_run_tells_new_changed_and_known_articles_apart(admin_client: Client) -> None:
    send(admin_client, file("a.jsonl", "\n".join(json.dumps(fire(id=key, headline=f"Fire {key}")) for key in "abc")))
    changed = [fire(id="a", headline="Fire a", text="It is out."), fire(id="b", headline="Fire b", topics=[])]
    lines = [*changed, fire(id="c", headline="Fire c"), fire(id="d", headline="Fire d")]
    page = text_of(
        admin_client.get(send(admin_client, file("b.jsonl", "\n".join(map(json.dumps, lines)))).headers["Location"])
    )
    assert re.search(r"Fire a \( curate \) changed , 1 section new or changed", page)
    assert re.search(r"Fire b \( curate \) received again , no section changed", page)
    assert re.search(r"Fire d \( curate \) new , 1 section received", page)
    assert "Fire c" not in page


def test_held_articles_are_told_to_those_who_may_see_them(client: Client, admin_client: Client) -> None:
    client.force_login(curator("view_ingestrun"))
    held = {"uri": "urn:1", "type": "text", "headline": "Budget leaked", "pubstatus": "withheld", "body_text": "Word."}
    location = send(admin_client, file("a.json", held), file("b.json", fire())).headers["Location"]
    assert "Budget leaked" in text_of(admin_client.get(location))
    page = text_of(client.get(location))
    assert "Fire in Marbeck" in page
    assert "Budget leaked" not in page


def test_run_lists_some_and_leads_to_all(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("archive.admin.runs.LISTED", 3)
    lines = [json.dumps(fire(id=str(number), headline=f"Fire {number}")) for number in range(5)] + ["[]"] * 4
    location = send(admin_client, file("a.jsonl", "\n".join(lines))).headers["Location"]
    send(admin_client, file("b.json", fire(id="other", headline="Flood")))
    with django_assert_max_num_queries(16):
        response = admin_client.get(location)
    page = text_of(response)
    assert "The first 3 of 5 are shown" in page
    assert "The first 3 of 4 are shown" in page
    links = re.findall(r'href="(/admin/archive/(?:article|problem)/\?[^"]*)"', response.content.decode())
    articles, problems = (admin_client.get(link).content.decode() for link in links)
    assert "5 articles" in articles
    assert "Flood" not in articles
    assert "4 problems" in problems


def test_run_tells_that_an_earlier_one_kept_the_bytes_of_what_was_deleted(admin_client: Client) -> None:
    send(admin_client, file("a.json", fire()))
    Article.objects.get().delete()
    page = text_of(admin_client.get(send(admin_client, file("a.json", fire())).headers["Location"]))
    assert "Ingested: 1 new" in page
    assert "An earlier run received the same bytes first" in page
    assert "was in the archive, or was rejected" not in page


@pytest.mark.parametrize("run", ["0", "x", "-1", "9" * 30, "١"])
def test_a_run_that_is_none_leads_to_no_error(admin_client: Client, run: str) -> None:
    assert admin_client.get(reverse("admin:archive_article_changelist"), {"run": run}).status_code == 200


def test_a_run_that_is_gone_is_told(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:archive_ingestrun_change", args=[99])).status_code == 302


def test_opening_the_page_deletes_what_was_held_for_too_long(admin_client: Client, archive_home: Path) -> None:
    send(admin_client, file("fire.json", fire()), step="look")
    [folder] = (archive_home / "uploads").iterdir()
    os.utime(folder, (0, 0))
    admin_client.get(ADD)
    assert list((archive_home / "uploads").iterdir()) == []
