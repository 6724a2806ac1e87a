"""What every admin that changes something searchable does: note the change, and index it after commit."""

import logging
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from .. import finding
from ..models import record_changes, wait_to_write

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
        super().delete_queryset(request, queryset)
        self.index_again(request, article_ids)


def sync_index(request: HttpRequest) -> None:
    """Indexes what is pending; what cannot be indexed now is saved all the same, and said to be pending."""
    try:
        finding.finder().sync(finding.no_progress)
    except finding.FindingError as error:
        logger.warning("Saved, not indexed yet: %s", error)
        messages.warning(request, f"Saved. Search does not show it yet: {error}")
