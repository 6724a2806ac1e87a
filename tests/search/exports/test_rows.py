"""search/exports: rows of one state of the archive; withdrawn and hidden rows; readers that go away; full disks."""

import errno
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from archive.models import Article, PublishingStatus, Section
from archive.search_port import no_progress
from search.engines import ClientGoneError
from search.exports import FORMATS, contract, rows
from search.index import sync

from .archive_of_storms import articles, find, rows_of, text_in

EVERY_FORMAT = pytest.mark.parametrize("kind", FORMATS)


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(articles())


def whole(kind: str, **options: Any) -> bytes:
    return b"".join(find(kind, **options).write())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("unit", ["section", "article"])
def test_export_is_of_the_state_at_its_first_row(
    archive: None, ingest_file: Callable[..., Any], tmp_path: Path, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "CHUNK_SECTIONS", 2)
    monkeypatch.setattr(contract, "CHUNK_ARTICLES", 1)
    monkeypatch.setattr(contract, "PIECE_BYTES", 1)
    before = whole("jsonl", unit=unit)
    kept = {row["article"] for row in rows_of(find("jsonl", unit=unit))[:3]}

    def change() -> None:
        try:
            Article.objects.update(headline="A calm")
            Article.objects.exclude(pk__in=kept).update(status=PublishingStatus.WITHHELD)
            path = tmp_path / "new.jsonl"
            path.write_text(json.dumps({"headline": "Calm", "text": "A calm.", "url": "https://outlet.example/1"}))
            ingest_file(path)
            sync.drain(no_progress)
        finally:
            connection.close()

    pieces = find("jsonl", unit=unit).write()
    first = next(pieces)
    thread = Thread(target=change)
    thread.start()
    thread.join()
    assert first + b"".join(pieces) == before
    after = [row for row in rows_of(find("jsonl", unit=unit)) if not row["tombstone"]]
    assert {row["headline"] for row in after} == {"A calm"}
    assert {row["article"] for row in after} == kept


@pytest.mark.django_db
@EVERY_FORMAT
@pytest.mark.parametrize("unit", ["section", "article"])
@pytest.mark.parametrize("text", ["full", "passages"])
def test_what_was_withdrawn_has_no_words(archive: None, kind: str, unit: str, text: str) -> None:
    article = Article.objects.filter(headline="Storm watch 0: live").get()
    Article.objects.filter(pk=article.pk).update(
        status=PublishingStatus.CANCELED, byline="Zoe Quill", standfirst="A gale to come", note="Killed: wrong place."
    )
    words = ("Storm watch 0", "Entry", "outlet.example/0", "Zoe", "gale", "storm-watch")
    export = find(kind, unit=unit, text=text, picked=(f"a{article.pk}",))
    written = text_in(b"".join(export.write()))
    assert not [word for word in words if word in written]
    assert "Killed: wrong place." in written
    assert export.total
    for number in export.selection.section_ids if unit == "section" else [article.pk]:
        assert re.search(rf"\b{number}\b", written)


@pytest.mark.django_db
def test_tombstone_of_a_section_keeps_what_its_article_says(archive: None) -> None:
    section = Section.objects.filter(article__kind="live").first()
    assert section
    Section.objects.filter(pk=section.pk).update(withdrawn=True, gone=section.article.captures.get())
    row = next(row for row in rows_of(find()) if row["section"] == section.pk)
    assert (row["tombstone"], row["withdrawn"]) == ("Withdrawn by its outlet.", True)
    assert (row["text"], row["heading"], row["byline"]) == ("", "", "")
    assert row["headline"] == section.article.headline
    assert row["permalink"].endswith(f"/sections/{section.pk}/?version=1")


@pytest.mark.django_db
def test_section_that_is_hidden_after_the_search_is_a_row_without_words(archive: None) -> None:
    shown = rows_of(find())
    export = find()
    hidden = shown[0]["article"]
    Article.objects.filter(pk=hidden).update(status=PublishingStatus.WITHHELD)
    rows = rows_of(export)
    assert len(rows) == len(shown) == export.total
    for row, before in zip(rows, shown, strict=True):
        if before["article"] == hidden:
            assert (row["section"], row["article"]) == (before["section"], 0)
            assert row["tombstone"] == "Not shown in the archive any more."
            assert (row["headline"], row["text"], row["url"]) == ("", "", "")
        else:
            assert row == before
    # The next search does not find it.
    assert hidden not in {row["article"] for row in rows_of(find())}


@pytest.mark.django_db
def test_whole_articles_are_loaded_few_sections_at_a_time(archive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows_of(find(unit="article"))
    parts: list[list[int]] = []
    load: Callable[..., Any] = rows.load_articles

    def noted(scanned: Any, *args: Any, **options: Any) -> Any:
        parts.append([Section.objects.filter(article=found.article_id).count() for found in scanned])
        return load(scanned, *args, **options)

    monkeypatch.setattr(contract, "load_articles", noted)
    monkeypatch.setattr(contract, "CHUNK_SECTIONS", 10)
    assert rows_of(find(unit="article")) == whole
    assert all(sum(sizes) <= 10 for sizes in parts)
    assert any(len(sizes) > 1 for sizes in parts)
    monkeypatch.setattr(contract, "CHUNK_SECTIONS", 2)
    assert rows_of(find(unit="article")) == whole


@pytest.mark.django_db
@EVERY_FORMAT
def test_export_stops_once_nobody_wants_it(archive: None, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "_ROWS_BETWEEN_LOOKS", 2)
    looks: list[int] = []

    def watch(rows: int) -> bool:
        looks.append(rows)
        return rows < 4

    with pytest.raises(ClientGoneError):
        list(replace(find(kind), watch=watch).write())
    assert looks[-1] == 4


@pytest.mark.django_db
@EVERY_FORMAT
def test_every_format_of_nothing_is_a_whole_file(archive: None, kind: str, client: Client) -> None:
    for parameters in ("", "&rows=article"):
        response = client.get(f"/export.{kind}?q=zebra{parameters}")
        assert response.status_code == 200
        assert response["Content-Disposition"].endswith(f'.{FORMATS[kind].extension}"')
        response.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_command_that_fails_leaves_the_file_as_it_was(
    archive: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    path = tmp_path / "exports" / "found.csv"
    path.parent.mkdir()
    path.write_text("before")

    def fail(descriptor: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(CommandError if isinstance(error, OSError) else KeyboardInterrupt) as raised:
        call_command("export", "storm", "-o", str(path))
    if isinstance(error, OSError):
        assert str(raised.value) == f"{path} cannot be written: No space left on device"
    assert path.read_text() == "before"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--format", "xls"), "There is no format 'xls'. The formats are: csv,"),
        (("--unit", "page"), "There is no unit of rows 'page'. Choose one of: section, article, statement."),
        (("--fields", "text,colour"), "There is no field 'colour'. The fields are: section, article,"),
        (("--text", "half"), "There is no text 'half'."),
        (("--first", "0"), "'0' is no number of rows."),
        (("--pick", "7"), "'7' is no hit."),
        (("--site-url", "archive.example"), "'archive.example' is no address of a site."),
        (("--site-url", "https://archive.example/?q=a"), "'https://archive.example/?q=a' is no address of a site."),
    ],
)
def test_command_names_what_exists(archive: None, options: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError) as error:
        call_command("export", "storm", *options)
    assert str(error.value).startswith(message)


@pytest.mark.django_db
def test_command_has_the_options_of_the_page(
    archive: None, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = "headline,matches,text,permalink"
    options = ("--unit", "article", "--fields", fields, "--text", "passages", "--site-url", "http://testserver/")
    call_command("export", "storm", *options)
    printed = capsys.readouterr().out
    address = f"/export.csv?q=storm&rows=article&fields={fields}&text=passages"
    assert client.get(address).getvalue().decode() == "\ufeff" + printed
