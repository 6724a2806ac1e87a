"""search/management/commands/: the commands as people run them."""

import contextlib
import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from archive.curation import mark_curated
from archive.models import Article, Section
from search import index
from search.engines.whoosh import folders
from search.text import ANALYSIS_VERSION

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_search_prints_json(seed: Article) -> None:
    found = json.loads(run("search", "prisoner exchange", "--json", "--facet", "source").splitlines()[-1])
    assert found["query"] == "prisoner AND exchange"
    assert found["total"] == 1
    hit = found["hits"][0]
    assert set(hit) >= {
        "section", "article", "headline", "heading", "source", "published", "url", "score", "snippet",
    }  # fmt: skip
    assert hit["article"] == seed.pk
    assert found["facets"] == {"source": [{"value": "Unknown source", "count": 1}]}
    assert found["took_ms"] > 0


def test_search_prints_how_the_query_was_read(seed: Article) -> None:
    out = run("search", '"nuclear power plant"')
    assert 'Read as: "nuclear power plant"' in out
    assert "\n1 section in" in out
    assert "nuclear power plant, TASS" in out


def test_explanation_adds_up_to_the_score(seed: Article) -> None:
    found = json.loads(run("search", "prisoner exchange", "--json", "--explain").splitlines()[-1])
    for hit in found["hits"]:
        explanation = hit["explanation"]
        points = [part["points"] for name in ("words", "pairs", "marks") for part in explanation[name]]
        assert sum(points) == pytest.approx(hit["score"], abs=1e-6)
        assert [word["written"] for word in explanation["words"]] == ["prisoner", "exchange"]
    assert "explanation" not in json.loads(run("search", "prisoner", "--json").splitlines()[-1])["hits"][0]


def test_explanation_names_words_fields_and_proximity(seed: Article) -> None:
    out = run("search", "prisoner exchange", "--explain", "--limit", "1")
    assert "prisoner, in 3 of 3 sections" in out
    assert "in the headline of" in out
    assert "prisoner and exchange near each other" in out
    assert "score" not in run("search", "prisoner exchange", "--limit", "1")


def test_search_has_a_limit_and_a_unit(seed: Article) -> None:
    found = json.loads(run("search", "russia", "--json", "--limit", "2"))
    assert (len(found["hits"]), found["total"]) == (2, 3)
    found = json.loads(run("search", "electricity istanbul", "--json", "--unit", "article"))
    assert found["total"] == 1


def test_unreadable_query_fails_without_a_traceback(seed: Article) -> None:
    with pytest.raises(CommandError, match="the distance must be from 1 to 250 words"):
        run("search", "peace w/0 talks")


@pytest.mark.parametrize("command", ["search", "export"])
def test_query_with_nothing_to_search_for_fails_and_lists_nothing(seed: Article, command: str) -> None:
    with pytest.raises(CommandError, match="nothing to search for in §"):
        run(command, "§")


def test_export_writes_a_complete_file(seed: Article, tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    run("export", "russia", "--format", "csv", "-o", str(path))
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {int(row["section"]) for row in rows} == set(Section.objects.values_list("pk", flat=True))
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["found.csv"]
    lines = run("export", "russia", "--format", "jsonl").splitlines()
    assert [json.loads(line)["section"] for line in lines] == [int(row["section"]) for row in rows]


def test_export_to_a_missing_folder_is_an_error(seed: Article, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        run("export", "russia", "-o", str(tmp_path / "nowhere" / "x.csv"))


@pytest.mark.parametrize("action", ["update", "status", "verify"])
def test_index_of_another_version_is_reported(seed: Article, action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run("index", "rebuild")
    monkeypatch.setattr(folders, "ANALYSIS_VERSION", ANALYSIS_VERSION + 1)
    with pytest.raises(CommandError, match="index rebuild"):
        run("index", action)


@pytest.mark.parametrize("pattern", ["*/*.arrays", "*/*.toc", "current"])
@pytest.mark.parametrize("place", [0.02, 0.5, 0.98])
def test_flipped_bit_is_found_by_verify_and_cured(
    seed: Article, archive_home: Path, pattern: str, place: float
) -> None:
    path = next((archive_home / "index").glob(pattern))
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 4
    path.write_bytes(content)
    index.engine().close()
    with pytest.raises(CommandError, match=r"index (rebuild|verify --repair)"):
        run("index", "verify")
    with contextlib.suppress(CommandError):
        run("search", "prisoner")
    with contextlib.suppress(CommandError):
        run("index", "update")
    if pattern == "current":
        run("index", "rebuild")
    else:
        assert "The index is damaged" in run("index", "verify", "--repair")
    assert "3 sections compared: clean" in run("index", "verify")
    assert json.loads(run("search", "prisoner", "--json"))["total"] == 1


def test_index_is_verified_repaired_rebuilt_and_updated(seed: Article) -> None:
    assert "3 sections compared: clean" in run("index", "verify")
    seed.headline = "Quokka"
    mark_curated(seed, ["headline"])
    seed.save()
    with pytest.raises(CommandError, match="--repair"):
        run("index", "verify")
    assert "1 article indexed again" in run("index", "verify", "--repair")
    assert json.loads(run("index", "verify", "--json"))["clean"] is True
    assert "3 sections indexed" in run("index", "rebuild")
    assert "0 articles indexed" in run("index", "update")
    status = json.loads(run("index", "status", "--json"))
    assert (status["documents"], status["sections"], status["pending"]) == (3, 3, 0)
