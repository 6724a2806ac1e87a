"""The admin of statements: the list, one statement in its text, and decisions on one or on many.

What waits for a decision is on the pages of `name_queue`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from .. import search_port
from ..annotate import STATEMENT_RULES
from ..errors import without_commands
from ..models import (
    DOUBTFUL_BELOW_PERCENT,
    AnnotationRule,
    Article,
    Edit,
    Name,
    Statement,
    StatementLink,
    Verdict,
)
from ..naming import (
    MAX_FOUND_STATEMENTS,
    chain_of,
    find_by_names,
    find_rejected,
    speaker_of,
    speaker_phrase,
    state_of,
    view_statement,
)
from ..operations import DECIDE_STATEMENT, DECIDE_STATEMENTS, MAX_DECIDED_STATEMENTS
from ..sight import visible
from .bulk_actions import ConfirmingAdmin
from .columns import in_readers_zone, show_instant, show_words
from .filters import YesNoFilter, row_filter
from .name_acts import DECIDE, carry_out, may_decide
from .name_queue import candidates_for, chosen_speaker
from .names import DecidedFilter

# Beyond, nobody turns pages. Who sees which row is decided for each of those that are counted.
_MAX_COUNTED, _MAX_COUNTED_WITH_RULES = 10_000, 1000
_MAX_WORDS_CHARS = 160
_MAX_TITLE_CHARS = 80
# What no word has: then the search is read as a query alone.
_SIGNS_OF_QUERIES = frozenset(':"()*~“”')


class DoubtfulFilter(YesNoFilter):
    """Statements by rules that are right less often, unless a curator accepted them; and all others."""

    title = "doubtful"
    parameter_name = "doubtful"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        doubtful = Q(confidence_percent__lt=DOUBTFUL_BELOW_PERCENT) & ~Q(verdict=Verdict.ACCEPTED)
        match self.value():
            case "yes":
                return queryset.filter(doubtful)
            case "no":
                return queryset.exclude(doubtful)
        return queryset


class SpeakerKnownFilter(YesNoFilter):
    """Statements whose speaker is known by name, and those that leave the speaker open."""

    title = "speaker known by name"
    parameter_name = "speaker-known"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(speaker__isnull=self.value() == "no") if self.value() else queryset


class RuleFilter(admin.SimpleListFilter):
    """Statements that one rule found."""

    title = "rule"
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rules = AnnotationRule.objects.filter(words__in=STATEMENT_RULES).order_by("words")
        return [(str(rule.pk), rule.words) for rule in rules]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        known = {number for number, _ in self.lookup_choices}
        return queryset.filter(rule=int(value)) if value in known else queryset.none()


class DayFilter(admin.SimpleListFilter):
    """Statements of articles that were published on a day, in a month or in a year, which somebody writes."""

    title = "published"
    parameter_name = find_parameter = "published"
    find_label, find_example = "A day, month or year, such as 2025-06-03", "2025-06-03"
    _FORMATS: ClassVar = ("%Y-%m-%d", "%Y-%m", "%Y")

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.written = (self.value() or "").strip()
        self.span = _read_span(self.written)
        self.others: list[tuple[str, str]] = []
        # What cannot be read is there again to be mended.
        self.looked_for = "" if self.span else self.written
        self.remark = ""
        if self.looked_for:
            self.remark = f"“{self.written[:20]}” is no day. Write 2025, 2025-06 or 2025-06-03."

    def has_output(self) -> bool:
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        written = request.GET.get(self.parameter_name, "")
        return [(written, written)] if written else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.written:
            return queryset
        if self.span is None:
            return queryset.none()
        first, past = self.span
        articles = Article.objects.filter(published__gte=first, published__lt=past).order_by()
        return queryset.filter(version__section__article__in=articles.values("pk"))

    def choices(self, changelist: Any) -> Any:
        self.others = [(name, value) for name, value in changelist.params.items() if name != self.parameter_name]
        return super().choices(changelist)


def _read_span(written: str) -> tuple[datetime, datetime] | None:
    """Returns when a day, month or year begins and when the next one does, on the readers' clock; None for no such."""
    try:
        numbers = [int(part) for part in written.split("-")] if written.replace("-", "").isascii() else []
        year, month, day = (*numbers, 1, 1)[:3]
        first = datetime(year, month, day, tzinfo=settings.READER_ZONE)
        match len(numbers):
            case 1:
                past = first.replace(year=year + 1)
            case 2:
                past = first.replace(year=year + month // 12, month=month % 12 + 1)
            case 3:
                past = datetime.fromordinal(first.toordinal() + 1).replace(tzinfo=settings.READER_ZONE)
            case _:
                return None
        return first.astimezone(UTC), past.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _of_article(statements: QuerySet[Any], article_id: int, request: HttpRequest) -> QuerySet[Any]:
    return statements.filter(version__section__article=article_id)


def _by_name(statements: QuerySet[Any], name_id: int, request: HttpRequest) -> QuerySet[Any]:
    names = visible(Name.objects.filter(pk=name_id), request.user)
    return statements.filter(speaker__name__in=names.values("pk"))


@admin.register(Statement)
class StatementAdmin(ConfirmingAdmin):
    """Statements, those found last first. They come from texts: none is added or deleted by hand."""

    list_display = [
        "said_words",
        "speaker_shown",
        "chain_shown",
        "kind",
        "confidence",
        "place",
        "decision",
    ]
    list_filter = [
        row_filter(Article, "article", "article", _of_article),
        row_filter(Name, "speaker", "by", _by_name),
        DecidedFilter,
        DoubtfulFilter,
        "kind",
        RuleFilter,
        SpeakerKnownFilter,
        DayFilter,
    ]
    list_select_related = ["version__section__article", "speaker__name"]
    list_per_page = 50
    max_counted = (_MAX_COUNTED, _MAX_COUNTED_WITH_RULES)
    ordering = ["-pk"]
    sortable_by: ClassVar[tuple[str, ...]] = ()
    search_fields = ["rule__words"]  # turns the search box on; get_search_results asks the index and the names
    search_help_text = (
        "Words that are said, or who said them or through whom they came; or as within said(): "
        "“no power” speaker:name via:name source:name"
    )
    actions = ["accept", "reject", "take_back"]
    # With the link to what waits.
    change_list_template = "admin/archive/name/change_list.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.has_perm("archive.view_name") or request.user.has_perm(DECIDE))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_decide(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the user may delete articles, which takes their statements along. Alone, none is deleted."""
        return bool(request.user.has_perm("archive.delete_article"))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied

    def get_actions(self, request: HttpRequest) -> Any:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    # --- the list ---

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Finds statements by words, in the index; by plain words those by and through somebody, and rejected ones."""
        if not search_term.strip():
            return queryset, False
        is_plain = _SIGNS_OF_QUERIES.isdisjoint(search_term)
        found = find_by_names(search_term, request.user) | find_rejected(search_term) if is_plain else set()
        try:
            words = search_port.get_search_port().find_statements(search_term, MAX_FOUND_STATEMENTS)
        except search_port.SearchPortError as error:
            messages.error(request, without_commands(str(error)))
            words = ()
        if max(len(words), len(found)) >= MAX_FOUND_STATEMENTS:
            messages.warning(
                request,
                f"More than {MAX_FOUND_STATEMENTS:,} statements match; some of them are listed. Write more words.",
            )
        return queryset.filter(pk__in=found.union(words)), False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Returns the list, with the chains of the statements of its page and who decided on them. Two queries."""
        found = super().get_changelist_instance(request)
        rows: list[Any] = list(found.result_list)
        links = StatementLink.objects.select_related("source__name").order_by("position")
        prefetch_related_objects(rows, Prefetch("chain", links, to_attr="links"))
        deciders = _find_deciders(rows, request)
        for statement in rows:
            statement.by = speaker_of(statement, request.user)
            statement.decided_by = deciders.get(statement.pk, "")
        found.result_list = rows
        return found

    @admin.display(description="Words")
    def said_words(self, statement: Any) -> str:
        return show_words(" ".join(statement.words.split()))

    @admin.display(description="Speaker")
    def speaker_shown(self, statement: Any) -> str:
        phrase = speaker_phrase(statement)
        if not statement.by:
            return show_words("Left open", f"“{phrase}”" if phrase else "")
        return show_words(str(statement.by), f"“{phrase}”" if phrase and phrase != str(statement.by) else "")

    @admin.display(description="Through")
    def chain_shown(self, statement: Any) -> str:
        steps = (f"{step} {source}".strip() for step, source in chain_of(statement, statement.links))
        return show_words(words) if (words := "; ".join(steps)) else ""

    @admin.display(description="Right in")
    def confidence(self, statement: Any) -> str:
        return f"{statement.confidence_percent} %"

    @admin.display(description=in_readers_zone("Where, published"))
    def place(self, statement: Any) -> str:
        version, article = statement.version, statement.version.section.article
        words = show_words(version.heading or article.headline, article.headline if version.heading else "")
        published = show_instant(article.published, "undated")
        return format_html('<a href="{}">{}</a> {}', version.get_absolute_url(), words, published)

    @admin.display(description="Decision", empty_value="found by rule")
    def decision(self, statement: Any) -> str | None:
        if not statement.verdict:
            return None
        by = f" by {statement.decided_by}" if statement.decided_by else ""
        return f"{statement.get_verdict_display()}{by}"

    # --- decisions on many ---

    @admin.action(description="Accept", permissions=["change"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        about = "The rules leave the selected statements as they are, and none of them is doubtful any more."
        return self._decide(request, queryset, Verdict.ACCEPTED, title="Accept statements", about=about)

    @admin.action(description="Reject: nobody said so", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        about = "The selected statements are in no search, on no page and in no export any more."
        return self._decide(request, queryset, Verdict.REJECTED, title="Reject statements", about=about)

    @admin.action(description="Take decisions back", permissions=["change"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        about = "The selected statements are as if nobody had decided. A speaker that was corrected stays."
        return self._decide(request, queryset, None, title="Take decisions back", about=about)

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Any], verdict: Verdict | None, *, title: str, about: str
    ) -> HttpResponse | None:
        """Shows which statements are decided on; once that is sent back, decides on all of them in one operation."""
        ids = list(queryset.order_by().values_list("pk", flat=True)[: MAX_DECIDED_STATEMENTS + 1])
        if len(ids) > MAX_DECIDED_STATEMENTS:
            messages.error(request, f"Select {MAX_DECIDED_STATEMENTS:,} statements at most.")
            return None
        if not ids:
            messages.error(request, "Nothing was done: the statements are not there any more. Select others.")
            return None
        rows = list(Statement.objects.filter(pk__in=ids))
        if self.is_confirmed(request, len(ids), queryset):
            parameters = {"statements": sorted(ids), "names": [], "verdict": verdict}
            carry_out(request, DECIDE_STATEMENTS, parameters, seen=request.POST.get("seen", ""), rows=rows)
            return None
        page: Any = self.show_form(
            request, queryset, forms.Form(), count=len(ids), title=title, about=f"{about} Operations can undo it.",
            button=title,
        )  # fmt: skip
        listed = Statement.objects.filter(pk__in=[row.pk for row in page.context_data["listed"]])
        page.context_data |= {"listed": _cut(listed.select_related("version").order_by("-pk")), "seen": state_of(rows)}
        return page

    # --- one statement ---

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Shows a statement in its text; decides on it, or corrects its speaker, as the button says."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        statement = self.get_object(request, unquote(object_id))
        if not isinstance(statement, Statement):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        here = reverse("admin:archive_statement_change", args=[statement.pk])
        if request.method == "POST":
            if not may_decide(request):
                raise PermissionDenied
            parameters = _parameters(request, statement)
            if parameters is None:
                messages.error(request, "Nothing was done: choose a speaker, or write a name that the archive has.")
            else:
                carry_out(request, DECIDE_STATEMENT, parameters, seen=request.POST.get("seen", ""), rows=[statement])
            return HttpResponseRedirect(here)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Statement",
            "original": statement,
            "statement": statement,
            "speaker": speaker_of(statement, request.user),
            "view": view_statement(statement),
            "candidates": candidates_for(statement, request),
            "seen": state_of([statement]),
            "decided_by": _find_deciders([statement], request).get(statement.pk, ""),
            "words": Truncator(" ".join(statement.words.split())).chars(_MAX_TITLE_CHARS),
            "may_decide": may_decide(request),
        }
        return TemplateResponse(request, "admin/archive/statement/change_form.html", context)


def _parameters(request: HttpRequest, statement: Statement) -> dict[str, Any] | None:
    """Returns what the button says, as parameters of the act; None if it needs a speaker and there is none."""
    known = {"statement": statement.pk, "names": []}
    match request.POST.get("decision"):
        case "accept":
            return {**known, "verdict": Verdict.ACCEPTED}
        case "reject":
            return {**known, "verdict": Verdict.REJECTED}
        case "take back":
            return {**known, "verdict": None}
        case "correct" if speaker := chosen_speaker(request):
            return {**known, "names": [speaker.pk], "verdict": Verdict.ACCEPTED}
    return None


def _cut(statements: Iterable[Statement]) -> list[str]:
    return [Truncator(" ".join(statement.words.split())).chars(_MAX_WORDS_CHARS) for statement in statements]


def _find_deciders(rows: Iterable[Statement], request: HttpRequest) -> dict[int, str]:
    """Returns who decided last on those of the statements that are decided on. One query, if there are any."""
    decided = [statement.pk for statement in rows if statement.verdict]
    edits = Edit.objects.filter(subject=Edit.Subject.STATEMENT, subject_id__in=decided)
    named = visible(edits, request.user).order_by("pk").values_list("subject_id", "user_name") if decided else ()
    return dict(named)
