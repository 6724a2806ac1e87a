"""The pages for requests that fail. `archive.urls` names them for Django; the CSRF check names its own.

Django's own read the form of the request once more, and fail where the request failed because of its form.
"""

import sys
from http import HTTPStatus

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from .imprint import imprint
from .storage_faults import explain_storage_fault

_RETRY_SECONDS = 60


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The answer to a form that cannot be read, is too large, or has too many fields."""
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The answer to what this user may not do."""
    if request.path.startswith(reverse("admin:index")):
        return render(request, "admin/403.html", site.each_context(request), status=HTTPStatus.FORBIDDEN)
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form that was not sent from a page of this site, or from one that is too old (CSRF)."""
    return render(request, "403.html", {"is_form": True}, status=HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The answer to an address without a page. An exception may have a cure, for people."""
    cure = getattr(exception, "cure", "")
    return render(request, "404.html", {"reason": str(exception), "cure": cure}, status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer where the program failed (500), or the disk or the database under it (503, with the cure).

    The page needs neither: it has no account, and no template of it asks the database.
    """
    fault = explain_storage_fault(sys.exc_info()[1])
    status = HTTPStatus.SERVICE_UNAVAILABLE if fault else HTTPStatus.INTERNAL_SERVER_ERROR
    response = HttpResponse(render_to_string("500.html", {"fault": fault, "imprint": imprint()}), status=status)
    if fault:
        response["Retry-After"] = str(_RETRY_SECONDS)
    return response
