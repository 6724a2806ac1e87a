"""What the tests of exports share."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from archive.search_port import no_progress
from search.exports import FORMATS, ExportOptions, make_export
from search.index import sync
from search.results import Question
from tests.conftest import BuildOnce

from .reading_tools import write_difficult


@pytest.fixture
def difficult(build_once: BuildOnce, ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    """An archive with texts that formats stumble over."""

    def build() -> None:
        write_difficult(tmp_path / "difficult.jsonl")
        ingest_file(tmp_path / "difficult.jsonl")
        sync.drain(no_progress)

    build_once("difficult", build)


@pytest.fixture
def written() -> Callable[..., str]:
    """Returns the text of an export; `options` are those of ExportOptions."""

    def write(kind: str, q: str = "ferry", *, question: Question | None = None, **options: Any) -> str:
        asked = replace(question or Question(), q=q)
        export = make_export(
            FORMATS[kind], asked, ExportOptions(**options), site_url="https://archive.example", now=timezone.now()
        )
        return b"".join(export.write()).decode()

    return write
