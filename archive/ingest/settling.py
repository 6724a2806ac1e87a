"""Brings an article in line with what its senders and curators decided about showing it.

`archive.withholding` has the rules. Settling writes which versions are withheld, sets the status and the embargo of
the article, and restates what is current without versions that may not be shown. `recording` calls it with each
capture, and the admin with each edit; `settle_due` follows the clock.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import Literal, cast

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..batches import in_parts
from ..curation import close, divide
from ..history import History, load_history
from ..items import Status
from ..models import (
    Article,
    ArticleVersion,
    Placement,
    PublishingStatus,
    Withholding,
    mark_changed,
    record_changes,
    wait_to_write,
)
from ..withholding import Freed, Message, Reason, judge, left_out
from .current_state import restate


def needs_settling(article: Article, version: ArticleVersion, *, is_new: bool) -> bool:
    """Whether a new version can change what of its article may be shown. One query for most that are not new."""
    rows: tuple[Article | ArticleVersion, ...] = (article, version)
    if any(row.status != PublishingStatus.USABLE or row.embargo for row in rows):
        return True
    return not is_new and article.withholdings.exists()


def settle(article: Article, *, with_new_version: bool = False) -> bool:
    """Brings an article in line with its versions and curators; returns whether anything changed.

    Call it in a transaction that waited to write. Six queries, and those of `restate` where what is left out changed,
    or where something is left out and `with_new_version` says that a capture was recorded.
    """
    now = timezone.now()
    history = load_history(article)
    messages = _messages(article, history)
    verdict = judge(messages, Freed(article.status_freed_to, article.embargo_freed_to))
    changed = _set_permissions(article, verdict.status, verdict.embargo)
    omitted = frozenset[int]()
    if article.status != PublishingStatus.WITHHELD:
        omitted = left_out(verdict.reasons, article.embargo, now)
    if omitted and len(omitted) == len(messages):
        # Nothing of it may be shown, so the article may not either.
        changed |= _set_permissions(article, "withheld", article.embargo)
        omitted = frozenset()
    applying = {version: reason for version, reason in verdict.reasons.items() if reason.applies_at(now)}
    if _write_withholdings(article, applying, omitted) or (with_new_version and omitted):
        changed |= restate(article, history.without(omitted), afresh=True)
    return changed


def _messages(article: Article, history: History) -> list[Message]:
    """Returns the article's messages in the order of time. Two queries."""
    versions = article.versions.in_bulk()
    words = _words_by_version(article)
    ordered = [versions[receipt.version] for receipt in history.counted if receipt.version]
    return [
        Message(
            version.pk,
            version.capture_id,
            cast(Status, version.status),
            version.embargo,
            version.updated,
            (
                version.headline,
                version.standfirst,
                version.byline,
                version.note,
                tuple(version.topic_names),
                tuple(words[version.pk]),
            ),
            _kind(version, has_words=bool(words[version.pk]), has_whole=history.has_whole),
        )
        for version in ordered
    ]


# What the words of a placement are compared by. Words that return after others are another version with the same hash.
_COMPARED_COLUMNS = (
    "withdrawn",
    "heading",
    "text",
    *(f"version__{name}" for name in ("words_sha256", "byline", "note")),
)


def _words_by_version(article: Article) -> dict[int, list[Hashable]]:
    """Returns the words of each version of an article, by its id: those of its sections, in their order. One query."""
    words: defaultdict[int, list[Hashable]] = defaultdict(list)
    placements = Placement.objects.filter(article_version__article=article).order_by("position")
    for pk, *placed in placements.values_list("article_version", *_COMPARED_COLUMNS):
        words[pk].append(tuple(placed))
    return words


def _kind(version: ArticleVersion, *, has_words: bool, has_whole: bool) -> Literal["whole", "excerpt", "notice"]:
    if version.partial and not has_words:
        return "notice"
    return "excerpt" if version.partial and has_whole else "whole"


def _set_permissions(article: Article, status: Status, embargo: datetime | None) -> bool:
    """Saves the status and the embargo that the messages leave, unless a curator set them; returns whether it did."""
    names = {"status": status, "embargo": embargo}
    new = {
        name: value
        for name, value in names.items()
        if name not in article.curated_fields and getattr(article, name) != value
    }
    for name, value in new.items():
        setattr(article, name, value)
    if new:
        article.save(update_fields=list(new))
        mark_changed(article.sections.all())
        # Its other addresses have the same words.
        close([article.pk])
    return bool(new)


def _write_withholdings(article: Article, reasons: Mapping[int, Reason], omitted: Iterable[int]) -> bool:
    """Writes the rows of an article; returns whether what is left out changed. Two queries, or three."""
    before = {row.version_id: row for row in article.withholdings.all()}
    after = {
        version: Withholding(
            article=article,
            version_id=version,
            by_status=reason.by_status,
            until=reason.until,
            left_out=version in omitted,
        )
        for version, reason in reasons.items()
    }
    differing = [
        version
        for version in before.keys() | after.keys()
        if not (version in before and version in after and _is_same(before[version], after[version]))
    ]
    Withholding.objects.filter(version__in=differing).delete()
    Withholding.objects.bulk_create(after[version] for version in differing if version in after)
    return {version for version, row in before.items() if row.left_out} != set(omitted)


def _is_same(row: Withholding, other: Withholding) -> bool:
    return (row.reason, row.left_out) == (other.reason, other.left_out)


def settle_due() -> int:
    """Settles the articles of which an embargo has ended, or that were never settled; returns their number.

    One query where there are none.
    """
    ended = Q(by_status=False, until__lte=timezone.now())
    due = Withholding.objects.filter(ended | Q(left_out=None)).order_by("article")
    ids = list(due.values_list("article", flat=True).distinct())
    settle_articles(ids)
    return len(ids)


def settle_articles(ids: Iterable[int]) -> None:
    """Settles those of these articles that were ever withheld or under embargo, and records a change of each.

    One query for each 5,000 articles where there are none.
    """
    restricted = ArticleVersion.objects.exclude(status=PublishingStatus.USABLE, embargo=None).order_by("article")
    found = [
        pk
        for some in in_parts(sorted(set(ids)))
        for pk in restricted.filter(article__in=some).values_list("article", flat=True).distinct()
    ]
    for pk in found:
        with transaction.atomic():
            wait_to_write()
            article = Article.objects.filter(pk=pk).first()
            if article and (settle(article) | bool(divide([pk]))):
                record_changes([pk])
