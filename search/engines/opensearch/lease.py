"""The lock of an index in a cluster: a lease, which a thread renews for as long as a process writes.

A request can take longer than the lease lasts, as while a node is lost or a copy of a large index is made; so it is
not the writer that renews it. A process that was killed leaves its lease, which ends by itself after LEASE_SECONDS.
The clocks of the machines that write must agree to some seconds, as those of a cluster must anyway. Only `writing`
imports from here.
"""

import contextlib
import secrets
import threading
import time
from typing import Any

from ..contract import BusyError, EngineError
from .cluster import REQUEST_SECONDS, Cluster, ConflictError, NotFoundError

LEASE_SECONDS = 60.0
_RENEW_SECONDS = 15.0
# Of a lease that was not renewed for longer, nobody knows whose it is: the process may have been stopped meanwhile.
_MAX_AGE_SECONDS = 40.0
# A node that does not answer is asked again before the lease ends.
_REQUEST_SECONDS = 10.0
_POLL_SECONDS = 0.05
_LOCK = "lock"


class Lease:
    """The right to write an index, which is in the index `control`."""

    def __init__(self, cluster: Cluster, control: str) -> None:
        self._cluster = cluster
        self._path = f"/{control}/_doc/{_LOCK}"
        self._owner = secrets.token_hex(8)
        self._version: dict[str, Any] = {}
        self._renewed = 0.0
        self._is_lost = False
        self._writing = threading.Lock()
        self._ends = threading.Event()
        self._renewing = threading.Thread(target=self._renew_until_end, daemon=True)

    def acquire(self, wait_seconds: float) -> None:
        """Waits for the lock. Raises BusyError if another process keeps it for longer."""
        deadline = time.monotonic() + wait_seconds
        while not self._try():
            if time.monotonic() >= deadline:
                raise BusyError(
                    f"Another process is writing to the index and did not finish in {wait_seconds:g} seconds; "
                    "pending changes stay pending: a running server indexes them, or `manage.py index update`. "
                    f"The lock of a process that was killed ends after {LEASE_SECONDS:g} seconds."
                )
            time.sleep(_POLL_SECONDS)
        self._renewing.start()

    def check(self) -> None:
        """Raises EngineError if another process has taken the lock, as from one that was stopped for a while.

        Cheap as long as the lease is young. What writes to the index calls it before each request.
        """
        if time.monotonic() - self._renewed > _MAX_AGE_SECONDS:
            self._renew()
        if self._is_lost:
            raise EngineError(
                f"This process paused for more than {LEASE_SECONDS:g} seconds while it wrote to the index, and "
                "another process took its lock. Pending changes stay pending: run `manage.py index update`."
            )

    def release(self) -> None:
        """Gives the lock back. What keeps this from happening ends with the lease."""
        self._ends.set()
        self._renewing.join()
        if not self._is_lost:
            with contextlib.suppress(EngineError):
                self._cluster.call("DELETE", self._path, params=self._version)

    def _renew_until_end(self) -> None:
        while not self._is_lost and not self._ends.wait(_RENEW_SECONDS):
            # A cluster that does not answer gives the lock to nobody else: it is asked again.
            with contextlib.suppress(EngineError):
                self._renew()

    def _renew(self) -> None:
        """Renews the lease, or finds that it is lost. Raises EngineError if the cluster does not answer."""
        with self._writing:
            if self._is_lost:
                return
            try:
                self._write(self._version, timeout_seconds=_REQUEST_SECONDS)
            except ConflictError:
                self._is_lost = not self._is_own(self._find())

    def _try(self) -> bool:
        """Takes the lock if it is free; returns whether it did."""
        found = self._find()
        try:
            if found is None:
                self._write({"op_type": "create"})
            elif found["_source"]["until"] < time.time():
                self._write({"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]})
            else:
                return self._is_own(found)
        except ConflictError:
            return False
        return True

    def _find(self) -> Any:
        """Returns the document of the lock; None if nobody has it."""
        try:
            return self._cluster.call("GET", self._path)
        except NotFoundError:
            return None

    def _is_own(self, found: Any) -> bool:
        """Whether the lock is that of this lease, as after a request whose answer was lost and that was sent again."""
        if found is None or found["_source"]["owner"] != self._owner:
            return False
        self._keep_version(found)
        return True

    def _write(self, condition: dict[str, Any], *, timeout_seconds: float = REQUEST_SECONDS) -> None:
        body = {"owner": self._owner, "until": time.time() + LEASE_SECONDS}
        answer = self._cluster.call("PUT", self._path, body, params=condition, timeout_seconds=timeout_seconds)
        self._keep_version(answer)

    def _keep_version(self, answer: Any) -> None:
        self._version = {"if_seq_no": answer["_seq_no"], "if_primary_term": answer["_primary_term"]}
        self._renewed = time.monotonic()
