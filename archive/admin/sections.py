"""The admin of sections: the list of those of an article, and the words of each, which are evidence."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, Model, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce, Left
from django.http import HttpRequest, HttpResponse

from .. import search_port
from ..errors import without_commands
from ..models import Article, Section, SectionVersion, Source
from ..sight import visible
from .captures import ReadOnlyAdmin
from .columns import counted, in_readers_zone, show_outlet_time, show_words
from .entry_list import entry_address
from .filters import YesNoFilter, named_filter, row_filter
from .neighbours import find_neighbours

_MAX_LEAD_CHARS = 200
# A list in the admin is for picking sections out; the search page lists all results.
MAX_FOUND_SECTIONS = 5000


def _of_article(sections: QuerySet[Any], article_id: int, request: HttpRequest) -> QuerySet[Any]:
    return sections.filter(article=article_id)


class GoneFilter(YesNoFilter):
    """Sections that the latest capture of their page has, or no longer has."""

    title = "gone from the page"
    parameter_name = "is_gone"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(gone__isnull=self.value() == "no") if self.value() else queryset


class CuratedFilter(YesNoFilter):
    """Sections with or without a value or a place that a curator has set."""

    title = "curated"
    parameter_name = "is_curated"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        columns = [names[-1] for names in Section.CURATED_COLUMNS.values()]
        curated = Q(curated_after__isnull=False)
        for column in columns:
            curated |= Q(**{f"{column}__isnull": False})
        match self.value():
            case "yes":
                return queryset.filter(curated)
            case "no":
                return queryset.exclude(curated)
        return queryset


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    """Sections in the order of their page, numbered from 1."""

    list_display = ["number", "heading", "article_shown", "published_at", "version_count", "state"]
    list_display_links = ["number", "heading"]
    list_filter = [
        row_filter(Article, "article", "article", _of_article),
        named_filter(Source, "article__source", "source"),
        GoneFilter,
        CuratedFilter,
    ]
    list_select_related = ["article__source", "current", "gone"]
    list_per_page = 50
    # The latest articles first, each with its sections in their order.
    ordering = ["-article_id", "position", "id"]
    search_fields = ["current__heading", "curated_heading", "current__text"]
    search_help_text = (
        "In the archive's query language; in the sections of one article: part of a heading or of a text"
    )
    change_form_template = "admin/archive/section/change_form.html"
    actions = None
    fields = ["article", "number", "heading", "text", "byline", "published_at", "version_count", "state"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        versions = visible(SectionVersion.objects.filter(section=OuterRef("pk")), request.user)
        sections = super().get_queryset(request)
        return sections.annotate(
            version_total=counted(versions),
            lead=Left(Coalesce("divided_text", "current__text"), _MAX_LEAD_CHARS),
            heading_shown=Coalesce("curated_heading", "current__heading"),
            time_shown=Case(
                When(curated_precision__isnull=False, then="curated_published"), default="current__published"
            ),
        )

    def get_sortable_by(self, request: HttpRequest) -> Any:
        # What the words say is in another table: nothing but the order of the list could be read in an order.
        return self.get_list_display(request) if "article" in request.GET else []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip() or "article" in request.GET:
            return super().get_search_results(request, queryset, search_term)
        try:
            found = search_port.get_search_port().find_sections(search_term, MAX_FOUND_SECTIONS)
        except search_port.SearchPortError as error:
            messages.error(request, without_commands(str(error)))
            return queryset.none(), False
        if len(found) == MAX_FOUND_SECTIONS:
            messages.warning(request, f"More than {MAX_FOUND_SECTIONS:,} sections match; the best are listed.")
        return queryset.filter(pk__in=found), False

    def get_list_display(self, request: HttpRequest) -> Any:
        # Of one article, the list does not repeat its headline in each row.
        return [name for name in self.list_display if name != "article_shown" or "article" not in request.GET]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the user may delete articles, which takes their sections along. Alone, no section is deleted."""
        return request.user.has_perm("archive.delete_article")

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        section = self.get_object(request, unquote(object_id))
        if section:
            context["neighbours"] = find_neighbours(self, request, section.pk)
            if request.user.has_perm("archive.change_article"):
                context["entry_address"] = entry_address(section.article_id, section.shown_in_id or section.pk)
        return super().change_view(request, object_id, form_url, {**context, "show_delete": False})

    @admin.display(description="No.", ordering="position")
    def number(self, section: Section) -> int:
        return section.position + 1

    @admin.display(description="Heading", ordering="heading_shown")
    def heading(self, section: Section) -> str:
        return show_words(section.heading or "Without a heading", getattr(section, "lead", ""))

    @admin.display(description="Article", ordering="article__headline")
    def article_shown(self, section: Section) -> str:
        return show_words(section.article.headline)

    @admin.display(description=in_readers_zone("Published"), ordering=F("time_shown").asc(nulls_first=True))
    def published_at(self, section: Section) -> str:
        return show_outlet_time(section.own_time)

    @admin.display(description="Versions", ordering="version_total")
    def version_count(self, section: Section) -> str:
        return f"{int(getattr(section, 'version_total', 0)):,}"

    @admin.display(description="State")
    def state(self, section: Section) -> str:
        if section.shown_in_id:
            return f"shown in section number {section.shown_in_id}"
        if section.withdrawn:
            return "withdrawn by the outlet"
        return f"gone since {section.gone.captured:%Y-%m-%d %H:%M} UTC" if section.gone else "on the page"
