"""Writes captures into the record: their articles, versions, sections and places, those of many articles together.

Decides nothing of what a capture is: `recording` found its article, and knows the captures before it. Articles that
the record has come one at a time, new ones in any number. Call it within a transaction that waited to write.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils import timezone

from ..bulk_rows import create_rows
from ..curation import Names, add_topics, add_topics_to_new, apply_version, divide
from ..history import History, Receipt, load_history
from ..models import Article, ArticleVersion, Capture, mark_changed, shown_versions
from .current_state import restate
from .identity import ArticleCapture
from .placements import record_placements
from .sections import MatchedSection, match_excerpt, record_sections
from .settling import needs_settling, settle
from .versions import copy_version, make_article_version


@dataclass(frozen=True)
class Prepared:
    """A capture to write, as one more receipt of its article; and the notes on what was left out of it."""

    received: ArticleCapture
    receipt: Receipt
    notes: tuple[str, ...] = ()


class Written(NamedTuple):
    """What became of a capture: whether it changed what is shown, whether to index that, and all notes."""

    is_changed: bool
    is_to_index: bool
    notes: tuple[str, ...]


def write_captures(captures: Sequence[Prepared], names: Names) -> list[Written]:
    """Writes what captures of different articles say, as far as their articles do not say it already.

    Nine queries for new articles, whatever their number; some twenty for another.
    """
    every = [prepared.received for prepared in captures]
    create_rows(received.capture for received in every if received.capture.pk is None)
    versions, changed = _write_articles(every, names)
    for received, is_changed in zip(every, changed, strict=True):
        if is_changed and not received.is_new and received.article.kind != Article.Kind.LIVE:
            # Not the entries of a live page: each new headline of the page would make all of them new.
            mark_changed(received.article.sections.all())
    sections = _write_sections(every, versions)
    record_placements((version, matched) for version, (matched, _) in zip(versions, sections, strict=True))
    return [
        _conclude(prepared, version, matched, article_changed=of_article, sections_changed=of_sections)
        for prepared, version, of_article, (matched, of_sections) in zip(
            captures, versions, changed, sections, strict=True
        )
    ]


def _write_articles(captures: Sequence[ArticleCapture], names: Names) -> tuple[list[ArticleVersion], list[bool]]:
    """Writes articles and their versions; returns these, and whether each article is new or changed."""
    versions = [make_article_version(received.item, received.capture) for received in captures]
    changed = []
    for received, version in zip(captures, versions, strict=True):
        is_current = received.is_latest or received.is_excerpt
        is_changed = is_current and apply_version(
            received.article, version, only_missing=received.is_excerpt, names=names
        )
        changed.append(received.is_new or is_changed)
    create_rows(received.article for received in captures if received.is_new)
    for received, version in zip(captures, versions, strict=True):
        if not received.is_new:
            received.article.save()
        version.article = received.article
    create_rows(versions)
    add_topics_to_new({received.article.pk: received.item.topics for received in captures if received.is_new}, names)
    for place, received in enumerate(captures):
        if not received.is_new and (received.is_latest or received.is_excerpt):
            changed[place] |= add_topics(received.article, received.item.topics)
    return versions, changed


def _write_sections(
    captures: Sequence[ArticleCapture], versions: Sequence[ArticleVersion]
) -> list[tuple[list[MatchedSection], bool]]:
    """Writes the sections of captures; returns those of each, and whether anything current changed."""
    whole = [pair for pair in zip(captures, versions, strict=True) if not pair[0].is_excerpt]
    recorded = iter(record_sections(whole))
    return [match_excerpt(received) if received.is_excerpt else next(recorded) for received in captures]


def _conclude(
    prepared: Prepared,
    version: ArticleVersion,
    sections: Sequence[MatchedSection],
    *,
    article_changed: bool,
    sections_changed: bool,
) -> Written:
    """Brings an article in line with a capture that is written."""
    received = prepared.received
    article = received.article
    changed = article_changed or sections_changed
    receipt = replace(prepared.receipt, capture=received.capture.pk, version=version.pk)
    has_additions = received.is_excerpt and sections_changed
    changed |= restate_if_needed(article, received.history, receipt, has_additions=has_additions)
    if needs_settling(article, version, is_new=received.is_new):
        changed |= settle(article, with_new_version=True)
    if not received.is_new:
        changed |= bool(divide([article.pk]))
    notes = (*prepared.notes, *_withdrawn_unseen(received, sections))
    return Written(changed, changed or _has_new_address(article, version), notes)


def _has_new_address(article: Article, version: ArticleVersion) -> bool:
    """Whether a version states an address, or came from one, that no other version of its article has. One query."""
    others = shown_versions(timezone.now()).filter(article=article).exclude(pk=version.pk).order_by()
    rows = others.values_list("url", "capture__address_key").distinct()
    return not {version.url, version.capture.address_key} <= {"", *(address for row in rows for address in row)}


def restate_if_needed(article: Article, before: History, receipt: Receipt, *, has_additions: bool = False) -> bool:
    """Reads the article's history again unless a new capture only continues it; returns whether anything changed.

    `has_additions` says that the capture is an excerpt with entries whose place is still to be found. Where other
    bytes now come between two captures of the same bytes, the second gets versions of its own.
    """
    after = before.with_receipt(receipt)
    is_at_end = after.extends(before) and not after.without_version and not after.is_followed_closely(receipt)
    if is_at_end and not has_additions:
        return False
    for repetition in after.without_version:
        copy_version(Capture.objects.get(pk=repetition.capture), article)
    return restate(article, load_history(article))


def _withdrawn_unseen(received: ArticleCapture, sections: Iterable[MatchedSection]) -> list[str]:
    """Returns a note of each entry that the capture withdraws and the archive never received."""
    if received.is_excerpt:
        return []
    return [
        f"section {matched.position + 1}: withdrawn, and never received before"
        for matched in sections
        if matched.section is None
    ]
