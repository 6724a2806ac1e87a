"""What is current of an article: the state that its captures leave, read in the order of time.

`record_shown` applies the latest capture to the state before it. `restate` reads the whole history again, where a
capture came late, its time was corrected, or versions are left out because they are withheld; both end in the same
state. Used by `sections`, `recording` and `settling`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from ..curation import add_topics, apply_version, set_values
from ..history import History, is_precise, make_shown
from ..models import Article, Placement, Section, SectionVersion
from ..presence import MAX_PARTS_APART, Presence, Shown, Times, find_parts
from .identity import ArticleCapture

_BATCH_ROWS = 200
# New entries move all others by the same distance. More distances than this are saved row by row.
_MAX_MOVES = 20
_COLUMNS = ("position", "gone", "withdrawn", "current", "changed")


class _State(NamedTuple):
    """What captures change of a section: its place, and what is shown of it."""

    position: int
    shown: tuple[int | None, int | None, bool]


_States = Mapping[int, _State]


def _state_of(sections: Iterable[Section]) -> _States:
    """Returns what captures change of sections, by their ids."""
    return {
        section.pk: _State(section.position, (section.current_id, section.gone_id, section.withdrawn))
        for section in sections
    }


def record_shown(
    shown: Shown, received: ArticleCapture, stored: Sequence[Section], created: Sequence[Section], *, times: Times
) -> bool:
    """Saves sections with the places and marks that the latest capture leaves; returns whether any changed.

    `stored` are those of the article in their order before the capture, `created` those that are new. `times` has the
    times of their current words that are known to the minute. A query for each distance that sections moved, one for
    each 200 that are gone or back, and two for a capture that shows a part of a page.
    """
    sections = [*stored, *created]
    before = _state_of(sections)
    presence = Presence(
        [section.pk for section in stored],
        {section.pk: section.gone_id for section in sections if section.gone_id},
        {section.pk for section in sections if section.withdrawn},
    )
    recent: list[Shown] = []
    if shown.claim == "window":
        since = shown.at - MAX_PARTS_APART
        appeared = [(receipt, pk) for receipt, pk, _ in received.history.appearances if receipt.captured >= since]
        versions = _load_shown(received.article, {pk for _, pk in appeared}, received.history)
        recent = [replace(versions[pk][0], at=receipt.captured) for receipt, pk in appeared]
    presence.show(shown, times, find_parts(shown, recent, times, presence.order))
    return _save(sections, presence, before)


def restate(article: Article, history: History, *, afresh: bool = False) -> bool:
    """Gives an article and its sections the state that its history leaves; returns whether anything changed.

    Versions that are left out of the history may have left values in the article: `afresh` removes them. Where the
    sections of a capture were not recorded, they stay as they are. O(captures x sections); ten queries, and one more
    for each 200 sections that changed.
    """
    changed = _restate_article(article, history, afresh=afresh)
    if not history.is_recorded:
        return changed
    sections = list(article.sections.filter(part_of=None).order_by("position", "id"))
    before = _state_of(sections)
    versions = SectionVersion.objects.filter(section__article=article, published__isnull=False).order_by()
    columns = versions.values_list("pk", "published", "published_precision")
    dated = {pk: published for pk, published, precision in columns if published and is_precise(precision)}
    times: dict[int, datetime] = {}
    presence = Presence()
    current: dict[int, int] = {}
    recent: list[Shown] = []
    loaded = _load_shown(article, {pk for _, pk, _ in history.appearances}, history)
    for receipt, version_id, begins_run in history.appearances:
        shown, words, notices = loaded[version_id]
        shown = replace(shown, capture=receipt.capture, at=receipt.captured)
        if begins_run:
            # The notice that withdraws an entry stands only where the archive never received the entry itself.
            current = notices | current | words
            times = {section: dated[version] for section, version in current.items() if version in dated}
            presence.show(shown, times, find_parts(shown, recent, times, presence.order))
        since = receipt.captured - MAX_PARTS_APART
        recent = [*(other for other in recent if other.at >= since), shown]
    for section in sections:
        section.current_id = current.get(section.pk, section.current_id)
    return changed | _save(sections, presence, before)


def _restate_article(article: Article, history: History, *, afresh: bool) -> bool:
    """Gives an article the values that its versions leave, in the order in which they count. Four queries."""
    versions = article.versions.in_bulk([receipt.version for receipt in history.steps if receipt.version])
    ordered = [versions[receipt.version] for receipt in history.steps if receipt.version]
    columns = [column.attname for column in Article._meta.concrete_fields]
    before = [getattr(article, column) for column in columns]
    if afresh:
        topics = set(article.topics.values_list("pk", flat=True))
        set_values(article, ordered, has_whole=history.has_whole)
        return before != [getattr(article, column) for column in columns] or topics != set(
            article.topics.values_list("pk", flat=True)
        )
    for version in ordered:
        apply_version(article, version, only_missing=version.partial and history.has_whole)
    changed = before != [getattr(article, column) for column in columns]
    if changed:
        article.save()
    return changed | add_topics(article, dict.fromkeys(name for version in ordered for name in version.topic_names))


# A section, and its version in a capture.
_Words = dict[int, int]


def _load_shown(article: Article, ids: Set[int], history: History) -> Mapping[int, tuple[Shown, _Words, _Words]]:
    """Returns what versions of an article show, by id; the words of sections; those that withdraw. Two queries."""
    versions = article.versions.select_related("capture").in_bulk(ids)
    placed: defaultdict[int, list[tuple[int, int | None, bool]]] = defaultdict(list)
    placements = Placement.objects.filter(article_version__in=ids, section__isnull=False).order_by("position")
    columns = ("article_version_id", "section_id", "version_id", "withdrawn")
    for article_version, section, version, withdrawn in placements.values_list(*columns):
        if section:
            placed[article_version].append((section, version, withdrawn))
    return {
        pk: (
            make_shown(
                versions[pk],
                [(section, withdrawn) for section, _, withdrawn in placed[pk]],
                has_whole=history.has_whole,
            ),
            {section: version for section, version, withdrawn in placed[pk] if version and not withdrawn},
            {section: version for section, version, withdrawn in placed[pk] if version and withdrawn},
        )
        for pk in ids
    }


def _save(sections: Sequence[Section], presence: Presence, before: _States) -> bool:
    """Saves sections with their places and marks where their state changed; returns whether any did."""
    places = {section: place for place, section in enumerate(presence.order)}
    for section in sections:
        section.position = places.get(section.pk, section.position)
        section.gone_id = presence.gone.get(section.pk)
        section.withdrawn = section.pk in presence.withdrawn
    after = _state_of(sections)
    moved: defaultdict[int, list[int]] = defaultdict(list)
    marked = []
    for section in sections:
        old, new = before[section.pk], after[section.pk]
        if old.shown != new.shown:
            section.changed = timezone.now()
            marked.append(section)
        elif old.position != new.position:
            # It is not new to the readers of the archive.
            moved[new.position - old.position].append(section.pk)
    if len(moved) > _MAX_MOVES:
        Section.objects.bulk_update(sections, ["position"], batch_size=_BATCH_ROWS)
    else:
        for distance, ids in moved.items():
            Section.objects.filter(pk__in=ids).update(position=F("position") + distance)
    Section.objects.bulk_update(marked, _COLUMNS, batch_size=_BATCH_ROWS)
    return bool(moved or marked)
