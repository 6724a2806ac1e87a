"""Curation of many at once: between the choice in a list and the change stands a page that asks what is to be done."""

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
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from ..curation import Changes, CurationError, change_together, merge
from ..edits import DELETED, EDITED_TOGETHER, MERGED, record_edits, take_snapshot
from ..models import Article, Source, Topic, wait_to_write
from .indexing import IndexedAdmin

# So many are changed in one transaction, for which other writers wait.
MOST_AT_ONCE = 5000
# What the page lists of those that are chosen.
_LISTED = 10


def _field(name: str) -> Any:
    return Article._meta.get_field(name)


def _label(name: str) -> str:
    return capfirst(str(_field(name).verbose_name))


def _choice(name: str) -> forms.ChoiceField:
    choices = [("", "No change"), *(choice for choice in _field(name).flatchoices if choice[0])]
    return forms.ChoiceField(label=_label(name), choices=choices, required=False)


def _lines(name: str) -> forms.CharField:
    return forms.CharField(label=_label(name), required=False, widget=AdminTextareaWidget(attrs={"rows": 2}))


def _time(name: str) -> forms.SplitDateTimeField:
    label = f"{_label(name)} (UTC)"
    widget = AdminSplitDateTime()
    for part, part_widget in zip(("date", "time"), widget.widgets, strict=True):
        part_widget.attrs["aria-label"] = f"{label}, {part}"
    return forms.SplitDateTimeField(label=label, required=False, widget=widget)


def _topics(label: str) -> forms.ModelMultipleChoiceField:
    widget = AutocompleteSelectMultiple(_field("topics"), admin.site)
    return forms.ModelMultipleChoiceField(Topic.objects.all(), label=label, required=False, widget=widget)


# What may be taken away: the others always have a value.
_EMPTY = {"byline": "", "language": "", "published": None, "embargo": None, "note": ""}
_GIVEN = ("source", "kind", "status", "published_precision", *_EMPTY)


class TogetherForm(forms.Form):
    """What every article chosen shall have. A field without a value stays as it is; `changes` has the others."""

    source = forms.ModelChoiceField(
        Source.objects.all(), required=False, widget=AutocompleteSelect(_field("source"), admin.site)
    )
    topics_added = _topics("Add topics")
    topics_removed = _topics("Remove topics")
    kind = _choice("kind")
    byline = _lines("byline")
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
    note = _lines("note")
    emptied = forms.MultipleChoiceField(
        label="Clear",
        choices=[(name, _label(name)) for name in _EMPTY],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Removes the values of these fields from all selected articles.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in cleaned.get("emptied", ()):
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
        if not self.errors and not self.changes.is_any:
            raise ValidationError("Nothing is set. Enter a value, or go back to the list.")
        return cleaned

    @property
    def changes(self) -> Changes:
        """What is to be set; of a valid form."""
        given = self.cleaned_data
        values = {name: given[name] for name in _GIVEN if given[name]}
        values |= {name: _EMPTY[name] for name in given["emptied"]}
        if "published" in given["emptied"]:
            values["published_precision"] = ""
        return Changes(values, frozenset(given["topics_added"]), frozenset(given["topics_removed"]))


class _CountedField(forms.ModelChoiceField):
    """A choice of sources or topics, with how many articles each has."""

    def label_from_instance(self, obj: Any) -> str:
        # Isolated, for a name that runs from right to left would take the count with it.
        return f"\u2068{obj}\u2069 ({obj.articles_held:,} article{pluralize(obj.articles_held)})"


class MergeForm(forms.Form):
    """Which of the sources or topics chosen stays."""

    kept = _CountedField(None, label="Keep", empty_label=None, widget=forms.RadioSelect)

    def __init__(self, *args: Any, chosen: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(_CountedField, self.fields["kept"])
        field.queryset = chosen
        field.initial = max(chosen, key=lambda one: one.articles_held)


class AskingAdmin(IndexedAdmin):
    """An admin with actions that ask, on a page of their own, what is to be done with all that are chosen."""

    def ask(
        self,
        request: HttpRequest,
        chosen: QuerySet[Any],
        form: forms.Form,
        *,
        count: int,
        title: str,
        about: str,
        button: str,
    ) -> HttpResponse:
        """Returns the page with the form; it is sent to where the choice was, with the choice again."""
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
            "listed": chosen[:_LISTED],
            "unlisted": max(0, count - _LISTED),
            "action": request.POST.get("action", ""),
            "across": across,
            # All of a list are named by the list itself.
            "picked": picked[:1] if across else picked,
        }
        return TemplateResponse(request, "admin/archive/together.html", context)

    def is_answered(self, request: HttpRequest, count: int) -> bool:
        """Whether the page was sent back, about as many as it showed."""
        seen = request.POST.get("seen")
        if seen is None:
            return False
        if seen != str(count):
            messages.warning(request, "The list has changed. Check the selection and send the form again.")
            return False
        return True


class ManyArticlesAdmin(AskingAdmin):
    """Fields and topics of many articles, set together."""

    actions = ["set_together"]

    @admin.action(description="Set fields or topics", permissions=["change"])
    def set_together(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        count = queryset.count()
        if count > MOST_AT_ONCE:
            messages.error(request, f"{count:,} articles are selected; at most {MOST_AT_ONCE:,} change at once.")
            return None
        form = TogetherForm(request.POST if "seen" in request.POST else None)
        if self.is_answered(request, count) and form.is_valid():
            try:
                changed = self._set(request, queryset, form.changes)
            except CurationError as error:
                form.add_error("source", str(error))
            else:
                messages.success(request, f"{changed:,} of {count:,} articles were changed.")
                return None
        about = "All selected articles get these values, as if a curator had edited each. Empty fields change nothing."
        return self.ask(
            request, queryset, form, count=count, title="Set fields or topics", about=about, button="Set for all"
        )

    @transaction.atomic
    def _set(self, request: HttpRequest, chosen: QuerySet[Any], changes: Changes) -> int:
        wait_to_write()
        ids = list(chosen.values_list("pk", flat=True))
        before = take_snapshot(Article, ids)
        changed = change_together(Article.objects.filter(pk__in=ids).prefetch_related("topics"), changes)
        record_edits(before, user_name=request.user.get_username(), how=EDITED_TOGETHER)
        for article in changed:
            self.log_change(request, article, "Set together with others.")
        self.index_again(request, [article.pk for article in changed])
        return len(changed)


class MergingAdmin(AskingAdmin):
    """Sources or topics that are one, made one."""

    actions = ["merge"]

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Those that are merged into another are deleted."""
        return bool(self.has_change_permission(request) and self.has_delete_permission(request))

    @admin.action(description="Merge into one", permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        names = self.opts.verbose_name_plural
        count = queryset.count()
        if not 2 <= count <= _LISTED:
            messages.error(request, f"Select two to {_LISTED} {names} to merge.")
            return None
        form = MergeForm(request.POST if "seen" in request.POST else None, chosen=queryset)
        if self.is_answered(request, count) and form.is_valid():
            kept = form.cleaned_data["kept"]
            try:
                moved = self._merge(request, queryset, kept)
            except CurationError as error:
                form.add_error(None, str(error))
            else:
                messages.success(
                    request, f"{count:,} {names} were merged into {kept}. It got {moved:,} article{pluralize(moved)}."
                )
                return None
        about = (
            "The others are deleted. Their articles move to the one you keep, and so do future documents with one of "
            f"their names. The {self.opts.verbose_name} that each page was received with stays on record."
        )
        title = f"Merge {names} into one"
        return self.ask(request, queryset, form, count=count, title=title, about=about, button="Merge")

    @transaction.atomic
    def _merge(self, request: HttpRequest, chosen: QuerySet[Any], kept: Source | Topic) -> int:
        wait_to_write()
        user_name = request.user.get_username()
        others = [one for one in chosen if one.pk != kept.pk]
        gone = take_snapshot(self.model, [one.pk for one in others])
        stays = take_snapshot(self.model, [kept.pk])
        articles = take_snapshot(Article, self.articles_of(self.model._default_manager.filter(pk__in=gone.values)))
        moved = merge(kept, others, user_name=user_name)
        record_edits(gone, user_name=user_name, how=DELETED)
        record_edits(stays, user_name=user_name, how=MERGED)
        record_edits(articles, user_name=user_name, how=f"{self.opts.verbose_name} merged")
        self.log_change(request, kept, f"Merged with {', '.join(map(str, others))}.")
        self.index_again(request, moved)
        return len(moved)
