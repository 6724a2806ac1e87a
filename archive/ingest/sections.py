"""Records the sections of one capture: pairs them with those of the article, and writes what differs.

Three rules live here, each in one function: which stored section a received one is (`_pair`), when its words make a
new version (`_match_stored`), and what the absence of a section means (`_mark_gone`). Used by `recording`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from ..items import SectionItem
from ..models import Article, Section, SectionVersion
from .identity import ArticleCapture
from .matching import match_sections
from .versions import find_same, make_section_version

_BATCH_ROWS = 200

# Positions in the capture -> positions in the article's stored sections.
_Pairs = Mapping[int, int]


@dataclass(frozen=True)
class MatchedSection:
    """One section of a capture, with the stored section that it is and the version that has its words.

    Without a `section` the archive never received the entry itself: it is withdrawn here, or part of an excerpt.
    Without a `version` its words, if there are any, belong to this capture alone.
    """

    position: int
    item: SectionItem
    section: Section | None = None
    version: SectionVersion | None = None
    is_new_version: bool = False


def record_sections(received: ArticleCapture) -> tuple[list[MatchedSection], bool]:
    """Writes new sections, new versions, and which sections have moved or gone; the article must be saved.

    Returns the capture's sections in its order, and whether anything current changed. A late capture adds to the
    history alone. Seven queries, and one more for each 200 stored sections that moved.
    """
    stored = [] if received.is_new else _load_stored(received.article)
    pairs = _pair(received, stored)
    created = _create_sections(received, pairs)
    matched = []
    for position, item in enumerate(received.item.sections):
        if position in pairs:
            matched.append(_match_stored(received, position, stored[pairs[position]]))
        elif section := created.get(position):
            version = make_section_version(section, item, received.capture, number=1)
            matched.append(MatchedSection(position, item, section, version, is_new_version=True))
        else:
            matched.append(MatchedSection(position, item))
    SectionVersion.objects.bulk_create(match.version for match in matched if match.version and match.is_new_version)
    changed = _set_current(received, matched)
    if received.is_latest:
        changed |= _update_stored(received, stored, pairs)
        changed |= _mark_gone(received, stored, pairs)
    return matched, changed


def match_excerpt(received: ArticleCapture) -> list[MatchedSection]:
    """Pairs the sections of an excerpt with those of the article, and writes nothing.

    A section gets a version only if a stored version says the same. Two queries.
    """
    stored = _load_stored(received.article)
    pairs = match_sections(stored, received.item.sections)
    matched = []
    for position, item in enumerate(received.item.sections):
        if position not in pairs:
            matched.append(MatchedSection(position, item))
            continue
        section = stored[pairs[position]]
        version = make_section_version(section, item, received.capture, number=1)
        matched.append(MatchedSection(position, item, section, find_same(version, section.versions.all())))
    return matched


def _load_stored(article: Article) -> list[Section]:
    """Returns the article's sections with their versions, in the outlet's order. Two queries."""
    sections = article.sections.select_related("current").prefetch_related("versions")
    return list(sections.order_by("position", "id"))


def _pair(received: ArticleCapture, stored: Sequence[Section]) -> _Pairs:
    sections = received.item.sections
    pairs = match_sections(stored, sections)
    if received.completes_summary and len(stored) == 1 and sections and not pairs:
        # The summary was in the place of the lead: it is an earlier version of it, unless the outlet says otherwise.
        return pairs if stored[0].key or sections[0].key else {0: 0}
    return pairs


def _create_sections(received: ArticleCapture, pairs: _Pairs) -> dict[int, Section]:
    """Creates the sections that the article did not have; returns them by position. One query.

    A withdrawal without words makes none: the archive never received what was withdrawn.
    """
    capture, following = received.capture, received.next_capture
    created = Section.objects.bulk_create(
        Section(
            article=received.article,
            key=item.key,
            position=position,
            gone=capture if item.withdrawn else following,
            withdrawn=item.withdrawn,
        )
        for position, item in enumerate(received.item.sections)
        if position not in pairs and (item.paragraphs or item.heading)
    )
    return {section.position: section for section in created}


def _match_stored(received: ArticleCapture, position: int, section: Section) -> MatchedSection:
    """Returns the version that a stored section has in this capture: one that says the same, else a new one."""
    item = received.item.sections[position]
    versions = list(section.versions.all())
    version = make_section_version(section, item, received.capture, number=len(versions) + 1)
    if item.withdrawn and not version.says_something:
        return MatchedSection(position, item, section)
    if received.is_latest and not item.withdrawn:
        # Words that return after others are a new version: versions follow each other in time.
        versions = [current for current in versions if current.pk == section.current_id]
    same = find_same(version, versions)
    return MatchedSection(position, item, section, same or version, is_new_version=same is None)


def _set_current(received: ArticleCapture, matched: Sequence[MatchedSection]) -> bool:
    """Makes new versions the current ones of their sections; returns whether there were any. One query.

    The notice that an entry was withdrawn never replaces the entry's words. A late capture gives words only to
    sections that have none.
    """
    sections = [
        match.version.section_id
        for match in matched
        if match.version and match.is_new_version
        if match.version.number == 1 or (received.is_latest and not match.item.withdrawn)
    ]
    versions = SectionVersion.objects.filter(section=OuterRef("pk"), capture=received.capture)
    Section.objects.filter(pk__in=sections).update(current=Subquery(versions.values("pk")))
    return bool(sections)


_STATE = ("position", "gone", "withdrawn", "key")


def _update_stored(received: ArticleCapture, stored: Sequence[Section], pairs: _Pairs) -> bool:
    """Gives stored sections their position and state in the latest capture; returns whether any changed. One query."""
    changed = []
    for position, index in pairs.items():
        section, item = stored[index], received.item.sections[position]
        before = (section.position, section.gone_id, section.withdrawn, section.key)
        section.position = position
        section.gone_id = (section.gone_id or received.capture.pk) if item.withdrawn else None
        section.withdrawn = item.withdrawn
        section.key = section.key or item.key
        if before != (section.position, section.gone_id, section.withdrawn, section.key):
            changed.append(section)
    Section.objects.bulk_update(changed, _STATE, batch_size=_BATCH_ROWS)
    return bool(changed)


def _mark_gone(received: ArticleCapture, stored: Sequence[Section], pairs: _Pairs) -> bool:
    """Marks the stored sections that the latest capture does not have; returns whether there are any. One query."""
    present = set(pairs.values())
    gone = [section.pk for index, section in enumerate(stored) if index not in present and section.gone_id is None]
    return bool(Section.objects.filter(pk__in=gone).update(gone=received.capture))
