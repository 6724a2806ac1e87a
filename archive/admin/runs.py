"""Runs of ingest: what came of each, and the page on which curators take in documents.

That page is the run's own "add": whoever may add a run may take in. It looks first, if asked to, and holds what it
looked at until it is taken in (see `archive.uploads`).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db.models import Count, Exists, Model, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from .. import formats, uploads
from ..ingest import OPTIONS, Given, Preview, StoppedError, Stream, preview, read_path, start_run, take_in
from ..models import ArticleVersion, IngestRun, SectionVersion, is_shown
from .captures import ReadOnlyAdmin
from .indexing import sync_index
from .intake_form import IntakeForm, given_of

# What a page lists; the rest is counted, and told in full by the lists of articles and problems.
LISTED = 100

# How many names stand for an upload in the list of runs.
_NAMES_TOLD = 5


@admin.register(IngestRun)
class IngestRunAdmin(ReadOnlyAdmin):
    """Runs with their articles and problems; a person's own are shown to whoever may take in."""

    list_display = ["started", "finished", "origin", "user", "new", "changed", "unchanged", "rejected"]
    list_filter = ["started"]
    list_select_related = ["user"]
    search_fields = ["origin"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("archive.add_ingestrun")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        own = isinstance(obj, IngestRun) and obj.user_id is not None and obj.user_id == request.user.pk
        return super().has_view_permission(request, obj) or (own and self.has_add_permission(request))

    def get_urls(self) -> list[URLPattern]:
        # Exempt here and protected in `receive`, so that a body is not read before it is known to be welcome.
        intake = csrf_exempt(self.admin_site.admin_view(self.receive))
        return [path("add/", intake, name="archive_ingestrun_add"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        told = _told_of(run, request) if isinstance(run, IngestRun) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    @csrf_exempt
    def receive(self, request: HttpRequest) -> HttpResponse:
        """Answers for the page; of a body that is too long nothing is read."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            length = request.META.get("CONTENT_LENGTH") or "0"
            if length.isdigit() and int(length) > settings.UPLOAD_BYTES:
                return self._refuse(request, _too_long(int(length)), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            request.upload_handlers = [TemporaryFileUploadHandler(request)]
            try:
                request.POST  # noqa: B018 - reads the body
            except TooManyFilesSent:
                most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
                return self._refuse(request, f"At most {most} files can be sent at once; pack them in a zip.")
            except RequestDataTooBig:
                return self._refuse(request, "The pasted text is too long; save it as a file and choose that.")
            except (MultiPartParserError, SuspiciousOperation):
                return self._refuse(request, "The request cannot be read: a file's name may be too long.")
            except OSError as error:
                # The browser went away, or the disk is full.
                return self._refuse(request, _not_kept(error), HTTPStatus.INSUFFICIENT_STORAGE)
        return csrf_protect(self._step)(request)

    def _step(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            uploads.sweep()
            return self._page(request, IntakeForm())
        # The last field of the form: where it is missing, so is the end of what was sent.
        match request.POST.get("step"):
            case "look" | "take" as step:
                return self._handed_in(request, look=step == "look")
            case "take held" | "leave" as step:
                return self._looked_at(request, take=step == "take held")
        return self._refuse(request, "The request did not arrive complete, and nothing was ingested. Send it again.")

    def _handed_in(self, request: HttpRequest, *, look: bool) -> HttpResponse:
        form = IntakeForm(request.POST, request.FILES)
        if not form.is_valid():
            form.focus_on_error()
            return self._page(request, form, status=HTTPStatus.BAD_REQUEST)
        if look:
            try:
                held = uploads.hold(form.documents, form.said, user_id=_pk(request))
            except OSError as error:
                return self._refuse(request, _not_kept(error), HTTPStatus.INSUFFICIENT_STORAGE)
            seen = list(preview(_read_held(held, form.given), form.given, shown=LISTED))
            return self._render(request, "look.html", {"title": "Preview", **_told_of_look(held, seen)})
        documents = [(form.given.hints(name), file) for name, file in form.documents]
        streams = [(formats.read(file, hints), hints) for hints, file in documents]
        return self._take(request, streams, form.given, [hints.name for hints, _ in documents])

    def _looked_at(self, request: HttpRequest, *, take: bool) -> HttpResponse:
        held = uploads.claim(request.POST.get("token", ""), user_id=_pk(request))
        if held is None:
            text = "The previewed files were deleted or already ingested. Choose them again."
            return self._refuse(request, text, HTTPStatus.GONE)
        try:
            if take:
                given = given_of(dict(held.said))
                return self._take(request, _read_held(held, given), given, held.names)
        finally:
            uploads.release(held)
        messages.info(request, "Nothing was ingested, and the files were deleted.")
        return HttpResponseRedirect(reverse("admin:archive_ingestrun_add"))

    def _take(
        self, request: HttpRequest, streams: Iterable[Stream], given: Given, names: Sequence[str]
    ) -> HttpResponse:
        """Takes in what the files hold, indexes it, and leads to the run."""
        run = start_run(_origin(names), user_id=_pk(request))
        self.log_addition(request, run, [{"added": {}}])
        try:
            for _ in take_in(streams, given, run=run):
                pass
        except StoppedError as error:
            messages.error(request, str(error))
        else:
            sync_index(request)
        counts = ", ".join(f"{getattr(run, name):,} {name}" for name in _COUNTS)
        say = messages.success if run.finished and not run.rejected else messages.warning
        say(request, f"Ingested: {counts}.")
        return HttpResponseRedirect(reverse("admin:archive_ingestrun_change", args=[run.pk]))

    def _refuse(self, request: HttpRequest, reason: str, status: int = HTTPStatus.BAD_REQUEST) -> HttpResponse:
        return self._page(request, IntakeForm(), refused=reason, status=status)

    def _page(
        self, request: HttpRequest, form: IntakeForm, *, refused: str = "", status: int = HTTPStatus.OK
    ) -> HttpResponse:
        context = {"title": "Add documents", "form": form, "refused": refused}
        return self._render(request, "intake.html", context, status=status)

    def _render(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        known = {**self.admin_site.each_context(request), "opts": self.opts}
        known["may_see_runs"] = self.has_view_permission(request)
        return TemplateResponse(request, f"admin/archive/ingestrun/{template}", {**known, **context}, status=status)


_MEBIBYTE = 1024 * 1024
_COUNTS = ("new", "changed", "unchanged", "rejected")


def _pk(request: HttpRequest) -> int:
    """Returns the user's number; those who may take in have one."""
    return request.user.pk or 0


def _too_long(length: int) -> str:
    return (
        f"The upload has {length / _MEBIBYTE:,.1f} MiB, and may have {settings.UPLOAD_BYTES // _MEBIBYTE:,}. "
        "Send it in parts, or ingest it on the server: manage.py ingest PATH."
    )


def _not_kept(error: OSError) -> str:
    return f"The files could not be received ({error.strerror or error}), and nothing was ingested."


def _origin(names: Sequence[str]) -> str:
    told = ", ".join(names[:_NAMES_TOLD])
    rest = len(names) - _NAMES_TOLD
    return f"upload of {told} and {rest:,} more" if rest > 0 else f"upload of {told}"


def _read_held(held: uploads.Held, given: Given) -> Iterator[Stream]:
    for name, place in held.files:
        hints = given.hints(name)
        yield read_path(place, hints), hints


def _told_of_look(held: uploads.Held, seen: Sequence[Preview]) -> dict[str, Any]:
    """Returns what the page says of files that were looked at."""
    read, known = sum(one.read for one in seen), sum(one.known for one in seen)
    return {
        "held": held,
        "held_until": timezone.now() + timedelta(seconds=uploads.HELD_SECONDS),
        "said": [(option.label, held.said[option.name]) for option in OPTIONS if option.name in held.said],
        "seen": seen,
        "read": read,
        "known": known,
        "rejected": sum(one.rejected for one in seen),
        "noted": sum(one.noted for one in seen),
        "listed": LISTED,
    }


def _told_of(run: IngestRun, request: HttpRequest) -> dict[str, Any]:
    """Returns what a run's page says beside its fields: its articles, and what it met. Four queries."""
    received = ArticleVersion.objects.filter(capture__run=run)
    if not request.user.has_perm("archive.view_article"):
        received = received.filter(is_shown(timezone.now(), article="article"))
    earlier = ArticleVersion.objects.filter(article=OuterRef("article"), pk__lt=OuterRef("pk"))
    versions = SectionVersion.objects.filter(capture=OuterRef("capture"), section__article=OuterRef("article"))
    written = versions.order_by().values("capture").annotate(count=Count("pk")).values("count")
    listed = received.select_related("article__source").annotate(known=Exists(earlier), written=Subquery(written))
    return {
        "received": listed.order_by("pk")[:LISTED],
        "received_in_all": received.count(),
        "problems": run.problems.select_related("article").order_by("-level", "pk")[:LISTED],
        "problems_in_all": run.problems.count(),
        "may_see_articles": request.user.has_perm("archive.view_article"),
        "may_see_problems": request.user.has_perm("archive.view_problem"),
    }
