"""The admin site, under the project's name, with the state of the index on its first page.

It is not in the package `admin`, whose modules register with the site: the site must exist before they are imported.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

from . import search_port
from .sign_in import slow_down_guessing


class CurationSite(AdminSite):
    site_header = "Cuttings: curation"
    site_title = "Cuttings"
    index_title = "The archive"
    index_template = "admin/curation.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        status = search_port.get_search_port().status()
        return super().index(request, {**(extra_context or {}), "index_status": status})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return slow_down_guessing(super().login)(request, extra_context)
