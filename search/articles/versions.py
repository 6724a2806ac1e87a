"""What a section said in each capture: the version that an address cites, and how it differs from another.

An address cites by `version` (a number) or by `capture` (the SHA-256 of the bytes, or its beginning): what stood in
the section when that capture was made. Without either it is the section as it stands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from archive.models import Placement, Section, SectionVersion

from ..text import Run, compare
from .captures import VersionError, find_capture, received

_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True)
class Comparison:
    """How a version differs from another one, in words."""

    against: SectionVersion
    heading: list[Run]
    paragraphs: list[list[Run]]


@dataclass(frozen=True)
class Reading:
    """A section in one of its versions. `pinned`: the address named it; `comparison`, where one was asked for."""

    section: Section
    versions: tuple[SectionVersion, ...]
    version: SectionVersion
    pinned: bool
    comparison: Comparison | None

    @property
    def changed_since(self) -> bool:
        """Whether the section stands in another version now."""
        return self.version.pk != self.section.current_id

    @property
    def before(self) -> SectionVersion | None:
        """The version before this one, by its number."""
        return next((one for one in reversed(self.versions) if one.number < self.version.number), None)


def read_section(section: Section, parameters: Mapping[str, str]) -> Reading:
    """Returns a section in the version that an address's parameters cite. Raises VersionError. Three queries."""
    versions = tuple(section.versions.select_related("capture").order_by("number"))
    for version in versions:
        version.section = section
    number, capture, against = (parameters.get(name, "").strip() for name in ("version", "capture", "against"))
    if number:
        version = _numbered(versions, number)
    elif capture:
        version = _standing_in(section, versions, capture.lower())
    else:
        version = next(one for one in versions if one.pk == section.current_id)
    other = _numbered(versions, against) if against else None
    comparison = _compare(other, version) if other and other != version else None
    return Reading(section, versions, version, bool(number or capture), comparison)


def _numbered(versions: tuple[SectionVersion, ...], number: str) -> SectionVersion:
    if _NUMBER.fullmatch(number):
        for version in versions:
            if version.number == int(number):
                return version
    known = "is one version" if len(versions) == 1 else f"are {len(versions)} versions"
    raise VersionError(f"This section has no version {number[:20]!r}; there {known} of it.")


def _standing_in(section: Section, versions: tuple[SectionVersion, ...], sha256: str) -> SectionVersion:
    """Returns the version that a capture of the section's article held.

    Of a capture from before it was kept what it held, it is the latest that had been received by then.
    """
    asked = find_capture(received(section.article), sha256)
    capture = asked.capture
    if not asked.sections_recorded:
        by_then = [one for one in versions if (one.capture.captured, one.capture_id) <= (capture.captured, capture.pk)]
        if not by_then:
            raise VersionError(f"The section was not on the page yet in the capture {sha256[:12]}.")
        return max(by_then, key=lambda one: (one.capture.captured, one.capture_id))
    held = Placement.objects.filter(article_version=asked, section=section).values_list("version_id", flat=True)
    for pk in held:
        if pk is None:
            raise VersionError(f"The capture {sha256[:12]} has the section without the words of any version.")
        return next(one for one in versions if one.pk == pk)
    part = ", which is but a part of it" if asked.partial else ""
    raise VersionError(f"The section was not on the page in the capture {sha256[:12]}{part}.")


def _compare(other: SectionVersion, version: SectionVersion) -> Comparison:
    heading = compare([other.heading] if other.heading else [], [version.heading] if version.heading else [])
    return Comparison(
        against=other,
        heading=[run for runs in heading for run in runs],
        paragraphs=compare(other.paragraphs, version.paragraphs),
    )
