"""The connections of a process: waitress's, with bounds on their number, and on the time and bytes that each takes.

A client that sends or reads too slowly, or does nothing, is cut off. Where there are too many connections, the one
that has waited longest for its client makes room. All bounds are those of a process. There is none by address: `start`
listens on 127.0.0.1, or where else a proxy reaches it, and all connections come from the proxy.
"""

import math
import socket
import time
from collections.abc import Iterator
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error, RequestHeaderFieldsTooLarge

# Each takes a few kilobytes and a file descriptor, of which a process has 1,024 as a rule.
MAX_CONNECTIONS = 400
# A query has at most 8,000 characters of up to four bytes, each of which takes three in an address: 96,000 bytes. The
# answer to so long a one leads to a short address.
MAX_HEADER_BYTES = 128 * 1024
# The time of the first line and the header fields. A phone with a bad network needs seconds.
MAX_HEADER_SECONDS = 15.0
# Between requests. Browsers open connections ahead of need, and keep them for the next click.
MAX_IDLE_SECONDS = 20.0
# A body, and an answer that is read, may pause for so long; then they must have come forward at this rate.
GRACE_SECONDS = 30.0
MIN_BODY_BYTES_PER_SECOND = 8 * 1024
MIN_READ_BYTES_PER_SECOND = 8 * 1024
# What the system buffers of an answer. A page fits. With the megabytes that it takes by itself, a slow reader would
# seem to read nothing for a while.
SEND_BUFFER_BYTES = 128 * 1024
# A streamed answer is written so far ahead of its reader, beyond which its thread waits.
MAX_AHEAD_BYTES = 1024 * 1024
# Larger bodies and answers are in temporary files.
MAX_BUFFER_BYTES = 256 * 1024
# Bodies that are larger are uploads of documents, of which so many are received at once: each is in a file.
MAX_SMALL_BODY_BYTES = 4 * 1024 * 1024
MAX_LARGE_BODIES = 4
# A client that is still sending what was refused reads the answer only if the connection stays open for a while.
MAX_LINGER_SECONDS = 5.0
# How often slow connections are looked for.
CHECK_SECONDS = 1.0


class AddressTooLongError(RequestHeaderFieldsTooLarge):
    """The first line of a request alone is longer than all of its header may be."""

    code = 414
    reason = "URI Too Long"


class TooManyUploadsError(Error):
    """Others are uploading as much as this process takes at once."""

    code = 503
    reason = "Service Unavailable"


class BoundedRequest(HTTPRequestParser):
    """A request as it comes in, and since when."""

    error: Any

    def __init__(self, adjustments: Any) -> None:
        super().__init__(adjustments)
        self.started = time.monotonic()

    def received(self, data: bytes) -> int:
        before = self.header_plus
        consumed: int = super().received(data)
        if isinstance(self.error, RequestHeaderFieldsTooLarge) and b"\r\n" not in before + data:
            self.error = AddressTooLongError("")
        return consumed

    @property
    def is_large(self) -> bool:
        """Whether the body is larger than forms are; a body of unknown length becomes it."""
        expected: int = max(self.content_length, self.body_bytes_received)
        return expected > MAX_SMALL_BODY_BYTES

    def is_overdue(self, now: float) -> bool:
        """Whether it comes in too slowly."""
        seconds = now - self.started
        if not self.headers_finished:
            return seconds > MAX_HEADER_SECONDS
        due_bytes = (seconds - GRACE_SECONDS) * MIN_BODY_BYTES_PER_SECOND
        return bool(self.body_bytes_received < due_bytes)


class ErrorAnswer(ErrorTask):
    """The answer to a request that cannot be passed on: a sentence that says why, and what to do."""

    def execute(self) -> None:
        error = self.request.error
        mebibytes = self.channel.adj.max_request_body_size // 1024**2
        text = {
            400: f"The request cannot be read: {error.body}.",
            413: f"The upload is too large. At most {mebibytes:,} MiB are taken.",
            414: "The address is too long. A query has at most 8,000 characters; leave out some filters or words.",
            431: "The header of the request is too long. Delete the cookies of this site, or leave out some filters.",
            500: "The archive could not answer, because of a fault of its own. It is in the log.",
            501: f"The request cannot be read: {error.body}",
            503: "Others are uploading documents. Try again in a minute.",
        }.get(error.code, error.reason)
        body = f"{text}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        if error.code == TooManyUploadsError.code:
            self.response_headers.append(("Retry-After", "60"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.channel.is_refused = True
        self.write(body)


class Answer(WSGITask):
    """The answer of the application; of a streamed one, HEAD gets no end either."""

    chunked_response: bool

    def finish(self) -> None:
        if self.request.command == "HEAD":
            self.write(b"")
            self.chunked_response = False
        super().finish()


class BoundedChannel(HTTPChannel):
    """A connection. Only the main thread calls its methods, except `service`, and `send` from within it."""

    parser_class = BoundedRequest
    task_class = Answer
    error_task_class = ErrorAnswer
    request: Any
    # Set once the answer is an error of the server: then the client may still be sending.
    is_refused = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Since when it has had nothing to do, as long as it has nothing to do.
        self._quiet_since = time.monotonic()
        self._sent_bytes = 0
        # When an answer was last looked at that is being read, and what had been sent of it.
        self._read_from: tuple[float, int] | None = None
        self._lingers_since = 0.0

    def readable(self) -> bool:
        return bool(self._lingers_since or super().readable())

    def handle_write(self) -> None:
        if self.is_refused and self.close_when_flushed:
            self._flush_exception(self._flush_some)
            if not self.will_close and not self.total_outbufs_len:
                self._linger()
                return
        super().handle_write()

    def _linger(self) -> None:
        """Sends the end, and takes in what the client is still sending."""
        self.close_when_flushed = False
        self._lingers_since = time.monotonic()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.will_close = True

    def received(self, data: bytes) -> bool:
        if self._lingers_since:
            return False
        received: bool = super().received(data)
        with self.requests_lock:
            request = self.request
            if request is not None and request.is_large and self.server.has_too_many_uploads(self):
                request.error = TooManyUploadsError("")
                request.completed = True
                self.request = None
                self.requests.append(request)
                if len(self.requests) == 1:
                    self.server.add_task(self)
        return received

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent: int = super().send(data, do_close)
        self._sent_bytes += sent
        self._quiet_since = time.monotonic()
        return sent

    def service(self) -> None:
        super().service()
        self._quiet_since = time.monotonic()

    @property
    def is_uploading(self) -> bool:
        """Whether it has a large body, whole or not."""
        return any(request.is_large for request in (self.request, *self.requests) if request is not None)

    @property
    def waiting_since(self) -> float | None:
        """Since when it waits for the client; None while its request is being answered."""
        if self.requests:
            return None
        return self._quiet_since if self.request is None else min(self.request.started, self._quiet_since)

    def is_overdue(self, now: float) -> bool:
        """Whether the client has sent nothing, or has sent or read too little, for too long."""
        if self._lingers_since:
            return now - self._lingers_since > MAX_LINGER_SECONDS
        if self.total_outbufs_len:
            return self._is_read_too_slowly(now)
        self._read_from = None
        if self.requests:
            return False
        if self.request is None:
            return now - self._quiet_since > MAX_IDLE_SECONDS
        return bool(self.request.is_overdue(now))

    def _is_read_too_slowly(self, now: float) -> bool:
        """Whether too little was read since the last look. What was read fast before does not count."""
        since, sent = self._read_from = self._read_from or (now, self._sent_bytes)
        seconds = now - since
        if seconds < GRACE_SECONDS:
            return False
        self._read_from = (now, self._sent_bytes)
        return bool(self._sent_bytes - sent < seconds * MIN_READ_BYTES_PER_SECOND)

    def handle_close(self) -> None:
        """Closes the connection without sending what remains. A thread that answers it ends at its next write."""
        super().handle_close()
        request, self.request = self.request, None
        if request is not None:
            request.close()


class BoundedServer(TcpWSGIServer):
    """The listening socket, and its connections."""

    channel_class = BoundedChannel
    # `close_overdue` looks for slow connections. Waitress would close one only once it can be written to.
    next_channel_cleanup = math.inf

    def readable(self) -> bool:
        has_room = len(self.active_channels) < MAX_CONNECTIONS
        return bool(self.accepting and (has_room or any(self._waiting())))

    def set_socket_options(self, conn: socket.socket) -> None:
        super().set_socket_options(conn)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def handle_accept(self) -> None:
        if len(self.active_channels) >= MAX_CONNECTIONS:
            _, longest = min(self._waiting(), key=lambda waiting: waiting[0])
            longest.handle_close()
        super().handle_accept()

    def _waiting(self) -> Iterator[tuple[float, BoundedChannel]]:
        """Yields the connections that wait for their clients, each with since when."""
        for channel in self.active_channels.values():
            since = channel.waiting_since
            if since is not None:
                yield since, channel

    def has_too_many_uploads(self, newest: BoundedChannel) -> bool:
        """Whether so many other connections have a large body that there is no room for one more."""
        others = [channel for channel in list(self.active_channels.values()) if channel is not newest]
        uploading: int = sum(channel.is_uploading for channel in others)
        return uploading >= MAX_LARGE_BODIES

    def close_overdue(self) -> None:
        """Cuts off the connections whose clients are too slow."""
        now = time.monotonic()
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(now):
                channel.handle_close()

    def close_quiet(self) -> bool:
        """Closes the connections that have nothing left to do, and returns whether there are others. For a stop."""
        for channel in list(self.active_channels.values()):
            if not channel.requests and not channel.total_outbufs_len:
                channel.handle_close()
        return bool(self.active_channels)
