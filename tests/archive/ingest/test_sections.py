"""New versions of sections, sections that are gone or withdrawn, and captures that arrive late."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.items import SectionItem
from archive.models import Article, Capture, Change, Section, SectionVersion
from archive.times import parse_moment
from tests.conftest import NOW

from .documents import ENTRIES, PAGE, IngestFile, record_live, statuses, write

pytestmark = pytest.mark.django_db


def test_only_sections_that_changed_get_a_version(ingest_file: IngestFile, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    ingest_file(page)
    write(page, PAGE.replace("All ferries", "Nearly all ferries"))
    assert statuses(ingest_file(page, captured=NOW + timedelta(hours=1))) == ["changed"]
    article = Article.objects.get()
    assert [section.versions.count() for section in article.sections.all()] == [1, 2, 1]
    assert article.sections.all()[1].text.startswith("Nearly all ferries")
    assert article.captures.count() == 2


def test_section_that_is_gone_is_marked_and_its_return_unmarks_it(ingest_file: IngestFile, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    ingest_file(page)
    write(page, PAGE.replace("Ferries stop running\nAll ferries are cancelled, the port office said.\n", ""))
    ingest_file(page, captured=NOW + timedelta(hours=1))
    ferries = Section.objects.get(current__heading="Ferries stop running")
    assert ferries.gone == Capture.objects.order_by("captured").last()
    assert Section.objects.filter(gone__isnull=True).count() == 2
    write(page, PAGE.replace("A fire broke out", "A large fire broke out"))
    ingest_file(page, captured=NOW + timedelta(hours=2))
    ferries.refresh_from_db()
    assert ferries.gone is None
    assert ferries.versions.count() == 1


def test_whitespace_alone_gives_a_capture_and_no_change(ingest_file: IngestFile, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    ingest_file(page)
    changes = Change.objects.count()
    write(page, PAGE.replace("\n", "\r\n"))
    assert statuses(ingest_file(page, captured=NOW + timedelta(hours=1))) == ["unchanged"]
    assert Capture.objects.count() == 2
    assert SectionVersion.objects.count() == 3
    assert Change.objects.count() == changes


def test_late_capture_does_not_replace_current_sections(ingest_file: IngestFile, tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    ingest_file(page)
    earlier = PAGE.replace("All ferries", "Some ferries").replace("Nobody was hurt.\n", "")
    write(page, earlier.replace("Schools open", "Traffic\nNo delays were reported.\nSchools open"))
    ingest_file(page, captured=NOW - timedelta(hours=3))
    article = Article.objects.get()
    assert [section.text for section in article.sections.filter(gone=None)][1].startswith("All ferries")
    assert article.sections.get(current__heading="Ferries stop running").versions.count() == 2
    traffic = article.sections.get(current__heading="Traffic")
    assert traffic.gone is not None
    assert traffic.gone.captured == NOW


def test_withdrawn_entry_keeps_its_words(db: None) -> None:
    record_live(*ENTRIES)
    withdrawn = SectionItem(("This entry was removed.",), key="2", withdrawn=True)
    for hours in (1, 2):
        outcome = record_live(ENTRIES[0], withdrawn, captured=NOW + timedelta(hours=hours))
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


def test_correction_of_an_entry_is_kept_with_its_version(db: None) -> None:
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


def _entry(number: int, *, timed: bool, key: str = "") -> SectionItem:
    published = parse_moment(f"2025-06-10T{number:02}:00Z") if timed else None
    return SectionItem(
        (f"Report {number} of the {_PLACES[number]}.",), heading=f"Post {number}", key=key, published=published
    )


_PLACES = ("bay", "bridge", "quay", "school", "mill", "weir", "market")
_LEAD = SectionItem(("The storm reached the coast on Monday.",))


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("keyed", [True, False])
def test_what_scrolled_off_a_live_page_is_not_gone(db: None, timed: bool, keyed: bool) -> None:
    posts = [_entry(number, timed=timed, key=f"post-{number}" if keyed else "") for number in range(7)]
    for hours, shown in enumerate(((3, 2, 1), (4, 3, 2), (5, 4, 3))):
        lead = SectionItem((f"Lead of hour {hours}: {'wind rain hail'.split()[hours]}.",))
        record_live(lead, *(posts[number] for number in shown), captured=NOW + timedelta(hours=hours), kind="live")
    assert not Section.objects.exclude(gone=None)
    headings = [section.heading for section in Section.objects.order_by("position")]
    assert headings == ["", "Post 5", "Post 4", "Post 3", "Post 2", "Post 1"]
    assert Section.objects.order_by("position")[0].versions.count() == 3


@pytest.mark.parametrize("keyed", [True, False])
def test_the_lead_stays_on_top_when_a_window_does_not_show_it(db: None, keyed: bool) -> None:
    posts = [_entry(number, timed=True, key=f"post-{number}" if keyed else "") for number in range(7)]
    record_live(_LEAD, *(posts[number] for number in (3, 2, 1)), kind="live")
    for hours, shown in ((1, (5, 4, 3)), (2, (6, 5))):
        record_live(*(posts[number] for number in shown), captured=NOW + timedelta(hours=hours), kind="live")
    texts = [section.text for section in Section.objects.filter(gone=None).order_by("position")]
    assert texts == [_LEAD.text, *(posts[number].text for number in (6, 5, 4, 3, 2, 1))]
