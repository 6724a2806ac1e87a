"""The process that gunicorn starts: it serves until it is to stop, and completes what it has begun."""

import importlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.workers.base import Worker

from archive.management.commands.start import server_command
from archive.serving import site_addresses
from archive.serving import worker as worker_module
from archive.serving.worker import BufferingWorker
from tests.paths import ROOT


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def warmed() -> list[bool]:
    """Whether others are forked from the process that was warmed up, each time."""
    return []


@pytest.fixture
def worker(listener: socket.socket, warmed: list[bool], monkeypatch: pytest.MonkeyPatch) -> BufferingWorker:
    """A worker as gunicorn leaves it before `run`, of which this process remains as it was."""
    monkeypatch.setattr(worker_module, "gc", SimpleNamespace(collect=int, freeze=int))
    monkeypatch.setattr("sys.setswitchinterval", lambda seconds: None)
    monkeypatch.setattr(worker_module, "get_search_port", lambda: SimpleNamespace(warm_up=warmed.append))
    worker = BufferingWorker.__new__(BufferingWorker)
    worker.alive, worker.ppid, worker.age = True, os.getppid(), 2
    worker.sockets = [SimpleNamespace(sock=listener)]
    worker.cfg = SimpleNamespace(threads=2, graceful_timeout=30)
    worker.notify = lambda: None
    return worker


def test_worker_that_is_to_stop_completes_its_answers(worker: BufferingWorker, listener: socket.socket) -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        worker.alive = False
        start_response("200 OK", [("Content-Length", "4")])
        yield b"pa"
        yield b"ge"

    worker.wsgi = application
    with socket.create_connection(listener.getsockname()) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        worker.run()
        answer = b"".join(iter(lambda: client.recv(1000), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"page")


@pytest.mark.parametrize("age", [1, 2])
def test_first_worker_prints_the_addresses_once_it_is_warm(
    worker: BufferingWorker,
    listener: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    age: int,
) -> None:
    printed: list[str] = []
    port = SimpleNamespace(warm_up=lambda to_fork: printed.append(capsys.readouterr().out))
    monkeypatch.setattr(worker_module, "get_search_port", lambda: port)
    site = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    worker.age, worker.ppid, worker.wsgi = age, os.getppid() + 1, lambda environ, start_response: [b""]
    worker.run()
    assert printed == [""]
    assert (site in capsys.readouterr().out) == (age == 1)


def test_worker_ends_with_the_process_that_started_it(worker: BufferingWorker, warmed: list[bool]) -> None:
    worker.wsgi = None
    worker.ppid = -1
    worker.run()
    assert warmed == [False]


def test_gunicorn_warms_up_the_first_process(monkeypatch: pytest.MonkeyPatch, warmed: list[bool]) -> None:
    command = server_command(8000)
    _, _, name = command[command.index("--config") + 1].partition("python:")
    configuration = importlib.import_module(name)
    monkeypatch.setattr(configuration, "get_search_port", lambda: SimpleNamespace(warm_up=warmed.append))
    assert configuration.preload_app
    configuration.on_starting(None)
    assert warmed == [True]


def test_start_names_the_worker() -> None:
    command = server_command(8000)
    module, _, name = command[command.index("--worker-class") + 1].rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), name), Worker)
    assert "127.0.0.1:8000" in command


@pytest.mark.parametrize(
    ("host", "bound", "named"),
    [
        ("127.0.0.1", "127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "0.0.0.0:8000", "http://127.0.0.1:8000/"),  # noqa: S104  # no socket is opened
        ("10.0.0.5", "10.0.0.5:8000", "http://10.0.0.5:8000/"),
        ("::1", "[::1]:8000", "http://[::1]:8000/"),
        ("::", "[::]:8000", "http://127.0.0.1:8000/"),
    ],
)
def test_start_serves_at_the_address_that_it_names(host: str, bound: str, named: str) -> None:
    command = server_command(8000, host=host)
    assert command[command.index("--bind") + 1] == bound
    assert f"Search:  {named}" in site_addresses(host, 8000)


def test_site_loads_no_library_that_only_readers_of_documents_need() -> None:
    program = (
        "import sys; from archive.wsgi import application; "
        "print([name for name in ('trafilatura', 'htmldate') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
