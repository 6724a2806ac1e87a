"""What the parts of the contract suite share: documents, how they are written and asked for, and the engine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from search.engines.contract import Document, Engine, Request
from search.query.dates import DateBound


def section(
    section_id: int, article_id: int = 0, text: str = "", *, changed: datetime | None = None, **values: Any
) -> Document:
    """Returns a document. Without an article id it is an article of its own."""
    return Document(section_id, article_id or section_id, {"text": text, **values}, f"state {section_id}", changed)


def day(number: int) -> datetime:
    return datetime(2025, 5, number, tzinfo=UTC)


def bound(number: int) -> DateBound:
    """Returns the start of a day of the calendar."""
    return DateBound(day(number))


def fill(engine: Engine, *documents: Document) -> None:
    with engine.write() as batch:
        for document in documents:
            batch.add(document)


def fail_in_batch(engine: Engine, article_id: int, document: Document) -> None:
    """Deletes an article, adds a document, and fails before the batch closes."""
    with engine.write() as batch:
        batch.delete_article(article_id)
        batch.add(document)
        raise ZeroDivisionError


def ids(engine: Engine, tree: Any, **options: Any) -> list[int]:
    return list(engine.scan(Request(tree, **options)))


class EngineMaker:
    """A subclass defines how an engine is made: `make(folder)`."""

    def make(self, folder: Path) -> Engine:
        raise NotImplementedError

    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        return self.make(tmp_path / "index")
