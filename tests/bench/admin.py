"""`admin ARCHIVE|COUNT [PART]`: the pages of the admin, for a user who sees everything: time, queries, size.

ARCHIVE is a home folder; COUNT (such as 100000) is how many articles are generated into a new one. The pages are the
start page, each list as it opens, by each of its filters, in each order, its last page and a search, and a row of each
table with its history. PART keeps the pages whose address has it. Each page is asked for twice, in this process, and
the second answer is measured; elapsed time, on a machine that does nothing else. Adds the user `bench` to the archive.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .archive import archive_of

# What a page may take, in milliseconds on the server.
MAX_MS = 300.0
# The list of a filter may be long: so many of its values are looked at.
_MAX_VALUES = 4


@dataclass(frozen=True)
class PageFigures:
    """What a page took: its address, milliseconds, those of the processor and in the database, queries, and bytes."""

    address: str
    status: int
    ms: float
    processor_ms: float
    database_ms: float
    queries: int
    size_bytes: int
    slowest: str = ""


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures, prints and returns the figures."""
    if not arguments:
        raise SystemExit(__doc__)
    where, part = arguments[0], arguments[1] if len(arguments) > 1 else ""
    home = tempfile.mkdtemp() if where.isdigit() else ""
    try:
        with archive_of(home or where):
            if home:
                _generate(int(where))
            return measure(part)
    finally:
        if home:
            shutil.rmtree(home)


def _generate(articles: int) -> None:
    from django.core.management import call_command

    from archive.search_port import no_progress
    from search.index import rebuild

    from .many_articles import fill

    call_command("migrate", verbosity=0)
    fill(articles)
    rebuild(no_progress)


def measure(part: str) -> dict[str, Any]:
    """Measures, prints and returns the figures, once Django is set up."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    settings.ALLOWED_HOSTS.append("testserver")
    client = Client()
    user, _ = User.objects.get_or_create(username="bench", defaults={"is_staff": True, "is_superuser": True})
    client.force_login(user)
    figures = []
    for address in _addresses(client):
        if part in address:
            _ask(client, address)
            figures.append(_ask(client, address))
    figures.sort(key=lambda page: -page.ms)
    print(f"{'ms':>7} {'db ms':>7} {'queries':>7} {'bytes':>9}  page")
    for page in figures:
        print(f"{page.ms:7.0f} {page.database_ms:7.0f} {page.queries:7} {page.size_bytes:9,}  {page.address}")
    slow = [page for page in figures if page.ms > MAX_MS]
    print(f"{len(figures)} pages, {len(slow)} over {MAX_MS:.0f} ms")
    for page in slow:
        print(f"{page.ms:7.0f} ms  {page.address}\n  {page.slowest[:2000]}")
    return {"pages": [asdict(page) for page in figures], "slow": len(slow)}


def _ask(client: Any, address: str) -> PageFigures:
    from django.db import connection

    spent: list[tuple[float, str]] = []

    def measure(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(((time.perf_counter() - started) * 1000, f"{sql} {params}"))

    started, processor = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(measure):
        answer = client.get(address)
    ms, processor_ms = (time.perf_counter() - started) * 1000, (time.process_time() - processor) * 1000
    slowest = max(spent, default=(0.0, ""))
    size = len(answer.content) if not answer.streaming else 0
    database_ms = sum(took for took, _ in spent)
    return PageFigures(
        address,
        answer.status_code,
        ms,
        processor_ms,
        database_ms,
        len(spent),
        size,
        f"{slowest[0]:.0f} ms: {slowest[1]}",
    )


def _addresses(client: Any) -> Iterator[str]:
    """Yields the addresses of the pages, as the lists themselves link to them."""
    from django.contrib import admin
    from django.urls import reverse

    yield reverse("admin:index")
    yield reverse("admin:archive_topic_tree")
    yield reverse("admin:archive_trash")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        address = reverse(f"{name}_changelist")
        yield address
        listing = client.get(address).context_data.get("cl")
        if listing is None:
            # A page of its own in place of a list.
            continue
        yield from (f"{address}?o={sign}{column}" for column in _sortable(listing) for sign in ("", "-"))
        for spec in listing.filter_specs:
            chosen = [choice["query_string"] for choice in spec.choices(listing) if not choice["selected"]]
            yield from (f"{address}{query}" for query in chosen[:_MAX_VALUES])
        yield f"{address}?p={listing.paginator.num_pages}"
        if listing.search_fields:
            yield f"{address}?q=bela"
        if row := model._default_manager.order_by("-pk").first():
            yield reverse(f"{name}_change", args=[row.pk])
            yield reverse(f"{name}_history", args=[row.pk])


def _sortable(listing: Any) -> Iterator[int]:
    for number, column in enumerate(listing.list_display):
        if listing.get_ordering_field(column):
            yield number
