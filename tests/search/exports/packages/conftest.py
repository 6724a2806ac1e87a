"""Packages of a small archive, and what is in them."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as replaced
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from archive.models import Capture
from archive.search_port import no_progress
from search.exports import FORMATS, ExportOptions, make_export
from search.index import sync
from search.results import Question

LIVE = {
    "id": "live-1",
    "kind": "live",
    "headline": "Storm live",
    "source": "Example Gazette",
    "topics": ["Weather"],
    "url": "https://news.example/storm",
    "sections": [
        {"id": f"e{number}", "heading": f"Entry {number}", "text": f"The storm reached harbour {number}."}
        for number in range(6)
    ],
}
ARTICLE = {
    "id": "article-1",
    "kind": "article",
    "headline": "=Storm “&” {braces}",
    "source": "Example Gazette",
    "text": "A storm.\nWith \u202e marks, NUL-free and 100% text.",
}


@dataclass(frozen=True)
class Package:
    """The bytes of a package, and what is in it."""

    data: bytes

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files by name, without the folder around them."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as file:
            return {name.partition("/")[2]: file.read(name) for name in file.namelist()}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.files["data/manifest.json"])
        return found


@pytest.fixture
def take_in(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., None]:
    """Ingests and indexes articles, each as a line of a file."""

    def take_in(*articles: dict[str, Any], **hints: Any) -> None:
        path = tmp_path / "in.jsonl"
        path.write_text("".join(json.dumps(article) + "\n" for article in articles))
        ingest_file(path, **hints)
        sync.drain(no_progress)

    return take_in


@pytest.fixture
def storm(take_in: Callable[..., None]) -> None:
    """A live page of six entries, and an article."""
    take_in(LIVE, ARTICLE)


def make_package(q: str = "storm", *, question: Question | None = None, **options: Any) -> Package:
    """Returns the package of a query as the command makes it."""
    asked_for = question or Question(q=q)
    export = make_export(
        FORMATS["package"], asked_for, ExportOptions(**options), site_url="https://archive.example", now=timezone.now()
    )
    return Package(b"".join(replaced(export, captures=Capture.objects.all()).write()))
