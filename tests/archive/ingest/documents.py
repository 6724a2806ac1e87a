"""Small documents for the tests of ingest, as files, items and streams."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import formats
from archive.ingest.files import Stream
from archive.ingest.normalization import CaptureTime
from archive.ingest.options import IntakeOptions
from archive.ingest.recording import Outcome, ingest_items
from archive.ingest.runs import finish_run, start_run
from archive.items import ArticleItem, Hints, Item, SectionItem
from archive.times import parse_moment
from tests.conftest import NOW

IngestFile = Callable[..., list[Outcome]]

PAGE = """Harbour fire latest: crews stay overnight
The quay is closed until further notice
A fire broke out in the old harbour of Marbeck on Monday.
Nobody was hurt.
Ferries stop running
All ferries are cancelled, the port office said.
Schools open as usual
The school board saw no reason to close.
"""

ENTRIES = (
    SectionItem(("The bridge is shut.",), key="1", published=parse_moment("2025-06-10T10:00Z"), key_event=True),
    SectionItem(("A tram has stopped on the bridge.",), key="2", published=parse_moment("2025-06-10T10:05Z")),
)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def record(path: Path, *articles: dict[str, Any]) -> Path:
    return write(path, "".join(json.dumps(article) + "\n" for article in articles))


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def record_live(*entries: SectionItem, captured: datetime = NOW, **fields: Any) -> Outcome:
    """Ingests a live page of these entries, as bytes of its own."""
    raw = repr((entries, captured, fields)).encode()
    url = "https://courier.example/storm"
    item = ArticleItem("Storm latest", entries, raw, "text/html", "test/1", url=url, **fields)
    (outcome,) = record_items(item, captured=captured)
    return outcome


def record_items(*items: Item, captured: datetime = NOW, name: str = "test", zone: str = "") -> list[Outcome]:
    """Records items in a run of their own, as those of one file with this name."""
    run = start_run(name)
    outcomes = list(ingest_items(items, Hints(name, zone=zone), run=run, captured=CaptureTime(captured, "test")))
    finish_run(run)
    return outcomes


FIRE = {"headline": "Fire", "text": "A fire.", "source": "Courier", "published": "2025-06-02T14:30"}


def streams(*articles: dict[str, Any] | bytes) -> Iterator[Stream]:
    """Yields a file for each article, or for bytes as they are."""
    for number, article in enumerate(articles):
        raw = article if isinstance(article, bytes) else json.dumps(article).encode()
        hints = IntakeOptions().hints(f"{number}.json")
        yield Stream(formats.read(io.BytesIO(raw), hints), hints)
