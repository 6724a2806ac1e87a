"""Captures and versions are written once: the bytes on disk and the rows that describe them."""

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from archive.ingest.evidence import store_bytes
from archive.models import ArticleVersion, Capture, Placement, SectionVersion
from archive.models.captures import ImmutableError, capture_path
from tests.conftest import SEED

from .documents import IngestFile

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Capture, ArticleVersion, SectionVersion, Placement])
def test_evidence_cannot_be_changed(ingest_file: IngestFile, model: Any) -> None:
    ingest_file(SEED)
    row = model.objects.first()
    with pytest.raises(ImmutableError):
        row.save()
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        model.objects.update(id=9999)


def test_bytes_are_stored_once_under_their_hash(archive_home: Path) -> None:
    sha256 = "ab" * 32
    path = store_bytes(b"first", sha256)
    assert path == capture_path(sha256)
    assert store_bytes(b"first", sha256) == path
    assert [file.name for file in path.parent.iterdir()] == [sha256]
    assert path.stat().st_mode & 0o222 == 0
