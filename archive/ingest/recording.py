"""Items into the record: identity, capture, versions and change, one transaction an article.

Same bytes change nothing. Changed bytes give a new capture, and versions only for the sections that changed; a
section that is gone is marked, not deleted. What a curator has set stays as it is.
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.db import DataError, IntegrityError, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from .. import formats
from ..current_values import add_topics, apply_version, find_source
from ..items import ArticleItem, Hints, Item, Note, Rejected, SectionItem, spelt_out
from ..models import (
    Article,
    ArticleVersion,
    Capture,
    IngestRun,
    Placement,
    Problem,
    Section,
    SectionVersion,
    Source,
    record_changes,
    wait_to_write,
)
from ..times import Moment
from .addresses import address_key
from .evidence import store_bytes
from .matching import match_sections
from .normalization import CaptureTime, dated, fitted

Status = Literal["new", "changed", "unchanged", "rejected", "noted"]


@dataclass(frozen=True)
class Outcome:
    """What became of one item: its status, where it stood, why it was rejected, what was left out with a note.

    A note that concerns no one article is `noted`; a run counts the others.
    """

    status: Status
    locator: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    article_id: int | None = None


def start_run(origin: str, *, user_id: int | None = None) -> IngestRun:
    """Opens a run; what it counts and the problems it meets are kept with it."""
    return IngestRun.objects.create(started=timezone.now(), origin=spelt_out(origin), user_id=user_id)


def finish_run(run: IngestRun) -> None:
    """Closes a run that came to its end; one that did not stays open, with the counts of what it took in."""
    run.finished = timezone.now()
    run.save(update_fields=["finished"])


def files_under(path: Path) -> Iterator[Path]:
    """Yields the file itself, or the files under a folder in a stable order; hidden ones are left out.

    What cannot be looked into is yielded too, for `read_path` to say why: a folder or a link that leads nowhere, a
    folder that may not be listed, a link to a folder. Pipes and devices in a folder are no documents.
    """
    try:
        children = sorted(path.iterdir())
    except OSError:  # a file, or what `read_path` cannot read either
        yield path
        return
    for child in children:
        if child.name.startswith("."):
            continue
        try:
            mode = child.stat().st_mode
        except OSError:
            yield child
            continue
        if stat.S_ISDIR(mode) and not child.is_symlink():
            yield from files_under(child)
        elif stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            yield child


def read_path(path: Path, hints: Hints) -> Iterator[Item]:
    """Yields the items of one file; a file that cannot be opened or read is a rejection like any other."""
    try:
        with path.open("rb") as stream:
            yield from formats.read(stream, hints)
    except IsADirectoryError:
        yield Rejected("", "a link to a folder, which is not followed; give the folder itself")
    except OSError as error:
        yield Rejected("", f"cannot be read: {error.strerror or error}")


def ingest_items(items: Iterable[Item], hints: Hints, *, run: IngestRun, captured: CaptureTime) -> Iterator[Outcome]:
    """Takes in each item, in a transaction of its own with its count, and yields what became of it."""
    for item in items:
        if isinstance(item, Note):
            _problem(run, hints, item.locator, item.reason, level=Problem.Level.NOTE).save()
            yield Outcome("noted", item.locator, notes=(item.reason,))
            continue
        if isinstance(item, ArticleItem):
            store_bytes(item.raw, item.sha256)
        with transaction.atomic():
            if isinstance(item, Rejected):
                outcome = _reject(item, hints, run)
            else:
                outcome = _record_or_reject(item, hints, run, captured)
            IngestRun.objects.filter(pk=run.pk).update(**{outcome.status: F(outcome.status) + 1})
        setattr(run, outcome.status, getattr(run, outcome.status) + 1)
        yield outcome


def _record_or_reject(item: ArticleItem, hints: Hints, run: IngestRun, captured: CaptureTime) -> Outcome:
    try:
        try:
            return _record(item, hints, run, captured)
        except IntegrityError:
            # A curator made the same source or topic in between; what was made is there now.
            return _record(item, hints, run, captured)
    except (DataError, IntegrityError, UnicodeEncodeError) as error:
        # No reader should yield such an item; one that does must not stop the documents behind it.
        reason = str(error).partition("\n")[0]
        return _reject(Rejected(item.locator, f"the database refuses it: {reason}"), hints, run)


def _reject(rejected: Rejected, hints: Hints, run: IngestRun) -> Outcome:
    _problem(run, hints, rejected.locator, rejected.reason, level=Problem.Level.REJECTED).save()
    return Outcome("rejected", rejected.locator, rejected.reason)


def _problem(
    run: IngestRun, hints: Hints, locator: str, reason: str, *, level: str, article: Article | None = None
) -> Problem:
    return Problem(run=run, level=level, origin=hints.name, locator=locator, reason=reason, article=article)


@transaction.atomic
def _record(item: ArticleItem, hints: Hints, run: IngestRun, captured: CaptureTime) -> Outcome:
    wait_to_write()
    known = Article.objects.filter(captures__sha256=item.sha256).values_list("id", flat=True).first()
    if known is not None:
        return Outcome("unchanged", item.locator, article_id=known)
    item, notes = fitted(item)
    source = find_source(item.source)
    item, captured, late = dated(item, captured, zone=source.zone or hints.zone)
    notes += late
    capture, _ = Capture.objects.get_or_create(
        sha256=item.sha256,
        defaults={
            "size_bytes": len(item.raw),
            "media_type": item.media_type,
            "origin": hints.name,
            "locator": item.locator,
            "captured": captured.at,
            "captured_rule": captured.rule,
            "reader": item.reader,
            "run": run,
        },
    )
    article = _find_article(item, source, origin=hints.name)
    created = article is None
    later = None
    if article is None:
        article = Article(source=source, external_id=item.external_id, headline=item.headline)
    else:
        # An older capture that comes in late completes the past; what stands is what was captured last.
        later = article.captures.filter(captured__gt=captured.at).order_by("captured", "id").first()
    # Once an article was received whole, a part of it takes no words and no details away.
    whole = not created and article.versions.filter(partial=False).exists()
    stub = item.partial and whole
    version = _article_version(item, capture)
    changed = created
    if later is None:
        changed |= apply_version(article, version, only_missing=stub)
    article.url_key = article.url_key or address_key(item.url, item.external_id)
    article.external_id = article.external_id or item.external_id
    article.save()
    version.article = article
    version.save()
    if later is None:
        changed |= add_topics(article, item.topics)
    sections_changed = False
    if stub:
        placed = _place(article, item, capture)
    else:
        grown = not created and not whole and not item.partial
        sections_changed, placed = _record_sections(article, item, capture, later=later, created=created, grown=grown)
        notes += tuple(
            f"section {one.position + 1}: withdrawn, and never received before"
            for one in placed
            if one.section is None
        )
    for placement in placed:
        placement.article_version = version
    Placement.objects.bulk_create(placed)
    if changed or sections_changed:
        record_changes([article.pk])
    Problem.objects.bulk_create(
        _problem(run, hints, item.locator, note, level=Problem.Level.NOTE, article=article) for note in notes
    )
    status: Status = "new" if created else "changed" if changed or sections_changed else "unchanged"
    return Outcome(status, item.locator, notes=notes, article_id=article.pk)


def _article_version(item: ArticleItem, capture: Capture) -> ArticleVersion:
    return ArticleVersion(
        capture=capture,
        headline=item.headline,
        standfirst=item.standfirst,
        byline=item.byline,
        url=item.url,
        language=item.language,
        kind=item.kind,
        source_name=item.source,
        updated=_at(item.updated),
        external_id=item.external_id,
        partial=item.partial,
        sections_recorded=True,
        status=item.status,
        embargo=_at(item.embargo),
        note=item.note,
        topic_names=list(item.topics),
        **_published(item.published),
    )


def _at(moment: Moment | None) -> datetime | None:
    return moment.at if moment else None


def _published(moment: Moment | None) -> dict[str, Any]:
    """Returns the columns in which a version keeps its time of publication."""
    if moment is None:
        return {}
    return {
        "published": moment.at,
        "published_precision": moment.precision,
        "published_given": moment.given,
        "published_rule": moment.rule,
    }


def _find_article(item: ArticleItem, source: Source, *, origin: str) -> Article | None:
    """Returns the article that the item is a capture of: by the outlet's id, else by address, else by likeness."""
    articles = Article.objects.order_by("id")
    if item.external_id:
        # The versions keep source and id as received, should a curator have given the article another source, or
        # another format another id.
        as_received = articles.filter(versions__external_id=item.external_id, versions__source_name=item.source)
        found = articles.filter(source=source, external_id=item.external_id).first() or as_received.first()
        if found:
            return found
    key = address_key(item.url, item.external_id)
    if key:
        # Two ids at one address are two articles, as home pages stand in for many; if one format gave both, that is:
        # a feed and a page number the same article each in its own way.
        others = ArticleVersion.objects.none()
        if item.external_id:
            same_format = Q()
            for beginning in formats.recorded_readers(item.reader):
                same_format |= Q(capture__reader__startswith=beginning)
            others = ArticleVersion.objects.filter(same_format, article__url_key=key)
            others = others.exclude(external_id__in=["", item.external_id])
        found = articles.filter(url_key=key).exclude(pk__in=others.values("article")).first()
        if found:
            return found
    if item.external_id or key:
        return None
    return _find_alike(item, origin)


def _find_alike(item: ArticleItem, origin: str) -> Article | None:
    """Returns the article without id and address that shares two of three: its file, a headline, a section's words."""
    nameless = Article.objects.filter(external_id="", url_key="")
    if item.source:
        nameless = nameless.filter(versions__source_name__in=["", item.source])
    hashes = [section.words_sha256 for section in item.sections]
    alike = {
        "file": nameless.filter(captures__origin=origin) if item.whole_stream else nameless.none(),
        "headline": nameless.filter(versions__headline=item.headline),
        "section": nameless.filter(sections__versions__words_sha256__in=hashes),
    }
    seen: Counter[int] = Counter()
    for found in alike.values():
        seen.update(found.order_by("-pk").values_list("pk", flat=True).distinct()[:1000])
    shared = sorted(pk for pk, count in seen.items() if count >= 2)
    return Article.objects.get(pk=shared[-1]) if shared else None


def _record_sections(
    article: Article, item: ArticleItem, capture: Capture, *, later: Capture | None, created: bool, grown: bool
) -> tuple[bool, list[Placement]]:
    """Writes the sections that are new and the versions that differ.

    `later` is the next capture of this article when this one comes in late: then nothing that stands is touched.
    `grown` says that the article is whole for the first time: what stood alone as its summary becomes its lead.
    Returns whether what stands changed, and the place of each section in this capture, not yet saved.
    """
    held = [] if created else _held(article)
    partners = match_sections(held, item.sections)
    if grown and not partners and len(held) == 1 and item.sections and not (held[0].key or item.sections[0].key):
        partners = {0: 0}
    unknown = [
        position
        for position, received in enumerate(item.sections)
        if position not in partners and not (received.paragraphs or received.heading)
    ]
    fresh = Section.objects.bulk_create(
        Section(
            article=article,
            key=received.key,
            position=position,
            gone=capture if received.withdrawn else later,
            withdrawn=received.withdrawn,
        )
        for position, received in enumerate(item.sections)
        if position not in partners and position not in unknown
    )
    versions = [_version(section, item.sections[section.position], capture, number=1) for section in fresh]
    held_in: dict[int, SectionVersion | None] = {version.section.position: version for version in versions}
    sections = {section.position: section for section in fresh}
    moved: list[Section] = []
    taken_back: list[SectionVersion] = []
    for position, partner in partners.items():
        section, received = held[partner], item.sections[position]
        earlier = list(section.versions.all())
        version = _version(section, received, capture, number=len(earlier) + 1)
        # What is said of an entry that was taken back never replaces what the entry said.
        anew = later is None and not received.withdrawn
        compared = [one for one in earlier if one.pk == section.current_id] if anew else earlier
        sections[position] = section
        held_in[position] = None
        if version.says_something or not received.withdrawn:
            same = next((other for other in compared if version.says_the_same(other)), None)
            held_in[position] = same or version
            if same is None:
                (taken_back if received.withdrawn else versions).append(version)
        if later is None:
            gone = (section.gone or capture) if received.withdrawn else None
            place = (position, gone and gone.pk, received.withdrawn, section.key or received.key)
            if (section.position, section.gone_id, section.withdrawn, section.key) != place:
                section.position, section.gone, section.withdrawn, section.key = position, gone, *place[2:]
                moved.append(section)
    SectionVersion.objects.bulk_create([*versions, *taken_back])
    standing = [version for version in versions if later is None or version.number == 1]
    of_this_capture = SectionVersion.objects.filter(section=OuterRef("pk"), capture=capture)
    Section.objects.filter(pk__in=[version.section.pk for version in standing]).update(
        current=Subquery(of_this_capture.values("pk"))
    )
    Section.objects.bulk_update(moved, ["position", "gone", "withdrawn", "key"], batch_size=200)
    gone_now = 0
    if later is None:
        left = [one.pk for at, one in enumerate(held) if at not in partners.values() and one.gone_id is None]
        gone_now = Section.objects.filter(pk__in=left).update(gone=capture)
    placed = [
        _placement(position, received, sections.get(position), held_in.get(position))
        for position, received in enumerate(item.sections)
    ]
    return bool(standing or moved or gone_now), placed


def _place(article: Article, item: ArticleItem, capture: Capture) -> list[Placement]:
    """Returns the place of each section in a capture that changes none, not yet saved."""
    held = _held(article)
    partners = match_sections(held, item.sections)
    placed = []
    for position, received in enumerate(item.sections):
        section = held[partners[position]] if position in partners else None
        same = None
        if section:
            version = _version(section, received, capture, number=1)
            same = next((other for other in section.versions.all() if version.says_the_same(other)), None)
        placed.append(_placement(position, received, section, same))
    return placed


def _held(article: Article) -> list[Section]:
    """Returns the sections of an article as they stand, with their versions, in the outlet's order."""
    sections = article.sections.select_related("current").prefetch_related("versions")
    return list(sections.order_by("position", "id"))


def _placement(
    position: int, received: SectionItem, section: Section | None, version: SectionVersion | None
) -> Placement:
    words = {} if version else {"heading": received.heading, "text": received.text}
    return Placement(
        position=position,
        section=section,
        version=version,
        withdrawn=received.withdrawn,
        updated=_at(received.updated),
        **words,
    )


def _version(section: Section, item: SectionItem, capture: Capture, *, number: int) -> SectionVersion:
    return SectionVersion(
        section=section,
        capture=capture,
        number=number,
        heading=item.heading,
        text=item.text,
        words_sha256=item.words_sha256,
        byline=item.byline,
        updated=_at(item.updated),
        key_event=item.key_event,
        note=item.note,
        **_published(item.published),
    )
