"""Two at the same page: what somebody else changed since it was opened is neither undone nor overwritten blindly.

A page sends the values that it showed beside those that its user entered. A field that only one of the two changed is
no conflict: it keeps that change. For a field that both changed, the page comes back with both values, who set the
other one and when, and its user chooses. Of an object that is no longer there, the page shows what was entered.

`ConflictForm` finds the conflicts, `ConflictAdmin` says who made them; forms and classes of the admin inherit both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import Truncator, capfirst

from ..models import Edit
from ..sight import visible

MINE, THEIRS = "mine", "theirs"
# The field of the page that says which edits there were when it was opened.
_OPENED = "opened"
_MAX_MESSAGES = 5
_MAX_VALUE_CHARS = 200
_MAX_EDITS_LISTED = 20

# A value as a form writes it: the texts of its parts, or of its choices in their order.
Written = list[str]


@dataclass(frozen=True)
class Change:
    """A change that somebody else made while the page was open, and what its user entered, as people read them.

    `names` are the fields, which make sense only together; `edits` says who made the change, if a curator did.
    """

    names: tuple[str, ...]
    label: str
    shown: str
    theirs: str
    mine: str
    edits: tuple[Edit, ...] = ()

    @property
    def choice(self) -> str:
        """The name of the field by which the user chooses."""
        return _choice_name(self.names)


# A note or a standfirst has less by far.
_MAX_TEXT_CHARS = 10_000


class _ShownField(forms.BoundField):
    """A field that sends along what the page showed.

    Django loses that of a field of several parts, or of no choice, when the page comes back with an error.
    """

    def as_widget(self, widget: Any = None, attrs: Any = None, only_initial: bool = False) -> Any:
        form = self.form
        if not (only_initial and isinstance(form, ConflictForm) and form.knows_shown):
            return super().as_widget(widget, attrs, only_initial)
        hidden = widget or self.field.hidden_widget()
        value = hidden.value_from_datadict(form.data, form.files, self.html_initial_name)
        return hidden.render(self.html_initial_name, value, {"id": self.html_initial_id}, renderer=form.renderer)


class ConflictForm(forms.ModelForm):
    """Saves the fields that its user changed, and no others. A conflict is an error, until the user has chosen.

    A request without the values that the page showed is compared with the object as it is now.
    """

    # Fields that are changed together or not at all.
    UNITS: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # So many characters may be written into a field that has no limit of its own. What was received may have more.
    MAX_CHARS: ClassVar[Mapping[str, int]] = {}
    bound_field_class = _ShownField
    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        start = self.add_initial_prefix("")
        exists = self.instance.pk is not None
        self.knows_shown = exists and any(name.startswith(start) for name in self.data)
        for entry in self.fields.values():
            entry.show_hidden_initial = exists and (self.knows_shown or not self.is_bound)
        # Read before the form is applied to the object.
        self._now = {name: self.get_initial_for_field(entry, name) for name, entry in self.fields.items()}
        self.conflicts: list[Change] = []
        self.kept: list[Change] = []

    @cached_property
    def changed_data(self) -> list[str]:
        """The fields that are saved: those that the user changed, except where the other's value was chosen."""
        lost = {name for unit in self._units() if self._choice(unit) == THEIRS for name in unit}
        return [name for name in self._entered if name not in lost and not (self.knows_shown and self._is_now(name))]

    @cached_property
    def _entered(self) -> list[str]:
        """The fields in which the user entered something else than the page showed."""
        return [name for name, bound in self._bound_items() if self._is_entered(name, bound)]  # type: ignore[attr-defined]

    def entered(self) -> list[tuple[str, str]]:
        """Returns the label and the value of each field that has one, as the user sent them."""
        texts = ((str(bound.label), self._text(bound.name, self._sent(bound.name))) for bound in self)
        return [(label, text) for label, text in texts if text]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.changed_data:
            text, limit = cleaned.get(name), self.MAX_CHARS.get(name, _MAX_TEXT_CHARS)
            if isinstance(text, str) and len(text) > limit:
                self.add_error(name, f"This has {len(text):,} characters; at most {limit:,} are kept. Shorten it.")
        return cleaned

    def full_clean(self) -> None:
        if self.is_bound and self.knows_shown:
            self._take_over()
        super().full_clean()
        if self.is_bound and self.knows_shown and self.errors:
            self._show_now()

    def _take_over(self) -> None:
        """Gives the fields that others alone changed their values: what the page showed may not be there any more."""
        self.data = self.data.copy()
        for unit in self._units():
            if not set(unit) & set(self._entered) and self._differs(unit):
                self.kept.append(self._change(unit))
                for name in unit:
                    self._write(self.add_prefix(name), self.fields[name].widget, self._written(name))

    def _post_clean(self) -> None:
        if self.instance.pk is not None:
            if self.knows_shown:
                self._find_conflicts()
            saved = {name for unit in self._units() if set(unit) & set(self.changed_data) for name in unit}
            self.cleaned_data = {name: value for name, value in self.cleaned_data.items() if name in saved}
        super()._post_clean()  # type: ignore[misc]

    def _find_conflicts(self) -> None:
        listed = set(self.data.getlist("conflict"))
        for unit in self._units():
            is_mine = any(name in self._entered and not self._is_now(name) for name in unit)
            is_unanswered = unit[0] in listed and not self._choice(unit)
            if is_mine and self._choice(unit) != THEIRS and (self._differs(unit) or is_unanswered):
                self.conflicts.append(self._change(unit))
        if self.conflicts:
            text = "Nothing was saved yet: somebody else changed what you changed. Choose above, then save again."
            self.add_error(None, text)

    def _show_now(self) -> None:
        """Has the page that comes back send the values of now along: its user sees them there."""
        for unit in self._units():
            for name in unit:
                hidden = self.fields[name].hidden_widget()
                self._write(self.add_initial_prefix(name), hidden, self._written(name))

    def _units(self) -> list[tuple[str, ...]]:
        together = [tuple(name for name in unit if name in self.fields) for unit in self.UNITS]
        alone = [(name,) for name in self.fields if not any(name in unit for unit in together)]
        return [*filter(None, together), *alone]

    def _choice(self, unit: tuple[str, ...]) -> str:
        return str(self.data.get(_choice_name(unit), ""))

    def _change(self, unit: tuple[str, ...]) -> Change:
        labels = [str(self.fields[name].label or name) for name in unit]
        shown, theirs, mine = (
            ", ".join(filter(None, (self._text(name, read(name)) for name in unit)))
            for read in (self._shown, self._written, self._sent)
        )
        return Change(unit, capfirst(" and ".join(labels).lower()), shown, theirs, mine)

    def _differs(self, unit: Iterable[str]) -> bool:
        """Whether somebody changed one of the fields since the page was opened."""
        return any(self._shown(name) != self._written(name) for name in unit)

    def _is_entered(self, name: str, bound: forms.BoundField) -> bool:
        if not self.knows_shown:
            return bool(bound._has_changed())  # type: ignore[attr-defined]
        if self._shown(name) == self._sent(name):
            return False
        # The same time may be written in two ways; of choices, one that is gone cannot be read any more.
        return isinstance(self.fields[name], forms.ModelMultipleChoiceField) or bool(bound._has_changed())  # type: ignore[attr-defined]

    def _is_now(self, name: str) -> bool:
        """Whether the user entered the value that the object has now, as with a second press of the button."""
        widget = self.fields[name].widget
        raw = widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return not self.fields[name].has_changed(self._now[name], raw)

    def _shown(self, name: str) -> Written:
        hidden = self.fields[name].hidden_widget()
        return self._order(name, hidden.value_from_datadict(self.data, self.files, self.add_initial_prefix(name)))

    def _sent(self, name: str) -> Written:
        widget = self.fields[name].widget
        return self._order(name, widget.value_from_datadict(self.data, self.files, self.add_prefix(name)))

    def _written(self, name: str) -> Written:
        """Returns the value of now as a page that is opened now would send it."""
        entry = self.fields[name]
        hidden, value = entry.hidden_widget(), entry.prepare_value(self._now[name])
        if isinstance(hidden, forms.MultiWidget):
            parts = zip(hidden.widgets, hidden.decompress(value) or [], strict=False)
            return [str(part.format_value(text) or "") for part, text in parts]
        if isinstance(hidden, forms.MultipleHiddenInput):
            return self._order(name, list(value or []))
        return self._order(name, hidden.format_value(value))

    def _order(self, name: str, raw: Any) -> Written:
        values = raw if isinstance(raw, list | tuple) else [raw]
        texts = ["" if value is None else str(value).replace("\r\n", "\n") for value in values]
        return sorted(texts) if isinstance(self.fields[name], forms.ModelMultipleChoiceField) else texts

    def _write(self, html_name: str, widget: forms.Widget, written: Written) -> None:
        if isinstance(widget, forms.MultiWidget):
            suffixes: list[str] = widget.widgets_names  # type: ignore[attr-defined]
            for suffix, text in zip(suffixes, written, strict=True):
                self.data[html_name + suffix] = text
        else:
            self.data.setlist(html_name, written)

    def _text(self, name: str, written: Written) -> str:
        """Returns a written value as people read it."""
        entry = self.fields[name]
        if isinstance(entry, forms.ModelChoiceField):
            numbers = [text for text in written if text.isdecimal()]
            rows = entry.queryset.filter(pk__in=numbers) if entry.queryset is not None else []
            return ", ".join(sorted(str(row) for row in rows))
        if isinstance(entry, forms.ChoiceField):
            # Not `entry.choices`, which may be in groups.
            return ", ".join(str(label) for value, label in _flat(entry.choices) if str(value) in written and value)
        return " ".join(filter(None, written))


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for value, label in choices:
        yield from label if isinstance(label, list | tuple) else [(value, label)]


def _choice_name(names: tuple[str, ...]) -> str:
    return f"choice-{names[0]}"


class ConflictAdmin(admin.ModelAdmin):
    """An admin whose page says what others changed while it was open."""

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> HttpResponse:
        form, row = context["adminform"].form, context.get("original")
        if isinstance(form, ConflictForm) and row is not None:
            latest = Edit.objects.aggregate(latest=Max("pk"))["latest"] or 0
            context |= {
                _OPENED: self._opened(request) if form.is_bound else latest,
                "conflicts": self._with_edits(request, row, form.conflicts),
                "kept": self._with_edits(request, row, form.kept),
            }
        return super().render_change_form(request, context, *args, **options)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if isinstance(form, ConflictForm) and form.kept:
            self._report(request, self._with_edits(request, form.instance, form.kept))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method == "POST" and object_id and self.get_object(request, unquote(object_id)) is None:
            return self._show_entered(request, unquote(object_id))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method == "POST" and self.get_object(request, unquote(object_id)) is None:
            if not self.has_delete_permission(request):
                raise PermissionDenied
            messages.info(request, f"The {self.opts.verbose_name} is not there any more. Nothing was changed.")
            return HttpResponseRedirect(self._list_address())
        return super().delete_view(request, object_id, extra_context)

    def _opened(self, request: HttpRequest) -> int:
        number = request.POST.get(_OPENED, "")
        return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0

    def _with_edits(self, request: HttpRequest, row: Model, changes: list[Change]) -> list[Change]:
        """Returns changes with who made them. One query, and none if there are no changes."""
        if not changes:
            return []
        since = Edit.objects.filter(
            subject=self.opts.model_name, subject_id=row.pk, pk__gt=self._opened(request)
        ).order_by("-pk")
        edits = list(visible(since, request.user)[:_MAX_EDITS_LISTED])
        named = {change: {self._edit_name(name) for name in change.names} for change in changes}
        return [
            replace(change, edits=tuple(edit for edit in edits if edit.field in named[change])) for change in changes
        ]

    def _edit_name(self, name: str) -> str:
        """Returns how edits name a field."""
        return str(self.opts.get_field(name).verbose_name)  # type: ignore[union-attr]

    def _report(self, request: HttpRequest, kept: list[Change]) -> None:
        for change in kept[:_MAX_MESSAGES]:
            by = f", by {change.edits[0].user_name}" if change.edits else ""
            old, new = (_quote(text) for text in (change.shown, change.theirs))
            messages.info(
                request, f"{change.label} was changed from {old} to {new} while you edited{by}; that is kept."
            )
        more = len(kept) - _MAX_MESSAGES
        if more > 0:
            messages.info(request, f"So were {more:,} more fields; the history lists them.")

    def _show_entered(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows what was entered for an object that is not there any more, or that the user may not see any more."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = self.get_form(request, None, change=True)(request.POST)
        number = object_id if object_id.isdecimal() and len(object_id) < 19 else "0"
        edits = Edit.objects.filter(subject=self.opts.model_name, subject_id=number)
        context = {
            **self.admin_site.each_context(request),
            "title": f"This {self.opts.verbose_name} is not there any more",
            "opts": self.opts,
            "entered": form.entered() if isinstance(form, ConflictForm) else [],
            "edit": visible(edits, request.user).order_by("-pk").first(),
            "list": self._list_address(),
        }
        return TemplateResponse(request, "admin/archive/gone.html", context, status=HTTPStatus.GONE)

    def _list_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


def _quote(text: str) -> str:
    return f"“{Truncator(text).chars(_MAX_VALUE_CHARS)}”" if text else "empty"
