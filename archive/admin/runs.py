"""Ingest runs: the results of each, and the page on which curators add documents.

That page is the "add" page of a run: whoever may add a run may ingest. It can preview the documents first, and keeps
the previewed files until they are ingested or discarded (see `archive.uploads`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db.models import Count, Exists, Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from .. import reading, uploads
from ..ingest import (
    OPTIONS,
    FilePreview,
    IntakeOptions,
    StoppedError,
    Stream,
    ingest_streams,
    preview_files,
    read_path,
    start_run,
    state_of,
)
from ..models import ArticleVersion, IngestRun, Problem, SectionVersion
from ..sight import visible
from .captures import ReadOnlyAdmin
from .columns import count_column, counted, in_readers_zone, show_instant, show_outlet_time, show_words
from .filters import titled
from .indexing import sync_index
from .intake_form import IntakeForm

# A page lists so many articles and problems, and counts the others; the lists of the admin have all of them.
MAX_LISTED = 100

# An upload is named by its first files in the list of runs.
_MAX_NAMES_IN_ORIGIN = 5

_MEBIBYTE = 1024 * 1024
_COUNTS = ("new", "changed", "unchanged", "rejected")


def _count(name: str) -> Callable[[IngestRun], str]:
    """Returns the column of one of the counts of a run."""

    @admin.display(description=name.capitalize(), ordering=name)
    def count(run: IngestRun) -> str:
        return f"{getattr(run, name):,}"

    count.__name__ = f"{name}_count"
    return count


_COUNT_COLUMNS: tuple[Any, ...] = tuple(map(_count, _COUNTS))


@admin.register(IngestRun)
class IngestRunAdmin(ReadOnlyAdmin):
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("archive.add_ingestrun")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        own = isinstance(obj, IngestRun) and obj.user_id is not None and obj.user_id == request.user.pk
        return super().has_view_permission(request, obj) or (own and self.has_add_permission(request))

    def get_urls(self) -> list[URLPattern]:
        # Exempt here and protected in `receive`, which does not read a body that it will refuse.
        intake = csrf_exempt(self.admin_site.admin_view(self.receive))
        return [path("add/", intake, name="archive_ingestrun_add"), *super().get_urls()]

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

    @csrf_exempt
    def receive(self, request: HttpRequest) -> HttpResponse:
        """Answers the page of adding documents; refuses a body that is too large without reading it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            length = request.META.get("CONTENT_LENGTH") or "0"
            if length.isdigit() and int(length) > settings.UPLOAD_BYTES:
                return self._refuse(request, _too_large(int(length)), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            request.upload_handlers = [TemporaryFileUploadHandler(request)]
            try:
                request.POST  # noqa: B018 - reads the body
            except TooManyFilesSent:
                limit = settings.DATA_UPLOAD_MAX_NUMBER_FILES
                return self._refuse(request, f"At most {limit} files can be sent at once; pack them in a zip.")
            except RequestDataTooBig:
                return self._refuse(request, "The pasted text is too long; save it as a file and choose that.")
            except (MultiPartParserError, SuspiciousOperation):
                return self._refuse(
                    request,
                    "The request cannot be read. A file's name may be too long: shorten it and send the files again.",
                )
            except OSError as error:
                # The browser went away, or the disk is full.
                return self._refuse(request, _not_received(error), HTTPStatus.INSUFFICIENT_STORAGE)
        return csrf_protect(self._answer)(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            uploads.sweep()
            return self._show_form(request, IntakeForm())
        # The last field of the form: if it is missing, so is the end of the request.
        match request.POST.get("step"):
            case "preview" | "ingest" as step:
                return self._receive_documents(request, as_preview=step == "preview")
            case "ingest previewed" | "discard" as step:
                return self._finish_preview(request, discard=step == "discard")
        return self._refuse(request, "The request did not arrive complete, and nothing was ingested. Send it again.")

    def _receive_documents(self, request: HttpRequest, *, as_preview: bool) -> HttpResponse:
        form = IntakeForm(request.POST, request.FILES)
        if not form.is_valid():
            form.focus_on_error()
            return self._show_form(request, form, status=HTTPStatus.BAD_REQUEST)
        if as_preview:
            try:
                upload = uploads.hold(form.documents, form.option_texts, user_id=_user_id(request))
            except OSError as error:
                return self._refuse(request, _not_received(error), HTTPStatus.INSUFFICIENT_STORAGE)
            seen = visible(ArticleVersion.objects.all(), request.user)
            read = _read(upload, form.options)
            files = list(preview_files(read, form.options, max_listed=MAX_LISTED, known_versions=seen))
            return self._render(request, "preview.html", {"title": "Preview", **_preview_context(upload, files)})
        documents = [(form.options.hints(name), file) for name, file in form.documents]
        streams = [(reading.read(file, hints), hints) for hints, file in documents]
        return self._ingest(request, streams, form.options, [hints.name for hints, _ in documents])

    def _finish_preview(self, request: HttpRequest, *, discard: bool) -> HttpResponse:
        upload = uploads.claim(request.POST.get("token", ""), user_id=_user_id(request))
        if upload is None:
            text = "The previewed files were deleted or already ingested. Choose them again."
            return self._refuse(request, text, HTTPStatus.GONE)
        try:
            if not discard:
                options = IntakeOptions.from_texts(upload.options)
                return self._ingest(request, _read(upload, options), options, upload.names)
        finally:
            uploads.release(upload)
        messages.info(request, "Nothing was ingested, and the files were deleted.")
        return HttpResponseRedirect(reverse("admin:archive_ingestrun_add"))

    def _ingest(
        self, request: HttpRequest, streams: Iterable[Stream], options: IntakeOptions, names: Sequence[str]
    ) -> HttpResponse:
        """Ingests and indexes the documents, and redirects to the run."""
        run = start_run(_origin(names), user_id=_user_id(request))
        self.log_addition(request, run, [{"added": {}}])
        try:
            for _ in ingest_streams(streams, options, run=run):
                pass
        except StoppedError as error:
            messages.error(request, str(error))
        else:
            sync_index(request)
        counts = ", ".join(f"{getattr(run, name):,} {name}" for name in _COUNTS)
        add_message = messages.success if run.finished and not run.rejected else messages.warning
        add_message(request, f"Ingested: {counts}.")
        return HttpResponseRedirect(reverse("admin:archive_ingestrun_change", args=[run.pk]))

    def _refuse(self, request: HttpRequest, reason: str, status: int = HTTPStatus.BAD_REQUEST) -> HttpResponse:
        return self._show_form(request, IntakeForm(), refused=reason, status=status)

    def _show_form(
        self, request: HttpRequest, form: IntakeForm, *, refused: str = "", status: int = HTTPStatus.OK
    ) -> HttpResponse:
        context = {"title": "Add documents", "form": form, "refused": refused}
        return self._render(request, "intake.html", context, status=status)

    def _render(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        shared["may_see_runs"] = self.has_view_permission(request)
        return TemplateResponse(request, f"admin/archive/ingestrun/{template}", {**shared, **context}, status=status)


def _user_id(request: HttpRequest) -> int:
    """Returns the user's number. Every user who may ingest has a number."""
    return request.user.pk or 0


def _too_large(size_bytes: int) -> str:
    return (
        f"The upload has {size_bytes / _MEBIBYTE:,.1f} MiB; at most {settings.UPLOAD_BYTES // _MEBIBYTE:,} are "
        "allowed. Send it in parts, or ingest it on the server: manage.py ingest PATH."
    )


def _not_received(error: OSError) -> str:
    return f"The files could not be received ({error.strerror or error}), and nothing was ingested. Send them again."


def _origin(names: Sequence[str]) -> str:
    listed = ", ".join(names[:_MAX_NAMES_IN_ORIGIN])
    unlisted = len(names) - _MAX_NAMES_IN_ORIGIN
    return f"upload of {listed} and {unlisted:,} more" if unlisted > 0 else f"upload of {listed}"


def _read(upload: uploads.HeldUpload, options: IntakeOptions) -> Iterator[Stream]:
    for name, file_path in upload.files:
        hints = options.hints(name)
        yield read_path(file_path, hints), hints


def _preview_context(upload: uploads.HeldUpload, files: Sequence[FilePreview]) -> dict[str, Any]:
    """Returns what the preview's page shows."""
    counts = {name: sum(getattr(file, name) for file in files) for name in ("read", "known", "rejected", "noted")}
    return {
        "upload": upload,
        "kept_until": timezone.now() + timedelta(seconds=uploads.MAX_HELD_SECONDS),
        "options": [(option.label, text) for option in OPTIONS if (text := upload.options.get(option.name))],
        "files": files,
        "max_listed": MAX_LISTED,
        **counts,
    }


def _run_context(run: IngestRun, request: HttpRequest) -> dict[str, Any]:
    """Returns what a run's page shows besides its fields: its articles and problems. Four queries."""
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
    return {
        "received": [(version, show_outlet_time(version.article.time)) for version in listed[:MAX_LISTED]],
        "received_count": received.count(),
        "problems": problems.select_related("article").order_by("-level", "pk")[:MAX_LISTED],
        "problem_count": problems.count(),
        "may_see_articles": request.user.has_perm("archive.view_article"),
        "may_see_problems": request.user.has_perm("archive.view_problem"),
    }
