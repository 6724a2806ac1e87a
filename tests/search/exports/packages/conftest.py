"""Packages of a small archive, and what is in them."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from archive.models import Capture
from archive.search_port import no_progress
from search.exports import FORMATS, ExportOptions, make_export
from search.exports.packages import bag
from search.exports.packages.zip_writer import ZipWriter
from search.index import sync
from search.results import Question
from tests.conftest import BuildOnce

Files = dict[str, bytes]

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
def storm(build_once: BuildOnce, take_in: Callable[..., None]) -> None:
    """A live page of six entries, and an article."""
    build_once("storm", lambda: take_in(LIVE, ARTICLE))


def make_package(q: str = "storm", *, question: Question | None = None, **options: Any) -> Package:
    """Returns the package of a query as the command makes it."""
    asked_for = question or Question(q=q)
    export = make_export(
        FORMATS["package"], asked_for, ExportOptions(**options), site_url="https://archive.example", now=timezone.now()
    )
    return Package(b"".join(replaced(export, captures=Capture.objects.all()).write()))


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Returns a ZIP with these members as a package has them, and a right seal."""
    with ExitStack() as opened:
        writer = ZipWriter(datetime(2026, 1, 2, tzinfo=UTC), opened)
        return b"".join([*(part for name, data in files for part in writer.add(name, [data])), *writer.finish()])


def bagged(files: Files, **replaced: bytes) -> Iterator[tuple[str, bytes]]:
    """Yields the members of a bag whose hashes are right: whoever changes a file can change its hash."""
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    lines = {name: bag.manifest_line(hashlib.sha256(data).hexdigest(), name) for name, data in payload.items()}
    info = f"{bag.OXUM}: {sum(map(len, payload.values()))}.{len(payload)}\n".encode()
    beside = {"bagit.txt": bag.DECLARATION, "README.txt": b"A package.\n", "bag-info.txt": info}
    beside |= {name: data for name, data in files.items() if name not in payload}
    beside["manifest-sha256.txt"] = b"".join(lines.values())
    beside |= {name.replace("_", "."): data for name, data in replaced.items()}
    tags = [bag.manifest_line(hashlib.sha256(data).hexdigest(), name) for name, data in beside.items()]
    members = payload | beside | {"tagmanifest-sha256.txt": b"".join(tags)}
    return ((f"bag/{name}", data) for name, data in members.items())
