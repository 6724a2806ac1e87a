"""What the start page of the admin shows: what the archive has, what is to be done, how its index and captures are.

Each user sees what their permissions name, by the rules of `archive.sight`; each number leads to its list where the
user may open it. Only `archive.sites` imports this.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.db import connection
from django.db.models import Count, Max, Model, QuerySet, Sum
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from . import search_port
from .copies import find_pairs
from .curation import articles_without_source
from .ingest import state_of
from .models import (
    GOES_ON,
    IS_HALF_DONE,
    UNKNOWN_SOURCE,
    Article,
    Capture,
    CopyJudgement,
    IngestRun,
    Name,
    Operation,
    Problem,
    Section,
    Source,
    Upkeep,
)
from .naming import MERGES, NAMES, STATEMENTS, count_proposed
from .operations import trashed_articles, trashed_names
from .paging import MAX_COUNTED, count_rows
from .search_port import IndexStatus
from .sight import User, may_see_all, visible
from .upkeep import FAULT_WORDS, WORKS, Work, latest

MAINTAIN = "archive.maintain_archive"
_MAX_RUNS = 5
_MAX_KINDS = 8
# Rules decide for each row whether a user sees it: so many are counted.
_MAX_COUNTED_WITH_RULES = 1000
# Below either, somebody has to make room before ingest fails.
_MIN_FREE_BYTES = 2 * 1024**3
_MIN_FREE_SHARE = 0.05


@dataclass(frozen=True)
class Figure:
    """A number with its name, and the address of its list, if the user may open it. Warnings are marked."""

    label: str
    number: str
    address: str = ""
    about: str = ""
    warns: bool = False


@dataclass(frozen=True)
class UpkeepState:
    """A kind of long work with its button, what is open of it, and how it ended last."""

    kind: str
    work: Work
    open: Upkeep | None
    last: Upkeep | None


def describe_archive(request: HttpRequest, site: AdminSite) -> dict[str, Any]:
    """Returns the context of the page. At most 35 queries, each by an index or of one pass over a table."""
    user, may_maintain = request.user, request.user.has_perm(MAINTAIN)
    opened = _Lists(request, site)
    works = {kind: _state_of(kind, rows) for kind, rows in latest().items()} if may_maintain else {}
    status = search_port.get_search_port().status()
    return {
        "figures": list(_figures(user, opened)),
        "tasks": [task for task in _tasks(user, opened) if task],
        "disk": _disk(status) if may_maintain else [],
        "runs": _runs(user, opened),
        "may_see_runs": bool(opened.address(IngestRun)),
        "problems": _problems(user, opened),
        "index": status,
        "index_words": _index_words(status, may_maintain=may_maintain),
        "works": works,
        "faults": _faults(works.get(Upkeep.Kind.CAPTURES), opened) if works else [],
        "may_maintain": may_maintain,
        "is_working": any(state.open for state in works.values()),
    }


class _Lists:
    """The addresses of the lists that a user may open."""

    def __init__(self, request: HttpRequest, site: AdminSite) -> None:
        self._request, self._site = request, site

    def address(self, table: type[Model], query: str = "") -> str:
        """Returns where a table is listed; empty if there is no list, or the user may not open it."""
        if not self._site.is_registered(table):
            return ""
        if not self._site.get_model_admin(table).has_view_or_change_permission(self._request):
            return ""
        return _list_of(table) + (f"?{query}" if query else "")


def _list_of(table: type[Model]) -> str:
    try:
        return reverse(f"admin:{table._meta.app_label}_{table._meta.model_name}_changelist")
    except NoReverseMatch:
        return ""


def _number(rows: QuerySet[Any], user: User) -> str:
    """Returns the number of rows as people write it."""
    count, is_exact = count_rows(rows, MAX_COUNTED if may_see_all(user) else _MAX_COUNTED_WITH_RULES)
    return f"{count:,}" if is_exact else f"more than {count:,}"


def _figures(user: User, opened: _Lists) -> Iterator[Figure]:
    for table in (Article, Section, Capture):
        if address := opened.address(table):
            # Its list leaves the trash out.
            rows = table._default_manager.filter(**({"trashed": None} if table is Article else {}))
            shown = f"{rows.count():,}" if may_see_all(user) else _number(visible(rows, user), user)
            yield Figure(str(table._meta.verbose_name_plural).capitalize(), shown, address)
    if opened.address(Article) and user.has_perm("archive.delete_article"):  # type: ignore[union-attr]
        limit = MAX_COUNTED if may_see_all(user) else _MAX_COUNTED_WITH_RULES
        counts = [count_rows(visible(rows, user), limit) for rows in (trashed_articles(), trashed_names())]
        number = f"{sum(count for count, _ in counts):,}"
        shown = number if all(is_exact for _, is_exact in counts) else f"more than {number}"
        yield Figure("In the trash", shown, reverse("admin:archive_trash"))


# --- what is to be done ---


def _tasks(user: User, opened: _Lists) -> Iterator[Figure | None]:
    yield _task(
        ("Article of an unknown source", "Articles of an unknown source"),
        visible(articles_without_source(), user),
        user,
        opened.address(Article, _unknown_source_query()),
        "Give them their source: in the list, by several at once; or give a source its addresses.",
    )
    yield _task(
        ("Problem of a rejected document", "Problems of rejected documents"),
        visible(Problem.objects.filter(closed=None, level=Problem.Level.REJECTED), user),
        user,
        opened.address(Problem, "level__exact=rejected&state=open"),
        "Ingest the documents again after a correction.",
    )
    if (address := opened.address(CopyJudgement)) and (count := len(find_pairs(timezone.now()))):
        about = "Each may be one article at two addresses: merge them, or keep them apart."
        label = "Pair of copies to judge" if count == 1 else "Pairs of copies to judge"
        yield Figure(label, f"{count:,}", address, about)
    if opened.address(Name) and user.has_perm("archive.change_name"):  # type: ignore[union-attr]
        yield _names_to_decide_on(user)
    if may_see_all(user):
        yield _task(
            ("Operation that goes on", "Operations that go on"),
            Operation.objects.filter(GOES_ON),
            user,
            opened.address(Operation, "progress=going"),
            "You can stop them.",
        )
        yield _task(
            ("Operation that stopped half way", "Operations that stopped half way"),
            Operation.objects.filter(IS_HALF_DONE),
            user,
            opened.address(Operation, "progress=half"),
            "Finish or undo them.",
        )


def _names_to_decide_on(user: User) -> Figure | None:
    """Returns how many merges, names and statements wait for a decision."""
    counts = [count_proposed(kind, user) for kind in (MERGES, NAMES, STATEMENTS)]
    total = sum(count for count, _ in counts)
    if not total:
        return None
    number = f"{total:,}" if all(is_exact for _, is_exact in counts) else f"more than {total:,}"
    label = "Name or statement to decide on" if number == "1" else "Names and statements to decide on"
    return Figure(
        label, number, reverse("admin:archive_name_queue"), "Rules found them; those that matter most first."
    )


def _unknown_source_query() -> str:
    unknown = Source.objects.filter(name=UNKNOWN_SOURCE).values_list("pk", flat=True).first()
    return f"source__id__exact={unknown}" if unknown else ""


def _task(labels: tuple[str, str], rows: QuerySet[Any], user: User, address: str, about: str) -> Figure | None:
    """Returns what is to be done, under the label for one row or that for several; None if nothing is."""
    if not address:
        return None
    number = _number(rows, user)
    return None if number == "0" else Figure(labels[number != "1"], number, address, about)


def _problems(user: User, opened: _Lists) -> list[Figure]:
    """Returns the open problems by kind, the most frequent first; by kind only for users who see all of them."""
    if not (address := opened.address(Problem)) or not may_see_all(user):
        return []
    rows = Problem.objects.filter(closed=None).order_by().values_list("level", "kind").annotate(count=Count("pk"))
    return [
        Figure(
            kind or "Without a reason",
            f"{count:,}",
            f"{address}?{urlencode({'level__exact': level, 'kind': kind, 'state': 'open'})}",
            "rejected" if level == Problem.Level.REJECTED else "kept, with a note",
            warns=level == Problem.Level.REJECTED,
        )
        for level, kind, count in rows.order_by("-count", "kind")[:_MAX_KINDS]
    ]


def _runs(user: User, opened: _Lists) -> list[tuple[IngestRun, str]]:
    """Returns the last runs with their states: all, or the user's own."""
    runs = IngestRun.objects.select_related("user").order_by("-pk")
    if not opened.address(IngestRun):
        if not user.has_perm("archive.add_ingestrun"):  # type: ignore[union-attr]
            return []
        runs = runs.filter(user=user.pk)
    return [(run, str(state_of(run).label)) for run in runs[:_MAX_RUNS]]


# --- the index, the captures and the disk ---


def _state_of(kind: str, rows: list[Upkeep]) -> UpkeepState:
    is_open = bool(rows) and rows[0].is_open
    last = next((row for row in rows if not row.is_open), None)
    return UpkeepState(kind, WORKS[kind], rows[0] if is_open else None, last)


def _index_words(status: IndexStatus, *, may_maintain: bool) -> str:
    """Returns what is wrong with the index, without a command: the page has the buttons."""
    if status.is_away:
        cure = "It may be whole: do not rebuild it." if may_maintain else "Tell those who run this archive."
        return f"Nothing can be found: {status.fault} What is changed waits until it does. {cure}"
    if not status.usable:
        cure = "Rebuild it." if may_maintain else "Ask those who run this archive to rebuild it."
        return f"Nothing can be found: {status.fault or 'the index has to be rebuilt.'} {cure}"
    if status.pending:
        waits = "change waits" if status.pending == 1 else "changes wait"
        return f"{status.pending:,} {waits} to be indexed; searches find what changed in a moment."
    if status.indexed != status.sections:
        return f"The index has {status.indexed:,} sections, and readers may see {status.sections:,}. Rebuild it."
    return ""


def _faults(state: UpkeepState | None, opened: _Lists) -> list[Figure]:
    """Returns the faults that the last check found, or that the one which goes on has found so far."""
    check = (state.open or state.last) if state else None
    found = check.found if check else {}
    return [
        Figure(
            f"Captures {words}", f"{found[fault]['count']:,}", opened.address(Capture, f"fault={fault}"), warns=True
        )
        for fault, words in FAULT_WORDS.items()
        if fault in found
    ]


def _disk(status: IndexStatus) -> list[Figure]:
    usage = shutil.disk_usage(settings.ARCHIVE_HOME)
    is_low = usage.free < max(_MIN_FREE_BYTES, usage.total * _MIN_FREE_SHARE)
    newest = Capture.objects.aggregate(last=Max("pk"), count=Count("pk"))
    captures = _bytes_of_captures(str(settings.CAPTURES_DIR), newest["last"], newest["count"])
    return [
        Figure("Captures", filesizeformat(captures)),
        Figure("Database", filesizeformat(_database_bytes())),
        Figure("Index", filesizeformat(status.size_bytes)),
        Figure(
            "Free",
            filesizeformat(usage.free),
            about="Make room: ingest stops when the disk is full." if is_low else "",
            warns=is_low,
        ),
    ]


@lru_cache(maxsize=4)
def _bytes_of_captures(folder: str, last: int | None, count: int) -> int:
    """Returns the bytes of the files of all captures: it is asked for again only when captures came or went."""
    files = Capture.objects.order_by().values("sha256", "size_bytes").distinct()
    return files.aggregate(total=Sum("size_bytes"))["total"] or 0


def _database_bytes() -> int:
    if connection.vendor == "sqlite":
        path = Path(settings.DATABASES["default"]["NAME"])
        files = (path, path.with_name(f"{path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
