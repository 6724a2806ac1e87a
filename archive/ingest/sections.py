"""Records the sections of one capture: pairs them with those of the article, and writes what differs.

Two rules live here, each in one function: which stored section a received one is (`_pair`), and when its words make a
new version (`_match_stored`). What the absence of a section means is decided in `archive.presence`. Used by
`recording`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from ..history import dated_precisely, make_shown
from ..items import SectionItem
from ..models import Article, ArticleVersion, Placement, Section, SectionVersion
from .current_state import record_shown
from .identity import ArticleCapture
from .matching import match_sections
from .versions import create_section_versions, find_same, make_section_version

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


def record_sections(received: ArticleCapture, article_version: ArticleVersion) -> tuple[list[MatchedSection], bool]:
    """Writes new sections, new versions, and which sections have moved or gone; both arguments must be saved.

    Returns the capture's sections in its order, and whether anything current changed. A late capture adds to the
    history alone. Six queries, one more for each 200 stored sections that moved, and two for a part of a page.
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
    versions = [match.version for match in matched if match.version and match.is_new_version]
    create_section_versions(versions)
    rewritten = _set_current(received, matched)
    if not received.is_latest:
        return matched, rewritten
    placed = [(match.section.pk, match.item.withdrawn) for match in matched if match.section]
    shown = make_shown(article_version, placed, has_whole=received.history.has_whole)
    times = dated_precisely(section.current for section in (*stored, *created.values()) if section.current)
    changed = record_shown(shown, received, stored, list(created.values()), times=times)
    return matched, rewritten or changed


def match_excerpt(received: ArticleCapture) -> tuple[list[MatchedSection], bool]:
    """Pairs the sections of an excerpt with those of the article, and writes the entries that the article lacks.

    These have an id, as in a live page that was cut off; their place is still to be found. Other sections get a
    version only if a stored version says the same. Returns the sections in their order, and whether some were written.
    Two queries, and three to write.
    """
    stored = _load_stored(received.article)
    pairs = match_sections(stored, _with_first_keys(received, stored))
    items = received.item.sections
    others = {place: -1 for place, item in enumerate(items) if place in pairs or not item.key or item.withdrawn}
    created = _create_sections(received, others)
    matched = []
    for position, item in enumerate(items):
        section = stored[pairs[position]] if position in pairs else created.get(position)
        if section is None:
            matched.append(MatchedSection(position, item))
            continue
        version = make_section_version(section, item, received.capture, number=1)
        same = find_same(version, section.versions.all()) if position in pairs else version
        matched.append(MatchedSection(position, item, section, same, is_new_version=same is version))
    create_section_versions(match.version for match in matched if match.version and match.is_new_version)
    _set_current(received, matched)
    return matched, bool(created)


def _load_stored(article: Article) -> list[Section]:
    """Returns the article's sections with their versions, in the outlet's order. Two queries.

    Without the parts that curators made of them: no capture has those.
    """
    sections = article.sections.filter(part_of=None).select_related("current").prefetch_related("versions")
    return list(sections.order_by("position", "id"))


def _pair(received: ArticleCapture, stored: Sequence[Section]) -> _Pairs:
    item = received.item
    is_divided = item.page_number is not None and item.kind == "article"
    pairs = match_sections(stored, _with_first_keys(received, stored), have_leads=not is_divided)
    if len(stored) == 1 and item.sections and not pairs and received.replaces_summary:
        # The summary was in the place of the lead: it is an earlier version of it, unless the outlet says otherwise.
        return pairs if stored[0].key or item.sections[0].key else {0: 0}
    return pairs


def _with_first_keys(received: ArticleCapture, stored: Sequence[Section]) -> list[SectionItem]:
    """Returns the sections of a capture with the ids under which the archive first received them.

    One query, if some have ids that no stored section has.
    """
    sections = received.item.sections
    keys = {section.key for section in sections if section.key}
    unknown = keys - {section.key for section in stored}
    if not unknown or received.is_new:
        return list(sections)
    renamed = Placement.objects.filter(section__article=received.article.pk, key__in=unknown).order_by("id")
    first_keys = dict(renamed.values_list("key", "section__key"))
    return [
        replace(section, key=first_keys[section.key])
        if section.key in first_keys and first_keys[section.key] not in keys
        else section
        for section in sections
    ]


def _create_sections(received: ArticleCapture, pairs: _Pairs) -> dict[int, Section]:
    """Creates the sections that the article did not have; returns them by position. One query.

    A withdrawal without words makes none: the archive never received what was withdrawn.
    """
    capture = received.capture
    created = Section.objects.bulk_create(
        Section(
            article=received.article,
            key=item.key,
            position=position,
            gone_id=capture.pk if item.withdrawn else received.following,
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
    """Makes new versions the current versions of their sections; returns whether there were any. One query.

    The notice that an entry was withdrawn never replaces the entry's words. A late capture gives words only to
    sections that have none.
    """
    ids = []
    for match in matched:
        section, version = match.section, match.version
        if not (section and version and match.is_new_version):
            continue
        if section.current_id is None or (received.is_latest and not match.item.withdrawn):
            section.current = version
            ids.append(section.pk)
    if ids:
        versions = SectionVersion.objects.filter(section=OuterRef("pk"), capture=received.capture)
        Section.objects.filter(pk__in=ids).update(current=Subquery(versions.values("pk")[:1]), changed=timezone.now())
    return bool(ids)
