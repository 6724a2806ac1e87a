"""Writes down which sections a capture had, in which order and version. Used by `recording`."""

from collections.abc import Iterable

from ..bulk_rows import create_rows
from ..models import ArticleVersion, Placement
from .sections import MatchedSection
from .versions import instant


def record_placements(versions: Iterable[tuple[ArticleVersion, Iterable[MatchedSection]]]) -> None:
    """Writes the place of each section in its capture, with its words where they are no version. One query."""
    create_rows(_make_placement(version, section) for version, sections in versions for section in sections)


def _make_placement(article_version: ArticleVersion, matched: MatchedSection) -> Placement:
    words = {} if matched.version else {"heading": matched.item.heading, "text": matched.item.text}
    return Placement(
        article_version=article_version,
        position=matched.position,
        section=matched.section,
        version=matched.version,
        withdrawn=matched.item.withdrawn,
        key="" if matched.section and matched.section.key == matched.item.key else matched.item.key,
        updated=instant(matched.item.updated),
        **words,
    )
