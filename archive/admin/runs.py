"""Ingest runs: the results of each, how far one is, and taking one back. `intake` has the page that begins one."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, Model, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from ..admin_looks import SHOWN_ROWS, digest_rows
from ..ingest import OPTIONS, TakeBack, plan_take_back, request_stop, state_of
from ..models import ArticleVersion, IngestRun, Problem, SectionVersion
from ..operations import TAKE_BACK_RUN, TAKEN_BACK, operation, take_back
from ..sight import visible
from .acts import address_of, begin_in_batches
from .columns import count_column, counted, in_readers_zone, show_instant, show_outlet_time, show_words
from .filters import titled
from .indexing import sync_index
from .intake import COUNTS, MAX_LISTED, IntakeAdmin
from .problems import groups_of

# Who may take back the runs of others, and stop them.
TAKE_BACK_ANY = "archive.delete_article"
_MAX_EXAMPLES = 10


def _count(name: str) -> Callable[[IngestRun], str]:
    """Returns the column of one of the counts of a run."""

    @admin.display(description=name.capitalize(), ordering=name)
    def count(run: IngestRun) -> str:
        return f"{getattr(run, name):,}"

    count.__name__ = f"{name}_count"
    return count


_COUNT_COLUMNS: tuple[Any, ...] = tuple(map(_count, COUNTS))


@admin.register(IngestRun)
class IngestRunAdmin(IntakeAdmin):
    """Runs with their articles and problems; whoever may ingest sees their own runs."""

    fields = ["started_at", "finished_at", "state_now", "origin", "user", *_COUNT_COLUMNS]
    readonly_fields = ["started_at", "finished_at", "state_now", *_COUNT_COLUMNS]
    list_display = ["started_at", "state_now", "finished_at", "place", "user", *_COUNT_COLUMNS]
    list_filter = [("started", titled(admin.DateFieldListFilter, "time of the start"))]
    list_select_related = ["user"]
    list_per_page = 50
    search_fields = ["origin"]
    search_help_text = "Part of a path, or of the name of a file"

    def get_queryset(self, request: HttpRequest) -> QuerySet[IngestRun]:
        problems = visible(Problem.objects.filter(run=OuterRef("pk")), request.user)
        return super().get_queryset(request).annotate(problem_total=counted(problems))

    def get_list_display(self, request: HttpRequest) -> Any:
        return [*self.list_display, count_column(request, "problem", Problem, "run__id__exact")]

    @admin.display(description=in_readers_zone("Started"), ordering="started")
    def started_at(self, run: IngestRun) -> str:
        return show_instant(run.started)

    @admin.display(description=in_readers_zone("Finished"), ordering="finished")
    def finished_at(self, run: IngestRun) -> str:
        return show_instant(run.finished, "not finished")

    @admin.display(description="From", ordering="origin")
    def place(self, run: IngestRun) -> str:
        return show_words(run.origin)

    @admin.display(description="State", ordering="state")
    def state_now(self, run: IngestRun) -> str:
        return str(state_of(run).label)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        own = isinstance(obj, IngestRun) and obj.user_id is not None and obj.user_id == request.user.pk
        return super().has_view_permission(request, obj) or (own and self.has_add_permission(request))

    def get_urls(self) -> list[URLPattern]:
        views = {"progress": self.show_progress, "take-back": self.take_back}
        return [
            *(
                path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"archive_ingestrun_{name}")
                for name, view in views.items()
            ),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        results = _run_context(run, request) if isinstance(run, IngestRun) else {}
        # Who sees their own runs alone has no list to go back to.
        results["may_see_runs"] = self.has_view_permission(request)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **results})

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_see_runs = self.has_view_permission(request)
        return super().history_view(request, object_id, {**(extra_context or {}), "may_see_runs": may_see_runs})

    def show_progress(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answers how far a run is, as a part of its page; a POST stops it."""
        run = self._run(request, object_id)
        if request.method == "POST":
            if not (_is_own(run, request) or request.user.has_perm(TAKE_BACK_ANY)):
                raise PermissionDenied
            request_stop(run)
            messages.info(request, "The run stops after the document that it reads. What it has ingested is kept.")
            return HttpResponseRedirect(reverse("admin:archive_ingestrun_change", args=[run.pk]))
        context = {"run": run, "original": run, "progress": _progress_of(run), "may_stop": True}
        response = TemplateResponse(request, "admin/archive/ingestrun/progress.html", context)
        if context["progress"] is None:
            # The page as a whole has changed: articles, problems, buttons.
            response.headers["HX-Refresh"] = "true"
        return response

    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows what a run alone brought; moves it to the trash when the page is sent back."""
        run = self._run(request, object_id)
        plan = plan_take_back(run)
        refusal = _refuse_take_back(run, plan, request)
        shown = digest_rows(plan.own)
        if request.method == "POST" and not refusal:
            if request.POST.get(SHOWN_ROWS) == shown:
                return self._take_back(request, run, plan)
            messages.warning(request, "The articles of the run have changed. Look at them again.")
        context = {
            "title": f"Take back {run}",
            "run": run,
            "refusal": refusal,
            "count": (count := plan.own.count()),
            "rest": max(0, count - _MAX_EXAMPLES),
            "examples": visible(plan.own, request.user).select_related("source")[:_MAX_EXAMPLES],
            "edited_count": plan.edited.count(),
            "staying": [
                (reason, staying, visible(articles, request.user)[:_MAX_EXAMPLES])
                for reason, articles in plan.staying.items()
                if (staying := articles.count())
            ],
            SHOWN_ROWS: shown,
        }
        status = HTTPStatus.FORBIDDEN if refusal and request.method == "POST" else HTTPStatus.OK
        return self.render_page(request, "take_back.html", context, status=status)

    def _take_back(self, request: HttpRequest, run: IngestRun, plan: TakeBack) -> HttpResponse:
        ids = plan.own.values_list("pk", flat=True)
        if begun := begin_in_batches(request, TAKE_BACK_RUN, {"run": run.pk}, ids):
            return HttpResponseRedirect(address_of(begun))
        with operation(TAKEN_BACK, user_name=request.user.get_username(), label="") as act:
            count = take_back(run, act)
        sync_index(request)
        messages.success(request, f"{count:,} article{pluralize(count)} moved to the trash.")
        return HttpResponseRedirect(reverse("admin:archive_ingestrun_change", args=[run.pk]))

    def _run(self, request: HttpRequest, object_id: str) -> IngestRun:
        """Returns a run that the user may see. Raises Http404 or PermissionDenied."""
        run = self.get_object(request, unquote(object_id))
        if not isinstance(run, IngestRun):
            raise Http404(f"no run {object_id}")
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return run


def _is_own(run: IngestRun, request: HttpRequest) -> bool:
    return (
        run.user_id is not None and run.user_id == request.user.pk and request.user.has_perm("archive.add_ingestrun")
    )


def _refuse_take_back(run: IngestRun, plan: TakeBack, request: HttpRequest) -> str:
    """Returns why the user may not take back a run now; empty if they may."""
    if state_of(run) in (IngestRun.State.RUNNING, IngestRun.State.WAITING):
        return "It has not ended yet. Stop it first, or wait until it is done."
    if request.user.has_perm(TAKE_BACK_ANY):
        return ""
    return plan.refusal if _is_own(run, request) else "Only librarians take back the runs of others."


@dataclass(frozen=True)
class _Progress:
    """How far a run is that the server works on."""

    is_waiting: bool
    done: int
    total: int
    is_stopping: bool


def _progress_of(run: IngestRun) -> _Progress | None:
    """Returns how far a run is; None for one that has ended, or that no upload belongs to."""
    state = state_of(run)
    if state not in (IngestRun.State.RUNNING, IngestRun.State.WAITING):
        return None
    return _Progress(state is IngestRun.State.WAITING, run.files_done, run.file_count, run.stop_requested)


def _run_context(run: IngestRun, request: HttpRequest) -> dict[str, Any]:
    """Returns what a run's page shows besides its fields: its articles and problems.

    Five queries, and one for each kind of problem.
    """
    seen = visible(ArticleVersion.objects.all(), request.user)
    received = seen.filter(capture__run=run)
    problems = visible(run.problems.all(), request.user)
    earlier = seen.filter(article=OuterRef("article"), pk__lt=OuterRef("pk"))
    versions = SectionVersion.objects.filter(capture=OuterRef("capture"), section__article=OuterRef("article"))
    written = versions.order_by().values("capture").annotate(count=Count("pk")).values("count")
    listed = (
        received.select_related("article__source")
        .annotate(known=Exists(earlier), written=Subquery(written))
        .order_by("pk")
    )
    groups, retry_count = groups_of(run.problems.all(), request.user)
    may_act = _is_own(run, request) or request.user.has_perm(TAKE_BACK_ANY)
    return {
        "received": [(version, show_outlet_time(version.article.time)) for version in listed[:MAX_LISTED]],
        "received_count": received.count(),
        "groups": groups,
        "problem_count": problems.count(),
        "retry_count": retry_count,
        "progress": _progress_of(run),
        "may_stop": may_act,
        "may_take_back": may_act,
        "may_retry": request.user.has_perm("archive.add_ingestrun"),
        "option_values": [(option.label, text) for option in OPTIONS if (text := run.options.get(option.name))],
        "may_see_articles": request.user.has_perm("archive.view_article"),
        "may_see_problems": request.user.has_perm("archive.view_problem"),
    }
