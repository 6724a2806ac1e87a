"""The process that gunicorn starts and watches: it runs waitress's loop on the listening socket.

It is warmed up before that: its first page takes no longer than others.

`start` gives gunicorn the name of the class.
"""

import ctypes
import gc
import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from ..search_port import get_search_port
from . import site_addresses
from .connections import CHECK_SECONDS, MAX_AHEAD_BYTES, MAX_BUFFER_BYTES, MAX_HEADER_BYTES, BoundedServer
from .follower import FollowerWatch

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Besides its files, an upload has the fields of its form.
_MAX_FIELDS_BYTES = 1024 * 1024
# Gunicorn kills a process that has not ended after its graceful timeout.
_STOP_MARGIN_SECONDS = 2.0
# How long a thread computes before another gets its turn (5 ms by default): a page waits for other threads dozens of
# times, and each time for so long.
_SWITCH_SECONDS = 0.0005
# The option of mallopt, from malloc.h.
_M_ARENA_MAX = -8
_MAX_ARENAS = 2


class BufferingWorker(Worker):
    """Serves the application with as many threads as gunicorn's option says."""

    def run(self) -> None:
        sys.setswitchinterval(_SWITCH_SECONDS)
        _share_arenas()
        get_search_port().warm_up(False)
        # What is loaded now stays. Looking through it for garbage would take 100 ms of a page, now and then.
        gc.collect()
        gc.freeze()
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(self.cfg.threads)
        connections: dict[int, Any] = {}
        servers = [make_server(self.wsgi, listener.sock, connections, dispatcher) for listener in self.sockets]
        self._announce()
        self._serve(servers, connections)
        self._finish(servers, connections)
        dispatcher.shutdown(timeout=_STOP_MARGIN_SECONDS / 2)
        wasyncore.close_all(connections)

    def _announce(self) -> None:
        """Prints the addresses of the site if this is the first process since the start: now a page comes at once."""
        address = self.sockets[0].sock.getsockname()
        if self.age == 1 and isinstance(address, tuple):
            # A terminal that is gone ends no server.
            with suppress(OSError):
                print(site_addresses(address[0], address[1]), flush=True)

    def _serve(self, servers: list[BoundedServer], connections: dict[int, Any]) -> None:
        """Serves until gunicorn ends, or wants this process to end."""
        next_check = 0.0
        follower = FollowerWatch()
        while self.alive and self.ppid == os.getppid():
            wasyncore.poll2(CHECK_SECONDS, connections)
            if time.monotonic() >= next_check:
                next_check = time.monotonic() + CHECK_SECONDS
                self.notify()
                follower.look()
                for server in servers:
                    server.close_overdue()

    def _finish(self, servers: list[BoundedServer], connections: dict[int, Any]) -> None:
        """Accepts no more connections, and completes the answers that were begun."""
        until = time.monotonic() + self.cfg.graceful_timeout - _STOP_MARGIN_SECONDS
        for server in servers:
            server.accepting = False
        while sum(server.close_quiet() for server in servers) and time.monotonic() < until:
            wasyncore.poll2(CHECK_SECONDS / 10, connections)
            self.notify()


def _share_arenas() -> None:
    """Lets all threads allocate memory from the same arenas, where the C library has them (mallopt(3) of glibc).

    Else each of them keeps some 15 MB of the last export that it sent.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_ARENA_MAX, _MAX_ARENAS)


def make_server(
    application: Application, listener: Any, connections: dict[int, Any], dispatcher: ThreadedTaskDispatcher
) -> BoundedServer:
    """Returns the server of a listening socket. It puts its connections into the map, for waitress's loop."""
    adjustments = Adjustments(
        max_request_header_size=MAX_HEADER_BYTES,
        max_request_body_size=settings.UPLOAD_BYTES + _MAX_FIELDS_BYTES,
        inbuf_overflow=MAX_BUFFER_BYTES,
        outbuf_overflow=MAX_BUFFER_BYTES,
        outbuf_high_watermark=MAX_AHEAD_BYTES,
        # Only a connection that is read shows that its client has closed it.
        channel_request_lookahead=1,
        # Django reads them, and `archive.clients` decides which of them count.
        clear_untrusted_proxy_headers=False,
        ident="",
    )
    return BoundedServer(
        _without_body_for_head(application),
        connections,
        _sock=listener,
        dispatcher=dispatcher,
        adj=adjustments,
        sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        bind_socket=False,
    )


def _without_body_for_head(application: Application) -> Application:
    """Answers HEAD with the header alone, and makes no body for it: Django leaves that to the server."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if hasattr(body, "close"):
            body.close()
        return []

    return answer
