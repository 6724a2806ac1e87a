"""The trash in the admin: its articles are a list of their own, deleted sources and topics are named beside it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from ..models import Article
from ..operations import (
    RESTORE_FROM_TRASH,
    TRASHED,
    delete_for_good,
    name_rows,
    names_in_trash,
    operation,
    trashed_articles,
)
from ..sight import visible
from .bulk_actions import ConfirmingAdmin
from .filters import YesNoFilter
from .indexing import sync_index
from .operations import plan_act

_IN_TRASH = "trash"
_TRASH_ACTIONS = ("restore_from_trash", "delete_for_good")


class TrashFilter(YesNoFilter):
    """The articles in the trash. Lists leave them out unless somebody asks for them."""

    title = "in the trash"
    parameter_name = _IN_TRASH

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(trashed=None) if self.value() == "yes" else queryset.filter(trashed=None)


class TrashAdmin(ConfirmingAdmin):
    """An admin of articles, which are moved to the trash and not deleted."""

    actions: list[Any] = list(_TRASH_ACTIONS)

    def get_urls(self) -> list[URLPattern]:
        return [path("trash/", self.admin_site.admin_view(self.trash), name="archive_trash"), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> Any:
        """Returns the actions of the list that is shown: what is in the trash is restored or deleted for good."""
        is_trash = request.GET.get(_IN_TRASH) == "yes"
        every = super().get_actions(request)
        # To delete an article is to move it to the trash, which shows first what it does.
        every.pop("delete_selected", None)
        return {name: action for name, action in every.items() if (name in _TRASH_ACTIONS) == is_trash}

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        in_trash = isinstance(obj, Article) and obj.trashed is not None
        return super().has_change_permission(request, obj) and not in_trash

    def has_empty_permission(self, request: HttpRequest) -> bool:
        """Whether the user may delete for good what is in the trash."""
        return request.user.has_perm("archive.empty_trash")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Moves articles to the trash, with their evidence."""
        ids = list(queryset.filter(trashed=None).values_list("pk", flat=True))
        label = f"Moved {name_rows(queryset, len(ids))} to the trash"
        with operation(TRASHED, user_name=request.user.get_username(), label=label) as act:
            act.watch(Article, ids)
            Article.objects.filter(pk__in=ids).update(trashed=act.operation.at)
        sync_index(request)

    @admin.action(description="Restore from the trash", permissions=["delete"])
    def restore_from_trash(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return plan_act(request, RESTORE_FROM_TRASH, {}, queryset.values_list("pk", flat=True))

    @admin.action(description="Delete for good", permissions=["empty"])
    def delete_for_good(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        count = queryset.count()
        if self.is_confirmed(request, count, queryset):
            deleted = delete_for_good(queryset.values_list("pk", flat=True), user_name=request.user.get_username())
            sync_index(request)
            messages.success(request, f"{deleted:,} article{pluralize(deleted)} deleted for good.")
            return None
        about = (
            "This deletes evidence: the sections go, with every version that was received of them, and nothing brings "
            "them back. Their addresses say that they were deleted. The bytes of captures stay."
        )
        return self.show_form(
            request,
            queryset,
            forms.Form(),
            count=count,
            title="Delete for good",
            about=about,
            button="Delete for good",
        )

    def trash(self, request: HttpRequest) -> HttpResponse:
        """Shows what can be restored: how many articles, and each deleted source and topic."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        articles = visible(trashed_articles(), request.user).order_by("trashed")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Trash",
            "trash_days": settings.TRASH_DAYS,
            "article_count": articles.count(),
            "oldest": articles.first(),
            "names": [(row, days) for row, days in names_in_trash() if visible_operation(row, request)],
        }
        return TemplateResponse(request, "admin/archive/trash.html", context)


def visible_operation(row: Any, request: HttpRequest) -> bool:
    """Whether the user may see an operation."""
    return visible(type(row).objects.filter(pk=row.pk), request.user).exists()
