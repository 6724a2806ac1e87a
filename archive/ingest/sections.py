"""Records the sections of one capture: pairs them with those of the article, and writes what differs.

Two rules live here, each in one function: which stored section a received one is (`_pair`), and when its words make a
new version (`_match_stored`). What the absence of a section means is decided in `archive.presence`. Used by
`recording`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.utils import timezone

from ..bulk_rows import create_rows, number_rows
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


def record_sections(
    captures: Sequence[tuple[ArticleCapture, ArticleVersion]],
) -> list[tuple[list[MatchedSection], bool]]:
    """Writes new sections, new versions, and which sections have moved or gone, for captures of different articles.

    The captures and their versions must be saved. Returns the sections of each capture in its order, and whether
    anything current changed. A late capture adds to the history alone. Six queries; for each article that is not new
    two more, one for each 200 stored sections that moved, and two for a part of a page.
    """
    stored = [[] if received.is_new else _load_stored(received.article) for received, _ in captures]
    pairs = [_pair(received, of_article) for (received, _), of_article in zip(captures, stored, strict=True)]
    created = _make_sections([(received, found) for (received, _), found in zip(captures, pairs, strict=True)])
    matched = [
        _match(received, of_article, found, new)
        for (received, _), of_article, found, new in zip(captures, stored, pairs, created, strict=True)
    ]
    rewritten = _write_new([(received, rows) for (received, _), rows in zip(captures, matched, strict=True)], created)
    recorded = []
    for (received, version), old, new, rows in zip(captures, stored, created, matched, strict=True):
        changed = received.capture.pk in rewritten
        if received.is_latest:
            changed |= _record_latest(received, version, old, list(new.values()), rows)
        recorded.append((rows, changed))
    return recorded


def _match(
    received: ArticleCapture, stored: Sequence[Section], pairs: _Pairs, created: Mapping[int, Section]
) -> list[MatchedSection]:
    """Returns the sections of a capture, with those that are stored or created and versions that are not saved yet."""
    matched = []
    for position, item in enumerate(received.item.sections):
        if position in pairs:
            matched.append(_match_stored(received, position, stored[pairs[position]]))
        elif section := created.get(position):
            version = make_section_version(section, item, received.capture, number=1)
            matched.append(MatchedSection(position, item, section, version, is_new_version=True))
        else:
            matched.append(MatchedSection(position, item))
    return matched


def _record_latest(
    received: ArticleCapture,
    version: ArticleVersion,
    stored: Sequence[Section],
    created: Sequence[Section],
    matched: Sequence[MatchedSection],
) -> bool:
    """Saves the places and marks that the latest capture of an article leaves; returns whether any changed."""
    placed = [(match.section.pk, match.item.withdrawn) for match in matched if match.section]
    shown = make_shown(version, placed, has_whole=received.history.has_whole)
    times = dated_precisely(section.current for section in (*stored, *created) if section.current)
    return record_shown(shown, received, stored, created, times=times)


def match_excerpt(received: ArticleCapture) -> tuple[list[MatchedSection], bool]:
    """Pairs the sections of an excerpt with those of the article, and writes the entries that the article lacks.

    These have an id, as in a live page that was cut off; their place is still to be found. Other sections get a
    version only if a stored version says the same. Returns the sections in their order, and whether some were written.
    Two queries, and five to write.
    """
    stored = _load_stored(received.article)
    pairs = match_sections(stored, _with_first_keys(received, stored))
    items = received.item.sections
    others = {place: -1 for place, item in enumerate(items) if place in pairs or not item.key or item.withdrawn}
    (created,) = _make_sections([(received, others)])
    matched = []
    for position, item in enumerate(items):
        section = stored[pairs[position]] if position in pairs else created.get(position)
        if section is None:
            matched.append(MatchedSection(position, item))
            continue
        version = make_section_version(section, item, received.capture, number=1)
        same = find_same(version, section.versions.all()) if position in pairs else version
        matched.append(MatchedSection(position, item, section, same, is_new_version=same is version))
    _write_new([(received, matched)], [created])
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


def _make_sections(captures: Sequence[tuple[ArticleCapture, _Pairs]]) -> list[dict[int, Section]]:
    """Returns the sections that articles did not have, by position, with numbers and not saved. One query.

    A withdrawal without words makes none: the archive never received what was withdrawn.
    """
    created = [
        {
            position: Section(
                article=received.article,
                key=item.key,
                position=position,
                gone_id=received.capture.pk if item.withdrawn else received.following,
                withdrawn=item.withdrawn,
            )
            for position, item in enumerate(received.item.sections)
            if position not in pairs and (item.paragraphs or item.heading)
        }
        for received, pairs in captures
    ]
    number_rows([section for sections in created for section in sections.values()])
    return created


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


def _write_new(
    captures: Sequence[tuple[ArticleCapture, Sequence[MatchedSection]]], created: Iterable[Mapping[int, Section]]
) -> set[int]:
    """Saves new sections and versions; returns the captures with versions that are current now. Five queries."""
    versions = [
        match.version for _, matched in captures for match in matched if match.version and match.is_new_version
    ]
    number_rows(versions)
    current, rewritten = _set_current(captures)
    new = [section for sections in created for section in sections.values()]
    # Each refers to its version, which refers to it: the database looks at the end of the transaction.
    create_rows(new)
    create_section_versions(versions)
    created_numbers = {section.pk for section in new}
    _write_current([(version, section) for version, section in current if section not in created_numbers])
    return rewritten


def _set_current(
    captures: Sequence[tuple[ArticleCapture, Sequence[MatchedSection]]],
) -> tuple[list[tuple[int, int]], set[int]]:
    """Makes new versions the current versions of their sections; returns both, and the captures that had any.

    The notice that an entry was withdrawn never replaces the entry's words. A late capture gives words only to
    sections that have none.
    """
    current, rewritten = [], set()
    for received, matched in captures:
        for match in matched:
            section, version = match.section, match.version
            if not (section and version and match.is_new_version):
                continue
            if section.current_id is None or (received.is_latest and not match.item.withdrawn):
                section.current = version
                current.append((version.pk, section.pk))
                rewritten.add(received.capture.pk)
    return current, rewritten


def _write_current(versions: Sequence[tuple[int, int]]) -> None:
    """Writes the current versions of sections, as pairs of the version and its section."""
    if not versions:
        return
    changed = connection.ops.adapt_datetimefield_value(timezone.now())
    table, *columns = map(connection.ops.quote_name, (Section._meta.db_table, "current_id", "changed", "id"))
    statement = "UPDATE {} SET {} = %s, {} = %s WHERE {} = %s".format(table, *columns)  # noqa: S608
    with connection.cursor() as cursor:
        # By the number of each: a subquery would look up every capture of the batch for every section.
        cursor.executemany(statement, [(version, changed, section) for version, section in versions])
