"""The rows before and after a row in the list that one came from, with its filters, its search and its order.

For the pages of single rows in `archive.admin`. The admin puts the parameters of the list into the address of a row.
"""

from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.options import IncorrectLookupParameters, ModelAdmin
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.messages.storage import default_storage
from django.http import HttpRequest, QueryDict
from django.urls import reverse

_LIST_PARAMETERS = "_changelist_filters"


@dataclass(frozen=True)
class Neighbours:
    """The place of a row in its list, from 1, of so many; the addresses of the rows beside it, empty at the ends."""

    number: int
    total: int
    previous: str
    next: str


def find_neighbours(model_admin: "ModelAdmin[Any]", request: HttpRequest, pk: int) -> Neighbours | None:
    """Returns the neighbours of a row on the page of its list; None where the list does not have it there any more.

    As many queries as the list takes, and one more.
    """
    parameters = QueryDict(request.GET.get(_LIST_PARAMETERS, ""), mutable=True)
    of_list = copy(request)
    of_list.GET = parameters  # type: ignore[assignment]
    # The list has reported already what it has to report of its search.
    of_list._messages = default_storage(of_list)  # type: ignore[attr-defined]
    try:
        found = model_admin.get_changelist_instance(of_list)
    except IncorrectLookupParameters:
        return None
    size, page = found.list_per_page, found.page_num
    first = max((page - 1) * size - 1, 0)
    ids = list(found.queryset.values_list("pk", flat=True)[first : page * size + 1])
    if pk not in ids:
        return None
    at = ids.index(pk)

    def address(index: int) -> str:
        if not 0 <= index < len(ids):
            return ""
        parameters[PAGE_VAR] = str((first + index) // size + 1)
        query = urlencode({_LIST_PARAMETERS: parameters.urlencode()})
        options = model_admin.opts
        return f"{reverse(f'admin:{options.app_label}_{options.model_name}_change', args=[ids[index]])}?{query}"

    return Neighbours(first + at + 1, found.result_count, address(at - 1), address(at + 1))
