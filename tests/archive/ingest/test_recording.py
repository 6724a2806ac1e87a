"""What ingest makes of items: articles, captures, counts and problems, each article in one transaction."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.curation import mark_curated
from archive.ingest import recording
from archive.ingest.recording import Outcome
from archive.items import ArticleItem, Note, SectionItem
from archive.models import (
    Article,
    ArticleVersion,
    Capture,
    Change,
    IngestRun,
    Problem,
    Section,
    SectionVersion,
    Source,
    Topic,
)
from tests.conftest import SEED

from .documents import PAGE, IngestFile, record, record_items, statuses, write

pytestmark = pytest.mark.django_db

AGENCY_SEED = SEED.parent / "merrow-quay-tide-mill.xml"


def test_seed_is_recorded_with_its_sections_and_its_bytes(ingest_file: IngestFile) -> None:
    assert statuses(ingest_file(SEED)) == ["new"]
    article = Article.objects.get()
    assert article.kind == "live"
    assert article.published is None
    assert article.published_precision == ""
    assert [len(section.paragraphs) for section in article.sections.all()] == [6, 4, 3]
    assert Capture.objects.get().path.read_bytes() == SEED.read_bytes()


def test_same_bytes_change_nothing(ingest_file: IngestFile, tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_bytes(SEED.read_bytes())
    ingest_file(SEED)
    before = [model.objects.count() for model in (Article, Capture, SectionVersion, ArticleVersion, Change)]
    assert statuses(ingest_file(SEED)) == ["unchanged"]
    assert statuses(ingest_file(copy)) == ["unchanged"]
    assert [model.objects.count() for model in (Article, Capture, SectionVersion, ArticleVersion, Change)] == before


@pytest.mark.parametrize(
    "changed",
    [
        ("harbour", "har\u00adbour"),
        ("Ferries", "Ferr\u200bies"),
        (" of Marbeck", "\u00a0of Marbeck"),
        ("stop running", "stop\u2060 running"),
        ("officé", "office\u0301"),
    ],
)
def test_what_readers_do_not_see_makes_no_version(
    changed: tuple[str, str], ingest_file: IngestFile, tmp_path: Path
) -> None:
    page = PAGE.replace("office", "officé")
    ingest_file(write(tmp_path / "page.txt", page))
    before = list(SectionVersion.objects.values_list("text", flat=True))
    ingest_file(write(tmp_path / "page.txt", page.replace(*changed)))
    assert Capture.objects.count() == 2
    assert list(SectionVersion.objects.values_list("text", flat=True)) == before


@pytest.mark.parametrize("sign", ["\u00ad", "\u200b", "\u2060"])
@pytest.mark.parametrize("field", ["headline", "standfirst", "byline"])
def test_what_readers_do_not_see_changes_no_field(
    sign: str, field: str, ingest_file: IngestFile, tmp_path: Path
) -> None:
    fire = {"id": "7", "headline": "Harbour fire", "standfirst": "A long night.", "byline": "A. Bell", "text": "Fire."}
    ingest_file(record(tmp_path / "a.jsonl", fire))
    written = {**fire, field: fire[field][:4] + sign + fire[field][4:]}
    assert statuses(ingest_file(record(tmp_path / "b.jsonl", written))) == ["unchanged"]
    article = Article.objects.get()
    assert getattr(article, field) == fire[field]
    assert [getattr(version, field) for version in article.versions.order_by("id")] == [fire[field], written[field]]


def test_curated_fields_outlive_captures_and_versions_keep_what_was_received(
    ingest_file: IngestFile, tmp_path: Path
) -> None:
    fire = {"id": "7", "source": "Courier", "headline": "Fire", "byline": "A. Bell", "text": "A fire."}
    ingest_file(record(tmp_path / "a.jsonl", fire))
    article = Article.objects.get()
    article.headline = "Fire in the harbour"
    mark_curated(article, ["headline"])
    article.save()
    ingest_file(record(tmp_path / "b.jsonl", {**fire, "headline": "Huge fire", "byline": "B. Carr"}))
    article.refresh_from_db()
    assert (article.headline, article.byline) == ("Fire in the harbour", "B. Carr")
    assert [version.headline for version in article.versions.order_by("id")] == ["Fire", "Huge fire"]


def test_vaguer_time_does_not_replace_a_precise_one(ingest_file: IngestFile, tmp_path: Path) -> None:
    fire = {"id": "7", "headline": "Fire", "text": "A fire.", "published": "2025-06-02T10:30:00+02:00"}
    ingest_file(record(tmp_path / "a.jsonl", fire))
    ingest_file(record(tmp_path / "b.jsonl", {**fire, "published": "2025-06-02"}))
    article = Article.objects.get()
    assert article.published == datetime(2025, 6, 2, 8, 30, tzinfo=UTC)
    assert article.published_precision == "second"
    assert article.versions.earliest("id").published_given == "2025-06-02T10:30:00+02:00"


def test_item_that_the_database_refuses_stops_nothing_behind_it(db: None) -> None:
    fire = ArticleItem("Fire", (SectionItem(("A fire.",)),), b"1", "text/plain", "test/1", locator="line 2")
    items = [replace(fire, raw=b"2", locator="line 1", standfirst="\ud800"), fire]
    refused, recorded = record_items(*items)
    assert (refused.status, refused.locator) == ("rejected", "line 1")
    assert "the database refuses it" in refused.reason
    assert recorded.status == "new"
    assert Problem.objects.get().reason == refused.reason


def test_missing_detail_is_not_taken_away(ingest_file: IngestFile, tmp_path: Path) -> None:
    fire = {"id": "7", "headline": "Fire", "byline": "A. Bell", "text": "A fire."}
    ingest_file(record(tmp_path / "a.jsonl", fire))
    ingest_file(record(tmp_path / "b.jsonl", {"id": "7", "headline": "Fire", "text": "A large fire."}))
    assert Article.objects.get().byline == "A. Bell"


def test_sources_and_topics_are_one_in_any_case(ingest_file: IngestFile, tmp_path: Path) -> None:
    fire = {"headline": "Fire", "text": "A fire.", "source": "Courier", "topics": ["Fires"]}
    other = {"headline": "Flood", "text": "A flood.", "source": "COURIER", "topics": ["fires", "Floods"]}
    ingest_file(record(tmp_path / "a.jsonl", fire, other))
    assert Source.objects.count() == 1
    assert sorted(Article.objects.get(headline="Flood").topics.values_list("name", flat=True)) == ["Fires", "Floods"]


def test_names_whose_case_is_not_plain_stop_nothing(ingest_file: IngestFile, tmp_path: Path) -> None:
    # Databases differ in which of these names are equal without regard to case.
    names = ["istanbul", "İstanbul", "ISTANBUL", "kelvin", "\N{KELVIN SIGN}elvin", "Straße", "STRASSE", "ſee", "see"]
    lines = [{"headline": f"Fire {n}", "text": "A.", "source": name, "topics": names} for n, name in enumerate(names)]
    assert set(statuses(ingest_file(record(tmp_path / "a.jsonl", *lines)))) == {"new"}
    other = [{**line, "id": str(n), "text": "B."} for n, line in enumerate(lines)]
    counts = Source.objects.count(), Topic.objects.count()
    ingest_file(record(tmp_path / "b.jsonl", *other))
    assert (Source.objects.count(), Topic.objects.count()) == counts


def test_a_run_counts_and_keeps_its_problems(ingest_file: IngestFile, tmp_path: Path) -> None:
    lines = write(tmp_path / "a.jsonl", '{"headline": "Fire", "text": "A fire."}\nnot json\n{"text": "x"}\n')
    assert statuses(ingest_file(lines)) == ["new", "rejected", "rejected"]
    run = IngestRun.objects.get()
    assert (run.new, run.rejected) == (1, 2)
    assert run.finished is not None
    assert [problem.locator for problem in run.problems.all()] == ["line 2", "line 3"]


def test_note_on_no_single_article_is_kept_with_the_run_and_not_counted(db: None) -> None:
    note = Note("record 3", "left out: image/png (2)")
    (outcome,) = record_items(note, name="a.warc")
    run = IngestRun.objects.get()
    assert (outcome.status, outcome.notes) == ("noted", (note.reason,))
    assert (run.new, run.changed, run.unchanged, run.rejected) == (0, 0, 0, 0)
    problem = run.problems.get()
    assert (problem.level, problem.locator, problem.reason) == ("note", note.locator, note.reason)


def test_ingest_that_dies_leaves_no_half_article(
    ingest_file: IngestFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    page = write(tmp_path / "page.txt", PAGE)
    with monkeypatch.context() as patched:
        patched.setattr(recording, "record_changes", die)
        with pytest.raises(KeyboardInterrupt):
            ingest_file(page)
    assert [model.objects.count() for model in (Article, Capture, Section, SectionVersion, Change)] == [0] * 5
    assert statuses(ingest_file(page)) == ["new"]


def test_agency_seed_is_recorded_with_its_clocks_and_its_correction(ingest_file: IngestFile) -> None:
    assert ingest_file(AGENCY_SEED) == [Outcome("new", article_id=Article.objects.get().pk)]
    article = Article.objects.get()
    assert [section.heading for section in article.sections.all()] == [
        "",
        "What the mill is to do",
        "Who is against it",
        "What comes next",
    ]
    assert article.source.name == "Example Press Agency (fictional)"
    assert article.published == datetime(2025, 5, 13, 4, 30, tzinfo=UTC)
    assert article.updated == datetime(2025, 5, 13, 8, 20, tzinfo=UTC)
    assert article.embargo == datetime(2025, 5, 13, 5, 0, tzinfo=UTC)
    assert article.note.startswith("Correction\nCorrects the cost")
    assert {topic.name for topic in article.topics.all()} == {"hydropower", "local government", "Merrow Quay"}


def test_new_version_of_an_agencys_item_is_a_capture_of_the_same_article(
    ingest_file: IngestFile, tmp_path: Path
) -> None:
    ingest_file(AGENCY_SEED)
    text = AGENCY_SEED.read_text(encoding="utf-8")
    later = write(tmp_path / "later.xml", text.replace('version="3"', 'version="4"').replace("eleven", "twelve"))
    assert statuses(ingest_file(later)) == ["changed"]
    article = Article.objects.get()
    assert article.captures.count() == 2
    assert [section.versions.count() for section in article.sections.all()] == [1, 1, 2, 1]


def test_kill_without_words_withdraws_the_article_and_keeps_what_it_said(
    ingest_file: IngestFile, tmp_path: Path
) -> None:
    ingest_file(AGENCY_SEED)
    text = (
        AGENCY_SEED.read_text(encoding="utf-8")
        .replace("stat:usable", "stat:canceled")
        .replace("sig:correction", "sig:kill")
    )
    begin, end = text.index("<contentSet>"), text.index("</contentSet>")
    kill = write(tmp_path / "kill.xml", text[:begin] + "<contentSet>" + text[end:])
    assert statuses(ingest_file(kill)) == ["changed"]
    article = Article.objects.get()
    assert article.status == "canceled"
    assert article.note.startswith("Kill\n")
    assert SectionVersion.objects.count() == 4
