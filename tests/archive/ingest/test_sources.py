"""Which source a document gets: that which it names, also by another name, or else that of its address."""

from pathlib import Path
from typing import Any

import pytest

from archive.curation import BY_ADDRESS, mark_curated, show_as_received
from archive.ingest import IntakeOptions, Stream, preview_files, read_path
from archive.models import UNKNOWN_SOURCE, Article, ArticleVersion, Source, SourceHost, SourceName

from .documents import IngestFile, record

pytestmark = pytest.mark.django_db

PAGE = {"headline": "Fire in Marbeck", "text": "A fire."}


@pytest.fixture
def courier() -> Source:
    source = Source.objects.create(name="Courier", zone="Europe/Paris")
    SourceHost.objects.create(source=source, host="courier.example")
    SourceName.objects.create(source=source, name="The Daily Courier")
    return source


@pytest.fixture
def receive(ingest_file: IngestFile, tmp_path: Path) -> Any:
    def receive(**changes: object) -> Article:
        hints = {"url": changes.pop("address")} if "address" in changes else {}
        path = record(tmp_path / "pages.jsonl", {**PAGE, **changes})
        (outcome,) = ingest_file(path, **hints)
        return Article.objects.get(pk=outcome.article_id or 0)

    return receive


def known(article: Article) -> tuple[str, str]:
    return article.source.name, article.source_rule


def test_a_document_with_another_name_gets_the_source(receive: Any, courier: Source) -> None:
    assert known(receive(source="THE daily courier")) == ("Courier", "")
    assert Source.objects.count() == 1


def test_a_page_without_a_name_gets_the_source_of_its_address(receive: Any, courier: Source) -> None:
    article = receive(url="https://www.courier.example/fire", published="2025-06-02T14:30")
    assert known(article) == ("Courier", BY_ADDRESS)
    assert f"{article.published:%H:%M}" == "12:30"
    assert article.versions.get().source_name == ""
    assert not Source.objects.filter(name=UNKNOWN_SOURCE).exists()


def test_the_address_of_the_capture_counts_after_that_of_the_page(receive: Any, courier: Source) -> None:
    assert known(receive(address="https://courier.example/fire")) == ("Courier", BY_ADDRESS)
    wire = Source.objects.create(name="Wire")
    SourceHost.objects.create(source=wire, host="wire.example")
    article = receive(url="https://wire.example/fire", headline="Flood", address="https://courier.example/flood")
    assert known(article) == ("Wire", BY_ADDRESS)


def test_a_part_of_a_host_is_nearer_than_the_host(receive: Any, courier: Source) -> None:
    local = Source.objects.create(name="Courier Local")
    SourceHost.objects.create(source=local, host="courier.example/local")
    assert receive(url="https://courier.example/local/fire").source == local
    assert receive(url="https://courier.example/localities", headline="Places").source == courier


def test_a_name_in_the_document_counts_more_than_its_address(receive: Any, courier: Source) -> None:
    assert known(receive(url="https://courier.example/fire", source="Gazette")) == ("Gazette", "")


def test_a_name_that_comes_later_replaces_the_address(receive: Any, courier: Source) -> None:
    url = "https://courier.example/fire"
    article = receive(url=url)
    assert known(article) == ("Courier", BY_ADDRESS)
    assert receive(url=url, source="Gazette", text="A large fire.") == article
    article.refresh_from_db()
    assert known(article) == ("Gazette", "")


def test_an_unknown_article_gets_the_source_with_its_next_capture(receive: Any) -> None:
    url = "https://courier.example/fire"
    article = receive(url=url)
    assert known(article) == (UNKNOWN_SOURCE, "")
    source = Source.objects.create(name="Courier")
    SourceHost.objects.create(source=source, host="courier.example")
    assert receive(url=url, text="A large fire.") == article
    article.refresh_from_db()
    assert known(article) == ("Courier", BY_ADDRESS)


def test_the_source_that_a_curator_set_stays_and_is_known_by_the_curator(receive: Any, courier: Source) -> None:
    url = "https://courier.example/fire"
    article = receive(url=url)
    article.source = Source.objects.create(name="Gazette")
    mark_curated(article, ["source"])
    article.save()
    receive(url=url, text="A large fire.")
    article.refresh_from_db()
    assert known(article) == ("Gazette", "")
    show_as_received(article)
    article.refresh_from_db()
    assert known(article) == ("Courier", BY_ADDRESS)


def test_an_id_that_the_source_has_already_leaves_the_article_without_it(receive: Any) -> None:
    """Two articles of a source cannot have one id; the article is received all the same."""
    source = Source.objects.create(name="Courier")
    receive(source="Courier", id="7", url="https://wire.example/1", headline="Flood")
    article = receive(id="7", url="https://courier.example/fire")
    SourceHost.objects.create(source=source, host="courier.example")
    receive(id="7", url="https://courier.example/fire", text="A large fire.")
    article.refresh_from_db()
    assert known(article) == (UNKNOWN_SOURCE, "")


def test_a_preview_says_that_the_address_tells_the_source(courier: Source, tmp_path: Path) -> None:
    options = IntakeOptions(url="https://courier.example/fire")
    path = record(tmp_path / "pages.jsonl", PAGE)
    hints = options.hints(path.name)
    versions = ArticleVersion.objects.all()
    (file,) = preview_files([Stream(read_path(path, hints), hints)], options, max_listed=5, known_versions=versions)
    assert [(entry.source, entry.source_by_address) for entry in file.articles] == [("Courier", True)]
