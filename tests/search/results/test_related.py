"""search/results/related.py: sections that are like a section."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive.models import Article, Section
from archive.search_port import no_progress
from search.index import engine, sync
from search.results.related import MAX_DISTINCTIVE_WORDS, Related, distinctive_words, find_related

pytestmark = pytest.mark.django_db

FILLER = "The council met on Monday and talked about the budget for the coming year."


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    """Two articles on a glacier, one of which has two sections on it, and twelve on a council."""
    articles: list[dict[str, Any]] = [
        {"headline": "Glacier melts", "sections": [{"text": f"The glacier lost ice {n}."} for n in ("again", "too")]},
        {"headline": "Ice records", "text": "Researchers measured how the glacier lost its ice."},
        *({"headline": f"Council {number}", "text": FILLER} for number in range(12)),
    ]
    begin_with(article | {"id": str(at)} for at, article in enumerate(articles))


def related(section: Section, **options: Any) -> Related:
    assert section.current is not None
    return find_related(section, section.current, section.article.headline, **options)


def test_sections_of_other_articles_with_distinctive_words_come_first(archive: None) -> None:
    found = related(Section.objects.get(article__headline="Glacier melts", position=0))
    assert [section.article.headline for section in found.sections] == ["Ice records"]
    assert "glacier" in found.words
    assert not {"the", "again"} & set(found.words)


def test_words_of_most_sections_weigh_little(archive: None) -> None:
    words = distinctive_words("", f"{FILLER} The glacier moved its ice.", engine())
    assert set(words[:2]) == {"glacier", "ice"}
    assert len(words) <= MAX_DISTINCTIVE_WORDS


def test_number_is_limited_and_the_section_itself_left_out(archive: None) -> None:
    section = Section.objects.get(article__headline="Council 3")
    found = related(section, limit=4)
    assert len(found.sections) == 4
    assert section not in found.sections


def test_withheld_articles_are_left_out(archive: None) -> None:
    Article.objects.filter(headline="Ice records").update(status="withheld")
    assert related(Section.objects.get(article__headline="Glacier melts", position=0)).sections == ()


def test_text_without_common_words_has_no_related_sections(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"headline": "Quokka", "text": "12 34."}\n')
    ingest_file(path)
    sync.drain(no_progress)
    assert related(Section.objects.get()) == Related((), ())


def test_related_sections_take_two_database_queries(archive: None) -> None:
    section = Section.objects.select_related("article", "current").get(article__headline="Council 1")
    # Asks the record whether the index is its own.
    engine().info()
    with CaptureQueriesContext(connection) as queries:
        found = related(section)
        assert [(other.article.source.name, other.heading) for other in found.sections]
    assert len(queries) == 2
