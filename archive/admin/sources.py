"""The admin of sources: their other names and addresses beside their fields, and pages that lie at these addresses.

The page of the pages (`receive_pages`) shows which articles without a name of a source would get this one, and gives
it to them as one operation.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from ..curation import articles_without_source, give_source, pages_of
from ..hosts import show_host
from ..models import UNKNOWN_SOURCE, Article, Source, SourceHost, SourceName, country_names
from ..operations import GIVEN_BY_ADDRESS, operation
from ..sight import may_see_all, visible
from .articles import NamedAdmin
from .conflicts import ConflictForm
from .indexing import sync_index

_MAX_EXAMPLES = 10


class _HostForm(forms.ModelForm):
    """Shows a host as people write it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["host"] = show_host(self.instance.host)


class _PartOfSource(admin.TabularInline):
    """Rows that whoever may change the source may change too."""

    template = "admin/archive/inline_table.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("archive.view_source") or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("archive.change_source" if obj else "archive.add_source")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class NameInline(_PartOfSource):
    model = SourceName
    verbose_name_plural = "also known as"
    extra = 1


class HostInline(_PartOfSource):
    model = SourceHost
    form = _HostForm
    extra = 1


class SourceForm(ConflictForm):
    """A source, with its country by name."""

    country = forms.ChoiceField(required=False, help_text="Where it is based.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(code, f"{name} ({code})") for code, name in country_names().items()]
        if field := self.fields.get("country"):
            field.choices = [("", "Not known"), *names]  # type: ignore[attr-defined]


class CountryFilter(admin.SimpleListFilter):
    """Sources of the countries that sources have."""

    title = "country"
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        sources = visible(Source.objects.exclude(country=""), request.user)
        codes = sources.order_by("country").values_list("country", flat=True).distinct()
        return [(code, country_names().get(code, code)) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(country=self.value()) if self.value() else queryset


@admin.register(Source)
class SourceAdmin(NamedAdmin):
    form = SourceForm
    inlines = [NameInline, HostInline]
    list_display = ["name", "kind", "country", "languages", "zone", "homepage"]
    list_filter = ["kind", CountryFilter]
    search_fields = ["name", "other_names__name", "hosts__host"]
    search_help_text = "Part of a name, of another name or of an address"
    article_parameter = "source__id__exact"
    fields = ["name", "kind", "homepage", "zone", "country", "languages", "ownership", "note"]
    change_form_template = "admin/archive/source/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.receive_pages)
        return [path("<path:object_id>/pages/", view, name="archive_source_pages"), *super().get_urls()]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("ownership", "note"):
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        # Documents without a source have no name and any address.
        return [] if isinstance(obj, Source) and obj.name == UNKNOWN_SOURCE else super().get_inlines(request, obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        source = self.get_object(request, unquote(object_id))
        may_give = source is not None and self._may_give(request, source)
        pages = len(pages_of(source).ids) if may_give and request.method == "GET" else 0
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "page_count": pages})

    def _may_give(self, request: HttpRequest, source: Source) -> bool:
        """Whether a user may give a source to articles: they may be withheld, so the user sees all."""
        may_change = request.user.has_perm("archive.change_article") and may_see_all(request.user)
        return may_change and self.has_change_permission(request, source)

    def receive_pages(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows the articles that would get the source; gives it to those that the page showed when it is sent back.

        What came between the look and the act waits for another look.
        """
        source = self.get_object(request, unquote(object_id))
        if source is None:
            raise Http404(f"no source {object_id}")
        if not self._may_give(request, source):
            raise PermissionDenied
        pages = pages_of(source)
        if request.method == "POST":
            if request.POST.get("shown") == str(len(pages.ids)):
                changed = self._give(request, source, pages.ids)
                messages.success(request, f"{changed:,} article{'' if changed == 1 else 's'} got the source {source}.")
                return HttpResponseRedirect(reverse("admin:archive_source_change", args=[source.pk]))
            messages.warning(request, "The articles have changed. Look at them again.")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Give the source {source}",
            "source": source,
            "hosts": source.hosts.all(),
            "count": len(pages.ids),
            "examples": Article.objects.filter(pk__in=pages.ids[:_MAX_EXAMPLES]).select_related("source"),
            "refused": [
                (reason, len(ids), Article.objects.filter(pk__in=ids[:_MAX_EXAMPLES]))
                for reason, ids in pages.refused.items()
            ],
        }
        return TemplateResponse(request, "admin/archive/source/pages.html", context)

    def _give(self, request: HttpRequest, source: Source, ids: tuple[int, ...]) -> int:
        label = f"Gave the source “{source}” to pages of its addresses"
        with operation(GIVEN_BY_ADDRESS, user_name=request.user.get_username(), label=label) as act:
            act.watch(Article, ids)
            changed = give_source(source, ids)
        sync_index(request)
        return len(changed)


def unknown_source_task(request: HttpRequest) -> tuple[int, str]:
    """Returns how many articles have no known source, of those that the user may see, and where they are listed."""
    count = visible(articles_without_source(), request.user).count()
    unknown = Source.objects.filter(name=UNKNOWN_SOURCE).values_list("pk", flat=True).first()
    return count, f"{reverse('admin:archive_article_changelist')}?source__id__exact={unknown}" if count else ""
