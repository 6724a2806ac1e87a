"""What is current of an article: the state that its captures leave, read in the order of time.

`record_shown` applies the latest capture to the state before it. `restate` reads the whole history again, where a
capture came late or its time was corrected; both end in the same state. Used by `sections` and `recording`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from ..curation import add_topics, apply_version
from ..history import History, Receipt, dated_precisely, make_shown
from ..models import Article, Placement, Section, SectionVersion
from ..presence import RECENT_SPAN, Presence, Shown, Times, find_parts
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


def record_shown(shown: Shown, received: ArticleCapture, sections: Sequence[Section], times: Times) -> bool:
    """Saves sections with the places and marks that the latest capture leaves; returns whether any changed.

    `sections` are all those of the article in their order before the capture, `times` those of `dated_precisely`. A
    query for each distance that sections moved, one for each 200 that are gone or back, and two for a capture that
    shows a part of a page.
    """
    before = _state_of(sections)
    presence = Presence(
        [section.pk for section in sections],
        {section.pk: section.gone_id for section in sections if section.gone_id},
        {section.pk for section in sections if section.withdrawn},
    )
    recent: list[Shown] = []
    if shown.claim == "window":
        receipts = [receipt for receipt in received.history.steps if receipt.captured >= shown.at - RECENT_SPAN]
        recent = [shown for shown, _ in _load_shown(received.article, receipts, received.history)]
    presence.show(shown, times, find_parts(shown, recent, times))
    return _save(sections, presence, before)


def restate(article: Article, history: History) -> bool:
    """Gives an article and its sections the state that its history leaves; returns whether anything changed.

    Where the sections of a capture were not recorded, they stay as they are. O(captures x sections); seven queries,
    and one more for each 200 sections that changed.
    """
    receipts = history.steps
    latest = article.versions.get(capture=receipts[-1].capture)
    changed = apply_version(article, latest)
    if changed:
        article.save()
    changed |= add_topics(article, latest.topic_names)
    if not history.is_recorded:
        return changed
    sections = list(article.sections.order_by("position", "id"))
    before = _state_of(sections)
    versions = SectionVersion.objects.filter(section__article=article).order_by("section", "number")
    times = dated_precisely(versions.only("section", "published", "published_precision"))
    presence = Presence()
    current: dict[int, int] = {}
    recent: list[Shown] = []
    for shown, words in _load_shown(article, receipts, history):
        presence.show(shown, times, find_parts(shown, recent, times))
        recent = [*(other for other in recent if shown.at - other.at <= RECENT_SPAN), shown]
        current |= words
    for section in sections:
        section.current_id = current.get(section.pk, section.current_id)
    return changed | _save(sections, presence, before)


def _load_shown(article: Article, receipts: Sequence[Receipt], history: History) -> list[tuple[Shown, dict[int, int]]]:
    """Returns what each capture shows, with the version of each section that it does not withdraw. Two queries."""
    ids = [receipt.version for receipt in receipts if receipt.version]
    versions = article.versions.select_related("capture").in_bulk(ids)
    placed: defaultdict[int, list[tuple[int, int | None, bool]]] = defaultdict(list)
    placements = Placement.objects.filter(article_version__in=ids, section__isnull=False).order_by("position")
    columns = ("article_version_id", "section_id", "version_id", "withdrawn")
    for article_version, section, version, withdrawn in placements.values_list(*columns):
        if section:
            placed[article_version].append((section, version, withdrawn))
    return [
        (
            make_shown(
                versions[pk],
                [(section, withdrawn) for section, _, withdrawn in placed[pk]],
                has_whole=history.has_whole,
            ),
            {section: version for section, version, withdrawn in placed[pk] if version and not withdrawn},
        )
        for pk in ids
    ]


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
