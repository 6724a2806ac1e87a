"""Views of exports: whole results as files."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseForbidden,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..engines import ClientGoneError, EngineError
from ..exports import FORMATS, Export, ExportOptionError, ExportOptions, file_stem, make_export
from ..query import QueryError
from .access import downloadable_captures, login_to_search, read_question
from .readers import is_reader_gone
from .responses import site_url, text_error
from .slots import EXPORT_SLOTS, limit_running

_NO_CAPTURES = (
    "The bytes of captures are for users who may download them in the admin. Leave out captures=1, or ask the archive "
    "for the permission to view captures."
)


@require_safe
@login_to_search
@limit_running(EXPORT_SLOTS)
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """Every row of a result, as a streamed download."""
    if name not in FORMATS:
        raise Http404(f"There is no format {name!r}. The formats are: {', '.join(FORMATS)}.")
    chosen, question, now = FORMATS[name], read_question(request), timezone.now()
    pieces: Iterator[bytes] = iter(())
    try:
        options = ExportOptions.from_parameters(request.GET)
        captures = downloadable_captures(request)
        if chosen.is_package and options.captures and captures is None:
            return HttpResponseForbidden(f"{_NO_CAPTURES}\n", content_type="text/plain; charset=utf-8")
        if request.method == "HEAD":
            question.check(now)
        else:
            made = make_export(chosen, question, options, site_url=site_url(request), now=now)
            made = made if captures is None else replace(made, captures=captures)
            pieces = _send(replace(made, watch=lambda _: not is_reader_gone(request)))
    except ExportOptionError as error:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
    except (QueryError, EngineError) as error:
        return text_error(error)
    content_type = chosen.media_type if chosen.is_binary else f"{chosen.media_type}; charset=utf-8"
    response = StreamingHttpResponse(pieces, content_type=content_type)
    filename = f"{file_stem(question, now)}.{chosen.extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _send(export: Export) -> Iterator[bytes]:
    """Yields a file for a browser, until nobody wants it any more."""
    with suppress(ClientGoneError):
        yield from export.write(with_mark=True)
