"""When the archive last changed what it shows of a section."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.items import SectionItem
from archive.models import Article, Section
from archive.operations import EDITED, operation

from .documents import ENTRIES, record_live

pytestmark = pytest.mark.django_db
JUNE = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def take_in(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., set[str]]:
    """Ingests an article, a day after the last; returns the keys or texts of the sections that changed."""
    days = iter(range(100))

    def take_in(*, captured: datetime | None = None, **article: Any) -> set[str]:
        before = dict(Section.objects.values_list("pk", "changed"))
        path = tmp_path / "a.jsonl"
        path.write_text(json.dumps({"id": "1", "headline": "Fire"} | article) + "\n")
        ingest_file(path, captured=captured or JUNE + timedelta(days=next(days)))
        changed = [section for section in Section.objects.all() if before.get(section.pk) != section.changed]
        assert all(section.changed > before[section.pk] for section in changed if section.pk in before)
        return {section.key or section.text for section in changed}

    return take_in


def entries(**texts: str) -> dict[str, Any]:
    return {"kind": "live", "sections": [{"id": key, "text": text} for key, text in texts.items()]}


def test_a_section_is_new_when_it_is_taken_in_however_old_its_capture(take_in: Callable[..., Any]) -> None:
    assert take_in(text="One.", captured=datetime(2003, 1, 1, tzinfo=UTC)) == {"One."}
    assert Section.objects.get().changed.year > 2003


def test_only_the_entries_that_change_are_new(take_in: Callable[..., Any]) -> None:
    assert take_in(**entries(a="One.", b="Two.")) == {"a", "b"}
    assert take_in(**entries(c="Three.", a="One.", b="Two.")) == {"c"}
    assert take_in(**entries(c="Three.", a="One, corrected.", b="Two.")) == {"a"}
    assert take_in(headline="Another", **entries(c="Three.", a="One, corrected.", b="Two.")) == set()


def test_a_page_that_is_as_it_was_changes_nothing(take_in: Callable[..., Any]) -> None:
    take_in(text="One.", language="en")
    assert take_in(text="One.", language="en", ignored="field") == set()
    assert take_in(text="One.", language="en", captured=JUNE) == set()


def test_a_withdrawal_changes_the_entry_alone(db: None) -> None:
    record_live(*ENTRIES)
    before = dict(Section.objects.values_list("key", "changed"))
    record_live(ENTRIES[0], SectionItem((), key="2", withdrawn=True), captured=JUNE + timedelta(days=30))
    after = dict(Section.objects.values_list("key", "changed"))
    assert after["1"] == before["1"]
    assert after["2"] > before["2"]


def test_a_headline_changes_the_sections_of_an_ordinary_article(take_in: Callable[..., Any]) -> None:
    take_in(sections=[{"text": "One."}, {"heading": "B", "text": "Two."}])
    assert take_in(headline="Other", sections=[{"text": "One."}, {"heading": "B", "text": "Two."}]) == {"One.", "Two."}


def test_a_curator_changes_the_sections_of_the_article(take_in: Callable[..., Any]) -> None:
    take_in(text="One.")
    article = Article.objects.get()
    before = Section.objects.get().changed
    for headline, changed in ((article.headline, False), ("Another", True)):
        with operation(EDITED, user_name="ada", label="Edited") as act:
            act.watch(Article, [article.pk])
            Article.objects.update(headline=headline)
        assert (Section.objects.get().changed > before) is changed


def test_an_embargo_makes_a_section_new_when_it_ends(take_in: Callable[..., Any]) -> None:
    take_in(text="One.")
    section = Section.objects.get()
    assert section.new_since == section.changed
    end = section.changed + timedelta(days=3)
    Article.objects.update(embargo=end)
    assert Section.objects.get().new_since == end
