"""The lock of an index in a cluster: a lease, which a process renews while it writes.

A process that was killed leaves its lease, which ends by itself after LEASE_SECONDS. The clocks of the machines that
write must agree to some seconds, as those of a cluster must anyway. Only `writing` imports from here.
"""

import contextlib
import secrets
import time
from typing import Any

from ..contract import BusyError, EngineError
from .cluster import Cluster, ConflictError, NotFoundError

LEASE_SECONDS = 60.0
_RENEW_SECONDS = 15.0
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

    def renew(self) -> None:
        """Keeps the lock for longer; cheap if it was renewed just now. Raises EngineError if it is lost."""
        if time.monotonic() - self._renewed < _RENEW_SECONDS:
            return
        try:
            self._write(self._version)
        except ConflictError:
            raise EngineError(
                f"This process paused for more than {LEASE_SECONDS:g} seconds while it wrote to the index, and "
                "another process took its lock. Pending changes stay pending: run `manage.py index update`."
            ) from None

    def release(self) -> None:
        """Gives the lock back. What keeps this from happening ends with the lease."""
        with contextlib.suppress(EngineError):
            self._cluster.call("DELETE", self._path, params=self._version)

    def _try(self) -> bool:
        try:
            found = self._cluster.call("GET", self._path)
        except NotFoundError:
            found = None
        try:
            if found is None:
                self._write({"op_type": "create"})
            elif found["_source"]["until"] < time.time():
                self._write({"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]})
            else:
                return False
        except ConflictError:
            return False
        return True

    def _write(self, condition: dict[str, Any]) -> None:
        body = {"owner": self._owner, "until": time.time() + LEASE_SECONDS}
        answer = self._cluster.call("PUT", self._path, body, params=condition)
        self._version = {"if_seq_no": answer["_seq_no"], "if_primary_term": answer["_primary_term"]}
        self._renewed = time.monotonic()
