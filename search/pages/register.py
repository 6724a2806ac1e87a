"""The register of withdrawals: everything that the archive has withdrawn, and restored, the newest first.

Anyone reads it if the setting ARCHIVE_REGISTER says so, else those who withdraw or see what is hidden.
"""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from archive.models import Withdrawal

from ..articles import list_register
from .access import login_to_search, viewer_of

MAX_ROWS_PER_PAGE = 50


@require_safe
@login_to_search
def register(request: HttpRequest) -> HttpResponseBase:
    """A page of the register. Six queries, beside those of the user."""
    if not (settings.REGISTER_IS_PUBLIC or _may_read(request)):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied
    viewer = viewer_of(request)
    page = Paginator(Withdrawal.objects.all(), MAX_ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = list_register(list(page), now=viewer.now, sees_all=viewer.sees_all)
    response = render(request, "register.html", {"page": page, "rows": rows})
    patch_cache_control(response, no_cache=True)
    return response


def _may_read(request: HttpRequest) -> bool:
    return any(request.user.has_perm(f"archive.{name}") for name in ("withdraw_article", "view_hidden"))
