"""What each user sees in the admin: one filter, which the site gives to every admin class that is registered.

The rules are in `archive.sight`. A class needs to do nothing: its lists, pages, choices, autocompletions, histories
and confirmations show the rows that the user may see. `archive.sites` alone imports this.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse

from .sight import may_see_all, visible

_MAX_ENTRIES = 100


class VisibleChoicesFilter(admin.RelatedFieldListFilter):
    """A filter of a list by rows of another table, of which it names those that the user may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = field.remote_field.model._default_manager.all()
        return [(str(row.pk), str(row)) for row in visible(rows, request.user).order_by(*rows.model._meta.ordering)]


class _SightOfRows:
    """The part of the filter that admins and their inlines share."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible(super().get_queryset(request), request.user)  # type: ignore[misc]

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """Returns the rows that a field of a form may be set to."""
        rows = super().get_field_queryset(db, db_field, request)  # type: ignore[misc]
        if rows is None:
            rows = db_field.remote_field.model._default_manager.all()
        return visible(rows, request.user)


class _SightOfAdmin(_SightOfRows):
    """The filter of an admin class. Its first base, so that the class itself cannot pass it by."""

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [self._filtered(entry) for entry in super().get_list_filter(request)]  # type: ignore[misc]

    def _filtered(self, entry: Any) -> Any:
        if not isinstance(entry, str):
            return entry
        try:
            field: Any = self.model._meta.get_field(entry)  # type: ignore[attr-defined]
        except FieldDoesNotExist:
            return entry  # a path to a column of another table, which names no rows
        return (entry, VisibleChoicesFilter) if field.is_relation else entry

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Whether a list may be narrowed down so: for users who do not see all, by what the class shows of a row.

        Django allows every field and every relation, such as the withheld versions of an article.
        """
        allowed = bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]
        if not allowed or request is None or may_see_all(request.user):
            return allowed
        filters = {_parameter_of(entry).partition(LOOKUP_SEP)[0] for entry in self.get_list_filter(request)}
        shown = {*self.get_list_display(request), *flatten_fieldsets(self.get_fieldsets(request))}  # type: ignore[attr-defined]
        number = self.opts.pk.name  # type: ignore[attr-defined]
        return lookup.partition(LOOKUP_SEP)[0] in {"pk", number, *filters, *shown}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        to_delete, counts, perms_needed, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        if may_see_all(request.user):
            return to_delete, counts, perms_needed, protected
        # What depends on the objects may not be visible: only the objects themselves are named.
        named = [str(obj) for obj in objs]
        own = str(self.opts.verbose_name_plural)  # type: ignore[attr-defined]
        return named, {own: len(named)}, perms_needed, ["others that use it"] if protected else []

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if not may_see_all(request.user):
            entries = LogEntry.objects.filter(
                object_id=unquote(object_id),
                content_type=ContentType.objects.get_for_model(self.model),  # type: ignore[attr-defined]
            )
            shown = visible(entries, request.user).select_related("user", "content_type").order_by("action_time")
            context["action_list"] = self.get_paginator(request, shown, _MAX_ENTRIES).get_page(1)  # type: ignore[attr-defined]
        response: HttpResponse = super().history_view(request, object_id, context)  # type: ignore[misc]
        return response


def _parameter_of(entry: Any) -> str:
    """Returns the parameter in addresses of an entry of `list_filter`."""
    field = entry[0] if isinstance(entry, tuple) else entry
    return str(getattr(field, "parameter_name", field))


def with_sight(admin_class: "type[admin.ModelAdmin[Any]]") -> "type[admin.ModelAdmin[Any]]":
    """Returns an admin class with the filter, as its inlines have it."""
    inlines = [type(inline.__name__, (_SightOfRows, inline), {}) for inline in admin_class.inlines]
    filtered = type(admin_class.__name__, (_SightOfAdmin, admin_class), {"inlines": inlines})
    filtered.__module__, filtered.__doc__ = admin_class.__module__, admin_class.__doc__
    return filtered


def require_visible(request: HttpRequest, content_type_id: str, object_id: str) -> None:
    """Raises Http404 unless the user may see the row whose page "View on site" leads to."""
    kind = ContentType.objects.filter(pk=content_type_id).first() if content_type_id.isdecimal() else None
    model: type[Model] | None = kind.model_class() if kind else None
    if model is None or not object_id.isdecimal():
        raise Http404("no such page")
    if not visible(model._default_manager.filter(pk=object_id), request.user).exists():
        raise Http404(f"no {model._meta.verbose_name} {object_id}")
