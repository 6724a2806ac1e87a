"""Which article an item is a capture of: by its id, its address, or its likeness."""

from datetime import timedelta
from pathlib import Path

import pytest

from archive.curation import mark_curated
from archive.models import Article, Source
from tests.conftest import NOW

from .documents import PAGE, IngestFile, record, statuses, write

pytestmark = pytest.mark.django_db


def test_other_file_with_other_headline_and_words_is_another_article(ingest_file: IngestFile, tmp_path: Path) -> None:
    ingest_file(write(tmp_path / "monday.txt", PAGE))
    tuesday = write(tmp_path / "tuesday.txt", "Harbour reopens\nShips came back to Marbeck on Tuesday.\n")
    assert statuses(ingest_file(tuesday)) == ["new"]


@pytest.mark.parametrize("change", ["headline", "name"])
def test_text_without_id_is_the_same_article_by_two_of_three(
    ingest_file: IngestFile, tmp_path: Path, change: str
) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    ingest_file(page)
    text = PAGE.replace("A fire broke out", "A large fire broke out")
    if change == "headline":
        text = text.replace("crews stay overnight", "crews go home")
    else:
        page = tmp_path / "later.txt"
    assert statuses(ingest_file(write(page, text), captured=NOW + timedelta(hours=1))) == ["changed"]
    assert Article.objects.count() == 1


def test_one_file_used_for_two_stories_gives_two_articles(ingest_file: IngestFile, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    ingest_file(page)
    write(page, "Council agrees on the budget\nThe council of Marbeck met on Friday.\n")
    assert statuses(ingest_file(page)) == ["new"]


def test_outlets_id_decides_within_its_source(ingest_file: IngestFile, tmp_path: Path) -> None:
    fire = {"id": "7", "source": "Marbeck Courier", "headline": "Fire", "text": "A fire."}
    lines = record(tmp_path / "a.jsonl", fire, {**fire, "source": "Other Gazette"}, {**fire, "headline": "Large fire"})
    assert statuses(ingest_file(lines)) == ["new", "new", "changed"]
    assert Article.objects.get(source__name="Marbeck Courier").headline == "Large fire"


def test_id_holds_after_a_curator_gave_the_article_another_source(ingest_file: IngestFile, tmp_path: Path) -> None:
    fire = {"id": "7", "source": "courier.example", "headline": "Fire", "text": "A fire."}
    ingest_file(record(tmp_path / "a.jsonl", fire))
    article = Article.objects.get()
    article.source = Source.objects.create(name="Marbeck Courier")
    mark_curated(article, ["source"])
    article.save()
    assert statuses(ingest_file(record(tmp_path / "b.jsonl", {**fire, "text": "A large fire."}))) == ["changed"]
    assert Article.objects.get().source.name == "Marbeck Courier"


def test_address_joins_captures_from_two_formats(ingest_file: IngestFile, tmp_path: Path) -> None:
    url = "https://www.courier.example/fire?id=3&utm_source=feed#top"
    ingest_file(record(tmp_path / "a.jsonl", {"id": "7", "headline": "Fire", "text": "A fire.", "url": url}))
    page = write(tmp_path / "page.txt", "Fire\nA fire, at last put out.\n")
    assert statuses(ingest_file(page, url="http://www.courier.example/fire?id=3")) == ["changed"]
    assert Article.objects.get().captures.count() == 2


def test_two_ids_at_one_address_stay_two_articles(ingest_file: IngestFile, tmp_path: Path) -> None:
    fire = {"source": "Courier", "text": "A fire.", "url": "https://courier.example/"}
    lines = record(tmp_path / "a.jsonl", {**fire, "id": "1", "headline": "A"}, {**fire, "id": "2", "headline": "B"})
    assert statuses(ingest_file(lines)) == ["new", "new"]
