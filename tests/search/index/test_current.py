"""Which engine serves."""

import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from search.engines import EngineError
from search.engines.whoosh import WhooshEngine
from search.index import engine_features
from search.index.current import get_engine

CLUSTER = "opensearch://localhost:9200/news"


def test_embedded_engine_serves_unless_a_cluster_is_named(tmp_path: Path) -> None:
    assert isinstance(get_engine(tmp_path), WhooshEngine)


def test_fault_of_the_address_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(
        ImproperlyConfigured, match=r"ARCHIVE_SEARCH_ENGINE is not an address: .*port.*Write it"
    ) as caught:
        get_engine(tmp_path, place="opensearch://ada:secret@localhost:x/news")
    assert "secret" not in str(caught.value)


def test_missing_client_is_named_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opensearchpy", None)
    with pytest.raises(EngineError, match=r"requirements-server\.txt"):
        get_engine(tmp_path, place=CLUSTER)


def test_search_help_says_what_the_engine_leaves_out(settings, client) -> None:
    assert engine_features().reranking
    sentence = "not how near each other they are"
    assert sentence not in client.get(reverse("help")).content.decode()
    settings.SEARCH_ENGINE = CLUSTER
    assert not engine_features().reranking
    assert sentence in client.get(reverse("help")).content.decode()
