"""What programs ask that watch the site: whether a process is alive, and whether it can answer readers.

    /healthz    the process answers; asks neither the database nor the index
    /readyz     the database and the index answer too; else 503, with a line for each that does not

Balancers and containers ask a process by its own address, which is none of ARCHIVE_HOSTS: so `answer_checks` answers
before anything looks at the name of the host. It names no address and no folder; the log says more. The settings
name the middleware; `search.urls` has the addresses.
"""

import logging
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from archive.models import Change
from archive.storage_faults import explain_storage_fault

from ..engines import EngineError
from ..index import engine

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 10


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process is alive: one that does not answer is to be started again."""
    return _answer(["ok"], status=200)


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Says whether readers get answers here: one that says no is to be asked by nobody, until it says yes.

    One query, and what the index takes to look for its newest state.
    """
    faults = [fault for find in (_find_fault_of_database, _find_fault_of_index) if (fault := find())]
    return _answer(faults, status=503) if faults else _answer(["ready"], status=200)


def _find_fault_of_database() -> str:
    try:
        Change.objects.order_by().exists()
    except Exception as error:
        fault = explain_storage_fault(error)
        if not fault:
            raise
        logger.warning("Not ready: the database: %s", error)
        # Else each check would fail until the connection is as old as it may become.
        connection.close()
        return f"database: {fault}"
    return ""


def _find_fault_of_index() -> str:
    try:
        engine().state()
    except EngineError as error:
        logger.warning("Not ready: the index: %s", error)
        return "index: It cannot be searched. The log says why."
    except Exception as error:
        # The index asks the database whether it is that of this record.
        if not explain_storage_fault(error):
            raise
        return "index: It cannot be searched without the database."
    return ""


def _answer(lines: list[str], *, status: int) -> HttpResponse:
    text = "".join(f"{line}\n" for line in lines)
    answer = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    if status != 200:
        answer.headers["Retry-After"] = str(_RETRY_SECONDS)
    return answer


CHECKS = {"/healthz": healthz, "/readyz": readyz}


def answer_checks(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answers the checks, whatever host a request names, and passes on all else."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        check = CHECKS.get(request.path_info)
        return check(request) if check else get_response(request)

    return middleware
