"""The page of "File under": all articles of a result, or the picked hits, under one topic, after a look."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from .. import search_port
from ..models import Article, Topic
from ..operations import FILE_UNDER
from ..search_port import SEARCH_PAGE
from ..sight import User, visible
from .operations import plan_act
from .topic_choice import TopicField


class FileForm(forms.Form):
    """The topic under which articles are filed."""

    topic = TopicField(Article._meta.get_field("topics"), help_text="Type a part of its name or of another name.")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = visible(Topic.objects.all(), user)  # type: ignore[attr-defined]


def file_result(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Asks for a topic, and plans to file the articles of the result that the query string of the page asks for.

    The articles are those at the moment at which the topic is sent; the next page shows them before anything is done.
    """
    if not request.user.has_perm(FILE_UNDER.permission):
        raise PermissionDenied
    form = FileForm(request.POST or None, user=request.user)
    ids, title = [], ""
    try:
        found, title = search_port.get_search_port().find_result(request.META.get("QUERY_STRING", ""))
        ids = list(found)
    except search_port.SearchPortError as error:
        messages.error(request, str(error))
    if request.method == "POST" and ids and form.is_valid():
        return plan_act(request, FILE_UNDER, {"topic": form.cleaned_data["topic"].pk}, ids)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "File under a topic",
        "result": title,
        "count": len(ids),
        "form": form,
        "media": model_admin.media + form.media,
        "back": f"{reverse(SEARCH_PAGE)}?{request.META.get('QUERY_STRING', '')}",
    }
    return TemplateResponse(request, "admin/archive/topic/file.html", context)
