"""The page on which curators add documents: files and folders, or a pasted text; a look first; many files in parts.

It is the "add" page of a run: whoever may add a run may ingest. A browser with scripts sends files in many requests
(`receive_parts`), others in one. Files are kept until they are ingested or discarded (see `archive.uploads`). What is
small is ingested at once; the rest by the process beside the server, if there is one.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from typing import IO, Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from .. import uploads
from ..ingest import (
    OPTIONS,
    FilePreview,
    IntakeOptions,
    StoppedError,
    enqueue,
    ingest_streams,
    is_served,
    origin_of,
    preview_files,
    start_run,
    streams_of,
)
from ..models import ArticleVersion
from ..sight import visible
from .captures import ReadOnlyAdmin
from .indexing import sync_index
from .intake_form import IntakeForm

# A page lists so many articles and problems, and counts the others; the lists of the admin have all of them.
MAX_LISTED = 100
COUNTS = ("new", "changed", "unchanged", "rejected")

# What is ingested while the browser waits: a few seconds. The rest goes to the process beside the server.
_MAX_BYTES_AT_ONCE = 4 * 1024 * 1024
_MAX_FILES_AT_ONCE = 20
# A browser sends so much in one request, and so many files.
PART_BYTES = 4 * 1024 * 1024
PART_FILES = 50

_MEBIBYTE = 1024 * 1024


class IntakeAdmin(ReadOnlyAdmin):
    """An admin of runs that can begin one."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("archive.add_ingestrun")

    def get_urls(self) -> list[URLPattern]:
        # Exempt here and protected in `receive`, which does not read a body that it will refuse.
        intake = csrf_exempt(self.admin_site.admin_view(self.receive))
        parts = csrf_exempt(self.admin_site.admin_view(self.receive_parts))
        return [
            path("add/", intake, name="archive_ingestrun_add"),
            path("add/parts/", parts, name="archive_ingestrun_parts"),
            *super().get_urls(),
        ]

    @csrf_exempt
    def receive(self, request: HttpRequest) -> HttpResponse:
        """Answers the page of adding documents; refuses a body that is too large without reading it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST" and (refusal := _read_body(request)):
            return self._refuse(request, *refusal)
        return csrf_protect(self._answer)(request)

    @csrf_exempt
    def receive_parts(self, request: HttpRequest) -> HttpResponse:
        """Receives parts of the files of one upload, and answers in JSON; see `uploads.receive_part`."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return JsonResponse({"error": "Send parts of files."}, status=HTTPStatus.METHOD_NOT_ALLOWED)
        if refusal := _read_body(request):
            reason, status = refusal
            return JsonResponse({"error": reason}, status=status)
        return csrf_protect(_answer_parts)(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            uploads.sweep()
            return self._show_form(request, IntakeForm())
        # The last field of the form: if it is missing, so is the end of the request.
        match request.POST.get("step"):
            case "preview" | "ingest" as step:
                return self._receive_documents(request, as_preview=step == "preview")
            case "ingest previewed" | "discard" as step:
                return self._finish(request, request.POST.get("token", ""), discard=step == "discard")
        return self._refuse(request, "The request did not arrive complete, and nothing was ingested. Send it again.")

    def _receive_documents(self, request: HttpRequest, *, as_preview: bool) -> HttpResponse:
        form = IntakeForm(request.POST, request.FILES)
        if not form.is_valid():
            form.focus_on_error()
            return self._show_form(request, form, status=HTTPStatus.BAD_REQUEST)
        user_id = _user_id(request)
        try:
            if form.token:
                upload = uploads.close_upload(form.token, form.sizes_bytes, form.option_texts, user_id=user_id)
            else:
                upload = uploads.hold(form.documents, form.option_texts, user_id=user_id)
        except uploads.UploadError as error:
            return self._refuse(request, str(error), _status_of(error))
        except OSError as error:
            return self._refuse(request, _not_received(error), HTTPStatus.INSUFFICIENT_STORAGE)
        if not as_preview:
            return self._finish(request, upload.token, discard=False)
        seen = visible(ArticleVersion.objects.all(), request.user)
        streams = islice(streams_of(upload, form.options), _previewed_count(upload))
        files = list(preview_files(streams, form.options, max_listed=MAX_LISTED, known_versions=seen))
        return self.render_page(request, "preview.html", {"title": "Preview", **_preview_context(upload, files)})

    def _finish(self, request: HttpRequest, token: str, *, discard: bool) -> HttpResponse:
        """Ingests the upload with this token, at once or later, or deletes it."""
        upload = uploads.claim(token, user_id=_user_id(request))
        if upload is None:
            text = "These files were deleted or already ingested. Choose them again."
            return self._refuse(request, text, HTTPStatus.GONE)
        if not discard and not _is_small(upload) and is_served():
            run = enqueue(upload, user_id=_user_id(request))
            self.log_addition(request, run, [{"added": {}}])
            return HttpResponseRedirect(reverse("admin:archive_ingestrun_change", args=[run.pk]))
        try:
            if not discard:
                return self._ingest(request, upload)
        finally:
            uploads.release(upload)
        messages.info(request, "Nothing was ingested, and the files were deleted.")
        return HttpResponseRedirect(reverse("admin:archive_ingestrun_add"))

    def _ingest(self, request: HttpRequest, upload: uploads.HeldUpload) -> HttpResponse:
        """Ingests and indexes the files of an upload, and redirects to the run."""
        options = IntakeOptions.from_texts(upload.options)
        run = start_run(
            f"upload of {origin_of(upload.names)}",
            user_id=_user_id(request),
            options=upload.options,
            file_count=len(upload.names),
        )
        self.log_addition(request, run, [{"added": {}}])
        try:
            for _ in ingest_streams(streams_of(upload, options), options, run=run):
                pass
        except StoppedError as error:
            messages.error(request, str(error))
        else:
            sync_index(request)
        counts = ", ".join(f"{getattr(run, name):,} {name}" for name in COUNTS)
        add_message = messages.success if run.finished and not run.rejected else messages.warning
        add_message(request, f"Ingested: {counts}.")
        return HttpResponseRedirect(reverse("admin:archive_ingestrun_change", args=[run.pk]))

    def _refuse(self, request: HttpRequest, reason: str, status: int = HTTPStatus.BAD_REQUEST) -> HttpResponse:
        return self._show_form(request, IntakeForm(), refused=reason, status=status)

    def _show_form(
        self, request: HttpRequest, form: IntakeForm, *, refused: str = "", status: int = HTTPStatus.OK
    ) -> HttpResponse:
        context = {
            "title": "Add documents",
            "form": form,
            "refused": refused,
            "max_files": uploads.MAX_FILES,
            "max_mebibytes": settings.UPLOAD_TOTAL_BYTES // _MEBIBYTE,
            "part_bytes": min(PART_BYTES, settings.UPLOAD_BYTES),
            "part_files": min(PART_FILES, settings.DATA_UPLOAD_MAX_NUMBER_FILES),
        }
        return self.render_page(request, "intake.html", context, status=status)

    def render_page(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        """Returns a page about runs."""
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


def _preview_context(upload: uploads.HeldUpload, files: Sequence[FilePreview]) -> dict[str, Any]:
    """Returns what the preview's page shows."""
    counts = {name: sum(getattr(file, name) for file in files) for name in ("read", "known", "rejected", "noted")}
    return {
        "upload": upload,
        "file_count": len(upload.names),
        "kept_until": timezone.now() + timedelta(seconds=uploads.MAX_HELD_SECONDS),
        "options": [(option.label, text) for option in OPTIONS if (text := upload.options.get(option.name))],
        "files": files,
        "max_listed": MAX_LISTED,
        **counts,
    }


def _read_body(request: HttpRequest) -> tuple[str, int] | None:
    """Reads the body of a request, unless it is too large; returns why it is refused, and the status, or None."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > settings.UPLOAD_BYTES:
        return _too_large(int(length)), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    try:
        request.POST  # noqa: B018 - reads the body
    except TooManyFilesSent:
        limit = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return f"At most {limit} files can be sent at once; pack them in a zip.", HTTPStatus.BAD_REQUEST
    except RequestDataTooBig:
        return "The pasted text is too long; save it as a file and choose that.", HTTPStatus.BAD_REQUEST
    except (MultiPartParserError, SuspiciousOperation):
        reason = "The request cannot be read. A file's name may be too long: shorten it and send the files again."
        return reason, HTTPStatus.BAD_REQUEST
    except OSError as error:
        # The browser went away, or the disk is full.
        return _not_received(error), HTTPStatus.INSUFFICIENT_STORAGE
    return None


def _answer_parts(request: HttpRequest) -> JsonResponse:
    user_id = _user_id(request)
    try:
        if request.POST.get("step") == "open":
            return JsonResponse({"token": uploads.open_upload(user_id=user_id)})
        # The last field of the request: if it is missing, so is the end of the request.
        if request.POST.get("step") != "parts":
            return JsonResponse({"error": "The request did not arrive complete."}, status=HTTPStatus.BAD_REQUEST)
        received = [
            uploads.receive_part(request.POST.get("token", ""), part, user_id=user_id) for part in _parts_in(request)
        ]
    except uploads.UploadError as error:
        return JsonResponse({"error": str(error)}, status=_status_of(error))
    except OSError as error:
        return JsonResponse({"error": _not_received(error)}, status=HTTPStatus.INSUFFICIENT_STORAGE)
    return JsonResponse({"received": received})


def _parts_in(request: HttpRequest) -> list[uploads.Part]:
    """Returns the parts of files in a request. Raises UploadError for a list that does not fit the files."""
    files = request.FILES.getlist("file")
    try:
        listed = json.loads(request.POST.get("parts", ""))
        parts = [
            uploads.Part(int(entry["number"]), str(entry["name"]), int(entry["start"]), cast("IO[bytes]", file.file))
            for entry, file in zip(listed, files, strict=True)
        ]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise uploads.UploadError("The request does not say which parts of files it has.") from None
    if any(part.start_byte < 0 for part in parts):
        raise uploads.UploadError("The request does not say which parts of files it has.")
    return parts


def _status_of(error: uploads.UploadError) -> int:
    return HTTPStatus.GONE if isinstance(error, uploads.UploadGoneError) else HTTPStatus.BAD_REQUEST


def _previewed_count(upload: uploads.HeldUpload) -> int:
    """Returns how many of the first files are looked at: as many as one request may have, and one at least."""
    size_bytes = 0
    for number, (_, file_path) in enumerate(upload.files[: settings.DATA_UPLOAD_MAX_NUMBER_FILES]):
        size_bytes += file_path.stat().st_size
        if number and size_bytes > settings.UPLOAD_BYTES:
            return number
    return min(len(upload.names), settings.DATA_UPLOAD_MAX_NUMBER_FILES)


def _is_small(upload: uploads.HeldUpload) -> bool:
    """Whether a browser can wait until an upload is ingested."""
    size_bytes = sum(file_path.stat().st_size for _, file_path in upload.files)
    return size_bytes <= _MAX_BYTES_AT_ONCE and len(upload.names) <= _MAX_FILES_AT_ONCE
