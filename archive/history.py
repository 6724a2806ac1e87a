"""The captures of an article in the order of time: which bytes were received when, and which of them gave versions.

A capture with a version begins a run; captures of the same bytes beside it belong to the run and have no version.
Reads the record and writes nothing. `archive.ingest` records captures by it, and `search.articles` shows it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from django.db.models import F, Min
from django.utils import timezone

from .models import (
    INGEST_TIME_RULE,
    Article,
    ArticleVersion,
    Capture,
    Placement,
    SectionVersion,
    Withholding,
    shown_versions,
    withheld_at,
)
from .presence import MAX_PARTS_APART, Shown, Times


@dataclass(frozen=True)
class Receipt:
    """One capture of an article. `version` is the id of the ArticleVersion that it gave, None where it gave none."""

    capture: int
    sha256: str
    captured: datetime
    by_ingest: bool
    partial: bool
    version: int | None = None
    sections_recorded: bool = True


@dataclass(frozen=True)
class History:
    """The captures of an article in the order of time.

    The time of an ingest counts only until the same bytes come with an earlier time of their own.
    """

    receipts: tuple[Receipt, ...] = ()

    @property
    def has_whole(self) -> bool:
        return any(not receipt.partial for receipt in self.receipts)

    @property
    def is_recorded(self) -> bool:
        """Whether the sections of every capture were recorded, not reconstructed."""
        return all(receipt.sections_recorded for receipt in self.receipts)

    @property
    def counted(self) -> tuple[Receipt, ...]:
        """The captures whose time counts."""
        first: dict[str, datetime] = {}
        for receipt in self.receipts:
            if not receipt.by_ingest:
                first.setdefault(receipt.sha256, receipt.captured)
        return tuple(
            receipt
            for receipt in self.receipts
            if not receipt.by_ingest or receipt.captured <= first.get(receipt.sha256, receipt.captured)
        )

    @property
    def in_force(self) -> tuple[Receipt, ...]:
        """The captures in the order in which they count: those of parts before those of the whole article."""
        return tuple(sorted(self.counted, key=lambda receipt: not receipt.partial)) if self.has_whole else self.counted

    def without(self, versions: Collection[int]) -> "History":
        """Returns the history without these versions and the captures that show them."""
        if not versions:
            return self
        dropped = {receipt for run in self.runs() if _version_of(run) in versions for receipt in run}
        dropped |= {receipt for receipt in self.receipts if receipt.version in versions}
        return History(tuple(receipt for receipt in self.receipts if receipt not in dropped))

    def runs(self) -> Iterator[list[Receipt]]:
        """Yields captures of the same bytes that follow each other, in the order in which they count."""
        run: list[Receipt] = []
        for receipt in self.in_force:
            if run and (run[-1].sha256, run[-1].partial) != (receipt.sha256, receipt.partial):
                yield run
                run = []
            run.append(receipt)
        if run:
            yield run

    @property
    def steps(self) -> tuple[Receipt, ...]:
        """The first capture of each run, with the version of the run, in the order in which they count."""
        return tuple(replace(run[0], version=version) for run in self.runs() if (version := _version_of(run)))

    @property
    def appearances(self) -> Iterator[tuple[Receipt, int, bool]]:
        """The captures in the order in which they count: with the version that says what each shows, and whether it
        begins a run."""
        for run in self.runs():
            if version := _version_of(run):
                yield from ((receipt, version, receipt is run[0]) for receipt in run)

    @property
    def without_version(self) -> tuple[Receipt, ...]:
        """The first capture of each run that gave no version, because other bytes came in between later."""
        return tuple(run[0] for run in self.runs() if _version_of(run) is None)

    def extends(self, before: "History") -> bool:
        """Whether this is the history before and at most one run at its end; what excerpts say does not count."""
        old, new = (
            [receipt for receipt in history.steps if not (receipt.partial and self.has_whole)]
            for history in (before, self)
        )
        return new[: len(old)] == old and len(new) <= len(old) + 1

    def is_followed_closely(self, receipt: Receipt) -> bool:
        """Whether the next capture came so soon after this one that both may be pages of one state."""
        in_force = self.in_force
        place = in_force.index(receipt) + 1 if receipt in in_force else len(in_force)
        return place < len(in_force) and receipt.captured >= in_force[place].captured - MAX_PARTS_APART

    def has(self, sha256: str, captured: datetime) -> bool:
        """Whether these bytes were received at this time."""
        return any((receipt.sha256, receipt.captured) == (sha256, captured) for receipt in self.receipts)

    def with_receipt(self, receipt: Receipt) -> "History":
        """Returns the history with one more capture; of two with the same time, it is the later."""
        return History(_in_order([*self.receipts, receipt]))

    @property
    def last_ingest(self) -> datetime | None:
        """The latest time of ingest that counts; None where all captures have a time of their own."""
        return max((receipt.captured for receipt in self.counted if receipt.by_ingest), default=None)

    def find_following(self, receipt: Receipt) -> int | None:
        """Returns the capture that counts next after a new capture; None where the new one is the latest."""
        in_force = self.with_receipt(receipt).in_force
        place = in_force.index(receipt) + 1 if receipt in in_force else 0
        return in_force[place].capture if place < len(in_force) else None

    def find_repeated(self, receipt: Receipt) -> Receipt | None:
        """Returns the capture with a version whose run a new capture would continue; None where it begins a run."""
        run = next((run for run in self.with_receipt(receipt).runs() if receipt in run), [])
        return next((other for other in run if other.version), None)


def _version_of(run: Iterable[Receipt]) -> int | None:
    return next((receipt.version for receipt in run if receipt.version), None)


_CAPTURE_COLUMNS = ("sha256", "captured", "captured_rule")


def load_history(article: Article) -> History:
    """Returns the captures of a saved article. Two queries."""
    capture_columns = [f"capture__{column}" for column in _CAPTURE_COLUMNS]
    versions = article.versions.select_related("capture")
    versions = versions.only("article", "partial", "sections_recorded", *capture_columns)
    return load_histories(versions).get(article.pk, History())


def load_histories(versions: Iterable[ArticleVersion]) -> dict[int, History]:
    """Returns the captures of articles, by article, from all of their versions with their captures. One query."""
    receipts: dict[int, list[Receipt]] = defaultdict(list)
    captures: set[tuple[int, int]] = set()
    for version in versions:
        captures.add((version.article_id, version.capture_id))
        receipts[version.article_id].append(
            _receipt(version.capture, partial=version.partial, version=version.pk, recorded=version.sections_recorded)
        )
    repeats = Capture.objects.filter(repeats__article_versions__article__in=list(receipts)).only(*_CAPTURE_COLUMNS)
    repeats = repeats.annotate(
        of_article=F("repeats__article_versions__article"), partial=F("repeats__article_versions__partial")
    )
    for repeat in repeats.order_by():
        if (repeat.of_article, repeat.pk) not in captures:
            receipts[repeat.of_article].append(_receipt(repeat, partial=repeat.partial))
    return {article: History(_in_order(of_article)) for article, of_article in receipts.items()}


class HasCapture(Protocol):
    """A section version, or what has the columns of one: its id, and its capture."""

    pk: Any
    capture: Any

    @property
    def capture_id(self) -> int: ...


def load_first_received(versions: Iterable[tuple[int, HasCapture]]) -> None:
    """Sets the captures that first showed the words of versions, and when their bytes were first received.

    Each version comes with the number of its article. Its capture is that in which readers first see its words: not
    one that is withheld. Its bytes may have been received before, where the same bytes came later with an earlier
    time. Three queries, and one more where something of the articles is withheld.
    """
    wanted = [(article, version) for article, version in versions if version.capture_id]
    _use_shown_captures(wanted)
    # Versions of one capture may share its record.
    captures = {(article, id(version.capture)): version.capture for article, version in wanted}
    _set_first_received([(article, capture) for (article, _), capture in captures.items()])


def _use_shown_captures(versions: Iterable[tuple[int, HasCapture]]) -> None:
    by_article = defaultdict(list)
    for article, version in versions:
        by_article[article].append(version)
    now = timezone.now()
    withheld = Withholding.objects.filter(withheld_at(now), article__in=by_article)
    captures = set(withheld.values_list("article", "version__capture"))
    hidden = [
        version
        for article, of_article in by_article.items()
        for version in of_article
        if (article, version.capture_id) in captures
    ]
    if not hidden:
        return
    placements = Placement.objects.filter(
        version__in=[version.pk for version in hidden], article_version__in=shown_versions(now).values("pk")
    ).select_related("article_version__capture")
    order = ("-article_version__capture__captured", "-article_version__capture")
    first = {placement.version_id: placement.article_version.capture for placement in placements.order_by(*order)}
    for version in hidden:
        version.capture = first.get(version.pk, version.capture)


def _set_first_received(wanted: Sequence[tuple[int, Capture]]) -> None:
    repeats = Capture.objects.filter(repeats__in={capture.pk for _, capture in wanted}, article_versions=None)
    earlier = repeats.filter(captured__lt=F("repeats__captured")).order_by()
    first = dict(earlier.values_list("repeats").annotate(Min("captured")))
    by_ingest = [(article, capture) for article, capture in wanted if capture.captured_rule == INGEST_TIME_RULE]
    others = ArticleVersion.objects.filter(
        article__in={article for article, _ in by_ingest},
        capture__sha256__in={capture.sha256 for _, capture in by_ingest},
    ).exclude(capture__captured_rule=INGEST_TIME_RULE)
    rows = others.order_by().values_list("article", "capture__sha256").annotate(Min("capture__captured"))
    own_times = {(article, sha256): captured for article, sha256, captured in rows}
    for article, capture in wanted:
        times = [capture.captured, first.get(capture.pk, capture.captured)]
        if capture.captured_rule == INGEST_TIME_RULE:
            times.append(own_times.get((article, capture.sha256), capture.captured))
        capture.received = (min(times),)


def make_shown(version: ArticleVersion, placed: Iterable[tuple[int, bool]], *, has_whole: bool) -> Shown:
    """Returns what a capture shows; `placed` are the ids of its sections, and whether it withdraws each.

    `has_whole` says that the whole article was received: then a part of it takes nothing away.
    """
    placed = list(placed)
    is_window = version.kind == Article.Kind.LIVE or version.page_number is not None or version.partial
    return Shown(
        version.capture_id,
        version.capture.captured,
        tuple(section for section, _ in placed),
        frozenset(section for section, withdrawn in placed if withdrawn),
        claim="nothing" if version.partial and has_whole else "window" if is_window else "whole",
        page_number=version.page_number,
        more_pages=version.more_pages,
    )


def dated_precisely(versions: Iterable[SectionVersion]) -> Times:
    """Returns the times that are known to the minute, by section; of its versions, the last with a time counts."""
    return {
        version.section_id: version.published
        for version in versions
        if version.published and is_precise(version.published_precision)
    }


def is_precise(precision: str) -> bool:
    """Whether a time is known to the minute, so that it orders entries."""
    return precision in ("minute", "second")


def _receipt(capture: Capture, *, partial: bool, version: int | None = None, recorded: bool = True) -> Receipt:
    by_ingest = capture.captured_rule == INGEST_TIME_RULE
    return Receipt(capture.pk, capture.sha256, capture.captured, by_ingest, partial, version, recorded)


def _in_order(receipts: Sequence[Receipt]) -> tuple[Receipt, ...]:
    return tuple(sorted(receipts, key=lambda receipt: (receipt.captured, receipt.capture)))
