"""The admin of operations: what was done, by whom, what it changed; look first, progress, undo.

A plan has its page too: what it would do, before anybody confirms it. Long acts go on in the process that follows the
record; where none runs, in a thread of this one.
"""

from collections import defaultdict
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from ..models import GOES_ON, IS_HALF_DONE, Article, Edit, Name, Operation, Section, Source, Topic
from ..operations import (
    UNDO_MANY,
    BulkAct,
    BulkActError,
    UndoError,
    ask_to_stop,
    confirm,
    discard,
    go_on,
    kind_of,
    permission_to_undo,
    plan,
    plan_undo,
    preview,
    undo,
    undo_beside,
)
from ..sight import visible
from .acts import MAX_AT_ONCE, address_of, do_act
from .captures import ReadOnlyAdmin
from .columns import in_readers_zone, show_instant, show_words
from .filters import titled, values_filter
from .indexing import sync_index

_MAX_EDITS_LISTED = 100
# The tables of what edits are of, which have a page here.
_EDITED: dict[str, type[Model]] = {
    Edit.Subject.ARTICLE: Article,
    Edit.Subject.SECTION: Section,
    Edit.Subject.SOURCE: Source,
    Edit.Subject.TOPIC: Topic,
    Edit.Subject.NAME: Name,
}
# What users without the right read of their own operation, of whose rows something was hidden since.
HIDDEN_SINCE = "An operation on what readers do not see any more"


def plan_act(request: HttpRequest, act: BulkAct, parameters: dict[str, Any], ids: Any) -> HttpResponse:
    """Keeps a plan for these articles and leads to its page; or says why there is none, and leads back."""
    if not request.user.has_perm(act.permission):
        raise PermissionDenied
    try:
        planned = plan(act, parameters, ids, user=request.user)
    except BulkActError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.get_full_path())
    request.session[_came_from(planned)] = request.get_full_path()
    return HttpResponseRedirect(address_of(planned))


def _came_from(planned: Operation) -> str:
    return f"operation-{planned.pk}"


class ProgressFilter(admin.SimpleListFilter):
    """How far operations are."""

    title = "progress"
    parameter_name = "progress"
    _CONDITIONS: ClassVar = {
        "going": ("Goes on", GOES_ON),
        "half": ("Stopped half way", IS_HALF_DONE),
        "done": ("Done", Q(state=Operation.State.DONE, undone_by=None)),
        "undone": ("Undone", Q(undone_by__isnull=False)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in self._CONDITIONS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self._CONDITIONS.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    """Operations, the latest first; plans are shown to those who made them."""

    list_display = ["made_at", "what", "kind", "user_name", "touched_count", "state_now"]
    list_display_links = ["made_at", "what"]
    list_filter = [
        values_filter(Operation, "kind"),
        ProgressFilter,
        ("at", titled(admin.DateFieldListFilter, "time of the operation")),
    ]
    list_select_related = ["undone_by"]
    list_per_page = 50
    search_fields = ["label", "user_name"]
    search_help_text = "Part of what was done, or of a user's name"
    fields = ["made_at", "what", "kind", "user_name", "touched_count", "state_now"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operation]:
        return super().get_queryset(request).exclude(state=Operation.State.PLANNED)

    def get_urls(self) -> list[URLPattern]:
        views = {"step": require_POST(self.step), "progress": self.progress, "undo": self.undo}
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"archive_operation_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def _find(self, request: HttpRequest, pk: int | str) -> Operation:
        """Returns an operation that the user may see. A plan is its maker's; raises Http404 or PermissionDenied."""
        found = Operation.objects.filter(pk=pk).first() if str(pk).isdecimal() and len(str(pk)) < 19 else None
        if found is None:
            raise Http404(f"no operation {pk}")
        is_own = found.user_name == request.user.get_username()
        if found.state == Operation.State.PLANNED:
            if not is_own:
                raise Http404(f"no operation {pk}")
        elif not (is_own or self.has_view_permission(request)):
            raise PermissionDenied
        elif not self._is_visible(request, found):
            if not is_own:
                raise Http404(f"no operation {pk}")
            found.label = HIDDEN_SINCE
        return found

    def _is_visible(self, request: HttpRequest, subject: Operation) -> bool:
        return visible(Operation.objects.filter(pk=subject.pk), request.user).exists()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        subject = self._find(request, object_id)
        if subject.state == Operation.State.PLANNED:
            context = {"title": "Look first", "preview": preview(subject, user=request.user)}
            return self._render(request, subject, "plan.html", context)
        context = {"title": "Operation", **self._details(request, subject)}
        return self._render(request, subject, "operation.html", context)

    def _details(self, request: HttpRequest, subject: Operation) -> dict[str, Any]:
        edits = visible(Edit.objects.filter(operation=subject), request.user).order_by("pk")
        refused = [(reason, count, self._named(request, ids[:10])) for reason, count, ids in subject.refused]
        return {
            "is_open": subject.state in (Operation.State.WAITING, Operation.State.RUNNING),
            "may_undo": self._may_undo(request, subject),
            "edits": self._with_addresses(request, list(edits[:_MAX_EDITS_LISTED])),
            "edit_count": edits.count(),
            "refused": refused,
            "undoes": subject.undoes if subject.undoes and self._is_visible(request, subject.undoes) else None,
        }

    def _with_addresses(self, request: HttpRequest, edits: list[Edit]) -> list[tuple[Edit, str]]:
        """Returns edits, each with the page of what was edited; none where it is gone, or not the user's to see."""
        ids = defaultdict(set)
        for edit in edits:
            ids[edit.subject].add(edit.subject_id)
        found: dict[str, set[int]] = {}
        for subject, model in _EDITED.items():
            its_admin = self.admin_site.get_model_admin(model)
            if subject in ids and its_admin.has_view_permission(request):
                rows = its_admin.get_queryset(request).order_by().filter(pk__in=ids[subject])
                found[subject] = set(rows.values_list("pk", flat=True))
        return [
            (edit, reverse(f"admin:archive_{edit.subject}_change", args=[edit.subject_id]))
            if edit.subject_id in found.get(edit.subject, ())
            else (edit, "")
            for edit in edits
        ]

    def _named(self, request: HttpRequest, ids: list[int]) -> list[Article]:
        return list(visible(Article.objects.filter(pk__in=ids), request.user))

    def _may_undo(self, request: HttpRequest, subject: Operation) -> bool:
        """Whether the user may do what the undo does, and that to the rows of this operation."""
        is_own = subject.user_name == request.user.get_username()
        may_undo = is_own or request.user.has_perm("archive.undo_operation")
        has_right = may_undo and request.user.has_perm(permission_to_undo(subject))
        return has_right and self._is_visible(request, subject)

    def step(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirms or discards a plan, stops an act, or has it go on."""
        subject = self._find(request, pk)
        if not (subject.user_name == request.user.get_username() or self._may_undo(request, subject)):
            raise PermissionDenied
        match request.POST.get("step"):
            case "confirm":
                return self._confirm(request, subject)
            case "discard":
                if discard(subject):
                    messages.info(request, "Nothing was changed.")
                return HttpResponseRedirect(request.session.pop(_came_from(subject), None) or reverse("admin:index"))
            case "stop" if ask_to_stop(subject):
                messages.info(request, "It stops after this batch. What is done stays, and can be undone.")
            case "go on" if go_on(subject):
                do_act(subject)
            case _:
                messages.info(request, "It had ended before you pressed the button.")
        return HttpResponseRedirect(address_of(subject))

    def _confirm(self, request: HttpRequest, subject: Operation) -> HttpResponse:
        try:
            if confirm(subject) == "begun before":
                messages.info(request, "It was begun before: this is how far it is.")
            else:
                do_act(subject)
        except BulkActError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:index"))
        sync_index(request)
        return HttpResponseRedirect(address_of(subject))

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answers with how far an act is: a part of its page."""
        subject = self._find(request, pk)
        context = {"operation": subject, **self._details(request, subject)}
        response = TemplateResponse(request, "admin/archive/operation/progress.html", context)
        if not context["is_open"]:
            # The whole page again, with what was done.
            response.headers["HX-Refresh"] = "true"
        return response

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows what the undo of an operation would do, and does it."""
        subject = self._find(request, pk)
        if not self._may_undo(request, subject) or subject.state == Operation.State.PLANNED:
            raise PermissionDenied
        if request.method != "POST":
            return self._render(request, subject, "undo.html", {"title": "Undo", "plan": plan_undo(subject)})
        if subject.touched > MAX_AT_ONCE:
            if subject.plan and not kind_of(subject.kind).whole:
                return self._confirm(request, UNDO_MANY.plan(subject, user=request.user))
            begun = undo_beside(subject, user=request.user)
            do_act(begun)
            return HttpResponseRedirect(address_of(begun))
        try:
            undone, conflicts = undo(subject, user_name=request.user.get_username())
        except UndoError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(address_of(subject, "undo"))
        sync_index(request)
        left = f" {len(conflicts):,} changed again since, and stay as they are." if conflicts else ""
        messages.success(request, f"Undone.{left}")
        return HttpResponseRedirect(address_of(undone))

    def _render(
        self, request: HttpRequest, subject: Operation, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "operation": subject}
        shared["may_see_list"] = self.has_view_permission(request)
        shared["came_from"] = request.session.get(_came_from(subject), "")
        return TemplateResponse(request, f"admin/archive/operation/{template}", {**shared, **context})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(address_of(self._find(request, object_id)))

    @admin.display(description=in_readers_zone("Made"), ordering="at")
    def made_at(self, operation: Operation) -> str:
        return show_instant(operation.at)

    @admin.display(ordering="label")
    def what(self, operation: Operation) -> str:
        return show_words(operation.label)

    @admin.display(description="Changed", ordering="touched")
    def touched_count(self, operation: Operation) -> str:
        return f"{operation.touched:,}"

    @admin.display(description="State", ordering="state")
    def state_now(self, operation: Operation) -> str:
        if operation.undone_by:
            return f"Undone by {operation.undone_by.user_name}"
        label = str(operation.get_state_display())
        is_part = operation.plan and operation.state != Operation.State.DONE
        return f"{label}: {operation.position:,} of {operation.total:,}" if is_part else label
