"""The admin of articles and topics: lists, filters, forms, and the action that shows articles as received."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import F, Model, OuterRef, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from .. import search_port
from ..curation import mark_curated
from ..errors import without_commands
from ..models import (
    Article,
    ArticleVersion,
    Capture,
    IngestRun,
    Section,
    Source,
    Topic,
    shown_versions,
)
from ..received_addresses import articles_at, keys_of
from ..sight import may_see_all, visible
from ..topic_tree import load_tree
from .bulk_actions import VISIBILITY_FIELDS, BulkChangeAdmin, MergingAdmin
from .captures import captures_of
from .columns import CountColumn, count_column, counted, in_readers_zone, show_outlet_time
from .conflicts import ConflictForm
from .entries import EntriesAdmin
from .filters import YesNoFilter, named_filter, row_filter, titled
from .trash import TrashAdmin, TrashFilter

# A list in the admin is for picking articles out; the search page lists all results.
# The ids are parameters of a statement, of which SQLite takes 32,766.
MAX_FOUND_ARTICLES = 25_000


class CuratedFilter(YesNoFilter):
    """Articles with or without fields that a curator has set."""

    title = "curated"
    parameter_name = "curated"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "yes":
                return queryset.exclude(curated_fields=[])
            case "no":
                return queryset.filter(curated_fields=[])
        return queryset


class DatedFilter(YesNoFilter):
    """Articles with or without a time of publication."""

    title = "dated"
    parameter_name = "dated"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(published__isnull=self.value() == "no") if self.value() else queryset


def _of_run(articles: QuerySet[Any], run_id: int, request: HttpRequest) -> QuerySet[Any]:
    versions = visible(ArticleVersion.objects.filter(capture__run=run_id), request.user)
    return articles.filter(pk__in=versions.values("article"))


def _under_topic(articles: QuerySet[Any], topic_id: int, request: HttpRequest) -> QuerySet[Any]:
    return _filed(articles, list(load_tree().under(topic_id)))


def _filed_under_topic(articles: QuerySet[Any], topic_id: int, request: HttpRequest) -> QuerySet[Any]:
    return _filed(articles, [topic_id])


def _filed(articles: QuerySet[Any], topics: list[int]) -> QuerySet[Any]:
    """Returns the articles that are filed under these topics, or one of their sections."""
    whole = Article.topics.through.objects.filter(topic__in=topics).values("article")
    sections = Section.topics.through.objects.filter(topic__in=topics).values("section__article")
    return articles.filter(Q(pk__in=whole) | Q(pk__in=sections))


class ArticleForm(ConflictForm):
    """Saves what a curator changed alone: to save all fields would mark the values of captures as the curator's."""

    # A time means nothing without its precision: a curator who sets one of them has set both.
    UNITS = (("published", "published_precision"),)
    # Lists and titles of pages have them.
    MAX_CHARS: ClassVar = {"headline": 1000, "byline": 1000, "url": 2000}


@admin.register(Article)
class ArticleAdmin(TrashAdmin, EntriesAdmin, BulkChangeAdmin):
    """Articles, with fields that curators may set; their versions keep the values as received."""

    form = ArticleForm
    list_display = ["headline", "source", "kind", "published_at", "curated"]
    list_filter = [
        row_filter(IngestRun, "ingested by", "run", _of_run),
        named_filter(Source, "source", "source__id__exact"),
        named_filter(Topic, "topics", "topics__id__exact"),
        row_filter(Topic, "topic with narrower ones", "under", _under_topic),
        row_filter(Topic, "filed under", "filed", _filed_under_topic),
        "kind",
        "status",
        DatedFilter,
        CuratedFilter,
        TrashFilter,
        ("source__kind", titled(admin.ChoicesFieldListFilter, "kind of source")),
    ]
    list_select_related = ["source"]
    # Databases differ in whether they sort undated articles before all others or after them.
    ordering = [F("published").desc(nulls_last=True), "-id"]
    list_per_page = 50
    search_fields = ["headline"]  # turns the search box on; get_search_results queries the index
    search_help_text = (
        "In the archive's query language: peace talks, “a phrase”, source:name, date:2025-06; or an address"
    )
    autocomplete_fields = ["source", "topics"]
    actions: list[Any] = [*BulkChangeAdmin.actions, *TrashAdmin.actions]
    readonly_fields = ["published_rule", "received", "curated"]
    fieldsets = [
        (None, {"fields": ["headline", "standfirst", "source", "kind", "topics"]}),
        ("Details", {"fields": ["byline", "url", "language"]}),
        ("Visibility", {"fields": ["status", "embargo", "note"]}),
        ("Times (UTC)", {"fields": [("published", "published_precision"), "published_rule", "updated"]}),
        ("Record", {"fields": ["received", "curated"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # articles are ingested, with their evidence

    def counts(self, request: HttpRequest) -> list[CountColumn]:
        """Returns the columns with the numbers of sections and captures. A live page may have 30,000 sections."""
        return [
            count_column(request, "section", Section, "article", sorts=False),
            count_column(request, "capture", Capture, "article", sorts=False),
        ]

    def get_list_display(self, request: HttpRequest) -> Any:
        *shown, curated = self.list_display
        return [*shown, *self.counts(request), curated]

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        *fieldsets, (title, options) = self.fieldsets
        return [*fieldsets, (title, {**options, "fields": [*options["fields"], *self.counts(request)]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        # Who sets them frees what was withheld.
        withheld = () if may_see_all(request.user) else VISIBILITY_FIELDS
        return [*self.readonly_fields, *self.counts(request), *withheld]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        sections = visible(Section.objects.filter(article=OuterRef("pk")), request.user)
        captures = visible(captures_of(OuterRef(OuterRef("pk"))), request.user)
        return super().get_queryset(request).annotate(section_total=counted(sections), capture_total=counted(captures))

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
            messages.error(request, without_commands(str(error)))
            return queryset.none(), False
        if len(found) == MAX_FOUND_ARTICLES:
            messages.warning(request, f"More than {MAX_FOUND_ARTICLES:,} articles match; the best are listed.")
        condition = Q(pk__in=found)
        # The index has no address of what is withheld.
        if may_see_all(request.user) and (keys := keys_of(search_term)):
            condition |= Q(pk__in=articles_at(keys).values("pk"))
        return queryset.filter(condition), False

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        assert isinstance(obj, Article)  # noqa: S101
        names = {"published" if name == "published_precision" else name for name in form.changed_data}
        mark_curated(obj, names)
        super().save_model(request, obj, form, change)

    @admin.display(description=in_readers_zone("Published"), ordering=F("published").asc(nulls_first=True))
    def published_at(self, article: Article) -> str:
        return show_outlet_time(article.time)

    @admin.display(description="Headline as received")
    def received(self, article: Article) -> str:
        now = timezone.now()
        versions = article.versions.all() if article.is_hidden(now) else shown_versions(now).filter(article=article)
        version = versions.order_by("-capture__captured", "-id").first()
        return version.headline if version else ""

    @admin.display(description="Set by curators")
    def curated(self, article: Article) -> str:
        return ", ".join(article.curated_fields) or "nothing"


class NamedAdmin(MergingAdmin):
    """An admin of sources or topics, with the number of articles of each."""

    form = ConflictForm
    article_parameter: ClassVar[str]  # by which the list of articles is narrowed down to those of a source or topic

    search_fields = ["name"]
    # Queries with counts do not use the order of the model.
    ordering = ["name"]
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        articles = visible(Article.objects.filter(**{self.article_parameter: OuterRef("pk")}), request.user)
        return super().get_queryset(request).annotate(article_total=counted(articles))

    def get_list_display(self, request: HttpRequest) -> Any:
        name, *others = self.list_display
        return [name, count_column(request, "article", Article, self.article_parameter), *others]
