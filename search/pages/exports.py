"""Views of exports: the page that offers them, and whole results as files."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db import connection
from django.http import (
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..engines import TIME_LIMIT_SECONDS, ClientGoneError, EngineError, time_limit
from ..exports import (
    FORMATS,
    MAX_CELL_CHARS,
    ROW_UNITS,
    TEXTS,
    Export,
    ExportOptionError,
    ExportOptions,
    file_stem,
    make_export,
    unknown_format,
)
from ..exports.recorded import ExportRecorder
from ..query import QueryError
from ..results import Question, build_chips, read_last
from .access import downloadable_captures, login_to_search, read_question
from .export_panel import ExportForm, is_sent_form, look_ahead, read_export_form
from .readers import is_reader_gone
from .responses import HttpRequest, attachment, prefers_page, render_error_page, render_page, site_url, text_error
from .slots import EXPORT_SLOTS, limit_running

# Picked hits that are not in the result any more, as the page names them; the file names all.
_MAX_NAMED = 20
_NO_CAPTURES = (
    "The bytes of captures are for users who may download them in the admin. Leave out captures=1, or ask the archive "
    "for the permission to view captures."
)


@require_safe
@login_to_search
def export_page(request: HttpRequest) -> HttpResponse:
    """What a file of a result may have, and what will come: a page, or a panel over the results.

    Options that cannot be are answered with 400 and a page that names those that exist and is still usable.
    """
    form, question = read_export_form(request.GET), read_question(request).with_page(1)
    address = form.page_address(question)
    if is_sent_form(request.GET) and not request.htmx and not form.errors:
        return HttpResponseRedirect(address)
    response = _render_form(request, question, form)
    # The page of exports keeps its options in its address; over the results the address stays that of the results.
    if request.htmx.current_url_abs_path and request.htmx.current_url_abs_path.startswith(request.path):
        response.headers["HX-Replace-Url"] = address
    return response


def _render_form(request: HttpRequest, question: Question, form: ExportForm) -> HttpResponse:
    """Renders the page of exports; with what will come, unless something that was asked for cannot be."""
    now = timezone.now()
    may_have_captures = downloadable_captures(request) is not None
    if form.format.is_package and form.options.captures and not may_have_captures:
        form = replace(form, errors=tuple(dict.fromkeys((*form.errors, _NO_CAPTURES))))
    context: dict[str, Any] = {
        "question": question,
        "form": form,
        "chips": build_chips(question, question.span(now)),
        "first": form.options.first or read_last(request.GET, "first"),
        "row_units": ROW_UNITS,
        "texts": TEXTS,
        "max_cell_chars": MAX_CELL_CHARS,
        "max_named": _MAX_NAMED,
        "file_address": form.file_address(question),
        "site_url": site_url(request),
        "may_have_captures": may_have_captures,
        "whole": replace(form, options=replace(form.options, picked=())).page_address(question),
    }
    if form.errors:
        response = render_page(request, "export.html", context)
        response.status_code = 400
        return response
    try:
        with time_limit(TIME_LIMIT_SECONDS):
            context["outcome"] = look_ahead(form, question, site_url=site_url(request), now=now)
    except (QueryError, EngineError) as error:
        return render_error_page(request, "export.html", context, error)
    return render_page(request, "export.html", context)


@require_safe
@login_to_search
@limit_running(EXPORT_SLOTS)
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """Every row of a result, as a streamed download."""
    question, now = read_question(request), timezone.now()
    if name not in FORMATS:
        return _refuse(request, name, question, unknown_format(name), status=404)
    chosen = FORMATS[name]
    pieces: Iterator[bytes] = iter(())
    try:
        options = ExportOptions.from_parameters(request.GET)
        captures = downloadable_captures(request)
        if chosen.is_package and options.captures and captures is None:
            return _refuse(request, name, question, _NO_CAPTURES, status=403)
        if request.method == "HEAD":
            question.check(now)
        else:
            made = make_export(chosen, question, options, site_url=site_url(request), now=now)
            made = made if captures is None else replace(made, captures=captures)
            pieces = _send(request, name, replace(made, watch=lambda _: not is_reader_gone(request)))
    except ExportOptionError as error:
        return _refuse(request, name, question, str(error), status=400)
    except (QueryError, EngineError) as error:
        if prefers_page(request):
            return render_error_page(request, "export.html", {"question": question}, error)
        return text_error(error)
    content_type = chosen.media_type if chosen.is_binary else f"{chosen.media_type}; charset=utf-8"
    response = StreamingHttpResponse(pieces, content_type=content_type)
    stem = file_stem(question, now, is_picked=bool(options.picked))
    response.headers["Content-Disposition"] = attachment(f"{stem}.{chosen.extension}")
    return response


def _refuse(request: HttpRequest, name: str, question: Question, message: str, *, status: int) -> HttpResponse:
    """Says why there is no file: to people on the page of exports with their search, to programs in a line."""
    if not prefers_page(request):
        return HttpResponse(f"{message}\n", status=status, content_type="text/plain; charset=utf-8")
    form = read_export_form(request.GET)
    chosen = name if name in FORMATS else form.format_name
    others = [error for error in form.errors if error != message]
    shown = replace(form, format_name=chosen, errors=(message, *others))
    response = _render_form(request, question.with_page(1), shown)
    response.status_code = status
    return response


def _send(request: HttpRequest, name: str, export: Export) -> Iterator[bytes]:
    """Yields a file for a browser, until nobody wants it any more; records it for a signed-in person at its end."""
    recorder, size_bytes = ExportRecorder(export), 0
    noting = replace(export, note_row=recorder.note) if request.user.is_authenticated else export
    try:
        with suppress(ClientGoneError):
            for piece in noting.write(with_mark=True):
                size_bytes += len(piece)
                yield piece
            if request.user.is_authenticated and not is_reader_gone(request):
                recorder.record(request.user.pk, name, size_bytes)
    finally:
        # It would keep its last statements for the next request; those of an export have some 100 kB each.
        if not connection.in_atomic_block:
            connection.close()
