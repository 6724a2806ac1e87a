"""An archive whose index is in a cluster: what its index cannot answer or take in for a while is not lost."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from archive.models import Article, pending_changes, record_changes
from archive.search_port import no_progress
from search.engines.contract import UnavailableError
from search.engines.opensearch import OpenSearchEngine, cluster
from search.engines.opensearch.mapping import index_body, schema
from search.index import current, drain, engine, status

from ....conftest import NOW
from .conftest import ADDRESS, MakeEngine

pytestmark = pytest.mark.django_db

TEXTS = ("Prisoner exchange agreed", "Flood in the valley")


@pytest.fixture
def index(make_engine: MakeEngine, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenSearchEngine]:
    """The index of the archive of a test, in the cluster."""
    made = make_engine("archive")
    settings.SEARCH_ENGINE = ADDRESS.replace("/tests?", f"/{made._storage.name}?")
    # A copy that takes over is waited for elsewhere.
    monkeypatch.setattr(cluster, "_TAKEOVER_SECONDS", 0)
    yield made
    for used in current._engines.values():
        used.close()
    current._engines.clear()


@pytest.fixture
def archive(index: OpenSearchEngine, ingest_file: Callable[..., Any], tmp_path: Any) -> None:
    """An archive with two articles, which are indexed."""
    path = tmp_path / "articles.jsonl"
    articles = [
        {"id": str(number), "headline": text, "text": f"{text}, officials said.", "published": NOW.isoformat()}
        for number, text in enumerate(TEXTS)
    ]
    path.write_text("".join(f"{json.dumps(article)}\n" for article in articles))
    ingest_file(path)
    assert drain(no_progress) == len(TEXTS)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


@contextmanager
def no_working_copy(index: OpenSearchEngine) -> Iterator[None]:
    """Lets an index serve of which no node has a copy, as after the loss of its node: it is red."""
    storage = index._storage
    whole, red = storage.find_serving(), f"{storage.name}-{schema()}-red"
    body = index_body(replicas=0, meta={})
    body["settings"] |= {"index.routing.allocation.require._name": "nobody"}
    index._cluster.call("PUT", f"/{red}", body, params={"wait_for_active_shards": "0"})

    def serve(new: str | None, old: str | None) -> None:
        actions = [
            {"add": {"index": new, "alias": storage.name}},
            {"remove": {"index": old, "alias": storage.name}},
        ]
        index._cluster.call("POST", "/_aliases", {"actions": actions})

    serve(red, whole)
    yield
    serve(whole, red)


def test_archive_in_a_cluster_finds_and_verifies(archive: None, client: Client) -> None:
    assert isinstance(engine(), OpenSearchEngine)
    assert json.loads(run("search", "prisoner", "--json"))["total"] == 1
    assert "2 sections compared: clean" in run("index", "verify")
    assert "Flood" in client.get("/?q=flood").content.decode()
    assert client.get("/readyz").status_code == 200


def test_changes_wait_for_an_index_without_a_working_copy(
    archive: None, index: OpenSearchEngine, client: Client
) -> None:
    before = engine().info().generation
    with no_working_copy(index):
        for command in (("search", "prisoner"), ("index", "verify"), ("index", "update")):
            with pytest.raises(CommandError, match=r"no working copy of the index.*Pending changes stay pending"):
                run(*command)
        record_changes(Article.objects.values_list("pk", flat=True))
        waiting = set(pending_changes().values_list("pk", flat=True))
        with pytest.raises(UnavailableError):
            drain(no_progress)
        assert set(pending_changes().values_list("pk", flat=True)) == waiting != set()
        # It may be whole: nothing builds it again by itself.
        assert status().is_away
        out = run("start", "--no-serve")
        assert "no working copy" in out
        assert "Building the index" not in out
        assert client.get("/readyz").status_code == 503
        answer = client.get("/?q=prisoner")
        assert answer.status_code == 503
        assert "no working copy" in answer.content.decode()
    assert engine().info().generation == before
    assert drain(no_progress) == len(TEXTS)
    assert not pending_changes().exists()
    assert "2 sections compared: clean" in run("index", "verify")
    assert json.loads(run("search", "prisoner OR flood", "--json"))["total"] == len(TEXTS)
