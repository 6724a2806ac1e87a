"""Admins whose changes reach the index: they record edits with each change, and index it after the commit."""

import logging
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import DatabaseError, transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from .. import search_port
from ..curation import DELETED, EDITED, edits_of, record_edits, take_snapshot
from ..deletions import plan_deletion
from ..ingest import settle_articles
from ..models import Article, record_changes, wait_to_write
from ..sight import visible
from ..storage_faults import explain_storage_fault

_MAX_EDITS_LISTED = 200

logger = logging.getLogger(__name__)


class IndexedAdmin(admin.ModelAdmin):
    """An admin whose saves and deletions reach the index; a subclass says which articles an object affects."""

    def articles_of(self, objects: QuerySet[Any]) -> Iterable[int]:
        """Returns the ids of the articles whose indexed documents depend on these objects."""
        raise NotImplementedError

    def index_again(self, request: HttpRequest, article_ids: Iterable[int]) -> None:
        """Records in this transaction that the articles changed, and indexes them after it."""
        changed = list(article_ids)
        settle_articles(changed)
        record_changes(changed)
        transaction.on_commit(lambda: sync_index(request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if request.method == "POST":
            # The object is read now and saved as a whole; the admin does both in one transaction.
            wait_to_write()
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            # All of them: what the edit hides may be invisible to its editor.
            changed = self.model._default_manager.filter(pk=obj.pk)
            self.index_again(request, self.articles_of(changed))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_queryset(request, self.get_queryset(request).filter(pk=obj.pk))

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        wait_to_write()
        user_name = request.user.get_username()
        article_ids = list(self.articles_of(queryset))
        deleted = take_snapshot(self.model, queryset.values_list("pk", flat=True))
        articles = take_snapshot(Article, article_ids)
        plan_deletion(self.model, deleted.values).carry_out()
        record_edits(deleted, user_name=user_name, how=DELETED)
        if self.model is not Article:
            record_edits(articles, user_name=user_name, how=f"{self.opts.verbose_name} deleted")
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
        # One transaction around both: the admin saves topics after their article.
        with transaction.atomic():
            subject = self.get_object(request, unquote(object_id))
            before = take_snapshot(self.model, [subject.pk] if subject else [])
            response = super().changeform_view(request, object_id, form_url, extra_context)
            record_edits(before, user_name=request.user.get_username(), how=EDITED)
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if subject := self.get_object(request, unquote(object_id)):
            edits = visible(edits_of(subject), request.user)
            context |= {"edits": edits[:_MAX_EDITS_LISTED], "edit_count": edits.count()}
        return super().history_view(request, object_id, context)


def sync_index(request: HttpRequest) -> None:
    """Indexes what is pending. If that fails, the changes are saved all the same, and a message says so."""
    try:
        search_port.get_search_port().sync(search_port.no_progress)
    except (search_port.SearchPortError, DatabaseError, OSError) as error:
        logger.warning("Saved, not indexed yet: %s", error)
        messages.warning(request, f"Saved, but not indexed yet: {explain_storage_fault(error) or error}")
