"""The entries of an article in the admin: edited singly in place, taken back, and put in another order.

With htmx an entry opens and closes in the list of the article's page; without it, it has a page of its own. The form
says which state of the entry it was made of: what another saved since is shown, and not overwritten. For `articles`
alone; what is set is up to `archive.curation`.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.text import Truncator

from .. import search_port
from ..admin_looks import label_parts
from ..curation import EntryValues, load_entry_order, save_places, set_entry
from ..models import (
    IS_BY_ITSELF,
    PRECISION_CHOICES,
    PRECISION_NAMES,
    Article,
    Section,
    SectionVersion,
    Topic,
    TopicName,
    impossible_time,
    with_name,
)
from ..operations import ENTRY_EDITED, REORDERED, operation
from ..sight import User, visible
from .divided_entries import divide_entry
from .entry_list import (
    MAX_LISTED_ENTRIES,
    divide_address,
    entry_address,
    is_place,
    load_entry_list,
    visible_order,
    write_row,
)
from .indexing import IndexedAdmin, sync_index
from .neighbours import find_neighbours

_MAX_HEADING_CHARS = 1_000
_MAX_NOTE_CHARS = 10_000
_MAX_TOPICS_CHARS = 5_000
_MAX_LABEL_CHARS = 80
# Each value that can be taken back, by the field of the form that it is beside.
_TAKEN_BACK = ("heading", "published", "key_event", "note", "topics")


def _time_field() -> forms.SplitDateTimeField:
    label, widget = "Time of the entry (UTC)", AdminSplitDateTime()
    label_parts(widget, label)
    return forms.SplitDateTimeField(label=label, required=False, widget=widget)


class EntryForm(forms.Form):
    """The values of an entry; `seen` names the state of the entry that the page showed."""

    heading = forms.CharField(
        required=False, max_length=_MAX_HEADING_CHARS, widget=AdminTextareaWidget(attrs={"rows": 2})
    )
    published = _time_field()
    published_precision = forms.ChoiceField(
        label="Precision", required=False, choices=[("", "No time"), *PRECISION_CHOICES]
    )
    key_event = forms.BooleanField(label="Key event", required=False)
    note = forms.CharField(required=False, max_length=_MAX_NOTE_CHARS, widget=AdminTextareaWidget(attrs={"rows": 2}))
    topics = forms.CharField(
        label="Topics of the entry",
        required=False,
        max_length=_MAX_TOPICS_CHARS,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="One a line, in addition to those of the article.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, section: Section, data: Any = None, *, user: User) -> None:
        self.section, self._user = section, user
        super().__init__(data, initial=_initial(section), auto_id=f"e{section.pk}-%s")

    def clean_heading(self) -> str:
        return " ".join(self.cleaned_data["heading"].split())

    def clean_note(self) -> str:
        return str(self.cleaned_data["note"]).replace("\r\n", "\n")

    def clean_topics(self) -> list[Topic]:
        names = filter(None, (line.strip() for line in self.cleaned_data["topics"].splitlines()))
        found = [_find_topic(name, self._user) for name in dict.fromkeys(names)]
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        at, precision = cleaned.get("published"), cleaned.get("published_precision")
        if at and not precision:
            self.add_error("published_precision", "Say how precisely the time is known.")
        elif precision and not at and "published" not in self.errors:
            self.add_error("published", "Give the time, or choose “No time”.")
        if at and (reason := impossible_time(at)):
            self.add_error("published", reason)
        if self.data.get("seen") != digest_of(self.section):
            # What the page shows next is the state as it is.
            self.data = {**{name: self.data[name] for name in self.data}, "seen": digest_of(self.section)}
            self.add_error(
                None,
                f"It was changed since you opened it. Now it has {describe(self.section)}. Save again to have your "
                "values instead, or leave the form to keep these.",
            )
        return cleaned

    def values(self) -> EntryValues:
        """Returns the values of a valid form. A time that was not edited is as exact as it was."""
        shown, cleaned = self.section.shown, self.cleaned_data
        at: datetime | None = cleaned["published"]
        if at and shown.published and at == shown.published.replace(microsecond=0):
            at = shown.published
        return EntryValues(
            cleaned["heading"], at, cleaned["published_precision"], cleaned["key_event"], cleaned["note"]
        )


def _initial(section: Section) -> dict[str, Any]:
    shown = section.shown
    return {
        "heading": shown.heading,
        "published": shown.published,
        "published_precision": shown.published_precision,
        "key_event": shown.key_event,
        "note": shown.note,
        "topics": "\n".join(_topic_names(section)),
        "seen": digest_of(section),
    }


def _topic_names(section: Section) -> list[str]:
    return sorted(topic.name for topic in section.topics.all())


def _find_topic(name: str, user: User) -> Topic:
    """Returns the topic with a name or another name; another name of a topic that the user may not see names none."""
    other = visible(with_name(TopicName, name), user).first()
    topic = with_name(Topic, name).first() or (other.topic if isinstance(other, TopicName) else None)
    if topic is None:
        raise forms.ValidationError(f"There is no topic “{Truncator(name).chars(_MAX_LABEL_CHARS)}”. Add it first.")
    return topic


def digest_of(section: Section) -> str:
    """Returns what tells two states of an entry apart: what is shown of it, and its words."""
    state = [*_described(section.shown), *_topic_names(section), section.current_id, section.divided_text]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:32]


def _time_of(version: SectionVersion) -> str:
    at = version.published
    return f"{at:%Y-%m-%d %H:%M:%S} UTC, {PRECISION_NAMES[version.published_precision]}" if at else ""


def _described(version: SectionVersion) -> list[str]:
    return [
        f"heading “{version.heading}”" if version.heading else "no heading",
        f"time {_time_of(version)}" if version.published else "no time",
        "key event" if version.key_event else "no key event",
        f"note “{version.note}”" if version.note else "no note",
    ]


def describe(section: Section) -> str:
    """Returns what is shown of an entry, in words."""
    topics = ", ".join(_topic_names(section))
    return "; ".join([*_described(section.shown), f"topics {topics}" if topics else "no topics of its own"])


class EntriesAdmin(IndexedAdmin):
    """The pages of the entries of an article."""

    change_form_template = "admin/archive/article/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        return [
            path("<int:pk>/entries/move/", site.admin_view(self.move_entry), name="archive_article_move_entry"),
            path(
                "<int:pk>/entries/<int:section>/divide/", site.admin_view(self.divide), name="archive_article_divide"
            ),
            path("<int:pk>/entries/<int:section>/", site.admin_view(self.entry), name="archive_article_entry"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        article = kwargs.get("obj")
        if isinstance(article, Article):
            may_change = self.has_change_permission(request, article)
            context |= {
                "entry_list": load_entry_list(request, article, may_change=may_change),
                "neighbours": find_neighbours(self, request, article.pk),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def entry(self, request: HttpRequest, pk: int, section: int) -> HttpResponse:
        """The form of one entry, beside what readers see; for htmx the item of the list, open or closed."""
        found = self._entry_or_404(request, pk, section)
        is_item = request.headers.get("HX-Request") == "true"
        if request.method != "POST":
            if is_item and "closed" in request.GET:
                return self._closed_item(request, found)
            return self._show_form(request, found, EntryForm(found, user=request.user), is_item=is_item)
        with operation(ENTRY_EDITED, user_name=request.user.get_username(), label="") as act:
            # Read again, now that nobody else writes.
            found = self._entry_or_404(request, pk, section)
            form = EntryForm(found, request.POST, user=request.user)
            act.label = f"Edited “{Truncator(str(found)).chars(_MAX_LABEL_CHARS)}” of “{found.article}”"
            act.watch(Section, [found.pk])
            is_valid = self._save(form, request.POST.get("take_back", ""))
        if not is_valid:
            return self._show_form(request, found, form, is_item=is_item)
        outcome = "Saved." if act.changed else "Nothing was changed."
        if act.changed:
            sync_index(request)
        if is_item:
            return self._closed_item(request, self._entry_or_404(request, pk, section), status=outcome)
        messages.success(request, outcome)
        return HttpResponseRedirect(entry_address(pk, section))

    def _save(self, form: EntryForm, taken_back: str) -> bool:
        """Saves a valid form, with one value as received if that was asked for; returns whether it was valid."""
        if not form.is_valid():
            return False
        values, topics = form.values(), [topic.pk for topic in form.cleaned_data["topics"]]
        section = form.section
        if taken_back in _TAKEN_BACK and section.current:
            received = EntryValues.of(section.current)
            own = {name: getattr(values, name) for name in EntryValues.__dataclass_fields__}
            names = {"published": ("published", "published_precision"), "topics": ()}.get(taken_back, (taken_back,))
            own |= {name: getattr(received, name) for name in names}
            values, topics = EntryValues(**own), [] if taken_back == "topics" else topics
        set_entry(section, values, topics)
        return True

    def divide(self, request: HttpRequest, pk: int, section: int) -> HttpResponse:
        """The page on which an entry is split, or joined with the next."""
        return divide_entry(request, self.admin_site, lambda: self._entry_or_404(request, pk, section), digest_of)

    def move_entry(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Puts an entry a place up or down, at a place by its number, or back to where the outlet has it."""
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:archive_article_change", args=[pk]))
        action, number = next(
            ((name, request.POST[name]) for name in ("up", "down", "to", "back") if name in request.POST), ("", "")
        )
        section = self._entry_or_404(request, pk, int(number) if number.isdecimal() and len(number) < 19 else 0)
        with operation(REORDERED, user_name=request.user.get_username(), label="") as act:
            order = load_entry_order(section.article.sections.all())
            at = order.shown.index(section.pk) + 1
            if action == "back":
                changes = order.changes_to_take_back(section.pk)
            else:
                written = request.POST.get("place", "")
                place = {"up": at - 1, "down": at + 1}.get(action, int(written) if is_place(written) else at)
                changes = order.changes_to_place(section.pk, place)
            act.label = f"Moved “{Truncator(str(section)).chars(_MAX_LABEL_CHARS)}” of “{section.article}”"
            act.watch(Section, changes)
            save_places(changes)
        if act.changed:
            sync_index(request)
        place = visible_order(request, section.article).shown.index(section.pk)
        page = place // MAX_LISTED_ENTRIES + 1
        query = f"?{urlencode({'entries': page})}" if page > 1 else ""
        return HttpResponseRedirect(f"{reverse('admin:archive_article_change', args=[pk])}{query}#e{section.pk}")

    def _entry_or_404(self, request: HttpRequest, pk: int, section: int) -> Section:
        """Returns an entry that the user may edit. Two queries."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        rows = Section.objects.filter(IS_BY_ITSELF, pk=section, article=pk)
        found = visible(rows, request.user).select_related("current", "gone", "article__source")
        entry = found.prefetch_related("topics").first()
        if entry is None:
            raise Http404(f"no section {section} of article {pk}")
        return entry

    def _show_form(self, request: HttpRequest, section: Section, form: EntryForm, *, is_item: bool) -> HttpResponse:
        order = visible_order(request, section.article).shown
        at = order.index(section.pk)
        if is_item:
            form.fields["heading"].widget.attrs["data-focus"] = not form.errors
        context = {
            **self.admin_site.each_context(request),
            "title": "Entry",
            "subtitle": str(section),
            "opts": self.opts,
            "section": section,
            "article": section.article,
            "form": form,
            "fields": list(_fields(form)),
            "media": self.media + form.media,
            "number": at + 1,
            "total": len(order),
            "preview": search_port.get_search_port().preview(request, section.pk),
            "address": entry_address(section.article_id, section.pk),
            "divide_address": divide_address(section.article_id, section.pk),
            "previous": entry_address(section.article_id, order[at - 1]) if at else "",
            "next": entry_address(section.article_id, order[at + 1]) if at + 1 < len(order) else "",
        }
        template = "admin/archive/article/entry_item.html" if is_item else "admin/archive/article/entry.html"
        return TemplateResponse(request, template, context)

    def _closed_item(self, request: HttpRequest, section: Section, *, status: str = "") -> HttpResponse:
        order = visible_order(request, section.article).shown
        address = entry_address(section.article_id, section.pk)
        number = order.index(section.pk) + 1
        return HttpResponse(write_row(section, number, len(order), address, status=status, has_focus=True))


def _fields(form: EntryForm) -> Iterable[dict[str, Any]]:
    """Yields the fields of the form, each with the value as received where a curator set another."""
    section = form.section
    received = section.current
    assert received is not None  # noqa: S101
    curated = {*section.curated_fields, *(["topics"] if section.topics.all() else [])}
    values = {
        "heading": received.heading,
        "published": _time_of(received),
        "key_event": "yes" if received.key_event else "no",
        "note": received.note,
    }
    for field in form.visible_fields():
        yield {"field": field, "is_curated": field.name in curated, "received": values.get(field.name, "")}
