"""Admins whose changes reach the index: they record edits with each change, and index it after the commit."""

import logging
from collections.abc import Mapping
from threading import Thread
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import DatabaseError, connection
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import pluralize

from .. import search_port
from ..curation import edits_of
from ..durable_files import is_locked
from ..errors import without_commands
from ..models import Operation, pending_changes, wait_to_write
from ..operations import (
    ADDED,
    DELETE_SUBJECTS,
    DELETED,
    EDITED,
    Act,
    Kind,
    WholeAct,
    articles_of_subjects,
    delete_subjects,
    operation,
)
from ..sight import visible
from ..storage_faults import explain_storage_fault
from .acts import address_of, begin_beside
from .conflicts import ConflictAdmin

_MAX_EDITS_LISTED = 200
# A request waits until so many articles are indexed: some seconds.
MAX_INDEXED_AT_ONCE = 500

logger = logging.getLogger(__name__)

# The operation of a request that saves a form. Django's admin makes new rows where only the request is known.
_acts: WeakKeyDictionary[HttpRequest, Act] = WeakKeyDictionary()
# What goes on beside a request.
_begun: WeakKeyDictionary[HttpRequest, Operation] = WeakKeyDictionary()


class IndexedAdmin(ConflictAdmin):
    """An admin whose saves and deletions reach the index; a subclass says which articles an object affects.

    `relinked` names the fields of rows that need an object, and are linked to another one when it is deleted.
    """

    relinked: ClassVar[frozenset[str]] = frozenset()
    # What kind of operation it is to save the form of a row.
    edited: ClassVar[Kind] = EDITED

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if request.method == "POST":
            # The object is read now and saved as a whole; the admin does both in one transaction.
            wait_to_write()
        return super().get_object(request, object_id, from_field)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_queryset(request, self.get_queryset(request).filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Deletes sources or topics; an operation keeps them whole, so that they can be had back."""
        ids = list(queryset.values_list("pk", flat=True))
        total = len(articles_of_subjects(self.model, ids))
        label = f"Deletes {len(ids):,} {self.opts.verbose_name_plural if len(ids) > 1 else self.opts.verbose_name}"
        if self.begin(request, DELETE_SUBJECTS, DELETE_SUBJECTS.parameters_of(self.model, ids), label, total):
            return
        with operation(DELETED, user_name=request.user.get_username(), label="") as act:
            delete_subjects(self.model, ids, act)
        sync_index(request)

    def begin(
        self, request: HttpRequest, act: WholeAct, parameters: Mapping[str, Any], label: str, total: int
    ) -> bool:
        """Has an act on many articles done beside the request, whose answer leads to its page; says whether it is."""
        begun = begin_beside(request, act, parameters, label=label, total=total)
        if begun:
            _begun[request] = begun
        return begun is not None

    def message_user(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Says what was done; nothing of what goes on beside the request, whose page says how far it is."""
        if request not in _begun:
            super().message_user(request, *args, **kwargs)

    def response_delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._lead_to_begun(request, super().response_delete(request, *args, **kwargs))

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> HttpResponse | None:
        response: HttpResponse | None = self._lead_to_begun(request, super().response_action(request, queryset, *args))
        return response

    def _lead_to_begun(self, request: HttpRequest, response: Any) -> Any:
        begun = _begun.get(request)
        return HttpResponseRedirect(address_of(begun)) if begun else response

    def count_relinked(self, request: HttpRequest, ids: list[Any]) -> dict[str, int]:
        """Returns what is linked to others by `relinked`, in words, and how many of it the user may see."""
        return {}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        # One operation around both: the admin saves topics after their article.
        kind = self.edited if object_id else ADDED
        with operation(kind, user_name=request.user.get_username(), label="") as act:
            subject = self.get_object(request, unquote(object_id)) if object_id else None
            if subject:
                act.label = f"Edited “{subject}”"
                act.watch(self.model, [subject.pk])
            _acts[request] = act
            response = super().changeform_view(request, object_id, form_url, extra_context)
        if act.changed:
            sync_index(request)
        return response

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            _acts[request].created(self.model, [obj.pk])
            _acts[request].label = f"Added “{obj}”"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if subject := self.get_object(request, unquote(object_id)):
            edits = visible(edits_of(subject), request.user)
            context |= {"edits": edits[:_MAX_EDITS_LISTED], "edit_count": edits.count()}
        return super().history_view(request, object_id, context)


def sync_index(request: HttpRequest) -> None:
    """Indexes what is pending: a few articles at once, many beside the request, which a message says.

    If that fails, the changes are saved all the same, and a message says so.
    """
    pending = pending_changes().values("article_id").distinct().count()
    if pending > MAX_INDEXED_AT_ONCE:
        if not is_locked(settings.FOLLOWER_LOCK):
            Thread(target=_index_beside, name="indexing", daemon=True).start()
        messages.info(
            request,
            f"{pending:,} article{pluralize(pending)} {pluralize(pending, 'is,are')} indexed again meanwhile. "
            "Until then searches may find them as they were; the start page shows how many changes still wait.",
        )
        return
    try:
        search_port.get_search_port().sync(search_port.no_progress)
    except (search_port.SearchPortError, DatabaseError, OSError) as error:
        logger.warning("Saved, not indexed yet: %s", error)
        messages.warning(
            request, f"Saved, but not indexed yet: {explain_storage_fault(error) or without_commands(str(error))}"
        )


def _index_beside() -> None:
    """Indexes what is pending, in a thread. A fault is logged, and the next change tries again."""
    try:
        search_port.get_search_port().catch_up(search_port.no_progress)
    except (search_port.SearchPortError, DatabaseError, OSError) as error:
        logger.warning("Not indexed yet: %s", error)
    finally:
        connection.close()
