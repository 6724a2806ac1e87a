"""The admin of problems: what runs rejected, by kind; and trying it again, with other options if need be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from ..ingest import MAX_RETRIED_FILES, StoppedError, plan_retry, retry
from ..models import IngestRun, Problem
from ..rejected_files import is_kept, kept_among, kept_path
from ..sight import User, may_see_all, visible
from .captures import ReadOnlyAdmin, show_place
from .columns import show_words
from .filters import RowFilter, row_filter, titled
from .indexing import sync_index
from .intake_form import OptionsForm

_MAX_EXAMPLES = 10
# The page of a run shows so many kinds of problems, and so many of each.
_MAX_KINDS = 50
_MAX_SHOWN = 3
# What is tried again while a browser waits.
MAX_FILES_AT_ONCE = 100


class OpenFilter(admin.SimpleListFilter):
    """Problems that are open, and those that a later run or a curator has settled."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("settled", "Settled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(closed__isnull=self.value() == "open") if self.value() else queryset


class KindFilter(RowFilter):
    """Problems of one kind. It offers no choices: the start page leads here."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kind = request.GET.get("kind", "")
        return [(kind, kind)] if kind else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _of_run(rows: QuerySet[Any], run_id: int, request: HttpRequest) -> QuerySet[Any]:
    return rows.filter(run=run_id)


@admin.register(Problem)
class ProblemAdmin(ReadOnlyAdmin):
    """Problems of all runs. Their articles are shown to users who may see articles."""

    list_display = ["level", "reason_shown", "place", "state", "article_shown", "run_number"]
    list_display_links = ["level", "reason_shown"]
    list_filter = [
        row_filter(IngestRun, "run", "run__id__exact", _of_run),
        KindFilter,
        OpenFilter,
        "level",
        ("run__started", titled(admin.DateFieldListFilter, "time of the run")),
    ]
    list_select_related = ["article", "run", "solved_by"]
    search_fields = ["origin", "reason"]
    search_help_text = "Part of a reason, or of a path or address"
    list_per_page = 50
    fields = ["level", "reason", "origin", "locator", "state", "bytes_kept", "article", "run"]
    change_form_template = "admin/archive/problem/change_form.html"
    actions = ["try_again"]

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._without_article(request, self.list_display)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self._without_article(request, self.fields)

    def _without_article(self, request: HttpRequest, names: Sequence[Any]) -> list[Any]:
        hidden = () if request.user.has_perm("archive.view_article") else ("article", "article_shown")
        return [name for name in names if name not in hidden]

    @admin.display(description="Reason", ordering="reason")
    def reason_shown(self, problem: Problem) -> str:
        return show_words(problem.reason)

    @admin.display(description="Where", ordering="origin")
    def place(self, problem: Problem) -> str:
        return show_place(problem)

    @admin.display(description="Article", ordering="article__headline", empty_value="no article")
    def article_shown(self, problem: Problem) -> str | None:
        return show_words(problem.article.headline) if problem.article else None

    @admin.display(description="Run", ordering="run")
    def run_number(self, problem: Problem) -> str:
        return f"{problem.run_id}"

    @admin.display(description="State", ordering="closed")
    def state(self, problem: Problem) -> str:
        if problem.solved_by_id:
            return f"Solved in run {problem.solved_by_id}"
        return "Closed" if problem.closed else "Open"

    @admin.display(description="Bytes")
    def bytes_kept(self, problem: Problem) -> str:
        if not is_kept(problem.sha256):
            return "Not kept: ingest the file again."
        size = filesizeformat(problem.size_bytes or 0)
        address = reverse("admin:archive_problem_bytes", args=[problem.pk])
        return format_html(
            '<a href="{}">Download</a> ({}), SHA-256 <code>{}</code>', address, size, problem.sha256[:12]
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        problem = self.get_object(request, object_id)
        may_retry = (
            isinstance(problem, Problem)
            and problem.level == Problem.Level.REJECTED
            and problem.closed is None
            and is_kept(problem.sha256)
            and request.user.has_perm("archive.add_ingestrun")
        )
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_retry": may_retry})

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        return [
            path("try-again/", site.admin_view(self.receive_retry), name="archive_problem_retry"),
            path("<int:pk>/bytes/", site.admin_view(self.send), name="archive_problem_bytes"),
            *super().get_urls(),
        ]

    def send(self, request: HttpRequest, pk: int) -> FileResponse:
        """Sends the file in which something was rejected as a download. It may have what is withheld."""
        problem = self.get_object(request, str(pk))
        if not isinstance(problem, Problem):
            raise Http404(f"no problem {pk}")
        if not (self.has_view_permission(request, problem) and may_see_all(request.user)):
            raise PermissionDenied
        if not is_kept(problem.sha256):
            raise Http404("The bytes of this file are no longer kept.")
        return FileResponse(
            kept_path(problem.sha256).open("rb"),
            as_attachment=True,
            filename=f"{problem.sha256}.bin",
            content_type="application/octet-stream",
            headers={"X-Content-Type-Options": "nosniff"},
        )

    @admin.action(description="Try again")
    def try_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[:MAX_RETRIED_FILES])
        return HttpResponseRedirect(f"{reverse('admin:archive_problem_retry')}?problem={','.join(map(str, ids))}")

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        return actions if request.user.has_perm("archive.add_ingestrun") else {}

    def receive_retry(self, request: HttpRequest) -> HttpResponse:
        """Shows which problems would be tried again, and with which options; tries them when the page is sent back."""
        if not request.user.has_perm("archive.add_ingestrun"):
            raise PermissionDenied
        problems = _chosen(request)
        if not request.user.has_perm("archive.view_problem"):
            problems = problems.filter(run__user=request.user.pk)
        # More at once would keep the browser waiting; the rest is tried by the same button.
        plan = plan_retry(visible(problems, request.user)).first_files(MAX_FILES_AT_ONCE)
        sent = request.POST if request.method == "POST" else None
        form = OptionsForm(sent, initial=plan.options, single=plan.file_count <= 1)
        if request.method == "POST" and plan.problems and form.is_valid():
            try:
                run = retry(plan, form.options, form.option_texts, user_id=request.user.pk or 0)
            except StoppedError as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(request.get_full_path())
            sync_index(request)
            solved = run.solved.count()
            messages.success(request, f"{solved:,} of {len(plan.problems):,} problems solved.")
            return HttpResponseRedirect(reverse("admin:archive_ingestrun_change", args=[run.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Try again what was rejected",
            "plan": plan,
            "examples": plan.problems[:_MAX_EXAMPLES],
            "form": form,
            "may_see_problems": self.has_view_permission(request),
        }
        status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
        return TemplateResponse(request, "admin/archive/problem/retry.html", context, status=status)


def _chosen(request: HttpRequest) -> QuerySet[Problem]:
    """Returns the problems that the parameters name: by their numbers, or those of a run, or of a kind of it."""
    names = request.GET.get("problem", "")
    ids = [int(name) for name in names.split(",") if name.isascii() and name.isdigit() and len(name) < 18]
    if ids:
        return Problem.objects.filter(pk__in=ids[:MAX_RETRIED_FILES])
    run = request.GET.get("run", "")
    if not (run.isascii() and run.isdigit() and len(run) < 18):
        return Problem.objects.none()
    problems = Problem.objects.filter(run=int(run))
    return problems.filter(kind=request.GET["kind"]) if "kind" in request.GET else problems


@dataclass(frozen=True)
class ProblemGroup:
    """The problems of one kind in a run: how many, how many are open rejections, and the first of them.

    `retry_count` is the number of the open ones whose bytes are kept. Each example has whether it is one of these.
    """

    level: str
    kind: str
    count: int
    open_count: int
    retry_count: int
    examples: tuple[tuple[Problem, bool], ...]
    retry_query: str

    @property
    def rest(self) -> int:
        """How many are not among the examples."""
        return self.count - len(self.examples)

    @property
    def lost_count(self) -> int:
        """How many are open, and their bytes are not kept."""
        return self.open_count - self.retry_count

    @property
    def is_rejection(self) -> bool:
        return self.level == Problem.Level.REJECTED


def groups_of(problems: QuerySet[Problem], user: User) -> tuple[list[ProblemGroup], int]:
    """Returns the problems of a run by kind, rejections first, and how many of all can be tried again.

    Two queries, and one for each kind that is shown.
    """
    seen = visible(problems, user)
    is_open = Q(level=Problem.Level.REJECTED, closed=None)
    kinds = (
        seen.order_by()
        .values("level", "kind", "run")
        .annotate(count=Count("pk"), open_count=Count("pk", filter=is_open))
        .order_by("-level", "-count", "kind")
    )
    files = list(
        seen.filter(is_open).order_by().values_list("kind", "sha256").annotate(count=Count("pk")).order_by("kind")
    )
    kept = kept_among(sha256 for _, sha256, _ in files)
    retried: Counter[str] = Counter()
    for kind, sha256, count in files:
        retried[kind] += count if sha256 in kept else 0
    groups = []
    for row in kinds[:_MAX_KINDS]:
        of_kind = seen.filter(level=row["level"], kind=row["kind"]).select_related("article").order_by("pk")
        is_rejection = row["level"] == Problem.Level.REJECTED
        groups.append(
            ProblemGroup(
                row["level"],
                row["kind"],
                row["count"],
                row["open_count"],
                retried[row["kind"]] if is_rejection else 0,
                tuple(
                    (problem, problem.closed is None and problem.sha256 in kept) for problem in of_kind[:_MAX_SHOWN]
                ),
                urlencode({"run": row["run"], "kind": row["kind"]}),
            )
        )
    return groups, retried.total()
