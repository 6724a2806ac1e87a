"""The admin of names: the list, by any variant; one name with its spellings and texts; and the merging of several.

What waits for a decision is on the pages of `name_queue`.
"""

import re
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from ..annotate import sound_key
from ..models import MAX_SPELLING_CHARS, Name, NameJudgement, Spelling, Verdict, fold_name
from ..naming import MAX_MERGED_NAMES, count_mentions, passages_of, state_of
from ..operations import (
    ADD_SPELLING,
    CONFIRM_SPELLINGS,
    DECIDE_NAMES,
    MERGE_NAMED,
    NAME_EDITED,
    SPLIT_NAME,
    NameAct,
)
from ..paging import MAX_COUNTED
from ..sight import visible
from .columns import show_words
from .conflicts import ConflictForm
from .indexing import IndexedAdmin
from .name_acts import carry_out, may_decide, may_merge
from .name_queue import show_queue

_MAX_ADDRESSES = 20
_MAX_ADDRESS_CHARS = 2000
# A cell of the list names so many of the spellings.
_MAX_SHOWN_SPELLINGS = 6
# More than these, the page of a name does not list; the search finds the texts.
_MAX_LISTED_SPELLINGS = 200
# Who sees which row is decided for each: a list counts so many for users who do not see all.
_MAX_COUNTED_WITH_RULES = 1000
# The numbers are parameters of a statement.
_MAX_FOUND = 5000
_NUMBER = re.compile(r"[0-9]{1,18}")
_is_web_address = URLValidator(schemes=["http", "https"])


class AddressesField(forms.CharField):
    """Web addresses, one on each line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in str(super().clean(value)).splitlines()]
        addresses = list(dict.fromkeys(filter(None, lines)))
        if len(addresses) > _MAX_ADDRESSES:
            raise ValidationError(f"At most {_MAX_ADDRESSES} addresses are kept; these are {len(addresses):,}.")
        for address in addresses:
            if len(address) > _MAX_ADDRESS_CHARS:
                raise ValidationError(f"An address has at most {_MAX_ADDRESS_CHARS:,} characters.")
            try:
                _is_web_address(address)
            except ValidationError as error:
                raise ValidationError(f"“{address[:100]}” is no address of the web.") from error
        return addresses

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), "\n".join(str(data or "").splitlines()))


class NameForm(ConflictForm):
    """How a name is written, what it is of, and what is known of it elsewhere."""

    same_as = AddressesField(
        label="Same as",
        required=False,
        max_length=_MAX_ADDRESSES * (_MAX_ADDRESS_CHARS + 2),
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text="Web addresses of the same, such as in Wikidata, one on each line.",
    )

    def clean_label(self) -> str:
        label = " ".join(str(self.cleaned_data["label"]).split())
        if not any(map(str.isalnum, label)):
            raise ValidationError("A name needs a letter or a digit.")
        return label


class DecidedFilter(admin.SimpleListFilter):
    """Names on which somebody decided, and how."""

    title = "decision"
    parameter_name = "decided"
    _CONDITIONS: ClassVar = {
        "accepted": ("Accepted", Q(verdict=Verdict.ACCEPTED)),
        "rejected": ("Rejected", Q(verdict=Verdict.REJECTED)),
        "no": ("None yet", Q(verdict=None)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in self._CONDITIONS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self._CONDITIONS.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


@admin.register(Name)
class NameAdmin(IndexedAdmin):
    """Names, the most mentioned first. They come from texts: none is added or deleted by hand."""

    form = NameForm
    edited = NAME_EDITED
    list_display = ["label", "type", "variants", "mentions", "decision"]
    list_filter = ["type", DecidedFilter]
    ordering = ["-mentioned", "pk"]
    sortable_by = ["label"]
    list_per_page = 50
    max_counted = (MAX_COUNTED, _MAX_COUNTED_WITH_RULES)
    search_fields = ["label"]  # turns the search box on; get_search_results looks at all spellings
    search_help_text = "Part of any spelling, in any script"
    fields = ["label", "type", "note", "same_as"]
    actions = ["merge", "accept", "reject"]
    change_list_template = "admin/archive/name/change_list.html"
    change_form_template = "admin/archive/name/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view

        def queue(request: HttpRequest) -> HttpResponse:
            return show_queue(self, request)

        return [
            path("queue/", wrap(queue), name="archive_name_queue"),
            path("merge/", wrap(self.merge_page), name="archive_name_merge"),
            path("<path:object_id>/spellings/", wrap(self.change_spellings), name="archive_name_spellings"),
            *super().get_urls(),
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "note":
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "label" in form.changed_data:
            obj.choose_label(obj.label)
        super().save_model(request, obj, form, change)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return may_merge(request)

    # --- the list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        # The page of a name that was merged leads to the one that was kept.
        match = request.resolver_match
        return rows.filter(merged_into=None) if match and match.url_name == "archive_name_changelist" else rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Finds names by a part of a spelling that the user may see, or by one that sounds so. One pass over all."""
        folded = fold_name(search_term)[:MAX_SPELLING_CHARS]
        if not folded:
            return queryset, False
        spelt = Q(folded__contains=folded)
        if sound := sound_key(folded):
            spelt |= Q(sound=sound)
        # What matches is found before anybody asks who may see it, which takes longer.
        matching = Spelling.objects.filter(spelt).order_by().values_list("pk", flat=True)[:_MAX_FOUND]
        spellings = visible(Spelling.objects.filter(pk__in=list(matching)), request.user)
        found = set(spellings.values_list("name", flat=True))
        found |= set(Name.objects.filter(label__icontains=search_term).values_list("pk", flat=True)[:_MAX_FOUND])
        if len(found) >= _MAX_FOUND:
            messages.warning(
                request, f"More than {_MAX_FOUND:,} names match; some of them are listed. Write more of it."
            )
        return queryset.filter(pk__in=found), False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Returns the list, with the spellings and the mentions of the names of its page. Three queries."""
        found = super().get_changelist_instance(request)
        rows: list[Any] = list(found.result_list)
        spellings = visible(Spelling.objects.order_by("pk"), request.user)
        prefetch_related_objects(rows, Prefetch("spellings", spellings, to_attr="shown_spellings"))
        counts = count_mentions("spelling__name", [name.pk for name in rows], request.user)
        for name in rows:
            name.mention_total = counts[name.pk]
        found.result_list = rows
        return found

    @admin.display(description="Variants")
    def variants(self, name: Any) -> str:
        others = [spelling.text for spelling in name.shown_spellings if spelling.text != name.label]
        more = f" and {len(others) - _MAX_SHOWN_SPELLINGS:,} more" if len(others) > _MAX_SHOWN_SPELLINGS else ""
        return show_words(", ".join(others[:_MAX_SHOWN_SPELLINGS]) + more) if others else ""

    @admin.display(description="Mentions")
    def mentions(self, name: Any) -> str:
        return f"{name.mention_total:,}"

    @admin.display(description="Decision", empty_value="found by rule")
    def decision(self, name: Name) -> str | None:
        return name.get_verdict_display() if name.verdict else None

    @admin.action(description="Merge into one", permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        ids = list(queryset.values_list("pk", flat=True)[: MAX_MERGED_NAMES + 1])
        if not 2 <= len(ids) <= MAX_MERGED_NAMES:
            messages.error(request, f"Select two to {MAX_MERGED_NAMES} names to merge.")
            return None
        return HttpResponseRedirect(f"{reverse('admin:archive_name_merge')}?{'&'.join(f'name={pk}' for pk in ids)}")

    @admin.action(description="Accept", permissions=["change"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self._decide(request, queryset, Verdict.ACCEPTED)

    @admin.action(description="Reject: these are no names", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self._decide(request, queryset, Verdict.REJECTED)

    def _decide(self, request: HttpRequest, queryset: QuerySet[Any], verdict: Verdict) -> HttpResponse | None:
        ids = list(queryset.values_list("pk", flat=True)[: MAX_MERGED_NAMES + 1])
        if len(ids) > MAX_MERGED_NAMES:
            messages.error(request, f"Select {MAX_MERGED_NAMES} names at most.")
            return None
        carry_out(request, DECIDE_NAMES, {"names": ids, "verdict": verdict})
        return None

    # --- one name ---

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        name = self.get_object(request, unquote(object_id)) if request.method == "GET" else None
        if not isinstance(name, Name):
            return super().change_view(request, object_id, form_url, extra_context)
        if name.merged_into_id:
            messages.info(request, f"“{name}” was merged into this name.")
            return HttpResponseRedirect(reverse("admin:archive_name_change", args=[name.merged_into_id]))
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **self._about(request, name)}
        )

    def _about(self, request: HttpRequest, name: Name) -> dict[str, Any]:
        spellings = list(visible(name.spellings.order_by("pk"), request.user)[:_MAX_LISTED_SPELLINGS])
        counts = count_mentions("spelling", [spelling.pk for spelling in spellings], request.user)
        pairs = NameJudgement.objects.filter(Q(name=name) | Q(other=name)).values_list("name", "other")
        apart = visible(Name.objects.filter(pk__in={pk for pair in pairs for pk in pair} - {name.pk}), request.user)
        return {
            "spellings": [(spelling, counts[spelling.pk]) for spelling in spellings],
            "seen": state_of([name]),
            "passages": passages_of(name.pk, request.user),
            "apart": apart,
            "may_decide": may_decide(request),
        }

    def change_spellings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Decides on a name or on chosen spellings of it, as the button says, and comes back to its page."""
        name = self.get_object(request, unquote(object_id))
        if name is None:
            raise Http404(f"no name {object_id}")
        if not may_decide(request):
            raise PermissionDenied
        back = HttpResponseRedirect(reverse("admin:archive_name_change", args=[name.pk]))
        if request.method != "POST":
            return back
        wanted = [int(text) for text in request.POST.getlist("spelling") if _NUMBER.fullmatch(text)]
        chosen = list(visible(name.spellings.filter(pk__in=wanted), request.user).values_list("pk", flat=True))
        act, parameters = _act_for(request, chosen)
        if act is None:
            messages.error(request, "Nothing was done: choose spellings, then a button.")
            return back
        carry_out(request, act, {"names": [name.pk], **parameters}, seen=request.POST.get("seen", ""), rows=[name])
        return back

    # --- merging ---

    def merge_page(self, request: HttpRequest) -> HttpResponse:
        """Shows names side by side with their texts; merges them into the one that is chosen."""
        if not may_merge(request):
            raise PermissionDenied
        ids = [int(text) for text in request.GET.getlist("name")[:MAX_MERGED_NAMES] if _NUMBER.fullmatch(text)]
        names = list(visible(Name.objects.filter(pk__in=ids, merged_into=None), request.user).order_by(*self.ordering))
        if len(names) < 2:
            messages.error(request, "The names are not there any more, or were merged. Choose others.")
            return HttpResponseRedirect(reverse("admin:archive_name_changelist"))
        if request.method == "POST":
            kept = next((name for name in names if str(name.pk) == request.POST.get("kept")), None)
            if kept is None:
                messages.error(request, "Nothing was done: choose the name to keep.")
            else:
                order = [kept.pk, *(name.pk for name in names if name is not kept)]
                label = request.POST.get("label", "").strip()
                parameters = {"names": order, "label": "" if label == kept.label else label}
                if carry_out(request, MERGE_NAMED, parameters, seen=request.POST.get("seen", ""), rows=names):
                    return HttpResponseRedirect(reverse("admin:archive_name_change", args=[kept.pk]))
        counts = count_mentions("spelling__name", [name.pk for name in names], request.user)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Merge names",
            "names": [(name, counts[name.pk], passages_of(name.pk, request.user)) for name in names],
            "seen": state_of(names),
            "max_chars": MAX_SPELLING_CHARS,
        }
        return TemplateResponse(request, "admin/archive/name/merge.html", context)


def _act_for(request: HttpRequest, chosen: list[int]) -> tuple[NameAct | None, dict[str, Any]]:
    """Returns what the button says, and its parameters; none where it needs spellings and there are none."""
    sent = request.POST
    match sent.get("decision"):
        case "accept":
            return DECIDE_NAMES, {"verdict": Verdict.ACCEPTED}
        case "reject":
            return DECIDE_NAMES, {"verdict": Verdict.REJECTED}
        case "take back":
            return DECIDE_NAMES, {"verdict": None}
        case "add" if sent.get("text", "").strip():
            return ADD_SPELLING, {"text": sent["text"], "language": sent.get("language", "")[:20]}
        case "confirm" if chosen:
            return CONFIRM_SPELLINGS, {"spellings": chosen}
        case "split" if chosen:
            return SPLIT_NAME, {"spellings": chosen}
        case "no name" if chosen:
            return SPLIT_NAME, {"spellings": chosen, "rejected": True}
    return None, {}
