"""The admin site, under the project's name, with the state of the index on its first page.

It is not in the package `admin`, whose modules register with the site: the site must exist before they are imported.
"""

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import SimpleLazyObject

from . import upkeep
from .admin_looks import with_looks
from .admin_sight import require_visible, with_sight
from .imprint import imprint
from .models import Upkeep
from .sight import visible
from .sign_in import slow_down_guessing
from .start_page import MAINTAIN, describe_archive


class CurationSite(AdminSite):
    index_title = "The archive"
    index_template = "admin/curation.html"
    empty_value_display = "none"
    enable_nav_sidebar = False  # the tables are in the header, and lists have the whole width

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = imprint().name
        return {**super().each_context(request), "site_header": f"{name}: curation", "site_title": name}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**(extra_context or {}), **describe_archive(request, self)})

    def keep_up(self, request: HttpRequest) -> HttpResponse:
        """Starts or stops long work on the archive, which another process does, and leads back to the first page."""
        if not request.user.has_perm(MAINTAIN):
            raise PermissionDenied
        back = HttpResponseRedirect(reverse("admin:index") + "#upkeep")
        kind, act = request.POST.get("kind"), request.POST.get("act")
        if request.method != "POST" or kind not in Upkeep.Kind.values or act not in ("start", "stop"):
            return back
        name = Upkeep.Kind(kind).label
        if act == "stop":
            stopped = upkeep.stop(Upkeep.Kind(kind))
            messages.info(request, f"{name}: stopped." if stopped else f"{name}: it had ended already.")
        else:
            work = upkeep.ask(Upkeep.Kind(kind), user_name=request.user.get_username())
            is_own = work.requested_by == request.user.get_username()
            messages.info(request, f"{name}: begins." if is_own else f"{name}: {work.requested_by} has started it.")
        return back

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Registers an admin class with the filter of what its users may see, and with our lists."""
        super().register(model_or_iterable, with_sight(with_looks(admin_class or ModelAdmin)), **options)

    def get_log_entries(self, request: HttpRequest) -> QuerySet[LogEntry]:
        # Every page of the admin asks for them, and only the first shows them: the query takes 10 ms to write.
        entries = super().get_log_entries(request)
        return cast("QuerySet[LogEntry]", SimpleLazyObject(lambda: visible(entries, request.user)))

    def get_urls(self) -> list[Any]:
        # Before the same path of Django, which shows the address of any row, with the headline in it.
        view_on_site = self.admin_view(self.view_on_site)
        route = "r/<path:content_type_id>/<path:object_id>/"
        keep_up = path("upkeep/", self.admin_view(self.keep_up), name="upkeep")
        return [path(route, view_on_site, name="view_on_site"), keep_up, *super().get_urls()]

    def view_on_site(self, request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponseBase:
        """Redirects to the page of a row, if the user may see it."""
        require_visible(request, content_type_id, object_id)
        return shortcut(request, content_type_id, object_id)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return slow_down_guessing(super().login)(request, extra_context)
