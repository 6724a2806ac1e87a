"""What one capture says of an article and of its sections, as rows that are not saved yet.

Used by `sections` and `recording`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ..items import ArticleItem, SectionItem
from ..models import ArticleVersion, Capture, Section, SectionVersion
from ..times import Moment


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
        updated=instant(item.updated),
        external_id=item.external_id,
        partial=item.partial,
        sections_recorded=True,
        status=item.status,
        embargo=instant(item.embargo),
        note=item.note,
        topic_names=list(item.topics),
        **_published_columns(item.published),
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
        updated=instant(item.updated),
        key_event=item.key_event,
        note=item.note,
        **_published_columns(item.published),
    )


def find_same(version: SectionVersion, others: Iterable[SectionVersion]) -> SectionVersion | None:
    """Returns the first of the others that says the same."""
    return next((other for other in others if version.says_the_same(other)), None)


def instant(moment: Moment | None) -> datetime | None:
    """Returns the time of a Moment, as columns without a precision keep it."""
    return moment.at if moment else None


def _published_columns(moment: Moment | None) -> dict[str, Any]:
    """Returns the columns in which a version keeps its time of publication."""
    if moment is None:
        return {}
    return {
        "published": moment.at,
        "published_precision": moment.precision,
        "published_given": moment.given,
        "published_rule": moment.rule,
    }
