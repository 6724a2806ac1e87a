"""From the record to tasks: the texts of waiting versions, the day of each, and the names in the same capture."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, timedelta, timezone
from typing import NamedTuple

from django.db.models import Q

from ..annotate import RULES_VERSION
from ..batches import in_parts
from ..finding import Label, Task, Text
from ..models import (
    ArticleVersion,
    DayOrigin,
    Mention,
    NameType,
    Placement,
    SectionVersion,
    Verdict,
    annotated_text,
)
from ..times import OutletTime, offset_in

# The types of names in the rules, and in the record.
TYPES: Mapping[str, NameType] = {kind.name.lower(): kind for kind in NameType}
# Texts of an unknown language are read as English, in which most come.
_DEFAULT_LANGUAGE = "en"
_PERSON = TYPES["person"]


class ReadDay(NamedTuple):
    """The day against which a text is read, and whose it is."""

    day: date
    origin: DayOrigin


class LoadedTask(NamedTuple):
    """A task and its article; and for each of its texts the day, how long its heading is, and how it was marked."""

    task: Task
    article_id: int
    days: list[ReadDay]
    heading_chars: list[int]
    marks: list[int]


def load_tasks(article_ids: Iterable[int], *, without: Collection[int] = ()) -> list[LoadedTask]:
    """Returns a task for each capture of these articles with versions that wait, except those `without`.

    Four queries, and one more where the capture has other sections too.
    """
    ids = list(article_ids)
    waiting = SectionVersion.objects.filter(section__article__in=ids, annotation__rules__lt=RULES_VERSION)
    groups: defaultdict[tuple[int, int], list[SectionVersion]] = defaultdict(list)
    for version in waiting.select_related("section", "annotation").order_by("pk"):
        if version.pk not in without:
            groups[version.section.article_id, version.capture_id].append(version)
    if not groups:
        return []
    captures = {capture for _, capture in groups}
    rows = ArticleVersion.objects.filter(article__in=ids, capture__in=captures)
    of_captures = {
        (row.article_id, row.capture_id): row
        for row in rows.select_related("article__source", "capture").order_by("pk")
    }
    others = _names_beside({of_captures[key].pk: versions for key, versions in groups.items() if key in of_captures})
    return [
        _make_task(of_captures[key], versions, others.get(of_captures[key].pk, []))
        for key, versions in groups.items()
        if key in of_captures
    ]


def _make_task(received: ArticleVersion, versions: list[SectionVersion], others: list[Label]) -> LoadedTask:
    article = received.article
    is_curated = "language" in article.curated_fields
    language = (article.language if is_curated else received.language) or _DEFAULT_LANGUAGE
    days = [_day_of(version, received) for version in versions]
    texts = [
        Text(version.pk, annotated_text(version.heading, version.text), read.day.isoformat())
        for version, read in zip(versions, days, strict=True)
    ]
    task = Task(language.partition("-")[0].lower(), texts, others)
    marks = [version.annotation.mark for version in versions]
    return LoadedTask(task, article.pk, days, [len(version.heading) for version in versions], marks)


def _day_of(version: SectionVersion, received: ArticleVersion) -> ReadDay:
    """Returns the day of the section, else of its article in this capture, else of the capture; all the outlet's.

    A time that is known to its month or year alone leaves the day to the capture, within this month or year.
    """
    article, section = received.article, version.section
    zone = article.source.zone
    shown = section.as_shown(version) if section.current_id == version.pk else version
    of_article = article if "published" in article.curated_fields else received
    at = received.capture.captured
    captured = (
        at.astimezone(timezone(timedelta(minutes=offset_in(zone, at)))).date() if zone else at.astimezone(UTC).date()
    )
    for time, origin in (
        (shown.time_published(zone), DayOrigin.SECTION),
        (of_article.time_published(zone), DayOrigin.ARTICLE),
    ):
        if time is None:
            continue
        if time.precision in ("year", "month"):
            return ReadDay(_within(time, captured), DayOrigin.CAPTURE)
        return ReadDay(time.at.date(), origin)
    return ReadDay(captured, DayOrigin.CAPTURE)


def _within(time: OutletTime, day: date) -> date:
    """Returns the day of a year or month that is nearest to another day."""
    first = time.at.date()
    if time.precision == "year":
        last = date(first.year, 12, 31)
    else:
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return min(max(day, first), last)


def _names_beside(waiting: Mapping[int, list[SectionVersion]]) -> dict[int, list[Label]]:
    """Returns the full names of persons in the other sections of captures, by the number of the article version.

    Sections that the archive has withdrawn give no names to others, nor does what a curator says is no person.
    """
    placed = Placement.objects.filter(
        article_version__in=waiting, version__isnull=False, section__closed_until__isnull=True
    ).order_by()
    new = {version.pk for versions in waiting.values() for version in versions}
    captures: defaultdict[int, list[int]] = defaultdict(list)
    for received, version in placed.values_list("article_version", "version"):
        if version not in new:
            captures[version].append(received)
    found: dict[int, dict[Label, None]] = defaultdict(dict)
    versions = sorted(captures)
    for some in in_parts(versions):
        mentions = Mention.objects.filter(
            Q(version__in=some),
            ~Q(spelling__name__verdict=Verdict.REJECTED),
            joined=False,
            spelling__type=_PERSON,
            spelling__name__type=_PERSON,
            spelling__text__contains=" ",
        )
        for version, text in mentions.order_by("version", "pk").values_list("version", "spelling__text"):
            for received in captures[version]:
                found[received]["person", text] = None
    return {received: list(labels) for received, labels in found.items()}
