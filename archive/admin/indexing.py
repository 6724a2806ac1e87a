"""What every admin that changes something searchable does: note who changed what, and index it after commit."""

import logging
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from .. import search_port
from ..edits import DELETED, SAVED, edits_of, record_edits, take_snapshot
from ..models import Article, record_changes, wait_to_write

# What a page of history lists.
_EDITS_SHOWN = 200

logger = logging.getLogger(__name__)


class IndexedAdmin(admin.ModelAdmin):
    """An admin whose saves and deletions reach the index; a subclass says which articles an object touches."""

    def articles_of(self, objects: QuerySet[Any]) -> Iterable[int]:
        """Returns the ids of the articles whose documents depend on these objects."""
        raise NotImplementedError

    def index_again(self, request: HttpRequest, article_ids: Iterable[int]) -> None:
        """Notes the changes in this transaction and indexes them after it."""
        record_changes(article_ids)
        transaction.on_commit(lambda: sync_index(request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if request.method == "POST":
            # What is read now is written back whole; the admin does both in one transaction.
            wait_to_write()
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            self.index_again(request, self.articles_of(self.get_queryset(request).filter(pk=obj.pk)))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_queryset(request, self.get_queryset(request).filter(pk=obj.pk))

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        wait_to_write()
        article_ids = list(self.articles_of(queryset))
        gone = take_snapshot(self.model, queryset.values_list("pk", flat=True))
        articles = take_snapshot(Article, article_ids)
        super().delete_queryset(request, queryset)
        record_edits(gone, user_name=request.user.get_username(), how=DELETED)
        if self.model is not Article:
            how = f"{self.opts.verbose_name} deleted"
            record_edits(articles, user_name=request.user.get_username(), how=how)
        self.index_again(request, article_ids)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method != "POST" or not object_id:
            return super().changeform_view(request, object_id, form_url, extra_context)
        # Around the whole of it: topics are saved after the article that has them.
        with transaction.atomic():
            subject = self.get_object(request, unquote(object_id))
            before = take_snapshot(self.model, [subject.pk] if subject else [])
            response = super().changeform_view(request, object_id, form_url, extra_context)
            record_edits(before, user_name=request.user.get_username(), how=SAVED)
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        known = dict(extra_context or {})
        if subject := self.get_object(request, unquote(object_id)):
            edits = edits_of(subject)
            known |= {"edits": edits[:_EDITS_SHOWN], "edits_in_all": edits.count()}
        return super().history_view(request, object_id, known)


def sync_index(request: HttpRequest) -> None:
    """Indexes what is pending; what cannot be indexed now is saved all the same, and said to be pending."""
    try:
        search_port.get_search_port().sync(search_port.no_progress)
    except search_port.SearchPortError as error:
        logger.warning("Saved, not indexed yet: %s", error)
        messages.warning(request, f"Saved, but not indexed yet: {error}")
