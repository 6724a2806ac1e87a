"""The admin site: named for its work, and saying how the index stands.

Not in the package `admin`: that registers with the site, so the site must be there before it is imported.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

from . import search_port


class CurationSite(AdminSite):
    site_header = "Cuttings: curation"
    site_title = "Cuttings"
    index_title = "The archive"
    index_template = "admin/curation.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        status = search_port.finder().status()
        return super().index(request, {**(extra_context or {}), "index_status": status})
