"""The page of a name: a person, a place or an organisation that texts name."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..annotations import find_name
from .access import login_to_search, may_see_withheld
from .responses import HttpRequest


@require_safe
@login_to_search
def name_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A name with its spellings. A name that stands only in what this reader may not see has no page."""
    page = find_name(pk, now=timezone.now(), sees_all=may_see_withheld(request))
    if page is None:
        raise Http404(f"no name {pk}")
    return render(request, "name.html", {"page": page, "name": page.name})
