"""What web archives say of pages without a payload: an address gave known bytes again, or has no page any more.

`repeated_items` turns a revisit into the items of the record that it repeats, so that they are recorded like any other
capture. A revisit that comes before that record waits for it. Used by `recording`.
"""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..addresses import address_key
from ..capture_files import DamagedError
from ..items import ArticleItem, PageGone, Revisit
from ..models import AddressGone, Article, ArticleVersion, Capture, IngestRun, Problem, WaitingRevisit
from ..problem_kinds import kind_of
from .versions import exact, read_article_item

# The note on a revisit whose payload the archive does not have, and what it becomes once the payload is there.
_WAITING = "a revisit of a payload that the archive does not have; ingest the web archive with it, before or after"
_RECEIVED = "a revisit; its payload was received later, in run {run}"


def repeated_items(revisit: Revisit) -> list[ArticleItem]:
    """Returns the items of the record that a revisit repeats, at its address and time; none where it is not known.

    A feed gave several. Four queries, and three for each item.
    """
    capture = _find_capture(revisit)
    if capture is None:
        return []
    together = Capture.objects.filter(
        address_key=capture.address_key, captured=capture.captured, payload_digest=capture.payload_digest
    )
    group = together if capture.address_key else together.filter(pk=capture.pk)
    try:
        return [_repeat(version, revisit) for version in _versions_of(group)]
    except DamagedError:
        return []  # they wait until the bytes come again


def _find_capture(revisit: Revisit) -> Capture | None:
    """Returns the capture of the record that a revisit names, by digest or by address and time."""
    key = address_key(revisit.address)
    refers_to = address_key(revisit.refers_to_address) or key
    found = Capture.objects.order_by("captured", "id")
    if revisit.payload_digest:
        same = found.filter(payload_digest=revisit.payload_digest)
        at_addresses = (same.filter(address_key=key), same.filter(address_key=refers_to), same)
        if capture := next(filter(None, (captures.first() for captures in at_addresses)), None):
            return capture
    if revisit.refers_to_captured:
        at = revisit.refers_to_captured.at
        # The reference may leave out the fraction of the second that the record has.
        until = at if at.microsecond else at.replace(microsecond=999_999)
        found = found.filter(captured__range=(at, until))
    elif revisit.payload_digest:
        return None
    else:
        found = found.filter(captured__lte=revisit.captured.at)
    # Captures of earlier releases do not know the address of their bytes, only that of their article.
    capture = found.filter(Q(address_key=refers_to) | Q(address_key="", articles__url_key=refers_to)).last()
    return capture if capture and _agree(capture.payload_digest, revisit.payload_digest) else None


def _agree(digest: str, other: str) -> bool:
    """Whether two digests may be of the same bytes: they are equal, or by different algorithms."""
    return digest == other or digest.partition(":")[0] != other.partition(":")[0]


def _versions_of(captures: QuerySet[Capture]) -> Iterator[ArticleVersion]:
    """Yields the versions of captures, or of those that they repeat, each once for the same bytes of an article."""
    seen = set()
    for capture in captures.order_by("id").select_related("repeats"):
        for version in (capture.repeats or capture).article_versions.select_related("capture").order_by("id"):
            if (version.capture.sha256, version.article_id) not in seen:
                seen.add((version.capture.sha256, version.article_id))
                yield version


def _repeat(version: ArticleVersion, revisit: Revisit) -> ArticleItem:
    """Returns what a version says, as received again."""
    item = read_article_item(version)
    own_address = item.url and address_key(item.url) != version.capture.address_key
    return replace(
        item,
        url=item.url if own_address else revisit.address,
        locator=revisit.locator,
        captured=revisit.captured,
        address=revisit.address,
        payload_digest=version.capture.payload_digest,
    )


def keep_waiting(revisit: Revisit, *, origin: str, run: IngestRun) -> str:
    """Keeps a revisit until its payload comes, as a problem of the run; returns the note."""
    waiting = WaitingRevisit(
        run=run,
        origin=origin,
        locator=revisit.locator,
        address=revisit.address,
        captured=revisit.captured.at,
        payload_digest=revisit.payload_digest,
        refers_to_address=revisit.refers_to_address,
        refers_to_key=address_key(revisit.refers_to_address or revisit.address),
        refers_to_captured=revisit.refers_to_captured.at if revisit.refers_to_captured else None,
    )
    same = WaitingRevisit.objects.filter(
        address=waiting.address, captured=waiting.captured, payload_digest=waiting.payload_digest
    )
    if not same.exists():
        waiting.problem = Problem.objects.create(
            run=run, level=Problem.Level.NOTE, origin=origin, locator=revisit.locator, reason=_WAITING
        )
        waiting.save()
    return _WAITING


def is_of_record(item: ArticleItem, other: ArticleItem) -> bool:
    """Whether two items come from one record of a web archive, as the entries of a feed do."""
    return (item.captured, item.address, item.payload_digest) == (other.captured, other.address, other.payload_digest)


def find_waiting(item: ArticleItem) -> list[WaitingRevisit]:
    """Returns the revisits that may have waited for the record of an item, oldest first. One query."""
    if not (item.payload_digest and item.captured):
        return []
    key, at = address_key(item.address), item.captured.at
    named = Q(refers_to_captured__in=[at, at.replace(microsecond=0)])
    unnamed = Q(payload_digest="", refers_to_captured=None, captured__gte=at)
    by_record = Q(refers_to_key=key) & (named | unnamed) if key else Q()
    found = WaitingRevisit.objects.filter(Q(payload_digest=item.payload_digest) | by_record)
    return list(found.order_by("captured", "id"))


def end_waiting(waiting: WaitingRevisit, *, run: IngestRun) -> None:
    """Records that a revisit waits no longer, because its payload came in a run."""
    reason = _RECEIVED.format(run=run.pk)
    settled = Problem.objects.filter(pk=waiting.problem_id)
    settled.update(reason=reason, kind=kind_of(reason), closed=timezone.now())
    waiting.delete()


def as_revisit(waiting: WaitingRevisit) -> Revisit:
    """Returns a revisit that waits, as its record gave it."""
    return Revisit(
        waiting.locator,
        _WAITING,
        address=waiting.address,
        captured=exact(waiting.captured),
        payload_digest=waiting.payload_digest,
        refers_to_address=waiting.refers_to_address,
        refers_to_captured=exact(waiting.refers_to_captured) if waiting.refers_to_captured else None,
    )


def record_gone(gone: PageGone, *, origin: str, run: IngestRun) -> Article | None:
    """Records that a page is gone at its address; returns its article if that is news of one. Three queries."""
    key = address_key(gone.address)
    _, is_new = AddressGone.objects.get_or_create(
        address_key=key,
        captured=gone.captured.at,
        status=gone.status,
        defaults={"address": gone.address, "origin": origin, "locator": gone.locator, "run": run},
    )
    if not (is_new and key):
        return None
    # A page behind the first says nothing of its article.
    is_first = Q(page_number=None) | Q(page_number=1)
    received = ArticleVersion.objects.filter(is_first, capture__address_key=key).values("article")
    return Article.objects.filter(Q(url_key=key) | Q(pk__in=received)).order_by("pk").first()
