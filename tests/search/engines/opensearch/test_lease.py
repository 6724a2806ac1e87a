"""The lock of an index in a cluster, with a clock and a control index of its own. Needs no node."""

import threading
from typing import Any

import pytest

from search.engines.contract import BusyError, EngineError
from search.engines.opensearch import lease as lease_module
from search.engines.opensearch.cluster import ConflictError, NotFoundError
from search.engines.opensearch.lease import LEASE_SECONDS, Lease

MAX_TEST_SECONDS = 30


class ControlIndex:
    """The one document of a control index, as a cluster keeps it: a write names the version that it replaces."""

    def __init__(self) -> None:
        self.stored: dict[str, Any] | None = None
        self.written = 0
        self.writes = threading.Condition()
        # What the next writes fail with: before they are made, or after, as where the answer is lost.
        self.fails_before: Exception | None = None
        self.loses_answers = False

    def call(self, method: str, path: str, body: Any = None, *, params: Any = None, timeout_seconds: float = 0) -> Any:
        assert path == "/news-control/_doc/lock"
        if method == "GET":
            if self.stored is None:
                raise NotFoundError
            return self.stored
        if self.fails_before:
            raise self.fails_before
        self._compare(params or {})
        if method == "DELETE":
            self.stored = None
            return {}
        with self.writes:
            self.written += 1
            self.stored = {"_seq_no": self.written, "_primary_term": 1, "_source": body}
            self.writes.notify_all()
        if self.loses_answers:
            # The client sends it again, and the version has changed.
            raise ConflictError
        return self.stored

    def _compare(self, params: dict[str, Any]) -> None:
        current = self.stored and self.stored["_seq_no"]
        expected = None if params.get("op_type") == "create" else params["if_seq_no"]
        if current != expected:
            raise ConflictError

    def wait_for(self, written: int) -> None:
        """Waits until so many writes were made."""
        with self.writes:
            assert self.writes.wait_for(lambda: self.written >= written, MAX_TEST_SECONDS)


class Clock:
    """The time on a machine, which passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now

    monotonic = time

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def index() -> ControlIndex:
    return ControlIndex()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(lease_module, "time", clock)
    return clock


def make_lease(index: ControlIndex) -> Lease:
    return Lease(index, "news-control")  # type: ignore[arg-type]


def test_lock_is_kept_from_others_until_it_is_given_back(index: ControlIndex, clock: Clock) -> None:
    first, second = make_lease(index), make_lease(index)
    first.acquire(0)
    with pytest.raises(BusyError, match="did not finish in 5 seconds"):
        second.acquire(5)
    first.release()
    second.acquire(0)
    second.check()
    second.release()
    assert index.stored is None


def test_lock_is_renewed_while_its_writer_waits_for_a_long_request(
    index: ControlIndex, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_module, "_RENEW_SECONDS", 0.001)
    writer, other = make_lease(index), make_lease(index)
    writer.acquire(0)
    clock.now += LEASE_SECONDS - 1
    index.wait_for(index.written + 2)
    clock.now += LEASE_SECONDS - 1
    with pytest.raises(BusyError):
        other.acquire(0)
    writer.check()
    writer.release()


def test_process_that_was_stopped_for_long_writes_no_more(index: ControlIndex, clock: Clock) -> None:
    stopped, other = make_lease(index), make_lease(index)
    stopped.acquire(0)
    clock.now += LEASE_SECONDS + 1
    other.acquire(0)
    with pytest.raises(EngineError, match=r"paused for more than 60 seconds.*Pending changes stay pending"):
        stopped.check()
    stopped.release()
    other.check()
    other.release()


def test_lock_that_nobody_took_meanwhile_is_kept(index: ControlIndex, clock: Clock) -> None:
    lease = make_lease(index)
    lease.acquire(0)
    clock.now += LEASE_SECONDS + 1
    lease.check()
    lease.release()
    assert index.stored is None


def test_lock_is_not_lost_with_the_answer_of_a_node_that_ends(index: ControlIndex, clock: Clock) -> None:
    lease = make_lease(index)
    index.loses_answers = True
    lease.acquire(1)
    clock.now += LEASE_SECONDS - 1
    lease.check()
    index.loses_answers = False
    lease.check()
    lease.release()
    assert index.stored is None


def test_cluster_that_does_not_answer_is_asked_again(
    index: ControlIndex, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_module, "_RENEW_SECONDS", 0.001)
    lease = make_lease(index)
    lease.acquire(0)
    index.fails_before = EngineError("The search cluster cannot be reached.")
    clock.now += LEASE_SECONDS - 1
    with pytest.raises(EngineError, match="cannot be reached"):
        lease.check()
    index.fails_before = None
    index.wait_for(index.written + 1)
    lease.check()
    lease.release()
    assert index.stored is None
