"""The sections of each capture in its order: read back for any history, and pieced together for older captures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import Outcome, ingest_items
from archive.ingest.runs import start_run
from archive.items import ArticleItem, Hints, SectionItem
from archive.models import Article, ArticleVersion, Placement, Section
from archive.times import parse_moment
from tests.conftest import NOW

_NUMBERS = count()


def receive(*sections: SectionItem, hours: int = 0, run: Any = None, **fields: Any) -> Outcome:
    """Ingests a live page of these entries, as bytes of its own, captured so many hours after NOW."""
    raw = f"{next(_NUMBERS)}".encode()
    known = {"url": "https://courier.example/storm", **fields}
    item = ArticleItem("Storm latest", sections, raw, "text/html", "test/1", **known)
    captured = CaptureTime(NOW + timedelta(hours=hours), "test")
    (outcome,) = ingest_items([item], Hints("test"), run=run or start_run("test"), captured=captured)
    return outcome


def read_back(version: ArticleVersion) -> tuple[SectionItem, ...]:
    """Returns the sections of a capture, as they were received."""
    placements = version.placements.select_related("version", "section").order_by("position")
    return tuple(item_of(placement) for placement in placements)


def item_of(placement: Placement) -> SectionItem:
    words = placement.version or placement
    section = placement.section
    return SectionItem(
        tuple(words.text.split("\n")) if words.text else (),
        heading=words.heading,
        key=placement.key or (section.key if section else ""),
        byline=placement.version.byline if placement.version else "",
        published=parse_moment(placement.version.published_given)
        if placement.version and placement.version.published
        else None,
        updated=parse_moment(placement.updated.isoformat()) if placement.updated else None,
        key_event=placement.version.key_event if placement.version else False,
        withdrawn=placement.withdrawn,
        note=placement.version.note if placement.version else "",
    )


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undoes what the block writes: all examples of a test share one database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# Few words, so that sections come back, change places and are like each other.
_WORDS = st.lists(st.sampled_from("fire quay crane tram bridge rain".split()), min_size=1, max_size=6).map(" ".join)


@st.composite
def _sections(draw: st.DrawFn, *, keyed: bool) -> tuple[SectionItem, ...]:
    keys = draw(st.lists(st.sampled_from("abcdefg"), max_size=6, unique=True))
    sections = []
    for key in keys:
        withdrawn = keyed and draw(st.integers(0, 9)) == 0
        sections.append(
            SectionItem(
                () if withdrawn and draw(st.booleans()) else tuple(draw(st.lists(_WORDS, min_size=1, max_size=2))),
                heading="" if withdrawn else draw(st.sampled_from(("", "", "Now", "Then"))),
                key=key if keyed else "",
                published=draw(st.sampled_from((None, parse_moment("2025-06-01T10:00Z")))) if not withdrawn else None,
                updated=draw(st.sampled_from((None, parse_moment("2025-06-01T11:00:00+00:00")))),
                key_event=not withdrawn and draw(st.booleans()),
                withdrawn=withdrawn,
            )
        )
    return tuple(sections)


_HISTORIES = st.booleans().flatmap(
    lambda keyed: st.lists(st.tuples(_sections(keyed=keyed), st.integers(-6, 6)), min_size=1, max_size=7)
)


@pytest.mark.django_db
@settings(max_examples=40)
@given(history=_HISTORIES)
def test_each_capture_of_any_history_is_read_back_as_it_came(history: list[tuple[Any, int]]) -> None:
    with rolled_back():
        run = start_run("test")
        for sections, hours in history:
            receive(*sections, hours=hours, run=run)
        versions = list(Article.objects.get().versions.order_by("id"))
        assert all(version.sections_recorded for version in versions)
        for version, (sections, _) in zip(versions, history, strict=True):
            assert read_back(version) == sections
        # The current sections are those of the latest capture.
        latest = max(versions, key=lambda version: (version.capture.captured, version.pk))
        placed = [placement for placement in latest.placements.order_by("position") if not placement.withdrawn]
        current = Section.objects.filter(gone=None).order_by("position")
        assert [(placement.section_id, placement.version_id) for placement in placed] == [
            (section.pk, section.current_id) for section in current
        ]


FIRE, CRANE, TRAM = (
    SectionItem((text,), key=key) for text, key in (("A fire.", "f"), ("A crane fell.", "c"), ("Trams wait.", "t"))
)


@pytest.mark.django_db
def test_a_part_that_comes_after_the_whole_keeps_its_words_and_its_place() -> None:
    receive(FIRE, CRANE)
    summary = SectionItem(("Fire at the quay.",))
    cut = SectionItem(("A crane",), key="c")
    receive(FIRE, cut, hours=1, partial=True)
    receive(summary, hours=2, partial=True)
    whole, half, last = ArticleVersion.objects.order_by("id")
    assert read_back(whole) == (FIRE, CRANE)
    assert read_back(half) == (FIRE, cut)
    assert half.placements.get(position=1).section == Section.objects.get(key="c")
    assert read_back(last) == (summary,)
    assert last.placements.get().section is None


@pytest.mark.django_db
def test_placements_are_evidence_in_the_database_too() -> None:
    receive(FIRE)
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        Placement.objects.update(position=7)
    with pytest.raises(DatabaseError), transaction.atomic():
        Placement.objects.create(
            article_version=ArticleVersion.objects.get(),
            position=1,
            version=Section.objects.get().current,
            text="Words that stand elsewhere.",
        )


@pytest.mark.django_db
def test_an_article_that_is_deleted_takes_its_placements_along() -> None:
    receive(FIRE, CRANE)
    Article.objects.get().delete()
    assert Placement.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_placements_of_earlier_captures_are_exact_at_both_ends_and_pieced_together_between() -> None:
    run = start_run("test")
    large = SectionItem(("A large fire.",), key="f")
    receive(TRAM, FIRE, hours=0, run=run)
    receive(CRANE, FIRE, TRAM, hours=1, run=run)
    receive(TRAM, large, CRANE, hours=2, run=run)
    receive(SectionItem(("Fire at the quay.",)), hours=3, run=run, partial=True)
    receive(CRANE, large, hours=4, run=run)
    call_command("migrate", "archive", "0004", verbosity=0)
    call_command("migrate", "archive", verbosity=0)
    versions = list(ArticleVersion.objects.order_by("id"))
    assert [version.sections_recorded for version in versions] == [True, False, False, False, True]
    assert read_back(versions[0]) == (TRAM, FIRE)
    assert read_back(versions[4]) == (CRANE, large)
    # What they held is known, their order is not.
    assert set(read_back(versions[1])) == {CRANE, FIRE, TRAM}
    assert set(read_back(versions[2])) == {CRANE, large, TRAM}
    assert read_back(versions[3]) == ()
    for model in (Placement, ArticleVersion):
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            model.objects.update(id=9999)
