"""Bulk actions with a confirmation page: set fields of many articles, merge sources or topics.

The action posts the selection to its list; the page repeats the selection with its form, so a second post can be
answered in the same place. The changes themselves are those of `archive.curation`.
"""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AdminTextareaWidget,
    AdminTextInputWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from ..admin_looks import SHOWN_ROWS, digest_rows, label_parts
from ..curation import BulkChange, CurationError, Terms
from ..models import Article, Source, Topic
from ..operations import (
    MERGE_SUBJECTS,
    MERGED,
    MOVE_TO_TRASH,
    SET_FIELDS,
    SHOW_AS_RECEIVED,
    WITHDRAW_MANY,
    articles_of_subjects,
    merge_subjects,
    operation,
)
from ..sight import User, may_see_all, visible
from .indexing import IndexedAdmin, sync_index
from .operations import plan_act
from .withdrawals import WithdrawalForm

# The page lists so many of the selected rows; a merge has to show all of its rows.
_MAX_LISTED = 10
_MAX_MERGED = _MAX_LISTED


def _field(name: str) -> Any:
    return Article._meta.get_field(name)


def _label(name: str) -> str:
    return capfirst(str(_field(name).verbose_name))


def _choice(name: str) -> forms.ChoiceField:
    choices = [("", "No change"), *(choice for choice in _field(name).flatchoices if choice[0])]
    return forms.ChoiceField(label=_label(name), choices=choices, required=False)


def _lines(name: str, max_chars: int) -> forms.CharField:
    return forms.CharField(
        label=_label(name), required=False, max_length=max_chars, widget=AdminTextareaWidget(attrs={"rows": 2})
    )


def _time(name: str) -> forms.SplitDateTimeField:
    label = f"{_label(name)} (UTC)"
    widget = AdminSplitDateTime()
    label_parts(widget, label)
    return forms.SplitDateTimeField(label=label, required=False, widget=widget)


def _topics(label: str) -> forms.ModelMultipleChoiceField:
    widget = AutocompleteSelectMultiple(_field("topics"), admin.site)
    return forms.ModelMultipleChoiceField(Topic.objects.all(), label=label, required=False, widget=widget)


# The fields that can be cleared, with their empty values; the others always have a value.
_EMPTY_VALUES = {"byline": "", "language": "", "published": None, "embargo": None, "note": ""}
_SETTABLE = ("source", "kind", "status", "published_precision", *_EMPTY_VALUES)
# Only users who see what is withheld or under embargo may set these.
VISIBILITY_FIELDS = ("status", "embargo")


class BulkChangeForm(forms.Form):
    """The change of all selected articles (`change`); a field without a value stays as it is."""

    source = forms.ModelChoiceField(
        Source.objects.all(), required=False, widget=AutocompleteSelect(_field("source"), admin.site)
    )
    topics_added = _topics("Add topics")
    topics_removed = _topics("Remove topics")
    kind = _choice("kind")
    byline = _lines("byline", 1000)
    language = forms.CharField(
        required=False,
        max_length=_field("language").max_length,
        widget=AdminTextInputWidget(),
        help_text=_field("language").help_text,
    )
    published = _time("published")
    published_precision = _choice("published_precision")
    status = _choice("status")
    embargo = _time("embargo")
    note = _lines("note", 10_000)
    cleared = forms.MultipleChoiceField(
        label="Clear",
        choices=[(name, _label(name)) for name in _EMPTY_VALUES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Removes the values of these fields from all selected articles.",
    )

    def limit_to(self, user: User) -> None:
        """Leaves out the fields that a user may not set, and the choices that the user may not see."""
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                field.queryset = visible(field.queryset, user)
        if not may_see_all(user):
            for name in VISIBILITY_FIELDS:
                del self.fields[name]
            cleared = cast(forms.MultipleChoiceField, self.fields["cleared"])
            cleared.choices = [(name, _label(name)) for name in _EMPTY_VALUES if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in cleaned.get("cleared", ()):
            if cleaned.get(name):
                self.add_error(name, "Enter a value or clear the field, not both.")
        if bool(cleaned.get("published")) != bool(cleaned.get("published_precision")) and not self.errors:
            self.add_error("published", "Give the time of publication and its precision, or neither.")
        if set(cleaned.get("topics_added", ())) & set(cleaned.get("topics_removed", ())):
            self.add_error("topics_removed", "Add or remove a topic, not both.")
        try:
            Article(published=cleaned.get("published")).clean()
        except ValidationError as error:
            self.add_error("published", error.message_dict["published"])
        if not self.errors and self.change.is_empty:
            raise ValidationError("Nothing is set. Enter a value, or go back to the list.")
        return cleaned

    @property
    def change(self) -> BulkChange:
        """The change that a valid form describes."""
        cleaned = self.cleaned_data
        values = {name: cleaned[name] for name in _SETTABLE if cleaned.get(name)}
        values |= {name: _EMPTY_VALUES[name] for name in cleaned["cleared"]}
        if "published" in cleaned["cleared"]:
            values["published_precision"] = ""
        return BulkChange(values, frozenset(cleaned["topics_added"]), frozenset(cleaned["topics_removed"]))


class _CountedField(forms.ModelChoiceField):
    """A choice of sources or topics, each with its number of articles."""

    def label_from_instance(self, obj: Any) -> str:
        # Isolated, or a name that runs from right to left would take the count with it.
        return f"\u2068{obj}\u2069 ({obj.article_total:,} article{pluralize(obj.article_total)})"


class MergeForm(forms.Form):
    """Which of the selected sources or topics is kept."""

    kept = _CountedField(None, label="Keep", empty_label=None, widget=forms.RadioSelect)

    def __init__(self, *args: Any, selected: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(_CountedField, self.fields["kept"])
        field.queryset = selected
        field.initial = max(selected, key=lambda row: row.article_total)


class ConfirmingAdmin(IndexedAdmin):
    """An admin whose actions show a page with a form before they change the selected rows."""

    def show_form(
        self,
        request: HttpRequest,
        selected: QuerySet[Any],
        form: forms.Form,
        *,
        count: int,
        title: str,
        about: str,
        button: str,
    ) -> HttpResponse:
        """Returns the page with the form; it posts to the list again, with the selection and the action."""
        across = request.POST.get("select_across") == "1"
        picked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "about": about,
            "button": button,
            "form": form,
            "media": self.media + form.media,
            "count": count,
            SHOWN_ROWS: digest_rows(selected),
            "listed": selected[:_MAX_LISTED],
            "unlisted": max(0, count - _MAX_LISTED),
            "action": request.POST.get("action", ""),
            "across": across,
            # "All rows of the list" need no numbers, but Django wants one to be selected.
            "picked": picked[:1] if across else picked,
        }
        return TemplateResponse(request, "admin/archive/bulk_action.html", context)

    def is_confirmed(self, request: HttpRequest, count: int, selected: QuerySet[Any]) -> bool:
        """Whether the page was sent back and the selection still has the rows that it counted."""
        shown_count = request.POST.get("shown_count")
        if shown_count is None:
            return False
        shown_rows = request.POST.get(SHOWN_ROWS)
        if shown_count != str(count) or (shown_rows and shown_rows != digest_rows(selected)):
            messages.warning(request, "The list has changed. Check the selection and send the form again.")
            return False
        return True


class BulkChangeAdmin(ConfirmingAdmin):
    """An admin of articles with the action that sets fields and topics of many."""

    actions: list[Any] = ["set_fields", "show_as_received", "withdraw_selected", "move_to_trash"]

    def has_change_in_bulk_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("archive.change_in_bulk") and self.has_change_permission(request))

    @admin.action(description="Set fields or topics", permissions=["change_in_bulk"])
    def set_fields(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        count = queryset.count()
        form = BulkChangeForm(request.POST if "shown_count" in request.POST else None)
        form.limit_to(request.user)
        if self.is_confirmed(request, count, queryset) and form.is_valid():
            parameters = SET_FIELDS.parameters_of(form.change)
            return plan_act(request, SET_FIELDS, parameters, queryset.values_list("pk", flat=True))
        about = "All selected articles get these values, as if a curator had edited each. Empty fields change nothing."
        return self.show_form(
            request, queryset, form, count=count, title="Set fields or topics", about=about, button="Look first"
        )

    @admin.action(description="Show as received: take back all edits by curators", permissions=["change_in_bulk"])
    def show_as_received(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return plan_act(request, SHOW_AS_RECEIVED, {}, queryset.values_list("pk", flat=True))

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(WITHDRAW_MANY.permission)

    @admin.action(description="Withdraw from readers", permissions=["withdraw"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        count = queryset.count()
        form = WithdrawalForm(request.POST if "shown_count" in request.POST else None)
        if self.is_confirmed(request, count, queryset) and form.is_valid():
            parameters = WITHDRAW_MANY.parameters_of(Terms(**form.cleaned_data))
            return plan_act(request, WITHDRAW_MANY, parameters, queryset.values_list("pk", flat=True))
        about = "No reader sees the selected articles any more. Their addresses say so, with the reason and the note."
        return self.show_form(
            request, queryset, form, count=count, title="Withdraw from readers", about=about, button="Look first"
        )

    @admin.action(description="Move to the trash", permissions=["delete"])
    def move_to_trash(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return plan_act(request, MOVE_TO_TRASH, {}, queryset.values_list("pk", flat=True))


class MergingAdmin(ConfirmingAdmin):
    """An admin of sources or topics with the action that merges several into one."""

    actions = ["merge"]

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Merging changes the kept row and deletes the others."""
        may_merge = request.user.has_perm("archive.merge_names")
        return bool(may_merge and self.has_change_permission(request) and self.has_delete_permission(request))

    @admin.action(description="Merge into one", permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        names = self.opts.verbose_name_plural
        count = queryset.count()
        if not 2 <= count <= _MAX_MERGED:
            messages.error(request, f"Select two to {_MAX_MERGED} {names} to merge.")
            return None
        form = MergeForm(request.POST if "shown_count" in request.POST else None, selected=queryset)
        if self.is_confirmed(request, count, queryset) and form.is_valid():
            kept = form.cleaned_data["kept"]
            try:
                self._merge(request, queryset, kept)
            except CurationError as error:
                form.add_error(None, str(error))
            else:
                return None
        about = (
            "The others are deleted. Their articles move to the one you keep, and so do future documents with one of "
            f"their names. The {self.opts.verbose_name} that each page was received with stays on record."
        )
        title = f"Merge {names} into one"
        return self.show_form(request, queryset, form, count=count, title=title, about=about, button="Merge")

    def _merge(self, request: HttpRequest, selected: QuerySet[Any], kept: Source | Topic) -> None:
        """Merges the others into the row that is kept, and says how many articles it got that the user may see."""
        others = [row for row in selected if row.pk != kept.pk]
        names = self.opts.verbose_name_plural
        total = len(articles_of_subjects(self.model, [other.pk for other in others]))
        parameters = MERGE_SUBJECTS.parameters_of(kept, others)
        if self.begin(request, MERGE_SUBJECTS, parameters, f"Merges {len(others) + 1:,} {names}", total):
            return
        with operation(MERGED, user_name=request.user.get_username(), label="") as act:
            moved = merge_subjects(kept, others, act)
            self.log_change(request, kept, f"Merged with {', '.join(map(str, others))}.")
        sync_index(request)
        count = visible(Article.objects.filter(pk__in=moved), request.user).count()
        messages.success(
            request,
            f"{len(others) + 1:,} {names} were merged into {kept}. It got {count:,} article{pluralize(count)}.",
        )
