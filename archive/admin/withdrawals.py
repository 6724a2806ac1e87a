"""The admin of withdrawals: their list, the page that withdraws an article or a section, and the way back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from ..curation import MAX_NOTE_CHARS, Target, Terms, find_effects
from ..errors import CurationError
from ..models import Article, Section, Withdrawal, in_force
from ..operations import restore, withdraw
from ..sight import visible
from .captures import ReadOnlyAdmin
from .columns import in_readers_zone, show_instant, show_words
from .filters import YesNoFilter, titled
from .indexing import sync_index

RIGHT = "archive.withdraw_article"


class InForceFilter(YesNoFilter):
    """Withdrawals that are in force, or that were restored or have ended."""

    title = "in force"
    parameter_name = "in_force"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = in_force(timezone.now())
        match self.value():
            case "yes":
                return queryset.filter(condition)
            case "no":
                return queryset.exclude(condition)
        return queryset


class WithdrawalForm(forms.Form):
    """Why something is withdrawn, and on which terms."""

    reason = forms.ChoiceField(
        choices=[("", "Choose a reason"), *Withdrawal.Reason.choices],
        help_text="A law or a court order is answered with status 451, everything else with 410.",
        error_messages={"invalid_choice": "Choose a reason from the list."},
    )
    note = forms.CharField(
        label="Public note",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=f"Readers see it. At most {MAX_NOTE_CHARS:,} characters.",
    )
    until = forms.DateTimeField(
        label="Until (UTC)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="It is shown again at that time. Empty: until somebody restores it.",
    )
    headline_shown = forms.BooleanField(label="The headline may still be shown", required=False, label_suffix="")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["note"] = values.get("note", "").replace("\r\n", "\n")
        if not self.errors:
            for name, fault in Terms(**values).find_faults(timezone.now()).items():
                self.add_error(name, fault)
        return values


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnlyAdmin):
    """Withdrawals, the latest first. They are made from the page of an article or a section."""

    list_display = ["withdrawn_at", "what", "reason", "state", "user_name", "restored_by"]
    list_filter = [InForceFilter, "reason", ("at", titled(admin.DateFieldListFilter, "time of the withdrawal"))]
    search_fields = ["note", "user_name"]
    search_help_text = "Part of a note, or of a user's name"
    list_per_page = 50
    actions = None
    fields = ["what", "reason", "note", "until", "headline_shown", "withdrawn_at", "user_name", "state", "restored_by"]
    change_form_template = "admin/archive/withdrawal/change_form.html"

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm(RIGHT)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Withdrawal]:
        articles = visible(Article.objects.filter(pk=OuterRef("article_id")), request.user).order_by()
        return super().get_queryset(request).annotate(headline=Subquery(articles.values("headline")[:1]))

    def get_urls(self) -> list[URLPattern]:
        views = (
            path("article/<int:pk>/", self.admin_site.admin_view(self.withdraw_article), name="withdraw_article"),
            path("section/<int:pk>/", self.admin_site.admin_view(self.withdraw_section), name="withdraw_section"),
            path("<int:pk>/restore/", self.admin_site.admin_view(self.restore_one), name="restore_withdrawal"),
        )
        return [*views, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        can_restore = row is not None and row.is_in_force(timezone.now()) and self.has_view_permission(request)
        context = {**(extra_context or {}), "can_restore": can_restore}
        return super().change_view(request, object_id, form_url, context)

    def withdraw_article(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page that withdraws a whole article."""
        return self._withdraw(request, self._find(request, Article.objects.filter(pk=pk)))

    def withdraw_section(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page that withdraws a section of an article."""
        sections = Section.objects.filter(pk=pk, current__isnull=False).select_related("article", "current")
        return self._withdraw(request, self._find(request, sections))

    def _find(self, request: HttpRequest, rows: QuerySet[Any]) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = visible(rows, request.user).first()
        if row is None:
            raise Http404("no such article or section")
        return row

    def _withdraw(self, request: HttpRequest, target: Target) -> HttpResponse:
        form = WithdrawalForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                (row,) = withdraw([target], Terms(**form.cleaned_data), user_name=request.user.get_username())
            except CurationError as error:
                form.add_error(None, str(error))
            else:
                sync_index(request)
                messages.success(request, f"Withdrawn from readers: {row.in_words}.")
                return HttpResponseRedirect(reverse("admin:archive_withdrawal_change", args=[row.pk]))
        effects = find_effects(target)
        now = timezone.now()
        present = Withdrawal.objects.filter(in_force(now), article=_article_of(target).pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Withdraw {'a section' if isinstance(target, Section) else 'an article'}",
            "target": target,
            "article": _article_of(target),
            "is_section": isinstance(target, Section),
            "form": form,
            "effects": effects,
            "left": visible(Section.objects.filter(pk__in=[row.pk for row in effects.left]), request.user)
            .select_related("article", "current")
            .order_by("-article", "position"),
            "present": present,
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/archive/withdrawal/withdraw.html", context, status=status)

    def restore_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Takes a withdrawal back; its page has the button."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        address = reverse("admin:archive_withdrawal_change", args=[pk])
        row = Withdrawal.objects.filter(pk=pk).first()
        if row is None:
            raise Http404(f"no withdrawal {pk}")
        if request.method != "POST":
            return HttpResponseRedirect(address)
        try:
            restore([row], user_name=request.user.get_username())
        except CurationError as error:
            messages.error(request, str(error))
        else:
            sync_index(request)
            messages.success(request, f"Restored: {row.in_words}.")
        return HttpResponseRedirect(address)

    @admin.display(description="What", ordering="article")
    def what(self, row: Withdrawal) -> str:
        headline = getattr(row, "headline", None)
        if not headline:
            return row.subject.capitalize()
        model, pk = ("section", row.section_id) if row.section_id else ("article", row.article_id)
        address = reverse(f"admin:archive_{model}_change", args=[pk])
        return format_html(
            '{} <a href="{}">{}</a>',
            "Section of" if row.section_id else "",
            address,
            show_words(headline),
        )

    @admin.display(description=in_readers_zone("Withdrawn"), ordering="at")
    def withdrawn_at(self, row: Withdrawal) -> str:
        return show_instant(row.at)

    @admin.display(description="State", ordering="restored")
    def state(self, row: Withdrawal) -> str:
        if row.restored:
            return f"restored {row.restored:%Y-%m-%d %H:%M} UTC"
        if row.until is None:
            return "until restored"
        word = "until" if row.is_in_force(timezone.now()) else "ended"
        return f"{word} {row.until:%Y-%m-%d %H:%M} UTC"


def _article_of(target: Target) -> Article:
    return target.article if isinstance(target, Section) else target
