"""search/index/documents.py: sections as documents."""

import pytest

from archive.models import Article
from search.fields import FIELDS
from search.index.documents import build_documents

pytestmark = pytest.mark.django_db


def test_document_has_a_value_for_every_field(seed: Article) -> None:
    documents = list(build_documents([seed.pk]))
    assert len(documents) == 3
    for document in documents:
        assert list(document.values) == [field.name for field in FIELDS]
