"""What each user sees in the admin: one filter, which the site gives to every admin class that is registered.

The rules are in `archive.sight`. A class needs to do nothing: its lists, pages, choices, autocompletions, histories
and confirmations show the rows that the user may see. `archive.sites` alone imports this.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from .admin_looks import SHOWN_ROWS, digest_rows
from .deletions import MAX_DELETED_AT_ONCE, plan_deletion
from .sight import may_see_all, visible

_MAX_ENTRIES = 100
# A page names so many of the rows that it is about, and counts the others.
_MAX_NAMED = 10
_MAX_NAME_CHARS = 200
# An address names so many of the rows whose dependants it lists.
_MAX_LINKED_ROWS = 100
# What librarians call the tables that deletions take along and that have no list of their own.
PLAIN_NAMES = {
    "archive.article_topics": "Topics that articles lose",
    "archive.articleversion": "Articles as received, by capture",
    "archive.sourcename": "Other names of sources",
    "archive.sourcehost": "Addresses of sources",
    "archive.withholding": "Marks of what senders withhold",
    "archive.sectionversion": "Texts of the sections, with earlier ones",
    "archive.annotation": "Texts in which names and statements were looked for",
    "archive.mention": "Names found in texts",
    "archive.statementlink": "Steps on the way of statements",
    "archive.daymention": "Days found in texts",
    "archive.placement": "Positions of sections on the captured pages",
    "archive.section_topics": "Topics that sections lose",
    "archive.topicname": "Other names of topics",
    "archive.passwordlink": "Links to set a password",
    "archive.rolegroup": "Roles that groups are",
    "admin.logentry": "Entries in the history of the admin",
    "auth.user_groups": "Memberships of groups",
    "auth.user_user_permissions": "Permissions of users",
    "auth.group_permissions": "Permissions of groups",
    "search.recordedexport": "Exports recorded for users",
}


@dataclass(frozen=True)
class PlainRelation:
    """A row that another one names, without the link that the admin makes of it: its page is closed to the user."""

    name: str
    short_description: str

    @property
    def __name__(self) -> str:
        return self.name

    def __call__(self, row: Model) -> Any:
        return getattr(row, self.name)


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

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Returns the fields, without links to rows whose pages are closed to the user. The admin links all rows."""
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if obj is None or self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            return fieldsets
        return [
            (title, {**options, "fields": [self._without_link(request, name) for name in options["fields"]]})
            for title, options in fieldsets
        ]

    def _without_link(self, request: HttpRequest, name: Any) -> Any:
        if not isinstance(name, str):
            return name
        try:
            field: Any = self.model._meta.get_field(name)  # type: ignore[attr-defined]
        except FieldDoesNotExist:
            return name
        site = self.admin_site  # type: ignore[attr-defined]
        if not field.many_to_one or not site.is_registered(field.related_model):
            return name
        may_open = site.get_model_admin(field.related_model).has_view_or_change_permission(request)
        return name if may_open else PlainRelation(name, str(field.verbose_name))

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
        """Returns the first names, the counts, the tables without permission and the rows that forbid a deletion.

        By the rules of Django's function of this name, without loading the rows: see `archive.deletions`. No admin
        decides about a row by anything else than the user, so that the first row of a table speaks for all of them.
        A page that was sent back with other counts or rows than those of now deletes nothing.
        """
        is_list = isinstance(objs, list)
        ids = [obj.pk for obj in objs] if is_list else list(objs.order_by().values_list("pk", flat=True))
        if len(ids) > MAX_DELETED_AT_ONCE:
            refusal = f"{len(ids):,} are selected; at most {MAX_DELETED_AT_ONCE:,} are deleted at once."
            return first_names(objs, len(ids)), {}, set(), [refusal]
        plan = plan_deletion(self.model, ids)  # type: ignore[attr-defined]
        relinked: frozenset[str] = getattr(self, "relinked", frozenset())
        protected = {field: rows for field, rows in plan.protected().items() if str(field) not in relinked}
        counts = plan.count()
        names = first_names(plan.taken[self.model], len(ids))  # type: ignore[attr-defined]
        site = self.admin_site  # type: ignore[attr-defined]
        perms_needed = {
            str(model._meta.verbose_name)
            for model in counts
            if site.is_registered(model)
            and not site.get_model_admin(model).has_delete_permission(request, plan.taken[model].first())
        }
        if may_see_all(request.user):
            by_name = {_plain_name(model): count for model, count in counts.items()}
            forbidding = [
                line
                for field, rows in protected.items()
                for line in _protection(rows, self._address_of_list(request, field, ids))
            ]
        else:
            # What depends on the objects may not be visible: only the objects themselves are named.
            by_name = {str(self.opts.verbose_name_plural): len(ids)}  # type: ignore[attr-defined]
            forbidding = ["others that use it"] if protected else []
        if relinked:
            by_name |= self.count_relinked(request, ids)  # type: ignore[attr-defined]
        shown = request.POST.getlist("counted")
        is_other_count = shown and shown != [f"{name}: {count}" for name, count in by_name.items()]
        rows = plan.taken[self.model]  # type: ignore[attr-defined]
        if is_other_count or request.POST.get(SHOWN_ROWS) not in (None, digest_rows(rows)):
            forbidding.append("The archive has changed since the page counted what would go. Open the page again.")
        return names, by_name, perms_needed, forbidding

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Runs an action; the page that asks whether to delete a whole list says which rows it showed."""
        response: HttpResponse | None = super().response_action(request, queryset)  # type: ignore[misc]
        context = response.context_data if isinstance(response, TemplateResponse) else None
        if context and "deletable_objects" in context:
            context[SHOWN_ROWS] = digest_rows(context["queryset"])
        return response

    def _address_of_list(self, request: HttpRequest, field: Any, ids: list[Any]) -> str:
        """Returns where the rows are listed that point by this field to rows; empty where the user may not open it."""
        table, site = field.model, self.admin_site  # type: ignore[attr-defined]
        if len(ids) > _MAX_LINKED_ROWS or not site.is_registered(table):
            return ""
        if not site.get_model_admin(table).has_view_or_change_permission(request):
            return ""
        lookup, value = ("exact", str(ids[0])) if len(ids) == 1 else ("in", ",".join(map(str, ids)))
        address = reverse(f"{site.name}:{table._meta.app_label}_{table._meta.model_name}_changelist")
        return f"{address}?{field.name}__id__{lookup}={value}"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        # Who may not open the page is refused by Django below, so their entries need not be looked for.
        if not may_see_all(request.user) and self.has_view_or_change_permission(request):  # type: ignore[attr-defined]
            entries = LogEntry.objects.filter(
                object_id=unquote(object_id),
                content_type=ContentType.objects.get_for_model(self.model),  # type: ignore[attr-defined]
            )
            shown = visible(entries, request.user).select_related("user", "content_type").order_by("action_time")
            context["action_list"] = self.get_paginator(request, shown, _MAX_ENTRIES).get_page(1)  # type: ignore[attr-defined]
        response: HttpResponse = super().history_view(request, object_id, context)  # type: ignore[misc]
        return response


def first_names(rows: QuerySet[Any], count: int) -> list[str]:
    """Returns the names of the first rows, and how many more there are."""
    names = [str(row)[:_MAX_NAME_CHARS] for row in rows.order_by("pk")[:_MAX_NAMED]]
    return [*names, f"and {count - len(names):,} more"] if count > len(names) else names


def _plain_name(model: type[Model]) -> str:
    return PLAIN_NAMES.get(model._meta.label_lower, str(model._meta.verbose_name_plural))


def _protection(rows: QuerySet[Any], address: str) -> list[str]:
    count = rows.count()
    name, names = rows.model._meta.verbose_name, rows.model._meta.verbose_name_plural
    counted = f"{count:,} {name if count == 1 else names}"
    return [format_html('<a href="{}">{}</a>', address, counted) if address else counted, *first_names(rows, count)]


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
