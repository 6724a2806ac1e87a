"""The admin site, under the project's name, with the state of the index on its first page.

It is not in the package `admin`, whose modules register with the site: the site must exist before they are imported.
"""

from typing import Any, cast

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.views import shortcut
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import SimpleLazyObject

from . import search_port
from .admin_looks import with_looks
from .admin_sight import require_visible, with_sight
from .imprint import imprint
from .sight import visible
from .sign_in import slow_down_guessing


class CurationSite(AdminSite):
    index_title = "The archive"
    index_template = "admin/curation.html"
    empty_value_display = "none"
    enable_nav_sidebar = False  # the tables are in the header, and lists have the whole width

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = imprint().name
        return {**super().each_context(request), "site_header": f"{name}: curation", "site_title": name}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        status = search_port.get_search_port().status()
        return super().index(request, {**(extra_context or {}), "index_status": status})

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
        return [path(route, view_on_site, name="view_on_site"), *super().get_urls()]

    def view_on_site(self, request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponseBase:
        """Redirects to the page of a row, if the user may see it."""
        require_visible(request, content_type_id, object_id)
        return shortcut(request, content_type_id, object_id)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return slow_down_guessing(super().login)(request, extra_context)
