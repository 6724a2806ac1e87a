"""Compares a package with the record that it cites: each version, its words, its capture, and the stored bytes."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from archive.capture_files import DamagedError, open_bytes
from archive.items import SectionItem
from archive.models import Section, SectionVersion, archive_identity

from ..listing import ListedSection
from .manifest import Manifest

_CHUNK_SECTIONS = 500


def check_citations(manifest: Manifest, progress: Callable[[int], None]) -> Iterator[str]:
    """Yields what the record does not have as a package cites it. A query for each 500 sections."""
    identity = manifest.archive_id
    if identity != archive_identity():
        yield f"The package is of another archive ({identity}); this is {archive_identity()}."
        return
    captures: set[str] = set()
    cited = (section for section in manifest.sections() if section.section)
    checked = 0
    while chunk := list(islice(cited, _CHUNK_SECTIONS)):
        captures |= {section.capture_sha256 for section in chunk if section.capture_sha256}
        yield from _check_chunk(chunk)
        checked += len(chunk)
        progress(checked)
    for sha256 in sorted(captures):
        try:
            open_bytes(sha256).close()
        except DamagedError as error:
            yield str(error)


def _check_chunk(chunk: Iterable[ListedSection]) -> Iterator[str]:
    cited = [section for section in chunk if section.version]
    numbers_cited = {section.section for section in cited}
    # A part that a curator made of an entry has the versions of the entry.
    parts = dict(Section.objects.filter(pk__in=numbers_cited, part_of__isnull=False).values_list("pk", "part_of"))
    versions = SectionVersion.objects.filter(section__in={*numbers_cited, *parts.values()}).order_by()
    related = versions.select_related("capture", "section")
    found: dict[tuple[int | None, int], SectionVersion] = {
        (version.section_id, version.number): version for version in related
    }
    numbers = {section for section, _ in found}
    for section in cited:
        received = parts.get(section.section, section.section)
        version = found.get((received, section.version))
        name = f"Section {section.section}, version {section.version}"
        if version is None:
            missing = "section" if received not in numbers else "version"
            yield f"{name}: the record has no such {missing}."
            continue
        words = SectionItem(tuple(version.paragraphs), heading=version.heading).words_sha256
        if section.words_sha256 and not section.words_sha256 == words == version.words_sha256:
            yield f"{name}: the record has other words (SHA-256 {words}; cited: {section.words_sha256})."
        if section.capture_sha256 != version.capture.sha256:
            yield f"{name}: its capture is {version.capture.sha256}; cited: {section.capture_sha256 or 'none'}."
        if section.article != version.section.article_id:
            yield f"{name}: it is of article {version.section.article_id}; cited: {section.article}."
