"""Identity, versions and changes: what ingest makes of what it is given."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.models import CharField

from archive.current_values import mark_curated
from archive.ingest import recording as ingest
from archive.ingest.evidence import store_bytes
from archive.ingest.files import files_under, read_path
from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import Outcome, finish_run, ingest_items, start_run
from archive.items import ArticleItem, Hints, Note, Rejected, SectionItem
from archive.models import (
    Article,
    ArticleVersion,
    Capture,
    Change,
    IngestRun,
    Placement,
    Problem,
    Section,
    SectionVersion,
    Source,
    Topic,
)
from archive.models.articles import UNKNOWN_SOURCE
from archive.models.captures import ImmutableError, capture_path
from archive.times import NO_ZONE, Moment, from_epoch, parse_moment
from tests.conftest import NOW, SEED

pytestmark = pytest.mark.django_db
TakeIn = Callable[..., list[Outcome]]

PAGE = """Harbour fire latest: crews stay overnight
The quay is closed until further notice
A fire broke out in the old harbour of Marbeck on Monday.
Nobody was hurt.
Ferries stop running
All ferries are cancelled, the port office said.
Schools open as usual
The school board saw no reason to close.
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def record(path: Path, *articles: dict[str, Any]) -> Path:
    return write(path, "".join(json.dumps(article) + "\n" for article in articles))


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def test_seed_is_recorded_with_its_sections_and_its_bytes(take_in: TakeIn) -> None:
    assert statuses(take_in(SEED)) == ["new"]
    article = Article.objects.get()
    assert article.kind == "live"
    assert article.published is None
    assert article.published_precision == ""
    assert [len(section.paragraphs) for section in article.sections.all()] == [6, 4, 3]
    assert Capture.objects.get().path.read_bytes() == SEED.read_bytes()


def test_same_bytes_change_nothing(take_in: TakeIn, tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_bytes(SEED.read_bytes())
    take_in(SEED)
    before = [model.objects.count() for model in (Article, Capture, SectionVersion, ArticleVersion, Change)]
    assert statuses(take_in(SEED)) == ["unchanged"]
    assert statuses(take_in(copy)) == ["unchanged"]
    assert [model.objects.count() for model in (Article, Capture, SectionVersion, ArticleVersion, Change)] == before


def test_only_sections_that_changed_get_a_version(take_in: TakeIn, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    take_in(page)
    write(page, PAGE.replace("All ferries", "Nearly all ferries"))
    assert statuses(take_in(page, captured=NOW + timedelta(hours=1))) == ["changed"]
    article = Article.objects.get()
    assert [section.versions.count() for section in article.sections.all()] == [1, 2, 1]
    assert article.sections.all()[1].text.startswith("Nearly all ferries")
    assert article.captures.count() == 2


def test_section_that_is_gone_is_marked_and_its_return_unmarks_it(take_in: TakeIn, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    take_in(page)
    write(page, PAGE.replace("Ferries stop running\nAll ferries are cancelled, the port office said.\n", ""))
    take_in(page, captured=NOW + timedelta(hours=1))
    ferries = Section.objects.get(current__heading="Ferries stop running")
    assert ferries.gone == Capture.objects.order_by("captured").last()
    assert Section.objects.filter(gone__isnull=True).count() == 2
    write(page, PAGE.replace("A fire broke out", "A large fire broke out"))
    take_in(page, captured=NOW + timedelta(hours=2))
    ferries.refresh_from_db()
    assert ferries.gone is None
    assert ferries.versions.count() == 1


def test_whitespace_alone_gives_a_capture_and_no_change(take_in: TakeIn, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    take_in(page)
    changes = Change.objects.count()
    write(page, PAGE.replace("\n", "\r\n"))
    assert statuses(take_in(page, captured=NOW + timedelta(hours=1))) == ["unchanged"]
    assert Capture.objects.count() == 2
    assert SectionVersion.objects.count() == 3
    assert Change.objects.count() == changes


def test_other_file_with_other_headline_and_words_is_another_article(take_in: TakeIn, tmp_path: Path) -> None:
    take_in(write(tmp_path / "monday.txt", PAGE))
    tuesday = write(tmp_path / "tuesday.txt", "Harbour reopens\nShips came back to Marbeck on Tuesday.\n")
    assert statuses(take_in(tuesday)) == ["new"]


@pytest.mark.parametrize("change", ["headline", "name"])
def test_text_without_id_is_the_same_article_by_two_of_three(take_in: TakeIn, tmp_path: Path, change: str) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    take_in(page)
    text = PAGE.replace("A fire broke out", "A large fire broke out")
    if change == "headline":
        text = text.replace("crews stay overnight", "crews go home")
    else:
        page = tmp_path / "later.txt"
    assert statuses(take_in(write(page, text), captured=NOW + timedelta(hours=1))) == ["changed"]
    assert Article.objects.count() == 1


def test_one_file_used_for_two_stories_gives_two_articles(take_in: TakeIn, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    take_in(page)
    write(page, "Council agrees on the budget\nThe council of Marbeck met on Friday.\n")
    assert statuses(take_in(page)) == ["new"]


def test_outlets_id_decides_within_its_source(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"id": "7", "source": "Marbeck Courier", "headline": "Fire", "text": "A fire."}
    lines = record(tmp_path / "a.jsonl", one, {**one, "source": "Other Gazette"}, {**one, "headline": "Large fire"})
    assert statuses(take_in(lines)) == ["new", "new", "changed"]
    assert Article.objects.get(source__name="Marbeck Courier").headline == "Large fire"


def test_id_holds_after_a_curator_gave_the_article_another_source(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"id": "7", "source": "courier.example", "headline": "Fire", "text": "A fire."}
    take_in(record(tmp_path / "a.jsonl", one))
    article = Article.objects.get()
    article.source = Source.objects.create(name="Marbeck Courier")
    mark_curated(article, ["source"])
    article.save()
    assert statuses(take_in(record(tmp_path / "b.jsonl", {**one, "text": "A large fire."}))) == ["changed"]
    assert Article.objects.get().source.name == "Marbeck Courier"


def test_address_joins_captures_from_two_formats(take_in: TakeIn, tmp_path: Path) -> None:
    url = "https://www.courier.example/fire?id=3&utm_source=feed#top"
    take_in(record(tmp_path / "a.jsonl", {"id": "7", "headline": "Fire", "text": "A fire.", "url": url}))
    page = write(tmp_path / "page.txt", "Fire\nA fire, at last put out.\n")
    assert statuses(take_in(page, url="http://www.courier.example/fire?id=3")) == ["changed"]
    assert Article.objects.get().captures.count() == 2


def test_two_ids_at_one_address_stay_two_articles(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"source": "Courier", "text": "A fire.", "url": "https://courier.example/"}
    lines = record(tmp_path / "a.jsonl", {**one, "id": "1", "headline": "A"}, {**one, "id": "2", "headline": "B"})
    assert statuses(take_in(lines)) == ["new", "new"]


def test_curated_fields_outlive_captures_and_versions_keep_what_was_received(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"id": "7", "source": "Courier", "headline": "Fire", "byline": "A. Bell", "text": "A fire."}
    take_in(record(tmp_path / "a.jsonl", one))
    article = Article.objects.get()
    article.headline = "Fire in the harbour"
    mark_curated(article, ["headline"])
    article.save()
    take_in(record(tmp_path / "b.jsonl", {**one, "headline": "Huge fire", "byline": "B. Carr"}))
    article.refresh_from_db()
    assert (article.headline, article.byline) == ("Fire in the harbour", "B. Carr")
    assert [version.headline for version in article.versions.order_by("id")] == ["Fire", "Huge fire"]


def test_capture_that_comes_in_late_does_not_replace_what_stands(take_in: TakeIn, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    take_in(page)
    earlier = PAGE.replace("All ferries", "Some ferries").replace("Nobody was hurt.\n", "")
    write(page, earlier + "Traffic\nNo delays were reported.\n")
    take_in(page, captured=NOW - timedelta(hours=3))
    article = Article.objects.get()
    assert [section.text for section in article.sections.filter(gone=None)][1].startswith("All ferries")
    assert article.sections.get(current__heading="Ferries stop running").versions.count() == 2
    traffic = article.sections.get(current__heading="Traffic")
    assert traffic.gone is not None
    assert traffic.gone.captured == NOW


def test_vaguer_time_does_not_replace_a_precise_one(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"id": "7", "headline": "Fire", "text": "A fire.", "published": "2025-06-02T10:30:00+02:00"}
    take_in(record(tmp_path / "a.jsonl", one))
    take_in(record(tmp_path / "b.jsonl", {**one, "published": "2025-06-02"}))
    article = Article.objects.get()
    assert article.published == datetime(2025, 6, 2, 8, 30, tzinfo=UTC)
    assert article.published_precision == "second"
    assert article.versions.earliest("id").published_given == "2025-06-02T10:30:00+02:00"


def test_time_after_the_capture_is_null_with_a_problem(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"id": "7", "headline": "Fire", "text": "A fire.", "published": "2031-01-01"}
    outcomes = take_in(record(tmp_path / "a.jsonl", one))
    assert "2031-01-01" in outcomes[0].notes[0]
    assert Article.objects.get().published is None
    assert Problem.objects.get().level == "note"


def test_address_that_is_no_web_address_is_left_out(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"id": "7", "headline": "Fire", "text": "A fire.", "url": "javascript:alert(1)"}
    assert "javascript" in take_in(record(tmp_path / "a.jsonl", one))[0].notes[0]
    assert Article.objects.get().url == ""


def test_scheme_of_an_address_may_be_in_capitals(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"id": "7", "headline": "Fire", "text": "A fire.", "url": "HTTPS://Courier.example/Fire"}
    assert take_in(record(tmp_path / "a.jsonl", one))[0].notes == ()
    assert Article.objects.get().url == "https://Courier.example/Fire"


@pytest.mark.parametrize("key", ["id", "source", "language", "topics"])
def test_detail_longer_than_the_record_holds_is_left_out_with_a_note(
    take_in: TakeIn, tmp_path: Path, key: str
) -> None:
    value: object = ["x" * 400] if key == "topics" else "x" * 400
    outcome = take_in(record(tmp_path / "a.jsonl", {"headline": "Fire", "text": "A fire.", key: value}))[0]
    assert outcome.status == "new"
    assert "characters" in outcome.notes[0]
    assert [source.name for source in Source.objects.all()] == [UNKNOWN_SOURCE]


def test_whatever_a_document_holds_fits_the_columns(db: None) -> None:
    # SQLite takes a text of any length, so the columns are asked.
    long = "\N{DROPLET}é" * 5000
    moment = Moment(NOW - timedelta(days=1), "second", long, NO_ZONE)
    entry = SectionItem((long,), long, long, long, moment, moment, note=long)
    address = f"https://courier.example/{long}#{long}7"
    fire = ArticleItem("Fire", (entry,), b"1", "text/html", "test/1", external_id="7", url=address[:2000] + "7")
    texts: dict[str, Any] = dict.fromkeys(("headline", "standfirst", "byline", "language", "note", "source"), long)
    items = [fire, replace(fire, raw=b"2", locator=long, external_id=long, url=address, topics=(long,), **texts)]
    zone = "America/Argentina/ComodRivadavia"
    run = start_run(long)
    outcomes = list(ingest_items(items, Hints(long, zone=zone), run=run, captured=CaptureTime(NOW, "test")))
    assert statuses(outcomes) == ["new", "new"]
    for model in apps.get_app_config("archive").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, CharField):
                values = [getattr(row, field.name) for row in model._default_manager.all()]
                assert max(map(len, values), default=0) <= (field.max_length or 0), f"{model.__name__}.{field.name}"


def test_what_the_database_refuses_stops_nothing_behind_it(db: None) -> None:
    fire = ArticleItem("Fire", (SectionItem(("A fire.",)),), b"1", "text/plain", "test/1", locator="line 2")
    items = [replace(fire, raw=b"2", locator="line 1", standfirst="\ud800"), fire]
    run = start_run("test")
    refused, taken = ingest_items(items, Hints("test"), run=run, captured=CaptureTime(NOW, "test"))
    assert (refused.status, refused.locator) == ("rejected", "line 1")
    assert "the database refuses it" in refused.reason
    assert taken.status == "new"
    assert Problem.objects.get().reason == refused.reason


def test_missing_detail_is_not_taken_away(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"id": "7", "headline": "Fire", "byline": "A. Bell", "text": "A fire."}
    take_in(record(tmp_path / "a.jsonl", one))
    take_in(record(tmp_path / "b.jsonl", {"id": "7", "headline": "Fire", "text": "A large fire."}))
    assert Article.objects.get().byline == "A. Bell"


def test_sources_and_topics_are_one_in_any_case(take_in: TakeIn, tmp_path: Path) -> None:
    one = {"headline": "Fire", "text": "A fire.", "source": "Courier", "topics": ["Fires"]}
    other = {"headline": "Flood", "text": "A flood.", "source": "COURIER", "topics": ["fires", "Floods"]}
    take_in(record(tmp_path / "a.jsonl", one, other))
    assert Source.objects.count() == 1
    assert sorted(Article.objects.get(headline="Flood").topics.values_list("name", flat=True)) == ["Fires", "Floods"]


def test_names_whose_case_is_not_plain_stop_nothing(take_in: TakeIn, tmp_path: Path) -> None:
    # In small letters İ and the sign of kelvin are i and k to some databases, and nothing that is one in capitals is.
    names = ["istanbul", "İstanbul", "ISTANBUL", "kelvin", "\N{KELVIN SIGN}elvin", "Straße", "STRASSE", "ſee", "see"]
    lines = [{"headline": f"Fire {n}", "text": "A.", "source": name, "topics": names} for n, name in enumerate(names)]
    assert set(statuses(take_in(record(tmp_path / "a.jsonl", *lines)))) == {"new"}
    other = [{**line, "id": str(n), "text": "B."} for n, line in enumerate(lines)]
    counts = Source.objects.count(), Topic.objects.count()
    take_in(record(tmp_path / "b.jsonl", *other))
    assert (Source.objects.count(), Topic.objects.count()) == counts


def test_a_run_counts_and_keeps_its_problems(take_in: TakeIn, tmp_path: Path) -> None:
    lines = write(tmp_path / "a.jsonl", '{"headline": "Fire", "text": "A fire."}\nnot json\n{"text": "x"}\n')
    assert statuses(take_in(lines)) == ["new", "rejected", "rejected"]
    run = IngestRun.objects.get()
    assert (run.new, run.rejected) == (1, 2)
    assert run.finished is not None
    assert [problem.locator for problem in run.problems.all()] == ["line 2", "line 3"]


def test_a_note_on_no_one_article_is_kept_with_the_run_and_not_counted(db: None) -> None:
    run = start_run("a.warc")
    note = Note("record 3", "left out: image/png (2)")
    (outcome,) = ingest_items([note], Hints("a.warc"), run=run, captured=CaptureTime(NOW, "test"))
    assert (outcome.status, outcome.notes) == ("noted", (note.reason,))
    assert (run.new, run.changed, run.unchanged, run.rejected) == (0, 0, 0, 0)
    problem = run.problems.get()
    assert (problem.level, problem.locator, problem.reason) == ("note", note.locator, note.reason)


def test_file_that_is_not_there_is_a_rejection(take_in: TakeIn, tmp_path: Path) -> None:
    outcome = take_in(tmp_path / "nowhere.txt")[0]
    assert outcome.status == "rejected"
    assert "No such file" in outcome.reason


def test_files_are_found_in_a_stable_order_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/.hidden/3.txt", "b/.x.txt", "a.txt", "b/1.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name, PAGE)
    os.mkfifo(tmp_path / "pipe")
    assert [str(path.relative_to(tmp_path)) for path in files_under(tmp_path)] == ["a.txt", "b/1.txt", "b/2.txt"]
    assert list(files_under(tmp_path / "a.txt")) == [tmp_path / "a.txt"]


def test_a_link_that_leads_nowhere_or_to_a_folder_is_rejected(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "1").symlink_to(tmp_path / "nowhere")
    (given / "2").symlink_to(tmp_path)
    assert [item for path in files_under(given) for item in read_path(path, Hints(""))] == [
        Rejected("", "cannot be read: No such file or directory"),
        Rejected("", "a link to a folder, which is not followed; give the folder itself"),
    ]


def test_a_folder_that_may_not_be_listed_hides_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, file = tmp_path / "a", write(tmp_path / "b.txt", PAGE)
    locked.mkdir()
    inside = write(locked / "c.txt", PAGE)

    def refuse(path: Path) -> Iterator[Path]:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return listed(path)

    listed = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert list(files_under(tmp_path)) == [locked, file]
    monkeypatch.undo()

    def refuse_to_tell(path: Path, *args: Any, **kwargs: Any) -> os.stat_result:
        if path == inside:
            raise PermissionError(13, "Permission denied")
        return told(path, *args, **kwargs)

    told = Path.stat
    monkeypatch.setattr(Path, "stat", refuse_to_tell)
    assert list(files_under(tmp_path)) == [inside, file]


def test_ingest_that_dies_leaves_no_half_article(
    take_in: TakeIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    page = write(tmp_path / "page.txt", PAGE)
    with monkeypatch.context() as patched:
        patched.setattr(ingest, "record_changes", die)
        with pytest.raises(KeyboardInterrupt):
            take_in(page)
    assert [model.objects.count() for model in (Article, Capture, Section, SectionVersion, Change)] == [0] * 5
    assert statuses(take_in(page)) == ["new"]


@pytest.mark.parametrize("model", [Capture, ArticleVersion, SectionVersion, Placement])
def test_evidence_cannot_be_changed(take_in: TakeIn, model: Any) -> None:
    take_in(SEED)
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


ENTRIES = (
    SectionItem(("The bridge is shut.",), key="1", published=parse_moment("2025-06-10T10:00Z"), key_event=True),
    SectionItem(("A tram has stopped on the bridge.",), key="2", published=parse_moment("2025-06-10T10:05Z")),
)


def record_live(*entries: SectionItem, captured: datetime = NOW, **fields: Any) -> Outcome:
    """Takes in a live page of these entries, as bytes of its own."""
    raw = repr((entries, captured, fields)).encode()
    item = ArticleItem(
        "Storm latest", entries, raw, "text/html", "test/1", url="https://courier.example/storm", **fields
    )
    run = start_run("test")
    (outcome,) = ingest_items([item], Hints("test"), run=run, captured=CaptureTime(captured, "test"))
    finish_run(run)
    return outcome


def test_entry_that_its_outlet_withdraws_keeps_its_words(db: None) -> None:
    record_live(*ENTRIES)
    taken_back = SectionItem(("This entry was removed.",), key="2", withdrawn=True)
    for hours in (1, 2):
        outcome = record_live(ENTRIES[0], taken_back, captured=NOW + timedelta(hours=hours))
        assert outcome.status == ("changed" if hours == 1 else "unchanged")
    section = Section.objects.get(key="2")
    assert section.withdrawn
    assert section.gone == Capture.objects.get(captured=NOW + timedelta(hours=1))
    assert section.text == "A tram has stopped on the bridge."
    assert [version.text for version in section.versions.all()] == [section.text, "This entry was removed."]
    record_live(*ENTRIES, captured=NOW + timedelta(hours=3))
    section.refresh_from_db()
    assert [section.withdrawn, section.gone, section.versions.count()] == [False, None, 2]


def test_wordless_withdrawal_marks_the_entry_and_one_never_received_is_noted(db: None) -> None:
    record_live(*ENTRIES)
    gone = [SectionItem((), key=key, withdrawn=True) for key in ("2", "3")]
    outcome = record_live(ENTRIES[0], *gone, captured=NOW + timedelta(hours=1))
    assert outcome.notes == ("section 3: withdrawn, and never received before",)
    assert list(Section.objects.values_list("key", "withdrawn")) == [("1", False), ("2", True)]


def test_what_an_outlet_says_about_an_entry_is_kept_with_its_version(db: None) -> None:
    record_live(*ENTRIES)
    corrected = SectionItem(
        ENTRIES[1].paragraphs,
        key="2",
        published=ENTRIES[1].published,
        updated=parse_moment("2025-06-10T10:30Z"),
        note="Corrected: a tram, not a bus.",
    )
    assert record_live(ENTRIES[0], corrected, captured=NOW + timedelta(hours=1)).status == "changed"
    first, second = Section.objects.order_by("position")
    assert first.current is not None
    assert second.current is not None
    assert (first.current.key_event, second.current.key_event) == (True, False)
    assert second.current.note == "Corrected: a tram, not a bus."
    assert second.current.updated == datetime(2025, 6, 10, 10, 30, tzinfo=UTC)


def test_times_without_a_zone_are_those_of_the_source(db: None) -> None:
    Source.objects.create(name="Courier", zone="Europe/London")
    entry = SectionItem(("The bridge is shut.",), published=parse_moment("2025-06-10T10:00"))
    record_live(entry, source="Courier", published=parse_moment("2025-06-10T09:00"))
    article = Article.objects.get()
    assert article.published == datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
    assert article.published_rule == "as given; no zone, read as Europe/London"
    assert article.sections.get().published == datetime(2025, 6, 10, 9, 0, tzinfo=UTC)


def test_entry_dated_after_its_capture_is_kept_without_the_time(db: None) -> None:
    outcome = record_live(SectionItem(("The bridge is shut.",), published=parse_moment("2099-01-01")))
    assert outcome.notes == ("section 1: published '2099-01-01' is after the capture (2025-06-10); kept without it",)
    assert Section.objects.get().published is None


def test_web_capture_says_itself_when_it_was_made(db: None) -> None:
    raw = b"<p>The bridge is shut.</p>"
    item = ArticleItem("Storm", ENTRIES, raw, "text/html", "test/1", captured=from_epoch(1_749_550_000_000))
    list(ingest_items([item], Hints("test"), run=start_run("test"), captured=CaptureTime(NOW, "test")))
    capture = Capture.objects.get()
    assert capture.captured == datetime(2025, 6, 10, 10, 6, 40, tzinfo=UTC)
    assert capture.captured_rule == "as the web archive gives it"


def test_web_capture_may_be_of_the_last_day_of_all_years(db: None) -> None:
    item = ArticleItem("Storm", ENTRIES, b"x", "text/html", "test/1", captured=parse_moment("9999-12-31T23:00:00Z"))
    (outcome,) = ingest_items([item], Hints("test"), run=start_run("test"), captured=CaptureTime(NOW, "test"))
    assert outcome.status == "new"


AGENCY_SEED = SEED.parent / "merrow-quay-tide-mill.xml"


def test_agency_seed_is_recorded_with_its_clocks_and_its_correction(take_in: TakeIn) -> None:
    assert take_in(AGENCY_SEED) == [Outcome("new", article_id=Article.objects.get().pk)]
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


def test_new_version_of_an_agencys_item_is_a_capture_of_the_same_article(take_in: TakeIn, tmp_path: Path) -> None:
    take_in(AGENCY_SEED)
    text = AGENCY_SEED.read_text(encoding="utf-8")
    later = write(tmp_path / "later.xml", text.replace('version="3"', 'version="4"').replace("eleven", "twelve"))
    assert statuses(take_in(later)) == ["changed"]
    article = Article.objects.get()
    assert article.captures.count() == 2
    assert [section.versions.count() for section in article.sections.all()] == [1, 1, 2, 1]


def test_kill_without_words_withdraws_the_article_and_keeps_what_it_said(take_in: TakeIn, tmp_path: Path) -> None:
    take_in(AGENCY_SEED)
    text = (
        AGENCY_SEED.read_text(encoding="utf-8")
        .replace("stat:usable", "stat:canceled")
        .replace("sig:correction", "sig:kill")
    )
    begin, end = text.index("<contentSet>"), text.index("</contentSet>")
    kill = write(tmp_path / "kill.xml", text[:begin] + "<contentSet>" + text[end:])
    assert statuses(take_in(kill)) == ["changed"]
    article = Article.objects.get()
    assert article.status == "canceled"
    assert article.note.startswith("Kill\n")
    assert SectionVersion.objects.count() == 4
