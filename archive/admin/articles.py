"""The admin of articles, sources and topics: lists, filters, forms, and the action that shows articles as received."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import transaction
from django.db.models import Count, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from .. import search_port
from ..curation import SHOWN_AS_RECEIVED, mark_curated, record_edits, show_as_received, take_snapshot
from ..models import (
    Article,
    ArticleVersion,
    Capture,
    Section,
    SectionVersion,
    Source,
    Topic,
    hidden_words,
    is_shown,
    shown_versions,
    wait_to_write,
)
from ..sight import may_see_all, visible
from .bulk_actions import VISIBILITY_FIELDS, BulkChangeAdmin, MergingAdmin

# A list in the admin is for picking articles out; the search page lists all results.
MAX_FOUND_ARTICLES = 5000
# A live page may have 30,000 sections, and each takes a row of the form. With two hidden fields a row, Django refuses
# a form of 500.
MAX_LISTED_SECTIONS = 100


class _FirstSections(BaseInlineFormSet):
    """The rows of the first sections of an article."""

    def get_queryset(self) -> QuerySet[Section]:
        if not hasattr(self, "_queryset"):
            self._queryset = super().get_queryset()[:MAX_LISTED_SECTIONS]
        return self._queryset


class SectionInline(admin.TabularInline):
    """The first current sections of an article. Their words are evidence and cannot be edited."""

    model = Section
    formset = _FirstSections
    extra = 0
    can_delete = False
    view_on_site = False  # the heading in each row links to the section
    fields = readonly_fields = ("position", "entry", "published_at", "version_count", "gone", "withdrawn")
    ordering = ["position", "id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        # A join would count for all sections of the article before the first are taken.
        versions = SectionVersion.objects.filter(section=OuterRef("pk")).order_by().values("section")
        count = Subquery(versions.annotate(count=Count("pk")).values("count"))
        sections = super().get_queryset(request).select_related("current", "gone", "article")
        return sections.annotate(version_total=Coalesce(count, 0))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # The same for all rows: an inline is made for each request.
        now = timezone.now()
        self._hidden = frozenset() if obj is None or obj.is_hidden(now) else hidden_words(obj, now)
        return super().get_formset(request, obj, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="Section")
    def entry(self, section: Section) -> str:
        excerpt = Truncator(section.text).chars(160)
        return format_html(
            '<a href="{}">{}</a><br>{}', section.get_absolute_url(), section.heading or "Without a heading", excerpt
        )

    @admin.display(description="Published (UTC)")
    def published_at(self, section: Section) -> str:
        return f"{section.published:%Y-%m-%d %H:%M}" if section.published else ""

    @admin.display(description="Versions")
    def version_count(self, section: Section) -> int:
        if self._hidden:
            return section.versions.exclude(pk__in=self._hidden).count()
        return int(getattr(section, "version_total", 0))


class CuratedFilter(admin.SimpleListFilter):
    """Articles with or without fields that a curator has set."""

    title = "curated"
    parameter_name = "curated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "yes":
                return queryset.exclude(curated_fields=[])
            case "no":
                return queryset.filter(curated_fields=[])
        return queryset


class RunFilter(admin.SimpleListFilter):
    """The articles of one run; the run's page links here."""

    title = "ingested by"
    parameter_name = "run"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        run = request.GET.get(self.parameter_name, "")
        return [(run, f"Run {run}")] if run.isascii() and run.isdigit() and len(run) < 19 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.lookup_choices:
            return queryset
        captures = Capture.objects.filter(run=int(self.value() or 0))
        versions = visible(ArticleVersion.objects.filter(capture__in=captures), request.user)
        return queryset.filter(pk__in=versions.values("article"))


class DatedFilter(admin.SimpleListFilter):
    """Articles with or without a time of publication."""

    title = "dated"
    parameter_name = "dated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(published__isnull=self.value() == "no") if self.value() else queryset


# A time means nothing without its precision: a curator who sets one of them has set both.
_PUBLISHED_FIELDS = frozenset(("published", "published_precision"))


class ArticleForm(ModelForm):
    """Saves the fields that a curator changed, and no others.

    A capture may have changed the article since the page was opened. Saving all fields would undo that, and mark the
    old values as the curator's. So the page sends the values that it showed beside the edited ones; a request without
    them is compared with the article as it is.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = not self.is_bound or self.add_initial_prefix("headline") in self.data
        for field in self.fields.values():
            field.show_hidden_initial = shown

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        changed = set(self.changed_data)
        if changed & _PUBLISHED_FIELDS:
            changed |= _PUBLISHED_FIELDS
        return {name: value for name, value in cleaned.items() if name in changed}


@admin.register(Article)
class ArticleAdmin(BulkChangeAdmin):
    """Articles, with fields that curators may set; their versions keep the values as received."""

    form = ArticleForm
    list_display = ["headline", "source", "kind", "published_at", "section_count", "is_curated"]
    list_filter = [RunFilter, "kind", "status", DatedFilter, CuratedFilter, "source__kind", "topics"]
    list_select_related = ["source"]
    # Databases differ in whether they sort undated articles before all others or after them.
    ordering = [F("published").desc(nulls_last=True), "-id"]
    list_per_page = 50
    search_fields = ["headline"]  # turns the search box on; get_search_results queries the index
    search_help_text = "In the archive's query language: peace talks, “a phrase”, source:name, date:2025-06"
    autocomplete_fields = ["source", "topics"]
    actions = [*BulkChangeAdmin.actions, "show_as_received"]
    inlines = [SectionInline]
    readonly_fields = ["published_rule", "received", "curated", "sections_listed"]
    fieldsets = [
        (None, {"fields": ["headline", "standfirst", "source", "kind", "topics"]}),
        ("Details", {"fields": ["byline", "url", "language"]}),
        ("Visibility", {"fields": ["status", "embargo", "note"]}),
        ("Times (UTC)", {"fields": [("published", "published_precision"), "published_rule", "updated"]}),
        ("Record", {"fields": ["received", "curated", "sections_listed"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # articles are ingested, with their evidence

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        # Who sets them frees what was withheld.
        return [*self.readonly_fields, *(() if may_see_all(request.user) else VISIBILITY_FIELDS)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        # A subquery counts for the rows of one page; a join would count for all articles before they are sorted.
        of_article = visible(Section.objects.filter(article=OuterRef("pk")), request.user)
        sections = of_article.order_by().values("article").annotate(count=Count("pk"))
        return super().get_queryset(request).annotate(section_total=Coalesce(Subquery(sections.values("count")), 0))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("headline", "standfirst", "byline", "url", "note"):
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 2})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        try:
            found = search_port.get_search_port().find(search_term, MAX_FOUND_ARTICLES)
        except search_port.SearchPortError as error:
            messages.error(request, str(error))
            return queryset.none(), False
        if len(found) == MAX_FOUND_ARTICLES:
            messages.warning(request, f"More than {MAX_FOUND_ARTICLES:,} articles match; the best are listed.")
        return queryset.filter(pk__in=found), False

    def articles_of(self, objects: QuerySet[Any]) -> Iterable[int]:
        return list(objects.values_list("pk", flat=True))

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        assert isinstance(obj, Article)  # noqa: S101
        names = {"published" if name == "published_precision" else name for name in form.changed_data}
        mark_curated(obj, names)
        super().save_model(request, obj, form, change)

    @admin.display(description="Published (UTC)", ordering=F("published").asc(nulls_first=True))
    def published_at(self, article: Article) -> str:
        return f"{article.published:%Y-%m-%d %H:%M}" if article.published else "undated"

    @admin.display(description="Sections", ordering="section_total")
    def section_count(self, article: Article) -> int:
        return int(getattr(article, "section_total", 0))

    @admin.display(description="Curated", boolean=True)
    def is_curated(self, article: Article) -> bool:
        return bool(article.curated_fields)

    @admin.display(description="Headline as received")
    def received(self, article: Article) -> str:
        now = timezone.now()
        versions = article.versions.all() if article.is_hidden(now) else shown_versions(now).filter(article=article)
        version = versions.order_by("-capture__captured", "-id").first()
        return version.headline if version else ""

    @admin.display(description="Set by curators")
    def curated(self, article: Article) -> str:
        return ", ".join(article.curated_fields) or "nothing"

    @admin.display(description="Sections")
    def sections_listed(self, article: Article) -> str:
        count = self.section_count(article)
        if count <= MAX_LISTED_SECTIONS:
            return f"{count:,}"
        return format_html(
            '{}; the first {} are listed below, all on <a href="{}">the page of the article</a>',
            *(f"{count:,}", MAX_LISTED_SECTIONS, article.get_absolute_url()),
        )

    @admin.action(description="Show as received: undo all edits by curators", permissions=["change"])
    @transaction.atomic
    def show_as_received(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        wait_to_write()
        articles = [article for article in queryset if article.curated_fields]
        before = take_snapshot(Article, [article.pk for article in articles])
        for article in articles:
            show_as_received(article)
            self.log_change(request, article, "Shown as received.")
        record_edits(before, user_name=request.user.get_username(), how=SHOWN_AS_RECEIVED)
        self.index_again(request, [article.pk for article in articles])
        messages.success(request, f"{len(articles):,} articles are shown as received.")


class _NamedAdmin(MergingAdmin):
    """An admin of sources or topics, with the number of articles of each."""

    search_fields = ["name"]
    # Queries with counts do not use the order of the model.
    ordering = ["name"]
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted = Q() if may_see_all(request.user) else is_shown(timezone.now(), article="articles")
        return super().get_queryset(request).annotate(article_total=Count("articles", filter=counted))

    def articles_of(self, objects: QuerySet[Any]) -> Iterable[int]:
        return list(objects.order_by().exclude(articles=None).values_list("articles__pk", flat=True).distinct())

    @admin.display(description="Articles", ordering="article_total")
    def article_count(self, named: Source | Topic) -> int:
        return int(getattr(named, "article_total", 0))


@admin.register(Source)
class SourceAdmin(_NamedAdmin):
    list_display = ["name", "kind", "article_count", "homepage"]
    list_filter = ["kind"]


@admin.register(Topic)
class TopicAdmin(_NamedAdmin):
    list_display = ["name", "article_count", "note"]
