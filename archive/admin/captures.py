"""The admin of captures, which are evidence: they are shown and cannot be changed."""

from io import BytesIO
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from ..capture_files import DamagedError, read_bytes
from ..errors import without_commands
from ..models import Article, ArticleVersion, Capture, IngestRun, Problem
from ..received_addresses import keys_of
from ..sight import may_see_all
from ..upkeep import FAULT_WORDS, named_faults
from .columns import in_readers_zone, show_instant, show_words
from .filters import NO_SUCH_ROW, RowFilter, row_filter, titled


class ReadOnlyAdmin(admin.ModelAdmin):
    """An admin that shows its rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def captures_of(article: Any) -> QuerySet[Capture]:
    """Returns the captures of an article, by its number or by a reference to it from two queries further in.

    Those that gave it a version, and those of the same bytes that repeat one of them.
    """
    versions = ArticleVersion.objects.filter(article=article).values("capture")
    return Capture.objects.filter(Q(pk__in=versions) | Q(repeats__in=versions))


def _of_article(captures: QuerySet[Any], article_id: int, request: HttpRequest) -> QuerySet[Any]:
    return captures.filter(pk__in=captures_of(article_id).values("pk"))


def _of_run(rows: QuerySet[Any], run_id: int, request: HttpRequest) -> QuerySet[Any]:
    return rows.filter(run=run_id)


def show_place(row: Capture | Problem) -> str:
    """Returns where a capture or a problem is from: the path or address, and the place in it."""
    return show_words(row.origin, row.locator)


class FaultFilter(RowFilter):
    """Captures whose bytes the last check found to be wrong. It offers no choices: the start page leads here."""

    title = "fault of the bytes"
    parameter_name = "fault"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        fault = request.GET.get("fault", "")
        return [(fault, FAULT_WORDS.get(fault, NO_SUCH_ROW))] if fault else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(sha256__in=named_faults(self.value() or "")) if self.value() else queryset


@admin.register(Capture)
class CaptureAdmin(ReadOnlyAdmin):
    """Captures; the bytes of each can be downloaded."""

    list_display = ["captured_at", "download", "place", "kind", "size", "short_hash", "repeated"]
    list_select_related = ["repeats"]
    list_filter = [
        row_filter(Article, "article", "article", _of_article),
        row_filter(IngestRun, "run", "run", _of_run),
        FaultFilter,
        "reader",
        "media_type",
        ("captured", titled(admin.DateFieldListFilter, "time of capture")),
    ]
    search_fields = ["sha256__startswith", "origin"]
    search_help_text = "The beginning of a SHA-256, part of a path, or an address in any spelling"
    list_per_page = 50
    fields = [
        "captured_at",
        "captured_rule",
        "origin",
        "locator",
        "media_type",
        "size",
        "download",
        "sha256",
        "payload_digest",
        "reader",
        "repeats",
        "run",
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        keys = keys_of(search_term)
        if not keys:
            return found, may_have_duplicates
        condition = Q(pk__in=found.order_by().values("pk")) | Q(address_key__in=keys)
        if may_see_all(request.user):
            # The capture of a file came from no address: the article states one.
            versions = ArticleVersion.objects.filter(article__url_key__in=keys).values("capture")
            condition |= Q(pk__in=versions) | Q(repeats__in=versions)
        return queryset.filter(pk__in=Capture.objects.filter(condition).values("pk")), False

    def get_urls(self) -> list[URLPattern]:
        download = path("<int:pk>/bytes/", self.admin_site.admin_view(self.send), name="archive_capture_bytes")
        return [download, *super().get_urls()]

    def send(self, request: HttpRequest, pk: int) -> FileResponse:
        """Sends a capture's bytes as a download that no browser opens as a page."""
        capture = self.get_object(request, str(pk))
        if capture is None:
            raise Http404(f"no capture {pk}")
        if not self.has_view_permission(request, capture):
            raise PermissionDenied
        try:
            raw = read_bytes(capture.sha256)
        except DamagedError as error:
            raise Http404(without_commands(str(error))) from None
        return FileResponse(
            BytesIO(raw),
            as_attachment=True,
            filename=f"{capture.sha256}.bin",
            content_type="application/octet-stream",
            headers={"X-Content-Type-Options": "nosniff"},
        )

    @admin.display(description=in_readers_zone("Captured"), ordering="captured")
    def captured_at(self, capture: Capture) -> str:
        return show_instant(capture.captured)

    @admin.display(description="From", ordering="origin")
    def place(self, capture: Capture) -> str:
        return show_place(capture)

    @admin.display(description="Media type, reader", ordering="media_type")
    def kind(self, capture: Capture) -> str:
        return show_words(capture.media_type, capture.reader)

    @admin.display(description="Repeats", ordering="repeats", empty_value="no other")
    def repeated(self, capture: Capture) -> str | None:
        return format_html("<code>{}</code>", capture.repeats.sha256[:12]) if capture.repeats else None

    @admin.display(description="SHA-256", ordering="sha256")
    def short_hash(self, capture: Capture) -> str:
        return format_html("<code>{}</code>", capture.sha256[:12])

    @admin.display(ordering="size_bytes")
    def size(self, capture: Capture) -> str:
        return filesizeformat(capture.size_bytes)

    @admin.display(description="Bytes")
    def download(self, capture: Capture) -> str:
        return format_html('<a href="{}">Download</a>', reverse("admin:archive_capture_bytes", args=[capture.pk]))
