"""The cluster: requests to it, and what they can fail with as an EngineError that says how to cure it.

opensearch-py is loaded when an engine is made, since an archive with the embedded engine does without. Only modules of
this package import from here.
"""

import json
import logging
import ssl
import time
from collections.abc import Mapping
from typing import Any

from ..contract import EngineError, OverloadedError, QueryLimitError, UnavailableError
from .address import ClusterAddress

# Until a node must have answered a request that is no query. A rebuild copies and deletes whole indexes.
REQUEST_SECONDS = 60.0
# Copies of an index take over from each other within seconds.
_TAKEOVER_SECONDS = 5.0
_RETRY_SECONDS = 0.25
_CONNECTIONS = 40
_RETRIES = 3
_PENDING = "Pending changes stay pending"


class GoneSnapshotError(EngineError):
    """The state of the index that a reader keeps open is gone, as after its node ended: it opens the newest."""


class ConflictError(EngineError):
    """Another process has written the same document meanwhile."""


class NotFoundError(EngineError):
    """There is no such index, alias or document."""


class Cluster:
    """The nodes at an address. Threads may share an instance."""

    def __init__(self, address: ClusterAddress) -> None:
        self.address = address
        self._client = _connect(address)
        self._transport_error, self._connection_error = _exceptions()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        timeout_seconds: float = REQUEST_SECONDS,
    ) -> Any:
        """Sends a request and returns its answer. Raises EngineError, which names the cure.

        Where no copy of an index can answer, as while another takes over from a lost one, it is sent again.
        """
        options = {**(params or {}), "request_timeout": timeout_seconds}
        deadline = time.monotonic() + _TAKEOVER_SECONDS
        while True:
            try:
                return self._client.transport.perform_request(method, path, params=dict(options), body=body)
            except self._transport_error as error:
                if getattr(error, "status_code", None) != 503 or time.monotonic() >= deadline:
                    raise self._explain(error) from error
            time.sleep(_RETRY_SECONDS)

    def bulk(self, index: str, lines: str, *, active_copies: int) -> list[dict[str, Any]]:
        """Sends changes of documents, as lines of JSON, and returns the answer for each."""
        params = {"wait_for_active_shards": active_copies, "timeout": f"{REQUEST_SECONDS:g}s"}
        answer = self.call("POST", f"/{index}/_bulk", lines, params=params, timeout_seconds=2 * REQUEST_SECONDS)
        return [next(iter(item.values())) for item in answer["items"]]

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    # --- what can go wrong ---

    def _explain(self, error: Any) -> EngineError:
        status = getattr(error, "status_code", "N/A")
        if isinstance(error, self._connection_error):
            return self._explain_connection(error)
        reason = _reason_of(error)
        return explain_status(int(status) if str(status).isdigit() else 500, reason, self.address.shown)

    def _explain_connection(self, error: Any) -> EngineError:
        text = str(error)
        if "timed out" in text.lower() or "timeout" in type(error).__name__.lower():
            return UnavailableError(
                f"The search cluster at {self.address.shown} did not answer in time. {_PENDING}. "
                "Ask again; if it stays so, look at its load, or add nodes."
            )
        return UnavailableError(
            f"The search cluster at {self.address.shown} cannot be reached ({type(error).__name__}). {_PENDING}. "
            "Start its nodes, or correct ARCHIVE_SEARCH_ENGINE."
        )


def explain_status(status: int, reason: str, where: str) -> EngineError:
    """Returns the error for an answer of a node that refuses or fails."""
    text = reason.lower()
    if "search_context_missing" in text or "point in time" in text or "no search context" in text:
        return GoneSnapshotError(f"The search cluster at {where} lost a snapshot ({_short(reason)}). Ask again.")
    if status == 409:
        return ConflictError(f"Another process changed the same document in {where}.")
    if status == 429 and "circuit_breaking" not in text:
        return OverloadedError()
    if "circuit_breaking" in text or "data too large" in text:
        return QueryLimitError(
            "The query needs more memory than a node of the search cluster has to spare. "
            "Use rarer words or fewer of them, or narrow the result."
        )
    if "executed in a loop" in text or "too_many" in text or "max_clause" in text or "timed_out" in text:
        return QueryLimitError(
            "The query takes too long to answer exactly and was stopped. "
            "Use rarer words or fewer of them, or narrow the result."
        )
    if "flood" in text or "read-only-allow-delete" in text or "no space left" in text:
        return EngineError(
            f"A disk of the search cluster at {where} is full. The index serves as before. {_PENDING}: "
            "free space or add a node, then run `manage.py index update`."
        )
    if status in (401, 403):
        return UnavailableError(
            f"The search cluster at {where} refuses the user or the password. Correct them in ARCHIVE_SEARCH_ENGINE."
        )
    if "index_not_found" in text or status == 404:
        return NotFoundError(f"There is no index at {where} ({_short(reason)}). Build it: `manage.py index rebuild`.")
    if status == 503 or "not enough active copies" in text or "unavailable" in text:
        return UnavailableError(
            f"The search cluster at {where} has no working copy of the index ({_short(reason)}). {_PENDING}. "
            "Start its missing nodes, which take a while to open it; if they are lost, run `manage.py index rebuild`."
        )
    return UnavailableError(
        f"The search cluster at {where} answered {status} ({_short(reason)}). {_PENDING}. "
        "If its version is older than 2.11, update it; else report what its log says."
    )


def _short(reason: str) -> str:
    return reason if len(reason) <= 200 else f"{reason[:200]}…"


def _reason_of(error: Any) -> str:
    """Returns why a node refused a request: the kinds and reasons of the error and its causes, without the request."""
    found: list[str] = []

    def collect(value: object) -> None:
        if isinstance(value, Mapping):
            found.extend(value[key] for key in ("type", "reason") if isinstance(value.get(key), str))
            for key in ("error", "root_cause", "caused_by", "failed_shards", "reason"):
                collect(value.get(key))
        elif isinstance(value, list):
            for part in value[:3]:
                collect(part)

    info = getattr(error, "info", None)
    collect(info)
    return ": ".join(dict.fromkeys(found)) or str(getattr(error, "error", error))


def _connect(address: ClusterAddress) -> Any:
    try:
        from opensearchpy import OpenSearch
    except ImportError:
        raise EngineError(
            "ARCHIVE_SEARCH_ENGINE names an OpenSearch cluster, and opensearch-py is not installed. "
            "Install it: `pip install --require-hashes -r requirements-server.txt`."
        ) from None
    # What fails is raised, with its cure; and that there is no such document yet is no failure.
    logging.getLogger("opensearch").setLevel(logging.CRITICAL)
    options: dict[str, Any] = {}
    if address.user:
        options["http_auth"] = (address.user, address.password)
    if address.is_secure:
        options |= {"use_ssl": True, "ssl_context": ssl.create_default_context(cafile=address.certificates or None)}
    return OpenSearch(
        [{"host": host, "port": port} for host, port in address.hosts],
        maxsize=_CONNECTIONS,
        max_retries=_RETRIES,
        # Of another node, if one is gone. A request that is only slow is not sent twice.
        retry_on_timeout=False,
        retry_on_status=(502, 504),
        http_compress=True,
        **options,
    )


def _exceptions() -> tuple[type[Exception], type[Exception]]:
    from opensearchpy.exceptions import ConnectionError as NoConnectionError
    from opensearchpy.exceptions import TransportError

    return TransportError, NoConnectionError


def to_lines(parts: list[Any]) -> str:
    """Returns values as lines of JSON, as bulk requests have them."""
    return "".join(f"{json.dumps(part, ensure_ascii=False, separators=(',', ':'))}\n" for part in parts)
