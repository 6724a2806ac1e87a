"""The admin of captures and problems, which are evidence: they are shown and cannot be changed."""

from io import BytesIO
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import FileResponse, Http404, HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from ..capture_files import DamagedError, read_bytes
from ..models import Capture, Problem


class ReadOnlyAdmin(admin.ModelAdmin):
    """An admin that shows its rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Capture)
class CaptureAdmin(ReadOnlyAdmin):
    """Captures; the bytes of each can be downloaded."""

    list_display = [
        "captured",
        "short_hash",
        "repeats",
        "media_type",
        "size",
        "origin",
        "locator",
        "reader",
        "download",
    ]
    list_select_related = ["repeats"]
    list_filter = ["reader", "media_type", "captured"]
    search_fields = ["sha256__startswith", "origin"]
    search_help_text = "The beginning of a SHA-256, or part of a path or address"
    list_per_page = 50
    fields = [
        "sha256",
        "size",
        "media_type",
        "origin",
        "locator",
        "captured",
        "captured_rule",
        "repeats",
        "payload_digest",
        "reader",
        "run",
        "download",
    ]

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
            raise Http404(str(error)) from None
        return FileResponse(
            BytesIO(raw),
            as_attachment=True,
            filename=f"{capture.sha256}.bin",
            content_type="application/octet-stream",
            headers={"X-Content-Type-Options": "nosniff"},
        )

    @admin.display(description="SHA-256", ordering="sha256")
    def short_hash(self, capture: Capture) -> str:
        return capture.sha256[:16]

    @admin.display(ordering="size_bytes")
    def size(self, capture: Capture) -> str:
        return filesizeformat(capture.size_bytes)

    @admin.display(description="Bytes")
    def download(self, capture: Capture) -> str:
        return format_html('<a href="{}">Download</a>', reverse("admin:archive_capture_bytes", args=[capture.pk]))


@admin.register(Problem)
class ProblemAdmin(ReadOnlyAdmin):
    """Problems of all runs. Their articles, which may be withheld, are shown to users who may see articles."""

    list_display = ["level", "origin", "locator", "reason", "article", "run"]
    list_filter = ["level", "run__started"]
    list_select_related = ["article", "run"]
    search_fields = ["origin", "reason"]
    list_per_page = 100

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.get_fields(request)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        hidden = [] if request.user.has_perm("archive.view_article") else ["article"]
        return [name for name in self.list_display if name not in hidden]
