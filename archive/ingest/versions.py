"""What one capture says of an article and of its sections, as rows that are not saved yet.

Used by `sections` and `recording`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from ..annotating import add_waiting
from ..bulk_rows import create_rows
from ..capture_files import read_bytes
from ..items import ArticleItem, SectionItem, Status
from ..models import Article, ArticleVersion, Capture, Placement, Section, SectionVersion
from ..times import EXACT_PRECISIONS, NO_ZONE, Moment, utc_iso


def make_article_version(item: ArticleItem, capture: Capture) -> ArticleVersion:
    """Returns what the capture says of the article as a whole; the article itself is still to be set."""
    return ArticleVersion(
        capture=capture,
        headline=item.headline,
        standfirst=item.standfirst,
        byline=item.byline,
        url=item.url,
        language=item.language,
        kind=item.kind,
        source_name=item.source,
        external_id=item.external_id,
        partial=item.partial,
        page_number=item.page_number,
        more_pages=item.more_pages,
        sections_recorded=True,
        status=item.status,
        embargo=instant(item.embargo),
        note=item.note,
        topic_names=list(item.topics),
        **_time_columns(item),
    )


def make_section_version(section: Section, item: SectionItem, capture: Capture, *, number: int) -> SectionVersion:
    """Returns what the capture says of a section, as its version of this number."""
    return SectionVersion(
        section=section,
        capture=capture,
        number=number,
        heading=item.heading,
        text=item.text,
        words_sha256=item.words_sha256,
        byline=item.byline,
        key_event=item.key_event,
        note=item.note,
        **_time_columns(item),
    )


def create_section_versions(versions: Iterable[SectionVersion]) -> None:
    """Saves versions of sections that have numbers, each to be annotated. Two queries."""
    add_waiting(create_rows(versions))


def copy_version(capture: Capture, article: Article) -> ArticleVersion:
    """Saves a version for a capture that had none, because it repeats another; returns it. Five queries."""
    assert capture.repeats is not None  # noqa: S101
    version = capture.repeats.article_versions.get(article=article)
    placements = list(version.placements.all())
    version.pk, version._state.adding, version.capture = None, True, capture
    version.save()
    for placement in placements:
        placement.pk, placement._state.adding, placement.article_version = None, True, version
    create_rows(placements)
    return version


def find_same(version: SectionVersion, others: Iterable[SectionVersion]) -> SectionVersion | None:
    """Returns the first of the others that says the same."""
    return next((other for other in others if version.says_the_same(other)), None)


def read_article_item(version: ArticleVersion) -> ArticleItem:
    """Returns what a version says as an item, with the bytes of its capture. Two queries.

    Raises DamagedError if the bytes are not there as received.
    """
    capture = version.capture
    return ArticleItem(
        version.headline,
        tuple(_read_section_item(placement) for placement in version.placements.select_related("section", "version")),
        raw=read_bytes(capture.sha256),
        media_type=capture.media_type,
        reader=capture.reader,
        kind="live" if version.kind == Article.Kind.LIVE else "article",
        source=version.source_name,
        external_id=version.external_id,
        url=version.url,
        standfirst=version.standfirst,
        byline=version.byline,
        language=version.language,
        published=_published(version),
        updated=_exact(version.updated, version.updated_offset),
        topics=tuple(version.topic_names),
        status=cast(Status, version.status),
        embargo=_exact(version.embargo),
        note=version.note,
        page_number=version.page_number,
        more_pages=version.more_pages,
        partial=version.partial,
    )


def _read_section_item(placement: Placement) -> SectionItem:
    words = placement.version or placement
    details: dict[str, Any] = {}
    if placement.version:
        details = {
            "byline": placement.version.byline,
            "published": _published(placement.version),
            "key_event": placement.version.key_event,
            "note": placement.version.note,
        }
    return SectionItem(
        tuple(words.text.split("\n")) if words.text else (),
        heading=words.heading,
        key=placement.key or (placement.section.key if placement.section else ""),
        updated=_exact(placement.updated, placement.version.updated_offset if placement.version else None),
        withdrawn=placement.withdrawn,
        **details,
    )


def _published(version: ArticleVersion | SectionVersion) -> Moment | None:
    if version.published is None:
        return None
    return Moment(
        version.published,
        version.published_precision,
        version.published_given,
        version.published_rule,
        version.published_offset,
    )


def exact(at: datetime) -> Moment:
    """Returns the Moment of a time that the record keeps without its precision."""
    return Moment(at, "second", utc_iso(at), "as recorded")


def _exact(at: datetime | None, offset: int | None = None) -> Moment | None:
    return replace(exact(at), offset=offset) if at else None


def instant(moment: Moment | None) -> datetime | None:
    """Returns the time of a Moment, as columns without a precision keep it."""
    return moment.at if moment else None


def _time_columns(item: ArticleItem | SectionItem) -> dict[str, Any]:
    """Returns the columns in which a version keeps the times of its item."""
    columns: dict[str, Any] = {}
    if item.published:
        columns |= {
            "published": item.published.at,
            "published_precision": item.published.precision,
            "published_given": item.published.given,
            "published_rule": item.published.rule,
            "published_offset": item.published.offset,
        }
    if item.updated:
        columns |= {"updated": item.updated.at, "updated_offset": _day_offset(item.updated)}
    return columns


def _day_offset(moment: Moment) -> int | None:
    """Returns the offset by which a time without a precision of its own has the day that was written."""
    return moment.offset if moment.precision in EXACT_PRECISIONS and moment.rule != NO_ZONE else 0
