"""A section in the version that a URL names, and how that version differs from another.

A URL names a version by `version`, its number, or by `capture`, the SHA-256 of a capture's bytes or the beginning of
it: then it is the version in that capture. Without either it is the current version. No HTML.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.history import load_first_received
from archive.models import ArticleVersion, Placement, Section, SectionVersion, hidden_words

from ..annotations import PageMarks, load_marks
from ..results import ShownSection
from ..text import TextRun, compare_paragraphs
from .captures import VersionError, find_capture, load_versions, shown_of

_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
# Messages repeat what the URL names, cut to these lengths.
_MAX_SHOWN_NUMBER_CHARS = 20
_MAX_SHOWN_SHA256_CHARS = 12
_CURE = "Choose a version from the list."


@dataclass(frozen=True)
class VersionComparison:
    """The text of a version and of the version `against` which it is compared, as runs."""

    against: SectionVersion
    heading: list[TextRun]
    paragraphs: list[list[TextRun]]


@dataclass(frozen=True)
class SectionView:
    """A section in one of its versions, as received. `pinned` is true where the URL names that version."""

    section: Section
    versions: tuple[SectionVersion, ...]
    version: SectionVersion
    pinned: bool
    comparison: VersionComparison | None

    @property
    def shown(self) -> SectionVersion:
        """The version as the page shows it: as received where the URL names it, else with what curators set."""
        if self.pinned or self.comparison:
            return self.version
        return self.section.as_shown(self.version)

    @property
    def listed(self) -> list[tuple[SectionVersion, SectionVersion | None]]:
        """The versions, the latest first, each with the version before it."""
        return list(zip(reversed(self.versions), [*reversed(self.versions[:-1]), None], strict=True))

    @property
    def changed_since(self) -> bool:
        """Whether the section has a later version."""
        return self.version.pk != self.section.current_id


def read_section(
    section: Section, parameters: Mapping[str, str], *, now: datetime, with_withheld: bool = False
) -> SectionView:
    """Returns a section in the version that a URL's parameters name. Raises VersionError.

    A part of an entry has the versions of the entry, which are as received. Versions that are withheld are left out
    unless `with_withheld`. Seven queries at most.
    """
    hidden = frozenset() if with_withheld else hidden_words(section.article, now)
    versions = tuple(
        version
        for version in section.received.versions.select_related("capture").order_by("number")
        if version.pk not in hidden
    )
    for version in versions:
        # The addresses of a part are its own.
        version.section = section
    load_first_received((section.article_id, version) for version in versions)
    number, capture, against = (parameters.get(name, "").strip() for name in ("version", "capture", "against"))
    if number:
        version = _find_numbered(versions, number)
    elif capture:
        of_article = load_versions(section.article)
        of_article = of_article if with_withheld else shown_of(of_article, now)
        version = _find_captured(section, versions, capture.lower(), of_article)
    else:
        version = _find_by_id(versions, section.current_id)
    other = _find_numbered(versions, against) if against else None
    comparison = _compare(other, version) if other and other != version else None
    return SectionView(section, versions, version, bool(number or capture), comparison)


def load_section_marks(section_view: SectionView, *, sees_all: bool = False) -> PageMarks:
    """Returns the names and statements in the words that the page of a section shows. Three queries, or four.

    `sees_all` adds names that only hidden texts have.
    """
    return load_marks([shown_section(section_view)], sees_all=sees_all)


def shown_section(section_view: SectionView) -> ShownSection:
    """Returns the words that the page of a section shows, with the version that they come from."""
    section, shown = section_view.section, section_view.shown
    is_divided = section.divided_text is not None and not section_view.pinned
    return ShownSection(section.pk, shown.heading, shown.paragraphs, section_view.version, is_divided)


def _find_by_id(versions: tuple[SectionVersion, ...], pk: int | None) -> SectionVersion:
    return next(version for version in versions if version.pk == pk)


def _find_numbered(versions: tuple[SectionVersion, ...], number: str) -> SectionVersion:
    if _NUMBER.fullmatch(number):
        for version in versions:
            if version.number == int(number):
                return version
    known = "is one version" if len(versions) == 1 else f"are {len(versions)} versions"
    raise VersionError(f"This section has no version {number[:_MAX_SHOWN_NUMBER_CHARS]!r}; there {known} of it.")


def _find_captured(
    section: Section, versions: tuple[SectionVersion, ...], sha256: str, of_article: Iterable[ArticleVersion]
) -> SectionVersion:
    """Returns the version of a section in the capture whose SHA-256 begins with `sha256`.

    In a capture whose sections were not recorded, it is the latest version that was received by then.
    """
    article_version = find_capture(of_article, sha256)
    shown_sha256 = sha256[:_MAX_SHOWN_SHA256_CHARS]
    if not article_version.sections_recorded:
        captured = _when(article_version)
        by_then = [version for version in versions if _when(version) <= captured]
        if not by_then:
            raise VersionError(f"The section was not on the page yet in the capture {shown_sha256}. {_CURE}")
        return max(by_then, key=_when)
    placement = Placement.objects.filter(article_version=article_version, section=section.received).first()
    if placement is None:
        part = ", which is only a part of it" if article_version.partial else ""
        raise VersionError(f"The section was not on the page in the capture {shown_sha256}{part}. {_CURE}")
    if placement.version_id is None:
        raise VersionError(f"The capture {shown_sha256} lists the section without its text. {_CURE}")
    return _find_by_id(versions, placement.version_id)


def _when(version: ArticleVersion | SectionVersion) -> tuple[datetime, int]:
    """Returns the sort key for the order in which captures were made."""
    return version.capture.captured, version.capture_id


def _compare(other: SectionVersion, version: SectionVersion) -> VersionComparison:
    heading = compare_paragraphs(
        [other.heading] if other.heading else [], [version.heading] if version.heading else []
    )
    return VersionComparison(
        against=other,
        heading=[run for runs in heading for run in runs],
        paragraphs=compare_paragraphs(other.paragraphs, version.paragraphs),
    )
